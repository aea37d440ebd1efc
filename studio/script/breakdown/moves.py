"""Which camera moves a scene gets, each with its reason; about half of all shots stay still."""

from __future__ import annotations

from generation.contract import Move, Speed
from studio.script.breakdown.framing import LENS, Plan


def give_moves(plans: list[Plan], scene_index: int, interior: bool, last_scene: bool, mood: str) -> None:
    """Fills in `move` and `speed` where the writer left them open. Deterministic; left and right alternate by scene."""
    side = scene_index % 2
    moved = 0
    for index, plan in enumerate(plans):
        if "move" not in plan.fixed:
            motive = _opening(plan, scene_index, interior) if index == 0 else None
            if last_scene and index == len(plans) - 1 and not plan.lines:
                motive = ("crane up", "slow", "the film ends: we leave")
            motive = motive or _by_action(plan, side) or _by_speech(plan, mood, index)
            neighbour = plans[index - 1].move if index else "static"
            # Two moves that follow each other need a strong reason each; a still between them lets both be felt.
            weak = motive is not None and motive[0] in ("push in", "rack focus", "truck left", "truck right", "handheld", "pan left", "pan right")
            if motive is None and plan.size == "insert" and not plan.characters:
                plan.move, plan.speed = "push in", "slow"  # nobody in it who moves: a still camera would make it a photograph
            elif motive is not None and not (weak and neighbour == motive[0]) and moved <= (index + 1) * 0.55:
                plan.move, plan.speed = motive[0], motive[1]
                plan.why = f"{plan.why}; {motive[2]}" if plan.why else motive[2]
        moved += plan.move != "static"
        if plan.move in ("zoom in", "zoom out"):
            plan.lens = 50
        plan.lens = plan.lens or LENS[plan.size]


def _opening(plan: Plan, scene_index: int, interior: bool) -> tuple[Move, Speed, str] | None:
    if plan.size not in ("wide", "extreme wide") or plan.seconds < 2.4:
        return None
    inside: tuple[Move, ...] = ("push in", "pan right", "truck right", "pan left")
    outside: tuple[Move, ...] = ("crane down", "pan left", "tilt down", "pan right", "crane up")
    moves = inside if interior else outside
    return moves[scene_index % len(moves)], "slow", "finds the place"


def _by_action(plan: Plan, side: int) -> tuple[Move, Speed, str] | None:
    motives = plan.motives
    if plan.lines or not plan.text:
        return None
    if "sudden" in motives:
        return "whip pan", "fast", "something sudden"
    if "conflict" in motives:
        return "handheld", "fast", "a fight"
    if plan.size == "insert":
        return None
    wide = plan.size in ("wide", "extreme wide", "full", "medium wide", "medium", "two-shot")
    if "run" in motives and wide:
        return "tracking", "fast", "runs"
    if "climb" in motives:
        return ("pedestal up" if side else "tilt up"), "normal", "climbs"
    if "turn" in motives:
        return ("orbit left" if side else "orbit right"), "slow", "turns with them"
    if {"enter", "exit"} & motives and wide:
        return ("pan left" if side else "pan right"), "normal", "follows them in" if "enter" in motives else "lets them go"
    if "walk" in motives and wide:
        if len(plan.subjects) > 1:
            return ("truck left" if side else "truck right"), "normal", "walks beside them"
        return "tracking", "normal", "walks with them"
    if "rise" in motives and wide:
        return "pedestal up", "normal", "rises with them"
    if {"sit", "descend"} & motives and wide:
        return ("tilt down" if "descend" in motives else "pedestal down"), "slow", "sinks with them"
    if "follow" in motives and not plan.characters:
        return ("pan left" if side else "pan right"), "normal", "follows it"
    if "realise" in motives and plan.characters:
        return "push in", "slow", "something is understood"
    return None


def _by_speech(plan: Plan, mood: str, index: int) -> tuple[Move, Speed, str] | None:
    if not plan.lines:
        return None
    said = " ".join(line.text for line in plan.lines)
    if said.count("!") >= 2 or (mood == "tense" and "!" in said):
        return "handheld", "normal", "voices are raised"
    if plan.size == "two-shot" and len({line.character for line in plan.lines}) > 1 and plan.seconds > 3:
        return "rack focus", "normal", "from one speaker to the other"
    if plan.size in ("medium close-up", "close-up") and plan.seconds >= 4.5:
        return "push in", "slow", "comes closer while they speak"
    if plan.size in ("two-shot", "medium wide") and plan.seconds >= 5:
        return ("truck left" if index % 2 else "truck right"), "slow", "drifts past them"
    return None
