"""Loudness by ITU-R BS.1770-4 and EBU R128: integrated, short-term and true peak, measured block by block.

Sound is float32 (samples, channels) at 48 kHz. One channel counts once, so a mono sound placed at −3 dB in both speakers keeps its figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, resample_poly, sosfilt

from generation.contract import SAMPLE_RATE, Samples

SILENCE = -120.0  # LUFS or dBTP reported for digital silence
_HOP = SAMPLE_RATE // 10  # gating blocks are 400 ms, every 100 ms
_CONTEXT = 16  # samples either side that interpolation to four times the rate looks at
_FINE = firwin(81, 0.25, window=("kaiser", 5.0)).astype(np.float32)  # interpolates four times; looks at 10 samples either side
# The two K-weighting stages at 48 kHz, tables 1 and 2 of BS.1770-4.
_K_WEIGHTING = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)


@dataclass(frozen=True)
class Loudness:
    """`integrated` and `short_term_max` in LUFS, `true_peak` in dBTP; −120 means silence."""

    integrated: float
    short_term_max: float
    true_peak: float


class Meter:
    """Feed blocks of any length in order, then ask. Holds ten numbers a second, however long the film.

    Without `peaks` it is quicker, and reports no true peak.
    """

    def __init__(self, channels: int, peaks: bool = True) -> None:
        self._peaks = peaks
        self._state = np.zeros((2, 2, channels))
        self._rest = np.zeros(0)
        self._hops: list[NDArray[np.float64]] = []
        self._peak = 0.0
        self._edge = np.zeros((0, channels), dtype=np.float32)

    def feed(self, block: Samples) -> None:
        if not len(block):
            return
        weighted, self._state = sosfilt(_K_WEIGHTING, block, axis=0, zi=self._state)
        squared = np.square(weighted)
        power = np.concatenate([self._rest, sum(squared[:, c] for c in range(block.shape[1]))])
        whole = len(power) // _HOP * _HOP
        if whole:
            self._hops.append(power[:whole].reshape(-1, _HOP).sum(axis=1))
        self._rest = power[whole:]
        if not self._peaks:
            return
        joined = np.concatenate([self._edge, block])
        self._peak = max(self._peak, peak_of(joined, floor=self._peak))
        self._edge = joined[-2 * _CONTEXT :]

    def _power(self, hops: int) -> NDArray[np.float64]:
        """Mean power of every window of `hops` × 100 ms."""
        sums = np.concatenate(self._hops) if self._hops else np.zeros(0)
        if len(sums) < hops:  # shorter than one window: the standard has no figure, the whole sound's is the useful one
            total, count = float(sums.sum() + self._rest.sum()), len(sums) * _HOP + len(self._rest)
            return np.array([total / count]) if count else np.zeros(0)
        totals = np.cumsum(np.concatenate([[0.0], sums]))
        return np.asarray((totals[hops:] - totals[:-hops]) / (hops * _HOP))

    def integrated(self) -> float:
        return _gated(self._power(4))

    def hops(self) -> NDArray[np.float64]:
        """Weighted power of each whole 100 ms, in order."""
        return np.concatenate(self._hops) / _HOP if self._hops else np.zeros(0)

    def short_term(self) -> list[float]:
        """LUFS of every 3 s window, one each 100 ms."""
        return [_to_lufs(float(p)) for p in self._power(30)]

    def result(self) -> Loudness:
        short = self._power(30)
        peak = 20 * float(np.log10(self._peak)) if self._peak > 1e-6 else SILENCE
        return Loudness(self.integrated(), _to_lufs(float(short.max())) if len(short) else SILENCE, peak)


def gated_loudness(hops: NDArray[np.float64]) -> float:
    """LUFS of a sound by its `Meter.hops`."""
    return _gated(np.convolve(hops, np.full(4, 0.25), mode="valid")) if len(hops) >= 4 else SILENCE


def _gated(power: NDArray[np.float64]) -> float:
    """The absolute gate at −70 LUFS, then the relative one 10 LU under what is left."""
    power = power[power > _from_lufs(-70.0)]
    if not len(power):
        return SILENCE
    return _to_lufs(float(np.mean(power[power > np.mean(power) * 0.1])))


def measure(samples: Samples) -> Loudness:
    meter = Meter(samples.shape[1])
    for start in range(0, len(samples), 10 * SAMPLE_RATE):
        meter.feed(samples[start : start + 10 * SAMPLE_RATE])
    return meter.result()


def integrated(samples: Samples) -> float:
    """LUFS, gated."""
    meter = Meter(samples.shape[1], peaks=False)
    for start in range(0, len(samples), 10 * SAMPLE_RATE):
        meter.feed(samples[start : start + 10 * SAMPLE_RATE])
    return meter.integrated()


def normalise(samples: Samples, lufs: float, ceiling: float = 0.89) -> Samples:
    """The sound at `lufs`, or quieter where its highest sample would pass `ceiling` (linear). Silence stays silence."""
    now = integrated(samples)
    if now <= SILENCE:
        return samples
    gain = float(10 ** ((lufs - now) / 20))
    highest = float(np.abs(samples).max())
    return np.asarray(samples * np.float32(min(gain, ceiling / max(highest, 1e-9))), dtype=np.float32)


def oversampled_peaks(samples: Samples) -> NDArray[np.float32]:
    """For every sample the highest absolute value of any channel around it at four times the rate (BS.1770-4, annex 2).

    The `_CONTEXT` samples at either end want neighbours that are not there, and stand as they are, not interpolated.
    """
    plain = loudest(samples)
    if len(samples) <= 2 * _CONTEXT:
        return plain
    fine = loudest(resample_poly(samples, 4, 1, axis=0, window=_FINE)).reshape(-1, 4).max(axis=1)
    plain[_CONTEXT:-_CONTEXT] = fine[_CONTEXT:-_CONTEXT]
    return plain


def loudest(samples: Samples) -> NDArray[np.float32]:
    """For every sample the highest absolute value of its channels."""
    result = np.abs(samples[:, 0])
    for channel in range(1, samples.shape[1]):
        np.maximum(result, np.abs(samples[:, channel]), out=result)
    return np.asarray(result, dtype=np.float32)


def peak_of(samples: Samples, floor: float = 0.0) -> float:
    """True peak, linear. Only where a sample comes within 6 dB of the highest so far is it interpolated."""
    if not len(samples):
        return 0.0
    highest = float(np.abs(samples).max())
    if highest < 1e-6 or highest * 2 < floor:
        return highest
    for start in range(0, len(samples), _HOP):
        part = samples[max(0, start - _CONTEXT) : start + _HOP + _CONTEXT]
        if float(np.abs(part).max()) * 2 > highest:
            highest = max(highest, float(oversampled_peaks(part).max()))
    return highest


def _to_lufs(power: float) -> float:
    return -0.691 + 10 * float(np.log10(power)) if power > 1e-12 else SILENCE


def _from_lufs(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
