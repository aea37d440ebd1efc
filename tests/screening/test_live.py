"""Sessions over real sockets: who comes late sees the same frame, only who presents is followed, and what is sent wrongly reaches nobody."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from studio.events.live import valkey
from studio.projects.actions import remove_member, start_project
from studio.projects.models import Membership, Project
from studio.projects.rates import RATE_BY_KEY
from studio.screening import live
from studio.screening.models import Attendance, Session
from studio.screening.sessions import end_session, hand_over, start_session
from studio.screening.wire import Allowance, Draw, Here, Lead, Point, Show, read
from studio.timeline.freeze import freeze_cut
from tests.films import fill
from tests.live import LiveStudio
from tests.realtime.test_live import closed_within, listening, until

PEN = {"v": 1, "kind": "pen", "colour": "rose", "width": 0.006, "points": [[0.1, 0.1, 0.5], [0.2, 0.2, 0.5]]}
SHAPE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def session(project: Project, people: SimpleNamespace) -> Session:
    film = fill(project, people.owner, 2)
    return start_session(project, freeze_cut(film.cut, by=people.owner), by=people.owner)


def say(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def told(socket: ClientConnection, kind: str) -> Any:
    """The next message of a session of this kind."""
    return until(socket, lambda message: kind in message.get("s", {}))["s"]


def come(socket: ClientConnection, session: Session, tab: str) -> dict[str, Any]:
    say(socket, **{"in": [str(session.pk), tab * 16, 5.5]})
    answer: dict[str, Any] = told(socket, "t")
    return answer


@contextmanager
def seated(studio: LiveStudio, session: Session, person: Any, tab: str) -> Iterator[ClientConnection]:
    with listening(studio, session.project, person) as socket:
        come(socket, session, tab)
        yield socket


@pytest.mark.django_db(transaction=True)
class TestSockets:
    def test_who_comes_late_or_comes_back_is_told_at_once_what_shows(
        self, live_studio: LiveStudio, session: Session, people: SimpleNamespace
    ) -> None:
        with listening(live_studio, session.project, people.owner) as owner, listening(live_studio, session.project, people.artist) as artist:
            answer = come(owner, session, "a")
            assert (answer["lead"], answer["show"], answer["presenter"], answer["t"][0]) == (True, None, str(people.owner.pk), 5.5)
            now = answer["t"][1]
            say(owner, show=[40, 1, now])
            assert told(owner, "show")["show"] == [40, 1, now, str(people.owner.pk), "a" * 16]
            late = come(artist, session, "b")
            assert (late["lead"], late["show"][:3]) == (False, [40, 1, now])
            say(owner, show=[41, 0, now + 10_000_000])
            assert told(artist, "show")["show"][0] == 41
            assert abs(come(artist, session, "b")["show"][2] - live.clock()) < 60_000, "a clock that is hours ahead is not believed"
        with listening(live_studio, session.project, people.artist) as artist:
            assert come(artist, session, "c")["show"][:2] == [41, 0]
        assert Attendance.objects.count() == 2

    def test_who_comes_late_sees_what_is_being_drawn(self, live_studio: LiveStudio, session: Session, people: SimpleNamespace) -> None:
        line = {**PEN, "points": [[0.1, 0.1, 0.5]] * 3}
        with listening(live_studio, session.project, people.owner) as owner, listening(live_studio, session.project, people.artist) as artist:
            come(owner, session, "a")
            come(artist, session, "b")
            say(artist, draw={"id": SHAPE, "start": 0, "shape": line, "frame": 7})
            say(artist, draw={"id": SHAPE, "start": 2, "shape": {**PEN, "points": [[0.9, 0.9, 0.5]] * 2}, "frame": 7})
            say(artist, draw={"id": SHAPE[:-1] + "2", "start": 0, "shape": PEN, "frame": 7})
            say(artist, draw={"id": SHAPE[:-1] + "2", "start": 0, "shape": None, "frame": 7})
            until(owner, lambda message: message.get("s", {}).get("draw", [0, {"shape": 1}])[1]["shape"] is None)
            with listening(live_studio, session.project, people.reviewer) as late:
                come(late, session, "c")
                tab, news = told(late, "draw")["draw"]
                assert (tab, news["id"], news["start"], news["frame"]) == ("b" * 16, SHAPE, 0, 7)
                assert news["shape"]["points"] == [[0.1, 0.1, 0.5]] * 2 + [[0.9, 0.9, 0.5]] * 2
                say(artist, draw=None)
                assert told(late, "draw")["draw"] == ["b" * 16, None]
            say(artist, draw={"id": SHAPE, "start": 0, "shape": PEN, "frame": 7})
            until(owner, lambda message: message.get("s", {}).get("draw", [0, None])[1] is not None)
            assert [one[0] for one in live.drawn(session.pk, "c" * 16)] == ["b" * 16] and live.drawn(session.pk, "b" * 16) == []
        closed = valkey()
        deadline = time.monotonic() + 10
        while live.drawn(session.pk, "c" * 16) and time.monotonic() < deadline:
            closed.ping()
        assert live.drawn(session.pk, "c" * 16) == [], "a window that has gone draws nothing"

    def test_only_the_leading_window_of_the_presenter_is_followed(self, live_studio: LiveStudio, session: Session, people: SimpleNamespace) -> None:
        with seated(live_studio, session, people.owner, "a") as first, listening(live_studio, session.project, people.owner) as second:
            assert come(second, session, "b")["lead"] is False
            with seated(live_studio, session, people.artist, "c") as artist:
                for socket in (second, artist):
                    say(socket, show=[9, 0, 1])
                    say(socket, point=[0.5, 0.5])
                    say(socket, lead=1) if socket is artist else None
                    come(socket, session, "b" if socket is second else "c")  # answered in order: what came before was passed over
                say(first, show=[1, 0, 1])
                assert told(artist, "show")["show"][0] == 1
                say(second, lead=1)
                assert told(artist, "lead")["lead"] == "b" * 16
                say(first, show=[2, 0, 1])
                come(first, session, "a")
                say(second, show=[3, 0, 1])
                assert told(artist, "show")["show"][0] == 3
                second.close()
                assert told(artist, "who")["who"] == str(people.owner.pk)
                assert come(first, session, "a")["lead"] is True, "the window that is left leads"
                hand_over(session, by=people.owner, to=people.artist.pk)
                say(first, show=[4, 0, 1])
                come(first, session, "a")
                assert come(artist, session, "c")["lead"] is True
                say(artist, show=[5, 0, 1])
                assert told(first, "show")["show"][0] == 5

    def test_what_valkey_forgot_is_said_again(self, live_studio: LiveStudio, session: Session, people: SimpleNamespace) -> None:
        with seated(live_studio, session, people.owner, "a") as owner, seated(live_studio, session, people.artist, "b") as artist:
            valkey().delete(*valkey().keys("screening:*"))
            say(artist, show=[8, 0, 1])
            come(artist, session, "b")
            say(owner, show=[7, 0, 1])
            assert told(artist, "show")["show"][0] == 7

    def test_pointer_and_strokes_reach_the_others_and_go_with_their_window(
        self, live_studio: LiveStudio, session: Session, people: SimpleNamespace
    ) -> None:
        with seated(live_studio, session, people.owner, "a") as owner:
            with seated(live_studio, session, people.artist, "b") as artist:
                say(owner, point=[0.25, 0.5])
                assert told(artist, "point")["point"] == [0.25, 0.5]
                say(artist, draw={"id": SHAPE, "start": 0, "shape": {**PEN, "script": "<b>"}, "frame": 7})
                say(artist, draw={"id": SHAPE, "start": 0, "shape": PEN, "frame": 7})
                assert told(owner, "draw")["draw"] == ["b" * 16, {"id": SHAPE, "start": 0, "shape": PEN, "frame": 7}]
            assert told(owner, "draw")["draw"] == ["b" * 16, None]

    def test_nobody_sits_in_a_session_of_another_film_or_one_that_is_over(
        self, live_studio: LiveStudio, session: Session, people: SimpleNamespace
    ) -> None:
        other = start_project(name="Other", by=people.stranger, rate=RATE_BY_KEY["24"], width=320, height=180)
        with listening(live_studio, other, people.stranger) as stranger, seated(live_studio, session, people.owner, "a") as owner:
            for key in (str(session.pk), str(uuid.uuid4())):
                say(stranger, **{"in": [key, "d" * 16, 1]})
                say(stranger, draw={"id": SHAPE, "start": 0, "shape": PEN, "frame": 7})
            say(stranger, here=["review", None])
            until(stranger, lambda message: "w" in message)
            end_session(session, by=people.owner)
            say(owner, show=[3, 0, 1])
            say(owner, **{"in": [str(session.pk), "a" * 16, 1]})
            say(owner, here=["review", 3])
            heard = until(owner, lambda message: "w" in message or "show" in message.get("s", {}) or "t" in message.get("s", {}))
            assert "w" in heard
        assert [row.person for row in Attendance.objects.all()] == [people.owner]
        assert not valkey().keys(f"screening:{session.pk}:*")

    def test_who_is_removed_from_the_film_is_out_of_the_session(self, live_studio: LiveStudio, session: Session, people: SimpleNamespace) -> None:
        with seated(live_studio, session, people.artist, "a") as artist, seated(live_studio, session, people.owner, "b") as owner:
            remove_member(Membership.objects.get(project=session.project, person=people.artist), by=people.owner)
            assert closed_within(artist)[1] == 4403
            assert told(owner, "who")["who"] in (None, str(people.artist.pk))


SESSION = "6d8d5a5e-5d9a-4d0e-9d51-3f1d5a2f0c11"
GOOD = [
    ({"in": [SESSION, "0123456789abcdef", 12.5]}, Here(uuid.UUID(SESSION), "0123456789abcdef", 12.5)),
    ({"lead": 1}, Lead()),
    ({"show": [0, -8, 0]}, Show(0, -8, 0.0)),
    ({"point": None}, Point(None)),
    ({"point": [0, 1]}, Point((0.0, 1.0))),
    ({"draw": None}, Draw(None)),
    ({"draw": {"id": SHAPE, "start": 3, "shape": None, "frame": 7}}, Draw({"id": SHAPE, "start": 3, "shape": None, "frame": 7})),
    ({"draw": {"id": SHAPE, "start": 0, "shape": PEN, "frame": 7}}, Draw({"id": SHAPE, "start": 0, "shape": PEN, "frame": 7})),
]


@pytest.mark.parametrize(("said", "means"), GOOD)
def test_what_a_page_says_is_read(said: object, means: object) -> None:
    assert read(said) == means


@pytest.mark.parametrize(
    "said",
    [
        None, 1, "in", [], {}, {"in": 1}, {"in": [SESSION, "0123456789abcdef"]}, {"in": ["x", "0123456789abcdef", 1]}, {"in": [SESSION, "<b>", 1]},
        {"in": [SESSION, "0123456789abcdef", "1"]}, {"in": [SESSION, "0123456789abcdef", -1]}, {"in": [SESSION, "0123456789abcdef", float("nan")]},
        {"in": [SESSION, "0123456789abcde٣", 1]}, {"in": [{}, [], 1]}, {"show": [1, 0]}, {"show": [1.5, 0, 1]}, {"show": [True, 0, 1]},
        {"show": [-1, 0, 1]},
        {"show": [2**31, 0, 1]}, {"show": [10**400, 0, 1]}, {"show": [1, 3, 1]}, {"show": [1, [], 1]}, {"show": [1, 0, 10**400]},
        {"show": "abc"}, {"show": None}, {"show": [1, 0, True]},
        {"point": [1.01, 0]}, {"point": [-0.1, 0]}, {"point": [0]}, {"point": [0, 0, 0]}, {"point": ["0", "1"]}, {"point": [float("inf"), 0]},
        {"draw": []}, {"draw": {"id": "x", "start": 0, "shape": None, "frame": 7}},
        {"draw": {"id": SHAPE, "start": -1, "shape": None, "frame": 7}}, {"draw": {"id": SHAPE}},
        {"draw": {"id": SHAPE, "start": 10**9, "shape": None, "frame": 7}},
        {"draw": {"id": SHAPE, "start": 0, "shape": {**PEN, "points": [[0, 0, 9]]}, "frame": 7}},
        {"draw": {"id": SHAPE, "start": 0, "shape": {**PEN, "points": [[0, 0, 0.5]] * 2001}, "frame": 7}},
        {"draw": {"id": SHAPE, "start": 0, "shape": {"v": 1}, "frame": 7}},
        {"draw": {"id": SHAPE, "start": 0, "shape": None}}, {"draw": {"id": SHAPE, "start": 0, "shape": None, "frame": "7"}},
        {"show": [1, 0, 1], "point": None}, {"admin": 1},
    ],
)  # fmt: skip
def test_whatever_else_it_says_is_passed_over(said: object) -> None:
    assert read(said) is None


def test_a_socket_says_so_much_and_no_more() -> None:
    allowance = Allowance(rate=10, most=20)
    assert [allowance.take(100.0) for _ in range(25)] == [True] * 20 + [False] * 5
    assert [allowance.take(100.5) for _ in range(7)] == [True] * 5 + [False] * 2
    assert sum(allowance.take(900.0) for _ in range(50)) == 20


def test_what_is_kept_of_drawings_is_bounded() -> None:
    session = uuid.uuid4()
    for number in range(live.MOST_SHAPES + 5):
        live.draw(session, "a" * 16, {"id": str(uuid.UUID(int=number)), "start": 0, "shape": PEN, "frame": 7})
    assert len(live.drawn(session, "b" * 16)) == live.MOST_SHAPES
    live.draw(session, "a" * 16, {"id": str(uuid.UUID(int=0)), "start": 2, "shape": PEN, "frame": 8})
    assert next(news for _, news in live.drawn(session, "b" * 16) if news["id"] == str(uuid.UUID(int=0)))["frame"] == 8, "what is known may grow"
    live.draw(session, "a" * 16, None)
    assert live.drawn(session, "b" * 16) == [] and int(valkey().hget(f"screening:{session}:drawn", "size") or 0) == 0
    live.draw(session, "a" * 16, {"id": SHAPE, "start": 5, "shape": PEN, "frame": 7})
    assert live.drawn(session, "b" * 16) == [], "the end of a stroke whose beginning nobody knows"
    long = {**PEN, "points": [[0.12345, 0.12345, 0.12345]] * 2000}
    for number in range(20):
        live.draw(session, "a" * 16, {"id": str(uuid.UUID(int=number)), "start": 0, "shape": long, "frame": 7})
    kept = live.drawn(session, "b" * 16)
    assert 0 < len(kept) < 20 and sum(len(json.dumps(one)) for one in kept) < 2 * live.MOST_LETTERS
    live.forget(session)
    assert live.drawn(session, "b" * 16) == []
