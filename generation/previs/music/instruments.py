"""Instruments made of arithmetic. Each returns mono float32 at 48 kHz, its loudest about ±0.5 at velocity 1, already faded out at its end.

`midi` is the pitch (60 is middle C), `velocity` 0–1 changes tone as well as level, `seconds` is how long the note is held.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from generation.contract import SAMPLE_RATE
from generation.previs.filters import F32, band_pass, high_pass, low_pass, peaking, rng_for, slow_noise

_TABLE = 2048


def hertz(midi: float) -> float:
    return float(440.0 * 2 ** ((midi - 69) / 12))


def fade_out(x: F32, seconds: float) -> F32:
    n = min(len(x), int(seconds * SAMPLE_RATE))
    x[len(x) - n :] *= np.cos(np.linspace(0, np.pi / 2, n, dtype=np.float32)) ** 2
    return x


def struck(partials: list[tuple[float, float, float]], length: int, contact: float) -> F32:
    """Modes that ring after a blow: (hertz, amplitude, seconds to −60 dB) each, hit by a felt or a stick for `contact` seconds."""
    width = max(2, int(contact * SAMPLE_RATE))
    blow = np.sin(np.linspace(0, np.pi, width))
    blow /= blow.sum()
    out = np.zeros(length, dtype=np.float32)
    for frequency, amplitude, decay in partials:
        if frequency > 15_000:
            continue
        n = min(length, int(decay * 1.15 * SAMPLE_RATE) + width)  # −69 dB and beyond is left out
        r, w = 10 ** (-3 / (decay * SAMPLE_RATE)), 2 * np.pi * frequency / SAMPLE_RATE
        excitation = np.zeros(n)
        excitation[: min(width, n)] = blow[: min(width, n)]
        out[:n] += lfilter([0.0, amplitude * np.sin(w)], [1.0, -2 * r * np.cos(w), r * r], excitation).astype(np.float32)
    return out


def piano(midi: int, velocity: float, seconds: float) -> F32:
    """Felt piano: stiff strings in slightly untrue pairs, a soft hammer with its thump, dampers at the end of the note."""
    f = hertz(midi)
    length = int((min(seconds, 5.0) + 0.35) * SAMPLE_RATE)
    stiffness = 0.00035 * (f / 262) ** 1.1
    sustain = float(np.clip(8.0 * (220 / f) ** 0.6, 0.9, 11.0))
    modes = []
    for n in range(1, 15):
        partial = n * f * np.sqrt(1 + stiffness * n * n)
        strength = abs(np.sin(np.pi * n * 0.121)) / 0.37 * np.exp(-n * f / (700 + 2600 * velocity)) / n**0.35
        if strength < 0.002 or partial > 9000:
            continue
        decay = sustain / (1 + n * f / 1700)
        modes.append((partial, strength * 0.7, decay * 0.55))
        if n <= 6:
            modes.append((partial * 1.0007, strength * 0.42, decay * 1.5))
    tone = struck(modes, length, 0.0042 - 0.0022 * velocity)
    rng = rng_for("hammer", midi)
    thump = int(0.09 * SAMPLE_RATE)
    noise = rng.normal(size=thump) * np.exp(-np.arange(thump) / (0.016 * SAMPLE_RATE))
    tone[:thump] += band_pass(noise, 120, 700) * np.float32(0.05 + 0.05 * velocity)
    return fade_out(_scaled(tone, velocity), 0.3)


def plucked(midi: int, velocity: float, seconds: float, kind: str = "harp") -> F32:
    """Karplus and Strong's string, tuned by the filter in its loop; guitar, harp and pizzicato differ in where and how it is plucked
    and how soon it dies."""
    brightness, damping, ring, position = {"harp": (3800, 0.05, 3.2, 0.37), "guitar": (3000, 0.12, 2.4, 0.19), "pizzicato": (1900, 0.24, 0.42, 0.28)}[
        kind
    ]
    f = hertz(midi)
    period = SAMPLE_RATE / f
    whole = int(period - 1)
    s = period - 1 - whole
    length = int((min(seconds, ring) + 0.5) * SAMPLE_RATE)
    taps = np.convolve([1 - s, s], [damping, 1 - 2 * damping, damping]) * 10 ** (-3 * period / (SAMPLE_RATE * ring * (220 / f) ** 0.35))
    noise = rng_for("pluck", kind, midi).uniform(-1, 1, whole)
    soft = low_pass(np.tile(noise, 3), brightness * (0.5 + velocity), 1)[whole : 2 * whole]
    burst = soft - np.roll(soft, int(position * whole))
    lines = -(-length // whole) + 1
    string = np.zeros((lines + 1) * whole)
    string[whole : 2 * whole] = burst
    for line in range(2, lines + 1):
        at = line * whole
        past = string[at - whole - 3 : at]
        string[at : at + whole] = sum((taps[k] * past[3 - k : 3 - k + whole] for k in range(4)), np.zeros(whole))
    tone = string[whole : whole + length].astype(np.float32)
    tone = peaking(high_pass(tone, 60, 1), 190 if kind == "guitar" else 320, 3.0, 0.8)
    return fade_out(_scaled(tone, velocity), 0.12 if kind == "pizzicato" else 0.4)


def mallet(midi: int, velocity: float, seconds: float, kind: str = "vibraphone") -> F32:
    f = hertz(midi)
    modes, contact = {
        "vibraphone": ([(f, 1.0, 4.5), (f * 4, 0.16 * velocity + 0.04, 1.6), (f * 10, 0.04 * velocity, 0.3)], 0.0022),
        "marimba": ([(f, 1.0, 0.9 * (262 / f) ** 0.5), (f * 3.93, 0.22, 0.25), (f * 9.2, 0.07 * velocity, 0.08)], 0.0016),
        "music box": ([(f, 1.0, 2.2), (f * 2.76, 0.28, 0.9), (f * 5.4, 0.16, 0.4), (f * 8.93, 0.08 * velocity, 0.2)], 0.0006),
    }[kind]
    tone = struck(modes, int((min(seconds, 3.5) + 0.8) * SAMPLE_RATE), contact)
    if kind == "vibraphone":
        t = np.arange(len(tone)) / SAMPLE_RATE
        tone *= (1 - 0.18 * (0.5 - 0.5 * np.cos(2 * np.pi * 4.6 * t))).astype(np.float32)
    return fade_out(_scaled(tone, velocity), 0.6)


@functools.cache
def _table(kind: str, harmonics: int, bright: int) -> NDArray[np.float32]:
    """One period with harmonics as strong as the instrument has them; `bright` 0–4."""
    n = np.arange(1, harmonics + 1, dtype=np.float64)
    roll = 0.75 + 0.25 * bright
    weights = {
        "strings": np.exp(-n / (5.5 * roll)) / n**0.75,
        "flute": np.exp(-(n - 1) * 1.05 / roll) * np.where(n == 2, 1.25, 1.0),
        "clarinet": np.where(n % 2 == 1, 1.0, 0.1 + 0.05 * bright) * np.exp(-(n - 1) / (3.4 * roll)),
        "horn": np.exp(-((n - 1.6) ** 2) / (7.0 * roll**2)) + 0.06 * np.exp(-n / 6),
        "drone": 1 / n**1.5 * np.exp(-n / (4 * roll)),
    }[kind]
    phases = rng_for("table", kind).uniform(0, 2 * np.pi, 64)[:harmonics]
    t = np.arange(_TABLE) / _TABLE * 2 * np.pi
    wave = np.sum(weights[:, None] * np.sin(n[:, None] * t + phases[:, None]), axis=0)
    return np.asarray(wave / np.sqrt(np.mean(np.square(wave))) * 0.25, dtype=np.float32)


def _cycle(kind: str, midi: float, bright: float, speed: NDArray[np.floating], start: float) -> F32:
    """The instrument's wave at a pitch that `speed` (around 1) bends."""
    f = hertz(midi)
    table = _table(kind, int(np.clip(11_000 / f, 2, 40)), int(np.clip(round(bright * 4), 0, 4)))
    phase = np.cumsum(speed * np.float64(f * _TABLE / SAMPLE_RATE)) + start * _TABLE
    wave: F32 = table[phase.astype(np.int64) & (_TABLE - 1)]
    return wave


