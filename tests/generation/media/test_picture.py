"""What the frames of a take are made into while they come: the master, the rendition, and a lighter one of the same frames."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from generation.contract import Format, Output, Pixels, Rate
from generation.media.encode import MasterProfile, RenditionProfile
from generation.media.picture import PictureFiles

FRAMES = 6


def scene(width: int, height: int, number: int) -> Pixels:
    """Something with detail, a shade lighter in each frame."""
    y, x = np.mgrid[0:height, 0:width]
    light = 60 + 20 * number + 24 * np.sin(x / 3) * np.cos(y / 5)
    return np.repeat(np.clip(light, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def made(folder: Path, width: int, height: int, rendition: RenditionProfile | None = None) -> dict[str, Output]:
    files = PictureFiles(
        folder, Format(width=width, height=height, rate=Rate(num=25), frames=FRAMES), MasterProfile(), rendition or RenditionProfile()
    )
    for number in range(FRAMES):
        files.add(scene(width, height, number))
    return {output.name: output for output in files.finish()}


def greys(path: str) -> list[float]:
    with av.open(path) as container:
        return [float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]


def test_the_light_rendition_has_the_same_frames_at_half_the_size(tmp_path: Path) -> None:
    outputs = made(tmp_path, 854, 480)
    full, light = outputs["rendition"], outputs["light"]
    assert (light.meta["width"], light.meta["height"]) == (426, 240)
    assert light.meta["frames"] == full.meta["frames"] == FRAMES and light.meta["rate"] == full.meta["rate"]
    frags = light.meta["frags"]
    assert isinstance(frags, list) and len(frags) == FRAMES + 1, "a fragment a frame, like the other"
    assert light.size < full.size / 3
    assert np.abs(np.array(greys(light.path)) - np.array(greys(full.path))).max() < 1.5, "frame for frame"


def test_it_is_half_of_what_a_browser_plays_and_not_of_the_master(tmp_path: Path) -> None:
    outputs = made(tmp_path, 320, 180, RenditionProfile(width=1280, height=720))
    assert (outputs["light"].meta["width"], outputs["light"].meta["height"]) == (640, 360)


def test_of_a_small_picture_there_is_no_lighter_one(tmp_path: Path) -> None:
    assert "light" not in made(tmp_path, 320, 180)
    assert not (tmp_path / "light.mp4").exists()


def test_the_same_frames_give_the_same_light_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
    assert made(one, 640, 360)["light"].sha256 == made(other, 640, 360)["light"].sha256
