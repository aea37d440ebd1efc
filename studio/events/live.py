"""Telling open browsers, best effort: one Valkey channel per project, one small JSON message at a time.

Nothing here may ever end a job or a request: a lost message costs a browser a moment, because it refetches on reconnect.
"""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any

import redis
from django.conf import settings

log = logging.getLogger(__name__)
_clients: dict[int, redis.Redis] = {}


def valkey() -> redis.Redis:
    """This process's own connection pool (made after a fork, never shared across one)."""
    import os

    pid = os.getpid()
    if pid not in _clients:
        _clients.clear()
        _clients[pid] = redis.Redis.from_url(settings.VALKEY_URL, socket_timeout=2, socket_connect_timeout=2)
    return _clients[pid]


def channel(project_id: uuid.UUID | str) -> str:
    return f"project:{project_id}"


def publish(project_id: uuid.UUID | str, message: dict[str, Any]) -> None:
    """Send ids and numbers to everybody who has the project open; never raises."""
    try:
        valkey().publish(channel(project_id), json.dumps(message, separators=(",", ":"), default=str))
    except (redis.RedisError, OSError) as problem:
        log.warning("live message not sent: %s", problem)
