"""What a rewrite did to the shots: which stay as they are, which must be made again, which are new, which are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from studio.script.breakdown.model import Breakdown, Scene, Shot
from studio.script.breakdown.prose import words

ShotId = tuple[str, int]  # scene number, shot index
State = Literal["kept", "changed", "new", "gone"]
_ALIKE = 0.45  # share of words two versions of one shot have in common, at least


@dataclass(frozen=True, slots=True)
class Change:
    """`old` is None for a new shot, `new` for one that is gone. A kept shot has the same words; its number may have moved."""

    state: State
    old: ShotId | None
    new: ShotId | None


def compare(old: Breakdown, new: Breakdown) -> tuple[Change, ...]:
    """Every shot of both exactly once: the new film's in its order, then those that are gone.

    Scenes are matched by heading and words, in order, wherever they moved to; then the shots in them.
    """
    changes: list[Change] = []
    gone: list[Change] = []
    partners = _scene_partners(old.scenes, new.scenes)
    taken = set(partners.values())
    for index, scene in enumerate(new.scenes):
        partner = partners.get(index)
        if partner is None:
            changes.extend(Change("new", None, (scene.number, shot.index)) for shot in scene.shots)
            continue
        made, lost = _shots(old.scenes[partner], scene)
        changes.extend(made)
        gone.extend(lost)
    for index, scene in enumerate(old.scenes):
        if index not in taken:
            gone.extend(Change("gone", (scene.number, shot.index), None) for shot in scene.shots)
    return (*changes, *gone)


def _scene_partners(old: Sequence[Scene], new: Sequence[Scene]) -> dict[int, int]:
    """Index in `new` → index in `old`: unchanged scenes first, then those of the same place by likeness, then by heading alone."""
    partners: dict[int, int] = {}
    free = dict.fromkeys(range(len(old)))
    same: dict[tuple[str, str], list[int]] = {}
    for index, scene in enumerate(old):
        same.setdefault((scene.heading, _text(scene)), []).append(index)
    for index, scene in enumerate(new):
        if twins := same.get((scene.heading, _text(scene))):
            partners[index] = twins.pop(0)
            free.pop(partners[index])
    by_place: dict[tuple[str, bool], list[int]] = {}
    for index in free:
        by_place.setdefault((old[index].place, old[index].interior), []).append(index)
    for index, scene in enumerate(new):
        if index in partners:
            continue
        rivals = [rival for rival in by_place.get((scene.place, scene.interior), ()) if rival in free]
        ranked = [(_likeness(_text(old[rival]), _text(scene)), old[rival].number == scene.number, -rival) for rival in rivals[:40]]
        best = -max(ranked)[2] if ranked else None
        if best is None:
            best = next((rival for rival in free if old[rival].number == scene.number and _likeness(_text(old[rival]), _text(scene)) >= _ALIKE), None)
        if best is not None:
            partners[index] = best
            free.pop(best)
    return partners


def _shots(old: Scene, new: Scene) -> tuple[list[Change], list[Change]]:
    before, after = [_key(shot) for shot in old.shots], [_key(shot) for shot in new.shots]
    partner: dict[int, tuple[State, int]] = {}  # index in `new` → what became of it, index in `old`
    gone: set[int] = set(range(len(before)))
    for tag, first, last, begin, _ in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            for offset in range(last - first):
                partner[begin + offset] = ("kept", first + offset)
                gone.discard(first + offset)
    waiting = sorted(gone)
    for index in range(len(after)):
        if index in partner or not waiting:
            continue
        best = max(waiting, key=lambda rival: (_likeness(old.shots[rival].text, new.shots[index].text), -abs(rival - index)))
        alike = _likeness(old.shots[best].text, new.shots[index].text)
        if alike >= _ALIKE:
            partner[index] = ("kept" if before[best] == after[index] else "changed", best)
            waiting.remove(best)
            gone.discard(best)
    made = []
    for index in range(len(after)):
        state, match = partner.get(index, ("new", -1))
        made.append(Change(state, (old.number, match) if match >= 0 else None, (new.number, index)))
    return made, [Change("gone", (old.number, index), None) for index in sorted(gone)]


def _key(shot: Shot) -> tuple[str, ...]:
    """What a shot's picture and sound come from, if it has words; without words, what it is framed on."""
    said = tuple(f"{line.character}|{line.direction}|{line.text}" for line in shot.lines)
    return (" ".join(shot.action.split()), *said) if shot.action or said else ("", shot.size, *shot.subjects)


def _text(scene: Scene) -> str:
    return "\n".join(shot.text for shot in scene.shots)


def _likeness(one: str, other: str) -> float:
    """Twice the words in common by all words, 0 … 1; two empty texts are alike."""
    first, second = words(one.lower()), words(other.lower())
    if not first and not second:
        return 1.0
    return 2 * len(set(first) & set(second)) / max(1, len(set(first)) + len(set(second)))
