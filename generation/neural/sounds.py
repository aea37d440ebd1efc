"""Sound as models give it, brought to what the studio keeps: 48 kHz, the exact length asked for, a level that sits in a mix; and the words
that a cue's facts become."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from pydantic import Field

from generation.contract import SAMPLE_RATE, BadRequest, Context, Format, Request, Samples, Task
from generation.neural.params import ModelParams

LUFS: dict[Task, float] = {"music": -20.0, "tone": -40.0, "effect": -20.0, "voice": -20.0}  # as the embedded engine makes them
CEILING_DBTP = -1.0
FADE = 1.0  # seconds a sound that was cut dies away over, at most a quarter of it
CROSSFADE = 2.0  # seconds that repetitions share, at most a quarter of the sound
EDGE = 0.01  # seconds at an end that was not cut, so that it does not click
SILENT = 1e-3  # of full scale, −60 dB
SLACK = 0.1  # seconds more or less that models give by counting in latents; not worth a word


class CueParams(ModelParams):
    """What a cue should sound like. `prompt` wins; without one the words are composed of the other fields, which are a scene's facts."""

    prompt: str = Field("", max_length=4000)
    mood: str = Field("calm", max_length=200)
    tempo: int = Field(90, ge=40, le=200, description="Beats a minute.")
    key: str = Field("D minor", max_length=40)
    place: str = Field("", max_length=400)
    interior: bool = Field(True, title="Indoors")
    time: str = Field("day", max_length=60)
    weather: str = Field("clear", max_length=60)
    events: tuple[tuple[float, str], ...] = Field((), max_length=64, description="Seconds, and what is heard then.")

    def words(self, task: Task, *, measures: bool = True) -> str:
        """The prompt for a task; with `measures` tempo and key are told in it too. Raises `BadRequest` for an effect nobody described."""
        said = self.prompt.strip()
        heard = ", ".join(dict.fromkeys(what.strip() for _, what in self.events if what.strip()))
        where = self.place.strip()
        if task == "effect":
            if not said and not heard:
                raise BadRequest("An effect needs words: say what is heard, such as “a heavy door falls shut in a stone hall”.")
            return said or ", ".join(part for part in (heard, where) if part)
        sky = f"{self.weather.strip()} weather" if self.weather.strip() not in ("", "clear") else ""
        parts: tuple[str, ...]
        if task == "tone":
            ground = f"ambience of {where}" if where else "quiet room tone" if self.interior else "quiet outdoor ambience"
            distant = f"now and then {heard}" if heard else ""
            parts = (ground, "indoors" if self.interior else "outdoors", self.time.strip(), sky, distant, "field recording, no music, no speech")
        else:
            scene = f"for a scene {'in' if self.interior else 'outside,'} {where}" if where else ""
            parts = (f"{self.mood.strip() or 'calm'} film score, instrumental", scene, self.time.strip() if where else "", sky if where else "")
        if said:
            parts = (said,)
        if measures and task == "music":
            parts = (*parts, f"{self.tempo} BPM", self.key.strip())
        return ", ".join(part for part in parts if part)

    def unheard(self, task: Task) -> tuple[str, ...]:
        """Sentences about what such a model cannot follow."""
        if self.events and task != "music":
            return ("A neural model is told what is heard, not when; put effects of their own where the moment matters.",)
        return ()


def length_of(request: Request) -> tuple[Format, int]:
    """The format and how many samples it is long."""
    if request.format is None:
        raise BadRequest(f"A {request.task} needs a format: its length in frames and their rate.")
    return request.format, request.format.rate.samples(request.format.frames)


def at_studio_rate(samples: Any, rate: int) -> Samples:
    """Samples (n, channels) or (n,) of any rate at 48 kHz, one or two channels."""
    from scipy.signal import resample_poly

    sound = np.asarray(samples, np.float32)
    sound = sound[:, None] if sound.ndim == 1 else sound[:, :2]
    if rate == SAMPLE_RATE or not len(sound):
        return np.ascontiguousarray(sound)
    common = math.gcd(rate, SAMPLE_RATE)
    return np.asarray(resample_poly(sound.astype(np.float64), SAMPLE_RATE // common, rate // common, axis=0), np.float32)


def exactly(samples: Samples, wanted: int) -> tuple[Samples, tuple[str, ...]]:
    """The sound at exactly `wanted` samples: what is too long dies away and is cut, what is too short is repeated, each repetition faded
    into the next. Sentences say so, unless it was only the rounding of a model that counts in latents."""
    have, notes = len(samples), list[str]()
    if not have:
        raise BadRequest("The model gave no sound at all. Ask for a longer sound, or choose another model.")
    slack = int(SLACK * SAMPLE_RATE)
    sound = samples
    if have + slack < wanted:
        shared = min(int(CROSSFADE * SAMPLE_RATE), have // 4)
        sound = _repeated(samples, wanted, shared)
        had, fill, fades = have / SAMPLE_RATE, wanted / SAMPLE_RATE, shared / SAMPLE_RATE
        notes.append(f"The model made {had:.1f} s; they were repeated, {fades:.1f} s faded into each other, to fill {fill:.1f} s.")
    if len(sound) > wanted + slack:
        fade = min(int(FADE * SAMPLE_RATE), wanted // 4)
        if have >= wanted:
            notes.append(f"The model made {have / SAMPLE_RATE:.1f} s; the first {wanted / SAMPLE_RATE:.1f} s were kept and faded out.")
    else:
        fade = min(int(EDGE * SAMPLE_RATE), wanted // 4)
    sound = np.array(sound[:wanted])
    if fade:
        sound[len(sound) - fade :] *= np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32))[:, None]
    return np.pad(sound, ((0, wanted - len(sound)), (0, 0))), tuple(notes)


def _repeated(samples: Samples, wanted: int, shared: int) -> Samples:
    """Equal power where two meet, since noise and music of two moments do not add up in phase."""
    turn = np.linspace(0, np.pi / 2, shared, dtype=np.float32)[:, None]
    step = len(samples) - shared
    times = -(-max(0, wanted - shared) // step)
    sound = np.zeros((times * step + shared, samples.shape[1]), np.float32)
    for number in range(times):
        piece = np.array(samples)
        if number:
            piece[:shared] *= np.sin(turn)
        if number < times - 1:
            piece[-shared:] *= np.cos(turn)
        sound[number * step : number * step + len(piece)] += piece
    return sound


def levelled(samples: Samples, task: Task) -> Samples:
    """At the loudness of its kind, or quieter where its peaks forbid it: no true peak above −1 dBTP."""
    from generation.media import limiter, loudness

    return limiter.limit(loudness.normalise(samples, LUFS[task]), CEILING_DBTP)


def hand_over(context: Context, samples: Any, rate: int, wanted: int, task: Task) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give a cue to the context at exactly `wanted` samples of 48 kHz; returns its measures and sentences about what was done to it."""
    from generation.neural.pipelines import finite

    sound, notes = exactly(at_studio_rate(finite(np.asarray(samples, np.float32)), rate), wanted)
    if float(np.abs(sound).max(initial=0.0)) < SILENT:
        notes = (*notes, "Hardly anything is to be heard in it. Try another seed, more steps, or other words.")
    sound = levelled(sound, task)
    context.sound(sound)
    peak = round(float(np.abs(sound).max(initial=0.0)), 4)
    return {"seconds": wanted / SAMPLE_RATE, "samples": wanted, "peak": peak, "model_rate": rate}, notes
