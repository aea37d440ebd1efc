"""Servers that misbehave as they are told to: one that takes mail, one that is called by webhooks. Both on loopback."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Post(socketserver.ThreadingTCPServer):
    """`greeting` is its first word to everybody; `answers` are what it says to the ends of the next mails ("451 later", "550 no", "hang up",
    "recipient 450"); then it takes them."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, greeting: str = "220 here") -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.greeting = greeting
        self.connections = 0
        self.on_taken: Callable[[], object] = lambda: None
        self.taken: list[Message] = []
        self.answers: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.server.connections += 1
        self._say(self.server.greeting)
        while line := self.rfile.readline():
            match line.split()[0].upper() if line.split() else b"":
                case b"RCPT" if self.server.answers and self.server.answers[0].startswith("recipient "):
                    self._say(self.server.answers.pop(0).removeprefix("recipient ") + " not this one")
                case b"DATA":
                    if not self._data():
                        return
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 well")

    def _data(self) -> bool:
        self._say("354 go on")
        body = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            body += line
        answer = self.server.answers.pop(0) if self.server.answers else "250 taken"
        if answer.startswith("250") or answer == "hang up":
            self.server.taken.append(message_from_bytes(body))
        if answer == "hang up":
            return False
        self._say(answer)
        self.server.on_taken()
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class Receiver(ThreadingHTTPServer):
    """`answer` is called with the handler of every POST, whose headers and body are kept in `heard`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hear)
        self.heard: list[tuple[Any, bytes]] = []
        self.answer: Any = well
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Hear(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers, body))
        self.server.answer(self)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def well(call: Any) -> None:
    status(call, 200, b"thanks")


def status(call: Any, code: int, body: bytes = b"", length: int | None = None, **headers: str) -> None:
    call.send_response(code)
    for name, value in headers.items():
        call.send_header(name, value)
    call.send_header("Content-Length", str(len(body) if length is None else length))
    call.end_headers()
    call.wfile.write(body)


@contextmanager
def running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
