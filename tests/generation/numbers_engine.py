"""A small engine that paints readable frame numbers, and misbehaves when its params ask for it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np

from generation.catalog import Cost, EngineInfo, InputSpec, register
from generation.contract import Context, Format, Frozen, Pixels, Request
from tests.generation.numbered import paint


class NumbersParams(Frozen):
    take: int = 0
    sound: bool = False
    fault: Literal["", "one too few", "one too many", "wrong size", "memory", "disk", "code"] = ""


class Numbers:
    name = "numbers"
    version = "1"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = NumbersParams.model_validate(request.params)
        assert request.format is not None
        (context.workdir / "notes.txt").write_text("scratch")
        context.frames(self._frames(params, request.format))
        if params.sound:
            time = np.arange(request.format.rate.samples(request.format.frames)) / 48_000
            context.sound((0.25 * np.sin(2 * np.pi * 997 * time)[:, None] * np.ones((1, 2))).astype(np.float32))
        context.save("camera", b"[]", "application/json", {"frames": request.format.frames})
        return {"take": params.take}, ("painted by numbers",)

    def _frames(self, params: NumbersParams, picture: Format) -> Iterator[Pixels]:
        count = picture.frames + {"one too few": -1, "one too many": 1}.get(params.fault, 0)
        buffer = np.empty((picture.height, picture.width, 3), np.uint8)  # used again and again, as a renderer does
        for number in range(count):
            if number == picture.frames // 2:
                self._fail(params.fault)
            buffer[:] = paint(params.take, number, picture.width, picture.height)
            yield buffer[:-2] if params.fault == "wrong size" else buffer

    def _fail(self, fault: str) -> None:
        if fault == "memory":
            raise MemoryError
        if fault == "disk":
            raise OSError(errno.ENOSPC, "No space left on device")
        if fault == "code":
            raise ZeroDivisionError("a fault of the code")


def install() -> Callable[[], None]:
    return register(
        EngineInfo(
            name="numbers",
            title="Numbers",
            description="Paints frame numbers.",
            licence="Apache-2.0",
            kind="cpu",
            target="tests.generation.numbers_engine:Numbers",
            forms={"shot": NumbersParams, "still": NumbersParams},
            inputs={"shot": (InputSpec(role="reference", title="Reference", medium="picture"),)},
            costs={"shot": Cost(fps=100, seconds=0), "still": Cost(fps=100, seconds=0)},
        )
    )
