"""A hub in a process of its own, speaking as much of huggingface.co's protocol as its client uses, with its failures on order.

Started as a program it prints its port. Tests put models into it by `PUT /_models/owner/name` (JSON: files in base64 or as a listed size,
card, gated, faults) and ask `GET /_seen` what was asked of it. Faults are by file: `cut` (bytes after which the connection breaks, once),
`hold` (bytes after which the answer stops until `POST /_release/owner/name`), `busy` (answers of 429 before it is sent), `wrong` (other bytes),
`deaf` (Range is not heard).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_a_token_that_may"
BLOCK = 64 * 1024
models: dict[str, dict[str, Any]] = {}
seen: list[dict[str, Any]] = []
released: defaultdict[str, threading.Event] = defaultdict(threading.Event)
lock = threading.Lock()


def content(model: dict[str, Any], path: str) -> bytes:
    return base64.b64decode(model["files"][path])


def listed(model: dict[str, Any], path: str) -> dict[str, Any]:
    """A file as the tree lists it: large ones by sha256 as LFS, small ones by git's blob id."""
    body = content(model, path)
    size = model.get("sizes", {}).get(path, len(body))
    blob = hashlib.sha1(f"blob {len(body)}\0".encode() + body).hexdigest()
    entry: dict[str, Any] = {"type": "file", "path": path, "size": size, "oid": blob}
    if path.endswith((".safetensors", ".bin", ".ckpt")):
        entry["lfs"] = {"oid": hashlib.sha256(body).hexdigest(), "size": size, "pointerSize": 134}
    return entry


class Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None: ...

    def do_PUT(self) -> None:
        self._read_model()

    def do_POST(self) -> None:
        released[self.path.removeprefix("/_release/")].set()
        self._json({})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path == "/_seen":
            with lock:
                return self._json(seen)
        note = {"method": self.command, "path": path, "range": self.headers.get("Range", ""), "sent": 0}
        with lock:
            seen.append(note)
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?", path):
            return self._info(found[1], found[2])
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/([^/]+)/?", path):
            return self._tree(found[1], found[2])
        if found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            return self._file(found[1], found[2], found[3], note)
        return self._error(404, "EntryNotFound", "Entry not found")

    def _read_model(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        models[self.path.removeprefix("/_models/")] = body
        self._json({})

    def _model(self, name: str, revision: str | None) -> dict[str, Any] | None:
        """The model if it may be had; else the answer was given."""
        model = models.get(name)
        if model is None:
            self._error(404, "RepoNotFound", "Repository not found")
        elif revision not in (None, "main", model["commit"], *model.get("revisions", ())):
            self._error(404, "RevisionNotFound", "Revision not found")
        elif model.get("down"):
            self._error(503, "", "Down")
        else:
            return model
        return None

    def _may(self, model: dict[str, Any]) -> bool:
        if not model.get("gated") or self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        status = 403 if self.headers.get("Authorization") else 401
        self._error(status, "GatedRepo", "Access to this model is restricted")
        return False

    def _info(self, name: str, revision: str | None) -> None:
        model = self._model(name, revision)
        if model is not None:
            siblings = [{"rfilename": path} for path in model["files"]]
            facts = {"id": name, "sha": model["commit"], "gated": model.get("gated", False), "cardData": model.get("card", {}), "siblings": siblings}
            self._json({**facts, "private": False, "tags": [], "downloads": 0, "likes": 0})

    def _tree(self, name: str, revision: str) -> None:
        model = self._model(name, revision)
        if model is not None and self._may(model):
            self._json([listed(model, path) for path in model["files"]])

    def _file(self, name: str, revision: str, path: str, note: dict[str, Any]) -> None:
        model = self._model(name, revision)
        if model is None or not self._may(model):
            return
        if path not in model["files"]:
            return self._error(404, "EntryNotFound", "Entry not found")
        faults = model.setdefault("faults", {}).get(path, {})
        if faults.get("busy", 0) > 0:
            faults["busy"] -= 1
            return self._error(429, "", "Too many requests", {"Retry-After": "0"})
        entry, body = listed(model, path), content(model, path)
        if faults.get("wrong"):
            body = body[:-1] + bytes([body[-1] ^ 1])
        found = None if faults.get("deaf") else re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(found[1]) if found else 0
        self.send_response(206 if found else 200)
        self.send_header("Content-Length", str(len(body) - start))
        if found:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("ETag", f'"{entry["oid"]}"')
        self.send_header("X-Repo-Commit", model["commit"])
        if "lfs" in entry:
            self.send_header("X-Linked-Size", str(len(body)))
            self.send_header("X-Linked-ETag", f'"{entry["lfs"]["oid"]}"')
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        if self.command == "HEAD":
            return
        at = start
        if at == faults.get("hold"):
            released[name].wait(60)
        while at < len(body):
            upto = min(len(body), at + BLOCK, *(faults[each] for each in ("cut", "hold") if at < faults.get(each, 0)))
            try:
                self.wfile.write(body[at:upto])
            except OSError:
                break
            note["sent"] += upto - at
            at = upto
            if at == faults.get("cut"):
                del faults["cut"]
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            if at == faults.get("hold"):
                self.wfile.flush()
                released[name].wait(60)

    def _json(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _error(self, status: int, code: str, words: str, headers: dict[str, str] | None = None) -> None:
        body = json.dumps({"error": words}).encode()
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", words)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def end_with_parent(server: ThreadingHTTPServer) -> None:
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=end_with_parent, args=(server,), daemon=True).start()
    server.serve_forever()
