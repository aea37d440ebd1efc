from django.urls import path

from studio.timeline import views

app_name = "timeline"
urlpatterns = [
    path("projects/<slug:project>/timeline/", views.page, name="page"),
    path("projects/<slug:project>/timeline/playlist.json", views.playlist, name="playlist"),
    path("projects/<slug:project>/timeline/operations/", views.operations, name="operations"),
]