def sustained(
    midi: int, velocity: float, seconds: float, kind: str, attack: float, release: float, vibrato: float, breath: float, rng: np.random.Generator
) -> F32:
    """One player of a wind or bowed instrument: a breath or bow before the tone, a vibrato that comes after a while, a swell in long notes."""
    length = int((seconds + release) * SAMPLE_RATE)
    t = np.arange(length, dtype=np.float32) / np.float32(SAMPLE_RATE)
    onset = np.clip((t - 0.28) / 0.5, 0, 1)
    rate = rng.uniform(4.7, 5.5)
    wander = np.interp(t, np.linspace(0, t[-1], 64), rng.normal(size=64) * 0.0007)
    speed = 1 + vibrato * onset * np.sin(2 * np.pi * rate * t + rng.uniform(0, 6)) + wander - 0.010 * np.exp(-t / 0.035)
    dark, light = _cycle(kind, midi, 0.1 + 0.3 * velocity, speed, 0.0), _cycle(kind, midi, 0.5 + 0.5 * velocity, speed, 0.0)
    swell = _swell(t, seconds, attack, release)
    amount = np.clip(swell**2 * (0.35 + 0.65 * velocity), 0, 1)
    tone = (dark * (1 - amount) + light * amount) * swell * (1 + 0.10 * onset * np.sin(2 * np.pi * rate * t + 1.0))
    noise = rng.normal(size=length).astype(np.float32)
    air = band_pass(noise, hertz(midi) * 0.9, min(hertz(midi) * 5, 9000)) * (swell + 1.6 * np.exp(-t / 0.05) * (1 - np.exp(-t / 0.01)))
    return fade_out(np.asarray((tone + air * np.float32(breath)) * np.float32(0.35 + 0.65 * velocity), dtype=np.float32), 0.03)


