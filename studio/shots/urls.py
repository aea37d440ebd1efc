from django.urls import path

from studio.shots import views

app_name = "shots"
S = "projects/<slug:project>/shots/<int:shot>"
urlpatterns = [
    path("projects/<slug:project>/film/", views.film, name="film"),
    path("projects/<slug:project>/film/jobs/", views.make_film, name="make_film"),
    path("projects/<slug:project>/lines/<int:line>/", views.line, name="line"),
    path("projects/<slug:project>/takes/<int:take>/source.json", views.source, name="source"),
    path("projects/<slug:project>/scenes/<int:scene>/shots/", views.shot_list, name="shot_list"),
    path(f"{S}/", views.page, name="page"),
    path(f"{S}/row/", views.row, name="row"),
    path(f"{S}/change/", views.change, name="change"),
    path(f"{S}/takes/", views.takes, name="takes"),
    path(f"{S}/takes/list/", views.takes_fragment, name="takes_fragment"),
    path(f"{S}/takes/<int:take>/version/", views.version, name="version"),
    path(f"{S}/takes/<int:one>/<int:other>/", views.comparison, name="comparison"),
    path(f"{S}/move/", views.move, name="move"),
    path(f"{S}/addition/", views.addition, name="addition"),
    path(f"{S}/removal/", views.removal, name="removal"),
    path(f"{S}/restoration/", views.restoration, name="restoration"),
    path("projects/<slug:project>/shots/cues/<slug:cue_kind>/takes/", views.cue_takes, name="cue_takes"),
]
