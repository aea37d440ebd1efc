"""The first page: what it says before there is a film, and while films are being made."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from studio.accounts.actions import make_person
from studio.jobs.models import State
from studio.overview.sample import ensure_sample
from tests.films import film_of, job_of

COMING = "Your sample film is being set up"


@pytest.mark.django_db
def test_a_new_installations_owner_is_told_that_the_sample_comes_until_it_is_there(client_for: Callable[..., Client]) -> None:
    owner = make_person(email="first@example.com", name="First", is_operator=True, by="test")
    page = client_for(owner).get(reverse("overview:home")).content.decode()
    assert COMING in page and 'hx-trigger="every 1s"' in page
    ensure_sample(owner)
    page = client_for(owner).get(reverse("overview:home")).content.decode()
    assert COMING not in page and "The Last Keeper" in page


@pytest.mark.django_db
def test_without_a_sample_nobody_waits_for_it(client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTCUT_SAMPLE", "0")
    owner = make_person(email="first@example.com", name="First", is_operator=True, by="test")
    page = client_for(owner).get(reverse("overview:home")).content.decode()
    assert COMING not in page and "No film yet" in page and "hx-trigger" not in page.split('id="films"')[1].split(">")[0]


@pytest.mark.django_db
def test_the_page_looks_again_only_while_something_is_made(people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    film = film_of(people.owner, "Tide", 2)
    home = reverse("overview:home")
    assert "every 5s" not in client_for(people.owner).get(home).content.decode()
    job = job_of(film)
    assert "every 5s" in client_for(people.owner).get(home).content.decode()
    job.state = State.SUCCEEDED
    job.save()
    assert "every 5s" not in client_for(people.owner).get(home).content.decode()
