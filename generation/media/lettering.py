"""Words as planes that can be laid over a picture: how opaque each pixel is, and how bright.

Any words from outside may come here: what cannot be drawn is written as its code point (U+1F600), what has no shape (controls, marks that turn the
direction of writing, characters of no width) is left out, and what is too long ends in "…".
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONTS = tuple(Path(__file__).parent / "fonts" / name for name in ("DejaVuSans.ttf", "DroidSansFallback.ttf"))
LONGEST = 120  # characters of a line that are looked at
STACKED = 2  # accents on one letter
Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class Lettering:
    """`opacity` (0 to 255) and `light` (luma, limited range) of shape (height, width), both even."""

    opacity: Plane
    light: Plane


@lru_cache(maxsize=64)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=4096)
def _face(character: str) -> Path | None:
    """The first font that has the character. A font draws what it has not as one and the same box, which U+FFFF never is in any of them."""
    for path in FONTS:
        font = _font(path, 16)
        if bytes(font.getmask(character)) != bytes(font.getmask("\uffff")):
            return path
    return None


def readable(words: str) -> str:
    """`words` on one line, of at most `LONGEST` characters (and an ellipsis), each of which can be drawn."""
    kept: list[str] = []
    accents = 0
    for character in unicodedata.normalize("NFC", words[: 8 * LONGEST]):
        kind = unicodedata.category(character)
        if character.isspace():
            character = " "
        elif kind[0] == "C" and kind != "Co":
            continue
        accents = accents + 1 if kind[0] == "M" else 0
        if accents <= STACKED:
            kept.append(character)
    line = " ".join("".join(kept).split())
    line = line if len(line) <= LONGEST else line[:LONGEST].rstrip() + "…"
    drawn: list[str] = []
    for character in line:
        alone = unicodedata.category(character)[0] == "M" and drawn[-1:] and drawn[-1].startswith("U+")  # an accent on a letter that is not there
        drawn.append(character if character == " " or (_face(character) and not alone) else f"U+{ord(character):04X} ")
    return " ".join("".join(drawn).split())


def _runs(line: str) -> list[tuple[Path, str]]:
    """The line in pieces of one font each; spaces stay with what stands before them."""
    runs: list[tuple[Path, str]] = []
    for character in line:
        face = runs[-1][0] if character == " " and runs else _face(character) or FONTS[0]
        if runs and runs[-1][0] == face:
            runs[-1] = (face, runs[-1][1] + character)
        else:
            runs.append((face, character))
    return runs


def _length(line: str, size: int) -> float:
    return sum(_font(face, size).getlength(piece) for face, piece in _runs(line))


def fitted(line: str, size: int, width: float) -> tuple[str, int]:
    """The line and the size (pixels) at which it is at most `width` pixels long: smaller by a third at most, then shortened to end in "…"."""
    least = max(8, size * 2 // 3)
    while size > least and _length(line, size) > width:
        size -= 1
    while len(line) > 1 and _length(line, size) > width:
        line = line.removesuffix("…")[:-1].rstrip() + "…"
    return line, size


def letter(lines: list[tuple[str, int]], width: int, strength: float) -> Lettering:
    """Lines of (readable words, size in pixels) under each other, none longer than `width`: light letters with a dark edge, so that they are read on
    any ground. `strength` is the opacity of the letters, 0 to 1."""
    set_lines = [fitted(line, size, width * 0.96) for line, size in lines]
    edge = max(1, round(max(size for _, size in set_lines) / 12))
    wide = int(max(_length(line, size) for line, size in set_lines)) + 4 * edge
    high = sum(size * 5 // 4 for _, size in set_lines) + 2 * edge
    shape = (min(width, wide + wide % 2), high + high % 2)
    letters, edges = Image.new("L", shape), Image.new("L", shape)
    top = edge
    for line, size in set_lines:
        left = (shape[0] - _length(line, size)) / 2
        base = top + size
        for face, piece in _runs(line):
            ImageDraw.Draw(edges).text((left, base), piece, fill=255, font=_font(face, size), anchor="ls", stroke_width=edge, stroke_fill=255)
            ImageDraw.Draw(letters).text((left, base), piece, fill=255, font=_font(face, size), anchor="ls")
            left += _font(face, size).getlength(piece)
        top += size * 5 // 4
    inside, around = np.asarray(letters, np.float32) / 255, np.asarray(edges, np.float32) / 255
    opacity = strength * np.maximum(inside, 0.8 * around)
    return Lettering(np.asarray(opacity * 255 + 0.5, np.uint8), np.asarray(235 * inside + 16 * (1 - inside) + 0.5, np.uint8))
