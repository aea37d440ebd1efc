"""A socket's place in a review session: what it says there is checked, kept within bounds and passed on to the others."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async

from studio.realtime.frames import text_frame
from studio.realtime.hub import Socket, hub
from studio.screening import live
from studio.screening.models import Session
from studio.screening.sessions import attend, say_goodbye
from studio.screening.wire import Allowance, Draw, Here, Lead, Point, Show, read


@dataclass
class Seat:
    """`project_id` and `person` were settled when the socket was let in, and are checked again by whoever holds it when rights change."""

    project_id: str
    person: uuid.UUID
    socket: Socket
    session: uuid.UUID | None = None
    tab: str = ""
    allowance: Allowance = field(default_factory=Allowance)

    async def hear(self, said: object) -> None:
        """Anything that is not a message of a session, or comes too fast, is passed over."""
        if not self.allowance.take(time.monotonic()) or (message := read(said)) is None:
            return
        if isinstance(message, Here):
            await self._here(message)
        elif self.session is not None:
            await sync_to_async(self._pass_on)(self.session, message)

    async def leave(self) -> None:
        session, self.session = self.session, None
        if session is None:
            return
        await hub.go(live.channel(session), self.socket)
        await database_sync_to_async(self._goodbye)(session)

    async def _here(self, message: Here) -> None:
        if self.session is not None and self.session != message.session:
            await self.leave()
        answer = await database_sync_to_async(self._attend)(message)
        if answer is None:
            await self.leave()
            return
        came = self.session is None
        if came:
            self.session, self.tab = message.session, message.tab
            await hub.enter(live.channel(message.session), self.socket)
            answer = await database_sync_to_async(self._attend)(message) or answer  # what was said between the two was not heard yet
        self._tell(answer)
        if came:
            for one in await sync_to_async(live.drawn)(message.session, message.tab):
                self._tell({"draw": one})

    def _tell(self, what: dict[str, Any]) -> None:
        self.socket.hear(text_frame(json.dumps({"s": what}, separators=(",", ":")).encode()))

    def _attend(self, message: Here) -> dict[str, Any] | None:
        """What the page is told; None if there is no such session in this project, or it is over."""
        session = Session.objects.select_related("project").filter(pk=message.session, project_id=self.project_id, ended=None).first()
        if session is None:
            return None
        came = attend(session, self.person)
        shown, leads = live.arrive(session.pk, session.presenter_id, self.person, message.tab)
        if came:
            live.tell(session.pk, {"who": None})
        return {"t": [message.clock, live.clock()], "show": shown, "lead": leads, "presenter": str(session.presenter_id)}

    def _pass_on(self, session: uuid.UUID, message: Lead | Show | Point | Draw) -> None:
        if isinstance(message, Lead):
            if live.lead(session, self.person, self.tab, lambda: self._presenter(session)):
                live.tell(session, {"lead": self.tab})
        elif isinstance(message, Show):
            live.show(session, self.person, self.tab, (message.frame, message.speed, message.at), lambda: self._presenter(session))
        elif isinstance(message, Point):
            live.point(session, self.person, self.tab, message.at, lambda: self._presenter(session))
        else:
            live.draw(session, self.tab, message.news)

    def _goodbye(self, session: uuid.UUID) -> None:
        say_goodbye(session, self.person)
        live.depart(session, self.tab)
        live.draw(session, self.tab, None)
        live.tell(session, {"who": str(self.person)})

    def _presenter(self, session: uuid.UUID) -> uuid.UUID | None:
        return Session.objects.filter(pk=session, ended=None).values_list("presenter_id", flat=True).first()
