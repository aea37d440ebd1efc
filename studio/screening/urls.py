from django.urls import path

from studio.screening import views

app_name = "screening"
urlpatterns = [
    path("projects/<slug:project>/screenings/", views.page, name="page"),
    path("projects/<slug:project>/screenings/live/", views.live, name="live"),
    path("projects/<slug:project>/playlists/", views.playlists, name="playlists"),
    path("projects/<slug:project>/playlists/<int:playlist>/", views.playlist, name="playlist"),
    path("projects/<slug:project>/playlists/<int:playlist>/playlist.json", views.playlist_reel, name="playlist_reel"),
    path("projects/<slug:project>/playlists/<int:playlist>/name/", views.name, name="name"),
    path("projects/<slug:project>/playlists/<int:playlist>/removal/", views.removal, name="removal"),
    path("projects/<slug:project>/playlists/<int:playlist>/items/", views.items, name="items"),
    path("projects/<slug:project>/playlists/<int:playlist>/items/<int:item>/place/", views.place, name="place"),
    path("projects/<slug:project>/playlists/<int:playlist>/items/<int:item>/removal/", views.item_removal, name="item_removal"),
    path("projects/<slug:project>/playlists/<int:playlist>/notes/", views.playlist_notes, name="playlist_notes"),
    path("projects/<slug:project>/sessions/", views.sessions, name="sessions"),
    path("projects/<slug:project>/sessions/<uuid:session>/", views.session, name="session"),
    path("projects/<slug:project>/sessions/<uuid:session>/playlist.json", views.session_reel, name="session_reel"),
    path("projects/<slug:project>/sessions/<uuid:session>/people/", views.people, name="people"),
    path("projects/<slug:project>/sessions/<uuid:session>/notes/", views.session_notes, name="session_notes"),
    path("projects/<slug:project>/sessions/<uuid:session>/presenter/", views.presenter, name="presenter"),
    path("projects/<slug:project>/sessions/<uuid:session>/end/", views.end, name="end"),
]
