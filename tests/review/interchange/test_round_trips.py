"""What goes out comes back the same: any notes, on any frames, at any rate, in every format that comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.review.interchange import COLOURS, FORMATS, MarkedNote, Reel, ReelClip, Reply
from studio.review.interchange.csv import guard, unguard
from studio.review.interchange.reel import clean
from studio.review.interchange.wording import in_lines, on_one_line
from tests.review.interchange.reels import COUNTED, WORDS, reel

BACK = [key for key, made in FORMATS.items() if made.read]

# Letters of anywhere, and the signs that the formats mean something by.
texts = st.one_of(
    st.text(max_size=40),
    st.text(st.sampled_from("|/\\>[]#:;'\"=+-@·%¦<&\t\n 1aé山\u2028\r\x00\ufffe"), max_size=40),
    st.sampled_from([*WORDS, "|C:ResolveColorRed |M:x |D:9", "[open · colour=red]", "* LOC: 01:00:00:00 RED x", "001  AX V C", "''=1", "]]>"]),
)
names = st.one_of(st.text(max_size=12), st.sampled_from(["Ben: Ode", "Anna #2", "#", "A (2026-01-02T09:00:00Z)", "=cmd", "/", "· x=1"]))
ids = st.one_of(st.just(""), st.uuids().map(str), st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8))
moments = st.none() | st.datetimes(min_value=datetime(1980, 1, 1), timezones=st.just(UTC))
replies = st.builds(Reply, names, texts, moments)


@st.composite
def reels(draw: st.DrawFn) -> Reel:
    film = draw(st.sampled_from(list(COUNTED.values())))
    hour, second = film.start, film.start // 3600
    frames = draw(st.integers(1, 3 * hour))
    starts = st.sampled_from([0, hour, 10 * hour + 17, 24 * hour - 10 * second, 24 * hour - 1])
    # Around the ends of minutes and of tens of minutes, where drop-frame skips; and anywhere.
    tens = (hour // 6) if film.drop else 600 * second
    places = st.integers(0, frames - 1) | st.builds(lambda ten, by: max(0, min(frames - 1, ten * tens + by)), st.integers(0, 18), st.integers(-5, 5))
    notes = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(places)
        notes.append(
            MarkedNote(
                id=draw(ids),
                first=first,
                last=min(frames - 1, first + draw(st.sampled_from([0, 0, 1, 23, second * 90]))),
                author=draw(names),
                text=draw(texts),
                replies=tuple(draw(st.lists(replies, max_size=2))),
                status=draw(st.sampled_from(["open", "resolved"])),
                colour=draw(st.sampled_from(COLOURS)),
                category=draw(names),
                shot=draw(names),
                version=draw(st.none() | st.integers(0, 999)),
                made_at=draw(moments),
            )
        )
    cuts = sorted(draw(st.sets(st.integers(0, frames), max_size=6)))
    clips = []
    for start, end in pairwise(cuts):
        if draw(st.booleans()):
            source_in = draw(st.integers(0, 5000))
            clips.append(ReelClip(draw(names), draw(st.sampled_from(["a.mov", "b & ü.mov", ""])), source_in, source_in + end - start, start))
    return Reel("Film", film.rate, frames, tuple(clips), tuple(notes), drop_frame=film.drop, start=draw(starts))


def as_resolve_keeps_it(note: MarkedNote) -> MarkedNote:
    def no_bar(text: str) -> str:
        return text.replace("|", "¦")

    return replace(
        note,
        id=no_bar(note.id),
        author=no_bar(note.author),
        text=no_bar(note.text),
        category=no_bar(note.category),
        shot=no_bar(note.shot),
        replies=tuple(Reply(no_bar(reply.author), no_bar(reply.text), reply.made_at) for reply in note.replies),
    )


@pytest.mark.parametrize("key", BACK)
@settings(max_examples=100, deadline=None)
@given(film=reels())
def test_what_goes_out_comes_back(key: str, film: Reel) -> None:
    made = FORMATS[key]
    assert made.read
    expected = film.in_order if key != "resolve" else [as_resolve_keeps_it(note) for note in film.in_order]
    assert made.read(made.write(film), film.clock) == expected


@pytest.mark.parametrize("key", FORMATS)
def test_the_same_notes_give_the_same_bytes(key: str) -> None:
    film = reel(COUNTED["29.97df"])
    assert FORMATS[key].write(film) == FORMATS[key].write(film)


@given(texts)
def test_one_line_holds_many(text: str) -> None:
    text = clean(text)
    assert "\n" not in on_one_line(text)
    assert in_lines(on_one_line(text)) == text


@given(texts)
def test_no_cell_is_a_formula(text: str) -> None:
    cell = guard(clean(text))
    assert not cell.strip() or cell.strip()[0] not in "=+-@\t\r＝＋－＠"
    assert unguard(cell) == clean(text)


def test_formulas_are_guarded_in_the_file_itself() -> None:
    note = MarkedNote("n1", 0, 0, "=HYPERLINK(1)", "-2+3", (), category="@SUM(1)", shot="+1")
    table = FORMATS["csv"].write(reel(COUNTED["24"], (note,))).decode("utf-8-sig")
    assert table.split("\r\n")[1] == "n1,0,0,01:00:00:00,01:00:00:00,'=HYPERLINK(1),'-2+3,,open,blue,'@SUM(1),'+1,,"


def test_notes_on_one_frame_share_a_marker_in_resolve_and_part_again() -> None:
    notes = tuple(MarkedNote(f"n{number}", 40, 40 + number, "Anna", f"Number {number}", colour=COLOURS[number]) for number in range(3))
    film = reel(COUNTED["24"], notes)
    file = FORMATS["resolve"].write(film)
    assert file.count(b"|C:ResolveColor") == 1
    assert FORMATS["edl"].read
    assert FORMATS["edl"].read(file, film.clock) == list(notes)
