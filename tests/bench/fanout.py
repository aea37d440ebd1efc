"""Progress to many open pages: our hub against stock Channels with its publish-subscribe layer, and our hub alone with more of both.

Each side is one uvicorn process with the same settings. Ours is the studio as it runs, sessions and rights included; the reference is
a group consumer as the documentation of Channels has it, over `channels_redis.pubsub`. Messages come from a process of their
own and carry the time they were sent; clients are plain sockets that count what arrives.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from studio.web.children import dies_with_parent
from studio.web.commands.up import listen
from studio.web.environment import ROOT
from tests.bench.ground import ground, percentile, running
from tests.bench.lines import at_most, line

SECONDS = 8.0
TICKS = os.sysconf("SC_CLK_TCK")
TIMES = re.compile(rb'"t": ?(\d+)')


@dataclass
class Heard:
    """What all clients of one run received: delays in milliseconds."""

    delays: list[float] = field(default_factory=list)
    sockets: int = 0


class Client(asyncio.Protocol):
    """A browser tab that only listens: enough of RFC 6455 for short text frames and pings."""

    def __init__(self, request: bytes, heard: Heard, ready: asyncio.Future[None]) -> None:
        self.request, self.heard, self.ready = request, heard, ready
        self.buffer = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        self.buffer += data
        if not self.open:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head[:20]:
                self.ready.set_exception(RuntimeError(head.decode(errors="replace")))
                return
            self.open, self.buffer = True, rest
            self.ready.set_result(None)
        while (frame := self._frame()) is not None:
            kind, payload = frame
            if kind == 9:
                self.transport.write(bytes([0x8A, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)
            if kind == 1:
                self.heard.delays += [(now - int(sent)) / 1e6 for sent in TIMES.findall(payload)]

    def _frame(self) -> tuple[int, bytes] | None:
        if len(self.buffer) < 2:
            return None
        length, head = self.buffer[1] & 127, 2
        if length == 126:
            if len(self.buffer) < 4:
                return None
            length, head = int.from_bytes(self.buffer[2:4]), 4
        if len(self.buffer) < head + length:
            return None
        kind, payload = self.buffer[0] & 15, self.buffer[head : head + length]
        self.buffer = self.buffer[head + length :]
        return kind, payload


@dataclass(frozen=True)
class Measured:
    delivered: float
    """Of all that should have arrived."""
    cpu: float
    """Microseconds of the server's processor time for one delivery."""
    p50: float
    p99: float


async def crowd(port: int, path: str, cookie: str, sockets: int, rate: int, publisher: list[str], server: int) -> Measured:
    loop = asyncio.get_running_loop()
    heard = Heard()
    lines = [
        f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Origin: http://127.0.0.1:{port}", f"Cookie: {cookie}", "", "",
    ]  # fmt: skip
    request = "\r\n".join(lines).encode()
    transports = []
    for _ in range(0, sockets, 20):
        ready = [loop.create_future() for _ in range(20)]
        for each in ready:
            transport, _ = await loop.create_connection(lambda each=each: Client(request, heard, each), "127.0.0.1", port)  # type: ignore[misc]
            transports.append(transport)
        await asyncio.wait_for(asyncio.gather(*ready), 60)
    await asyncio.sleep(2.0)  # whatever connecting has stirred up settles; not part of what is measured
    before = cpu_seconds(server)
    process = await asyncio.create_subprocess_exec(*publisher, str(rate), str(SECONDS))
    await process.wait()
    wanted, seen = sockets * int(rate * SECONDS), -1
    while len(heard.delays) < wanted and len(heard.delays) != seen:
        seen = len(heard.delays)
        await asyncio.sleep(1.0)
    spent = cpu_seconds(server) - before
    for transport in transports:
        transport.close()
    delays = heard.delays or [float("inf")]
    return Measured(len(heard.delays) / wanted, spent * 1e6 / max(1, len(heard.delays)), percentile(delays, 50), percentile(delays, 99))


