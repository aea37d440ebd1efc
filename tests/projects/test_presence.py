"""Who is here, as every web process sees it, also after one of them died."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest

from studio.events.live import channel, valkey
from studio.projects import presence


@pytest.fixture
def place() -> str:
    return str(uuid.uuid4())


def test_a_person_with_two_pages_is_one_person_at_the_latest(place: str) -> None:
    presence.arrive(place, "tab1", "ada", "script", None)
    presence.arrive(place, "tab2", "ada", "shot", 7)
    presence.arrive(place, "tab3", "bo", "timeline", None)
    assert {(here.person, here.page, here.shot) for here in presence.who_is_here(place)} == {("ada", "shot", 7), ("bo", "timeline", None)}
    presence.leave(place, "tab2")
    assert ("ada", "script", None) in {(here.person, here.page, here.shot) for here in presence.who_is_here(place)}
    presence.leave(place, "tab1")
    assert [here.person for here in presence.who_is_here(place)] == ["bo"]


def test_whoever_fell_silent_is_gone(place: str) -> None:
    """A web process that was killed says no goodbye for its sockets."""
    presence.arrive(place, "dead", "ada", "script", None)
    presence.arrive(place, "alive", "bo", "script", None)
    valkey().zadd(f"heard:{place}", {"dead": time.time() - presence.SILENCE - 1})
    assert [here.person for here in presence.who_is_here(place)] == ["bo"]
    assert valkey().hkeys(f"here:{place}") == [b"alive"], "and is forgotten"


def test_others_are_told_of_a_change_and_not_of_a_heartbeat(place: str) -> None:
    listener: Any = valkey().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    listener.subscribe(channel(place))
    listener.get_message(timeout=2)
    for page in ("script", "script", "world"):
        presence.arrive(place, "tab", "ada", page, None)
    presence.leave(place, "tab")
    told = []
    while message := listener.get_message(timeout=0.5) or listener.get_message(timeout=0.5):
        told.append(json.loads(message["data"]))
    assert told == [{"w": 1}] * 3
    listener.close()
