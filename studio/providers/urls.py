from django.urls import path

from studio.providers import views

app_name = "providers"
urlpatterns = [
    path("providers/", views.page, name="page"),
    path("providers/new/", views.addition, name="addition"),
    path("providers/<int:endpoint>/", views.endpoint, name="endpoint"),
    path("providers/<int:endpoint>/check/", views.check, name="check"),
    path("providers/<int:endpoint>/enabling/", views.enabling, name="enabling"),
    path("providers/<int:endpoint>/disabling/", views.disabling, name="disabling"),
    path("providers/<int:endpoint>/removal/", views.removal, name="removal"),
]
