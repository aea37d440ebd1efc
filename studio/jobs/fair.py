"""Whose job is next. Deficit round robin by the seconds of workers: within a priority the project that is furthest behind its share is next,
within it the person who is, then the oldest job.

A claim charges the estimate at once and the end corrects it, so a ten-minute clip counts as what it takes and not as one job. Who comes back
after a pause starts level with the least served of those at work: time not used is not saved up. A job whose model is warm on the worker goes
before one that is as fair to within `WARM_SLACK` seconds, which bounds how far anybody can be overtaken by that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Min
from django.utils import timezone

from studio.jobs.kinds import kind_named
from studio.jobs.models import LEASED, OPEN, Job, PersonShare, Share, State
from studio.jobs.states import move
from studio.projects.models import Project

WARM_SLACK = 30.0  # seconds of workers' time

# Rows are locked in one order, here and wherever an attempt ends: the job, the project's share, the person's, the worker. Each UPDATE reads from
# the one before, because PostgreSQL promises no order of its own between them; without that a claim and an end at the same time are a deadlock.
# A limit is of jobs; reservations are of workers, and jobs that one worker makes together keep one busy.
# One index look-up for each person of a project that ever asked, and queue; rows that another worker is just claiming are skipped, not
# waited for. Projects at their limit are left out; a worker that others have reserved for themselves is left to them; one that
# an operator drains takes nothing.
_CLAIM = """
WITH running AS (
    SELECT project_id, count(*) AS n, sum(1.0 / together) AS busy FROM jobs_job WHERE state IN ('running', 'cancelling') GROUP BY project_id
), ready AS (
    SELECT job.id, job.project_id, job.priority, job.created, job.model, share.used / share.weight AS had, person.used AS person_had,
        share.reserved, coalesce(running.busy, 0) AS at_work
    FROM jobs_share AS share
    JOIN jobs_personshare AS person ON person.project_id = share.project_id
    LEFT JOIN running ON running.project_id = share.project_id
    CROSS JOIN unnest(%(queues)s::varchar[]) AS wanted(queue)
    CROSS JOIN LATERAL (
        SELECT id, project_id, priority, created, model FROM jobs_job
        WHERE share_id = person.id AND queue = wanted.queue AND state = 'queued' AND waiting = 0 AND available <= now()
            AND (NOT card_only OR EXISTS (SELECT FROM jobs_worker WHERE name = %(worker)s AND card ? 'name'))
        ORDER BY priority, created LIMIT 4
    ) AS job
    WHERE share."limit" IS NULL OR coalesce(running.n, 0) < share."limit"
), kept AS (
    SELECT coalesce(sum(lack), 0) AS n FROM (
        SELECT DISTINCT project_id, greatest(0, reserved - at_work) AS lack FROM ready WHERE reserved > 0
    ) AS each
), free AS (
    SELECT (SELECT count(*) FROM jobs_worker WHERE seen > now() - interval '20 seconds' AND wish = '' AND queues ?| %(queues)s)
        - (SELECT coalesce(sum(busy), 0) FROM running) AS n
), turn AS (
    SELECT may.id, row_number() OVER (ORDER BY may.priority,
        (may.model <> '' AND may.model = ANY(%(warm)s) AND may.had - may.least <= %(slack)s) DESC, may.had, may.person_had, may.created) AS n
    FROM (
        SELECT ready.*, min(ready.had) OVER (PARTITION BY ready.priority) AS least FROM ready, kept, free
        WHERE (kept.n = 0 OR free.n > kept.n OR ready.at_work < ready.reserved)
            AND NOT EXISTS (SELECT FROM jobs_worker WHERE name = %(worker)s AND wish <> '')
    ) AS may
    ORDER BY n LIMIT 32
), mine AS (
    SELECT job.id, job.project_id, job.share_id, job.estimate FROM turn JOIN jobs_job AS job ON job.id = turn.id
    WHERE job.state = 'queued' AND job.waiting = 0
    ORDER BY turn.n LIMIT 1 FOR UPDATE OF job SKIP LOCKED
), charged AS (
    UPDATE jobs_share AS share SET used = share.used + mine.estimate FROM mine WHERE share.project_id = mine.project_id
    RETURNING mine.id, mine.share_id, mine.estimate
), charged_person AS (
    UPDATE jobs_personshare AS person SET used = person.used + charged.estimate FROM charged WHERE person.id = charged.share_id
    RETURNING charged.id
), known AS (
    UPDATE jobs_worker SET seen = now(), job_id = charged_person.id FROM charged_person WHERE jobs_worker.name = %(worker)s
)
UPDATE jobs_job AS job
SET state = 'running', lease_token = %(token)s, lease_until = now() + make_interval(secs => %(lease)s), worker = %(worker)s, attempt = attempt + 1,
    started = now(), together = 1, done = 0, eta = NULL, error = '', stage = ''
