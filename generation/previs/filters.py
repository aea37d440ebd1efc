"""Filters and noise that voice, music and tones share. Sound is float32 or float64 along axis 0 at 48 kHz unless a rate is given."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, oaconvolve, sosfilt

from generation.contract import SAMPLE_RATE

F32 = NDArray[np.float32]
Array = NDArray[np.floating]


def rng_for(*parts: object) -> np.random.Generator:
    """A generator that depends on the parts' text alone: the same in every process and on every day."""
    digest = hashlib.sha256("\x1f".join(str(p) for p in parts).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def low_pass(x: Array, hertz: float, order: int = 2, rate: float = SAMPLE_RATE) -> F32:
    return _filter(butter(order, min(hertz, rate * 0.49), "lowpass", fs=rate, output="sos"), x)


def high_pass(x: Array, hertz: float, order: int = 2, rate: float = SAMPLE_RATE) -> F32:
    return _filter(butter(order, hertz, "highpass", fs=rate, output="sos"), x)


def band_pass(x: Array, low: float, high: float, order: int = 1, rate: float = SAMPLE_RATE) -> F32:
    return _filter(butter(order, [low, min(high, rate * 0.49)], "bandpass", fs=rate, output="sos"), x)


def peaking(x: Array, hertz: float, db: float, q: float = 0.9, rate: float = SAMPLE_RATE) -> F32:
    """A bell of `db` at `hertz` (Bristow-Johnson, Audio EQ Cookbook)."""
    w, amp = 2 * np.pi * hertz / rate, 10 ** (db / 40)
    alpha, c = np.sin(w) / (2 * q), np.cos(w)
    b = [1 + alpha * amp, -2 * c, 1 - alpha * amp]
    a = [1 + alpha / amp, -2 * c, 1 - alpha / amp]
    return _filter(np.array([[*b, *a]]) / a[0], x)


def shelf(x: Array, hertz: float, db: float, high: bool = True, rate: float = SAMPLE_RATE) -> F32:
    """Everything above (or below) `hertz` raised by `db`, with slope 1 (Bristow-Johnson, Audio EQ Cookbook)."""
    w, amp = 2 * np.pi * hertz / rate, 10 ** (db / 40)
    c, s = np.cos(w), np.sin(w) / 2 * np.sqrt(2) * 2 * np.sqrt(amp)
    m = -1.0 if high else 1.0
    b = [amp * (amp + 1 - m * (amp - 1) * c + s), m * 2 * amp * (amp - 1 - m * (amp + 1) * c), amp * (amp + 1 - m * (amp - 1) * c - s)]
    a = [amp + 1 + m * (amp - 1) * c + s, -m * 2 * (amp - 1 + m * (amp + 1) * c), amp + 1 + m * (amp - 1) * c - s]
    return _filter(np.array([[*b, *a]]) / a[0], x)


def all_pass(x: Array, hertz: float, radius: float, rate: float = SAMPLE_RATE) -> F32:
    """Moves energy near `hertz` later in time and leaves the spectrum as it is."""
    a1, a2 = -2 * radius * np.cos(2 * np.pi * hertz / rate), radius * radius
    return _filter(np.array([[a2, a1, 1.0, 1.0, a1, a2]]), x)


def slow_noise(rng: np.random.Generator, length: int, hertz: float, rate: float = SAMPLE_RATE) -> NDArray[np.float64]:
    """A smooth random curve of about unit variance that turns `hertz` times a second or so."""
    spacing = rate / hertz / 2  # samples between two random points; in between Catmull–Rom, worked out 32 times and joined by lines
    step = max(1, int(spacing / 32))
    coarse = -(-length // step) + 1
    at = np.arange(coarse) * (step / spacing)
    values = rng.normal(size=int(at[-1]) + 4)
    i = at.astype(np.int64)
    f = at - i
    a, b, c, d = values[i], values[i + 1], values[i + 2], values[i + 3]
    curve = b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)))
    lines = curve[:-1, None] + (curve[1:] - curve[:-1])[:, None] * (np.arange(step) / step)
    return np.asarray(lines.reshape(-1)[:length])


def room_response(rng: np.random.Generator, seconds: float, brightness: float = 6000.0, pre_delay: float = 0.012, channels: int = 2) -> F32:
    """An impulse response of a room that does not exist: a few early reflections, then noise that dies by 60 dB in `seconds`,
    highs twice as fast as lows, decorrelated between channels. Energy 1 a channel."""
    length = int(SAMPLE_RATE * (seconds + pre_delay))
    t = np.arange(length) / SAMPLE_RATE
    noise = rng.normal(size=(length, channels)).astype(np.float32)
    low = low_pass(noise, 900, 1) * np.exp(-6.9 * t / seconds)[:, None]
    high = low_pass(high_pass(noise, 900, 1), brightness, 1) * np.exp(-13.8 * t / seconds)[:, None]
    tail = (low + high) * (1 - np.exp(-t / 0.02))[:, None]
    response = np.zeros((length, channels))
    start = int(pre_delay * SAMPLE_RATE)
    response[start:] = tail[: length - start]
    for _ in range(7 * channels):
        at = start + int(rng.uniform(0.0, min(0.06, seconds / 4)) * SAMPLE_RATE)
        response[at, rng.integers(channels)] += rng.choice([-1.0, 1.0]) * rng.uniform(1.0, 3.0)
    response /= np.sqrt(np.sum(np.square(response), axis=0, keepdims=True))
    return np.asarray(response, dtype=np.float32)


def convolve(x: Array, response: Array) -> F32:
    """`x` through `response`, cut to the length of `x`; mono through a stereo response becomes stereo."""
    if x.shape[1] < response.shape[1]:
        x = np.repeat(x, response.shape[1], axis=1)
    return np.asarray(oaconvolve(x, response, axes=0)[: len(x)], dtype=np.float32)


def _filter(sos: NDArray[np.float64], x: Array) -> F32:
    return np.asarray(sosfilt(sos, x, axis=0), dtype=np.float32)
