"""The hub of the tests from outside: started once, filled by each test with models of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

CONFIG = json.dumps({"_class_name": "Tiny", "text": "a configuration"}).encode()


@dataclass
class TestHub:
    __test__ = False
    address: str
    _made: list[str] = field(default_factory=list)

    def put(self, name: str, files: dict[str, bytes], **more: Any) -> str:
        """A model; returns its commit. See the server for `card`, `gated`, `faults`, `sizes`, `revisions`, `down`."""
        commit = hashlib.sha1(repr((name, sorted(files.items()))).encode()).hexdigest()
        body = {"commit": commit, "files": {path: base64.b64encode(content).decode() for path, content in files.items()}, **more}
        self._ask(f"/_models/{name}", "PUT", json.dumps(body).encode())
        return commit

    def seen(self, name: str, path: str = "") -> list[dict[str, Any]]:
        """What was asked about a model (or one of its files), in order."""
        heard = json.loads(self._ask("/_seen"))
        return [each for each in heard if f"/{name}" in each["path"] and each["path"].endswith(path)]

    def release(self, name: str) -> None:
        self._ask(f"/_release/{name}", "POST", b"")

    def _ask(self, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
        with urllib.request.urlopen(urllib.request.Request(self.address + path, data=body, method=method), timeout=10) as answer:
            return bytes(answer.read())


@contextmanager
def running() -> Iterator[TestHub]:
    server = Path(__file__).with_name("hub_server.py")
    process = subprocess.Popen([sys.executable, str(server)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    try:
        yield TestHub(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.stdin.close()
        process.terminate()
        process.wait(10)
        process.stdout.close()


def weights(size: int, seed: int = 1) -> bytes:
    return Random(seed).randbytes(size)
