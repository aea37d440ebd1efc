"""A job's life in the hands of workers. Every transition is one guarded UPDATE under the lease token.

Guarantee: exactly one result per job. A worker that lost its lease changes zero rows and publishes nothing; a lost or doubled
message changes nothing, because messages only say "look".
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from generation.contract import Result, Usage
from studio.events.live import publish
from studio.events.log import hold, record
from studio.jobs import energy, fair
from studio.jobs.actions import wake
from studio.jobs.fair import charge, claim_next
from studio.jobs.kinds import kind_named
from studio.jobs.models import LEASED, OPEN, Attempt, Job, Need, State, Worker
from studio.jobs.paying import close, pay, so_far
from studio.jobs.states import move
from studio.jobs.words import (
    BEGINS_AGAIN,
    DIED_OFTEN,
    LIGHTER_ALREADY,
    MAY_FIT,
    NEEDED_CANCELLED,
    NEEDED_FAILED,
    ONCE_MORE,
    STOPPED_DEAD,
    STOPPED_RUNNING,
)
from studio.media.models import Asset
from studio.projects.models import OnMemory

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
HASH = "requested_by__password"  # which a worker may not be allowed to read
LOG_KEPT = 20_000  # characters of a failed attempt's log


class LeaseLost(Exception):
    """Somebody else has the job now, or it was ended: drop the work and say nothing."""


def claim(worker: str, queues: Sequence[str], warm: Sequence[str] = ()) -> Job | None:
    """Take the next fair job under a new lease, or None if there is nothing to do. `warm` are the models in this worker's memory."""
    with transaction.atomic():
        found = claim_next(worker, queues, LEASE.total_seconds(), warm)
        if found is None:
            return None
        job = Job.objects.select_related("project", "requested_by").defer(HASH).get(pk=found)
    if job.queue == "gpu" and job.lease_token:
        energy.begin(job.lease_token)
    publish(job.project_id, {"j": [str(job.pk)]})
    return job


def claim_companions(job: Job, recipe: dict[str, Any], most: int) -> list[Job]:
    """Take with a claimed job up to `most` other takes of its recipe, each under a lease of its own; see `fair.claim_companions`."""
    with transaction.atomic():
        hold(job.project_id)
        found = fair.claim_companions(job, recipe, most, LEASE.total_seconds())
        jobs = list(Job.objects.select_related("project", "requested_by").defer(HASH).filter(pk__in=found).order_by("created"))
    for each in jobs:
        if each.queue == "gpu" and each.lease_token:
            energy.begin(each.lease_token)
    if jobs:
        energy.divide(each.lease_token for each in (job, *jobs))
        job.together = len(jobs) + 1
        publish(job.project_id, {"j": [str(each.pk) for each in jobs]})
    return jobs


def left_together(jobs: Sequence[Job]) -> None:
    """These are what is left of takes that are made at once: from now on the worker's energy is drawn for them alone, and they keep it busy."""
    with transaction.atomic():
        hold(jobs[0].project_id)
        Job.objects.filter(lease_token__in=[job.lease_token for job in jobs], state__in=LEASED).update(together=len(jobs))
    energy.divide(job.lease_token for job in jobs)


def renew(job: Job) -> str:
    """Lengthen the lease; answers "running" or "cancelling". Raises `LeaseLost`."""
    held = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state__in=LEASED)
    if held.update(lease_until=timezone.now() + LEASE) != 1:
        raise LeaseLost(str(job.pk))
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def note_progress(job: Job, done: int, total: int, unit: str, stage: str, eta: float | None) -> None:
    """Keep the figures on the row, so that a page opened now shows them."""
    held = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state__in=LEASED)
    held.update(done=done, total=total, unit=unit, stage=stage[:60], eta=eta)


def note_request(job: Job, request: dict[str, object]) -> None:
    if Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state__in=LEASED).update(request=request) != 1:
        raise LeaseLost(str(job.pk))


def finish(job: Job, result: Result, assets: dict[str, Asset], seconds: float) -> models.Model:
    """Accept the result: the kind writes its one row, the job succeeds, what waited for it may start. Raises `LeaseLost`.

    If somebody cancelled the job meanwhile, the cancellation wins and nothing is written.
    """
    with transaction.atomic():
        hold(job.project_id)
        held = _held(job)
        row = None if held.state == State.CANCELLING else _accept(held, result, assets, seconds)
        if row is None:
            charge(job, seconds - job.estimate)
            pay(held, seconds, "cancelled", result.usage, result.engine_version)
            _end(held, State.CANCELLED, STOPPED_RUNNING)
    if row is None:  # raised inside, it would undo the cancellation
        raise LeaseLost("cancelled")
    return row


