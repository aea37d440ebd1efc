"""From asking for a job to a worker that has begun it, against plain Celery from `delay` to the first line of the task.

Both workers are Celery processes without a pool on one Valkey, alone with their queue and idle when asked; ours goes through a
committed transaction (job, event, share of the project), a wake-up and a claim under a lease. Asked by turns, one at a time.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio.web import stack
from studio.web.environment import ROOT
from tests.bench.ground import ground, percentile, running
from tests.bench.lines import line

SAMPLES, WARM_UP = 150, 15


def main() -> int:
    with ground() as data:
        return measure(data)


def launches(data: Path) -> list[Callable[[], subprocess.Popen[bytes]]]:
    import os

    ours = stack.render_worker(1, os.environ, data)
    ours = replace(ours, command=[*ours.command, "-I", "tests.bench.start_parts"], nice=0)
    theirs = replace(
        ours,
        name="plain",
        command=[
            *(sys.executable, "-m", "celery", "--quiet", "-A", "studio.web.celery", "worker", "-Q", "plain", "-P", "solo", "-n", "plain@%h"),
            *("-I", "tests.bench.start_parts", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
        ],
        environment={**ours.environment, "FIRSTCUT_PART": "plain"},
        log=data / "logs" / "plain.log",
    )
    return [ours.launch, theirs.launch]


def measure(data: Path) -> int:
    from studio.accounts.actions import make_person
    from studio.events.live import valkey
    from studio.jobs.actions import request_job
    from studio.jobs.models import Job, State
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY
    from tests.bench.start_parts import CLAIMED, STARTED, plain

    person = make_person(email="bench@example.com", name="Bench", by="bench")
    project = start_project(name="Bench", by=person, rate=RATE_BY_KEY["24"], width=320, height=180)

    def heard(key: str) -> int:
        answer = valkey().blpop([key], timeout=1)
        until = time.monotonic() + 60
        while answer is None and time.monotonic() < until:
            answer = valkey().blpop([key], timeout=1)
        if answer is None:
            raise SystemExit(f"start · a worker did not begin within a minute; logs in {ROOT}")
        return int(answer[1])

    def ended(job: Job) -> None:
        """Both sides are asked while their worker is idle: ours still has a result to write when its job has begun."""
        while not Job.objects.filter(pk=job.pk, state=State.SUCCEEDED).exists():
            time.sleep(0.002)

    asked: list[float] = []
    committed: list[float] = []
    begun: list[float] = []
    reference: list[float] = []
    with running(*launches(data)):
        for number in range(SAMPLES + WARM_UP):
            before = time.monotonic_ns()
            job = request_job("nothing", project=project, by=person, spec={"number": number}, subject=project)
            after = time.monotonic_ns()
            claimed = heard(f"{CLAIMED}:{number}")
            started = heard(f"{STARTED}:{number}")
            ended(job)
            told = time.monotonic_ns()
            plain.apply_async(args=[number], queue="plain")
            theirs = heard(f"{STARTED}:plain{number}")
            if number >= WARM_UP:
                asked.append((claimed - before) / 1e6)
                committed.append((claimed - after) / 1e6)
                begun.append((started - before) / 1e6)
                reference.append((theirs - told) / 1e6)
    there = statistics.median(reference)
    other = f"Celery {there:.1f} ms (p95 {percentile(reference, 95):.1f})"
    for name, times, target in (
        ("submit → started: committed transaction to claim, p50", committed, 5.0),
        ("the same, from the call that writes the job", asked, 5.0),
        ("the same, from that call to the first line of the job's own code", begun, 5.0),
    ):
        print(line(name, f"{statistics.median(times):.1f} ms (p95 {percentile(times, 95):.1f})", other, statistics.median(times) / there, target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
