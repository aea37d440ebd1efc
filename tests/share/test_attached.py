"""What came with notes, at a client's link: of notes that a guest may read, and of no others; and pictures that guests send."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from studio.jobs.kinds import Refused
from studio.jobs.models import Job, State
from studio.media.models import Rendition
from studio.review.models import Attachment, Note
from studio.review.notes import write_note
from studio.screening.models import Playlist
from studio.share.models import ShareLink
from tests.films import Film, asset
from tests.share.conftest import Visitor

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"the rest of a picture"


def sent(note: Note, words: str = "a picture of it", medium: str = "picture", **more: Any) -> Attachment:
    kind = {"picture": "image/png", "film": "video/mp4", "sound": "audio/flac"}[medium]
    return Attachment.objects.create(note=note, asset=asset(words, kind, stored=True), medium=medium, name=f"{medium} of ours", **more)


def picture(name: str = "lamp.png", data: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def test_a_guest_is_shown_what_came_with_notes_for_clients_and_nothing_internal(
    visitor: Callable[..., Visitor], people: SimpleNamespace, film: Film
) -> None:
    at = visitor().comes()
    told = write_note(at.frozen, by=people.owner, text="Like this?", first=2, audience="client")
    internal = write_note(at.frozen, by=people.owner, text="Not like this.", first=2)
    seen, said, kept = sent(told), sent(told, "what was said", "sound", spoken=True), sent(internal, "internal")
    moving = sent(told, "the master of a film", "film")
    played = asset("its rendition", stored=True)
    assert moving.asset is not None
    Rendition.objects.create(source=moving.asset, name="rendition", asset=played)
    page = at.get("page").content.decode()
    for one in (seen, said, moving):
        assert at.url("attachment", one.pk) in page
    assert at.url("attachment", kept.pk) not in page and f"/projects/{film.project.slug}" not in page
    answer = at.get("attachment", seen.pk)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/png" and answer["Cache-Control"] == "private, no-store"
    part = at.get("attachment", said.pk, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part["Content-Length"], part["ETag"]) == (206, "4", f'"{said.asset_id}"')
    assert at.get("attachment", moving.pk)["ETag"] == f'"{played.sha256}"', "not the master"
    assert at.get("attachment", kept.pk).status_code == at.get("attachment", 10**15).status_code == at.get("attachment", 10**30).status_code == 404
    for other in (visitor(at=at), visitor(may_note=False).comes("Dora")):
        assert other.get("attachment", kept.pk).status_code == 404
    assert visitor(at=at).get("attachment", seen.pk).status_code == 404, "who has not come in"


def test_another_guests_file_is_seen_only_where_guests_see_each_other(visitor: Callable[..., Visitor]) -> None:
    for together, status in ((False, 404), (True, 200)):
        first = visitor(guests_see_each_other=together).comes("Cleo")
        first.post("notes", text="Like here.", first="3")
        one = sent(Note.objects.order_by("-at")[0], f"Cleo's picture {together}")
        assert first.get("attachment", one.pk).status_code == 200
        assert visitor(at=first).comes("Dora").get("attachment", one.pk).status_code == status


def test_with_a_watermark_no_picture_of_the_studios_leaves_unmarked(
    visitor: Callable[..., Visitor], people: SimpleNamespace, film: Film
) -> None:
    at = visitor().comes()
    told = write_note(at.frozen, by=people.owner, text="Like this?", first=2, audience="client")
    theirs, said = sent(told), sent(told, "what was said", "sound", spoken=True)
    at.post("notes", text="Like here.", first="3")
    own = sent(Note.objects.order_by("-at")[0], "my own")
    for row in Rendition.objects.filter(name="rendition"):
        row.meta |= {"rate": [24, 1], "width": 320, "height": 180}
        row.save()
    ShareLink.objects.filter(pk=at.link.pk).update(watermark=True)
    assert at.get("attachment", theirs.pk).status_code == 404
    assert at.get("attachment", said.pk).status_code == at.get("attachment", own.pk).status_code == 200
    notes = at.get("notes").content.decode()
    assert at.url("attachment", theirs.pk) not in notes and "With a file, which is not shown here" in notes


@pytest.mark.parametrize("of", ["cut", "playlist"])
def test_a_guest_sends_pictures_with_a_note(
    of: str, visitor: Callable[..., Visitor], listed: Playlist, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    at = visitor(of=listed if of == "playlist" else None).comes()
    assert b'type="file"' in at.get("page").content
    answer = at.post("notes", text="", first="3", files=[picture(), picture("other.jpg", b"\xff\xd8\xff and so on")])
    assert answer.status_code == 201 and "“lamp.png” is being opened" in answer.content.decode()
    first, second = Attachment.objects.order_by("pk")
    assert (first.note.audience, first.note.text, first.asset, second.name) == ("client", "", None, "other.jpg")
    job = Job.objects.get(spec__attachment=first.pk)
    assert (job.kind, job.requested_by, job.project) == ("attachment", at.guest.person, at.link.project)
    assert at.get("attachment", first.pk).status_code == 404, "nobody is served what was sent before it was opened"
    Job.objects.filter(spec__attachment=second.pk).update(state=State.FAILED, error="the team's own words")
    Attachment.objects.filter(pk=first.pk).update(asset=asset("opened", "image/png", stored=True), medium="picture")
    notes = at.get("notes").content.decode()
    assert at.url("attachment", first.pk) in notes and "“other.jpg” could not be opened." in notes and "own words" not in notes
    assert at.get("attachment", first.pk).status_code == 200


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([picture(f"{n}.png") for n in range(7)], "takes 6 pictures"),
        ([picture("film.mp4", b"\x00\x00\x00\x18ftypmp42")], "“film.mp4” is no picture"),
        ([picture("page.png", b"<svg onload=alert(1)>")], "“page.png” is no picture"),
        ([picture("nothing.png", b"")], "“nothing.png” is no picture"),
        ([picture("big.png", PNG + b"0" * 20 * 1024**2)], "larger than 20 MiB"),
    ],
)
def test_what_is_no_picture_is_not_kept(files: list[Any], words: str, visitor: Callable[..., Visitor]) -> None:
    at = visitor().comes()
    for file in files:
        file.seek(0)
    answer = at.post("notes", text="Here", first="3", files=files)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Note.objects.exists() and not Attachment.objects.exists()


def test_a_link_for_watching_keeps_no_picture(visitor: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    at = visitor(may_note=False).comes()
    monkeypatch.setattr("studio.media.store.put_upload", lambda file: pytest.fail("it was kept"))
    assert at.post("notes", text="Here", first="3", files=[picture()]).status_code == 422
    assert b'type="file"' not in at.get("page").content


def test_why_the_studio_takes_none_is_its_own_affair(visitor: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **more: Any) -> None:
        raise Refused("The budget of 100 EUR is spent.")

    at = visitor().comes()
    monkeypatch.setattr("studio.review.attaching.request_jobs", refuse)
    answer = at.post("notes", text="Here", first="3", files=[picture()])
    assert answer.status_code == 422 and b"can take no pictures just now" in answer.content and b"EUR" not in answer.content
    assert not Note.objects.exists()


def test_the_team_sees_a_guests_picture(visitor: Callable[..., Visitor], people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    at = visitor().comes()
    at.post("notes", text="Like here.", first="3", files=[picture()])
    where = reverse("review:revision", args=[at.link.project.slug, at.frozen.number])
    assert "lamp.png" in client_for(people.reviewer).get(where).content.decode()
