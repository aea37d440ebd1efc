"""Emphasis: *italic*, **bold**, ***both***, _underlined_, any of them mixed, and \\* for a plain asterisk.

Marks work inside one line. An opening mark has no space behind it and a closing one none before it, so "he dialled *69 and
then *23" stays as it is. An underscore inside a word is a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r"\\[*_\\]|\*+|_+")
_STYLES = {"*": 1, "**": 2, "***": 3, "_": 4}  # bits: italic 1, bold 2, underline 4


@dataclass(frozen=True, slots=True)
class RichSpan:
    """`text` in one style; `start` and `end` are offsets of it in what was given, without its marks."""

    text: str
    start: int
    end: int
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(slots=True)
class _Mark:
    start: int
    end: int
    bits: int  # what it could switch
    opens: int = 0
    closes: int = 0
    literal: str | None = None  # an escaped character


def rich(text: str) -> tuple[RichSpan, ...]:
    """Runs of one style in reading order; marks that style nothing stay as text."""
    spans: list[RichSpan] = []
    offset = 0
    for line in text.split("\n"):
        if offset:
            spans.append(RichSpan("\n", offset - 1, offset))
        spans.extend(_line(line, offset))
        offset += len(line) + 1
    return tuple(_joined(spans))


def plain(text: str) -> str:
    """The text without its emphasis marks."""
    if "*" not in text and "_" not in text and "\\" not in text:
        return text
    return "".join(span.text for span in rich(text))


def _marks(line: str) -> list[_Mark]:
    marks = []
    for match in _MARK.finditer(line):
        if match.group()[0] == "\\":
            marks.append(_Mark(match.start(), match.end(), 0, literal=match.group()[1]))
        elif bits := _STYLES.get(match.group(), 0):
            marks.append(_Mark(match.start(), match.end(), bits))
    return marks


def _pair(line: str, marks: list[_Mark]) -> None:
    """Decides for every mark what it opens and closes; each style waits for at most one closing mark."""
    waiting: dict[int, _Mark] = {}
    for mark in marks:
        before, after = line[mark.start - 1 : mark.start], line[mark.end : mark.end + 1]
        can_close = bool(before.strip()) and not (mark.bits == 4 and after.isalnum())
        can_open = bool(after.strip()) and not (mark.bits == 4 and before.isalnum())
        for bit in (1, 2, 4):
            if not mark.bits & bit:
                continue
            opener = waiting.get(bit)
            if opener is not None and can_close and opener.end < mark.start:
                opener.opens |= bit
                mark.closes |= bit
                del waiting[bit]
            elif can_open:
                waiting[bit] = mark


def _line(line: str, offset: int) -> list[RichSpan]:
    marks = _marks(line)
    if not marks:
        return [RichSpan(line, offset, offset + len(line))] if line else []
    _pair(line, marks)
    spans: list[RichSpan] = []
    style = at = 0

    def put(text: str, start: int, end: int) -> None:
        if text:
            spans.append(RichSpan(text, offset + start, offset + end, bool(style & 2), bool(style & 1), bool(style & 4)))

    for mark in marks:
        put(line[at : mark.start], at, mark.start)
        at = mark.end
        if mark.literal is not None:
            put(mark.literal, mark.end - 1, mark.end)
            continue
        style &= ~mark.closes
        unused = mark.bits & ~(mark.opens | mark.closes)
        width = 1 if unused == 4 else unused  # italic is one asterisk, bold two, both three
        put(line[mark.end - width : mark.end], mark.end - width, mark.end)
        style |= mark.opens
    put(line[at:], at, len(line))
    return spans


def _joined(spans: list[RichSpan]) -> Iterator[RichSpan]:
    """Neighbours of one style whose sources touch, as one."""
    run: list[RichSpan] = []
    for span in spans:
        if run:
            last = run[-1]
            if (last.bold, last.italic, last.underline, last.end) != (span.bold, span.italic, span.underline, span.start):
                yield _one(run)
                run = []
        run.append(span)
    if run:
        yield _one(run)


def _one(run: list[RichSpan]) -> RichSpan:
    first = run[0]
    return RichSpan("".join(span.text for span in run), first.start, run[-1].end, first.bold, first.italic, first.underline)
