"""From asking for a picture to the end of its first denoising step, by a tiny Z-Image that is warm in an idle worker; and where the time goes.

The whole way of the product: a committed transaction, a wake-up, a claim, the request frozen on its row, the engine, one step of the real
pipeline on the processor. The step itself counts too.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

from studio.web import stack
from tests.bench.ground import ground, percentile, running
from tests.bench.lines import at_most

SAMPLES, WARM_UP = 60, 5
PARTS = (
    ("writing and committing the job", "asked", "committed"),
    ("waking a worker and claiming", "committed", "claimed"),
    ("freezing the request, fetching inputs", "claimed", "prepared"),
    ("the engine: checking, the warm model, kept words", "prepared", "denoising"),
    ("the first step", "denoising", "step"),
)


def main() -> int:
    from tests.generation.engines import tiny_images

    with ground() as data:
        model = tiny_images.zimage(data / "models" / "tiny--zimage")
        worker = stack.gpu_worker(0, os.environ, data)
        worker = replace(worker, command=[*worker.command, "-I", "tests.bench.dispatch_parts"])
        with running(worker.launch):
            return measure(str(model))


def measure(model: str) -> int:
    from studio.accounts.actions import make_person
    from studio.events.live import valkey
    from studio.jobs.actions import request_job
    from studio.jobs.models import Job, State
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY
    from tests.bench.dispatch_parts import MOMENTS, TOLD

    person = make_person(email="bench@example.com", name="Bench", by="bench")
    project = start_project(name="Bench", by=person, rate=RATE_BY_KEY["24"], width=320, height=180)
    spec: dict[str, Any] = {
        "engine": "zimage", "task": "still", "format": {"width": 64, "height": 64, "frames": 1}, "inputs": [], "title": "A lamp", "shot": None,
        "params": {"model": model, "prompt": "A lamp in the dark", "steps": 4},
    }  # fmt: skip
    seen: list[dict[str, int]] = []
    for number in range(SAMPLES + WARM_UP):
        at = {"asked": time.monotonic_ns()}
        job = request_job("piece", project=project, by=person, spec={**spec, "seed": number}, subject=project)
        at["committed"] = time.monotonic_ns()
        while len(at) < 2 + len(MOMENTS):
            answer = valkey().blpop([TOLD], timeout=1)
            if answer is None:
                if time.monotonic_ns() - at["asked"] > 60e9:
                    raise SystemExit(f"dispatch · no step within a minute: {Job.objects.get(pk=job.pk).error or 'nobody took it'}")
                continue
            told = answer[1]
            name, when = (told.decode() if isinstance(told, bytes) else told).split()
            at[name] = int(when)
        while not Job.objects.filter(pk=job.pk, state=State.SUCCEEDED).exists():
            time.sleep(0.002)
        if number >= WARM_UP:
            seen.append(at)
    whole = [(at["step"] - at["asked"]) / 1e6 for at in seen]
    for name, start, end in PARTS:
        part = [(at[end] - at[start]) / 1e6 for at in seen]
        print(f"of that, {name} · {statistics.median(part):.1f} ms (p95 {percentile(part, 95):.1f})", flush=True)
    name = f"submit → first denoising step, warm, p50 of {SAMPLES} (p95 {percentile(whole, 95):.1f} ms)"
    print(at_most(name, statistics.median(whole), 100.0, "ms"), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
