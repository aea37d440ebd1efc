"""What a layout is written with: walls and ground to put things against, each kept as plain data for the design.

The acting area is around the origin, seen from −y. In rooms the front wall is at y = −FRONT and walls are named as the camera sees
them: back (+y), left (−x), right (+x), front (−y).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from generation.previs.palette import Chance, mix, shade, shift
from generation.previs.props import PROPS

FRONT = 3.0
Item = dict[str, Any]
YAW = {"back": 0.0, "left": math.pi / 2, "right": -math.pi / 2, "front": math.pi}


@dataclass
class Plan:
    """Collects a design. `size` is width, depth, height of a room, or width and depth of the ground figures may walk on."""

    kind: str
    size: tuple[float, float, float]
    palette: dict[str, str]
    chance: Chance
    furniture: list[Item] = field(default_factory=list)
    openings: list[Item] = field(default_factory=list)
    patches: list[Item] = field(default_factory=list)
    bumps: list[Item] = field(default_factory=list)
    surfaces: dict[str, Any] = field(default_factory=dict)

    @property
    def back(self) -> float:
        return self.size[1] - FRONT

    @property
    def half(self) -> float:
        return self.size[0] / 2

    def at(
        self,
        model: str,
        x: float,
        y: float,
        yaw: float = 0.0,
        *,
        z: float = 0.0,
        colour: str = "",
        scale: float = 1.0,
        wall: str = "",
        name: str = "",
    ) -> Item:
        """Put a thing with its foot at x, y; its front towards −y turned by `yaw` (radians). `colour` may be a name of the palette."""
        item: Item = {
            "name": name or model,
            "model": model,
            "position": [round(x, 3), round(y, 3), round(z, 3)],
            "yaw": round(yaw, 4),
            "colour": self.palette.get(colour, colour),
            "scale": round(scale, 3),
            "seed": self.chance.whole(1000),
            "wall": wall,
            "stand_in": False,
        }
        self.furniture.append(item)
        return item

    def against(
        self, wall: str, model: str, along: float, *, gap: float = 0.02, z: float | None = None, colour: str = "", scale: float = 1.0, name: str = ""
    ) -> Item:
        """Stand or hang a thing against a wall, `along` metres from the wall's middle (x on back and front, y on the sides)."""
        known = PROPS[model]
        hung = known.where == "hung"
        off = 0.0 if hung else known.size[1] * scale / 2 + gap
        height = (known.hang if hung else 0.0) if z is None else z
        x, y = self.wall_point(wall, along, off)
        return self.at(model, x, y, YAW[wall], z=height, colour=colour, scale=scale, wall=wall, name=name)

    def wall_point(self, wall: str, along: float, off: float) -> tuple[float, float]:
        """The spot `off` metres before a wall."""
        if wall == "back":
            return along, self.back - off
        if wall == "front":
            return along, -FRONT + off
        return (-self.half + off if wall == "left" else self.half - off), along

    def on(
        self, model: str, support: str, dx: float = 0.0, dy: float = 0.0, yaw: float = 0.0, *, colour: str = "", which: int = -1, name: str = ""
    ) -> Item:
        """Put a thing on top of the last (or `which`) thing of the model `support`, offset in its own space."""
        below = [item for item in self.furniture if item["model"] == support][which]
        top = PROPS[support].surface
        if top is None:
            raise ValueError(f"Nothing stands on a {support}.")
        c, s, k = math.cos(below["yaw"]), math.sin(below["yaw"]), below["scale"]
        x, y, z = below["position"]
        item = self.at(
            model,
            x + (c * dx - s * dy) * k,
            y + (s * dx + c * dy) * k,
            below["yaw"] + yaw,
            z=z + top[0] * k,
            colour=colour,
            wall=below["wall"],
            name=name,
        )
        item["on"] = support
        return item

    def overhead(self, model: str, x: float, y: float, yaw: float = 0.0, colour: str = "") -> Item:
        return self.at(model, x, y, yaw, z=PROPS[model].hang, colour=colour)

    def ring(self, model: str, count: int, radius: float, centre: tuple[float, float], spread: tuple[float, float], **look: Any) -> None:
        """Things on an arc of a circle, angles in radians from +x, each nudged a little."""
        for k in range(count):
            angle = spread[0] + (spread[1] - spread[0]) * (k + 0.5) / count
            r = radius * self.chance.between(0.88, 1.14)
            scale = look.get("scale", 1.0) * self.chance.between(0.85, 1.2)
            self.at(model, centre[0] + r * math.cos(angle), centre[1] + r * math.sin(angle), self.chance.between(0, 6.28), **{**look, "scale": scale})

    def window(self, wall: str, along: float, width: float = 1.3, low: float = 0.9, high: float = 2.15, bars: str = "cross") -> None:
        self.openings.append(
            {"kind": "window", "name": "window", "wall": wall, "along": along, "width": width, "low": low, "high": high, "bars": bars}
        )

    def door(
        self, wall: str, along: float, *, width: float = 0.95, height: float = 2.08, name: str = "door", style: str = "panel", colour: str = "door"
    ) -> None:
        """`style`: panel, glass, bars (a cell) or arch."""
        paint = self.palette.get(colour, colour)
        self.openings.append(
            {"kind": "door", "name": name, "wall": wall, "along": along, "width": width, "low": 0.0, "high": height, "style": style, "colour": paint}
        )

    def patch(self, outline: list[tuple[float, float]], pattern: str, colour: str, z: float = 0.0, thickness: float = 0.01, name: str = "") -> None:
        """A flat piece of ground, its top at z + thickness."""
        points = [[round(x, 3), round(y, 3)] for x, y in outline]
        paint = self.palette.get(colour, colour)
        self.patches.append({"outline": points, "pattern": pattern, "colour": paint, "z": z, "thickness": thickness, "name": name})

    def strip(
        self, x0: float, y0: float, x1: float, y1: float, pattern: str, colour: str, z: float = 0.0, thickness: float = 0.01, name: str = ""
    ) -> None:
        self.patch([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], pattern, colour, z, thickness, name)

    def disc(
        self, x: float, y: float, rx: float, ry: float, pattern: str, colour: str, z: float = 0.0, thickness: float = 0.01, name: str = ""
    ) -> None:
        points = [(x + rx * math.cos(k * math.pi / 10), y + ry * math.sin(k * math.pi / 10)) for k in range(20)]
        self.patch(points, pattern, colour, z, thickness, name)

    def bump(self, x: float, y: float, rx: float, ry: float, height: float, flat: float = 0.0) -> None:
        """Raise (or sink) the ground smoothly within an ellipse; `flat` is the level share of its middle."""
        self.bumps.append({"at": [x, y], "radii": [rx, ry], "height": height, "flat": flat})

    def mirror(self) -> None:
        """The same place seen in a mirror: left becomes right."""
        swap = {"left": "right", "right": "left"}
        for item in self.furniture:
            item["position"][0] = round(-item["position"][0], 3)
            item["yaw"] = round(-item["yaw"], 4)
            item["wall"] = swap.get(item["wall"], item["wall"])
        for opening in self.openings:
            if opening["wall"] in ("back", "front"):
                opening["along"] = -opening["along"]
            opening["wall"] = swap.get(opening["wall"], opening["wall"])
        for patch in self.patches:
            patch["outline"] = [[round(-x, 3), y] for x, y in patch["outline"]]
        for bump in self.bumps:
            bump["at"] = [-bump["at"][0], bump["at"][1]]


