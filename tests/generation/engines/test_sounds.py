"""ACE-Step, Stable Audio and AudioLDM 2 on tiny checkpoints of their real classes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generation.contract import SAMPLE_RATE, BadRequest
from generation.engines.ace_step import AceStepParams
from generation.media.sound import read_sound
from generation.neural import prompts, sounds, warm
from tests.generation.engines import tiny_sounds
from tests.generation.engines.asking import hashes, outputs, result, stops_within_a_step, watched


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("sounds")
    return SimpleNamespace(
        ace=str(tiny_sounds.ace_step(root / "ace")), turbo=str(tiny_sounds.ace_step(root / "turbo", is_turbo=True)),
        open=str(tiny_sounds.stable_audio(root / "open")), third=str(tiny_sounds.stable_audio_3(root / "third")),
        base=str(tiny_sounds.stable_audio_3(root / "base", distilled=False)), ldm=str(tiny_sounds.audioldm2(root / "ldm")), root=root,
    )  # fmt: skip


CASES = [
    ("ace_step", "music", "ace", {"steps": 2}),
    ("stable_audio", "music", "open", {"steps": 2}),
    ("stable_audio", "effect", "third", {"prompt": "a door"}),
    ("audioldm2", "effect", "ldm", {"prompt": "a door", "steps": 2}),
    ("audioldm2", "tone", "ldm", {"place": "the harbour", "interior": False, "steps": 2}),
]


@pytest.mark.parametrize(("engine", "task", "model", "params"), CASES)
def test_a_cue_is_exactly_as_long_as_was_asked_and_sits_in_a_mix(
    models: SimpleNamespace, tmp_path: Path, engine: str, task: str, model: str, params: dict[str, Any]
) -> None:
    done = result(tmp_path / "a", engine, task, model=getattr(models, model), sound=True, frames=31, **params)
    sound = outputs(done)["sound"]
    samples = read_sound(Path(sound.path))
    assert len(samples) == sound.meta["samples"] == 62_000 and sound.meta["true_peak"] <= -1.0
    held_by_peaks = sound.meta["true_peak"] > -1.5
    assert sound.meta["lufs"] < sounds.LUFS[task] + 0.5 and (held_by_peaks or sound.meta["lufs"] > sounds.LUFS[task] - 0.5)  # type: ignore[index]
    assert abs(samples[-1]).max() < 1e-3
    assert done.data["prompt"] and done.data["model"]["name"] == getattr(models, model)


@pytest.mark.parametrize(("engine", "task", "model", "params"), CASES[:4])
def test_the_same_seed_gives_the_same_bytes_warm_cold_and_with_the_words_kept(
    models: SimpleNamespace, tmp_path: Path, engine: str, task: str, model: str, params: dict[str, Any]
) -> None:
    def run_(name: str, **more: Any) -> str:
        return hashes(result(tmp_path / name, engine, task, model=getattr(models, model), sound=True, frames=12, **{**params, **more}))[0]

    prompts.clear()
    first, before = run_("first"), (prompts.hits, prompts.misses)
    assert run_("warm") == first and (prompts.hits, prompts.misses) == (before[0] + 1, before[1])
    warm.drop_now()
    prompts.clear()
    assert run_("cold") == first
    assert len({first, run_("seed", seed=2), run_("words", prompt="thunder over the hills")}) == 3


@pytest.mark.parametrize(("engine", "task", "model", "params"), CASES[:4])
def test_it_is_told_step_by_step_and_stops_within_one(
    models: SimpleNamespace, tmp_path: Path, engine: str, task: str, model: str, params: dict[str, Any]
) -> None:
    given = {"model": getattr(models, model), "sound": True, "frames": 12, **params, "steps": 4}
    _, told, _ = watched(tmp_path / "w", engine, task, **given)
    assert [p.done for p in told if p.stage in ("denoising", "decoding")] == [0, 1, 2, 3, 4]
    stops_within_a_step(tmp_path / "c", engine, task, **given)


def test_a_cue_longer_than_the_model_can_make_is_repeated_and_it_is_said(models: SimpleNamespace, tmp_path: Path) -> None:
    done = result(tmp_path / "a", "stable_audio", "tone", model=models.open, sound=True, frames=24 * 8, steps=2, place="a cellar")
    assert outputs(done)["sound"].meta["samples"] == 8 * SAMPLE_RATE and done.data["made"]["seconds"] == pytest.approx(3.2)
    assert any("they were repeated" in note for note in done.notes)


def test_ace_step_hears_tempo_key_lyrics_and_adapters(models: SimpleNamespace, tmp_path: Path) -> None:
    def run_(name: str, **more: Any) -> str:
        return hashes(result(tmp_path / name, "ace_step", "music", model=models.ace, sound=True, frames=12, steps=1, **more))[0]

    lora = str(tiny_sounds.ace_step_lora(Path(models.ace), models.root / "lora"))
    asked: dict[str, dict[str, Any]] = {
        "plain": {}, "tempo": {"tempo": 140}, "key": {"key": "C major"}, "lyrics": {"lyrics": "[verse]\nhome by the sea"},
        "metre": {"metre": "3"}, "guidance": {"guidance": 1.0}, "lora": {"loras": [{"model": lora}]},
    }  # fmt: skip
    made = {name: run_(name, **more) for name, more in asked.items()}
    assert len(set(made.values())) == len(made)
    assert run_("again") == made["plain"]


def test_what_a_model_does_not_follow_is_said(models: SimpleNamespace, tmp_path: Path) -> None:
    short: dict[str, Any] = {"sound": True, "frames": 12, "steps": 1}
    turbo = result(tmp_path / "turbo", "ace_step", "music", model=models.turbo, **short)
    assert any("turbo model works without guidance" in note for note in turbo.notes)
    third = result(tmp_path / "3", "stable_audio", "effect", model=models.third, prompt="a bell", guidance=4.0, negative="hiss", **short)
    assert any("distilled" in note for note in third.notes) and any("negative" in note for note in third.notes)
    base = result(tmp_path / "base", "stable_audio", "effect", model=models.base, prompt="a bell", guidance=4.0, negative="hiss", **short)
    assert len(base.notes) == 1 and "faded out" in base.notes[0] and base.data["made"]["guidance"] == 4.0
    tone = result(tmp_path / "tone", "audioldm2", "tone", model=models.ldm, events=[[1.0, "door"]], **short)
    assert "now and then door" in tone.data["prompt"] and any("not when" in note for note in tone.notes)


def test_the_solver_of_stable_audio_open_can_be_chosen(models: SimpleNamespace, tmp_path: Path) -> None:
    def run_(name: str, scheduler: str) -> str:
        return hashes(result(tmp_path / name, "stable_audio", "music", model=models.open, sound=True, frames=12, steps=3, scheduler=scheduler))[0]

    assert run_("own", "") != run_("ode", "dpm++ 2m")


@pytest.mark.parametrize(
    ("engine", "task", "params", "says"),
    [
        ("stable_audio", "effect", {"model": "open"}, "An effect needs words"),
        ("stable_audio", "effect", {"model": "third", "prompt": "a bell", "scheduler": "dpm++ 2m"}, "keeps to its own scheduler"),
        ("ace_step", "music", {"model": "ldm"}, "works with AceStepPipeline"),
        ("audioldm2", "effect", {"model": "ldm", "prompt": "a bell", "scheduler": "flow euler"}, "flow matching"),
    ],
)
def test_a_wrong_cue_is_refused_with_what_to_change(
    models: SimpleNamespace, tmp_path: Path, engine: str, task: str, params: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadRequest, match=says):
        result(tmp_path / "x", engine, task, sound=True, frames=12, **{**params, "model": getattr(models, params["model"])})


def test_a_form_has_limits() -> None:
    for wrong in ({"tempo": 10}, {"steps": 0}, {"metre": "7"}, {"instrument": "harp"}):
        with pytest.raises(ValidationError):
            AceStepParams.model_validate(wrong)


def test_the_facts_of_a_scene_become_words() -> None:
    cue = sounds.CueParams(mood="tense", tempo=120, key="E minor", place="the old mill", time="night", weather="storm", events=((1.0, "door"),))
    assert cue.words("music") == "tense film score, instrumental, for a scene in the old mill, night, storm weather, 120 BPM, E minor"
    assert cue.words("tone").startswith("ambience of the old mill, indoors, night, storm weather, now and then door")
    assert cue.words("effect") == "door, the old mill"
    assert sounds.CueParams(prompt="a harp").words("tone") == "a harp"


def test_repetitions_meet_without_a_hole_and_without_a_click() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (SAMPLE_RATE, 2)).astype(np.float32)
    sound, notes = sounds.exactly(noise, 5 * SAMPLE_RATE // 2)
    assert len(sound) == 5 * SAMPLE_RATE // 2 and len(notes) == 1
    loud = np.sqrt((sound[: 2 * SAMPLE_RATE] ** 2).reshape(-1, SAMPLE_RATE // 20, 2).mean(axis=(1, 2)))
    assert loud.min() > 0.08 and loud.max() < 0.12
    tone = np.sin(np.arange(4800)[:, None] / 10).astype(np.float32)
    kept, notes = sounds.exactly(tone, 4799)
    assert not notes and np.array_equal(kept[:4000], tone[:4000]) and abs(kept[-1]) < 1e-6
