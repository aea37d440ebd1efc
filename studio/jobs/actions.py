"""Asking for work, cancelling it, asking again. What workers do with it is in `lease`."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from studio.events.live import publish
from studio.events.log import hold, record
from studio.jobs import fair, paying, titles
from studio.jobs.kinds import Refused, kind_named
from studio.jobs.models import BATCH, LEASED, OPEN, Job, Need, State
from studio.jobs.states import move
from studio.jobs.words import STOPPED_WAITING
from studio.projects.models import Project

log = logging.getLogger(__name__)
MAX_WAKES = 16


@dataclass
class Order:
    """One job to ask for. `after` are jobs, or other orders of the same batch, that must succeed first."""

    kind: str
    spec: dict[str, Any]
    subject: models.Model
    title: str = ""
    priority: int = BATCH
    queue: str = ""
    after: Sequence[Job | Order] = ()
    job: Job = field(init=False)


def request_job(kind: str, *, project: Project, by: Any, spec: dict[str, Any], subject: models.Model, **order: Any) -> Job:
    """Queue one job; see `request_jobs`."""
    return request_jobs(project, by, [Order(kind, spec, subject, **order)])[0]


@transaction.atomic
def request_jobs(project: Project, by: Any, orders: Sequence[Order], *, what: str = "jobs.queued") -> list[Job]:
    """Queue a batch whole or not at all, in one transaction, and wake the workers once it commits.

    Raises `Refused` (nothing queued) if a kind does not admit an order, the project's budget does not reach, or a dependency has already
    ended badly.
    """
    hold(project.pk)
    if not orders:
        return []
    share = fair.enter(project, by)
    for kind in dict.fromkeys(order.kind for order in orders):
        kind_named(kind).admit_all(project, [order.spec for order in orders if order.kind == kind])
    batch = uuid.uuid4() if len(orders) > 1 else None
    now = timezone.now()
    for place, order in enumerate(orders):
        one = kind_named(order.kind)
        needs = one.needs(order.spec)
        order.job = Job(
            kind=order.kind,
            project=project,
            requested_by=by,
            share=share,
            queue=order.queue or needs.queue or one.queue,
            engine=needs.engine,
            model=needs.model,
            priority=order.priority,
            spec=order.spec,
            subject_kind=order.subject._meta.model_name or "",
            subject_id=str(order.subject.pk),
            title=order.title[:120],
            batch=batch,
            units=one.units(order.spec),
            created=now + timedelta(microseconds=place),  # among equals the first is begun first: a film grows from its beginning
            available=now,
        )
    jobs = [order.job for order in orders]
    paying.reserve(project, by, jobs, paying.foretell_jobs(jobs))
    rows = _needs(orders)
    Job.objects.bulk_create(jobs, batch_size=500)
    Need.objects.bulk_create(rows, batch_size=1000)
    wakes: dict[str, int] = {}
    for order in orders:
        if order.job.waiting == 0:
            wakes[order.job.queue] = wakes.get(order.job.queue, 0) + 1
    transaction.on_commit(lambda: wake(wakes))  # the workers first, then everybody else
    data = {"count": len(orders), "batch": str(batch) if batch else None, "kinds": sorted({order.kind for order in orders})}
    record(what, actor=by, project=project, subject=jobs[0] if len(jobs) == 1 else None, data=data)
    return jobs


def _needs(orders: Sequence[Order]) -> list[Need]:
    """The dependency rows, with each job's `waiting` set; locks earlier jobs so that none ends unnoticed meanwhile."""
    inside = {id(order) for order in orders}
    outside = {need.pk for order in orders for need in order.after if isinstance(need, Job)}
    states = dict(Job.objects.select_for_update().filter(pk__in=outside).order_by("pk").values_list("pk", "state"))
    rows: list[Need] = []
    for order in orders:
        for need in order.after:
            if isinstance(need, Order):
                if id(need) not in inside:
                    raise ValueError("An order waits for one that is not in its batch.")
                needed, ready = need.job, False
            else:
                state = states.get(need.pk)
                if state not in (*OPEN, State.SUCCEEDED):
                    raise Refused(_lacking(need, state))
                needed, ready = need, state == State.SUCCEEDED
            rows.append(Need(job=order.job, needs=needed))
            order.job.waiting += 0 if ready else 1
    return rows


def _lacking(need: Job, state: str | None) -> str:
    """Why nothing can wait for a job that has ended badly."""
    title = {"title": titles.shown(need.kind, need.title) or need.kind}
    if state == State.FAILED:
        return gettext("It needs “%(title)s”, which has failed. Retry that first.") % title
    if state == State.CANCELLED:
        return gettext("It needs “%(title)s”, which was cancelled. Retry that first.") % title
    return gettext("It needs “%(title)s”, which is gone. Ask for that first.") % title


