"""Our eight colours in the words of each program, and theirs in ours. A colour that comes back as it went out is the one that went out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from studio.review.interchange.reel import Colour

Name = TypeVar("Name")

# Resolve has sixteen, none of them orange. Its names are those of the scripting manual.
RESOLVE: dict[Colour, str] = {
    "red": "Red",
    "orange": "Sand",
    "yellow": "Yellow",
    "green": "Green",
    "cyan": "Cyan",
    "blue": "Blue",
    "purple": "Purple",
    "pink": "Pink",
}
FROM_RESOLVE: dict[str, Colour] = {
    **{name: colour for colour, name in RESOLVE.items()},
    "Fuchsia": "pink",
    "Rose": "pink",
    "Lavender": "purple",
    "Sky": "cyan",
    "Mint": "green",
    "Lemon": "yellow",
    "Cocoa": "orange",
    "Cream": "yellow",
}

# The eight of Avid's locators.
AVID: dict[Colour, str] = {
    "red": "RED",
    "orange": "YELLOW",
    "yellow": "YELLOW",
    "green": "GREEN",
    "cyan": "CYAN",
    "blue": "BLUE",
    "purple": "MAGENTA",
    "pink": "MAGENTA",
}
FROM_AVID: dict[str, Colour] = {
    "RED": "red",
    "YELLOW": "yellow",
    "GREEN": "green",
    "CYAN": "cyan",
    "BLUE": "blue",
    "MAGENTA": "pink",
    "ORANGE": "orange",
    "PURPLE": "purple",
    "VIOLET": "purple",
    "PINK": "pink",
}

# OpenTimelineIO's marker colours.
OTIO: dict[Colour, str] = {
    "red": "RED",
    "orange": "ORANGE",
    "yellow": "YELLOW",
    "green": "GREEN",
    "cyan": "CYAN",
    "blue": "BLUE",
    "purple": "PURPLE",
    "pink": "PINK",
}
FROM_OTIO: dict[str, Colour] = {**{name: colour for colour, name in OTIO.items()}, "MAGENTA": "pink"}

# Premiere's markers: 0xAABBGGRR as a decimal, and none for its own green.
# Source: "Editorial File Format Notes" in OpenTimelineIO's wiki (whose hexadecimal red is not its decimal one; Premiere writes the latter).
# It has no pink.
PREMIERE: dict[Colour, int | None] = {
    "red": 0xFF362CD2,
    "orange": 0xFF246FE9,
    "yellow": 0xFF2BA1D0,
    "green": None,
    "cyan": 0xFFD6F419,
    "blue": 0xFFFC8D42,
    "purple": 0xFFB18BAF,
    "pink": 0xFFB18BAF,
}
FROM_PREMIERE: dict[int | None, Colour] = {value: colour for colour, value in PREMIERE.items() if colour != "pink"}


def colour_back(ours: str | None, native: Name, out: Mapping[Colour, Name], back: Mapping[Name, Colour]) -> Colour:
    """The colour of a marker: the one we wrote beside it, unless somebody has given the marker another since."""
    for colour, name in out.items():
        if colour == ours and name == native:
            return colour
    return back.get(native, "blue")
