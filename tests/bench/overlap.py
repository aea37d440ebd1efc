"""What is saved between the jobs of a worker: kept words of the text encoder, and decoding beside the next job's steps; each with and without.

Takes of one recipe by a tiny Wan in a real worker's loop, whose parts are waited for as for a card's answer: the text encoder 0.3 s, a step
0.1 s, the decoder 0.6 s. On a card steps and decoding share its cores, so what it saves there is less: tests/bench/gpu.py measures that.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

from tests.bench.ground import ground
from tests.bench.lines import line

TAKES, STEPS = 6, 8
ENCODER, STEP, DECODER = 0.3, 0.1, 0.6


def main() -> int:
    from generation.neural import lazy
    from tests.generation.engines import tiny

    lazy.torch().set_num_threads(1)
    with ground() as data:
        tiny.wan(data / "models" / "tiny--wan")
        from studio.shelf.models import Host

        Host.objects.create(name="bench", found=["tiny/wan"])
        return measure()


def measure() -> int:
    from generation.neural import pipelines, prompts
    from generation.neural.params import ModelParams
    from studio.jobs import tasks
    from tests.bench.wrapper import slowed

    pipe = pipelines.load(ModelParams(model="tiny/wan")).pipe
    slowed(pipe, ENCODER, "encode_prompt")
    slowed(pipe.transformer, STEP)
    slowed(pipe.vae, DECODER, "decode")
    ask = asking()
    ask(1)
    tasks.look("gpu")

    def forgetful(key: Any, device: Any, encode: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return encode()

    def at_once(self: Any, rest: Callable[[], None]) -> None:
        rest()

    def seconds() -> float:
        ask(TAKES)
        began = time.perf_counter()
        tasks.look("gpu")
        return time.perf_counter() - began

    whole = seconds()
    with mock.patch.object(prompts, "encoded", forgetful):
        wordless = seconds()
    with mock.patch.object(tasks.Behind, "do", at_once):
        in_turn = seconds()
    told = f"{TAKES} clips of {STEPS} steps"
    print(line(f"kept words of the text encoder, {told}", f"{whole:.2f} s", f"without {wordless:.2f} s", whole / wordless, 1.0), flush=True)
    print(line(f"decoding beside the next job, {told}", f"{whole:.2f} s", f"without {in_turn:.2f} s", whole / in_turn, 1.0), flush=True)
    return 0


def asking() -> Callable[[int], None]:
    """Ask for so many takes of one recipe."""
    from studio.accounts.actions import make_person
    from studio.jobs.actions import Order, request_jobs
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY

    person = make_person(email="bench@example.com", name="Bench", by="bench")
    project = start_project(name="Bench", by=person, rate=RATE_BY_KEY["24"], width=64, height=64)
    params = {"model": "tiny/wan", "prompt": "A lamp in the dark", "steps": STEPS, "guidance": 1.0}
    picture = {"width": 64, "height": 64, "frames": 9}
    spec: dict[str, Any] = {"engine": "wan", "task": "shot", "format": picture, "inputs": [], "title": "A lamp", "shot": None, "params": params}

    def ask(count: int) -> None:
        request_jobs(project, person, [Order("piece", {**spec, "seed": number}, project) for number in range(count)])

    return ask


if __name__ == "__main__":
    sys.exit(main())
