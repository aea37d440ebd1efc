"""The triangles of a scene on the device: corners for drawing, records for shading. Still ones are sent once, moving ones every frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.previs.geometry import RECORD, Soup
from generation.previs.gl.programs import ROW, TEXELS
from generation.previs.scene import F32, I32


class Triangles:
    """Triangle t of the device is triangle t of the soup while t is still; moving ones begin at `first_moving`, a row of the texture's own."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._rows = 0
        self.records: Any = None
        self.corners: Any = None
        self.first_moving = 0
        self._moving = 0
        self._soup: Soup | None = None

    def load(self, soup: Soup, same: bool) -> bool:
        """Bring the device up to date; true if its buffers are new (whoever drew from the old ones must ask again)."""
        self._soup, self._moving = soup, soup.count - soup.still
        first_row = -(-soup.still // ROW)
        self.first_moving = first_row * ROW
        need = first_row + -(-self._moving // ROW) + 1
        renewed = need > self._rows
        if renewed:
            self._rows = need + need // 4 + 8
            self.records = self._context.texture((ROW * TEXELS, self._rows), 4, dtype="f4")
            self.records.filter = (self._context.NEAREST, self._context.NEAREST)
            self.corners = self._context.buffer(reserve=self._rows * ROW * 36)
        if renewed or not same:
            self._put(soup, 0, soup.still, 0)
        self._put(soup, soup.still, soup.count, first_row)
        return renewed

    def _put(self, soup: Soup, first: int, last: int, row: int) -> None:
        if last == first:
            return
        rows = -(-(last - first) // ROW)
        table = np.zeros((rows * ROW, TEXELS * 4), np.float32)
        table[: last - first, :RECORD] = soup.records[first:last]
        table[: last - first, RECORD] = soup.materials[first:last]
        table[: last - first, RECORD + 1] = soup.ids[first:last]
        self.records.write(table, viewport=(0, row, ROW * TEXELS, rows))
        self.corners.write(np.ascontiguousarray(soup.corners[first:last]), offset=row * ROW * 36)

    def still(self, wanted: I32) -> Iterator[tuple[int, int]]:
        """(first, count) of the device's triangles for runs of still ones that are `wanted` (non-zero)."""
        assert self._soup is not None
        yield from _runs(wanted[: self._soup.still] != 0, 0)

    def moving(self, wanted: I32) -> Iterator[tuple[int, int]]:
        assert self._soup is not None
        yield from _runs(wanted[self._soup.still : self._soup.count] != 0, self.first_moving)


def _runs(wanted: NDArray[np.bool_], offset: int) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False])).astype(np.int8)))
    for first, last in edges.reshape(-1, 2).tolist():
        yield offset + first, last - first


def extent(points: F32, view: NDArray[np.float64], parallel: bool) -> tuple[float, float, float, float] | None:
    """(x0, y0, x1, y1) in pixels of a view around points (n, 3); None where one is behind the light, so that anything may be touched."""
    d = points - view[:3].astype(np.float32)
    x, y, w = (d @ view[k : k + 3].astype(np.float32) for k in (3, 6, 9))
    if not parallel:
        if float(w.min()) < 0.05:
            return None
        x, y = x / w, y / w
    u, v = view[13] + x * view[12], view[14] - y * view[12]
    return float(u.min()), float(v.min()), float(u.max()), float(v.max())
