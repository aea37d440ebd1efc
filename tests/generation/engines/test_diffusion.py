"""Real diffusers pipelines at a tiny size, through the runner: steps, preview, cancel, seed, and what a person is told."""

from __future__ import annotations

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from generation.contract import BadRequest, Cancelled, Format, Output, Progress, Rate, Request, Result
from generation.neural import warm
from generation.runner import begin, run
from tests.generation.engines import tiny

STEPS = 5


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
    assert result.data["pipeline"] == "WanPipeline" and result.data["prompt"] == "a harbour at dusk, a fox"
    assert result.data["made"] == {"width": 64, "height": 48, "frames": 9}
    assert result.data["settings"]["precision"] == "float32" and result.data["settings"]["device"] == "cpu"
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
    assert first[0].done < STEPS and first[1] is not None, "drawn beside the next steps, not after them"
    moving: Any = Image.open(io.BytesIO(first[1]))
    assert moving.size == (320, 240) and moving.format == "WEBP", "a moving picture of several moments of the clip"
    assert np.asarray(moving.convert("RGB")).std() > 2, "the preview shows something"


def test_the_same_seed_gives_the_same_bytes_also_in_a_fresh_engine(wan: Path, tmp_path: Path) -> None:
    first, again, other = (run(shot(wan, seed), tmp_path / str(n)) for n, seed in enumerate((3, 3, 4)))
    warm.drop_now()
    fresh = run(shot(wan, 3), tmp_path / "fresh")
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
    with pytest.raises(BadRequest, match=r"no model in /models/nowhere.*firstcut model add"):
        run(shot("/models/nowhere"), tmp_path / "work")


def test_a_model_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline", "vae": ["diffusers", "AutoencoderKLWan"]}))
    with pytest.raises(BadRequest, match="cannot be loaded"):
        run(shot(tmp_path), tmp_path / "work")


def test_what_the_engine_need_not_wait_for_is_drawn_on_another_thread(wan: Path, tmp_path: Path) -> None:
    """The device is free for the next request while the frames of this one are encoded."""
    whole = run(shot(wan), tmp_path / "whole")
    first = begin(shot(wan), tmp_path / "first")
    second = begin(shot(wan, 2), tmp_path / "second")
    assert not list((tmp_path / "first" / "out").iterdir()), "nothing is encoded yet"
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda running: running.finish(), (first, second)))
    assert [output.sha256 for output in results[0].outputs] == [output.sha256 for output in whole.outputs]
    assert outputs(results[1])["master"].sha256 != outputs(whole)["master"].sha256


def test_a_scheduler_is_chosen_by_name_and_only_one_that_fits(wan: Path, sdxl: Path, tmp_path: Path) -> None:
    hashes = {outputs(run(shot(wan, scheduler=name), tmp_path / (name or "own")))["master"].sha256 for name in ("", "flow euler", "dpm++ 2m")}
    assert len(hashes) == 3
    with pytest.raises(BadRequest, match="trained by flow matching"):
        run(shot(wan, scheduler="ddim"), tmp_path / "wrong")
    with pytest.raises(BadRequest, match="no scheduler “best”"):
        run(shot(wan, scheduler="best"), tmp_path / "none")
    assert run(shot(sdxl, frames=1, task="still", scheduler="dpm++ 2m karras"), tmp_path / "karras").outputs


def test_a_lora_changes_the_picture_by_its_weight_and_leaves_the_model_as_it_was(wan: Path, tmp_path: Path) -> None:
    lora = str(tiny.wan_lora(wan, tmp_path / "storm"))

    def made(name: str, **more: Any) -> str:
        return outputs(run(shot(wan, **more), tmp_path / name))["master"].sha256

    plain = made("plain")
    strong, weak, off = (made(f"w{n}", loras=[{"model": lora, "weight": weight}]) for n, weight in enumerate((1.0, 0.3, 0.0)))
    assert len({plain, strong, weak}) == 3
    assert off == plain == made("after")
    triggered = run(shot(wan, loras=[{"model": lora, "trigger": "stormy oil"}]), tmp_path / "t")
    assert triggered.data["prompt"].startswith("stormy oil, ")
    with pytest.raises(BadRequest, match=r"LoRA .* does not fit"):
        run(shot(wan, loras=[{"model": str(wan)}]), tmp_path / "wrong")


def test_the_first_block_cache_really_skips_and_says_how_often(wan: Path, tmp_path: Path) -> None:
    result = run(shot(wan, tuning={"step_cache": "first block", "cache_threshold": 1.0}), tmp_path / "cached")
    said = next(note for note in result.notes if "first-block cache" in note)
    skipped, passes = (int(word) for word in re.findall(r"(\d+) of (\d+)", said)[0])
    assert 0 < skipped < passes
    assert not [note for note in run(shot(wan), tmp_path / "plain").notes if "cache" in note]
