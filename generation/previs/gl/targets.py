"""Textures a picture is drawn into, and passes over the whole of one."""

from __future__ import annotations

from typing import Any

from generation.previs.gl.programs import UNITS, Programs


class Target:
    """A texture of one size with its framebuffer, at the unit of its name."""

    def __init__(self, context: Any, name: str, size: tuple[int, int], components: int, dtype: str = "f4") -> None:
        self.name, self.size = name, size
        self.texture = context.texture(size, components, dtype=dtype)
        self.texture.filter = (context.NEAREST, context.NEAREST)
        self.texture.repeat_x = self.texture.repeat_y = False
        self.framebuffer = context.framebuffer([self.texture])

    def bind(self, name: str = "") -> None:
        self.texture.use(UNITS.index(name or self.name))


class Passes:
    """Draws one triangle over a whole target with a program."""

    def __init__(self, context: Any, programs: Programs) -> None:
        self._context, self._programs = context, programs
        self._arrays: dict[str, Any] = {}

    def run(self, name: str, into: Any) -> None:
        """Run the program of that name for each pixel of a framebuffer."""
        if name not in self._arrays:
            self._arrays[name] = self._context.vertex_array(getattr(self._programs, name), [])
        into.use()
        self._arrays[name].render(vertices=3)
