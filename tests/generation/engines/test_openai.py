"""The engine against a real server process that speaks the real protocol, its answers from a real model, with every failure endpoints have."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from generation import catalog
from generation.context import Options
from generation.contract import BadRequest, Cancelled, Endpoint, Failure, Progress, Request, Result, Transient
from generation.engines import openai
from generation.outside import Unreachable
from generation.runner import run
from generation.writing import schema
from tests.generation.engines import tiny_text
from tests.generation.engines.text_server import KEY, Running

PEOPLE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 8},
        "role": {"enum": ["lead", "extra"]},
        "lines": {"type": "array", "items": {"type": "string", "maxLength": 6}, "minItems": 1, "maxItems": 2},
    },
    "required": ["name", "role", "lines"],
    "additionalProperties": False,
}
Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tiny_text.llama(tmp_path_factory.mktemp("models") / "llama"))
    yield running
    running.stop()


@pytest.fixture
def seen(server: Running) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the server was asked since the test began."""
    catalog._loaded.pop("openai", None)  # what an endpoint cannot is learnt anew

    def call(method: str) -> Any:
        with urllib.request.urlopen(urllib.request.Request(server.url.removesuffix("/v1") + "/seen", method=method)) as answer:
            return json.loads(answer.read())

    call("DELETE")
    yield lambda: call("GET")


def endpoint(server: Running, *, url: str = "", key: str = KEY, own_network: bool = True, **settings: Any) -> Endpoint:
    return Endpoint(
        name="house", kind="openai", url=url or server.url, key=SecretStr(key), own_network=own_network, settings={"patience": 3, **settings}
    )  # fmt: skip


@pytest.fixture
def ask(server: Running, seen: object, tmp_path: Path) -> Ask:
    numbers = iter(range(100))

    def asking(
        model: str = "plain", *, place: Endpoint | None = None, on_progress: Any = None, cancelled: Any = None,
        settings: dict[str, Any] | None = None, seed: int = 1, **params: Any,
    ) -> Result:  # fmt: skip
        words = {"endpoint": "house", "model_name": model, "instruction": "Who is there?", "max_tokens": 200}
        request = Request(engine="openai", task="text", seed=seed, params=words | params)
        options = Options(endpoints={"house": place or endpoint(server, **(settings or {}))})
        folder = tmp_path / str(next(numbers))
        return run(
            request, folder, on_progress=on_progress or (lambda progress, image: None), cancelled=cancelled or (lambda: False), options=options
        )  # fmt: skip

    return asking


def text_of(result: Result) -> str:
    return Path(result.outputs[0].path).read_text()


def test_an_answer_streams_in_with_progress_tokens_and_price(ask: Ask, seen: Any) -> None:
    told: list[Progress] = []
    result = ask(on_progress=lambda progress, image: told.append(progress), settings={"price_in": "0.50", "price_out": 2})
    assert [output.name for output in result.outputs] == ["text"] and result.outputs[0].media_type == "text/plain"
    assert text_of(result) == result.data["text"] and result.data["finish"] == "stop" and not result.notes
    writing = [progress.done for progress in told if progress.stage == "writing"]
    assert len(writing) > 5 and writing == sorted(writing) and {progress.total for progress in told} == {200}
    read, wrote = result.usage.tokens_in, result.usage.tokens_out
    assert (read, wrote) == (result.data["tokens"]["in"], result.data["tokens"]["out"]) and read > 10 < wrote
    assert result.usage.money == (Decimal("0.5") * read + 2 * wrote) / 1_000_000 and result.usage.currency == "USD"
    (asked,) = seen()
    assert asked["key"] == f"Bearer {KEY}" and asked["body"]["messages"] == [{"role": "user", "content": "Who is there?"}]
    assert (asked["body"]["seed"], asked["body"]["max_tokens"], asked["body"]["temperature"]) == (1, 200, 0.7)


def test_a_model_may_have_a_price_of_its_own_and_none_is_none(ask: Ask) -> None:
    prices = [{"name": "whole", "tokens_out": "10"}]
    special, other = (ask(model, settings={"price_in": 1, "price_out": 1, "prices": prices, "currency": "EUR"}) for model in ("whole", "plain"))
    assert special.usage.money == Decimal(10) * special.usage.tokens_out / 1_000_000 and special.usage.currency == "EUR"
    assert other.usage.money == Decimal(other.usage.tokens_in + other.usage.tokens_out) / 1_000_000
    assert ask().usage.money is None


