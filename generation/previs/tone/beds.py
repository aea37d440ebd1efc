"""Layers of a place's own sound. Each is made for the whole length, stereo float32 at 48 kHz, at any level: the caller sets loudness.

Nothing repeats: what happens in a layer (a gull, a car, a wave) is scattered by the generator it is given.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from generation.contract import SAMPLE_RATE
from generation.previs.filters import F32, band_pass, convolve, low_pass, peaking, rng_for, room_response, slow_noise

Rng = np.random.Generator
Layer = Callable[[Rng, int], F32]


def noise(rng: Rng, n: int) -> F32:
    """White, a little alike on both sides, as a diffuse field is."""
    both = rng.standard_normal((n, 2), dtype=np.float32)
    return np.asarray(both + 0.35 * both[:, ::-1], dtype=np.float32)


def pan(sound: F32, place: float) -> F32:
    return np.stack([sound * np.float32(np.cos(place * np.pi / 2)), sound * np.float32(np.sin(place * np.pi / 2))], axis=1)


def scatter(rng: Rng, n: int, every: float, make: Callable[[Rng], F32], spread: float = 0.4, first: float = 0.0) -> F32:
    """A sound about `every` seconds, each somewhere else and differently loud. `make` gives mono."""
    out = np.zeros((n, 2), dtype=np.float32)
    t = first + float(rng.exponential(every)) * 0.5
    while t < n / SAMPLE_RATE:
        sound = make(rng)
        at = int(t * SAMPLE_RATE)
        count = min(len(sound), n - at)
        out[at : at + count] += pan(sound[:count], float(np.clip(0.5 + rng.normal(0, spread), 0.03, 0.97))) * np.float32(rng.uniform(0.3, 1.0))
        t += max(0.05, float(rng.exponential(every)))
    return out


def distant(sound: F32, seconds: float = 1.4) -> F32:
    """Further off: the open air's own reverberation, highs lost on the way."""
    return np.asarray(
        low_pass(sound, 5000, 1) * np.float32(0.5) + convolve(sound, room_response(rng_for("far"), seconds, 3500, 0.03)) * np.float32(0.8)
    )


def _curve(rng: Rng, n: int, hertz: float, depth: float) -> NDArray[np.float32]:
    """A gain that wanders around 1 and never reaches 0."""
    return np.exp(depth * slow_noise(rng, n, hertz)).astype(np.float32)[:, None]


def room(rng: Rng, n: int) -> F32:
    air = low_pass(noise(rng, n), 240, 1) + np.float32(0.02) * low_pass(noise(rng, n), 2500, 1)
    return np.asarray(air * _curve(rng, n, 0.1, 0.08), dtype=np.float32)


def hum(rng: Rng, n: int) -> F32:
    """A refrigerator or a ballast: the mains and its harmonics."""
    t = np.arange(n) / SAMPLE_RATE
    tone = sum(a * np.sin(2 * np.pi * 50 * k * t + float(rng.uniform(0, 6))) for k, a in ((1, 0.6), (2, 1.0), (3, 0.2), (4, 0.35), (6, 0.12)))
    return np.asarray(
        pan(np.asarray(tone, dtype=np.float32) * _curve(rng, n, 0.3, 0.06)[:, 0], 0.6) * np.float32(0.05) + room(rng, n) * np.float32(0.3),
        dtype=np.float32,
    )


def wind(rng: Rng, n: int) -> F32:
    base = noise(rng, n)
    gust = _curve(rng, n, 0.13, 0.55)
    low, middle, high = low_pass(base, 220, 1), band_pass(base, 250, 700), band_pass(base, 900, 2800)
    return np.asarray(low * gust + middle * gust**1.6 * np.float32(0.6) + high * gust**2 * np.float32(0.16), dtype=np.float32)


def howl(rng: Rng, n: int) -> F32:
    """Wind in a gap of the window."""
    whistle = peaking(band_pass(noise(rng, n), 380, 620, 2), 480, 9.0, 6.0) * _curve(rng, n, 0.2, 0.8)
    return np.asarray(low_pass(wind(rng, n), 350, 2) + whistle * np.float32(0.5), dtype=np.float32)


def leaves(rng: Rng, n: int) -> F32:
    return np.asarray(
        band_pass(noise(rng, n), 1800, 6500) * _curve(rng, n, 0.25, 0.7) * np.float32(0.5) + low_pass(noise(rng, n), 300, 1) * np.float32(0.4)
    )


