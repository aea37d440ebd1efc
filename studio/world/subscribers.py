from __future__ import annotations

from studio.accounts.queries import actor_of
from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.projects.queries import project_of
from studio.script.queries import breakdown_of, script_of
from studio.world.actions import list_world


@subscribe("script.revised")
def on_script_revised(event: Event) -> None:
    """A new revision names people and places. Older revisions, delivered late, change nothing."""
    project = project_of(event)
    script = script_of(project) if project else None
    if project is None or script is None or script.revision != event.data["revision"]:
        return
    found = breakdown_of(project, script.revision)
    assert found is not None
    list_world(project, found, script.revision, by=actor_of(event))
