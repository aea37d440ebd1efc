from django.urls import path

from studio.share import language, links, shared, statuses, views

app_name = "share"
urlpatterns = [
    path("projects/<slug:project>/review/links/", links.page, name="links"),
    path("projects/<slug:project>/review/links/<uuid:link>/", links.link_page, name="link"),
    path("projects/<slug:project>/review/links/<uuid:link>/details/", links.details, name="details"),
    path("projects/<slug:project>/review/links/<uuid:link>/revocation/", links.revocation, name="revocation"),
    path("projects/<slug:project>/review/links/<uuid:link>/preview/", links.preview, name="preview"),
    path("shared/", shared.page, name="shared"),
    path("shared/code/", shared.code, name="shared-code"),
    path("shared/proof/", shared.proof, name="shared-proof"),
    path("shared/leaving/", shared.leaving, name="shared-leaving"),
    path("shared/language/", language.choose, name="language"),
    path("c/<str:token>/", views.page, name="page"),
    path("c/<str:token>/password/", views.password, name="password"),
    path("c/<str:token>/name/", views.name, name="name"),
    path("c/<str:token>/code/", views.code, name="code"),
    path("c/<str:token>/proof/", views.proof, name="proof"),
    path("c/<str:token>/playlist.json", views.playlist, name="playlist"),
    path("c/<str:token>/media/<slug:sha256>", views.media, name="media"),
    path("c/<str:token>/marked/<slug:sha256>/<int:start>", views.segment, name="segment"),
    path("c/<str:token>/attachments/<int:attachment>", views.attachment, name="attachment"),
    path("c/<str:token>/clips/<int:number>.mp4", views.clip, name="clip"),
    path("c/<str:token>/movies/<int:number>", views.movie, name="movie"),
    path("c/<str:token>/notes/", views.notes, name="notes"),
    path("c/<str:token>/notes/<uuid:note>/answers/", views.answers, name="answers"),
    path("c/<str:token>/statuses/", statuses.statuses, name="statuses"),
    path("c/<str:token>/watched/", views.watched, name="watched"),
    path("c/<str:token>/verdict/", views.verdict, name="verdict"),
    path("c/<str:token>/certificates/<uuid:approval>.pdf", views.certificate, name="certificate"),
]
