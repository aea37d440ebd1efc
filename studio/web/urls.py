"""Every address of the studio: one line a room."""

from django.urls import include, path

from studio.web import views

urlpatterns = [
    path("healthz", views.healthy, name="healthy"),
    path("", include("studio.accounts.urls")),
    path("", include("studio.projects.urls")),
    path("", include("studio.media.urls")),
    path("", include("studio.ledger.urls")),
    path("", include("studio.jobs.urls")),
    path("", include("studio.providers.urls")),
    path("", include("studio.shelf.urls")),
    path("", include("studio.script.urls")),
    path("", include("studio.world.urls")),
    path("", include("studio.sound.urls")),
    path("", include("studio.shots.urls")),
    path("", include("studio.storyboard.urls")),
    path("", include("studio.material.urls")),
    path("", include("studio.timeline.urls")),
    path("", include("studio.review.urls")),
    path("", include("studio.work.urls")),
    path("", include("studio.delivery.urls")),
    path("", include("studio.share.urls")),
    path("", include("studio.overview.urls")),
    path("", include("studio.notices.urls")),
]
