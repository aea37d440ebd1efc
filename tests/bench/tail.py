"""From a take's last frame to the take in the store: what is drawn, encoded, hashed and cut while its frames come, against a script that does
the same once it has them.

Both get the same 120 frames of 1280×720, ten a second: a pace that models on a card keep. Ours is the runner and the store; the script is
ffmpeg for the master, the rendition, the poster and the filmstrip at the same settings, SHA-256, and a synced copy of each file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from generation import catalog
from generation.context import Options
from generation.contract import Context, Format, Pixels, Request
from generation.facts import Cost, EngineInfo
from generation.media.encode import MasterProfile, RenditionProfile
from generation.media.stills import POSTER_WIDTH, THUMB_WIDTH, THUMBS
from generation.runner import run
from tests.bench.export import FILM, textures
from tests.bench.ground import ground
from tests.bench.lines import line

FRAMES, WIDTH, HEIGHT, PACE, ROUNDS = 120, 1280, 720, 0.1, 3
last = 0.0


def frames() -> Iterator[Pixels]:
    """A picture that moves, each frame at its time; `last` is when the last one was given."""
    global last
    picture = textures(WIDTH, HEIGHT, 3)
    began = time.perf_counter()
    for number in range(FRAMES):
        time.sleep(max(0.0, began + number * PACE - time.perf_counter()))
        last = time.perf_counter()
        yield picture[2 * number : 2 * number + HEIGHT, 5 * number : 5 * number + WIDTH]


class Nothing(BaseModel):
    pass


class Paced:
    name, version = "paced", "1"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        context.frames(frames())
        return {}, ()


INFO = EngineInfo(
    name="paced", title="Paced", description="Frames at a pace.", licence="–", kind="cpu", target="tests.bench.tail:Paced",
    forms=MappingProxyType({"shot": Nothing}), costs=MappingProxyType({"shot": Cost(fps=10, seconds=0)}),
)  # fmt: skip


def ours(folder: Path) -> float:
    from studio.media import store

    request = Request(engine="paced", task="shot", format=Format(width=WIDTH, height=HEIGHT, rate=FILM, frames=FRAMES))
    done = run(request, folder, options=Options(rendition=RenditionProfile(width=WIDTH, height=HEIGHT)))
    for output in done.outputs:
        store.put(Path(output.path), output.media_type, output.sha256)
    return time.perf_counter() - last


def theirs(folder: Path) -> float:
    folder.mkdir()
    given = [frame.tobytes() for frame in frames()]
    quiet = ["ffmpeg", "-v", "error", "-y"]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", "24", "-i", "-"]
    master, rendition = MasterProfile(), RenditionProfile()
    x264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", master.preset, "-crf", str(master.crf), str(folder / "master.mp4")]
    began = time.perf_counter()
    subprocess.run([*quiet, *raw, *x264], input=b"".join(given), check=True)
    source = ["-i", str(folder / "master.mp4")]
    playable = ["-preset", rendition.preset, "-crf", str(rendition.crf), "-g", "1", "-movflags", "frag_every_frame+empty_moov+default_base_moof"]
    subprocess.run([*quiet, *source, "-c:v", "libx264", *playable, str(folder / "rendition.mp4")], check=True)
    middle = ["-ss", f"{FRAMES / 48:.3f}", *source, "-frames:v", "1", "-vf", f"scale={POSTER_WIDTH}:-2:flags=fast_bilinear"]
    subprocess.run([*quiet, *middle, str(folder / "poster.jpg")], check=True)
    strip = f"select='not(mod(n,{FRAMES // THUMBS}))',scale={THUMB_WIDTH}:-2:flags=fast_bilinear,tile={THUMBS}x1"
    subprocess.run([*quiet, *source, "-vf", strip, "-frames:v", "1", str(folder / "strip.jpg")], check=True)
    (folder / "store").mkdir()
    for path in (folder / name for name in ("master.mp4", "rendition.mp4", "poster.jpg", "strip.jpg")):
        with path.open("rb") as file:
            name = hashlib.file_digest(file, "sha256").hexdigest()
        with path.open("rb") as source_file, (folder / "store" / name).open("wb") as target:
            shutil.copyfileobj(source_file, target, 1 << 18)
            target.flush()
            os.fsync(target.fileno())
    return time.perf_counter() - began


def main() -> int:
    if shutil.which("ffmpeg") is None:
        print("tail of a take · ffmpeg IS NOT INSTALLED, so there is nothing to compare with: apt-get install ffmpeg · falls short")
        return 0
    catalog.register(INFO)
    with ground() as data:
        mine, other = [], []
        for number in range(ROUNDS):
            mine.append(ours(data / f"ours{number}"))
            other.append(theirs(data / f"theirs{number}"))
    a, b = statistics.median(mine), statistics.median(other)
    name = f"last frame → stored take, {FRAMES} frames of {WIDTH}×{HEIGHT} at {1 / PACE:.0f} a second"
    print(line(name, f"{a * 1000:.0f} ms", f"a script afterwards {b:.2f} s", a / b, 1 / 20), flush=True)
    return 0


if __name__ == "__main__":
    from tests.bench import tail  # where the catalog looks for the engine: one module, one clock

    sys.exit(tail.main())
