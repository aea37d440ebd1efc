"""Sessions: who is there and for how long, who presents, what is written, and the summary that goes out once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from smtplib import SMTPException
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from studio.events.models import Event
from studio.events.subscribers import sweep
from studio.projects.actions import change_role, remove_member
from studio.projects.models import Membership, Project
from studio.review import approving, notes
from studio.review.models import Audience, Note
from studio.review.notes import NoteRefused
from studio.screening import mailing, sessions
from studio.screening.models import Attendance, Session
from studio.screening.playlists import add_item, make_playlist, move_item, remove_item
from studio.screening.queries import notes_on_reel, reel_of_playlist, summary_of
from studio.screening.sessions import SessionRefused, attend, end_session, hand_over, note_in, reel_of_session, say_goodbye, start_session
from studio.timeline import actions
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import Cut, CutRevision
from studio.timeline.plan import frozen_plan
from tests.films import FRAMES, Film, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 4)


@pytest.fixture
def frozen(film: Film, people: SimpleNamespace) -> CutRevision:
    return freeze_cut(film.cut, by=people.owner)


@pytest.fixture
def session(project: Project, frozen: CutRevision, people: SimpleNamespace) -> Session:
    return start_session(project, frozen, by=people.owner)


class Moments:
    """The studio's clock, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.at)

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    return Moments(monkeypatch)


def present(session: Session, person: Any) -> float:
    return Attendance.objects.get(session=session, person=person).present.total_seconds()


# --- being there ---


def test_time_is_counted_once_however_many_windows_and_not_while_away(moments: Moments, session: Session, people: SimpleNamespace) -> None:
    artist = people.artist.pk
    assert attend(session, artist), "came"
    for _ in range(3):  # two windows, each says so every ten seconds
        moments.on(4)
        assert not attend(session, artist)
        moments.on(6)
        assert not attend(session, artist)
    assert present(session, artist) == 30
    moments.on(5)
    say_goodbye(session.pk, artist)
    moments.on(7)
    assert attend(session, artist), "came back"
    assert present(session, artist) == 35, "the seven seconds between do not count"
    moments.on(120)  # a machine that was pulled from the wall says no goodbye
    assert not Attendance.objects.get(session=session, person=artist).is_here
    assert attend(session, artist)
    moments.on(3)
    attend(session, artist)
    assert present(session, artist) == 38
    assert Attendance.objects.filter(session=session).count() == 1
    assert Event.objects.filter(kind="session.joined").count() == 1


def test_a_goodbye_after_the_end_or_a_silence_changes_nothing(moments: Moments, session: Session, people: SimpleNamespace) -> None:
    attend(session, people.artist.pk)
    attend(session, people.writer.pk)
    moments.on(60)
    say_goodbye(session.pk, people.writer.pk)
    row = Attendance.objects.get(person=people.writer)
    assert (row.left, row.present) == (None, timedelta(0)), "who fell silent a minute ago was not there for it"
    attend(session, people.artist.pk)
    moments.on(10)
    end_session(session, by=people.owner)
    moments.on(10)
    say_goodbye(session.pk, people.artist.pk)
    assert present(session, people.artist) == 10
    artist, writer = Attendance.objects.order_by("joined", "pk")
    assert (artist.left, writer.left) == (moments.at - timedelta(seconds=10), writer.heard)


def test_there_is_one_session_of_one_thing_at_a_time(project: Project, session: Session, frozen: CutRevision, people: SimpleNamespace) -> None:
    assert start_session(project, frozen, by=people.artist) == session
    end_session(session, by=people.owner)
    assert start_session(project, frozen, by=people.artist) != session


# --- presenting ---