FROM mine WHERE job.id = mine.id RETURNING job.id
"""


def claim_next(worker: str, queues: Sequence[str], lease_seconds: float, warm: Sequence[str] = ()) -> uuid.UUID | None:
    """Claim the next fair job of these queues under a new lease token; None if there is nothing this worker may do. Must run in a transaction."""
    given: dict[str, Any] = {
        "queues": list(queues),
        "token": uuid.uuid4(),
        "lease": lease_seconds,
        "worker": worker,
        "warm": list(warm),
        "slack": WARM_SLACK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, given)
        row = cursor.fetchone()
    return row[0] if row else None


def claim_companions(job: Job, recipe: dict[str, Any], most: int, lease_seconds: float) -> list[uuid.UUID]:
    """Claim with a claimed job up to `most` queued takes of its recipe (`Kind.recipe`), of the same project and priority, each under a lease token
    of its own, never more than the project's limit leaves. What an attempt already failed at, or got a stage of the way with, is left to be
    made alone. Must run in a transaction, under the project's lock."""
    limit = Share.objects.filter(project_id=job.project_id).values_list("limit", flat=True).first()
    if limit is not None:
        most = min(most, limit - Job.objects.filter(project_id=job.project_id, state__in=LEASED).count())
    rows = companions(job, recipe).select_for_update(skip_locked=True)[: max(0, most)]
    found = [each for each in rows if kind_named(each.kind).recipe(each.spec) == recipe]
    until = timezone.now() + timedelta(seconds=lease_seconds)
    fresh = {"attempt": F("attempt") + 1, "done": 0, "eta": None, "error": "", "stage": ""}
    for each in found:
        given = {"lease_token": uuid.uuid4(), "lease_until": until, "worker": job.worker, "started": timezone.now(), "together": len(found) + 1}
        move(Job.objects.filter(pk=each.pk), State.RUNNING, **given, **fresh)
        charge(each, each.estimate)
    if found:
        Job.objects.filter(pk=job.pk).update(together=len(found) + 1)
    return [each.pk for each in found]


def companions(job: Job, recipe: dict[str, Any]) -> models.QuerySet[Job]:
    """Queued jobs that may be takes of a claimed job's recipe, the oldest first."""
    like = {name: getattr(job, name) for name in ("project_id", "kind", "queue", "engine", "model", "priority")}
    ready = Job.objects.filter(state=State.QUEUED, waiting=0, attempt=0, checkpoint__isnull=True, available__lte=timezone.now())
    return ready.filter(**like, spec__contains=recipe).order_by("created")


# Everything `enter` must know in one question, because everybody who presses a button waits for the answer. The least is looked for only
# where there is nothing open; with work at hand it costs two look-ups in an index.
_STANDING = """
SELECT mine.id,
    CASE WHEN NOT EXISTS (SELECT FROM jobs_job WHERE project_id = share.project_id AND state = ANY(%(open)s)) THEN (
        SELECT min(used / weight) FROM jobs_share WHERE project_id IN (SELECT project_id FROM jobs_job WHERE state = ANY(%(open)s))
    ) * share.weight > share.used END,
    CASE WHEN NOT EXISTS (SELECT FROM jobs_job WHERE share_id = mine.id AND state = ANY(%(open)s)) THEN (
        SELECT min(used) FROM jobs_personshare
        WHERE id IN (SELECT share_id FROM jobs_job WHERE project_id = share.project_id AND state = ANY(%(open)s))
    ) > mine.used END
FROM jobs_share AS share JOIN jobs_personshare AS mine ON mine.project_id = share.project_id
WHERE share.project_id = %(project)s AND mine.person_id IS NOT DISTINCT FROM %(person)s
"""


def enter(project: Project, person: Any) -> PersonShare:
    """The account on which a person's jobs in a project run. A project, and a person in it, that had nothing open starts level with the least
    served of those at work. Must run before the new jobs are written, under the project's lock."""
    given = {"project": project.pk, "person": person.pk if person is not None else None, "open": [str(state) for state in OPEN]}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, given)
        row = cursor.fetchone()
    if row is not None and not row[1] and not row[2]:
        return PersonShare(pk=row[0], project=project, person=person)
    share, _ = Share.objects.get_or_create(project=project)
    own = Job.objects.filter(project=project, state__in=OPEN)
    if not own.exists():
        at_work = Share.objects.filter(project__in=Job.objects.filter(state__in=OPEN).values("project_id"))
        _level(Share.objects.filter(pk=share.pk), at_work.aggregate(least=Min(F("used") / F("weight")))["least"], share.weight)
    mine, _ = PersonShare.objects.get_or_create(project=project, person=person)
    if not own.filter(share=mine).exists():
        others = PersonShare.objects.filter(pk__in=own.values("share_id"))
        _level(PersonShare.objects.filter(pk=mine.pk), others.aggregate(least=Min("used"))["least"], 1.0)
    return mine


def _level(rows: models.QuerySet[Any], least: float | None, weight: float) -> None:
    if least is not None:
        rows.filter(used__lt=least * weight).update(used=least * weight)


@transaction.atomic
def charge(job: Job, seconds: float) -> None:
    """Add to (or take from) what a job's project and person have had."""
    Share.objects.filter(project_id=job.project_id).update(used=F("used") + seconds)
    PersonShare.objects.filter(pk=job.share_id or 0).update(used=F("used") + seconds)
