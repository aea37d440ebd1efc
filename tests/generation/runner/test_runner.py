"""`run`: exactly the frames asked for or a failure a person understands; nothing left behind; the same bytes for the same request."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from generation import catalog
from generation.context import Options, Pace
from generation.contract import BadRequest, Cancelled, Failure, Format, Input, OutOfMemory, Output, Progress, Rate, Request, Result, Transient
from generation.media.encode import RenditionProfile
from generation.runner import run
from tests.generation import numbers_engine
from tests.generation.numbered import read

RATES = [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1)]


@pytest.fixture(autouse=True)
def numbers() -> Iterator[None]:
    undo = numbers_engine.install()
    yield
    undo()


def shot(frames: int = 30, rate: tuple[int, int] = (24, 1), size: tuple[int, int] = (320, 180), task: Any = "shot", **params: Any) -> Request:
    picture = Format(width=size[0], height=size[1], frames=frames, rate=Rate(num=rate[0], den=rate[1]))
    return Request(engine="numbers", task=task, format=picture, params=params)


def outputs(result: Result) -> dict[str, Output]:
    return {output.name: output for output in result.outputs}


def numbers_in(path: str) -> list[tuple[int, int]]:
    with av.open(path) as container:
        return [read(frame) for frame in container.decode(video=0)]


def test_a_shot_becomes_master_rendition_poster_filmstrip_sound_and_what_the_engine_saved(tmp_path: Path) -> None:
    result = run(shot(take=7, sound=True), tmp_path / "work")
    made = outputs(result)
    assert set(made) == {"master", "rendition", "poster", "filmstrip", "sound", "waveform", "camera"}
    assert numbers_in(made["master"].path) == numbers_in(made["rendition"].path) == [(7, n) for n in range(30)]
    for output in made.values():
        data = Path(output.path).read_bytes()
        assert (output.sha256, output.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert made["sound"].meta["samples"] == 60_000
    assert made["sound"].meta["lufs"] == pytest.approx(-12.04, abs=0.3)
    assert result.data == {"take": 7} and result.notes == ("painted by numbers",) and result.engine_version == "numbers 1"
    assert not (tmp_path / "work" / "scratch").exists()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("frames", [1, 2, 49])
def test_every_project_rate_keeps_every_frame_at_its_time(tmp_path: Path, rate: tuple[int, int], frames: int) -> None:
    made = outputs(run(shot(frames, rate, size=(160, 90)), tmp_path))
    for name in ("master", "rendition"):
        with av.open(made[name].path) as container:
            stream = container.streams.video[0]
            assert stream.average_rate is not None and (stream.average_rate.numerator, stream.average_rate.denominator) == rate
            assert stream.frames == frames or name == "rendition"
            times = [
                frame.pts * frame.time_base * rate[0] / rate[1] for frame in container.decode(stream) if frame.pts is not None and frame.time_base
            ]
        assert times == list(range(frames))


@pytest.mark.parametrize("size", [(180, 320), (238, 100), (640, 268), (50, 50)])
def test_odd_shapes_of_picture_keep_their_size(tmp_path: Path, size: tuple[int, int]) -> None:
    made = outputs(run(shot(3, size=size), tmp_path))
    with av.open(made["master"].path) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == size
    poster = Image.open(made["poster"].path)
    assert poster.size == size
    assert made["filmstrip"].meta["count"] == 3


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    first = run(shot(sound=True), tmp_path / "a")
    second = run(shot(sound=True), tmp_path / "b")
    assert [output.sha256 for output in first.outputs] == [output.sha256 for output in second.outputs]


def test_takes_of_one_profile_share_one_initialisation_segment_whatever_their_own_size(tmp_path: Path) -> None:
    options = Options(rendition=RenditionProfile(width=320, height=180))
    wide, tall = (outputs(run(shot(5, size=size), tmp_path / str(size[0]), options=options)) for size in ((320, 180), (120, 180)))
    assert wide["rendition"].meta["init_id"] == tall["rendition"].meta["init_id"]
    with av.open(tall["rendition"].path) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (320, 180)
    assert read(frame, left=100, width=120) == (0, 0)  # the tall picture stands in the middle, with bars beside it


def test_a_still_is_a_lossless_picture_and_a_poster(tmp_path: Path) -> None:
    made = outputs(run(shot(1, task="still", take=3), tmp_path))
    assert set(made) == {"still", "poster", "camera"}
    assert Image.open(made["still"].path).size == (320, 180)


def test_progress_counts_every_frame_up_and_comes_from_the_callers_thread(tmp_path: Path) -> None:
    seen: list[tuple[Progress, bytes | None, int]] = []
    run(shot(60), tmp_path, on_progress=lambda progress, image: seen.append((progress, image, threading.get_ident())))
    done = [progress.done for progress, _, _ in seen]
    assert done == sorted(set(done)) and done[0] == 1 and done[-1] == 60
    assert {thread for *_, thread in seen} == {threading.get_ident()}
    assert seen[-1][0].eta_seconds == 0
    images = [image for _, image, _ in seen if image is not None]
    assert images and all(len(image) <= 20_000 for image in images)
    assert Image.open(io.BytesIO(images[0])).size == (320, 180)


def test_cancelling_stops_within_a_frame_and_leaves_nothing(tmp_path: Path) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 10

    with pytest.raises(Cancelled, match="Nothing was kept"):
        run(shot(200), tmp_path / "work", cancelled=cancelled)
    assert asked == 11
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ("one too few", BadRequest, "29 of the 30 frames"),
        ("one too many", BadRequest, "more than the 30 frames"),
        ("wrong size", BadRequest, "frame of"),
        ("memory", OutOfMemory, "shot of 320×180, 30 frames"),
        ("disk", Transient, "The disk is full"),
    ],
)
def test_what_goes_wrong_is_told_and_leaves_nothing(tmp_path: Path, fault: str, kind: type[Failure], says: str) -> None:
    (tmp_path / "mine.txt").write_text("not the runner's")
    with pytest.raises(kind, match=says):
        run(shot(fault=fault), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert kind.retryable is (kind is Transient)


def test_a_fault_of_the_code_stays_what_it_is_and_leaves_no_thread(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run(shot(fault="code"), tmp_path)
    assert not [thread for thread in threading.enumerate() if thread.name == "encode"]


def test_a_missing_input_is_named_before_anything_runs(tmp_path: Path) -> None:
    request = shot().model_copy(update={"inputs": (Input(name="face", role="reference", sha256="0" * 64, media_type="image/png"),)})
    with pytest.raises(BadRequest, match="face"):
        run(request, tmp_path / "work", {"face": tmp_path / "gone.png"})
    assert not (tmp_path / "work").exists()


def test_seconds_left_follow_the_recent_pace() -> None:
    pace = Pace()
    pace.note(0.0, 0)
    assert pace.left(100) is None
    for second in range(1, 41):  # slow at first, four frames a second later
        pace.note(float(second), second if second <= 20 else 20 + 4 * (second - 20))
    assert pace.left(200) == pytest.approx((200 - 100) / 4, rel=0.05)


FULL_DISK = """
import ctypes, os, sys
from pathlib import Path
libc, uid, gid = ctypes.CDLL(None, use_errno=True), os.getuid(), os.getgid()
if libc.unshare(0x10000000 | 0x00020000):
    sys.exit(77)
folder = sys.argv[1]
Path("/proc/self/setgroups").write_text("deny")
Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
if libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, b"size=60k"):
    sys.exit(77)
from generation.contract import Format, Request, Transient
from generation.runner import run
from tests.generation import numbers_engine
numbers_engine.install()
try:
    run(Request(engine="numbers", task="shot", format=Format(width=640, height=360, frames=300)), Path(folder) / "work")
except Transient as failure:
    print(failure, os.listdir(folder))
"""


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    child = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False, cwd=catalog_root())
    if child.returncode == 77:
        pytest.fail("This kernel allows no file system of one's own, so a full disk could not be tried.")
    assert child.stdout.startswith("The disk is full"), child.stdout + child.stderr
    assert child.stdout.rstrip().endswith("[]")


def catalog_root() -> Path:
    return Path(catalog.__file__).parents[1]