def test_presenting_is_handed_over_or_taken_once_the_presenter_is_gone(moments: Moments, session: Session, people: SimpleNamespace) -> None:
    attend(session, people.owner.pk)
    with pytest.raises(SessionRefused, match="Owner Person presents"):
        hand_over(session, by=people.artist, to=people.artist.pk)
    session = hand_over(session, by=people.owner, to=people.reviewer.pk)
    assert session.presenter == people.reviewer
    attend(session, people.reviewer.pk)
    moments.on(20)
    with pytest.raises(SessionRefused):
        hand_over(session, by=people.artist, to=people.artist.pk)
    say_goodbye(session.pk, people.reviewer.pk)
    moments.on(9)
    assert not sessions.is_away(session), "a reload is no loss"
    moments.on(2)
    with pytest.raises(SessionRefused):
        hand_over(session, by=people.artist, to=people.writer.pk)
    assert hand_over(session, by=people.artist, to=people.artist.pk).presenter == people.artist
    with pytest.raises(SessionRefused, match="somebody of this film's team"):
        hand_over(session, by=people.artist, to=people.client.pk)
    end_session(session, by=people.owner)
    with pytest.raises(SessionRefused, match="ended"):
        hand_over(session, by=people.artist, to=people.owner.pk)


def test_whoever_presents_may_end_it_whatever_their_role(session: Session, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    where = reverse("screening:end", args=[session.project.slug, session.pk])
    assert client_for(people.reviewer).post(where).status_code == 403
    hand_over(session, by=people.owner, to=people.reviewer.pk)
    assert client_for(people.reviewer).post(where).status_code == 302
    assert Session.objects.get().ended is not None


# --- what is watched ---


def test_a_playlist_plays_its_items_end_to_end_and_nothing_of_it_changes(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    playlist = make_playlist(film.project, by=people.artist, name="For Friday")
    add_item(playlist, film.takes[1], by=people.artist)
    add_item(playlist, frozen, by=people.artist)
    reel = reel_of_playlist(playlist)
    assert [(part.label, part.at, part.frames) for part in reel.parts] == [("1.1 T2", 0, FRAMES), ("Cut 1, revision 1", FRAMES, 4 * FRAMES)]
    assert reel.plan.total == 5 * FRAMES and len({clip.key for clip in reel.plan.clips}) == 5
    assert [clip.at for clip in reel.plan.clips] == [n * FRAMES for n in range(5)]
    spoken = [(sound.at, sound.offset) for sound in reel.plan.sounds if sound.kind == "dialogue"]
    assert spoken == [(6, 0), *[(FRAMES + n * FRAMES + 6, 0) for n in range(4)]]
    assert all(sound.at >= FRAMES for sound in reel.plan.sounds if sound.kind in ("music", "tone"))
    session = start_session(film.project, playlist, by=people.artist)
    before = reel_of_session(session).plan
    assert before.clips == reel.plan.clips and before.sounds == reel.plan.sounds
    first = playlist.items.first()
    assert first is not None
    move_item(first, by=people.owner, way=1)
    remove_item(first, by=people.owner)
    actions.remove_clip(film.cut, film.clips[0].pk, by=people.owner, base=Cut.objects.get(pk=film.cut.pk).revision)
    assert reel_of_session(session).plan == before
    assert reel_of_playlist(playlist).plan.total == 4 * FRAMES
    assert frozen_plan(frozen).total == 4 * FRAMES


def test_notes_land_on_the_take_or_the_revision_at_its_own_frames(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    playlist = make_playlist(film.project, by=people.artist, name="For Friday")
    add_item(playlist, film.takes[1], by=people.artist)
    add_item(playlist, frozen, by=people.artist)
    session = start_session(film.project, playlist, by=people.artist)
    reel = reel_of_session(session)
    of_take = note_in(reel, film.project, by=people.artist, first=40, last=70, session=session, text="Her hand.")
    assert (of_take.subject, of_take.take_id, of_take.take_first, of_take.take_last) == ("take", film.takes[1].pk, 40, FRAMES - 1)
    of_cut = note_in(reel, film.project, by=people.owner, first=FRAMES + FRAMES + 3, last=None, session=session, text="The lamp.")
    assert (of_cut.subject, of_cut.cut_revision, of_cut.first, of_cut.take_first) == ("cut", frozen, FRAMES + 3, 3)
    earlier = notes.write_note(frozen, by=people.owner, text="From before.", first=0)
    placed = notes_on_reel(film.project, reel)
    assert [(one.note.pk, one.first, one.last) for one in placed] == [
        (of_take.pk, 40, FRAMES - 1), (earlier.pk, FRAMES, FRAMES), (of_cut.pk, 2 * FRAMES + 3, 2 * FRAMES + 3),
    ]  # fmt: skip
    assert {row.note_id for row in session.written.all()} == {of_take.pk, of_cut.pk}
    for frame in (5 * FRAMES, 2**31 - 1):
        with pytest.raises(NoteRefused, match=f"0 to {5 * FRAMES - 1}"):
            note_in(reel, film.project, by=people.owner, first=frame, last=None, text="?")
    end_session(session, by=people.owner)
    with pytest.raises(NoteRefused, match="ended"):
        note_in(reel, film.project, by=people.owner, first=0, last=None, session=session, text="Late.")
    assert Note.objects.count() == 3


# --- the summary ---


@pytest.fixture
def outbox(settings: Any) -> Iterator[list[Any]]:
    settings.EMAIL_ENABLED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    yield mail.outbox


def held(session: Session, people: SimpleNamespace, *who: str) -> Session:
    """A session in which these people were, with two notes and a verdict, at its end."""
    for one in who:
        attend(session, getattr(people, one).pk)
    reel = reel_of_session(session)
    note_in(reel, session.project, by=people.artist, first=50, last=55, session=session, text="The budget is gone.")
    note_in(reel, session.project, by=people.owner, first=3, last=None, session=session, text="Lovely light.", audience=Audience.CLIENT)
    frozen = session.items.get().cut_revision
    assert frozen is not None
    approving.give_verdict(frozen, "changes", by=people.reviewer, signed="Reviewer Person", words="Once more.")
    return end_session(session, by=people.owner)


def test_the_summary_goes_to_everybody_who_was_there_once(session: Session, people: SimpleNamespace, outbox: list[Any]) -> None:
    approving.give_verdict(session.items.get().cut_revision, "approved", by=people.owner, signed="O")  # type: ignore[arg-type]
    Session.objects.filter(pk=session.pk).update(started=timezone.now())
    held(Session.objects.get(pk=session.pk), people, "owner", "artist", "reviewer")
    sweep()
    mailing.send_due()
    Event.objects.filter(kind="session.ended").get()
    assert sorted(message.to[0] for message in outbox) == ["artist@example.com", "owner@example.com", "reviewer@example.com"]
    words = outbox[0].body
    assert outbox[0].subject == "The Lighthouse: what was said of Cut 1, revision 1"
    for said in ("00:00:02:02 (frame 50 to 55), Artist Person, on 1.2 T1", "The budget is gone.", "Lovely light.", "Once more.",
                 "Reviewer Person asked for changes to revision 1", "Owner Person, ", f"/sessions/{session.pk}/"):  # fmt: skip
        assert said in words, words
    assert "approved revision" not in words, "a verdict from before the session is none of it"
    from studio.screening.subscribers import on_session_ended

    on_session_ended(Event.objects.get(kind="session.ended"))  # comes twice
    mailing.send_due()
    assert len(outbox) == 3
    assert len({message.extra_headers["Message-ID"] for message in outbox}) == 3


def test_the_summary_comes_in_its_readers_language(
    session: Session, people: SimpleNamespace, outbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    people.artist.language = "de"
    people.artist.save()
    spoken: list[str | None] = []

    def render(*_: Any) -> str:
        spoken.append(translation.get_language())
        return "words"

    monkeypatch.setattr(mailing, "render_to_string", render)
    mailing.make_due(held(session, people, "owner", "artist"))
    assert mailing.send_due() == 2
    assert dict(zip([message.to[0] for message in outbox], spoken, strict=True)) == {"owner@example.com": "en", "artist@example.com": "de"}


def test_a_client_reads_no_internal_note_and_a_stranger_gets_no_mail(session: Session, people: SimpleNamespace, outbox: list[Any]) -> None:
    ended = held(session, people, "owner", "artist", "writer")
    change_role(Membership.objects.get(project=session.project, person=people.artist), by=people.owner, role="client")
    remove_member(Membership.objects.get(project=session.project, person=people.writer), by=people.owner)
    mailing.make_due(ended)
    mailing.send_due()
    to = {message.to[0]: message.body for message in outbox}
    assert set(to) == {"owner@example.com", "artist@example.com"}
    assert "budget" in to["owner@example.com"] and "Lovely light." in to["artist@example.com"]
    for secret in ("budget", "Who was there", "Writer Person", "/sessions/"):
        assert secret not in to["artist@example.com"]
    assert [one.note.text for one in summary_of(ended, client=True).notes] == ["Lovely light."]


def test_a_mail_that_fails_is_tried_again_later_and_keeps_no_other_back(
    session: Session, people: SimpleNamespace, outbox: list[Any], monkeypatch: pytest.MonkeyPatch, moments: Moments
) -> None:
    ended = held(session, people, "owner", "artist")
    mailing.make_due(ended)
    sends = EmailBackend.send_messages

    def refuses(backend: EmailBackend, messages: Any) -> int:
        if messages[0].to == ["owner@example.com"]:
            raise SMTPException("The mailbox is full.")
        return sends(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuses)
    assert mailing.send_due() == 1 and [message.to for message in outbox] == [["artist@example.com"]]
    assert mailing.send_due() == 0
    monkeypatch.undo()
    row = Attendance.objects.get(person=people.owner)
    assert row.due is not None and row.tries == 1
    Attendance.objects.filter(pk=row.pk).update(due=timezone.now())
    assert mailing.send_due() == 1 and len(outbox) == 2


def test_without_mail_nothing_is_due_and_the_page_says_so(session: Session, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    ended = held(session, people, "owner", "artist")
    assert mailing.make_due(ended) == 0
    page = client_for(people.writer).get(reverse("screening:session", args=[session.project.slug, session.pk])).content.decode()
    assert "This studio sends no mail" in page and "The budget is gone." in page and "Once more." in page and "Artist Person" in page


# --- pages ---


def test_the_pages_of_a_playlist(film: Film, frozen: CutRevision, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, slug = client_for(people.reviewer), film.project.slug
    assert "Nothing is in it yet" not in client.get(reverse("screening:page", args=[slug])).content.decode()
    made = client.post(reverse("screening:playlists", args=[slug]), {"name": " For  Friday "})
    where = made["HX-Redirect"]
    assert "Nothing is in it yet" in client.get(where).content.decode()
    again = client.post(reverse("screening:playlists", args=[slug]), {"name": "For Friday"})
    assert again.status_code == 422 and b"already" in again.content
    for what in (f"revision-{frozen.pk}", f"take-{film.takes[0].pk}", f"take-{film.takes[1].pk}"):
        assert client.post(f"{where}items/", {"what": what}).status_code == 200
    for what, status in (("take-0", 422), ("take-9999999", 404), ("shot-1", 422), ("", 422)):
        assert client.post(f"{where}items/", {"what": what}).status_code == status
    ids = [clip["take"] for clip in client.get(f"{where}playlist.json").json()["clips"]]
    assert ids[-2:] == [str(film.takes[0].pk), str(film.takes[1].pk)] and len(ids) == 6
    session = client_for(people.artist).post(reverse("screening:sessions", args=[slug]), {"playlist": where.rstrip("/").rsplit("/", 1)[1]})
    assert b"Join the session" in client.get(where).content
    told = client.post(f"{session['Location']}notes/", {"text": "Here.", "first": 4 * FRAMES + 2})
    assert told.status_code == 201 and Note.objects.get().take == film.takes[0]
    assert json.loads(client.get(f"{session['Location']}playlist.json").content)["total"] == 6 * FRAMES


def test_no_session_is_started_of_nothing(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, where = client_for(people.artist), reverse("screening:sessions", args=[film.project.slug])
    empty = make_playlist(film.project, by=people.artist, name="Empty")
    assert client.post(where, {"playlist": empty.pk}).status_code == 409
    assert client.post(where, {}).status_code == 422
    assert client.post(where, {"revision": "7"}).status_code == 404
    assert client.post(where, {"playlist": "999"}).status_code == 404
    assert not Session.objects.exists()
    assert client.get(reverse("screening:session", args=[film.project.slug, uuid.uuid4()])).status_code == 404