def rain(rng: Rng, n: int) -> F32:
    wash = band_pass(noise(rng, n), 900, 9000) * _curve(rng, n, 0.15, 0.12)
    return np.asarray(wash * np.float32(0.5) + _drops(rng, n, 90, 2500, 8000) * np.float32(1.2), dtype=np.float32)


def rain_on_window(rng: Rng, n: int) -> F32:
    outside = low_pass(rain(rng, n), 700, 1)
    return np.asarray(outside + _drops(rng, n, 22, 700, 2600) * np.float32(1.8), dtype=np.float32)


def _drops(rng: Rng, n: int, a_second: float, low: float, high: float) -> F32:
    """Single drops: impulses at random through a resonance."""
    count = int(rng.poisson(a_second * n / SAMPLE_RATE))
    impulses = np.zeros((n, 2), dtype=np.float32)
    places = rng.integers(0, max(n, 1), count)
    strength = rng.exponential(1.0, count).astype(np.float32) ** 1.5 * 30
    sides = rng.random(count)
    np.add.at(impulses[:, 0], places, strength * np.cos(sides * np.pi / 2).astype(np.float32))
    np.add.at(impulses[:, 1], places, strength * np.sin(sides * np.pi / 2).astype(np.float32))
    return band_pass(impulses, low, high, 2)


def sea(rng: Rng, n: int) -> F32:
    """Waves of seven to eleven seconds: a growing rumble, a break, water drawn back over the stones."""
    swell = np.zeros(n + 12 * SAMPLE_RATE, dtype=np.float32)
    wash = np.zeros_like(swell)
    t = -float(rng.uniform(0, 6))
    while t < n / SAMPLE_RATE:
        length, strength = float(rng.uniform(7, 11)), float(rng.uniform(0.5, 1.0))
        u = np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE / length
        rise, back = (
            np.where(u < 0.45, (u / 0.45) ** 2, np.exp(-(u - 0.45) * 7)),
            np.where(u < 0.4, 0, np.sin(np.pi * np.clip((u - 0.4) / 0.6, 0, 1)) ** 1.5),
        )
        at = int(t * SAMPLE_RATE)
        a, b = max(at, 0), min(at + len(u), len(swell))
        swell[a:b] += (rise * strength)[a - at : b - at].astype(np.float32)
        wash[a:b] += (back * strength)[a - at : b - at].astype(np.float32)
        t += length * float(rng.uniform(0.55, 0.8))
    base = noise(rng, n)
    low, high = low_pass(base, 420, 1), band_pass(base, 1200, 6000)
    return np.asarray(low * (0.35 + swell[:n, None]) + high * (0.05 + 0.24 * wash[:n, None] + 0.10 * swell[:n, None] ** 2), dtype=np.float32)


def stream(rng: Rng, n: int) -> F32:
    bubbles = sum(
        (band_pass(noise(rng, n), f, f * 1.35) * _curve(rng, n, 5.0, 0.5) for f in (420.0, 700.0, 1150.0, 1900.0)), np.zeros((n, 2), dtype=np.float32)
    )
    return np.asarray(bubbles + band_pass(noise(rng, n), 2500, 7000) * np.float32(0.15), dtype=np.float32)


def lapping(rng: Rng, n: int) -> F32:
    """Small water against wood and stone, as in a harbour."""
    return np.asarray(
        low_pass(sea(rng, n), 900, 1) * np.float32(0.4) + stream(rng, n) * np.clip(_curve(rng, n, 0.5, 0.6) - 0.5, 0, 1.2) * np.float32(0.4),
        dtype=np.float32,
    )


def _chirp(rng: Rng, hertz: float, sweep: float, seconds: float) -> F32:
    n = int(seconds * SAMPLE_RATE)
    u = np.arange(n) / n
    phase = 2 * np.pi * np.cumsum(hertz * (1 + sweep * (u - 0.5) + 0.05 * np.sin(2 * np.pi * float(rng.uniform(1, 4)) * u))) / SAMPLE_RATE
    return np.asarray((np.sin(phase) + 0.15 * np.sin(2 * phase)) * np.sin(np.pi * u) ** 1.2, dtype=np.float32)


def _bird(rng: Rng) -> F32:
    """A short song: two to six syllables, each kind of bird its own."""
    hertz, sweep, seconds = float(rng.uniform(2400, 5200)), float(rng.uniform(-0.4, 0.4)), float(rng.uniform(0.05, 0.16))
    parts: list[F32] = []
    for i in range(int(rng.integers(2, 7))):
        parts += [
            _chirp(rng, hertz * (1 + 0.12 * (i % 2) * float(rng.choice([-1, 1]))), sweep, seconds),
            np.zeros(int(rng.uniform(0.03, 0.11) * SAMPLE_RATE), dtype=np.float32),
        ]
    return np.concatenate(parts)


