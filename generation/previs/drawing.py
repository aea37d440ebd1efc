"""Which renderer draws: numba, which is always there and says what the picture is, or the same picture through OpenGL on EGL.

`FIRSTCUT_PREVIS_GL` is "auto" (the default), "off" or "on". The choice depends on the machine alone, never on how fast something just was, so
that the same request gives the same bytes.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import Protocol

from generation.contract import BadRequest
from generation.previs.render import Quality, Renderer
from generation.previs.scene import Camera, Frame, Scene

SETTING = "FIRSTCUT_PREVIS_GL"
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
    from generation.previs.gl.context import NoDevice, device

    try:
        found = device()
        if wanted == "on" or found.hardware:
            from generation.previs.gl.renderer import GLRenderer  # which needs moderngl; a device has shown that it is there

            return GLRenderer(width, height, quality)
        # Measured (tests/bench/previs.py): OpenGL on the processor is slower than numba on the same cores.
        reason = f"OpenGL here is {found.name}, which runs on the processor."
    except NoDevice as error:
        if wanted == "on":
            raise BadRequest(f"{SETTING} is “on”, but pictures cannot be drawn through OpenGL here: {error} Set it to auto or off.") from error
        reason = str(error)
    _note(f"Pictures are drawn by numba: {reason}")
    return Renderer(width, height, quality)


@cache
def _note(words: str) -> None:
    """Say once a process which renderer it is and why."""
    _log.info(words)
