"""A stage with two people and a table, for cameras to be tried on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from generation.previs.scene import Scene, Vec
from generation.previs.stage import Box, Part, Place, Subject
from tests.generation.previs import made_scenes


@dataclass
class Player:
    """Somebody who stands, sits or walks at a steady pace."""

    name: str
    start: Vec
    facing: float
    height: float = 1.7
    eyes: float = 1.58
    pace: tuple[float, float] = (0.0, 0.0)

    def at(self, seconds: float) -> Subject:
        x, y = self.start[0] + self.pace[0] * seconds, self.start[1] + self.pace[1] * seconds
        return Subject(
            self.name,
            (x, y, self.start[2]),
            self.height,
            self.facing,
            (x + 0.1 * math.cos(self.facing), y + 0.1 * math.sin(self.facing), self.start[2] + self.eyes),
        )


@dataclass
class MadeStage:
    place: Place
    players: list[Player] = field(default_factory=list)
    axis: tuple[Vec, Vec] = ((-1.0, 0.65, 0.0), (1.5, 0.65, 0.0))
    side: Vec = (0.0, -1.0, 0.0)

    def subject(self, name: str, seconds: float) -> Subject | None:
        for player in self.players:
            if player.name == name:
                return player.at(seconds)
        for part in self.place.parts:
            if name == part.name or name in part.words:
                low, high = part.box.low, part.box.high
                return Subject(
                    part.name, (part.centre[0], part.centre[1], low[2]), high[2] - low[2], -math.pi / 2, part.centre, high[0] - low[0], False
                )
        return None

    def visible(self, seconds: float) -> list[Subject]:
        return [player.at(seconds) for player in self.players]


def kitchen_stage(scene: Scene | None = None) -> MadeStage:
    """The kitchen of `made_scenes`: two sitting at a table, a stove, a lamp."""
    place = Place(
        scene or made_scenes.kitchen(),
        True,
        Box((-3.2, -3.2, 0.0), (3.2, 3.0, 2.7)),
        obstacles=[Box((-0.6, 0.15, 0.0), (1.1, 1.15, 0.77)), Box((-2.4, 2.4, 0.0), (-1.4, 3.0, 0.9)), Box((-0.1, 2.4, 0.0), (2.5, 3.0, 0.96))],
        parts=[
            Part("stove", ("oven",), (-1.9, 2.7, 0.45), Box((-2.4, 2.4, 0.0), (-1.4, 3.0, 0.9))),
            Part("cup", ("mug",), (0.15, 0.55, 0.83), Box((0.10, 0.50, 0.78), (0.20, 0.60, 0.88))),
        ],
    )
    return MadeStage(place, [Player("Ada", (-0.95, 0.65, 0.0), 0.05, 1.66, 1.30), Player("Tom", (1.45, 0.65, 0.0), math.pi - 0.05, 1.75, 1.34)])


def street_stage(scene: Scene | None = None) -> MadeStage:
    """The street: two standing, one of them walking past."""
    place = Place(scene or made_scenes.street(), False, Box((-8.0, -2.0, 0.0), (8.0, 5.0, 8.0)), obstacles=[Box((3.7, 0.5, 0.0), (6.7, 1.9, 1.3))])
    return MadeStage(
        place,
        [
            Player("Ada", (-0.5, 2.6, 0.0), 0.1, 1.68, 1.71),
            Player("Tom", (1.4, 2.75, 0.0), math.pi, 1.8, 1.8),
            Player("Walker", (-3.0, 1.0, 0.0), 0.0, pace=(1.1, 0.0)),
        ],
        axis=((-0.5, 2.6, 0.0), (1.4, 2.75, 0.0)),
    )
