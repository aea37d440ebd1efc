"""Starting a session, being there, presenting, writing notes there, and ending it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, DateTimeField, DurationField, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.projects.models import Membership, Project, Role
from studio.review import notes
from studio.review.models import Note
from studio.review.notes import NoteRefused
from studio.screening import live
from studio.screening.models import SILENCE, Attendance, Playlist, Session, SessionItem, SessionNote, Shown
from studio.screening.reel import Reel, reel_of, shown_revision
from studio.timeline.models import CutRevision

AWAY = timedelta(seconds=10)
"""How long a presenter must have been gone before another may take over."""


class SessionRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


@transaction.atomic
def start_session(project: Project, of: CutRevision | Playlist, *, by: Any) -> Session:
    """Whoever starts it presents. A session of the same thing that is still live is joined instead: there is one room for one film."""
    hold(project.pk)
    items: Iterable[dict[str, Any]]
    if isinstance(of, Playlist):
        same = Session.objects.filter(project=project, ended=None, playlist=of)
        rows = of.items.select_related("take", "cut_revision").all()
        items = [{"take": row.take, "cut_revision": row.cut_revision, "sounds": row.sounds} for row in rows]
        name = of.name
    else:
        same = Session.objects.filter(project=project, ended=None, playlist=None, items__cut_revision=of)
        items, name = [shown_revision(of)], f"{of.cut.name}, revision {of.number}"
    if (running := same.first()) is not None:
        return running
    if not items:
        raise SessionRefused(gettext("This playlist is empty: there is nothing to watch. Add a take or a revision first."))
    session = Session.objects.create(project=project, name=name, playlist=of if isinstance(of, Playlist) else None, presenter=by, by=by)
    SessionItem.objects.bulk_create([SessionItem(session=session, number=number, **item) for number, item in enumerate(items)])
    record("session.started", actor=by, project=project, subject=session, data={"name": name, "items": len(list(items))})
    return session


def attend(session: Session, person: uuid.UUID) -> bool:
    """This person was heard just now in one of their windows. True if they had not been there before it.

    One statement however many windows they have open, so nothing is counted twice; what lay between a goodbye, or a silence, and this does not count.
    """
    now = timezone.now()
    since = ExpressionWrapper(Greatest(Value(now, DateTimeField()), F("heard")) - F("heard"), output_field=DurationField())
    there = Q(left=None, heard__gt=now - SILENCE)
    rows = Attendance.objects.filter(session=session, person_id=person)
    was_here = rows.filter(there).exists()
    counted = Case(When(there, then=F("present") + since), default=F("present"))
    if not rows.update(present=counted, heard=Greatest(F("heard"), Value(now, DateTimeField())), left=None):
        _joined(session, person, now)
    return not was_here


@transaction.atomic
def _joined(session: Session, person: uuid.UUID, now: datetime) -> None:
    hold(session.project_id)
    row, new = Attendance.objects.select_related("person").get_or_create(session=session, person_id=person, defaults={"joined": now, "heard": now})
    if new:
        record("session.joined", actor=row.person, project=session.project, subject=session, data={"name": session.name})


def say_goodbye(session_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """One window of this person has gone. Another of theirs that is still open says so at once, and they were never away."""
    now = timezone.now()
    stretch = ExpressionWrapper(Value(now, DateTimeField()) - F("heard"), output_field=DurationField())
    there = Attendance.objects.filter(session=session_id, session__ended=None, person=person_id, left=None, heard__gt=now - SILENCE, heard__lte=now)
    there.update(present=F("present") + stretch, heard=now, left=now)


def is_away(session: Session) -> bool:
    """The presenter has been gone long enough for another to take over."""
    row = Attendance.objects.filter(session=session, person=session.presenter_id).first()
    now = timezone.now()
    return now - max(session.started, row.left or row.heard if row else session.started) > (AWAY if row is not None and row.left else SILENCE)


@transaction.atomic
def hand_over(session: Session, *, by: Any, to: Any) -> Session:
    """Let somebody of the team present. Only the presenter can; whoever attends may take it for themselves once the presenter is away."""
    session = _held(session)
    person = _of_the_team(session.project, to)
    if person.pk == session.presenter_id:
        return session
    if by.pk != session.presenter_id and not (person.pk == by.pk and is_away(session)):
        words = gettext("%(name)s presents. Whoever presents can hand it over; if their connection is lost, wait a moment.")
        raise SessionRefused(words % {"name": session.presenter.name})
    before, session.presenter = session.presenter_id, person
    session.save(update_fields=["presenter"])
    transaction.on_commit(lambda: live.presenter_is(session.pk, person.pk))
    told = {"name": session.name, "before": str(before), "after": str(person.pk), "presenter": person.name}
    record("session.handed_over", actor=by, project=session.project, subject=session, data=told)
    return session


@transaction.atomic
def end_session(session: Session, *, by: Any) -> Session:
    """For everybody, for good. Whoever is still there leaves with it; the summary is due."""
    hold(session.project_id)
    session = Session.objects.select_for_update(of=("self",)).select_related("project").get(pk=session.pk)
    if session.ended is not None:
        return session
    now = timezone.now()
    here = session.attendances.filter(left=None, heard__gt=now - SILENCE, heard__lte=now)
    here.update(present=F("present") + ExpressionWrapper(Value(now, DateTimeField()) - F("heard"), output_field=DurationField()), heard=now, left=now)
    session.attendances.filter(left=None).update(left=F("heard"))
    session.ended = now
    session.save(update_fields=["ended"])
    transaction.on_commit(lambda: live.forget(session.pk))
    told = {"name": session.name, "people": session.attendances.count(), "notes": session.written.count()}
    record("session.ended", actor=by, project=session.project, subject=session, data=told)
    return session


@transaction.atomic
def note_in(reel: Reel, project: Project, *, by: Any, first: int, last: int | None, session: Session | None = None, **said: Any) -> Note:
    """A note on frames of what is being watched: on the revision, or on the take, that shows there, at its own frames. A range ends with the
    item that it begins in. Raises `NoteRefused`."""
    hold(project.pk)
    last = first if last is None else last
    part = reel.part_at(first)
    if part is None or last < first:
        words = gettext("What is watched has the frames 0 to %(last)d, and a range ends where it begins or later. Nothing was written.")
        raise NoteRefused(words % {"last": reel.plan.total - 1})
    if session is not None and not Session.objects.select_for_update().filter(pk=session.pk, ended=None).exists():
        raise NoteRefused(
            gettext("This session has ended. Your words stand in the field: write them on the review page of the revision, or of the shot.")
        )
    start, end = first - part.at, min(last - part.at, part.frames - 1)
    if part.item.cut_revision is not None:
        note = notes.write_note(part.item.cut_revision, by=by, first=start, last=end, **said)
    else:
        assert part.item.take is not None
        note = notes.note_take(part.item.take, by=by, first=start, last=end, **said)
    if session is not None:
        SessionNote.objects.create(session=session, note=note)
    return note


def items_of(session: Session) -> list[Shown]:
    return list(session.items.select_related("take__shot", "cut_revision__cut"))


def reel_of_session(session: Session) -> Reel:
    return reel_of(session.project, items_of(session))


def _held(session: Session) -> Session:
    """The row of a live session, locked. Raises `SessionRefused` if it has ended."""
    hold(session.project_id)
    rows = Session.objects.select_for_update(of=("self",)).select_related("project", "presenter")
    session = rows.get(pk=session.pk)
    if session.ended is not None:
        raise SessionRefused(gettext("This session has ended."))
    return session


def _of_the_team(project: Project, who: Any) -> Any:
    try:
        key = uuid.UUID(str(who))
    except ValueError:
        key = None
    row = Membership.objects.select_related("person").filter(project=project, person_id=key).exclude(role=Role.CLIENT).first() if key else None
    if row is None:
        raise SessionRefused(gettext("Presenting is handed to somebody of this film's team. Choose one of them."))
    return row.person
