"""Text as sentences and words, with positions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s+\S|\s*\Z)|\n+")
_ABBREVIATIONS = frozenset((
    "mr", "mrs", "ms", "dr", "st", "prof", "sgt", "lt", "capt", "col", "gen", "jr", "sr", "vs", "etc", "no", "ext", "int", "o.s", "v.o", "e.g", "i.e",
))  # fmt: skip
_CLAUSE = re.compile(r"[,;:—–]\s+|\s+(?:--|—|–)\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` as it stands at `start` … `end` of what was cut."""

    text: str
    start: int
    end: int


def words(text: str) -> list[str]:
    return WORD.findall(text)


def sentences(text: str) -> list[Piece]:
    """Sentences in order, trimmed; a line end ends one, "Mr." does not."""
    pieces: list[Piece] = []
    start = 0
    for match in _END.finditer(text):
        if text[match.start()] != "\n":
            before = text[max(start, match.start() - 5) : match.start()].rsplit(None, 1)[-1:] or [""]
            if match.group()[0] == "." and (before[0].lower().lstrip("(\"'") in _ABBREVIATIONS or (len(before[0]) == 1 and before[0].isupper())):
                continue
            following = text[match.end() :  match.end() + 3].lstrip()[:1]
            if following.islower():
                continue
        _put(pieces, text, start, match.end())
        start = match.end()
    _put(pieces, text, start, len(text))
    return pieces


def clauses(piece: Piece, longest: int) -> list[Piece]:
    """A sentence in parts of at most `longest` words: at commas and dashes if that is enough, else at spaces."""
    if len(words(piece.text)) <= longest:
        return [piece]
    cuts = [match.end() for match in _CLAUSE.finditer(piece.text)]
    parts: list[Piece] = []
    start = end = 0
    for cut in [*cuts, len(piece.text)]:
        if end > start and len(words(piece.text[start:cut])) > longest:
            _put(parts, piece.text, start, end)
            start = end
        end = cut
    _put(parts, piece.text, start, end)
    out: list[Piece] = []
    for part in parts:
        out.extend(_hard(part, longest))
    return [Piece(part.text, part.start + piece.start, part.end + piece.start) for part in out]


def _hard(piece: Piece, longest: int) -> list[Piece]:
    spots = [match.start() for match in WORD.finditer(piece.text)]
    if len(spots) <= longest:
        return [piece]
    count = -(-len(spots) // longest)
    each = -(-len(spots) // count)
    borders = [0, *(spots[index] for index in range(each, len(spots), each)), len(piece.text)]
    out: list[Piece] = []
    for start, end in pairwise(borders):
        _put(out, piece.text, start, end)
    return [Piece(part.text, part.start + piece.start, part.end + piece.start) for part in out]


def _put(pieces: list[Piece], text: str, start: int, end: int) -> None:
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    stripped = part.strip()
    if stripped:
        pieces.append(Piece(stripped, start + left, start + left + len(stripped)))
