"""The socket in a real web server: two people see each other's changes, and one who is removed is shut out within two seconds."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from studio.events.live import publish
from studio.events.log import record
from studio.projects.actions import change_role, delete_project, remove_member
from studio.projects.models import Membership, Project
from studio.projects.presence import who_is_here
from studio.realtime.frames import text_frame
from studio.realtime.hub import Hub, Socket, hub, together
from tests.live import LiveStudio

pytestmark = pytest.mark.django_db(transaction=True)
CLOSED_WITHIN = 2.0


@contextmanager
def listening(studio: LiveStudio, project: Project, person: Any) -> Iterator[ClientConnection]:
    """A socket of this person that has been let in and hears what is published."""
    client = Client()
    client.force_login(person)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    address = f"{studio.url.replace('http', 'ws', 1)}/projects/{project.slug}/live"
    with connect(address, origin=Origin(studio.url), additional_headers={"Cookie": cookie}, open_timeout=30) as socket:
        until(socket, lambda message: "w" in message)  # its own arrival: from here on it hears everything
        yield socket


_unread: WeakKeyDictionary[ClientConnection, deque[dict[str, Any]]] = WeakKeyDictionary()


def until(socket: ClientConnection, wanted: Any, seconds: float = 20) -> dict[str, Any]:
    """The first message that is wanted; others are passed over. Several at once come as a list."""
    end = time.monotonic() + seconds
    waiting = _unread.setdefault(socket, deque())
    while True:
        while waiting:
            message = waiting.popleft()
            if wanted(message):
                return message
        heard = json.loads(socket.recv(timeout=max(0.01, end - time.monotonic())))
        waiting.extend(heard if isinstance(heard, list) else [heard])


def closed_within(socket: ClientConnection) -> tuple[float, int]:
    """Seconds until the server closed the socket, and its code."""
    began = time.monotonic()
    try:
        while True:
            socket.recv(timeout=15)
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return time.monotonic() - began, closed.rcvd.code


def test_an_event_reaches_everybody_in_the_project_and_nobody_else(live_studio: LiveStudio, project: Project, people: SimpleNamespace) -> None:
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY

    other = start_project(name="Other", by=people.stranger, rate=RATE_BY_KEY["24"], width=320, height=180)
    with (
        listening(live_studio, project, people.artist) as artist,
        listening(live_studio, project, people.reviewer) as reviewer,
        listening(live_studio, other, people.stranger) as stranger,
    ):
        with transaction.atomic():
            event = record("lamp.lit", actor=people.owner, project=project)
        publish(other.pk, {"last": 1})
        for socket in (artist, reviewer):
            assert until(socket, lambda message: "e" in message)["e"][:2] == [event.pk, "lamp.lit"]
        assert until(stranger, lambda message: "e" in message or "last" in message) == {"last": 1}


def test_a_change_that_is_rolled_back_is_never_told(live_studio: LiveStudio, project: Project, people: SimpleNamespace) -> None:
    with listening(live_studio, project, people.artist) as socket:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record("lamp.lit", project=project)
            raise ZeroDivisionError
        publish(project.pk, {"last": 1})
        assert until(socket, lambda message: "e" in message or "last" in message) == {"last": 1}


def test_whoever_is_removed_is_shut_out_at_once(live_studio: LiveStudio, project: Project, people: SimpleNamespace) -> None:
    with listening(live_studio, project, people.artist) as out, listening(live_studio, project, people.writer) as stays:
        remove_member(Membership.objects.get(project=project, person=people.artist), by=people.owner)
        seconds, code = closed_within(out)
        assert (seconds < CLOSED_WITHIN, code) == (True, 4403), f"closed after {seconds:.2f} s with {code}"
        publish(project.pk, {"last": 1})
        assert until(stays, lambda message: "last" in message), "the others stay"


def test_a_role_that_may_not_view_and_a_project_that_is_gone_close_the_socket(
    live_studio: LiveStudio, project: Project, people: SimpleNamespace
) -> None:
    with listening(live_studio, project, people.artist) as one, listening(live_studio, project, people.writer) as other:
        change_role(Membership.objects.get(project=project, person=people.artist), by=people.owner, role="client")
        assert closed_within(one)[1] == 4403
        delete_project(project, by=people.owner)
        assert closed_within(other)[1] == 4403


def test_nonsense_from_a_page_is_passed_over(live_studio: LiveStudio, project: Project, people: SimpleNamespace) -> None:
    with listening(live_studio, project, people.artist) as socket:
        for words in (
            "",
            "{",
            "[]",
            "null",
            '{"here": 1}',
            '{"here": ["shot", {}]}',
            '{"here": [[], "x"]}',
            '{"here": ["a", -5]}',
            '{"here": ["shot", true]}',
            "[" * 2500,
            "9" * 5000,
        ):
            socket.send(words)
        socket.send(b"\x00\xff")
        socket.send(json.dumps({"here": ["shot", 7]}))
        until(socket, lambda message: "w" in message)
        for _ in range(100):
            if [(here.page, here.shot) for here in who_is_here(str(project.pk))] == [("shot", 7)]:
                break
            socket.ping().wait(0.1)
        else:
            pytest.fail(f"not seen: {who_is_here(str(project.pk))}")


def test_whoever_leaves_is_gone_for_the_others(live_studio: LiveStudio, project: Project, people: SimpleNamespace) -> None:
    with listening(live_studio, project, people.artist) as socket:
        with listening(live_studio, project, people.writer):
            until(socket, lambda message: "w" in message)
        until(socket, lambda message: "w" in message)
        for _ in range(100):
            if [here.person for here in who_is_here(str(project.pk))] == [str(people.artist.pk)]:
                break
            socket.ping().wait(0.1)
        else:
            pytest.fail("still seen")
    assert all(len(room) < 50 for room in hub.rooms.values())


def test_messages_that_pile_up_go_out_together_and_in_order() -> None:
    assert together([b'{"e":1}']) == b'{"e":1}'
    assert json.loads(together([b'{"e":1}', b'{"e":2}'])) == [{"e": 1}, {"e": 2}]


def test_a_browser_that_takes_nothing_in_is_told_to_fetch_again_and_keeps_nobody_waiting() -> None:
    written: dict[str, list[bytes]] = {"stuck": [], "well": []}
    open_ = {"stuck": False, "well": True}

    def writing(name: str) -> Callable[[bytes], bool]:
        return lambda frame: open_[name] and (written[name].append(frame) or True)  # type: ignore[func-returns-value]

    async def recheck() -> None: ...

    one = Hub()
    stuck, well = Socket(writing("stuck"), recheck), Socket(writing("well"), recheck)
    one.rooms["room"] = {stuck, well}
    for number in range(3):
        one.deliver("room", b'{"n":%d}' % number)
    assert (len(written["well"]), written["stuck"], stuck.behind) == (3, [], True)
    open_["stuck"] = True
    one.deliver("room", b'{"n":3}')
    assert written["stuck"] == [text_frame(b'{"r":1}'), text_frame(b'{"n":3}')]
    assert len(written["well"]) == 4 and not stuck.behind


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_frames_are_what_a_browser_reads(size: int) -> None:
    """Read back by the client's half of another implementation."""
    from websockets.frames import Frame
    from websockets.protocol import CLIENT, Protocol

    browser = Protocol(CLIENT)
    browser.receive_data(text_frame(b"x" * size))
    (frame,) = browser.events_received()
    assert isinstance(frame, Frame) and (frame.opcode, frame.fin, frame.data) == (1, True, b"x" * size)
