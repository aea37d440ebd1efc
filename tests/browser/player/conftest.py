"""A loopback site for the tests of the elements, in the session's one browser: Playwright allows no second beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.player.site import Site, make_takes, site


@pytest.fixture(scope="session")
def takes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("takes")


@pytest.fixture
def web(takes_folder: Path) -> Iterator[Site]:
    with site(takes_folder) as running:
        yield running


@pytest.fixture
def takes_at(takes_folder: Path) -> Any:
    """`takes_at(rate)`: the numbered takes of a rate, made once a session."""
    return lambda rate: make_takes(takes_folder, rate)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page that fails the test on an error in the console, in a script, or in the content security policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    # The browser writes every 4xx it is answered to the console; a 409 is an answer the tests ask for.
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" and "409" not in message.text else None)
    yield page
    context.close()
    assert not problems, problems
