"""Things in hands: taken, put down, given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from generation.previs.figures.gait import Root
from generation.previs.props import PROPS
from generation.previs.staging.acts import Target, approach, gesture, look_at
from generation.previs.staging.parsing import Action
from generation.previs.staging.performance import Act, Held

if TYPE_CHECKING:
    from generation.previs.staging.director import Director


def take(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    state, performance = d.world.actors[name], d.record.performances[name]
    word = d.prop_in(action.phrase)
    part = target.part
    lying = next((w for w in d.world.loose if w == word), "")
    at, reach = start, None
    shown = ""
    if target.figure and word:
        at = approach(d, name, target, start, 0.68)
    elif lying:
        spot = d.world.loose[lying]
        at = _go_to_point(d, name, spot, start)
        reach = d._fixed(spot)
    elif part is not None and word not in state.held.values():
        at = approach(d, name, target, start, 0.6)
        top = (part.centre[0], part.centre[1], min(part.box.high[2], part.centre[2] + 0.1))
        reach = d._fixed(top)
        shown = (
            "reach_low" if part.box.high[2] < d._ground((part.centre[0], part.centre[1])) + 0.35 and d.world.actors[name].posture == "stand" else ""
        )
    if word in state.held.values():
        gesture(d, name, action, at, shown="lift")
        return
    side = "r" if "r" not in state.held else "l"
    end = gesture(d, name, action, at, reach=reach, side=side, shown=shown)
    grasp = at + 0.55 * (end - at)
    look_at(d, name, at, end, reach)
    if not word:
        return
    if target.figure:
        _let_go(d, target.figure, word, grasp)
    if lying:
        _end_loose(d, lying, grasp)
    elif part is not None and PROPS.get(part.name) and PROPS[part.name].holdable:
        if part.name not in d.world.taken:
            d.record.taken.append((part.name, grasp))
        d.world.taken.add(part.name)
    if side in state.held:
        _let_go(d, name, state.held[side], grasp)
    state.held[side] = word
    performance.held.append(Held(word, side, grasp, 1e6))


def carry(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    """Has it in the hands when the shot begins, as what is carried is; who carries, brings or lugs also goes somewhere with it."""
    from generation.previs.staging.doing import go

    state, word = d.world.actors[name], d.prop_in(action.phrase)
    if not word:
        end = gesture(d, name, action, start)
        look_at(d, name, start, end, d.eyes_of(target.figure) if target.figure else None)
        return
    if word not in state.held.values() and d.figures[name].hands:
        side = "r" if "r" not in state.held else "l"
        if side in state.held:
            _let_go(d, name, state.held[side], -1e6)
        _end_loose(d, word, -1e6)
        d.world.taken.add(word)
        state.held[side] = word
        d.record.performances[name].held.append(Held(word, side, -1e6, 1e6))
    if action.verb.name == "carry":
        part = target.part if target.part is not None and target.part.name != word else None
        go(d, name, action, Target(target.figure, part), start)


def _go_to_point(d: Director, name: str, spot: tuple[float, float, float], at: float) -> float:
    root = d.world.actors[name].root
    gap = math.hypot(spot[0] - root.x, spot[1] - root.y)
    if gap < 0.8:
        return d.turn(name, math.atan2(spot[1] - root.y, spot[0] - root.x), at)
    goal = d.floor.free_near((spot[0] + (root.x - spot[0]) / gap * 0.55, spot[1] + (root.y - spot[1]) / gap * 0.55), d._others(name))
    return d.go(name, goal, at, facing=math.atan2(spot[1] - goal[1], spot[0] - goal[0]))


def _let_go(d: Director, name: str, word: str, at: float) -> str:
    """Ends somebody's hold on a thing; returns the hand it was in."""
    state, performance = d.world.actors[name], d.record.performances[name]
    side = next((s for s, w in state.held.items() if w == word), "")
    if side:
        del state.held[side]
        performance.held = [Held(h.word, h.side, h.start, at) if h.word == word and h.side == side and h.end > at else h for h in performance.held]
    return side


def _end_loose(d: Director, word: str, at: float) -> None:
    d.world.loose.pop(word, None)
    d.record.loose = [(w, p, a, at) if w == word and b > at else (w, p, a, b) for w, p, a, b in d.record.loose]


