"""What our worker of the `throughput` benchmark runs: jobs that do nothing, in our queue."""

from __future__ import annotations

from typing import Any

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
