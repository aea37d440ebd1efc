"""One-time links: opening shows, sending comes in, once."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from studio.accounts.actions import LinkUsed, make_link, make_owner_link, use_link
from studio.accounts.models import OneTimeLink, Person
from studio.accounts.queries import has_operator, usable_link
from studio.events.models import Event
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
OWNER = {"name": "Ada", "email": "Ada@Example.com", "password": ""}


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def test_the_first_owner_comes_in_by_the_link_and_it_works_once(client: Client) -> None:
    path = path_of(make_owner_link())
    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 200, "looking, as a mail program's preview does, must not use it up"
    answer = client.post(path, OWNER)
    assert answer.status_code == 302 and answer["Location"] == "/"
    ada = Person.objects.get(email="ada@example.com")
    assert ada.is_operator and has_operator() and not ada.has_usable_password()
    assert client.get("/accounts/").status_code == 200
    assert Client().get(path).status_code == 404
    assert Client().post(path, {**OWNER, "email": "eve@example.com"}).status_code == 404
    assert list(Event.objects.order_by("seq").values_list("kind", flat=True)) == ["link.made", "person.joined", "link.used", "person.signed_in"]


def test_a_link_runs_out_after_a_day_and_a_newer_one_replaces_it(client: Client) -> None:
    first, second = path_of(make_owner_link()), path_of(make_owner_link())
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    OneTimeLink.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert client.get(second).status_code == 404


def test_only_the_hash_of_a_token_is_stored() -> None:
    token = path_of(make_owner_link()).split("/")[2]
    link = OneTimeLink.objects.get()
    assert len(token) >= 43 and token.encode() not in bytes(link.token_hash) and len(bytes(link.token_hash)) == 32


def test_of_two_who_use_one_link_at_once_one_comes_in(client: Client) -> None:
    token = path_of(make_owner_link()).split("/")[2]
    one, other = usable_link(token), usable_link(token)
    assert one is not None and other is not None
    use_link(one, name="Ada", email="ada@example.com")
    with pytest.raises(LinkUsed):
        use_link(other, name="Eve", email="eve@example.com")
    assert Person.objects.count() == 1


def test_a_weak_password_or_a_taken_address_is_said_in_place_and_keeps_the_link(client: Client, people: SimpleNamespace) -> None:
    path = path_of(make_owner_link())
    weak = client.post(path, {**OWNER, "password": "12345"})
    assert weak.status_code == 400 and b"too short" in weak.content
    taken = client.post(path, {**OWNER, "email": people.writer.email})
    assert taken.status_code == 200 or taken.status_code == 400
    assert b"There is an account under this address already" in taken.content
    assert client.post(path, OWNER).status_code == 302


def test_a_link_made_for_a_person_signs_them_in_and_can_set_a_password(client: Client, people: SimpleNamespace) -> None:
    path = path_of(make_link(OneTimeLink.Purpose.SIGN_IN, people.artist))
    assert client.post(path, {"password": PASSWORD}).status_code == 302
    people.artist.refresh_from_db()
    assert people.artist.check_password(PASSWORD)


def test_the_profile_is_changed_and_the_change_logged(client_for: Callable[..., Client], people: SimpleNamespace) -> None:
    client = client_for(people.artist)
    assert client.post("/accounts/", {"name": "Bo", "colour": "teal"}).status_code == 302
    people.artist.refresh_from_db()
    assert (people.artist.name, people.artist.colour) == ("Bo", "teal")
    assert Event.objects.filter(kind="person.changed", actor_id=people.artist.pk).exists()
    assert client.post("/accounts/", {"name": "", "colour": "plaid"}).status_code == 400