def _swell(t: F32, seconds: float, attack: float, release: float) -> F32:
    rise = np.clip(t / max(attack, 1e-3), 0, 1)
    rise = rise * rise * (3 - 2 * rise)
    fall = np.clip(1 - (t - seconds) / max(release, 1e-3), 0, 1)
    middle = 0.86 + 0.14 * np.sin(np.pi * np.clip(t / max(seconds, 0.1), 0, 1))
    return np.asarray(rise * fall * fall * middle, dtype=np.float32)


def lead(name: str, midi: int, velocity: float, seconds: float, rng: np.random.Generator) -> F32:
    if name == "piano":
        return piano(midi, velocity, max(seconds, 1.2))
    if name in ("music box", "vibraphone"):
        return mallet(midi, velocity, max(seconds, 1.0), name)
    kind, attack, release, vibrato, breath = {
        "flute": ("flute", 0.07, 0.16, 0.0042, 0.10),
        "clarinet": ("clarinet", 0.06, 0.12, 0.0018, 0.035),
        "cello": ("strings", 0.11, 0.24, 0.0052, 0.018),
        "violin": ("strings", 0.10, 0.22, 0.0058, 0.014),
        "horn": ("horn", 0.10, 0.22, 0.0015, 0.012),
    }[name]
    tone = sustained(midi, velocity, seconds, kind, attack, release, vibrato, breath, rng)
    if kind == "strings":  # a wooden body
        tone = peaking(peaking(tone, 280 if name == "cello" else 480, 3.5, 1.4), 1150, 2.5, 1.2)
        tone = low_pass(tone, 4200 if name == "cello" else 5200, 2)
    return tone


