"""How long things last.

Speech: syllables at a rate a listener follows, plus the pauses that punctuation asks for. Action: as long as it takes to read, which
a century of one page a minute has shown to be about right, and never less than its verbs need.
"""

from __future__ import annotations

import math
import re

from studio.script.breakdown.prose import words
from studio.script.breakdown.words import CLIMB, HANDLE, WALK

SYLLABLES_PER_SECOND, LETTERS_PER_SECOND = 4.6, 13.5  # the slower of the two counts: "strengths" is one syllable, and long
BEFORE_LINE, AFTER_LINE = 0.35, 0.45  # seconds of quiet round a line
WORDS_PER_SECOND = 2.6
_READ_AT_ONCE, _REST_PER_SECOND = 12, 5.0  # words of a description beyond the first twelve are seen while the rest plays
SHORTEST, LONGEST = 1.5, 9.0  # seconds of a shot
LONGEST_SPEECH = LONGEST - BEFORE_LINE - AFTER_LINE
_VOWELS = re.compile(r"[aeiouyàâäáãåæèéêëìíîïòóôöõøœùúûü]+", re.IGNORECASE)
_SHORT_PAUSE, _LONG_PAUSE = re.compile(r"[,;:—–]|--"), re.compile(r"[.!?…]+(?=[\s\"'”’)])")
_SLOW = {
    "whispering": 1.1, "slowly": 1.25, "softly": 1.08, "hesitating": 1.2, "pause": 1.1, "beat": 1.1, "fast": 0.9, "quickly": 0.9, "reading": 1.05,
}  # fmt: skip


def syllables(text: str) -> int:
    """An estimate for English; a digit counts two, a word at least one."""
    total = 0
    for word in words(text):
        digits = sum(map(str.isdigit, word))
        count = len(_VOWELS.findall(word))
        lower = word.lower()
        silent_e = lower.endswith("e") and not lower.endswith(("le", "ee", "ie", "ye", "oe"))
        silent_ed = lower.endswith("ed") and lower[-3:-2] not in ("t", "d")
        if count > 1 and (silent_e or silent_ed):
            count -= 1
        if not count and not word.isascii():
            count = len(word)  # scripts without Latin vowels: about one a sign
        if lower in ("mr", "mrs", "dr"):  # said longer than written
            count = 2
        total += max(1, count) + 2 * digits - (1 if digits and not count else 0)
    return total


def speaking_seconds(text: str, direction: str = "") -> float:
    """How long a line takes to say, without the quiet round it."""
    pauses = 0.2 * len(_SHORT_PAUSE.findall(text)) + 0.5 * len(_LONG_PAUSE.findall(text.rstrip()))
    letters = sum(map(str.isalpha, text))
    manner = max((_SLOW[word] for word in words(direction.lower()) if word in _SLOW), default=1.0)
    return max(0.5, (0.15 + max(syllables(text) / SYLLABLES_PER_SECOND, letters / LETTERS_PER_SECOND)) * manner + pauses)


def acting_seconds(text: str) -> float:
    """How long an action takes; not limited to what one shot may last."""
    found = [word.lower() for word in words(text)]
    need = 2.0 + 0.4 * sum(word in HANDLE for word in found[:40]) + 0.6 * any(word in WALK or word in CLIMB for word in found)
    return max(need, min(len(found), _READ_AT_ONCE) / WORDS_PER_SECOND + max(0, len(found) - _READ_AT_ONCE) / _REST_PER_SECOND)


def whole_frames(seconds: float, rate: tuple[int, int]) -> int:
    """At least one; rounded up, so that what must fit fits."""
    return max(1, math.ceil(seconds * rate[0] / rate[1] - 1e-9))
