"""The embedded engine: sets, figures, shots, voices and music by rule, on a plain CPU, with no model to download.

The same request gives the same bytes on one machine and version (and, where the picture is drawn through OpenGL, one driver).
"""

from __future__ import annotations

import io
import json
import math
import os
import threading
import zipfile
from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PIL import Image
from pydantic import BaseModel, ValidationError

from generation.contract import (
    SAMPLE_RATE,
    BadRequest,
    Context,
    FigureParams,
    Format,
    MusicParams,
    Pixels,
    Request,
    SetParams,
    ShotParams,
    Transient,
    VoiceParams,
)
from generation.facts import Cost, EngineInfo

if TYPE_CHECKING:
    from generation.previs.scene import Frame

Answer = tuple[dict[str, Any], tuple[str, ...]]
Params = TypeVar("Params", bound=BaseModel)
MAX_EXTRA_BYTES = 1 << 30


INFO = EngineInfo(
    name="previs",
    title="Previs",
    description="Previs: an animatic of lit maquettes with voices and music, made on any computer. Not a neural render.",
    licence="Apache-2.0 (speech through eSpeak NG, GPL-3, as a program of its own)",
    kind="cpu",
    family="previs",
    target="generation.engines.previs:Previs",
    forms=MappingProxyType(
        {
            "set": SetParams,
            "figure": FigureParams,
            "still": ShotParams,
            "shot": ShotParams,
            "voice": VoiceParams,
            "music": MusicParams,
            "tone": MusicParams,
        }
    ),
    costs=MappingProxyType(
        {
            "set": Cost(fps=1, seconds=0.5),
            "figure": Cost(fps=1, seconds=0.5),
            "still": Cost(fps=4, seconds=0.5),
            "shot": Cost(fps=12, seconds=1.0),
            "voice": Cost(fps=1, seconds=0.5),
            "music": Cost(fps=8, seconds=0.5),  # for sound: seconds of sound a second
            "tone": Cost(fps=15, seconds=0.5),
        }
    ),
)


class Previs:
    """Implements `generation.contract.Engine`."""

    name = "previs"
    version = "2"

    def __init__(self) -> None:
        self._renderer: Any = None

    def run(self, request: Request, context: Context) -> Answer:
        match request.task:
            case "shot" | "still":
                return self._shot(request, context)
            case "set":
                return _set(request)
            case "figure":
                return _figure(request)
            case "voice":
                return _voice(request, context)
            case "music" | "tone":
                return _music(request, context)
        raise BadRequest(f"previs cannot do “{request.task}”.")

    def _shot(self, request: Request, context: Context) -> Answer:
        from generation.previs.shot import Shot

        params, picture = checked(ShotParams, request), with_format(request)
        still = request.task == "still"
        frames = (params.shot_frames or 1) if still else picture.frames
        if still and picture.frames != 1:
            raise BadRequest(f"A still is one frame; {picture.frames} were asked for.")
        if params.scene.beats and params.beat >= len(params.scene.beats):
            raise BadRequest(f"The scene has {len(params.scene.beats)} beats; beat {params.beat + 1} was asked for.")
        context.progress(0, picture.frames, stage="setting the stage")
        shot = Shot(params, picture, frames, request.seed)
        indices = [round(params.still_at * (frames - 1))] if still else list(range(frames))
        extras = Extras(params.extras, picture)
        context.frames(self._draw(shot, params, picture, indices, extras))
        extras.save(context)
        if "camera" in params.extras:
            data = json.dumps(shot.path.as_data(), separators=(",", ":")).encode()
            context.save("camera", data, "application/json", {"frames": len(indices)})
        return {**shot.data(), "renderer": self._renderer_for(picture, params.quality).name}, shot.notes

    def _draw(self, shot: Any, params: ShotParams, picture: Format, indices: list[int], extras: Extras) -> Iterator[Pixels]:
        renderer = self._renderer_for(picture, params.quality)
        for index in indices:
            try:
                frame = shot.frame(renderer, index)
            except Transient:
                self._renderer = None  # its device is gone; the next attempt finds another
                raise
            extras.add(frame)
            yield frame.rgb

    def _renderer_for(self, picture: Format, quality: str) -> Any:
        """A renderer keeps its buffers between jobs of one size; pictures do not depend on what was drawn before."""
        from generation.previs.drawing import renderer_for

        # Where pictures are drawn through OpenGL, a renderer is of use to the thread that made it and to no other.
        wanted = (picture.width, picture.height, quality, os.getpid(), threading.get_ident())
        if self._renderer is None or self._renderer[0] != wanted:
            self._renderer = None  # two pictures' worth of memory is never held at once
            self._renderer = (wanted, renderer_for(picture.width, picture.height, quality))  # type: ignore[arg-type]
        return self._renderer[1]


