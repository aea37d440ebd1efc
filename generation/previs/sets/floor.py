"""Where one can stand: free floor, and the part of it one can walk to."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generation.previs.scene import Vec
from generation.previs.stage import Box, Mark

CELL = 0.12
BODY = 0.27  # metres kept between a body's middle and what stands in the way


class Floor:
    """A grid over the bounds; `reach` are the cells one can walk to from `start`."""

    def __init__(self, bounds: Box, obstacles: Sequence[Box], start: tuple[float, float]) -> None:
        self.low = bounds.low
        columns = max(2, int((bounds.high[0] - bounds.low[0]) / CELL) + 1)
        rows = max(2, int((bounds.high[1] - bounds.low[1]) / CELL) + 1)
        x = bounds.low[0] + CELL * np.arange(columns)[None, :]
        y = bounds.low[1] + CELL * np.arange(rows)[:, None]
        free = (x > bounds.low[0] + BODY) & (x < bounds.high[0] - BODY) & (y > bounds.low[1] + BODY) & (y < bounds.high[1] - BODY)
        for box in obstacles:
            free &= (x < box.low[0] - BODY) | (x > box.high[0] + BODY) | (y < box.low[1] - BODY) | (y > box.high[1] + BODY)
        self.free: NDArray[np.bool_] = free
        self.x, self.y = np.broadcast_to(x, free.shape), np.broadcast_to(y, free.shape)
        self.reach = self._flood(start)

    def _flood(self, start: tuple[float, float]) -> NDArray[np.bool_]:
        seen = np.zeros_like(self.free)
        if not self.free.any():
            return seen
        distance = np.where(self.free, np.hypot(self.x - start[0], self.y - start[1]), np.inf)
        seen[np.unravel_index(int(np.argmin(distance)), seen.shape)] = True
        while True:
            grown = seen.copy()
            grown[1:] |= seen[:-1]
            grown[:-1] |= seen[1:]
            grown[:, 1:] |= seen[:, :-1]
            grown[:, :-1] |= seen[:, 1:]
            grown &= self.free
            if (grown == seen).all():
                return seen
            seen = grown

    def near(self, x: float, y: float, prefer: float | None = None, least: float = 0.0) -> tuple[float, float] | None:
        """The reachable spot nearest to x, y but not nearer than `least`; `prefer` is a direction (yaw) to favour."""
        if not self.reach.any():
            return None
        dx, dy = self.x - x, self.y - y
        distance = np.hypot(dx, dy)
        cost = distance.copy()
        if prefer is not None:
            cost = cost - 0.45 * (dx * math.cos(prefer) + dy * math.sin(prefer)) / np.maximum(distance, 0.05)
        cost = np.where(self.reach & (distance >= least), cost, np.inf)
        best = np.unravel_index(int(np.argmin(cost)), cost.shape)
        if not np.isfinite(cost[best]):
            return None
        return float(self.x[best]), float(self.y[best])

    def clear(self, x: float, y: float) -> bool:
        column, row = round((x - self.low[0]) / CELL), round((y - self.low[1]) / CELL)
        inside = 0 <= row < self.reach.shape[0] and 0 <= column < self.reach.shape[1]
        return inside and bool(self.reach[row, column])


# Standing places, best first: two to talk, then more at both sides, then depth. In pairs 1.2 m apart.
SPOTS = (
    (-0.6, -0.5),
    (0.6, -0.5),
    (-1.75, -0.15),
    (1.75, -0.15),
    (0.0, -1.5),
    (-1.3, -1.6),
    (1.3, -1.6),
    (0.0, 0.35),
    (-2.4, -1.1),
    (2.4, -1.1),
    (-1.2, 0.6),
    (1.2, 0.6),
    (-2.5, 0.5),
    (2.5, 0.5),
    (0.0, -2.4),
    (-3.2, -0.3),
    (3.2, -0.3),
    (-1.0, 2.0),
    (1.0, 2.0),
    (0.0, 3.4),
    (-2.2, 3.2),
    (2.2, 3.2),
)


def standing_marks(floor: Floor, height: float) -> list[Mark]:
    """Free spots at least 0.9 m apart, facing one another across the middle, at one height."""
    marks: list[Mark] = []
    for x, y in SPOTS:
        if not floor.clear(x, y) or any(math.hypot(x - m.position[0], y - m.position[1]) < 0.9 for m in marks):
            continue
        facing = math.atan2(-0.45 - y - 0.2, -x) if abs(x) > 0.3 else -math.pi / 2
        position: Vec = (x, y, height)
        marks.append(Mark(f"mark {len(marks) + 1}", position, facing))
    return marks
