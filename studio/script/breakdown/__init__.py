"""What a screenplay asks to be filmed: scenes, cast, places and a shot list, found by rules."""

from studio.script.breakdown.build import break_down
from studio.script.breakdown.compare import Change, compare
from studio.script.breakdown.model import (
    Breakdown,
    Character,
    Line,
    LineKind,
    Music,
    Place,
    Scene,
    Shot,
    SoundEvent,
    Span,
    Transition,
)

__all__ = [
    "Breakdown", "Change", "Character", "Line", "LineKind", "Music", "Place", "Scene", "Shot", "SoundEvent", "Span",
    "Transition", "break_down", "compare",
]  # fmt: skip
