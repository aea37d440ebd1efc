"""The ground figures walk on: what is free, ways round furniture, and free places to stand."""

from __future__ import annotations

import heapq
import math

import numpy as np
from numpy.typing import NDArray

from generation.previs.stage import Box, Place

BODY = 0.24  # metres from a figure's middle that must be free of furniture
XY = tuple[float, float]


class Floor:
    """A grid over the place's bounds. Ways found avoid obstacles and, where possible, the `others` given."""

    def __init__(self, place: Place) -> None:
        low, high = place.bounds.low, place.bounds.high
        self._low = (low[0] + BODY, low[1] + BODY)
        self._high = (max(high[0] - BODY, low[0] + BODY + 0.1), max(high[1] - BODY, low[1] + BODY + 0.1))
        width, depth = self._high[0] - self._low[0], self._high[1] - self._low[1]
        self.cell = max(0.15, math.sqrt(width * depth / 12_000))
        self._size = (int(width / self.cell) + 1, int(depth / self.cell) + 1)
        xs, ys = self._low[0] + np.arange(self._size[0]) * self.cell, self._low[1] + np.arange(self._size[1]) * self.cell
        self._x, self._y = np.meshgrid(xs, ys, indexing="ij")
        self._open: NDArray[np.bool_] = np.ones(self._size, dtype=bool)
        self._tight: NDArray[np.bool_] = np.ones(self._size, dtype=bool)  # where one can squeeze through
        for box in place.obstacles:
            if blocks(box, place.ground((box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2)):
                gx = np.maximum(np.maximum(box.low[0] - self._x, self._x - box.high[0]), 0)
                gy = np.maximum(np.maximum(box.low[1] - self._y, self._y - box.high[1]), 0)
                gap = np.hypot(gx, gy)
                self._open &= gap >= BODY - 0.02
                self._tight &= gap >= 0.06
        if not self._open.any():
            self._open[:] = True
            self._tight[:] = True

    def clamp(self, point: XY) -> XY:
        return min(max(point[0], self._low[0]), self._high[0]), min(max(point[1], self._low[1]), self._high[1])

    def _without(self, others: tuple[XY, ...], room: float) -> NDArray[np.bool_]:
        free = self._open.copy()
        for x, y in others:
            free &= np.hypot(self._x - x, self._y - y) >= room
        return free if free.any() else self._open

    def free_near(self, point: XY, others: tuple[XY, ...] = (), room: float = 0.72) -> XY:
        """The free spot nearest to a point, at least `room` from the others."""
        free = self._without(others, room)
        if self.is_free(point) and all(math.hypot(point[0] - x, point[1] - y) >= room for x, y in others):
            return point
        distance = np.where(free, np.hypot(self._x - point[0], self._y - point[1]), np.inf)
        i, j = np.unravel_index(int(np.argmin(distance)), distance.shape)
        return float(self._x[i, j]), float(self._y[i, j])

    def with_room(self, point: XY, gap: float) -> XY:
        """The nearest spot with nothing to bump into within `gap` metres to four sides; the point itself where there is none near."""

        def roomy(x: float, y: float) -> bool:
            return all(self.is_free((x + gap * dx, y + gap * dy)) for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)))

        rings = [(r, k * math.pi / 6) for r in (0.0, 0.3, 0.6, 0.9, 1.3) for k in range(12 if r else 1)]
        spots = ((point[0] + r * math.cos(a), point[1] - r * math.sin(a)) for r, a in rings)
        return next((spot for spot in spots if roomy(*spot)), point)

    def is_free(self, point: XY) -> bool:
        i, j = self._cell(point)
        inside = self._low[0] - 1e-6 <= point[0] <= self._high[0] + 1e-6 and self._low[1] - 1e-6 <= point[1] <= self._high[1] + 1e-6
        return inside and bool(self._open[i, j])

    def _cell(self, point: XY) -> tuple[int, int]:
        i, j = round((point[0] - self._low[0]) / self.cell), round((point[1] - self._low[1]) / self.cell)
        return min(max(i, 0), self._size[0] - 1), min(max(j, 0), self._size[1] - 1)

    def way(self, start: XY, goal: XY, others: tuple[XY, ...] = ()) -> list[XY]:
        """Points from start to goal, both included, round what stands in the way; straight if there is no way."""
        near_goal = tuple(
            o for o in others if math.hypot(o[0] - goal[0], o[1] - goal[1]) > 0.5 and math.hypot(o[0] - start[0], o[1] - start[1]) > 0.5
        )
        for free in (self._without(near_goal, 0.5), self._open, self._tight):
            if self._clear(start, goal, free):
                return [start, goal]
            cells = self._search(self._cell(self._snap(start, free)), self._cell(self._snap(goal, free)), free)
            if cells:
                return self._pull(start, goal, cells, free)
        return [start, goal]

    def _pull(self, start: XY, goal: XY, cells: list[tuple[int, int]], free: NDArray[np.bool_]) -> list[XY]:
        """The way through the cells drawn tight, without corners it does not need."""
        points = [(float(self._x[c]), float(self._y[c])) for c in cells]
        pulled = [start]
        i = 0
        while i < len(points) - 1:
            j = len(points) - 1
            while j > i + 1 and not self._clear(points[i], points[j], free):
                j -= 1
            pulled.append(points[j])
            i = j
        if math.hypot(pulled[-1][0] - goal[0], pulled[-1][1] - goal[1]) > 1e-6:
            pulled.append(goal)
        return pulled

    def _snap(self, point: XY, free: NDArray[np.bool_]) -> XY:
        if free[self._cell(point)]:
            return point
        distance = np.where(free, np.hypot(self._x - point[0], self._y - point[1]), np.inf)
        i, j = np.unravel_index(int(np.argmin(distance)), distance.shape)
        return float(self._x[i, j]), float(self._y[i, j])

    def _clear(self, a: XY, b: XY, free: NDArray[np.bool_]) -> bool:
        count = max(2, int(math.hypot(b[0] - a[0], b[1] - a[1]) / (self.cell * 0.5)) + 1)
        return all(free[self._cell((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t))] for t in np.linspace(0, 1, count))

    def _search(self, start: tuple[int, int], goal: tuple[int, int], free: NDArray[np.bool_]) -> list[tuple[int, int]]:
        """A* over eight neighbours."""
        best = {start: 0.0}
        came: dict[tuple[int, int], tuple[int, int]] = {}
        queue = [(math.hypot(goal[0] - start[0], goal[1] - start[1]), start)]
        while queue:
            _, here = heapq.heappop(queue)
            if here == goal:
                path = [here]
                while path[-1] in came:
                    path.append(came[path[-1]])
                return path[::-1]
            for di in (-1, 0, 1):
                for dj in (-1, 0, 1):
                    then = (here[0] + di, here[1] + dj)
                    if not (0 <= then[0] < self._size[0] and 0 <= then[1] < self._size[1]) or not free[then]:
                        continue
                    cost = best[here] + math.hypot(di, dj)
                    if cost < best.get(then, math.inf) - 1e-9:
                        best[then] = cost
                        came[then] = here
                        heapq.heappush(queue, (cost + math.hypot(goal[0] - then[0], goal[1] - then[1]), then))
        return []


def blocks(box: Box, ground: float) -> bool:
    """Whether one cannot walk through a box: it reaches below the head and above the ankle."""
    return box.low[2] < ground + 1.5 and box.high[2] > ground + 0.18
