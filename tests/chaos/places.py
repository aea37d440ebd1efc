"""Other machines, as far as the network is concerned: namespaces of the kernel, joined to this one by a bridge, from which the studio is
reached by TCP alone. `./firstcut worker` runs in each, as on a machine of its own.

    bridge 10.x.y.1 ── 10.x.y.2 (first place)
      relays to the     10.x.y.3 (second place) …
      studio's sockets

x and y are this process's own, so that two that make places at once do not meet.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from studio.web.children import dies_with_parent
from studio.web.environment import ROOT

NETWORK = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"
HOST = f"{NETWORK}.1"
POSTGRES, VALKEY = 5432, 6379
NAMED = 'echo "$0" >/proc/sys/kernel/hostname && exec "$@"'
"""A place has a name of its own too, by which the farm and the shelf know it."""


def ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True)


def possible() -> str:
    """Why places cannot be made here; empty if they can."""
    for program, package in (("ip", "iproute2"), ("unshare", "util-linux")):
        if shutil.which(program) is None:
            return f"the program “{program}” (package {package}) is not installed"
    trial, bridge = Place(1, f"t{os.getpid() % 4096:03x}"), f"fct{os.getpid() % 4096:03x}"
    try:
        ip("link", "add", bridge, "type", "bridge")
        trial.make(bridge)
        subprocess.run(trial.inside("true"), check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as problem:
        return f"network namespaces cannot be made: {problem.stderr.strip() or problem}"
    finally:
        trial.remove()
        ip("link", "delete", bridge, check=False)
    return ""


@dataclass
class Place:
    """One namespace and the workers in it."""

    number: int
    mark: str

    @property
    def name(self) -> str:
        return f"firstcut-{self.mark}-{self.number}"

    @property
    def link(self) -> str:
        """The end of its cable that lies with us."""
        return f"fc{self.mark}{self.number}"

    def make(self, bridge: str) -> None:
        inner = f"{self.link}i"
        ip("netns", "add", self.name)
        ip("link", "add", self.link, "type", "veth", "peer", "name", inner)
        ip("link", "set", self.link, "master", bridge, "up")
        ip("link", "set", inner, "netns", self.name)
        ip("-n", self.name, "address", "add", f"{NETWORK}.{self.number + 1}/24", "dev", inner)
        ip("-n", self.name, "link", "set", inner, "up")
        ip("-n", self.name, "link", "set", "lo", "up")

    def inside(self, *command: str) -> list[str]:
        """The command as it is started there. It keeps its process: nothing stands between."""
        return ["ip", "netns", "exec", self.name, "unshare", "--uts", "sh", "-c", NAMED, self.name, *command]

    def power_off(self) -> None:
        """Every process there is gone at once, and none had time to say so."""
        for pid in ip("netns", "pids", self.name).stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    def cut(self) -> None:
        """Pull its cable: nothing arrives any more, and nobody is told."""
        ip("link", "set", self.link, "down")

    def mend(self) -> None:
        ip("link", "set", self.link, "up")

    def remove(self) -> None:
        ip("link", "delete", self.link, check=False)
        ip("netns", "delete", self.name, check=False)


@dataclass
class Places:
    """`count` places with `workers` each, for the studio whose sockets are `postgres` and `valkey`."""

    count: int
    workers: int
    postgres: Path
    valkey: Path
    environment: dict[str, str]
    data: Path
    queues: str = "desk,work,gpu"
    grace: float = 3.0
    running: list[subprocess.Popen[bytes] | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mark = f"{os.getpid() % 46656:04x}"[-4:]
        self.bridge = f"fcb{self.mark}"
        self.places = [Place(number + 1, self.mark) for number in range(self.count)]
        self.running = [None] * self.count

    def make(self, more: dict[int, tuple[str, int]] | None = None) -> None:
        """The bridge, the places and the relays; `more`: ports of the bridge and the addresses they lead to."""
        ip("link", "add", self.bridge, "type", "bridge")
        ip("address", "add", f"{HOST}/24", "dev", self.bridge)
        ip("link", "set", self.bridge, "up")
        for place in self.places:
            place.make(self.bridge)
        self.relays = Relays({POSTGRES: self.postgres, VALKEY: self.valkey, **(more or {})})
        self.relays.start()

    def keep(self) -> None:
        """Start what is not running, as a machine's own supervisor would."""
        for index, place in enumerate(self.places):
            process = self.running[index]
            if process is None or process.poll() is not None:
                self.running[index] = self._start(place)

    def _start(self, place: Place) -> subprocess.Popen[bytes]:
        data = self.data / place.name
        data.mkdir(parents=True, exist_ok=True)
        command = place.inside(sys.executable, "-m", "tests.chaos.house", "worker", "--data", str(data))
        command += ["--workers", str(self.workers), "--queues", self.queues, "--grace", str(self.grace)]
        with (data / "worker.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=dies_with_parent()
            )

    def stop(self) -> None:
        for process in self.running:
            if process is not None:
                process.terminate()
        for process in self.running:
            if process is not None:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def remove(self) -> None:
        if hasattr(self, "relays"):
            self.relays.stop()
        for place in self.places:
            place.remove()
        ip("link", "delete", self.bridge, check=False)


class Relays(threading.Thread):
    """Ports of the bridge that lead to a socket file or an address here. What is not there hangs up, as a machine would on which nothing listens."""

    def __init__(self, ports: dict[int, Path | tuple[str, int]]) -> None:
        super().__init__(daemon=True, name="relays")
        self.ports, self.loop, self.ready = ports, asyncio.new_event_loop(), threading.Event()

    def run(self) -> None:
        servers = self.loop.run_until_complete(self._listen())
        self.ready.set()
        self.loop.run_forever()
        for server in servers:
            server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def start(self) -> None:
        super().start()
        if not self.ready.wait(10):
            raise RuntimeError("The relays did not start.")

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join(5)

    async def _listen(self) -> list[asyncio.Server]:
        servers = []
        for port, there in self.ports.items():

            async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, there: Path | tuple[str, int] = there) -> None:
                try:
                    inward = await (asyncio.open_unix_connection(there) if isinstance(there, Path) else asyncio.open_connection(*there))
                except OSError:
                    writer.close()
                    return
                await asyncio.gather(_pump(reader, inward[1]), _pump(inward[0], writer))

            servers.append(await asyncio.start_server(carry, HOST, port))
        return servers


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(2**16):
            writer.write(piece)
            await writer.drain()
    writer.close()
