"""A text as lines with their positions and what is visible of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.script.fountain.comments import Comment, comments

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|\Z)")


@dataclass(slots=True)
class SourceLine:
    """One line. `text` is its visible part, without terminator; `pieces` as in `Element.pieces`."""

    start: int
    end: int  # behind the terminator
    text: str
    pieces: tuple[tuple[int, int], ...]
    stripped: str
    hidden: str = ""  # "note" or "boneyard" if a comment is all there is to the line

    @property
    def blank(self) -> bool:
        """Nothing there at all; a line that holds only a comment is not blank but hidden."""
        return not self.stripped and not self.hidden

    @property
    def kept_open(self) -> bool:
        """A line of exactly two spaces: an empty line meant to stay inside dialogue."""
        return self.text == "  "


def source_lines(text: str) -> tuple[list[SourceLine], list[Comment]]:
    """All lines and all comments of a text. Only \\n, \\r\\n and \\r end a line."""
    found = list(comments(text))
    lines: list[SourceLine] = []
    position = upcoming = 0
    for match in _LINE.finditer(text):
        end = match.end()
        if end == position:  # the pattern matches once more, empty, at the end
            break
        body = match.group(1)
        while upcoming < len(found) and found[upcoming].end <= position:
            upcoming += 1
        if upcoming < len(found) and found[upcoming].start < position + len(body):
            lines.append(_commented(body, position, end, found, upcoming))
        elif upcoming < len(found) and found[upcoming].start < position:  # an empty line inside a comment
            lines.append(SourceLine(position, end, "", (), "", found[upcoming].kind))
        else:
            lines.append(SourceLine(position, end, body, ((0, position),), body.strip()))
        position = end
    return lines, found


def _commented(body: str, start: int, end: int, found: list[Comment], first: int) -> SourceLine:
    stop = start + len(body)
    visible: list[str] = []
    pieces: list[tuple[int, int]] = []
    at, length = start, 0
    for index in range(first, len(found)):
        comment = found[index]
        if comment.start >= stop:
            break
        if comment.start > at:
            pieces.append((length, at))
            visible.append(body[at - start : comment.start - start])
            length += comment.start - at
        at = max(at, min(comment.end, stop))
    if at < stop:
        pieces.append((length, at))
        visible.append(body[at - start :])
    seen = "".join(visible)
    return SourceLine(start, end, seen, tuple(pieces), seen.strip(), "" if seen.strip() else found[first].kind)
