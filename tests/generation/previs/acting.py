"""A small cast and a real kitchen for the tests of figures, staging and shots."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.contract import Beat, FigureParams, Rate, SceneFacts, SetParams, SpokenLine
from generation.previs.figures.casting import figure_from
from generation.previs.figures.design import design_figure
from generation.previs.figures.figure import Figure
from generation.previs.sets import build_place, design_set
from generation.previs.stage import Place
from generation.previs.staging.stage import ShotStage, stage_scene

TEXTS = {
    "MARA": "MARA QUILL, 70s, a woman in a yellow oilskin with long white hair.",
    "TOBIAS": "TOBIAS, 30, a harbour official, a man in blue.",
    "NELL": "NELL, 11, a girl in a red dress with a cap.",
}
ROOM = "A kitchen with a table, two chairs, a stove, a kettle, a cup, a shelf and a bed."
FPS = 24


@cache
def designs() -> dict[str, dict[str, Any]]:
    names = tuple(TEXTS)
    return {n: design_figure(FigureParams(name=n, texts=(TEXTS[n],), others=names, index=i), 1)[0] for i, n in enumerate(names)}


@cache
def kitchen() -> dict[str, Any]:
    return design_set(SetParams(name="KITCHEN", interior=True, texts=(ROOM,)), 1)[0]


def facts(*actions: str, cast: tuple[str, ...] = ("MARA", "TOBIAS"), speakers: tuple[str, ...] = ()) -> SceneFacts:
    return SceneFacts(place="KITCHEN", cast=cast, beats=tuple(Beat(action=a, characters=cast, speakers=speakers) for a in actions))


def staged(scene: SceneFacts, beat: int = 0, seconds: float = 6.0, lines: tuple[SpokenLine, ...] = (), seed: int = 1) -> ShotStage:
    figures = {n: figure(n) for n in scene.cast}
    place = room()
    place = replace(place, scene=replace(place.scene, materials=list(place.scene.materials)))
    return stage_scene(place, scene, figures, beat, round(seconds * FPS), Rate(), lines, seed)


@cache
def figure(name: str) -> Figure:
    return figure_from(name, designs()[name])


@cache
def room() -> Place:
    return build_place(kitchen(), facts("", cast=tuple(TEXTS)))


def positions(stage: ShotStage, name: str, seconds: float) -> NDArray[np.float32]:
    """Every vertex of a figure at a time; empty if it is not on stage."""
    return next((m.positions for m in stage.moving(seconds) if m.name == name), np.zeros((0, 3), np.float32))
