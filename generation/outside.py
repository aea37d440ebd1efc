"""Reaching other machines: which addresses may be called, one connection to exactly the address that was checked, answers read within bounds.

Guarantees: a name is looked up once for each connection, every address it has is judged, and the connection goes to one of those and nowhere
else, so that a name that changes its mind is of no use; no redirect is followed; no proxy of the environment is used; nothing is read beyond
its bounds in size and time; whoever waits is asked (`tick`) every fifth of a second whether it still wants to.
"""

from __future__ import annotations

import http.client
import ipaddress
import queue
import random
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from generation.contract import BadRequest, Transient

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]
Tick = Callable[[], None]

LOOK = 0.2  # seconds between two ticks
CHUNK = 65536
LONGEST_LINE = 4 * 1024 * 1024
LONGEST_ADDRESS = 2000
THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
COMPATIBLE = ipaddress.ip_network("::/96")
# Where clouds hand their credentials to whatever runs there, outside the link-local range.
METADATA = frozenset(ipaddress.ip_address(text) for text in ("fd00:ec2::254", "100.100.100.200", "192.0.0.192"))
NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]*))*", re.IGNORECASE)


class Unreachable(Transient):
    """The other machine could not be reached, or said nothing for too long."""


class CutOff(Transient):
    """The answer ended before it was whole."""