def ensemble(pitches: tuple[int, ...], velocity: float, seconds: float, kind: str, rng: np.random.Generator) -> F32:
    """A section holding a chord: several players a voice, none quite true, spread over the stage. Stereo (samples, 2)."""
    attack, release, players, bright = {
        "strings": (0.55, 0.9, 4, 0.45),
        "low strings": (0.4, 0.8, 4, 0.35),
        "choir": (0.8, 1.1, 4, 0.3),
        "glass": (1.2, 1.6, 3, 0.0),
    }[kind]
    length = int((seconds + release) * SAMPLE_RATE)
    t = np.arange(length, dtype=np.float32) / np.float32(SAMPLE_RATE)
    swell = _swell(t, seconds, min(attack, seconds * 0.5), release)
    out = np.zeros((length, 2), dtype=np.float32)
    for voice, pitch in enumerate(pitches):
        for player in range(players):
            depth = {"choir": 0.003, "glass": 0.0012}.get(kind, 0.0024)
            speed = (
                1
                + np.float32(rng.normal(0, 0.0026))
                + depth * np.sin(2 * np.pi * np.float32(rng.uniform(4.4, 6.0)) * t + np.float32(rng.uniform(0, 6.28)))
            )
            table = "flute" if kind == "glass" else "horn" if kind == "choir" else "strings"
            wave = _cycle(table, pitch, bright + 0.4 * velocity, speed, float(rng.random()))
            place = np.clip(0.5 + (voice - (len(pitches) - 1) / 2) * 0.17 + (player - (players - 1) / 2) * 0.12, 0.06, 0.94)
            out[:, 0] += wave * np.float32(np.cos(place * np.pi / 2))
            out[:, 1] += wave * np.float32(np.sin(place * np.pi / 2))
    out *= (swell * np.float32((0.35 + 0.65 * velocity) * 0.9 / np.sqrt(len(pitches) * players)))[:, None]
    if kind == "glass":
        out *= (1 + 0.25 * np.sin(2 * np.pi * 0.7 * t + np.float32(rng.uniform(0, 6))))[:, None]
    if kind == "choir":  # “oo”
        return peaking(low_pass(out, 1500, 2), 420, 4.0, 1.2)
    return low_pass(out, (1400 if kind == "low strings" else 2600) + 1600 * velocity, 2)


def bass(midi: int, velocity: float, seconds: float, short: bool) -> F32:
    """Double basses: plucked, or bowed and round."""
    if short:
        return low_pass(plucked(midi, velocity, min(seconds, 0.9), "guitar"), 900, 2) * np.float32(1.2)
    rng = rng_for("bass", midi, round(seconds, 2))
    return low_pass(sustained(midi, velocity * 0.7, seconds, "strings", 0.14, 0.35, 0.002, 0.004, rng), 700, 2)


def drone(midi: int, velocity: float, seconds: float, rng: np.random.Generator) -> F32:
    """Low strings that never change bow: root and fifth, slowly breathing. Stereo (samples, 2)."""
    length = int(seconds * SAMPLE_RATE)
    out = np.zeros((length, 2), dtype=np.float32)
    for pitch, level in ((midi, 1.0), (midi + 7, 0.4), (midi + 12, 0.45)):
        for channel in range(2):
            speed = np.full(length, 1 + rng.normal(0, 0.0016))
            breathing = (0.7 + 0.3 * np.tanh(slow_noise(rng, length, 0.16))).astype(np.float32)
            out[:, channel] += _cycle("drone", pitch, 0.3, speed, float(rng.random())) * breathing * np.float32(level)
    edge = min(length // 2, int(2.5 * SAMPLE_RATE))
    out[:edge] *= np.linspace(0, 1, edge, dtype=np.float32)[:, None] ** 2
    out[length - edge :] *= np.linspace(1, 0, edge, dtype=np.float32)[:, None]
    return low_pass(out, 420, 1) * np.float32(velocity * 0.8)


def _scaled(tone: F32, velocity: float) -> F32:
    peak = float(np.abs(tone).max())
    return np.asarray(tone * np.float32(0.5 * (0.25 + 0.75 * velocity) / max(peak, 1e-9)), dtype=np.float32)
