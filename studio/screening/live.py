"""What a session shows at this moment: kept in Valkey alone, which may lose it. Who presents stands in the database; what is lost here is
said again with the next message of the presenter.

`screening:<session>` is also the channel on which its sockets listen. Of a presenter's windows one leads, by the name it gave itself (`tab`);
it loses that by saying goodbye or by silence. What somebody draws and has not sent as a note yet is kept for who comes late, as far as there is room.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

import redis

from studio.events.live import valkey
from studio.review.shapes import MAX_POINTS
from studio.screening.models import SILENCE

log = logging.getLogger(__name__)
FORGOTTEN = 86_400
LEAD_FOR = int(SILENCE.total_seconds())
TAB = 16
"""Letters of a window's name."""
MOST_SHAPES, MOST_LETTERS = 60, 400_000
"""Of all that is drawn in a session and not sent yet, as it is kept for who comes late."""
SKEW = 2000.0
"""Milliseconds by which a page may err about the studio's clock; beyond, the moment of arrival stands for what it says."""


def channel(session: uuid.UUID) -> str:
    return f"screening:{session}"


def clock() -> float:
    """The studio's clock in milliseconds."""
    return round(time.time() * 1000, 1)


def tell(session: uuid.UUID, what: dict[str, Any]) -> None:
    """To everybody in the session; never raises."""
    _safely(lambda client: client.publish(channel(session), json.dumps({"s": what}, separators=(",", ":"))))


def presenter_is(session: uuid.UUID, person: uuid.UUID) -> None:
    """Somebody else presents now; none of their windows leads yet."""

    def write(client: Any) -> None:
        pipe = client.pipeline()
        pipe.hset(_state(session), "presenter", str(person))
        pipe.delete(_lead(session))
        pipe.execute()

    _safely(write)


def forget(session: uuid.UUID) -> None:
    _safely(lambda client: client.delete(_state(session), _lead(session), _drawn(session)))


def arrive(session: uuid.UUID, presenter: uuid.UUID, person: uuid.UUID, tab: str) -> tuple[list[Any] | None, bool]:
    """What is shown (see `show`), and whether this window leads. The presenter's only window does; another of theirs follows it."""

    def ask(client: Any) -> tuple[list[Any] | None, bool]:
        pipe = client.pipeline()
        pipe.hset(_state(session), "presenter", str(presenter))
        pipe.expire(_state(session), FORGOTTEN)
        if person == presenter:
            pipe.set(_lead(session), tab, nx=True, ex=LEAD_FOR)
        pipe.hget(_state(session), "show")
        pipe.get(_lead(session))
        *_, shown, held = pipe.execute()
        leads = person == presenter and held is not None and held.decode() == tab
        if leads:
            client.expire(_lead(session), LEAD_FOR)
        return json.loads(shown) if shown else None, leads

    return _safely(ask) or (None, False)


def lead(session: uuid.UUID, person: uuid.UUID, tab: str, presenter_of: Callable[[], uuid.UUID | None]) -> bool:
    """This window of the presenter leads instead of another of theirs."""

    def write(client: Any) -> bool:
        if _presenter(client, session, presenter_of) != str(person):
            return False
        client.set(_lead(session), tab, ex=LEAD_FOR)
        return True

    return bool(_safely(write))


def show(session: uuid.UUID, person: uuid.UUID, tab: str, said: tuple[int, int, float], presenter_of: Callable[[], uuid.UUID | None]) -> bool:
    """Keep and tell what the leading window shows: (frame, speed, moment). False, and nothing told, if this window does not lead."""

    def write(client: Any) -> bool:
        if not _leads(client, session, person, tab, presenter_of):
            return False
        frame, speed, at = said
        now = clock()
        state = json.dumps([frame, speed, at if abs(at - now) <= SKEW else now, str(person), tab], separators=(",", ":"))
        pipe = client.pipeline()
        pipe.hset(_state(session), "show", state)
        pipe.expire(_lead(session), LEAD_FOR)
        pipe.publish(channel(session), f'{{"s":{{"show":{state}}}}}')
        pipe.execute()
        return True

    return bool(_safely(write))


def point(session: uuid.UUID, person: uuid.UUID, tab: str, at: tuple[float, float] | None, presenter_of: Callable[[], uuid.UUID | None]) -> bool:
    """Where the leading window points."""

    def write(client: Any) -> bool:
        if not _leads(client, session, person, tab, presenter_of):
            return False
        client.publish(channel(session), json.dumps({"s": {"point": at}}, separators=(",", ":")))
        return True

    return bool(_safely(write))


