"""Exports: every frame where the cut says, the same bytes cold and warm, only the price of what changed."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from generation.contract import BadRequest, Cancelled, Failure, Progress, Rate, Samples, Transient
from generation.media.encode import MasterFile, MasterProfile, ToYuv, file_sha256, rgb_frame
from generation.media.export import Clip, ExportPlan, export, prune
from generation.media.sound import write_flac
from tests.generation.numbered import paint, read

FILM = Rate(num=24)
RATES = [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1)]
CUTS = [(0, 0, 60), (1, 10, 55), (2, 5, 6), (0, 24, 48), (1, 23, 25), (2, 59, 60), (2, 5, 6), (0, 1, 59), (1, 47, 48)]


def master(folder: Path, take: int, rate: Rate = FILM, frames: int = 60, size: tuple[int, int] = (160, 90), crf: int = 16) -> Path:
    path = folder / f"take{take}-{size[0]}-{crf}.mp4"
    to_yuv = ToYuv()
    with MasterFile(path, *size, rate, MasterProfile(crf=crf)) as file:
        for number in range(frames):
            file.write(to_yuv(rgb_frame(paint(take, number, *size))))
    return path


def clip(path: Path, start: int, end: int) -> Clip:
    return Clip(path, file_sha256(path), start, end)


def plan_of(folder: Path, cuts: list[tuple[int, int, int]], rate: Rate = FILM, sound: Samples | Path | None = None) -> ExportPlan:
    paths = {take: master(folder, take, rate) for take in sorted({take for take, *_ in cuts})}
    return ExportPlan(160, 90, rate, tuple(clip(paths[take], start, end) for take, start, end in cuts), sound)


def tone(samples: int) -> Samples:
    return np.asarray(0.3 * np.sin(np.arange(samples) * 0.06)[:, None] * np.ones((1, 2)), np.float32)


def frames_in(path: Path) -> list[tuple[int, int]]:
    with av.open(str(path)) as container:
        return [read(frame) for frame in container.decode(video=0)]


def expected(cuts: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    return [(take, number) for take, start, end in cuts for number in range(start, end)]


@pytest.mark.parametrize("rate", RATES)
def test_every_frame_is_where_the_cut_says_and_sound_ends_with_the_picture(tmp_path: Path, rate: tuple[int, int]) -> None:
    at = Rate(num=rate[0], den=rate[1])
    plan = plan_of(tmp_path, CUTS, at, tone(at.samples(193)))
    result = export(plan, tmp_path / "film.mp4", tmp_path / "cache")
    assert frames_in(result.path) == expected(CUTS) and result.frames == plan.frames == 193
    with av.open(str(result.path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.average_rate == at.fps and video.frames == plan.frames
        assert (video.codec_context.name, audio.codec_context.name, audio.profile) == ("h264", "aac", "LC")
        times = [frame.pts * frame.time_base * at.fps for frame in container.decode(video) if frame.pts is not None and frame.time_base]
        assert times == list(range(plan.frames))
        assert video.duration and video.time_base and audio.duration and audio.time_base
        ends = video.duration * video.time_base, audio.duration * audio.time_base
        assert ends[0] == plan.frames / at.fps
        assert abs(ends[1] - ends[0]) < 1 / at.fps
    data = result.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_sound_stands_in_the_film_where_it_stood_in_the_mix(tmp_path: Path) -> None:
    sound = np.zeros((96_000, 2), np.float32)
    for at in (4_800, 48_000, 90_000):
        sound[at : at + 240] = 0.8
    result = export(plan_of(tmp_path, [(0, 0, 48)], sound=sound), tmp_path / "film.mp4", tmp_path / "cache")
    with av.open(str(result.path)) as container:
        parts = [(frame.pts, frame.to_ndarray()) for frame in container.decode(audio=0)]
    heard = np.concatenate([part for _, part in parts], axis=1)[0]
    first = parts[0][0] or 0
    onsets = [int(np.argmax(np.abs(heard[at - first - 600 : at - first + 600]) > 0.3)) - 600 for at in (4_800, 48_000, 90_000)]
    assert max(abs(onset) for onset in onsets) < 48, onsets  # a thousandth of a second


def test_a_warm_export_has_the_bytes_of_a_cold_one_and_a_change_costs_the_change(tmp_path: Path) -> None:
    sound = tone(FILM.samples(193))
    plan = plan_of(tmp_path, CUTS, sound=sound)
    cold = export(plan, tmp_path / "cold.mp4", tmp_path / "cache")
    warm = export(plan, tmp_path / "warm.mp4", tmp_path / "cache")
    assert cold.sha256 == warm.sha256 == file_sha256(tmp_path / "warm.mp4")
    assert (cold.encoded_frames > 0, warm.encoded_frames) == (True, 0)
    clips = list(plan.clips)
    clips[1] = clips[1]._replace(source_in=13, source_out=58)
    changed = replace(plan, clips=tuple(clips))
    after = export(changed, tmp_path / "after.mp4", tmp_path / "cache")
    assert after.encoded_frames == 11 + 10  # 13…23 before the first whole group, 48…57 after it
    assert export(changed, tmp_path / "anew.mp4", tmp_path / "other").sha256 == after.sha256


def test_whole_groups_are_copied_not_encoded(tmp_path: Path) -> None:
    assert export(plan_of(tmp_path, [(0, 0, 60), (1, 24, 60)]), tmp_path / "film.mp4", tmp_path / "cache").encoded_frames == 0
    assert export(plan_of(tmp_path, [(0, 0, 30)]), tmp_path / "film.mp4", tmp_path / "cache").encoded_frames == 6


def test_takes_of_another_size_or_encoding_are_encoded_into_the_film(tmp_path: Path) -> None:
    tall, rough = master(tmp_path, 5, size=(60, 90)), master(tmp_path, 6, crf=30)
    same = master(tmp_path, 7)
    plan = ExportPlan(160, 90, FILM, (clip(same, 0, 24), clip(tall, 3, 9), clip(rough, 0, 24), clip(same, 24, 48)))
    export(plan, tmp_path / "film.mp4", tmp_path / "cache")
    with av.open(str(tmp_path / "film.mp4")) as container:
        frames = list(container.decode(video=0))
    assert [(frame.width, frame.height) for frame in frames] == [(160, 90)] * 78
    assert [read(frame, left=50, width=60) for frame in frames[24:30]] == [(5, number) for number in range(3, 9)]
    assert [read(frame) for frame in frames[:24] + frames[30:]] == expected([(7, 0, 24), (6, 0, 24), (7, 24, 48)])


def test_sound_may_be_a_file_and_is_cut_or_filled_to_the_picture(tmp_path: Path) -> None:
    for number, samples in enumerate((10_000, 200_000)):
        write_flac(tmp_path / "mix.flac", tone(samples))
        result = export(plan_of(tmp_path, [(0, 0, 48)], sound=tmp_path / "mix.flac"), tmp_path / f"{number}.mp4", tmp_path / "cache")
        with av.open(str(result.path)) as container:
            stream = container.streams.audio[0]
            assert stream.duration and stream.time_base and abs(stream.duration * stream.time_base - 2) < Fraction(1, 24)


def test_a_film_may_have_no_sound(tmp_path: Path) -> None:
    result = export(plan_of(tmp_path, [(0, 0, 10)]), tmp_path / "film.mp4", tmp_path / "cache")
    with av.open(str(result.path)) as container:
        assert not container.streams.audio
    assert result.samples == 0


def test_progress_rises_to_the_end_and_says_what_goes_on(tmp_path: Path) -> None:
    seen: list[Progress] = []
    export(plan_of(tmp_path, CUTS, sound=tone(FILM.samples(193))), tmp_path / "film.mp4", tmp_path / "cache", seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done) and done[-1] == 193
    assert {progress.stage for progress in seen} >= {"encoding", "done"}


def test_a_cancelled_export_leaves_no_film_and_keeps_the_older_one(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("the older one")
    with pytest.raises(Cancelled, match="kept for the next"):
        export(plan_of(tmp_path, CUTS), tmp_path / "film.mp4", tmp_path / "cache", cancelled=lambda: True)
    assert (tmp_path / "film.mp4").read_text() == "the older one"
    assert not list(tmp_path.glob(".film*")) and not list((tmp_path / "cache").glob(".*"))


def test_a_damaged_cache_heals_itself(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, CUTS)
    cold = export(plan, tmp_path / "film.mp4", tmp_path / "cache")
    for number, path in enumerate(sorted((tmp_path / "cache").iterdir())):
        path.write_bytes(b"" if number % 2 else path.read_bytes()[:200])
    assert export(plan, tmp_path / "film.mp4", tmp_path / "cache").sha256 == cold.sha256


def test_a_kept_piece_of_the_wrong_length_is_thrown_away_and_the_next_export_is_whole(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [(0, 5, 20)])
    cold = export(plan, tmp_path / "film.mp4", tmp_path / "cache")
    piece = max((tmp_path / "cache").iterdir(), key=lambda path: path.stat().st_size)
    piece.write_bytes(master(tmp_path, 9, frames=3).read_bytes())
    with pytest.raises(Transient, match="Export again"):
        export(plan, tmp_path / "film.mp4", tmp_path / "cache")
    assert export(plan, tmp_path / "film.mp4", tmp_path / "cache").sha256 == cold.sha256


def test_what_cannot_be_exported_is_named(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [(0, 0, 10)])
    gone = replace(plan, clips=(Clip(tmp_path / "gone.mp4", "0" * 64, 0, 5),))
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(plan.clips[0].path.read_bytes()[:900])
    for wrong, kind, says in (
        (replace(plan, clips=()), BadRequest, "the cut is empty"),
        (replace(plan, clips=(plan.clips[0]._replace(source_out=61),)), BadRequest, "asks for frame 60"),
        (replace(plan, rate=Rate(num=25)), BadRequest, "24.000 frames a second, the film at 25.000"),
        (gone, Failure, "gone.mp4 is missing"),
        (replace(plan, clips=(Clip(torn, "1" * 64, 0, 5),)), Failure, "torn.mp4"),
    ):
        with pytest.raises(kind, match=says):
            export(wrong, tmp_path / "film.mp4", tmp_path / "cache")
    assert not (tmp_path / "film.mp4").exists()


def test_the_cache_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "middle", "old")):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    assert prune(tmp_path, 250) == 100
    assert {path.name for path in tmp_path.iterdir()} == {"new", "middle"}
