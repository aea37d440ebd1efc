"""Files from strangers: known by content, bounded, offline, and never a crash of the process that asked."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from generation.contract import BadRequest, Rate
from generation.media import ingest
from generation.media.encode import MasterFile, ToYuv, rgb_frame
from generation.media.probe import bring_film, bring_picture, bring_sound, probe
from generation.media.sandbox import Bounds, call
from generation.media.sound import read_sound, write_flac
from tests.generation.numbered import paint, read


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    to_yuv, path = ToYuv(), tmp_path / "clip.mp4"
    with MasterFile(path, 320, 180, Rate(num=30)) as file:
        for number in range(30):
            file.write(to_yuv(rgb_frame(paint(4, number))))
    return path


def test_a_film_is_known_by_its_content(clip: Path) -> None:
    seen = probe(clip.rename(clip.with_name("holiday.jpg")))
    assert (seen.kind, seen.media_type, seen.width, seen.height, seen.frames, seen.rate) == ("film", "video/mp4", 320, 180, 30, Rate(num=30))
    assert seen.seconds == pytest.approx(1.0)


def test_pictures_are_brought_in_upright_and_without_what_they_carried(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where I live"
    Image.new("RGB", (80, 40), "red").save(tmp_path / "p.jpg", exif=exif)
    assert (probe(tmp_path / "p.jpg").width, probe(tmp_path / "p.jpg").height) == (40, 80)
    made = bring_picture(tmp_path / "p.jpg", tmp_path)
    assert Image.open(made.path).size == (40, 80) and b"where I live" not in Path(made.path).read_bytes()


def test_a_film_is_brought_to_the_projects_rate_and_size(clip: Path, tmp_path: Path) -> None:
    made = {output.name: output for output in bring_film(clip, tmp_path, 320, 180, Rate(num=24))}
    assert set(made) == {"master", "rendition", "poster", "filmstrip"}
    with av.open(made["master"].path) as container:
        numbers = [read(frame)[1] for frame in container.decode(video=0)]
    assert len(numbers) == 24
    assert all(abs(number - place * 30 / 24) <= 0.5 for place, number in enumerate(numbers)), numbers


def test_sound_is_brought_in_as_flac(tmp_path: Path) -> None:
    write_flac(tmp_path / "s.flac", np.full((4_800, 2), 0.25, np.float32))
    (tmp_path / "in").mkdir()
    made = bring_sound(tmp_path / "s.flac", tmp_path / "in")
    assert read_sound(Path(made.path)).shape == (4_800, 2)
    with pytest.raises(BadRequest, match="no picture that can be used"):
        bring_picture(tmp_path / "s.flac", tmp_path / "in")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://SECRET\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", b"ffconcat version 1.0\nfile SECRET\n"),
        ("a.mpd", b'<?xml version="1.0"?><MPD><Period><BaseURL>file://SECRET</BaseURL></Period></MPD>'),
        ("a.sdp", b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9999 RTP/AVP 96\na=rtpmap:96 H264/90000\n"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file://SECRET"/></svg>'),
        ("a.tiff", b"II*\x00\x08\x00\x00\x00\x00\x00"),
        ("a.psd", b"8BPS\x00\x01" + bytes(60)),
        ("a.txt", b"INT. HOUSE - DAY"),
        ("empty.mp4", b""),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(400)),
    ],
)
def test_what_is_no_media_of_ours_is_refused_whatever_it_points_to(clip: Path, name: str, content: bytes) -> None:
    path = clip.with_name(name)
    path.write_bytes(content.replace(b"SECRET", str(clip).encode()))
    with pytest.raises(BadRequest, match=r"no picture, film or sound|cannot be read|neither picture nor sound"):
        ingest.probe(str(path), 10**8, 1000.0)


def test_the_person_is_told_which_file_was_refused(tmp_path: Path) -> None:
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n")
    with pytest.raises(BadRequest, match=r"“list\.m3u8”: It is no picture"):
        probe(tmp_path / "list.m3u8")


def test_a_picture_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    (tmp_path / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    with pytest.raises(BadRequest, match="million pixels"):
        ingest.probe(str(tmp_path / "bomb.png"), Bounds().max_pixels, 10.0)


def test_too_long_and_too_large_films_are_refused(clip: Path) -> None:
    with pytest.raises(BadRequest, match="minutes long"):
        ingest.probe(str(clip), 10**8, 0.5)
    with pytest.raises(BadRequest, match="million pixels"):
        ingest.probe(str(clip), 1000, 10.0)
    assert Image.MAX_IMAGE_PIXELS and Image.MAX_IMAGE_PIXELS > 10**7, "the bound of one file is not the bound of the process"


def test_memory_processor_time_and_patience_are_bounded(clip: Path, tmp_path: Path) -> None:
    Image.new("RGB", (6000, 6000)).save(tmp_path / "large.png")
    with pytest.raises(BadRequest, match="memory"):
        bring_picture(tmp_path / "large.png", tmp_path, bounds=Bounds(memory_bytes=600 << 20))
    with pytest.raises(BadRequest, match="took longer than"):
        probe(clip, bounds=Bounds(wall_seconds=0.01))
    (tmp_path / "out").mkdir()
    with pytest.raises(BadRequest, match="processor time"):
        call("film", "clip.mp4", endless(clip, tmp_path / "out"), Bounds(cpu_seconds=1))


def endless(clip: Path, folder: Path) -> dict[str, object]:
    picture = {"width": 1920, "height": 1080, "rate": {"num": 60, "den": 1}, "frames": 100_000}
    return {"path": str(clip), "folder": str(folder), "picture": picture, "master": {}, "rendition": {}, "max_pixels": 10**7, "max_seconds": 10.0}


def test_fuzzed_files_are_read_or_refused_and_nothing_else(clip: Path, tmp_path: Path) -> None:
    """Here in this process, so that a crash would end the suite instead of looking like a refusal."""
    whole, chance = clip.read_bytes(), random.Random(7)
    path = tmp_path / "fuzz.mp4"
    refused = 0
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.randint(len(data) // 2, len(data))])
        try:
            ingest.probe(str(path), 10**8, 100.0)
        except BadRequest:
            refused += 1
    assert 0 < refused <= 40


def test_a_torn_file_is_refused_through_the_child(clip: Path, tmp_path: Path) -> None:
    data = clip.read_bytes()
    (tmp_path / "torn.mp4").write_bytes(data[: len(data) // 3])
    (tmp_path / "in").mkdir()
    with pytest.raises(BadRequest, match=r"torn\.mp4"):
        bring_film(tmp_path / "torn.mp4", tmp_path / "in", 64, 36, Rate(num=24))
