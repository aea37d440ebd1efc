"""Workers that remember, and films made by them, for tests in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import remembering
from tests.live import LiveStudio


@pytest.fixture
def workers(live_studio: LiveStudio, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`workers()` starts a clerk, a desk and two that render, or only the parts that are named; they end with the test."""

    def start(*parts: str) -> None:
        monkeypatch.setenv(remembering.FOLDER, str(pytestconfig.cache.mkdir("films")))
        monkeypatch.setenv("FIRSTCUT_SAMPLE", "0")
        for part in parts or ("clerk", "desk", "work"):
            app = "studio.web.celery" if part == "clerk" else "tests.browser.remembering"
            live_studio.workers(2 if part == "work" else 1, queues=part, part=part, app=app)

    return start
