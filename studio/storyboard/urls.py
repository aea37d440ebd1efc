from django.urls import path

from studio.storyboard import views

app_name = "storyboard"
urlpatterns = [
    path("projects/<slug:project>/storyboard/", views.wall, name="wall"),
    path("projects/<slug:project>/storyboard/animatic.json", views.animatic, name="animatic"),
    path("projects/<slug:project>/storyboard/panels/<int:panel>/", views.panel, name="panel"),
    path("projects/<slug:project>/storyboard/shots/<int:shot>/", views.panel_of_shot, name="panel_of_shot"),
    path("projects/<slug:project>/storyboard/panels/<int:panel>/drawing/", views.drawing, name="drawing"),
]
