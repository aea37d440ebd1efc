"""Poster and filmstrip of a 5-second take from the frames in hand, against ffmpeg making the same from the file."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from generation.media.encode import MasterFile, ToYuv, rgb_frame
from generation.media.stills import POSTER_WIDTH, THUMB_WIDTH, THUMBS, Stills
from tests.bench.export import FILM, textures
from tests.bench.lines import line

FRAMES, WIDTH, HEIGHT = 120, 1280, 720


def main() -> None:
    if shutil.which("ffmpeg") is None:
        print("poster and filmstrip · ffmpeg IS NOT INSTALLED, so there is nothing to compare with: apt-get install ffmpeg · falls short")
        return
    ground = textures(WIDTH, HEIGHT, 3)
    to_yuv = ToYuv()
    frames = [to_yuv(rgb_frame(ground[2 * number : 2 * number + HEIGHT, 5 * number : 5 * number + WIDTH])) for number in range(FRAMES)]
    with tempfile.TemporaryDirectory(prefix="firstcut-bench-") as temporary:
        folder = Path(temporary)
        with MasterFile(folder / "take.mp4", WIDTH, HEIGHT, FILM) as file:
            for frame in frames:
                file.write(frame)

        def ours() -> None:
            stills = Stills(FRAMES)
            for number, frame in enumerate(frames):
                stills.add(number, frame)
            (folder / "poster.jpg").write_bytes(stills.poster())
            (folder / "strip.jpg").write_bytes(stills.filmstrip().data)

        def theirs() -> None:
            """The middle is sought, not decoded up to; both pictures are scaled by the fast bilinear scaler."""
            quiet = ["ffmpeg", "-v", "error", "-y"]
            middle = ["-ss", f"{FRAMES / 48:.3f}", "-i", str(folder / "take.mp4"), "-frames:v", "1"]
            subprocess.run([*quiet, *middle, "-vf", f"scale={POSTER_WIDTH}:-2:flags=fast_bilinear", str(folder / "p.jpg")], check=True)
            strip = f"select='not(mod(n,{FRAMES // THUMBS}))',scale={THUMB_WIDTH}:-2:flags=fast_bilinear,tile={THUMBS}x1"
            subprocess.run([*quiet, "-i", str(folder / "take.mp4"), "-vf", strip, "-frames:v", "1", str(folder / "s.jpg")], check=True)

        mine: list[float] = []
        other: list[float] = []
        for _ in range(5):
            for work, times in ((ours, mine), (theirs, other)):
                started = time.perf_counter()
                work()
                times.append(time.perf_counter() - started)
    a, b = statistics.median(mine), statistics.median(other)
    print(line("poster and filmstrip of 5 s at 720p", f"{a * 1000:.1f} ms", f"ffmpeg {b * 1000:.0f} ms", a / b, 1 / 50))


if __name__ == "__main__":
    main()
