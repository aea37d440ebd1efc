"""Who comes before the tables are ready is told so, by every address, and the page comes by itself afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.templatetags.static import static
from django.test import Client

from studio.web import asgi, preparing, tables
from studio.web.environment import APP_ROLE
from studio.web.preparing import MAKING, STARTING
from tests.services import as_owner
from tests.web.test_errors import headers_are_there

pytestmark = pytest.mark.django_db
LAST = "app = 'jobs' AND name = '0001_initial'"


def note(words: str) -> None:
    as_owner(f"COMMENT ON DATABASE firstcut IS '{words}'")


@pytest.fixture
def unsure() -> Iterator[None]:
    """A process that has not looked yet, on a database without the note."""
    preparing._prepared.clear()
    note("another version")
    yield
    note(f"firstcut {tables.version()}")
    preparing._prepared.clear()


@pytest.fixture
def behind(unsure: None) -> Iterator[None]:
    """One migration is not there yet."""
    as_owner(f"UPDATE django_migrations SET name = 'held back' WHERE {LAST}")
    yield
    as_owner("UPDATE django_migrations SET name = '0001_initial' WHERE app = 'jobs' AND name = 'held back'")


def healthy(client: Client) -> tuple[int, str]:
    answer = client.get("/healthz")
    return answer.status_code, answer.json().get("reason", "")


def test_until_the_tables_are_made_every_address_says_so(behind: None, client: Client) -> None:
    assert healthy(client) == (503, MAKING)
    for address in ("/", "/accounts/login/", "/projects/some-film/", "/nothing/here/"):
        page = client.get(address)
        assert page.status_code == 503 and page["Retry-After"] == "2" and page["Cache-Control"] == "no-store"
        assert MAKING in page.content.decode() and '<meta http-equiv="refresh" content="2">' in page.content.decode()
        headers_are_there(page)
    sent = client.post("/accounts/login/", {"login": "a@b.c"})
    assert sent.status_code == 503 and "What was sent was not done" in sent.content.decode() and "http-equiv" not in sent.content.decode()
    assert client.get(static("css/firstcut.css")).status_code == 200, "the page has its look"


def test_once_they_are_made_it_opens_and_nobody_looks_again(behind: None, client: Client) -> None:
    assert healthy(client)[0] == 503
    as_owner("UPDATE django_migrations SET name = '0001_initial' WHERE app = 'jobs' AND name = 'held back'")
    assert healthy(client) == (200, "")
    as_owner(f"UPDATE django_migrations SET name = 'held back' WHERE {LAST}")
    assert healthy(client) == (200, "")


def test_tables_without_the_rights_to_read_them_are_not_ready(unsure: None, client: Client) -> None:
    as_owner(f"REVOKE SELECT ON shots_guide FROM {APP_ROLE}")
    try:
        assert healthy(client) == (503, MAKING)
    finally:
        as_owner(f"GRANT SELECT ON shots_guide TO {APP_ROLE}")
    assert healthy(client) == (200, "")


def test_a_database_that_is_not_there_yet_is_no_fault(unsure: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://firstcut_app@/firstcut?host=/nowhere/at/all")
    assert healthy(client) == (503, STARTING)
    assert STARTING in client.get("/").content.decode()


def test_a_socket_is_told_to_try_again(behind: None, settings: Any) -> None:
    headers = [(b"origin", settings.CSRF_TRUSTED_ORIGINS[0].encode()), (b"host", b"localhost")]
    scope = {"type": "websocket", "path": "/ws/projects/some-film/", "query_string": b"", "headers": headers, "subprotocols": []}

    async def said() -> list[dict[str, Any]]:
        socket: Any = ApplicationCommunicator(asgi.build(), scope)  # type: ignore[no-untyped-call]
        await socket.send_input({"type": "websocket.connect"})
        return [await socket.receive_output(20), await socket.receive_output(20)]

    assert async_to_sync(said)() == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": 1013}]
