"""Shapes as pixels, for stills, PDFs and burnt-in exports: the picture that static/js/lib/shapes.js draws in the browser.

A stroke (strokes.py) covers a pixel by how far the pixel's middle lies inside its outline: ½ − distance, from 0 to 1. The distance to the hull of two
beads (0, R) and (L, r) of a point at s along and u beside their axis is

    |(s − c, u)| − (R + (r − R) c / L)   with c = s − u k / √(1 − k²), from 0 to L, and k = (R − r) / L

which is exact; where one bead holds the other it is that bead's own. Words stand on a dark plate, in one open font on both sides
(static/vendor/inter), drawn larger and averaged: both sides place a letter at whole pixels of that larger picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from studio.review.shapes import INKS, Shape, Text
from studio.review.strokes import EDGE, Bead, beads

FONT = Path(__file__).resolve().parents[2] / "static" / "vendor" / "inter" / "Inter_600SemiBold.ttf"
UNITS = 2048
"""Of the font, in one em."""
LEADING, BASELINE, PLATE = 1.25, 0.97, 0.3
"""Of a text's size: from line to line, from a line's top to its letters' foot, from the words to the plate's rim."""
EDGE_SHADE, PLATE_SHADE = 0.5, 0.7
FINER = 8
REACH = 32.0
"""Hulls longer than this, in pixels, are measured in pieces, so that a slanting one costs by its length and not by its rectangle."""
Field = NDArray[np.float32]


def over(picture: Image.Image, shapes: Iterable[Shape]) -> Image.Image:
    """The picture, in RGB, with the shapes on it."""
    whole = picture.convert("RGBA")
    whole.alpha_composite(drawn(shapes, picture.size))
    return whole.convert("RGB")


def drawn(shapes: Iterable[Shape], size: tuple[int, int]) -> Image.Image:
    """The shapes, the first lowest, on a transparent picture of size (width, height), RGBA."""
    layer = Image.new("RGBA", size)
    for shape in shapes:
        if isinstance(shape, Text):
            _write(layer, shape)
        else:
            _stroke(layer, beads(shape, *size), INKS[shape.colour], EDGE * size[1])
    return layer


def _stroke(layer: Image.Image, lines: Sequence[Sequence[Bead]], ink: str, edge: float) -> None:
    all_beads = [bead for line in lines for bead in line]
    left = max(math.floor(min(x - r for x, _, r in all_beads) - edge - 1), 0)
    top = max(math.floor(min(y - r for _, y, r in all_beads) - edge - 1), 0)
    right = min(math.ceil(max(x + r for x, _, r in all_beads) + edge + 1), layer.width)
    bottom = min(math.ceil(max(y + r for _, y, r in all_beads) + edge + 1), layer.height)
    if left >= right or top >= bottom:
        return
    distance = np.full((bottom - top, right - left), np.inf, np.float32)
    for line in lines:
        moved = [(x - left - 0.5, y - top - 0.5, r) for x, y, r in line]
        for one, other in zip(moved, moved[1:] or moved, strict=False):
            for a, b in _pieces(one, other):
                _approach(distance, a, b, edge + 1)
    for colour, shade, grown in (("#000000", EDGE_SHADE, edge), (ink, 1.0, 0.0)):
        _lay(layer, _cover(distance, grown), colour, shade, (left, top))


def _cover(distance: Field, grown: float) -> Image.Image:
    """How much of each pixel lies within, 0…255."""
    return Image.fromarray(np.rint(np.clip(0.5 + grown - distance, 0, 1) * 255).astype(np.uint8))


def _lay(layer: Image.Image, cover: Image.Image, colour: str, shade: float, at: tuple[int, int]) -> None:
    patch = Image.new("RGBA", cover.size, ImageColor.getrgb(colour))
    patch.putalpha(cover if shade == 1 else cover.point([round(value * shade) for value in range(256)]))
    layer.alpha_composite(patch, at)


def _pieces(one: Bead, other: Bead) -> Iterable[tuple[Bead, Bead]]:
    (ax, ay, ar), (bx, by, br) = one, other
    count = math.ceil(math.hypot(bx - ax, by - ay) / max(REACH, 4 * ar, 4 * br)) or 1
    cuts = [cut / count for cut in range(count + 1)]
    return pairwise((ax + (bx - ax) * t, ay + (by - ay) * t, ar + (br - ar) * t) for t in cuts)


def _approach(distance: Field, one: Bead, other: Bead, around: float) -> None:
    """Make `distance` no more than the distance to the hull of these beads, wherever that is at most `around`. Pixel middles are whole numbers."""
    (ax, ay, ar), (bx, by, br) = one, other
    left, top = max(math.ceil(min(ax - ar, bx - br) - around), 0), max(math.ceil(min(ay - ar, by - br) - around), 0)
    right, bottom = math.floor(max(ax + ar, bx + br) + around) + 1, math.floor(max(ay + ar, by + br) + around) + 1
    if right <= left or bottom <= top:  # beside the picture
        return
    here = distance[top:bottom, left:right]
    x = np.arange(left, left + here.shape[1], dtype=np.float32)[None, :] - np.float32(ax)
    y = np.arange(top, top + here.shape[0], dtype=np.float32)[:, None] - np.float32(ay)
    length = math.hypot(bx - ax, by - ay)
    if length <= abs(ar - br):
        if br > ar:
            x, y, ar = x - np.float32(bx - ax), y - np.float32(by - ay), br
        np.minimum(here, np.sqrt(x * x + y * y) - np.float32(ar), out=here)
        return
    along, beside = np.float32((bx - ax) / length), np.float32((by - ay) / length)
    s, u = x * along + y * beside, np.abs(y * along - x * beside)
    k = (ar - br) / length
    c = np.clip(s - u * np.float32(k / math.sqrt(1 - k * k)), 0, np.float32(length))
    np.minimum(here, np.sqrt((s - c) ** 2 + u * u) - np.float32(ar) + c * np.float32(k), out=here)


@lru_cache(maxsize=32)
def _font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def lines_of(text: str, room: float) -> list[str]:
    """The text in lines of at most `room` ems: broken at spaces, and inside a word only if it alone is longer. Its own new lines stay."""

    def fits(words: str) -> bool:
        return _font(UNITS).getlength(words) <= room * UNITS

    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            tried = f"{line} {word}" if line else word
            if fits(tried):
                line = tried
                continue
            if line:
                lines.append(line)
            line = ""
            for sign in word:
                if line and not fits(line + sign):
                    lines.append(line)
                    line = ""
                line += sign
        lines.append(line)
    return lines


def _write(layer: Image.Image, shape: Text) -> None:
    size = shape.size * layer.height
    lines = lines_of(shape.text, shape.room * layer.width / size)
    left, top = (math.floor(share * whole + 0.5) for share, whole in zip(shape.at, layer.size, strict=True))
    rim = math.floor(size * PLATE + 0.5)
    widest = math.ceil(max(_font(UNITS).getlength(line) for line in lines) * size / UNITS)
    tall = math.ceil(len(lines) * LEADING * size)
    plate = Image.new("L", (widest + 2 * rim, tall + 2 * rim), 255)
    _lay_within(layer, plate, "#000000", PLATE_SHADE, (left - rim, top - rim))
    above, below = math.ceil(1.2 * size), math.ceil(0.5 * size)  # of the letters' foot: room for any accent
    for number, line in enumerate(lines):
        foot = top + math.floor((number * LEADING + BASELINE) * size + 0.5)
        if size < 1 or not line.strip() or foot + below < 0 or foot - above > layer.height:
            continue  # too small for any font, nothing to see, or beside the picture
        words = Image.new("L", ((widest + 2 * rim) * FINER, (above + below) * FINER))
        ImageDraw.Draw(words).text((rim * FINER, above * FINER), line, 255, _font(size * FINER), anchor="ls")
        _lay_within(layer, words.reduce(FINER), INKS[shape.colour], 1.0, (left - rim, foot - above))


def _lay_within(layer: Image.Image, cover: Image.Image, colour: str, shade: float, at: tuple[int, int]) -> None:
    """`_lay` only what falls on the layer: a picture cannot be composited from a negative place."""
    left, top = max(-at[0], 0), max(-at[1], 0)
    right, bottom = min(cover.width, layer.width - at[0]), min(cover.height, layer.height - at[1])
    if left < right and top < bottom:
        _lay(layer, cover.crop((left, top, right, bottom)), colour, shade, (at[0] + left, at[1] + top))
