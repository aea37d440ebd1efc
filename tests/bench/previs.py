"""Frames per second of previs: a room with ten objects and two figures that move, at both settings, still and moving camera.

Both renderers are measured where both exist; what counts against the targets is the one that a worker here would use.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from dataclasses import replace
from typing import Literal

from generation.previs.drawing import Drawing, renderer_for
from generation.previs.gl.context import NoDevice
from generation.previs.gl.renderer import GLRenderer
from generation.previs.render import Renderer, warm
from generation.previs.scene import Camera
from tests.generation.previs import made_scenes

FRAMES, SKIP = 36, 6
TARGETS: dict[Literal["draft", "film"], float] = {"draft": 24.0, "film": 12.0}
THREADS = 2


def frames_per_second(renderer: Drawing, travelling: bool) -> float:
    """From the median time of a frame, after the first few; figures move in every one."""
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


def renderers(quality: Literal["draft", "film"]) -> list[Drawing]:
    """numba, and OpenGL if it is there."""
    size = (640, 360)
    found: list[Drawing] = [Renderer(*size, quality, THREADS)]
    try:
        found.append(GLRenderer(*size, quality))
    except NoDevice as error:
        print(f"previs through OpenGL is not measured: {error}", flush=True)
    return found


def main() -> int:
    """Print a line a measurement; returns how many fall short of their target."""
    os.environ.setdefault("LP_NUM_THREADS", str(THREADS))  # of Mesa's software device: the same for both
    warm()
    short = 0
    cores = len(os.sched_getaffinity(0))
    for quality, target in TARGETS.items():
        chosen = renderer_for(16, 16, quality).name
        for travelling in (False, True):
            for renderer in renderers(quality):
                fps = frames_per_second(renderer, travelling)
                ok, counts = fps >= target, renderer.name == chosen
                short += counts and not ok
                place = f"640×360, {'travelling' if travelling else 'steady'} camera, {THREADS} threads of {cores} cores, {renderer.name}"
                verdict = ("ok" if ok else "falls short") if counts else "not used here"
                print(f"previs {quality} {place} · {fps:.1f} fps · {target:.0f} fps · {fps / target:.2f} · ≥ 1 · {verdict}", flush=True)
    return short


if __name__ == "__main__":
    raise SystemExit(main())
