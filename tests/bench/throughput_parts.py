"""What the workers of the `throughput` benchmark run: jobs that do nothing, in our queue, in plain Celery and in RQ."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db import models

from generation.contract import Result
from studio.jobs.kinds import Kind, Work, register
from studio.jobs.models import Job
from studio.media.models import Asset


class NothingKind(Kind):
    name = "nothing"
    runner = "tests.bench.throughput_parts:run_nothing"

    def prepare(self, job: Job) -> dict[str, Any]:
        return {}

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> models.Model:
        return job


def run_nothing(job: Job, request: dict[str, Any], work: Work, tell: Any, should_stop: Any) -> Result:
    return Result()


register(NothingKind())


@shared_task(name="bench.nothing", acks_late=True, ignore_result=False)  # type: ignore[untyped-decorator]
def plain(number: int) -> None:
    """Acknowledged when done and with its result kept, as work that must not be lost is run."""
