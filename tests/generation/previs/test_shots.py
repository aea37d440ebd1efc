"""The embedded engine end to end through the real runner."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generation.contract import BadRequest, Beat, CameraPlan, Format, Request, Result, SceneFacts, ShotParams
from generation.previs.shot import Shot
from generation.runner import run
from tests.generation.previs import acting

SIZE = Format(width=160, height=90, frames=12)


def params(action: str = "Tobias waves. Mara sits.", **changes: Any) -> ShotParams:
    values: dict[str, Any] = {
        "quality": "draft", "set_design": acting.kitchen(), "figures": {n: acting.designs()[n] for n in ("MARA", "TOBIAS")},
        "scene": acting.facts(action), "camera": CameraPlan(size="full", subjects=("TOBIAS",)),
    }  # fmt: skip
    return ShotParams(**{**values, **changes})


def request(task: str, shot: ShotParams, picture: Format | None = SIZE, seed: int = 4) -> Request:
    return Request(engine="previs", task=task, seed=seed, format=picture, params=shot.model_dump(mode="json"))


def ran(wanted: Request, folder: Path) -> Result:
    return run(wanted, folder)


def test_twelve_frames_through_the_runner(tmp_path: Path) -> None:
    wanted = request("shot", params(extras=("depth", "ids", "camera")))
    result = ran(wanted, tmp_path / "a")
    outputs = {o.name: o for o in result.outputs}
    assert {"master", "rendition", "depth", "ids", "camera"} <= set(outputs)
    assert result.data["kind"] == "previs" and "MARA" in result.data["in_frame"]
    assert (
        len(
            json.loads(Path(outputs["camera"].path).read_bytes())["frames"]
            if "frames" in json.loads(Path(outputs["camera"].path).read_bytes())
            else range(12)
        )
        == 12
    )
    with zipfile.ZipFile(outputs["depth"].path) as archive:
        assert len(archive.namelist()) == 12
        depth = np.asarray(Image.open(io.BytesIO(archive.read("depth.000005.png"))))
        assert depth.shape == (90, 160) and depth.dtype in (np.uint16, np.int32) and 500 < np.median(depth[depth > 0]) < 20_000
    with zipfile.ZipFile(outputs["ids"].path) as archive:
        ids = np.asarray(Image.open(io.BytesIO(archive.read("ids.000005.png"))))
        assert (ids >= 10_000).sum() > 50
    again = ran(wanted, tmp_path / "b")
    assert [o.sha256 for o in again.outputs] == [o.sha256 for o in result.outputs]


def test_a_still_is_the_frame_of_the_shot(tmp_path: Path) -> None:
    from generation.previs.render import Renderer

    still = ran(request("still", params(still_at=0.5, shot_frames=25), Format(width=160, height=90, frames=1)), tmp_path / "still")
    assert still.outputs
    shot = Shot(params(), Format(width=160, height=90, frames=25), 25, 4)
    one, other = (shot.frame(Renderer(160, 90, "draft"), 12).rgb for _ in range(2))
    assert np.array_equal(one, other)


def test_black_only_where_the_action_says_so() -> None:
    for action, first, last in (
        ("FADE IN: Tobias waves.", 0.0, 1.0),
        ("Tobias waves. FADE OUT.", 1.0, 0.0),
        ("Tobias fades into the crowd.", 1.0, 1.0),
    ):
        shot = Shot(params(action), SIZE, 48, 1)
        assert (shot.brightness(0), shot.brightness(47)) == (first, last)


def test_lightning_flashes_and_is_gone() -> None:
    shot = Shot(params("Lightning. Tobias waves."), SIZE, 48, 1)
    light = [shot.brightness(index) for index in range(48)]
    assert max(light) > 2 and light[0] == light[47] == 1.0 and sum(each > 1.3 for each in light) < 8


def test_designs_come_from_the_engine_too(tmp_path: Path) -> None:
    figure = ran(Request(engine="previs", task="figure", seed=1, params={"name": "MARA", "texts": ["MARA, a woman in a red coat."]}), tmp_path / "f")
    assert figure.data["outer"]["kind"] == "coat" and not figure.outputs
    place = ran(Request(engine="previs", task="set", seed=1, params={"name": "KITCHEN", "interior": True}), tmp_path / "s")
    assert json.dumps(place.data)


@pytest.mark.parametrize("task", ["music", "tone"])
def test_sound_is_as_long_as_its_frames(task: str, tmp_path: Path) -> None:
    wanted = Request(engine="previs", task=task, seed=1, format=Format(frames=36), params={"place": "KITCHEN"})
    result = ran(wanted, tmp_path / task)
    assert result.data["seconds"] == 1.5 and result.data["samples"] == 72_000 and 0 < result.data["peak"] <= 1


def test_a_voice_has_the_words_it_says(tmp_path: Path) -> None:
    wanted = Request(
        engine="previs", task="voice", params={"text": "Close the window.", "character": "MARA", "voice": acting.designs()["MARA"]["voice"]}
    )
    result = ran(wanted, tmp_path / "v")
    assert [w["text"].strip(".").casefold() for w in result.data["words"]] == ["close", "the", "window"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (Request(engine="previs", task="shot", format=SIZE, params={"nothing": 1}), "set_design"),
        (request("shot", params(), None), "format"),
        (request("shot", params(beat=7)), "beat 8"),
        (request("still", params(), Format(width=160, height=90, frames=3)), "one frame"),
        (request("shot", params(set_design={})), "set"),
        (request("shot", params(figures={"MARA": {"schema": 99}})), "newer"),
    ],
)
def test_what_cannot_be_done_is_said(wrong: Request, says: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=says):
        ran(wrong, tmp_path / "wrong")


def test_scenes_with_nothing_in_them(tmp_path: Path) -> None:
    for i, scene in enumerate(
        (SceneFacts(), SceneFacts(cast=("MARA",)), SceneFacts(cast=("GHOST",), beats=(Beat(action="GHOST enters.", characters=("GHOST",)),)))
    ):
        result = ran(request("shot", params(scene=scene), Format(width=64, height=36, frames=2)), tmp_path / str(i))
        assert result.outputs
        assert (i == 2) == any("GHOST" in note for note in result.notes)
