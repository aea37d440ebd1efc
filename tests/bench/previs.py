"""Frames per second of previs: a room with ten objects and two figures that move, at both settings, still and moving camera."""

from __future__ import annotations

import math
import os
import statistics
import time
from dataclasses import replace
from typing import Literal

from generation.previs.render import Renderer, warm
from generation.previs.scene import Camera
from tests.generation.previs import made_scenes

FRAMES, SKIP = 36, 6
TARGETS: dict[Literal["draft", "film"], float] = {"draft": 24.0, "film": 12.0}


def frames_per_second(width: int, height: int, quality: Literal["draft", "film"], threads: int, travelling: bool) -> float:
    """From the median time of a frame, after the first few; figures move in every one."""
    renderer = Renderer(width, height, quality, threads)
    first = made_scenes.kitchen()
    scenes = [replace(made_scenes.kitchen(k / 24), still=first.still) for k in range(FRAMES)]
    taken = []
    for index, scene in enumerate(scenes):
        start = time.perf_counter()
        renderer.render(scene, _camera(index, travelling), index, 1)
        taken.append(time.perf_counter() - start)
    return 1.0 / statistics.median(taken[SKIP:])


def _camera(index: int, travelling: bool) -> Camera:
    if not travelling:
        return made_scenes.KITCHEN_WIDE
    x, y, z = made_scenes.KITCHEN_WIDE.eye
    return replace(made_scenes.KITCHEN_WIDE, eye=(x + 0.01 * index, y + 0.05 * math.sin(index / 12), z))


def main() -> int:
    """Print a line a measurement; returns how many fall short of their target."""
    warm()
    short = 0
    cores = len(os.sched_getaffinity(0))
    for quality, target in TARGETS.items():
        for travelling in (False, True):
            fps = frames_per_second(640, 360, quality, 2, travelling)
            ok = fps >= target
            short += not ok
            name = f"previs {quality} 640×360, {'travelling' if travelling else 'steady'} camera, 2 threads of {cores} cores"
            print(f"{name} · {fps:.1f} fps · {target:.0f} fps · {fps / target:.2f} · ≥ 1 · {'ok' if ok else 'falls short'}", flush=True)
    return short


if __name__ == "__main__":
    raise SystemExit(main())
