"""Upscalers through spandrel, on a tiny file of a real architecture; or the refusal, where spandrel is not installed."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from generation.contract import BadRequest
from generation.engines import spandrel
from tests.generation.engines import tiny_upscaler
from tests.generation.engines.asking import clip, hashes, outputs, picture, result, shape_of

INSTALLED = all(importlib.util.find_spec(name) is not None for name in ("spandrel", "torchvision"))
real = pytest.mark.skipif(not INSTALLED, reason="spandrel and torchvision are not installed here")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("upscalers")
    return SimpleNamespace(
        twice=str(tiny_upscaler.compact(root / "twice")), four=str(tiny_upscaler.compact(root / "four", 4)),
        grey=str(tiny_upscaler.compact(root / "grey", channels=1)),
        clip=("video", clip(root / "clip", 5)), picture=("picture", picture(root / "p.png")),
    )  # fmt: skip


def run_(folder: Path, task: str = "upscale", **more: Any) -> Any:
    return result(folder, "spandrel", task, **{"size": (128, 64), "frames": 5, **more})


@real
def test_a_clip_and_a_picture_become_larger(given: SimpleNamespace, tmp_path: Path) -> None:
    done = run_(tmp_path / "clip", model=given.twice, files=[given.clip])
    assert shape_of(outputs(done)["master"]) == (5, 64, 128) and done.notes == ()
    assert (done.data["architecture"], done.data["scale"]) == ("RealESRGAN Compact", 2)
    with av.open(outputs(done)["master"].path) as container:
        greys = [float(frame.to_ndarray(format="rgb24").mean()) for frame in container.decode(video=0)]
    assert greys == sorted(greys) and greys[-1] > greys[0] + 40, "each frame of the clip, in order"
    still = run_(tmp_path / "still", "still", model=given.four, files=[given.picture], frames=1, size=(256, 128))
    assert Image.open(outputs(still)["still"].path).size == (256, 128)
    one = run_(tmp_path / "one", model=given.twice, files=[given.picture], frames=1)
    assert shape_of(outputs(one)["master"]) == (1, 64, 128)
    again = run_(tmp_path / "again", model=f"{given.twice}/compact-x2.safetensors", files=[given.clip], seed=7)
    assert hashes(again) == hashes(done), "the file itself, and whatever the seed"


@real
def test_tiles_give_the_same_picture(given: SimpleNamespace, tmp_path: Path) -> None:
    ask: dict[str, Any] = {"model": given.twice, "files": [given.picture], "frames": 1}
    pictures = {}
    for tile in (0, 24):
        done = run_(tmp_path / str(tile), "still", tile=tile, **ask)
        pictures[tile] = np.asarray(Image.open(outputs(done)["still"].path)).astype(int)
    assert np.abs(pictures[0] - pictures[24]).max() <= 1 and "tiles of 24 pixels" in done.notes[0]


@real
def test_what_was_changed_is_said_and_what_cannot_be_done_refused(given: SimpleNamespace, tmp_path: Path) -> None:
    notes = run_(tmp_path / "big", model=given.twice, files=[given.clip], size=(256, 128), frames=7).notes
    assert "2 times as large, 128×64; it was brought to 256×128, beyond what the model can add" in notes[0] and "2 frames too short" in notes[1]
    for more, says in (
        ({"model": given.grey, "files": [given.clip]}, "does not make a colour picture"),
        ({"model": str(Path(given.twice).parent), "files": [given.clip]}, "no model in"),
        ({"model": given.twice, "files": []}, "one of them"),
        ({"model": given.twice, "files": [given.clip, given.picture]}, "one of them"),
        ({"model": given.twice, "files": [given.picture]}, "one frame, not 5"),
    ):
        with pytest.raises(BadRequest, match=says):
            run_(tmp_path / "x", **more)


@real
def test_a_file_of_another_kind_is_refused(given: SimpleNamespace, tmp_path: Path) -> None:
    files: Any = importlib.import_module("safetensors.numpy")
    (tmp_path / "other").mkdir()
    files.save_file({"nothing": np.zeros(3, np.float32)}, str(tmp_path / "other" / "m.safetensors"))
    with pytest.raises(BadRequest, match="does not know the model"):
        run_(tmp_path / "x", model=str(tmp_path / "other"), files=[given.clip])


def test_without_spandrel_it_says_what_to_install(given: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spandrel", None)  # as where it is not installed
    with pytest.raises(BadRequest, match="pip install spandrel"):
        run_(tmp_path / "x", model=given.twice, files=[given.clip])


def test_a_torchvision_of_another_torch_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "spandrel.py").write_text("raise RuntimeError('undefined symbol: _ZN3c10')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "spandrel", raising=False)
    with pytest.raises(BadRequest, match=r"undefined symbol.* must belong to its torch"):
        spandrel.library()
