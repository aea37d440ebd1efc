"""Whatever is sent, the answer is a clear one: never a 5xx, and what was refused is not half written."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.security.conftest import Everything
from tests.security.matrix import BODIES
from tests.security.test_matrix import ADDRESSES, ROWS, by_room

pytestmark = pytest.mark.django_db
POSTS = by_room(address for address, methods in ROWS.items() if "POST" in methods)
READS = by_room(address for address, methods in ROWS.items() if "GET" in methods and "project" in ADDRESSES[address])
EACH = 10
ASKED = ("revision", "before", "scene", "take", "compare", "open", "beside", "page", "after", "a", "b", "show")

WORDS: list[Any] = [
    "", " ", "0", "-1", "1", "²", "٣", "9" * 30,
    "-" + "9" * 400, "1e9", "NaN", "1.5", "true", "null", "[]", "{}", "\x00", "a\x00b", "\ud800", "💡" * 50,
    "‮gnp", "<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "%s%n{0}{{7*7}}", "x" * 5000, "MARA, TOM," * 200, "\r\nSet-Cookie: a=b",
    "extreme close-up", "static", "medium", "artist", "owner", "25", "720", "16:9",
    "INT. BARN - DAY\n\nHay.\n", "00000000-0000-0000-0000-000000000000",
]  # fmt: skip
FIELDS = [
    *sorted({name for body in BODIES.values() for name in body if name != "as"}),
    *("size", "angle", "move", "speed", "easing", "subjects", "over", "characters", "action", "frames", "seed", "parent", "direction", "after"),
    *("member", "next", "csrfmiddlewaretoken", "project", "id", "", "notes[]", "__class__"),
]
VALUES: list[Any] = [*WORDS, 0, -1, 2**31, 2**63, 10**40, 1.5, True, None, [], {}, [[[]]], {"a": {"b": []}}, [1] * 500]


def _plain(text: Any) -> str:
    """What a form can carry: lone surrogates cannot be sent as UTF-8."""
    return str(text).encode("utf-8", "replace").decode()


def _form(rng: random.Random, good: dict[str, Any]) -> dict[str, Any]:
    body = {name: value for name, value in good.items() if rng.random() < 0.7}
    for _ in range(rng.randint(0, 4)):
        body[rng.choice(list(good) or FIELDS) if rng.random() < 0.6 else rng.choice(FIELDS)] = _plain(rng.choice(WORDS))
    return body


def _raw(rng: random.Random, good: dict[str, Any]) -> tuple[bytes, str]:
    """A body that is no form, or says it is what it is not."""
    kinds = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "", "a/b; charset=klingon"]
    made = {**good, **{rng.choice([*good, "kind", "base", "clip"]): rng.choice(VALUES) for _ in range(rng.randint(1, 3))}}
    bodies = [
        json.dumps(made, default=str).encode(),
        json.dumps(rng.choice(VALUES)).encode(), b"[" * 3000, b"{", b"\xff\xfe\x00", b"", b"--x\r\n\r\n", b"&&==&" * 50,
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhalf', rng.randbytes(200), b"a=1&" * 2000,
    ]  # fmt: skip
    return rng.choice(bodies), rng.choice(kinds)


@pytest.mark.parametrize("room", POSTS)
def test_no_body_breaks_an_address(room: str, here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    for address in POSTS[room]:
        rng = random.Random(address)
        where = reverse(address, kwargs=here.arguments(address, ADDRESSES[address]))
        cache.clear()
        client = client_for(people.owner if "project" in ADDRESSES[address] or address.startswith("providers:") else None)
        if address.startswith("share:") and "token" in ADDRESSES[address]:
            client = here.as_guest()
        client.raise_request_exception = False
        good = {key: value for key, value in {**BODIES.get(address, {}), **here.body(address)}.items() if key != "as"}
        for number in range(EACH):
            cookies = deepcopy(client.cookies)
            with transaction.atomic():
                sent: Any = _form(rng, good) if number % 2 else _raw(rng, good)
                answer = client.post(where, sent) if number % 2 else client.generic("POST", where, *sent)
                transaction.set_rollback(True)
            client.cookies = cookies
            assert answer.status_code < 500, f"{where} answers {answer.status_code} to {sent!r}"


@pytest.mark.parametrize("room", READS)
def test_no_query_string_breaks_a_page(room: str, here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(people.reviewer)
    client.raise_request_exception = False
    for address in READS[room]:
        rng = random.Random(address)
        where = reverse(address, kwargs=here.arguments(address, ADDRESSES[address]))
        for word in [*rng.sample(WORDS, 5), "²"]:
            query = {name: _plain(word) for name in ASKED}
            answer = client.get(where, query)
            assert answer.status_code < 500, f"{where} answers {answer.status_code} to {query!r}"


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 30, "9" * 5000])
def test_numbers_beyond_any_row_are_not_found(number: str, here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, slug = client_for(people.owner), here.film.project.slug
    for where in (f"shots/{number}/", f"storyboard/panels/{number}/", f"script/revisions/{number}.fountain", f"takes/{number}/source.json"):
        assert client.get(f"/projects/{slug}/{where}").status_code == 404, where


def test_a_body_larger_than_any_screenplay_is_refused_and_named(here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, slug = client_for(people.owner), here.film.project.slug
    for where in (reverse("script:revisions", args=[slug]), reverse("timeline:operations", args=[slug])):
        answer = client.post(where, b"text=" + b"a" * (13 << 20), content_type="application/x-www-form-urlencoded")
        assert 400 <= answer.status_code < 500, where
    long = client.post(reverse("script:revisions", args=[slug]), {"text": "INT. BARN - DAY\n\n" + "Hay. " * 500_000, "base": "2"})
    assert long.status_code == 400 and b"longer than 2 MB" in long.content
