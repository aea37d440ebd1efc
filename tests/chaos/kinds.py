"""A cheap kind of job for the chaos suite, loaded by every worker of the house under test (`celery -I tests.chaos.kinds`).

It computes nothing, takes a set time in steps, makes a real file, and can be told to fail or to kill its own process.
Leases are made short here, so that a round lasts seconds; nothing else of the machinery differs from what people run.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
from datetime import timedelta
from typing import Any

from django.db import models

from generation.contract import Cancelled, Failure, Output, Progress, Result
from studio.events.log import record
from studio.jobs import lease
from studio.jobs.kinds import Kind, Work, register
from studio.jobs.models import Job
from studio.jobs.tasks import presence
from studio.media.models import Asset
from studio.media.store import hold

LEASE = 6.0
"""Seconds; 30 outside of the chaos suite."""
lease.LEASE = timedelta(seconds=LEASE)
presence.HEARTBEAT = LEASE / 6
STEP = 0.1
DONE = "trial.done"


class Whim(Failure):
    retryable = True


class TrialKind(Kind):
    """`spec`: round, number, steps (of a tenth of a second), and `whim`: "", "fails once", "kills its worker once", "kills every worker"."""

    name = "trial"
    runner = "tests.chaos.kinds:run_trial"

    def units(self, spec: dict[str, Any]) -> float:
        return float(spec["steps"] * STEP)

    def prepare(self, job: Job) -> dict[str, Any]:
        return {"round": job.spec["round"], "number": job.spec["number"]}

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> models.Model:
        """The one result is an event. Nothing in the log forbids a second of the same job, so that a second would be seen."""
        hold(job.project, *assets.values())
        record(DONE, project=job.project, subject=job, data={"asset": assets["result"].sha256, "attempt": job.attempt})
        return job


register(TrialKind())


def run_trial(job: Job, request: dict[str, Any], work: Work, tell: Any, should_stop: Any) -> Result:
    steps, whim = job.spec["steps"], job.spec["whim"]
    for step in range(steps):
        if should_stop():
            raise Cancelled
        if step == steps // 2:
            _give_in(whim, job.attempt)
        threading.Event().wait(STEP)
        tell(Progress(done=step + 1, total=steps, unit="steps"), None)
    path = work.workdir / "result.json"
    path.write_text(json.dumps(request, sort_keys=True))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    output = Output(name="result", path=str(path), media_type="application/json", sha256=digest, size=path.stat().st_size)
    return Result(outputs=(output,), data={}, seconds=steps * STEP)


def _give_in(whim: str, attempt: int) -> None:
    if whim == "kills every worker" or (whim == "kills its worker once" and attempt == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if whim == "fails once" and attempt == 1:
        raise Whim("It was told to fail once.")
