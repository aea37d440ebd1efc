from __future__ import annotations

from studio.accounts.queries import actor_of
from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.projects.queries import project_of
from studio.review.models import Note
from studio.shots.models import Shot
from studio.work.beginning import begin_work
from studio.work.following import happened
from studio.work.models import Automation

TRIGGERS = {
    "take.stored": Automation.Trigger.TAKE,
    "version.published": Automation.Trigger.CHOSEN,
    "note.retaken": Automation.Trigger.RETAKE,
    "note.written": Automation.Trigger.NOTE,
}


@subscribe("project.started")
def on_project_started(event: Event) -> None:
    project = project_of(event)
    if project is not None:
        begin_work(project)


@subscribe(*TRIGGERS)
def on_something_of_a_shot(event: Event) -> None:
    """The event's own moment counts: what somebody said of the shot since is not overruled."""
    if event.kind == "version.published" and event.data["number"] == 1:
        return  # the first take, which nobody chose
    project, pk = project_of(event), _shot_of(event)
    shot = Shot.objects.select_related("project", "scene").filter(pk=pk or 0, project=project, removed=False).first() if project else None
    if shot is not None:
        happened(TRIGGERS[event.kind], shot, by=actor_of(event), at=event.at)


def _shot_of(event: Event) -> int | None:
    if event.kind != "note.written":
        return int(event.data["shot"])
    note = Note.objects.filter(pk=event.data["note"], parent=None).only("shot_id").first()
    return note.shot_id if note else None
