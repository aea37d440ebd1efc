"""Real language models at a tiny size: whatever their weights say, a JSON answer parses and keeps to its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generation.contract import BadRequest, Cancelled, Failure, Progress, Request, Result
from generation.neural import warm
from generation.runner import run
from generation.writing import schema
from tests.generation.engines import tiny, tiny_text

SCENES: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 12},
        "mood": {"enum": ["calm", "tense", "sad"]},
        "scenes": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"$ref": "#/$defs/scene"}},
        "night": {"type": "boolean"},
        "length": {"type": "integer", "minimum": 1, "maximum": 90},
        "end": {"anyOf": [{"type": "null"}, {"type": "number"}, {"type": "string", "maxLength": 5}]},
    },
    "required": ["title", "mood", "scenes", "night", "length", "end"],
    "additionalProperties": False,
    "$defs": {
        "scene": {
            "type": "object",
            "properties": {"heading": {"type": "string", "minLength": 1, "maxLength": 9}, "cast": {"type": "array", "items": {"type": "string"}}},
            "required": ["heading"],
            "additionalProperties": False,
        }
    },
}
ENDLESS = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "array", "items": {"type": "number"}}}, "required": ["a", "b"]}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = tiny.torch.get_num_threads()
    tiny.torch.set_num_threads(1)
    yield
    tiny.torch.set_num_threads(before)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_text.llama(tmp_path_factory.mktemp("models") / "llama")


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_text.qwen(tmp_path_factory.mktemp("models") / "qwen")


def asked(model: Path | str, seed: int = 1, **params: Any) -> Request:
    words = {"model": str(model), "instruction": "Write a scene.", "max_tokens": 60, "temperature": 1.0}
    return Request(engine="local_text", task="text", seed=seed, params=words | params)


def text_of(result: Result) -> str:
    return Path(result.outputs[0].path).read_text()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_weights_say_an_answer_keeps_to_its_schema(llama: Path, qwen: Path, tmp_path: Path, seed: int) -> None:
    for model in (llama, qwen):
        result = run(asked(model, seed, answer_schema=SCENES, max_tokens=300, temperature=2.0), tmp_path / model.name)
        assert result.outputs[0].media_type == "application/json" and result.outputs[0].name == "text"
        assert json.loads(text_of(result)) == result.data["answer"]
        assert schema.faults(result.data["answer"], SCENES) == []
        assert set(result.data["answer"]) == set(SCENES["required"])


@pytest.mark.parametrize("most", [24, 40, 90])
def test_an_answer_without_an_end_is_brought_to_one_and_that_is_said(qwen: Path, tmp_path: Path, most: int) -> None:
    result = run(asked(qwen, answer_schema=ENDLESS, max_tokens=most, temperature=2.0), tmp_path)
    assert schema.faults(result.data["answer"], ENDLESS) == []
    assert result.data["tokens"]["out"] <= most and result.usage.tokens_out == result.data["tokens"]["out"]
    if result.data["finish"] == "closed":
        assert any("brought to an end" in note for note in result.notes)


def test_what_cannot_be_ended_in_time_fails_in_words(qwen: Path, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="could not be ended within 12 tokens"):
        run(asked(qwen, answer_schema=SCENES, max_tokens=12), tmp_path)
    assert not list(tmp_path.iterdir())


def test_plain_text_is_as_long_as_allowed_and_says_where_it_was_cut(llama: Path, qwen: Path, tmp_path: Path) -> None:
    result = run(asked(llama, max_tokens=30), tmp_path / "llama")
    assert result.outputs[0].media_type == "text/plain" and text_of(result) == result.data["text"]
    assert result.usage.tokens_in > 20 and "llguidance" in result.engine_version
    bare = run(asked(qwen, max_tokens=30), tmp_path / "qwen")
    assert any("no chat template" in note for note in bare.notes)
    for each in (result, bare):
        assert each.data["finish"] == "stop" or any("cut off at 30 tokens" in note for note in each.notes)


def test_the_same_seed_writes_the_same_also_in_a_fresh_model(llama: Path, tmp_path: Path) -> None:
    first, again, other = (run(asked(llama, seed, answer_schema=SCENES, max_tokens=300), tmp_path / str(n)) for n, seed in enumerate((3, 3, 4)))
    warm.drop_now()
    fresh = run(asked(llama, 3, answer_schema=SCENES, max_tokens=300), tmp_path / "fresh")
    assert text_of(first) == text_of(again) == text_of(fresh) != text_of(other)
    cold = [run(asked(llama, seed, temperature=0), tmp_path / f"cold{seed}") for seed in (1, 2)]
    assert text_of(cold[0]) == text_of(cold[1]), "nothing is left to chance at temperature 0"


def test_what_is_asked_changes_what_is_written(llama: Path, tmp_path: Path) -> None:
    kinds: list[dict[str, Any]] = [
        {},
        {"instruction": "Write a storm."},
        {"material": "A fox."},
        {"messages": [{"role": "assistant", "content": "Yes."}, {"role": "user", "content": ""}]},
        {"top_p": 0.2},
    ]
    assert len({text_of(run(asked(llama, **params), tmp_path / str(n))) for n, params in enumerate(kinds)}) == len(kinds)


@pytest.mark.parametrize("at", [1, 4])
def test_cancelling_stops_within_a_token_and_the_model_stays_usable(llama: Path, tmp_path: Path, at: int) -> None:
    before = text_of(run(asked(llama), tmp_path / "before"))
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        run(
            asked(llama), tmp_path / "cancelled", on_progress=lambda progress, image: seen.append(progress),
            cancelled=lambda: bool(seen) and seen[-1].done >= at,
        )  # fmt: skip
    assert seen[-1].done == at and not (tmp_path / "cancelled").exists()
    assert text_of(run(asked(llama), tmp_path / "after")) == before


def test_progress_goes_token_by_token(llama: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    result = run(asked(llama, max_tokens=20), tmp_path, on_progress=lambda progress, image: seen.append(progress))
    assert [progress.stage for progress in seen[:2]] == ["loading the model", "reading"]
    writing = [progress.done for progress in seen if progress.stage == "writing"]
    assert writing == list(range(1, result.data["tokens"]["out"] + 1)) and {progress.total for progress in seen} == {20}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"instruction": ""}, "nothing to answer"),
        ({"material": "x" * 9000}, "8192 tokens at most"),
        ({"model": "/models/nowhere"}, "no model in /models/nowhere"),
        ({"model": ""}, "“model” is wrong"),
        ({"max_tokens": 0}, "“max_tokens” is wrong"),
        ({"temperature": 3}, "“temperature” is wrong"),
        ({"answer_schema": {"type": "string", "pattern": "(a+)+$"}}, "“pattern” in the schema is not understood"),
        ({"answer_schema": {"type": "strong"}}, "must be one of object"),
        ({"answer_schema": {"type": "object", "properties": {"a": False}, "required": ["a"]}}, "cannot be followed"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(llama: Path, tmp_path: Path, params: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        run(asked(**{"model": llama, **params}), tmp_path)


def test_what_is_no_language_model_is_refused(tmp_path: Path) -> None:
    wan = tiny.wan(tmp_path / "wan")
    with pytest.raises(BadRequest, match="must be a causal language model"):
        run(asked(wan), tmp_path / "work")
