from django.urls import path

from studio.overview import views

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("projects/<slug:project>/", views.project, name="project"),
    path("projects/<slug:project>/filmline.json", views.filmline, name="filmline"),
    path("projects/<slug:project>/search.json", views.search, name="search"),
    path("projects/<slug:project>/activity/", views.activity, name="activity"),
    path("projects/<slug:project>/presence/", views.presence, name="presence"),
]
