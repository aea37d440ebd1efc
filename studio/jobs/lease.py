"""A job's life in the hands of workers. Every transition is one guarded UPDATE under the lease token.

Guarantee: exactly one result per job. A worker that lost its lease changes zero rows and publishes nothing; a lost or doubled
message changes nothing, because messages only say "look".
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from generation.contract import Result
from studio.events.live import publish
from studio.events.log import hold, record
from studio.jobs.actions import charge, wake
from studio.jobs.kinds import kind_named
from studio.jobs.models import LEASED, OPEN, Job, Need, State, Worker
from studio.media.models import Asset

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
WAKE_AFTER = timedelta(seconds=10)


class LeaseLost(Exception):
    """Somebody else has the job now, or it was ended: drop the work and say nothing."""


# The next job that is fair: best priority first, then the project that has had least of the workers, then the oldest.
# One index look-up for each project that ever asked; rows that another worker is just claiming are skipped, not waited for.
# The project is charged the estimate at once, so that the next claim already counts it; the end of the attempt corrects it.
# What the worker is at is noted in the same statement: nothing more stands between a claim and its work.
_CLAIM = """
WITH turn AS (
    SELECT ready.id, row_number() OVER (ORDER BY ready.priority, share.used, ready.created) AS n
    FROM jobs_share AS share
    CROSS JOIN LATERAL (
        SELECT id, priority, created FROM jobs_job
        WHERE project_id = share.project_id AND state = 'queued' AND waiting = 0 AND queue = ANY(%(queues)s) AND available <= now()
        ORDER BY priority, created LIMIT 8
    ) AS ready
    ORDER BY n LIMIT 32
), mine AS (
    SELECT job.id, job.project_id, job.estimate FROM turn JOIN jobs_job AS job ON job.id = turn.id
    WHERE job.state = 'queued' AND job.waiting = 0
    ORDER BY turn.n LIMIT 1 FOR UPDATE OF job SKIP LOCKED
), charged AS (
    UPDATE jobs_share AS share SET used = share.used + mine.estimate FROM mine WHERE share.project_id = mine.project_id
), known AS (
    UPDATE jobs_worker SET seen = now(), job_id = mine.id FROM mine WHERE jobs_worker.name = %(worker)s
)
UPDATE jobs_job AS job
SET state = 'running', lease_token = %(token)s, lease_until = now() + make_interval(secs => %(lease)s), worker = %(worker)s, attempt = attempt + 1,
    started = now(), done = 0, eta = NULL, error = '', stage = ''
FROM mine WHERE job.id = mine.id RETURNING job.id
"""


def claim(worker: str, queues: Sequence[str]) -> Job | None:
    """Take the next fair job under a new lease, or None if there is nothing to do."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"queues": list(queues), "token": uuid.uuid4(), "lease": LEASE.total_seconds(), "worker": worker})
            row = cursor.fetchone()
        if row is None:
            return None
        job = Job.objects.select_related("project", "requested_by").get(pk=row[0])
    publish(job.project_id, {"j": [str(job.pk)]})
    return job


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
            charge(job.project_id, seconds - job.estimate)
            _end(held, State.CANCELLED, "Cancelled while it ran.")
    if row is None:  # raised inside, it would undo the cancellation
        raise LeaseLost("cancelled")
    return row


def _accept(held: Job, result: Result, assets: dict[str, Asset], seconds: float) -> models.Model:
    row = kind_named(held.kind).accept(held, result, assets)
    Job.objects.filter(pk=held.pk).update(
        state=State.SUCCEEDED,
        lease_token=None,
        lease_until=None,
        finished=timezone.now(),
        seconds=seconds,
        notes=list(result.notes),
        done=F("total"),
        eta=0.0,
        stage="",
    )
    Job.objects.filter(pk__in=Need.objects.filter(needs=held).values("job_id")).update(waiting=F("waiting") - 1)
    freed = list(Job.objects.filter(needs__needs=held, waiting=0, state=State.QUEUED).values_list("queue", flat=True))
    charge(held.project_id, seconds - held.estimate)
    record("job.succeeded", actor=held.requested_by, project=held.project, subject=held, data={"kind": held.kind, "seconds": round(seconds, 2)})
    transaction.on_commit(lambda: wake({queue: freed.count(queue) for queue in set(freed)}))
    return row


