"""A server process that is a paid service: takes jobs over HTTP, charges for each, makes real pictures, clips and sound, and fails as real ones
do. How is named by the body's "model"; see MISBEHAVIOUR.

    python -m tests.generation.engines.provider_server [PORT [STATE]] → prints its address, serves until it is ended

GET /seen tells what happened; DELETE /seen forgets it. With STATE its jobs outlive it.
"""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.generation.engines import made

KEY = "pk-only-for-tests-0987654321"
ROOT = Path(__file__).resolve().parents[3]
MISBEHAVIOUR = """
plain           takes the job, says that it works, then that it is done
busy-N          429, N times, before it takes the job
broke           402
takes-500       takes the job and charges, and answers 500, the first time it is asked
takes-cut       takes the job and charges, and hangs up half way in its answer, the first time
takes-html      takes the job and charges, and answers with a page, the first time
takes-nothing   takes the job and charges, and its answer has no id
troubled        when asked how far it is: 500, hangs up half way, a page, 429 with Retry-After, then its answers twice, after one another
forgets         does not know the job any more
failed          could not do it
slow            is never done
cut-file-N      breaks off the result half way, N times
no-media        its result is no picture
no-result       is done and has no result
short           half the frames asked for, less one
large           another size than asked for
"""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, state: Path | None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.lock, self.place = threading.Lock(), state
        self.jobs: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, str] = {}
        self.times: dict[str, int] = {}
        self.seen: dict[str, Any] = {"asked": 0, "charges": 0, "polls": 0, "cancelled": [], "bodies": [], "keys": [], "given": []}
        if state is not None and state.exists():
            self.jobs, self.keys, self.seen = json.loads(state.read_text())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has hung up, as tests do."""

    def count(self, what: str) -> int:
        with self.lock:
            self.times[what] = self.times.get(what, 0) + 1
            return self.times[what]

    def save(self) -> None:
        if self.place is not None:
            self.place.write_text(json.dumps([self.jobs, self.keys, self.seen]))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def _send(self, status: int, raw: bytes, kind: str = "application/json", half: bool = False, twice: bool = False, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2] if half else raw)
        if twice:
            self.wfile.write(raw)
        if half:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def _json(self, status: int, body: Any, **more: Any) -> None:
        self._send(status, json.dumps(body).encode(), **more)

    def _allowed(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {KEY}":
            return True
        self._json(401, {"error": {"message": f"No such key: {self.headers.get('Authorization')}"}})
        return False

    def do_DELETE(self) -> None:
        self.server.jobs.clear()
        self.server.keys.clear()
        self.server.times.clear()
        self.server.seen.update({"asked": 0, "charges": 0, "polls": 0, "cancelled": [], "bodies": [], "keys": [], "given": []})
        self._json(200, {})

    def do_GET(self) -> None:
        server, parts = self.server, self.path.partition("?")[0].strip("/").split("/")
        if parts == ["seen"]:
            return self._json(200, server.seen)
        if parts[0] == "files":
            return self._file(parts[1])
        if not self._allowed():
            return None
        job = server.jobs.get(parts[2]) if len(parts) > 2 and parts[1] == "jobs" else None
        if job is None:
            return self._json(404, {"error": "no such job"})
        with server.lock:
            server.seen["polls"] += 1
        kind, number = job["kind"], server.count(f"poll {parts[2]}")
        if kind == "troubled" and number == 1:
            return self._json(500, {"error": "something broke"})
        if kind == "troubled" and number == 2:
            return self._json(200, self._state(parts[2], job), half=True)
        if kind == "troubled" and number == 3:
            return self._send(200, b"<html>a proxy</html>", "text/html")
        if kind == "troubled" and number == 4:
            return self._json(429, {"error": "not so fast"}, Retry_After="0.05")
        if kind == "forgets":
            return self._json(404, {"error": "no such job"})
        job["looks"] += 1
        server.save()
        return self._json(200, self._state(parts[2], job), twice=kind == "troubled")

    def _state(self, name: str, job: dict[str, Any]) -> dict[str, Any]:
        looks, kind = job["looks"], job["kind"]
        if kind == "failed":
            return {"id": name, "status": "failed", "error": {"message": f"The picture was not allowed. (key {KEY})"}}
        if looks <= 1 or kind == "slow":
            return {"id": name, "status": "working", "progress": min(90, 30 * looks)}
        url = f"http://{self.headers['Host']}/files/{name}?signature=a%2Fb&expires=1"
        done: dict[str, Any] = {"id": name, "status": "succeeded", "progress": 100, "cost": {"amount": "0.0421"}}
        return done if kind == "no-result" else done | {"output": [url]}

    def _file(self, name: str) -> None:
        job = self.server.jobs[name]
        self.server.seen["given"].append(self.headers.get("Authorization") or "")
        cuts = int(job["kind"].rsplit("-", 1)[1]) if job["kind"].startswith("cut-file") else 0
        raw = b"not a picture at all" * 50 if job["kind"] == "no-media" else make(job["body"], job["kind"])
        self._send(200, raw, "application/octet-stream", half=self.server.count(f"file {name}") <= cuts)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if not self._allowed():
            return None
        server, parts = self.server, self.path.strip("/").split("/")
        if parts[-1] == "cancel":
            server.seen["cancelled"].append(parts[2])
            return self._json(200, {})
        kind, key = str(body.get("model", "plain")), self.headers.get("Idempotency-Key", "")
        with server.lock:
            server.seen["asked"] += 1
            server.seen["bodies"].append(body)
            server.seen["keys"].append(key)
        if kind.startswith("busy-") and server.count(f"busy {kind}") <= int(kind[5:]):
            return self._json(429, {"error": "busy"}, Retry_After="0.05")
        if kind == "broke":
            return self._json(402, {"error": "no credit"})
        with server.lock:
            name = server.keys.get(key, "")
            first = not name
            if first:
                name = uuid.uuid4().hex
                server.jobs[name] = {"kind": kind, "body": body, "looks": 0}
                server.seen["charges"] += 1
                if key:
                    server.keys[key] = name
            server.save()
        if parts[-1] == "images":
            server.save()
            return self._json(200, {"data": [{"b64_json": base64.b64encode(make(body, kind)).decode()}], "usage": {"cost": 0.25}})
        if kind == "takes-500" and first:
            return self._json(500, {"error": "something broke"})
        if kind == "takes-html" and first:
            return self._send(200, b"<html>a proxy</html>", "text/html")
        if kind == "takes-nothing":
            return self._json(200, {"status": "working"})
        if body.get("slowly"):
            time.sleep(float(body["slowly"]))
        return self._json(201, {"id": name, "status": "working"}, half=kind == "takes-cut" and first)


def make(body: dict[str, Any], kind: str) -> bytes:
    size = (int(body.get("width", 64)), int(body.get("height", 32)))
    size = (size[0] * 2, size[1] * 2 + 16) if kind == "large" else size
    if body.get("seconds") and body.get("sound"):
        return made.wav(float(body["seconds"]))
    if body.get("frames"):
        frames = int(body["frames"])
        return made.mp4((frames // 2 - 1) if kind == "short" else frames, *size, sound=bool(body.get("with_sound")))
    return made.png(int(body.get("seed", 0)), *size)


class Running:
    """The server as a process of its own, ended with `stop`; `restart` gives it its port again."""

    def __init__(self, state: Path | None = None, module: str = "provider_server") -> None:
        self.state, self.module, self.port = state, module, 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", f"tests.generation.engines.{self.module}", str(self.port), *([str(self.state)] if self.state else [])]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), "the server did not start"
        self.port = int(self.url.rsplit(":", 1)[1].split("/")[0])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def restart(self) -> None:
        self.stop()
        self.start()


def main() -> None:
    server = Server(int(sys.argv[1]) if len(sys.argv) > 1 else 0, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
