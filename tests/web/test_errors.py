"""Refusals and failures: a page that says what to do, with the headers every page has."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

from studio.projects.models import Project
from studio.web.urls import urlpatterns as real

pytestmark = pytest.mark.django_db


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a lamp fell over")


urlpatterns = [*real, path("breaks/", breaks)]


def headers_are_there(answer: object) -> None:
    headers = answer.headers  # type: ignore[attr-defined]
    policy = headers["Content-Security-Policy"]
    assert "unsafe-" not in policy
    for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "default-src 'none'"):
        assert directive in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(("where", "status"), [("/accounts/login/", 200), ("/nothing/here/", 404), ("/accounts/", 302), ("/healthz", 200)])
def test_every_answer_carries_the_security_headers(client: Client, where: str, status: int) -> None:
    answer = client.get(where)
    assert answer.status_code == status
    headers_are_there(answer)


def test_a_missing_page_is_kind(client: Client) -> None:
    assert b"There is nothing here" in client.get("/nothing/here/").content


@override_settings(ROOT_URLCONF="tests.web.test_errors")
def test_a_broken_page_says_that_nothing_was_lost_and_nothing_of_its_inside() -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/breaks/")
    assert answer.status_code == 500
    assert b"nothing that was saved is lost" in answer.content and b"lamp" not in answer.content
    headers_are_there(answer)


def test_a_form_without_its_token_is_refused_with_words() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "a@b.c", "password": "x"})
    assert answer.status_code == 403 and b"came too late" in answer.content and answer["X-Form-Late"] == "1"
    headers_are_there(answer)


def test_a_request_for_another_host_is_refused(client: Client) -> None:
    answer = client.get("/healthz", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    headers_are_there(answer)


def test_the_address_of_a_form_reloaded_is_a_page_with_a_way_on(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    where = reverse("script:revisions", args=[project.slug])
    answer = client_for(people.writer).get(where, headers={"Accept": "text/html,application/xhtml+xml"})
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert f'href="/projects/{project.slug}/"' in answer.content.decode()
    assert client_for(people.writer).get(where, headers={"Accept": "application/json"}).content == b""


def test_a_form_sent_signed_out_comes_back_to_its_page_not_to_its_address(project: Project) -> None:
    client, page = Client(), reverse("script:page", args=[project.slug])
    form = {"text": "INT. ATTIC - DAY", "base": "0"}
    where = reverse("script:revisions", args=[project.slug])
    answer = client.post(where, form, headers={"Referer": f"http://testserver{page}"})
    assert answer.status_code == 302 and answer.url.endswith(f"?next={page}")  # type: ignore[attr-defined]
    elsewhere = client.post(where, form, headers={"Referer": "https://evil.example/take"})
    assert elsewhere.url.endswith("?next=/")  # type: ignore[attr-defined]


def test_a_refusal_under_a_clients_address_is_in_the_clients_language() -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "de", "accept": "text/html"})
    language = reverse("share:language")
    for answer, status in ((client.get("/c/nothing/of/this/kind/"), 404), (client.get(language), 405), (client.post(language), 403)):
        assert answer.status_code == status
        assert b'<html lang="de"' in answer.content
    assert b'<html lang="de"' in client.get("/nothing/here/").content, "and so do the studio's own pages"
