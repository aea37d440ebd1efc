from django.urls import path

from studio.world import views

app_name = "world"
urlpatterns = [
    path("projects/<slug:project>/world/", views.page, name="page"),
    path("projects/<slug:project>/world/<slug:kind>/<int:pk>/", views.card, name="card"),
    path("projects/<slug:project>/world/<slug:kind>/<int:pk>/description/", views.description, name="description"),
]
