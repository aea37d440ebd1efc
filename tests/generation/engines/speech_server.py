"""A server process that speaks OpenAI's speech, its voice eSpeak NG, with the failures that real endpoints have. Which failure is named by the
model asked for: "plain", "busy-2", "cut", …; see MISBEHAVIOUR. The voice of "voice" is "mara" or "tom", which are two people.

    python -m tests.generation.engines.speech_server → prints its address, serves until it is ended

GET /seen tells what was asked: a list of {"path", "key", "body"}; DELETE /seen forgets it.
"""

from __future__ import annotations

import functools
import io
import json
import socket
import subprocess
import sys
import threading
import time
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import numpy as np

from generation.contract import SAMPLE_RATE, Samples, VoiceParams
from generation.previs.voice import speak

KEY = "sk-speech-for-tests-1234567890"
ROOT = Path(__file__).resolve().parents[3]
MISBEHAVIOUR = """
plain       the line, as it should be
streamed    the line in pieces, and its WAV has no length in its head, as of a sound that is still being made
busy-N      429 with Retry-After: 0.05, N times, then as it should be
busy-long   429 with Retry-After: 3600
broke       402, no credit left
fails-N     500, N times, then as it should be
fails       500 always
silent      takes the words and says nothing
slow        a few bytes every twentieth of a second, for ever
cut-N       hangs up half way in the sound, N times, then as it should be
cut         hangs up half way, always
words       JSON in place of a sound, and calls that fine
page        a page of a proxy in place of a sound
noise       bytes that are no sound
long        a minute and a half for three words
huge        more bytes than anybody should read
quiet       a second of silence
old         knows no instructions
older       knows neither instructions nor speed
"""


@functools.cache
def said_by(name: str, text: str, speed: float) -> Samples:
    voice = {"pitch": 70, "gender": "female"} if name == "mara" else {"pitch": 20, "gender": "male"}
    return speak(VoiceParams(text=text, character=name, voice={**voice, "rate": 160 * speed}))[0]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.times, self.lock = list[dict[str, Any]](), dict[str, int](), threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has hung up, as tests do."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def _send(self, status: int, raw: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def _error(self, status: int, message: str, **headers: str) -> None:
        self._send(status, json.dumps({"error": {"message": message}}).encode(), **headers)

    def do_GET(self) -> None:
        if self.path == "/seen":
            self._send(200, json.dumps(self.server.seen).encode())
        elif self.headers.get("Authorization") != f"Bearer {KEY}":
            self._error(401, "Incorrect API key provided.")
        else:
            self._send(200, json.dumps({"data": [{"id": "plain"}, {"id": "old"}]}).encode())

    def do_DELETE(self) -> None:
        self.server.seen.clear()
        self.server.times.clear()
        self._send(200, b"{}")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.seen.append({"path": self.path, "key": self.headers.get("Authorization"), "body": body})
            kind, _, times = body["model"].partition("-")
            self.server.times[body["model"]] = before = self.server.times.get(body["model"], 0) + 1
        due = not times.isdecimal() or before <= int(times)
        if self.path != "/v1/audio/speech":
            self._error(404, "There is nothing here.")
        elif self.headers.get("Authorization") != f"Bearer {KEY}":
            self._error(401, "Incorrect API key provided.")
        elif kind == "busy" and due:
            self._error(429, "Rate limit reached.", Retry_After="3600" if times == "long" else "0.05")
        elif kind == "broke":
            self._error(402, "You have no credit left.")
        elif kind == "fails" and due:
            self._error(500, f"The engine broke on {KEY}.")
        elif kind in ("old", "older") and "instructions" in body:
            self._error(400, "Unrecognized request argument supplied: instructions")
        elif kind == "older" and "speed" in body:
            self._error(422, "extra fields not permitted: speed")
        elif kind == "silent":
            time.sleep(60)
        elif kind == "words":
            self._send(200, json.dumps({"error": {"message": f"The voice is asleep, says {KEY}."}}).encode(), "audio/wav")
        elif kind == "page":
            self._send(200, b"<html><body><h1>Sign in to the network</h1></body></html>", "text/html")
        elif kind == "noise":
            self._send(200, bytes(np.random.default_rng(1).integers(0, 256, 20_000, dtype=np.uint8)), "audio/wav")
        else:
            self._sound(kind if due else "plain", body)

    def _sound(self, kind: str, body: dict[str, Any]) -> None:
        raw, media = encoded(self._spoken(kind, body), body.get("response_format", "mp3"))
        if kind == "streamed":  # a head that was written before anybody knew how long it would be
            raw = raw[:4] + b"\xff\xff\xff\xff" + raw[8:40] + b"\xff\xff\xff\xff" + raw[44:]
        if kind not in ("streamed", "cut", "slow", "huge"):
            self._send(200, raw, media)
            return
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        half = len(raw) // 2
        if kind == "slow":
            for start in range(0, len(raw), 16):
                self._chunk(raw[start : start + 16])
                time.sleep(0.05)
        elif kind == "huge":
            for _ in range(80):
                self._chunk(bytes(1024 * 1024))
        elif kind == "cut":
            self._chunk(raw[:half])
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        else:
            self._chunk(raw[:half])
            self._chunk(raw[half:])
        self._chunk(b"")

    def _spoken(self, kind: str, body: dict[str, Any]) -> Samples:
        if kind == "quiet":
            return np.zeros((SAMPLE_RATE, 1), np.float32)
        said = said_by(body["voice"], body["input"], body.get("speed", 1.0))
        return np.tile(said, (-(-90 * SAMPLE_RATE // len(said)), 1)) if kind == "long" else said

    def _chunk(self, raw: bytes) -> None:
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")


def encoded(samples: Samples, kind: str) -> tuple[bytes, str]:
    """A file of 24 kHz, as such services send them."""
    whole = (np.clip(samples[::2, 0], -1, 1) * 32767).astype("<i2")
    out = io.BytesIO()
    if kind == "wav":
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(24_000)
            file.writeframes(whole.tobytes())
        return out.getvalue(), "audio/wav"
    with av.open(out, "w", format=kind) as container:
        stream: Any = container.add_stream(kind, rate=24_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(whole[None], format="s16", layout="mono")
        frame.sample_rate = 24_000
        for part in (frame, None):
            container.mux(stream.encode(part))
    return out.getvalue(), "audio/mpeg" if kind == "mp3" else f"audio/{kind}"


class Running:
    """The server as a process of its own, ended with `stop`."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.generation.engines.speech_server"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), "the speech server did not start"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def main() -> None:
    server = Server()
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
