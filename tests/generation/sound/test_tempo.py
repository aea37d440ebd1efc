"""Speech that is hurried: as long as asked, as high as before, its words where they are heard."""

from __future__ import annotations

import numpy as np
import pytest

from generation.contract import SAMPLE_RATE, Samples, Word
from generation.media.tempo import MAX_HURRY, faster, fitted

STARTS = (0.02, 0.5, 1.2, 2.0, 2.8)  # seconds


def beeps(channels: int = 1, pitch: float = 220.0) -> Samples:
    """Three seconds with a tone of a tenth of a second at each of `STARTS`."""
    t = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    gate = sum(((t >= start) & (t < start + 0.1)).astype(float) for start in STARTS)
    return np.repeat((0.3 * np.sin(2 * np.pi * pitch * t) * gate)[:, None], channels, axis=1).astype(np.float32)


def heard_at(samples: Samples) -> list[float]:
    loud = np.flatnonzero(np.abs(samples[:, -1]) > 0.02)
    return [float(loud[n]) / SAMPLE_RATE for n in (0, *(np.flatnonzero(np.diff(loud) > 2400) + 1))]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("tempo", [1.01, 1.2, MAX_HURRY])
def test_everything_comes_sooner_and_nothing_is_lost(tempo: float, channels: int) -> None:
    made = faster(beeps(channels), tempo)
    assert made.shape == (round(3 * SAMPLE_RATE / tempo), channels)
    assert heard_at(made) == pytest.approx([start / tempo for start in STARTS], abs=0.005)


def test_the_pitch_stays() -> None:
    tone = (0.3 * np.sin(2 * np.pi * 220 * np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE))[:, None].astype(np.float32)
    made = faster(tone, 1.3)[4800 : 4800 + SAMPLE_RATE, 0]
    assert int(np.abs(np.fft.rfft(made * np.hanning(len(made)))).argmax()) == 220


def test_the_same_samples_give_the_same_samples() -> None:
    assert np.array_equal(faster(beeps(), 1.17), faster(beeps(), 1.17))


def test_a_line_that_fits_is_left_alone() -> None:
    for within in (None, 3.0, 9.0):
        line = fitted(beeps(), [Word(text="go", start=0.5, end=0.6)], within)
        assert np.array_equal(line.samples, beeps()) and (line.hurry, line.notes) == (1.0, ()) and line.words[0].start == 0.5


def test_a_line_is_hurried_by_as_much_as_it_needs_and_never_more_than_the_most() -> None:
    words = [Word(text="go", start=0.5, end=0.6)]
    line = fitted(beeps(), words, 2.5)
    assert (line.hurry, len(line.samples)) == (1.2, round(2.5 * SAMPLE_RATE)) and line.words[0].start == pytest.approx(0.5 / 1.2, abs=1e-3)
    assert line.notes[0].startswith("Made 1.20 times faster")
    most = fitted(beeps(), words, 1.0)
    assert most.hurry == MAX_HURRY and len(most.samples) == round(3 * SAMPLE_RATE / MAX_HURRY) and "still 1.2 s longer" in most.notes[0]


@pytest.mark.parametrize(("count", "left"), [(0, 0), (1, 1), (2400, 2400), (3000, 2400), (9000, 6667)])
def test_a_breath_is_no_trouble(count: int, left: int) -> None:
    line = fitted(np.full((count, 1), 0.1, np.float32), [], 0.001)
    assert np.isfinite(line.samples).all() and line.samples.shape == (left, 1)
