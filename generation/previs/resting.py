"""Resting shots: for a plan on a stage, the places a camera could stand and what speaks against each."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from generation.contract import CameraPlan
from generation.previs.framing import FIGURE, LARGE, Wanted, distance, fitting_fov, two, vertical_fov, wanted
from generation.previs.moves import Offset
from generation.previs.scene import Vec
from generation.previs.stage import Stage, Subject
from generation.previs.whereabouts import Grounds, Point, passes, point, vec

FANNED = [math.radians(a) for a in (0, 12, -12, 24, -24, 36, -36, 48, -48, 60, -60, 72, -72, 82, -82)]
BEHIND = [math.radians(a) for a in (96, -96, 110, -110, 125, -125, 140, -140, 160, -160, 180)]  # where no line forbids it
PROFILE = math.radians(60)  # a face turned further from the lens than this is a cheek
UNEVEN = 0.62  # metres between the eyes of two: somebody standing and somebody who crouches or lies
CLOSE = ("medium", "medium close-up", "close-up", "extreme close-up")


@dataclass(frozen=True)
class Rest:
    """A camera at rest: it looks at `target` from `eye`, turned by `pan` for look room. `height` is the frame's at the subject, metres."""

    eye: Vec
    target: Vec
    fov: float
    height: float
    away: float
    focus: Vec
    pan: float = 0.0
    roll: float = 0.0
    blur: float = 0.0
    cost: float = 0.0
    second: Vec | None = None


