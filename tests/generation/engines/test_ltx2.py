"""LTX-2 with its sound, and its latent upsamplers, on tiny checkpoints of their real classes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generation.contract import BadRequest
from generation.neural import prompts, warm
from generation.runner import run
from tests.generation.engines import tiny_ltx2
from tests.generation.engines.asking import (
    RATE,
    Shelf,
    ask,
    clip,
    hashes,
    is_moving,
    outputs,
    picture,
    result,
    shape_of,
    stops_within_a_step,
    watched,
)

STEPS: dict[str, Any] = {"prompt": "a fox crosses a harbour", "steps": 2}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("ltx")
    model = tiny_ltx2.ltx2_model(root / "ltx2")
    return SimpleNamespace(
        model=str(model), lora=str(tiny_ltx2.ltx2_lora(model, root / "lora")), smoother=str(tiny_ltx2.upsampler(root / "smoother", temporal=True))
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("files")
    return SimpleNamespace(red=picture(root / "red.png"), blue=picture(root / "blue.png", (30, 30, 200)), clip=clip(root / "clip", 17))


def test_each_mode_makes_the_clip_and_sound_of_exactly_its_length(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    first, last, video = ("first_frame", files.red), ("last_frame", files.blue), ("video", files.clip)
    wanted: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("words", [], {}),
        ("words", [], {"distilled": True}),
        ("words", [], {"guidance": 1.0, "sound_guidance": 1.0, "together": 1.0, "structure": 0.0}),
        ("first frame", [first], {}),
        ("last frame", [last], {}),
        ("first and last frame", [first, last], {}),
        ("restyle", [video], {"strength": 0.5}),
        ("restyle", [video], {"distilled": True, "strength": 0.3}),
        ("continue", [video], {"clip_use": "continue", "context": 12}),
    ]
    seen, heard = set(), set()
    for number, (mode, given, more) in enumerate(wanted):
        done = result(tmp_path / str(number), "ltx2", "shot", model=models.model, frames=11, files=given, **{**STEPS, **more})
        assert done.data["mode"] == mode and shape_of(outputs(done)["master"]) == (11, 32, 64)
        assert outputs(done)["sound"].meta["samples"] == RATE.samples(11) and outputs(done)["sound"].meta["channels"] == 2
        assert done.data["made"] == {"width": 64, "height": 64, "frames": 25 if mode == "continue" else 17}
        seen.add(outputs(done)["master"].sha256)
        heard.add(outputs(done)["sound"].sha256)
    assert len(seen) == len(heard) == len(wanted)


def test_notes_say_what_was_changed_or_not_used(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    def notes(name: str, **more: Any) -> str:
        return " ".join(result(tmp_path / name, "ltx2", "shot", model=models.model, **{**STEPS, "frames": 9, **more}).notes)

    assert "middle 64×32 was kept" in notes("size") and "first 4 were kept" in notes("length", frames=4)
    assert "guidance and negative prompt were not used" in notes("distilled", distilled=True)
    assert "ask for 17 frames" in notes("last", frames=12, files=[("last_frame", files.red)])
    plain = notes("unguided", guidance=1.0, sound_guidance=1.0)
    assert "Without guidance the negative prompt was not used" in plain
    assert "last 9 frames" in notes("on", files=[("video", files.clip)], clip_use="continue", context=9)
    assert "4 frames too short" in notes("short", frames=21, files=[("video", files.clip)])
    silent = result(tmp_path / "silent", "ltx2", "shot", model=models.model, frames=9, with_sound=False, **STEPS)
    assert "sound" not in outputs(silent)


def test_what_cannot_be_done_is_refused_with_what_to_do(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    first, last, video = ("first_frame", files.red), ("last_frame", files.blue), ("video", files.clip)
    for given, more, says in (
        ([video, first], {}, "not both"),
        ([last], {"frames": 1}, "no end to meet"),
        ([], {"prompt": " "}, "needs a format and words"),
        ([], {"scheduler": "unipc"}, "flow euler"),
        ([], {"steps": 0}, "“steps” is wrong"),
        ([], {"strength": 1.5}, "“strength” is wrong"),
        ([], {"frames": 600}, "up to 505 frames"),
        ([], {"upscale": True, "upsampler": models.smoother}, "not larger"),
        ([], {"upscale": True, "upsampler": models.lora}, "no latent upsampler"),
    ):
        with pytest.raises(BadRequest, match=says):
            result(tmp_path / "x", "ltx2", "shot", **{"model": models.model, "frames": 9, "files": given, **STEPS, **more})


def test_it_is_told_step_by_step_with_a_moving_preview_and_stops_within_one(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path) -> None:
    held = [("first_frame", files.red), ("last_frame", files.blue)]  # kept behind the clip's own latents, and not to be shown
    _, told, shown = watched(tmp_path / "w", "ltx2", "shot", model=models.model, frames=17, files=held, **STEPS)
    assert [p.done for p in told if p.stage in ("denoising", "decoding")] == [0, 1, 2]
    assert shown and is_moving(shown[0])
    stops_within_a_step(tmp_path / "c", "ltx2", "shot", at=1, model=models.model, frames=9, **STEPS)


def test_the_same_seed_gives_the_same_bytes_warm_cold_and_with_the_words_kept(models: SimpleNamespace, tmp_path: Path) -> None:
    def run_(name: str, **more: Any) -> list[str]:
        return hashes(result(tmp_path / name, "ltx2", "shot", model=models.model, frames=9, **{**STEPS, **more}))

    prompts.clear()
    first, before = run_("first"), (prompts.hits, prompts.misses)
    assert run_("warm") == first and (prompts.hits, prompts.misses) == (before[0] + 1, before[1])
    changed = [run_("seed", seed=2), run_("words", prompt="a storm"), run_("lora", loras=[{"model": models.lora}])]
    warm.drop_now()
    prompts.clear()
    assert run_("cold") == first
    assert len({tuple(first), *map(tuple, changed)}) == 4


def test_two_stages_double_the_picture_and_a_later_attempt_begins_after_the_first(models: SimpleNamespace, tmp_path: Path) -> None:
    both: dict[str, Any] = {"model": models.model, "frames": 9, "size": (128, 64), "upscale": True, "refine_lora": models.lora, **STEPS}
    whole, told, _ = watched(tmp_path / "whole", "ltx2", "shot", **both)
    assert shape_of(outputs(whole)["master"]) == (9, 64, 128) and whole.data["stages"] == 2
    assert [p.done for p in told if p.stage == "second stage"] == [2, 3, 4] and told[-1].total == 5
    shelf = Shelf(tmp_path / "shelf")

    class Died(Exception):
        pass

    def die(progress: Any, image: bytes | None) -> None:
        if progress.done == 4:
            raise Died

    request, paths = ask("ltx2", "shot", **both)
    with pytest.raises(Died):
        run(request, tmp_path / "died", paths, on_progress=die, keeper=shelf)
    assert shelf.kept_names == ["base"]
    stages: list[str] = []
    done = run(request, tmp_path / "resumed", paths, on_progress=lambda progress, image: stages.append(progress.stage), keeper=shelf)
    assert hashes(done) == hashes(whole) and "first stage" not in stages
    plain = result(tmp_path / "plain", "ltx2", "shot", **{**both, "refine_lora": ""})
    assert hashes(plain) != hashes(whole) and "without a distilled LoRA" in " ".join(plain.notes)


@pytest.mark.parametrize("window", [97, 9])
def test_the_upsampler_makes_a_clip_larger(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path, window: int) -> None:
    given: dict[str, Any] = {"model": models.model, "files": [("video", files.clip)], "window": window, "overlap": 3}
    done = result(tmp_path / "up", "ltx2_upscale", "upscale", size=(128, 64), frames=17, **given)
    assert shape_of(outputs(done)["master"]) == (17, 64, 128) and done.notes == ()
    longer = result(tmp_path / "longer", "ltx2_upscale", "upscale", size=(128, 64), frames=20, **given)
    assert shape_of(outputs(longer)["master"]) == (20, 64, 128) and "3 frames too short" in longer.notes[0]
    assert hashes(result(tmp_path / "again", "ltx2_upscale", "upscale", size=(128, 64), frames=17, seed=9, **given)) == hashes(done)


@pytest.mark.parametrize(("window", "frames"), [(97, 34), (9, 34), (9, 33), (12, 20)])
def test_the_upsampler_makes_a_clip_smoother(models: SimpleNamespace, files: SimpleNamespace, tmp_path: Path, window: int, frames: int) -> None:
    given: dict[str, Any] = {"model": models.model, "files": [("video", files.clip)], "window": window, "upsampler": models.smoother}
    done = result(tmp_path / "smooth", "ltx2_upscale", "interpolate", size=(64, 64), frames=frames, **given)
    assert shape_of(outputs(done)["master"]) == (frames, 64, 64)
    for more, says in (({"frames": 35}, "at most 34"), ({"upsampler": ""}, "not smoother")):
        with pytest.raises(BadRequest, match=says):
            result(tmp_path / "x", "ltx2_upscale", "interpolate", **{"size": (64, 64), "frames": frames, **given, **more})
