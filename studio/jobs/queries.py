"""What is running, what waits, and how long it will take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, Sum, When
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from studio.jobs.models import OPEN, Attempt, Job, Share, State, Worker
from studio.projects.models import Project

HEARD_WITHIN = timedelta(seconds=20)


def workers_present(queue: str | None = None) -> int:
    """How many worker processes were heard in the last 20 seconds."""
    alive = Worker.objects.filter(seen__gt=timezone.now() - HEARD_WITHIN)
    return sum(1 for worker in alive if queue is None or queue in worker.queues)


@dataclass(frozen=True)
class Tray:
    """What the tray in the top bar shows."""

    running: int
    queued: int
    failed: int
    done: int
    total: int
    seconds_left: float

    @property
    def open(self) -> int:
        return self.running + self.queued


def tray(project: Project) -> Tray:
    """Counts of the project's work since what is still open was asked for, and how long the rest takes on the workers present."""
    rows = Job.objects.filter(project=project)
    still = Q(state__in=OPEN)
    sums: dict[str, Any] = rows.filter(still).aggregate(
        running=Count("pk", filter=Q(state__in=(State.RUNNING, State.CANCELLING))),
        queued=Count("pk", filter=Q(state=State.QUEUED)),
        estimate=Sum(F("estimate") * (1.0 - 1.0 * F("done") / (F("total") + 1))),
    )
    first = rows.filter(still).order_by("created").values("created", "batch").first()
    since = first["created"] if first else timezone.now() - timedelta(hours=12)
    if first and first["batch"]:  # its batch began with jobs that are done by now
        since = rows.filter(batch=first["batch"]).aggregate(first=Min("created"))["first"]
    succeeded, failed = Q(state=State.SUCCEEDED), Q(state=State.FAILED)
    ended = rows.filter(created__gte=since).aggregate(done=Count("pk", filter=succeeded), failed=Count("pk", filter=failed))
    opened = sums["running"] + sums["queued"]
    left = (sums["estimate"] or 0.0) / max(1, workers_present("work"))
    return Tray(sums["running"], sums["queued"], ended["failed"], ended["done"] if first else 0, opened + ended["done"] if first else 0, left)


def tray_jobs(project: Project) -> QuerySet[Job]:
    """What one looks for in the tray first: what runs, what failed, what somebody cancelled within the hour; then what waits, in its
    order; then what is done, newest first."""
    recently = timezone.now() - timedelta(hours=1)
    rank = Case(
        When(state__in=(State.RUNNING, State.CANCELLING), then=0),
        When(state=State.FAILED, then=1),
        When(state=State.CANCELLED, finished__gt=recently, then=2),
        When(state=State.QUEUED, then=3),
        default=4,
    )
    jobs = Job.objects.filter(project=project).annotate(rank=rank).select_related("requested_by")
    return jobs.order_by("rank", F("finished").desc(nulls_first=True), "priority", "created", "pk")


def subjects_at_work(project: Project, kinds: Sequence[str]) -> set[str]:
    """Ids of what open jobs of these kinds are about."""
    return set(Job.objects.filter(project=project, kind__in=kinds, state__in=OPEN).values_list("subject_id", flat=True))


def open_jobs_by_subject(project: Project, subject_kind: str) -> dict[str, Job]:
    """The newest open job of each subject of one kind: one query for a whole page."""
    found = Job.objects.filter(project=project, subject_kind=subject_kind, state__in=OPEN).order_by("created")
    return {job.subject_id: job for job in found}


CLASSES = ((0, gettext_noop("Interactive")), (1, gettext_noop("Batch")), (2, gettext_noop("Idle")))
QUEUES = (("desk", gettext_noop("Desk")), ("work", gettext_noop("Render")), ("gpu", gettext_noop("Neural")))
FORGOTTEN = timedelta(days=1)
FAILURES = 25


@dataclass(frozen=True)
class QueueClass:
    """What waits in one queue at one priority, and how long it is until the last of it begins."""

    queue: str
    priority: str
    ready: int
    waiting: int  # for other jobs first
    seconds: float  # of work
    wait: float | None  # seconds; None without a worker for it


def queue_classes() -> list[QueueClass]:
    """Every queue and priority in which something waits, in the order of claiming: one query, and one for the workers."""
    rows = Job.objects.filter(state=State.QUEUED).values("queue", "priority").annotate(
        ready=Count("pk", filter=Q(waiting=0)), waits=Count("pk", filter=Q(waiting__gt=0)), work=Sum("estimate")
    )  # fmt: skip
    sums = {(row["queue"], row["priority"]): row for row in rows}
    workers = {queue: workers_present(queue) for queue, _ in QUEUES} if sums else {}
    found = []
    for queue, words in QUEUES:
        ahead = 0.0
        for priority, told in CLASSES:
            row = sums.get((queue, priority))
            if row is None:
                continue
            ahead += row["work"] or 0.0
            wait = ahead / workers[queue] if workers[queue] else None
            found.append(QueueClass(gettext(words), gettext(told), row["ready"], row["waits"], row["work"] or 0.0, wait))
    return found


def farm_workers() -> list[Worker]:
    """Every worker heard within a day, those that are there first; each with `alive`, and its job with the project."""
    now = timezone.now()
    rows = list(Worker.objects.filter(seen__gt=now - FORGOTTEN).select_related("job__project").order_by("host", "name"))
    for row in rows:
        row.alive = row.seen > now - HEARD_WITHIN  # type: ignore[attr-defined]
        if row.job is not None and row.job.state not in (State.RUNNING, State.CANCELLING):
            row.job = None
    return sorted(rows, key=lambda row: not row.alive)  # type: ignore[attr-defined]


def newest_failures() -> QuerySet[Attempt]:
    return Attempt.objects.select_related("job__project").order_by("-at")[:FAILURES]


def farm_shares() -> QuerySet[Share]:
    """The projects that have work, or an own weight, limit or reservation; with what waits and runs."""
    open_jobs = Q(project__jobs__state__in=OPEN)
    rows = Share.objects.select_related("project").annotate(
        running=Count("project__jobs", filter=Q(project__jobs__state__in=(State.RUNNING, State.CANCELLING))),
        queued=Count("project__jobs", filter=Q(project__jobs__state=State.QUEUED)),
        work=Sum("project__jobs__estimate", filter=open_jobs),
    )
    own = ~Q(weight=1.0) | Q(limit__isnull=False) | Q(reserved__gt=0)
    return rows.filter(Q(running__gt=0) | Q(queued__gt=0) | own).order_by("-running", "-queued", "project__name")[:60]
