"""Voices: a line of dialogue spoken by its character, with the time of every word.

eSpeak NG speaks phrase by phrase in a fresh process (`voice_process`); everything that makes it this character's voice, this line's
delivery and this moment's breath happens here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import generation
from generation.contract import SAMPLE_RATE, BadRequest, Samples, Transient, VoiceParams, Word
from generation.media import loudness
from generation.media.tempo import MAX_HURRY
from generation.previs import filters
from generation.previs.voice import timbre
from generation.previs.voice.character import Delivery, Speaker, delivery_for, language_for, speaker_for
from generation.previs.voice.text import Phrase, phrases_of

MAX_CHARACTERS = 4000
_MARGIN = 0.04  # seconds of near-silence left before the first and after the last sound
_F64 = NDArray[np.float64]


@dataclass(frozen=True)
class _Spoken:
    """Phrases joined, at eSpeak NG's own rate; `words` are (text, first sample, last sample)."""

    samples: _F64
    words: list[tuple[str, float, float]]
    rate: float


def speak(params: VoiceParams) -> tuple[Samples, tuple[Word, ...]]:
    """As `speak_within`, without how much it was hurried."""
    samples, words, _ = speak_within(params)
    return samples, words


def speak_within(params: VoiceParams) -> tuple[Samples, tuple[Word, ...], float]:
    """The line as mono float32 (samples, 1) at 48 kHz, about −20 LUFS (whispers less, shouts more), the times of its words in order, and how many
    times faster it is than the character would have it.

    The same params give the same samples. With `within_seconds` it is spoken faster if need be, at most 1.35 times; it may then still be
    longer. Raises `BadRequest` for a line with nothing in it to say.
    """
    if len(params.text) > MAX_CHARACTERS:
        raise BadRequest(
            f"The line of {params.character} has {len(params.text):,} characters; at most {MAX_CHARACTERS:,} are spoken at once. Split it."
        )
    phrases = phrases_of(params.text)
    if not phrases:
        shown = params.text.strip()[:40]
        raise BadRequest(f"The line of {params.character} has no words to say" + (f": “{shown}”." if shown else "; it is empty."))
    speaker, delivery = speaker_for(params.character, params.voice), delivery_for(params.direction)
    language = language_for(params.language)
    samples, words = _perform(phrases, speaker, delivery, language, 1.0)
    if params.within_seconds is None or len(samples) <= params.within_seconds * SAMPLE_RATE:
        return samples, words, 1.0
    easy, hurry = len(samples) / SAMPLE_RATE, 1.0
    for _ in range(3):  # eSpeak NG's rate is not quite proportional: come closer
        hurry = min(MAX_HURRY, hurry * len(samples) / SAMPLE_RATE / max(params.within_seconds, 0.05) * 1.005)
        faster = _perform(phrases, speaker, delivery, language, hurry)
        if easy * SAMPLE_RATE / len(faster[0]) > MAX_HURRY + 0.005:
            break
        samples, words = faster
        if len(samples) <= params.within_seconds * SAMPLE_RATE or hurry >= MAX_HURRY:
            break
    return samples, words, round(easy * SAMPLE_RATE / len(samples), 4)


