"""Notes `[[ ]]` and boneyard `/* */`: which ranges of a text a reader does not see.

Both may run over lines. A note ends, as the syntax has it, before an empty line (a line of two spaces keeps it open); an
opening mark that is never closed is plain text. One pass: the next closing mark and the next empty line are remembered, so that a
text full of opening marks costs no more than any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_OPENING = re.compile(r"/\*|\[\[")
_EMPTY_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n)){2}")


@dataclass(frozen=True, slots=True)
class Comment:
    """Half-open range of the source, marks included."""

    kind: Literal["note", "boneyard"]
    start: int
    end: int


class _Next:
    """The next place of something at or behind a position that only grows."""

    def __init__(self, text: str, mark: str | re.Pattern[str]) -> None:
        self._text, self._mark, self._known = text, mark, -1

    def at(self, position: int) -> int:
        """Its offset, or the length of the text."""
        if self._known < position:
            if isinstance(self._mark, str):
                found = self._text.find(self._mark, position)
            else:
                match = self._mark.search(self._text, position)
                found = match.start() if match else -1
            self._known = found if found >= 0 else len(self._text)
        return self._known


def comments(text: str) -> Iterator[Comment]:
    """Every comment in order; they never overlap."""
    bone_end, note_end, empty = _Next(text, "*/"), _Next(text, "]]"), _Next(text, _EMPTY_LINE)
    position, size = 0, len(text)
    while opening := _OPENING.search(text, position):
        start = opening.start()
        position = start + 2
        if opening.group() == "/*":
            end = bone_end.at(position)
            if end < size:
                yield Comment("boneyard", start, end + 2)
                position = end + 2
        else:
            end = note_end.at(position)
            if end < size and end < empty.at(position):
                yield Comment("note", start, end + 2)
                position = end + 2
