"""What the pages of playlists and sessions show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from studio.projects.models import Project
from studio.review.models import Approval, Audience, Note
from studio.review.placing import Placed, in_order
from studio.review.queries import threads
from studio.screening.models import Attendance, Playlist, PlaylistItem, Session
from studio.screening.reel import Part, Reel, parts_of_note, reel_of
from studio.screening.sessions import reel_of_session
from studio.shots.models import Take
from studio.timeline.models import CutRevision

NEWEST = 50
"""Sessions that were ended, on the list."""


def playlists_of(project: Project) -> QuerySet[Playlist]:
    return Playlist.objects.filter(project=project).select_related("by").annotate(count=Count("items")).order_by("name")


def items_of(playlist: Playlist) -> list[PlaylistItem]:
    return list(playlist.items.select_related("take__shot", "cut_revision__cut"))


def reel_of_playlist(playlist: Playlist) -> Reel:
    return reel_of(playlist.project, items_of(playlist), revision=playlist.revision)


def live_sessions(project: Project) -> QuerySet[Session]:
    return Session.objects.filter(project=project, ended=None).select_related("presenter", "by")


def past_sessions(project: Project) -> list[Session]:
    rows = Session.objects.filter(project=project).exclude(ended=None).select_related("presenter", "by")
    counted = rows.annotate(people=Count("attendances", distinct=True), notes=Count("written", distinct=True))
    return list(counted[:NEWEST])


def takes_to_add(project: Project) -> QuerySet[Take]:
    """Every take of the film's shots, in the film's order, newest first."""
    rows = Take.objects.filter(shot__project=project, shot__removed=False).select_related("shot__scene")
    return rows.order_by("shot__scene__order", "shot__position", "shot_id", "-number")


def revisions_to_add(project: Project) -> QuerySet[CutRevision]:
    return CutRevision.objects.filter(cut__project=project).select_related("cut").order_by("cut_id", "-number")


def attendance_of(session: Session) -> list[Attendance]:
    return list(session.attendances.select_related("person"))


def notes_on_reel(project: Project, reel: Reel, *, client: bool = False) -> list[Placed]:
    """The notes on what a reel shows, at its frames: on its revisions, and on its takes wherever they were made (`carried` if on a cut that is not in
    it). `client`: only what clients may see. Three queries more than threads."""
    revisions = {part.item.cut_revision_id for part in reel.parts if part.item.cut_revision_id}
    takes = {part.item.take_id for part in reel.parts if part.item.take_id}
    rows = threads(project).filter(Q(cut_revision__in=revisions) | Q(take__in=takes))
    if client:
        rows = rows.filter(audience=Audience.CLIENT)
    return in_order(placed for note in rows if (placed := _placed(note, reel)) is not None)


def _placed(note: Note, reel: Reel) -> Placed | None:
    part = parts_of_note(reel, take=None, cut_revision=note.cut_revision_id) if note.cut_revision_id else None
    if part is not None and note.first is not None and note.last is not None:
        return Placed(note, part.at + note.first, part.at + note.last)
    part = parts_of_note(reel, take=note.take_id, cut_revision=None)
    if part is None or note.take_first is None or note.take_last is None:
        return None
    return Placed(note, part.at + note.take_first, part.at + note.take_last, carried=note.cut_revision_id is not None)


@dataclass(frozen=True)
class Summary:
    """What is left of a session. `verdicts` were given on what it showed while it was live; `retakes` are notes of it with which one was ordered,
    `settled` those that were resolved before its end."""

    session: Session
    parts: tuple[Part, ...]
    frames: int
    notes: list[Placed]
    people: list[Attendance]
    verdicts: list[Approval]
    retakes: list[Note] = field(default_factory=list)
    settled: list[Note] = field(default_factory=list)

    @property
    def length(self) -> timedelta:
        return (self.session.ended or timezone.now()) - self.session.started

    @property
    def decisions(self) -> int:
        return len(self.verdicts) + len(self.retakes) + len(self.settled)


def summary_of(session: Session, *, client: bool = False) -> Summary:
    """`client`: for somebody who is a client of the film by now: nothing of the team's own conversations, and not who was there."""
    reel = reel_of_session(session)
    written = set(session.written.values_list("note_id", flat=True))
    placed = [one for one in notes_on_reel(session.project, reel) if one.note.pk in written]
    if client:
        placed = [one for one in placed if one.note.audience == Audience.CLIENT]
    revisions = {part.item.cut_revision_id for part in reel.parts if part.item.cut_revision_id}
    during = Q(at__gte=session.started, at__lte=session.ended or timezone.now())
    verdicts = Approval.objects.filter(during, project=session.project, cut_revision__in=revisions).select_related("cut_revision")
    return Summary(
        session=session,
        parts=reel.parts,
        frames=reel.plan.total,
        notes=placed,
        people=[] if client else attendance_of(session),
        verdicts=list(verdicts),
        retakes=[] if client else [one.note for one in placed if one.note.retake],
        settled=[one.note for one in placed if one.note.resolved and one.note.resolved <= (session.ended or timezone.now())],
    )
