"""Fountain text → elements, by the published syntax (fountain.io/syntax), in one pass over the lines.

Where the syntax leaves room or writers commonly slip, this is lenient: a scene heading needs an empty line before it, but not
behind it; sections, synopses, headings, page breaks and comments count as such an empty line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from studio.script.fountain.comments import Comment
from studio.script.fountain.elements import Element, Kind, Screenplay, Side
from studio.script.fountain.lines import SourceLine, source_lines
from studio.script.fountain.title import title_lines

HEADING = re.compile(r"(?:INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT|EST)(?=[. ])", re.IGNORECASE)
_NUMBER = re.compile(r"#([\w.-]{1,32})#\s*\Z")
_LONGEST_PARENTHETICAL = 6  # lines
_LIKE_EMPTY = frozenset(("heading", "section", "synopsis", "page break", "blank", "note", "boneyard", "title"))
_Pieces = tuple[tuple[int, int], ...]


def parse(text: str) -> Screenplay:
    """Any text at all is a screenplay here; what fits nothing else is action."""
    lines, found = source_lines(text)
    parser = _Parser(text, lines, found)
    parser.run()
    return Screenplay(tuple(parser.elements))


class _Parser:
    def __init__(self, text: str, lines: list[SourceLine], found: list[Comment]) -> None:
        self.text, self.lines, self.found = text, lines, found
        self.elements: list[Element] = []
        self.upcoming = 0  # the first comment not yet given to an element
        self.cue: int | None = None  # index in `elements` of the last character cue, for dual dialogue
        self.after_blank = True

    # What lies ahead

    def follows(self, at: int) -> SourceLine | None:
        """The first line behind `at` that is not merely a comment."""
        at += 1
        while at < len(self.lines) and self.lines[at].hidden:
            at += 1
        return self.lines[at] if at < len(self.lines) else None

    def empty_after(self, at: int) -> bool:
        at += 1
        return at >= len(self.lines) or self.lines[at].blank or bool(self.lines[at].hidden)

    # Making elements

    def add(self, kind: Kind, first: int, last: int, text: str | None = None, pieces: _Pieces | None = None, **fields: Any) -> None:
        """The element of lines `first` … `last`. `text` is part of the visible text of the first line unless `pieces` says where it
        stands; without it, all visible lines are joined. `fields` are further fields of `Element`."""
        start, end = self.lines[first].start, self.lines[last].end
        if text is None:
            text, pieces = self.joined(first, last)
        elif pieces is None:
            pieces = _shifted(self.lines[first], text) if text else ()
        notes = self.notes_before(end)
        self.elements.append(Element(kind, start, end, self.text[start:end], text, pieces, notes=notes, **fields))
        self.after_blank = kind in _LIKE_EMPTY

    def notes_before(self, end: int) -> tuple[str, ...]:
        """The notes among the comments that begin before `end` and were not yet given to an element."""
        notes: list[str] = []
        while self.upcoming < len(self.found) and self.found[self.upcoming].start < end:
            comment = self.found[self.upcoming]
            if comment.kind == "note":
                notes.append(self.text[comment.start + 2 : comment.end - 2].strip())
            self.upcoming += 1
        return tuple(notes)

    def joined(self, first: int, last: int) -> tuple[str, tuple[tuple[int, int], ...]]:
        if first == last:
            return self.lines[first].text, self.lines[first].pieces
        texts: list[str] = []
        pieces: list[tuple[int, int]] = []
        length = 0
        for line in self.lines[first : last + 1]:
            if line.hidden:
                continue
            if texts:
                length += 1
            pieces.extend((length + index, offset) for index, offset in line.pieces)
            texts.append(line.text)
            length += len(line.text)
        return "\n".join(texts), tuple(pieces)

    # The pass

    def run(self) -> None:
        at = self.titles()
        while at < len(self.lines):
            at = self.element(at) + 1

    def titles(self) -> int:
        """The title page, if there is one; returns the first line behind it."""
        groups = title_lines(self.lines)
        for first, last, key in groups:
            head = self.lines[first].text
            value = head[head.index(":") + 1 :].strip()
            rest = [self.lines[index].stripped for index in range(first + 1, last + 1)]
            self.add("title", first, last, "\n".join([value, *rest] if value else rest), key=key)
        return groups[-1][1] + 1 if groups else 0

    def element(self, at: int) -> int:
        """Takes the element that begins at line `at`; returns its last line."""
        line = self.lines[at]
        if line.blank or line.hidden:
            return self.gap(at)
        mark = line.stripped[0]
        single = self.marked(line, mark)
        if single is not None:
            kind, text, fields = single
            self.add(kind, at, at, text, **fields)
            return at
        if self.after_blank and self.heading(line, at):
            return at
        if mark != "!":
            if self.is_cue(line, at):
                return self.speech(at)
            if self.after_blank and self.is_transition(line, at):
                self.add("transition", at, at, line.stripped)
                return at
        return self.action(at)

    def gap(self, at: int) -> int:
        """Empty lines together, or lines of nothing but comments together."""
        first, hidden = at, self.lines[at].hidden
        while at + 1 < len(self.lines) and self.lines[at + 1].hidden == hidden and (hidden or self.lines[at + 1].blank):
            at += 1
        self.add("note" if hidden == "note" else "boneyard" if hidden else "blank", first, at, "")
        return at

    def marked(self, line: SourceLine, mark: str) -> tuple[Kind, str, dict[str, Any]] | None:
        """Elements that their first character makes, wherever they stand outside dialogue."""
        stripped = line.stripped
        if mark == "#":
            title = stripped.lstrip("#")
            return "section", title.strip(), {"depth": len(stripped) - len(title)}
        if mark == "=":
            if len(stripped) >= 3 and not stripped.strip("="):
                return "page break", "", {}
            return ("synopsis", stripped[1:].strip(), {}) if stripped[1:2] != "=" else None
        if mark == "~":
            return "lyric", stripped[1:].strip(), {"forced": True}
        if mark == ">":
            if stripped.endswith("<") and len(stripped) > 1:
                return "centered", stripped[1:-1].strip(), {}
            return "transition", stripped[1:].strip(), {"forced": True}
        return None

    def heading(self, line: SourceLine, at: int) -> bool:
        stripped = line.stripped
        forced = stripped[0] == "." and stripped[1:2].isalnum()
        if not forced and not HEADING.match(stripped):
            return False
        text, number = stripped[1:] if forced else stripped, ""
        if match := _NUMBER.search(text):
            text, number = text[: match.start()].rstrip(), match.group(1)
        self.add("heading", at, at, text, forced=forced, number=number)
        return True

    def is_cue(self, line: SourceLine, at: int) -> bool:
        following = self.follows(at)
        if following is None or (following.blank and not following.kept_open):
            return False
        if line.stripped[0] == "@":
            return len(line.stripped) > 1
        name = line.stripped.split("(", 1)[0]
        return self.after_blank and name == name.upper() and any(map(str.isupper, name))

    def is_transition(self, line: SourceLine, at: int) -> bool:
        """A space behind the colon is the writer's way to say that it is action."""
        text = line.text.lstrip()
        return text.endswith("TO:") and text == text.upper() and self.empty_after(at)

    def action(self, at: int) -> int:
        first = at
        while at + 1 < len(self.lines):
            line = self.lines[at + 1]
            if line.hidden:
                at += 1
                continue
            if line.blank or line.stripped[0] in "!@" or self.marked(line, line.stripped[0]) is not None:
                break
            at += 1
        text, pieces = self.joined(first, at)
        if text.lstrip().startswith("!"):
            cut = text.index("!") + 1
            self.add("action", first, at, text[cut:], _behind(pieces, cut), forced=True)
        else:
            self.add("action", first, at, text, pieces)
        return at

    # Dialogue

    def speech(self, at: int) -> int:
        """A cue and all that is said under it."""
        dual = self.character(at)
        while at + 1 < len(self.lines):
            line = self.lines[at + 1]
            if line.hidden:
                at += 1
                self.extend(at)
            elif (line.blank and not line.kept_open) or line.stripped[:1] == "!" or line.stripped.startswith("==="):
                break
            else:
                at = self.said(at + 1, dual)
        return at

    def character(self, at: int) -> Side:
        line = self.lines[at]
        name, forced = line.stripped, line.stripped[0] == "@"
        if forced:
            name = name[1:].strip()
        second = name.endswith("^")
        if second:
            name = name[:-1].rstrip()
        extensions: tuple[str, ...] = ()
        if name.endswith(")") and "(" in name[1:]:
            opening = name.index("(", 1)
            extensions = tuple(part.strip(" ()") for part in name[opening:].split(")") if part.strip(" ()"))
            name = name[:opening].rstrip()
        dual: Side = "right" if second and self.pair_with_last() else ""
        self.add("character", at, at, name, forced=forced, extensions=extensions, dual=dual)
        self.cue = len(self.elements) - 1
        return dual

    def pair_with_last(self) -> bool:
        """Makes the speech before this one the left side; False if something other than empty lines stands between."""
        if self.cue is None or self.elements[self.cue].dual:
            return False
        spoken = ("parenthetical", "dialogue", "lyric", "blank", "note", "boneyard")
        if any(element.kind not in spoken for element in self.elements[self.cue + 1 :]):
            return False
        for index in range(self.cue, len(self.elements)):
            if self.elements[index].kind in ("character", "parenthetical", "dialogue", "lyric"):
                self.elements[index] = replace(self.elements[index], dual="left")
        return True

    def said(self, at: int, dual: Side) -> int:
        line = self.lines[at]
        if line.stripped.startswith("("):
            closing = self.closing(at)
            if closing is not None:
                inner = " ".join(self.lines[index].stripped for index in range(at, closing + 1) if not self.lines[index].hidden)
                self.add("parenthetical", at, closing, inner[1:-1].strip(), dual=dual)
                return closing
        if line.stripped.startswith("~"):
            self.add("lyric", at, at, line.stripped[1:].strip(), dual=dual, forced=True)
            return at
        first = at
        while at + 1 < len(self.lines):
            line = self.lines[at + 1]
            if line.hidden:
                at += 1
                continue
            if (line.blank and not line.kept_open) or line.stripped[:1] in ("~", "!", "(") or line.stripped.startswith("==="):
                break
            at += 1
        text, pieces = self.joined(first, at)
        cut = len(text) - len(text.lstrip(" \t"))
        self.add("dialogue", first, at, text[cut:].rstrip(), _behind(pieces, cut), dual=dual)
        return at

    def closing(self, at: int) -> int | None:
        """The line that ends the parenthetical begun at line `at`."""
        for index in range(at, min(at + _LONGEST_PARENTHETICAL, len(self.lines))):
            line = self.lines[index]
            if line.stripped.endswith(")"):
                return index
            if line.blank or (index > at and line.stripped.startswith("(")):
                return None
        return None

    def extend(self, at: int) -> None:
        """Line `at`, a comment, belongs to the element before it."""
        last, end = self.elements.pop(), self.lines[at].end
        notes = last.notes + self.notes_before(end)
        self.elements.append(replace(last, end=end, raw=self.text[last.start : end], notes=notes))


def _shifted(line: SourceLine, text: str) -> tuple[tuple[int, int], ...]:
    """Pieces for a part of one line; a text that is no such part (joined values of a title) begins where the line does."""
    cut = line.text.find(text) if text else 0
    return _behind(line.pieces, cut) if cut >= 0 else ((0, line.start),)


def _behind(pieces: Sequence[tuple[int, int]], cut: int) -> tuple[tuple[int, int], ...]:
    """The pieces of a text without its first `cut` characters."""
    if not cut:
        return tuple(pieces)
    kept: list[tuple[int, int]] = []
    for index, offset in pieces:
        if index <= cut:
            kept = [(0, offset + cut - index)]
        else:
            kept.append((index - cut, offset))
    return tuple(kept)
