"""Marked segments: made once, found again, waited for in an honest line, thrown out when there is no room; and never the original."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generation.contract import Rate
from generation.media import marking
from generation.media.encode import RenditionFile, ToYuv, file_sha256, rgb_frame
from generation.media.segments import read_index
from studio.events.live import valkey
from studio.media import marked, tasks
from studio.media.marked import Entry, Mark, Ready, Segment, Waiting, ensure, order, place, served
from studio.media.models import Rendition
from studio.media.store import store
from tests.generation.numbered import paint
from tests.live import LiveStudio

ANNA, BEN = (Mark(name, "2026-11-26 20:05 UTC", f"link {name}", name) for name in ("Anna", "Ben"))


@pytest.fixture(autouse=True)
def empty_line(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FIRSTCUT_MARKED = tmp_path / "marked"
    keys = valkey().keys("marked:*")
    if keys:
        valkey().delete(*keys)
    yield


@pytest.fixture(scope="module")
def rendition(tmp_path_factory: pytest.TempPathFactory) -> Rendition:
    """110 numbered frames in the store, of which no table tells."""
    path = tmp_path_factory.mktemp("marked") / "r.mp4"
    to_yuv = ToYuv()
    with RenditionFile(path, 320, 180, Rate(num=24)) as file:
        for number in range(110):
            file.write(to_yuv(rgb_frame(paint(1, number))))
    sha256 = file_sha256(path)
    store().add(sha256, path)
    meta = {"width": 320, "height": 180, "rate": [24, 1], **read_index(path).model_dump(mode="json")}
    return Rendition(name="rendition", asset_id=sha256, meta=meta)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What was really encoded: (first frame, for whom)."""
    found: list[tuple[int, str]] = []
    real = marking.mark_run

    def counted(rendition: Path, index: Any, start: int, end: int, mark: Any, out: Path) -> Any:
        found.append((start, mark.name))
        return real(rendition, index, start, end, mark, out)

    monkeypatch.setattr(marking, "mark_run", counted)
    return found


def test_a_picture_is_cut_into_segments_that_are_the_same_wherever_one_begins_to_watch(rendition: Rendition) -> None:
    whole = marked.segments(rendition, ANNA)
    assert [(each.start, each.end) for each in whole] == [(0, 48), (48, 96), (96, 110)]
    assert marked.segments(rendition, ANNA, 50, 97) == whole[1:]
    assert marked.segments(rendition, ANNA, 50, 96) == whole[1:2]
    assert len({each.key for mark in (ANNA, BEN) for each in marked.segments(rendition, mark)}) == 6


def test_what_is_not_there_is_waited_for_then_made_then_found_without_encoding(rendition: Rendition, encoded: list[tuple[int, str]]) -> None:
    first, second, third = marked.segments(rendition, ANNA)
    answer = ensure(first, [(second, 2.0), (third, 4.0)])
    assert isinstance(answer, Waiting) and answer.position == 1 and answer.served and 0 < answer.seconds < 5
    assert encoded == []  # a request never encodes
    assert tasks.mark_waiting() == 3
    assert encoded == [(0, "Anna"), (48, "Anna"), (96, "Anna")]
    assert marked.line() == []
    for segment in (first, second, third):
        found = ensure(segment)
        assert isinstance(found, Ready)
        index = read_index(found.path)
        assert index.frames == segment.end - segment.start
    assert tasks.mark_waiting() == 0 and len(encoded) == 3


def test_the_marked_path_never_gives_the_original(rendition: Rendition) -> None:
    segments = marked.segments(rendition, ANNA)
    for segment in segments:
        ensure(segment)
    tasks.mark_waiting()
    frags = rendition.meta["frags"]
    original = store().local(rendition.asset_id).read_bytes()
    for segment in segments:
        found = ensure(segment)
        assert isinstance(found, Ready) and found.path.is_relative_to(marked.folder())
        data, index = found.path.read_bytes(), read_index(found.path)
        for number in range(index.frames):
            mine = data[index.frags[number] : index.frags[number + 1]]
            theirs = original[frags[segment.start + number] : frags[segment.start + number + 1]]
            assert mine != theirs, f"frame {segment.start + number} left as it was"


def test_fifty_viewers_are_served_from_the_cache_without_encoding(rendition: Rendition, encoded: list[tuple[int, str]]) -> None:
    first = [marked.segments(rendition, Mark(f"Viewer {number}", "now", "link", "seed"))[2] for number in range(50)]
    for segment in first:
        ensure(segment)
    tasks.mark_waiting()
    made = len(encoded)
    assert made == 50
    assert all(isinstance(ensure(segment), Ready) for segment in first)
    assert len(encoded) == made and marked.line() == []


