"""Who plays what: from form and mood to notes for each player."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generation.previs.music import melody
from generation.previs.music.form import Form, Section
from generation.previs.music.harmony import Chord, Key, nearest, voicings
from generation.previs.music.moods import Lead, Mood


@dataclass(frozen=True)
class Note:
    """One note for a player; `start` and `length` in seconds. `pitches` has more than one for a section's chord; drums use `variant`."""

    player: str
    start: float
    length: float
    pitches: tuple[int, ...]
    velocity: float
    variant: int = 0


_PAD_RANGE = {"strings": (50, 74), "low strings": (38, 62), "choir": (50, 72), "glass": (62, 86)}
_CENTRE: dict[Lead, int] = {"flute": 77, "clarinet": 68, "cello": 57, "violin": 75, "piano": 74, "music box": 82, "vibraphone": 72, "horn": 60}
_FIGURE_RANGE = {
    "piano": (50, 74),
    "harp": (52, 79),
    "guitar": (48, 69),
    "vibraphone": (57, 76),
    "music box": (72, 91),
    "pizzicato": (50, 72),
    "marimba": (52, 74),
}


class Arranger:
    """Writes all parts of one piece. The same rng gives the same notes."""

    def __init__(self, form: Form, mood: Mood, key: Key, rng: np.random.Generator) -> None:
        self.form, self.mood, self.key, self.rng = form, mood, key, rng
        self.chords = [c for s in form.sections for c in s.chords]
        low, high = _PAD_RANGE[mood.pad]
        self.pads = voicings(self.chords, low, high)
        low, high = _FIGURE_RANGE[mood.figure]
        self.figures = voicings(self.chords, low, high)
        self.motif = melody.invent(rng, form.beats, mood.busy)
        self.other = melody.invent(rng, form.beats, min(1.0, mood.busy + 0.15)) if rng.random() < 0.5 else self.motif.inverted()

    def notes(self) -> list[Note]:
        out: list[Note] = []
        for section in self.form.sections:
            if section.label == "end":
                out += self._ending(section)
                continue
            out += self._pad(section)
            out += self._figure(section)
            out += self._bass(section)
            out += self._rhythm(section)
            out += self._melody(section)
        return sorted(out, key=lambda n: (n.start, n.player, n.pitches))

    def _note(
        self, player: str, beat: float, length: float, pitches: tuple[int, ...], velocity: float, loose: float = 0.008, variant: int = 0
    ) -> Note:
        """Placed by the clock, a little before or after the beat as people do; swung where the mood swings."""
        if self.mood.swing and abs(beat % 1 - 0.5) < 0.01:
            beat += self.mood.swing * 0.5
        start = max(0.0, self.form.at(beat) + float(self.rng.normal(0, loose)))
        seconds = max(0.05, self.form.at(beat + length) - self.form.at(beat))
        level = float(np.clip(velocity * (1 + self.rng.normal(0, 0.05)), 0.05, 1.0))
        return Note(player, start, seconds, pitches, level, variant)

    def _bars(self, section: Section) -> Iterator[tuple[int, float, Chord, float]]:
        """(bar of the piece, its first beat, chord, force) with an arch over each section."""
        for i, harmony in enumerate(section.chords):
            arch = 0.88 + 0.12 * np.sin(np.pi * (i + 0.7) / (section.bars + 0.4))
            growth = i / max(section.bars, 1) * 0.15 if section.label in ("intro", "development") else 0.0
            yield section.bar + i, float((section.bar + i) * self.form.beats), harmony, float(section.force * arch + growth)

    def _pad(self, section: Section) -> list[Note]:
        out = []
        runs = itertools.groupby(self._bars(section), key=lambda b: self.pads[b[0]])
        for pitches, group in runs:
            bars = list(group)
            out.append(self._note(self.mood.pad, bars[0][1], len(bars) * self.form.beats, pitches, bars[0][3] * 0.85, 0.0))
        return out

    def _figure(self, section: Section) -> list[Note]:
        if section.label == "intro" and self.mood.pattern in ("strum", "chords"):
            return []
        out = []
        player = self.mood.figure
        light = 0.55 if section.label in ("intro", "pause") else 1.0
        for bar, beat, harmony, force in self._bars(section):
            for at, length, pitches, accent in _pattern(self.mood.pattern, self.form.beats, self.figures[bar], harmony, bar, force):
                spread = 0.022 if len(pitches) > 1 and player in ("guitar", "harp") else 0.0
                for i, pitch in enumerate(pitches):
                    note = self._note(player, beat + at, length, (pitch,), (0.3 + 0.5 * force) * accent * light)
                    out.append(Note(note.player, note.start + i * spread, note.length, note.pitches, note.velocity))
        return out

    def _bass(self, section: Section) -> list[Note]:
        kind = self.mood.bass
        if kind == "pedal" or (section.label == "intro" and kind != "long"):
            return []
        out = []
        beats = self.form.beats
        for bar, beat, harmony, force in self._bars(section):
            root = nearest(38, (harmony.root,))
            fifth = nearest(root + (7 if root < 38 else -5), (harmony.tones[2],))
            after = self.chords[bar + 1] if bar + 1 < len(self.chords) else harmony
            velocity = 0.4 + 0.45 * force
            if kind == "long":
                steps = [(0.0, float(beats), root, 0.9)]
            elif kind == "root and fifth":
                steps = [(0.0, beats / 2 if beats == 4 else 2.0, root, 1.0)] + ([(2.0, 2.0, fifth, 0.8)] if beats == 4 else [])
            elif kind == "pulse":
                steps = [(i * 0.5, 0.45, root + (12 if force > 0.75 and i % 4 == 3 else 0), 1.0 if i % 4 == 0 else 0.72) for i in range(beats * 2)]
            elif kind == "walk":
                lead = nearest(38, (after.root,)) + (1 if bar % 2 else -1)
                third = nearest(root + 4, (harmony.tones[1],))
                steps = [(0.0, 0.95, root, 1.0), (1.0, 0.95, third, 0.85), (2.0, 0.95, fifth, 0.95), (3.0, 0.95, lead, 0.85)][:beats]
            else:
                steps = [(0.0, 0.8, root, 1.0), (2.0, 0.8, fifth, 0.85)]
            short = "plucked bass" if kind in ("walk", "pizzicato", "pulse") else "bass"
            out += [self._note(short, beat + at, length, (pitch,), velocity * accent) for at, length, pitch, accent in steps]
        return out

    def _rhythm(self, section: Section) -> list[Note]:
        if (
            not self.mood.rhythm
            or section.label == "intro"
            or (section.label in ("pause", "cadence") and self.mood.rhythm not in ("brushes", "heartbeat"))
        ):
            return []
        out = []
        for bar, beat, _, force in self._bars(section):
            turn = bar == section.bar + section.bars - 1 and section.bars > 2
            for name, at, velocity in _beat(self.mood.rhythm, self.form.beats, force, turn):
                out.append(self._note(name, beat + at, 0.25, (0,), velocity * (0.35 + 0.65 * force), 0.005, int(self.rng.integers(3))))
        if section.label in ("development", "return") and self.mood.force > 0.7 and section.bar >= 2:
            seconds = min(2.4, self.form.at(section.bar * self.form.beats))
            out.append(Note("swell", self.form.at(section.bar * self.form.beats) - seconds, seconds, (0,), 0.4 + 0.5 * section.force))
        return out

    def _melody(self, section: Section) -> list[Note]:
        mood = self.mood
        if section.label in ("intro", "pause", "cadence") or (
            mood.melody < 0.6 and section.label == "theme" and section.bar == 0 and self.form.bars > 8
        ):
            return []
        develop = section.label == "development"
        player: Lead = mood.second if develop else mood.lead
        motif = self.other if develop else self.motif
        vary = {"theme": 0.0, "theme again": 0.6, "development": 0.4, "return": 0.35}.get(section.label, 0.0)
        centre = _CENTRE[player] + (3 if develop and player != "cello" else 0)
        tones = melody.phrase(motif, section.chords, self.key, self.form.beats, centre, self.rng, vary=vary, closes=section.label == "return")
        if mood.melody < 0.6:  # only half of what could be said
            tones = [t for t in tones if t.length >= 1.5 or self.rng.random() < 0.5]
        start = section.bar * self.form.beats
        velocity = 0.42 + 0.45 * section.force
        out = [self._note(f"lead {player}", start + t.beat, t.length * 0.97, (t.pitch,), velocity * t.accent, 0.012) for t in tones]
        if section.label == "return" and section.force > 0.5 and self.form.bars > 10:
            out += self._counter(section)
        return out

    def _counter(self, section: Section) -> list[Note]:
        """Long notes under the theme's last return: the chords' thirds and sevenths, moving by step."""
        out, before = [], _CENTRE[self.mood.second] - 3
        for _, beat, harmony, force in self._bars(section):
            before = nearest(before, harmony.tones[1:])
            out.append(self._note(f"lead {self.mood.second}", beat, self.form.beats * 0.96, (before,), 0.22 + 0.3 * force, 0.012))
        return out

    def _ending(self, section: Section) -> list[Note]:
        """The last chord, on the bar, left to ring."""
        beat = float(section.bar * self.form.beats)
        harmony, tail = section.chords[0], self.form.tail
        start, held = self.form.at(beat) if section.bar else 0.0, max(0.3, tail * 0.5)
        root = nearest(38, (harmony.root,))
        notes = [Note(self.mood.pad, start, held, self.pads[-1], 0.45), Note("bass", start, held, (root,), 0.5)]
        figure = self.figures[-1]
        notes += [Note(self.mood.figure, start + 0.07 * i, tail, (p,), 0.45 - 0.03 * i) for i, p in enumerate(figure)]
        notes.append(Note(f"lead {self.mood.lead}", start, held * 0.9, (nearest(_CENTRE[self.mood.lead], (harmony.root,)),), 0.42))
        if self.mood.rhythm in ("taiko", "march"):
            notes.append(Note("taiko", start, 1.0, (0,), 0.85))
        elif self.mood.rhythm == "heartbeat":
            notes.append(Note("heart", start, 1.0, (0,), 0.5))
        return notes


