"""Pictures in and out of a model: reading references, first frames, clips, depth and masks; the sizes models want; cutting out what was asked for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from generation.contract import BadRequest, Format, Pixels

MAX_PIXELS = 50_000_000
NEAREST, FARTHEST = 0.3, 60.0  # metres between which depth is told apart


@dataclass(frozen=True)
class Plan:
    """What the model is asked for so that the format can be cut out of it: models want sizes and lengths of their own."""

    width: int
    height: int
    frames: int

    @classmethod
    def of(cls, picture: Format, *, multiple: int, step: int = 1, offset: int = 1) -> Plan:
        """The smallest size divisible by `multiple`, and the shortest length of the form `step` × n + `offset`, that hold the format."""
        frames = max(0, -(-(picture.frames - offset) // step)) * step + offset
        return cls(-(-picture.width // multiple) * multiple, -(-picture.height // multiple) * multiple, frames)

    def notes(self, picture: Format) -> tuple[str, ...]:
        said = []
        if (self.width, self.height) != (picture.width, picture.height):
            said.append(f"The model paints {self.width}×{self.height}; the middle {picture.width}×{picture.height} was kept.")
        if self.frames != picture.frames:
            said.append(f"The model makes {self.frames} frames at a time; the first {picture.frames} were kept.")
        return tuple(said)

    def made(self) -> dict[str, int]:
        return {"width": self.width, "height": self.height, "frames": self.frames}


def crop(frames: Any, picture: Format) -> Iterator[Pixels]:
    """The middle of each of the first `picture.frames` frames (float 0…1 or uint8, (h, w, 3)), as 8 bits."""
    for _, frame in zip(range(picture.frames), frames, strict=False):
        yield cut(frame, picture.width, picture.height)


def cut(frame: Any, width: int, height: int) -> Pixels:
    """The middle `width` × `height` of a frame, as 8 bits."""
    top, left = (frame.shape[0] - height) // 2, (frame.shape[1] - width) // 2
    part = frame[top : top + height, left : left + width]
    if part.dtype == np.uint8:
        return np.ascontiguousarray(part)
    return np.asarray(np.rint(part * 255).clip(0, 255), np.uint8)


def read(path: Path) -> Image.Image:
    """An RGB picture. Raises `BadRequest` for one that cannot be read or is too large."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadRequest(f"The picture has {image.width}×{image.height} pixels; at most {MAX_PIXELS // 1_000_000} million are read.")
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise BadRequest("A picture that was given cannot be read. Give a PNG, JPEG or WebP.") from error


def cover(image: Image.Image, width: int, height: int) -> Image.Image:
    """The picture scaled to fill width × height, its overhang cut off evenly."""
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)


def read_mask(path: Path, width: int, height: int) -> Image.Image:
    """A mask as grey, white where the model may paint."""
    return ImageOps.fit(read(path).convert("L"), (width, height), Image.Resampling.BILINEAR)


def read_clip(path: Path, frames: int | None = None) -> list[Image.Image]:
    """The first `frames` frames of a video, or of a zip of numbered pictures; all if None. Raises `BadRequest`."""
    return list(islice(clip_frames(path), frames))


def clip_frames(path: Path) -> Iterator[Image.Image]:
    """The frames of a video, or of a zip of numbered pictures, one at a time: for clips that are too long to be held. Raises `BadRequest`."""
    if zipfile.is_zipfile(path):
        yield from (Image.fromarray(grey).convert("RGB") for grey in _zip_arrays(path, None))
        return
    av = __import__("av")
    found = False
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            for frame in container.decode(video=0):
                if frame.width * frame.height > MAX_PIXELS:
                    raise BadRequest("The clip's pictures are too large to be read.")
                found = True
                yield frame.to_image()
    except (av.error.FFmpegError, IndexError) as error:
        raise BadRequest("A clip that was given cannot be read. Give an MP4 or MOV.") from error
    if not found:
        raise BadRequest("A clip that was given has no pictures in it.")


def _zip_arrays(path: Path, frames: int | None) -> Iterator[NDArray[np.uint8]]:
    for values in depth_frames(path, frames):
        yield depth_picture(values)


def write_frames(path: Path, frames: Iterable[Pixels]) -> None:
    """Add frames to a zip of lossless PNGs, for a stage that is kept."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        for count, frame in enumerate(frames, len(archive.namelist()) + 1):
            out = io.BytesIO()
            Image.fromarray(frame).save(out, "PNG", compress_level=1)
            archive.writestr(f"{count:06d}.png", out.getvalue())


def read_frames(path: Path) -> Iterator[Pixels]:
    """What `write_frames` wrote."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            with archive.open(name) as file, Image.open(file) as image:
                yield np.asarray(image.convert("RGB"))


def depth_frames(path: Path, frames: int | None = None) -> Iterator[NDArray[np.uint16]]:
    """previs' depth of each frame: millimetres, 16 bit, 0 where sky; from a zip of PNGs. Raises `BadRequest`."""
    try:
        with zipfile.ZipFile(path) as archive:
            for number, name in enumerate(sorted(archive.namelist())):
                if frames is not None and number >= frames:
                    return
                with archive.open(name) as file, Image.open(file) as image:
                    if image.width * image.height > MAX_PIXELS:
                        raise BadRequest("The depth pictures are too large to be read.")
                    yield np.asarray(image, np.uint16)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise BadRequest("The depth of the previs cannot be read. Make the previs take again.") from error


def depth_picture(millimetres: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Depth as control models were trained on it: white is near, black far, even steps in inverse distance (as MiDaS gives it); sky is black.
    The scale is fixed, so that it does not flicker with what comes and goes in the picture."""
    metres = np.where(millimetres == 0, np.inf, millimetres / 1000.0)
    inverse = (1 / np.clip(metres, NEAREST, None) - 1 / FARTHEST) / (1 / NEAREST - 1 / FARTHEST)
    # The square root spreads the middle distances, where people stand, over more of the greys.
    return np.asarray(np.rint(np.sqrt(np.clip(inverse, 0, 1)) * 255), np.uint8)


def depth_clip(path: Path, width: int, height: int, frames: int) -> list[Image.Image]:
    """`frames` grey RGB pictures of the previs depth, filling width × height; the last is held where the previs is shorter."""
    clip = [cover(Image.fromarray(depth_picture(values)).convert("RGB"), width, height) for values in depth_frames(path, frames)]
    if not clip:
        raise BadRequest("The depth of the previs is empty. Make the previs take again.")
    return clip + [clip[-1]] * (frames - len(clip))


def depth_still(path: Path, at: float) -> Image.Image:
    """The grey RGB picture of the previs depth at a moment of the shot: 0 is its first frame, 1 its last. Raises `BadRequest`."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(archive.namelist())
            if not names:
                raise BadRequest("The depth of the previs is empty. Make the previs take again.")
            with archive.open(names[round(at * (len(names) - 1))]) as file, Image.open(file) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise BadRequest("The depth pictures are too large to be read.")
                return Image.fromarray(depth_picture(np.asarray(image, np.uint16))).convert("RGB")
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise BadRequest("The depth of the previs cannot be read. Make the previs take again.") from error
