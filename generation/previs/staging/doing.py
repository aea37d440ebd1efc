"""Carries out one action of one actor: walks there, does it, and leaves the world as it is afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from generation.previs.figures.gait import Root
from generation.previs.figures.solids import F64
from generation.previs.stage import Door, Mark
from generation.previs.staging.acts import Target, approach, attract, choose_seat, default_look, gesture, look_at, point_of, target_of
from generation.previs.staging.floor import XY
from generation.previs.staging.handling import carry, give, put, take
from generation.previs.staging.parsing import Action
from generation.previs.staging.performance import Act, Held, Look, Point, Stay
from generation.previs.staging.riding import ride
from generation.previs.staging.verbs import VERBS

if TYPE_CHECKING:
    from generation.previs.staging.director import Director

THROW = 2.2  # metres over which a thing is tossed to somebody
CLOSE = frozenset(("hug", "kiss", "whisper"))


def perform(d: Director, name: str, action: Action, start: float) -> None:
    """Without a `name` a thing acts by itself: a door."""
    if not name:
        _door_alone(d, action, start)
        return
    target = target_of(d, name, action)
    verb = action.verb
    if not d.world.actors[name].present and verb.kind != "enter":
        return
    if verb.kind not in ("look", "turn", "exit") and verb.gesture not in ("nod", "shake_head", "smile", "frown", "laugh", "sigh", "gaze"):
        d.end_lasting(name, start)
    _KINDS.get(verb.kind, here)(d, name, action, target, start)


# The kinds of action


def here(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    at = start
    if action.verb.name == "eat" and d.world.actors[name].posture == "stand" and d.find.part("table"):
        seat = choose_seat(d, name, "table", False)
        at = _sit_on(d, name, seat, start) if seat else start
    elif action.verb.name == "throw" and target.figure:
        at = approach(d, name, target, at, THROW)
    elif target.part and action.verb.lasting and d.world.actors[name].posture == "stand" and not target.part.stand_in:
        at = approach(d, name, target, at, 0.6)
    end = gesture(d, name, action, at)
    if action.verb.gesture in ("nod", "shake_head", "smile", "laugh", "wave", "shout", "bow", "give") and target:
        look_at(d, name, at, end, point_of(d, target))
    if action.verb.gesture in ("startle", "laugh", "shout", "cry", "sing", "dance"):
        attract(d, name, at, end)


def near(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    at = start
    intimate = action.verb.name in CLOSE
    if not target:
        partner = d.partner(name)
        if partner and (intimate or action.verb.name in ("hit", "touch", "shake_hands")):
            target = Target(figure=partner)
    if action.verb.name == "knock" and not target.part:
        door = d.find.door(action.phrase, (d.world.actors[name].root.x, d.world.actors[name].root.y))
        if door:
            at = _to_mark(d, name, door.inside, start)
    elif action.verb.name == "piano":
        target = Target(part=d.find.part("piano organ keyboard") or target.part)
        seat = choose_seat(d, name, "piano", False)
        at = _sit_on(d, name, seat, start) if seat and "piano" in seat[2] else approach(d, name, target, start, 0.6)
    elif target:
        at = approach(d, name, target, start, 0.46 if intimate else 0.62)
    end = gesture(d, name, action, at, reach=point_of(d, target) if action.verb.name in ("touch",) and target.part else None)
    if target:
        look_at(d, name, at, end, point_of(d, target))
    if target.figure and d.world.actors[target.figure].present:
        _answer(d, name, target.figure, action, at, end)


def _answer(d: Director, name: str, other: str, action: Action, at: float, end: float) -> None:
    """The other one's part in something done together."""
    if d._cursor[other] > at + 0.3:
        return
    mine = d.world.actors[name].root
    theirs = d.world.actors[other]
    begin = d.turn(other, math.atan2(mine.y - theirs.root.y, mine.x - theirs.root.x), max(at - 0.4, d._cursor[other]))
    response = {"hug": "hug", "kiss": "kiss", "hit": "recoil", "shake_hands": "give", "whisper": ""}.get(action.verb.name, "")
    if response:
        d.record.performances[other].acts.append(Act(max(begin, at + 0.15), end, response, "r"))
        d.busy_until(other, end)
    look_at(d, other, at, end, d.eyes_of(name))


