"""Triangles on their way to the screen: projected, sorted into bands of rows, drawn band by band. Kept from frame to frame for their memory."""

from __future__ import annotations

import numpy as np

from generation.previs.geometry import Soup
from generation.previs.raster import COLUMNS, F64, fill, project, sort
from generation.previs.scene import F32, I32


class Rows:
    """Triangles of one view. `band` is how many rows of the picture are drawn at a time."""

    def __init__(self, band: int) -> None:
        self._band = band
        self._rows: F64 = np.zeros((0, COLUMNS))
        self._source: I32 = np.zeros(0, np.int32)
        self._count = 0
        self._starts: I32 = np.zeros(1, np.int32)
        self._order: I32 = np.zeros(0, np.int32)

    def project(self, soup: Soup, keep: I32, first: int, last: int, view: F64, parallel: bool, width: int, height: int) -> None:
        """Replace all triangles by first…last of the soup (those with `keep` non-zero) as `view` sees them."""
        need = 2 * (last - first) + 2
        if len(self._source) < need:
            self._rows, self._source = np.zeros((need + need // 4, COLUMNS)), np.zeros(need + need // 4, np.int32)
        scratch = np.empty((7, 3))
        self._count = project(soup.corners, keep, first, last, view, parallel, width, height, self._rows, self._source, scratch)
        bands = -(-height // self._band)
        if len(self._starts) != bands + 1:
            self._starts = np.zeros(bands + 1, np.int32)
        while (entries := sort(self._rows, self._count, self._band, height, self._starts, self._order)) > len(self._order):
            self._order = np.zeros(entries + entries // 4, np.int32)

    def fill(self, offsets: F64, close: F32, index: I32, indexed: bool, y0: int, y1: int) -> None:
        """Draw rows y0…y1, which are a band (see `raster.fill`)."""
        band = y0 // self._band
        first, last = int(self._starts[band]), int(self._starts[band + 1])
        fill(self._rows, self._source, self._order, first, last, offsets, close, index, indexed, y0, y1)

    def box(self, width: int, height: int) -> tuple[float, float, float, float] | None:
        """(x0, y0, x1, y1) around everything projected, or None if there is nothing."""
        rows = self._rows[: self._count]
        if not len(rows):
            return None
        x0, x1 = min(float(rows[:, k].min()) for k in (0, 2, 4)), max(float(rows[:, k].max()) for k in (0, 2, 4))
        return max(0.0, x0), max(0.0, float(rows[:, 1].min())), min(float(width), x1), min(float(height), float(rows[:, 5].max()))
