"""Shapes drawn by Pillow: where they lie, how strong, and at what cost. That they look as in the browser is test_alike's."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.review import drawing
from studio.review.drawing import drawn, lines_of, over
from studio.review.shapes import Shape, parse, parse_drawing
from tests.review.drawings import fifty_five

LOOK: dict[str, Any] = {"v": 1, "colour": "rose"}
SIZE = (400, 200)


def pen(*points: tuple[float, float, float], width: float = 0.1) -> Shape:
    return parse({**LOOK, "kind": "pen", "width": width, "points": points})


def cover(*shapes: Shape, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    return np.asarray(drawn(shapes, size))[..., 3]


def ink(picture: Image.Image) -> NDArray[np.bool_]:
    """Where the colour itself stands, whole."""
    return np.asarray(np.asarray(picture)[..., 3] == 255)


def test_a_dot_is_round_and_as_wide_as_its_stroke() -> None:
    where = ink(drawn([pen((0.5, 0.5, 0.5))], SIZE))
    ys, xs = np.nonzero(where)
    assert (xs.min() + xs.max() + 1, ys.min() + ys.max() + 1) == (400, 200)
    assert math.pi * 9**2 < where.sum() < math.pi * 10**2, "a width of 0.1 on 200 lines is 20 pixels, without the rim that is only partly covered"


def test_pressure_swells_a_stroke() -> None:
    rows = ink(drawn([pen((0.1, 0.5, 0), (0.5, 0.5, 0), (0.9, 0.5, 1))], SIZE)).sum(axis=0)
    assert rows[60] == pytest.approx(8, abs=2), "0.4 of the width without pressure"
    assert rows[356] == pytest.approx(31, abs=2), "1.6 of it with all"
    swelling = rows[60:356].astype(int)
    assert (np.diff(swelling) >= -1).all()


def test_every_kind_lies_where_it_was_drawn() -> None:
    span = {**LOOK, "width": 0.02, "from": [0.25, 0.25], "to": [0.75, 0.75]}
    at = {
        "box": [(100, 100), (200, 50), (300, 150)],
        "ellipse": [(100, 100), (200, 50), (300, 100), (200, 150)],
        "arrow": [(100, 50), (200, 100), (300, 150)],
    }
    empty = {"box": [(200, 100), (90, 40)], "ellipse": [(200, 100), (103, 53)], "arrow": [(100, 150), (310, 155)]}
    for kind in ("box", "ellipse", "arrow"):
        seen = cover(parse({**span, "kind": kind}))
        for x, y in at[kind]:
            assert seen[y - 1 : y + 1, x - 1 : x + 1].max() == 255, (kind, x, y)
        for x, y in empty[kind]:
            assert seen[y, x] == 0, (kind, x, y)


def test_the_edge_lets_a_shape_be_seen_on_a_picture_of_its_own_colour() -> None:
    same = over(Image.new("RGB", (640, 360), "#e39aa6"), [parse({**LOOK, "kind": "box", "width": 0.01, "from": [0.2, 0.2], "to": [0.8, 0.8]})])
    assert np.asarray(same).min() < 130


def test_words_break_at_spaces_and_long_ones_anywhere() -> None:
    assert lines_of("one two three", 100) == ["one two three"]
    assert lines_of("one two three", 4.5) == ["one two", "three"]
    assert lines_of("one\n\ntwo", 100) == ["one", "", "two"]
    broken = lines_of("a incomprehensibilities b", 4)
    assert broken[0] == "a"
    assert broken[-1].endswith(" b")
    assert "".join(broken).replace(" ", "") == "aincomprehensibilitiesb"
    assert lines_of("W", 0.01) == ["W"], "a letter that does not fit stands all the same"


def test_nothing_falls_off_the_picture_and_nothing_breaks_at_its_rim() -> None:
    for shape in map(parse, fifty_five(3)):
        for size in ((1, 1), (37, 11), (320, 180)):
            assert drawn([shape], size).size == size
    for far in ((-0.5, -0.5, 1), (1.5, 1.5, 1), (-0.5, 1.5, 1)):
        assert cover(pen(far)).max() == 0
    outside = {**LOOK, "kind": "text", "size": 0.1, "at": [-0.5, 1.4], "room": 0.2, "text": "gone"}
    assert cover(parse(outside)).max() == 0


def test_a_long_slanting_line_is_the_same_in_pieces_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    line = pen((0.05, 0.1, 0.1), (0.95, 0.93, 0.9))
    pieces = cover(line)
    monkeypatch.setattr("studio.review.drawing.REACH", 10_000.0)
    assert np.abs(pieces.astype(int) - cover(line)).max() <= 1


def test_the_picture_keeps_its_size_and_what_is_not_drawn_on() -> None:
    picture = Image.effect_noise((320, 180), 80).convert("L")
    marked = over(picture, [pen((0.5, 0.5, 0.5), width=0.05)])
    assert (marked.mode, marked.size) == ("RGB", (320, 180))
    assert np.array_equal(np.asarray(marked)[:60], np.asarray(picture.convert("RGB"))[:60])
    assert np.array_equal(np.asarray(over(picture, [])), np.asarray(picture.convert("RGB")))


def test_what_lies_beside_the_picture_is_not_measured_on_it() -> None:
    for beside in ((-60.0, 50.0), (160.0, 50.0), (50.0, -60.0), (50.0, 160.0)):
        field = np.full((100, 100), np.inf, np.float32)
        drawing._approach(field, (*beside, 3.0), (beside[0] + 5, beside[1] + 5, 3.0), 2.0)
        assert np.isinf(field).all(), beside


def test_the_longest_note_allowed_costs_pieces_by_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """However it goes to and fro, no more hulls are measured than its length and its points allow, and none is long."""
    measured: list[float] = []
    monkeypatch.setattr(drawing, "_approach", lambda distance, one, other, around: measured.append(math.dist(one, other)))
    chance = random.Random(5)
    wild = [[chance.uniform(-0.5, 1.5), chance.uniform(-0.5, 1.5), chance.random()] for _ in range(90)]
    note = parse_drawing([{**LOOK, "kind": "pen", "width": 0.001, "points": wild}])
    drawn(note, (1920, 1080))
    across = sum(math.dist((a[0] * 1920, a[1] * 1080), (b[0] * 1920, b[1] * 1080)) for a, b in pairwise(wild))
    assert len(measured) < across / drawing.REACH + 17 * len(wild)
    assert max(measured) <= drawing.REACH
