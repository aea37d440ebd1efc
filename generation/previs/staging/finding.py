"""What the words of an action mean in this place: parts of the set, seats, doors, and things a hand can hold."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from generation.previs.props import PROPS, prop_for
from generation.previs.stage import Door, Mark, Part, Place
from generation.previs.staging.floor import XY


@dataclass(frozen=True)
class Finder:
    place: Place

    def part(self, phrase: str, near: XY = (0.0, 0.0)) -> Part | None:
        """The part of the set that the phrase names; of several, the longest word wins, then the nearest."""
        if not phrase.strip():
            return None
        padded = f" {' '.join(re.findall(r'[^ ,.;:—–()-]+', phrase.casefold()))} "
        best: tuple[int, float, Part] | None = None
        for part in self.place.parts:
            for word in (part.name, *part.words):
                w = word.casefold()
                if f" {w} " in padded or f" {w}s " in padded or (w.endswith("s") and f" {w[:-1]} " in padded):
                    key = (len(w), -math.hypot(part.centre[0] - near[0], part.centre[1] - near[1]), part)
                    if best is None or key[:2] > best[:2]:
                        best = key
        return best[2] if best else None

    def door(self, phrase: str = "", near: XY | None = None) -> Door | None:
        doors = self.place.doors
        if not doors:
            return None
        for door in doors:
            if door.name.casefold() in phrase:
                return door
        if near is None:
            return doors[0]
        return min(doors, key=lambda d: math.hypot(d.inside.position[0] - near[0], d.inside.position[1] - near[1]))

    def mark_of(self, part: Part, near: XY) -> Mark:
        """Where one stands to use a part."""
        if part.use is not None:
            return part.use
        x, y = part.centre[0], part.centre[1]
        half_x, half_y = (part.box.high[0] - part.box.low[0]) / 2, (part.box.high[1] - part.box.low[1]) / 2
        away = math.atan2(near[1] - y, near[0] - x) if math.hypot(near[0] - x, near[1] - y) > 0.05 else -math.pi / 2
        reach = min(half_x / max(abs(math.cos(away)), 1e-3), half_y / max(abs(math.sin(away)), 1e-3)) + 0.42
        return Mark(part.name, (x + reach * math.cos(away), y + reach * math.sin(away), part.box.low[2]), away + math.pi)

    def seat_is_middle(self, seat: Mark) -> bool:
        """Whether a seat's position is the seat itself (inside the furniture) and not the feet before it."""
        x, y, _ = seat.position
        boxes = [*self.place.obstacles, *(p.box for p in self.place.parts)]
        return any(
            b.low[0] <= x <= b.high[0]
            and b.low[1] <= y <= b.high[1]
            and b.low[2] < seat.seat + 0.05
            and b.high[2] > 0.15
            and b.high[0] - b.low[0] < 4
            for b in boxes
        )


def holdable(phrase: str) -> str:
    """The first thing in a phrase that a hand can hold, by its prop's name, or ""."""
    words = [w for w in re.findall(r"[^\W_]+", phrase.casefold()) if w not in ("a", "an", "the", "his", "her", "their")]
    for i in range(len(words)):
        for size in (3, 2):
            phrase = " ".join(words[i : i + size])
            name = prop_for(phrase)
            if name and PROPS[name].holdable and phrase in PROPS[name].words:
                return name
        name = prop_for(words[i])
        if name and name in PROPS and PROPS[name].holdable:
            return name
    return ""
