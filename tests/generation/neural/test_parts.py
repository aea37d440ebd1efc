"""The parts that neural engines share, each by itself, on the real classes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generation.contract import BadRequest, Format
from generation.media.faults import as_failure
from generation.neural import pipelines, prompts, warm
from generation.neural.params import ModelParams, Tuning
from generation.neural.pictures import Plan, depth_picture, read
from generation.neural.previews import LatentPreview
from generation.neural.relief import FITTED, lighter, with_changes
from generation.neural.steps import Steps
from generation.neural.store import find, model_folder
from generation.neural.tuning import Card, decide
from tests.generation.engines import tiny

GIB = 1 << 30
H100 = Card("cuda", "NVIDIA H100", 80 * GIB, (9, 0))
OLD = Card("cuda", "Tesla T4", 15 * GIB, (7, 5))
PLAIN = Card("cpu", "cpu", 16 * GIB)


@pytest.fixture(scope="module")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.sdxl(tmp_path_factory.mktemp("models") / "sdxl")


def test_models_outside_the_folder_for_models_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sdxl: Path) -> None:
    monkeypatch.setenv("FIRSTCUT_MODELS", str(sdxl.parent))
    assert model_folder("sdxl") == sdxl
    for name in ("/etc", "../elsewhere", str(tmp_path)):
        with pytest.raises(BadRequest, match="lies outside"):
            model_folder(name)
    assert find("owner/model") is None
    (sdxl.parent / "owner--model").mkdir()
    (sdxl.parent / "owner--model" / "config.json").write_text("{}")
    assert find("owner/model") == sdxl.parent / "owner--model"


def test_the_preview_resembles_what_the_decoder_makes(sdxl: Path) -> None:
    pipe = tiny.diffusers.DiffusionPipeline.from_pretrained(str(sdxl))
    preview = LatentPreview.fitted(pipe.vae)
    assert preview is not None
    coarse = tiny.torch.randn((1, 4, 3, 3), generator=tiny.torch.Generator().manual_seed(9))
    latents = tiny.torch.nn.functional.interpolate(coarse, size=(24, 24), mode="bilinear")
    with tiny.torch.inference_mode():
        real = pipe.vae.decode(latents / pipe.vae.config.scaling_factor)[0][0].permute(1, 2, 0).numpy()
    shown = preview(latents)
    assert shown is not None and shown.shape == (320, 320, 3)
    small = np.asarray(Image.fromarray(((real.clip(-1, 1) + 1) * 127.5).astype(np.uint8)).resize((320, 320), Image.Resampling.BOX), np.float64)
    assert np.abs(small - shown).mean() < 40
    assert preview(tiny.torch.zeros((1, 64, 128))) is None  # packed in another way: no preview rather than a wrong one


class WithoutCallback:
    """The surface of a pipeline that offers no callback: only its scheduler can be watched."""

    def __init__(self) -> None:
        self.scheduler = tiny.diffusers.EulerDiscreteScheduler()

    def __call__(self, prompt: str, steps: int) -> None:
        self.scheduler.set_timesteps(steps)
        sample = tiny.torch.ones((1, 4, 8, 8))
        for moment in self.scheduler.timesteps:
            sample = self.scheduler.step(sample, moment, sample).prev_sample


def test_a_pipeline_without_a_callback_is_watched_by_its_scheduler() -> None:
    pipe, told = WithoutCallback(), list[int]()
    context: Any = SimpleNamespace(progress=lambda done, total, **_: told.append(done))
    with Steps(pipe, {}, context, 3):
        pipe("a fox", 3)
    assert told == [0, 1, 2, 3]
    pipe("a fox", 3)
    assert len(told) == 4, "the scheduler is its own again"


def test_warm_models_are_the_last_that_fit() -> None:
    warm.drop_now()
    made: list[str] = []

    def hold(name: str, size: int) -> object:
        def load() -> object:
            made.append(name)
            return object()

        return warm.hold(name, (name,), size, 100, load)

    first = hold("a", 40)
    hold("b", 40)
    assert hold("a", 40) is first and warm.names() == ["b", "a"]
    hold("c", 40)
    assert warm.names() == ["a", "c"], "b was unused longest"
    hold("whole", 100)
    assert warm.names() == ["whole"] and made == ["a", "b", "c", "whole"], "larger than its share, but alone"
    assert warm.drop("whole") and not warm.drop("nothing")
    hold("d", 1)
    assert warm.names() == ["d"]
    warm.drop_now()


def test_a_prompt_is_encoded_once_and_comes_back_bit_for_bit() -> None:
    prompts.clear()
    asked: list[int] = []

    def encode() -> dict[str, Any]:
        asked.append(1)
        return {"embeds": tiny.torch.randn(2, 3), "pooled": None, "several": [tiny.torch.ones(1)]}

    first = prompts.encoded(("m", "a fox"), "cpu", encode)
    again = prompts.encoded(("m", "a fox"), "cpu", encode)
    assert len(asked) == 1 and tiny.torch.equal(first["embeds"], again["embeds"]) and again["pooled"] is None
    prompts.encoded(("m", "a storm"), "cpu", encode)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("tuning", "weights", "here", "precision", "offload", "quantisation"),
    [
        ({}, 8 * GIB, H100, "bfloat16", "none", "none"),
        ({}, 70 * GIB, H100, "bfloat16", "none", "fp8"),
        ({}, 100 * GIB, H100, "bfloat16", "none", "fp8"),
        ({}, 200 * GIB, H100, "bfloat16", "group", "none"),
        ({}, 8 * GIB, OLD, "float16", "none", "none"),
        ({}, 16 * GIB, OLD, "float16", "model", "none"),
        ({}, 60 * GIB, OLD, "float16", "group", "none"),
        ({}, 60 * GIB, PLAIN, "float32", "none", "none"),
        ({"offload": "sequential", "precision": "float32"}, 1 * GIB, H100, "float32", "sequential", "none"),
    ],
)
def test_auto_is_decided_by_the_card(tuning: dict[str, Any], weights: int, here: Card, precision: str, offload: str, quantisation: str) -> None:
    settings = decide(Tuning(**tuning), weights, here)
    assert (settings.precision, settings.offload, settings.quantisation) == (precision, offload, quantisation)


@pytest.mark.parametrize(
    ("tuning", "here", "says"),
    [
        ({"quantisation": "fp8"}, OLD, "capability 8"),
        ({"precision": "float16"}, PLAIN, "graphics card"),
        ({"offload": "model"}, PLAIN, "has no card"),
    ],
)
def test_what_a_card_cannot_do_is_refused(tuning: dict[str, Any], here: Card, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        decide(Tuning(**tuning), GIB, here)


@pytest.mark.parametrize(
    ("tuning", "weights", "here", "offload"),
    [
        ({}, 4 * GIB, H100, "group"),  # all of it was on the card
        ({}, 80 * GIB, OLD, None),  # auto keeps it a layer at a time already
        ({}, 15 * GIB, OLD, "group"),  # one part at a time
        ({"offload": "sequential"}, 4 * GIB, H100, None),
        ({}, 4 * GIB, PLAIN, None),  # no card, nothing to keep from it
    ],
)
def test_a_card_that_was_too_small_can_be_asked_for_less(tuning: dict[str, Any], weights: int, here: Card, offload: str | None) -> None:
    settings = decide(Tuning(**tuning), weights, here)
    changes = lighter(settings)
    assert changes == ({"tuning": {"offload": offload}} if offload else {})
    params = with_changes({"steps": 3, "tuning": {"precision": "bfloat16", "offload": "auto"}}, {"tuning": {"offload": "group"}})
    assert params == {"steps": 3, "tuning": {"precision": "bfloat16", "offload": "group"}}


def test_how_a_model_was_fitted_is_known_while_it_is_loaded_and_all_is_dropped_after_a_small_memory(
    sdxl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTCUT_MODELS", str(sdxl.parent))
    warm.drop_now()
    token = FITTED.set(None)
    try:
        loaded = pipelines.load(ModelParams(model="sdxl"))
        assert FITTED.get() == loaded.settings and lighter(None) == {}
    finally:
        FITTED.reset(token)
    warm.drop_all()
    assert pipelines.load(ModelParams(model="sdxl")) is not loaded
    warm.drop_now()


def test_torch_and_its_words_for_too_little_memory_are_understood() -> None:
    with pytest.raises(RuntimeError) as caught:
        tiny.torch.empty(10**15)
    for error in (caught.value, tiny.torch.OutOfMemoryError("CUDA out of memory.")):
        assert "too small for this" in str(as_failure(error, "this", ""))


def test_a_plan_holds_the_format() -> None:
    picture = Format(width=66, height=36, frames=24)
    plan = Plan.of(picture, multiple=16, step=4)
    assert (plan.width, plan.height, plan.frames) == (80, 48, 25)
    assert len(plan.notes(picture)) == 2 and Plan.of(Format(width=64, height=64, frames=1), multiple=16).notes(Format(width=64, height=64)) == ()


def test_depth_is_white_near_and_black_in_the_sky() -> None:
    greys = depth_picture(np.array([[0, 300, 1000, 4000, 59_000]], np.uint16))[0].tolist()
    assert greys[0] == 0 and greys[1] == 255 and greys[1] > greys[2] > greys[3] > greys[4]


def test_a_picture_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"not a picture")
    with pytest.raises(BadRequest, match="cannot be read"):
        read(tmp_path / "x.png")
