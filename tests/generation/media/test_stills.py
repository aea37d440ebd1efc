"""Small pictures from frames in hand."""

from __future__ import annotations

import io

import numpy as np
import pytest
from av.video.frame import VideoFrame
from PIL import Image

from generation.contract import Pixels
from generation.media.encode import ToYuv, rgb_frame
from generation.media.stills import PREVIEW_BYTES, Stills, png, preview, shrink
from tests.generation.numbered import paint


def yuv(pixels: Pixels) -> VideoFrame:
    return ToYuv()(rgb_frame(pixels))


def test_the_poster_has_the_colours_of_the_frame() -> None:
    stills = Stills(1)
    stills.add(0, yuv(np.full((360, 1280, 3), (200, 60, 30), np.uint8)))
    picture = np.asarray(Image.open(io.BytesIO(stills.poster())))
    assert picture.shape == (180, 640, 3)
    assert np.abs(picture[90, 320].astype(int) - (200, 60, 30)).max() <= 4


def test_the_filmstrip_shows_the_frames_it_says_it_shows() -> None:
    stills = Stills(100)
    for number in range(100):
        stills.add(number, yuv(np.full((90, 160, 3), number * 2, np.uint8)))
    strip = stills.filmstrip()
    picture = np.asarray(Image.open(io.BytesIO(strip.data)))
    assert picture.shape == (strip.height, strip.count * strip.width, 3) and strip.count == 12
    for thumb, number in enumerate(strip.at):
        assert abs(int(picture[45, thumb * 160 + 80, 0]) - number * 2) <= 3


@pytest.mark.parametrize("frames", [1, 2, 5, 12, 13, 200])
def test_short_takes_have_fewer_thumbs_and_always_a_poster(frames: int) -> None:
    stills = Stills(frames)
    for number in range(frames):
        stills.add(number, yuv(paint(1, number, 160, 90)))
    strip = stills.filmstrip()
    assert strip.count == min(12, frames) == len(set(strip.at))
    assert Image.open(io.BytesIO(stills.poster())).size == (160, 90)


def test_a_poster_is_640_wide_and_nothing_is_ever_enlarged() -> None:
    assert shrink(paint(0, 0, 1280, 720), 640).shape == (360, 640, 3)
    assert shrink(paint(0, 0, 100, 50), 640).shape == (50, 100, 3)


def test_a_preview_stays_small_even_of_noise() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    assert 500 < len(preview(noise)) <= PREVIEW_BYTES


def test_a_still_is_lossless() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (36, 64, 3), dtype=np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(png(picture)))) == picture).all()
