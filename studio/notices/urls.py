from django.urls import path

from studio.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.page, name="page"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/panel/", views.panel, name="panel"),
    path("notices/reading/", views.reading, name="reading"),
    path("notices/stop/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("notices/<int:notice>/", views.one, name="one"),
    path("projects/<slug:project>/notices/", views.choices, name="choices"),
    path("projects/<slug:project>/hooks/", views.hooks, name="hooks"),
    path("projects/<slug:project>/hooks/<int:hook>/", views.hook_page, name="hook"),
    path("projects/<slug:project>/hooks/<int:hook>/test/", views.test, name="test"),
    path("projects/<slug:project>/hooks/<int:hook>/switch/", views.switch, name="switch"),
    path("projects/<slug:project>/hooks/<int:hook>/removal/", views.removal, name="removal"),
    path("projects/<slug:project>/hooks/<int:hook>/deliveries/<int:delivery>/", views.again, name="again"),
]
