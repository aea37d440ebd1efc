"""Loudness against the signals that EBU Tech 3341 gives, and true peaks that no sample shows."""

import numpy as np
import pytest

from generation.contract import SAMPLE_RATE, Samples
from generation.media import loudness


def tone(dbfs: float, seconds: float, hertz: float = 997.0, channels: int = 2, phase: float = 0.0) -> Samples:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * t + phase)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


@pytest.mark.parametrize("dbfs", [-23.0, -33.0])
def test_a_steady_tone_has_its_own_level(dbfs: float) -> None:
    result = loudness.measure(tone(dbfs, 5))
    assert result.integrated == pytest.approx(dbfs, abs=0.1)
    assert result.short_term_max == pytest.approx(dbfs, abs=0.1)


def test_quiet_parts_are_gated_out() -> None:
    """Tech 3341, case 3: −36, −23, −36 dBFS reads −23."""
    sound = np.concatenate([tone(-36, 3), tone(-23, 18), tone(-36, 3)])
    assert loudness.integrated(sound) == pytest.approx(-23.0, abs=0.1)


def test_low_frequencies_count_less_and_high_ones_more() -> None:
    assert loudness.integrated(tone(-23, 3, hertz=40)) < -26
    assert loudness.integrated(tone(-23, 3, hertz=6000)) > -20.5


def test_a_peak_between_samples_is_found() -> None:
    """A quarter of the rate at 45°: every sample 3 dB under the wave's crest."""
    sound = tone(-6.0, 1, hertz=SAMPLE_RATE / 4, phase=np.pi / 4)
    assert float(np.abs(sound).max()) == pytest.approx(10 ** (-9.01 / 20), rel=0.01)
    assert loudness.measure(sound).true_peak == pytest.approx(-6.0, abs=0.3)


def test_blocks_of_any_size_give_the_same_figure() -> None:
    rng = np.random.default_rng(4)
    sound = (rng.normal(size=(4 * SAMPLE_RATE + 17, 2)) * 0.1).astype(np.float32)
    meter = loudness.Meter(2)
    at = 0
    for size in (1, 7, 4799, 4800, 100_000, len(sound)):
        meter.feed(sound[at : at + size])
        at += size
    assert meter.result().integrated == pytest.approx(loudness.measure(sound).integrated, abs=1e-6)
    assert meter.result().true_peak == pytest.approx(loudness.measure(sound).true_peak, abs=0.01)


def test_silence_is_silence() -> None:
    nothing = np.zeros((SAMPLE_RATE, 2), dtype=np.float32)
    assert loudness.measure(nothing).integrated == loudness.SILENCE
    assert np.array_equal(loudness.normalise(nothing, -20), nothing)
    assert loudness.measure(nothing[:0]).true_peak == loudness.SILENCE


def test_normalising_reaches_its_level_and_keeps_its_ceiling() -> None:
    assert loudness.integrated(loudness.normalise(tone(-40, 2), -20)) == pytest.approx(-20, abs=0.05)
    assert float(np.abs(loudness.normalise(tone(-40, 2), 0, ceiling=0.5)).max()) == pytest.approx(0.5, abs=0.001)
