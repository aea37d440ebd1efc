"""Who is here, on which page and shot: kept in Valkey only, right with any number of web processes.

One hash per project maps a socket to "person page shot"; one sorted set holds when each socket was last heard. A socket that
falls silent for `SILENCE` seconds is gone, whatever became of its process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import cast

import redis

from studio.events.live import publish, valkey

SILENCE = 25.0


@dataclass(frozen=True)
class Here:
    person: str
    page: str
    shot: int | None


def _keys(project_id: str) -> tuple[str, str]:
    return f"here:{project_id}", f"heard:{project_id}"


def arrive(project_id: str, socket: str, person: str, page: str, shot: int | None) -> None:
    """Note a socket's place; tells everybody only if something changed."""
    where, heard = _keys(project_id)
    value = f"{person} {page or '-'} {shot or 0}"
    try:
        pipe = valkey().pipeline()
        pipe.hget(where, socket)
        pipe.hset(where, socket, value)
        pipe.zadd(heard, {socket: time.time()})
        pipe.expire(where, 86_400)
        pipe.expire(heard, 86_400)
        before = pipe.execute()[0]
    except redis.RedisError:
        return
    if before is None or before.decode() != value:
        publish(project_id, {"w": 1})


def leave(project_id: str, socket: str) -> None:
    where, heard = _keys(project_id)
    try:
        valkey().hdel(where, socket)
        valkey().zrem(heard, socket)
    except redis.RedisError:
        return
    publish(project_id, {"w": 1})


def who_is_here(project_id: str) -> list[Here]:
    """One entry a person, their latest place; people whose sockets fell silent are left out and forgotten."""
    where, heard = _keys(project_id)
    try:
        client = valkey()
        gone = client.zrangebyscore(heard, 0, time.time() - SILENCE)
        if gone:
            client.hdel(where, *gone)
            client.zrem(heard, *gone)
        order = client.zrange(heard, 0, -1)
        places = client.hgetall(where)
    except redis.RedisError:
        return []
    people: dict[str, Here] = {}
    for socket in order:
        if socket in places:
            person, page, shot = cast(bytes, places[socket]).decode().split(" ")
            people.pop(person, None)
            people[person] = Here(person, page, int(shot) or None)
    return list(people.values())
