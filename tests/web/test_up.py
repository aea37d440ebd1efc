"""`./firstcut up` as a person has it: it stands, brings back what dies, gives way to nobody, and ends with nothing left behind."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from studio.web.datafolder import DataFolder
from studio.web.environment import ROOT

pytestmark = pytest.mark.chaos


class Studio:
    """A running `up`, its words as they come."""

    def __init__(self, data: Path, *arguments: str) -> None:
        theirs = ("FIRSTCUT_", "DJANGO_", "DATABASE_", "VALKEY_", "STORAGE_", "SECRET_", "PYTHONDONTWRITEBYTECODE")
        ours = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "studio.web", "up", "--data", str(data), "--workers", "1", "--no-sample", *arguments],
            cwd=ROOT,
            env=ours,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.words = ""
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self.changed:
                self.words += line
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def hears(self, pattern: str, patience: float = 60.0) -> "re.Match[str]":
        with self.changed:
            self.changed.wait_for(lambda: re.search(pattern, self.words) or not self.reader.is_alive(), patience)
        found = re.search(pattern, self.words)
        assert found, f"{pattern!r} was never said:\n{self.words}"
        return found

    @property
    def url(self) -> str:
        return self.hears(r"Firstcut stands on (\S+)")[1]

    def child(self, words: str) -> psutil.Process:
        return next(p for p in psutil.Process(self.process.pid).children(recursive=True) if words in " ".join(p.cmdline()))

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return str(answer.read().decode())


@contextmanager
def studio(data: Path, *arguments: str) -> Iterator[Studio]:
    running = Studio(data, *arguments)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
        running.process.wait(30)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "a folder with a long name, and spaces in it, so that sockets could not stand inside" / "data"


def test_who_comes_while_it_starts_is_told_so_and_never_meets_a_fault(data: Path) -> None:
    """From the first moment in which its port is open until the pages come."""
    answers: list[tuple[int, str]] = []
    with studio(data) as up:
        up.hears("Firstcut, with everything in")
        while not answers or answers[-1][0] != 200:
            holder = DataFolder(data).holder()
            assert up.process.poll() is None, up.words
            if holder is None or not holder.url:
                threading.Event().wait(0.01)
                continue
            for path in ("/accounts/login/", "/healthz"):
                try:
                    with urllib.request.urlopen(holder.url + path, timeout=60) as answer:
                        answers.append((answer.status, answer.read().decode()))
                except urllib.error.HTTPError as refused:
                    answers.append((refused.code, refused.read().decode()))
                except OSError as broken:
                    pytest.fail(f"{path} broke off ({broken}) after {len(answers)} answers, the last {answers[-1:]}. The studio said:\n{up.words}")
    assert {status for status, _ in answers} <= {200, 503}
    assert all("being prepared" in words or '"ok": false' in words for status, words in answers if status == 503)


def test_it_stands_gives_way_to_nobody_and_brings_back_what_dies(data: Path) -> None:
    with studio(data) as up:
        assert "Sign in" in up.get("/accounts/login/")
        link = up.hears(r"http\S+/start/\S+")[0]
        assert "Welcome to your studio" in up.get(link.removeprefix(up.url))

        second = Studio(data)
        assert second.process.wait(20) == 1
        second.hears(rf"process {up.process.pid}.*{re.escape(up.url)}")

        beside = Studio(data.parent / "other")
        try:
            assert beside.url != up.url
        finally:
            beside.process.terminate()
            beside.process.wait(20)

        for words, name in (("studio.web.serve", "web"), ("valkey-server", "Valkey"), ("clerk@", "clerk")):
            up.child(words).kill()
            up.hears(rf"{name} ended \(signal SIGKILL\); starting it again")
        up.child("postgres -D").kill()
        up.hears(r"PostgreSQL ended")
        wait_until_healthy(up)

        began = time.monotonic()
        children = psutil.Process(up.process.pid).children(recursive=True)
        up.process.terminate()
        assert up.process.wait(20) == 0
        assert time.monotonic() - began < 10
        assert not [p for p in children if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_killed_without_a_word_it_leaves_nothing_running_and_starts_again_on_the_same_data(data: Path) -> None:
    with studio(data) as up:
        first = up.hears(r"/start/(\S+)/")[1]
        children = psutil.Process(up.process.pid).children(recursive=True)
        up.process.send_signal(signal.SIGKILL)
        up.process.wait(5)
        _, alive = psutil.wait_procs(children, timeout=15)
        assert not alive, [p.cmdline() for p in alive]
    with studio(data) as again:
        assert "Sign in" in again.get("/accounts/login/")
        assert again.hears(r"/start/(\S+)/")[1] != first
        with pytest.raises(urllib.error.HTTPError, match="404"):
            again.get(f"/start/{first}/")


def wait_until_healthy(up: Studio) -> None:
    """Asked again as a load balancer would; the supervisor's pauses are under a second for a first death."""
    until = time.monotonic() + 30
    while True:
        try:
            assert up.get("/healthz")
            return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < until, up.words
            threading.Event().wait(0.1)
