"""Notes on lines of the script: kept with the words they were said of, carried on to newer revisions, and shown to the team alone."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.events.models import Event
from studio.events.subscribers import deliver_chain
from studio.notices.models import Notice
from studio.projects.models import Project
from studio.review import exchange, notes, queries
from studio.review.models import Audience, Note
from studio.review.notes import NoteRefused
from studio.script.actions import revise_script
from studio.script.models import ScriptRevision
from studio.timeline.freeze import freeze_cut
from tests.films import fill

pytestmark = pytest.mark.django_db
FIRST = "INT. KITCHEN - NIGHT\n\nMARA pours tea.\nShe waits.\n\nMARA\nHe is late again.\n\nEXT. CLIFF - DAWN\n\nTOM climbs the path.\n"
SPEECH = 6


@pytest.fixture
def script(project: Project, people: SimpleNamespace) -> ScriptRevision:
    return revise_script(project, by=people.writer, text=FIRST, base=0)


def revised(project: Project, people: SimpleNamespace, text: str, base: int = 1) -> ScriptRevision:
    return revise_script(project, by=people.writer, text=text, base=base)


def test_a_note_is_on_the_whole_paragraph_and_names_the_revision(script: ScriptRevision, people: SimpleNamespace) -> None:
    note = notes.note_line(script, by=people.artist, text="Why does she wait?", line=3)
    assert (note.subject, note.script_revision, note.script_line, note.audience) == ("line", script, 2, "team")
    answer = notes.answer_note(note, by=people.writer, text="For Tom.")
    assert (answer.subject, answer.script_revision, answer.script_line, answer.parent) == ("line", script, 2, note)
    told = Event.objects.filter(kind="note.written").latest("pk")
    assert told.data["parent"] == str(note.pk)


@pytest.mark.parametrize("line", [1, 4, 400, -1])
def test_there_are_no_notes_where_there_are_no_words(script: ScriptRevision, people: SimpleNamespace, line: int) -> None:
    with pytest.raises(NoteRefused, match="of revision 1 is empty or is not there"):
        notes.note_line(script, by=people.artist, text="?", line=line)
    assert not Note.objects.exists()


def test_the_table_holds_no_line_that_a_client_could_see_or_that_is_of_no_revision(script: ScriptRevision, people: SimpleNamespace) -> None:
    note = notes.note_line(script, by=people.artist, text="?", line=SPEECH)
    for wrong in ({"audience": Audience.CLIENT}, {"script_revision": None}, {"script_line": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Note.objects.filter(pk=note.pk).update(**wrong)


def test_open_notes_go_on_with_their_line(script: ScriptRevision, project: Project, people: SimpleNamespace) -> None:
    speech = notes.note_line(script, by=people.artist, text="Say it softer.", line=SPEECH)
    done = notes.note_line(script, by=people.artist, text="Done.", line=2)
    notes.settle_note(done, by=people.artist, resolved=True)
    cut = notes.note_line(script, by=people.artist, text="Does he climb?", line=10)
    newer = revised(
        project,
        people,
        FIRST.replace("MARA pours", "EVA reads.\n\nMARA pours").replace("late again", "late again tonight").replace("TOM climbs the path.", "Wind."),
    )
    found = {one.note.pk: one for one in queries.notes_in(newer)}
    assert set(found) == {speech.pk, cut.pk}, "what is resolved stays with the revision it was said of"
    assert (found[speech.pk].line, found[speech.pk].changed, found[speech.pk].said_of) == (SPEECH + 2, True, "He is late again.")
    assert (found[cut.pk].number, found[cut.pk].gone, found[cut.pk].said_of) == (11, True, "TOM climbs the path."), "at its scene"
    assert [one.note.pk for one in queries.notes_in(script)] == [done.pk, speech.pk, cut.pk]
    assert queries.line_marks(queries.notes_in(script)) == [[2, 1, 0, str(done.pk)], [SPEECH, 1, 1, str(speech.pk)], [10, 1, 1, str(cut.pk)]]


def test_the_page_of_notes_costs_the_same_however_many(
    script: ScriptRevision, project: Project, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    client = client_for(people.writer)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(reverse("review:script_notes", args=[project.slug, project.script.revision])).status_code == 200
        return len(seen)

    notes.note_line(script, by=people.artist, text="One.", line=2, assigned=people.writer.pk)
    newer = revised(project, people, FIRST + "\nRain.\n")
    project.script.refresh_from_db()
    few = asked()
    for number in range(12):
        note = notes.note_line(script if number % 2 else newer, by=people.artist, text=f"Note {number}.", line=SPEECH)
        notes.answer_note(note, by=people.writer, text="Yes.")
    assert asked() == few


def test_what_was_said_is_read_filtered_answered_and_settled_beside_the_text(
    script: ScriptRevision, project: Project, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    where, writer = reverse("review:script_notes", args=[project.slug, 1]), client_for(people.writer)
    sent = client_for(people.reviewer).post(where, {"text": "Too cold? @writer", "line": "7", "assigned": str(people.writer.pk)})
    assert sent.status_code == 201 and "Too cold? @writer" in (words := sent.content.decode())
    assert "He is late again." in words and "Line 7" in words and 'name="script" value="1"' in words
    note = Note.objects.get()
    assert note.assigned == people.writer and note.mentions.get().person == people.writer
    assert "Too cold" in writer.get(where, {"show": "mine"}).content.decode()
    assert "Too cold" not in client_for(people.artist).get(where, {"show": "mine"}).content.decode()
    answer = writer.post(reverse("review:answers", args=[project.slug, note.pk]), {"text": "Warmer now.", "script": "1"})
    assert answer.status_code == 200 and "Warmer now." in answer.content.decode()
    settled = writer.post(reverse("review:resolution", args=[project.slug, note.pk]), {"resolved": "1", "script": "1"})
    assert "Resolved" in settled.content.decode() and "Too cold" not in writer.get(where, {"show": "open"}).content.decode()
    assert "Too cold" in writer.get(where, {"show": "resolved"}).content.decode()


@pytest.mark.parametrize(
    ("body", "words"),
    [({"text": "?", "line": "2"}, "Line 2 of revision 1"), ({"text": "?", "line": "0"}, "The line:"), ({"text": "?"}, "The line:"),
     ({"text": "", "line": "1"}, "Write a word"), ({"text": "?", "line": "1", "assigned": "nobody"}, "somebody of this film")],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(
    script: ScriptRevision, project: Project, people: SimpleNamespace, client_for: Callable[..., Client], body: dict[str, str], words: str
) -> None:
    answer = client_for(people.artist).post(reverse("review:script_notes", args=[project.slug, 1]), body)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Note.objects.exists()


def test_a_revision_that_is_not_there_has_no_notes(
    script: ScriptRevision, project: Project, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    client = client_for(people.artist)
    assert client.get(reverse("review:script_notes", args=[project.slug, 9])).status_code == 404
    note = notes.note_line(script, by=people.artist, text="?", line=SPEECH)
    assert client.post(reverse("review:answers", args=[project.slug, note.pk]), {"text": "!", "script": "9"}).status_code == 404


def test_a_notice_leads_to_the_line(script: ScriptRevision, project: Project, people: SimpleNamespace) -> None:
    note = notes.note_line(script, by=people.artist, text="Yours, I think.", line=SPEECH, assigned=people.writer.pk)
    answer = notes.answer_note(note, by=people.owner, text="@artist is right.")
    while deliver_chain(project.pk):
        pass
    told = dict(Notice.objects.values_list("person__email", "address"))
    page = reverse("script:page", args=[project.slug])
    assert told[people.writer.email] == f"{page}#note-{note.pk}" and told[people.artist.email] == f"{page}#note-{answer.parent_id}"


def test_the_notes_of_a_cut_and_what_leaves_of_them_hold_no_line_of_the_script(project: Project, people: SimpleNamespace) -> None:
    film = fill(project, people.owner, 2)
    frozen = freeze_cut(film.cut, by=people.owner)
    notes.note_line(ScriptRevision.objects.get(script__project=project, number=1), by=people.owner, text="Of the script.", line=2)
    seen = notes.write_note(frozen, by=people.owner, text="Of the cut.", first=3)
    placed = queries.notes_on(frozen)
    assert [one.note for one in placed] == [seen]
    for form in exchange.OUT.values():
        assert b"Of the script" not in form.write(exchange.reel_of(frozen, placed))


def test_a_film_with_notes_on_its_script_can_be_deleted(script: ScriptRevision, project: Project, people: SimpleNamespace) -> None:
    notes.note_line(script, by=people.artist, text="?", line=SPEECH)
    Project.objects.get(pk=project.pk).delete()
    assert not Note.objects.exists()
