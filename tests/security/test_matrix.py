"""The matrix, asked line by line; and other projects' ids under one's own project."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from studio.realtime.routing import websocket_urlpatterns
from tests.security.conftest import Everything
from tests.security.matrix import BODIES, METHODS, ROLES, SOCKETS, rows

pytestmark = pytest.mark.django_db
ROWS = rows()
NOT_ALLOWED = dict.fromkeys(ROLES, "405")


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, list[str]]]:
    """(name, parameters) of everything the URL configuration knows."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            assert isinstance(entry, URLPattern) and entry.name, f"{entry} has no name, so nobody can say who may open it."
            yield f"{space}{entry.name}", list(entry.pattern.regex.groupindex)


ADDRESSES = dict(addresses(get_resolver()))


def by_room(names: Iterable[str]) -> dict[str, list[str]]:
    """Addresses by the room they belong to: a film with one of everything is made once for each, and every request is taken back."""
    rooms: dict[str, list[str]] = {}
    for name in sorted(names):
        rooms.setdefault(name.rpartition(":")[0] or "studio", []).append(name)
    return rooms


ROOMS = by_room(ADDRESSES)


@pytest.fixture(autouse=True)
def nobody_has_tried_passwords() -> None:
    cache.clear()


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(ADDRESSES) == set(ROWS)
    assert len(ADDRESSES) == len(list(addresses(get_resolver()))), "two addresses share a name"


def test_every_socket_has_a_row() -> None:
    rows = dict(line.split(maxsplit=1) for line in SOCKETS.strip().splitlines())
    assert {entry.pattern.regex.pattern for entry in websocket_urlpatterns} == set(rows)


@pytest.mark.parametrize("room", ROOMS)
def test_who_gets_what(room: str, here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    clients = {role: here.as_guest() if role == "guest" else client_for(getattr(people, role, None)) for role in ROLES}
    wrong = []
    for address in ROOMS[room]:
        where = reverse(address, kwargs=here.arguments(address, ADDRESSES[address]))
        for role, client in clients.items():
            for method in METHODS:
                expected = ROWS[address].get(method, NOT_ALLOWED)[role]
                got = told(asked(client, method, address, where, here))
                if got != expected:
                    wrong.append(f"{method} {where} as {role}: {got}, not {expected}")
    assert not wrong, "\n".join(wrong)


def asked(client: Client, method: str, address: str, where: str, here: Everything) -> HttpResponseBase:
    """The answer to a good request, whose changes (and whatever became of the session) are taken back."""
    if method not in ROWS[address]:
        return client.generic(method, where)
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = client.generic(method, where) if method != "POST" else post(client, where, {**BODIES.get(address, {}), **here.body(address)})
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def post(client: Client, where: str, body: dict[str, Any]) -> HttpResponseBase:
    if body.pop("as", None) == "json":
        return client.post(where, json.dumps(body), content_type="application/json")
    return client.post(where, body)


def told(answer: HttpResponseBase) -> str:
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return "in" if to_sign_in else str(answer.status_code)
