"""Keeps the studio's processes: starts them, starts again what dies, ends them in order.

Children end with the supervisor however it ends (PR_SET_PDEATHSIG), so that a kill -9 leaves nothing behind.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.web.children import dies_with_parent
from studio.web.services import CannotStart, Server, tail

LONGEST_PAUSE = 30.0
STEADY = 30.0
"""Seconds a process must have lived for its next death to count as a first one."""
RETIRED = 42
"""The exit status of a worker that an operator has retired."""
LOG_SIZE = 10 * 1024 * 1024


@dataclass
class Part:
    """One process of ours that should always be there."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    nice: int = 0
    patience: float = 6.0
    """Seconds between being asked to end and being made to."""
    pass_fds: tuple[int, ...] = ()

    def launch(self) -> subprocess.Popen[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_SIZE:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            return subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.pass_fds,
                preexec_fn=dies_with_parent(also=lambda: (os.nice(self.nice), None)[1]),
            )


@dataclass
class _Kept:
    process: subprocess.Popen[bytes]
    started: float
    launch: Callable[[], subprocess.Popen[bytes]]
    stop_signal: signal.Signals
    patience: float
    log: Path
    deaths: int = 0
    again_at: float | None = None


@dataclass
class Supervisor:
    say: Callable[[str], None]
    stopping: bool = False
    _retired: set[str] = field(default_factory=set)
    _kept: dict[str, _Kept] = field(default_factory=dict)
    """In the order of starting; ended in the reverse order."""

    def keep_server(self, server: Server, start: Callable[[], Server], log: Path) -> None:
        """Watch over a database or broker that runs already; `start` brings it back."""

        def launch() -> subprocess.Popen[bytes]:
            return start().process

        self._kept[server.name] = _Kept(server.process, time.monotonic(), launch, server.stop_signal, 8.0, log)

    def keep(self, part: Part) -> None:
        self._kept[part.name] = _Kept(part.launch(), time.monotonic(), part.launch, signal.SIGTERM, part.patience, part.log)

    def process(self, name: str) -> subprocess.Popen[bytes]:
        return self._kept[name].process

    def listen_for_signals(self) -> None:
        def stop(number: int, _: object) -> None:
            if self.stopping and number == signal.SIGINT:
                raise KeyboardInterrupt  # the second Ctrl-C: now
            self.stopping = True

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGHUP, stop)

    def watch(self) -> None:
        """Until asked to stop: bring back what died, later each time if it keeps dying."""
        while not self.stopping:
            self.look()
            time.sleep(0.2)

    def look(self) -> None:
        now = time.monotonic()
        for name, kept in self._kept.items():
            if kept.again_at is None and kept.process.poll() == RETIRED:
                if name not in self._retired:
                    self._retired.add(name)
                    self.say(f"{name} was retired by an operator; it is not started again.")
            elif kept.again_at is None and kept.process.poll() is not None:
                kept.deaths = 1 if now - kept.started > STEADY else kept.deaths + 1
                pause = min(LONGEST_PAUSE, 0.25 * 2 ** (kept.deaths - 1))
                kept.again_at = now + pause
                self.say(f"{name} ended ({_how(kept.process.returncode)}); starting it again in {pause:.2g} s. Its log: {kept.log}")
            elif kept.again_at is not None and now >= kept.again_at and not self.stopping:
                try:
                    kept.process = kept.launch()
                except (CannotStart, OSError) as error:
                    kept.deaths += 1
                    kept.again_at = now + min(LONGEST_PAUSE, 0.25 * 2 ** (kept.deaths - 1))
                    self.say(f"{name} does not start: {error}")
                else:
                    kept.started, kept.again_at = time.monotonic(), None

    def stop(self) -> None:
        """End everything: who works first, what they work on last. At most about ten seconds."""
        self.stopping = True
        servers = [kept for kept in self._kept.values() if kept.stop_signal == signal.SIGINT or kept.log.stem == "valkey"]
        parts = [kept for kept in self._kept.values() if kept not in servers]
        _end_together(parts)
        _end_together(servers)

    def failed_to_start(self, name: str) -> CannotStart:
        kept = self._kept[name]
        return CannotStart(f"{name} did not start ({_how(kept.process.poll())}). Its last words, in {kept.log}:\n{tail(kept.log)}")


def _end_together(group: Sequence[_Kept]) -> None:
    for kept in group:
        if kept.process.poll() is None:
            kept.process.send_signal(kept.stop_signal)
    until = time.monotonic() + max((kept.patience for kept in group), default=0.0)
    for kept in group:
        try:
            kept.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            kept.process.kill()  # what it held is safe: a lease runs out, a transaction rolls back
            kept.process.wait()


def _how(code: int | None) -> str:
    if code is None:
        return "still running"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
