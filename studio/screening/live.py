"""What a session shows at this moment: kept in Valkey alone, which may lose it. Who presents stands in the database; what is lost here is
said again with the next message of the presenter.

`screening:<session>` is also the channel on which its sockets listen. Of a presenter's windows one leads, by the name it gave itself (`tab`);
it loses that by saying goodbye or by silence.
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
from studio.screening.models import SILENCE

log = logging.getLogger(__name__)
FORGOTTEN = 86_400
LEAD_FOR = int(SILENCE.total_seconds())
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
    _safely(lambda client: client.delete(_state(session), _lead(session)))


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


def _lead(session: uuid.UUID) -> str:
    return f"screening:{session}:lead"


def _safely(act: Callable[[Any], Any]) -> Any:
    """Nothing that fails here may end a request or a socket: what was not told is told again."""
    try:
        return act(valkey())
    except (redis.RedisError, OSError) as problem:
        log.warning("a session's message was not sent: %s", problem)
        return None
