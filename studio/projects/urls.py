from django.urls import path

from studio.projects import views

app_name = "projects"
urlpatterns = [
    path("join/<str:token>/", views.join, name="join"),
    path("projects/new/", views.new, name="new"),
    path("projects/<slug:project>/settings/", views.settings_page, name="settings"),
    path("projects/<slug:project>/settings/details/", views.details, name="details"),
    path("projects/<slug:project>/settings/invitations/", views.invitations, name="invitations"),
    path("projects/<slug:project>/settings/invitations/<int:invitation>/revocation/", views.revocation, name="revocation"),
    path("projects/<slug:project>/settings/members/<int:member>/role/", views.role, name="role"),
    path("projects/<slug:project>/settings/members/<int:member>/removal/", views.removal, name="removal"),
    path("projects/<slug:project>/settings/deletion/", views.deletion, name="deletion"),
]
