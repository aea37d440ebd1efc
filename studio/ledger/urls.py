from django.urls import path

from studio.ledger import views

app_name = "ledger"
urlpatterns = [
    path("projects/<slug:project>/costs/", views.costs, name="costs"),
    path("projects/<slug:project>/costs/budget/", views.budget, name="budget"),
    path("projects/<slug:project>/costs/costs.csv", views.download, name="download"),
    path("rates/", views.rates, name="rates"),
    path("rates/terms/", views.terms, name="terms"),
    path("rates/addition/", views.addition, name="addition"),
    path("rates/withdrawal/", views.withdrawal, name="withdrawal"),
]