def _pattern(
    pattern: str, beats: int, voicing: tuple[int, ...], harmony: Chord, bar: int, force: float
) -> list[tuple[float, float, tuple[int, ...], float]]:
    """(beat, length in beats, pitches, accent) of one bar of accompaniment."""
    a, b, c, d = voicing
    if pattern == "broken":
        order = (a, c, d, c, b, c, d, c) if bar % 2 == 0 else (a, b, d, c, b, c, d, b)
        return [(i * 0.5, 2.0, (order[i % 8],), 1.0 if i == 0 else 0.72 + 0.1 * (i % 4 == 0)) for i in range(beats * 2)]
    if pattern == "rolling":
        up = (a, b, c, d, d + 12 if d < 70 else c, d, c, b)
        if force < 0.45:
            return [(i * 0.5, 2.5, (up[i],), 0.95 - 0.05 * i) for i in range(min(5, beats * 2))]
        return [(i * 0.5, 1.5, (up[i % 8],), 1.0 if i == 0 else 0.7) for i in range(beats * 2)]
    if pattern == "waltz":
        return [(0.0, 1.0, (a,), 0.9), (1.0, 0.9, (b, c, d), 0.75), (2.0, 0.9, (b, c, d), 0.65)]
    if pattern == "sparse":
        return [(0.0, beats, (a, d), 0.85), (2.0, 2.0, (c,), 0.6)] if bar % 2 == 0 else [(0.0, beats, (b,), 0.75), (2.5, 1.5, (d,), 0.55)]
    if pattern == "ostinato":
        order = (a, a, b, a, c, a, b, a)
        return [(i * 0.5, 0.5, (order[i % 8],), 1.0 if i % 4 == 0 else 0.68) for i in range(beats * 2)]
    if pattern == "strum":
        return [(i + 0.0, 0.5, (a,) if i % 2 == 0 else (b, c, d), 0.9 if i % 2 == 0 else 0.75) for i in range(beats)] + [(3.5, 0.4, (c, d), 0.55)]
    first = 0.0 if bar % 2 == 0 else 0.5
    return [(first, 1.4, (b, c, d), 0.8), (2.5, 1.2, (b, c, d), 0.65)]