def birds(rng: Rng, n: int) -> F32:
    return distant(scatter(rng, n, 1.3, _bird)) * np.float32(0.5)


def _gull(rng: Rng) -> F32:
    parts: list[F32] = []
    hertz = float(rng.uniform(850, 1150))
    for i in range(int(rng.integers(2, 6))):
        seconds = float(rng.uniform(0.22, 0.42))
        n = int(seconds * SAMPLE_RATE)
        u = np.arange(n) / n
        f = hertz * (1 - 0.04 * i) * (1 + 0.35 * np.sin(np.pi * u**0.7) - 0.15 * u)
        phase = 2 * np.pi * np.cumsum(f) / SAMPLE_RATE
        voice = sum(np.sin(k * phase) * a for k, a in ((1, 0.6), (2, 1.0), (3, 0.6), (4, 0.25))) * np.sin(np.pi * u) ** 0.7
        parts += [np.asarray(voice, dtype=np.float32), np.zeros(int(float(rng.uniform(0.05, 0.2)) * SAMPLE_RATE), dtype=np.float32)]
    return np.concatenate(parts)


def gulls(rng: Rng, n: int) -> F32:
    return distant(scatter(rng, n, 6.0, _gull), 1.8) * np.float32(0.35)


def _owl(rng: Rng) -> F32:
    hoots = [_chirp(rng, 390, -0.08, s) for s in (0.28, 0.14, 0.16, 0.6)]
    rest = np.zeros(int(0.18 * SAMPLE_RATE), dtype=np.float32)
    return np.concatenate([p for hoot in hoots for p in (hoot, rest)])


def owl(rng: Rng, n: int) -> F32:
    return distant(scatter(rng, n, 14.0, _owl), 2.2) * np.float32(0.4)


def crickets(rng: Rng, n: int) -> F32:
    """Three of them, each with its own pitch and pace."""
    out = np.zeros((n, 2), dtype=np.float32)
    t = np.arange(n) / SAMPLE_RATE
    for place in (0.2, 0.55, 0.85):
        hertz, pace = float(rng.uniform(3900, 5000)), float(rng.uniform(1.6, 2.6))
        within = (t * pace + float(rng.random())) % 1.0
        pulses = np.clip(np.sin(2 * np.pi * within * 14), 0, 1) * (within < 0.26)
        tone = np.sin(2 * np.pi * hertz * t) * pulses * np.clip(0.6 + 0.5 * slow_noise(rng, n, 0.1), 0.05, 1.3)
        out += pan(tone.astype(np.float32), place)
    return np.asarray(out * np.float32(0.5) + low_pass(noise(rng, n), 300, 1) * np.float32(0.05), dtype=np.float32)


def _car(rng: Rng) -> F32:
    n = int(float(rng.uniform(4, 7)) * SAMPLE_RATE)
    u = np.linspace(-1, 1, n)
    near = np.exp(-(u**2) * 9)
    tyres = band_pass(rng.standard_normal(n).astype(np.float32), 400, 1800) * near**1.5
    return np.asarray(low_pass(rng.standard_normal(n).astype(np.float32), 160, 2) * near * 2 + tyres * np.float32(0.5), dtype=np.float32)


def street(rng: Rng, n: int) -> F32:
    rumble = low_pass(noise(rng, n), 180, 1) * _curve(rng, n, 0.12, 0.25)
    return np.asarray(
        rumble + band_pass(noise(rng, n), 500, 2200) * np.float32(0.07) + scatter(rng, n, 7.0, _car) * np.float32(0.8), dtype=np.float32
    )


