"""A note that becomes somebody's work."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from studio.events.log import hold
from studio.projects.models import Membership, Role
from studio.review.models import Note
from studio.review.notes import assign_note
from studio.shots.models import Shot
from studio.work.actions import WorkRefused
from studio.work.following import Change, put, standing_of
from studio.work.models import Standing, Status


@transaction.atomic
def give_note(note: Note, *, by: Any) -> Standing:
    """Make a note a task: it is given to whoever it was for or the one whom it names, else to whose its shot is, else to who made the take it
    is about, else to `by`; the shot is theirs if it was nobody's, and comes to the film's first status that sends a shot back to be made again.
    Said twice, it changes nothing. Raises `WorkRefused` for a note that is about no shot of the film, or is settled."""
    hold(note.project_id)
    note = Note.objects.select_for_update(of=("self",)).select_related("assigned", "take__by").get(pk=(note.parent_id or note.pk))
    shot = Shot.objects.select_related("project", "scene").filter(pk=note.shot_id or 0, removed=False).first()
    if shot is None:
        raise WorkRefused(gettext("This note is about no shot of the film, so there is nothing to make. Give it to somebody instead."))
    if note.resolved:
        raise WorkRefused(gettext("This note is settled. Open it again first."))
    row = standing_of(shot, lock=True)
    team = Membership.objects.filter(project=shot.project).exclude(role=Role.CLIENT)
    named = [mention.person for mention in note.mentions.select_related("person")[:2]]
    whose = [note.assigned, named[0] if len(named) == 1 else None, row.assigned, note.take.by if note.take else None, by]
    members = set(team.filter(person__in=[one.pk for one in whose if one]).values_list("person", flat=True))
    person = next(one for one in whose if one and (one == by or one.pk in members))
    if note.assigned != person:
        assign_note(note, by=by, to=person.pk)
    again = None if row.status.retake else Status.objects.filter(project=shot.project, retake=True).first()
    wanted = {**({"assigned": person} if row.assigned is None else {}), **({"status": again} if again else {})}
    put(Change(shot.project, by), row, wanted)
    return standing_of(shot)
