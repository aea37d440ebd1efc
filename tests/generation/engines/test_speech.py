"""A voice elsewhere, against a real server process that speaks, with every failure endpoints have."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from generation import catalog
from generation.context import Options
from generation.contract import SAMPLE_RATE, BadRequest, Cancelled, Endpoint, Failure, Progress, Request, Result, Transient
from generation.engines import speech
from generation.media.sound import read_sound
from generation.outside import CutOff, Unreachable
from generation.remote.calling import Busy
from generation.runner import prepare, run
from tests.generation.engines.asking import Shelf, outputs
from tests.generation.engines.speech_server import KEY, Running

LINE = "One more night. And then?"
Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


@pytest.fixture
def seen(server: Running) -> Callable[[], list[dict[str, Any]]]:
    """What the server was asked since the test began."""

    def call(method: str) -> Any:
        with urllib.request.urlopen(urllib.request.Request(server.url.removesuffix("/v1") + "/seen", method=method)) as answer:
            return json.loads(answer.read())

    call("DELETE")
    return lambda: call("GET")


@pytest.fixture
def ask(server: Running, seen: object, tmp_path: Path) -> Ask:
    numbers = iter(range(100))

    def asking(
        model: str = "plain", *, settings: dict[str, Any] | None = None, key: str = KEY, tell: Any = lambda progress, image: None,
        cancelled: Any = lambda: False, keeper: Any = None, **params: Any,
    ) -> Result:  # fmt: skip
        own = {"patience": 3, "default_voice": "mara", **(settings or {})}
        place = Endpoint(name="house", kind="speech", url=server.url, key=SecretStr(key), own_network=True, settings=own)
        request = Request(engine="speech", task="voice", params={"endpoint": "house", "model_name": model, "text": LINE, **params})
        return run(request, tmp_path / str(next(numbers)), {}, tell, cancelled, Options(endpoints={"house": place}), keeper)

    return asking


def sound_of(result: Result) -> Any:
    return read_sound(Path(outputs(result)["sound"].path))


@pytest.mark.parametrize("kind", ["wav", "mp3", "flac"])
def test_a_line_is_spoken_elsewhere_and_its_words_are_spread_over_it(ask: Ask, seen: Any, kind: str) -> None:
    told: list[Progress] = []
    done = ask(settings={"sound": kind}, tell=lambda progress, image: told.append(progress))
    sound = sound_of(done)
    assert sound.shape[1] == 1 and len(sound) / SAMPLE_RATE == pytest.approx(done.data["seconds"]) and 1 < done.data["seconds"] < 4
    assert 0.05 < np.abs(sound).max() <= 0.9
    assert [word["text"].strip(".?") for word in done.data["words"]] == ["One", "more", "night", "And", "then"]
    assert [progress.stage for progress in told][-2:] == ["opening the sound", ""] and told[-1].fraction == 1
    (asked,) = seen()
    assert asked["key"] == f"Bearer {KEY}" and asked["body"] == {"model": "plain", "input": LINE, "voice": "mara", "response_format": kind}


def test_a_sound_whose_head_does_not_know_how_long_it_is(ask: Ask) -> None:
    assert ask("streamed").data["seconds"] == pytest.approx(ask().data["seconds"], abs=0.01)


def test_how_it_is_said_goes_along_and_is_left_out_where_it_is_not_known(ask: Ask, seen: Any) -> None:
    how: dict[str, Any] = {"instructions": "Speaks slowly, and smiles.", "direction": "whispering", "speed": 1.2}
    assert not ask(**how).notes[1:]
    assert seen()[0]["body"]["instructions"] == "Speaks slowly, and smiles; whispering" and seen()[0]["body"]["speed"] == 1.2
    old = ask("old", **how)
    assert "takes no instructions with old" in old.notes[1] and seen()[-1]["body"]["speed"] == 1.2 and "instructions" not in seen()[-1]["body"]
    older = ask("older", **how)
    assert ["no instructions" in older.notes[1], "no speed" in older.notes[2]] == [True, True] and len(seen()) == 1 + 2 + 3


def test_it_costs_what_the_operator_says(ask: Ask) -> None:
    assert ask().usage.money is None
    words = ask(settings={"per_million_characters": "15", "currency": "EUR"})
    assert words.usage.money == Decimal(15) * len(LINE) / 1_000_000 and words.usage.currency == "EUR"
    timed = ask(settings={"per_minute": "0.6"})
    seconds = timed.data["seconds"]
    assert timed.usage.money == pytest.approx(Decimal("0.6") * Decimal(seconds) / 60, abs=Decimal("0.0001"))
    assert timed.data["price"] == str(timed.usage.money)


def test_what_is_hurried_is_paid_for_as_it_was_spoken(ask: Ask) -> None:
    easy, hurried = ask(settings={"per_minute": 6}), ask(settings={"per_minute": 6}, within_seconds=1.3)
    assert hurried.data["hurry"] == pytest.approx(min(1.35, easy.data["seconds"] / 1.3), abs=0.01) and hurried.data["seconds"] < easy.data["seconds"]
    assert hurried.usage.money == easy.usage.money and "times faster" in hurried.notes[-1]


@pytest.mark.parametrize("model", ["busy-2", "fails-2", "cut-2"])
def test_what_passes_is_tried_again(ask: Ask, seen: Any, model: str) -> None:
    done = ask(model, settings={"per_million_characters": 100_000})
    assert done.data["seconds"] > 1 and len(seen()) == 3
    counted = 3 if model == "cut-2" else 1
    assert done.usage.money == counted * len(LINE) / Decimal(10) and sum("cut off half way" in note for note in done.notes) == counted - 1


@pytest.mark.parametrize(
    ("model", "settings", "problem", "says"),
    [
        ("busy-long", {}, Busy, "is busy: Rate limit reached"),
        ("fails", {"patience": 0}, Busy, "failed \\(500\\): The engine broke on …"),
        ("cut", {"patience": 0}, CutOff, "cut off half way"),
        ("silent", {"patience": 0, "silence": 1}, Unreachable, "said nothing for 1 seconds"),
        ("slow", {"patience": 0, "longest": 1}, Unreachable, "did not finish within 1 seconds"),
        ("broke", {}, BadRequest, "no credit left"),
        ("words", {}, Failure, "in words in place of a sound: The voice is asleep, says …"),
        ("page", {}, Failure, "in words in place of a sound: Sign in to the network"),
        ("noise", {}, Failure, "is no sound that can be used"),
        ("long", {"longest": 60}, Failure, "gave 9. s of sound for a line that takes 68 s at the very most"),
        ("huge", {}, BadRequest, "more than 67,108,864 bytes"),
        ("quiet", {}, Failure, "1.0 s of silence"),
    ],
)
def test_every_failure_is_named(ask: Ask, tmp_path: Path, model: str, settings: dict[str, Any], problem: type[Failure], says: str) -> None:
    began = time.monotonic()
    with pytest.raises(problem, match=says) as told:
        ask(model, settings=settings)
    assert told.value.retryable == issubclass(problem, Transient) and KEY not in str(told.value) and time.monotonic() - began < 20
    assert not (tmp_path / "0").exists()


def test_what_was_begun_is_counted_though_it_came_to_nothing(server: Running, seen: object, tmp_path: Path) -> None:
    spent: list[Any] = []
    own = {"patience": 0, "default_voice": "tom", "per_million_characters": 100_000}
    place = Endpoint(name="house", kind="speech", url=server.url, key=SecretStr(KEY), own_network=True, settings=own)
    request = Request(engine="speech", task="voice", params={"endpoint": "house", "model_name": "cut", "text": LINE})
    running = prepare(request, tmp_path / "a", {}, lambda p, i: None, lambda: False, Options(endpoints={"house": place}), None, on_usage=spent.append)
    with pytest.raises(CutOff):
        running.work()
    assert [usage.money for usage in spent] == [len(LINE) / Decimal(10)]


def test_what_was_heard_is_not_paid_for_twice(ask: Ask, seen: Any, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    first = ask(keeper=shelf, settings={"per_million_characters": 100_000})
    again = ask(keeper=shelf, settings={"per_million_characters": 100_000})
    assert len(seen()) == 1 and shelf.kept_names == ["heard"]
    assert again.data["seconds"] == first.data["seconds"] and again.usage.money == first.usage.money == len(LINE) / Decimal(10)


def test_what_is_no_sound_is_asked_for_again_by_another_attempt(ask: Ask, seen: Any, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    for _ in range(2):
        with pytest.raises(Failure):
            ask("noise", keeper=shelf)
    assert len(seen()) == 2 and not shelf.kept_names


def test_it_hangs_up_at_once_when_nobody_wants_it_any_more(ask: Ask) -> None:
    began = time.monotonic()
    with pytest.raises(Cancelled):
        ask("silent", cancelled=lambda: time.monotonic() - began > 0.5)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "words", ["Imitate Greta Garbo.", "sounds like Orson Welles", "speak just like Marlene", "In the voice of my father", "an impression of a singer"]
)
def test_an_imitation_is_not_sent_by_the_way(ask: Ask, seen: Any, words: str) -> None:
    for field in ("instructions", "direction"):
        with pytest.raises(BadRequest, match="asks to imitate somebody"):
            ask(**{field: words})
    assert not seen()
    assert ask(instructions=words, imitates=True).data["seconds"] > 1


@pytest.mark.parametrize("words", ["Sounds like rain is near.", "speaks like a tired clerk", "talks as if to herself", "Likes to pause."])
def test_a_manner_of_speaking_is_no_imitation(words: str) -> None:
    assert speech.SpeechParams(endpoint="house", text=LINE, instructions=words).instructions == words


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"text": "…!"}, "nothing to say"), ({"settings": {"default_voice": ""}}, "Which voice of “house”"),
        ({"model": ""}, "Which model of “house”"), ({"speed": 9}, "“speed” is wrong"), ({"key": "wrong"}, "does not accept the key"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(ask: Ask, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        ask(**more)


def test_a_look_at_it_lists_its_models(server: Running) -> None:
    place = Endpoint(name="house", kind="speech", url=server.url, key=SecretStr(KEY), own_network=True)
    assert speech.check(place, lambda: None) == ("It answers and has 2 models.", {"models": ["old", "plain"]})
    assert catalog.info("speech").imitates == ("imitates",)
