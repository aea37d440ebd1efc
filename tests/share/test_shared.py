"""The portal: all that was shared with an address, for who proves it, and nothing before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.review.models import Approval
from studio.share import actions
from studio.share.entry import PORTAL, mine_token, portal_cookie
from studio.share.models import ShareLink
from tests.share.conftest import Visitor

pytestmark = pytest.mark.django_db
HERE, CODE, PROOF = "/shared/", "/shared/code/", "/shared/proof/"


def proved(email: str) -> Client:
    client, before = Client(), len(mail.outbox)
    client.post(CODE, {"email": email})
    digits = re.search(r"\b\d{6}\b", str(mail.outbox[before].body))
    assert digits is not None
    assert client.post(PROOF, {"code": digits[0]})["Location"] == HERE
    return client


def listed(client: Client) -> list[str]:
    return re.findall(r'href="(/c/mine[^"]+)">Watch', client.get(HERE).content.decode())


def test_what_was_shared_is_listed_and_opens(visitor: Callable[..., Visitor], mailed: Any) -> None:
    named = visitor(recipients=("cleo@example.com",))
    visitor(recipients=("dora@example.com",))
    came = visitor(name="The agency").comes("Cleo").proves("cleo@example.com")
    came.post("verdict", verdict="approved", signed="Cleo")
    visitor().comes("Cleo")  # who only typed the name
    client = proved("cleo@example.com")
    first, second = listed(client)
    page = client.get(HERE).content.decode()
    assert "You signed: approved" in page and "dora" not in page and "The agency" not in page and "Owner Person" not in page
    assert client.get(first).status_code == 200 and b"cut-player" in client.get(first).content, "who proved it under the link is the same guest"
    assert came.link.guests.count() == 1
    assert b"Your name" in client.get(second).content
    client.post(f"{second}name/", {"name": "Cleo C."})
    assert b"cut-player" in client.get(second).content, "the address was proved at the portal"
    guest = named.link.guests.get()
    assert (guest.email, guest.person) == ("cleo@example.com", came.guest.person) and guest.verified


def test_a_password_is_asked_all_the_same(visitor: Callable[..., Visitor], mailed: Any) -> None:
    at = visitor(recipients=("cleo@example.com",), password="a lamp")
    client = proved("cleo@example.com")
    (where,) = listed(client)
    assert b'type="password"' in client.get(where).content and client.get(f"{where}playlist.json").status_code == 404
    client.post(f"{where}password/", {"password": "a lamp"})
    client.post(f"{where}name/", {"name": "Cleo"})
    client.get(where)
    assert client.get(f"{where}playlist.json").status_code == 200 and at.link.guests.get().verified


def test_nothing_is_told_of_an_address_before_it_is_proved(visitor: Callable[..., Visitor], mailed: Any) -> None:
    visitor(recipients=("cleo@example.com",))
    known, unknown = Client(), Client()
    answers = [client.post(CODE, {"email": email}) for client, email in ((known, "cleo@example.com"), (unknown, "nobody@example.com"))]
    assert [answer.status_code for answer in answers] == [302, 302] and answers[0]["Location"] == answers[1]["Location"]
    assert [letter.to for letter in mail.outbox] == [["cleo@example.com"]]
    said = [re.sub(r"cleo|nobody|\w{64}", "", client.get(HERE).content.decode()) for client in (known, unknown)]
    assert said[0] == said[1]
    assert not re.search(r"/c/|Lighthouse", said[0])


def test_codes_of_the_portal_are_one_browsers_and_good_once(visitor: Callable[..., Visitor], mailed: Any) -> None:
    at = visitor(recipients=("cleo@example.com",)).comes()
    mine, other = Client(), Client()
    mine.post(CODE, {"email": "cleo@example.com"})
    other.post(CODE, {"email": "cleo@example.com"})
    digits = re.search(r"\b\d{6}\b", str(mail.outbox[0].body))
    assert digits is not None
    for client in (other, Client()):
        assert "wrong" in client.post(PROOF, {"code": digits[0]})["Location"]
    at.post("code", email="cleo@example.com")
    assert "wrong" in at.post("proof", code=digits[0])["Location"], "a guest's code is another"
    assert mine.post(PROOF, {"code": digits[0]})["Location"] == HERE
    assert "wrong" in mine.post(PROOF, {"code": digits[0]})["Location"]


def test_an_address_of_the_portal_opens_for_who_proved_it_alone(visitor: Callable[..., Visitor], mailed: Any) -> None:
    visitor().comes().proves("cleo@example.com")
    visitor(recipients=("dora@example.com",))
    cleo, dora = proved("cleo@example.com"), proved("dora@example.com")
    (where,) = listed(cleo)
    forged = Client()
    forged.cookies[portal_cookie()] = signing.dumps({"browser": "x", "email": "cleo@example.com"}, key="a guessed key", salt=PORTAL)
    for client in (dora, Client(), forged):
        assert client.get(where).status_code == 404 and client.get(f"{where}playlist.json").status_code == 404
    assert cleo.get(where).status_code == 200
    assert cleo.get(where.replace("mine.", "mine.x")).status_code == cleo.get("/c/mine./").status_code == 404
    cleo.post("/shared/leaving/")
    assert cleo.get(where).status_code == 404 and not listed(cleo)


def test_what_is_over_opens_no_more(visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace) -> None:
    over, later, back, off = (visitor(recipients=("cleo@example.com",)).link for _ in range(4))
    client = proved("cleo@example.com")
    ShareLink.objects.filter(pk=over.pk).update(expires=timezone.now() - timedelta(seconds=1))
    ShareLink.objects.filter(pk=later.pk).update(not_before=timezone.now() + timedelta(hours=1))
    actions.revoke_link(back, by=people.owner)
    actions.change_link(off, by=people.owner, name="Agency", expires=off.expires, recipients=["dora@example.com"])
    assert listed(client) == [] and "over since" in client.get(HERE).content.decode()
    for link in (over, later, back, off):
        assert client.get(reverse("share:page", args=[mine_token(link, "cleo@example.com")])).status_code == 404
    assert not Approval.objects.exists()


def test_without_mail_the_portal_says_so() -> None:
    assert b"no mail set up" in Client().get(HERE).content
    assert Client().post(CODE, {"email": "cleo@example.com"}).status_code == 302
