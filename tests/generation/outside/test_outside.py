"""Which addresses may be called, and what becomes of a call: against a real server that behaves as badly as it is told to."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generation import outside
from generation.contract import BadRequest, Cancelled
from generation.outside import Bounds, CutOff, Exchange, Patience, Unreachable, target

PUBLIC = "93.184.215.14"
NAMES = {
    "models.example": [PUBLIC],
    "six.example": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "inside.example": ["10.1.2.3"],
    "both.example": [PUBLIC, "127.0.0.1"],
    "mapped.example": ["::ffff:192.168.0.9"],
    "cloud.example": ["169.254.169.254"],
    "localhost": ["127.0.0.1", "::1"],
}


def names(host: str, port: int) -> list[str]:
    if host not in NAMES:
        raise Unreachable(f"no {host}")
    return NAMES[host]


# Refused whatever is said of the network …
NEVER = [
    "https://169.254.169.254/latest/meta-data", "https://[fe80::1]", "https://[::ffff:169.254.169.254]", "https://[64:ff9b::a9fe:a9fe]",
    "https://cloud.example", "https://[fd00:ec2::254]", "https://100.100.100.200", "https://0.0.0.0", "https://[::]", "https://0.1.2.3",
    "https://224.0.0.1", "https://[ff02::1]", "https://255.255.255.255", "https://240.0.0.1", "https://[::127.0.0.1]",
    "ftp://models.example", "file:///etc/passwd", "gopher://models.example", "javascript:alert(1)", "models.example", "",
    "https://", "//models.example",
    "https://user@models.example", "https://models.example:80@127.0.0.1/", "https://models.example\\@127.0.0.1", "https://models.example /",
    "https://models.example\r\nX-Key: 1", "https://127.1", "https://2130706433", "https://0x7f000001", "https://0x7f.0.0.1", "https://0177.0.0.1",
    "https://127.0.0.1.5", "https://[::1%25lo]", "https://%31%32%37.0.0.1", "https://models.example:0", "https://models.example:99999",
    "https://models.example/?key=1", "https://models.example/#v1", "https://" + "a" * 3000, "https://[::1",
]  # fmt: skip
# … and unless an operator says that it is our own.
OWN_ONLY = [
    "https://127.0.0.1", "https://127.0.0.1.", "https://127.9.9.9:8000/v1", "https://localhost", "https://LOCALHOST.", "https://[::1]",
    "https://[::ffff:127.0.0.1]", "https://[::ffff:7f00:1]", "https://10.0.0.1", "https://172.16.0.1", "https://172.31.255.254",
    "https://192.168.1.1", "https://100.64.0.1", "https://[fc00::1]", "https://[fd12:3456::1]", "https://192.0.2.1", "https://198.18.0.1",
    "https://[2001:db8::1]", "https://[2002:7f00:1::]", "https://[64:ff9b::10.0.0.1]", "https://①②⑦.⓪.⓪.①", "https://inside.example",
    "https://both.example", "https://mapped.example", "http://models.example/v1", "http://127.0.0.1:8000",
]  # fmt: skip


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("url", NEVER)
def test_some_addresses_are_never_called(url: str, own: bool) -> None:
    with pytest.raises(BadRequest):
        target(url, own_network=own, resolve=names)


@pytest.mark.parametrize("url", OWN_ONLY)
def test_addresses_inside_a_network_are_called_only_where_an_operator_said_so(url: str) -> None:
    with pytest.raises(BadRequest):
        target(url, resolve=names)
    assert target(url, own_network=True, resolve=names).addresses


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://models.example/v1/", ("https", "models.example", 443, "/v1")),
        ("https://MODELS.example:8443", ("https", "models.example", 8443, "")),
        ("https://six.example/a/b", ("https", "six.example", 443, "/a/b")),
        (f"https://{PUBLIC}", ("https", PUBLIC, 443, "")),
    ],
)
def test_others_may_be_called(url: str, expected: tuple[Any, ...]) -> None:
    found = target(url, resolve=names)
    assert (found.scheme, found.host, found.port, found.path) == expected


def test_the_guard_counts_at_least_forty_forms() -> None:
    assert len(set(NEVER + OWN_ONLY)) >= 60


# --- calls ---


def _request(line: socket.socket) -> bytes:
    """All of it: to close a line with bytes unread is to break it, and what was answered with it."""
    heard = b""
    while True:
        head, end, body = heard.partition(b"\r\n\r\n")
        length = re.search(rb"(?im)^content-length: *(\d+)", head)
        if end and len(body) >= (int(length[1]) if length else 0):
            return heard
        part = line.recv(65536)
        if not part:
            return heard
        heard += part


class Rude:
    """A server that answers each connection with these bytes, piece by piece, then hangs up; None: it says nothing until it is let go."""

    def __init__(self, *pieces: bytes | None) -> None:
        self.pieces, self.heard = pieces, b""
        self.calls = 0
        self.let_go = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line:
                self.calls += 1
                try:
                    self.heard = _request(line)
                    for piece in self.pieces:
                        if piece is None:
                            self.let_go.wait(20)
                        else:
                            line.sendall(piece)
                except OSError:
                    continue

    def close(self) -> None:
        self.let_go.set()
        self._listening.close()


@pytest.fixture
def rude() -> Iterator[Callable[..., Rude]]:
    made: list[Rude] = []

    def make(*pieces: bytes | None) -> Rude:
        made.append(Rude(*pieces))
        return made[-1]

    yield make
    for server in made:
        server.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def test_an_answer_is_read_whole_and_line_by_line(rude: Callable[..., Rude]) -> None:
    server = rude(HEAD + b"Content-Length: 12\r\n\r\n", b"one\r\nt", b"wo\nsix")
    with Exchange(server.url, "POST", "/say", body=b"hello", headers={"X-Key": "k"}, own_network=True) as answer:
        assert answer.status == 200 and answer.headers["content-type"] == "text/plain"
        assert list(answer.lines()) == ["one", "two", "six"]
    assert server.heard.startswith(b"POST /say HTTP/1.1\r\nHost: 127.0.0.1:") and b"X-Key: k\r\n" in server.heard


@pytest.mark.parametrize(
    "pieces",
    [
        (HEAD + b"Content-Length: 100\r\n\r\n", b"only this"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n", b"5\r\nwo"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nfish\r\n",),
        (b"what is this\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",),
        (),
    ],
)
def test_an_answer_that_is_not_whole_is_told_apart(rude: Callable[..., Rude], pieces: tuple[bytes, ...]) -> None:
    with pytest.raises(CutOff), Exchange(rude(*pieces).url, own_network=True) as answer:
        answer.read()


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(rude: Callable[..., Rude], code: int) -> None:
    inner = rude(HEAD + b"\r\nsecret")
    outer = rude(f"HTTP/1.1 {code} Elsewhere\r\nLocation: {inner.url}/x\r\nContent-Length: 0\r\n\r\n".encode())
    with pytest.raises(BadRequest, match="leads elsewhere"), Exchange(outer.url, own_network=True):
        pass
    assert (outer.calls, inner.calls) == (1, 0)


def test_a_name_that_changes_its_mind_is_looked_up_once_and_pinned(rude: Callable[..., Rude]) -> None:
    server = rude(HEAD + b"Content-Length: 2\r\n\r\nhi")
    port = server.url.rsplit(":", 1)[1]
    asked: list[str] = []

    def turning(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with Exchange(f"http://turning.example:{port}", own_network=True, resolve=turning) as answer:
        assert answer.read() == b"hi"
    assert asked == ["turning.example"] and f"Host: turning.example:{port}".encode() in server.heard
    with pytest.raises(BadRequest, match="never called"), Exchange(f"http://turning.example:{port}", own_network=True, resolve=turning):
        pass
    with pytest.raises(BadRequest, match="inside a network"), Exchange(f"https://x.example:{port}", resolve=lambda *_: ["127.0.0.1"]):
        pass
    assert server.calls == 1


def test_a_silent_machine_is_left_after_its_time_and_at_once_on_cancel(rude: Callable[..., Rude]) -> None:
    with pytest.raises(Unreachable, match="said nothing for"), Exchange(rude(None).url, own_network=True, bounds=Bounds(idle=0.3)):
        pass
    server, began = rude(HEAD + b"\r\nsome", None), time.monotonic()

    def tick() -> None:
        if time.monotonic() - began > 0.3:
            raise Cancelled("stop")

    with pytest.raises(Cancelled), Exchange(server.url, own_network=True, tick=tick) as answer:
        answer.read()
    assert time.monotonic() - began < 1.3


def test_too_much_is_not_read(rude: Callable[..., Rude]) -> None:
    with pytest.raises(BadRequest, match="more than 1,000 bytes"), Exchange(rude(HEAD + b"\r\n" + b"a" * 5000).url, own_network=True) as answer:
        answer.read(limit=1000)
    endless = rude(HEAD + b"\r\n", *([b"a" * (1 << 20)] * 6))
    with pytest.raises(BadRequest, match="line without an end"), Exchange(endless.url, own_network=True) as answer:
        list(answer.lines())


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreachable, match="does not answer"), Exchange(f"http://127.0.0.1:{port}", own_network=True):
        pass


def test_plain_http_is_no_safe_connection(rude: Callable[..., Rude]) -> None:
    server = rude(b"HTTP/1.1 200 OK\r\n\r\n")
    bounds = Bounds(connect=0.3)
    with pytest.raises(Unreachable, match="No safe connection"), Exchange(server.url.replace("http", "https"), own_network=True, bounds=bounds):
        pass


def test_retry_after_is_read_as_seconds_or_a_date() -> None:
    assert outside.asked_to_wait({"retry-after": "3"}) == 3
    assert outside.asked_to_wait({"retry-after": "0.25"}) == 0.25
    assert outside.asked_to_wait({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert outside.asked_to_wait({"retry-after": "Wed, 21 Oct 2099 07:28:00 GMT"}) > 1e9  # type: ignore[operator]
    assert outside.asked_to_wait({}) is outside.asked_to_wait({"retry-after": "soon"}) is None


def test_patience_ends_by_number_by_time_and_by_cancel() -> None:
    problem, ticks = Unreachable("gone"), []
    patience = Patience(lambda: ticks.append(1), tries=3, first=0.001)
    patience.wait(problem)
    patience.wait(problem)
    with pytest.raises(Unreachable):
        patience.wait(problem)
    assert ticks
    with pytest.raises(Unreachable):
        Patience(lambda: None, seconds=5).wait(problem, asked=3600)

    def stop() -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        Patience(stop).wait(problem, asked=60)
