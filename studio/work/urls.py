from django.urls import path

from studio.work import views

app_name = "work"
W = "projects/<slug:project>/work"
urlpatterns = [
    path(f"{W}/", views.board, name="board"),
    path(f"{W}/columns/<slug:key>/", views.column, name="column"),
    path(f"{W}/cards/", views.cards, name="cards"),
    path(f"{W}/selection/", views.selection, name="selection"),
    path(f"{W}/shots/<int:shot>/", views.shot, name="shot"),
    path(f"{W}/notes/<uuid:note>/", views.task, name="task"),
    path(f"{W}/statuses/", views.statuses, name="statuses"),
    path(f"{W}/statuses/<int:status>/", views.status, name="status"),
    path(f"{W}/statuses/<int:status>/place/", views.place, name="place"),
    path(f"{W}/statuses/<int:status>/removal/", views.removal, name="removal"),
    path(f"{W}/automations/", views.automations, name="automations"),
    path(f"{W}/automations/<int:automation>/switch/", views.switch, name="switch"),
    path(f"{W}/automations/<int:automation>/removal/", views.automation_removal, name="automation_removal"),
]
