from __future__ import annotations

from django.db.models import Q

from studio.accounts.queries import actor_of
from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.jobs.models import IDLE
from studio.projects.models import Project
from studio.projects.queries import project_of
from studio.shots.models import Shot
from studio.storyboard.actions import draw_panels, keep_panels
from studio.storyboard.models import Panel
from studio.world.models import Character, Location

VISIBLE = {"size", "angle", "lens", "move", "subjects", "over", "characters", "action", "seed", "frames"}


@subscribe("shots.listed", "shot.added", "shot.restored")
def on_shots_listed(event: Event) -> None:
    project = project_of(event)
    if project is not None:
        _redraw_stale(project, event)
        keep_panels(project, by=actor_of(event))


@subscribe("shot.changed")
def on_shot_changed(event: Event) -> None:
    """What is seen has changed: the panel is drawn again at once."""
    shot = Shot.objects.filter(pk=event.subject_id, removed=False).select_related("project").first()
    if shot is None or not VISIBLE & set(event.data["after"]) or event.data["revision"] < shot.revision:
        return
    draw_panels(shot.project, Panel.objects.filter(shot=shot).values_list("pk", flat=True), by=actor_of(event))


@subscribe("character.designed", "location.designed")
def on_redesigned(event: Event) -> None:
    """Somebody or somewhere looks different now: their panels follow when the workers have nothing else to do."""
    project = project_of(event)
    if project is None or event.data["design"] == 1:
        return
    if event.subject_kind == "character":
        who = Character.objects.filter(pk=event.subject_id).first()
        shots = Q(shot__characters__contains=[who.name]) if who else Q(pk=None)
    else:
        where = Location.objects.filter(pk=event.subject_id).first()
        shots = Q(shot__scene__place=where.name, shot__scene__interior=where.interior) if where else Q(pk=None)
    panels = Panel.objects.filter(shots, shot__project=project, shot__removed=False)
    draw_panels(project, panels.values_list("pk", flat=True), by=actor_of(event), priority=IDLE)


def _redraw_stale(project: Project, event: Event) -> None:
    """After a new revision: panels whose shot has other words now than when they were drawn."""
    panels = Panel.objects.filter(shot__project=project, shot__removed=False).exclude(drawing=None).select_related("shot", "drawing__job")
    old = [panel.pk for panel in panels if panel.drawing is not None and _drawn_revision(panel) < panel.shot.revision]
    draw_panels(project, old, by=actor_of(event), priority=IDLE)


def _drawn_revision(panel: Panel) -> int:
    job = panel.drawing.job if panel.drawing else None
    return int(job.spec.get("revision", 0)) if job else 0
