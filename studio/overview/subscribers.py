from __future__ import annotations

from studio.accounts.models import Person
from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.jobs.kinds import Refused
from studio.projects.models import Project
from studio.shots.actions import make_film
from studio.shots.models import Take


@subscribe("shots.listed")
def on_sample_listed(event: Event) -> None:
    """The sample film is made unasked, by ordinary jobs, once."""
    project = Project.objects.filter(pk=event.project_id, is_sample=True).first()
    if project is None or event.data["revision"] != 1 or Take.objects.filter(shot__project=project).exists():
        return
    try:
        make_film(project, by=Person.objects.filter(pk=event.actor_id).first())
    except Refused:
        return  # it was asked for already
