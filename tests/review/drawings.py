"""Shapes to draw: every kind, small and large, pressed and not, with words of several scripts, some over the picture's rim."""

from __future__ import annotations

import math
import random
from typing import Any

from studio.review.shapes import INKS

WIDTHS = (0.003, 0.006, 0.012, 0.03)
WORDS = (
    "Too dark here",
    "Her hand crosses the frame twice: cut 12 frames earlier, on the look",
    "AVATAR To Wave Ypsilon fi fl",
    "Größer, näher – “so” wie Étienne es wollte",
    "Светлее на 10 %",
    "Πιο αργά",
    "1\n2\n\n4",
    "Donaudampfschifffahrtsgesellschaftskapitänsmütze",
    "match 1:12:04 → 1:13:00 (see ref_v03.mov)",
    "ok?",
)


def fifty_five(seed: int = 7) -> list[dict[str, Any]]:
    """Eleven of each kind, the same ones for the same seed."""
    random_ = random.Random(seed)
    shapes: list[dict[str, Any]] = []
    for number in range(11):
        for kind in ("pen", "arrow", "box", "ellipse", "text"):
            shapes.append(_one(kind, number, random_))
    return shapes


def _one(kind: str, number: int, random_: random.Random) -> dict[str, Any]:
    shape: dict[str, Any] = {"v": 1, "kind": kind, "colour": random_.choice(list(INKS))}
    place = (round(random_.uniform(-0.05, 0.95), 5), round(random_.uniform(-0.05, 0.95), 5))
    if kind == "text":
        return {
            **shape,
            "size": random_.choice((0.03, 0.045, 0.07)),
            "at": place,
            "room": random_.choice((0.2, 0.4)),
            "text": WORDS[number % len(WORDS)],
        }
    shape["width"] = random_.choice(WIDTHS)
    if kind != "pen":
        return {**shape, "from": place, "to": (round(random_.uniform(0, 1), 5), round(random_.uniform(0, 1), 5))}
    return {**shape, "points": _scribble(random_, place, (1, 2, 3, 12, 40, 90, 200, 400)[number % 8])}


def _scribble(random_: random.Random, place: tuple[float, float], count: int) -> list[tuple[float, float, float]]:
    """A wandering line; its pressure swells and fades, or stays at one half as a mouse's does."""
    x, y = place
    way, mouse, stride = random_.uniform(0, 2 * math.pi), random_.random() < 0.3, random_.uniform(0.003, 0.03)
    points = []
    for number in range(count):
        pressure = 0.5 if mouse else 0.5 + 0.5 * math.sin(number / 7)
        points.append((round(x, 5), round(y, 5), round(pressure, 5)))
        way += random_.gauss(0, 0.5)
        x, y = min(max(x + stride * math.cos(way) * 0.56, -0.1), 1.1), min(max(y + stride * math.sin(way), -0.1), 1.1)
    return points
