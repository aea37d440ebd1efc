from django.urls import path

from studio.shelf import views

app_name = "shelf"
urlpatterns = [
    path("models/", views.page, name="page"),
    path("models/additions/", views.additions, name="additions"),
    path("models/<int:model>/pause/", views.pause, name="pause"),
    path("models/<int:model>/resumption/", views.resumption, name="resumption"),
    path("models/<int:model>/removal/", views.removal, name="removal"),
    path("models/<int:model>/commands/", views.commands, name="commands"),
]
