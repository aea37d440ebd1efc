"""What an operator does with the farm."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from studio.events.log import record
from studio.jobs.actions import wake
from studio.jobs.models import Share, Worker

WISHES = ("", "drain", "retire")


@transaction.atomic
def wish_of(worker: Worker, wish: str, *, by: Any) -> None:
    """Drain a worker (it finishes what it has and takes nothing new), retire it (it ends then, and is not started again) or let it work again. It
    hears of it within seconds."""
    Worker.objects.filter(pk=worker.pk).update(wish=wish)
    record("worker.wished", actor=by, data={"worker": worker.name, "wish": wish or "work"})
    if not wish:
        transaction.on_commit(lambda: wake(dict.fromkeys(worker.queues, 1)))


@transaction.atomic
def forget_worker(worker: Worker, *, by: Any) -> None:
    """Take a worker that is gone off the page; one that is alive tells of itself again within seconds."""
    worker.delete()
    record("worker.forgotten", actor=by, data={"worker": worker.name})


@transaction.atomic
def change_share(share: Share, *, by: Any, weight: float, limit: int | None, reserved: int) -> None:
    """What a project may have of the farm from now on."""
    Share.objects.filter(pk=share.pk).update(weight=weight, limit=limit, reserved=reserved)
    data = {"weight": weight, "limit": limit, "reserved": reserved}
    record("share.changed", actor=by, project=share.project, data=data)
    transaction.on_commit(lambda: wake({"desk": 1, "work": 1, "gpu": 1}))
