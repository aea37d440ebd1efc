"""A viewer's mark: in every frame, nowhere else, at the same times, and the same again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from generation.contract import BadRequest, Failure, Rate
from generation.media import encode
from generation.media.encode import RenditionFile, ToYuv, rgb_frame
from generation.media.lettering import LONGEST, readable
from generation.media.marking import Mark, mark_run, place, stamp
from generation.media.segments import read_index
from tests.generation.numbered import paint, read

FILM = Rate(num=24)
WIDTH, HEIGHT = 640, 360
ANNA = Mark(name="Anna Müller <anna@client.example>", when="2026-11-26 20:05 UTC", link="link 4f2a91", seed="link 4f2a91")
Luma = NDArray[np.int16]


@pytest.fixture(scope="module")
def rendition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("marking") / "cut.mp4")


@pytest.fixture(scope="module")
def uncut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As renditions were made before they were cut into slices."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "SLICE_ROWS", 1000)
        return write(tmp_path_factory.mktemp("marking") / "uncut.mp4")


def write(path: Path, frames: int = 60, size: tuple[int, int] = (WIDTH, HEIGHT), rate: Rate = FILM) -> Path:
    to_yuv = ToYuv()
    with RenditionFile(path, *size, rate) as file:
        for number in range(frames):
            file.write(to_yuv(rgb_frame(paint(1, number, *size))))
    return path


def frames_of(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def luma(frame: av.VideoFrame) -> Luma:
    return frame.to_ndarray(format="gray").astype(np.int16)


@pytest.mark.parametrize("which", ["rendition", "uncut"])
def test_every_frame_carries_the_mark_where_it_should_and_nothing_else_changes(which: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source: Path = request.getfixturevalue(which)
    index = read_index(source)
    mark_run(source, index, 5, 50, ANNA, tmp_path / "out.mp4")
    before, after = frames_of(source)[5:50], frames_of(tmp_path / "out.mp4")
    assert len(after) == 45
    words = stamp(ANNA, WIDTH, HEIGHT)
    drawn = words.keep < 200
    for number, (old, new) in enumerate(zip(before, after, strict=True), 5):
        assert (new.pts, new.time_base, new.duration) == (old.pts, old.time_base, old.duration)
        assert read(new) == (1, number)
        left, top = place(f"{ANNA.seed} {index.init_id} {index.frags[-1]}", number, FILM, (WIDTH - words.width, HEIGHT - words.height))
        change = np.abs(luma(new) - luma(old))
        inside = change[top : top + words.height, left : left + words.width]
        assert inside[drawn].mean() > 20, f"frame {number} shows no mark"
        change[top : top + words.height, left : left + words.width] = 0
        assert change.mean() < 1.5 and (change > 24).mean() < 0.01
        if which == "rendition":  # but for the band and the three rows that the deblocking filter reaches beyond it, bytes are as they were
            changed = np.flatnonzero(change.any(axis=1))
            assert not changed.size or (changed.min() >= top // 48 * 48 - 3 and changed.max() < -(-(top + words.height) // 48) * 48 + 3)


def test_only_a_rendition_in_slices_keeps_its_initialisation_segment(rendition: Path, uncut: Path, tmp_path: Path) -> None:
    index = read_index(rendition)
    fresh = mark_run(rendition, index, 0, 3, ANNA, tmp_path / "a.mp4")
    assert fresh.init_id == index.init_id == read_index(uncut).init_id
    assert mark_run(uncut, read_index(uncut), 0, 3, ANNA, tmp_path / "b.mp4").init_id != index.init_id


@pytest.mark.parametrize("which", ["rendition", "uncut"])
def test_the_same_mark_gives_the_same_bytes_whatever_run_a_frame_is_asked_in(which: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source: Path = request.getfixturevalue(which)
    index = read_index(source)
    for name in ("a", "b"):
        mark_run(source, index, 10, 20, ANNA, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    mark_run(source, index, 15, 30, ANNA, tmp_path / "c")
    whole, part = frames_of(tmp_path / "a"), frames_of(tmp_path / "c")
    assert [frame.pts for frame in whole[5:]] == [frame.pts for frame in part[:5]]
    assert max(int(np.abs(luma(one) - luma(other)).mean()) for one, other in zip(whole[5:], part[:5], strict=True)) == 0


@pytest.mark.parametrize("rate", [(24000, 1001), (25, 1), (30000, 1001), (60000, 1001)], ids=lambda rate: f"{rate[0]}/{rate[1]}")
@pytest.mark.parametrize("size", [(320, 180), (854, 480), (500, 700)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_any_rate_and_size(tmp_path: Path, rate: tuple[int, int], size: tuple[int, int]) -> None:
    source = write(tmp_path / "in.mp4", 6, size, Rate(num=rate[0], den=rate[1]))
    index = read_index(source)
    fresh = mark_run(source, index, 2, 6, ANNA, tmp_path / "out.mp4")
    assert (fresh.frames, fresh.ticks, fresh.timescale, fresh.init_id) == (4, index.ticks, index.timescale, index.init_id)
    assert [read(frame)[1] for frame in frames_of(tmp_path / "out.mp4")] == [2, 3, 4, 5]


def test_the_words_wander_over_the_whole_picture_and_differ_from_link_to_link() -> None:
    room = (700, 600)
    spots = [place("a link", frame, FILM, room) for frame in range(24 * 90)]
    for axis in (0, 1):
        seen = [spot[axis] for spot in spots]
        assert min(seen) < 20 and max(seen) > room[axis] - 20 and all(0 <= each <= room[axis] and each % 2 == 0 for each in seen)
        assert max(abs(one - other) for one, other in pairwise(seen)) <= 4  # pixels from frame to frame
    assert place("another link", 0, FILM, room) != spots[0]


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Anna Müller", "Anna Müller"),
        ("  a \t b\n\nc ", "a b c"),
        ("\u202egnp.exe\u2066\u200b\ufeff", "gnp.exe"),
        ("\x00\x1b[31m", "[31m"),
        ("דוד כהן", "דוד כהן"),
        ("محمد علي", "محمد علي"),
        ("山田太郎", "山田太郎"),
        ("e" + "\u0301\u0327\u0328\u0334" * 40 + "x", "\u0229\u0334\u0334x"),
        ("नम", "U+0928 U+092E"),
        ("\ud800", ""),
        ("x" * 500, "x" * LONGEST + "…"),
        ("", ""),
    ],
)
def test_what_anybody_typed_becomes_one_line_that_can_be_drawn(name: str, drawn: str, rendition: Path, tmp_path: Path) -> None:
    assert readable(name) == drawn
    mark = ANNA.model_copy(update={"name": name})
    assert mark_run(rendition, read_index(rendition), 0, 1, mark, tmp_path / "out.mp4").frames == 1
    assert stamp(mark, WIDTH, HEIGHT).width <= WIDTH


def test_a_mark_without_words_is_refused(rendition: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="needs a name"):
        mark_run(rendition, read_index(rendition), 0, 1, Mark(name=" \u200b", when="", link="\u202e", seed="x"), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_frames_that_are_not_there_and_files_that_are_gone_or_short_are_told(rendition: Path, tmp_path: Path) -> None:
    index = read_index(rendition)
    for start, end in [(0, 61), (-1, 3), (7, 7), (60, 61)]:
        with pytest.raises(BadRequest, match="has frames 0 to 59"):
            mark_run(rendition, index, start, end, ANNA, tmp_path / "out.mp4")
    with pytest.raises(Failure, match="missing from the store"):
        mark_run(tmp_path / "gone.mp4", index, 0, 1, ANNA, tmp_path / "out.mp4")
    short = tmp_path / "short.mp4"
    short.write_bytes(rendition.read_bytes()[: index.frags[30]])
    with pytest.raises(Failure, match="shorter than its index"):
        mark_run(short, index, 28, 31, ANNA, tmp_path / "out.mp4")
