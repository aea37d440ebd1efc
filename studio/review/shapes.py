"""Drawings on a frame as plain data: one shape a row, checked once at the border, the same on every screen and in every export.

A shape lies on the picture, whatever its size: x and y are shares of its width and height (0…1; a little outside is kept, −0.5…1.5, and what lies
further is brought there), stroke widths and text sizes are shares of its height. As data a shape is

    {"v": 1, "kind": "pen", "colour": "rose", "width": 0.006, "points": [[x, y, pressure], …]}
    {"v": 1, "kind": "arrow" | "box" | "ellipse", "colour": …, "width": …, "from": [x, y], "to": [x, y]}
    {"v": 1, "kind": "text", "colour": …, "size": 0.04, "at": [x, y], "room": 0.4, "text": "…"}

Pressure is 0…1, and one half draws the width itself. An arrow's tip is "to"; a box and an ellipse have "from" and "to" as opposite corners.
"at" is the upper left of a text, "room" the share of the picture's width at which its lines break.
Over which frames a shape stands is its row's business. static/js/lib/shapes.js draws this in the browser, drawing.py with Pillow.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from django.utils.translation import gettext, pgettext

VERSION = 1
INKS = {
    "amber": "#e7b96a",
    "teal": "#7cc7b8",
    "rose": "#e39aa6",
    "blue": "#8fb7d9",
    "lime": "#b5cf7f",
    "violet": "#b9a3e0",
    "orange": "#e69a6b",
    "cyan": "#86cbe0",
}
"""The eight colours of people, each with the value of its avatar."""
MAX_POINTS = 2000
"""Of one stroke."""
MAX_SHAPES = 200
MAX_POINTS_OF_NOTE = 20_000
MAX_ACROSS, MAX_ACROSS_OF_NOTE = 100, 300
"""How many times a stroke, and all strokes of a note, may go across the picture: 2,000 leaps from corner to corner hold a browser up for long."""
MAX_TEXT = 200
MIN_WIDTH, MAX_WIDTH = 0.0005, 0.1
MIN_SIZE, MAX_SIZE = 0.01, 0.2
OUTSIDE = 0.5
DIGITS = 5
"""Decimals that are kept: a hundredth of a pixel on a picture 1,000 px wide."""


class BadShape(ValueError):
    """A drawing that cannot be kept; the message says what is wrong with it, in words for a person."""


class UnknownVersion(BadShape):
    """Made by a newer studio, or not a shape at all."""


class UnknownKind(BadShape):
    pass


class UnknownColour(BadShape):
    pass


class WrongParts(BadShape):
    """Something is missing, or there is something that this kind does not have."""


class BadNumber(BadShape):
    """Not a number, not finite, or out of its range."""


class BadText(BadShape):
    """No words, or signs that cannot be kept."""


class TooMuch(BadShape):
    """More points, letters or shapes than a drawing may have."""


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pen:
    colour: str
    width: float
    points: tuple[tuple[float, float, float], ...]
    """(x, y, pressure)"""
    kind: ClassVar[str] = "pen"

    def parts(self) -> dict[str, Any]:
        return {"width": self.width, "points": [list(point) for point in self.points]}


@dataclass(frozen=True, slots=True)
class _Spanned:
    """What is given by two points."""

    colour: str
    width: float
    start: Point
    end: Point
    kind: ClassVar[str]

    def parts(self) -> dict[str, Any]:
        return {"width": self.width, "from": list(self.start), "to": list(self.end)}


class Arrow(_Spanned):
    __slots__ = ()
    kind = "arrow"


class Box(_Spanned):
    __slots__ = ()
    kind = "box"


class Ellipse(_Spanned):
    __slots__ = ()
    kind = "ellipse"


@dataclass(frozen=True, slots=True)
class Text:
    colour: str
    size: float
    at: Point
    room: float
    text: str
    kind: ClassVar[str] = "text"

    def parts(self) -> dict[str, Any]:
        return {"size": self.size, "at": list(self.at), "room": self.room, "text": self.text}


Shape = Pen | Arrow | Box | Ellipse | Text


def as_data(shape: Shape) -> dict[str, Any]:
    """Plain data for JSON; `parse` makes the same shape of it."""
    return {"v": VERSION, "kind": shape.kind, "colour": shape.colour, **shape.parts()}


def parse(data: object) -> Shape:
    """The shape that this data describes. Raises a `BadShape` that says what is wrong; only what lies far outside the picture is moved."""
    if not isinstance(data, Mapping):
        raise WrongParts(gettext("A shape is an object with a kind, a colour and its points."))
    if data.get("v") != VERSION or isinstance(data["v"], bool):
        raise UnknownVersion(
            gettext("This studio reads shapes of version %(version)s, not %(said)s.") % {"version": VERSION, "said": _said(data.get("v"))}
        )
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise UnknownKind(gettext("A shape is one of %(kinds)s, not %(said)s.") % {"kinds": ", ".join(_KINDS), "said": _said(kind)})
    parts, made = _KINDS[kind]
    wanted = {"v", "kind", "colour", *parts}
    if missing := sorted(wanted - set(data)):
        raise WrongParts(
            gettext("This %(kind)s has no %(parts)s.")
            % {"kind": kind, "parts": pgettext("a shape has no … and no …", " and no ").join(map(_said, missing))}
        )
    if extra := sorted(_said(key) for key in set(data) - wanted):
        raise WrongParts(
            gettext("A %(kind)s has no %(parts)s.") % {"kind": kind, "parts": pgettext("a shape has no … and no …", " and no ").join(extra[:3])}
        )
    colour = data["colour"]
    if not isinstance(colour, str) or colour not in INKS:
        raise UnknownColour(gettext("A colour is one of %(colours)s, not %(said)s.") % {"colours": ", ".join(INKS), "said": _said(colour)})
    return made(colour, data)


def parse_drawing(data: object) -> tuple[Shape, ...]:
    """All shapes of one note, lowest first. Raises a `BadShape` that says which of them is wrong."""
    if not isinstance(data, Sequence) or isinstance(data, str | bytes):
        raise WrongParts(gettext("A drawing is a list of shapes."))
    if len(data) > MAX_SHAPES:
        raise TooMuch(gettext("A note has at most %(most)s shapes; these are %(count)s.") % {"most": MAX_SHAPES, "count": len(data)})
    shapes = []
    for number, one in enumerate(data, 1):
        try:
            shapes.append(parse(one))
        except BadShape as problem:
            raise type(problem)(gettext("Shape %(number)d: %(problem)s") % {"number": number, "problem": problem}) from problem
    strokes = [shape.points for shape in shapes if isinstance(shape, Pen)]
    if (points := sum(map(len, strokes))) > MAX_POINTS_OF_NOTE:
        raise TooMuch(
            gettext("The strokes of a note have at most %(most)s points together; these have %(points)s.")
            % {"most": MAX_POINTS_OF_NOTE, "points": points}
        )
    if sum(map(_across, strokes)) > MAX_ACROSS_OF_NOTE:
        raise TooMuch(
            gettext("The strokes of a note go at most %(most)s times across the picture, all together; these go further.")
            % {"most": MAX_ACROSS_OF_NOTE}
        )
    return tuple(shapes)


def _pen(colour: str, data: Mapping[str, object]) -> Shape:
    points = data["points"]
    if not isinstance(points, Sequence) or isinstance(points, str | bytes) or not points:
        raise WrongParts(gettext("A stroke has at least one point."))
    if len(points) > MAX_POINTS:
        raise TooMuch(gettext("A stroke has at most %(most)s points; this one has %(count)s.") % {"most": MAX_POINTS, "count": len(points)})
    pen = Pen(colour, _width(data), tuple(_pressed(point) for point in points))
    if _across(pen.points) > MAX_ACROSS:
        raise TooMuch(gettext("A stroke goes at most %(most)s times across the picture; this one goes further.") % {"most": MAX_ACROSS})
    return pen


def _across(points: Sequence[tuple[float, float, float]]) -> float:
    return sum(math.dist(a[:2], b[:2]) for a, b in pairwise(points))


def _spanned(made: Callable[[str, float, Point, Point], Shape]) -> Callable[[str, Mapping[str, object]], Shape]:
    def make(colour: str, data: Mapping[str, object]) -> Shape:
        return made(colour, _width(data), _point(data["from"], "from"), _point(data["to"], "to"))

    return make


def _text(colour: str, data: Mapping[str, object]) -> Shape:
    words = data["text"]
    if not isinstance(words, str) or not words.strip():
        raise BadText(gettext("A text on the picture has no words."))
    if len(words) > MAX_TEXT:
        raise TooMuch(
            gettext("A text on the picture has at most %(most)s letters; this one has %(count)s.") % {"most": MAX_TEXT, "count": len(words)}
        )
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" for sign in words):
        raise BadText(gettext("A text on the picture has letters, signs and new lines, but no control characters."))
    size = _number(data["size"], "size", MIN_SIZE, MAX_SIZE)
    return Text(colour, size, _point(data["at"], "at"), _number(data["room"], "room", MIN_SIZE, 1.0), words)


_KINDS: dict[str, tuple[tuple[str, ...], Callable[[str, Mapping[str, object]], Shape]]] = {
    "pen": (("width", "points"), _pen),
    "arrow": (("width", "from", "to"), _spanned(Arrow)),
    "box": (("width", "from", "to"), _spanned(Box)),
    "ellipse": (("width", "from", "to"), _spanned(Ellipse)),
    "text": (("size", "at", "room", "text"), _text),
}
KINDS = tuple(_KINDS)


def _width(data: Mapping[str, object]) -> float:
    return _number(data["width"], "width", MIN_WIDTH, MAX_WIDTH)


def _pressed(data: object) -> tuple[float, float, float]:
    x, y, pressure = _numbers(data, 3, gettext("A point of a stroke is [x, y, pressure]"))
    return _near(x), _near(y), _number(pressure, "pressure", 0.0, 1.0)


def _point(data: object, name: str) -> Point:
    x, y = _numbers(data, 2, gettext("“%(name)s” is [x, y]") % {"name": name})
    return _near(x), _near(y)


def _near(value: float) -> float:
    return min(max(value, -OUTSIDE), 1 + OUTSIDE)


def _numbers(data: object, count: int, said: str) -> list[float]:
    if not isinstance(data, Sequence) or isinstance(data, str | bytes) or len(data) != count:
        raise WrongParts(gettext("%(said)s, not %(what)s.") % {"said": said, "what": _said(data)})
    return [_number(value, said) for value in data]


def _number(value: object, name: str, least: float = -math.inf, most: float = math.inf) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadNumber(gettext("%(name)s: %(value)s is not a number.") % {"name": name, "value": _said(value)})
    try:
        number = round(float(value), DIGITS)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadNumber(gettext("%(name)s: %(value)s is not a finite number.") % {"name": name, "value": _said(value)})
    if not least <= number <= most:
        raise BadNumber(
            gettext("%(name)s: %(value)s is not between %(least)s and %(most)s.")
            % {"name": name, "value": _said(value), "least": f"{least:g}", "most": f"{most:g}"}
        )
    return number + 0.0  # never −0


def _said(value: object) -> str:
    """A value in a message: short, whatever was sent."""
    if not isinstance(value, str | float | bool | None) and not (isinstance(value, int) and abs(value) < 10**20):
        return gettext("an object") if isinstance(value, dict) else gettext("a list") if isinstance(value, list) else gettext("what was sent")
    said = repr(value if not isinstance(value, str) else value[:40])
    return said if len(said) <= 40 else f"{said[:39]}…"