def cpu_seconds(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


# --- the two sides ---


def publish(side: str, project: str, rate: float, seconds: float) -> None:
    """Runs in a process of its own: so many messages a second, each with the time it was sent."""
    body = ["9f1c2d3e-1111-2222-3333-444455556666", "shot", "17", 40, 96, 12.5, 3]
    count = int(rate * seconds)
    if side == "ours":
        import django

        django.setup()
        from studio.events import live

        began = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            live.publish(project, {"p": body, "t": time.monotonic_ns()})
        return
    from channels.layers import get_channel_layer

    from tests.bench import stock_channels  # noqa: F401  (sets Django up with the layer)

    async def send() -> None:
        layer = get_channel_layer()
        began = time.monotonic()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            await layer.group_send("project", {"type": "progress", "data": {"p": body, "t": time.monotonic_ns()}})

    asyncio.run(send())


def serve(module: str, listening: int, log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "studio.web.serve", "--fd", str(listening)]
    if module != "studio":
        code = (
            "import socket, uvicorn\n"
            f"listening = socket.socket(fileno={listening})\n"
            f"uvicorn.Server(uvicorn.Config('{module}:application', log_level='warning', access_log=False, ws='websockets-sansio',"
            " ws_per_message_deflate=False, lifespan='off')).run(sockets=[listening])"
        )
        command = [sys.executable, "-c", code]
    with log.open("ab") as out:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=out, pass_fds=(listening,), preexec_fn=dies_with_parent()
        )


def side(name: str, data: Path, sockets: int, rate: int) -> Measured:
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    environment = {**os.environ, "FIRSTCUT_URL": f"http://127.0.0.1:{port}"}
    publisher = [sys.executable, "-m", "tests.bench.fanout", "publish", name]
    if name == "ours":
        project, slug, cookie = member()
        path, publisher, module = f"/projects/{slug}/live", [*publisher, project], "studio"
        environment["FIRSTCUT_PART"] = "web"
    else:
        path, cookie, module = "/live", "", "tests.bench.stock_channels"
        publisher.append("-")
    with running(lambda: serve(module, listening.fileno(), data / f"{name}.log", environment)) as (server,):
        listening.close()
        try:
            return asyncio.run(crowd(port, path, cookie, sockets, rate, publisher, server.pid))
        except (OSError, RuntimeError, TimeoutError) as problem:
            raise SystemExit(f"fanout · {name} did not serve: {problem}\n{(data / f'{name}.log').read_text()[-2000:]}") from problem


def member() -> tuple[str, str, str]:
    """A project with somebody signed in who may see it: its id, its slug, and the session's cookie."""
    from django.conf import settings
    from django.test import Client as Browser

    from studio.accounts.actions import make_person
    from studio.accounts.models import Person
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY

    person = Person.objects.filter(email="bench@example.com").first() or make_person(email="bench@example.com", name="Bench", by="bench")
    project = start_project(name="Bench", by=person, rate=RATE_BY_KEY["24"], width=320, height=180)
    browser = Browser()
    browser.force_login(person)
    return str(project.pk), project.slug, f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def main() -> int:
    with ground() as data:
        ours, theirs = side("ours", data, 200, 20), side("reference", data, 200, 20)
        mine = f"{ours.cpu:.1f} µs ({ours.delivered:.1%}, p99 {ours.p99:.0f} ms)"
        other = f"Channels, pubsub layer {theirs.cpu:.1f} µs ({theirs.delivered:.1%}, p99 {theirs.p99:.0f} ms)"
        whole = ours.delivered == 1.0 and theirs.delivered > 0
        print(line("fan-out to 200 sockets × 20/s, processor time for one delivery", mine, other, ours.cpu / theirs.cpu, 0.15, whole), flush=True)
        alone = side("ours", data, 500, 50)
        name = f"fan-out to 500 sockets × 50/s, {alone.delivered:.2%} delivered, p50 {alone.p50:.1f} ms, p99"
        print(at_most(name, alone.p99, 25.0, "ms", alone.delivered == 1.0))
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["publish"]:
        publish(sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5]))
    else:
        sys.exit(main())