@dataclass(frozen=True)
class Kind:
    """A kind of place: its words, how large it is, its palettes and who lays it out."""

    name: str
    words: tuple[str, ...]
    interior: bool
    size: tuple[float, float, float]
    looks: tuple[str, ...]
    lay: Callable[[Plan], None]
    outside: str = "country"
    mirrored: bool = True
    names: tuple[str, ...] = ()  # words that mean it only in the name of a place: a boat in the action is a thing there

    def palette(self, chance: Chance) -> dict[str, str]:
        """One of its looks, "wall floor trim accent second", nudged so that two places of a kind never match."""
        names = ("wall", "floor", "trim", "accent", "second")
        colours = dict(zip(names, ("#" + c for c in chance.of(self.looks).split()), strict=True))
        hue, light = chance.between(-0.025, 0.025), chance.between(0.93, 1.06)
        colours = {name: shift(colour, hue, chance.between(0.78, 0.98), light) for name, colour in colours.items()}
        colours["door"] = chance.of((colours["accent"], colours["second"], mix(colours["trim"], "#5b3a26", 0.75)))
        colours["dark"] = shade(colours["wall"], 0.55)
        return colours


KINDS: dict[str, Kind] = {}


def _listed(words: str) -> tuple[str, ...]:
    return tuple(w.strip() for w in words.split(",") if w.strip())


def kind(
    name: str,
    words: str,
    interior: bool,
    size: tuple[float, float, float],
    looks: tuple[str, ...],
    outside: str = "country",
    mirrored: bool = True,
    names: str = "",
) -> Callable[[Callable[[Plan], None]], Callable[[Plan], None]]:
    """Register a layout for a kind of place. `looks` are "wall floor trim accent second" as hex without #; outdoors wall is the
    buildings' colour and floor the ground's."""

    def register(lay: Callable[[Plan], None]) -> Callable[[Plan], None]:
        KINDS[name] = Kind(name, (name, *_listed(words)), interior, size, looks, lay, outside, mirrored, _listed(names))
        return lay

    return register
