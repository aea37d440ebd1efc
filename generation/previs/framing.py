"""What a shot size means: where the frame cuts a body, how much air is above the head, how far away that puts a lens.

Lengths are fractions of the subject's height unless said otherwise; a frame's height is measured where the subject stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from generation.contract import Size
from generation.previs.stage import Subject

GATE_WIDTH, GATE_HEIGHT = 36.0, 24.0  # millimetres
CROWN = 0.085  # from eyes to the top of the head
FOV_LIMITS = math.radians(4.0), math.radians(82.0)


@dataclass(frozen=True)
class Frame:
    """`cover`: from the crown down to the cut; `air`: share of the frame above the crown (negative: hair is cut); `blur`: `Camera.aperture` at 50 mm;
    `turn`: degrees between the face and the way to the camera that suit it; `room`: share of the frame's width given to where one looks."""

    cover: float
    air: float
    blur: float
    turn: float
    room: float


FIGURE: dict[Size, Frame] = {
    "extreme close-up": Frame(0.150, -0.25, 13.0, 24, 0.05),
    "close-up": Frame(0.235, 0.09, 10.5, 28, 0.09),
    "medium close-up": Frame(0.36, 0.10, 8.0, 32, 0.11),
    "medium": Frame(0.53, 0.11, 5.5, 36, 0.11),
    "medium wide": Frame(0.76, 0.11, 3.6, 40, 0.09),
    "full": Frame(1.06, 0.09, 2.6, 42, 0.07),
    "wide": Frame(1.60, 0.24, 1.4, 55, 0.05),
    "extreme wide": Frame(3.60, 0.42, 0.0, 60, 0.0),
    "two-shot": Frame(0.62, 0.14, 4.0, 70, 0.0),
    "over the shoulder": Frame(0.40, 0.14, 8.5, 20, 0.16),
    "insert": Frame(0.30, 0.15, 9.0, 30, 0.0),
    "point of view": Frame(0.62, 0.14, 4.5, 10, 0.0),
}
LARGE = 2.6  # metres: what is higher is framed like a building, in multiples of its own height
BUILDING: dict[Size, float] = {
    "extreme close-up": 0.2, "close-up": 0.3, "insert": 0.35, "medium close-up": 0.45, "medium": 0.6, "over the shoulder": 0.9,
    "point of view": 1.3, "medium wide": 0.9, "two-shot": 1.2, "full": 1.2, "wide": 1.5, "extreme wide": 2.5,
}  # fmt: skip
# For things, not people: the frame's height as a multiple of the thing's larger side, and the least it may be in metres.
THING: dict[Size, tuple[float, float]] = {
    "extreme close-up": (0.85, 0.16), "close-up": (1.35, 0.26), "insert": (1.7, 0.32), "medium close-up": (1.9, 0.5), "medium": (2.4, 0.9),
    "over the shoulder": (2.0, 0.6), "point of view": (2.4, 0.9), "medium wide": (3.0, 1.3), "two-shot": (2.6, 1.2), "full": (1.6, 1.2),
    "wide": (3.2, 2.4), "extreme wide": (5.0, 5.0),
}  # fmt: skip


def vertical_fov(lens: float, aspect: float) -> float:
    """Vertical angle of view, radians, of a lens (mm) on a 36×24 gate cropped to the picture's aspect."""
    height = min(GATE_HEIGHT, GATE_WIDTH / aspect)
    return 2.0 * math.atan(0.5 * height / lens)


@dataclass(frozen=True)
class Wanted:
    """The picture asked for around one point: `height` of the frame in metres at the subject, `centre` its middle's height above `foot`."""

    height: float
    centre: float


def wanted(size: Size, subject: Subject, aspect: float) -> Wanted:
    """What the frame must hold of one subject. For figures the cuts are measured from the crown, so they suit those who sit as well."""
    if not subject.figure:
        multiple, least = THING[size]
        large = max(subject.height, subject.width / aspect)
        if subject.height > LARGE:
            height = subject.height * BUILDING[size]
            top = subject.position[2] + subject.height
            # Nearer than full, a tower is its top; further, it stands on the lower third line.
            return Wanted(height, top - 0.36 * height if height < subject.height else subject.position[2] + 0.38 * height)
        return Wanted(max(least, large * multiple), subject.eyes[2])
    frame = FIGURE[size]
    crown = subject.eyes[2] + CROWN * subject.height
    cover = frame.cover * subject.height
    if size in ("full", "wide"):
        # The whole body as it stands or sits: feet in, with ground below.
        cover = max(0.55 * subject.height, crown - subject.position[2]) * (frame.cover if size == "wide" else 1.06)
    height = cover / (1.0 - frame.air)
    return Wanted(height, crown + frame.air * height - 0.5 * height)


def two(size: Size, a: Subject, b: Subject, apart: float, aspect: float) -> Wanted:
    """What the frame must hold of two subjects `apart` metres from each other across the picture."""
    taller = a if a.eyes[2] + CROWN * a.height >= b.eyes[2] + CROWN * b.height else b
    one = wanted(size, taller, aspect)
    height = max(one.height, (apart + 0.5 * (a.width + b.width) + 0.35) / (0.86 * aspect))
    crown = taller.eyes[2] + CROWN * taller.height
    low = min(a.position[2], b.position[2])
    centre = crown + FIGURE["two-shot"].air * height - 0.5 * height
    return Wanted(height, max(low + 0.42 * height, centre) if height > 2.0 else centre)


def distance(height: float, fov: float) -> float:
    """Metres from the lens at which a frame `height` metres high fills the picture."""
    return 0.5 * height / math.tan(0.5 * fov)


def fitting_fov(height: float, away: float) -> float:
    """The vertical angle that frames `height` metres from `away` metres, within what lenses can do."""
    low, high = FOV_LIMITS
    return min(high, max(low, 2.0 * math.atan2(0.5 * height, away)))
