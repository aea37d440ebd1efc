from django.urls import path

from studio.sound import views

app_name = "sound"
urlpatterns = [
    path("projects/<slug:project>/sound/voices/<int:character>/", views.voice, name="voice"),
    path("projects/<slug:project>/sound/voices/<int:character>/lines/", views.lines, name="lines"),
    path("projects/<slug:project>/sound/lines/<int:line>/takes/", views.line_takes, name="line_takes"),
    path("projects/<slug:project>/sound/price/", views.price, name="price"),
    path("projects/<slug:project>/sound/composers/<slug:cue_kind>/", views.composer, name="composer"),
    path("projects/<slug:project>/sound/consents/", views.consents, name="consents"),
    path("projects/<slug:project>/sound/consents/<int:number>/withdrawal/", views.withdrawal, name="withdrawal"),
]
