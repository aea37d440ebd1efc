from __future__ import annotations

from studio.accounts.queries import actor_of
from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.projects.queries import project_of
from studio.shots.models import Shot, Version
from studio.timeline.actions import follow_film, follow_length, follow_move, place_take


@subscribe("shots.listed", "shot.added", "shot.removed", "shot.restored")
def on_shots_listed(event: Event) -> None:
    project = project_of(event)
    if project is not None:
        follow_film(project, by=actor_of(event), back=[int(event.subject_id)] if event.kind == "shot.restored" else event.data.get("back", ()))


@subscribe("shot.moved")
def on_shot_moved(event: Event) -> None:
    shot = Shot.objects.select_related("project").filter(pk=event.subject_id, removed=False).first()
    if shot is not None:
        follow_move(shot, by=actor_of(event))


@subscribe("shot.changed")
def on_shot_changed(event: Event) -> None:
    shot = Shot.objects.select_related("project").filter(pk=event.subject_id).first()
    if shot is not None and "frames" in event.data["after"]:
        follow_length(shot, by=actor_of(event))


@subscribe("version.published")
def on_version_published(event: Event) -> None:
    """The cut shows what was chosen. An older choice, delivered late, changes nothing."""
    version = Version.objects.select_related("shot__project", "take").filter(pk=event.subject_id).first()
    if version is not None and version.shot.version_id == version.pk:
        version.take.shot = version.shot
        place_take(version.take, by=actor_of(event))
