"""What a framing is: the ladder of sizes, when two shots cut together, which lens belongs to which size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from generation.contract import Angle, Easing, Move, Size, Speed
from studio.script.breakdown.camera import Direction
from studio.script.breakdown.model import Line, Span, Transition

LADDER: Final[tuple[Size, ...]] = ("extreme wide", "wide", "full", "medium wide", "medium", "medium close-up", "close-up", "extreme close-up")
_STEP: Final[dict[Size, int]] = {
    **{size: step for step, size in enumerate(LADDER)}, "two-shot": 3, "over the shoulder": 4, "insert": 8, "point of view": 2,
}  # fmt: skip
LENS: Final[dict[Size, int]] = {
    "extreme wide": 20, "wide": 24, "full": 32, "medium wide": 35, "medium": 40, "medium close-up": 65, "close-up": 85, "extreme close-up": 100,
    "two-shot": 35, "over the shoulder": 50, "insert": 85, "point of view": 35,
}  # fmt: skip
EASING: Final[dict[Move, Easing]] = {
    "tracking": "linear", "handheld": "linear", "whip pan": "ease out", "pan left": "ease in and out", "pan right": "ease in and out",
    "push in": "ease in and out", "pull out": "ease in", "crane up": "ease in and out", "zoom in": "ease in", "zoom out": "ease out",
}  # fmt: skip

NOWHERE: Final = Span(0, 0)


@dataclass(slots=True)
class Plan:
    """A shot on its way: what `Shot` says, still changeable, and what of it the writer asked for (`fixed`)."""

    size: Size
    text: str = ""
    span: Span = NOWHERE
    seconds: float = 2.0
    subjects: tuple[str, ...] = ()
    over: str = ""
    characters: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)
    angle: Angle = "eye level"
    move: Move = "static"
    speed: Speed = "normal"
    lens: int = 0
    motives: frozenset[str] = frozenset()
    why: str = ""
    fixed: frozenset[str] = frozenset()
    opens: Transition = "cut"
    closes: Transition = "cut"

    @property
    def frame_of(self) -> frozenset[str]:
        """Whom the framing is about; a two-shot is the same framing whoever is named first."""
        return frozenset(self.subjects) if self.size == "two-shot" else frozenset(self.subjects[:1])


def cuts_together(first: Plan, second: Plan) -> bool:
    """Whether a cut between two shots reads as a cut: another subject, two steps of size, another side, or another height."""
    if first.frame_of != second.frame_of:
        return True
    steps = abs(_STEP[first.size] - _STEP[second.size])
    return steps >= 2 or first.over != second.over or first.angle != second.angle


def separate(plans: list[Plan], opening: Plan | None = None) -> None:
    """Changes sizes, else heights, until every neighbouring pair cuts together; what the writer asked for is kept."""
    before = opening
    for index, plan in enumerate(plans):
        after = plans[index + 1] if index + 1 < len(plans) else None
        if before is not None and not cuts_together(before, plan):
            _change(plan, before, after)
        before = plan


def _change(plan: Plan, before: Plan, after: Plan | None) -> None:
    if "size" not in plan.fixed and plan.size in LADDER:
        own = _STEP[plan.size]
        allowed = [size for size in LADDER[1:7] if plan.subjects or size in ("wide", "full", "medium wide", "medium")]
        for size in sorted(allowed, key=lambda size: (abs(_STEP[size] - own), -_STEP[size])):
            old, plan.size = plan.size, size
            if cuts_together(before, plan) and (after is None or "size" not in after.fixed or cuts_together(plan, after)):
                return
            plan.size = old
    if plan.size == "two-shot" and "size" not in plan.fixed and len(plan.subjects) == 2:
        first = plan.lines[0].character if plan.lines and plan.lines[0].character in plan.subjects else plan.subjects[0]
        other = next(name for name in plan.subjects if name != first)
        both = plan.subjects
        plan.size, plan.subjects, plan.over = "over the shoulder", (first,), other
        if cuts_together(before, plan):
            return
        plan.size, plan.subjects, plan.over = "two-shot", both, ""
    if "angle" not in plan.fixed:
        heights: Iterable[Angle] = ("high", "low") if plan.size in ("insert", "wide", "extreme wide", "two-shot") else ("low", "high")
        for angle in heights:
            plan.angle = angle
            if cuts_together(before, plan):
                return
    if plan.size not in LADDER and "size" not in plan.fixed:
        plan.size, plan.over = "medium close-up", ""
        if not cuts_together(before, plan):
            plan.size = "wide"
    elif not cuts_together(before, plan) and "angle" not in before.fixed:
        before.angle = "high" if before.angle != "high" else "low"


def obey(plan: Plan, direction: Direction) -> None:
    """Puts what the writer asked for into the plan."""
    fixed = set(plan.fixed)
    if direction.size:
        plan.size = direction.size
        fixed.add("size")
    if direction.angle:
        plan.angle = direction.angle
        fixed.add("angle")
    if direction.move:
        plan.move = direction.move
        fixed.add("move")
    if direction.speed:
        plan.speed = direction.speed
    plan.fixed = frozenset(fixed)
    plan.why = "as the script asks"
