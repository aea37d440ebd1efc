"""One shot of previs from its parameters: the set, the actors, what happens, the camera, frame by frame."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from generation.contract import BadRequest, Beat, Format, Pixels, ShotParams
from generation.previs.camera import CameraPath, plan_path
from generation.previs.drawing import Drawing
from generation.previs.figures.casting import figure_from
from generation.previs.scene import Camera, Frame, Scene
from generation.previs.sets import build_place
from generation.previs.staging.stage import ShotStage, stage_scene

FADE_SECONDS = 1.0
_FADE_IN = re.compile(r"\bfade(?:s)?[ -](?:in|up)\b|\bfade from black\b|\bout of (?:the )?(?:black|darkness)\b", re.IGNORECASE)
_FADE_OUT = re.compile(r"\bfade(?:s)?[ -](?:out|to black)\b|\bcut to black\b", re.IGNORECASE)
_LIGHTNING = re.compile(r"\blightning\b(?! (?:rod|bug))", re.IGNORECASE)
STROKES = ((0.42, 1.3), (0.48, 0.8))  # of lightning: where in the shot, just before its thunder is heard, and how much light it adds
STROKE_SECONDS = 0.07  # in which its light falls to a third


class Shot:
    """Everything of a shot but its pixels is decided when this is made; frames may then be drawn in any order.

    `frames` is the length of the shot; a still is a frame of it. Raises `BadRequest` for a design that cannot be read.
    """

    def __init__(self, params: ShotParams, picture: Format, frames: int, seed: int) -> None:
        self.params, self.picture, self.length, self._seed = params, picture, frames, seed
        try:
            self.place = build_place(params.set_design, params.scene)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise BadRequest(
                f"The design of the set “{params.scene.place or params.scene.heading}” cannot be read ({error}). Build it again."
            ) from error
        self.figures = {name: figure_from(name, design) for name, design in params.figures.items()}
        missing = [n for n in params.scene.cast if n not in self.figures]
        self.stage: ShotStage = stage_scene(self.place, params.scene, self.figures, params.beat, frames, picture.rate, params.lines, seed)
        self.path: CameraPath = plan_path(params.camera, self.stage, frames, picture.rate, picture.width / picture.height, seed)
        self.notes = tuple(dict.fromkeys((*self.place.notes, *self.stage.notes, *(f"{n} has no design and is not in the picture." for n in missing))))
        self._still = self.stage.still(self.place.scene.still)
        beat = params.scene.beats[min(params.beat, len(params.scene.beats) - 1)] if params.scene.beats else Beat()
        length = max(1, min(round(FADE_SECONDS * picture.rate.fps), frames // 2))
        self._lightning = bool(_LIGHTNING.search(beat.action))
        self._fade_in = length if _FADE_IN.search(beat.action) else 0
        self._fade_out = length if _FADE_OUT.search(beat.action) else 0

    def scene(self, index: int) -> Scene:
        seconds = self.picture.rate.seconds(index)
        return replace(self.place.scene, still=self._still, moving=self.stage.moving(seconds), time=seconds)

    def camera(self, index: int) -> Camera:
        return self.path.at(index)

    def frame(self, renderer: Drawing, index: int) -> Frame:
        """Frame `index` of the shot, faded or lit by lightning if its action says so."""
        drawn = renderer.render(self.scene(index), self.camera(index), index, self._seed)
        light = self.brightness(index)
        if light != 1.0:
            drawn = replace(drawn, rgb=np.rint(np.minimum(drawn.rgb * np.float32(light), 255.0)).astype(np.uint8))
        return drawn

    def brightness(self, index: int) -> float:
        """1; less within a fade, more while lightning strikes."""
        light = 1.0
        if self._lightning:
            light += sum(self._stroke(index, at, strength) for at, strength in STROKES)
        if self._fade_in:
            light *= min(1.0, index / self._fade_in)
        if self._fade_out:
            light *= min(1.0, (self.length - 1 - index) / self._fade_out)
        return max(0.0, light)

    def _stroke(self, index: int, at: float, strength: float) -> float:
        after = self.picture.rate.seconds(index - round(at * (self.length - 1)))
        return strength * math.exp(-after / STROKE_SECONDS) if 0 <= after < 6 * STROKE_SECONDS else 0.0

    def data(self) -> dict[str, Any]:
        """What a person or another program may want to know about the shot, as plain JSON."""
        middle = self.picture.rate.seconds(self.length // 2)
        return {
            "kind": "previs", "says": "An animatic drawn by rule, not a neural render.", "frames": self.length,
            "in_frame": [s.name for s in self.stage.visible(middle)], "stand_ins": [p.name for p in self.place.parts if p.stand_in],
        }  # fmt: skip


def pixels(frames: Iterator[Frame]) -> Iterator[Pixels]:
    for frame in frames:
        yield frame.rgb