def go(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    run = action.verb.kind == "run"
    if target:
        end = approach(d, name, target, start, 1.05, run=run)
    else:
        end = d.go(name, _somewhere(d, name, action), start, run=run)
        partner = d.partner(name)
        if partner and "away" not in action.phrase:
            body = d._body(partner)
            root = d.world.actors[name].root
            end = d.turn(name, math.atan2(body[1] - root.y, body[0] - root.x), end)
    attract(d, name, start, end)


def _somewhere(d: Director, name: str, action: Action) -> XY:
    """A mark to walk to when no place is named: the free one that is farthest, within six metres."""
    root = d.world.actors[name].root
    if any(w in action.phrase.split() for w in ("step", "closer", "forward", "toward", "towards")):
        return d.floor.free_near((root.x + 0.8 * math.cos(root.yaw), root.y + 0.8 * math.sin(root.yaw)), d._others(name))
    spots = [m.position[:2] for m in d.place.marks]
    low, high = d.place.bounds.low, d.place.bounds.high
    middle = (low[0] + high[0]) / 2
    spots.append((middle + (1.0 if root.x < middle else -1.0) * min(1.6, (high[0] - low[0]) * 0.3), root.y))
    reachable = [
        s
        for s in spots
        if 1.0 < math.hypot(s[0] - root.x, s[1] - root.y) < 6.0 and all(math.hypot(s[0] - x, s[1] - y) > 0.7 for x, y in d._others(name))
    ]
    return max(reachable or spots, key=lambda s: math.hypot(s[0] - root.x, s[1] - root.y))


def follow(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    if target.figure:
        end = approach(d, name, target, start + 0.4, 0.95)
        look_at(d, name, start, end, d.eyes_of(target.figure))
    else:
        go(d, name, action, target, start)


def _to_mark(d: Director, name: str, mark: Mark, at: float) -> float:
    return d.go(name, (mark.position[0], mark.position[1]), at, facing=mark.facing)


def _wing(d: Director, name: str) -> XY:
    """Where somebody comes from or goes to when there is no door: past the nearer side of the place."""
    low, high = d.place.bounds.low, d.place.bounds.high
    root = d.world.actors[name].root
    left = root.x < (low[0] + high[0]) / 2
    reach = min(6.5, (high[0] - low[0]) / 2)
    return ((low[0] + high[0]) / 2 + (-reach if left else reach), root.y)


def _swing(d: Director, door: Door, start: float, end: float, to: float) -> None:
    now = d.world.doors.get(door.name, 0.0)
    if now != to:
        d.record.doors.append((door.name, start, end, now, to))
        d.world.doors[door.name] = to


def enter(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    state, performance = d.world.actors[name], d.record.performances[name]
    if state.present:
        go(d, name, action, target, start)
        return
    run = any(w in action.phrase for w in ("burst", "run", "rush")) or action.verb.name == "run"
    door = d.find.door(action.phrase)
    goal = (state.root.x, state.root.y)
    others = d._others(name)
    goal = d.floor.free_near(goal, others, 0.9)
    through: tuple[XY, ...] = ()
    if door:
        begin, inside = door.outside.position[:2], (door.inside.position[0], door.inside.position[1])
        if all(math.hypot(inside[0] - x, inside[1] - y) > 0.6 for x, y in others) and math.hypot(goal[0] - inside[0], goal[1] - inside[1]) < 0.5:
            goal = inside
        _swing(d, door, start, start + 0.55 / d.pace, 1.0)
        at = start + 0.35 / d.pace
        through = (inside,)
    else:
        begin, at = _wing(d, name), start
    first = through[0] if through else goal
    yaw = math.atan2(first[1] - begin[1], first[0] - begin[0])
    state.root, state.present, state.posture = Root(begin[0], begin[1], d._ground(begin), yaw), True, "stand"
    performance.segments = [Stay(-1e6, state.root)]
    performance.shown = (at - 0.02 if door else at, 1e9)
    facing: float | None = None
    partner = d.partner(name)
    if partner:
        body = d._body(partner)
        facing = math.atan2(body[1] - goal[1], body[0] - goal[0])
    if target:
        end = d.go(name, through[0], at, run=run, exact=True) if through else at
        end = approach(d, name, target, end, 1.05, run=run)
    else:
        end = d.go(name, goal, at, run=run, facing=facing, through=through)
    if door and "open" not in action.phrase:
        _swing(d, door, min(end, at + 1.4 / d.pace), min(end, at + 1.4 / d.pace) + 0.7, 0.0)
    performance.looks.append(Look(end - 0.4, default_look(d, name)))
    attract(d, name, start, end)


def leave(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    state, performance = d.world.actors[name], d.record.performances[name]
    run = any(w in action.phrase for w in ("run", "rush", "storm", "hurr"))
    door = d.find.door(action.phrase, (state.root.x, state.root.y))
    if door:
        at = d.go(name, (door.inside.position[0], door.inside.position[1]), start, run=run, exact=True)
        out = (door.outside.position[0], door.outside.position[1])
        _swing(d, door, max(start, at - 0.5), at + 0.1, 1.0)
        end = d.go(name, out, at, run=run, exact=True)
        _swing(d, door, end - 0.1, end + 0.5, 0.0)
    else:
        end = d.go(name, _wing(d, name), start, run=run, exact=True)
    performance.shown = (performance.shown[0], end)
    d.world.actors[name].present = False
    d.busy_until(name, end)
    attract(d, name, start, end)


def _sit_on(d: Director, name: str, seat: tuple[Mark, Root, str] | None, start: float) -> float:
    state = d.world.actors[name]
    if seat is None:
        return d.posture(name, "sit", start, seat=0.12)
    mark, root, key = seat
    if state.posture == "sit" and state.seat_name == key:
        return start
    at = d.go(name, (root.x, root.y), start, facing=root.yaw, exact=True)
    at = d.turn(name, root.yaw, at)
    at = d.posture(name, "sit", at, seat=mark.seat, root=Root(root.x, root.y, d.world.actors[name].root.z, root.yaw))
    state.seat_name = key
    return at


def sit(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    if d.world.actors[name].posture == "sit":
        return
    seat = choose_seat(d, name, action.phrase, False)
    _sit_on(d, name, seat, start)


def stand(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    at = d.posture(name, "stand", start) if d.world.actors[name].posture != "stand" else start
    if target and any(w in action.phrase.split() for w in ("at", "by", "beside", "near", "before", "behind", "in", "next")):
        at = approach(d, name, target, at, 1.0)
    look_at(d, name, at, 1e6, default_look(d, name))


def low(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    at = approach(d, name, target, start, 0.8) if target else start
    d.posture(name, "kneel" if action.verb.kind == "kneel" else "crouch", at)
    if target:
        look_at(d, name, at, 1e6, point_of(d, target))


def lie(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    state = d.world.actors[name]
    falls = action.verb.name == "fall"
    seat = None if falls else choose_seat(d, name, action.phrase or "bed", True)
    at = start
    if seat:
        mark, root, key = seat
        at = d.go(name, (root.x, root.y), start, facing=root.yaw, exact=True)
        at = d.posture(name, "lie", at, seat=mark.seat, root=Root(mark.position[0], mark.position[1], state.root.z, mark.facing))
        state.seat_name = key
        return
    if falls:
        d.record.performances[name].acts.append(Act(at, at + 0.9, "startle", "r"))
        attract(d, name, at, at + 1.5)
    # The floor: the body lies back from where the feet stood, so it needs room behind.
    d.posture(name, "lie", at, seat=0.0, quick=falls)


def turn(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    root = d.world.actors[name].root
    point = point_of(d, target)
    if target.figure:
        body = d._body(target.figure)
        yaw = math.atan2(body[1] - root.y, body[0] - root.x)
    elif target.part:
        yaw = math.atan2(target.part.centre[1] - root.y, target.part.centre[0] - root.x)
    else:
        yaw = root.yaw + (math.pi if any(w in action.phrase for w in ("away", "around", "round")) else 1.2)
    end = d.turn(name, yaw, start)
    d.busy_until(name, end + 0.2)
    d.record.performances[name].looks.append(Look(start, point))
    if d.world.actors[name].posture != "stand":
        d.record.performances[name].acts.append(Act(start, start + 1.4, "look_around" if point is None else "gaze", "r"))


def look(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    word = d.prop_in(action.phrase)
    if word in _IN_HAND and not target.figure and action.verb.name == "look":  # "stares at her phone": it is in the hand
        d.end_lasting(name, start)
        gesture(d, name, Action((name,), VERBS["read"], action.phrase), start)
        return
    if not target:
        partner = d.partner(name)
        words = action.phrase.split()
        if any(w in words for w in ("up", "sky", "ceiling", "stars", "moon", "down", "floor", "ground", "out", "sea", "away", "horizon", "distance")):
            high = (
                6.0
                if any(w in words for w in ("up", "sky", "ceiling", "stars", "moon")) and not action.targets
                else -1.2
                if any(w in words for w in ("down", "floor", "ground"))
                else 1.4
            )
            root = d.world.actors[name].root
            point: Point | None = d._fixed((root.x + 3.0 * math.cos(root.yaw), root.y + 3.0 * math.sin(root.yaw), root.z + high))
        else:
            point = d.eyes_of(partner) if partner else None
    else:
        point = point_of(d, target)
    at = start
    root = d.world.actors[name].root
    if target and point is not None:
        aim = d._body(target.figure) if target.figure else target.part.centre[:2] if target.part else (root.x, root.y)
        yaw = math.atan2(aim[1] - root.y, aim[0] - root.x)
        turned = abs((yaw - root.yaw + math.pi) % (2 * math.pi) - math.pi)
        if turned > (0.6 if action.verb.name == "point" else 1.1):
            at = d.turn(name, yaw, start)
    end = gesture(d, name, action, at, reach=_pointing(d, name, point) if action.verb.name == "point" else None)
    if point is not None:
        d.record.performances[name].looks.append(Look(start, point))
        d.record.performances[name].looks.append(Look(end + 1.2, default_look(d, name)))
    if action.verb.name == "point" and point is not None:
        for other in d.cast:
            if other != name and d.world.actors[other].present and other != target.figure:
                look_at(d, other, at + 0.5, end, point)


def _pointing(d: Director, name: str, point: Point | None) -> Point | None:
    """The point an arm's length from the shoulder towards what is pointed at."""
    if point is None:
        return None
    eyes, k = d.eyes_of(name), d.figures[name].scale

    def at(seconds: float) -> F64 | None:
        here, there = eyes(seconds), point(seconds)
        if here is None or there is None:
            return None
        shoulder = here.copy()
        shoulder[2] -= 0.26 * k
        way = there - shoulder
        return shoulder + way / max(float((way @ way) ** 0.5), 1e-6) * 0.62 * k

    return at


def open_close(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    opens = action.verb.kind == "open"
    word = d.prop_in(action.phrase)
    doorish = (
        any(w in action.phrase for w in ("door", "gate", "hatch"))
        or (target.part is not None and "door" in target.part.name)
        or (action.phrase.strip() in ("", "it", "it ,") and bool(d.place.doors))
    )
    if doorish and d.place.doors:
        root = d.world.actors[name].root
        door = d.find.door(action.phrase, (root.x, root.y))
        assert door is not None
        outward = math.atan2(door.outside.position[1] - door.inside.position[1], door.outside.position[0] - door.inside.position[0])
        at = d.go(name, (door.inside.position[0], door.inside.position[1]), start, facing=outward)
        end = gesture(d, name, action, at)
        _swing(d, door, at + 0.4 * (end - at), end + 0.3, 1.0 if opens else 0.0)
        attract(d, name, at, end)
        return
    at = approach(d, name, target, start, 0.6) if target.part and not word else start
    reach = point_of(d, target) if target.part and not word else None
    end = gesture(d, name, action, at, reach=reach, shown="read" if word in ("letter", "book", "map", "newspaper") and opens else "")
    if word and opens and word not in d.world.actors[name].held.values():
        d.record.performances[name].held.append(Held(word, "r", at, end + 0.8))
    look_at(d, name, at, end, reach)


def _door_alone(d: Director, action: Action, start: float) -> None:
    if "door" in action.phrase or "gate" in action.phrase or "hatch" in action.phrase:
        door = d.find.door(action.phrase)
        if door:
            _swing(d, door, start, start + 0.9, 1.0 if action.verb.kind == "open" else 0.0)
            for other in d.cast:
                if d.world.actors[other].present:
                    look_at(
                        d,
                        other,
                        start + 0.2,
                        start + 2.0,
                        d._fixed((door.inside.position[0], door.inside.position[1], door.inside.position[2] + 1.5)),
                    )


_IN_HAND = frozenset(("phone", "letter", "book", "map", "photograph", "newspaper"))
_KINDS: dict[str, Callable[[Director, str, Action, Target, float], None]] = {
    "here": here, "near": near, "go": go, "run": go, "follow": follow, "enter": enter, "exit": leave, "sit": sit, "stand": stand, "kneel": low,
    "crouch": low, "lie": lie,
    "carry": carry, "ride": ride,
    "turn": turn, "look": look, "take": take, "put": put, "give": give, "open": open_close, "close": open_close,
}  # fmt: skip
