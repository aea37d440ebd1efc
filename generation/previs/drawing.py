"""Which renderer draws: numba, which is always there and says what the picture is, or the same picture through OpenGL on EGL.

`FIRSTCUT_PREVIS_GL` is "auto" (the default), "off" or "on". The choice depends on the machine alone, never on how fast something just was, so
that the same request gives the same bytes.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import Protocol

import numpy as np

from generation.contract import BadRequest
from generation.previs.render import Quality, Renderer, sample
from generation.previs.scene import Camera, Frame, Scene

SETTING = "FIRSTCUT_PREVIS_GL"
AGREED = 1.0  # mean difference of 255, or per cent of pixels with another id; llvmpipe and numba differ by 0.003
_log = logging.getLogger(__name__)


class Drawing(Protocol):
    """A renderer of one size and quality. `name` goes into the take's result: "numba", or "gl (the device)"."""

    @property
    def name(self) -> str: ...
    def render(self, scene: Scene, camera: Camera, index: int, seed: int) -> Frame: ...


def renderer_for(width: int, height: int, quality: Quality) -> Drawing:
    """A renderer for this machine. Raises `BadRequest` if OpenGL is demanded and not there, or the setting is not a word it knows."""
    wanted = os.environ.get(SETTING) or "auto"
    if wanted not in ("auto", "on", "off"):
        raise BadRequest(f"{SETTING} is “{wanted}”. It must be auto, on or off.")
    if wanted == "off":
        return Renderer(width, height, quality)
    from generation.previs.gl import context

    try:
        if context.device() if wanted == "on" else _worth_it():
            from generation.previs.gl.renderer import GLRenderer  # moderngl is loaded where it is used, and nowhere else

            return GLRenderer(width, height, quality)
    except context.NoDevice as error:
        if wanted == "on":
            raise BadRequest(f"{SETTING} is “on”, but pictures cannot be drawn through OpenGL here: {error} Set it to auto or off.") from error
        _note(f"Pictures are drawn by numba: {error}")
    return Renderer(width, height, quality)


def _worth_it() -> bool:
    """Whether OpenGL here is a graphics card: on the processor it was measured to be slower than numba (tests/bench/previs.py)."""
    from generation.previs.gl import context

    if not context.card():
        _note("Pictures are drawn by numba: there is no graphics card.")
        return False
    found = context.device()
    if not found.hardware:
        _note(f"Pictures are drawn by numba: OpenGL here is {found.name}, which runs on the processor.")
    return found.hardware and _agrees(found.name)


@cache
def _agrees(device: str) -> bool:
    """Whether this device draws what numba draws: drivers differ, and a wrong picture would be kept for ever. Once a process, about 0.1 s."""
    from generation.previs.gl.renderer import GLRenderer

    scene, camera = sample()
    both = [make(64, 36, "film").render(scene, camera, 0, 0) for make in (Renderer, GLRenderer)]
    differs = max(float(np.abs(both[0].rgb.astype(float) - both[1].rgb).mean()), float((both[0].ids != both[1].ids).mean()) * 100)
    if differs > AGREED:
        _note(f"Pictures are drawn by numba: {device} draws another picture (difference {differs:.2f}).")
    return differs <= AGREED


@cache
def _note(words: str) -> None:
    """Say once a process which renderer it is and why."""
    _log.info(words)