@pytest.mark.parametrize(
    ("model", "way"),
    [
        ("plain", "json_schema"), ("whole", "json_schema"), ("fenced", "json_schema"),
        ("no-schemas", "tool"), ("no-tools", "json"), ("no-json", "words"),
    ],
)  # fmt: skip
def test_json_keeps_to_its_schema_by_the_surest_way_the_endpoint_knows(ask: Ask, seen: Any, model: str, way: str) -> None:
    result = ask(model, answer_schema=PEOPLE)
    assert result.outputs[0].media_type == "application/json" and json.loads(text_of(result)) == result.data["answer"]
    assert schema.faults(result.data["answer"], PEOPLE) == [] and result.data["asked_by"] == way
    tries = len(seen())
    assert tries == 1 + {"tool": 1, "json": 2, "words": 3}.get(way, 0) and len(result.notes) == tries - 1
    sent = seen()[0]["body"]["response_format"]["json_schema"]
    assert sent["strict"] is True and sent["schema"] == PEOPLE
    ask(model, answer_schema=PEOPLE)
    assert len(seen()) == tries + 1, "what an endpoint cannot is tried once"


def test_rules_that_an_endpoint_does_not_take_are_kept_to_here(ask: Ask, seen: Any) -> None:
    """Its model knows no bounds of lengths then; the answer is measured against them all the same."""
    bounded = {**PEOPLE, "properties": {**PEOPLE["properties"], "name": {"type": "string", "maxLength": 4000}}}
    bounded["properties"]["lines"] = {"type": "array", "items": {"type": "string", "maxLength": 4000}}
    result = ask("picky", answer_schema=bounded)
    assert schema.faults(result.data["answer"], bounded) == [] and result.data["asked_by"] == "json_schema"
    sent = seen()[-1]["body"]["response_format"]["json_schema"]
    assert sent["strict"] and "maxLength" not in json.dumps(sent) and sent["schema"]["properties"]["role"] == PEOPLE["properties"]["role"]


def test_a_schema_that_leaves_something_open_is_not_called_strict(ask: Ask, seen: Any) -> None:
    loose = {**PEOPLE, "required": ["name"]}
    assert schema.faults(ask(answer_schema=loose).data["answer"], loose) == []
    assert seen()[0]["body"]["response_format"]["json_schema"]["strict"] is False


def test_a_wrong_answer_is_shown_its_faults_once(ask: Ask, seen: Any) -> None:
    result = ask("wrong-1", answer_schema=PEOPLE)
    assert schema.faults(result.data["answer"], PEOPLE) == []
    assert "asked for again" in result.notes[0] and "lacks “name”" in result.notes[0]
    first, second = (each["body"]["messages"] for each in seen())
    assert second[: len(first)] == first and [turn["role"] for turn in second[len(first) :]] == ["assistant", "user"]
    assert "lacks “name”" in second[-1]["content"]
    assert result.usage.tokens_in > result.usage.tokens_out > 0
    with pytest.raises(Failure, match=r"did not keep to the schema, also not when told.*lacks “name”") as failure:
        ask("wrong", answer_schema=PEOPLE)
    assert not failure.value.retryable and len(seen()) == 4


@pytest.mark.parametrize(("model", "tries"), [("busy-2", 3), ("fails-1", 2), ("malformed-1", 2), ("cut-1", 2), ("error-1", 2)])
def test_what_passes_is_tried_again(ask: Ask, seen: Any, model: str, tries: int) -> None:
    result = ask(model)
    assert result.data["finish"] == "stop" and len(seen()) == tries
    assert bool(result.notes) is (model in ("malformed-1", "cut-1", "error-1")), result.notes


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("fails", r"failed \(500\), also after trying again: The server had an error"),
        ("busy-long", "is busy, also after trying again: Rate limit"),
        ("cut", "cut off half way"),
        ("html", "no JSON"),
    ],
)
def test_what_does_not_pass_is_left_in_bounded_time_for_a_later_try(ask: Ask, model: str, words: str) -> None:
    began = time.monotonic()
    with pytest.raises(Transient, match=words):
        ask(model, settings={"patience": 0.2})
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("model", "params", "words"),
    [
        ("strange", {}, r"refused what was asked \(400\): Messages must be cheerful"),
        ("nobody", {}, "knows no nobody"),
        ("broke", {}, "no credit left"),
        ("echo", {}, r"does not accept the key \(403\)"),
        ("filtered", {}, "content filter"),
        ("refuses", {}, "declined: I cannot help"),
        ("empty", {}, "empty answer"),
        ("length", {"answer_schema": PEOPLE}, "not finished after 200 tokens"),
    ],
)
def test_what_cannot_pass_is_never_asked_again(ask: Ask, seen: Any, model: str, params: dict[str, Any], words: str) -> None:
    with pytest.raises(Failure, match=words) as failure:
        ask(model, **params)
    assert not failure.value.retryable and len(seen()) == 1
    assert KEY not in str(failure.value) and KEY not in repr(failure.value.__context__)


