"""Skins, wires and wood. Mono float32 at 48 kHz, about ±0.5 at velocity 1."""

from __future__ import annotations

import numpy as np

from generation.contract import SAMPLE_RATE
from generation.previs.filters import F32, band_pass, high_pass, low_pass, rng_for
from generation.previs.music.instruments import fade_out, struck


def hit(name: str, velocity: float, variant: int) -> F32:
    """`variant` makes two blows in a row differ, as two hands do."""
    tone = {
        "taiko": _taiko,
        "small taiko": _small_taiko,
        "brush": _brush,
        "sweep": _sweep,
        "shaker": _shaker,
        "tick": _tick,
        "heart": _heart,
        "snare": _snare,
        "ride": _ride,
    }[name](rng_for("drum", name, variant), velocity)
    peak = float(np.abs(tone).max())
    return fade_out(np.asarray(tone * np.float32(0.5 * velocity / max(peak, 1e-9)), dtype=np.float32), 0.02)


def swell(seconds: float) -> F32:
    """A cymbal under soft mallets, growing until its end."""
    n = int(seconds * SAMPLE_RATE)
    noise = rng_for("cymbal").normal(size=n)
    rise = np.linspace(0, 1, n) ** 3
    return fade_out(np.asarray(high_pass(low_pass(noise, 9000, 1), 2500, 2) * rise * 0.16, dtype=np.float32), 0.25)


def _decay(seconds: float, length: float) -> F32:
    return np.exp(-6.9 * np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE / seconds).astype(np.float32)


def _skin(frequency: float, drop: float, ring: float, rng: np.random.Generator) -> F32:
    envelope = _decay(ring, ring)
    t = np.arange(len(envelope)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(frequency * (1 + drop * np.exp(-t / 0.035))) / SAMPLE_RATE
    modes = struck(
        [(frequency * r * float(rng.uniform(0.99, 1.01)), a, ring * 0.4) for r, a in ((1.59, 0.35), (2.14, 0.22), (2.65, 0.12))], len(envelope), 0.003
    )
    return np.asarray(np.sin(phase) * envelope + modes * 0.7, dtype=np.float32)


def _taiko(rng: np.random.Generator, velocity: float) -> F32:
    tone = _skin(58, 0.45, 1.5, rng)
    slap = _decay(0.09, 0.12) * rng.normal(size=int(0.12 * SAMPLE_RATE))
    tone[: len(slap)] += low_pass(slap, 900 + 1800 * velocity, 2) * np.float32(0.5)
    return tone


def _small_taiko(rng: np.random.Generator, velocity: float) -> F32:
    tone = _skin(104, 0.3, 0.6, rng)
    slap = _decay(0.05, 0.08) * rng.normal(size=int(0.08 * SAMPLE_RATE))
    tone[: len(slap)] += low_pass(slap, 1500 + 2500 * velocity, 2) * np.float32(0.6)
    return tone


def _heart(rng: np.random.Generator, velocity: float) -> F32:
    return low_pass(_skin(44, 0.25, 0.45, rng), 160, 2)


def _snare(rng: np.random.Generator, velocity: float) -> F32:
    tone = _skin(185, 0.12, 0.3, rng) * np.float32(0.5)
    return np.asarray(tone + band_pass(_decay(0.22, 0.3) * rng.normal(size=len(tone)), 900, 5500), dtype=np.float32)


def _brush(rng: np.random.Generator, velocity: float) -> F32:
    noise = rng.normal(size=int(0.2 * SAMPLE_RATE)) * _decay(0.16, 0.2)
    return band_pass(noise, 1200, 7000)


def _sweep(rng: np.random.Generator, velocity: float) -> F32:
    n = int(0.45 * SAMPLE_RATE)
    return band_pass(rng.normal(size=n) * np.sin(np.linspace(0, np.pi, n)) ** 1.5, 2000, 6500)


def _shaker(rng: np.random.Generator, velocity: float) -> F32:
    n = int(0.09 * SAMPLE_RATE)
    return band_pass(rng.normal(size=n) * np.sin(np.linspace(0, np.pi, n)) ** 2, 4500, 10_000)


def _tick(rng: np.random.Generator, velocity: float) -> F32:
    return struck([(1900 * float(rng.uniform(0.97, 1.03)), 1.0, 0.05), (3300, 0.5, 0.03), (820, 0.4, 0.06)], int(0.1 * SAMPLE_RATE), 0.0004)


def _ride(rng: np.random.Generator, velocity: float) -> F32:
    modes = [(float(f), float(a), 1.1) for f, a in zip(rng.uniform(3200, 9000, 14), rng.uniform(0.3, 1, 14), strict=True)]
    return struck(modes, int(0.9 * SAMPLE_RATE), 0.0003)