@dataclass(frozen=True)
class Target:
    """A checked place to connect to. `addresses` are all that the name has, each of them allowed; `path` is the address's own, without a
    slash at its end."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]
    path: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return f"{self.scheme}://{host}" + ("" if self.port == usual else f":{self.port}")


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order of the system. Raises `Unreachable`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"The name “{host}” cannot be looked up ({error}). Is it spelt right, and is this machine on the network?") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def split(url: str) -> tuple[str, str, int, str]:
    """(scheme, host, port, path) of an address a person typed. Raises `BadRequest` for whatever two readers might read differently."""
    if not url or len(url) > LONGEST_ADDRESS or re.search(r"[\x00-\x20\x7f-\xa0\\]", url):
        raise BadRequest("The address must be one http:// or https:// address without spaces or backslashes.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode().lower()
    except (ValueError, UnicodeError) as error:
        raise BadRequest(f"“{url[:80]}” cannot be read as an address: {error}.") from error
    if parts.scheme not in ("http", "https"):
        raise BadRequest(f"An address begins with http:// or https://; “{url[:60]}” does not.")
    if "@" in parts.netloc or "%" in parts.netloc or not host:
        raise BadRequest("The address must be a plain host name, without a user or password in it; a key has a field of its own.")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise BadRequest("The address must have no “?” or “#” in it; a key has a field of its own.")
    if port == 0:
        raise BadRequest("Port 0 is no port.")
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80), parts.path.rstrip("/")


def target(url: str, *, own_network: bool = False, resolve: Resolver = look_up) -> Target:
    """Where `url` leads, if it may be called. `own_network`: an operator said that this one stands on our own network, which allows this
    machine itself and private addresses, and plain http. Raises `BadRequest` with why not, `Unreachable` for a name nobody knows."""
    scheme, host, port, path = split(url)
    addresses = tuple(_literal(host) or resolve(host, port))
    if not addresses:
        raise Unreachable(f"The name “{host}” has no address.")
    for text in addresses:
        why = refusal(ipaddress.ip_address(text.partition("%")[0]), own_network=own_network)
        if why:
            raise BadRequest(f"“{host}” is {text}, {why}")
    if scheme == "http" and not own_network:
        raise BadRequest("A machine outside our own network is called by https:// only, because the key would travel readable to everybody.")
    return Target(scheme, host, port, addresses, path)


def judge(url: str, *, own_network: bool = False) -> None:
    """What can be known of an address without looking its name up. Raises `BadRequest`."""
    target(url, own_network=own_network, resolve=lambda *_: ["1.1.1.1"])


def _literal(host: str) -> list[str]:
    """The host as an address, if it is one; empty for a name. Raises `BadRequest` for the ways of writing one that readers disagree about."""
    with suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    if ":" in host or NUMERIC.fullmatch(host):
        raise BadRequest(f"“{host}” is a number, and not an address as it is usually written (four decimal numbers, or IPv6 in brackets).")
    return []


def refusal(address: Address, *, own_network: bool) -> str:
    """Why an address may not be called, as the end of a sentence; empty if it may. An IPv4 address inside an IPv6 one counts as itself."""
    for inner in _inside(address):
        if why := refusal(inner, own_network=own_network):
            return why
        if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in NAT64):
            return ""
    if address in METADATA or (address.is_link_local and not address.is_loopback):
        return "where a machine's own credentials are handed out. That is never called."
    if address.is_multicast or address.is_unspecified or address in THIS_NETWORK or (address.is_reserved and not address.is_loopback):
        return "which is no single machine's address. That is never called."
    if not address.is_global and not own_network:
        return "an address inside a network. If it is one of your own machines, tick “on our own network”."
    return ""


def _inside(address: Address) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64 or (address in COMPATIBLE and int(address) > 1):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


def connect(place: Target, timeout: float) -> socket.socket:
    """A connection to one of the checked addresses, over TLS for https with the name verified. Raises `Unreachable`."""
    problem: Exception | None = None
    for address in place.addresses:
        try:
            plain = socket.create_connection((address, place.port), timeout)
        except OSError as error:
            problem = error
            continue
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if place.scheme == "http":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=place.host)
        except (ssl.SSLError, OSError) as error:
            plain.close()
            raise Unreachable(f"No safe connection to {place.origin}: {getattr(error, 'verify_message', '') or error}.") from error
    raise Unreachable(f"{place.origin} does not answer: {problem}.") from problem


class _Pinned(http.client.HTTPConnection):
    """Speaks HTTP over a connection that is there already."""

    def __init__(self, place: Target, sock: socket.socket) -> None:
        super().__init__(place.host, place.port)
        self.default_port = 443 if place.scheme == "https" else 80  # decides whether the Host header names the port
        self.sock = sock

    def connect(self) -> None:
        raise http.client.NotConnected("A connection is used once.")


@dataclass(frozen=True)
class Bounds:
    """How long and how much. `idle`: seconds without a byte, counted from sending; `total`: seconds in all."""

    connect: float = 10.0
    idle: float = 120.0
    total: float = 3600.0
    size: int = 64 * 1024 * 1024


class Exchange:
    """One request and its answer, as a context manager:

        with Exchange(url, "POST", "/chat/completions", body=…, tick=…) as answer:
            answer.status, answer.headers; answer.read() or answer.lines()

    The network is waited for on a thread of its own, so that `tick` is called every fifth of a second whatever it does; an exception of
    `tick` ends the exchange. Raises `BadRequest` for an address that may not be called or that redirects, `Unreachable`, `CutOff`.
    """

    def __init__(
        self,
        url: str,
        method: str = "GET",
        path: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        own_network: bool = False,
        tick: Tick = lambda: None,
        bounds: Bounds | None = None,
        resolve: Resolver = look_up,
    ) -> None:
        self._url, self._method, self._path = url, method, path
        self._headers, self._body = {"Accept-Encoding": "identity", "Connection": "close", **(headers or {})}, body
        self._own, self._tick, self._bounds, self._resolve = own_network, tick, bounds or Bounds(), resolve
        self._heard: queue.Queue[Any] = queue.Queue(maxsize=64)
        self._over = threading.Event()
        self._socket: socket.socket | None = None
        self._began = time.monotonic()
        self._taken = 0
        self.sent = False  # whether the request may have reached the other machine; while it is False, it certainly has not
        self.status = 0
        self.headers: Mapping[str, str] = {}

    def __enter__(self) -> Exchange:
        threading.Thread(target=self._talk, name="exchange", daemon=True).start()
        try:
            self.status, self.headers = self._next()
            if 300 <= self.status < 400:
                where = self.headers.get("location", "")[:200]
                raise BadRequest(f"The address leads elsewhere ({where or 'nowhere named'}). Nothing follows it; give the right address itself.")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, at whatever point it is."""
        self._over.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def read(self, limit: int | None = None) -> bytes:
        """The whole body. Raises `BadRequest` if it is longer than `limit` bytes."""
        return b"".join(self.chunks(limit))

    def chunks(self, limit: int | None = None) -> Iterator[bytes]:
        most = self._bounds.size if limit is None else limit
        while (part := self._next()) is not None:
            self._taken += len(part)
            if self._taken > most:
                raise BadRequest(f"The answer has more than {most:,} bytes, which is more than is read.")
            yield part

    def lines(self) -> Iterator[str]:
        """The body as lines without their ends, as they come. Raises `BadRequest` for one that does not end."""
        rest = b""
        for part in self.chunks():
            *whole, rest = (rest + part).split(b"\n")
            for line in whole:
                yield line.rstrip(b"\r").decode("utf-8", "replace")
            if len(rest) > LONGEST_LINE:
                raise BadRequest("The answer has a line without an end.")
        if rest:
            yield rest.decode("utf-8", "replace")

    def _next(self) -> Any:
        """The head, then pieces of the body, then None."""
        quiet = time.monotonic()
        while True:
            self._tick()
            if time.monotonic() - self._began > self._bounds.total:  # also of one that says a little all the time
                raise Unreachable(f"The other machine did not finish within {self._bounds.total:g} seconds.")
            try:
                heard = self._heard.get(timeout=LOOK)
            except queue.Empty:
                if time.monotonic() - quiet > self._bounds.idle:
                    raise Unreachable(f"The other machine said nothing for {self._bounds.idle:g} seconds.") from None
                continue
            if isinstance(heard, BaseException):
                raise heard
            return heard

    # --- on the other thread ---

    def _talk(self) -> None:
        try:
            place = target(self._url, own_network=self._own, resolve=self._resolve)
            self._socket = connect(place, self._bounds.connect)
            with self._socket:
                if self._over.is_set():
                    return
                self._socket.settimeout(self._bounds.idle + 2 * LOOK)
                self._exchange(_Pinned(place, self._socket), place.path + self._path)
        except (BadRequest, Transient) as problem:
            self._tell(problem)
        except http.client.IncompleteRead as problem:
            self._tell(CutOff("The answer was cut off half way."), problem)
        except (http.client.HTTPException, ValueError) as problem:
            self._tell(CutOff(f"The answer is no HTTP ({type(problem).__name__})."), problem)
        except OSError as problem:
            self._tell(CutOff(f"The connection broke: {problem}."), problem)
        except BaseException as problem:  # whoever waits must hear of it, whatever it was
            self._tell(problem)

    def _exchange(self, line: _Pinned, path: str) -> None:
        self.sent = True
        line.request(self._method, path or "/", self._body, dict(self._headers))
        answer = line.getresponse()
        self._tell((answer.status, {name.lower(): value for name, value in answer.getheaders()}))
        while part := answer.read1(CHUNK):
            self._tell(part)
        if answer.length:  # it promised more
            raise http.client.IncompleteRead(b"", answer.length)
        self._tell(None)

    def _tell(self, what: Any, cause: BaseException | None = None) -> None:
        if cause is not None:
            what.__cause__ = cause
        while not self._over.is_set():
            with suppress(queue.Full):
                self._heard.put(what, timeout=LOOK)
                return