def _perform(phrases: list[Phrase], speaker: Speaker, delivery: Delivery, language: str, hurry: float) -> tuple[Samples, tuple[Word, ...]]:
    spoken = _say(phrases, speaker, delivery, language, hurry)
    seed = (speaker.name, [t.text for p in phrases for t in p.tokens])
    x = timbre.shape_source(spoken.samples, speaker, delivery, spoken.rate)
    x = timbre.to_studio_rate(x, spoken.rate, speaker.timbre)
    x, came_from = timbre.unsteady(x, seed, speaker.wobble * delivery.wobble)
    margin = int(_MARGIN * SAMPLE_RATE)
    x = timbre.finish(np.pad(x, margin), speaker, delivery)
    fade = np.linspace(0.0, 1.0, margin // 2)
    x[: len(fade)] *= fade
    x[-len(fade) :] *= fade[::-1]
    scale = SAMPLE_RATE / (spoken.rate * speaker.timbre)
    times = np.interp(np.array([(a, b) for _, a, b in spoken.words]) * scale, came_from, np.arange(len(came_from)))
    words = tuple(
        Word(text=w[0], start=round((a + margin) / SAMPLE_RATE, 4), end=round((b + margin) / SAMPLE_RATE, 4))
        for w, (a, b) in zip(spoken.words, times, strict=True)
    )
    return loudness.normalise(x[:, None].astype(np.float32), delivery.lufs), words


def _say(phrases: list[Phrase], speaker: Speaker, delivery: Delivery, language: str, hurry: float) -> _Spoken:
    rng = filters.rng_for("melody", speaker.name, [t.text for p in phrases for t in p.tokens])
    orders, maps = [], []
    for phrase in phrases:
        order, where = _order(phrase, speaker, delivery, language, hurry, rng)
        orders.append(order)
        maps.append(where)
    rate, sounds, events = _synthesise(orders)
    parts: list[_F64] = []
    words: list[tuple[str, float, float]] = []
    at = 0  # samples so far
    for i, (phrase, where, sound, heard) in enumerate(zip(phrases, maps, sounds, events, strict=True)):
        first, last = _bounds(sound)
        piece = sound[first:last] * _edges(last - first, rate)
        words += [(w, at + a, at + b) for w, a, b in _word_times(phrase, where, heard, first, last)]
        parts.append(piece)
        at += len(piece)
        if i + 1 < len(phrases):
            gap = int(phrase.pause * delivery.pauses / hurry * float(rng.uniform(0.85, 1.15)) * rate * speaker.timbre)
            parts.append(np.zeros(gap))
            at += gap
    joined = np.concatenate(parts)
    if not len(joined) or float(np.abs(joined).max()) < 1e-4:
        raise BadRequest(f"The line of {speaker.name} could not be spoken: no sound came of “{' '.join(t.text for t in phrases[0].tokens)[:40]}”.")
    return _Spoken(joined, words, rate)


def _order(
    phrase: Phrase, speaker: Speaker, delivery: Delivery, language: str, hurry: float, rng: np.random.Generator
) -> tuple[dict[str, Any], list[int]]:
    """What eSpeak NG is asked for one phrase: a sentence starts higher and sinks, questions and exclamations are wider."""
    pitch, spread, pace = speaker.pitch + delivery.pitch, speaker.range + 10 + delivery.range, speaker.rate * delivery.rate
    pitch += (3.0 if phrase.place == 0 else -1.5 * min(phrase.place, 3)) + float(rng.normal(0, 1.3))
    pace *= 1 + float(rng.normal(0, 0.025))
    if phrase.kind == "question":
        pitch, spread = pitch + (2 if phrase.asks_wh else 4), spread + 14
    elif phrase.kind == "exclamation":
        pitch, spread, pace = pitch + 5, spread + 15, pace * 1.03
    elif phrase.kind == "trailing":
        pitch, spread, pace = pitch - 3, spread - 12, pace * 0.92
    elif phrase.kind == "cut off":
        spread, pace = spread + 8, pace * 1.05
    if phrase.last and phrase.kind == "statement" and phrase.place:
        pitch -= 1.5
    # Playing it `timbre` times faster raises pitch and pace: ask for that much less. eSpeak NG's pitch doubles every 50 steps.
    pitch = float(np.clip(pitch - 50 * np.log2(speaker.timbre), 0, 92))
    wpm = float(np.clip(pace * hurry / speaker.timbre, 80, 420))
    before, after = f"\x01{round(min(pitch + 10, 99))}P\x01{round(wpm * 0.88)}S", f"\x01{round(pitch)}P\x01{round(wpm)}S"
    text, where = phrase.spoken(before, after)
    voice = (phrase.script if phrase.script and phrase.script != language.split("-")[0] else language) + "+" + speaker.variant
    return {
        "voice": voice,
        "text": text,
        "rate": round(wpm),
        "pitch": round(pitch),
        "range": round(float(np.clip(spread, 0, 99))),
        "volume": 90,
    }, where


def _synthesise(orders: list[dict[str, Any]]) -> tuple[float, list[_F64], list[list[list[int]]]]:
    """Samples (±1) and word events of each phrase, from a fresh process."""
    command = [sys.executable, "-m", "generation.previs.voice_process"]
    root = Path(generation.__file__).parent.parent
    try:
        done = subprocess.run(command, input=json.dumps({"phrases": orders}).encode(), capture_output=True, timeout=60, cwd=root, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Transient(f"The speech synthesiser did not answer ({type(error).__name__}). Nothing was lost; try the line again.") from error
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise Transient(f"The speech synthesiser stopped: {reason[-1] if reason else f'status {done.returncode}'}. Try the line again.")
    head, _, data = done.stdout.partition(b"\n")
    header = json.loads(head)
    pcm = np.frombuffer(data, dtype=np.int16).astype(np.float64) / 32768
    ends = np.cumsum([p["samples"] for p in header["phrases"]])
    return float(header["rate"]), np.split(pcm, ends[:-1]), [p["words"] for p in header["phrases"]]


def _word_times(phrase: Phrase, where: list[int], heard: list[list[int]], first: int, last: int) -> list[tuple[str, float, float]]:
    """The phrase's own words in samples from its first audible one. A number is one word however many eSpeak NG says; words it ran
    together, or swallowed, share the time until the next by their letters."""
    starts: list[float | None] = [None] * len(phrase.tokens)
    for sample, position, length in heard:
        covered = [where[i] for i in range(position, min(position + length, len(where))) if where[i] >= 0]
        if not covered:
            continue
        index = next((i for i, t in enumerate(phrase.tokens) if starts[i] is None and any(t.start <= c < t.end for c in covered)), None)
        if index is not None:
            starts[index] = float(np.clip(sample, first, last))
    starts[0] = float(first)
    times: list[float] = []
    i = 0
    while i < len(starts):
        run = i + 1
        while run < len(starts) and starts[run] is None:
            run += 1
        begin = starts[i] or 0.0
        end = starts[run] if run < len(starts) else float(last)
        assert end is not None
        letters = np.cumsum([0] + [len(t.text) for t in phrase.tokens[i:run]])
        times += [begin + (end - begin) * float(n) / float(letters[-1]) for n in letters[:-1]]
        i = run
    bounds = np.maximum.accumulate([*times, float(last)]) - first
    return [(t.text, float(bounds[i]), float(bounds[i + 1])) for i, t in enumerate(phrase.tokens)]


def _bounds(sound: _F64) -> tuple[int, int]:
    """First and last audible sample (−46 dB under the phrase's own peak)."""
    if not len(sound):
        return 0, 0
    loud = np.flatnonzero(np.abs(sound) > max(float(np.abs(sound).max()) * 0.005, 1e-4))
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, 0)


def _edges(length: int, rate: float) -> _F64:
    """4 ms in, 12 ms out: a phrase neither clicks nor loses its first consonant."""
    envelope = np.ones(length)
    rise, fall = min(length // 2, int(0.004 * rate)), min(length // 2, int(0.012 * rate))
    envelope[:rise] = np.linspace(0, 1, rise)
    envelope[length - fall :] = np.linspace(1, 0, fall)
    return envelope
