"""Jobs that do nothing, by the thousand through one worker: our queue against plain Celery and RQ on the same Valkey.

All ask for the jobs at once, in the quickest way each has, and the clock stops when the last is done. Celery runs without a pool, fetches 64 at
a time and keeps no results; RQ's worker does not fork. Neither outlives its worker or its broker as a job of ours does, which is two durable
transactions, a claim by fairness, two entries in the ledger and an event. No target was set for this; a job that is worth its row takes seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio.web import stack
from studio.web.environment import ROOT
from tests.bench.ground import ground, running

JOBS = 1000


def main() -> int:
    with ground() as data:
        rates = {name: measured(data) for name, measured in (("ours", ours), ("Celery", by_celery), ("RQ", by_rq))}
    for name in ("Celery", "RQ"):
        what = f"jobs that do nothing, one worker, {JOBS} asked for at once"
        print(f"{what} · {rates['ours']:.0f} a second · {name} {rates[name]:.0f} a second · {rates['ours'] / rates[name]:.4f} · – · –", flush=True)
    return 0


def ours(data: Path) -> float:
    from studio.accounts.actions import make_person
    from studio.jobs.actions import Order, request_jobs
    from studio.jobs.models import Job, State
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY
    from tests.bench import throughput_parts  # noqa: F401 (its kind)

    person = make_person(email="bench@example.com", name="Bench", by="bench")
    project = start_project(name="Bench", by=person, rate=RATE_BY_KEY["24"], width=320, height=180)

    def all_of(count: int) -> None:
        request_jobs(project, person, [Order("nothing", {}, project) for _ in range(count)])
        while Job.objects.exclude(state=State.SUCCEEDED).exists():
            time.sleep(0.01)

    worker = stack.render_worker(1, os.environ, data)
    return _rate(replace(worker, command=[*worker.command, "-I", "tests.bench.throughput_parts"], nice=0).launch, all_of)


def by_celery(data: Path) -> float:
    from tests.bench.throughput_plain import LAST, celery_nothing

    def all_of(count: int) -> None:
        for number in range(1, count):
            celery_nothing.delay(number)
        celery_nothing.delay(LAST)
        _heard()

    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    return _rate(_launch("-m", "celery", "--quiet", "-A", "tests.bench.throughput_plain", "worker", "-P", "solo", *quiet), all_of)


def by_rq(data: Path) -> float:
    from rq import Queue

    from tests.bench.throughput_plain import LAST, nothing, server

    queue = Queue("plain-rq", connection=server())

    def all_of(count: int) -> None:
        queue.enqueue_many([Queue.prepare_data(nothing, args=(number,), result_ttl=0) for number in (*range(1, count), LAST)])
        _heard()

    arguments = ["worker", "plain-rq", "-w", "rq.worker.SimpleWorker", "-u", os.environ["VALKEY_URL"], "-q", "--disable-job-desc-logging"]
    return _rate(_launch("-m", "rq.cli", *arguments), all_of)


def _launch(*arguments: str) -> Callable[[], subprocess.Popen[bytes]]:
    return lambda: subprocess.Popen([sys.executable, *arguments], cwd=ROOT)


def _rate(launch: Callable[[], subprocess.Popen[bytes]], all_of: Callable[[int], None]) -> float:
    """Jobs a second, from asking for the first to the end of the last, by a worker that has done a few."""
    with running(launch):
        all_of(20)
        began = time.perf_counter()
        all_of(JOBS)
        return JOBS / (time.perf_counter() - began)


def _heard() -> None:
    from tests.bench.throughput_plain import DONE, server

    until = time.monotonic() + 120
    while server().blpop([DONE], timeout=1) is None:
        if time.monotonic() > until:
            raise SystemExit("throughput · a worker did not end within two minutes")


if __name__ == "__main__":
    sys.exit(main())
