"""Foreign films, moving pictures and rows of pictures as exactly the frames asked for."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from generation.contract import BadRequest, Format, Rate
from generation.media.probe import bring_reel
from tests.generation.engines import made


def frames(path: Path) -> list[int]:
    """The mean grey of each frame."""
    with av.open(str(path)) as container:
        return [round(float(frame.to_ndarray(format="rgb24").mean())) for frame in container.decode(video=0)]


def test_by_time_a_slower_film_shows_each_of_its_frames_longer(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(made.mp4(6, 32, 16, 12))
    path, reel = bring_reel([film], tmp_path, Format(width=32, height=16, rate=Rate(num=24, den=1), frames=12), "time")
    shown = frames(path)
    assert len(shown) == 12 and len(set(shown)) == 6 and shown == sorted(shown) and (reel.had, reel.width, reel.height) == (6, 32, 16)
    assert reel.reached >= 11


def test_a_row_of_pictures_and_a_moving_one_go_frame_by_frame_and_the_last_is_held(tmp_path: Path) -> None:
    row = [tmp_path / f"{number}" for number in range(3)]
    for number, place in enumerate(row):
        place.write_bytes(made.png(number, 40, 24))
    moving = tmp_path / "moving"
    moving.write_bytes(made.gif(3, 40, 24))
    picture = Format(width=32, height=16, frames=5)
    for paths in (row, [moving]):
        path, reel = bring_reel(paths, tmp_path, picture, "frames")
        shown = frames(path)
        assert len(shown) == 5 and shown[2] == shown[3] == shown[4] and len(set(shown)) == 3
        assert (reel.had, reel.reached, reel.width, reel.height) == (3, 3, 40, 24)


def test_a_picture_of_the_size_asked_for_keeps_its_very_pixels(tmp_path: Path) -> None:
    place = tmp_path / "a"
    place.write_bytes(made.png(5, 64, 32))
    path, _ = bring_reel([place], tmp_path, Format(width=64, height=32), "frames")
    from PIL import Image

    with av.open(str(path)) as container:
        (frame,) = container.decode(video=0)
        assert np.array_equal(frame.to_ndarray(format="rgb24"), np.asarray(Image.open(place).convert("RGB")))


@pytest.mark.parametrize("raw", [b"not a picture", made.wav(0.1), made.mp4(4, 32, 16)[:300]])
def test_what_has_no_picture_is_refused(tmp_path: Path, raw: bytes) -> None:
    place = tmp_path / "a"
    place.write_bytes(raw)
    with pytest.raises(BadRequest):
        bring_reel([place], tmp_path, Format(width=32, height=16), "frames")
