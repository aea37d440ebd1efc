from django.urls import path

from studio.jobs import views

app_name = "jobs"
urlpatterns = [
    path("projects/<slug:project>/jobs/", views.tray, name="tray"),
    path("projects/<slug:project>/jobs/cancellations/", views.cancellations, name="cancellations"),
    path("projects/<slug:project>/jobs/<uuid:job>/preview", views.preview, name="preview"),
    path("projects/<slug:project>/jobs/<uuid:job>/cancellation/", views.cancellation, name="cancellation"),
    path("projects/<slug:project>/jobs/<uuid:job>/retry/", views.retry, name="retry"),
]
