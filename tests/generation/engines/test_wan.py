"""Wan and Wan VACE on tiny checkpoints of their real classes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generation.contract import BadRequest
from generation.engines.wan_vace import windows_of
from generation.neural import prompts, warm
from tests.generation.engines import tiny, tiny_wan
from tests.generation.engines.asking import (
    Shelf,
    ask,
    clip,
    depth,
    hashes,
    is_moving,
    made,
    mask,
    outputs,
    picture,
    result,
    shape_of,
    stops_within_a_step,
    watched,
)  # fmt: skip

STEPS: dict[str, Any] = {"prompt": "a fox crosses a harbour", "steps": 4}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("wans")
    return SimpleNamespace(
        text=str(tiny_wan.text(root / "text")), pictures=str(tiny_wan.pictures(root / "pictures")), both=str(tiny_wan.both(root / "both")),
        vace=str(tiny_wan.vace(root / "vace")), root=root,
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("files")
    return SimpleNamespace(
        red=picture(root / "red.png"), blue=picture(root / "blue.png", (30, 30, 200)), clip=clip(root / "clip"), depth=depth(root / "depth.zip"),
        far=depth(root / "long.zip", 40), mask=mask(root / "mask.png"),
    )  # fmt: skip


def test_each_mode_makes_exactly_the_clip_that_was_asked_for(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    first, last, video = ("first_frame", files.red), ("last_frame", files.blue), ("video", files.clip)
    wanted: list[tuple[str, str, list[Any], dict[str, Any]]] = [
        ("words", models.text, [], {}),
        ("words", models.both, [], {}),
        ("first frame", models.pictures, [first], {}),
        ("first frame", models.both, [first], {}),
        ("first and last frame", models.pictures, [first, last], {}),
        ("restyle", models.text, [video], {"strength": 0.5}),
        ("continue", models.pictures, [video], {"clip_use": "continue"}),
        ("continue", models.pictures, [video], {"clip_use": "continue", "overlap": 5}),
    ]
    seen = set()
    for number, (mode, model, given, more) in enumerate(wanted):
        done = result(tmp_path / str(number), "wan", "shot", model=model, frames=7, files=given, **STEPS, **more)
        assert done.data["mode"] == mode and shape_of(outputs(done)["master"]) == (7, 32, 64)
        assert done.data["made"]["frames"] == 9 and "the first 7 were kept" in done.notes[0]
        beside = f"first {more['overlap']} frames play beside" if "overlap" in more else "frame shows the last frame"
        assert any(beside in note for note in done.notes) is (mode == "continue")
        seen.add(outputs(done)["master"].sha256)
    assert len(seen) == len(wanted) - 1, "the two text models have the same weights"


def test_what_a_model_was_not_trained_for_is_refused_with_what_to_do(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    first, last, video = ("first_frame", files.red), ("last_frame", files.blue), ("video", files.clip)
    for model, given, more, says in (
        (models.text, [first], {}, "hears words only"),
        (models.pictures, [], {}, "begins from a picture"),
        (models.text, [last], {}, "needs a first frame too"),
        (models.both, [first, last], {}, "takes a first frame and no last"),
        (models.pictures, [video], {}, "cannot restyle"),
        (models.pictures, [video], {"clip_use": "continue", "overlap": 10}, "has 9 frames and cannot overlap by 10"),
        (models.text, [video, first], {}, "not both"),
        (models.vace, [], {}, "this engine works with WanPipeline"),
        (models.text, [], {"prompt": " "}, "needs a format and words"),
    ):
        with pytest.raises(BadRequest, match=says):
            result(tmp_path / "x", "wan", "shot", model=model, frames=5, files=given, **{**STEPS, **more})


def test_it_is_told_step_by_step_with_a_moving_preview_and_stops_within_one(models: SimpleNamespace, tmp_path: Path) -> None:
    done, told, shown = watched(tmp_path / "w", "wan", "shot", model=models.text, frames=9, **STEPS)
    assert [p.done for p in told if p.stage in ("denoising", "decoding")] == [0, 1, 2, 3, 4]
    assert shown and is_moving(shown[0])
    stops_within_a_step(tmp_path / "c", "wan", "shot", model=models.text, frames=9, **STEPS)
    assert hashes(result(tmp_path / "again", "wan", "shot", model=models.text, frames=9, **STEPS)) == hashes(done)


def test_the_same_seed_gives_the_same_bytes_warm_cold_and_with_the_words_kept(models: SimpleNamespace, tmp_path: Path) -> None:
    def run_(name: str, **more: Any) -> list[str]:
        return hashes(result(tmp_path / name, "wan", "shot", model=models.text, frames=5, **{**STEPS, **more}))

    others: tuple[dict[str, Any], ...] = ({"seed": 2}, {"prompt": "a storm"}, {"guidance": 1.0})

    prompts.clear()
    first, before = run_("first"), (prompts.hits, prompts.misses)
    assert run_("warm") == first and (prompts.hits, prompts.misses) == (before[0] + 1, before[1])
    warm.drop_now()
    prompts.clear()
    assert run_("cold") == first
    assert len({tuple(first), *(tuple(run_(f"o{n}", **more)) for n, more in enumerate(others))}) == 4


def test_an_adapter_reaches_both_experts(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    lora = str(tiny.wan_lora(Path(models.pictures), tmp_path / "lora"))
    given = {"model": models.pictures, "frames": 5, "files": [("first_frame", files.red)], **STEPS}
    plain, changed = made(tmp_path / "p", "wan", "shot", **given), made(tmp_path / "l", "wan", "shot", loras=[{"model": lora}], **given)
    assert plain["master"].sha256 != changed["master"].sha256
    assert made(tmp_path / "p2", "wan", "shot", **given)["master"].sha256 == plain["master"].sha256


@pytest.mark.parametrize(
    ("frames", "window", "overlap", "found"),
    [
        (81, 81, 9, [(0, 81)]),
        (97, 81, 9, [(0, 81), (72, 97)]),
        (161, 81, 9, [(0, 81), (72, 153), (144, 161)]),
        (40, 17, 5, [(0, 17), (12, 29), (24, 41)]),
    ],
)
def test_windows_cover_the_shot_and_share_frames(frames: int, window: int, overlap: int, found: list[tuple[int, int]]) -> None:
    assert windows_of(frames, window, overlap, 4) == found
    assert all((end - start) % 4 == 1 for start, end in found[1:])


def test_vace_follows_what_it_is_given(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    wanted: list[tuple[str, list[Any]]] = [
        ("words", []),
        ("previs depth", [("depth", files.depth)]),
        ("previs depth, references", [("depth", files.depth), ("reference", files.blue)]),
        ("control clip", [("control", files.clip)]),
        ("change of a clip", [("video", files.clip), ("mask", files.mask)]),
        ("words", [("first_frame", files.red), ("last_frame", files.blue)]),
    ]
    seen = set()
    for number, (mode, given) in enumerate(wanted):
        done = result(tmp_path / str(number), "wan_vace", "shot", model=models.vace, frames=9, files=given, **STEPS)
        assert done.data["mode"] == mode and shape_of(outputs(done)["master"]) == (9, 32, 64)
        seen.add(outputs(done)["master"].sha256)
    assert len(seen) == len(wanted)
    for given, says in (
        ([("depth", files.depth), ("control", files.clip)], "one of these"),
        ([("mask", files.mask)], "clip to change too"),
    ):
        with pytest.raises(BadRequest, match=says):
            result(tmp_path / "x", "wan_vace", "shot", model=models.vace, frames=9, files=given, **STEPS)


def test_a_long_shot_goes_on_after_the_window_that_was_finished(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    long: dict[str, Any] = {"model": models.vace, "frames": 38, "files": [("depth", files.far)], "window": 17, "overlap": 5, **STEPS}
    whole = result(tmp_path / "whole", "wan_vace", "shot", **long)
    assert whole.data["windows"] == 3 and shape_of(outputs(whole)["master"]) == (38, 32, 64)
    shelf = Shelf(tmp_path / "shelf")

    class Died(Exception):
        pass

    def die_in_the_last_window(progress: Any, image: bytes | None) -> None:
        if progress.done == 9:
            raise Died

    from generation.runner import run

    request, paths = ask("wan_vace", "shot", **long)
    with pytest.raises(Died):
        run(request, tmp_path / "died", paths, on_progress=die_in_the_last_window, keeper=shelf)
    assert shelf.kept_names == ["windows", "windows"]
    steps: list[int] = []
    done = run(request, tmp_path / "resumed", paths, on_progress=lambda progress, image: steps.append(progress.done), keeper=shelf)
    assert hashes(done) == hashes(whole)
    assert 1 not in steps and 5 not in steps and 9 in steps, "the first two windows were not made again"
