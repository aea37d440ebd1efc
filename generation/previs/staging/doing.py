"""Carries out one action of one actor: walks there, does it, and leaves the world as it is afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.previs.figures.gait import Root
from generation.previs.props import PROPS
from generation.previs.stage import Door, Mark, Part
from generation.previs.staging.floor import XY
from generation.previs.staging.parsing import Action
from generation.previs.staging.performance import Act, Held, Look, Point, seat_root

if TYPE_CHECKING:
    from generation.previs.staging.director import Director

CLOSE = frozenset(("hug", "kiss", "whisper"))


@dataclass(frozen=True)
class Target:
    """What an action is about: somebody, a part of the set, or nothing one can point at."""

    figure: str = ""
    part: Part | None = None

    def __bool__(self) -> bool:
        return bool(self.figure) or self.part is not None


def target_of(d: Director, name: str, action: Action) -> Target:
    state = d.world.actors.get(name)
    near = (state.root.x, state.root.y) if state else (0.0, 0.0)
    for other in action.targets:
        if other != name and other in d.world.actors and d.world.actors[other].present:
            return Target(figure=other)
    return Target(part=d.find.part(action.phrase, near))


def point_of(d: Director, target: Target) -> Point | None:
    if target.figure:
        return d.eyes_of(target.figure)
    if target.part:
        part = target.part
        return d._fixed((part.centre[0], part.centre[1], min(part.centre[2], part.box.low[2] + 2.2)))
    return None


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


def _gesture(d: Director, name: str, action: Action, at: float, *, reach: Point | None = None, side: str = "", gesture: str = "", seconds: float = 0.0) -> float:
    """Adds the act with the prop it needs; returns its end."""
    verb, state, performance = action.verb, d.world.actors[name], d.record.performances[name]
    length = (seconds or verb.seconds) / d.pace
    named = d.prop_in(action.phrase) if verb.prop else ""
    prop = named or verb.prop
    hand = side or "r"
    temporary = ""
    if verb.prop:
        wanted = {prop, named} - {""}
        holding = next((s for s, w in state.held.items() if w in wanted or (not named and w in SIMILAR.get(verb.prop, ()))), "")
        if holding:
            hand = holding
        else:
            hand = "r" if "r" not in state.held else "l"
            temporary = prop if prop in PROPS and PROPS[prop].holdable else ""
    elif "r" in state.held and not side and verb.name not in ("put", "give", "throw"):
        hand = "l"
    end = at + length
    performance.acts.append(Act(at, end, gesture or verb.gesture, hand, reach))
    if temporary:
        performance.held.append(Held(temporary, hand, at + 0.1, end))
    if verb.lasting and verb.kind in ("here", "near"):
        state.lasting = (gesture or verb.gesture, temporary, hand)
    d.busy_until(name, end)
    return end


SIMILAR = {"cup": ("cup", "glass", "bottle", "mug"), "book": ("book", "letter", "map", "newspaper", "paper"), "kettle": ("kettle", "bottle", "teapot", "jug", "pot"), "bread": ("bread", "apple", "plate", "fruit"), "match": ("candle", "lantern")}


def _look(d: Director, name: str, at: float, end: float, point: Point | None) -> None:
    if point is None:
        return
    d.record.performances[name].looks.append(Look(at, point))
    if end < 1e5:
        d.record.performances[name].looks.append(Look(end + 0.35, default_look(d, name)))


def default_look(d: Director, name: str) -> Point | None:
    partner = d.partner(name)
    return d.eyes_of(partner) if partner else None


def _attract(d: Director, name: str, at: float, end: float) -> None:
    """The others look at somebody who does something big."""
    for other in d.cast:
        if other != name and d.world.actors[other].present and d._cursor.get(other, 0.0) <= at + 0.5:
            _look(d, other, at + 0.35, end, d.eyes_of(name))


def approach(d: Director, name: str, target: Target, at: float, distance: float, *, run: bool = False) -> float:
    """Walks up to somebody or something unless already there; ends facing it."""
    state = d.world.actors[name]
    here = (state.root.x, state.root.y)
    if target.figure:
        body = d._body(target.figure)
        gap = math.hypot(body[0] - here[0], body[1] - here[1])
        angle = math.atan2(body[1] - here[1], body[0] - here[0])
        if gap <= distance + 0.22:
            return d.turn(name, angle, at)
        goal = _beside(d, name, target.figure, distance)
        facing = math.atan2(body[1] - goal[1], body[0] - goal[0])
        return d.go(name, goal, at, run=run, facing=facing, but=target.figure if distance < 0.72 else "")
    if target.part:
        mark = d.find.mark_of(target.part, here)
        spot = (mark.position[0], mark.position[1])
        angle = math.atan2(target.part.centre[1] - here[1], target.part.centre[0] - here[0])
        inside = max(target.part.box.low[0] - here[0], here[0] - target.part.box.high[0], target.part.box.low[1] - here[1], here[1] - target.part.box.high[1])
        if inside < 0.55 or math.hypot(spot[0] - here[0], spot[1] - here[1]) < 0.35:
            return d.turn(name, angle, at)
        goal = d.floor.free_near(spot, d._others(name))
        facing = mark.facing if target.part.use is not None else math.atan2(target.part.centre[1] - goal[1], target.part.centre[0] - goal[0])
        return d.go(name, goal, at, run=run, facing=facing)
    return at


def _beside(d: Director, name: str, other: str, distance: float) -> XY:
    """A free spot at a distance from somebody, in front of them if they sit, else on the side one comes from."""
    state, body = d.world.actors[other], d._body(other)
    root = d.world.actors[name].root
    base = math.atan2(root.y - body[1], root.x - body[0])
    if state.posture == "sit":
        base = state.root.yaw
        distance = max(distance, 0.85)
    rest = d._others(name, other)
    for turn in (0.0, 0.5, -0.5, 1.0, -1.0, 1.6, -1.6, 2.2, -2.2, math.pi):
        spot = (body[0] + distance * math.cos(base + turn), body[1] + distance * math.sin(base + turn))
        if d.floor.is_free(spot) and all(math.hypot(spot[0] - x, spot[1] - y) > 0.6 for x, y in rest):
            return spot
    return d.floor.free_near((body[0] + distance * math.cos(base), body[1] + distance * math.sin(base)), (*rest, body), distance)


# The kinds of action


def here(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    at = start
    if target.part and action.verb.lasting and d.world.actors[name].posture == "stand" and not target.part.stand_in:
        at = approach(d, name, target, at, 0.6)
    end = _gesture(d, name, action, at)
    if action.verb.gesture in ("nod", "shake_head", "smile", "laugh", "wave", "shout", "bow", "give") and target:
        _look(d, name, at, end, point_of(d, target))
    if action.verb.gesture in ("startle", "laugh", "shout", "cry", "sing", "dance"):
        _attract(d, name, at, end)


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
    end = _gesture(d, name, action, at, reach=point_of(d, target) if action.verb.name in ("touch",) and target.part else None)
    if target:
        _look(d, name, at, end, point_of(d, target))
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
    _look(d, other, at, end, d.eyes_of(name))


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
    _attract(d, name, start, end)


def _somewhere(d: Director, name: str, action: Action) -> XY:
    """A mark to walk to when no place is named: the free one that is farthest, within six metres."""
    root = d.world.actors[name].root
    if any(w in action.phrase.split() for w in ("step", "closer", "forward", "toward", "towards")):
        return d.floor.free_near((root.x + 0.8 * math.cos(root.yaw), root.y + 0.8 * math.sin(root.yaw)), d._others(name))
    spots = [m.position[:2] for m in d.place.marks]
    low, high = d.place.bounds.low, d.place.bounds.high
    middle = (low[0] + high[0]) / 2
    spots.append((middle + (1.0 if root.x < middle else -1.0) * min(1.6, (high[0] - low[0]) * 0.3), root.y))
    reachable = [s for s in spots if 1.0 < math.hypot(s[0] - root.x, s[1] - root.y) < 6.0 and all(math.hypot(s[0] - x, s[1] - y) > 0.7 for x, y in d._others(name))]
    return max(reachable or spots, key=lambda s: math.hypot(s[0] - root.x, s[1] - root.y))


def follow(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    if target.figure:
        end = approach(d, name, target, start + 0.4, 0.95)
        _look(d, name, start, end, d.eyes_of(target.figure))
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
    if door:
        begin, inside = door.outside.position[:2], (door.inside.position[0], door.inside.position[1])
        if all(math.hypot(inside[0] - x, inside[1] - y) > 0.6 for x, y in others) and math.hypot(goal[0] - inside[0], goal[1] - inside[1]) < 0.5:
            goal = inside
        _swing(d, door, start, start + 0.55 / d.pace, 1.0)
        at, through = start + 0.35 / d.pace, (inside,)
    else:
        begin, at, through = _wing(d, name), start, ()
    first = through[0] if through else goal
    yaw = math.atan2(first[1] - begin[1], first[0] - begin[0])
    state.root, state.present, state.posture = Root(begin[0], begin[1], d._ground(begin), yaw), True, "stand"
    performance.segments = [type(performance.segments[0])(-1e6, state.root)]  # type: ignore[call-arg]
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
    _attract(d, name, start, end)


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
    _attract(d, name, start, end)


def choose_seat(d: Director, name: str, phrase: str, lying: bool) -> tuple[Mark, Root, str] | None:
    """The seat somebody takes: the one named, else the nearest free one; never one that is taken."""
    root, scale = d.world.actors[name].root, d.figures[name].scale
    taken = {s.seat_name for n, s in d.world.actors.items() if n != name and s.present}
    part = d.find.part(phrase, (root.x, root.y))
    best: tuple[float, Mark, Root, str] | None = None
    for i, seat in enumerate(d.place.seats):
        key = f"{seat.name}#{i}"
        if key in taken:
            continue
        place = seat_root(seat.position[0], seat.position[1], d._ground(seat.position[:2]), seat.facing, scale, d.find.seat_is_middle(seat))
        if any(math.hypot(place.x - x, place.y - y) < 0.45 for x, y in d._others(name)):
            continue
        cost = math.hypot(place.x - root.x, place.y - root.y)
        if part is not None:
            gap = max(part.box.low[0] - seat.position[0], seat.position[0] - part.box.high[0], part.box.low[1] - seat.position[1], seat.position[1] - part.box.high[1])
            cost += 0.0 if gap < 0.6 else 20.0
        if lying and not any(w in seat.name for w in ("bed", "sofa", "couch", "bench", "bunk")):
            cost += 60.0
        if best is None or cost < best[0]:
            best = (cost, seat, place, key)
    if best is None or (lying and best[0] >= 60):
        return None
    return best[1], best[2], best[3]


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
    _look(d, name, at, 1e6, default_look(d, name))


def low(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    at = approach(d, name, target, start, 0.8) if target else start
    d.posture(name, "kneel" if action.verb.kind == "kneel" else "crouch", at)
    if target:
        _look(d, name, at, 1e6, point_of(d, target))


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
        _attract(d, name, at, at + 1.5)
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
    if not target:
        partner = d.partner(name)
        words = action.phrase.split()
        if any(w in words for w in ("up", "sky", "ceiling", "stars", "moon", "down", "floor", "ground", "out", "sea", "away", "horizon", "distance")):
            high = 6.0 if any(w in words for w in ("up", "sky", "ceiling", "stars", "moon")) and not action.targets else -1.2 if any(w in words for w in ("down", "floor", "ground")) else 1.4
            root = d.world.actors[name].root
            point: Point | None = d._fixed((root.x + 3.0 * math.cos(root.yaw), root.y + 3.0 * math.sin(root.yaw), root.z + high))
        else:
            point = d.eyes_of(partner) if partner else None
    else:
        point = point_of(d, target)
    at = start
    root = d.world.actors[name].root
    if target and point is not None:
        aim = (d._body(target.figure) if target.figure else target.part.centre[:2]) if target.figure or target.part else (root.x, root.y)
        yaw = math.atan2(aim[1] - root.y, aim[0] - root.x)
        turned = abs((yaw - root.yaw + math.pi) % (2 * math.pi) - math.pi)
        if turned > (0.6 if action.verb.name == "point" else 1.1):
            at = d.turn(name, yaw, start)
    end = _gesture(d, name, action, at, reach=_pointing(d, name, point) if action.verb.name == "point" else None)
    if point is not None:
        d.record.performances[name].looks.append(Look(start, point))
        d.record.performances[name].looks.append(Look(end + 1.2, default_look(d, name)))
    if action.verb.name == "point" and point is not None:
        for other in d.cast:
            if other != name and d.world.actors[other].present and other != target.figure:
                _look(d, other, at + 0.5, end, point)


def _pointing(d: Director, name: str, point: Point | None) -> Point | None:
    """The point an arm's length from the shoulder towards what is pointed at."""
    if point is None:
        return None
    eyes, k = d.eyes_of(name), d.figures[name].scale

    def at(seconds: float) -> object:
        here, there = eyes(seconds), point(seconds)
        if here is None or there is None:
            return None
        shoulder = here.copy()
        shoulder[2] -= 0.26 * k
        way = there - shoulder
        return shoulder + way / max(float((way @ way) ** 0.5), 1e-6) * 0.62 * k

    return at  # type: ignore[return-value]