class Extras:
    """Depth (millimetres, 16 bit, 0 where sky) and object ids of each frame, as PNGs in a zip."""

    def __init__(self, wanted: tuple[str, ...], picture: Format) -> None:
        self._files = {name: io.BytesIO() for name in ("depth", "ids") if name in wanted}
        self._zips = {name: zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) for name, file in self._files.items()}
        self._count = 0
        if self._files and picture.width * picture.height * picture.frames * len(self._files) > MAX_EXTRA_BYTES * 4:
            raise BadRequest("Depth and ids of so many frames would not fit into memory. Ask for a shorter or smaller shot.")

    def add(self, frame: Frame) -> None:
        for name, archive in self._zips.items():
            out = io.BytesIO()
            picture = np.clip(np.rint(frame.depth * 1000), 0, 65_535).astype(np.uint16) if name == "depth" else frame.ids
            Image.fromarray(picture).save(out, "PNG", compress_level=3)
            # A fixed date: the same frames give the same bytes.
            archive.writestr(zipfile.ZipInfo(f"{name}.{self._count:06d}.png", (1980, 1, 1, 0, 0, 0)), out.getvalue())
        self._count += 1

    def save(self, context: Context) -> None:
        for name, archive in self._zips.items():
            archive.close()
            context.save(
                name,
                self._files[name].getvalue(),
                "application/zip",
                {"frames": self._count, "format": "png, 16 bit grey", "unit": "millimetres" if name == "depth" else "object id"},
            )


def checked(form: type[Params], request: Request) -> Params:
    """The request's params in their form. Raises `BadRequest` naming the first thing wrong."""
    try:
        return form.model_validate(request.params)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "params"
        raise BadRequest(f"previs cannot do this {request.task}: {where}: {first['msg']}.") from error


def with_format(request: Request) -> Format:
    if request.format is None:
        raise BadRequest(f"A {request.task} needs a format: size, rate and number of frames.")
    return request.format


def _set(request: Request) -> Answer:
    from generation.previs.sets import design_set

    return design_set(checked(SetParams, request), request.seed)


def _figure(request: Request) -> Answer:
    from generation.previs.figures.design import design_figure

    return design_figure(checked(FigureParams, request), request.seed)


def _voice(request: Request, context: Context) -> Answer:
    from generation.previs.voice import speak_within

    params = checked(VoiceParams, request)
    samples, words, hurry = speak_within(params)
    context.sound(samples)
    return {"kind": "previs", "seconds": len(samples) / SAMPLE_RATE, "words": [w.model_dump() for w in words], "hurry": hurry}, ()


def _music(request: Request, context: Context) -> Answer:
    params, picture = checked(MusicParams, request), with_format(request)
    length = picture.rate.samples(picture.frames)
    if request.task == "music":
        from generation.previs.music import compose

        samples = compose(params, length, request.seed)
    else:
        from generation.previs.tone import make_tone

        samples = make_tone(params, length, request.seed)
    context.sound(samples)
    return {
        "kind": "previs",
        "seconds": length / SAMPLE_RATE,
        "peak": round(float(np.abs(samples).max(initial=0.0)), 4),
        "samples": math.prod(samples.shape[:1]),
    }, ()