def _accept(held: Job, result: Result, assets: dict[str, Asset], seconds: float) -> models.Model:
    row = kind_named(held.kind).accept(held, result, assets)
    move(
        Job.objects.filter(pk=held.pk),
        State.SUCCEEDED,
        finished=timezone.now(),
        seconds=seconds,
        notes=list(result.notes),
        done=F("total"),
        eta=0.0,
        stage="",
    )
    Job.objects.filter(pk__in=Need.objects.filter(needs=held).values("job_id")).update(waiting=F("waiting") - 1)
    freed = list(Job.objects.filter(needs__needs=held, waiting=0, state=State.QUEUED).values_list("queue", flat=True))
    charge(held, seconds - held.estimate)
    pay(held, seconds, "succeeded", result.usage, result.engine_version)
    close(held.project, [held.pk])
    Worker.objects.filter(name=held.worker).update(done=F("done") + 1)
    record("job.succeeded", actor=held.requested_by, project=held.project, subject=held, data={"kind": held.kind, "seconds": round(seconds, 2)})
    transaction.on_commit(lambda: wake({queue: freed.count(queue) for queue in set(freed)}))
    return row


def note_checkpoint(job: Job, checkpoint: dict[str, object]) -> None:
    """Keep what a finished stage made, for the next attempt. Raises `LeaseLost`."""
    if Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state__in=LEASED).update(checkpoint=checkpoint) != 1:
        raise LeaseLost(str(job.pk))
    job.checkpoint = checkpoint


def give_up(
    job: Job,
    reason: str,
    *,
    retryable: bool,
    seconds: float = 0.0,
    log: str = "",
    lighter: dict[str, Any] | None = None,
    usage: Usage | None = None,
) -> None:
    """The attempt failed: back into the queue if another may help and is allowed, else failed with the reason; `log` is the last of what the
    worker wrote meanwhile. `lighter` is how the job may fit into a card whose memory was too small: where the project wants that, it is tried so,
    once, by a worker that has a card if this one has. `usage` is what the attempt used all the same. Raises `LeaseLost`."""
    with transaction.atomic():
        hold(job.project_id)
        held = _held(job)
        once_more = bool(lighter) and not held.lighter and held.project.on_memory == OnMemory.AGAIN
        if once_more:
            reason = f"{reason} {ONCE_MORE}"
        elif held.lighter and lighter is not None:
            reason = f"{reason} {LIGHTER_ALREADY}"
        elif lighter:
            reason = f"{reason} {MAY_FIT}"
        if held.state != State.CANCELLING:
            Attempt.objects.create(job=held, number=held.attempt, worker=held.worker, reason=reason[:4000], log=log[-LOG_KEPT:])
        charge(job, seconds - job.estimate)
        if held.state != State.CANCELLING:
            Worker.objects.filter(name=held.worker).update(failed=F("failed") + 1)  # after the shares, as a claim does
        pay(held, seconds, "cancelled" if held.state == State.CANCELLING else "failed", usage)
        if held.state == State.CANCELLING:
            _end(held, State.CANCELLED, STOPPED_RUNNING)
        elif once_more:
            has_card = Worker.objects.filter(name=held.worker, card__has_key="name").exists()
            _requeue(held, reason, timezone.now(), lighter=lighter, card_only=has_card)
        elif retryable and held.attempt < held.max_attempts:
            _requeue(held, reason, timezone.now() + timedelta(seconds=2 * held.attempt))
        else:
            _end(held, State.FAILED, reason)


def stop_cancelled(job: Job, seconds: float = 0.0, usage: Usage | None = None) -> None:
    """The worker noticed the cancellation and has stopped. Raises `LeaseLost`."""
    with transaction.atomic():
        hold(job.project_id)
        held = _held(job)
        charge(job, seconds - job.estimate)
        pay(held, seconds, "cancelled", usage)
        _end(held, State.CANCELLED, STOPPED_RUNNING)


def release(job: Job, usage: Usage | None = None) -> None:
    """Put a job back untouched because its worker is shutting down; the attempt is not counted."""
    with transaction.atomic():
        hold(job.project_id)
        held = _held(job)
        charge(job, -job.estimate)
        pay(held, so_far(held), "given back", usage)
        if held.state == State.CANCELLING:
            _end(held, State.CANCELLED, STOPPED_RUNNING)
            return
        move(Job.objects.filter(pk=held.pk), State.QUEUED, attempt=F("attempt") - 1, available=timezone.now())
        _tell(held)


