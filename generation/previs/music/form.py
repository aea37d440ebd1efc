"""How long everything is: bars that fit the samples asked for, sections with their chords, and a clock that slows down before the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generation.contract import SAMPLE_RATE
from generation.previs.music.harmony import Chord, Key, chord
from generation.previs.music.moods import Mood

Label = Literal["intro", "theme", "theme again", "development", "return", "pause", "cadence", "end"]


@dataclass(frozen=True)
class Section:
    """Bars that belong together; one chord a bar. `force` 0–1 is how much is going on. `key` may be a new one."""

    label: Label
    bar: int
    chords: list[Chord]
    force: float

    @property
    def bars(self) -> int:
        return len(self.chords)


@dataclass(frozen=True)
class Form:
    """`end` is the last chord, alone, ringing for the `tail` seconds."""

    sections: list[Section]
    beats: int
    tail: float
    seconds: float
    clock: NDArray[np.float64] = field(repr=False)  # second of every quarter of a beat

    @property
    def bars(self) -> int:
        return sum(s.bars for s in self.sections[:-1])

    def at(self, beat: float) -> float:
        """Second of a beat from the beginning; beyond the last bar the clock goes on at its last pace."""
        last = len(self.clock) - 1
        if beat * 4 > last:
            step = self.clock[-1] - self.clock[-2] if last else 0.25
            return float(self.clock[-1] + (beat * 4 - last) * step)
        return float(np.interp(beat * 4, np.arange(last + 1), self.clock))


def plan(samples: int, mood: Mood, key: Key, tempo: int) -> Form:
    """The tempo is kept but for a few per cent, so that the last chord falls on a bar and has 2 to 4 seconds to ring inside the length."""
    seconds = samples / SAMPLE_RATE
    beats = mood.beats
    bar = beats * 60 / tempo
    tail = min(2.2, 0.4 * seconds)
    bars = int((seconds - tail) / bar)
    tail = seconds - bars * bar if bars else seconds
    if bars and tail > 4.2:
        tail = 3.8
    sections = _sections(bars, mood, key)
    return Form(sections, beats, tail, seconds, _clock(bars * beats, seconds - tail))


def _clock(beats: int, seconds: float) -> NDArray[np.float64]:
    """A ritardando over the last bars, paid for by all the others."""
    quarters = beats * 4
    if not quarters:
        return np.zeros(1)
    slowing = min(24, quarters // 4)
    pace = np.ones(quarters)
    if slowing:
        pace[-slowing:] += 0.2 * np.linspace(0, 1, slowing) ** 2
    times = np.concatenate([[0.0], np.cumsum(pace)])
    return np.asarray(times * seconds / times[-1])


def _sections(bars: int, mood: Mood, key: Key) -> list[Section]:
    theme = mood.a_minor if key.minor else mood.a_major
    other = mood.b_minor if key.minor else mood.b_major
    closing = 2 if bars >= 5 else 1 if bars >= 2 else 0
    rest = bars - closing
    phrases, intro = divmod(rest, 4)
    if not phrases:
        phrases, intro = (1, 0) if rest else (0, 0)
    elif phrases > 4 and intro < 2:
        phrases, intro = phrases - 1, intro + 4
    labels: list[Label] = _labels(phrases)
    sections: list[Section] = []
    at = 0

    def add(label: Label, numerals: list[str], force: float) -> None:
        nonlocal at
        if numerals:
            sections.append(Section(label, at, [chord(n, key) for n in numerals], force * (0.55 + 0.45 * mood.force)))
            at += len(numerals)

    add("intro", [theme[0]] * intro if intro < 3 else [*[theme[0]] * (intro - 1), theme[3]], 0.3)
    peak = max(1, round(phrases * 0.7))
    for i, label in enumerate(labels):
        rise = 0.5 + 0.5 * (1 - abs(i + 1 - peak) / max(peak, phrases - peak + 1))
        numerals = list(other if label == "development" else theme)
        add(label, numerals[: min(4, rest)], 0.4 if label == "pause" else rise)
    cadence = (
        (["iv6", "V7"] if key.minor else ["ii7", "V7"])
        if mood.name not in ("calm", "eerie", "mysterious")
        else (["VI", "iv6"] if key.minor else ["IV maj7", "iv6"])
    )
    add("cadence", cadence[-closing:] if closing else [], 0.55)
    add("end", ["I" if not key.minor else "i"], 0.5)
    return sections


def _labels(phrases: int) -> list[Label]:
    """The order of four-bar phrases: theme and answer, development, return; long pieces go round again with a pause between."""
    if phrases <= 3:
        short: list[list[Label]] = [[], ["theme"], ["theme", "return"], ["theme", "development", "return"]]
        return short[phrases]
    pattern: list[Label] = ["theme", "theme again", "development", "theme again", "pause", "development", "theme again", "development"]
    body: list[Label] = [pattern[i % len(pattern)] for i in range(phrases - 1)]
    if body[-1] == "pause":
        body[-1] = "development"
    return [*body, "return"]
