"""The judge is judged: each fault, planted in a picture or a sound that is otherwise good, is found."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from generation.media.loudness import Loudness
from studio.sound.models import Line, LineTake
from studio.world.models import Character
from tests.acceptance.check import Spoken, levels, movement, overlaps
from tests.acceptance.movie import Picture, Sound

CUT = {"rate": [24, 1], "clips": [{"code": "1.1", "shot": 1, "at": 0, "source_in": 0, "source_out": 96}]}
GOOD = Picture(
    "h264", "yuv420p", (320, 180), Fraction(24), tuple(Fraction(n, 24) for n in range(96)),
    np.full(96, 90.0), np.full(96, 200.0), np.full(96, 0.8), np.full(96, 12.0),
)  # fmt: skip
SOUND = Sound("aac", 48_000, 2, Fraction(4), Loudness(-16.2, -12.0, -1.0))


def spoken(who: int, begin: float, end: float) -> Spoken:
    line = Line(character=Character(pk=who, name=f"PERSON {who}"), text="Here.")
    return Spoken(line, LineTake(words=[["Here", 0.0, end - begin]], seconds=end - begin), begin, end - begin, 0.0)


def test_a_frozen_or_empty_picture_is_found_and_grain_is_no_movement() -> None:
    assert list(movement(GOOD, CUT)) == []
    same = GOOD.changed.copy()
    same[40:44] = 0.0
    assert "very same frame" in "".join(movement(replace(GOOD, changed=same), CUT))
    assert "nothing moves" in "".join(movement(replace(GOOD, moved=np.full(96, 0.9)), CUT))
    assert "shows nothing" in "".join(movement(replace(GOOD, bright=np.full(96, 96.0)), CUT))
    assert "hardly changes" in "".join(movement(replace(GOOD, changed=np.full(96, 0.05)), CUT))


def test_wrong_levels_are_found() -> None:
    assert list(levels(SOUND)) == []
    assert len(list(levels(replace(SOUND, loudness=Loudness(-18.0, -12.0, 0.1))))) == 2


def test_two_people_at_once_are_found() -> None:
    assert list(overlaps([spoken(1, 0.0, 2.0), spoken(2, 1.9, 3.0)])) == []
    assert list(overlaps([spoken(1, 0.0, 2.0), spoken(1, 1.0, 3.0)])) == []
    assert len(list(overlaps([spoken(1, 0.0, 2.0), spoken(2, 1.5, 3.0)]))) == 1
