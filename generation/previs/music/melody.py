"""Melodies that somebody could hum: a motif, its answer, its variation, and a close; always on the chords where it counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generation.previs.music.harmony import Chord, Key, nearest, scale_for

# Two bars each, (beat, length) in beats; from calm to busy.
_RHYTHMS = {
    4: (
        ((0, 4), (4, 3)),
        ((0, 3), (3, 1), (4, 3.5)),
        ((1, 1), (2, 2), (4, 3)),
        ((0, 2), (2, 2), (4, 1), (5, 2.5)),
        ((0, 1.5), (1.5, 0.5), (2, 2), (4, 1), (5, 1), (6, 1.5)),
        ((0, 1), (1, 1), (2, 1.5), (3.5, 0.5), (4, 3)),
        ((0, 0.5), (0.5, 0.5), (1, 1), (2, 1), (3, 1), (4, 1.5), (5.5, 0.5), (6, 1.5)),
        ((0.5, 0.5), (1, 0.5), (1.5, 1), (2.5, 0.5), (3, 1), (4, 0.5), (4.5, 0.5), (5, 1), (6, 1.5)),
    ),
    3: (
        ((0, 3), (3, 2.5)),
        ((0, 2), (2, 1), (3, 2.5)),
        ((0, 1), (1, 2), (3, 2.5)),
        ((0, 1), (1, 1), (2, 1), (3, 2.5)),
        ((0, 1.5), (1.5, 0.5), (2, 1), (3, 2), (5, 0.7)),
        ((0, 1), (1, 0.5), (1.5, 0.5), (2, 1), (3, 1), (4, 1.5)),
    ),
}
_SHAPES = ((0, 1, 2, 1, 0), (0, -1, -2, -1, 0), (0, 2, 1, 3, 2), (0, 4, 3, 2, 1), (0, 1, -1, 0, 2), (0, 2, 4, 3, 1), (0, -2, -1, 1, 0))


@dataclass(frozen=True)
class Tone:
    """One note of a melody; times in beats from the beginning of its phrase."""

    beat: float
    length: float
    pitch: int
    accent: float = 1.0


@dataclass(frozen=True)
class Motif:
    """Two bars: when, and how many steps of the scale from the first note."""

    rhythm: tuple[tuple[float, float], ...]
    steps: tuple[int, ...]

    def inverted(self) -> Motif:
        return Motif(self.rhythm, tuple(-s for s in self.steps))


def invent(rng: np.random.Generator, beats: int, busy: float) -> Motif:
    rhythms = _RHYTHMS[beats]
    middle = busy * (len(rhythms) - 1)
    index = int(np.clip(round(middle + rng.uniform(-1.2, 1.2)), 0, len(rhythms) - 1))
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    rhythm = rhythms[index]
    steps, drift = [], 0
    for i in range(len(rhythm)):
        if i and i % len(shape) == 0:
            drift += shape[-1]
        steps.append(shape[i % len(shape)] + drift)
    return Motif(rhythm, tuple(int(s) for s in np.clip(steps, -5, 6)))


def phrase(
    motif: Motif, chords: list[Chord], key: Key, beats: int, centre: int, rng: np.random.Generator, *, vary: float = 0.0, closes: bool = False
) -> list[Tone]:
    """The motif over these bars (one chord each), its second half an answer. `vary` 0–1 is how freely it is ornamented; `closes` ends it
    on the root, long. Pitches stay within a tenth of `centre`."""
    tones: list[Tone] = []
    anchor = float(centre)
    for bar in range(0, len(chords), 2):
        answer = bar % 4 == 2
        last = bar + 2 >= len(chords)
        first = nearest(anchor, chords[bar].tones)
        for i, ((beat, length), step) in enumerate(zip(motif.rhythm, motif.steps, strict=True)):
            if bar + beat // beats >= len(chords):
                break
            harmony = chords[bar + int(beat // beats)]
            shifted = -step if answer and i > len(motif.steps) // 2 else step  # the answer turns back
            pitch = _climb(first, shifted, scale_for(harmony, key))
            if beat % beats in (0, 2) or length >= 1.5:
                pitch = nearest(pitch, harmony.tones)
            tones.append(Tone(bar * beats + beat, length, _fold(pitch, centre), 1.1 if beat % beats == 0 else 0.9))
        anchor = first + (2 if not answer else -1)
        if last and tones:
            end = tones[-1]
            harmony = chords[min(int(end.beat // beats), len(chords) - 1)]
            target = (harmony.root,) if closes else harmony.tones[:3]
            tones[-1] = Tone(end.beat, max(end.length, len(chords) * beats - end.beat - 0.5), _fold(nearest(end.pitch, target), centre))
    return _ornament(tones, chords, key, beats, rng, vary) if vary > 0 else tones


def _ornament(tones: list[Tone], chords: list[Chord], key: Key, beats: int, rng: np.random.Generator, vary: float) -> list[Tone]:
    """Long notes now and then get a neighbour; a few short ones are left out, so that the tune breathes."""
    out: list[Tone] = []
    for i, tone in enumerate(tones):
        dice = rng.random()
        if tone.length >= 1.5 and dice < 0.45 * vary and i + 1 < len(tones):
            scale = scale_for(chords[min(int(tone.beat // beats), len(chords) - 1)], key)
            half = 0.5 if tone.length < 2 else 1.0
            up = 1 if tones[i + 1].pitch >= tone.pitch else -1
            out.append(Tone(tone.beat, tone.length - half, tone.pitch, tone.accent))
            out.append(Tone(tone.beat + tone.length - half, half, _climb(tone.pitch, up, scale), 0.8))
        elif not (tone.length <= 0.5 and dice > 1 - 0.25 * vary):
            out.append(tone)
    return out


def _climb(pitch: int, steps: int, scale: tuple[int, ...]) -> int:
    direction = 1 if steps > 0 else -1
    for _ in range(abs(steps)):
        pitch += direction
        while pitch % 12 not in scale:
            pitch += direction
    return pitch


def _fold(pitch: int, centre: int) -> int:
    while pitch > centre + 11:
        pitch -= 12
    while pitch < centre - 9:
        pitch += 12
    return pitch