def _beat(rhythm: str, beats: int, force: float, turn: bool) -> list[tuple[str, float, float]]:
    """(drum, beat, velocity) of one bar; `turn` is a phrase's last bar, which leads into the next."""
    if rhythm == "taiko":
        hits = [("taiko", 0.0, 1.0), ("small taiko", 1.5, 0.6), ("taiko", 2.0, 0.75), ("small taiko", 3.0, 0.65)]
        if force > 0.55:
            hits += [("small taiko", 0.5 + i, 0.4) for i in range(beats)] + [("shaker", i * 0.5, 0.3) for i in range(beats * 2)]
        return hits + [("small taiko", 3.25 + i * 0.25, 0.55 + 0.12 * i) for i in range(3)] if turn else hits
    if rhythm == "march":
        hits = [("taiko", 0.0, 0.8), ("snare", 1.0, 0.25), ("taiko", 2.0, 0.6), ("snare", 3.0, 0.3), ("snare", 3.5, 0.2)]
        return hits + [("snare", 3.0 + i / 6, 0.2 + 0.07 * i) for i in range(6)] if turn else hits
    if rhythm == "brushes":
        hits = [("sweep", 0.0, 0.24), ("sweep", 2.0, 0.24), ("brush", 1.0, 0.5), ("brush", 3.0, 0.5)] + [
            ("ride", float(i), 0.16) for i in range(beats)
        ]
        return hits + [("ride", 1.5, 0.1), ("ride", 3.5, 0.1)] + ([("brush", 3.5, 0.35)] if turn else [])
    if rhythm == "tick":
        hits = [("tick", float(i), 0.2 if i % 2 == 0 else 0.13) for i in range(beats)]
        return hits + [("taiko", 0.0, 0.55)] + ([("small taiko", 3.5, 0.5)] if turn else []) if force > 0.5 else hits
    if rhythm == "heartbeat":
        return [("heart", 0.0, 0.9), ("heart", 0.4, 0.6)] + ([("heart", 2.0, 0.8), ("heart", 2.4, 0.5)] if force > 0.5 else [])
    return [("shaker", i * 0.5, 0.4 if i % 2 == 0 else 0.25) for i in range(beats * 2)]
