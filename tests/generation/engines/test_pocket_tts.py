"""A cloned voice on a tiny Pocket TTS of the real classes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generation.contract import SAMPLE_RATE, BadRequest, Cancelled, Input, Progress, Request, Result
from generation.media.sound import read_sound
from generation.media.spoken import audible, spread
from generation.neural import warm
from generation.runner import run
from tests.generation.engines import tiny_pocket
from tests.generation.engines.asking import hashes, outputs

LINE = "One more night. And then?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_pocket.pocket(tmp_path_factory.mktemp("voices") / "pocket")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_pocket.somebody(tmp_path_factory.mktemp("samples") / "mara.flac")


def speak(folder: Path, model: Path, sample: Path, seed: int = 1, tell: Any = lambda progress, image: None, **more: Any) -> Result:
    given = Input(name="voice-1.flac", role="voice", sha256=hashlib.sha256(sample.read_bytes()).hexdigest(), media_type="audio/flac")
    params = {"model": str(model), "codec": str(tiny_pocket.codec_of(model)), "text": LINE, **more}
    request = Request(engine="pocket_tts", task="voice", seed=seed, params=params, inputs=(given,))
    return run(request, folder, {given.name: sample}, tell)


def test_a_line_is_spoken_and_its_words_are_spread_over_it(model: Path, sample: Path, tmp_path: Path) -> None:
    done = speak(tmp_path, model, sample)
    sound = read_sound(Path(outputs(done)["sound"].path))
    assert len(sound) / SAMPLE_RATE == pytest.approx(done.data["seconds"]) and 0 < np.abs(sound).max() <= 0.9
    words = done.data["words"]
    assert [word["text"].strip(".?") for word in words] == ["One", "more", "night", "And", "then"]
    times = [time for word in words for time in (word["start"], word["end"])]
    assert times == sorted(times) and times[-1] <= done.data["seconds"] + 0.01
    assert "spread by their length" in done.notes[0]


def test_the_seed_gives_the_same_bytes_and_another_voice_others(model: Path, sample: Path, tmp_path: Path) -> None:
    first = hashes(speak(tmp_path / "a", model, sample))
    assert hashes(speak(tmp_path / "b", model, sample)) == first
    warm.drop_now()
    assert hashes(speak(tmp_path / "c", model, sample)) == first
    somebody_else = tiny_pocket.somebody(tmp_path / "tom.flac", pitch=210.0)
    others = [speak(tmp_path / "d", model, sample, seed=2), speak(tmp_path / "e", model, somebody_else)]
    assert len({tuple(first), *(tuple(hashes(each)) for each in others)}) == 3


def test_it_stops_between_two_frames(model: Path, sample: Path, tmp_path: Path) -> None:
    told: list[int] = []

    def tell(progress: Progress, image: Any) -> None:
        told.append(progress.done)
        if progress.stage == "speaking" and progress.done >= 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        speak(tmp_path, model, sample, tell=tell)
    assert max(told) == 3


def test_a_sample_that_says_too_little_is_refused(model: Path, sample: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"lasts 1\.0 s"):
        speak(tmp_path / "a", model, tiny_pocket.somebody(tmp_path / "short.flac", seconds=1.0))
    long = speak(tmp_path / "b", model, tiny_pocket.somebody(tmp_path / "long.flac", seconds=31.0))
    assert "first 30 s" in long.notes[1]


@pytest.mark.parametrize(
    ("more", "says"), [({"text": "…!"}, "nothing to say"), ({"codec": "/nowhere"}, "no model in"), ({"steps": 0}, "“steps” is wrong")]
)
def test_what_cannot_be_spoken_is_refused(model: Path, sample: Path, tmp_path: Path, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        speak(tmp_path, model, sample, **more)


def test_words_share_what_is_audible() -> None:
    sound = np.zeros((SAMPLE_RATE * 3, 1), np.float32)
    sound[SAMPLE_RATE : 2 * SAMPLE_RATE] = 0.5
    assert audible(sound) == (1.0, 2.0)
    words = spread("I – never, leave.", sound)
    assert [word.text for word in words] == ["I", "never,", "leave."]
    assert words[0].start == 1.0 and words[-1].end == 2.0 and words[1].end - words[1].start == pytest.approx(6 / 14, abs=1e-3)
    assert spread("…", sound) == []
