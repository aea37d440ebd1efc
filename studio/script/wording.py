"""What changed between two texts, word by word, with long unchanged stretches folded; and what a breakdown says, in the reader's language."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_noop, ngettext

FOUND = (
    *(gettext_noop("day"), gettext_noop("night"), gettext_noop("dawn"), gettext_noop("dusk"), gettext_noop("morning"), gettext_noop("evening")),
    *(gettext_noop("clear"), gettext_noop("cloudy"), gettext_noop("wind"), gettext_noop("fog"), gettext_noop("rain"), gettext_noop("snow")),
    *(gettext_noop("storm"), gettext_noop("tense"), gettext_noop("sad"), gettext_noop("warm"), gettext_noop("joyful"), gettext_noop("eerie")),
    *(gettext_noop("comic"), gettext_noop("calm")),
)
"""The times, weathers and moods of scenes, as their rows hold them."""
_CENTRED = re.compile(r"(\d+) centred lines? (?:is|are) kept in the script and not filmed\.")
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
CONTEXT = 3  # unchanged lines shown around a change
LONGEST = 60_000  # words of a differing stretch compared singly; longer ones are shown whole


def guessed(note: str) -> str:
    """A sentence that a breakdown said, as revisions keep it, in the reader's language where it is one of ours."""
    centred = _CENTRED.fullmatch(note)
    if centred is None:
        return note
    count = int(centred[1])
    words = ngettext(
        "%(count)d centred line is kept in the script and not filmed.", "%(count)d centred lines are kept in the script and not filmed.", count
    )
    return words % {"count": count}


@dataclass(frozen=True)
class WordChange:
    kind: Literal["same", "added", "removed", "folded"]
    text: str
    lines: int = 0  # that are folded


def word_changes(old: str, new: str) -> list[WordChange]:
    """Lines are matched first, then the words of lines that differ: fast on long scripts whose changes are small."""
    left, right = old.splitlines(keepends=True), new.splitlines(keepends=True)
    changes: list[WordChange] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes():
        if tag == "equal":
            changes += _folded(left[i1:i2], first=not changes, last=i2 == len(left))
        else:
            changes += _words("".join(left[i1:i2]), "".join(right[j1:j2]))
    return changes


def _words(old: str, new: str) -> list[WordChange]:
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    if len(left) + len(right) > LONGEST:
        return [WordChange("removed", old), WordChange("added", new)]
    changes = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes():
        if tag == "equal":
            changes.append(WordChange("same", "".join(left[i1:i2])))
            continue
        if i2 > i1:
            changes.append(WordChange("removed", "".join(left[i1:i2])))
        if j2 > j1:
            changes.append(WordChange("added", "".join(right[j1:j2])))
    return changes


def _folded(lines: list[str], *, first: bool, last: bool) -> list[WordChange]:
    head = 0 if first else CONTEXT
    tail = 0 if last else CONTEXT
    if len(lines) <= head + tail + 1:
        return [WordChange("same", "".join(lines))]
    hidden = len(lines) - head - tail
    parts = [
        WordChange("same", "".join(lines[:head])),
        WordChange("folded", f"{hidden} lines unchanged", hidden),
        WordChange("same", "".join(lines[len(lines) - tail :])),
    ]
    return [part for part in parts if part.text]