def _held(job: Job) -> Job:
    rows = Job.objects.select_for_update(of=("self",)).select_related("project", "requested_by").defer(HASH)
    held = rows.filter(pk=job.pk, lease_token=job.lease_token, state__in=LEASED).first()
    if held is None:
        raise LeaseLost(str(job.pk))
    return held


def _requeue(job: Job, reason: str, when: object, **more: object) -> None:
    move(Job.objects.filter(pk=job.pk), State.QUEUED, error=reason, available=when, done=0, eta=None, **more)
    _tell(job)


def _end(job: Job, state: State, reason: str) -> None:
    """End a job for good, and with it everything that waited for it."""
    now = timezone.now()
    move(Job.objects.filter(pk=job.pk), state, finished=now, error=reason[:4000], eta=None)
    waiting = _waiting_for(job)
    if state == State.FAILED:
        kind_named(job.kind).fail(job, reason)
        because = (NEEDED_FAILED % {"title": job.title or job.kind, "reason": reason})[:4000]
        move(Job.objects.filter(pk__in=waiting), State.FAILED, error=because, failed_by=job, finished=now)
        data = {"kind": job.kind, "reason": reason[:300], "with": len(waiting)}
        record("job.failed", actor=job.requested_by, project=job.project, subject=job, data=data)
    else:  # what was asked for while this one was still stopping
        because = NEEDED_CANCELLED % {"title": job.title or job.kind}
        move(Job.objects.filter(pk__in=waiting), State.CANCELLED, error=because, failed_by=job, finished=now)
    close(job.project, [job.pk, *waiting])
    _tell(job)


def _waiting_for(job: Job) -> set[uuid.UUID]:
    """Every queued job that cannot start without this one, directly or through others."""
    found: set[uuid.UUID] = set()
    frontier = {job.pk}
    while frontier:
        frontier = set(Job.objects.filter(needs__needs__in=frontier, state=State.QUEUED).values_list("pk", flat=True)) - found
        found |= frontier
    return found


def _tell(job: Job) -> None:
    transaction.on_commit(lambda: publish(job.project_id, {"j": [str(job.pk)]}))


def sweep() -> dict[str, int]:
    """Make good what died: expired leases go back to the queue (or fail after the last attempt), sleepers are woken again.

    Any number of sweepers may run at once.
    """
    dead = list(Job.objects.filter(state__in=LEASED, lease_until__lt=timezone.now()).order_by("lease_until").values_list("pk", "project_id")[:50])
    expired = sum(_bury(pk, project_id) for pk, project_id in dead)
    now = timezone.now()
    asleep = Job.objects.filter(state=State.QUEUED, waiting=0, available__lte=now, created__lt=now - timedelta(seconds=2))
    queues = {queue: asleep.filter(queue=queue).count() for queue in ("desk", "work", "gpu")}
    idle = {queue: count for queue, count in queues.items() if count and not _busy(queue)}
    if idle or expired:
        wake(idle or dict.fromkeys(queues, 1))
    Worker.objects.filter(seen__lt=now - timedelta(days=1)).delete()
    return {"expired": expired, "woken": sum(idle.values())}


def _bury(pk: uuid.UUID, project_id: uuid.UUID) -> int:
    """What becomes of one job whose lease ran out; 0 if another sweeper or its own worker was faster."""
    with transaction.atomic():
        hold(project_id)
        rows = Job.objects.select_for_update(skip_locked=True, of=("self",)).select_related("project", "requested_by").defer(HASH)
        job = rows.filter(pk=pk, state__in=LEASED, lease_until__lt=timezone.now()).first()
        if job is None:
            return 0
        charge(job, -job.estimate)
        pay(job, so_far(job, job.lease_until - LEASE if job.lease_until else None), "died")
        if job.state == State.CANCELLING:
            _end(job, State.CANCELLED, STOPPED_DEAD)
        elif job.attempt >= job.max_attempts:
            _end(job, State.FAILED, DIED_OFTEN % {"count": job.attempt})
        else:
            _requeue(job, BEGINS_AGAIN, timezone.now())
    return 1


def _busy(queue: str) -> bool:
    """Whether every worker of a queue is at work, so that waking could do nothing. A worker's `job` is what it said last."""
    heard = [worker for worker in Worker.objects.filter(seen__gt=timezone.now() - timedelta(seconds=20)) if queue in worker.queues]
    running = set(Job.objects.filter(state__in=LEASED).values_list("worker", flat=True))
    return bool(heard) and all(worker.name in running for worker in heard)


def open_jobs() -> int:
    return Job.objects.filter(state__in=OPEN).count()
