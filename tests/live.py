"""A studio that really runs: the web server over the test's database, workers as processes, a browser before it.

A plugin, so that every folder of tests has the fixtures. A machine without Chromium is told loudly what did not run.
"""

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from studio.web.children import dies_with_parent
from studio.web.environment import ROOT
from tests.services import LISTENING, URL, as_owner

CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
]
_not_run: list[str] = []
_not_drawn: list[str] = []
_not_far: list[str] = []


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class LiveStudio:
    """A web server on `url`; `workers()` starts processes that do its jobs, ended with the test."""

    url: str
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def workers(
        self, count: int = 1, queues: str = "clerk,desk,work", part: str = "work", app: str = "studio.web.celery"
    ) -> list[subprocess.Popen[bytes]]:
        """Start Celery workers on the test's own database and broker. They consume at once; no need to wait for them."""
        started = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", app, "worker", "-Q", queues, "-P", "solo", "-l", "WARNING"),
                    *(
                        "-n",
                        f"test{len(self._processes) + number}-{time.monotonic_ns()}@live",
                        "--without-gossip",
                        "--without-mingle",
                        "--without-heartbeat",
                    ),
                ],
                cwd=ROOT,
                env={**os.environ, "FIRSTCUT_PART": "clerk" if "clerk" in queues else part, "NUMBA_NUM_THREADS": "1"},
                preexec_fn=dies_with_parent(),
            )
            for number in range(count)
        ]
        self._processes += started
        return started

    def stop_workers(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()


@pytest.fixture(scope="session")
def _web_server(django_db_setup: None) -> Iterator[str]:
    """uvicorn in a thread, once a session. Which rows it sees is the test's business: it must be transactional."""
    import uvicorn

    from studio.realtime.frames import FramedSockets
    from studio.web.asgi import application

    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", ws=FramedSockets, ws_per_message_deflate=False, lifespan="off"))
    thread = threading.Thread(target=lambda: server.run(sockets=[LISTENING]), daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("The web server of the tests did not start.")
        thread.join(0.01)
    yield URL
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def live_studio(_web_server: str, transactional_db: None) -> Iterator[LiveStudio]:
    studio = LiveStudio(_web_server)
    yield studio
    studio.stop_workers()
    _close_server_connections()


def _close_server_connections() -> None:
    """Sessions the server's threads left open would hold up emptying the tables."""
    as_owner(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@dataclass
class Complaints:
    """What a page complained of: console errors, content-policy violations, uncaught errors, answers of 500."""

    heard: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    @property
    def seen(self) -> list[str]:
        """What the browser complained of and nobody forgave."""
        return [line for line in self.heard if not any(word in line for word in self.forgiven)]

    def watch(self, page: Any) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        page.on("response", lambda answer: self.heard.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.heard.append(f"console: {message.text} ({message.location.get('url', '')})")

    def forgive(self, *words: str) -> None:
        """Overlook the complaints a test provokes on purpose, also one that the browser reports only later."""
        self.forgiven.extend(words)


class _Reasons(logging.Handler):
    """Writes the exception behind an answer of 500 beside what the browser says of it."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[0] is not None:
            told = "".join(traceback.format_exception(*record.exc_info)[-6:])
            self.heard.append(f"server: {record.getMessage()}\n{told}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    noted = Complaints()
    reasons = _Reasons(noted.heard)
    logging.getLogger("django.request").addHandler(reasons)
    yield noted
    logging.getLogger("django.request").removeHandler(reasons)


@pytest.fixture
def page_for(browser: Any, live_studio: LiveStudio, complaints: Complaints) -> Iterator[Callable[..., Any]]:
    """`page_for(person)` is a fresh browser window signed in as that person; at the end no page may have complained."""
    from django.conf import settings
    from django.test import Client

    contexts = []

    def make(person: Any = None, *, width: int = 1280, height: int = 800, **options: Any) -> Any:
        context = browser.new_context(base_url=live_studio.url, viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_studio.url, "httpOnly": True, "sameSite": "Lax"}]
            )
        page = context.new_page()
        complaints.watch(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints.seen, "The browser complained:\n" + "\n".join(complaints.seen)


@pytest.fixture
def page(page_for: Callable[..., Any]) -> Any:
    """A browser window in which nobody is signed in."""
    return page_for(None)


def pytest_runtest_logreport(report: Any) -> None:
    if report.skipped and "no Chromium" in str(report.longrepr):
        _not_run.append(report.nodeid)
    if report.skipped and "no network namespaces" in str(report.longrepr):
        _not_far.append(report.nodeid)
    if report.skipped and "no EGL" in str(report.longrepr):
        _not_drawn.append(report.nodeid)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _not_run:
        terminalreporter.section("BROWSER TESTS DID NOT RUN", red=True, bold=True)
        terminalreporter.line(f"{len(_not_run)} tests need Chromium, which is not on this machine. Install the package 'chromium' and run again.")
    if _not_far:
        terminalreporter.section("TESTS ACROSS NETWORKS DID NOT RUN", red=True, bold=True)
        terminalreporter.line(f"{len(_not_far)} tests need network namespaces: root, and the program ip (package iproute2).")
    if _not_drawn:
        terminalreporter.section("OPENGL TESTS DID NOT RUN", red=True, bold=True)
        terminalreporter.line(
            f"{len(_not_drawn)} tests need EGL, which is not on this machine. Install libegl1, libgl1 and libgl1-mesa-dri and run again."
        )
