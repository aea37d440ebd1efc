"""What a shape may be, and what is said of one that may not."""

from __future__ import annotations

import json
import math
import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.accounts.models import COLOURS
from studio.review import shapes
from studio.review.shapes import BadShape, Pen, as_data, parse, parse_drawing
from tests.review.drawings import fifty_five

STATIC = Path(__file__).resolve().parents[2] / "static"
numbers = st.floats(-3, 3)
points = st.tuples(numbers, numbers).map(list)
looks = {"v": st.just(1), "colour": st.sampled_from(COLOURS)}
stroked = {**looks, "width": st.floats(shapes.MIN_WIDTH, shapes.MAX_WIDTH)}
words = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.just("\n"), min_size=1, max_size=shapes.MAX_TEXT).filter(str.strip)
good = st.one_of(
    st.fixed_dictionaries(
        {**stroked, "kind": st.just("pen"), "points": st.lists(st.tuples(numbers, numbers, st.floats(0, 1)).map(list), min_size=1, max_size=30)}
    ),
    st.fixed_dictionaries({**stroked, "kind": st.sampled_from(["arrow", "box", "ellipse"]), "from": points, "to": points}),
    st.fixed_dictionaries(
        {
            **looks,
            "kind": st.just("text"),
            "size": st.floats(shapes.MIN_SIZE, shapes.MAX_SIZE),
            "at": points,
            "room": st.floats(0.05, 1),
            "text": words,
        }
    ),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PEN: dict[str, Any] = {"v": 1, "kind": "pen", "colour": "rose", "width": 0.006, "points": [[0.1, 0.2, 0.5], [0.3, 0.4, 1]]}
BOX: dict[str, Any] = {"v": 1, "kind": "box", "colour": "teal", "width": 0.006, "from": [0, 0], "to": [1, 1]}
TEXT: dict[str, Any] = {"v": 1, "kind": "text", "colour": "lime", "size": 0.04, "at": [0.1, 0.1], "room": 0.4, "text": "here"}


@given(good)
def test_a_shape_comes_back_as_it_was_kept(data: dict[str, Any]) -> None:
    shape = parse(data)
    assert parse(as_data(shape)) == shape
    assert parse(json.loads(json.dumps(as_data(shape), allow_nan=False))) == shape
    assert hash(shape) == hash(parse(as_data(shape)))


@given(good)
def test_what_lies_far_outside_is_brought_near(data: dict[str, Any]) -> None:
    kept = as_data(parse(data))
    places = [point[:2] for point in kept.get("points", [])] + [kept[name] for name in ("from", "to", "at") if name in kept]
    assert all(-0.5 <= value <= 1.5 for place in places for value in place)


@given(anything)
def test_anything_else_is_refused_in_words(data: object) -> None:
    with pytest.raises(BadShape) as refused:
        parse(data)
    assert 10 < len(str(refused.value)) < 300


@given(good, st.data())
def test_one_wrong_part_is_refused_or_harmless(data: dict[str, Any], draw: st.DataObject) -> None:
    part = draw.draw(st.sampled_from(sorted(data)))
    try:
        shape = parse({**data, part: draw.draw(anything)})
    except BadShape as refused:
        assert len(str(refused)) < 300
    else:
        assert parse(as_data(shape)) == shape


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (None, shapes.WrongParts, "an object"),
        ({**PEN, "v": 2}, shapes.UnknownVersion, "version 1, not 2"),
        ({**PEN, "v": True}, shapes.UnknownVersion, "not True"),
        ({**PEN, "kind": "star"}, shapes.UnknownKind, "not 'star'"),
        ({**PEN, "kind": ["pen"]}, shapes.UnknownKind, "not a list"),
        ({**PEN, "colour": "#ff0000"}, shapes.UnknownColour, "amber, teal"),
        ({key: value for key, value in BOX.items() if key != "to"}, shapes.WrongParts, "This box has no 'to'"),
        ({**PEN, "onclick": "x"}, shapes.WrongParts, "A pen has no 'onclick'"),
        ({**PEN, "points": []}, shapes.WrongParts, "at least one point"),
        ({**PEN, "points": "000"}, shapes.WrongParts, "at least one point"),
        ({**PEN, "points": [[0, 0]]}, shapes.WrongParts, "[x, y, pressure]"),
        ({**PEN, "points": [[0, 0, 1.2]]}, shapes.BadNumber, "pressure: 1.2 is not between 0 and 1"),
        ({**PEN, "points": [[0, math.nan, 1]]}, shapes.BadNumber, "not a finite number"),
        ({**PEN, "points": [[0, 10**400, 1]]}, shapes.BadNumber, "not a finite number"),
        ({**PEN, "points": [[0, "1", 1]]}, shapes.BadNumber, "'1' is not a number"),
        ({**PEN, "points": [[0, 0, 1]] * 2001}, shapes.TooMuch, "at most 2000 points; this one has 2001"),
        ({**PEN, "points": [[n % 2, 0, 1] for n in range(102)]}, shapes.TooMuch, "at most 100 times across"),
        ({**PEN, "width": 0}, shapes.BadNumber, "width: 0 is not between"),
        ({**BOX, "from": [0, True]}, shapes.BadNumber, "True is not a number"),
        ({**TEXT, "text": " \n "}, shapes.BadText, "no words"),
        ({**TEXT, "text": "a\x00b"}, shapes.BadText, "no control characters"),
        ({**TEXT, "text": "a\ud800b"}, shapes.BadText, "no control characters"),
        ({**TEXT, "text": "x" * 201}, shapes.TooMuch, "at most 200 letters; this one has 201"),
        ({**TEXT, "size": 1}, shapes.BadNumber, "size: 1 is not between"),
        ({**TEXT, "room": 0}, shapes.BadNumber, "room: 0 is not between"),
    ],
)
def test_the_error_says_what_is_wrong(data: object, error: type[BadShape], says: str) -> None:
    with pytest.raises(error) as refused:
        parse(data)
    assert says in str(refused.value)