def _turned(v: Point, angle: float) -> Point:
    """Turned anticlockwise about the vertical."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array((c * v[0] - s * v[1], s * v[0] + c * v[1], v[2]))


def _right(forward: Point) -> Point:
    flat = np.array((forward[1], -forward[0], 0.0))
    length = float(np.linalg.norm(flat))
    return flat / length if length > 1e-9 else np.array((1.0, 0.0, 0.0))


def eye_of(shot: Rest, o: Offset) -> Point:
    """Where the eye is at one moment of a move."""
    target, eye = point(shot.target), point(shot.eye)
    right = _right(target - eye)
    out = target + _turned(eye - target, o.orbit) * o.closer
    moved: Point = out + right * o.across + np.array((0.0, 0.0, o.rise))
    return moved


def looking(shot: Rest, o: Offset, eye: Point, gone: Point) -> Point:
    """What an eye looks at: the target, moved as the move and the subject move it, then turned by pan and tilt about the eye."""
    target = point(shot.target)
    right = _right(target - point(shot.eye))
    target = target + gone + right * o.across_look + np.array((0.0, 0.0, o.rise_look))
    way = _turned(target - eye, -(shot.pan + o.pan))
    if o.tilt:
        flat = math.hypot(float(way[0]), float(way[1]))
        pitch = max(-1.5, min(1.5, math.atan2(float(way[2]), flat) + o.tilt))
        length = float(np.linalg.norm(way))
        way = np.array((way[0] / flat * math.cos(pitch), way[1] / flat * math.cos(pitch), math.sin(pitch))) * length if flat > 1e-6 else way
    seen: Point = eye + way
    return seen


def _bearing(angle: float) -> Point:
    return np.array((math.cos(angle), math.sin(angle), 0.0))


class Resting:
    """Offers resting shots for one plan and judges places for the eye."""

    def __init__(self, plan: CameraPlan, stage: Stage, grounds: Grounds, aspect: float, seconds: float, seed: int) -> None:
        self.plan, self.aspect = plan, aspect
        self.stage, self.seconds = stage, seconds
        middle = 0.5 * seconds
        self.people = stage.visible(middle)
        named = [self._seen(name) for name in plan.subjects]
        self.subjects = [one for one in named if one is not None]
        if plan.size == "insert" and not self.subjects and (hands := self._seen("hands")) is not None:
            self.subjects = [hands]
        self.over = stage.subject(plan.over, middle) if plan.over else None
        if not self.subjects and plan.size not in ("wide", "extreme wide", "insert"):
            self.subjects = [one for one in self.people if one is not self.over][: 2 if plan.size == "two-shot" else 1]
        if plan.size == "two-shot" and len(self.subjects) == 1:
            self.subjects += [one for one in self.people if one.name != self.subjects[0].name][:1]
        if plan.size == "over the shoulder" and self.over is None and self.subjects:
            self.over = next((one for one in self.people if one.name != self.subjects[0].name), None)
        self.lens = vertical_fov(plan.lens, aspect)
        self.random = Random(seed * 7919 + 17)
        self.through_eyes = plan.size == "point of view" and bool(self.subjects)
        level = self.over is not None and bool(self.subjects) and abs(self.over.eyes[2] - self.subjects[0].eyes[2]) < UNEVEN
        self.shoulder = plan.size == "over the shoulder" and level  # from high above a shoulder there is only a back
        # Places and buildings are seen from the front, where sets are open; only people have a line between them.
        self.of_place = not self.subjects or (not self.subjects[0].figure and self.subjects[0].height > LARGE)
        alone = bool(self.subjects) and self.subjects[0].figure and (len(self.people) == 1 or self._turned_from_all(grounds))
        self.keeps_line = not self.through_eyes and plan.angle != "overhead" and not self.of_place and not alone
        self.over_name = self.over.name if self.shoulder and self.over else ""
        self.grounds = self._own_line(grounds)

    def _seen(self, name: str) -> Subject | None:
        """Somebody or something in the middle of the shot; who has not come by then, or is gone, when they can be seen."""
        return next((one for share in (0.5, 0.75, 0.97, 0.25, 0.0) if (one := self.stage.subject(name, share * self.seconds)) is not None), None)

    def _own_line(self, grounds: Grounds) -> Grounds:
        """The line that this shot must not cross: from whom it shows to whom they turn to, wherever in the place the two are."""
        first = self.subjects[0] if self.subjects else None
        if first is None or not first.figure:
            return grounds
        here: Point = point(first.position)
        pair = self.plan.size == "two-shot" and len(self.subjects) > 1
        other = self.subjects[1] if pair else self.over if self.shoulder else self._faced(first)
        side = grounds.side
        if other is not None and other.figure:
            way = point(other.position) - here
            apart = math.hypot(float(way[0]), float(way[1]))
            if apart > 0.3:
                across: Point = np.array((float(way[1]) / apart, -float(way[0]) / apart, 0.0))
                lean = float(across @ side)
                if abs(lean) < 0.3:  # across the scene's own line: from the front, where places are open
                    lean = -float(across[1])
                side = across if lean >= 0.0 else -across
        return replace(grounds, line=here, side=side)

    def _turned_from_all(self, grounds: Grounds) -> bool:
        """Whether a single shows somebody who looks away from the cameras and at nobody: nothing is lost by going round."""
        one = self.subjects[0]
        away = float(_bearing(one.facing) @ grounds.side) < -0.1
        return len(self.subjects) == 1 and self.plan.size not in ("two-shot", "over the shoulder") and away and self._faced(one) is None

    def _faced(self, one: Subject) -> Subject | None:
        """Whom somebody has before their face."""
        turns = {}
        for other in self.people:
            way = point(other.position) - point(one.position)
            if other.name != one.name and float(np.linalg.norm(way[:2])) > 0.3:
                turns[other.name] = abs((math.atan2(float(way[1]), float(way[0])) - one.facing + math.pi) % (2 * math.pi) - math.pi)
        nearest = min(turns, key=lambda name: turns[name], default="")
        return next(other for other in self.people if other.name == nearest) if nearest and turns[nearest] < math.radians(40) else None

    def candidates(self) -> Iterator[Rest]:
        if self.through_eyes:
            yield self._through_eyes()
        elif self.shoulder:
            assert self.over is not None
            over = list(self._over_shoulder())
            yield from over
            if all(one.cost > 20.0 or self.grounds.hidden(point(one.eye), point(self.subjects[0].eyes), (self.over,)) for one in over):
                yield from self._around()  # something large stands between the two: better a clean single than the back of it
        else:
            yield from self._around()

    def walk(self, moments: int) -> list[Point]:
        """Where the eyes of the first subject are at evenly spaced moments of the shot; nothing for a thing."""
        first = self.subjects[0] if self.subjects else None
        if first is None or not first.figure or self.through_eyes:
            return []
        seen = [self.stage.subject(first.name, self.seconds * k / (moments - 1)) for k in range(moments)]
        return [point((one or first).eyes) for one in seen]

    def judge(self, shot: Rest, eye: Point) -> float:
        """What speaks against an eye's place: other side of the line, in the way, hidden subject."""
        if self.through_eyes:
            return 0.0
        g = self.grounds
        cost = 40.0 if self.keeps_line and g.off_line(eye) < 0.15 else 0.0
        cost += 30.0 * g.in_wall(eye) + 5.0 * g.hugs(eye)
        sweep = 0.3 if self.plan.move.startswith("pan") else 0.04
        cost += 7.0 * g.edges_seen(eye, point(shot.target), math.atan(math.tan(0.5 * shot.fov) * self.aspect) + sweep)
        others = [one for one in self.people if one.name != self.over_name]
        cost += 30.0 * g.trespass(eye, others)
        cost += 6.0 * (1.0 - g.reach(point(shot.target), eye))
        if self.of_place and not g.place.interior:  # a place is not seen from behind its houses
            cost += 60.0 * g.hidden(eye, point(shot.target), ())
        names = {one.name for one in self.subjects}
        between = [one for one in others if one.name not in names]
        for one in self.subjects[:2]:
            cost += 20.0 * g.hidden(eye, self._aim(one), between + [two for two in self.subjects[:2] if two.figure and two.name != one.name])
            cost += 8.0 * g.cluttered(eye, self._aim(one)) if one.figure else 0.0
            if one.figure and shot.height > 0.6 * one.height:
                chest = point(one.eyes) - np.array((0.0, 0.0, 0.25 * one.height))
                cost += 4.0 * g.hidden(eye, chest, between)
        if self.shoulder and self.over is not None:
            cost += 20.0 * passes(self.over, eye, point(self.subjects[0].eyes), 0.2)  # the back that should frame the face hides it
        single = self.plan.size in CLOSE and len(self.subjects) == 1
        return cost + sum(self._intrudes(shot, eye, one) + (self._cut(shot, eye, one) if single else 0.0) for one in between)

    @staticmethod
    def _aim(one: Subject) -> Point:
        """What must be seen of a subject: the eyes; of an animal a little above, for furniture beside it holds nothing of it."""
        seen: Point = point(one.eyes) + np.array((0.0, 0.0, 0.13 if one.figure and one.height < 0.9 else 0.0))
        return seen

    def _intrudes(self, shot: Rest, eye: Point, other: Subject) -> float:
        """What speaks against somebody who is not meant standing large between the lens and the subject, even if only at the picture's edge."""
        forward = point(shot.target) - eye
        away = float(np.linalg.norm(forward))
        forward = forward / max(1e-6, away)
        way = point(other.eyes) - eye
        depth = float(way @ forward)
        if not 0.1 < depth < 0.9 * away:
            return 0.0
        half = math.tan(0.5 * shot.fov)
        inside = depth * half * self.aspect + 0.3 - abs(float(way @ _right(forward)))
        crown = float(way[2]) + 0.2 - depth * float(forward[2]) / max(0.2, math.hypot(float(forward[0]), float(forward[1])))
        if inside <= 0.0 or crown < -depth * half:
            return 0.0
        return 10.0 * min(1.0, inside / 0.4) * min(2.5, away / depth)

    def _cut(self, shot: Rest, eye: Point, other: Subject) -> float:
        """What speaks against half of somebody else at the edge of a picture of one, the more the larger."""
        forward = _turned(point(shot.target) - eye, -shot.pan)
        flat = forward[:2] / max(1e-6, float(np.linalg.norm(forward[:2])))
        way = (point(other.position) - eye)[:2]
        depth = float(way @ flat)
        if depth < 0.15:
            return 0.0
        half = depth * math.tan(0.5 * shot.fov) * self.aspect
        middle, wide = abs(float(way @ _right(forward)[:2])) / half, 0.28 / half
        seen = min(1.0, middle + wide) - (middle - wide)
        return 6.0 * min(1.0, wide / 0.25) if 0.06 * wide < seen < 1.7 * wide else 0.0

    def _around(self) -> Iterator[Rest]:
        """Shots from around the subject, fanned out from the side of the line where cameras stand."""
        centre, want, sort, suits = self._framed()
        side = -0.5 * math.pi if self.of_place else math.atan2(float(self.grounds.side[1]), float(self.grounds.side[0]))
        frame = FIGURE[self.plan.size]
        jitter = math.radians(self.random.uniform(-5.0, 5.0))
        lean = self.random.choice((-1.0, 1.0)) * 0.15
        single = self.subjects[0] if sort == "one" else None
        fans = FANNED if self.keeps_line or single is None or not single.figure else FANNED + BEHIND
        for fan, stretch in itertools.product(fans, (1.0, 0.7) if self.of_place and self.grounds.place.interior else (1.0,)):
            angle = side + fan
            cost = 0.0
            if single is not None and single.figure:
                seen = abs((angle - single.facing + math.pi) % (2 * math.pi) - math.pi)
                cost += 10.0 * max(0.0, seen - PROFILE) / math.radians(20) * (1.0 if self.plan.size in CLOSE else 0.3)
                cost += ((seen - math.radians(frame.turn) - jitter) / math.radians(26)) ** 2 + (0.25 + lean * math.copysign(1, fan)) * abs(fan)
            elif sort == "two":
                off = abs((angle - suits + math.pi) % (2 * math.pi) - math.pi)
                steps = off / math.radians(16)
                cost += steps * steps if steps < 2.0 else 4.0 * steps - 4.0  # a slanted pair is better than a hidden one
                for one in self.subjects[:2]:
                    seen = abs((angle - one.facing + math.pi) % (2 * math.pi) - math.pi) if one.figure else 0.0
                    cost += 6.0 * max(0.0, seen - math.radians(100)) / math.radians(20)
            else:
                cost += ((abs(fan) - math.radians(20)) / math.radians(30)) ** 2 + 0.1 * lean * fan
            if self.plan.angle in ("low", "high"):
                yield self._stand(centre, want, _bearing(angle), cost + 2.5, 0.5)
            if self.plan.angle != "overhead" or fan == 0.0:
                yield self._stand(centre, want, _bearing(angle), cost + 1.5 * (1.0 - stretch), stretch=stretch)

    def _framed(self) -> tuple[Point, Wanted, str, float]:
        """(middle of the picture on the ground, what it must hold, "one" | "two" | "place", bearing that suits two)."""
        plan, g = self.plan, self.grounds
        if not self.subjects:
            low, high = point(g.place.bounds.low), point(g.place.bounds.high)
            middle = 0.5 * (low + high)
            wide = min(0.95 * float(high[0] - low[0]), 16.0) if g.place.interior else g.place.wide
            height = max(2.6, wide / self.aspect) * (1.25 if plan.size == "extreme wide" else 1.0)
            floor = float(g.place.ground(float(middle[0]), float(middle[1])))
            return middle, Wanted(height, floor + (1.25 if g.place.interior else 0.36 * height)), "place", 0.0
        a = self.subjects[0]
        if plan.size == "two-shot" and len(self.subjects) > 1:
            b = self.subjects[1]
            d = point(b.eyes) - point(a.eyes)
            apart = math.hypot(float(d[0]), float(d[1]))
            across = _right(d)
            if float(across[:2] @ g.side[:2]) < 0:
                across = -across
            suits = math.atan2(float(across[1]), float(across[0])) if apart > 0.1 else math.atan2(float(g.side[1]), float(g.side[0]))
            want = two(plan.size, a, b, apart, self.aspect)
            # Two who are far apart in a room are both in the picture before its ceiling and floor are.
            return 0.5 * (point(a.eyes) + point(b.eyes)), Wanted(want.height, self._indoors(want).centre), "two", suits
        # A tilt along a building ends on its top or begins there, near enough to be read.
        size = "medium" if self.of_place and plan.move in ("tilt up", "tilt down") and plan.size in ("wide", "full", "medium wide") else plan.size
        want = self._indoors(wanted(size, a, self.aspect))
        middle = point(a.eyes)
        if plan.move == "rack focus" and len(self.subjects) > 1:
            b = self.subjects[1]
            middle = middle * 0.75 + point(b.eyes) * 0.25
        return middle, want, "one", 0.0

    def _indoors(self, want: Wanted) -> Wanted:
        """A room is no higher than it is: a wide frame holds it from floor to ceiling."""
        if not self.grounds.place.interior:
            return want
        top = float(self.grounds.place.bounds.high[2])
        height = min(want.height, 1.04 * top)
        if height < 0.6 * top:
            return want
        return Wanted(height, min(max(want.centre, 0.5 * height - 0.1), max(0.5 * top, top - 0.5 * height + 0.1)))

    def _stand(self, centre: Point, want: Wanted, bearing: Point, cost: float, steep: float = 1.0, stretch: float = 1.0) -> Rest:
        """The eye in a direction, at the distance the lens asks for times `stretch`; nearer with a wider lens where there is no room."""
        plan, g = self.plan, self.grounds
        asked = distance(want.height, self.lens)
        natural = asked * stretch
        first = self.subjects[0] if self.subjects else None
        # A wide lens would have to be pressed against the face: it keeps its distance, and the angle narrows to keep the size.
        away = max(0.6 if first is not None and first.figure else 0.3, natural)
        target = np.array((centre[0], centre[1], want.centre))
        eye = self._raised(target, bearing, away, steep)
        share = g.reach(target, eye)
        fov = self.lens if away == asked else fitting_fov(want.height, away)
        if share < 1.0:
            cost += 5.0 * (1.0 - share) ** 2 + 1.0 * (1.0 - share)
            eye = target + (eye - target) * share
            away *= share
            fov = fitting_fov(want.height, away)
            cost += 8.0 * max(0.0, fov - math.radians(52))
        if g.in_wall(eye):
            share = g.out_of_wall(target, eye)
            eye, away = target + (eye - target) * share, away * share
            fov = fitting_fov(want.height, away)
        eye[2] = max(float(eye[2]), g.floor(eye))
        frame = FIGURE[plan.size]
        pan = 0.0
        if first is not None and first.figure and frame.room and plan.move != "rack focus":
            right = _right(target - eye)
            pan = math.atan(2.0 * frame.room * math.tan(0.5 * fov) * self.aspect * float(_bearing(first.facing) @ right))
        roll = math.radians(11.0) * (1.0 if self.random.random() < 0.5 else -1.0) if plan.angle == "dutch" else 0.0
        focus = vec(point(first.eyes)) if first else vec(target)
        second = self.subjects[1].eyes if len(self.subjects) > 1 else None
        return Rest(vec(eye), vec(target), fov, want.height, away, focus, pan, roll, self._blur(frame.blur), cost, second)

    def _raised(self, target: Point, bearing: Point, away: float, steep: float) -> Point:
        """The eye at the height the angle asks for, `away` metres from the target; `steep` < 1 makes a low or high angle milder."""
        plan = self.plan
        first = self.subjects[0] if self.subjects else None
        if plan.angle == "overhead":
            pitch = math.radians(84.0)
        elif plan.angle == "low":
            pitch = -math.radians(20.0 if away < 4.0 else 9.0) * steep
        elif plan.angle == "high":
            pitch = math.radians(28.0) * steep
        elif first is not None and not first.figure and first.height > LARGE:
            over = max(0.0, self._ground(first)) + 1.7 + (0.16 * away if plan.size == "extreme wide" else 0.0)
            pitch = math.asin(max(-0.5, min(0.5, (over - float(target[2])) / away)))
        elif first is not None and not first.figure:
            pitch = math.radians(24.0 if away < 2.0 else 12.0)
        else:
            level = max(first.eyes[2], 1.15 + min(first.position[2], self._ground(first))) if first is not None else float(target[2]) + 0.35
            if plan.size == "extreme wide":
                level += 0.10 * away
            pitch = math.asin(max(-0.5, min(0.6, (level - float(target[2])) / away)))
        eye: Point = target + (bearing * math.cos(pitch) + np.array((0.0, 0.0, math.sin(pitch)))) * away
        if plan.angle == "low":
            eye[2] = max(float(eye[2]), self.grounds.floor(eye) + 0.10)
        return eye

    def _ground(self, subject: Subject) -> float:
        return float(self.grounds.place.ground(subject.position[0], subject.position[1]))

    def _blur(self, blur: float) -> float:
        """Aperture for this lens: long lenses throw more out of focus."""
        return blur * float(min(1.5, max(0.45, (self.plan.lens / 50.0) ** 0.6)))

    def _over_shoulder(self) -> Iterator[Rest]:
        """From behind one figure's shoulder: their head in one third, dark and soft, the subject's face free in the other."""
        assert self.over is not None
        seen, over = self.subjects[0], self.over
        want = wanted(self.plan.size, seen, self.aspect)
        s, o = point(seen.eyes), point(over.eyes)
        line = (o - s) * np.array((1.0, 1.0, 0.0))
        apart = max(0.3, float(np.linalg.norm(line)))
        line = line / apart
        lateral = _right(line)
        if float(lateral[:2] @ self.grounds.side[:2]) < 0.0:
            lateral = -lateral
        target = np.array((s[0], s[1], want.centre))
        natural = max(1.15, min(1.7, distance(want.height, self.lens) - apart))
        for behind, above in itertools.product((natural, 1.15, 1.4, 0.9), (0.07, 0.35) if o[2] > s[2] + 0.25 else (0.07,)):
            away = apart + behind
            fov = fitting_fov(want.height, away)
            half = math.tan(0.5 * fov) * self.aspect
            split = math.atan(0.30 * half) + math.atan(0.84 * half)
            across = self._across(s, o, line, lateral, away, split)
            eye = s + line * away + lateral * across
            eye[2] = max(float(o[2]) + above, 0.5 * float(o[2] + s[2]))
            forward = (target - eye) / float(np.linalg.norm(target - eye))
            left = 1.0 if float(lateral @ _right(forward)) > 0.0 else -1.0
            turned = abs((math.atan2(float(eye[1] - s[1]), float(eye[0] - s[0])) - seen.facing + math.pi) % (2 * math.pi) - math.pi)
            cost = 10.0 * max(0.0, turned - PROFILE) / math.radians(20)
            cost += 1.2 * abs(behind - 1.35) + 4.0 * max(0.0, fov - math.radians(40)) + 12.0 * self.grounds.trespass(eye, [], 0.0)
            pan = -left * math.atan(0.30 * half)
            yield Rest(vec(eye), vec(target), fov, want.height, away, seen.eyes, pan, 0.0, self._blur(FIGURE[self.plan.size].blur), cost, over.eyes)

    @staticmethod
    def _across(s: Point, o: Point, line: Point, lateral: Point, away: float, split: float) -> float:
        """How far beside the line to stand so that the two heads are `split` radians apart, by halving."""
        low, high = 0.0, 2.5
        for _ in range(24):
            mid = 0.5 * (low + high)
            eye = s + line * away + lateral * mid
            a, b = s - eye, o - eye
            angle = abs(math.atan2(float(a[0] * b[1] - a[1] * b[0]), float(a[0] * b[0] + a[1] * b[1])))
            low, high = (mid, high) if angle < split else (low, mid)
        return low

    def _through_eyes(self) -> Rest:
        """From a figure's own eyes: `over`'s if it is named, else the first subject's, towards the next subject or straight ahead."""
        names = self.subjects
        looker = self.over or names[0]
        seen = next((one for one in names if one.name != looker.name), None)
        ahead = _bearing(looker.facing)
        eyes = point(looker.eyes)
        aim = point(seen.eyes) if seen is not None else eyes + ahead * 4.0 - np.array((0.0, 0.0, 0.25))
        way = (aim - eyes) / max(0.2, float(np.linalg.norm(aim - eyes)))
        eye = eyes + way * 0.20
        away = max(0.3, float(np.linalg.norm(aim - eye)))
        height = 2.0 * away * math.tan(0.5 * self.lens)
        rest = Rest(vec(eye), vec(aim), self.lens, height, away, vec(aim), 0.0, 0.0, self._blur(FIGURE["point of view"].blur))
        return replace(rest, second=seen.eyes if seen is not None else None)
