"""Colours and materials by name: sRGB hex in designs, linear RGB in scenes."""

from __future__ import annotations

import colorsys
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from generation.previs.scene import RGB, Material

T = TypeVar("T")
Pattern = Literal["plain", "planks", "tiles", "brick", "grass", "water", "plaster", "cobble", "wood", "fabric", "snow", "sand"]

COLOURS = {
    "red": "#a8402f", "crimson": "#8f2332", "scarlet": "#b5342c", "orange": "#cf7a34", "amber": "#d79a3c", "yellow": "#d9b04a", "gold": "#c79a3f",
    "golden": "#c79a3f", "green": "#5d7a52", "olive": "#74754a", "emerald": "#3c7c62", "teal": "#3f7474", "turquoise": "#4f9a94", "blue": "#3f6285",
    "navy": "#2c3f5c", "purple": "#6a4f7d", "violet": "#75608f", "pink": "#cf8f93", "rose": "#b9737a", "brown": "#7a5538", "tan": "#b6956b",
    "beige": "#d2c0a0", "cream": "#e7d9bd", "white": "#e6e1d6", "ivory": "#e9e2cf", "silver": "#a9adb0", "grey": "#7f8387", "gray": "#7f8387",
    "black": "#2a2b2f", "copper": "#b0683f", "brass": "#b58f45", "bronze": "#8a6a3c", "rusty": "#8d5334", "wooden": "#8a5a36", "oak": "#9a6c41",
}  # fmt: skip

WOOD, DARK_WOOD, IRON, STEEL, BRASS = "#8a5a36", "#5b3a26", "#34363b", "#9aa0a3", "#b58f45"
CREAM, WHITE, PAPER, GLASS, BLACK = "#e7d9bd", "#dcd6c8", "#ece4d0", "#6f97a0", "#26272b"
RED, LEAF, STONE, LEATHER, BRICK = "#a8402f", "#5f7a45", "#8a8782", "#6e4630", "#8a5444"
LAMP, FLAME, SCREEN = "#ffd79a", "#ff9a3c", "#9cc4d8"


def linear(colour: str) -> RGB:
    """Linear RGB of "#rrggbb"."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return (r, g, b)


def mix(a: str, b: str, share: float) -> str:
    """`a` with a `share` (0–1) of `b`, in sRGB."""
    values = (round(int(a[i : i + 2], 16) * (1 - share) + int(b[i : i + 2], 16) * share) for i in (1, 3, 5))
    return "#" + "".join(f"{min(max(v, 0), 255):02x}" for v in values)


def shade(colour: str, factor: float) -> str:
    """Darker below 1, lighter above."""
    return mix(colour, "#000000", 1 - factor) if factor <= 1 else mix(colour, "#ffffff", min(factor - 1, 1))


def shift(colour: str, hue: float = 0.0, saturation: float = 1.0, lightness: float = 1.0) -> str:
    """Turn the hue by a fraction of the circle and scale saturation and lightness."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    h, light, s = colorsys.rgb_to_hls(r, g, b)
    rgb = colorsys.hls_to_rgb((h + hue) % 1, min(max(light * lightness, 0), 1), min(max(s * saturation, 0), 1))
    return "#" + "".join(f"{round(v * 255):02x}" for v in rgb)


def paint(
    colour: str, pattern: Pattern = "plain", *, gloss: float = 0.0, scale: float = 1.0, emission: float = 0.0, wrap: float = 0.0, name: str = ""
) -> Material:
    """A material from a hex colour."""
    return Material(name or pattern, linear(colour), emission, gloss, pattern, scale, wrap)


def wood(colour: str = WOOD) -> Material:
    return paint(colour, "wood", gloss=0.25, scale=0.6)


def metal(colour: str = IRON, gloss: float = 0.55) -> Material:
    return paint(colour, gloss=gloss, name="metal")


def cloth(colour: str) -> Material:
    return paint(colour, "fabric", scale=0.12, wrap=0.25)


def glow(colour: str = LAMP, strength: float = 3.0) -> Material:
    return paint(colour, emission=strength, name="glow")


def colour_in(words: str) -> str | None:
    """The first colour named in a phrase, as hex."""
    for word in words.lower().replace("-", " ").split():
        if word in COLOURS:
            return COLOURS[word]
    return None


@dataclass
class Chance:
    """Repeatable choices from words: the same key gives the same draw on every machine."""

    key: str
    count: int = 0

    def unit(self) -> float:
        """In [0, 1)."""
        self.count += 1
        digest = hashlib.sha256(f"{self.key}\x1f{self.count}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def whole(self, below: int) -> int:
        return int(self.unit() * below)

    def of(self, choices: Sequence[T]) -> T:
        return choices[self.whole(len(choices))]
