"""Asking an engine in a test: a request with its files, run in a folder of its own."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from generation.contract import Cancelled, Format, Input, Output, Progress, Rate, Request, Result, Stage
from generation.media.encode import MasterProfile, RenditionProfile
from generation.media.picture import PictureFiles
from generation.runner import run

RATE = Rate(num=24, den=1)
Files = Sequence[tuple[str, Path]]


def ask(
    engine: str, task: Any, *, frames: int = 1, size: tuple[int, int] = (64, 32), seed: int = 1, files: Files = (), sound: bool = False, **params: Any
) -> tuple[Request, dict[str, Path]]:
    """A request and where its files lie. `sound`: the format is a length alone."""
    inputs = [
        Input(name=f"{role}-{n}{path.suffix}", role=role, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), media_type="application/octet-stream")
        for n, (role, path) in enumerate(files)
    ]
    width, height = size
    picture = Format(rate=RATE, frames=frames) if sound else Format(width=width, height=height, rate=RATE, frames=frames)
    request = Request(engine=engine, task=task, seed=seed, format=picture, params=params, inputs=tuple(inputs))
    return request, {item.name: path for item, (_, path) in zip(inputs, files, strict=True)}


def made(folder: Path, engine: str, task: Any, **more: Any) -> dict[str, Output]:
    """What came of it, by name."""
    return outputs(result(folder, engine, task, **more))


def result(folder: Path, engine: str, task: Any, *, keeper: Any = None, **more: Any) -> Result:
    request, paths = ask(engine, task, **more)
    return run(request, folder, paths, keeper=keeper)


def outputs(done: Result) -> dict[str, Output]:
    return {output.name: output for output in done.outputs}


def hashes(done: Result) -> list[str]:
    return [output.sha256 for output in done.outputs]


def shape_of(clip: Output) -> tuple[int, int, int]:
    """(frames, height, width) of a stored clip."""
    with av.open(clip.path) as container:
        frames = list(container.decode(video=0))
    return len(frames), frames[0].height, frames[0].width


def watched(folder: Path, engine: str, task: Any, **more: Any) -> tuple[Result, list[Progress], list[bytes]]:
    """What came of it, everything it told on the way, and the previews."""
    told, shown = list[Progress](), list[bytes]()

    def tell(progress: Progress, image: bytes | None) -> None:
        told.append(progress)
        shown.extend([image] if image else [])

    request, paths = ask(engine, task, **more)
    return run(request, folder, paths, on_progress=tell), told, shown


def stops_within_a_step(folder: Path, engine: str, task: Any, at: int = 2, **more: Any) -> None:
    """Cancelled when step `at` was told, it goes no further and leaves nothing."""
    reached = 0

    def tell(progress: Progress, image: bytes | None) -> None:
        nonlocal reached
        reached = max(reached, progress.done)

    request, paths = ask(engine, task, **more)
    with pytest.raises(Cancelled):
        run(request, folder, paths, on_progress=tell, cancelled=lambda: reached >= at)
    assert reached == at and not folder.exists()


def is_moving(image: bytes) -> bool:
    """Whether a preview was made of several moments: a WebP. (Equal moments, which random weights often give, are stored as one.)"""
    return Image.open(io.BytesIO(image)).format == "WEBP"


def picture(path: Path, colour: tuple[int, int, int] = (200, 60, 30), size: tuple[int, int] = (64, 32)) -> Path:
    """Stripes of a colour and its opposite: what is flat leaves hardly a trace in random weights."""
    pixels = np.full((size[1], size[0], 3), colour, np.uint8)
    pixels[:, ::5] = 255 - pixels[:, ::5]
    pixels[::7] = 0
    Image.fromarray(pixels).save(path)
    return path


def mask(path: Path, size: tuple[int, int] = (64, 32)) -> Path:
    """White on its right half."""
    grey = np.zeros((size[1], size[0]), np.uint8)
    grey[:, size[0] // 2 :] = 255
    Image.fromarray(grey).save(path)
    return path


def clip(folder: Path, frames: int = 9, size: tuple[int, int] = (64, 32)) -> Path:
    """A clip whose grey grows from frame to frame."""
    folder.mkdir(parents=True, exist_ok=True)
    files = PictureFiles(folder, Format(width=size[0], height=size[1], rate=RATE, frames=frames), MasterProfile(), RenditionProfile())
    for number in range(frames):
        files.add(np.full((size[1], size[0], 3), 20 + 20 * number % 230, np.uint8))
    return next(Path(output.path) for output in files.finish() if output.name == "master")


def _wall(size: tuple[int, int], number: int) -> Any:
    """Posts before a wall, all coming nearer."""
    metres = np.full((size[1], size[0]), 9000 - 200 * number, np.uint16)
    metres[:, ::4] //= 8
    return metres


def depth(path: Path, frames: int = 9, size: tuple[int, int] = (64, 32)) -> Path:
    """A wall that comes nearer, as previs gives depth."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(frames):
            buffer = io.BytesIO()
            Image.fromarray(_wall(size, number)).save(buffer, "PNG")
            archive.writestr(f"depth.{number:06d}.png", buffer.getvalue())
    return path


class Shelf:
    """A keeper of stages that outlives a run, as the studio's does; copies the files, as the store does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept_names: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, stage: Stage) -> None:
        number = len(self.kept_names)
        files = {}
        for name, path in stage.files.items():
            kept = self.folder / f"{number}-{name}"
            kept.write_bytes(Path(path).read_bytes())
            files[name] = str(kept)
        (self.folder / "stage.json").write_text(json.dumps({"name": stage.name, "data": stage.data, "files": files}))
        self.kept_names.append(stage.name)

    def kept(self) -> Stage | None:
        place = self.folder / "stage.json"
        return Stage.model_validate(json.loads(place.read_text())) if place.exists() else None


Maker = Callable[[Path], Path]