def draw(session: uuid.UUID, tab: str, news: dict[str, Any] | None) -> None:
    """Tell what a window draws (see `wire`), and keep it. What there is no room for is told all the same."""

    def write(client: Any) -> None:
        pipe = client.pipeline()
        _keep(client, pipe, _drawn(session), tab, news)
        pipe.publish(channel(session), json.dumps({"s": {"draw": [tab, news]}}, separators=(",", ":")))
        pipe.execute()

    _safely(write)


def _keep(client: Any, pipe: Any, key: str, tab: str, news: dict[str, Any] | None) -> None:
    """Put into the pipe what keeps it. One field a shape, named by window and shape; "size" counts the letters of all. A window's messages come one
    after the other, so nobody else writes these fields meanwhile."""
    if news is None or news["shape"] is None:
        gone = [name for name in client.hkeys(key) if name.decode().startswith(tab if news is None else tab + news["id"])]
        if gone:
            size = sum(len(value) for value in client.hmget(key, gone) if value)
            pipe.hdel(key, *gone).hincrby(key, "size", -size)
        return
    name = tab + news["id"]
    known, size, count = client.pipeline().hget(key, name).hget(key, "size").hlen(key).execute()
    if (whole := joined(json.loads(known) if known else None, news)) is None:
        return
    value = json.dumps(whole, separators=(",", ":"))
    more = len(value) - len(known or b"")
    if int(size or 0) + more > MOST_LETTERS or (known is None and count > MOST_SHAPES):
        return
    pipe.hset(key, name, value).hincrby(key, "size", more).expire(key, FORGOTTEN)


def joined(known: dict[str, Any] | None, news: dict[str, Any]) -> dict[str, Any] | None:
    """A shape with what has been added to it, whole; None where its beginning is not known. As `joined` in static/js/lib/drawing-pencil.js."""
    start, shape = news["start"], news["shape"]
    if shape["kind"] != "pen" or not start:
        return {**news, "start": 0}
    if known is None or known["shape"]["kind"] != "pen":
        return None
    points = [*known["shape"]["points"][:start], *shape["points"]][:MAX_POINTS]
    return {**news, "start": 0, "shape": {**shape, "points": points}}


def drawn(session: uuid.UUID, tab: str) -> list[list[Any]]:
    """What other windows than this have drawn and not sent yet: [window, news], as it would have been told."""

    def read(client: Any) -> list[list[Any]]:
        rows = {name.decode(): value for name, value in client.hgetall(_drawn(session)).items() if name != b"size"}
        return [[name[:TAB], json.loads(value)] for name, value in rows.items() if not name.startswith(tab)]

    return _safely(read) or []


def depart(session: uuid.UUID, tab: str) -> None:
    """A window has gone: if it led, another of the presenter's may."""

    def write(client: Any) -> None:
        held = client.get(_lead(session))
        if held is not None and held.decode() == tab:
            client.delete(_lead(session))

    _safely(write)


def _leads(client: Any, session: uuid.UUID, person: uuid.UUID, tab: str, presenter_of: Callable[[], uuid.UUID | None]) -> bool:
    if _presenter(client, session, presenter_of) != str(person):
        return False
    held = client.get(_lead(session))
    if held is None:  # forgotten, or long silent: who speaks first leads
        client.set(_lead(session), tab, nx=True, ex=LEAD_FOR)
        held = client.get(_lead(session))
    return held is not None and bool(held.decode() == tab)


def _presenter(client: Any, session: uuid.UUID, presenter_of: Callable[[], uuid.UUID | None]) -> str | None:
    """As Valkey remembers, else as the database says; None if the session is over."""
    known = client.hget(_state(session), "presenter")
    if known is not None:
        return str(known.decode())
    found = presenter_of()
    if found is None:
        return None
    client.hset(_state(session), "presenter", str(found))
    client.expire(_state(session), FORGOTTEN)
    return str(found)


def _state(session: uuid.UUID) -> str:
    return f"screening:{session}:state"


def _drawn(session: uuid.UUID) -> str:
    return f"screening:{session}:drawn"


def _lead(session: uuid.UUID) -> str:
    return f"screening:{session}:lead"


def _safely(act: Callable[[Any], Any]) -> Any:
    """Nothing that fails here may end a request or a socket: what was not told is told again."""
    try:
        return act(valkey())
    except (redis.RedisError, OSError) as problem:
        log.warning("a session's message was not sent: %s", problem)
        return None
