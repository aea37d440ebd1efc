"""Keys, chords from Roman numerals, and four voices that move as little as they can. Pitches are MIDI numbers, 60 is middle C."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

from generation.contract import BadRequest

_NATURAL = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10), "dorian": (0, 2, 3, 5, 7, 9, 10), "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11), "mixolydian": (0, 2, 4, 5, 7, 9, 10), "aeolian": (0, 2, 3, 5, 7, 8, 10), "ionian": (0, 2, 4, 5, 7, 9, 11),
}  # fmt: skip
_MODES = {
    "": "major",
    "maj": "major",
    "dur": "major",
    "majeur": "major",
    "mayor": "major",
    "m": "minor",
    "min": "minor",
    "moll": "minor",
    "mineur": "minor",
    "menor": "minor",
}
_KEY = re.compile(r"^\s*([a-hA-H])\s*(#|♯|sharp|b|♭|flat)?[\s\-]*([a-z]*)\s*$", re.IGNORECASE)
_NUMERAL = re.compile(r"^(b|#)?(VII|VI|V|IV|III|II|I)(o)?\s*(maj7|add9|sus4|sus2|7|9|6)?$", re.IGNORECASE)
_DEGREES = ("I", "II", "III", "IV", "V", "VI", "VII")
_COLOURS = {"maj7": (11,), "add9": (14,), "7": (10,), "9": (10, 14), "6": (9,)}


@dataclass(frozen=True)
class Key:
    """`tonic` is a pitch class, 0 is C; `scale` semitones above it."""

    tonic: int
    scale: tuple[int, ...]

    @property
    def minor(self) -> bool:
        return self.scale[2] == 3


@dataclass(frozen=True)
class Chord:
    """`tones` are pitch classes, root first, in order of weight."""

    numeral: str
    root: int
    tones: tuple[int, ...]

    def has(self, pitch: int) -> bool:
        return pitch % 12 in self.tones


def parse_key(text: str) -> Key:
    """“D minor”, “F# dorian”, “Eb”, “am”. Raises `BadRequest` for anything else."""
    match = _KEY.match(text)
    if match:
        letter, accidental, mode = match.group(1), (match.group(2) or "").lower(), match.group(3)
        name = _MODES.get(mode if mode in ("m", "M") else mode.lower(), mode.lower())
        if name in _SCALES:
            shift = 1 if accidental in ("#", "♯", "sharp") else -1 if accidental else 0
            return Key((_NATURAL[letter.lower()] + shift) % 12, _SCALES[name])
    raise BadRequest(f"“{text}” is not a key. Write a note and a mode, such as “D minor”, “F# major” or “A dorian”.")


def chord(numeral: str, key: Key) -> Chord:
    """A chord of the key: capitals major, small letters minor, `o` diminished, b and # before the degree move it by a semitone."""
    match = _NUMERAL.match(numeral)
    if not match:
        raise ValueError(numeral)
    accidental, degree, diminished, colour = match.groups()
    scale = _SCALES["minor"] if key.minor else _SCALES["major"]
    root = scale[_DEGREES.index(degree.upper())] + {"b": -1, "#": 1, None: 0}[accidental]
    third, fifth = (4 if degree.isupper() else 3), (6 if diminished else 7)
    third = {"sus4": 5, "sus2": 2}.get(colour or "", third)
    extra = _COLOURS.get(colour or "", ())
    tones = tuple((key.tonic + root + step) % 12 for step in (0, third, fifth, *extra))
    return Chord(numeral, tones[0], tuple(dict.fromkeys(tones)))


def scale_for(harmony: Chord, key: Key) -> tuple[int, ...]:
    """The key's seven pitch classes, bent where the chord needs it (the leading note over V in minor)."""
    classes = [(key.tonic + s) % 12 for s in key.scale]
    for tone in harmony.tones:
        if tone in classes:
            continue
        for i, c in enumerate(classes):
            if c not in harmony.tones and c != key.tonic and (c - tone) % 12 in (1, 11):
                classes[i] = tone
                break
    return tuple(sorted(set(classes)))


def nearest(pitch: float, classes: tuple[int, ...]) -> int:
    """The pitch of one of the pitch classes closest to `pitch`, the lower of two."""
    candidates = [p for p in range(int(pitch) - 12, int(pitch) + 13) if p % 12 in classes]
    return min(candidates, key=lambda p: (abs(p - pitch), p))


def voicings(chords: list[Chord], low: int, high: int, voices: int = 4) -> list[tuple[int, ...]]:
    """Each chord as `voices` pitches, rising, between `low` and `high`, every voice moving as little as may be, without parallel outer fifths."""
    result: list[tuple[int, ...]] = []
    for harmony in chords:
        options = _spellings(harmony, low, high, voices)
        before = result[-1] if result else None
        result.append(min(options, key=lambda option: (_cost(option, before, (low + high) / 2), option)))
    return result


@functools.cache
def _spellings(harmony: Chord, low: int, high: int, voices: int) -> list[tuple[int, ...]]:
    pitches = [p for p in range(low, high + 1) if harmony.has(p)]
    needed = set(harmony.tones[:2] if len(harmony.tones) <= 3 else (harmony.tones[1], harmony.tones[3]))
    found = []
    for option in itertools.combinations(pitches, voices):
        gaps = [b - a for a, b in itertools.pairwise(option)]
        if needed <= {p % 12 for p in option} and all(2 <= g <= 12 for g in gaps) and (gaps[0] >= 3 or option[0] > 52):
            found.append(option)
    return found or [tuple(pitches[:voices])]


def _cost(option: tuple[int, ...], before: tuple[int, ...] | None, middle: float) -> float:
    cost = abs(sum(option) / len(option) - middle) * 0.35
    if before is None or len(before) != len(option):
        return cost + abs(option[-1] - option[0] - 16) * 0.3
    cost += sum(abs(a - b) for a, b in zip(option, before, strict=True)) + 2.0 * max(0, abs(option[-1] - before[-1]) - 4)
    outer, outer_before = (option[-1] - option[0]) % 12, (before[-1] - before[0]) % 12
    if outer == outer_before and outer in (0, 7) and option[0] != before[0]:
        cost += 4.0
    return cost
