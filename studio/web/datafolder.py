"""Whose a data folder is: one studio's at a time, known to all."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.web.environment import socket_folder
from studio.web.services import Postgres, Server, Valkey


class AlreadyRunning(Exception):
    """Another studio holds this data folder; the message says which."""


@dataclass
class Holder:
    """Who runs a studio on a data folder, in its own words."""

    pid: int
    url: str = ""
    what: str = "up"


class DataFolder:
    """A data folder, held by one studio at a time. The lock is the kernel's: it ends with its holder, however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def hold(self, what: str) -> None:
        """Raises AlreadyRunning if another process holds it."""
        self.path.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            holder = self.holder()
            where = f" and stands on {holder.url}" if holder and holder.url else ""
            pid = f" (process {holder.pid})" if holder else ""
            raise AlreadyRunning(f"A studio already runs on {self.path}{pid}{where}. Stop it, or give another folder with --data.") from None
        self._file = file
        self.say(what=what)

    def say(self, *, what: str, url: str = "") -> None:
        """Leave word for others about who holds it."""
        assert self._file is not None, "only the holder says who it is"
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps({"pid": os.getpid(), "url": url, "what": what}).encode(), 0)

    def release(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # not there, or not empty because a server would not end
                socket_folder(self.path).rmdir()
            os.close(self._file)
            self._file = None

    def holder(self) -> Holder | None:
        """Who holds it now, or None. Asking does not take it."""
        path = self.path / "lock"
        if not path.exists():
            return None
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return None
        except BlockingIOError:
            try:
                return Holder(**json.loads(os.pread(file, 4096, 0)))
            except (ValueError, TypeError):  # just taken, nothing written yet
                return Holder(pid=0)
        finally:
            os.close(file)


@contextlib.contextmanager
def database_running(data: Path, *, what: str, seeded: bool = True) -> Iterator[None]:
    """A database and a broker for one command: the running studio's, else our own for as long as the command takes."""
    folder = DataFolder(data)
    if folder.holder():
        yield
        return
    folder.hold(what)
    servers: list[Server] = []
    try:
        if not os.environ.get("DATABASE_URL"):
            servers.append(Postgres(data, seeded=seeded).start())
        if not os.environ.get("VALKEY_URL"):
            servers.append(Valkey(data).start())
        yield
    finally:
        for server in reversed(servers):
            server.stop()
        folder.release()