def test_the_same_segment_asked_for_twice_at_once_is_encoded_once(
    rendition: Rendition, encoded: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two markers at work on it, the first held up until the second has looked."""
    segment = marked.segments(rendition, ANNA)[0]
    began, go_on = threading.Event(), threading.Event()
    counted = marking.mark_run

    def slow(*arguments: Any) -> Any:
        began.set()
        assert go_on.wait(20)
        return counted(*arguments)

    monkeypatch.setattr(marking, "mark_run", slow)
    ensure(segment)
    ensure(segment)
    thread = threading.Thread(target=tasks.mark_waiting)
    thread.start()
    assert began.wait(20)
    assert tasks.mark_waiting() == 0  # nothing in the line that is not being made
    go_on.set()
    thread.join(20)
    assert encoded == [(0, "Anna")]
    assert isinstance(ensure(segment), Ready)


def test_no_more_than_two_are_made_at_a_time(rendition: Rendition, monkeypatch: pytest.MonkeyPatch) -> None:
    real, lock = marking.mark_run, threading.Lock()
    now, most = 0, 0
    both = threading.Barrier(2, timeout=20)

    def counted(*arguments: Any) -> Any:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        if arguments[2] == 0:
            both.wait()  # proves that two do run at once
        result = real(*arguments)
        with lock:
            now -= 1
        return result

    monkeypatch.setattr(marking, "mark_run", counted)
    for mark in (ANNA, BEN):
        wanted, *ahead = marked.segments(rendition, mark)
        ensure(wanted, [(each, 2.0 * number) for number, each in enumerate(ahead, 1)])
    threads = [threading.Thread(target=tasks.mark_waiting) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 2 and marked.line() == []


def entry(viewer: str, due: float, came: float = 0.0, start: int = 0) -> Entry:
    return Entry(Segment("a" * 64, start, start + 48, 1280 * 720, 24.0, Mark(viewer, "", "", viewer)), due, due, came)


def test_what_will_be_seen_soonest_is_made_first_and_who_came_too_late_waits_behind_all_who_play() -> None:
    stream = 1280 * 720 * 24
    entries = [entry("late", 0.0, came=9.0), entry("b", 5.0, came=2.0), entry("a", 8.0, came=1.0), entry("a", 2.0, came=1.0, start=48)]
    assert served(entries, 2.5 * stream) == {Mark(name, "", "", name).viewer for name in "ab"}
    assert [each.segment.mark.name for each in order(entries, 2.5 * stream)] == ["a", "b", "a", "late"]
    assert order(entries, 5 * stream)[0].segment.mark.name == "late"
    assert len(served(entries, 0.1)) == 1  # somebody always gets on


def test_waiting_is_told_honestly() -> None:
    pace = 1280 * 720 * 48.0  # a marker makes two seconds of film in two thirds of what they last: 48 frames a second
    entries = [entry(name, due=number, came=number) for number, name in enumerate("abcde")]
    told = [place(each.segment, entries, 0.0, pace) for each in entries]
    assert [each.position for each in told] == [1, 2, 3, 4, 5]
    assert [each.served for each in told] == [True] * 4 + [False]  # two markers keep up with four who watch
    assert told[0].seconds == pytest.approx(1.0)
    assert told[3].seconds == pytest.approx(3 / 2 + 1)
    assert told[4].seconds > 10  # the four others go on asking


def test_who_has_gone_is_forgotten_and_nobody_fills_the_line(rendition: Rendition, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        ensure(Segment(rendition.asset_id, number, number + 1, 57600, 24.0, ANNA))
    assert len(marked.line()) == marked.MOST_AHEAD
    assert max(each.segment.start for each in marked.line()) == 39  # the newest wishes stay
    later = time.time() + marked.PATIENCE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert marked.line() == [] and valkey().hlen("marked:line") == 0


def test_the_cache_keeps_within_its_bytes_and_throws_out_what_was_used_longest_ago(rendition: Rendition, settings: Any) -> None:
    segments = marked.segments(rendition, ANNA)
    for segment in segments:
        ensure(segment)
    tasks.mark_waiting()
    sizes = {segment.start: marked.path_of(segment).stat().st_size for segment in segments}
    for age, segment in enumerate((segments[1], segments[2], segments[0])):
        os.utime(marked.path_of(segment), (0, time.time() - 1000 + age))
    assert isinstance(ensure(segments[1]), Ready)  # now it is the newest
    assert marked.make_room(sizes[48] + sizes[0]) == 1
    assert [marked.path_of(segment).exists() for segment in segments] == [True, True, False]
    assert marked.make_room(0) == 2


def test_what_cannot_be_made_is_told_and_not_tried_for_ever(rendition: Rendition, encoded: list[tuple[int, str]]) -> None:
    gone = Segment("0" * 64, 0, 48, 57600, 24.0, ANNA)
    ensure(gone)
    assert tasks.mark_waiting() == 1
    with pytest.raises(marked.CannotMark, match=r"Try again|missing from the store"):
        ensure(gone)
    assert marked.line() == [] and not list(marked.folder().glob("parts/*"))
    silent = marked.segments(rendition, Mark("\u200b", "", "", "x"))[0]
    ensure(silent)
    tasks.mark_waiting()
    with pytest.raises(marked.CannotMark, match="needs a name"):
        ensure(silent)


def test_a_marker_of_its_own_makes_what_a_request_waits_for(rendition: Rendition, live_studio: LiveStudio, settings: Any) -> None:
    settings.FIRSTCUT_MARKED = Path(settings.FIRSTCUT_DATA) / "cache" / "marked"
    segment = marked.segments(rendition, BEN)[0]
    live_studio.workers(queues="marks", part="marks")
    until = time.monotonic() + 60
    while not isinstance(ensure(segment), Ready):
        assert time.monotonic() < until, "the marker made nothing"
        threading.Event().wait(0.1)
