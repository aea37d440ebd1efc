from __future__ import annotations

from studio.accounts.queries import actor_of
from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.projects.queries import project_of
from studio.script.queries import script_of
from studio.shots.actions import choose_take
from studio.shots.listing import list_shots
from studio.shots.models import Take


@subscribe("world.listed")
def on_world_listed(event: Event) -> None:
    """The people and places of a revision are known: list its lines and shots."""
    project = project_of(event)
    script = script_of(project) if project else None
    if project is None or script is None or script.revision != event.data["revision"]:
        return
    list_shots(project, script.revision, by=actor_of(event))


@subscribe("take.stored")
def on_take_stored(event: Event) -> None:
    """A shot's first take, or one that was ordered for the cut, is the version that counts until somebody chooses another."""
    take = Take.objects.select_related("shot").filter(pk=event.subject_id).first()
    if take is None or (take.shot.version_id is not None and not event.data.get("place")):
        return
    newer = take.shot.takes.filter(number__gt=take.number, versions__isnull=False).exists()
    if not newer:
        reason = "the first take" if take.number == 1 else "made for the cut"
        choose_take(take, by=actor_of(event), reason=reason)
