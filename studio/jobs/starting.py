"""When a job that waits will begin, as far as that can be told now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from studio.jobs.models import LEASED, OPEN, Job, State, Worker
from studio.jobs.queries import HEARD_WITHIN
from studio.projects.models import Project

# Seconds of the own work that come before each of these, in the order in which a project's jobs are taken. Queues that share workers are one pool.
_BEFORE = """
SELECT id, before FROM (
    SELECT job.id, coalesce(sum(job.estimate) OVER (PARTITION BY pool.name, job.priority ORDER BY job.created, job.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM jobs_job AS job JOIN unnest(%(queues)s::varchar[], %(pools)s::varchar[]) AS pool(queue, name) ON pool.queue = job.queue
    WHERE job.project_id = %(project)s AND job.state = 'queued'
) AS mine WHERE id = ANY(%(jobs)s)
"""


@dataclass(frozen=True)
class Start:
    """How many seconds until a job begins; None while no worker that is there takes its queue."""

    seconds: float | None


def with_starts(project: Project, jobs: Iterable[Job]) -> list[Job]:
    """These jobs of one project; each that only waits for a worker with `start`, a `Start`. Three queries, none where no job waits.

    It is told by the rule by which jobs are claimed (`fair`): what is running, what has a higher priority, and of every project's work what
    comes before the own share is used up to this job. Persons within a project, warm models and reservations are left out; what is asked for
    meanwhile, and every estimate, may prove it wrong.
    """
    rows = list(jobs)
    ready = [job for job in rows if job.state == State.QUEUED and not job.waiting]
    if ready:
        farm = _Farm(project)
        before = farm.before(project, ready)
        for job in ready:
            job.start = Start(farm.seconds(job, before.get(job.pk, 0.0)))  # type: ignore[attr-defined]
    return rows


class _Farm:
    """What runs and waits now, summed, and who is there to do it."""

    def __init__(self, project: Project) -> None:
        self._own = project.pk
        alive = Worker.objects.filter(seen__gt=timezone.now() - HEARD_WITHIN, wish="")
        self._workers = [frozenset(queues) for queues in alive.values_list("queues", flat=True)]
        running = Q(state__in=LEASED)
        share = {"used": F("project__share__used"), "weight": F("project__share__weight"), "limit": F("project__share__limit")}
        left = Coalesce(F("eta"), F("estimate") * (1.0 - 1.0 * F("done") / (F("total") + 1)))
        rows: Any = (
            Job.objects.filter(state__in=OPEN).values("queue", "priority", "project_id", **share).annotate(
                queued=Coalesce(Sum("estimate", filter=Q(state=State.QUEUED)), 0.0),
                left=Coalesce(Sum(left, filter=running), 0.0),
                at_work=Count("pk", filter=running),
            )
        )  # fmt: skip
        self._sums: list[dict[str, Any]] = list(rows)
        self._pools = _pools(self._workers, {row["queue"] for row in self._sums})

    def before(self, project: Project, jobs: Sequence[Job]) -> dict[UUID, float]:
        queues, pools = list(self._pools), list(self._pools.values())
        given: dict[str, Any] = {"queues": queues, "pools": pools, "project": project.pk, "jobs": [job.pk for job in jobs]}
        with connection.cursor() as cursor:
            cursor.execute(_BEFORE, given)
            return dict(cursor.fetchall())

    def seconds(self, job: Job, before: float) -> float | None:
        workers = sum(1 for queues in self._workers if job.queue in queues)
        if not workers:
            return None
        rows = [row for row in self._sums if self._pools[row["queue"]] == self._pools.get(job.queue)]
        first: dict[Any, float] = {}  # of each project, what has a higher priority
        same: dict[Any, float] = {}
        for row in rows:
            kept = first if row["priority"] < job.priority else same if row["priority"] == job.priority else {}
            kept[row["project_id"]] = kept.get(row["project_id"], 0.0) + row["queued"]
        shares = {row["project_id"]: row for row in rows}
        level = self._level(shares, first.get(self._own, 0.0) + before)
        others = sum(
            min(queued, max(0.0, level * (shares[pk]["weight"] or 1.0) - (shares[pk]["used"] or 0.0) - first.get(pk, 0.0)))
            for pk, queued in same.items()
            if pk != self._own
        )
        ahead = sum(first.values()) + others + before
        if ahead == 0 and workers > sum(row["at_work"] for row in rows):
            return 0.0
        told: float = (ahead + sum(row["left"] for row in rows)) / workers
        limit = (shares.get(self._own) or {}).get("limit")
        if limit:  # so many of its own at once, whoever else is idle
            own = sum(row["left"] for row in rows if row["project_id"] == self._own) + first.get(self._own, 0.0) + before
            told = max(told, own / min(limit, workers))
        return told

    def _level(self, shares: dict[Any, dict[str, Any]], own: float) -> float:
        """How much of its share, weighted, this project will have had once `own` seconds of its work were taken."""
        share = shares.get(self._own) or {}
        return ((share.get("used") or 0.0) + own) / (share.get("weight") or 1.0)


def _pools(workers: Iterable[frozenset[str]], queues: Iterable[str]) -> dict[str, str]:
    """Queues that share a worker, even over others, are one pool: they wait for each other."""
    pools = {queue: queue for each in (*workers, frozenset(queues)) for queue in each}
    for taken in workers:
        joined = {pools[queue] for queue in taken}
        pools = {queue: min(joined) if pool in joined else pool for queue, pool in pools.items()}
    return pools
