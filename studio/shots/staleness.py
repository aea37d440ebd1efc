"""What makes a take no longer say what its shot says. Stale shots keep their takes; making the film makes them again."""

from __future__ import annotations

from django.db.models import Q

from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.projects.models import Project
from studio.projects.queries import project_of
from studio.shots.models import Shot
from studio.sound.models import LineTake
from studio.world.models import Character, Location


@subscribe("line.changed")
def on_line_changed(event: Event) -> None:
    project = project_of(event)
    if project is not None:
        _mark(project, Q(shot_lines__line=event.subject_id), "A line in it was changed after its take was made.")


@subscribe("line.recorded")
def on_line_recorded(event: Event) -> None:
    """Mouths move as the line was spoken when the take was made. The first recording makes nothing stale."""
    project = project_of(event)
    spoken = LineTake.objects.filter(line_id=int(event.subject_id), number=event.data["take"]).first()
    if project is not None and spoken is not None and spoken.number > 1:
        earlier = Q(version__take__at__lt=spoken.at)
        _mark(project, Q(shot_lines__line=event.subject_id) & earlier, "A line in it was spoken anew after its take was made.")


@subscribe("character.designed", "location.designed")
def on_redesigned(event: Event) -> None:
    """The first design makes nothing stale: there were no takes before it."""
    project = project_of(event)
    if project is None or event.data["design"] == 1:
        return
    if event.subject_kind == "character":
        who = Character.objects.filter(pk=event.subject_id).first()
        if who is not None:
            _mark(project, Q(characters__contains=[who.name]), f"{who.name} looks different since its take was made.")
        return
    where = Location.objects.filter(pk=event.subject_id).first()
    if where is not None:
        _mark(project, Q(scene__place=where.name, scene__interior=where.interior), f"{where.name} looks different since its take was made.")


def _mark(project: Project, which: Q, why: str) -> None:
    """Only shots that have a take and are not stale already: the first reason is the one to read."""
    ids = Shot.objects.filter(which, project=project, take_count__gt=0, stale="").values_list("pk", flat=True)
    Shot.objects.filter(pk__in=list(ids)).update(stale=why[:300])
