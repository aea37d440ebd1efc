from django.urls import path

from studio.review import views

app_name = "review"
urlpatterns = [
    path("projects/<slug:project>/review/", views.page, name="page"),
    path("projects/<slug:project>/review/revisions/", views.revisions, name="revisions"),
    path("projects/<slug:project>/review/rule/", views.rules, name="rules"),
    path("projects/<slug:project>/review/compare/", views.comparison, name="comparison"),
    path("projects/<slug:project>/review/<int:number>/", views.revision, name="revision"),
    path("projects/<slug:project>/review/<int:number>/playlist.json", views.playlist, name="playlist"),
    path("projects/<slug:project>/review/<int:number>/notes/", views.notes_of, name="notes"),
    path("projects/<slug:project>/review/<int:number>/sheets/", views.sheets, name="sheets"),
    path("projects/<slug:project>/review/<int:number>/notes.pdf", views.sheet, name="sheet"),
    path("projects/<slug:project>/review/<int:number>/notes/<slug:kind>", views.download, name="download"),
    path("projects/<slug:project>/review/<int:number>/imports/", views.imports, name="imports"),
    path("projects/<slug:project>/review/<int:number>/verdicts/", views.verdicts, name="verdicts"),
    path("projects/<slug:project>/review/shots/<int:shot>/notes/", views.shot_notes, name="shot_notes"),
    path("projects/<slug:project>/review/script/<int:number>/notes/", views.script_notes, name="script_notes"),
    path("projects/<slug:project>/review/notes/<uuid:note>/answers/", views.answers, name="answers"),
    path("projects/<slug:project>/review/notes/<uuid:note>/words/", views.words, name="words"),
    path("projects/<slug:project>/review/notes/<uuid:note>/resolution/", views.resolution, name="resolution"),
    path("projects/<slug:project>/review/notes/<uuid:note>/assignment/", views.assignment, name="assignment"),
    path("projects/<slug:project>/review/notes/<uuid:note>/retake/", views.retake, name="retake"),
]
