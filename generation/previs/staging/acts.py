"""What all actions are made of: their target, a gesture with its prop, a look, walking up to somebody or something, a seat."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.previs.figures.gait import Root
from generation.previs.props import PROPS
from generation.previs.stage import Mark, Part
from generation.previs.staging.floor import XY
from generation.previs.staging.parsing import Action
from generation.previs.staging.performance import Act, Held, Look, Point, seat_root

if TYPE_CHECKING:
    from generation.previs.staging.director import Director

SIMILAR = {
    "cup": ("cup", "glass", "bottle", "mug"), "book": ("book", "letter", "map", "newspaper", "paper"), "kettle": ("kettle", "bottle", "teapot",
    "jug", "pot"),
    "bread": ("bread", "apple", "plate", "fruit"),
}  # fmt: skip


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


def gesture(
    d: Director, name: str, action: Action, at: float, *, reach: Point | None = None, side: str = "", shown: str = "", seconds: float = 0.0
) -> float:
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
    performance.acts.append(Act(at, end, shown or verb.gesture, hand, reach))
    if temporary:
        performance.held.append(Held(temporary, hand, at + 0.1, end + (2.5 if temporary == "match" else 0.0)))  # it burns on
    if verb.lasting and verb.kind in ("here", "near"):
        state.lasting = (shown or verb.gesture, temporary, hand)
    d.busy_until(name, end)
    return end


def look_at(d: Director, name: str, at: float, end: float, point: Point | None) -> None:
    if point is None:
        return
    d.record.performances[name].looks.append(Look(at, point))
    if end < 1e5:
        d.record.performances[name].looks.append(Look(end + 0.35, default_look(d, name)))


def default_look(d: Director, name: str) -> Point | None:
    partner = d.partner(name)
    return d.eyes_of(partner) if partner else None


def attract(d: Director, name: str, at: float, end: float) -> None:
    """The others look at somebody who does something big."""
    for other in d.cast:
        if other != name and d.world.actors[other].present and d._cursor.get(other, 0.0) <= at + 0.5:
            look_at(d, other, at + 0.35, end, d.eyes_of(name))


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
        inside = max(
            target.part.box.low[0] - here[0], here[0] - target.part.box.high[0], target.part.box.low[1] - here[1], here[1] - target.part.box.high[1]
        )
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
            gap = max(
                part.box.low[0] - seat.position[0],
                seat.position[0] - part.box.high[0],
                part.box.low[1] - seat.position[1],
                seat.position[1] - part.box.high[1],
            )
            cost += 0.0 if gap < 0.6 else 20.0
        cost += _beside_not_opposite(d, name, place) + max(0.0, math.sin(seat.facing))  # with the back to the cameras only if need be
        if lying and not any(w in seat.name for w in ("bed", "sofa", "couch", "bench", "bunk")):
            cost += 60.0
        if best is None or cost < best[0]:
            best = (cost, seat, place, key)
    if best is None or (lying and best[0] >= 60):
        return None
    return best[1], best[2], best[3]


def _beside_not_opposite(d: Director, name: str, place: Root) -> float:
    """What speaks against a seat beside somebody: who sits down with another sits where they see each other, if there is such a place."""
    cost = 0.0
    for other, state in d.world.actors.items():
        apart = math.dist(d._body(other), (place.x, place.y))
        if other != name and state.present and apart < 4.0:
            way = math.atan2(d._body(other)[1] - place.y, d._body(other)[0] - place.x)
            cost += (3.0 if state.posture == "sit" else 1.5) * min(1.0, abs((way - place.yaw + math.pi) % (2 * math.pi) - math.pi) / 1.4)
    return cost
