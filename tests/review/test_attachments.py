"""Files and spoken words that come with a note: opened by a worker, shown by its own copy of them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.events.models import Event
from studio.jobs.models import Job
from studio.media.models import Asset, Holding
from studio.projects.models import Project
from studio.review import attaching
from studio.review.models import Attachment, Note
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import CutRevision
from tests.films import Film, fill
from tests.material.test_material import adapter, png, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def frozen(project: Project, people: SimpleNamespace) -> CutRevision:
    film: Film = fill(project, people.owner, 2)
    return freeze_cut(film.cut, by=people.owner)


@pytest.fixture
def said(tmp_path: Path) -> bytes:
    """A second of sound as a browser's recorder writes it."""
    path = tmp_path / "said.webm"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=330:duration=1", "-c:a", "libopus", "-f", "webm", str(path)], check=True
    )
    return path.read_bytes()


def send(client: Client, frozen: CutRevision, *files: SimpleUploadedFile, **more: Any) -> Any:
    where = reverse("review:notes", args=[frozen.cut.project.slug, frozen.number])
    return client.post(where, {"text": "", "first": "3", "files": list(files), **more})


def test_what_was_said_and_shown_is_opened_by_a_worker(
    frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client], said: bytes
) -> None:
    artist = client_for(people.artist)
    spoken = SimpleUploadedFile("said.webm", said, "audio/webm")
    answer = send(artist, frozen, SimpleUploadedFile("<b>lamp.png", png(), "image/png"), spoken=spoken)
    assert answer.status_code == 201 and "&lt;b&gt;lamp.png is being opened" in answer.content.decode()
    assert not Holding.objects.filter(asset__media_type="application/octet-stream").exists(), "as it was sent nobody is served it"
    work()
    picture, words = Attachment.objects.order_by("pk")
    assert (picture.medium, picture.spoken, words.medium, words.spoken) == ("picture", False, "sound", True)
    assert picture.asset is not None and words.asset is not None and words.asset.media_type == "audio/flac"
    page = artist.get(reverse("review:notes", args=[frozen.cut.project.slug, 1])).content.decode()
    assert 'alt="&lt;b&gt;lamp.png"' in page and f'src="{reverse("media:asset", args=[frozen.cut.project.slug, words.asset_id])}"' in page
    assert artist.head(reverse("media:asset", args=[frozen.cut.project.slug, picture.asset_id])).status_code == 200
    assert Event.objects.filter(kind="note.attached").count() == 2
    assert Note.objects.get().text == "", "to say it is enough"


def test_what_is_no_picture_film_or_sound_is_said_beside_the_note(
    frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    artist = client_for(people.artist)
    send(artist, frozen, SimpleUploadedFile("a.png", b"no picture", "image/png"), SimpleUploadedFile("style.png", adapter()), text="Look.")
    work()
    assert not Attachment.objects.exclude(asset=None).exists()
    page = artist.get(reverse("review:notes", args=[frozen.cut.project.slug, 1])).content.decode()
    assert "a.png: " in page and "style.png: A note takes pictures, films and sounds" in page


def test_too_many_too_large_and_empty_files_are_refused_with_the_note(
    frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    artist = client_for(people.artist)
    one = png()
    for files, words in (
        ([SimpleUploadedFile(f"{n}.png", one) for n in range(7)], "A note takes 6 files"),
        ([SimpleUploadedFile("none.png", b"")], "“none.png” is empty"),
    ):
        answer = send(artist, frozen, *files, text="Look.")
        assert answer.status_code == 422 and words in answer.content.decode()
    monkeypatch.setattr(attaching, "MAX_FILE", 10)
    assert "“big.png” has" in send(artist, frozen, SimpleUploadedFile("big.png", one), text="Look.").content.decode()
    assert send(artist, frozen).status_code == 422, "with neither a word nor a file there is no note"
    assert not Note.objects.exists() and not Job.objects.exists() and not Attachment.objects.exists()
    assert not Asset.objects.filter(size=len(one)).exists()


def test_the_notes_cost_the_same_however_much_came_with_them(
    frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    artist, where = client_for(people.artist), reverse("review:notes", args=[frozen.cut.project.slug, 1])
    send(artist, frozen, SimpleUploadedFile("a.png", png()))
    work()
    with CaptureQueriesContext(connection) as few:
        artist.get(where)
    for n in range(4):
        send(artist, frozen, SimpleUploadedFile(f"{n}.png", png("red", (30 + n, 30))), SimpleUploadedFile(f"{n}b.png", png("blue", (30 + n, 30))))
    work()
    with CaptureQueriesContext(connection) as many:
        artist.get(where)
    assert len(many) == len(few)
