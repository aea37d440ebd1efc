"""Poster, filmstrip and preview from frames still in memory, so that no file is decoded again for them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from PIL import Image

from generation.contract import Frozen, Pixels

POSTER_WIDTH = 640
THUMB_WIDTH = 160
THUMBS = 12
PREVIEW_WIDTH = 320
PREVIEW_BYTES = 20_000
PREVIEW_BEAT = 160  # milliseconds that each frame of a moving preview stands


def jpeg(pixels: Pixels, quality: int = 82) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def png(pixels: Pixels) -> bytes:
    """Lossless. A light compression level: three times as fast as the default for a tenth more bytes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def shrink(pixels: Pixels, width: int) -> Pixels:
    """At most `width` wide, same shape; never enlarged. Averages whole blocks first, so a large frame costs little more than a small one."""
    height, full = pixels.shape[:2]
    if full <= width:
        return pixels
    target = (width, max(2, round(height * width / full)))
    return np.asarray(Image.fromarray(pixels).resize(target, Image.Resampling.BILINEAR, reducing_gap=1.5))


def preview(pixels: Pixels) -> bytes:
    """At most 20,000 bytes, for showing that work goes on: a JPEG of one picture (h, w, 3), a moving WebP of several (n, h, w, 3)."""
    width, quality = PREVIEW_WIDTH, 70
    data = _preview(pixels, width, quality)
    while len(data) > PREVIEW_BYTES and quality > 20:
        quality -= 15
        width = width * 3 // 4
        data = _preview(pixels, width, quality)
    return data


def _preview(pixels: Pixels, width: int, quality: int) -> bytes:
    if pixels.ndim == 3:
        return jpeg(shrink(pixels, width), quality)
    first, *others = (Image.fromarray(shrink(frame, width)) for frame in pixels)
    buffer = io.BytesIO()
    first.save(buffer, "WEBP", save_all=True, append_images=others, duration=PREVIEW_BEAT, loop=0, quality=quality, method=1)
    return buffer.getvalue()


class Filmstrip(Frozen):
    """One JPEG with `count` thumbs side by side, each `width` × `height`; `at[i]` is the frame thumb i was taken from."""

    data: bytes
    count: int
    width: int
    height: int
    at: tuple[int, ...]

    def meta(self) -> dict[str, Any]:
        return {"count": self.count, "width": self.width, "height": self.height, "at": list(self.at)}


class Stills:
    """Picks what it needs as the frames of one take go by, in order, once each; keeps only small pictures.

    Takes frames as the encoder gets them (4:2:0, BT.709 limited): scaling those is ten times as fast as scaling RGB.
    """

    def __init__(self, frames: int) -> None:
        count = min(THUMBS, frames)
        self._middle = frames // 2
        self._at = tuple((2 * i + 1) * frames // (2 * count) for i in range(count))
        self._wanted = set(self._at)
        self._thumbs: list[Pixels] = []
        self._poster: Pixels | None = None
        self._to_thumb, self._to_poster = VideoReformatter(), VideoReformatter()

    def add(self, number: int, frame: VideoFrame) -> None:
        if number == self._middle:
            self._poster = _small_rgb(self._to_poster, frame, POSTER_WIDTH)
        if number in self._wanted:
            self._thumbs.append(_small_rgb(self._to_thumb, frame, THUMB_WIDTH))

    def poster(self) -> bytes:
        assert self._poster is not None, "the middle frame has not come by"
        return jpeg(self._poster)

    def poster_size(self) -> dict[str, int]:
        assert self._poster is not None, "the middle frame has not come by"
        return {"width": self._poster.shape[1], "height": self._poster.shape[0]}

    def filmstrip(self) -> Filmstrip:
        height, width = self._thumbs[0].shape[:2]
        return Filmstrip(data=jpeg(np.hstack(self._thumbs), 75), count=len(self._thumbs), width=width, height=height, at=self._at)


def _small_rgb(scaler: VideoReformatter, frame: VideoFrame, width: int) -> Pixels:
    """At most `width` wide, same shape; one scaler for one size, so that its tables are made once."""
    width = min(width, frame.width)
    height = frame.height if width == frame.width else max(2, round(frame.height * width / frame.width))
    small = scaler.reformat(
        frame,
        width=width,
        height=height,
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
    )
    return np.asarray(small.to_ndarray(), dtype=np.uint8)
