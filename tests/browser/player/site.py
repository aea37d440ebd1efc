"""A tiny loopback site for the elements: the real static files, test pages and numbered takes, under the studio's content security policy."""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from generation.contract import Rate
from generation.media.encode import RenditionFile, Shrink, ToYuv, rgb_frame
from generation.media.segments import read_index
from tests.generation.numbered import paint

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
RATES = [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1)]
TAKES = 6
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".mp4": "video/mp4",
    ".json": "application/json",
    ".jpg": "image/jpeg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
}


def make_takes(folder: Path, rate: tuple[int, int], count: int = TAKES) -> dict[str, dict[str, Any]]:
    """Renditions as the workers make them, with numbered frames: {take id: {url, init, initId, frames, index, number}}."""
    takes: dict[str, dict[str, Any]] = {}
    name = f"{rate[0]}-{rate[1]}"
    to_yuv = ToYuv()
    for number in range(1, count + 1):
        path = folder / f"{name}-t{number}.mp4"
        if not path.exists():
            with RenditionFile(path, 320, 180, Rate(num=rate[0], den=rate[1])) as file:
                for frame in range(50 + 15 * number):
                    file.write(to_yuv(rgb_frame(paint(number, frame))))
        takes[f"t{number}"] = {**_source(path), "number": number}
    return takes


def _source(path: Path) -> dict[str, Any]:
    index = read_index(path)
    return {
        "url": f"/media/{path.name}",
        "init": index.init,
        "initId": index.init_id,
        "frames": index.frames,
        "index": list(index.frags),
        "codec": index.codec,
    }


def lighten(folder: Path, rate: tuple[int, int], takes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same takes with a light rendition each, but for the last, which has none."""
    to_yuv, shrink = ToYuv(), Shrink(160, 90)
    lighter = {}
    for name in list(takes)[:-1]:
        take = takes[name]
        path = folder / f"light-{take['url'].rpartition('/')[2]}"
        if not path.exists():
            with RenditionFile(path, 160, 90, Rate(num=rate[0], den=rate[1])) as file:
                for frame in range(take["frames"]):
                    file.write(shrink(to_yuv(rgb_frame(paint(take["number"], frame)))))
        lighter[name] = {**take, "light": _source(path)}
    return {**takes, **lighter}


def make_cut(rng: random.Random, takes: dict[str, dict[str, Any]], clips: int = 20) -> list[dict[str, Any]]:
    """Random trims; clip 3 has one frame, 7 and 8 have two and one, the last has one; 5 and 11 show the same frames."""
    lengths = {3: 1, 7: 2, 8: 1, clips - 1: 1}
    cut = []
    for place in range(clips):
        take = "t1" if place in (5, 11) else rng.choice(sorted(takes))
        length = lengths.get(place) or rng.randint(5, 40)
        start = 20 if place in (5, 11) else rng.randint(0, takes[take]["frames"] - length)
        cut.append({"key": f"k{place}", "shot": place + 1, "code": f"1.{place + 1}", "take": take, "in": start, "out": start + length})
    return cut


def playlist(rate: tuple[int, int], takes: dict[str, dict[str, Any]], clips: list[dict[str, Any]]) -> dict[str, Any]:
    at = 0
    for clip in clips:
        clip["at"] = at
        at += clip["out"] - clip["in"]
    mime = 'video/mp4; codecs="{}"'.format(next(iter(takes.values()))["codec"])
    return {
        "revision": 1,
        "rate": list(rate),
        "width": 320,
        "height": 180,
        "mime": mime,
        "total": at,
        "clips": clips,
        "takes": takes,
        "sound": [],
    }


@dataclass
class Site:
    url: str
    media: Path
    answers: dict[str, Any]
    posts: list[tuple[str, Any]]


@contextmanager
def site(media: Path) -> Iterator[Site]:
    """Serves /static/, /media/ (with ranges), pages of this folder, and whatever JSON a test puts into `answers` by path."""
    answers: dict[str, Any] = {}
    posts: list[tuple[str, Any]] = []

    class Files(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            return

        def _send(self, status: int, body: bytes, kind: str, extra: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {
                "Content-Type": kind,
                "Content-Length": str(len(body)),
                "Content-Security-Policy": POLICY,
                "Cache-Control": "no-store",
                **(extra or {}),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))) or b"null")
            posts.append((self.path, body))
            answer = answers.get(f"POST {self.path}", {})
            status, data = answer(body) if callable(answer) else (200, answer)
            self._send(status, json.dumps(data).encode(), "application/json")

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path in answers:
                answer = answers[path]
                data = answer() if callable(answer) else answer
                body, kind = (data.encode(), "text/html") if isinstance(data, str) else (json.dumps(data).encode(), "application/json")
                return self._send(200, body, kind, {"ETag": f'"{hash(body)}"'})
            file = {"static": ROOT / "static", "media": media, "pages": HERE}.get(path.split("/")[1], HERE)
            file = file / "/".join(path.split("/")[2:])
            if not file.is_file() or ".." in path:
                return self._send(404, b"", "text/plain")
            data = file.read_bytes()
            kind = TYPES.get(file.suffix, "application/octet-stream")
            match = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if not match:
                return self._send(200, data, kind)
            first, last = int(match[1]), min(int(match[2]), len(data) - 1)
            return self._send(206, data[first : last + 1], kind, {"Content-Range": f"bytes {first}-{last}/{len(data)}"})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", media, answers, posts)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
