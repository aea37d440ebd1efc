"""The one socket a page opens. It carries ids and numbers; what they mean is fetched through ordinary views."""

from __future__ import annotations

import json
import secrets

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import Http404

from studio.projects import policies, presence
from studio.projects.access import enter
from studio.realtime.frames import WRITE
from studio.realtime.hub import Socket, hub

NOT_ALLOWED = 4403
MAX_MESSAGE = 2000
PAGES = {"overview", "script", "world", "storyboard", "timeline", "shot", "review", "work", "deliver", "settings", "activity"}


class ProjectSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """`/projects/<slug>/live`. Rights are settled at connect and again whenever they change."""

    channel_layer_alias = None

    async def connect(self) -> None:
        self.member: Socket | None = None
        self.person = self.scope.get("user")
        if not await self._may_listen():
            await self.close(NOT_ALLOWED)
            return
        await self.accept()
        self.name = secrets.token_hex(8)
        self.member = Socket(self.scope["extensions"][WRITE], self.recheck)
        await hub.join(self.project_id, self.member)
        await self._here("", None)

    async def disconnect(self, code: int) -> None:
        if self.member is not None:
            await hub.leave(self.project_id, self.member)
            await sync_to_async(presence.leave)(self.project_id, self.name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Only one thing is heard: `{"here": [page, shot id or null]}`. Anything else is ignored."""
        try:
            page, shot = json.loads((text_data or "")[:MAX_MESSAGE])["here"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        known = isinstance(page, str) and page in PAGES
        await self._here(page if known else "", shot if type(shot) is int and 0 < shot < 2**53 else None)  # true is an int, and no shot

    async def recheck(self) -> None:
        """Close the socket of somebody who was removed."""
        if not await self._may_listen():
            await self.close(NOT_ALLOWED)

    async def _here(self, page: str, shot: int | None) -> None:
        if self.member is not None:
            self.member.catch_up()
        await sync_to_async(presence.arrive)(self.project_id, self.name, str(self.person.pk), page, shot)

    async def _may_listen(self) -> bool:
        if self.person is None or not self.person.is_authenticated:
            return False
        try:
            project, role = await database_sync_to_async(enter)(self.person, self.scope["url_route"]["kwargs"]["project"])
        except Http404:
            return False
        self.project_id = str(project.pk)
        return policies.can_view(role)
