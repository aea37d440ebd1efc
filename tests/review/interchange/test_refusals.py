"""Files that cannot be taken in are refused with a reason, at their line, whatever they are; bombs at once and in little memory."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.review.interchange import FORMATS, BrokenFile, Clock, NotThisFormat, OtherRate, OutsideFilm, ReadRefused, TooLarge
from tests.review.interchange.reels import COUNTED, reel

FILM = COUNTED["24"]
CLOCK = Clock(FILM.rate, FILM.drop, FILM.start)
BACK = [key for key, made in FORMATS.items() if made.read]
WRITTEN = {key: FORMATS[key].write(reel(FILM)) for key in BACK}


def refused(key: str, data: bytes, clock: Clock = CLOCK) -> ReadRefused:
    reader = FORMATS[key].read
    assert reader
    with pytest.raises(ReadRefused) as caught:
        reader(data, clock)
    return caught.value


@pytest.mark.parametrize(
    ("key", "change", "kind", "where", "says"),
    [
        ("csv", ("n1,1439,", "n1,soon,"), BrokenFile, "n1,1439", "“soon” is not a frame"),
        ("csv", ("n1,1439,1439,", "n1,1438,1439,"), BrokenFile, "n1,", "Frame 1438 is 01:00:59:22, and the row says 01:00:59:23"),
        ("csv", ("n1,1439,1439,01:00:59:23,01:00:59:23", "n1,1439,1438,,"), BrokenFile, "n1,", "from frame 1439 back to frame 1438"),
        ("csv", (",Text,", ",Word,"), NotThisFormat, "Note,", "“Text”"),
        ("csv", ("resolved,pink", "rejected,pink"), BrokenFile, "n0,", "cannot be “rejected”"),
        ("csv", ("> 山田: はい", "山田 says yes"), BrokenFile, "n0,", "replies are not written as they went out"),
        ("edl", ("01:01:00:00 YELLOW", "01:01:00:24 YELLOW"), BrokenFile, "01:01:00:00 YELLOW", "no timecode 01:01:00:24 at 24"),
        ("edl", ("01:01:00:00 YELLOW", "01:01:00;00 YELLOW"), OtherRate, "01:01:00:00 YELLOW", "drop-frame timecode"),
        ("edl", ("01:01:00:00 YELLOW", "00:01:00:00 YELLOW"), OutsideFilm, "01:01:00:00 YELLOW", "begin at 01:00:00:00"),
        ("edl", ('"id": "n1"', '"id": 7'), BrokenFile, '"id": "n1"', "has an impossible id"),
        ("edl", ("AX       V     C ", "AX       V "), BrokenFile, "AX  ", "not written as CMX3600"),
        ("resolve", ("01:01:00:00", "01:01:00:99"), BrokenFile, "003  001", "no timecode"),
        ("otio", ('"rate": 24.0', '"rate": 25.0'), OtherRate, "", "runs at 25 frames a second and this film at 24"),
        ("otio", ('"value": 1439.0', '"value": 1439.0,,'), BrokenFile, '"value": 1439.0', "no JSON here"),
        ("otio", ('"value": 1439.0', '"value": NaN'), BrokenFile, "", "A time is nan"),
        ("otio", ('"OTIO_SCHEMA": "Timeline.1"', '"OTIO_SCHEMA": "Clip.2"'), NotThisFormat, "", "holds no timeline"),
        ("otio", ("firstcut.note.1", "firstcut.note.9"), BrokenFile, "", "which this studio does not know"),
        ("fcpxml", ('frameDuration="100/2400s"', 'frameDuration="100/2500s"'), OtherRate, "<sequence", "runs at 25"),
        ("fcpxml", ('duration="5/12s"', 'duration="5/0s"'), BrokenFile, 'duration="5/12s"', "is no time"),
        ("fcpxml", ("</spine>", "</spina>"), BrokenFile, "</spine>", "mismatched tag"),
        ("premiere", ("<timebase>24</timebase>", "<timebase>30</timebase>"), OtherRate, "<sequence", "runs at 30"),
        ("premiere", ("<in>1439</in>", "<in>soon</in>"), BrokenFile, "<marker>\n      <comment>\\&gt;", "“soon” as its <in>"),
    ],
)
def test_a_refusal_says_where_and_what(key: str, change: tuple[str, str], kind: type[ReadRefused], where: str, says: str) -> None:
    before, after = change
    text = WRITTEN[key].decode()
    assert before in text
    refusal = refused(key, text.replace(before, after).encode())
    assert type(refusal) is kind
    assert says in str(refusal) and "No note was changed." in str(refusal)
    assert refusal.line == (text[: text.index(where)].count("\n") + 1 if where else None)


@pytest.mark.parametrize("key", BACK)
@pytest.mark.parametrize("other", BACK)
def test_each_reader_knows_its_own_format(key: str, other: str) -> None:
    same = key == other or {key, other} == {"edl", "resolve"}
    if not same:
        assert isinstance(refused(key, WRITTEN[other]), NotThisFormat | BrokenFile)


def test_a_drop_frame_film_does_not_take_a_list_counted_without() -> None:
    drop = COUNTED["29.97df"]
    refusal = refused("edl", FORMATS["edl"].write(reel(COUNTED["29.97"])), Clock(drop.rate, True, drop.start))
    assert isinstance(refusal, OtherRate) and "counted without dropping" in str(refusal)


def test_text_that_is_not_utf_8_is_told_at_its_line() -> None:
    refusal = refused("csv", "Text,Frame\r\nok,1\r\nschön,2\r\n".encode("latin-1"))
    assert refusal.line == 3 and "UTF-8" in str(refusal)


@pytest.mark.parametrize("key", BACK)
@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_rubbish_is_refused_or_empty(key: str, data: bytes) -> None:
    reader = FORMATS[key].read
    assert reader
    try:
        assert reader(data, CLOCK) == []
    except ReadRefused as refusal:
        assert "No note was changed." in str(refusal)


@pytest.mark.parametrize("key", BACK)
@settings(max_examples=150, deadline=None)
@given(draws=st.data())
def test_a_damaged_file_gives_notes_or_a_reason(key: str, draws: st.DataObject) -> None:
    data = WRITTEN[key]
    for _ in range(draws.draw(st.integers(1, 3))):
        at = draws.draw(st.integers(0, len(data)))
        to = min(len(data), at + draws.draw(st.sampled_from([0, 1, 2, 10, 200])))
        odd = st.sampled_from(
            [b"", b"9", b"-", b"null", b"1e400", b"[]", b"{}", b'"', b"<a/>", b"&x;", b"99999999999999999999", b";", b"\xff", b"\n"]
        )
        data = data[:at] + draws.draw(odd | st.just(data[to : to + 50])) + data[to:]
    reader = FORMATS[key].read
    assert reader
    try:
        reader(data, CLOCK)
    except ReadRefused as refusal:
        assert "No note was changed." in str(refusal)


BOMBS = r"""
import resource, sys, time
from fractions import Fraction
import django
django.setup()
from studio.review.interchange import FORMATS, Clock, ReadRefused
key, size = sys.argv[1], 20 * 1024 * 1024
bomb = {
    "laughs": lambda: b'<!DOCTYPE xmeml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xmeml>&b;</xmeml>',
    "outside": lambda: b'<!DOCTYPE fcpxml [<!ENTITY a SYSTEM "file:///etc/passwd">]><fcpxml>&a;</fcpxml>',
    "undefined": lambda: b'<!DOCTYPE fcpxml SYSTEM "http://localhost/x.dtd"><fcpxml>&a;</fcpxml>',
    "deep": lambda: b"<xmeml>" + b"<a>" * 6_000_000,
    "many": lambda: b"<fcpxml>" + b"<a/>" * 5_000_000,
    "attributes": lambda: b"<fcpxml " + b" ".join(b'a%d=""' % n for n in range(1_700_000)) + b"/>",
    "words": lambda: b"<xmeml><sequence><marker><in>1</in><name>" + b"w" * (size - 200) + b"</name></marker></sequence></xmeml>",
    "brackets": lambda: b"[" * 10_000_000,
    "nested": lambda: b"[" * 100_000 + b"]" * 100_000,
    "objects": lambda: b"[" + b"{}," * 6_000_000 + b"{}]",
    "numbers": lambda: b"[" + b"1," * 9_000_000 + b"1]",
    "digits": lambda: b'{"OTIO_SCHEMA": "Timeline.1", "n": ' + b"9" * 10_000_000 + b"}",
    "lines": lambda: b"\n" * size,
    "line": lambda: b"001 AX V C " + b"01:00:00:00 " * 1_700_000,
    "cell": lambda: b"Text,Frame\n" + b"w" * (size - 100) + b",1",
    "cells": lambda: b"Text,Frame\n" + b"," * (size - 100),
    "rows": lambda: b"Text,Frame\n" + b"w,1\n" * 5_000_000,
    "quotes": lambda: b'Text,Frame\n"' + b'""' * 10_000_000 + b'",1',
    "large": lambda: b" " * (size + 1),
}[key]()
form = sys.argv[2]
before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    FORMATS[form].read(bomb, Clock(Fraction(24)))
    print("read", 0, 0)
