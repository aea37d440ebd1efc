"""From eSpeak NG's clean buzz to a person in a room. Mono; inside, float64 at eSpeak NG's rate until `to_studio_rate`."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, uniform_filter1d
from scipy.signal import resample_poly

from generation.contract import SAMPLE_RATE
from generation.previs import filters
from generation.previs.voice.character import Delivery, Speaker

F64 = NDArray[np.float64]
_WINDOW, _HOP = 512, 128


def breathe(x: F64, rng: np.random.Generator, rate: float, quefrency: float = 0.0012) -> F64:
    """The same vocal tract driven by noise instead of by a glottis: white noise under the sound's own spectral envelope.

    The envelope is the short-time spectrum smoothed by keeping cepstral coefficients below `quefrency` seconds, well under the
    period of any voice, so that no pitch is left in it.
    """
    padded = np.pad(x, (_WINDOW, 2 * _WINDOW))
    window = np.hanning(_WINDOW + 1)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP] * window
    log_spectrum = np.log(np.abs(np.fft.rfft(frames)) + 1e-5)
    cepstrum = np.fft.irfft(log_spectrum)
    keep = max(8, int(quefrency * rate))
    cepstrum[:, keep : _WINDOW - keep + 1] = 0.0
    envelope = np.exp(np.fft.rfft(cepstrum).real)
    noise = rng.normal(size=len(padded) + _WINDOW)
    grains = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(noise, _WINDOW)[: len(padded) : _HOP][: len(frames)] * window)
    pieces = np.fft.irfft(envelope * grains) * window / np.sqrt(_WINDOW)
    out = np.zeros(len(padded) + _WINDOW)
    for phase in range(_WINDOW // _HOP):  # windows four apart do not overlap: each set is one long row
        row = pieces[phase :: _WINDOW // _HOP].reshape(-1)
        out[phase * _HOP : phase * _HOP + len(row)] += row
    return np.asarray(out[_WINDOW : _WINDOW + len(x)])


def shape_source(x: F64, speaker: Speaker, delivery: Delivery, rate: float) -> F64:
    """Breath, and the hard pulses of the synthetic glottis spread in time as a chest and a head do."""
    rng = filters.rng_for("breath", speaker.name, len(x))
    noise = breathe(x, rng, rate)
    level = _rms(x) / max(_rms(noise), 1e-9)
    if delivery.whisper:
        whispered = filters.high_pass(noise, 250, 1, rate) + 0.04 * x
        return np.asarray(filters.shelf(whispered, 2500, 3.0, rate=rate), dtype=np.float64)
    personal = filters.rng_for("head", speaker.name)
    for hertz in personal.uniform((180, 420, 900, 1700, 2900), (320, 800, 1600, 2700, 4300)):
        x = filters.all_pass(x, float(hertz), 0.94, rate).astype(np.float64)
    amount = min(0.9, speaker.breath + delivery.breath)
    air = filters.high_pass(noise, 1400, 1, rate) * level
    return np.asarray(x * (1 - 0.35 * amount) + air * 0.42 * amount, dtype=np.float64)


def to_studio_rate(x: F64, rate: float, timbre: float) -> F64:
    """48 kHz, with every frequency multiplied by `timbre` and every duration divided by it."""
    ratio = Fraction(SAMPLE_RATE / (rate * timbre)).limit_denominator(400)
    return np.asarray(resample_poly(x, ratio.numerator, ratio.denominator), dtype=np.float64)


def unsteady(x: F64, seed: object, amount: float) -> tuple[F64, F64]:
    """The pitch wanders by about ±1 % and the level by ±0.5 dB as no machine's would. Also returns, for each sample made, which sample of
    `x` it was (rising, same ends), so that word times can follow."""
    rng = filters.rng_for("unsteady", seed)
    n = len(x)
    speed = 1 + amount * (0.010 * filters.slow_noise(rng, n, 1.8) + 0.0045 * filters.slow_noise(rng, n, 6.0))
    at = np.cumsum(np.clip(speed, 0.9, 1.1))
    at = (at - at[0]) * ((n - 1) / max(at[-1] - at[0], 1e-9))
    warped = map_coordinates(x, at[None, :], order=3, mode="nearest")
    level = 10 ** (amount * 0.5 * filters.slow_noise(rng, n, 4.0) / 20)
    return np.asarray(warped * level), at


def finish(x: F64, speaker: Speaker, delivery: Delivery) -> F64:
    """Microphone and room: rumble out, a warm chest, a softened buzz, light saturation, the first reflections of a small room."""
    y = filters.high_pass(x, 70, 2)
    y = filters.peaking(y, 210 * speaker.timbre, 2.0, 0.8)
    y = filters.peaking(y, 3100 * speaker.timbre, -3.0, 0.9)
    y = filters.shelf(y, 4200, speaker.tilt + delivery.tilt - 1.0)
    y = soften_sibilants(even(y))
    if delivery.band:
        y = filters.band_pass(y, *delivery.band, order=3)
    peak = max(float(np.abs(y).max()), 1e-9)
    drive = 0.9 * delivery.drive
    y = np.tanh(y / peak * drive) / np.tanh(drive)
    response = filters.room_response(filters.rng_for("booth"), 0.11, 4500, 0.004, channels=1)
    wet = filters.convolve(y[:, None], response)[:, 0]
    return np.asarray(y + 0.16 * delivery.room * wet, dtype=np.float64)


def even(x: filters.F32) -> filters.F32:
    """A gentle leveller, 2:1 around the line's own mean over 60 ms, so that no syllable drowns and none sticks out."""
    power = uniform_filter1d(np.square(x.astype(np.float64)), int(0.06 * SAMPLE_RATE), mode="nearest")
    typical = float(np.mean(power[power > power.max() * 0.003])) if len(power) and power.max() > 0 else 1.0
    ratio = np.clip(power / max(typical, 1e-12), 0.08, 20.0)
    gain = uniform_filter1d(ratio**-0.22, int(0.05 * SAMPLE_RATE), mode="nearest")
    return np.asarray(x * gain, dtype=np.float32)


def soften_sibilants(x: filters.F32) -> filters.F32:
    """What lies above 5 kHz may be no louder, over 4 ms, than a third of the line itself: eSpeak NG's s and sh cut like knives."""
    high = filters.high_pass(x, 5000, 2)
    power = uniform_filter1d(np.square(high.astype(np.float64)), int(0.004 * SAMPLE_RATE), mode="nearest")
    level = np.sqrt(np.maximum(power, 0.0))  # a running sum ends a hair under zero
    allowed = 0.35 * _rms(x.astype(np.float64))
    return np.asarray(x - high * (1 - np.minimum(1.0, allowed / np.maximum(level, 1e-9))), dtype=np.float32)


def _rms(x: F64) -> float:
    return float(np.sqrt(np.mean(np.square(x)))) if len(x) else 0.0
