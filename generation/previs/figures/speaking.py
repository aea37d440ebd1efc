"""Mouths, eyelids and hands of somebody who speaks: from word times alone, so that sound and picture agree."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from generation.contract import Word

# letter → (how far the mouth opens 0–1, how wide −1 round … 1 spread)
VISEMES = {
    "a": (0.95, 0.25), "e": (0.60, 0.60), "i": (0.42, 0.85), "o": (0.80, -0.75), "u": (0.50, -0.95), "y": (0.40, 0.50), "m": (0.0, 0.0),
    "b": (0.02, 0.0), "p": (0.0, 0.0), "f": (0.14, 0.2),
    "v": (0.14, 0.2), "w": (0.30, -0.95), "q": (0.30, -0.9), "l": (0.38, 0.2), "r": (0.32, -0.3), "s": (0.18, 0.6), "z": (0.18, 0.6), "t": (0.24,
    0.3), "d": (0.26, 0.3), "n": (0.26, 0.2), "k": (0.34, 0.1), "g": (0.34, 0.1), "h": (0.45, 0.1), "j": (0.24, -0.5), "c": (0.24, 0.2), "x": (0.24, 0.4),  # noqa: E501
    "ä": (0.8, 0.5), "ö": (0.6, -0.7), "ü": (0.4, -0.9), "é": (0.55, 0.6), "è": (0.65, 0.5), "à": (0.95, 0.25), "ñ": (0.25, 0.2), "ß": (0.18, 0.6),
}  # fmt: skip


def words_over(text: str, seconds: float) -> tuple[Word, ...]:
    """Word times when a voice gave none: spread over the line by their length."""
    tokens = text.split()
    if not tokens or seconds <= 0:
        return ()
    total = sum(len(t) + 2 for t in tokens)
    out, at = [], 0.0
    for token in tokens:
        length = seconds * (len(token) + 2) / total
        out.append(Word(text=token, start=at, end=at + length * 0.94))
        at += length
    return tuple(out)


def mouth_at(words: tuple[Word, ...], seconds: float) -> tuple[float, float]:
    """(open 0–1, wide −1…1) at a time from the start of the sound; exactly (0, 0) outside every word."""
    for word in words:
        if word.start <= seconds < word.end:
            letters = [c for c in word.text.casefold() if c.isalpha()] or ["a"]
            place = (seconds - word.start) / (word.end - word.start) * len(letters)
            i = min(int(place), len(letters) - 1)
            a = VISEMES.get(letters[i], (0.4, 0.0))
            b = VISEMES.get(letters[min(i + 1, len(letters) - 1)], (0.4, 0.0))
            share = place - i
            share = share * share * (3 - 2 * share)
            edge = min(1.0, (seconds - word.start) / 0.035, (word.end - seconds) / 0.045)
            return (a[0] + (b[0] - a[0]) * share) * edge * 0.9, (a[1] + (b[1] - a[1]) * share) * edge
    return 0.0, 0.0


@dataclass(frozen=True)
class Stress:
    """A word the body underlines; `kind` picks the movement."""

    at: float
    kind: int
    strength: float


def stresses(words: tuple[Word, ...], key: str) -> tuple[Stress, ...]:
    """The words that carry a line: long, emphasised or last of a phrase, never two within 0.7 s."""
    out: list[Stress] = []
    for i, word in enumerate(words):
        plain = word.text.strip(".,;:!?…\"'“”—-*_")
        weight = (
            min(1.0, len(plain) / 8)
            + (0.5 if word.text[-1:] in ".!?—" else 0.0)
            + (0.5 if (plain.isupper() and len(plain) > 1) or "*" in word.text else 0.0)
        )
        if weight < 0.62 or (out and word.start - out[-1].at < 0.7):
            continue
        number = hashlib.sha256(f"{key}\x1f{i}\x1f{plain}".encode()).digest()[0]
        out.append(Stress(word.start + 0.3 * (word.end - word.start), number % 6, min(1.0, weight)))
    if not out and words:
        out.append(Stress((words[0].start + words[-1].end) / 2, len(words) % 6, 0.6))
    return tuple(out)


def bump(distance: float, before: float, after: float) -> float:
    """A smooth rise to 1 at 0 and back: `before` and `after` in seconds."""
    u = distance / (after if distance > 0 else before)
    return 0.0 if abs(u) >= 1 else 0.5 + 0.5 * math.cos(math.pi * u)


def blink_at(key: str, seconds: float) -> float:
    """Eyelids over time, 0 open … 1 closed: one blink in each slot of about three seconds, sometimes two."""
    slot = math.floor(seconds / 2.9)
    closed = 0.0
    for s in (slot - 1, slot):
        digest = hashlib.sha256(f"{key}\x1f{s}".encode()).digest()
        at = s * 2.9 + 0.3 + 2.2 * digest[0] / 255
        closed = max(closed, bump(seconds - at, 0.09, 0.16))
        if digest[1] < 50:
            closed = max(closed, bump(seconds - at - 0.32, 0.09, 0.16))
    return min(1.0, closed * 1.25)
