"""Neural speech on a tiny VITS of the real class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generation.contract import SAMPLE_RATE, BadRequest, Request, Result
from generation.media.sound import read_sound
from generation.neural import warm
from generation.runner import run
from tests.generation.engines import tiny_vits
from tests.generation.engines.asking import hashes, outputs

LINE = "One more night. And then?"


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_vits.vits(tmp_path_factory.mktemp("voices") / "one"))


@pytest.fixture(scope="module")
def choir(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_vits.vits(tmp_path_factory.mktemp("voices") / "many", speakers=3))


def speak(folder: Path, model: str, seed: int = 1, **more: Any) -> Result:
    return run(Request(engine="vits", task="voice", seed=seed, params={"model": model, "text": LINE, **more}), folder)


def test_a_line_is_spoken_with_the_time_of_every_word(voice: str, tmp_path: Path) -> None:
    done = speak(tmp_path / "a", voice)
    samples = read_sound(Path(outputs(done)["sound"].path))
    assert len(samples) / SAMPLE_RATE == pytest.approx(done.data["seconds"]) and np.abs(samples).max() <= 0.9
    words = done.data["words"]
    assert [word["text"] for word in words] == ["one", "more", "night", "and", "then"]
    times = [time for word in words for time in (word["start"], word["end"])]
    assert times == sorted(times) and times[0] >= 0 and times[-1] <= done.data["seconds"] + 0.01
    assert words[3]["start"] - words[2]["end"] >= 0.25, "a pause between two sentences"


def test_the_seed_gives_the_same_bytes_warm_and_cold(voice: str, tmp_path: Path) -> None:
    first = hashes(speak(tmp_path / "a", voice))
    assert hashes(speak(tmp_path / "b", voice)) == first
    warm.drop_now()
    assert hashes(speak(tmp_path / "c", voice)) == first
    others: list[dict[str, Any]] = [{"seed": 2}, {"liveliness": 0.0, "rhythm": 0.0}, {"text": "No."}]
    assert len({tuple(first), *(tuple(hashes(speak(tmp_path / f"o{n}", voice, **more))) for n, more in enumerate(others))}) == 4


def test_pace_and_speaker_are_heard(voice: str, choir: str, tmp_path: Path) -> None:
    still: dict[str, Any] = {"liveliness": 0.0, "rhythm": 0.0}
    slow, fast = (speak(tmp_path / str(pace), voice, pace=pace, **still).data["seconds"] for pace in (0.5, 2.0))
    assert slow > fast
    assert hashes(speak(tmp_path / "s0", choir, speaker=0)) != hashes(speak(tmp_path / "s2", choir, speaker=2))


@pytest.mark.parametrize(
    ("more", "says"),
    [({"speaker": 1}, "1 speakers"), ({"text": "漢字。"}, "no letter of"), ({"model": "/nowhere"}, "no model in"), ({"pace": 9}, "“pace” is wrong")],
)
def test_what_cannot_be_spoken_is_refused(voice: str, tmp_path: Path, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        speak(tmp_path / "x", **{"model": voice, **more})


def test_a_sentence_of_other_letters_is_left_out_and_said(voice: str, tmp_path: Path) -> None:
    done = speak(tmp_path / "a", voice, text="We leave. 漢字。 Now.")
    assert [word["text"] for word in done.data["words"]] == ["we", "leave", "now"] and "Not spoken" in done.notes[0]
