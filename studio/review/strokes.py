"""The one outline of everything drawn: a line of beads. Neighbouring beads are joined by the straight hull of both, so a stroke swells with its beads
and has round ends and corners. static/js/lib/shapes.js computes the same beads by the same formulas; a change here is a change there.

Lengths are pixels of the picture drawn on, W × H; w is a stroke's width, r a bead's radius.

    radius      r = w/2 × (0.4 + 1.2 × pressure), at least half a pixel; without pressure w/2
    pen         the uniform quadratic B-spline over (x, y, r) of its points P: straight from the first to the middle of the first two, then from
                middle to middle, bent towards the point between (M, P, N: (1−t)²M + 2t(1−t)P + t²N), then straight to the last. A bend has as many
                pieces as its legs |MP| + |PN| are long in steps of 0.006 H, from 1 to 16
    arrow       the shaft, and a head of two arms of length max(5 w, 0.02 H), no longer than the shaft, at 28° from it
    box         its four sides; ellipse: the 128-gon in the rectangle of its corners
    edge        beneath each shape the same with every radius 0.0015 H larger, in half-transparent black, so that it shows on any picture
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from studio.review.shapes import Arrow, Box, Ellipse, Pen

Bead = tuple[float, float, float]
"""x, y, radius"""

EDGE = 0.0015
STEP = 0.006
MOST_PIECES = 16
CORNERS = 128
ARM, LEAST_ARM, ARM_ANGLE = 5.0, 0.02, math.radians(28)


def beads(shape: Pen | Arrow | Box | Ellipse, width: float, height: float) -> list[list[Bead]]:
    """Lines of beads of this shape on a picture so large."""
    half = shape.width * height / 2
    if isinstance(shape, Pen):
        points = [(x * width, y * height, max(half * (0.4 + 1.2 * pressure), 0.5)) for x, y, pressure in shape.points]
        return [list(_bent(points, STEP * height))]
    r = max(half, 0.5)
    (x0, y0), (x1, y1) = ((x * width, y * height) for x, y in (shape.start, shape.end))
    if isinstance(shape, Arrow):
        length = math.hypot(x1 - x0, y1 - y0)
        arm = min(max(ARM * 2 * half, LEAST_ARM * height), length)
        back = math.atan2(y0 - y1, x0 - x1)
        left, right = ((x1 + arm * math.cos(back + turn), y1 + arm * math.sin(back + turn), r) for turn in (-ARM_ANGLE, ARM_ANGLE))
        return [[(x0, y0, r), (x1, y1, r)], [left, (x1, y1, r), right]]
    if isinstance(shape, Box):
        return [[(x0, y0, r), (x1, y0, r), (x1, y1, r), (x0, y1, r), (x0, y0, r)]]
    turns = (2 * math.pi * corner / CORNERS for corner in range(CORNERS + 1))
    return [[((x0 + x1) / 2 + (x1 - x0) / 2 * math.cos(turn), (y0 + y1) / 2 + (y1 - y0) / 2 * math.sin(turn), r) for turn in turns]]


def _bent(points: Sequence[Bead], step: float) -> Iterator[Bead]:
    yield points[0]
    middle = _between(points[0], points[1]) if len(points) > 1 else points[0]
    if len(points) > 2:
        yield middle
    for point, after in pairwise(points[1:]):
        end = _between(point, after)
        legs = math.hypot(point[0] - middle[0], point[1] - middle[1]) + math.hypot(end[0] - point[0], end[1] - point[1])
        pieces = min(max(math.ceil(legs / step), 1), MOST_PIECES)
        for piece in range(1, pieces + 1):
            t = piece / pieces
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
            yield a * middle[0] + b * point[0] + c * end[0], a * middle[1] + b * point[1] + c * end[1], a * middle[2] + b * point[2] + c * end[2]
        middle = end
    if len(points) > 1:
        yield points[-1]


def _between(one: Bead, other: Bead) -> Bead:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2