def test_limits_themselves_are_allowed() -> None:
    assert len(parse({**PEN, "points": [[0, 0, 1]] * 2000}).points) == 2000  # type: ignore[union-attr]
    assert parse({**TEXT, "text": "x" * 200}).text == "x" * 200  # type: ignore[union-attr]
    assert len(parse_drawing([BOX] * 200)) == 200


def test_a_drawing_says_which_of_its_shapes_is_wrong_and_how_many_are_too_many() -> None:
    with pytest.raises(shapes.UnknownColour, match="Shape 2: A colour is one of"):
        parse_drawing([BOX, {**BOX, "colour": "mauve"}])
    with pytest.raises(shapes.TooMuch, match="at most 200 shapes; these are 201"):
        parse_drawing([BOX] * 201)
    with pytest.raises(shapes.TooMuch, match="20000 points together; these have 20002"):
        parse_drawing([{**PEN, "points": [[0, 0, 1]] * 1819}] * 10 + [{**PEN, "points": [[0, 0, 1]] * 1812}])
    to_and_fro = {**PEN, "points": [[n % 2, 0, 1] for n in range(101)]}
    assert len(parse_drawing([to_and_fro] * 3)) == 3
    with pytest.raises(shapes.TooMuch, match="300 times across"):
        parse_drawing([to_and_fro] * 4)
    wrongs: tuple[object, ...] = ({}, "shapes", None, 3)
    for wrong in wrongs:
        with pytest.raises(shapes.WrongParts, match="a list of shapes"):
            parse_drawing(wrong)
    assert len(parse_drawing(fifty_five())) == 55


def test_a_shape_cannot_be_changed() -> None:
    pen = parse(PEN)
    assert isinstance(pen, Pen)
    with pytest.raises(FrozenInstanceError):
        pen.width = 1  # type: ignore[misc]
    assert parse({**BOX, "kind": "ellipse"}) != parse(BOX), "one place, another kind"


def test_one_value_for_each_colour_of_a_person() -> None:
    """The people's colours, the avatars' values in the style sheet, and what the browser draws with."""
    avatars = dict(re.findall(r"\.avatar--(\w+) circle \{ fill: (#\w{6}); \}", (STATIC / "css/controls.css").read_text()))
    script = (STATIC / "js/lib/shapes.js").read_text()
    assert tuple(shapes.INKS) == COLOURS
    assert avatars == shapes.INKS
    assert dict(re.findall(r'(\w+): "(#\w{6})"', script)) == shapes.INKS
    assert f"MAX_POINTS = {shapes.MAX_POINTS};" in script
    assert f"MAX_TEXT = {shapes.MAX_TEXT};" in script