def put(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    state = d.world.actors[name]
    word = d.prop_in(action.phrase)
    if word not in state.held.values():
        word = next(iter(state.held.values()), "") if not word or word not in PROPS else word
    surface = None
    onto = (
        d.find.part(action.phrase.split(" on ", 1)[1] if " on " in action.phrase else action.phrase.split(" in ", 1)[-1]) if action.phrase else None
    )
    if onto is not None and onto.name != word:
        surface = onto
    at = approach(d, name, Target(part=surface), start, 0.6) if surface else start
    root, k = d.world.actors[name].root, d.figures[name].scale
    if surface:
        inset = 0.82
        x = min(
            max(root.x + 0.5 * k * math.cos(root.yaw), surface.centre[0] + (surface.box.low[0] - surface.centre[0]) * inset),
            surface.centre[0] + (surface.box.high[0] - surface.centre[0]) * inset,
        )
        y = min(
            max(root.y + 0.5 * k * math.sin(root.yaw), surface.centre[1] + (surface.box.low[1] - surface.centre[1]) * inset),
            surface.centre[1] + (surface.box.high[1] - surface.centre[1]) * inset,
        )
        spot = (x, y, surface.box.high[2] if surface.box.high[2] < 1.3 else surface.centre[2])
    else:
        spot = (root.x + 0.45 * k * math.cos(root.yaw), root.y + 0.45 * k * math.sin(root.yaw), _support(d, root, k))
    reach = d._fixed((spot[0], spot[1], spot[2] + 0.08))
    side = next((s for s, w in state.held.items() if w == word), "r")
    end = gesture(d, name, action, at, reach=reach, side=side, shown="reach_low" if spot[2] < root.z + 0.3 and state.posture == "stand" else "")
    look_at(d, name, at, end, reach)
    if word and word in PROPS:
        released = at + 0.6 * (end - at)
        _let_go(d, name, word, released)
        d.world.loose[word] = spot
        d.record.loose.append((word, spot, released, 1e6))


def _support(d: Director, root: Root, k: float) -> float:
    """The height of whatever is in front of somebody: a table, or the ground."""
    x, y = root.x + 0.45 * k * math.cos(root.yaw), root.y + 0.45 * k * math.sin(root.yaw)
    tops = [b.high[2] for b in d.place.obstacles if b.low[0] <= x <= b.high[0] and b.low[1] <= y <= b.high[1] and b.high[2] < 1.2]
    return max(tops, default=d._ground((x, y)))


def give(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    state = d.world.actors[name]
    other = target.figure or d.partner(name)
    word = d.prop_in(action.phrase) or next(iter(state.held.values()), "")
    seated = state.posture == "sit" and other and math.dist(d._body(name), d._body(other)) < 2.2
    at = approach(d, name, Target(figure=other), start, 0.68) if other and not seated else start  # across a table nobody gets up
    side = next((s for s, w in state.held.items() if w == word), "r")
    end = gesture(d, name, action, at, side=side)
    if not other:
        return
    moment = at + 0.55 * (end - at)
    if word and word in PROPS:
        if word not in state.held.values():
            d.record.performances[name].held.append(Held(word, side, at - 0.3, moment))
        else:
            _let_go(d, name, word, moment)
        receiver = d.world.actors[other]
        hand = "r" if "r" not in receiver.held else "l"
        if hand in receiver.held:
            _let_go(d, other, receiver.held[hand], moment)
        receiver.held[hand] = word
        d.record.performances[other].held.append(Held(word, hand, moment, 1e6))
    d.end_lasting(other, at)
    mine, theirs = d.world.actors[name].root, d.world.actors[other].root
    if d._cursor[other] <= at + 0.3:
        d.turn(other, math.atan2(mine.y - theirs.y, mine.x - theirs.x), max(at - 0.3, d._cursor[other]))
    d.record.performances[other].acts.append(Act(at + 0.2, end + 0.2, "reach_out", "r"))
    d.busy_until(other, end)
    look_at(d, name, at, end, d.eyes_of(other))
    look_at(d, other, at, end, d.eyes_of(name))
