"""One shadow map on the device. Still things are drawn once and kept; moving things are added over a copy, where they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from generation.previs.geometry import Soup
from generation.previs.gl.programs import UNITS, Programs
from generation.previs.gl.triangles import Triangles, extent
from generation.previs.raster import F64, NEAR
from generation.previs.shadow import BLOCK, WIDE

GL_DEPTH_CLAMP = 0x864F
MARGIN = 1.0  # metres before and behind the still things that are told apart; what moves further out is pressed flat, and shades all the same

Box = tuple[int, int, int, int]


class DeviceMap:
    """Implements `shadow_maps.LightMap`. `depth` and `survey` are textures (see shaders/maps.glsl), `decode` brings depth to closeness."""

    def __init__(self, context: Any, programs: Programs, triangles: Triangles, size: int, parallel: bool) -> None:
        self.size, self.parallel = size, parallel
        self._context, self._programs, self._triangles = context, programs, triangles
        self.view: F64 | None = None
        self.decode = (0.0, 0.0)
        self._range = (0.0, 1.0)
        self._box: Box | None = None  # where moving things were drawn
        self._all: Box = (0, 0, size, size)
        self._still, self.depth = _depth(context, size), _depth(context, size)
        blocks = size // BLOCK
        self._blocks, self.survey = _pairs(context, blocks), _pairs(context, blocks)
        self._into_still = context.framebuffer(depth_attachment=self._still)
        self._into = context.framebuffer(depth_attachment=self.depth)
        self._into_blocks, self._into_survey = context.framebuffer([self._blocks]), context.framebuffer([self.survey])
        self._screens = {name: context.vertex_array(getattr(programs, name), []) for name in ("restore", "survey", "extend")}

    def forget(self) -> None:
        self.view = None

    def still(self, soup: Soup, view: F64, reach: float) -> None:
        """Draw still things as `view` sees them, unless they are drawn already. The survey goes as far as any tap, whatever the `reach`."""
        if self.view is not None and np.array_equal(view, self.view):
            return
        self.view = view.copy()
        self._measure(soup)
        self._into_still.use()  # clearing keeps to the part of the target last used
        self._into_still.clear(depth=1.0)
        self._draw(self._into_still, list(self._triangles.still(soup.casts)))
        self._copy(self._all)
        self._resurvey(self._all)
        self._box = None

    def clear(self) -> None:
        """Take moving things away."""
        if self._box is not None:
            self._copy(self._box)
            self._resurvey(self._box)
            self._box = None

    def moving(self, soup: Soup) -> None:
        """Add moving things, after those of the last frame are taken away."""
        before, self._box = self._box, self._place(soup)
        if before is not None:
            self._copy(before)
        if self._box is not None:
            self._draw(self._into, list(self._triangles.moving(soup.casts)))
        changed = [box for box in (before, self._box) if box is not None]
        if changed:
            self._resurvey((min(b[0] for b in changed), min(b[1] for b in changed), max(b[2] for b in changed), max(b[3] for b in changed)))

    def _measure(self, soup: Soup) -> None:
        """The range of distances that depth is spread over."""
        assert self.view is not None
        if not self.parallel:
            self.decode = (-1.0 / NEAR, 1.0 / NEAR)
            return
        casting = soup.corners[: soup.still][soup.casts[: soup.still] > 0].reshape(-1, 3)
        along = (casting - self.view[:3]) @ self.view[9:12] if len(casting) else np.zeros(1)
        first, last = float(along.min()) - MARGIN, float(along.max()) + MARGIN
        self._range = (first, last - first)
        self.decode = (first - last, -first)

    def _place(self, soup: Soup) -> Box | None:
        moving = slice(soup.still, soup.count)
        casting = soup.corners[moving][soup.casts[moving] > 0].reshape(-1, 3)
        if not len(casting):
            return None
        assert self.view is not None
        around = extent(casting, self.view, self.parallel)
        if around is None:
            return self._all
        x0, y0, x1, y1 = around
        box = (max(0, int(x0) - 2), max(0, int(y0) - 2), int(min(self.size, x1 + 3)), int(min(self.size, y1 + 3)))
        return box if box[0] < box[2] and box[1] < box[3] else None

    def _draw(self, into: Any, runs: list[tuple[int, int]]) -> None:
        assert self.view is not None
        into.use()
        program = self._programs.caster
        program["view"].write(np.append(self.view, 1.0 if self.parallel else 0.0).astype(np.float32).tobytes())
        program["target"].value = (float(self.size), float(self.size))
        program["range"].value = self._range
        if self.parallel:
            self._context.enable_direct(GL_DEPTH_CLAMP)
        self._context.enable_only(self._context.DEPTH_TEST)
        triangles = self._context.vertex_array(program, [(self._triangles.corners, "3f", "corner")])
        for first, count in runs:
            triangles.render(vertices=count * 3, first=first * 3)
        self._context.disable_direct(GL_DEPTH_CLAMP)

    def _copy(self, box: Box) -> None:
        """What is kept of the still things, back into a part of the map."""
        self._into.use()
        self._into.scissor = (box[0], box[1], box[2] - box[0], box[3] - box[1])
        self._context.enable_only(self._context.DEPTH_TEST)
        self._context.depth_func = "1"
        self._still.use(UNITS.index("still"))
        self._screens["restore"].render(vertices=3)
        self._context.depth_func = "<"
        self._into.scissor = None

    def _resurvey(self, box: Box) -> None:
        blocks = self.size // BLOCK
        x0, y0, x1, y1 = box[0] // BLOCK, box[1] // BLOCK, min(blocks, -(-box[2] // BLOCK)), min(blocks, -(-box[3] // BLOCK))
        self._context.enable_only(self._context.NOTHING)
        self.depth.use(UNITS.index("map"))
        self._programs.survey["decode"].value = self.decode
        self._into_blocks.use()
        self._into_blocks.scissor = (x0, y0, x1 - x0, y1 - y0)
        self._screens["survey"].render(vertices=3)
        x0, y0, x1, y1 = max(0, x0 - WIDE), max(0, y0 - WIDE), min(blocks, x1 + WIDE), min(blocks, y1 + WIDE)
        self._blocks.use(UNITS.index("map"))
        self._into_survey.use()
        self._into_survey.scissor = (x0, y0, x1 - x0, y1 - y0)
        self._screens["extend"].render(vertices=3)


def _depth(context: Any, size: int) -> Any:
    made = context.depth_texture((size, size))
    made.compare_func = ""  # to be read as numbers, not compared
    made.filter = (context.NEAREST, context.NEAREST)
    return made


def _pairs(context: Any, size: int) -> Any:
    made = context.texture((size, size), 2, dtype="f4")
    made.filter = (context.NEAREST, context.NEAREST)
    return made
