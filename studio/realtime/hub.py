"""One subscription per project, and per review session, with somebody in it; a message is encoded and framed once and written to each of its sockets.

Stock channel layers wake a coroutine and a thread per message per client; this writes straight to the sockets, which is what
keeps 500 of them whole at fifty messages a second. A browser that takes nothing in keeps nobody waiting and fills no buffer: it is
told to fetch again once it listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio as redis
from django.conf import settings

from studio.events.live import channel
from studio.realtime.frames import text_frame

log = logging.getLogger(__name__)
FETCH_AGAIN = b'{"r":1}'
RIGHTS_CHANGED = (b'"member.removed"', b'"member.role_changed"', b'"project.deleted"')


MOST_TOGETHER = 50


def together(waiting: list[bytes]) -> bytes:
    """One message as it is; several as a JSON list of them."""
    return waiting[0] if len(waiting) == 1 else b"[" + b",".join(waiting) + b"]"


@dataclass(eq=False)
class Socket:
    """One open browser tab: how to write a frame to it (see `frames`), and how to ask whether it may still listen."""

    write: Callable[[bytes], bool]
    recheck: Callable[[], Coroutine[Any, Any, None]]
    behind: bool = False
    """Something could not be written to it."""

    def catch_up(self) -> bool:
        """Whether it has missed nothing, or could just be told that it has."""
        if self.behind:
            self.behind = not self.write(text_frame(FETCH_AGAIN))
        return not self.behind

    def hear(self, frame: bytes) -> None:
        if self.catch_up():
            self.behind = not self.write(frame)


@dataclass
class Hub:
    rooms: dict[str, set[Socket]] = field(default_factory=dict)
    _client: Any = None
    _pubsub: Any = None
    _pump: asyncio.Task[None] | None = None
    _rechecks: set[asyncio.Task[None]] = field(default_factory=set)

    async def join(self, project_id: str, socket: Socket) -> None:
        await self.enter(channel(project_id), socket)

    async def leave(self, project_id: str, socket: Socket) -> None:
        await self.go(channel(project_id), socket)

    async def enter(self, name: str, socket: Socket) -> None:
        """Let a socket hear a channel by its own name. One may hear several."""
        room = self.rooms.setdefault(name, set())
        room.add(socket)
        if len(room) == 1:
            await self._subscribe(name)

    async def go(self, name: str, socket: Socket) -> None:
        room = self.rooms.get(name, set())
        room.discard(socket)
        if not room and name in self.rooms:
            del self.rooms[name]
            if self._pubsub is not None:
                with contextlib.suppress(redis.RedisError, OSError):
                    await self._pubsub.unsubscribe(name)

    async def _subscribe(self, name: str) -> None:
        if self._pump is None or self._pump.done():
            self._client = redis.Redis.from_url(settings.VALKEY_URL)
            self._pubsub = self._client.pubsub(ignore_subscribe_messages=True)
            await self._pubsub.subscribe(*self.rooms)
            self._pump = asyncio.create_task(self._run())
        else:
            with contextlib.suppress(redis.RedisError, OSError):  # the pump subscribes to every room again when it reconnects
                await self._pubsub.subscribe(name)

    async def _run(self) -> None:
        while self.rooms:
            try:
                async for message in self._pubsub.listen():
                    for name, waiting in (await self._with_what_waits(message)).items():
                        self.deliver(name, together(waiting))
            except (redis.RedisError, OSError) as problem:
                log.warning("live channel lost: %s", problem)
            await asyncio.sleep(0.5)
            with contextlib.suppress(redis.RedisError, OSError):
                await self._pubsub.subscribe(*self.rooms)
                for name in list(self.rooms):  # messages may have been missed
                    self.deliver(name, FETCH_AGAIN)

    async def _with_what_waits(self, message: Any) -> dict[str, list[bytes]]:
        """This message and those behind it, in order, by room: once writing is slower than what comes in, more go out at a time."""
        rooms: dict[str, list[bytes]] = {}
        count = 0
        while message is not None:
            rooms.setdefault(message["channel"].decode(), []).append(message["data"])
            count += 1
            message = await self._pubsub.get_message(timeout=0) if count < MOST_TOGETHER else None
        return rooms

    def deliver(self, name: str, data: bytes) -> None:
        """Write one message to everybody in a room; a socket that has gone is left to its own consumer to take out."""
        sockets = self.rooms.get(name, set())
        frame = text_frame(data)
        for socket in sockets:
            socket.hear(frame)
        if any(kind in data for kind in RIGHTS_CHANGED):
            for socket in sockets:
                task = asyncio.create_task(socket.recheck())
                self._rechecks.add(task)
                task.add_done_callback(self._rechecks.discard)


hub = Hub()
