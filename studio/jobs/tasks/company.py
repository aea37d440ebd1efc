"""Takes of one recipe, made at once."""

from __future__ import annotations

import logging

from django.conf import settings

from generation.contract import Cancelled, Failure, Request
from studio.jobs import fair, lease
from studio.jobs.kinds import NotReady, kind_named
from studio.jobs.models import Job
from studio.jobs.tasks.attempts import Attempting, Behind
from studio.jobs.tasks.beside import Watch
from studio.jobs.tasks.presence import turn

log = logging.getLogger(__name__)


def with_companions(job: Job) -> list[Job]:
    """Other takes of a claimed job's recipe, claimed with it: as many as its engine and this card can make at once, if there are any. A failed
    attempt is never repeated in company. Never raises."""
    try:
        recipe = kind_named(job.kind).recipe(job.spec)
        if recipe is None or job.attempt > 1 or job.checkpoint or settings.FIRSTCUT_TOGETHER < 2 or not fair.companions(job, recipe).exists():
            return []
        request = kind_named(job.kind).prepare(job)
        if not isinstance(request, Request):
            return []
        from generation import catalog

        most = min(settings.FIRSTCUT_TOGETHER, catalog.together(request))
        return lease.claim_companions(job, recipe, most - 1) if most > 1 else []
    except (Failure, NotReady):  # what is wrong with it, it says itself when it runs
        return []
    except Exception as problem:
        log.warning("no companions for job %s: %s", job.pk, problem)
        return []


def run_together(jobs: list[Job], queues: tuple[str, ...], behind: Behind) -> None:
    """One attempt at several takes of one recipe at once. Each keeps its own row, lease, progress, cancellation and result; the seconds they are
    made in are shared equally. If they cannot be made at once, they are made one after the other. Never raises."""
    from generation import runner

    attempts = [Attempting(job, Watch(job, queues), share=len(jobs)) for job in jobs]
    for attempt in attempts:
        attempt.watch.start()
    with turn:
        ready = [(attempt, running) for attempt in attempts if (running := attempt.guarded(attempt.prepared)) is not None]
        going = [attempt for attempt, _ in ready]
        for attempt in attempts:
            if attempt in going:
                attempt.share = len(going)
            else:
                attempt.end()
        try:
            if ready:
                runner.work_together([running for _, running in ready])
        except Cancelled as problem:  # all of them
            for attempt in going:
                attempt.stop(problem)
            return
        except Exception as problem:
            log.warning("%s jobs could not be made at once, so they are made one by one: %s", len(going), problem)
            for attempt in going:
                attempt.shared()
            for attempt in going:
                attempt.alone()
                attempt.whole()
            return
        for attempt in going:
            attempt.shared()

    def rest() -> None:
        for attempt, running in ready:
            attempt.alone()
            attempt.finish(running.finish)

    if any(running.deferred for _, running in ready):
        behind.do(rest)
    else:
        rest()
