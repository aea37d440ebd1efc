"""Real diffusers pipelines at a tiny size, through the runner: steps, preview, cancel, seed, and what a person is told."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from generation import catalog
from generation.contract import BadRequest, Cancelled, Format, Output, Progress, Rate, Request, Result
from generation.engines.diffusion import Diffusion, _LatentPreview, _Watched, model_folder
from generation.runner import run
from tests.generation.engines import tiny

STEPS = 5


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = tiny.torch.get_num_threads()
    tiny.torch.set_num_threads(1)
    yield
    tiny.torch.set_num_threads(before)


@pytest.fixture(scope="module")
def wan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.wan(tmp_path_factory.mktemp("models") / "wan")


@pytest.fixture(scope="module")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.sdxl(tmp_path_factory.mktemp("models") / "sdxl")


def shot(model: Path | str, seed: int = 1, frames: int = 7, size: tuple[int, int] = (64, 36), task: Any = "shot", **params: Any) -> Request:
    picture = Format(width=size[0], height=size[1], rate=Rate(num=24000, den=1001), frames=frames)
    words = {"model": str(model), "place": "a harbour at dusk", "subject": "a fox", "steps": STEPS}
    return Request(engine="diffusers", task=task, seed=seed, format=picture, params=words | params)


def outputs(result: Result) -> dict[str, Output]:
    return {output.name: output for output in result.outputs}


def test_a_video_model_makes_a_take_like_any_other_engine(wan: Path, tmp_path: Path) -> None:
    result = run(shot(wan), tmp_path)
    made = outputs(result)
    assert set(made) == {"master", "rendition", "poster", "filmstrip"}
    with av.open(made["master"].path) as container:
        frames = list(container.decode(video=0))
        assert container.streams.video[0].average_rate == Rate(num=24000, den=1001).fps
    assert [(frame.width, frame.height) for frame in frames] == [(64, 36)] * 7
    assert result.data == {"pipeline": "WanPipeline", "prompt": "a harbour at dusk, a fox", "made": {"width": 64, "height": 48, "frames": 9}}
    assert [note.split(";")[0] for note in result.notes] == ["The model paints 64×48", "The model makes 9 frames at a time"]
    assert "torch" in result.engine_version


def test_progress_goes_step_by_step_and_shows_a_picture_early(wan: Path, tmp_path: Path) -> None:
    seen: list[tuple[Progress, bytes | None]] = []
    run(shot(wan), tmp_path, on_progress=lambda progress, image: seen.append((progress, image)))
    assert all(progress.unit == "steps" and progress.total == STEPS for progress, _ in seen)
    painting = [progress.done for progress, _ in seen if progress.stage in ("denoising", "decoding")]
    assert painting == [0, 1, 2, 3, 4, 5]
    assert next(progress.stage for progress, _ in seen) == "loading the model"
    first = next((progress, image) for progress, image in seen if image is not None)
    assert first[0].done == 1 and first[1] is not None
    picture = np.asarray(Image.open(io.BytesIO(first[1])))
    assert picture.shape == (240, 320, 3) and picture.std() > 2, "the preview shows something"


def test_the_same_seed_gives_the_same_bytes_also_in_a_fresh_engine(wan: Path, tmp_path: Path) -> None:
    first, again, other = (run(shot(wan, seed), tmp_path / str(n)) for n, seed in enumerate((3, 3, 4)))
    undo = catalog.register(catalog.info("diffusers"))  # forgets the warm engine
    fresh = run(shot(wan, 3), tmp_path / "fresh")
    undo()
    hashes = [[output.sha256 for output in result.outputs] for result in (first, again, fresh, other)]
    assert hashes[0] == hashes[1] == hashes[2] != hashes[3]


@pytest.mark.parametrize("step", [1, 3])
def test_cancelling_stops_within_one_step_and_the_model_stays_usable(wan: Path, tmp_path: Path, step: int) -> None:
    before = run(shot(wan), tmp_path / "before")
    reached = 0

    def tell(progress: Progress, image: bytes | None) -> None:
        nonlocal reached
        reached = progress.done

    with pytest.raises(Cancelled):
        run(shot(wan), tmp_path / "cancelled", on_progress=tell, cancelled=lambda: reached == step)
    assert reached == step
    assert not (tmp_path / "cancelled").exists()
    after = run(shot(wan), tmp_path / "after")
    assert [output.sha256 for output in before.outputs] == [output.sha256 for output in after.outputs]


def test_an_image_model_makes_stills_and_says_that_it_makes_no_shots(sdxl: Path, tmp_path: Path) -> None:
    result = run(shot(sdxl, frames=1, task="still"), tmp_path / "still")
    assert Image.open(outputs(result)["still"].path).size == (64, 36)
    assert result.data["pipeline"] == "StableDiffusionXLPipeline"
    with pytest.raises(BadRequest, match="makes stills, not shots"):
        run(shot(sdxl), tmp_path / "shot")


def test_a_video_model_makes_stills_too(wan: Path, tmp_path: Path) -> None:
    assert set(outputs(run(shot(wan, frames=1, task="still"), tmp_path))) == {"still", "poster"}


def test_words_change_the_picture(wan: Path, tmp_path: Path) -> None:
    hashes = {outputs(run(shot(wan, prompt=words), tmp_path / words))["master"].sha256 for words in ("a fox", "a storm")}
    assert len(hashes) == 2


@pytest.mark.parametrize("params", [{"place": "", "subject": ""}, {"prompt": "   ", "place": " ", "subject": ""}])
def test_no_words_at_all_are_refused(wan: Path, tmp_path: Path, params: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="nothing to paint"):
        run(shot(wan, **params), tmp_path)


def test_a_missing_model_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"no model in /models/nowhere.*save_pretrained"):
        run(shot("/models/nowhere"), tmp_path / "work")


def test_a_model_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline", "vae": ["diffusers", "AutoencoderKLWan"]}))
    with pytest.raises(BadRequest, match="cannot be loaded"):
        run(shot(tmp_path), tmp_path / "work")


def test_models_outside_the_folder_for_models_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sdxl: Path) -> None:
    monkeypatch.setenv("FIRSTCUT_MODELS", str(sdxl.parent))
    assert model_folder("sdxl") == sdxl
    for name in ("/etc", "../elsewhere", str(tmp_path)):
        with pytest.raises(BadRequest, match="lies outside"):
            model_folder(name)


def test_the_preview_resembles_what_the_decoder_makes(sdxl: Path) -> None:
    pipe = tiny.diffusers.DiffusionPipeline.from_pretrained(str(sdxl))
    preview = _LatentPreview.fitted(pipe)
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


def test_a_pipeline_without_a_callback_is_Watched_by_its_scheduler() -> None:
    pipe, seen = WithoutCallback(), list[tuple[int, ...]]()
    with _Watched(pipe, {}, lambda latents: seen.append(tuple(latents.shape))):
        pipe("a fox", 3)
    assert seen == [(1, 4, 8, 8)] * 3
    pipe("a fox", 3)
    assert len(seen) == 3, "the scheduler is its own again"


def test_the_engine_keeps_its_last_model_warm(wan: Path, sdxl: Path) -> None:
    engine = Diffusion()
    first = engine._load(wan)
    assert engine._load(wan) is first
    assert engine._load(sdxl) is not first
