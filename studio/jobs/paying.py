"""What jobs cost: from a job's own words to entries of the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from generation import catalog
from generation.contract import BadRequest, Usage
from studio.jobs import energy
from studio.jobs.kinds import Refused, kind_named
from studio.jobs.models import Job, State, Worker
from studio.ledger import actions as ledger
from studio.ledger.actions import Attempted, Expense, OverBudget
from studio.ledger.estimates import Foretold, Work, foretell
from studio.ledger.models import CPU, GPU, OUTSIDE
from studio.projects.models import Project

HEARD_WITHIN = timedelta(days=1)
# What later rooms ask before work is paid for: each raises `Refused` for jobs that it does not let pass at what they are foretold to take.
gates: list[Callable[[Project, Sequence[Job], Sequence[Foretold]], None]] = []


def expected_card(queue: str, engine: str) -> str:
    """What kind of card will do it: that of the worker heard last which takes such jobs, as far as is known."""
    if _is_outside(engine):
        return OUTSIDE
    if queue != "gpu":
        return CPU
    heard = Worker.objects.filter(queues__contains=["gpu"], seen__gt=timezone.now() - HEARD_WITHIN).order_by("-seen")
    card: dict[str, Any] | None = heard.values_list("card", flat=True).first()
    return GPU if card is None else str(card.get("name") or CPU)


def _is_outside(engine: str) -> bool:
    try:
        return bool(engine) and catalog.info(engine).kind == "outside"
    except BadRequest:
        return False


def works_of(kind: str, specs: Sequence[dict[str, Any]], queue: str = "") -> list[Work]:
    """The work of jobs of one kind that may be asked for."""
    one = kind_named(kind)
    cards: dict[tuple[str, str], str] = {}
    works = []
    for spec in specs:
        needs = one.needs(spec)
        where = (queue or needs.queue or one.queue, needs.engine)
        if where not in cards:
            cards[where] = expected_card(*where)
        engine, task, amount, guess = one.measure(spec)
        works.append(Work(engine, task, amount, guess, cards[where]))
    return works


def foretell_jobs(jobs: Sequence[Job]) -> list[Foretold]:
    """What each of these will take, noted on them (not yet stored)."""
    cards: dict[tuple[str, str], str] = {}
    works = []
    for job in jobs:
        where = (job.queue, job.engine)
        if where not in cards:
            cards[where] = expected_card(*where)
        works.append(Work(*_measured(job), cards[where]))
    told = foretell(works)
    for job, each in zip(jobs, told, strict=True):
        job.estimate, job.estimate_low, job.estimate_high = each.seconds, each.low, each.high
    return told


def reserve(project: Project, by: Any, jobs: Sequence[Job], told: Sequence[Foretold], *, again: bool = False) -> None:
    """Set aside what these will cost, for all or for none. Raises `Refused`."""
    always = [job.pk for job in jobs if kind_named(job.kind).indispensable]
    stopped = [(job, each) for job, each in zip(jobs, told, strict=True) if job.pk not in set(always)]
    for gate in gates if stopped else ():
        gate(project, [job for job, _ in stopped], [each for _, each in stopped])
    try:
        ledger.reserve(project, by, [(_expense(job), each) for job, each in zip(jobs, told, strict=True)], always=always, again=again)
    except OverBudget as problem:
        raise Refused(str(problem)) from problem


def pay(held: Job, seconds: float, outcome: str, usage: Usage | None = None, version: str = "") -> None:
    """Write down what the attempt that holds this job has taken; inside the transaction in which it ends."""
    worker: dict[str, Any] = Worker.objects.filter(name=held.worker).values_list("card", flat=True).first() or {}
    card = OUTSIDE if _is_outside(held.engine) else str(worker.get("name") or CPU) if held.queue == "gpu" else CPU
    milliseconds = max(0, round(seconds * 1000))
    assert held.lease_token is not None
    read = energy.joules(held.lease_token)
    took = Attempted(
        token=held.lease_token,
        attempt=held.attempt,
        outcome=outcome,
        card=card,
        milliseconds=milliseconds,
        began=held.started or timezone.now(),
        version=version,
        joules=usage.joules if usage is not None and usage.joules is not None else read,
        rated=worker.get("rated") if held.queue == "gpu" else None,
        money=usage.money if usage is not None else None,
        currency=usage.currency if usage is not None else "",
        provider_job=usage.provider_job if usage is not None else "",
    )
    ledger.settle(held.project, held.requested_by, _expense(held), took)
    Job.objects.filter(pk=held.pk).update(spent_ms=F("spent_ms") + milliseconds)


def so_far(held: Job, until: Any = None) -> float:
    """Seconds an attempt has been at it, where its worker does not say: its share, where others were made with it."""
    return max(0.0, ((until or timezone.now()) - held.started).total_seconds()) / held.together if held.started else 0.0


def close(project: Project, jobs: Iterable[uuid.UUID]) -> None:
    """Give back what is set aside for those of these jobs that have ended."""
    ended = Job.objects.filter(pk__in=list(jobs), state__in=(State.SUCCEEDED, State.FAILED, State.CANCELLED))
    ledger.release(project, ended.values_list("pk", flat=True))


def _measured(job: Job) -> tuple[str, str, float, float]:
    """The kind's measure; for a job of an engine or in words that are no longer known, what its row says: it is paid for all the same, and
    nothing is learned from it."""
    try:
        return kind_named(job.kind).measure(job.spec)
    except (BadRequest, LookupError, TypeError, ValueError):
        return job.engine, job.kind, 0.0, job.estimate


def _expense(job: Job) -> Expense:
    engine, task, amount, _ = _measured(job)
    return Expense(job.pk, job.requested_by_id, job.subject_kind, job.subject_id, job.title, engine[:60], task[:20], amount)
