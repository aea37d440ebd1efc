"""Writing and checking the log."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from studio.events import live
from studio.events.models import INSTALLATION, Event

GENESIS = b"\0" * 32


def fingerprint(event: Event) -> bytes:
    """SHA-256 over the previous hash and the canonical JSON of everything else in the row."""
    body = json.dumps(
        {
            "chain": str(event.chain),
            "seq": event.seq,
            "at": _moment(event.at),
            "kind": event.kind,
            "actor": str(event.actor_id) if event.actor_id else None,
            "project": str(event.project_id) if event.project_id else None,
            "subject": [event.subject_kind, event.subject_id],
            "data": event.data,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(bytes(event.previous) + body.encode()).digest()


def hold(project_id: uuid.UUID | None) -> None:
    """Take a project's turn to write, until the transaction ends. Everything that changes a project takes it first, before any row's
    lock: then nobody waits for a row while holding the chain that another needs to finish with that row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [str(project_id or INSTALLATION)])


def record(kind: str, *, actor: Any = None, project: Any = None, subject: models.Model | None = None, data: dict[str, Any] | None = None) -> Event:
    """Append one event inside the caller's transaction and tell the world once it commits.

    Holds the project's turn until commit (see `hold`). `actor` and `project` are model instances or None. Raises
    `TransactionManagementError` outside a transaction: an event without its change, or the reverse, must not exist.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{kind} was recorded outside a transaction.")
    chain: uuid.UUID = project.pk if project is not None else INSTALLATION
    hold(chain)
    last = Event.objects.filter(chain=chain).order_by("-seq").values_list("seq", "hash").first()
    event = Event(
        chain=chain,
        seq=last[0] + 1 if last else 1,
        at=timezone.now(),
        kind=kind,
        actor_id=actor.pk if actor is not None else None,
        project_id=project.pk if project is not None else None,
        subject_kind=(subject._meta.model_name or "") if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        data=data or {},
        previous=bytes(last[1]) if last else GENESIS,
    )
    event.hash = fingerprint(event)
    event.save(force_insert=True)
    transaction.on_commit(lambda: _announce(event))
    return event


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _announce(event: Event) -> None:
    from studio.events.subscribers import wake

    if event.project_id is not None:
        about = [event.pk, event.kind, event.subject_kind, event.subject_id]
        shot = event.data.get("shot")  # what becomes of a take is news of its shot
        live.publish(event.project_id, {"e": [*about, shot] if isinstance(shot, int) else about})
    wake(event)


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold."""

    chain: uuid.UUID
    seq: int
    why: str


def verify() -> Iterator[Break]:
    """Walk every chain and yield each place where a row is missing, moved or altered."""
    expected: dict[uuid.UUID, tuple[int, bytes]] = {}
    for event in Event.objects.order_by("chain", "seq").iterator(chunk_size=2000):
        seq, previous = expected.get(event.chain, (0, GENESIS))
        if event.seq != seq + 1:
            yield Break(event.chain, event.seq, f"event {seq + 1} is missing")
        elif bytes(event.previous) != previous:
            yield Break(event.chain, event.seq, "it does not continue the event before it")
        elif fingerprint(event) != bytes(event.hash):
            yield Break(event.chain, event.seq, "its content was altered")
        expected[event.chain] = (event.seq, bytes(event.hash))
