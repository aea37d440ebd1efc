"""HunyuanVideo 1.5 on tiny checkpoints of its real classes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generation import catalog
from generation.contract import BadRequest
from generation.neural import prompts, warm
from tests.generation.engines import tiny_hunyuan
from tests.generation.engines.asking import clip, hashes, is_moving, outputs, picture, result, shape_of, stops_within_a_step, watched

STEPS: dict[str, Any] = {"prompt": "a fox crosses a harbour", "steps": 1, "size": (48, 32), "guidance": 1.0}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("hunyuans")
    return SimpleNamespace(
        text=str(tiny_hunyuan.text(root / "text")), pictures=str(tiny_hunyuan.pictures(root / "pictures")),
        red=("first_frame", picture(root / "red.png")), blue=("first_frame", picture(root / "blue.png", (30, 30, 200))),
        clip=("video", clip(root / "clip")),
    )  # fmt: skip


def run_(folder: Path, **more: Any) -> Any:
    return result(folder, "hunyuan", "shot", **{**STEPS, "frames": 6, **more})


def test_each_mode_makes_exactly_the_clip_that_was_asked_for(models: SimpleNamespace, tmp_path: Path) -> None:
    wanted: list[tuple[str, str, list[Any], dict[str, Any]]] = [
        ("words", models.text, [], {}),
        ("words", models.text, [], {"guidance": 6.0}),
        ("words", models.text, [], {"prompt": 'a sign says "Harbour"', "negative": "fog"}),
        ("words", models.text, [], {"scheduler": "unipc", "seed": 2}),
        ("first frame", models.pictures, [models.red], {}),
        ("first frame", models.pictures, [models.blue], {}),
        ("continue", models.pictures, [models.clip], {}),
    ]
    seen = set()
    for number, (mode, model, given, more) in enumerate(wanted):
        done = run_(tmp_path / str(number), model=model, files=given, **more)
        assert done.data["mode"] == mode and shape_of(outputs(done)["master"]) == (6, 32, 48)
        assert done.data["made"] == {"width": 48, "height": 32, "frames": 9} and "first 6 were kept" in done.notes[0]
        assert ("negative prompt was not used" in " ".join(done.notes)) is ("negative" in more)
        seen.add(outputs(done)["master"].sha256)
    assert len(seen) == len(wanted)


def test_what_a_model_was_not_trained_for_is_refused_with_what_to_do(models: SimpleNamespace, tmp_path: Path) -> None:
    for model, given, more, says in (
        (models.text, [models.red], {}, "hears words only"),
        (models.text, [models.clip], {}, "hears words only"),
        (models.pictures, [], {}, "begins from a picture"),
        (models.pictures, [models.red, models.clip], {}, "not both"),
        (models.text, [], {"prompt": " "}, "needs a format and words"),
        (models.text, [], {"scheduler": "dpm++ 2m"}, "Choose one of: flow euler, unipc"),
        (models.text, [], {"loras": [{"model": "any"}]}, "takes no LoRAs"),
    ):
        with pytest.raises(BadRequest, match=says):
            run_(tmp_path / "x", model=model, files=given, **more)


def test_it_is_told_step_by_step_with_a_moving_preview_and_stops_within_one(models: SimpleNamespace, tmp_path: Path) -> None:
    ask: dict[str, Any] = {**STEPS, "model": models.text, "frames": 9, "steps": 2}
    _, told, shown = watched(tmp_path / "w", "hunyuan", "shot", **ask)
    assert [p.done for p in told if p.stage in ("denoising", "decoding")] == [0, 1, 2]
    assert shown and is_moving(shown[0])
    stops_within_a_step(tmp_path / "c", "hunyuan", "shot", at=1, **ask)


def test_the_same_seed_gives_the_same_bytes_warm_cold_and_with_the_words_kept(models: SimpleNamespace, tmp_path: Path) -> None:
    prompts.clear()
    first, before = hashes(run_(tmp_path / "first", model=models.text)), (prompts.hits, prompts.misses)
    assert hashes(run_(tmp_path / "warm", model=models.text)) == first
    assert (prompts.hits, prompts.misses) == (before[0] + 1, before[1])
    warm.drop_now()
    prompts.clear()
    assert hashes(run_(tmp_path / "cold", model=models.text)) == first


def test_it_says_where_it_may_not_be_used() -> None:
    info = catalog.info("hunyuan")
    assert "European Union" in info.licence and all("South Korea" in known.territories for known in info.checkpoints)
