"""The reference of the fan-out benchmark: a group consumer as the documentation of Channels has it, on the publish-subscribe layer."""

from __future__ import annotations

import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import re_path

settings.configure(
    SECRET_KEY="only for a benchmark",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [os.environ["VALKEY_URL"]]}}},
    ROOT_URLCONF=__name__,
    LOGGING_CONFIG=None,
)
django.setup()
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402  (needs Django set up)

urlpatterns: list[Any] = []


class ProgressConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        await self.channel_layer.group_add("project", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard("project", self.channel_name)

    async def progress(self, event: dict[str, Any]) -> None:
        await self.send_json(event["data"])


application = ProtocolTypeRouter(
    {"http": get_asgi_application(), "websocket": URLRouter([re_path("^live$", ProgressConsumer.as_asgi())])}
)
