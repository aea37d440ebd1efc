"""Helios on tiny checkpoints of its real classes: the one that paints in one size, and those that paint in three."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from generation.contract import BadRequest
from generation.engines import helios
from generation.neural import prompts, warm
from generation.runner import run
from tests.generation.engines import tiny_helios
from tests.generation.engines.asking import Shelf, ask, clip, hashes, is_moving, outputs, picture, result, shape_of, stops_within_a_step, watched

STEPS: dict[str, Any] = {"prompt": "a fox crosses a harbour", "steps": 3}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("helioses")
    base = tiny_helios.base(root / "base")
    return SimpleNamespace(
        base=str(base), middle=str(tiny_helios.middle(root / "middle")), distilled=str(tiny_helios.distilled(root / "distilled")),
        lora=str(tiny_helios.lora(base, root / "lora")), red=("first_frame", picture(root / "red.png")), clip=("video", clip(root / "clip", 33)),
        short=("video", clip(root / "short", 9)),
    )  # fmt: skip


def run_(folder: Path, **more: Any) -> Any:
    return result(folder, "helios", "shot", **{**STEPS, "frames": 33, **more})


def test_each_mode_and_kind_of_model_makes_exactly_the_clip_that_was_asked_for(models: SimpleNamespace, tmp_path: Path) -> None:
    wanted: list[tuple[str, str, list[Any], dict[str, Any], int]] = [
        ("words", models.base, [], {}, 33),
        ("words", models.base, [], {"guidance": 1.0, "frames": 35}, 66),
        ("words", models.base, [], {"loras": [{"model": models.lora}]}, 33),
        ("words", models.middle, [], {}, 33),
        ("words", models.distilled, [], {"frames": 20}, 33),
        ("words", models.distilled, [], {"firm_start": False}, 33),
        ("first frame", models.base, [models.red], {}, 33),
        ("continue", models.base, [models.clip], {"frames": 40}, 66),
    ]
    seen = set()
    for number, (mode, model, given, more, made) in enumerate(wanted):
        done = run_(tmp_path / str(number), model=model, files=given, **more)
        assert done.data["mode"] == mode and shape_of(outputs(done)["master"]) == (more.get("frames", 33), 32, 64)
        assert (done.data["made"]["frames"], done.data["chunks"]) == (made, made // 33)
        assert ("has no guidance" in " ".join(done.notes)) is (model == models.distilled)
        seen.add(outputs(done)["master"].sha256)
    assert len(seen) == len(wanted)


def test_what_cannot_be_done_is_refused_with_what_to_do(models: SimpleNamespace, tmp_path: Path) -> None:
    for given, more, says in (
        ([models.red, models.clip], {}, "not both"),
        ([models.short], {}, "33 frames or more; the clip has 9"),
        ([], {"prompt": " "}, "needs a format and words"),
        ([], {"scheduler": "unipc"}, "scheduler of its own"),
    ):
        with pytest.raises(BadRequest, match=says):
            run_(tmp_path / "x", model=models.base, files=given, **more)
    assert "4 steps cannot be shared out among 3 sizes; 3 were taken." in run_(tmp_path / "s", model=models.distilled, frames=9, steps=4).notes


def test_it_is_told_chunk_by_chunk_with_a_moving_preview_and_stops_within_a_step(models: SimpleNamespace, tmp_path: Path) -> None:
    _, told, shown = watched(tmp_path / "w", "helios", "shot", model=models.base, frames=40, **STEPS)
    assert [p.done for p in told if p.stage == "chunk 1 of 2"] == [0, 1, 2, 3]
    assert [p.done for p in told if p.stage == "chunk 2 of 2"] == [3, 4, 5] and told[-1].total == 6
    assert shown and is_moving(shown[0])
    stops_within_a_step(tmp_path / "c", "helios", "shot", model=models.base, frames=33, **STEPS)


def test_a_distilled_model_counts_its_steps_right(models: SimpleNamespace, tmp_path: Path) -> None:
    _, told, _ = watched(tmp_path / "w", "helios", "shot", model=models.distilled, frames=40, **STEPS)
    assert told[-1].total == 9 and [p.done for p in told if p.stage == "chunk 1 of 2"] == [*range(7)]


def test_the_same_seed_gives_the_same_bytes_and_a_later_attempt_goes_on_after_the_last_chunk(models: SimpleNamespace, tmp_path: Path) -> None:
    long: dict[str, Any] = {"model": models.base, "files": [models.red], "frames": 80, **STEPS}
    prompts.clear()
    whole = run_(tmp_path / "whole", **long)
    assert shape_of(outputs(whole)["master"]) == (80, 32, 64) and whole.data["chunks"] == 3
    shelf = Shelf(tmp_path / "shelf")

    class Died(Exception):
        pass

    def die_in_the_last_chunk(progress: Any, image: bytes | None) -> None:
        if progress.done == 7:
            raise Died

    request, paths = ask("helios", "shot", **long)
    with pytest.raises(Died):
        run(request, tmp_path / "died", paths, on_progress=die_in_the_last_chunk, keeper=shelf)
    assert shelf.kept_names == ["chunks", "chunks"]
    warm.drop_now()
    prompts.clear()
    steps: list[str] = []
    done = run(request, tmp_path / "resumed", paths, on_progress=lambda progress, image: steps.append(progress.stage), keeper=shelf)
    assert hashes(done) == hashes(whole) and "chunk 2 of 3" not in steps
    assert hashes(run_(tmp_path / "seed", **{**long, "seed": 2})) != hashes(whole)


def test_the_noise_of_a_larger_size_balances_itself_on_any_processor() -> None:
    pipe = SimpleNamespace(scheduler=SimpleNamespace(config=SimpleNamespace(gamma=1 / 3)))
    first, again = (helios._block_noise(pipe, 1, 4, 2, 16, 16, (1, 2, 2), torch.device("cpu"), torch.Generator().manual_seed(5)) for _ in range(2))
    assert first.shape == (1, 4, 2, 16, 16) and torch.equal(first, again)
    sums = first.unfold(3, 2, 2).unfold(4, 2, 2).sum((-1, -2))
    assert sums.abs().max() < 1e-2 and 0.9 < float(first.std()) < 1.1, "the four of a patch cancel out; each alone is as strong as plain noise"
