"""The studio under test: a real one in a folder of its own, whose every process can be found and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from studio.web.children import dies_with_parent
from studio.web.datafolder import DataFolder
from studio.web.environment import ROOT
from tests.chaos.places import Places

WORDS = {
    "desk": "desk@",
    "clerk": "clerk@",
    "web": "studio.web.serve",
    "broker": "valkey",
    "database": "postgres -D",
}
"""A part of the studio → what its command line holds. “worker 3” is found by where it runs, too."""


class NotThere(Exception):
    """A process or an answer that should be there is not."""


def clean_environment() -> dict[str, str]:
    """Ours without anything that could point at a studio somebody uses."""
    pointing = {"DATABASE_URL", "DATABASE_OWNER_URL", "VALKEY_URL", "STORAGE_URL", "EMAIL_URL", "SECRET_KEY"}
    kept = {"FIRSTCUT_POSTGRES_BIN", "FIRSTCUT_VALKEY", "FIRSTCUT_NO_NAMESPACES"}
    return {name: value for name, value in os.environ.items() if name in kept or not (name in pointing or name.startswith("FIRSTCUT_"))}


class Victim:
    def __init__(self, data: Path, workers: int = 2) -> None:
        self.data, self.workers = data, workers
        self.places: Places | None = None
        with socket.socket() as free:  # a port of its own: on the usual one another studio might answer for it
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = data / "chaos-house.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.chaos.house", "--data", str(self.data), "--workers", str(self.workers), "--no-sample"]
        command += ["--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=dies_with_parent()
            )
        self.wait_for_pages(90)

    def kill(self) -> None:
        """The supervisor ends without a word; its children are told by the kernel."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @property
    def far(self) -> int:
        """How many render workers there are, here and in places."""
        return self.workers + (self.places.count * self.places.workers if self.places else 0)

    def send_away(self, places: Places, more: dict[int, tuple[str, int]]) -> None:
        """Let workers run in these places too."""
        self.places = places
        places.make(more)
        places.keep()

    def stop(self) -> int:
        if self.places is not None:
            self.places.stop()
            self.places.remove()
            self.places = None
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def wait_for_pages(self, patience: float = 60.0) -> None:
        until = time.monotonic() + patience
        if self.places is not None:
            self.places.keep()
        while not self.answers():
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > until:
                raise NotThere(f"The studio does not answer:\n{self.log.read_text(errors='replace')[-3000:]}")
            threading.Event().wait(0.1)

    def answers(self) -> bool:
        holder = DataFolder(self.data).holder() if (self.data / "lock").exists() else None
        if holder is None or not holder.url:
            return False
        try:
            with urllib.request.urlopen(f"{holder.url}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def pid(self, part: str, patience: float = 60.0) -> int:
        """The process that is this part now; waits while it is being started again. Raises NotThere."""
        until = time.monotonic() + patience
        while True:
            parent, word = self._found_by(part)
            for pid in children(parent):
                if word in command_line(pid):
                    return pid
            if time.monotonic() > until:
                raise NotThere(f"The {part} was not started again within {patience:.0f} seconds.")
            threading.Event().wait(0.1)

    def _found_by(self, part: str) -> tuple[int, str]:
        """The process whose child this part is, and what its command line holds."""
        assert self.process is not None
        if not part.startswith("worker "):
            return self.process.pid, WORDS[part]
        number = int(part.split()[1])
        if number <= self.workers:
            return self.process.pid, f"worker{number}@"
        assert self.places is not None
        self.places.keep()
        place, inside = divmod(number - self.workers - 1, self.places.workers)
        process = self.places.running[place]
        return (process.pid if process is not None else 0), f"worker{inside + 1}@"

    def signal(self, part: str, number: signal.Signals) -> int:
        """Send it, and return to which process."""
        while True:
            pid = self.pid(part)
            try:
                os.kill(pid, number)
                return pid
            except ProcessLookupError:
                continue


def children(pid: int) -> list[int]:
    """The process's own children, as the kernel tells."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
