from django.urls import path

from studio.jobs import views

app_name = "jobs"
urlpatterns = [
    path("farm/", views.farm, name="farm"),
    path("farm/workers/<str:name>/wish/", views.wish, name="wish"),
    path("farm/workers/<str:name>/forget/", views.forget, name="forget"),
    path("farm/shares/<uuid:film>/", views.share, name="share"),
    path("projects/<slug:project>/jobs/", views.tray, name="tray"),
    path("projects/<slug:project>/jobs/cancellations/", views.cancellations, name="cancellations"),
    path("projects/<slug:project>/jobs/<uuid:job>/preview", views.preview, name="preview"),
    path("projects/<slug:project>/jobs/<uuid:job>/cancellation/", views.cancellation, name="cancellation"),
    path("projects/<slug:project>/jobs/<uuid:job>/retry/", views.retry, name="retry"),
]