except ReadRefused as refusal:
    print(type(refusal).__name__, time.process_time() - begun, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize(
    ("bomb", "key"),
    [
        ("laughs", "premiere"),
        ("outside", "fcpxml"),
        ("undefined", "fcpxml"),
        ("deep", "premiere"),
        ("many", "fcpxml"),
        ("attributes", "fcpxml"),
        ("words", "premiere"),
        ("brackets", "otio"),
        ("nested", "otio"),
        ("objects", "otio"),
        ("numbers", "otio"),
        ("digits", "otio"),
        ("lines", "edl"),
        ("line", "edl"),
        ("cell", "csv"),
        ("cells", "csv"),
        ("rows", "csv"),
        ("quotes", "csv"),
        ("large", "csv"),
    ],
)
def test_a_bomb_is_refused_within_a_second_and_200_mb(bomb: str, key: str) -> None:
    """Measured in a process of its own: seconds of its processor, and how far its memory rose above what the bomb itself takes."""
    done = subprocess.run([sys.executable, "-c", BOMBS, bomb, key], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    refusal, seconds, grown = done.stdout.split()
    assert refusal in ("TooLarge", "BrokenFile", "NotThisFormat")
    assert float(seconds) < 1 and float(grown) < 200, done.stdout


@pytest.mark.parametrize(
    "head",
    [
        b'[<!ENTITY a "ha">]',
        b'[<!ENTITY a SYSTEM "file:///etc/passwd">]',
        b'[<!ENTITY % p "x"> %p;]',
        b'SYSTEM "http://127.0.0.1/a.dtd"',
    ],
)
def test_entities_are_never_followed(head: bytes) -> None:
    use = b"" if b"%" in head else b"&a;"
    data = b"<!DOCTYPE xmeml " + head + b"><xmeml><sequence><marker><name>" + use + b"</name><in>1</in></marker></sequence></xmeml>"
    assert "entities of its own" in str(refused("premiere", data))


def test_more_notes_than_a_film_has_are_too_many() -> None:
    assert isinstance(refused("csv", b"Text,Frame\n" + b"w,1\n" * 20_001), TooLarge)
