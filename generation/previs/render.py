"""The renderer: a scene and a camera in, a finished frame out; the same bytes whatever was drawn before and on however many threads.

A picture is cut into bands of rows that plain threads work through. While neither camera, lights nor still things change, everything
computed of still things is kept, and only pixels where something moves (or whose shadows a moving thing may touch) are done again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from generation.previs.geometry import Soup, Stock
from generation.previs.light import PARTS
from generation.previs.occlusion import even, obscure
from generation.previs.packing import Packed, view_of
from generation.previs.post_chain import PostChain
from generation.previs.raster import F64, OFFSETS
from generation.previs.rows import Rows
from generation.previs.scene import I32, Air, Camera, Frame, Light, Material, Mesh, Scene
from generation.previs.shadow import disc, smooth, turns, visibility
from generation.previs.shadow_maps import Map, ShadowMaps
from generation.previs.spans import GROUP, LANES, ROWS
from generation.previs.summing import SCRATCH, compose
from generation.previs.surfaces import shade
from generation.previs.weather import FALLING, fall

Quality = Literal["draft", "film"]
BAND = 24  # rows a task draws; fixed, so that the work does not depend on the number of threads


@dataclass(frozen=True)
class Setting:
    """What a quality costs."""

    near_map: int  # texels along the side of the shadow map around the subject
    far_map: int
    spot_map: int
    density: float  # texels a metre at most: finer shows nothing and costs time
    shadow_taps: int
    sparse: bool  # shadows asked at every other pixel
    occlusion_taps: int
    occlusion_step: int  # one sample of occlusion per this many pixels each way
    defocus_taps: int  # 0: everything sharp


SETTINGS: dict[Quality, Setting] = {
    "draft": Setting(1024, 512, 384, 70.0, 5, True, 6, 4, 0),
    "film": Setting(2048, 1024, 640, 130.0, 8, True, 8, 2, 24),
}


def check_size(width: int, height: int) -> None:
    """Raises ValueError for a size no renderer draws."""
    if width < 16 or height < 16 or width % 2 or height % 2:
        raise ValueError(f"A picture of {width}×{height} cannot be drawn: width and height must be even and at least 16.")


class Buffers:
    """Everything computed of one picture before its light is summed."""

    def __init__(self, width: int, height: int) -> None:
        self.close = np.zeros((4, height, width), np.float32)
        self.index = np.full((4, height, width), -1, np.int32)
        self.parts = np.zeros((height, PARTS, width + GROUP), np.float32)
        self.weight = np.zeros((height, width), np.float32)
        self.renew()
        self.changed = np.zeros((height, width), np.uint8)
        self.extra_count = np.zeros(height, np.int32)
        self.extra_at = np.zeros((height, width), np.int32)
        self.extra_weight = np.zeros((height, width), np.float32)
        self.extra_depth = np.zeros((height, width), np.float32)
        self.extra_parts = np.zeros((height, PARTS, width), np.float32)
        self.raw = np.ones((height, width, 2), np.float32)
        self.visible = np.ones((height, width, 2), np.float32)

    def renew(self) -> None:
        """New arrays for what a frame is handed out with; all of it is written for every frame."""
        height, width = self.weight.shape
        self.depth = np.empty((height, width), np.float32)
        self.number = np.empty((height, width), np.uint16)
        self.normals = np.empty((height, width, 3), np.float32)


class Renderer:
    """Draws frames of one size and quality. Keeps no picture's bytes from earlier frames, only work that would come out the same.

    Meshes in `Scene.still` are taken as unchanging while they are the same objects. Safe in forked processes: threads start on first use.
    """

    name = "numba"

    def __init__(self, width: int, height: int, quality: Quality, threads: int | None = None, keep: bool = True) -> None:
        check_size(width, height)
        self.width, self.height = width, height
        self.setting = SETTINGS[quality]
        self.threads = threads or min(8, len(os.sched_getaffinity(0)))
        self._keep = keep
        self._pool: ThreadPoolExecutor | None = None
        self._pool_pid = 0
        self._now, self._kept = Buffers(width, height), Buffers(width, height)
        step = self.setting.occlusion_step
        self._ao_raw = np.ones(((height + step - 1) // step, (width + step - 1) // step), np.float32)
        self._ao = np.ones_like(self._ao_raw)
        self._light = np.zeros((height, width, 3), np.float32)
        self._shadow_disc, self._ao_disc, self._turns = disc(self.setting.shadow_taps), disc(self.setting.occlusion_taps), turns()
        self._post = PostChain(width, height, self.setting.defocus_taps, self._bands)
        self._maps = ShadowMaps(self.setting, self._share, lambda size, parallel: Map(size, parallel, self._share))
        self._still_rows, self._moving_rows = Rows(BAND), Rows(BAND)
        self._stock = Stock()
        self._last: object = None
        self._kept_for: object = None
        self._stale = (0, height)  # rows of `_now` that differ from `_kept`

    def render(self, scene: Scene, camera: Camera, index: int, seed: int) -> Frame:
        """Draw one frame. `index` and `seed` turn grain and weather; nothing else is random."""
        soup, same_set = self._stock.of(scene, camera)
        packed = Packed.of(scene)
        view = view_of(camera, self.width, self.height)
        still_now = (camera, scene.air, tuple(scene.lights), tuple(scene.materials))
        steady = self._keep and same_set and self._last == still_now
        self._last = still_now
        keep = self._stock.drawn(camera)
        if not same_set:
            self._maps.forget()
        self._maps.prepare(soup, packed, view)
        if steady and self._kept_for != still_now:
            self._still_rows.project(soup, keep, 0, soup.still, view, False, self.width, self.height)
            self._maps.still_only()
            self._bands(self.height, lambda a, b: self._draw(self._kept, packed, soup, view, a, b))
            self._bands(self.height, lambda a, b: self._see(self._kept, packed, view, False, a, b))
            of = self._kept
            self._bands(
                self.height,
                lambda a, b: smooth(of.raw, of.depth, of.normals, of.changed, of.raw, of.visible, False, np.empty(2 * self.width), of.visible, a, b),
            )
            self._kept_for, self._stale = still_now, (0, self.height)
        if not steady:
            self._kept_for = None
        self._now.renew()
        self._add_moving(soup, keep, view, steady)
        drawing = self._redrawing(packed, soup, view) if steady else lambda a, b: self._draw(self._now, packed, soup, view, a, b, moving=True)
        maps = self._maps.used()
        self._share([task for each in maps for task in each.fill_moving()] + self._cut(self.height, drawing))
        self._share([each.survey_moving for each in maps])
        self._sum(packed, view, steady)
        self._weather(scene, packed, view, index, seed)
        rgb = self._post.finish(self._light, self._now.depth, scene.grade, camera, index, seed)
        return Frame(rgb, self._now.depth, self._now.number, self._now.normals)

    def _add_moving(self, soup: Soup, keep: I32, view: F64, steady: bool) -> None:
        """Project moving things onto the picture and the shadow maps; still things too unless they are there already."""
        size, everything = (self.width, self.height), np.ones(soup.count, np.int32)
        tasks = [partial(self._moving_rows.project, soup, everything, soup.still, soup.count, view, False, *size)]
        tasks += [partial(each.project_moving, soup) for each in self._maps.used()]
        if not steady:
            tasks.append(partial(self._still_rows.project, soup, keep, 0, soup.still, view, False, *size))
        self._share(tasks)

    def _draw(self, into: Buffers, packed: Packed, soup: Soup, view: F64, y0: int, y1: int, moving: bool = False) -> None:
        into.close[:, y0:y1] = 0.0
        into.index[:, y0:y1] = -1
        for rows in (self._still_rows, self._moving_rows) if moving else (self._still_rows,):
            rows.fill(OFFSETS, into.close, into.index, True, y0, y1)
        self._shade(into, packed, soup, view, False, y0, y1)

    def _redrawing(self, packed: Packed, soup: Soup, view: F64) -> Callable[[int, int], None]:
        """A frame over kept work: put back what moving things covered, draw them anew, and shade where they or anything live is seen."""
        now, kept = self._now, self._kept
        box = self._moving_rows.box(self.width, self.height)
        rows = (int(box[1]), min(self.height, int(box[3]) + 2)) if box else (0, 0)
        stale, self._stale = self._stale, rows

        def work(y0: int, y1: int) -> None:
            a, b = max(y0, stale[0]), min(y1, stale[1])
            if a < b:
                now.close[:, a:b], now.index[:, a:b] = kept.close[:, a:b], kept.index[:, a:b]
            now.depth[y0:y1], now.number[y0:y1], now.normals[y0:y1] = kept.depth[y0:y1], kept.number[y0:y1], kept.normals[y0:y1]
            self._moving_rows.fill(OFFSETS, now.close, now.index, True, y0, y1)
            self._shade(now, packed, soup, view, True, y0, y1)

        return work

    def _shade(self, into: Buffers, packed: Packed, soup: Soup, view: F64, only_changed: bool, y0: int, y1: int) -> None:
        shade(
            into.close, into.index, OFFSETS, soup.still, view, soup.records, soup.materials, soup.ids, packed.materials, packed.lights, packed.spot,
            packed.air, only_changed, into.parts, into.weight, into.depth, into.number, into.normals, into.changed,
            into.extra_count, into.extra_at, into.extra_weight, into.extra_depth, into.extra_parts,
            np.empty((2, 4), np.int64), np.empty((4, 4)), np.empty(ROWS * LANES), y0, y1,
        )  # fmt: skip

    def _see(self, of: Buffers, packed: Packed, view: F64, reuse: bool, y0: int, y1: int) -> None:
        maps = self._maps
        visibility(
            of.depth, of.normals, of.changed, view, maps.suns, *maps.near.drawn, *maps.far.drawn, maps.spot_view, *maps.spot.drawn, packed.softness,
            np.array((maps.near.surveyed, maps.far.surveyed, maps.spot.surveyed)), maps.near.touched, maps.far.touched, maps.spot.touched,
            maps.use, of.parts, self._kept.raw, self._kept.parts, reuse, self.setting.sparse, self._shadow_disc, self._turns, of.raw, y0, y1,
        )  # fmt: skip

    def _sum(self, packed: Packed, view: F64, steady: bool) -> None:
        """Shadows, occlusion, and the sum of light, of what `_now` holds."""
        now, kept, step = self._now, self._kept, self.setting.occlusion_step

        def look(y0: int, y1: int) -> None:
            self._see(now, packed, view, steady, y0, y1)
            obscure(now.depth, now.normals, view, step, self._ao_disc, self._turns, self._ao_raw, -(-y0 // step), -(-y1 // step))

        def gather(y0: int, y1: int) -> None:
            smooth(now.raw, now.depth, now.normals, now.changed, kept.raw, kept.visible, steady, np.empty(2 * self.width), now.visible, y0, y1)
            even(self._ao_raw, now.depth, step, self._ao, -(-y0 // step), -(-y1 // step))

        def add(y0: int, y1: int) -> None:
            compose(
                now.changed, steady, now.depth, now.visible, self._ao, step, now.parts, now.weight,
                now.extra_count, now.extra_at, now.extra_weight, now.extra_depth, now.extra_parts,
                kept.parts, kept.weight, kept.extra_count, kept.extra_at, kept.extra_weight, kept.extra_depth, kept.extra_parts,
                self._light, np.empty(self.width), np.empty(self.width), np.empty((SCRATCH, self.width), np.float32), y0, y1,
            )  # fmt: skip

        for task in (look, gather, add):
            self._bands(self.height, task)

    def _weather(self, scene: Scene, packed: Packed, view: F64, index: int, seed: int) -> None:
        if scene.air.weather not in FALLING:
            return
        cover, area = self._maps.cover()
        kind, count = FALLING[scene.air.weather]
        fall(self._light, self._now.depth, view, kind, count, seed % 100_003, scene.time, scene.air.wind, packed.drops, cover, area)

    def _bands(self, height: int, task: Callable[[int, int], None]) -> None:
        """Do task(y0, y1) for all rows, on the threads there are."""
        self._share(self._cut(height, task))

    @staticmethod
    def _cut(height: int, task: Callable[[int, int], None]) -> list[Callable[[], None]]:
        return [partial(task, y, min(height, y + BAND)) for y in range(0, height, BAND)]

    def _share(self, tasks: Sequence[Callable[[], None]]) -> None:
        """Do all tasks, in any order, on the threads there are. This one helps: to hand over every task would cost more than a small one takes."""
        left = iter(tasks)  # of a list: taking from it is one step, which no other thread can come into

        def work() -> None:
            for task in left:
                task()

        helpers = min(self.threads, len(tasks)) - 1
        if helpers and (self._pool is None or self._pool_pid != os.getpid()):
            self._pool, self._pool_pid = ThreadPoolExecutor(self.threads, "previs"), os.getpid()
        others = [self._pool.submit(work) for _ in range(helpers)] if self._pool else []
        try:
            work()
        finally:  # nobody may still write into a picture that is given up
            wait(others)
        for other in others:
            other.result()


def sample() -> tuple[Scene, Camera]:
    """A small scene that every kernel has a part in: sun, spot, still and moving shadows, rain, depth of field."""
    quad = np.array(((-2, 0, -2), (2, 0, -2), (2, 0, 2), (-2, 0, 2)), np.float32)
    mesh = Mesh(quad, np.tile(np.array((0, -1, 0), np.float32), (4, 1)), np.array(((0, 1, 2), (0, 2, 3)), np.int32), np.zeros(2, np.int32), 1)
    lights = [Light("sun", (0, -1, 1), (1, 1, 1), shadow=True), Light("spot", (0, -2, 2), (1, 1, 1), aim=(0, 1, -1), shadow=True)]
    drifting = replace(mesh, positions=quad + np.array((0, 0, 0.5), np.float32))
    scene = Scene([Material("plain", (0.5, 0.5, 0.5))], [mesh], [drifting], lights, Air(weather="rain"))
    return scene, Camera((0, -3, 0), (0, 0, 0), 0.8, focus=3.0, aperture=4.0)


def warm() -> None:
    """Compile every kernel, or load it if it has been compiled before: once, when Firstcut is installed."""
    scene, camera = sample()
    renderer = Renderer(32, 32, "film", 1)
    for index in range(2):
        renderer.render(scene, camera, index, 0)
