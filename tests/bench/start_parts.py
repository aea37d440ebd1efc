"""What the workers of the `start` benchmark run: our kind that does nothing, and the same as a plain Celery task."""

from __future__ import annotations

import os
import time
from typing import Any

from celery import shared_task
from django.db import models

from generation.contract import Result
from studio.events.live import valkey
from studio.jobs import lease
from studio.jobs.kinds import Kind, Work, register
from studio.jobs.models import Job
from studio.media.models import Asset

CLAIMED, STARTED = "bench:claimed", "bench:started"
_claim = lease.claim


def _claim_and_tell(worker: str, queues: Any, warm: Any = ()) -> Job | None:
    job = _claim(worker, queues, warm)
    if job is not None:
        valkey().rpush(f"{CLAIMED}:{job.spec['number']}", time.monotonic_ns())
    return job


class NothingKind(Kind):
    name = "nothing"
    runner = "tests.bench.start_parts:run_nothing"

    def prepare(self, job: Job) -> dict[str, Any]:
        return {}

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> models.Model:
        return job


def run_nothing(job: Job, request: dict[str, Any], work: Work, tell: Any, should_stop: Any) -> Result:
    valkey().rpush(f"{STARTED}:{job.spec['number']}", time.monotonic_ns())
    return Result()


if os.environ.get("FIRSTCUT_PART") == "work":
    lease.claim = _claim_and_tell
register(NothingKind())


@shared_task(name="bench.plain", acks_late=False)  # type: ignore[untyped-decorator]
def plain(number: int) -> None:
    valkey().rpush(f"{STARTED}:plain{number}", time.monotonic_ns())


