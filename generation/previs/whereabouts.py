"""Where a camera may stand: out of furniture and people, above the ground, on its side of the line, in the room or behind a wild wall."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.previs.scene import Vec
from generation.previs.stage import Box, Place, Stage, Subject

Point = NDArray[np.float64]
OUTSIDE_ROOM, OUTSIDE_LAND = 3.0, 30.0  # metres a camera may stand beyond the bounds: behind the wild front wall, and in the open
IN_WALL = 0.3  # metres behind the inner face of the front wall where a camera would stand in the bricks
OFF_WALL, OFF_GROUND, OFF_BOX = 0.15, 0.14, 0.10
OFF_LINE = 0.15  # metres kept from the line of action


def point(v: Vec | Sequence[float]) -> Point:
    return np.asarray(v, np.float64)


def vec(p: Point) -> Vec:
    return float(p[0]), float(p[1]), float(p[2])


def contains(box: Box, p: Point, grow: float = 0.0) -> bool:
    return all(box.low[k] - grow <= p[k] <= box.high[k] + grow for k in range(3))


def crosses(box: Box, a: Point, b: Point) -> bool:
    """Whether the way from a to b passes through a box (slabs)."""
    start, end = 0.0, 1.0
    for k in range(3):
        d = float(b[k] - a[k])
        if abs(d) < 1e-9:
            if not box.low[k] <= a[k] <= box.high[k]:
                return False
            continue
        t0, t1 = sorted(((box.low[k] - float(a[k])) / d, (box.high[k] - float(a[k])) / d))
        start, end = max(start, t0), min(end, t1)
        if start > end:
            return False
    return True


def _small(box: Box) -> bool:
    return all(0.02 < box.high[k] - box.low[k] < 0.8 for k in range(3)) and box.high[2] - box.low[2] > 0.15


def passes(subject: Subject, a: Point, b: Point, wide: float = 0.27) -> bool:
    """Whether the way from a to b passes through a standing or sitting body."""
    p = point(subject.position)
    d = b[:2] - a[:2]
    length = float(d @ d)
    t = 0.0 if length < 1e-9 else min(1.0, max(0.0, float((p[:2] - a[:2]) @ d) / length))
    near = a + (b - a) * t
    gap = math.hypot(float(near[0] - p[0]), float(near[1] - p[1]))
    return gap < wide and p[2] - 0.05 < near[2] < subject.eyes[2] + 0.22


@dataclass(frozen=True)
class Grounds:
    """The limits a stage sets to its cameras."""

    place: Place
    low: Point
    high: Point
    line: Point
    side: Point

    @classmethod
    def of(cls, stage: Stage) -> Grounds:
        place = stage.place
        low, high = point(place.bounds.low), point(place.bounds.high)
        slack = np.full((2, 3), -OFF_WALL if place.interior else OUTSIDE_LAND)
        if place.interior:
            for mesh in place.scene.still:
                if mesh.wild is not None and mesh.wild[1][1] > 0.9:
                    slack[0, 1] = OUTSIDE_ROOM  # a floor runs on there; behind the other walls the world would show its edge
        return cls(place, low - slack[0], high + slack[1], point(stage.axis[0]), point(stage.side))

    def floor(self, p: Point) -> float:
        return float(self.place.ground(float(p[0]), float(p[1]))) + OFF_GROUND

    def reach(self, target: Point, eye: Point) -> float:
        """The share (0…1] of the way from target to eye that stays inside the limits."""
        share = 1.0
        for k in range(3):
            d = float(eye[k] - target[k])
            if d > 1e-9 and eye[k] > self.high[k]:
                share = min(share, max(0.0, float(self.high[k] - target[k]) / d))
            elif d < -1e-9 and eye[k] < self.low[k] and k < 2:
                share = min(share, max(0.0, float(self.low[k] - target[k]) / d))
        return max(0.05, share)

    def in_wall(self, eye: Point) -> bool:
        front = self.place.bounds.low[1]
        return self.place.interior and front - IN_WALL < eye[1] < front + 0.5 * OFF_WALL

    def out_of_wall(self, target: Point, eye: Point) -> float:
        """The share of the way from target to an eye in the front wall that ends before the wall."""
        deep = float(target[1]) - self.place.bounds.low[1]
        return max(0.05, (deep - 0.7 * OFF_WALL) / max(0.1, float(target[1] - eye[1])))

    def hugs(self, eye: Point) -> float:
        """0…1: how close an eye is to a side wall, which would fill half the picture at a grazing angle."""
        low, high = self.place.bounds.low, self.place.bounds.high
        return max(0.0, 1.0 - min(float(eye[0]) - low[0], high[0] - float(eye[0])) / 0.8) if self.place.interior else 0.0

    def before_wall(self, eye: Point) -> bool:
        """Whether an eye looks into a room from behind its vanished front wall."""
        return self.place.interior and float(eye[1]) < self.place.bounds.low[1]

    def edges_seen(self, eye: Point, target: Point, half_width: float) -> int:
        """How many sides of the picture (0–2) would show the end of a wall, for an eye behind the front wall. `half_width` in radians."""
        if not self.before_wall(eye):
            return 0
        low, high = self.place.bounds.low, self.place.bounds.high
        ahead = math.atan2(float(target[1] - eye[1]), float(target[0] - eye[0]))
        seen = 0
        for turn in (-half_width, half_width):
            rise = math.sin(ahead + turn)
            x = float(eye[0]) + (low[1] - float(eye[1])) * math.cos(ahead + turn) / max(1e-3, rise)
            seen += rise < 0.05 or not low[0] <= x <= high[0]
        return seen

    def off_line(self, eye: Point) -> float:
        """Metres from the line of action, positive on the cameras' side."""
        return float((eye - self.line)[:2] @ self.side[:2])

    def hidden(self, eye: Point, seen: Point, people: Iterable[Subject]) -> int:
        """How many things stand between an eye and a point. What holds the point itself (the chair one sits on) does not count."""
        boxes = sum(1 for box in self.place.obstacles if crosses(box, eye, seen) and not contains(box, seen, 0.12))
        return boxes + sum(1 for one in people if passes(one, eye, seen))

    def cluttered(self, eye: Point, seen: Point) -> bool:
        """Whether something small, a candle or a vase on the table, stands before a point."""
        return any(crosses(part.box, eye, seen) and not contains(part.box, seen, 0.12) for part in self.place.parts if _small(part.box))

    def trespass(self, eye: Point, people: Iterable[Subject], room: float = 0.5) -> float:
        """0 where a camera may stand; grows with how far it is in the wrong."""
        wrong = sum(1.0 for box in self.place.obstacles if contains(box, eye, OFF_BOX))
        for one in people:
            gap = math.hypot(float(eye[0]) - one.position[0], float(eye[1]) - one.position[1])
            if gap < room and eye[2] < one.eyes[2] + 0.35:
                wrong += 1.0 - gap / room + 0.3
        return wrong

    def safe(self, eye: Point, line: bool = True, people: Iterable[Subject] = ()) -> Point:
        """The nearest place to `eye` where a camera may stand."""
        p = eye.copy()
        for _ in range(3):
            for one in people:
                d = p[:2] - point(one.position)[:2]
                gap = float(np.linalg.norm(d))
                if gap < 0.36 and p[2] < one.eyes[2] + 0.3:
                    p[:2] = point(one.position)[:2] + (d / gap if gap > 1e-6 else self.side[:2]) * 0.36
            for box in self.place.obstacles:
                if contains(box, p, OFF_BOX):
                    ways = [(float(p[k] - box.low[k]), k, float(box.low[k]) - OFF_BOX - 1e-3) for k in range(2)]
                    ways += [(float(box.high[k] - p[k]), k, float(box.high[k]) + OFF_BOX + 1e-3) for k in range(3)]
                    _, axis, value = min(ways)
                    p[axis] = value
            if line and self.off_line(p) < OFF_LINE:
                p[:2] += self.side[:2] * (OFF_LINE - self.off_line(p))
            p = np.minimum(np.maximum(p, np.minimum(self.low, self.high)), self.high)
            if self.in_wall(p):
                front = self.place.bounds.low[1]
                p[1] = front + 0.6 * OFF_WALL if p[1] > front - 0.5 * IN_WALL else front - IN_WALL - 0.02
            p[2] = max(float(p[2]), self.floor(p))
        return p
