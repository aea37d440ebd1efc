from __future__ import annotations

from studio.accounts.queries import actor_of
from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.projects.queries import project_of
from studio.script.queries import script_of
from studio.shots.listing import list_shots


@subscribe("world.listed")
def on_world_listed(event: Event) -> None:
    """The people and places of a revision are known: list its lines and shots."""
    project = project_of(event)
    script = script_of(project) if project else None
    if project is None or script is None or script.revision != event.data["revision"]:
        return
    list_shots(project, script.revision, by=actor_of(event))
