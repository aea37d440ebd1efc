"""A page of the studio's own style sheet and elements, on a loopback site under the studio's content policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.player.site import Site, site

PAGE = """<!doctype html>
<html lang="en" data-theme="dark">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Drawing</title>
  <link rel="icon" href="/static/favicon.svg">
  <link rel="stylesheet" href="/static/css/firstcut.css">
  <script src="/static/js/early.js"></script>
  <script type="module" src="/static/js/main.js"></script>
</head>
<body>
  <main class="page">
    <h1>Notes on a frame</h1>
    <div class="frame" data-aspect="16/9"><drawing-surface></drawing-surface></div>
    <button type="button" class="btn" id="draw">Draw</button> <input aria-label="Note" class="input">
  </main>
  <key-sheet></key-sheet>
</body>
</html>"""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as running:
        running.answers["/drawing/"] = PAGE
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page that fails the test on an error in the console, in a script, or in the content security policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, has_touch=True)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not problems, problems
