"""Timecode against tables made by hand and against OpenTimelineIO's, at every rate."""

from __future__ import annotations

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime

from studio.review.interchange import BrokenFile, Clock, OtherRate, OutsideFilm
from studio.review.interchange.clock import rate_of
from tests.review.interchange.reels import COUNTED, NTSC, Counted

FILMS = pytest.mark.parametrize("film", COUNTED.values(), ids=COUNTED.keys())


@FILMS
def test_labels_are_those_worked_out_by_hand(film: Counted) -> None:
    clock = Clock(film.rate, film.drop, film.start)
    assert {frame: clock.label(frame) for frame in film.labels} == film.labels
    assert {clock.frame(label): label for label in film.labels.values()} == film.labels


@FILMS
def test_around_every_minute_of_a_day_another_library_counts_the_same(film: Counted) -> None:
    clock = Clock(film.rate, film.drop)
    rate = float(film.rate)
    for minute in range(1440):
        first = minute * clock.base * 60 - (clock.base // 15 * (minute - minute // 10) if film.drop else 0)
        for count in range(max(0, first - 3), first + 4):
            label = clock.count_label(count)
            assert Clock(film.rate, film.drop, count).frame(label) == 0
            assert otio.opentime.from_timecode(label, rate) == RationalTime(count, rate), (label, count)


def test_timecode_goes_round_at_midnight() -> None:
    clock = Clock(NTSC, True, Clock(NTSC, True).day - 2)
    assert [clock.label(frame) for frame in range(4)] == ["23:59:59;28", "23:59:59;29", "00:00:00;00", "00:00:00;01"]
    assert [clock.frame(clock.label(frame)) for frame in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("label", "drop", "refusal", "says"),
    [
        ("01:01:00;00", True, BrokenFile, "skips 01:01:00;00"),
        ("01:01:00;02", False, OtherRate, "is drop-frame timecode"),
        ("01:00:00:30", False, BrokenFile, "frames to 29"),
        ("01:60:00:00", False, BrokenFile, "There is no timecode"),
        ("1:00:00:00", False, BrokenFile, "is not a timecode"),
        ("00:59:59:29", False, OutsideFilm, "before the film's first frame, 01:00:00:00"),
    ],
)
def test_a_label_that_cannot_be_is_refused_with_the_reason(label: str, drop: bool, refusal: type[Exception], says: str) -> None:
    with pytest.raises(refusal, match=says):
        Clock(NTSC, drop, 107892 if drop else 108000).frame(label)


def test_a_drop_frame_film_reads_the_colons_that_many_lists_write() -> None:
    assert Clock(NTSC, True, 107892).frame("01:01:00:02") == 1800


@FILMS
def test_decimal_rates_are_known_again(film: Counted) -> None:
    assert rate_of(float(film.rate)) == film.rate
    assert rate_of(round(float(film.rate), 3)) == film.rate
    assert rate_of(round(float(film.rate), 2)) == film.rate


def test_there_is_no_drop_frame_at_other_rates() -> None:
    with pytest.raises(ValueError, match=r"not at 23\.976"):
        Clock(COUNTED["23.976"].rate, True)
