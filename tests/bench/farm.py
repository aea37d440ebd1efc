"""A farm on paper: the real claim, in a real database, with workers whose work takes no time but is counted as if it did."""

from __future__ import annotations

import heapq
import random
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Told:
    """What came of a simulation. Times are seconds of the simulated clock."""

    got: dict[Any, float] = field(default_factory=lambda: defaultdict(float))  # project → seconds of workers while everybody had work
    got_people: dict[Any, float] = field(default_factory=lambda: defaultdict(float))
    waits: dict[Any, list[float]] = field(default_factory=lambda: defaultdict(list))
    wait_of: dict[Any, float] = field(default_factory=dict)
    order: list[Any] = field(default_factory=list)
    claims: int = 0
    claim_seconds: float = 0.0


def jain(values: Iterable[float]) -> float:
    """Jain's index of fairness (Jain, Chiu and Hawe, 1984): 1 where all have the same, 1/n where one has everything."""
    found = list(values)
    return sum(found) ** 2 / (len(found) * sum(value * value for value in found)) if found and any(found) else 1.0


def simulate(
    workers: int, seconds_of: dict[Any, float], *, queue: str = "gpu", arrivals: Iterable[tuple[float, Any]] = (), contended: bool = True
) -> Told:
    """Let `workers` work until nothing is left. `seconds_of` is what each job (by id) really takes, which its estimate need not be;
    `arrivals` are (when, callable that asks for jobs and returns {id: seconds}). Of `got`, only what was given while every project had work
    waiting counts, if `contended`."""
    from django.db import transaction

    from studio.jobs.fair import charge, claim_next
    from studio.jobs.models import Job, State
    from studio.jobs.states import move

    told, clock, running = Told(), 0.0, list[tuple[float, int, int, Any]]()
    coming = sorted(arrivals, key=lambda each: each[0])
    asked: dict[Any, float] = dict.fromkeys(seconds_of, 0.0)
    waiting: dict[Any, int] = defaultdict(int)
    waiting_of: dict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))  # project → person → jobs

    def came(fresh: Iterable[Any]) -> None:
        for project, person in Job.objects.filter(pk__in=list(fresh)).values_list("project_id", "requested_by_id"):
            waiting[project] += 1
            waiting_of[project][person] += 1

    came(seconds_of)
    idle, tie = list(range(workers)), 0
    while True:
        while coming and coming[0][0] <= clock:
            when, ask = coming.pop(0)
            fresh = ask()
            seconds_of |= fresh
            asked |= dict.fromkeys(fresh, when)
            came(fresh)
        while idle:
            began = time.perf_counter()
            with transaction.atomic():
                found = claim_next(f"w{idle[-1]}", [queue], 30.0)
            told.claim_seconds += time.perf_counter() - began
            told.claims += 1
            if found is None:
                break
            job = Job.objects.only("pk", "project_id", "share_id", "requested_by_id", "estimate").get(pk=found)
            everybody, team = all(waiting.values()), waiting_of[job.project_id]
            all_of_them = all(team.values())
            waiting[job.project_id] -= 1
            team[job.requested_by_id] -= 1
            told.order.append(job.pk)
            told.waits[job.project_id].append(clock - asked[job.pk])
            told.wait_of[job.pk] = clock - asked[job.pk]
            if everybody or not contended:
                told.got[job.project_id] += seconds_of[job.pk]
            if all_of_them or not contended:
                told.got_people[job.project_id, job.requested_by_id] += seconds_of[job.pk]
            heapq.heappush(running, (clock + seconds_of[job.pk], tie, idle.pop(), job))
            tie += 1
        if not running:
            if not coming:
                return told
            clock = coming[0][0]
            continue
        if coming and coming[0][0] < running[0][0]:
            clock = coming[0][0]
            continue
        clock, _, worker, job = heapq.heappop(running)
        move(Job.objects.filter(pk=job.pk), State.SUCCEEDED, seconds=seconds_of[job.pk])
        charge(job, seconds_of[job.pk] - job.estimate)
        idle.append(worker)


def lengths(rng: random.Random, count: int, mean: float) -> list[float]:
    """Mixed lengths: most are short, a few are twenty times as long."""
    return [max(1.0, rng.lognormvariate(0.0, 1.1) * mean) for _ in range(count)]


def ask_for(
    project: Any, person: Any, seconds: list[float], rng: random.Random, *, priority: int = 1, queue: str = "gpu", model: str = ""
) -> dict[Any, float]:
    """Rows as `request_jobs` writes them, with estimates that are wrong by up to a half either way; {id: what it really takes}."""
    from datetime import timedelta

    from django.utils import timezone

    from studio.jobs import fair
    from studio.jobs.models import Job

    share, now = fair.enter(project, person), timezone.now() - timedelta(hours=1)
    rows = [
        Job(
            kind="figure", project=project, requested_by=person, share=share, queue=queue, priority=priority, model=model, available=now,
            created=now + timedelta(microseconds=number), estimate=length * rng.uniform(0.5, 1.5),
        )
        for number, length in enumerate(seconds)
    ]  # fmt: skip
    Job.objects.bulk_create(rows, batch_size=1000)
    return {row.pk: length for row, length in zip(rows, seconds, strict=True)}
