"""The shadow maps of a scene: two of the sun (around the subject, and around everything), one of the key spot, one from straight above.

Still things are drawn once and kept; moving things are added over a copy each frame. The sun's near map follows the camera in whole
steps of a fixed grid, so that edges of shadows do not crawl and a frame does not depend on the frames before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

import numpy as np

from generation.previs.geometry import Soup
from generation.previs.packing import Packed, frame_of, unit
from generation.previs.raster import CENTRE, F64
from generation.previs.rows import Rows
from generation.previs.scene import F32, I32
from generation.previs.shadow import BLOCK, EMPTY, REACH, SPREAD, U8, WIDE, extend, mark, survey

Share = Callable[[Sequence[Callable[[], None]]], None]  # does all of some tasks
BAND = 64  # texels along the side that a task draws
NEAR_SPAN = 24.0  # metres the sun's near map covers where the set is larger than that
FAR_SPAN = 150.0
AHEAD = 6.0  # metres in front of the eye where the near map is centred
COVER_CELLS, COVER_SPAN = 256, 80.0


class Map:
    """One shadow map: closeness of what is nearest to the light, (size, size); `EMPTY` where there is nothing."""

    def __init__(self, size: int, parallel: bool, share: Share) -> None:
        self.size, self.parallel, self._share = size, parallel, share
        self._still: F32 = np.full((1, size, size), EMPTY, np.float32)
        self._now: F32 = self._still.copy()
        self._view: F64 | None = None
        self._box: tuple[int, int, int, int] | None = None
        self._rows = Rows(BAND)
        self._none: I32 = np.zeros((1, 1, 1), np.int32)
        blocks = size // BLOCK
        self._spread = WIDE  # blocks each way that the survey goes
        self._survey: F32 = np.full((4, blocks, blocks), EMPTY, np.float32)  # top, bottom, and both extended
        self.touched: U8 = np.zeros((blocks, blocks), np.uint8)  # 1 where moving things may change what a point there sees

    @property
    def drawn(self) -> tuple[F32, F32, F32]:
        """(closeness, largest and smallest closeness within reach of every block)."""
        return self._now[0], self._survey[2], self._survey[3]

    def _resurvey(self, x0: int, y0: int, x1: int, y1: int) -> tuple[int, int, int, int]:
        """Bring the survey up to date where texels have changed; returns the blocks (first and last row, first and last column)."""
        blocks = self.size // BLOCK
        j0, j1, i0, i1 = y0 // BLOCK, min(blocks, -(-y1 // BLOCK)), x0 // BLOCK, min(blocks, -(-x1 // BLOCK))
        top, bottom, wide_top, wide_bottom = self._survey
        survey(self._now[0], top, bottom, j0, j1, i0, i1)
        k = self._spread
        extend(top, bottom, k, wide_top, wide_bottom, j0 - k, j1 + k, i0 - k, i1 + k)
        return j0, j1, i0, i1

    @property
    def surveyed(self) -> float:
        """Texels around a point that the survey of its block covers."""
        return float(self._spread * BLOCK)

    def forget(self) -> None:
        self._view = None

    def _project(self, soup: Soup, first: int, last: int) -> None:
        assert self._view is not None
        self._rows.project(soup, soup.casts, first, last, self._view, self.parallel, self.size, self.size)

    def _fill(self, into: F32) -> list[Callable[[], None]]:
        return [partial(self._rows.fill, CENTRE, into, self._none, False, y, min(self.size, y + BAND)) for y in range(0, self.size, BAND)]

    def still(self, soup: Soup, view: F64, reach: float = REACH) -> None:
        """Draw still things as `view` sees them, unless they are drawn already; moving things are taken away.

        `reach` is how many texels away most taps lie at most. The less it is, the more often the survey alone decides.
        """
        spread = min(WIDE, math.ceil(reach / BLOCK))
        if self._view is None or spread != self._spread or not np.array_equal(view, self._view):
            self._view, self._spread = view, spread
            self._still.fill(EMPTY)
            self._project(soup, 0, soup.still)
            self._share(self._fill(self._still))
            np.copyto(self._now, self._still)
            self._box = None
            self._resurvey(0, 0, self.size, self.size)
        self.clear()

    def clear(self) -> None:
        """Take moving things away."""
        if self._box:
            x0, y0, x1, y1 = self._box
            self._now[0, y0:y1, x0:x1] = self._still[0, y0:y1, x0:x1]
            self._resurvey(*self._box)
            self._box = None

    def project_moving(self, soup: Soup) -> None:
        """The first of three steps that add moving things."""
        self._project(soup, soup.still, soup.count)

    def fill_moving(self) -> list[Callable[[], None]]:
        """The second, as tasks that may be done at once."""
        return self._fill(self._now)

    def survey_moving(self) -> None:
        """The third."""
        self.touched.fill(0)
        box = self._rows.box(self.size, self.size)
        if box is None:
            return
        x0, y0, x1, y1 = max(0, int(box[0]) - 1), max(0, int(box[1]) - 1), min(self.size, int(box[2]) + 2), min(self.size, int(box[3]) + 2)
        self._box = (x0, y0, max(x0, x1), max(y0, y1))
        blocks = self._resurvey(*self._box)
        spread = (self._spread if self.parallel else WIDE) + 1  # one more for the push along the normal
        mark(self._now[0], self._still[0], spread, self.touched, *blocks)

    def moving(self, soup: Soup) -> None:
        """Add moving things."""
        self.project_moving(soup)
        self._share(self.fill_moving())
        self.survey_moving()


class LightMap(Protocol):
    """What `ShadowMaps` asks of a map, wherever it is kept."""

    size: int

    def forget(self) -> None: ...
    def still(self, soup: Soup, view: F64, reach: float) -> None: ...
    def clear(self) -> None: ...
    def moving(self, soup: Soup) -> None: ...


class Sizes(Protocol):
    """Texels along the sides of the maps, and texels a metre at most."""

    @property
    def near_map(self) -> int: ...
    @property
    def far_map(self) -> int: ...
    @property
    def spot_map(self) -> int: ...
    @property
    def density(self) -> float: ...


M = TypeVar("M", bound=LightMap)


class ShadowMaps(Generic[M]):
    """All maps of one scene, of a kind `make`(size, parallel) gives; `suns`, `spot_view` and `use` are what `shadow.visibility` asks for."""

    def __init__(self, sizes: Sizes, share: Share, make: Callable[[int, bool], M]) -> None:
        self.near, self.far, self.spot = make(sizes.near_map, True), make(sizes.far_map, True), make(sizes.spot_map, False)
        self._density = sizes.density
        self._above = Map(COVER_CELLS, True, share)
        self.suns: F64 = np.zeros((2, 15))
        self.spot_view: F64 = np.zeros(15)
        self.use: F64 = np.zeros(3)
        self._bounds: tuple[F64, F64] | None = None  # of what is still and casts shadows
        self._soup: Soup | None = None
        self._eye: F64 = np.zeros(3)

    def forget(self) -> None:
        """The still things have changed."""
        for each in (self.near, self.far, self.spot):
            each.forget()
        self._above.forget()
        self._bounds = None

    def prepare(self, soup: Soup, packed: Packed, camera: F64) -> None:
        """Make all maps hold the still things, for these lights and this camera."""
        self._soup, self._eye = soup, camera[:3]
        if self._bounds is None:
            casting = soup.corners[: soup.still][soup.casts[: soup.still] > 0].reshape(-1, 3).astype(np.float64)
            self._bounds = (casting.min(0), casting.max(0)) if len(casting) else (np.zeros(3), np.ones(3))
        self.use[:] = 0.0
        if packed.sun is not None and packed.sun.shadow and max(packed.sun.colour) > 0.0:
            self._sun(soup, packed, camera)
        if packed.key is not None:
            self.use[2] = 1.0
            right, up, forward = frame_of(unit(packed.key.aim))
            half = self.spot.size * 0.5
            scale = half / math.tan(min(1.35, packed.key.cone * 1.04))
            self.spot_view = np.concatenate((np.asarray(packed.key.position, np.float64), right, up, forward, (scale, half, half)))
            self.spot.still(soup, self.spot_view, BLOCK)  # nearer to the lamp than half a metre or so taps lie further apart and search without it

    def _sun(self, soup: Soup, packed: Packed, camera: F64) -> None:
        assert packed.sun is not None and self._bounds is not None
        self.use[0] = 1.0
        right, up, forward = frame_of(-unit(packed.sun.position))
        low, high = self._bounds
        corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
        across, along = corners @ right, corners @ up
        span = max(float(np.ptp(across)), float(np.ptp(along))) + 1.5
        ahead = camera[:3] + camera[9:12] * AHEAD
        if span <= NEAR_SPAN:
            centre = (float(across.min() + across.max()) / 2, float(along.min() + along.max()) / 2)
            self.suns[0] = self._place(right, up, forward, centre, max(span, self.near.size / self._density), self.near.size)
        else:
            self.use[1] = 1.0
            self.suns[0] = self._place(right, up, forward, self._snap(ahead, right, up, NEAR_SPAN / 8), NEAR_SPAN, self.near.size)
            wide = min(span * 1.1, FAR_SPAN)
            self.suns[1] = self._place(right, up, forward, self._snap(ahead, right, up, wide / 8), wide, self.far.size)
            self.far.still(soup, self.suns[1], self._reach(packed, 1))
        self.near.still(soup, self.suns[0], self._reach(packed, 0))

    def _reach(self, packed: Packed, number: int) -> float:
        """Texels: what `shadow.lit` makes of the sun's softness, and two for what lies between texels."""
        return min(float(REACH), max(2.5, float(packed.softness[0] * self.suns[number, 12]) * SPREAD * 0.7) + 2.0)

    @staticmethod
    def _snap(point: F64, right: F64, up: F64, step: float) -> tuple[float, float]:
        return round(float(point @ right) / step) * step, round(float(point @ up) / step) * step

    @staticmethod
    def _place(right: F64, up: F64, forward: F64, centre: tuple[float, float], span: float, size: int) -> F64:
        eye = right * centre[0] + up * centre[1]
        return np.concatenate((eye, right, up, forward, (size / span, size * 0.5, size * 0.5)))

    def still_only(self) -> None:
        for each in (self.near, self.far, self.spot):
            each.clear()

    def used(self) -> list[M]:
        """Those of the lights that are there."""
        return [each for number, each in enumerate((self.near, self.far, self.spot)) if self.use[number] > 0.0]

    def add_moving(self, soup: Soup) -> None:
        for each in self.used():
            each.moving(soup)

    def cover(self) -> tuple[F32, F64]:
        """Height of what stands highest over each cell around the eye, and (x0, y0, metres a cell)."""
        assert self._soup is not None
        step = COVER_SPAN / 4
        cx, cy = round(float(self._eye[0]) / step) * step, round(float(self._eye[1]) / step) * step
        scale = COVER_CELLS / COVER_SPAN
        # Looking down with +y upwards on the map would turn rows over; up is −y, so that row and y grow together.
        view = np.array([cx, cy, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, -1.0, scale, COVER_CELLS * 0.5, COVER_CELLS * 0.5])
        self._above.still(self._soup, view)
        return self._above.drawn[0], np.array((cx - COVER_SPAN / 2, cy - COVER_SPAN / 2, 1.0 / scale))
