"""How a prop is described and drawn: parts in its own space, front towards −y, standing on z = 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from generation.previs import shapes
from generation.previs.palette import Chance, linear, paint, shade
from generation.previs.scene import Light, Material, Mesh, Vec
from generation.previs.shapes import Point2

Where = Literal["floor", "wall", "table", "hung", "ceiling", "rug", "ground", "far"]


@dataclass
class Model:
    """Collects the parts of one object. `at` is the middle of a part's foot, sizes are full sizes."""

    colour: str
    chance: Chance
    lit: bool = True
    parts: list[tuple[Mesh, Material]] = field(default_factory=list)

    @property
    def main(self) -> Material:
        return paint(self.colour)

    def tone(self, factor: float) -> Material:
        """The main colour, darker below 1, lighter above."""
        return paint(shade(self.colour, factor))

    def add(self, mesh: Mesh, material: Material, at: Sequence[float] = (0, 0, 0), yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> None:
        moved = shapes.transform(mesh, shapes.turn(yaw, pitch, roll), at) if yaw or pitch or roll or any(at) else mesh
        self.parts.append((moved, material))

    def box(
        self,
        size: Sequence[float],
        at: Sequence[float],
        material: Material,
        bevel: float = 0.015,
        yaw: float = 0.0,
        pitch: float = 0.0,
        roll: float = 0.0,
    ) -> None:
        self.add(shapes.rounded_box(size, 0, bevel, (0, 0, size[2] / 2)), material, at, yaw, pitch, roll)

    def cyl(
        self, radius: float, height: float, at: Sequence[float], material: Material, top: float | None = None, rim: float = 0.012, segments: int = 12
    ) -> None:
        self.add(shapes.cylinder(radius, height, 0, top, rim, segments), material, at)

    def ball(
        self,
        radii: float | Sequence[float],
        centre: Sequence[float],
        material: Material,
        segments: int = 10,
        rings: int = 6,
        low: float = -90,
        yaw: float = 0.0,
    ) -> None:
        size = (radii, radii, radii) if isinstance(radii, (int, float)) else radii
        self.add(shapes.ellipsoid(size, 0, segments=segments, rings=rings, low=low), material, centre, yaw)

    def rod(
        self, start: Sequence[float], end: Sequence[float], radius: float, material: Material, end_radius: float | None = None, segments: int = 6
    ) -> None:
        """A rod with round ends."""
        self.add(shapes.capsule(start, end, radius, 0, segments, end_radius), material)

    def tube(
        self, start: Sequence[float], end: Sequence[float], radius: float, material: Material, end_radius: float | None = None, segments: int = 6
    ) -> None:
        """A rod without ends: legs and poles that stand in something."""
        p, q = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
        tip = radius if end_radius is None else end_radius
        mesh = shapes.lathe([(radius, 0.0), (tip, float(np.linalg.norm(q - p)))], 0, segments)
        self.add(shapes.transform(mesh, shapes.along(q - p), p.tolist()), material)

    def lathe(self, profile: Sequence[Point2], at: Sequence[float], material: Material, segments: int = 12) -> None:
        self.add(shapes.lathe(profile, 0, segments), material, at)

    def ring(
        self, radius: float, tube: float, centre: Sequence[float], material: Material, pitch: float = 0.0, roll: float = 0.0, segments: int = 14
    ) -> None:
        """A torus; lying flat unless pitched or rolled."""
        self.add(shapes.torus(radius, tube, 0, segments, 6), material, centre, 0.0, pitch, roll)

    def plate(self, outline: Sequence[Point2], depth: float, at: Sequence[float], material: Material, yaw: float = 0.0) -> None:
        """An upright outline in (x, z), `depth` thick about y = 0."""
        self.add(shapes.upright(shapes.prism(outline, depth, 0)), material, at, yaw)

    def slab(self, outline: Sequence[Point2], height: float, at: Sequence[float], material: Material, yaw: float = 0.0) -> None:
        """A lying outline in (x, y), raised to `height`."""
        self.add(shapes.prism(outline, height, 0), material, at, yaw)

    def legs(self, x: float, y: float, height: float, radius: float, material: Material, splay: float = 0.02) -> None:
        """Four legs under a top whose corners are at ±x, ±y."""
        for sx in (-1, 1):
            for sy in (-1, 1):
                self.tube((sx * (x + splay), sy * (y + splay), 0), (sx * x, sy * y, height), radius * 0.8, material, radius)


@dataclass(frozen=True)
class Glow:
    """The light a prop gives when it is lit, in its own space."""

    at: Vec
    colour: str = "#ffc27a"
    power: float = 1.4
    radius: float = 3.5
    always: bool = False  # fires, candles and screens burn by day too

    def light(self, position: Vec, power: float = 1.0) -> Light:
        r, g, b = linear(self.colour)
        k = self.power * power
        return Light("point", position, (r * k, g * k, b * k), self.radius)


@dataclass(frozen=True)
class Prop:
    """One model. `size` is its footprint and height (x, y, z); `seats` are (x, y, height) facing −y; `surface` is (height, half width,
    half depth) of a top other things can stand on; `reach` is where one stands to use it, in front of it."""

    name: str
    draw: Callable[[Model], None]
    words: tuple[str, ...]
    size: Vec
    where: Where
    colour: str
    holdable: bool = False
    seats: tuple[Vec, ...] = ()
    surface: tuple[float, float, float] | None = None
    glow: Glow | None = None
    solid: bool = True  # figures walk round it
    hang: float = 1.5  # height of the middle of what hangs on a wall, or of the foot of what hangs from the ceiling


PROPS: dict[str, Prop] = {}


def prop(
    name: str,
    words: str,
    size: Vec,
    where: Where,
    colour: str,
    *,
    holdable: bool = False,
    seats: tuple[Vec, ...] = (),
    surface: tuple[float, float, float] | None = None,
    glow: Glow | None = None,
    solid: bool | None = None,
    hang: float = 1.5,
) -> Callable[[Callable[[Model], None]], Callable[[Model], None]]:
    """Register a model under its name and a comma-separated list of other words for it."""

    def register(draw: Callable[[Model], None]) -> Callable[[Model], None]:
        names = (name, *(w.strip() for w in words.split(",") if w.strip()))
        blocks = where in ("floor", "wall", "ground", "far") if solid is None else solid
        PROPS[name] = Prop(name, draw, names, size, where, colour, holdable, seats, surface, glow, blocks, hang)
        return draw

    return register
