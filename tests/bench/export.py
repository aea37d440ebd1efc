"""Export of a 60-shot cut, cold and after one change, against ffmpeg's concat filter on the same masters at the same x264 settings.

Both sides run as processes of their own, start-up included, and are measured by the kernel: wall time and the largest resident memory.
ffmpeg uses every core it likes; so do we.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from generation.contract import Pixels, Rate, Samples
from generation.media.encode import MasterFile, MasterProfile, ToYuv, file_sha256, rgb_frame
from generation.media.export import Clip, ExportPlan, export
from generation.media.sound import write_flac
from tests.bench.lines import line

FILM = Rate(num=24)
TAKES, TAKE_FRAMES, SHOT_FRAMES = 8, 192, 96
ROOT = Path(__file__).parents[2]


def textures(width: int, height: int, seed: int) -> Pixels:
    """A picture with detail at every scale, twice the size of a frame, to move over: neither flat nor noise."""
    rng = np.random.default_rng(seed)
    vertical, horizontal = np.fft.fftfreq(2 * height)[:, None], np.fft.rfftfreq(2 * width)[None, :]
    distance = np.hypot(vertical, horizontal)
    distance[0, 0] = 1
    layers = []
    for _ in range(3):
        layer = np.fft.irfft2((rng.normal(size=distance.shape) + 1j * rng.normal(size=distance.shape)) / distance**1.15, s=(2 * height, 2 * width))
        layers.append(layer / layer.std())
    mixed = np.stack([0.8 * layers[0] + 0.35 * layer for layer in layers], axis=-1)
    return np.asarray(np.clip(mixed * 45 + 110, 0, 255), dtype=np.uint8)


def take_paths(folder: Path) -> list[Path]:
    return [folder / f"take{take}.mp4" for take in range(TAKES)]


def prepare(folder: Path, width: int, height: int, shots: int) -> None:
    make_sound(folder / "mix.flac", shots * SHOT_FRAMES)
    for take, path in enumerate(take_paths(folder)):
        ground, to_yuv = textures(width, height, take), ToYuv()
        with MasterFile(path, width, height, FILM) as file:
            for number in range(TAKE_FRAMES):
                left, top = number * (take + 1) % width, number * 2 % height
                file.write(to_yuv(rgb_frame(ground[top : top + height, left : left + width])))


def make_sound(path: Path, frames: int) -> None:
    time_ = np.arange(FILM.samples(frames)) / 48_000
    left = 0.2 * np.sin(2 * np.pi * 220 * time_) + np.random.default_rng(1).normal(0, 0.03, len(time_))
    sound: Samples = np.stack([left, 0.2 * np.sin(2 * np.pi * 277 * time_)], axis=1).astype(np.float32)
    write_flac(path, sound)


def cut(takes: list[Path], shots: int, changed: bool) -> list[tuple[str, int, int]]:
    """Shot k from take k mod 8, no two alike; the change moves the middle shot's in-point by three frames."""
    starts = [10 + 11 * (shot // TAKES) + (3 if changed and shot == shots // 2 else 0) for shot in range(shots)]
    return [(str(takes[shot % TAKES]), start, start + SHOT_FRAMES) for shot, start in enumerate(starts)]


def measured(command: list[str]) -> tuple[float, float]:
    """(seconds, largest resident memory in MiB). Raises if the command fails."""
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def ours(folder: Path, name: str, clips: list[tuple[str, int, int]], cache: str, size: tuple[int, int]) -> tuple[float, float]:
    hashes = {path: file_sha256(Path(path)) for path in {path for path, *_ in clips}}  # the studio has them by heart
    plan = {"size": size, "clips": [(path, hashes[path], start, end) for path, start, end in clips], "sound": str(folder / "mix.flac")}
    (folder / f"{name}.json").write_text(json.dumps(plan))
    return measured([sys.executable, "-m", "tests.bench.export", str(folder / f"{name}.json"), str(folder / f"{name}.mp4"), str(folder / cache)])


def child(plan_path: str, out: str, cache: str) -> None:
    asked = json.loads(Path(plan_path).read_text())
    clips = tuple(Clip(Path(path), sha256, start, end) for path, sha256, start, end in asked["clips"])
    width, height = asked["size"]
    export(ExportPlan(width, height, FILM, clips, Path(asked["sound"])), Path(out), Path(cache))


def reference(folder: Path, clips: list[tuple[str, int, int]]) -> tuple[float, float]:
    command = ["ffmpeg", "-v", "error", "-y"]
    for path, start, end in clips:
        command += ["-ss", f"{start / 24:.6f}", "-t", f"{(end - start) / 24:.6f}", "-i", path]
    joined = "".join(f"[{number}:v]" for number in range(len(clips))) + f"concat=n={len(clips)}:v=1:a=0[v]"
    command += ["-i", str(folder / "mix.flac"), "-filter_complex", joined, "-map", "[v]", "-map", f"{len(clips)}:a"]
    command += ["-c:v", "libx264", "-preset", MasterProfile().preset, "-crf", str(MasterProfile().crf), "-pix_fmt", "yuv420p"]
    return measured([*command, "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", str(folder / "reference.mp4")])


def main(shots: int = 60, size: tuple[int, int] = (1280, 720)) -> None:
    if shutil.which("ffmpeg") is None:
        print("export · ffmpeg IS NOT INSTALLED, so there is nothing to compare with: apt-get install ffmpeg · falls short")
        return
    with tempfile.TemporaryDirectory(prefix="firstcut-bench-") as temporary:
        folder = Path(temporary)
        # In a process of its own: the kernel counts the memory of the process that starts a program as that program's too.
        measured([sys.executable, "-m", "tests.bench.export", "prepare", str(folder), *map(str, size), str(shots)])
        takes = take_paths(folder)
        before, after = cut(takes, shots, False), cut(takes, shots, True)
        theirs, their_memory = reference(folder, before)
        cold, memory = ours(folder, "cold", before, "cache", size)
        warm, _ = ours(folder, "warm", after, "cache", size)
        ours(folder, "anew", after, "other", size)
        same = file_sha256(folder / "warm.mp4") == file_sha256(folder / "anew.mp4")
        what = f"{shots} shots {size[0]}×{size[1]}"
        print(line(f"export cold, {what}", f"{cold:.2f} s", f"ffmpeg concat filter {theirs:.2f} s", cold / theirs, 1.0))
        print(line("export cold, memory", f"{memory:.0f} MiB", f"{their_memory:.0f} MiB", memory / their_memory, 0.2))
        named = "export after one change, same bytes as cold" if same else "export after one change, OTHER BYTES THAN COLD"
        print(line(named, f"{warm:.2f} s", f"{theirs:.2f} s", warm / theirs, 1 / 30, same))


if __name__ == "__main__":
    if sys.argv[1:2] == ["prepare"]:
        prepare(Path(sys.argv[2]), *map(int, sys.argv[3:]))
    elif len(sys.argv) == 4:
        child(*sys.argv[1:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
