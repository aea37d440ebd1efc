"""Where a note falls: from frames of a cut to frames of a take, and from there into another revision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.review.models import Note
from studio.script.following import follow, passage_at
from studio.timeline.plan import CutPlan, PlannedClip


@dataclass(frozen=True)
class Placed:
    """A note as one revision shows it. `first` and `last` are that revision's frames, None where its shot is not in it. `carried`: it was made on an
    earlier revision; `changed`: the shot shows another take now than the one it was said of."""

    note: Note
    first: int | None
    last: int | None
    carried: bool = False
    changed: bool = False


@dataclass(frozen=True)
class PlacedLine(Placed):
    """A note as one revision of the script shows it. `line` (from 0) is the passage's, or its scene's heading where the passage is `gone`; None where
    the scene is gone too. `said_of`: the words that it was said of; `changed`: the passage has others now."""

    line: int | None = None
    said_of: str = ""
    gone: bool = False

    @property
    def number(self) -> int | None:
        """The line as people count."""
        return None if self.line is None else self.line + 1


def carry_line(note: Note, old: str, new: str, *, carried: bool) -> PlacedLine:
    """A note on a line of the text `old` in the text `new` (the same, or another revision of it)."""
    at = note.script_line or 0
    passage = passage_at(old, at)
    words = passage.text if passage else ""
    if not carried:
        return PlacedLine(note, None, None, line=at, said_of=words)
    found = follow(old, new, at)
    return PlacedLine(note, None, None, True, found.state == "changed", line=found.line, said_of=words, gone=found.state == "gone")


def clip_at(plan: CutPlan, frame: int) -> PlannedClip | None:
    return next((clip for clip in plan.clips if clip.at <= frame < clip.at + clip.frames), None)


def in_take(plan: CutPlan, first: int, last: int) -> tuple[PlannedClip, int, int] | None:
    """The clip that a range begins in, and the frames of its take that the range covers there."""
    clip = clip_at(plan, first)
    if clip is None:
        return None
    start = first - clip.at + clip.source_in
    return clip, start, min(start + last - first, clip.source_out - 1)


def carry(note: Note, plan: CutPlan) -> Placed:
    """A note of an earlier revision in this one: at the same frames of its shot, or at the nearest that the clip still shows."""
    clip = next((clip for clip in plan.clips if clip.shot == note.shot_id), None) if note.shot_id else None
    if clip is None or note.take_first is None or note.take_last is None:
        return Placed(note, None, None, carried=True)
    start = min(max(note.take_first, clip.source_in), clip.source_out - 1)
    end = min(max(note.take_last, start), clip.source_out - 1)
    offset = clip.at - clip.source_in
    return Placed(note, start + offset, end + offset, carried=True, changed=clip.take != note.take_id)


def in_order(placed: Iterable[Placed]) -> list[Placed]:
    """As they come in the film; what has no place in it stands last."""
    return sorted(placed, key=lambda one: (one.first is None, one.first or 0, one.note.at))
