"""The engines for pictures on tiny checkpoints of their real classes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generation.contract import BadRequest
from generation.neural import prompts, warm
from tests.generation.engines import tiny_images
from tests.generation.engines.asking import Files, depth, hashes, made, mask, outputs, picture, result, stops_within_a_step, watched

SIZE = (64, 64)
ENGINES = ("flux2", "zimage", "qwenimage", "sdxl")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("images")
    sdxl = tiny_images.sdxl_with_eyes(root / "sdxl")
    return SimpleNamespace(
        flux2=str(tiny_images.flux2(root / "flux2")),
        zimage=str(tiny_images.zimage(root / "zimage")),
        qwenimage=str(tiny_images.qwenimage(root / "qwenimage")),
        edit=str(tiny_images.qwenedit(root / "edit")),
        sdxl=str(sdxl),
        ip=str(tiny_images.ip_adapter(sdxl, root / "ip")),
        controlnet=str(tiny_images.controlnet(sdxl, root / "controlnet")),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("files")
    return SimpleNamespace(
        one=picture(root / "one.png", size=SIZE), other=picture(root / "other.png", (30, 30, 200), (90, 40)), mask=mask(root / "mask.png", SIZE),
        depth=depth(root / "depth.zip", 2),
    )  # fmt: skip


@pytest.fixture
def paint(models: SimpleNamespace, tmp_path: Path) -> Callable[..., Any]:
    count = iter(range(99))

    def make(engine: str, files: Files = (), model: str = "", **params: Any) -> Any:
        given: dict[str, Any] = {"prompt": "a fox", "steps": 3, **params}
        return result(tmp_path / str(next(count)), engine, "still", model=getattr(models, model or engine), size=SIZE, files=files, **given)

    return make


@pytest.mark.parametrize("engine", ENGINES)
def test_words_give_a_picture_that_the_seed_gives_again(engine: str, paint: Callable[..., Any]) -> None:
    first = paint(engine)
    assert Image.open(outputs(first)["still"].path).size == SIZE and first.data["mode"] == "words"
    kept = prompts.hits
    assert hashes(paint(engine)) == hashes(first) and prompts.hits == kept + 1, "the words were not encoded again"
    warm.drop_now()
    prompts.clear()
    assert hashes(paint(engine)) == hashes(first)
    assert len({tuple(hashes(paint(engine, **more))) for more in ({}, {"seed": 9}, {"prompt": "a storm"}, {"guidance": 3.0}, {"steps": 2})}) == 5


@pytest.mark.parametrize("engine", ENGINES)
def test_a_picture_is_changed_and_within_a_mask_only_there(engine: str, paint: Callable[..., Any], files: SimpleNamespace) -> None:
    if engine != "flux2":  # FLUX.2 changes a picture by hearing what is to change, without a strength
        little, much = (paint(engine, [("picture", files.one)], strength=strength, steps=6) for strength in (0.34, 1.0))
        assert little.data["mode"] == "change" and hashes(little) != hashes(much)
    done = paint(engine, [("picture", files.one), ("mask", files.mask)], strength=1.0, feather=0)
    assert done.data["mode"] == "inpaint"
    with pytest.raises(BadRequest, match="picture to change too"):
        paint(engine, [("mask", files.mask)])


def test_a_mask_keeps_what_is_black(paint: Callable[..., Any], files: SimpleNamespace) -> None:
    """Measured where a tiny model leaves a picture nearly as it is: the kept half is nearer to what decoding alone makes of it."""
    seeds = [
        np.asarray(
            Image.open(outputs(paint("sdxl", [("picture", files.one), ("mask", files.mask)], seed=s, strength=1.0, feather=0))["still"].path),
            np.float64,
        )
        for s in (1, 2)
    ]
    apart = np.abs(seeds[0] - seeds[1]).mean(axis=(0, 2))
    assert apart[:24].mean() < apart[40:].mean() / 2


@pytest.mark.parametrize("engine", ENGINES)
def test_steps_are_told_with_a_preview_and_a_cancel_stops_within_one(engine: str, models: SimpleNamespace, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"model": getattr(models, engine), "size": SIZE, "prompt": "a fox", "steps": 4}
    _, told, shown = watched(tmp_path / "w", engine, "still", **asked)
    assert [progress.done for progress in told if progress.unit == "steps" and progress.stage in ("denoising", "decoding")] == [0, 1, 2, 3, 4]
    assert shown, "there is a picture before the picture"
    stops_within_a_step(tmp_path / "c", engine, "still", **asked)


def test_references_change_the_picture(paint: Callable[..., Any], files: SimpleNamespace, models: SimpleNamespace) -> None:
    one, both = [("reference", files.one)], [("reference", files.one), ("reference", files.other)]
    for engine, more in (("flux2", {}), ("sdxl", {"ip_adapter": models.ip})):
        made_ = [paint(engine), paint(engine, one, **more), paint(engine, both, **more), paint(engine)]
        assert len({tuple(hashes(each)) for each in made_}) == 3 and hashes(made_[0]) == hashes(made_[3]), engine
        assert made_[2].data["mode"] == "words, references"
    edit: dict[str, Any] = {"model": "edit", "look": 64, "steps": 2}
    assert hashes(paint("qwenimage", [("picture", files.one)], **edit)) != hashes(paint("qwenimage", [("picture", files.other)], **edit))


def test_the_depth_of_a_previs_controls_a_picture(paint: Callable[..., Any], files: SimpleNamespace, models: SimpleNamespace) -> None:
    done = paint("sdxl", [("depth", files.depth)], controlnet=models.controlnet)
    assert done.data["pipeline"] == "StableDiffusionXLControlNetPipeline" and done.data["mode"] == "words, control"
    weak = paint("sdxl", [("control", files.one)], controlnet=models.controlnet, control_strength=0.0)
    assert hashes(weak) == hashes(paint("sdxl")) != hashes(done)


@pytest.mark.parametrize(
    ("engine", "roles", "more", "says"),
    [
        ("qwenimage", ["reference"], {}, "hears words only"),
        ("qwenimage", [], {"model": "edit"}, "changes pictures"),
        ("qwenimage", ["picture", "mask"], {"model": "edit"}, "takes no mask"),
        ("sdxl", ["depth", "control"], {}, "not both"),
        ("sdxl", ["depth", "picture"], {}, "not both"),
        ("sdxl", ["control"], {"controlnet": "nobody/nothing"}, "firstcut model add nobody/nothing"),
        ("sdxl", ["reference"], {"ip_adapter_file": "missing"}, "no IP-Adapter file"),
        ("zimage", [], {"prompt": ""}, "a size and words"),
        ("flux2", [], {"model": "sdxl"}, "works with Flux2KleinPipeline"),
        ("zimage", ["reference"], {}, "no use for a file as “reference”"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    engine: str, roles: list[str], more: dict[str, Any], says: str, paint: Callable[..., Any], files: SimpleNamespace, models: SimpleNamespace
) -> None:
    place = {"reference": files.one, "picture": files.one, "mask": files.mask, "depth": files.depth, "control": files.one}
    if "ip_adapter_file" in more:
        more = {**more, "ip_adapter": models.ip}
    with pytest.raises(BadRequest, match=says):
        paint(engine, [(role, place[role]) for role in roles], **more)


def test_what_a_distilled_model_does_not_hear_is_said(paint: Callable[..., Any], tmp_path: Path, models: SimpleNamespace) -> None:
    assert any("no negative prompt" in note for note in paint("flux2", negative="fog").notes)
    assert any("not heard" in note for note in paint("zimage", negative="fog").notes)
    assert made(tmp_path / "odd", "zimage", "still", model=models.zimage, size=(60, 50), prompt="a fox", steps=1)["still"].meta["width"] == 60
