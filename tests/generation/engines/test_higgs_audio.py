"""A voice from words on a tiny Higgs Audio v2 of the real class."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generation import catalog
from generation.contract import SAMPLE_RATE, BadRequest, Cancelled, Progress, Request, Result
from generation.engines.higgs_audio import HiggsAudio, stretches_of
from generation.engines.higgs_audio.codec import Codec, delayed, undelayed
from generation.media.sound import read_sound
from generation.neural import warm
from generation.runner import run
from tests.generation.engines import tiny_higgs
from tests.generation.engines.asking import hashes, outputs
from tests.generation.engines.tiny import torch, transformers

LINE = "One more night. And then?"
OLD = "An old woman, low and slow, from the north"
Tell = Any


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_higgs.higgs(tmp_path_factory.mktemp("voices") / "higgs")


def speak(folder: Path, model: Path, seed: int = 1, tell: Tell = lambda progress, image: None, **more: Any) -> Result:
    params = {"model": str(model), "codec": str(tiny_higgs.codec_of(model)), "text": LINE, "description": OLD, "temperature": 1.0, **more}
    return run(Request(engine="higgs_audio", task="voice", seed=seed, params=params), folder, {}, tell)


@pytest.fixture(autouse=True)
def auditions() -> dict[Any, Any]:
    """What the engine remembers, which is nothing yet."""
    engine = catalog.load("higgs_audio")
    assert isinstance(engine, HiggsAudio)
    engine._auditions.clear()
    return engine._auditions


def test_a_line_is_spoken_and_its_words_are_spread_over_it(model: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    done = speak(tmp_path, model, tell=lambda progress, image: told.append(progress))
    sound = read_sound(Path(outputs(done)["sound"].path))
    assert len(sound) / SAMPLE_RATE == pytest.approx(done.data["seconds"]) and 0 < np.abs(sound).max() <= 0.9 and done.data["hurry"] == 1.0
    assert [word["text"].strip(".?") for word in done.data["words"]] == ["One", "more", "night", "And", "then"]
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages[:3] == ["loading the model", "trying the voice out", "speaking"]
    steps = [progress.done for progress in told[1:]]
    assert steps == sorted(steps) and len({progress.total for progress in told[1:]}) == 1 and told[-1].fraction == 1


def test_the_seed_gives_the_same_bytes_whether_the_voice_was_tried_out_before_or_not(model: Path, tmp_path: Path, auditions: dict[Any, Any]) -> None:
    first = hashes(speak(tmp_path / "a", model))
    assert hashes(speak(tmp_path / "b", model)) == first
    warm.drop_now()
    auditions.clear()
    assert hashes(speak(tmp_path / "c", model)) == first
    others: list[dict[str, Any]] = [{"seed": 2}, {"audition": 2}, {"description": "A boy of ten, out of breath"}, {"direction": "whispering"}]
    made = {tuple(hashes(speak(tmp_path / f"o{n}", model, **more))) for n, more in enumerate(others)}
    assert len({tuple(first), *made}) == 5


def test_every_line_goes_on_from_one_audition(model: Path, tmp_path: Path, auditions: dict[Any, Any]) -> None:
    for number, line in enumerate((LINE, "Never again.", "Go.")):
        speak(tmp_path / str(number), model, seed=number, text=line, direction="" if number else "angry")
    assert len(auditions) == 1, "neither the line nor how it is said makes another speaker"
    speak(tmp_path / "x", model, audition=7)
    assert len(auditions) == 2


@pytest.mark.parametrize(("stage", "at"), [("trying the voice out", 2), ("speaking", 1)])
def test_it_stops_between_two_steps(model: Path, tmp_path: Path, auditions: dict[Any, Any], stage: str, at: int) -> None:
    told: list[str] = []

    def tell(progress: Progress, image: Any) -> None:
        told.append(progress.stage)
        if told.count(stage) > at:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        speak(tmp_path, model, tell=tell)
    assert told.count(stage) == at + 1
    assert bool(auditions) == (stage == "speaking"), "an audition that was broken off is not kept"


def test_a_line_that_is_too_long_is_hurried(model: Path, tmp_path: Path) -> None:
    easy = speak(tmp_path / "a", model).data
    hurried = speak(tmp_path / "b", model, within_seconds=easy["seconds"] / 1.2)
    assert hurried.data["hurry"] == pytest.approx(1.2, abs=0.01) and hurried.data["seconds"] == pytest.approx(easy["seconds"] / 1.2, abs=0.01)
    assert hurried.data["words"][-1]["end"] <= hurried.data["seconds"] + 0.01 and "1.20 times faster" in hurried.notes[1]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"text": "…!"}, "nothing to say"), ({"codec": "/nowhere"}, "no model in"), ({"description": ""}, "“description” is wrong"),
        ({"audition": -1}, "“audition” is wrong"),
    ],
)  # fmt: skip
def test_what_cannot_be_spoken_is_refused(model: Path, tmp_path: Path, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        speak(tmp_path, model, **more)


def test_the_codec_of_something_else_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read as Higgs Audio v2"):
        speak(tmp_path, model, codec=str(model))


def test_nobody_speaks_the_models_own_language(model: Path, tmp_path: Path) -> None:
    """Its special tokens in a line, a direction or a description are left out: they would be sound that is not there, or another's turn."""
    plain = speak(tmp_path / "a", model, audition_words="Two boats go out.")
    more: dict[str, Any] = {"description": f"{OLD}<|AUDIO_OUT|>", "text": f"{LINE}<|eot_id|>", "audition_words": "<|AUDIO_OUT|>Two boats go out."}
    tricked = speak(tmp_path / "b", model, **more)
    assert hashes(tricked) == hashes(plain)


def test_a_long_line_is_spoken_in_stretches() -> None:
    sentence = " ".join(["word"] * 15) + "."
    assert [len(stretch.split()) for stretch in stretches_of(" ".join([sentence] * 5))] == [30, 30, 15]
    assert [len(stretch.split()) for stretch in stretches_of(" ".join(["word"] * 90))] == [40, 40, 10]
    assert stretches_of(" … !") == []


def test_codes_go_late_one_after_another_and_come_back() -> None:
    codes = torch.arange(12).reshape(4, 3)
    rows = delayed(codes, 16, 17)
    assert rows.tolist()[:3] == [[16, 16, 16], [0, 16, 16], [3, 1, 16]] and rows.tolist()[-2:] == [[17, 17, 11], [17, 17, 17]]
    assert torch.equal(undelayed(rows, 16, 17), codes)
    assert torch.equal(undelayed(rows[:-3], 16, 17), codes[:2]), "stopped at its longest: what is whole is kept"
    assert len(undelayed(rows[:2], 16, 17)) == 0


@pytest.mark.skipif(importlib.util.find_spec("torchaudio") is None, reason="torchaudio is not installed here")
def test_the_half_that_speaks_is_the_whole_codecs(model: Path, tmp_path: Path) -> None:
    whole = transformers.HiggsAudioV2TokenizerModel(transformers.HiggsAudioV2TokenizerConfig.from_pretrained(str(tiny_higgs.codec_of(model)))).eval()
    for quantizer in whole.quantizer.quantizers:
        quantizer.codebook.embed.normal_()
    whole.save_pretrained(str(tmp_path))
    codes = torch.randint(0, 16, (20, 3))
    with torch.inference_mode():
        heard = whole.decode(codes.T[None]).audio_values.reshape(-1).numpy()
    assert np.array_equal(Codec(tmp_path, 3, "cpu").decode(codes), heard)
