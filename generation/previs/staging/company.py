"""Who stands with whom: people of one scene stand where they can talk, unless the words put them further apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from generation.contract import Beat
from generation.previs.figures.gait import Root
from generation.previs.staging.floor import XY
from generation.previs.staging.parsing import Action

if TYPE_CHECKING:
    from generation.previs.staging.director import Director

TOGETHER = 2.5  # metres from each other at which people still look like being together
APART = 1.5  # metres between two who were put together
ROOMY = 1.35  # metres between two after they were close for a moment
CALLING = 4.5  # metres over which nobody talks in an ordinary voice
_FAR = re.compile(
    r"\bacross the (?!table|counter|desk|bar|bed)\w+|\bfrom afar\b|\bin the distance\b|\bfar (?:end|away|side|off)\b"
    r"|\b(?:other|opposite) (?:end|side)\b|\bfrom the (?:window|door|gate|street|road|boat|shore)\b|\bdistant\b",
    re.IGNORECASE,
)


def far(text: str) -> bool:
    """Whether the words put somebody out of talking distance."""
    return bool(_FAR.search(text))


def spot_with(d: Director, spot: XY, others: Sequence[XY]) -> XY:
    """`spot` if it is near the first of the others, else a free one beside them; beside is across the picture of a camera in front."""
    if not others or (math.dist(spot, others[0]) <= TOGETHER and not any(math.dist(spot, other) < 0.5 or _covers(spot, other) for other in others)):
        return spot
    x, y = others[0]
    turns: tuple[float, ...] = (0.0, math.pi, 0.45, math.pi - 0.45, -0.45, math.pi + 0.45, 0.9, math.pi - 0.9, -0.9, math.pi + 0.9, math.pi / 2)
    if spot[0] < x:
        turns = tuple(math.pi - turn for turn in turns)
    for reach in (APART, 1.15 * APART, 1.45 * APART):
        for turn in turns:
            there = (x + reach * math.cos(turn), y + reach * math.sin(turn))
            if d.floor.is_free(there) and all(math.dist(there, other) > 0.85 * APART and not _covers(there, other) for other in others):
                return there
    return d.floor.free_near((x, y), tuple(others), APART)


def _covers(spot: XY, other: XY) -> bool:
    """Whether somebody there stands before the other for a camera in front."""
    return abs(spot[0] - other[0]) < 0.5 and spot[1] < other[1] - 0.3


def spot_away(d: Director, spot: XY, others: Sequence[XY]) -> XY:
    """A free spot as far from the others as the place allows, up to nine metres, rather beside than behind them."""
    low, high = d.place.bounds.low, d.place.bounds.high
    options = [d.floor.free_near((spot[0] + reach * side, spot[1])) for reach in (9.0, 7.0, 5.0) for side in (1.0, -1.0)]
    inside = [one for one in options if low[0] < one[0] < high[0] and low[1] < one[1] < high[1]] or [spot]
    return max(inside, key=lambda one: min((min(9.0, math.dist(one, other)) for other in others), default=0.0) - 0.1 * abs(one[1] - spot[1]))


def settle(d: Director, beat: Beat, actions: Iterable[Action]) -> None:
    """Before a shot, where the cut hides it: who will talk over many metres comes nearer, who was close for a moment stands at ease again."""
    here = [name for name in d.cast if d.world.actors[name].present]
    busy = {name for action in actions for name in action.subjects}
    touching = {name for action in actions if action.targets or action.verb.kind in ("near", "give") for name in (*action.subjects, *action.targets)}
    speakers = [name for name in dict.fromkeys(beat.speakers) if name in here]
    for name in speakers:
        partner = d.partner(name, beat)
        if not partner or far(beat.action) or d.world.actors[name].away or d.world.actors[partner].away:
            continue
        mover = next((one for one in (partner, name) if one not in busy and _free(d, one)), "")
        if mover and math.dist(d._body(name), d._body(partner)) > CALLING:
            anchor = partner if mover == name else name
            _move(d, mover, spot_with(d, d._xy(mover), [d._xy(anchor), *d._others(mover, anchor)]))
    for index, name in enumerate(here):
        for other in here[:index]:
            gap = math.dist(d._xy(name), d._xy(other))
            if 0.55 < gap < 1.1 and not {name, other} & touching and not (busy & {name, other} and not speakers):
                _make_room(d, name, other)


def _free(d: Director, name: str) -> bool:
    state = d.world.actors[name]
    return state.posture == "stand" and not state.riding and not state.lasting


def _move(d: Director, name: str, spot: XY) -> None:
    state = d.world.actors[name]
    state.root = Root(spot[0], spot[1], d._ground(spot), state.root.yaw)


def _make_room(d: Director, name: str, other: str) -> None:
    """Half a step back: of the later one in the cast if they stand, else of the other."""
    for mover, stays in ((name, other), (other, name)):
        if not _free(d, mover):
            continue
        (x, y), (a, b) = d._xy(mover), d._xy(stays)
        away = math.atan2(y - b, x - a)
        rest = d._others(mover, stays)
        for turn in (0.0, 0.35, -0.35, 0.7, -0.7):
            there = (a + ROOMY * math.cos(away + turn), b + ROOMY * math.sin(away + turn))
            if d.floor.is_free(there) and all(math.dist(there, one) > 0.8 for one in rest):
                _move(d, mover, there)
                return
