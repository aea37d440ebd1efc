"""What a worker does. This module and what it imports are loaded in workers only."""

from __future__ import annotations

import os
import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init, worker_ready
from django.db import connections

from studio.jobs import lease, machine
from studio.jobs.actions import wake
from studio.jobs.tasks import presence
from studio.jobs.tasks.attempts import Behind, clear_leftovers, run_job
from studio.jobs.tasks.company import run_together, with_companions
from studio.jobs.tasks.presence import queues_of, worker_name


@worker_ready.connect  # type: ignore[untyped-decorator]
def _begin(**_: Any) -> None:
    """Look at once: what called for a worker may have been lost with the one before. And stay known while idle."""
    part = os.environ.get("FIRSTCUT_PART", "")
    if part in ("desk", "work", "gpu"):
        wake({part: 1})
        threading.Thread(target=presence.stay_known, args=(queues_of(part),), name="presence", daemon=True).start()
        clear_leftovers()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _fresh(**_: Any) -> None:
    """A forked pool process must not share its parent's connections."""
    for each in connections.all(initialized_only=True):
        each.close()


@shared_task(name="jobs.look")  # type: ignore[untyped-decorator]
def look(queue: str) -> int:
    """Work until nothing claimable is left for this queue; returns how many jobs were run. While one job's frames are still being decoded
    and stored, the next is begun."""
    ran, behind = 0, Behind()
    queues = queues_of(queue)
    try:
        while not presence.stopping.is_set():
            job = lease.claim(worker_name(), queues, machine.warm())  # first of all: somebody waits for it to start
            if job is None:
                presence.seen(queues, None)
                return ran
            with presence.at_work():
                jobs = [job, *with_companions(job)]
                if len(jobs) > 1:
                    run_together(jobs, queues, behind)
                else:
                    run_job(job, queues, behind)
            ran += len(jobs)
        return ran
    finally:
        behind.wait()


@shared_task(name="jobs.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    lease.sweep()
