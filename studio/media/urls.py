from django.urls import path

from studio.media import views

app_name = "media"
urlpatterns = [path("projects/<slug:project>/media/<slug:sha256>", views.asset, name="asset")]
