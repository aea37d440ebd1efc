"""Workers that remember, and films made by them, for tests in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import remembering
from tests.live import LiveStudio


@pytest.fixture
def workers(live_studio: LiveStudio, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """`workers()` starts a clerk, a desk and two that render; they end with the test."""

    def start() -> None:
        monkeypatch.setenv(remembering.FOLDER, str(pytestconfig.cache.mkdir("films")))
        monkeypatch.setenv("FIRSTCUT_SAMPLE", "0")
        app = "tests.browser.remembering"
        live_studio.workers(1, queues="clerk")
        live_studio.workers(1, queues="desk", part="desk", app=app)
        live_studio.workers(2, queues="work", part="work", app=app)

    return start
