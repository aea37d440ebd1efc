"""What the worker of the `dispatch` benchmark runs besides itself: it says when it claimed a job, handed it to its engine, and did a step."""

from __future__ import annotations

import time
from typing import Any

from generation.neural.steps import Steps
from studio.events.live import valkey
from studio.jobs import lease
from studio.jobs.models import Job
from studio.jobs.tasks import running

MOMENTS = ("claimed", "prepared", "denoising", "step")
TOLD = "bench:dispatch"
_marks: list[tuple[str, int]] = []
_claim, _begin, _enter, _step = lease.claim, running.begin_engine, Steps.__enter__, Steps.step


def _mark(name: str) -> None:
    _marks.append((name, time.monotonic_ns()))


def _claim_and_tell(worker: str, queues: Any, warm: Any = ()) -> Job | None:
    job = _claim(worker, queues, warm)
    if job is not None:
        _marks.clear()
        _mark("claimed")
    return job


def _begin_and_tell(*arguments: Any) -> Any:
    _mark("prepared")
    return _begin(*arguments)


def _enter_and_tell(self: Steps) -> Steps:
    entered = _enter(self)
    _mark("denoising")
    return entered


def _step_and_tell(self: Steps, latents: Any = None) -> None:
    if self.done == 0:
        _mark("step")
        valkey().rpush(TOLD, *(f"{name} {when}" for name, when in _marks))
    _step(self, latents)


lease.claim, running.begin_engine = _claim_and_tell, _begin_and_tell  # type: ignore[assignment]
Steps.__enter__, Steps.step = _enter_and_tell, _step_and_tell  # type: ignore[method-assign]
