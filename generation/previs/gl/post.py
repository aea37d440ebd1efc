"""The effects after the light is summed, on the device, in the order of `generation.previs.post_chain`."""

from __future__ import annotations

from typing import Any

from generation.previs.gl.programs import Programs
from generation.previs.gl.targets import Passes, Target
from generation.previs.post import CURVE, tone_curve
from generation.previs.post_chain import LINES, TIGHT, TIGHT_SHARE, WIDE, WIDE_SHARE, bell
from generation.previs.scene import F32, Grade


class DevicePost:
    """Depth of field, bloom and finish for pictures of one size; `light` holds the sum of light and is read from its unit."""

    def __init__(self, context: Any, programs: Programs, passes: Passes, width: int, height: int) -> None:
        self._context, self._programs, self._passes = context, programs, passes
        half, quarter = (width // 2, height // 2), (max(2, width // 4), max(2, height // 4))
        self._small, self._soft = Target(context, "small", half, 4), Target(context, "soft", half, 4)
        self._tiles = Target(context, "tiles", (-(-half[0] // 8), -(-half[1] // 8)), 1)
        self._focused = Target(context, "light", (width, height), 4)
        self._bright, self._across = Target(context, "source", quarter, 4), Target(context, "source", quarter, 4)
        self._glow = Target(context, "glow", quarter, 4)
        self._curve = Target(context, "curve", (CURVE + 1, 1), 1)
        self.picture = Target(context, "source", (width, height), 4, "f1")
        self._bells = [(_weights(context, bell(size * height / LINES)), share) for size, share in ((TIGHT, TIGHT_SHARE), (WIDE, WIDE_SHARE))]
        self._grade: Grade | None = None

    def finish(self, grade: Grade, defocused: bool) -> None:
        """Draw `picture`."""
        self._context.enable_only(self._context.NOTHING)
        if defocused:
            self._passes.run("halve", self._small.framebuffer)
            self._small.bind()
            self._passes.run("widest", self._tiles.framebuffer)
            self._tiles.bind()
            self._passes.run("spread", self._soft.framebuffer)
            self._soft.bind()
            self._passes.run("defocus", self._focused.framebuffer)
            self._focused.bind()
        self._bloom(grade)
        if self._grade != grade:
            self._grade = grade
            self._curve.texture.write(tone_curve(grade).tobytes())
        self._glow.bind()
        self._curve.bind()
        self._passes.run("finish", self.picture.framebuffer)

    def _bloom(self, grade: Grade) -> None:
        """A tight and a wide glow together, quarter size."""
        self._glow.framebuffer.use()
        self._glow.framebuffer.clear()
        if grade.bloom <= 0.0:
            return
        self._passes.run("bright", self._bright.framebuffer)
        for weights, share in self._bells:
            self._bright.bind()
            self._blur(weights, (1, 0), 1.0, self._across)
            self._across.bind()
            self._context.enable_only(self._context.BLEND)
            self._context.blend_func = self._context.ONE, self._context.ONE
            self._blur(weights, (0, 1), share, self._glow)
            self._context.enable_only(self._context.NOTHING)

    def _blur(self, weights: Target, along: tuple[int, int], share: float, into: Target) -> None:
        weights.bind()
        program = self._programs.bell
        program["along"].value, program["reach"].value, program["share"].value = along, weights.size[0] // 2, share
        self._passes.run("bell", into.framebuffer)


def _weights(context: Any, numbers: F32) -> Target:
    made = Target(context, "weights", (len(numbers), 1), 1)
    made.texture.write(numbers.tobytes())
    return made
