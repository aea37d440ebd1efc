from __future__ import annotations

from studio.accounts.queries import actor_of
from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.jobs.kinds import Refused
from studio.projects.queries import project_of
from studio.shots.actions import make_film
from studio.shots.models import Take


@subscribe("shots.listed")
def on_sample_listed(event: Event) -> None:
    """The sample film is made unasked, by ordinary jobs, once."""
    project = project_of(event)
    if project is None or not project.is_sample or event.data["revision"] != 1 or Take.objects.filter(shot__project=project).exists():
        return
    try:
        make_film(project, by=actor_of(event))
    except Refused:
        return  # it was asked for already
