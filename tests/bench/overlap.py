"""What is saved between the jobs of a worker, each with and without: kept words of the text encoder, decoding beside the next job's steps, and
takes of one recipe made at once.

The first two by a tiny Wan in a real worker's loop, whose parts are waited for as for a card's answer: the text encoder 0.3 s, a step 0.1 s,
the decoder 0.6 s. On a card steps and decoding share its cores, so what it saves there is less: tests/bench/gpu.py measures that. The third
by the same Wan as fast as it is on this processor: a network so small is bound by what is done once a step, as a large one on a card is not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

from tests.bench.ground import ground
from tests.bench.lines import line

TAKES, STEPS, MANY_STEPS = 6, 8, 100
ENCODER, STEP, DECODER = 0.3, 0.1, 0.6


def main() -> int:
    from generation.neural import lazy
    from tests.generation.engines import tiny

    lazy.torch().set_num_threads(1)
    with ground() as data:
        return measure(str(tiny.wan(data / "models" / "tiny--wan")))


def measure(model: str) -> int:
    from django.conf import settings

    from generation.neural import pipelines, prompts
    from generation.neural.params import ModelParams
    from studio.jobs import tasks
    from studio.jobs.tasks.attempts import Behind
    from tests.bench.wrapper import slowed

    ask = asking(model)
    ask(1, STEPS)
    tasks.look("gpu")
    pipe = pipelines.load(ModelParams(model=model)).pipe

    def forgetful(key: Any, device: Any, encode: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return encode()

    def at_once(self: Any, rest: Callable[[], None]) -> None:
        rest()

    def seconds(together: int = 0, steps: int = STEPS) -> float:
        settings.FIRSTCUT_TOGETHER = together
        ask(TAKES, steps)
        began = time.perf_counter()
        tasks.look("gpu")
        return time.perf_counter() - began

    at_once_too, one_by_one = (min(seconds(together, MANY_STEPS) for _ in range(3)) for together in (TAKES, 0))
    slowed(pipe, ENCODER, "encode_prompt")
    slowed(pipe.transformer, STEP)
    slowed(pipe.vae, DECODER, "decode")
    whole = seconds()
    with mock.patch.object(prompts, "encoded", forgetful):
        wordless = seconds()
    with mock.patch.object(Behind, "do", at_once):
        in_turn = seconds()
    told = f"{TAKES} clips of {STEPS} steps"
    print(line(f"kept words of the text encoder, {told}", f"{whole:.2f} s", f"without {wordless:.2f} s", whole / wordless, 1.0), flush=True)
    print(line(f"decoding beside the next job, {told}", f"{whole:.2f} s", f"without {in_turn:.2f} s", whole / in_turn, 1.0), flush=True)
    told = f"{TAKES} clips of {MANY_STEPS} steps by a tiny network"
    ratio = at_once_too / one_by_one
    print(line(f"takes made at once, {told}", f"{at_once_too:.2f} s", f"one by one {one_by_one:.2f} s", ratio, 1.0), flush=True)
    return 0


def asking(model: str) -> Callable[[int, int], None]:
    """Ask for so many takes of one recipe."""
    from studio.accounts.actions import make_person
    from studio.jobs.actions import Order, request_jobs
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY

    person = make_person(email="bench@example.com", name="Bench", by="bench")
    project = start_project(name="Bench", by=person, rate=RATE_BY_KEY["24"], width=64, height=64)
    picture = {"width": 64, "height": 64, "frames": 9}
    asked: dict[str, Any] = {"engine": "wan", "task": "shot", "format": picture, "inputs": [], "title": "A lamp", "shot": None}

    def ask(count: int, steps: int) -> None:
        spec = {**asked, "params": {"model": model, "prompt": "A lamp in the dark", "steps": steps, "guidance": 1.0}}
        request_jobs(project, person, [Order("piece", {**spec, "seed": number}, project) for number in range(count)])

    return ask


if __name__ == "__main__":
    sys.exit(main())
