"""Takes of one recipe, made at once."""

from __future__ import annotations

import logging
from typing import Any

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
    made in are shared equally. One that is cancelled ends with the next step, and its share falls to the others. If they cannot be made at once,
    they are made one after the other. Never raises."""
    from generation import runner

    attempts = [Attempting(job, Watch(job, queues), share=len(jobs)) for job in jobs]
    for attempt in attempts:
        attempt.watch.start()
    with turn:
        ready = [(attempt, running) for attempt in attempts if (running := attempt.guarded(attempt.prepared)) is not None]
        going = [attempt for attempt, _ in ready]

        def drop(running: Any, problem: Cancelled) -> None:
            attempt = next(attempt for attempt, its in ready if its is running)
            attempt.stop(problem)
            going.remove(attempt)
            _share(going)

        for attempt in attempts:
            if attempt not in going:
                attempt.end()
        if len(going) < len(attempts):
            _share(going)
        try:
            if ready:
                runner.work_together([running for _, running in ready], drop)
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

    last = [(attempt, running) for attempt, running in ready if attempt in going]

    def rest() -> None:
        for attempt, running in last:
            attempt.alone()
            attempt.finish(running.finish)

    if any(running.deferred for _, running in last):
        behind.do(rest)
    else:
        rest()


def _share(going: list[Attempting]) -> None:
    for attempt in going:
        attempt.shared(len(going))
    try:
        if going:
            lease.left_together([attempt.job for attempt in going])
    except Exception as problem:  # a database that is away for a moment; each has the right seconds all the same
        log.warning("not told that %s are left to be made at once: %s", len(going), problem)
