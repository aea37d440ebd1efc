"""What costs, and what need not be made again, as somebody meets it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from studio.ledger import actions
from studio.ledger.models import GPU
from tests.films import film_of
from tests.live import Complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_asked_twice_for_the_same_one_is_offered_what_is_being_made(
    people: SimpleNamespace, page_for: Callable[..., Any], complaints: Complaints
) -> None:
    film = film_of(people.owner, "Twice")
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/shots/{film.shots[1].pk}/")
    again = page.get_by_role("button", name="New take of this", exact=True)
    again.click()
    page.locator(".take--job").wait_for()
    again.click()
    page.locator("#twins", has_text="Exactly this is waiting to be made").wait_for()
    assert page.locator(".take--job").count() == 1
    page.get_by_role("button", name="Make it anyway").click()
    page.locator(".take--job").nth(1).wait_for()
    assert page.locator("#twins").count() == 0
    complaints.forgive("404 (Not Found)")


def test_a_producer_sets_a_budget_and_a_phone_shows_where_it_stands(people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    film = film_of(people.owner, "Thrifty")
    actions.set_budget(film.project, by=people.owner, budgets={GPU: Decimal(7200)})
    page = page_for(people.owner, width=390, height=800)
    page.goto(f"/projects/{film.project.slug}/costs/")
    page.get_by_text("2 h left of 2 h").wait_for()
    page.get_by_label("Hours on graphics cards").fill("3.5")
    page.get_by_role("button", name="Set the budget").click()
    page.get_by_text("3.5 h left of 3.5 h").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"
