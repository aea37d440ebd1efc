"""When a job that waits will begin, as far as that can be told now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, FloatField, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from studio.jobs.models import LEASED, OPEN, Job, State, Worker
from studio.jobs.queries import HEARD_WITHIN
from studio.projects.models import Project

# Seconds of the person's own work that come before each of these, in the order in which they are taken. Queues that share workers are one pool.
_BEFORE = """
SELECT id, before FROM (
    SELECT job.id, coalesce(sum(job.estimate) OVER (PARTITION BY pool.name, job.share_id, job.priority ORDER BY job.created, job.id
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

    It is told by the rule by which jobs are claimed (`fair`), as if work flowed: what is running, what has a higher priority, of every project's
    work what comes before the own share is used up to this job, within the project the same of its people, and what workers are reserved for. It
    stays an estimate: jobs are whole, a warm model may go first (by half a minute of work at most), each job's own length is foretold, and what is
    asked for meanwhile is not known.
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
        self._workers = [(frozenset(queues), "name" in card) for queues, card in alive.values_list("queues", "card")]
        running = Q(state__in=LEASED)
        share = {name: F(f"project__share__{name}") for name in ("used", "weight", "limit", "reserved")}
        left = Coalesce(F("eta"), F("estimate") * (1.0 - 1.0 * F("done") / (F("total") + 1)))
        rows: Any = (
            Job.objects.filter(state__in=OPEN).values("queue", "priority", "project_id", "share_id", had=F("share__used"), **share).annotate(
                queued=Coalesce(Sum("estimate", filter=Q(state=State.QUEUED)), 0.0),
                left=Coalesce(Sum(left, filter=running), 0.0),
                at_work=Coalesce(Sum(1.0 / F("together"), filter=running, output_field=FloatField()), 0.0),
            )
        )  # fmt: skip
        self._sums: list[dict[str, Any]] = list(rows)
        self._pools = _pools([queues for queues, _ in self._workers], {row["queue"] for row in self._sums})

    def before(self, project: Project, jobs: Sequence[Job]) -> dict[UUID, float]:
        queues, pools = list(self._pools), list(self._pools.values())
        given: dict[str, Any] = {"queues": queues, "pools": pools, "project": project.pk, "jobs": [job.pk for job in jobs]}
        with connection.cursor() as cursor:
            cursor.execute(_BEFORE, given)
            return dict(cursor.fetchall())

    def seconds(self, job: Job, before: float) -> float | None:
        workers = sum(1 for queues, card in self._workers if job.queue in queues and (card or not job.card_only))
        if not workers:
            return None
        rows = [row for row in self._sums if self._pools[row["queue"]] == self._pools.get(job.queue)]
        projects = _projects(rows, job.priority)
        own = projects[self._own]
        before += self._of_the_team(rows, job, before)
        level = (own.used + own.first + before) / own.weight
        ahead = own.first + before
        others = [(each, each.first + min(each.same, max(0.0, level * each.weight - each.used - each.first))) for each in projects.values()]
        others = [(each, taken) for each, taken in others if each is not own]
        idle = workers - sum(each.at_work for each in projects.values())
        kept = sum(max(0.0, each.reserved - each.at_work) for each, _ in others if each.queued)
        if ahead == 0 and idle > kept and not any(taken for _, taken in others):
            return 0.0
        told = _when(workers, ahead + own.left, others)
        if own.reserved:  # these work for it whoever else waits
            told = min(told, (ahead + own.left) / min(own.reserved, workers))
        if own.limit:  # so many of its own at once, whoever else is idle
            told = max(told, (ahead + own.left) / min(own.limit, workers))
        return told

    def _of_the_team(self, rows: Sequence[dict[str, Any]], job: Job, before: float) -> float:
        """Seconds of others in the project that come first, because they have had less of it than the job's person will have had by then."""
        had: dict[Any, float] = {}
        first: dict[Any, float] = defaultdict(float)
        same: dict[Any, float] = defaultdict(float)
        for row in rows:
            if row["project_id"] == self._own:
                had[row["share_id"]] = row["had"] or 0.0
                first[row["share_id"]] += row["queued"] if row["priority"] < job.priority else 0.0
                same[row["share_id"]] += row["queued"] if row["priority"] == job.priority else 0.0
        level = had.get(job.share_id, 0.0) + first[job.share_id] + before
        return sum(min(queued, max(0.0, level - had[share] - first[share])) for share, queued in same.items() if share != job.share_id)


@dataclass
class _Project:
    """What a project has running and waiting in one pool of queues, in seconds, seen by a job of some priority."""

    used: float
    weight: float
    limit: int | None
    reserved: int
    first: float = 0.0  # of a higher priority
    same: float = 0.0
    queued: float = 0.0
    left: float = 0.0  # of what runs
    at_work: float = 0.0


def _projects(rows: Iterable[dict[str, Any]], priority: int) -> dict[Any, _Project]:
    found: dict[Any, _Project] = {}
    for row in rows:
        one = found.setdefault(row["project_id"], _Project(row["used"] or 0.0, row["weight"] or 1.0, row["limit"], row["reserved"] or 0))
        one.first += row["queued"] if row["priority"] < priority else 0.0
        one.same += row["queued"] if row["priority"] == priority else 0.0
        one.queued += row["queued"]
        one.left += row["left"]
        one.at_work += row["at_work"]
    return found


ROUNDS = 50


def _when(workers: int, own: float, others: Sequence[tuple[_Project, float]]) -> float:
    """When the workers will have done what comes first: the own work, and of every other project what its share gives it before, or what the
    workers reserved for it do until then, whichever is more. That depends on when that is, so it is approached from below."""
    told = (own + sum(taken + each.left for each, taken in others)) / workers
    for _ in range(ROUNDS):
        ahead = own + sum(max(taken + each.left, min(each.reserved * told, each.queued + each.left)) for each, taken in others)
        if ahead / workers - told < 0.1:
            break
        told = ahead / workers
    return told


def _pools(workers: Iterable[frozenset[str]], queues: Iterable[str]) -> dict[str, str]:
    """Queues that share a worker, even over others, are one pool: they wait for each other."""
    pools = {queue: queue for each in (*workers, frozenset(queues)) for queue in each}
    for taken in workers:
        joined = {pools[queue] for queue in taken}
        pools = {queue: min(joined) if pool in joined else pool for queue, pool in pools.items()}
    return pools