def give_up(job: Job, reason: str, *, retryable: bool, seconds: float = 0.0) -> None:
    """The attempt failed: back into the queue if another may help and is allowed, else failed with the reason. Raises `LeaseLost`."""
    with transaction.atomic():
        hold(job.project_id)
        held = _held(job)
        charge(job.project_id, seconds - job.estimate)
        if held.state == State.CANCELLING:
            _end(held, State.CANCELLED, "Cancelled while it ran.")
        elif retryable and held.attempt < held.max_attempts:
            _requeue(held, reason, timezone.now() + timedelta(seconds=2 * held.attempt))
        else:
            _end(held, State.FAILED, reason)


def stop_cancelled(job: Job, seconds: float = 0.0) -> None:
    """The worker noticed the cancellation and has stopped. Raises `LeaseLost`."""
    with transaction.atomic():
        hold(job.project_id)
        held = _held(job)
        charge(job.project_id, seconds - job.estimate)
        _end(held, State.CANCELLED, "Cancelled while it ran.")


def release(job: Job) -> None:
    """Put a job back untouched because its worker is shutting down; the attempt is not counted."""
    with transaction.atomic():
        hold(job.project_id)
        held = _held(job)
        charge(job.project_id, -job.estimate)
        if held.state == State.CANCELLING:
            _end(held, State.CANCELLED, "Cancelled while it ran.")
            return
        Job.objects.filter(pk=held.pk).update(
            state=State.QUEUED, lease_token=None, lease_until=None, attempt=F("attempt") - 1, available=timezone.now()
        )
        _tell(held)


def _held(job: Job) -> Job:
    rows = Job.objects.select_for_update(of=("self",)).select_related("project", "requested_by")
    held = rows.filter(pk=job.pk, lease_token=job.lease_token, state__in=LEASED).first()
    if held is None:
        raise LeaseLost(str(job.pk))
    return held


def _requeue(job: Job, reason: str, when: object) -> None:
    Job.objects.filter(pk=job.pk).update(state=State.QUEUED, lease_token=None, lease_until=None, error=reason, available=when, done=0, eta=None)
    _tell(job)


def _end(job: Job, state: State, reason: str) -> None:
    """End a job for good, and with it everything that waited for it."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(state=state, lease_token=None, lease_until=None, finished=now, error=reason[:4000], eta=None)
    waiting = _waiting_for(job)
    if state == State.FAILED:
        kind_named(job.kind).fail(job, reason)
        because = f"It needs “{job.title or job.kind}”, which failed: {reason}"[:4000]
        Job.objects.filter(pk__in=waiting).update(state=State.FAILED, error=because, failed_by=job, finished=now)
        data = {"kind": job.kind, "reason": reason[:300], "with": len(waiting)}
        record("job.failed", actor=job.requested_by, project=job.project, subject=job, data=data)
    else:  # what was asked for while this one was still stopping
        because = f"It needs “{job.title or job.kind}”, which was cancelled."
        Job.objects.filter(pk__in=waiting).update(state=State.CANCELLED, error=because, failed_by=job, finished=now)
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
    queues = {queue: asleep.filter(queue=queue).count() for queue in ("desk", "work")}
    idle = {queue: count for queue, count in queues.items() if count and not _busy(queue)}
    if idle or expired:
        wake(idle or dict.fromkeys(queues, 1))
    Worker.objects.filter(seen__lt=now - timedelta(days=1)).delete()
    return {"expired": expired, "woken": sum(idle.values())}


def _bury(pk: uuid.UUID, project_id: uuid.UUID) -> int:
    """What becomes of one job whose lease ran out; 0 if another sweeper or its own worker was faster."""
    with transaction.atomic():
        hold(project_id)
        rows = Job.objects.select_for_update(skip_locked=True, of=("self",)).select_related("project", "requested_by")
        job = rows.filter(pk=pk, state__in=LEASED, lease_until__lt=timezone.now()).first()
        if job is None:
            return 0
        charge(project_id, -job.estimate)
        if job.state == State.CANCELLING:
            _end(job, State.CANCELLED, "Cancelled; its worker had died.")
        elif job.attempt >= job.max_attempts:
            _end(job, State.FAILED, f"The worker died {job.attempt} times while it worked on this. Look at its memory and its log, then retry.")
        else:
            _requeue(job, "The worker died; it starts again.", timezone.now())
    return 1


def _busy(queue: str) -> bool:
    """Whether every worker of a queue is at work, so that waking could do nothing. A worker's `job` is what it said last."""
    heard = [worker for worker in Worker.objects.filter(seen__gt=timezone.now() - timedelta(seconds=20)) if queue in worker.queues]
    running = set(Job.objects.filter(state__in=LEASED).values_list("worker", flat=True))
    return bool(heard) and all(worker.name in running for worker in heard)


def open_jobs() -> int:
    return Job.objects.filter(state__in=OPEN).count()
