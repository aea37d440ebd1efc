"""SANA-WM on a tiny checkpoint of its real classes, and cameras from a previs to what it was trained with."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from generation.contract import BadRequest, Format, Rate
from generation.engines.sana_wm import Camera, lenses, poses
from generation.neural import prompts, warm
from generation.neural.pictures import Plan
from generation.previs.camera import CameraPath
from generation.previs.packing import view_of
from generation.previs.scene import Camera as Previs
from tests.generation.engines import tiny_sana_wm
from tests.generation.engines.asking import RATE, hashes, is_moving, outputs, picture, result, shape_of, stops_within_a_step, watched

SIZE = (96, 64)
GIVEN: dict[str, Any] = {"prompt": "a harbour at dawn", "steps": 3, "frames": 9, "size": SIZE}
STAND = Previs(eye=(0.0, 0.0, 1.6), target=(0.0, 5.0, 1.6), fov=0.8)  # looks along +y: +x is on its right


def path(place: Path, *cameras: Previs, rate: Rate = RATE) -> Path:
    place.write_text(json.dumps(CameraPath(cameras, rate).as_data()))
    return place


def pan(frames: int = 9) -> tuple[Previs, ...]:
    """To the right, by 3° a frame."""
    turns = [math.radians(3 * n) for n in range(frames)]
    return tuple(replace(STAND, target=(5 * math.sin(turn), 5 * math.cos(turn), 1.6)) for turn in turns)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("sana")
    return SimpleNamespace(
        model=str(tiny_sana_wm.sana_wm(root / "model")), first=("first_frame", picture(root / "red.png", size=SIZE)),
        other=("first_frame", picture(root / "blue.png", (30, 30, 200), SIZE)), pan=("camera", path(root / "pan.json", *pan())),
        still=("camera", path(root / "still.json", STAND)), broken=("camera", root / "red.png"), root=root,
    )  # fmt: skip


def seen(cameras: tuple[Previs, ...], point: tuple[float, float, float], tmp_path: Path, travel: float = 1.0) -> Any:
    """Where a point of the world is in each frame of 192 × 128, in pixels from the left and the top, as the model is told."""
    camera = Camera(path(tmp_path / "camera.json", *cameras))
    rows = camera.at(RATE, len(cameras))
    shot = Format(width=192, height=128, rate=RATE, frames=len(cameras))
    local = np.linalg.inv(poses(rows, travel)) @ np.array([*point, 1.0])
    lens = lenses(rows, shot, Plan(192, 128, len(cameras)))
    return np.stack([local[:, 0] / local[:, 2] * lens[:, 0] + lens[:, 2], local[:, 1] / local[:, 2] * lens[:, 1] + lens[:, 3]], axis=1)


def test_a_camera_that_moves_one_way_moves_the_world_the_other(tmp_path: Path) -> None:
    ahead = (0.0, 5.0, 1.6)
    assert seen((STAND,), ahead, tmp_path)[0] == pytest.approx((96, 64), abs=1e-3)
    for moved, axis, sign in (
        (pan(2)[1], 0, -1),  # a pan to the right moves the world to the left
        (replace(STAND, target=(0.0, 5.0, 2.0)), 1, 1),  # a tilt upwards moves it down
        (replace(STAND, eye=(1.0, 0.0, 1.6), target=(1.0, 5.0, 1.6)), 0, -1),  # a step to the right, to the left
        (replace(STAND, eye=(0.0, 0.0, 2.6), target=(0.0, 5.0, 2.6)), 1, 1),  # a crane upwards, down
    ):
        before, after = seen((STAND, moved), ahead, tmp_path)
        assert (after - before)[axis] * sign > 1 and (after - before)[1 - axis] == pytest.approx(0, abs=1e-3)
    aside = (1.0, 5.0, 1.6)
    nearer, longer = replace(STAND, eye=(0.0, 2.0, 1.6)), replace(STAND, fov=0.4)
    for moved in (nearer, longer):  # a dolly in and a zoom in move what is aside outwards
        before, after = seen((STAND, moved), aside, tmp_path)
        assert after[0] > before[0] + 1
    before, after = seen((STAND, nearer), aside, tmp_path, travel=0.0)
    assert after == pytest.approx(before, abs=1e-3)
    # Rolled clockwise, the picture turns anticlockwise: what was on the right is higher.
    before, after = seen((STAND, replace(STAND, roll=0.2)), aside, tmp_path)
    assert after[1] < before[1] - 1


@pytest.mark.parametrize(
    "camera",
    [STAND, Previs((3.0, -2.0, 4.0), (-1.0, 6.0, 0.5), 0.5, roll=0.3), Previs((0.0, 0.0, 9.0), (0.0, 0.0, 0.0), 1.0), pan()[8]],
    ids=["level", "rolled", "from above", "panned"],
)
def test_the_model_is_told_the_view_that_previs_draws(camera: Previs, tmp_path: Path) -> None:
    view = view_of(camera, 192, 128)
    rows = Camera(path(tmp_path / "camera.json", camera)).at(RATE, 1)
    found = poses(rows)[0]
    assert np.linalg.det(found[:3, :3]) == pytest.approx(1, abs=1e-5)
    told = np.concatenate((found[:3, 3], found[:3, 0], -found[:3, 1], found[:3, 2]))
    assert told == pytest.approx(view[:12], abs=1e-4)
    shot = Format(width=192, height=128, rate=RATE, frames=1)
    assert lenses(rows, shot, Plan(192, 128, 1))[0] == pytest.approx((view[12], view[12], 96, 64), rel=1e-4)
    assert lenses(rows, shot, Plan(384, 256, 1))[0] == pytest.approx((2 * view[12], 2 * view[12], 192, 128), rel=1e-4)


def test_a_path_of_another_rate_is_followed_in_seconds(tmp_path: Path) -> None:
    camera = Camera(path(tmp_path / "c.json", *(replace(STAND, eye=(float(n), 0.0, 1.6)) for n in range(5)), rate=Rate(num=12, den=1)))
    assert camera.at(RATE, 11)[:, 0].tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4, 4]
    assert camera.lasts(RATE) == 9 and camera.lasts(Rate(num=12, den=1)) == 5


@pytest.mark.parametrize(
    "text",
    ["", "[]", "7", "{}", '{"rate": [24, 1], "frames": []}', '{"rate": [0, 1], "frames": [{"eye": [0,0,0], "target": [0,1,0], "fov": 1}]}',
     '{"rate": [24, 1], "frames": [{"eye": [0,0], "target": [0,1,0], "fov": 1}]}',
     '{"rate": [24, 1], "frames": [{"eye": [NaN,0,0], "target": [0,1,0], "fov": 1}]}',
     '{"rate": [24, 1], "frames": [{"eye": [0,0,0], "target": [0,1,0], "fov": 9}]}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_path_is_refused_with_words(text: str, tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(BadRequest, match="cannot be read"):
        Camera(tmp_path / "c.json")


def test_it_makes_the_clip_that_was_asked_for_with_a_moving_preview(given: SimpleNamespace, tmp_path: Path) -> None:
    done, told, shown = watched(tmp_path / "w", "sana_wm", "shot", model=given.model, files=[given.first, given.pan], **GIVEN)
    assert shape_of(outputs(done)["master"]) == (9, 64, 96) and done.data["mode"] == "camera path"
    assert [p.done for p in told if p.stage in ("denoising", "decoding")] == [0, 1, 2, 3]
    assert shown and is_moving(shown[0])
    cut = result(
        tmp_path / "cut", "sana_wm", "shot", model=given.model, files=[given.first, given.still], **{**GIVEN, "frames": 12, "size": (64, 36)}
    )
    assert shape_of(outputs(cut)["master"]) == (12, 36, 64)
    assert [any(word in note for note in cut.notes) for word in ("first 12 were kept", "11 frames too short", "1280×704")] == [True] * 3
    stops_within_a_step(tmp_path / "c", "sana_wm", "shot", model=given.model, files=[given.first, given.pan], **GIVEN)


def test_the_same_seed_gives_the_same_bytes_and_everything_given_counts(given: SimpleNamespace, tmp_path: Path) -> None:
    def run_(name: str, files: Any = (given.first, given.pan), **more: Any) -> tuple[str, ...]:
        return tuple(hashes(result(tmp_path / name, "sana_wm", "shot", model=given.model, files=files, **{**GIVEN, **more})))

    prompts.clear()
    first, before = run_("first"), (prompts.hits, prompts.misses)
    assert run_("warm") == first and (prompts.hits, prompts.misses) == (before[0] + 1, before[1])
    warm.drop_now()
    prompts.clear()
    assert run_("cold") == first
    others = [
        run_("seed", seed=2), run_("words", prompt="a storm"), run_("guidance", guidance=1.0), run_("frame", (given.other, given.pan)),
        run_("camera", (given.first, given.still)),
    ]  # fmt: skip
    assert len({first, *others}) == 6


def test_what_cannot_be_is_refused_with_words(given: SimpleNamespace, tmp_path: Path) -> None:
    both = [given.first, given.pan]
    cases: tuple[tuple[list[Any], dict[str, Any], str], ...] = (
        ([given.first], {}, "amera"),
        ([given.pan], {}, "irst frame"),
        ([given.first, given.broken], {}, "cannot be read"),
        (both, {"prompt": " "}, "format and words"),
        (both, {"scheduler": "unipc"}, "does not work with the scheduler"),
        (both, {"loras": [{"model": given.model}]}, "takes no LoRAs"),
        (both, {"tuning": {"precision": "bfloat16"}}, "float32 only"),
        (both, {"steps": 0}, "steps"),
        (both, {"travel": -1}, "travel"),
    )
    for files, more, says in cases:
        with pytest.raises(BadRequest, match=says):
            result(tmp_path / "x", "sana_wm", "shot", model=given.model, files=files, **{**GIVEN, **more})
