"""Signing in by password: who may, how often one may be wrong, and what the cookies carry."""

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client

from studio.accounts.models import Person
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture
def writer(people: SimpleNamespace) -> Person:
    people.writer.set_password(PASSWORD)
    people.writer.save()
    person: Person = people.writer
    return person


def attempt(email: str, password: str, address: str = "198.51.100.7") -> tuple[int, bytes]:
    answer = Client(REMOTE_ADDR=address).post("/accounts/login/", {"login": email, "password": password})
    return answer.status_code, answer.content


def test_the_right_password_comes_in_whatever_the_case_of_the_address(writer: Person) -> None:
    client = Client()
    assert client.post("/accounts/login/", {"login": writer.email.upper(), "password": PASSWORD}).status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/accounts/").status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(writer: Person) -> None:
    known, unknown = attempt(writer.email, "wrong password"), attempt("nobody@example.com", "wrong password")
    assert known[0] == unknown[0] == 200
    for words in (known[1], unknown[1]):
        assert b"This address and this password do not go together" in words


def test_ten_wrong_passwords_lock_an_address_for_every_machine(writer: Person) -> None:
    for number in range(10):
        assert b"do not go together" in attempt(writer.email, "wrong", f"198.51.100.{number}")[1]
    status, words = attempt(writer.email, PASSWORD, "198.51.100.99")
    assert status == 200 and b"Too many wrong passwords" in words


def test_twenty_wrong_passwords_lock_a_machine_for_every_address(writer: Person) -> None:
    for number in range(20):
        attempt(f"person{number}@example.com", "wrong")
    assert b"Too many wrong passwords" in attempt(writer.email, PASSWORD)[1]
    assert attempt(writer.email, PASSWORD, "198.51.100.8")[0] == 302


def test_a_forwarded_header_from_nowhere_changes_nothing(writer: Person) -> None:
    for number in range(20):
        Client(REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").post(
            "/accounts/login/", {"login": f"person{number}@example.com", "password": "wrong"}
        )
    assert b"Too many wrong passwords" in attempt(writer.email, PASSWORD)[1]


def test_nobody_signs_up_from_outside() -> None:
    client = Client()
    for path in ("/accounts/signup/", "/accounts/register/", "/signup/"):
        assert client.get(path).status_code == 404
    assert b"signup" not in client.get("/accounts/login/").content.lower()


def test_a_password_is_changed_only_with_the_old_one(writer: Person) -> None:
    client = Client()
    client.force_login(writer)
    new = {"password1": "another long password", "password2": "another long password"}
    wrong = client.post("/accounts/password/", {"oldpassword": "wrong", **new})
    assert b"not your present password" in wrong.content
    assert client.post("/accounts/password/", {"oldpassword": PASSWORD, **new}).status_code == 302
    writer.refresh_from_db()
    assert writer.check_password("another long password")


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(writer: Person) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": writer.email, "password": PASSWORD})
    for cookie in client.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_whoever_tries_too_often_reads_a_page_of_the_studio(writer: Person) -> None:
    """Sixty sign-ins an hour from one address, right ones too; allauth's own answer would be a bare page in English."""
    for _ in range(60):
        assert attempt("nobody@example.com", "")[0] == 200
    for _ in range(2):
        status, content = attempt(writer.email, PASSWORD)
    assert status == 429 and b"Too many tries" in content and b"lone__card" in content
