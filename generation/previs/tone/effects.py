"""Single sounds: what hands, feet, doors and the sky do. Mono float32 at 48 kHz, at any level: the caller sets loudness."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from generation.contract import SAMPLE_RATE
from generation.previs.filters import F32, band_pass, high_pass, low_pass, slow_noise
from generation.previs.music.instruments import struck

Rng = np.random.Generator
Effect = Callable[[Rng, str], F32]


def _noise(rng: Rng, seconds: float, fade: float) -> F32:
    """White noise that dies by 60 dB in `fade` seconds."""
    n = int(seconds * SAMPLE_RATE)
    return np.asarray(rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / SAMPLE_RATE / fade), dtype=np.float32)


def _arch(rng: Rng, seconds: float, power: float = 1.0) -> F32:
    n = int(seconds * SAMPLE_RATE)
    return np.asarray(rng.standard_normal(n) * np.sin(np.linspace(0, np.pi, n)) ** power, dtype=np.float32)


def _join(parts: list[tuple[float, F32]]) -> F32:
    """Sounds laid at their seconds."""
    out = np.zeros(max(int(at * SAMPLE_RATE) + len(p) for at, p in parts), dtype=np.float32)
    for at, part in parts:
        i = int(at * SAMPLE_RATE)
        out[i : i + len(part)] += part
    return out


def _modes(rng: Rng, low: float, high: float, count: int, decay: float, contact: float = 0.001) -> F32:
    partials = [
        (float(f), float(a), decay * float(rng.uniform(0.5, 1.2)))
        for f, a in zip(rng.uniform(low, high, count), rng.uniform(0.2, 1, count), strict=True)
    ]
    return struck(partials, int((decay * 1.3 + 0.02) * SAMPLE_RATE), contact)


_FLOORS = (  # what is underfoot: words, body low–high Hz, its level, grit low–high Hz, its level, grit's length
    (r"gravel|path|pebble|shingle", (90, 200, 0.3), (1500, 6500, 1.2, 0.16)),
    (r"grass|field|meadow|garden|forest|wood\b|leaves|moss", (70, 150, 0.5), (900, 4200, 0.6, 0.18)),
    (r"snow", (80, 160, 0.4), (1800, 5200, 0.9, 0.22)),
    (r"sand|beach|dune", (70, 140, 0.5), (700, 3000, 0.6, 0.2)),
    (r"mud|puddle|wet|water|rain", (70, 160, 0.6), (500, 2600, 0.8, 0.14)),
    (r"stone|tile|marble|concrete|street|pavement|corridor|church|hall|station|cobble|quay|pier", (180, 420, 0.6), (2200, 6000, 0.35, 0.03)),
    (r"metal|deck|ship|grate|stairwell", (240, 900, 1.0), (2500, 7000, 0.25, 0.03)),
    (r"carpet|rug|bedroom|theatre", (60, 120, 0.9), (400, 1500, 0.12, 0.06)),
)


def step(rng: Rng, where: str) -> F32:
    """Heel, then ball. Wooden boards where nothing else is said."""
    body, grit = next(((b, g) for words, b, g in _FLOORS if re.search(words, where)), ((110, 320, 1.0), (1200, 3500, 0.18, 0.04)))
    blow = np.asarray(_modes(rng, body[0], body[1], 5, 0.12, 0.003) * np.float32(body[2] * 6), dtype=np.float32)

    def foot(level: float) -> F32:
        rough = band_pass(_noise(rng, grit[3] * 1.5, grit[3]), grit[0], grit[1]) * np.clip(
            1 + slow_noise(rng, int(grit[3] * 1.5 * SAMPLE_RATE), 60), 0.1, 3
        ).astype(np.float32)
        return _join([(0.0, blow * np.float32(level)), (0.004, np.asarray(rough * np.float32(grit[2] * level), dtype=np.float32))])

    return _join([(0.0, foot(1.0)), (float(rng.uniform(0.06, 0.1)), foot(0.45))])


def steps(rng: Rng, where: str) -> F32:
    pace = 0.33 if re.search(r"\brun|hurr|fast|quick", where) else 0.72 if re.search(r"slow|creep|careful", where) else 0.54
    single = re.search(r"\bstep\b", where) and not re.search(r"steps|walk", where)
    return _join(
        [(i * pace * float(rng.uniform(0.95, 1.05)), step(rng, where) * np.float32(rng.uniform(0.7, 1.0))) for i in range(1 if single else 5)]
    )


def creak(rng: Rng, where: str = "") -> F32:
    """Stick and slip: pulses whose pace rises and falls, through old wood."""
    n = int(0.7 * SAMPLE_RATE)
    pace = 70 + 60 * np.sin(np.linspace(0, np.pi, n)) + 12 * slow_noise(rng, n, 6)
    phase = np.cumsum(np.clip(pace, 15, None)) / SAMPLE_RATE
    pulses = np.diff(np.floor(phase), prepend=0) * (1 + 0.4 * rng.standard_normal(n))
    return np.asarray(band_pass(pulses, 500, 1900, 2) * np.sin(np.linspace(0, np.pi, n)) ** 0.6 * 6, dtype=np.float32)


def _latch(rng: Rng) -> F32:
    return _join([(0.0, _modes(rng, 1500, 4500, 6, 0.06, 0.0004)), (0.07, _modes(rng, 900, 3200, 6, 0.08, 0.0005))])


def thud(rng: Rng, where: str = "") -> F32:
    return _join([(0.0, _modes(rng, 45, 190, 7, 0.35, 0.006) * np.float32(8)), (0.0, low_pass(_noise(rng, 0.2, 0.15), 700, 2) * np.float32(0.6))])


def door(rng: Rng, where: str) -> F32:
    if re.search(r"slam|bang", where):
        return _join([(0.0, thud(rng)), (0.0, band_pass(_noise(rng, 0.4, 0.25), 150, 2500) * np.float32(0.8)), (0.05, _latch(rng))])
    shut = _join([(0.0, thud(rng) * np.float32(0.5)), (0.03, _latch(rng) * np.float32(1.5))])
    if re.search(r"clos|shut", where):
        return shut
    return _join([(0.0, _latch(rng)), (0.2, creak(rng) * np.float32(0.25)), (1.0, shut)])


def knock(rng: Rng, where: str) -> F32:
    def rap() -> F32:
        return _join(
            [(0.0, _modes(rng, 180, 620, 8, 0.13, 0.0018) * np.float32(3)), (0.0, band_pass(_noise(rng, 0.03, 0.02), 1200, 4000) * np.float32(0.4))]
        )

    return _join([(i * float(rng.uniform(0.19, 0.23)), rap() * np.float32(rng.uniform(0.75, 1.0))) for i in range(3)])


def glass(rng: Rng, where: str) -> F32:
    if re.search(r"break|smash|shatter|crash", where):
        shards = [
            (float(rng.exponential(0.16)), _modes(rng, 2200, 11_000, 4, float(rng.uniform(0.08, 0.4)), 0.0002) * np.float32(rng.uniform(0.2, 1)))
            for _ in range(38)
        ]
        return _join([(0.0, high_pass(_noise(rng, 0.3, 0.2), 1800, 2)), *shards])
    base = float(rng.uniform(1700, 2500))
    return struck([(base, 1.0, 1.1), (base * 2.32, 0.5, 0.7), (base * 4.25, 0.25, 0.4)], int(1.2 * SAMPLE_RATE), 0.0003)


def phone(rng: Rng, where: str) -> F32:
    n = int(1.6 * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    if re.search(r"mobile|cell|smart|buzz|vibrat|text|message", where):
        return np.asarray(np.sin(2 * np.pi * 165 * t) * np.sign(np.sin(2 * np.pi * 165 * t + 0.4)) * ((t % 0.8) < 0.4) * 0.5, dtype=np.float32)
    strokes = struck([(1130, 1.0, 0.5), (1420, 0.8, 0.5), (2870, 0.4, 0.25), (3910, 0.3, 0.2)], int(0.5 * SAMPLE_RATE), 0.0003)
    return _join([(at + i * 0.045, strokes * np.float32(0.8 + 0.2 * (i % 2))) for at in (0.0, 1.9) for i in range(22)])


def bell(rng: Rng, where: str) -> F32:
    f = 190.0 if re.search(r"church|tower|ship|buoy", where) else 880.0
    ratios = ((0.5, 0.6, 1.6), (1.0, 1.0, 1.0), (1.19, 0.7, 0.8), (1.5, 0.5, 0.6), (2.0, 0.8, 0.5), (2.74, 0.4, 0.3), (3.76, 0.25, 0.2))
    return struck([(f * r, a, d * (4.0 if f < 300 else 1.6)) for r, a, d in ratios], int(4.5 * SAMPLE_RATE if f < 300 else 2 * SAMPLE_RATE), 0.001)


def thunder(rng: Rng, where: str) -> F32:
    n = int(6 * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    rolls = sum(
        np.exp(-np.clip(t - at, 0, None) / d) * (t > at) * (1 - np.exp(-np.clip(t - at, 0, None) / 0.06)) * a
        for at, d, a in zip(np.cumsum(rng.exponential(0.5, 7)), rng.uniform(0.4, 1.3, 7), rng.uniform(0.4, 1, 7), strict=True)
    )
    rumble = low_pass(rng.standard_normal(n).astype(np.float32), 110, 2) * rolls
    crack = band_pass(_noise(rng, 0.9, 0.6), 250, 2500) * np.float32(0.12)
    out = np.asarray(rumble * np.clip(1 + 0.5 * slow_noise(rng, n, 7), 0.1, 3), dtype=np.float32)
    out[: len(crack)] += crack
    return np.asarray(out * np.clip((6 - t) / 2, 0, 1), dtype=np.float32)


def splash(rng: Rng, where: str) -> F32:
    drops = [(0.1 + float(rng.exponential(0.22)), _bubble(rng) * np.float32(rng.uniform(0.1, 0.5))) for _ in range(24)]
    return _join([(0.0, band_pass(_noise(rng, 0.9, 0.7), 350, 5500)), (0.0, low_pass(_noise(rng, 0.3, 0.2), 250, 2) * np.float32(2)), *drops])


def _bubble(rng: Rng) -> F32:
    n = int(float(rng.uniform(0.03, 0.08)) * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    return np.asarray(
        np.sin(2 * np.pi * np.cumsum(float(rng.uniform(450, 1500)) * (1 + 7 * t)) / SAMPLE_RATE) * np.exp(-t * 60) * np.clip(t / 0.002, 0, 1),
        dtype=np.float32,
    )


def pour(rng: Rng, where: str) -> F32:
    """The glass fills and its note rises."""
    bubbles = [(i * 0.016 + float(rng.uniform(0, 0.012)), _bubble(rng) * np.float32(rng.uniform(0.2, 0.8))) for i in range(120)]
    return _join([(0.0, band_pass(_arch(rng, 2.1, 0.3), 1800, 6500) * np.float32(0.12)), *bubbles])


def paper(rng: Rng, where: str) -> F32:
    n = int(0.8 * SAMPLE_RATE)
    crackle = (rng.random(n) < 0.004) * rng.standard_normal(n) * 9
    envelope = np.clip(slow_noise(rng, n, 7) + 0.4, 0, None) * np.sin(np.linspace(0, np.pi, n)) ** 0.5
    return np.asarray(high_pass(np.asarray(crackle + 0.5 * rng.standard_normal(n), dtype=np.float32), 1400, 2) * envelope, dtype=np.float32)


def switch(rng: Rng, where: str) -> F32:
    return _join([(0.0, _modes(rng, 1800, 5200, 6, 0.03, 0.0002)), (0.035, _modes(rng, 1200, 4200, 6, 0.04, 0.0003) * np.float32(0.7))])


def cloth(rng: Rng, where: str) -> F32:
    """Somebody moves: what is heard where no other sound is known."""
    n = int(0.6 * SAMPLE_RATE)
    return np.asarray(
        band_pass(rng.standard_normal(n).astype(np.float32), 600, 3200)
        * np.sin(np.linspace(0, np.pi, n)) ** 1.5
        * np.clip(1 + 0.6 * slow_noise(rng, n, 12), 0, 3),
        dtype=np.float32,
    )


def shot(rng: Rng, where: str) -> F32:
    return _join([(0.0, _noise(rng, 0.5, 0.12)), (0.0, low_pass(_noise(rng, 1.2, 0.8), 300, 2) * np.float32(1.5))])


def horn(rng: Rng, where: str) -> F32:
    deep = bool(re.search(r"fog|ship|boat|ferry", where))
    n = int((2.8 if deep else 0.7) * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    f = (88.0, 110.0) if deep else (392.0, 494.0)
    tone = sum((np.sin(2 * np.pi * k * h * t) / k for h in f for k in range(1, 12)), np.zeros(n))
    return np.asarray(low_pass(tone, 900 if deep else 3500, 2) * np.clip(np.minimum(t / 0.08, (t[-1] - t) / 0.25), 0, 1), dtype=np.float32)


def bark(rng: Rng, where: str) -> F32:
    def one() -> F32:
        n = int(0.2 * SAMPLE_RATE)
        u = np.arange(n) / n
        phase = np.cumsum(420 * (1 + 0.5 * np.sin(np.pi * u)) / SAMPLE_RATE) % 1
        return np.asarray(band_pass(phase - 0.5 + 0.5 * rng.standard_normal(n), 450, 1900, 2) * np.sin(np.pi * u) ** 0.5, dtype=np.float32)

    return _join([(0.0, one()), (0.42, one())])


def typing(rng: Rng, where: str) -> F32:
    return _join(
        [(float(at), _modes(rng, 900, 4200, 5, 0.04, 0.0005) * np.float32(rng.uniform(0.4, 1))) for at in np.cumsum(rng.uniform(0.07, 0.24, 11))]
    )


def keys(rng: Rng, where: str) -> F32:
    return _join([(float(rng.uniform(0, 0.5)), _modes(rng, 3200, 9500, 4, 0.15, 0.0002) * np.float32(rng.uniform(0.3, 1))) for _ in range(12)])


def engine_start(rng: Rng, where: str) -> F32:
    n = int(3 * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    turn = 2 * np.pi * np.cumsum(np.where(t < 0.7, 11, 24 + 12 * np.exp(-(t - 0.7)))) / SAMPLE_RATE
    tone = sum(np.sin(k * turn + k) / k**0.7 for k in range(1, 9))
    return np.asarray(low_pass(tone + 0.5 * rng.standard_normal(n), 500, 1) * np.clip(np.minimum(t / 0.1, (3 - t) / 1.0), 0, 1), dtype=np.float32)


def match(rng: Rng, where: str) -> F32:
    return _join([(0.0, high_pass(_arch(rng, 0.3, 0.5), 1800, 1)), (0.22, band_pass(_noise(rng, 1.0, 0.8), 300, 3800) * np.float32(0.7))])


_KINDS: tuple[tuple[str, Effect], ...] = (
    (r"thunder|lightning", thunder),
    (r"glass|bottle|cup\b|toast|clink|mug|plate|crockery", glass),
    (r"knock|rap on|taps? on", knock),
    (r"phone|telephone|mobile|cell ?phone|text message|rings?\b(?!.*bell)", phone),
    (r"bell|chime", bell),
    (r"horn|foghorn|siren|honk", horn),
    (r"door|gate|drawer|cupboard|window", door),
    (r"step|walk|run|foot|stair|enter|exit|leave|climb", steps),
    (r"splash|dive|plunge|oar|row", splash),
    (r"pour|fill|drink|tap\b|kettle", pour),
    (r"paper|letter|page|book|map|newspaper|envelope|document", paper),
    (r"switch|lamp|light|click|button|camera|lighter", switch),
    (r"match|flare", match),
    (r"gun|shot|shoot|explo|blast", shot),
    (r"dog|bark", bark),
    (r"typ|keyboard", typing),
    (r"keys?\b|coin|chain", keys),
    (r"car|engine|motor|truck|boat", engine_start),
    (r"creak|chair|floorboard|hinge|rope|swing", creak),
    (r"thud|fall|drop|hit|bang|slam|punch|collapse|sit|put|set|place|box|bag|throw", thud),
)


def effect_for(words: str) -> Effect:
    """The sound of an event by its words; the rustle of clothes for what it does not know."""
    return next((effect for pattern, effect in _KINDS if re.search(r"\b(?:" + pattern + ")", words)), cloth)
