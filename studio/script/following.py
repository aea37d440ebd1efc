"""Where a line of one revision stands in another: how what was said of a line goes on to newer texts.

Lines are numbers from 0, as `\\n`, `\\r\\n` and `\\r` end them. Texts are immutable, so answers are kept for a while.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from studio.script.breakdown.prose import words
from studio.script.fountain import parse
from studio.script.fountain.elements import Kind

_ENDS = re.compile(r"\r\n|\n|\r")
_UNSAID: frozenset[Kind] = frozenset({"boneyard", "blank", "page break"})
_ALIKE = 0.45  # share of words two versions of one passage have in common, at least; as for shots (breakdown.compare)
_DEEP = 16_000_000  # passages times passages that are compared one by one; a feature film has 3,000
_TELLING = 4  # words that a passage has at least which is known again wherever it went


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, speech, cue, heading … of a text: what something can be said of. It fills `lines` lines from `line` on; `scene` is the
    line of the heading that it stands under, None before the first."""

    line: int
    lines: int
    kind: Kind
    text: str
    scene: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """Where a passage stands in another text. "changed": with other words. "gone": it stands no more, and `line` is the heading of the scene it
    was in, or None where that is gone too."""

    state: Literal["same", "changed", "gone"]
    line: int | None


@lru_cache(maxsize=8)  # of texts that may be long: few
def passages(text: str) -> tuple[Passage, ...]:
    """All that can be spoken of, in the text's order."""
    starts = [0, *(match.end() for match in _ENDS.finditer(text))]
    found: list[Passage] = []
    scene: int | None = None
    for element in parse(text).elements:
        if element.kind in _UNSAID or not element.text.strip():
            continue
        line = bisect_right(starts, element.start) - 1
        scene = line if element.kind == "heading" else scene
        lines = len(_ENDS.findall(element.raw.rstrip("\r\n"))) + 1
        found.append(Passage(line, lines, element.kind, element.text, scene))
    return tuple(found)


def passage_at(text: str, line: int) -> Passage | None:
    """What stands on a line of a text."""
    return next((one for one in passages(text) if one.line <= line < one.line + one.lines), None)


def follow(old: str, new: str, line: int) -> Found:
    """The passage that begins on `line` of `old`, in `new`: first where its neighbours went, then wherever the same words stand, then what its
    neighbours' places hold that is most like it."""
    before, after = passages(old), passages(new)
    at = next((index for index, one in enumerate(before) if one.line <= line < one.line + one.lines), None)
    if at is None:
        return Found("gone", None)
    place = _places(old, new)
    if (partner := place.same.get(at)) is not None:
        return Found("same", after[partner].line)
    asked = before[at]
    scene = place.scenes.get(asked.scene)
    free = [index for index in range(len(after)) if index not in place.taken]
    if twins := [index for index in free if _key(after[index]) == _key(asked)]:
        near = min(twins, key=lambda index: (after[index].scene != scene, abs(index - at)))
        if after[near].scene == scene or len(words(asked.text)) >= _TELLING:
            return Found("same", after[near].line)
    first, last = place.rooms.get(at, (0, 0))
    rivals = [
        index for index in free if after[index].kind == asked.kind and (first <= index < last or (scene is not None and after[index].scene == scene))
    ]
    best = max(rivals, key=lambda index: (_likeness(asked.text, after[index].text), -abs(index - at)), default=None)
    if best is not None and _likeness(asked.text, after[best].text) >= _ALIKE:
        return Found("changed", after[best].line)
    return Found("gone", scene)


@dataclass(frozen=True, slots=True)
class _Places:
    """Of the passages of two texts, by index: those that are the `same` in order, and the others of the new text that are `taken`; `rooms`: for each
    that is not, the passages [first, last) of the new text in its place; `scenes`: headings' lines in the new text by those in the old."""

    same: dict[int, int]
    taken: frozenset[int]
    rooms: dict[int, tuple[int, int]]
    scenes: dict[int | None, int | None]


@lru_cache(maxsize=8)
def _places(old: str, new: str) -> _Places:
    before, after = passages(old), passages(new)
    same: dict[int, int] = {}
    rooms: dict[int, tuple[int, int]] = {}
    for equal, i1, i2, j1, j2 in _matched(_keys(before), _keys(after)):
        if equal:
            same.update({i1 + k: j1 + k for k in range(i2 - i1)})
        else:
            rooms.update(dict.fromkeys(range(i1, i2), (j1, j2)))
    went: dict[int, Counter[int]] = {}  # a scene is where most of what stood in it went
    by_key: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(after):
        by_key.setdefault(_key(one), []).append(index)
    for index, one in enumerate(before):
        twins = [same[index]] if index in same else by_key.get(_key(one), [])
        if one.scene is None or len(twins) != 1 or (scene := after[twins[0]].scene) is None:
            continue
        went.setdefault(one.scene, Counter())[scene] += 1
    scenes: dict[int | None, int | None] = {scene: counted.most_common(1)[0][0] for scene, counted in went.items()}
    for index, one in enumerate(before):  # a heading that was rewritten in its place
        if one.kind == "heading" and one.line not in scenes and index in rooms:
            first, last = rooms[index]
            scenes[one.line] = next(
                (found.line for found in after[first:last] if found.kind == "heading" and found.line not in scenes.values()), None
            )
    return _Places(same, frozenset(same.values()), rooms, scenes)


def _matched(old: list[tuple[str, ...]], new: list[tuple[str, ...]]) -> Iterator[tuple[bool, int, int, int, int]]:
    """(equal, first and end in `old`, first and end in `new`), in order. What lies between two long texts that have little in common is not
    looked into: a note waits a moment for this, and not a minute."""
    most = min(len(old), len(new))
    head = next((k for k in range(most) if old[k] != new[k]), most)
    tail = next((k for k in range(most - head) if old[-1 - k] != new[-1 - k]), most - head)
    yield True, 0, head, 0, head
    between, others = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(between) * len(others) <= _DEEP:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, between, others).get_opcodes():
            yield tag == "equal", head + i1, head + i2, head + j1, head + j2
    else:
        yield False, head, head + len(between), head, head + len(others)
    yield True, len(old) - tail, len(old), len(new) - tail, len(new)


def _keys(found: tuple[Passage, ...]) -> list[tuple[str, ...]]:
    """A cue is told from the hundred others of the same person by what is said after it."""
    keys: list[tuple[str, ...]] = [_key(one) for one in found]
    following = keys[1:]
    for index, one in enumerate(found):
        if one.kind in ("character", "parenthetical") and index < len(following):
            keys[index] = (*keys[index], *following[index])
    return keys


def _key(one: Passage) -> tuple[str, str]:
    return one.kind, " ".join(one.text.split())


def _likeness(one: str, other: str) -> float:
    """Twice the words in common by all words, 0 … 1."""
    first, second = set(words(one.lower())), set(words(other.lower()))
    return 2 * len(first & second) / max(1, len(first) + len(second))