def pause(seconds: float, tick: Tick) -> None:
    """Wait, asking all the while whether that is still wanted."""
    until, never = time.monotonic() + seconds, threading.Event()
    while (left := until - time.monotonic()) > 0:
        tick()
        never.wait(min(LOOK, left))


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that an answer's Retry-After asks for, as a number or a date; None if it says nothing that can be read."""
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", said):
        return float(said)
    try:
        when = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


class Patience:
    """How often, and for how long in all, something is tried again: after the pause that was asked for, else after twice as long each time;
    spread at random so that many who were turned away do not come back together."""

    def __init__(self, tick: Tick, *, tries: int = 6, seconds: float = 120.0, first: float = 0.3, longest: float = 20.0) -> None:
        self._tick, self._left, self._until = tick, tries - 1, time.monotonic() + seconds
        self._pause, self._longest = first, longest

    def wait(self, problem: Transient, asked: float | None = None) -> None:
        """Wait for the next try. Raises `problem` if there is none."""
        pausing = random.uniform(self._pause / 2, self._pause) if asked is None else asked + random.uniform(0, max(0.1, asked / 4))
        self._pause = min(self._longest, self._pause * 2)
        if self._left <= 0 or time.monotonic() + pausing > self._until:
            raise problem
        self._left -= 1
        pause(pausing, self._tick)
