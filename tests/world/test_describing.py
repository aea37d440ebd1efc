"""Designs in words: of what an engine says, and of what it leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from generation.previs.figures import words as previs
from studio.world.describing import COLOURS, colour_name, facts, palette
from studio.world.words import COLOURS as COLOUR_WORDS
from studio.world.words import GARMENTS

FIGURE: dict[str, Any] = {
    "skin": "e6b896", "gender": "female", "years": 74, "build": "slim", "height": 1.633,
    "hair": {"style": "curly", "colour": "e6e2da"}, "beard": "none",
    "outer": {"kind": "oilskin", "colour": "e0b02c"}, "top": {"kind": "sweater", "colour": "#e4dccb"}, "hat": {"kind": "none", "colour": "41506b"},
    "extras": [{"kind": "bag", "colour": "7a5538"}], "glasses": "round", "voice": {"pitch": 62, "rate": 173},
}  # fmt: skip
SET: dict[str, Any] = {
    "kind": "kitchen", "size": [6.88, 5.85, 2.7], "palette": {"wall": "#8a9ca5", "floor": "#b3a085", "door": "#8a9ca5"},
    "surfaces": {"wall": "plaster", "base": -1.9},
    "openings": [{"kind": "window"}, {"kind": "window"}, {"kind": "door"}],
    "furniture": [{"name": "chair"}, {"name": "chair"}, {"name": "harpsichord", "stand_in": True}],
}  # fmt: skip


def test_a_figure_in_words() -> None:
    told = dict(facts(FIGURE))
    assert told["Who"] == "female, about 74, slim build, 1.63 m"
    assert told["Wears"] == "yellow oilskin, cream sweater, brown bag"
    assert told["Hair"] == "cream curly, round glasses"
    assert told["Voice"] == "high, quick, 173 words a minute"


def test_a_set_in_words() -> None:
    told = dict(facts(SET))
    assert told == {
        "Kind": "kitchen, 6.88 × 5.85 m",
        "Made of": "plaster wall",
        "Openings": "2 windows, door",
        "In it": "chair × 2, harpsichord",
        "Stand-ins": "harpsichord",
    }


def test_a_palette_has_no_colour_twice_and_none_of_what_is_not_worn() -> None:
    assert palette(FIGURE)[0] == ("Oilskin", "#e0b02c")
    assert "Hat" not in dict(palette(FIGURE)) and "None" not in dict(palette(FIGURE))
    assert palette(SET) == [("Walls", "#8a9ca5"), ("Ground", "#b3a085")]


@pytest.mark.parametrize("design", [{}, {"skin": None}, {"skin": "?", "hair": "long", "voice": {}, "outer": 3}, {"palette": {}, "furniture": None}])
def test_what_an_engine_leaves_out_is_left_out(design: dict[str, Any]) -> None:
    assert palette(design) == []
    assert all(words for _, words in facts(design))


@pytest.mark.parametrize(("colour", "name"), [("b3372f", "red"), ("#000000", "black"), ("ffffff", "white"), ("355f95", "blue"), ("nothing", "")])
def test_colours_have_names(colour: str, name: str) -> None:
    assert colour_name(colour) == name


def test_every_colour_and_all_that_previs_dresses_people_in_has_a_word_for_each_language() -> None:
    worn = {kind for _, kind in previs.GARMENTS.values()} | {kind for pieces in previs.OCCUPATIONS.values() for _, kind, _ in pieces}
    assert worn <= set(GARMENTS)
    assert set(COLOURS) == set(COLOUR_WORDS)