def test_an_answer_given_twice_or_beside_another_is_taken_once(ask: Ask) -> None:
    once, twice, beside = (ask(model, answer_schema=PEOPLE) for model in ("plain", "twice", "choices"))
    assert once.data["answer"] == twice.data["answer"] == beside.data["answer"]
    assert twice.usage == once.usage


@pytest.mark.parametrize(("model", "tries", "left_out"), [("modern", 3, "temperature"), ("simple", 3, "seed")])
def test_fields_an_endpoint_does_not_know_are_left_out_or_renamed(ask: Ask, seen: Any, model: str, tries: int, left_out: str) -> None:
    result = ask(model)
    bodies = [each["body"] for each in seen()]
    assert len(bodies) == tries and left_out not in bodies[-1] and any(left_out in note for note in result.notes)
    assert ("max_completion_tokens" in bodies[-1]) is (model == "modern")


def test_tokens_nobody_counted_are_estimated_and_that_is_said(ask: Ask) -> None:
    result = ask("uncounted")
    assert result.usage.tokens_out > 0 and any("estimated" in note for note in result.notes)


def test_text_that_was_cut_off_at_its_longest_says_so(ask: Ask) -> None:
    assert any("cut off at 200 tokens" in note for note in ask("length").notes)


@pytest.mark.parametrize(("model", "stage"), [("slow", "writing"), ("silent", "asking"), ("busy-9", "waiting: the endpoint is busy")])
def test_cancelling_wins_within_a_second_whatever_is_waited_for(ask: Ask, model: str, stage: str) -> None:
    since: list[float] = []

    def tell(progress: Progress, image: bytes | None) -> None:
        if progress.stage == stage and not since:
            since.append(time.monotonic())

    with pytest.raises(Cancelled):
        ask(model, on_progress=tell, cancelled=lambda: bool(since) and time.monotonic() - since[0] > 0.1)
    assert time.monotonic() - since[0] < 1.1


def test_silence_is_left_after_its_time(ask: Ask) -> None:
    with pytest.raises(Unreachable, match="said nothing for 1 second"):
        ask("silent", settings={"silence": 1, "patience": 0})


def test_where_it_may_not_go_it_does_not(ask: Ask, server: Running, seen: Any) -> None:
    with pytest.raises(BadRequest, match="inside a network"):
        ask(place=endpoint(server, own_network=False))
    with pytest.raises(BadRequest, match="leads elsewhere"):
        openai.check(endpoint(server, url=server.url.replace("/v1", "/moved")), lambda: None)
    with pytest.raises(BadRequest, match="does not accept the key"):
        ask(place=endpoint(server, key="another"))
    with pytest.raises(BadRequest, match="There is no machine “house”"):
        run(Request(engine="openai", task="text", params={"endpoint": "house", "instruction": "Hello"}), Path("/nowhere"))
    assert [each["key"] for each in seen()] == ["Bearer another"]


def test_no_model_and_wrong_settings_are_said(ask: Ask, server: Running) -> None:
    with pytest.raises(BadRequest, match="Which model of “house”"):
        ask("")
    assert ask("", settings={"default_model": "plain"}).data["model"] == {"name": "plain"}
    with pytest.raises(BadRequest, match="settings of “house” are wrong: currency"):
        ask(settings={"currency": "dollars"})
    with pytest.raises(BadRequest, match="set up as comfyui"):
        ask(place=endpoint(server).model_copy(update={"kind": "comfyui"}))


def test_the_check_says_which_models_there_are(server: Running) -> None:
    words, data = openai.check(endpoint(server), lambda: None)
    assert words.startswith("It answers and has ") and "plain" in data["models"]
    with pytest.raises(BadRequest, match="does not accept the key"):
        openai.check(endpoint(server, key="no"), lambda: None)
    with pytest.raises(Transient):
        openai.check(endpoint(server, url="http://127.0.0.1:1/v1"), lambda: None)
