from django.urls import path

from studio.delivery import views

app_name = "delivery"
urlpatterns = [
    path("projects/<slug:project>/deliver/", views.page, name="page"),
    path("projects/<slug:project>/deliver/exports/", views.exports, name="exports"),
    path("projects/<slug:project>/deliver/exports/<int:export>/download", views.download, name="download"),
]
