"""Notes on the frames of a frozen cut: written, answered, settled, carried on, and turned into takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.events.models import Event
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.review import approving, notes, queries
from studio.review.approving import VerdictRefused
from studio.review.models import Annotation, Approval, Audience, Note
from studio.review.notes import NoteRefused
from studio.timeline import actions
from studio.timeline.freeze import content_hash, freeze_cut
from studio.timeline.models import Cut, CutRevision
from studio.timeline.plan import frozen_plan, plan_cut
from tests.films import FRAMES, Film, fill

pytestmark = pytest.mark.django_db
BOX = {"v": 1, "kind": "box", "colour": "rose", "width": 0.006, "from": [0.1, 0.1], "to": [0.4, 0.5]}


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 4)


@pytest.fixture
def frozen(film: Film, people: SimpleNamespace) -> CutRevision:
    return freeze_cut(film.cut, by=people.owner)


def trimmed(film: Film, by: Any, clip: int, start: int, end: int) -> CutRevision:
    base = Cut.objects.get(pk=film.cut.pk).revision
    actions.trim_clip(film.cut, film.clips[clip].pk, by=by, base=base, source_in=start, source_out=end)
    return freeze_cut(film.cut, by=by)


def test_a_frozen_revision_plays_what_was_frozen_whatever_becomes_of_the_cut(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    before = plan_cut(film.cut, only_takes=True)
    trimmed(film, people.owner, 0, 10, 20)
    again = frozen_plan(CutRevision.objects.get(pk=frozen.pk))
    assert again.clips == before.clips and again.sounds == before.sounds and again.rate == before.rate


def test_a_note_knows_the_shot_and_the_frames_of_its_take(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    note = notes.write_note(frozen, by=people.artist, text="Her hand is in the lamp.", first=FRAMES + 5, last=FRAMES + 9)
    assert (note.shot_id, note.take_id, note.take_first, note.take_last) == (film.shots[1].pk, film.clips[1].take_id, 5, 9)
    over = notes.write_note(frozen, by=people.artist, text="Too slow.", first=FRAMES - 2, last=2 * FRAMES)
    assert (over.shot_id, over.take_first, over.take_last) == (film.shots[0].pk, FRAMES - 2, FRAMES - 1), (
        "a range over a cut belongs to where it begins"
    )
    event = Event.objects.filter(kind="note.written").first()
    assert event is not None and event.data["note"] == str(note.pk) and "lamp" not in json.dumps(event.data), "the log holds no words"


@pytest.mark.parametrize(("first", "last"), [(-1, None), (4 * FRAMES, None), (10, 9), (0, 4 * FRAMES)])
def test_there_are_no_notes_on_frames_that_are_not_there(frozen: CutRevision, people: SimpleNamespace, first: int, last: int | None) -> None:
    with pytest.raises(NoteRefused, match=f"0 to {4 * FRAMES - 1}"):
        notes.write_note(frozen, by=people.artist, text="?", first=first, last=last)
    assert not Note.objects.exists()


def test_a_note_says_or_draws_something(frozen: CutRevision, people: SimpleNamespace) -> None:
    with pytest.raises(NoteRefused, match="Write a word"):
        notes.write_note(frozen, by=people.artist, text=" \n ", first=0)
    with pytest.raises(NoteRefused, match="4,000 characters"):
        notes.write_note(frozen, by=people.artist, text="å" * 4001, first=0)
    drawn = notes.write_note(frozen, by=people.artist, text="", first=0, last=5, shapes=[BOX, BOX], held=6)
    assert [(row.number, row.hold, row.shape["kind"]) for row in Annotation.objects.filter(note=drawn)] == [(0, 6, "box"), (1, 6, "box")]


def test_open_notes_go_on_to_the_next_revision_at_the_same_frames_of_their_shot(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    early = notes.write_note(frozen, by=people.artist, text="Early in the shot.", first=FRAMES + 5)
    late = notes.write_note(frozen, by=people.artist, text="Late in the shot.", first=FRAMES + 40, last=FRAMES + 45)
    done = notes.write_note(frozen, by=people.artist, text="Done.", first=3)
    notes.settle_note(done, by=people.owner, resolved=True)
    following = trimmed(film, people.owner, 1, 10, 43)
    placed = queries.notes_on(following)
    assert [(one.note.pk, one.first, one.last, one.carried, one.changed) for one in placed] == [
        (early.pk, FRAMES, FRAMES, True, False),  # its frame was cut away: the nearest that is left
        (late.pk, FRAMES + 30, FRAMES + 32, True, False),
    ]
    actions.remove_clip(film.cut, film.clips[1].pk, by=people.owner, base=Cut.objects.get(pk=film.cut.pk).revision)
    gone = queries.notes_on(freeze_cut(film.cut, by=people.owner))
    assert [(one.first, one.carried) for one in gone] == [(None, True), (None, True)]
    assert [one.note.pk for one in queries.notes_on(frozen)] == [done.pk, early.pk, late.pk], "the earlier revision keeps its own"


def test_a_conversation_is_seen_by_whom_it_was_begun_for(frozen: CutRevision, people: SimpleNamespace) -> None:
    inside = notes.write_note(frozen, by=people.artist, text="The client must not hear of the budget.", first=1)
    shown = notes.write_note(frozen, by=people.artist, text="Ready for you.", first=2, audience=Audience.CLIENT)
    assert notes.answer_note(inside, by=people.owner, text="Agreed.").audience == Audience.TEAM
    assert notes.answer_note(shown, by=people.owner, text="Thank you.").audience == Audience.CLIENT
    assert [one.note.pk for one in queries.notes_on(frozen, client=True)] == [shown.pk]
    assert not [name for name in dir(notes) if "audience" in name.lower() and callable(getattr(notes, name)) and name != "Audience"]


def test_answers_stand_under_the_note(frozen: CutRevision, people: SimpleNamespace) -> None:
    note = notes.write_note(frozen, by=people.artist, text="Hm.", first=1)
    first = notes.answer_note(note, by=people.owner, text="What?")
    second = notes.answer_note(first, by=people.artist, text="This.")
    assert second.parent_id == note.pk
    (placed,) = queries.notes_on(frozen)
    assert [answer.text for answer in placed.note.answers.all()] == ["What?", "This."]


def test_ones_own_words_can_be_mended_until_others_have_read_them(frozen: CutRevision, people: SimpleNamespace) -> None:
    note = notes.write_note(frozen, by=people.artist, text="Teh hand.", first=1)
    assert notes.edit_note(note, by=people.artist, text="The hand.").edited is not None
    with pytest.raises(NoteRefused, match="Only who wrote"):
        notes.edit_note(note, by=people.owner, text="x")
    notes.answer_note(note, by=people.owner, text="Yes.")
    with pytest.raises(NoteRefused, match="answered"):
        notes.edit_note(note, by=people.artist, text="Something else.")
    old = notes.write_note(frozen, by=people.artist, text="Old.", first=1)
    Note.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(hours=1))
    with pytest.raises(NoteRefused, match="quarter of an hour"):
        notes.edit_note(old, by=people.artist, text="New.")


def test_who_is_named_is_remembered(frozen: CutRevision, people: SimpleNamespace) -> None:
    note = notes.write_note(frozen, by=people.artist, text="@producer person, and @Writer: look. @nobody @client person", first=1)
    assert {mention.person_id for mention in note.mentions.all()} == {people.producer.pk, people.writer.pk}
    mine = queries.notes_on(frozen, viewer=people.producer, show="mine")
    assert [one.note.pk for one in mine] == [note.pk]
    assert queries.notes_on(frozen, viewer=people.reviewer, show="mine") == []


def test_a_retake_carries_the_notes_words_and_drawing(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    note = notes.write_note(frozen, by=people.owner, text="Mara smiles.", first=FRAMES + 5, shapes=[BOX])
    job = notes.retake_from(note, by=people.artist)
    spec = Job.objects.get(pk=job.pk).spec
    assert spec["action"] == f"{film.shots[1].action} Mara smiles."
    assert spec["because"] == {"note": str(note.pk), "words": "Mara smiles.", "frames": [5, 5], "drawing": [BOX]}
    assert spec["parent"] == film.clips[1].take_id
    assert Note.objects.get(pk=note.pk).retake == job.pk


def test_a_verdict_names_the_bytes_and_stays(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    given = approving.give_verdict(frozen, "approved", by=people.reviewer, signed=" Reviewer Person ")
    assert given.hash == frozen.hash == content_hash(frozen.data) and given.email == people.reviewer.email
    assert (
        frozen.hash in given.statement
        and f"{4 * FRAMES} frames" in given.statement
        and given.statement.endswith("Reviewer Person, reviewer@example.com.")
    )
    with pytest.raises(VerdictRefused, match="what should change"):
        approving.give_verdict(frozen, "changes", by=people.reviewer, signed="Reviewer")
    approving.give_verdict(frozen, "changes", by=people.reviewer, signed="Reviewer", words="The ending.")
    (last,) = queries.verdicts_of(film.project)[frozen.pk]
    assert last.verdict == "changes" and Approval.objects.count() == 2, "the last one counts, the first one stays"


def test_a_revision_that_was_tampered_with_cannot_be_approved(frozen: CutRevision, people: SimpleNamespace) -> None:
    frozen.data["clips"][0]["source_in"] = 1
    with pytest.raises(VerdictRefused, match="fingerprint"):
        approving.give_verdict(frozen, "approved", by=people.reviewer, signed="R")
    assert not Approval.objects.exists()


def test_the_page_costs_the_same_however_many_notes(
    frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client], project: Project
) -> None:
    browser = client_for(people.artist)
    address = reverse("review:notes", args=[project.slug, frozen.number])

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    notes.answer_note(notes.write_note(frozen, by=people.owner, text="One.", first=1, shapes=[BOX]), by=people.artist, text="Yes.")
    few = asked()
    for number in range(60):
        note = notes.write_note(frozen, by=people.owner, text=f"Note {number}.", first=number, shapes=[BOX])
        notes.answer_note(note, by=people.artist, text="Yes.")
    assert asked() == few


def test_what_is_wrong_with_a_note_is_said_and_nothing_is_written(
    frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client], project: Project
) -> None:
    browser = client_for(people.artist)
    address = reverse("review:notes", args=[project.slug, frozen.number])
    for body, words in (
        ({"text": "x"}, "The frame"),
        ({"text": "x", "first": "99999999999999999999"}, "The frame"),
        ({"text": "x", "first": "4000"}, "frames 0 to"),
        ({"text": "", "first": "1"}, "Write a word"),
        ({"text": "x", "first": "1", "shapes": "[{]"}, "did not arrive whole"),
        ({"text": "x", "first": "1", "shapes": '[{"v": 9}]'}, ""),
        ({"text": "x", "first": "1", "shapes": "[" * 5000}, ""),
        ({"text": "x", "first": "1", "assigned": str(people.stranger.pk)}, "team"),
        ({"text": "x", "first": "1", "assigned": "no id"}, "team"),
    ):
        answer = browser.post(address, body)
        assert answer.status_code == 422 and words in answer.content.decode(), body
    assert not Note.objects.exists()


def test_the_note_arrives_as_it_was_written(
    frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client], project: Project
) -> None:
    browser = client_for(people.artist)
    address = reverse("review:notes", args=[project.slug, frozen.number])
    words = "Ça « coupe » trop tôt → 早すぎる <script>alert(1)</script> \u202eabc"
    answer = browser.post(address, {"text": words, "first": "7", "last": "9", "shapes": json.dumps([BOX]), "client": "1"})
    page = answer.content.decode()
    assert answer.status_code == 201 and "<script>alert" not in page and "早すぎる" in page
    note = Note.objects.get()
    assert (note.text, note.first, note.last, note.audience, note.annotations.count()) == (words, 7, 9, "client", 1)
    marks = re.search(r'data-marks="([^"]*)"', page)
    assert marks is not None and json.loads(marks[1].replace("&quot;", '"')) == [[7, 9, "changes", str(note.pk)]]


def test_a_film_with_a_verdict_cannot_be_deleted_and_says_so(
    film: Film, frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    approving.give_verdict(frozen, "approved", by=people.reviewer, signed="Reviewer Person")
    answer = client_for(people.owner).post(reverse("projects:deletion", args=[film.project.slug]), {"name": film.project.name})
    assert answer.status_code == 409 and "kept for ever" in answer.content.decode()
    assert Project.objects.filter(pk=film.project.pk).exists() and Approval.objects.exists()


def test_a_film_with_notes_alone_can_be_deleted(film: Film, frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    notes.answer_note(notes.write_note(frozen, by=people.artist, text="Hm.", first=1), by=people.owner, text="Yes.")
    answer = client_for(people.owner).post(reverse("projects:deletion", args=[film.project.slug]), {"name": film.project.name})
    assert answer.status_code == 302 and not Project.objects.filter(pk=film.project.pk).exists()


def test_all_that_was_said_of_a_shot_stands_on_its_page(
    film: Film, frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client], project: Project
) -> None:
    artist, shot = client_for(people.artist), film.shots[1]
    where = reverse("review:shot_notes", args=[project.slug, shot.pk])
    notes.write_note(frozen, by=people.owner, text="Her hand is in the lamp.", first=FRAMES + 5)
    notes.write_note(frozen, by=people.owner, text="Another shot.", first=5)
    assert artist.post(where, {"text": "Closer, please.", "about": "panel"}).status_code == 201
    assert artist.post(where, {"text": "<b>Warmer.</b>"}).status_code == 201
    page = artist.get(where).content.decode()
    assert "Her hand is in the lamp." in page and "Another shot." not in page and "&lt;b&gt;Warmer." in page and "on the panel" in page
    on_panel = Note.objects.get(subject="panel")
    assert (on_panel.shot_id, on_panel.panel_id) == (shot.pk, film.panels[1].pk)
    answer = artist.post(reverse("review:answers", args=[project.slug, on_panel.pk]), {"text": "Done.", "shot": str(shot.pk)})
    assert answer.status_code == 200 and "Done." in answer.content.decode() and 'id="shot-notes"' in answer.content.decode()
    assert {one.note.text for one in queries.notes_on(frozen)} >= {"Closer, please.", "<b>Warmer.</b>"}, "and open ones beside the cut"
    assert artist.post(where, {"text": " "}).status_code == 422

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert artist.get(where).status_code == 200
        return len(seen)

    few = asked()
    for number in range(20):
        notes.answer_note(notes.note_shot(shot, by=people.owner, text=f"Note {number}."), by=people.artist, text="Yes.")
    assert asked() == few