def wake(queues: dict[str, int]) -> None:
    """Tell workers to look. Best effort: the sweeper wakes again what sleeps."""
    from studio.jobs.tasks import look

    for queue, count in queues.items():
        try:
            for _ in range(min(count, MAX_WAKES)):
                look.apply_async(args=[queue], queue=queue, retry=False)
            if queue in ("desk", "gpu"):  # render workers may do it too
                look.apply_async(args=["work"], queue="work", retry=False)
        except Exception as problem:  # the broker may be away; the rows are the truth
            log.warning("workers not woken: %s", problem)


@transaction.atomic
def cancel_job(job: Job, *, by: Any) -> Job:
    """A queued job ends at once; a running one is asked to stop and keeps `cancelling` until its worker has."""
    hold(job.project_id)
    cancelled = _cancel(Job.objects.filter(pk=job.pk), by, job.project)
    if cancelled:
        record("job.cancelled", actor=by, project=job.project, subject=job)
    job.refresh_from_db()
    return job


@transaction.atomic
def cancel_all(project: Project, *, by: Any) -> int:
    """Cancel everything of a project that has not ended; returns how many jobs."""
    hold(project.pk)
    count = _cancel(Job.objects.filter(project=project), by, project)
    if count:
        record("jobs.cancelled", actor=by, project=project, data={"count": count})
    return count


def _cancel(jobs: models.QuerySet[Job], by: Any, project: Project) -> int:
    now = timezone.now()
    ids = list(jobs.filter(state__in=(State.QUEUED, State.RUNNING)).order_by("pk").select_for_update().values_list("pk", flat=True))
    touched = set(ids)
    frontier = set(ids)
    while frontier:  # what waits for them cannot happen either
        frontier = set(Need.objects.filter(needs__in=frontier, job__state=State.QUEUED).values_list("job_id", flat=True)) - touched
        touched |= frontier
    asked = Job.objects.filter(pk__in=touched)
    move(asked.filter(state=State.QUEUED), State.CANCELLED, finished=now, error=STOPPED_WAITING)
    move(asked, State.CANCELLING)
    paying.close(project, touched)
    transaction.on_commit(lambda: _tell(project, touched))
    return len(touched)


def _tell(project: Project, ids: Iterable[uuid.UUID]) -> None:
    publish(project.pk, {"j": [str(pk) for pk in list(ids)[:200]]})


@transaction.atomic
def retry_job(job: Job, *, by: Any) -> Job:
    """Put a failed or cancelled job back in the queue under the same row, with what failed only because of it.

    Raises `Refused` if it has not ended badly, or the project's budget does not reach.
    """
    hold(job.project_id)
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in (State.FAILED, State.CANCELLED):
        words = gettext("Only a failed or cancelled job can be tried again; this one is %(state)s.")
        raise Refused(words % {"state": job.get_state_display().lower()})
    ended = (State.FAILED, State.CANCELLED)
    again, frontier = {job.pk}, {job.pk}
    while frontier:  # and what it needs that never came about
        frontier = set(Need.objects.filter(job__in=frontier, needs__state__in=ended).values_list("needs_id", flat=True)) - again
        again |= frontier
    again |= set(Job.objects.filter(failed_by__in=again, state__in=ended).values_list("pk", flat=True))
    rows = list(Job.objects.select_for_update().filter(pk__in=again).order_by("pk"))
    paying.reserve(job.project, by, rows, paying.foretell_jobs(rows), again=True)
    for row in rows:
        waiting = Need.objects.filter(job=row).exclude(needs__state=State.SUCCEEDED).count()
        again_from = {"attempt": 0, "error": "", "failed_by": None, "finished": None, "started": None, "done": 0, "lighter": {}, "card_only": False}
        told = {"estimate": row.estimate, "estimate_low": row.estimate_low, "estimate_high": row.estimate_high}
        move(Job.objects.filter(pk=row.pk), State.QUEUED, waiting=waiting, available=timezone.now(), **again_from, **told)
    record("job.retried", actor=by, project=job.project, subject=job)
    transaction.on_commit(lambda: wake({"desk": 1, "work": len(again), "gpu": len(again)}))
    job.refresh_from_db()
    return job


__all__ = ["LEASED", "Order", "cancel_all", "cancel_job", "request_job", "request_jobs", "retry_job", "wake"]
