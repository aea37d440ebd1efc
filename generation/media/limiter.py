"""A true-peak limiter that needs no state: the same sound gives the same result however it is cut into blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d
from scipy.signal import oaconvolve

from generation.contract import SAMPLE_RATE, Samples
from generation.media.loudness import loudest, oversampled_peaks

_REACH = int(0.06 * SAMPLE_RATE)  # samples either side of a peak over which the gain goes down and comes back
CONTEXT = 2 * _REACH + 64  # samples before and after a block that decide about it
_MARGIN = 0.994  # the gain's own slope raises what lies between samples by a hair
_WINDOW = np.hanning(2 * _REACH + 3)[1:-1]


def limit(samples: Samples, ceiling_db: float = -1.0) -> Samples:
    """The sound with no true peak above `ceiling_db` dBTP. Where nothing comes near it, it is the very same numbers."""
    gain = limiting_gain(samples, ceiling_db)
    return samples if gain is None else np.asarray(samples * gain[:, None], dtype=np.float32)


def limiting_gain(samples: Samples, ceiling_db: float) -> NDArray[np.float32] | None:
    """The gain for each sample, None if 1 everywhere. It is the lowest needed within `_REACH`, smoothed over the same reach, so it is never
    above what a peak needs when the peak comes."""
    ceiling = np.float32(10 ** (ceiling_db / 20) * _MARGIN)
    if not len(samples) or float(np.abs(samples).max()) < ceiling * 0.5:
        return None
    peaks = _peaks(samples, float(ceiling))
    if float(peaks.max()) <= ceiling:
        return None
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    lowest = minimum_filter1d(needed, 2 * _REACH + 1, mode="nearest").astype(np.float64)
    padded = np.pad(1.0 - lowest, _REACH, mode="edge")
    reduction = oaconvolve(padded, _WINDOW / _WINDOW.sum(), mode="valid")
    reduction[reduction < 1e-7] = 0.0  # rounding of the convolution: untouched stays untouched
    return np.asarray(1.0 - reduction, dtype=np.float32)


def _peaks(samples: Samples, ceiling: float) -> NDArray[np.float32]:
    """Peaks between samples, worked out only around samples within 6 dB of the ceiling."""
    peaks = loudest(samples)
    size = SAMPLE_RATE // 50
    for start in range(0, len(samples), size):
        if float(peaks[start : start + size].max()) > ceiling * 0.5:
            low = max(0, start - 32)
            peaks[start : start + size] = oversampled_peaks(samples[low : start + size + 32])[start - low : start - low + size]
    return np.asarray(peaks, dtype=np.float32)
