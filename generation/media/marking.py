"""A viewer's name burned into a run of a rendition's frames: the same frames at the same times, none of them without the mark.

The words stand still within a frame and wander slowly over the picture, on a path that hangs on the link and on the film, so that neither a crop nor
a patch in one place removes them. Where they stand in a frame depends on nothing else: asking again never shows what was hidden before. Everything
here gives the same bytes for the same arguments.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from pydantic import Field

from generation.contract import BadRequest, Failure, Frozen, Rate
from generation.media.bands import Bands
from generation.media.encode import MarkedFile, tag_bt709
from generation.media.lettering import letter, readable
from generation.media.segments import SegmentIndex, fragment, parameters, picture, picture_size, read_index
from generation.media.slices import Uncuttable

STRENGTH = 0.5
PERIODS = (37.0, 53.0)  # seconds in which the words go once across and back; two numbers that seldom meet
Plane = NDArray[np.uint8]


class Mark(Frozen):
    """Whose copy this is. `name` may be anything a person typed; `when` is one moment of the viewing, such as its beginning, in words ("2026-11-26
    20:05 UTC"): with another `when` every frame is encoded again. `seed` names the link and fixes the path."""

    name: str = Field(max_length=10_000)
    when: str = Field(max_length=100)
    link: str = Field(max_length=200)
    seed: str = Field(min_length=1, max_length=200)

    def lines(self) -> list[str]:
        """One or two lines as they are drawn. Raises `BadRequest` where nothing readable is left."""
        below = " · ".join(part for part in (readable(self.when), readable(self.link)) if part)
        lines = [line for line in (readable(self.name), below) if line]
        if not lines:
            raise BadRequest("A watermark needs a name, an address or a link that can be read.")
        return lines


@dataclass(frozen=True)
class Stamp:
    """The mark at one size of picture: for luma and for chroma, what to multiply with and what to add, in 256ths."""

    height: int
    width: int
    keep: NDArray[np.uint16]
    add: NDArray[np.uint16]
    keep_chroma: NDArray[np.uint16]
    add_chroma: NDArray[np.uint16]

    def lay(self, planes: tuple[Plane, Plane, Plane], left: int, top: int) -> None:
        """Blend into 4:2:0 planes in place; `left` and `top` are even luma pixels, and the whole stamp lies inside."""
        box = planes[0][top : top + self.height, left : left + self.width]
        box[:] = (box * self.keep + self.add) >> 8
        for plane in planes[1:]:
            box = plane[top // 2 : (top + self.height) // 2, left // 2 : (left + self.width) // 2]
            box[:] = (box * self.keep_chroma + self.add_chroma) >> 8


@lru_cache(maxsize=64)
def stamp(mark: Mark, width: int, height: int) -> Stamp:
    big = max(10, round(height / 24))
    lines = mark.lines()
    sizes = [big, max(8, round(height / 32))][: len(lines)]
    drawn = letter(list(zip(lines, sizes, strict=True)), width - width % 2, STRENGTH)
    opacity = np.divide(drawn.opacity, 255, dtype=np.float32)
    rows, columns = opacity.shape
    if rows > height:
        raise BadRequest(f"A picture of {width}×{height} is too small for a watermark.")
    halved = opacity.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3), dtype=np.float32)

    def parts(alpha: NDArray[np.floating], value: NDArray[np.uint8] | int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        keep = np.round((1 - alpha) * 256).astype(np.uint16)
        return keep, ((256 - keep) * value + 128).astype(np.uint16)  # at most 256 × 255 + 128: no overflow in `lay` either

    return Stamp(rows, columns, *parts(opacity, drawn.light), *parts(halved, 128))


def place(seed: str, frame: int, rate: Rate, room: tuple[int, int]) -> tuple[int, int]:
    """(left, top) of the words in a frame, even pixels from 0 to `room`: two slow waves, whose phases hang on the seed."""
    digest = hashlib.sha256(seed.encode()).digest()
    at = rate.seconds(frame)
    spots = []
    for axis, free in enumerate(room):
        phase = int.from_bytes(digest[4 * axis : 4 * axis + 4], "big") / 2**32
        period = PERIODS[axis] * (0.85 + 0.3 * digest[8 + axis] / 255)
        # A triangle, not a sine: no place is dwelt upon, the edges included.
        turn = (at / period + phase) % 1
        spots.append(int(free * abs(2 * turn - 1)) // 2 * 2)
    return spots[0], spots[1]


def mark_run(rendition: Path, index: SegmentIndex, start: int, end: int, mark: Mark, out: Path) -> SegmentIndex:
    """Frames start … end − 1 of a rendition, marked, as a small rendition of their own in `out`, with their times in the whole; returns its index.

    Of a rendition cut into slices (`RenditionFile`) only the band under the words is coded again, which is three times as fast; the initialisation
    segment is then the rendition's own. Of any other, every frame is coded again.

    Raises `BadRequest` for a range that is not there or a mark with nothing readable in it, `Failure` for a rendition that is missing or damaged.
    """
    if not 0 <= start < end <= index.frames:
        raise BadRequest(f"The picture has frames 0 to {index.frames - 1}; {start} to {end - 1} were asked for.")
    run = _read(rendition, index, start, end)
    words = stamp(mark, *run.size)
    room = (run.size[0] - words.width, run.size[1] - words.height)
    places = [place(f"{mark.seed} {index.init_id} {index.frags[-1]}", number, run.rate, room) for number in range(start, end)]
    try:
        try:
            out.write_bytes(run.head + b"".join(_bands(run, words, places)))
        except Uncuttable:
            _whole(run, words, places, out)
    except av.FFmpegError as error:
        problem = f"The picture file {rendition.name} is damaged between frames {start} and {end - 1}: {error.strerror}. Make that take again."
        raise Failure(problem) from error
    return read_index(out)


@dataclass(frozen=True)
class _Run:
    name: str
    head: bytes
    fragments: list[bytes]
    start: int
    ticks: int
    rate: Rate
    size: tuple[int, int]


def _read(rendition: Path, index: SegmentIndex, start: int, end: int) -> _Run:
    """No more than the frames' own bytes."""
    offsets = index.frags[start : end + 1]
    try:
        with rendition.open("rb") as file:
            head = file.read(index.init)
            file.seek(offsets[0])
            data = file.read(offsets[-1] - offsets[0])
    except FileNotFoundError as error:
        raise Failure(f"The picture file {rendition.name} is missing from the store. Make that take again, or restore it from a backup.") from error
    if len(data) < offsets[-1] - offsets[0]:
        raise Failure(f"The picture file {rendition.name} is shorter than its index says. Make that take again.")
    fragments = [data[at - offsets[0] : after - offsets[0]] for at, after in pairwise(offsets)]
    common = math.gcd(index.timescale, index.ticks)
    rate = Rate(num=index.timescale // common, den=index.ticks // common)
    return _Run(rendition.name, head, fragments, start, index.ticks, rate, picture_size(head))


def _bands(run: _Run, words: Stamp, places: list[tuple[int, int]]) -> Iterator[bytes]:
    """The fragments with only the band under the words coded again. Raises `Uncuttable`."""
    bands = Bands(parameters(run.head), run.size[0], run.rate)
    for old, (left, top) in zip(run.fragments, places, strict=True):

        def draw(band: VideoFrame, row: int, left: int = left, top: int = top) -> None:
            words.lay(planes(band), left, top - row)

        yield fragment(old, bands.redraw(picture(old), top, top + words.height, draw))


def _whole(run: _Run, words: Stamp, places: list[tuple[int, int]], out: Path) -> None:
    frames = _decoded(run)
    with MarkedFile(out, *run.size, run.rate) as file:
        for place_, frame in zip(places, frames, strict=True):
            words.lay(planes(frame), *place_)
            file.write(tag_bt709(frame))
    index, data = read_index(out), out.read_bytes()
    fragments = (data[at:after] for at, after in pairwise(index.frags))
    timed = (fragment(old, time=(run.start + number) * run.ticks) for number, old in enumerate(fragments))
    out.write_bytes(data[: index.init] + b"".join(timed))


def _decoded(run: _Run) -> Iterator[VideoFrame]:
    """Every frame once, in order. It may be drawn into: of key pictures alone the decoder needs none again."""
    with av.open(io.BytesIO(run.head + b"".join(run.fragments)), "r", format="mp4") as container:
        stream = container.streams.video[0]
        stream.thread_type, stream.codec_context.thread_count = "NONE", 1
        wanted = run.start
        for frame in container.decode(stream):
            if frame.pts != wanted * run.ticks:
                raise Failure(f"The picture file {run.name} has no frame {wanted} where its index says. Make the rendition again.")
            wanted += 1
            yield frame
    if wanted != run.start + len(run.fragments):
        raise Failure(f"The picture file {run.name} has no frame {wanted}. Make that take again.")


def planes(frame: VideoFrame) -> tuple[Plane, Plane, Plane]:
    """Luma and both chromas, as views into the frame."""
    luma, blue, red = (_pixels(plane) for plane in frame.planes)
    return luma, blue, red


def _pixels(plane: av.video.plane.VideoPlane) -> Plane:
    return np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
