from django.urls import path

from studio.material import views

app_name = "material"
urlpatterns = [
    path("projects/<slug:project>/material/", views.page, name="page"),
    path("projects/<slug:project>/material/form/", views.form, name="form"),
    path("projects/<slug:project>/material/engines/", views.engines, name="engines"),
    path("projects/<slug:project>/material/film/", views.film, name="film"),
    path("projects/<slug:project>/material/takes/<int:shot>/", views.takes, name="takes"),
    path("projects/<slug:project>/material/pieces/", views.pieces, name="pieces"),
    path("projects/<slug:project>/material/requests/", views.ask, name="ask"),
    path("projects/<slug:project>/material/price/", views.price, name="price"),
    path("projects/<slug:project>/material/uploads/", views.uploads, name="uploads"),
    path("projects/<slug:project>/material/<int:number>/", views.piece, name="piece"),
    path("projects/<slug:project>/material/<int:number>/use/", views.use, name="use"),
    path("projects/<slug:project>/material/<int:number>/removal/", views.removal, name="removal"),
    path("projects/<slug:project>/material/<int:number>/restoration/", views.restoration, name="restoration"),
]
