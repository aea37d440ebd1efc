"""Masters and renditions: colours as painted, closed GOPs, an index that finds every frame."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import av
import numpy as np
import pytest

from generation.contract import Failure, Pixels, Rate
from generation.media.encode import TIMESCALE, Fit, MasterFile, RenditionFile, ToYuv, file_sha256, rgb_frame, ticks, timescale
from generation.media.segments import read_index
from generation.media.sources import Run, decode_run, examine
from tests.generation.numbered import paint, read

FILM = Rate(num=24)
RATES = [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1)]
PATCHES = [(235, 40, 40), (40, 200, 60), (40, 60, 220), (250, 250, 250), (16, 16, 16), (240, 200, 40), (128, 128, 128), (200, 120, 90)]


def patches() -> Pixels:
    return np.repeat(np.repeat(np.array([PATCHES], np.uint8), 40, axis=1), 160, axis=0)


def write(path: Path, frames: int, rate: Rate = FILM, kind: type[MasterFile] | type[RenditionFile] = MasterFile, take: int = 0) -> Path:
    to_yuv = ToYuv()
    with kind(path, 320, 180, rate) as file:
        for number in range(frames):
            file.write(to_yuv(rgb_frame(paint(take, number))))
    return path


@pytest.mark.parametrize("kind", [MasterFile, RenditionFile])
def test_colours_come_back_as_painted_when_read_as_the_file_says(tmp_path: Path, kind: type[MasterFile] | type[RenditionFile]) -> None:
    to_yuv = ToYuv()
    with kind(tmp_path / "c.mp4", 320, 160, FILM) as file:
        for _ in range(3):
            file.write(to_yuv(rgb_frame(patches())))
    with av.open(str(tmp_path / "c.mp4")) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.colorspace, codec.color_primaries, codec.color_trc, codec.color_range) == (1, 1, 1, 1)
        frame = next(container.decode(video=0))
    luma, blue, red = (np.asarray(plane, np.float64) for plane in _planes(frame))
    for number, (r, g, b) in enumerate(PATCHES):
        # ITU-R BT.709-6, section 3, from 8-bit limited-range values
        y, cb, cr = ((luma[80, number * 40 + 20] - 16) / 219, (blue[40, number * 20 + 10] - 128) / 224, (red[40, number * 20 + 10] - 128) / 224)
        seen = (y + 1.5748 * cr, y - 0.1873 * cb - 0.4681 * cr, y + 1.8556 * cb)
        assert np.abs(np.array(seen) * 255 - (r, g, b)).max() < 4, (seen, (r, g, b))


def _planes(frame: av.VideoFrame) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    return [np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width] for plane in frame.planes]


@pytest.mark.parametrize("rate", [*RATES, (16, 1), (23, 1), (12, 1)])
def test_a_frame_is_a_whole_number_of_ticks_at_any_rate(rate: tuple[int, int]) -> None:
    frames = Rate(num=rate[0], den=rate[1])
    assert ticks(frames) * frames.fps == timescale(frames)
    assert timescale(frames) == TIMESCALE or rate == (23, 1)


def test_masters_have_a_closed_group_every_24_frames_and_equal_parameters(tmp_path: Path) -> None:
    first, second = (examine(write(tmp_path / f"{take}.mp4", frames, take=take)) for take, frames in ((1, 60), (2, 7)))
    assert first.keys == (0, 24, 48) and first.frames == 60
    assert first.parameters == second.parameters
    with av.open(str(tmp_path / "1.mp4")) as container:
        order = [packet.pts * packet.time_base * 24 for packet in container.demux(video=0) if packet.pts is not None]
    for group in (0, 24):
        assert sorted(order[group : group + 24]) == list(range(group, group + 24))
    assert order != sorted(order), "B-frames are in use, or the file is larger than it need be"


def test_a_master_can_be_played_while_it_downloads(tmp_path: Path) -> None:
    data = write(tmp_path / "m.mp4", 5).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_any_run_of_frames_can_be_read_back(tmp_path: Path) -> None:
    path = write(tmp_path / "m.mp4", 80, Rate(num=60000, den=1001), take=5)
    for start, end in ((0, 1), (23, 25), (24, 48), (47, 80), (79, 80), (5, 6)):
        seen = [read(frame) for frame in decode_run(Run(path, start, end), Rate(num=60000, den=1001))]
        assert seen == [(5, number) for number in range(start, end)]
    with pytest.raises(Failure, match="no frame 80"):
        list(decode_run(Run(path, 70, 81), Rate(num=60000, den=1001)))


@pytest.mark.parametrize("rate", RATES)
def test_each_fragment_of_a_rendition_is_one_frame_that_decodes_alone(tmp_path: Path, rate: tuple[int, int]) -> None:
    path = write(tmp_path / "r.mp4", 30, Rate(num=rate[0], den=rate[1]), RenditionFile, take=9)
    index, data = read_index(path), path.read_bytes()
    assert index.frames == 30 and len(index.frags) == 31
    assert index.frags[0] == index.init and index.frags[-1] == len(data)
    assert index.ticks == 120_000 * rate[1] // rate[0] and index.timescale == 120_000
    assert index.codec.startswith("avc1.6400")
    for number in (0, 1, 17, 29):
        alone = data[: index.init] + data[index.frags[number] : index.frags[number + 1]]
        with av.open(io.BytesIO(alone), "r") as container:
            frames = list(container.decode(video=0))
        assert [read(frame) for frame in frames] == [(9, number)]


def test_one_frame_renditions_have_an_index_too(tmp_path: Path) -> None:
    index = read_index(write(tmp_path / "r.mp4", 1, Rate(num=30000, den=1001), RenditionFile))
    assert (index.frames, index.ticks) == (1, 4004)


def test_renditions_of_one_profile_share_their_initialisation(tmp_path: Path) -> None:
    short, long = (read_index(write(tmp_path / f"{n}.mp4", n, FILM, RenditionFile, take=n)) for n in (2, 40))
    assert short.init_id == long.init_id


def test_a_damaged_or_foreign_file_has_no_index(tmp_path: Path) -> None:
    whole = write(tmp_path / "r.mp4", 5, FILM, RenditionFile).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[:-40])
    with pytest.raises(Failure, match="damaged"):
        read_index(tmp_path / "cut.mp4")
    with pytest.raises(Failure, match="no frames"):
        read_index(write(tmp_path / "m.mp4", 5))


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    for kind in (MasterFile, RenditionFile):
        assert len({file_sha256(write(tmp_path / f"{n}.mp4", 50, kind=kind)) for n in range(2)}) == 1
    assert file_sha256(tmp_path / "0.mp4") == hashlib.sha256((tmp_path / "0.mp4").read_bytes()).hexdigest()


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (322, 100), (90, 90)])
def test_fitting_keeps_the_shape_and_fills_with_black(size: tuple[int, int]) -> None:
    fit = Fit(*size)
    frame = fit(rgb_frame(paint(3, 77)))
    assert (frame.width, frame.height, frame.format.name) == (*size, "yuv420p")
    scale = min(size[0] / 320, size[1] / 180)
    width, height = round(320 * scale), round(180 * scale)
    assert read(frame, (size[0] - width) // 2, (size[1] - height) // 2, width, height) == (3, 77)
    grey = frame.to_ndarray(format="gray")
    if (size[1] - height) > 8:
        assert grey[:2].max() <= 17
    if (size[0] - width) > 8:
        assert grey[:, :2].max() <= 17