def crowd(rng: Rng, n: int) -> F32:
    """People talking, none to be understood: a dozen glottal buzzes, each with its own tune, syllables and vowels, through a room."""
    out = np.zeros((n, 2), dtype=np.float32)
    for _ in range(12):
        pitch = float(rng.uniform(95, 230)) * np.exp(0.13 * slow_noise(rng, n, 1.5))
        phase = np.cumsum(pitch) / SAMPLE_RATE % 1.0
        buzz = np.asarray(phase - 0.5 + 0.15 * rng.standard_normal(n), dtype=np.float32)
        syllables = np.clip(slow_noise(rng, n, 4.5) + 0.2, 0, None) * np.clip(slow_noise(rng, n, 0.22) * 2 + 0.6, 0, 1)
        first, second = float(rng.uniform(380, 700)), float(rng.uniform(1000, 1900))
        vowel = np.clip(0.5 + 0.5 * slow_noise(rng, n, 3.0), 0, 1).astype(np.float32)
        voice = (
            band_pass(buzz, first * 0.8, first * 1.25) * vowel
            + band_pass(buzz, first * 0.5, first * 0.8) * (1 - vowel)
            + band_pass(buzz, second * 0.9, second * 1.1) * np.float32(0.35)
        )
        out += pan(np.asarray(voice * syllables, dtype=np.float32), float(rng.uniform(0.08, 0.92)))
    return np.asarray(convolve(out, room_response(rng_for("bar"), 0.7, 3000, 0.008)) + out * np.float32(0.3), dtype=np.float32)


def _tick_tock(rng: Rng, n: int) -> F32:
    out = np.zeros((n, 2), dtype=np.float32)
    for i, at in enumerate(range(int(0.3 * SAMPLE_RATE), n, SAMPLE_RATE)):
        length = min(int(0.05 * SAMPLE_RATE), n - at)
        t = np.arange(length) / SAMPLE_RATE
        f = 2100 if i % 2 == 0 else 1750
        out[at : at + length] += pan(
            ((np.sin(2 * np.pi * f * t) + 0.6 * np.sin(2 * np.pi * f * 2.3 * t)) * np.exp(-t * 220)).astype(np.float32), 0.35
        )
    return out


def clock(rng: Rng, n: int) -> F32:
    ticks = _tick_tock(rng, n)
    return np.asarray(
        ticks + convolve(ticks, room_response(rng_for("parlour"), 0.4, 5000, 0.006)) * np.float32(0.5) + room(rng, n) * np.float32(0.05),
        dtype=np.float32,
    )


def fire(rng: Rng, n: int) -> F32:
    flame = low_pass(noise(rng, n), 260, 1) * _curve(rng, n, 2.5, 0.4)
    return np.asarray(flame * np.float32(0.6) + _drops(rng, n, 9, 1500, 6500) * _curve(rng, n, 0.6, 0.6) * np.float32(1.4), dtype=np.float32)


def engine(rng: Rng, n: int) -> F32:
    """A motor below deck or under a bonnet."""
    t = np.arange(n) / SAMPLE_RATE
    turn = 2 * np.pi * (27 * t + 0.06 * np.cumsum(slow_noise(rng, n, 0.3)) / SAMPLE_RATE * 27)
    tone = sum(a * np.sin(k * turn + k) for k, a in ((1, 1.0), (2, 0.8), (3, 0.35), (4, 0.4), (6, 0.15)))
    return np.asarray(
        pan(np.asarray(tone, dtype=np.float32), 0.5) * np.float32(0.12) + low_pass(noise(rng, n), 320, 1) * np.float32(0.35), dtype=np.float32
    )


def train(rng: Rng, n: int) -> F32:
    out = low_pass(noise(rng, n), 260, 1) * _curve(rng, n, 0.4, 0.2)
    for at in np.arange(0.5, n / SAMPLE_RATE, 1.25):
        for delay in (0.0, 0.16):
            i = int((at + delay) * SAMPLE_RATE)
            length = min(int(0.12 * SAMPLE_RATE), max(0, n - i))
            out[i : i + length] += (
                low_pass(noise(rng, length), 700, 1) * np.exp(-np.arange(length) / 1400)[:, None].astype(np.float32) * np.float32(1.5)
                if length > 40
                else 0
            )
    return np.asarray(out, dtype=np.float32)


def ventilation(rng: Rng, n: int) -> F32:
    return np.asarray(band_pass(noise(rng, n), 90, 900) * np.float32(0.5) + hum(rng, n), dtype=np.float32)


def _drip(rng: Rng) -> F32:
    n = int(0.12 * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    return np.asarray(np.sin(2 * np.pi * np.cumsum(float(rng.uniform(900, 1700)) * (1 + 4 * t)) / SAMPLE_RATE) * np.exp(-t * 45), dtype=np.float32)


def cave(rng: Rng, n: int) -> F32:
    drips = scatter(rng, n, 2.2, _drip)
    return np.asarray(
        drips * np.float32(0.2)
        + convolve(drips, room_response(rng_for("cave"), 3.5, 4000, 0.04)) * np.float32(0.8)
        + room(rng, n) * np.float32(0.05),
        dtype=np.float32,
    )
