"""What a finished movie file is, measured from its own bytes: nothing here knows how it was made."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from generation.contract import SAMPLE_RATE, Samples
from generation.media.loudness import Loudness, measure

PATCH = 8
"""Edge in pixels of the patches whose means tell movement from grain: a patch's mean moves by a fifth of a level from grain alone."""
STRIDE = 6
"""Frames between the two pictures compared for movement: a quarter of a second at 24."""


@dataclass(frozen=True)
class Picture:
    """`luma` is each frame's mean and `bright` its 99.9th percentile, 16 (black) to 235. `changed[n]` is the mean absolute difference of
    frame n to the one before (`changed[0]` is 0), `moved[n]` that of the patch that differs most from `STRIDE` frames before."""

    codec: str
    pixel_format: str
    size: tuple[int, int]
    rate: Fraction
    times: tuple[Fraction, ...]  # seconds
    luma: NDArray[np.float64]
    bright: NDArray[np.float64]
    changed: NDArray[np.float64]
    moved: NDArray[np.float64]

    @property
    def frames(self) -> int:
        return len(self.times)


@dataclass(frozen=True)
class Sound:
    """`end` is when the last sample has sounded, in seconds on the movie's clock."""

    codec: str
    rate: int
    channels: int
    end: Fraction
    loudness: Loudness


def read_picture(movie: Path) -> Picture:
    """Decodes the whole picture, holding a second of it. Raises what FFmpeg raises for a file that is broken anywhere."""
    times: list[Fraction] = []
    rows: list[tuple[float, float, float, float]] = []
    before: NDArray[np.int16] | None = None
    patches: list[NDArray[np.float64]] = []
    with av.open(str(movie)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            luma = _luma(frame)
            patches.append(_patches(luma))
            here = luma.astype(np.int16)
            changed = float(np.abs(here - before).mean()) if before is not None else 0.0
            moved = float(np.abs(patches[-1] - patches[-1 - STRIDE]).max()) if len(patches) > STRIDE else 0.0
            patches = patches[-1 - STRIDE :]
            rows.append((float(luma.mean()), float(np.percentile(luma, 99.9)), changed, moved))
            assert frame.pts is not None and frame.time_base is not None
            times.append(frame.pts * frame.time_base)
            before = here
        context = stream.codec_context
        rate = stream.average_rate or Fraction(0)
        luma_, bright, changes, moves = np.array(rows, dtype=np.float64).reshape(-1, 4).T
        size = (context.width, context.height)
        return Picture(context.name, context.pix_fmt or "", size, rate, tuple(times), luma_, bright, changes, moves)


def _luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
    return np.ascontiguousarray(rows[:, : plane.width])


def _patches(luma: NDArray[np.uint8]) -> NDArray[np.float64]:
    high, wide = luma.shape[0] // PATCH, luma.shape[1] // PATCH
    blocks = luma[: high * PATCH, : wide * PATCH].reshape(high, PATCH, wide, PATCH)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float64)


def read_sound(movie: Path) -> tuple[Sound, Samples]:
    """The sound as a player hears it: what the container says to skip is skipped."""
    parts: list[Samples] = []
    end = Fraction(0)
    with av.open(str(movie)) as container:
        stream = container.streams.audio[0]
        context = stream.codec_context
        codec, rate, channels = context.name, context.sample_rate, context.channels
        for frame in container.decode(stream):
            assert frame.pts is not None and frame.time_base is not None
            parts.append(frame.to_ndarray().T.astype(np.float32))  # planar float: (channels, samples)
            end = max(end, frame.pts * frame.time_base + Fraction(frame.samples, frame.sample_rate))
    samples = np.ascontiguousarray(np.concatenate(parts)) if parts else np.zeros((0, channels), dtype=np.float32)
    assert rate == SAMPLE_RATE or not len(samples), f"sound at {rate} Hz cannot be measured here"
    return Sound(codec, rate, channels, end, measure(samples)), samples


def top_boxes(movie: Path) -> list[str]:
    """The names of an MP4's outermost boxes in the order in which they lie (ISO/IEC 14496-12, 4.2)."""
    names: list[str] = []
    size_of_file = movie.stat().st_size
    with movie.open("rb") as file:
        at = 0
        while at + 8 <= size_of_file:
            file.seek(at)
            size, name = struct.unpack(">I4s", file.read(8))
            if size == 1:
                (size,) = struct.unpack(">Q", file.read(8))
            names.append(name.decode("latin-1"))
            if size < 8:  # 0: to the end of the file; anything else is broken
                break
            at += size
    return names