def take(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    state, performance = d.world.actors[name], d.record.performances[name]
    word = d.prop_in(action.phrase)
    part = target.part
    lying = next((w for w in d.world.loose if w == word), "")
    at, reach = start, None
    gesture = ""
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
        gesture = "reach_low" if part.box.high[2] < d._ground((part.centre[0], part.centre[1])) + 0.35 and d.world.actors[name].posture == "stand" else ""
    if word in state.held.values():
        _gesture(d, name, action, at, gesture="lift")
        return
    side = "r" if "r" not in state.held else "l"
    end = _gesture(d, name, action, at, reach=reach, side=side, gesture=gesture)
    grasp = at + 0.55 * (end - at)
    _look(d, name, at, end, reach)
    if not word:
        return
    if target.figure:
        _let_go(d, target.figure, word, grasp)
    if lying:
        _end_loose(d, lying, grasp)
    elif part is not None and PROPS.get(part.name) and PROPS[part.name].holdable:
        d.world.taken.add(part.name)
    if side in state.held:
        _let_go(d, name, state.held[side], grasp)
    state.held[side] = word
    performance.held.append(Held(word, side, grasp, 1e6))


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
    onto = d.find.part(action.phrase.split(" on ", 1)[1] if " on " in action.phrase else action.phrase.split(" in ", 1)[-1]) if action.phrase else None
    if onto is not None and onto.name != word:
        surface = onto
    at = approach(d, name, Target(part=surface), start, 0.6) if surface else start
    root, k = d.world.actors[name].root, d.figures[name].scale
    if surface:
        inset = 0.82
        x = min(max(root.x + 0.5 * k * math.cos(root.yaw), surface.centre[0] + (surface.box.low[0] - surface.centre[0]) * inset), surface.centre[0] + (surface.box.high[0] - surface.centre[0]) * inset)
        y = min(max(root.y + 0.5 * k * math.sin(root.yaw), surface.centre[1] + (surface.box.low[1] - surface.centre[1]) * inset), surface.centre[1] + (surface.box.high[1] - surface.centre[1]) * inset)
        spot = (x, y, surface.box.high[2] if surface.box.high[2] < 1.3 else surface.centre[2])
    else:
        spot = (root.x + 0.45 * k * math.cos(root.yaw), root.y + 0.45 * k * math.sin(root.yaw), _support(d, root, k))
    reach = d._fixed((spot[0], spot[1], spot[2] + 0.08))
    side = next((s for s, w in state.held.items() if w == word), "r")
    end = _gesture(d, name, action, at, reach=reach, side=side, gesture="reach_low" if spot[2] < root.z + 0.3 and state.posture == "stand" else "")
    _look(d, name, at, end, reach)
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
    at = approach(d, name, Target(figure=other), start, 0.68) if other else start
    side = next((s for s, w in state.held.items() if w == word), "r")
    end = _gesture(d, name, action, at, side=side)
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
    _look(d, name, at, end, d.eyes_of(other))
    _look(d, other, at, end, d.eyes_of(name))


def open_close(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    opens = action.verb.kind == "open"
    word = d.prop_in(action.phrase)
    doorish = any(w in action.phrase for w in ("door", "gate", "hatch")) or (target.part is not None and "door" in target.part.name) or (action.phrase.strip() in ("", "it", "it ,") and bool(d.place.doors))
    if doorish and d.place.doors:
        root = d.world.actors[name].root
        door = d.find.door(action.phrase, (root.x, root.y))
        assert door is not None
        outward = math.atan2(door.outside.position[1] - door.inside.position[1], door.outside.position[0] - door.inside.position[0])
        at = d.go(name, (door.inside.position[0], door.inside.position[1]), start, facing=outward)
        end = _gesture(d, name, action, at)
        _swing(d, door, at + 0.4 * (end - at), end + 0.3, 1.0 if opens else 0.0)
        _attract(d, name, at, end)
        return
    at = approach(d, name, target, start, 0.6) if target.part and not word else start
    reach = point_of(d, target) if target.part and not word else None
    end = _gesture(d, name, action, at, reach=reach, gesture="read" if word in ("letter", "book", "map", "newspaper") and opens else "")
    if word and opens and word not in d.world.actors[name].held.values():
        d.record.performances[name].held.append(Held(word, "r", at, end + 0.8))
    _look(d, name, at, end, reach)


def _door_alone(d: Director, action: Action, start: float) -> None:
    if "door" in action.phrase or "gate" in action.phrase or "hatch" in action.phrase:
        door = d.find.door(action.phrase)
        if door:
            _swing(d, door, start, start + 0.9, 1.0 if action.verb.kind == "open" else 0.0)
            for other in d.cast:
                if d.world.actors[other].present:
                    _look(d, other, start + 0.2, start + 2.0, d._fixed((door.inside.position[0], door.inside.position[1], door.inside.position[2] + 1.5)))


_KINDS: dict[str, Callable[[Director, str, Action, Target, float], None]] = {
    "here": here, "near": near, "go": go, "run": go, "follow": follow, "enter": enter, "exit": leave, "sit": sit, "stand": stand, "kneel": low, "crouch": low, "lie": lie,
    "turn": turn, "look": look, "take": take, "put": put, "give": give, "open": open_close, "close": open_close,
}  # fmt: skip
