"""Every address of the studio: one line a room."""

from django.urls import include, path

from studio.web import views

urlpatterns = [
    path("healthz", views.healthy, name="healthy"),
    path("", include("studio.accounts.urls")),
    path("", include("studio.media.urls")),
    path("", include("studio.jobs.urls")),
]
