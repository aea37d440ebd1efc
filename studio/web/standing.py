"""A studio without pages, for one command: the one that runs on the data folder already, else our own for as long as it is needed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from studio.web import stack, tables
from studio.web.commands.up import Preparing
from studio.web.datafolder import AlreadyRunning, DataFolder
from studio.web.environment import APP_ROLE, embedded_database_url, embedded_valkey_url
from studio.web.services import CannotStart, Postgres, Server, Valkey
from studio.web.supervisor import Supervisor

ASK_EVERY = 5.0
"""Seconds between two looks at whether the studio we lean on is still there."""


class Standing:
    """Database, broker, clerk, desk and workers on a data folder.

    While it is entered, call `look` often: it brings back what died of our own, and starts our own if the other studio was stopped.
    """

    def __init__(self, data: Path, *, workers: int, what: str, say: Callable[[str], None]) -> None:
        self.data, self.workers, self.what, self.say = data, workers, what, say
        self.folder = DataFolder(data)
        self.own = False
        self.supervisor = Supervisor(say)
        holder = self.folder.holder()
        self.url = os.environ.get("FIRSTCUT_URL") or (holder.url if holder else "") or "http://127.0.0.1:8000"
        self.environment = stack.surroundings(data, url=self.url, bind="127.0.0.1", workers=workers, sample=False)
        self._asked = time.monotonic()

    def __enter__(self) -> Standing:
        holder = self.folder.holder()
        if holder is None:
            self._start()
        else:
            self.say(f"Using the studio that runs on {self.data}" + (f" ({holder.url})" if holder.url else ""))
            self._wait_for_tables()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.own:
            self.supervisor.stop()
            self.folder.release()

    def look(self) -> None:
        if self.own:
            self.supervisor.look()
        elif time.monotonic() - self._asked > ASK_EVERY:
            self._asked = time.monotonic()
            if self.folder.holder() is None:
                self.say("The studio that ran here was stopped: going on with workers of our own.")
                with contextlib.suppress(AlreadyRunning):  # somebody was faster: then theirs serves
                    self._start()

    def _start(self) -> None:
        self.folder.hold(self.what)
        self.own = True
        try:
            self._start_parts()
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def _start_parts(self) -> None:
        logs = self.data / "logs"
        starters = (("DATABASE_URL", Postgres(self.data).start, "postgres.log"), ("VALKEY_URL", Valkey(self.data).start, "valkey.log"))
        for variable, starter, log in starters:
            if not os.environ.get(variable) or self.environment[variable] == self._embedded(variable):
                server: Server = starter()
                self.supervisor.keep_server(server, starter, logs / log)
        if not tables.current(self._owner_url):
            Preparing(self.environment).finish()
        self.supervisor.keep(stack.clerk(self.environment, self.data))
        self.supervisor.keep(stack.desk(self.environment, self.data))
        for number in range(1, self.workers + 1):
            self.supervisor.keep(stack.render_worker(number, self.environment, self.data))

    def _embedded(self, variable: str) -> str:
        """The address of our own server: it may stand in our environment because the command itself has put it there."""
        return embedded_database_url(self.data, APP_ROLE) if variable == "DATABASE_URL" else embedded_valkey_url(self.data)

    @property
    def _owner_url(self) -> str:
        return self.environment.get("DATABASE_OWNER_URL") or self.environment["DATABASE_URL"]

    def _wait_for_tables(self, patience: float = 60.0) -> None:
        until = time.monotonic() + patience
        while not tables.current(self._owner_url):
            if time.monotonic() > until:
                raise CannotStart(
                    f"The studio that holds {self.data} is of another version or does not come up. Stop it with Ctrl-C and start it again."
                )
            time.sleep(0.2)
