from django.urls import path

from studio.script import views

app_name = "script"
urlpatterns = [
    path("projects/<slug:project>/script/", views.page, name="page"),
    path("projects/<slug:project>/script/revisions/", views.revisions, name="revisions"),
    path("projects/<slug:project>/script/revisions/<int:number>.fountain", views.fountain, name="fountain"),
    path("projects/<slug:project>/script/revisions/<int:one>/<int:other>/", views.comparison, name="comparison"),
    path("projects/<slug:project>/script/drafts/", views.drafts, name="drafts"),
    path("projects/<slug:project>/script/drafts/<int:draft>/acceptance/", views.acceptance, name="acceptance"),
    path("projects/<slug:project>/script/drafts/<int:draft>/removal/", views.removal, name="removal"),
]
