"""The first minute, in a real browser: the printed link, the account, out and in again."""

from typing import Any

import pytest

from studio.accounts.actions import make_owner_link
from tests.browser.waiting import until
from tests.conftest import PASSWORD
from tests.live import Complaints

pytestmark = pytest.mark.browser


def test_the_owner_comes_in_by_the_link_and_later_by_password(page: Any, complaints: Complaints) -> None:
    page.goto(make_owner_link())
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()
    page.goto("/accounts/")
    assert page.get_by_role("heading", name="Your account").is_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail address").fill("Ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/accounts/")
    assert page.get_by_text("ada@example.com").is_visible()


def test_the_content_policy_stops_what_was_not_ours(page: Any, complaints: Complaints) -> None:
    page.goto("/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken=1\">')")
    until(page, "performance.getEntriesByType('resource').some(entry => entry.name.endsWith('/x'))")
    assert page.evaluate("window.broken") is None
    assert any("Content Security Policy" in line for line in complaints.seen)
    complaints.forgive("Content Security Policy", "404")
