"""Until the tables are those this code expects, every address says that the studio is being prepared: web loads while `up` still migrates."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string

from studio.web import tables
from studio.web.environment import app_database_url

STARTING = "The database is starting."
MAKING = "The tables are being brought up to date."
_prepared = threading.Event()  # once they are, nobody asks again

_GRANTED = "SELECT bool_and(has_table_privilege(oid, 'SELECT')) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)"


def lacking() -> str:
    """Why no page can be shown yet, as a sentence; empty once they can."""
    if _prepared.is_set():
        return ""
    url = app_database_url()
    if not tables.current(url) and (said := _lacking(url)):
        return said
    _prepared.set()
    return ""


def _lacking(url: str) -> str:
    """By the tables themselves: the note on the database is only there where their owner owns it too."""
    try:
        with psycopg.connect(url, connect_timeout=5) as session:
            done = set(session.execute("SELECT app, name FROM django_migrations").fetchall())
            if set(MigrationLoader(None).disk_migrations) - done:
                return MAKING
            granted = session.execute(_GRANTED, [connection.introspection.django_table_names()]).fetchone()
            return "" if granted is not None and granted[0] else MAKING
    except psycopg.OperationalError:
        return STARTING
    except psycopg.Error:  # no table of migrations yet, or no right to read it
        return MAKING


def while_preparing(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A 503 with the reason instead of whatever needs the tables; the page comes again by itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        reason = lacking()
        if not reason:
            return get_response(request)
        answer: HttpResponse
        if request.path == "/healthz":
            answer = JsonResponse({"ok": False, "reason": reason}, status=503)
        else:
            again = request.method in ("GET", "HEAD")
            answer = HttpResponse(render_to_string("503.html", {"reason": reason, "again": again}), status=503)
        answer.headers["Retry-After"] = "2"
        answer.headers["Cache-Control"] = "no-store"
        answer._has_been_logged = True  # type: ignore[attr-defined]  # django.request would write an error for each
        return answer

    return middleware


Application = Callable[[Any, Any, Any], Awaitable[None]]


def sockets_when_prepared(sockets: Application) -> Application:
    """A socket that is opened too early is closed with 1013 (try again later); the page tries again."""

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if await sync_to_async(lacking)():
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1013})
            return
        await sockets(scope, receive, send)

    return guarded
