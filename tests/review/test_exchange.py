"""Notes that leave for other programs and come back to the film they were made on."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from studio.projects.models import Project
from studio.review import exchange, notes, queries
from studio.review.interchange import FORMATS, ReadRefused
from studio.review.models import Audience, Note
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import CutRevision
from tests.films import FRAMES, Film, fill

pytestmark = pytest.mark.django_db
BACK = sorted(key for key, form in exchange.OUT.items() if form.read)


@pytest.fixture
def frozen(project: Project, people: SimpleNamespace) -> CutRevision:
    film: Film = fill(project, people.owner, 4)
    return freeze_cut(film.cut, by=people.owner)


def spoken(frozen: CutRevision, people: SimpleNamespace) -> list[tuple[int, int]]:
    first = notes.write_note(frozen, by=people.artist, text="Her hand → lamp; “早すぎる”, twice.", first=FRAMES + 5, last=FRAMES + 9)
    notes.answer_note(first, by=people.owner, text="Seen.")
    notes.write_note(frozen, by=people.owner, text="=HYPERLINK()", first=0, audience=Audience.CLIENT)
    return [(0, 0), (FRAMES + 5, FRAMES + 9)]


@pytest.mark.parametrize("form", BACK)
def test_they_come_back_on_their_frames_to_another_film_and_are_known_in_their_own(form: str, frozen: CutRevision, people: SimpleNamespace) -> None:
    frames = spoken(frozen, people)
    file = exchange.OUT[form].write(exchange.reel_of(frozen, queries.notes_on(frozen)))
    assert exchange.bring_in(frozen, form, file, by=people.artist) == exchange.Brought(written=0, known=2)
    Note.objects.filter(parent__isnull=False).delete()
    Note.objects.all().delete()
    assert exchange.bring_in(frozen, form, file, by=people.artist).written == 2
    placed = queries.notes_on(frozen)
    assert [(one.first, one.last) for one in placed] == frames
    assert [one.note.audience for one in placed] == ["team", "team"], "what comes from outside is shown to nobody outside"
    assert "早すぎる" in placed[1].note.text and "Seen." in placed[1].note.answers.all()[0].text
    assert placed[0].note.text == "Owner Person: =HYPERLINK()"


def test_a_file_that_is_none_or_of_another_film_changes_nothing(frozen: CutRevision, people: SimpleNamespace) -> None:
    spoken(frozen, people)
    longer = exchange.OUT["csv"].write(exchange.reel_of(frozen, queries.notes_on(frozen))).replace(b",57,", b",99999,")
    before = Note.objects.count()
    for form, data in (("csv", b"\x00\xff"), ("fcpxml", b"<a"), ("otio", b"{}"), ("csv", b""), ("pdf", b""), ("none", b""), ("csv", longer)):
        with pytest.raises(ReadRefused):
            exchange.bring_in(frozen, form, data, by=people.artist)
    assert Note.objects.count() == before


def test_the_page_gives_and_takes_files(frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client], project: Project) -> None:
    spoken(frozen, people)
    browser = client_for(people.reviewer)
    answer = browser.get(reverse("review:download", args=[project.slug, 1, "edl"]))
    assert answer.status_code == 200 and answer["Content-Disposition"].endswith('-r1-notes.edl"')
    assert browser.get(reverse("review:download", args=[project.slug, 1, "pdf"])).status_code == 404
    address = reverse("review:imports", args=[project.slug, 1])
    brought = browser.post(address, {"form": "edl", "file": SimpleUploadedFile("a.edl", answer.content)})
    assert brought.status_code == 204 and brought["HX-Redirect"].endswith("/review/1/")
    refused = browser.post(address, {"form": "otio", "file": SimpleUploadedFile("a.edl", answer.content)})
    assert refused.status_code == 422 and "No note was changed" in refused.content.decode()
    assert set(FORMATS) - set(exchange.OUT) == {"pdf"}
