"""Where things are: what a set offers to figures and cameras, and what figures offer to cameras.

Sets build a `Place`, staging builds a `Stage` upon it, cameras read both. Units are metres, seconds and radians; a yaw of 0 faces
+x, π/2 faces +y (into the set).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from generation.previs.scene import Mesh, Scene, Vec


@dataclass(frozen=True)
class Box:
    low: Vec
    high: Vec


@dataclass(frozen=True)
class Mark:
    """A spot for a figure: where the feet are, which way it faces, how high the seat is (0: standing)."""

    name: str
    position: Vec
    facing: float
    seat: float = 0.0


@dataclass(frozen=True)
class Part:
    """Something in the set that has a name, can be looked at, walked to and used."""

    name: str  # canonical: "table", "kettle", "door"
    words: tuple[str, ...]  # every word that means it
    centre: Vec
    box: Box
    use: Mark | None = None  # where one stands to use it
    stand_in: bool = False  # an unknown word drawn as a plain block


@dataclass(frozen=True)
class Door:
    """A door, gate or hatch; `mesh(opened)` draws it, 0 closed … 1 open."""

    name: str
    inside: Mark
    outside: Mark
    mesh: Callable[[float], list[Mesh]]


@dataclass
class Place:
    """A set ready to shoot in. `scene.still` holds everything but doors and figures."""

    scene: Scene
    interior: bool
    bounds: Box  # figures stay inside; in rooms the inner walls
    obstacles: list[Box] = field(default_factory=list)  # furniture: figures walk round it, cameras stay out of it
    parts: list[Part] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)  # standing places, best first (seen from the front, −y)
    seats: list[Mark] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)
    ground: Callable[[float, float], float] = lambda x, y: 0.0  # height of the ground in metres
    notes: tuple[str, ...] = ()
    wide: float = 14.0 * 0.95  # out of doors: how many metres of it a wide shot of the place shows from side to side


@dataclass(frozen=True)
class Subject:
    """A figure or part as a camera sees it at one moment."""

    name: str
    position: Vec  # feet, or the centre of a part's foot
    height: float
    facing: float
    eyes: Vec  # what focus and framing aim at
    width: float = 0.5
    figure: bool = True


class Stage(Protocol):
    """A shot's action over time. `axis` is the line of action of the scene: cameras stay on the side of it that `side` names."""

    place: Place
    axis: tuple[Vec, Vec]
    side: Vec  # unit vector on the ground, perpendicular to the axis, pointing to the cameras' side

    def subject(self, name: str, seconds: float) -> Subject | None:
        """A figure of the cast or a part of the set by name or word; None if there is none."""
        ...

    def visible(self, seconds: float) -> list[Subject]:
        """The figures on stage."""
        ...
