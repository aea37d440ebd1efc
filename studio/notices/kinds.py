"""Which events other programs can hear of, and what of each they are told: the names in this table and nothing else.

None carries a secret, an address of a person, or words from inside a note. A verdict says who gave it and as what: of a guest's link and address
nothing, whatever the event keeps of them for the studio's own log.
"""

from __future__ import annotations

from typing import Any

from studio.accounts.models import Person
from studio.events.models import Event
from studio.projects.models import Membership

HOOKABLE: dict[str, tuple[str, ...]] = {
    "script.revised": ("revision", "scenes"),
    "shots.listed": ("revision",),
    "take.stored": ("shot", "number"),
    "version.published": ("shot", "take", "number"),
    "cut.edited": ("operation", "revision", "clips"),
    "cut.frozen": ("number", "hash"),
    "cut.judged": ("verdict", "revision", "hash"),
    "note.written": ("note", "parent", "audience", "assigned", "drawn"),
    "note.resolved": ("note",),
    "note.reopened": ("note",),
    "note.assigned": ("note", "assigned"),
    "export.stored": ("number", "revision"),
    "job.failed": ("kind", "reason", "with"),
    "job.succeeded": ("kind", "seconds"),
    "link.made": ("revision",),
    "playlist.shared": ("hash",),
    "link.revoked": (),
    "work.changed": ("said", "assigned"),
    "member.joined": ("role",),
    "member.removed": ("person",),
    "budget.warned": ("measure", "budget", "spent", "reserved"),
    "piece.stored": ("number", "medium"),
    "piece.uploaded": ("number", "medium"),
}


def told_of(event: Event) -> dict[str, Any]:
    """An event as another program is told it."""
    data = {name: event.data[name] for name in HOOKABLE.get(event.kind, ()) if name in event.data}
    told = {"id": event.pk, "kind": event.kind, "project": str(event.project_id), "at": event.at.isoformat(), "by": _who(event), "data": data}
    return told


def _who(event: Event) -> dict[str, str] | None:
    """Name and role of whoever did it; no name where somebody gave their address for one."""
    person = Person.objects.filter(pk=event.actor_id).first() if event.actor_id else None
    if person is None or event.project_id is None:
        return None
    role = Membership.objects.filter(project_id=event.project_id, person=person).values_list("role", flat=True).first()
    return {"name": "" if "@" in person.name else person.name, "role": role or ("guest" if person.is_guest else "")}
