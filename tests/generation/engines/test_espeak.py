"""eSpeak NG as an engine of its own."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from generation.contract import BadRequest, Request, Result
from generation.runner import run
from tests.generation.engines.asking import hashes, outputs

LINE = "We leave at dawn, whatever he says."


def said(folder: Path, **more: Any) -> Result:
    return run(Request(engine="espeak", task="voice", params={"text": LINE, **more}), folder)


def test_a_line_is_spoken_with_the_time_of_every_word(tmp_path: Path) -> None:
    done = said(tmp_path / "a")
    words = done.data["words"]
    assert [word["text"] for word in words] == ["We", "leave", "at", "dawn", "whatever", "he", "says"]
    assert all(a["start"] < a["end"] <= b["start"] + 1e-6 for a, b in itertools.pairwise(words))
    assert words[-1]["end"] <= done.data["seconds"] and outputs(done)["sound"].meta["true_peak"] <= -1.0
    assert hashes(said(tmp_path / "b")) == hashes(done)


def test_pitch_pace_language_and_direction_are_heard(tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [{}, {"pitch": 80}, {"pace": 220}, {"language": "de"}, {"direction": "whispering"}, {"character": "MARA"}]
    made = [said(tmp_path / str(n), **more) for n, more in enumerate(changes)]
    assert len({hashes(done)[0] for done in made}) == len(changes)
    assert made[2].data["seconds"] < made[0].data["seconds"]


@pytest.mark.parametrize(
    ("more", "says"),
    [({"text": "…"}, "no words to say"), ({"language": "tlh-x"}, "No voice speaks"), ({"pitch": 120}, "pitch"), ({"text": ""}, "text")],
)
def test_what_cannot_be_spoken_is_refused_with_words(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        said(tmp_path / "x", **more)
