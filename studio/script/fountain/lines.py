"""A text as lines with their positions and what is visible of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.script.fountain.comments import Comment, comments

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


@dataclass(slots=True)
class SourceLine:
    """One line. `text` is its visible part, without terminator; `pieces` as in `Element.pieces`."""

    start: int
    end: int  # behind the terminator
    text: str
    pieces: tuple[tuple[int, int], ...]
    stripped: str = field(init=False)
    hidden: str = ""  # "note" or "boneyard" if a comment is all there is to the line
    commented: bool = False

    def __post_init__(self) -> None:
        self.stripped = self.text.strip()

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
    while position < len(text):
        match = _LINE.match(text, position)
        assert match is not None  # the pattern matches the empty string
        end = match.end()
        body = match.group().rstrip("\r\n")
        while upcoming < len(found) and found[upcoming].end <= position:
            upcoming += 1
        if upcoming < len(found) and found[upcoming].start < position + len(body):
            lines.append(_commented(body, position, end, found, upcoming))
        elif upcoming < len(found) and found[upcoming].start < position:  # an empty line inside a comment
            line = SourceLine(position, end, "", ())
            line.hidden, line.commented = found[upcoming].kind, True
            lines.append(line)
        else:
            lines.append(SourceLine(position, end, body, ((0, position),)))
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
    line = SourceLine(start, end, "".join(visible), tuple(pieces))
    line.commented = True
    if not line.stripped:
        line.hidden = found[first].kind
    return line
