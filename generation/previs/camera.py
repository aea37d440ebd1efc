"""Cameras from plans: where to stand for a shot of a size, an angle and a lens, and how to travel.

A resting shot is chosen first, from many directions on the cameras' side of the line, by what hides the subject, what stands in the way and
how the face is seen; the move is then played around it, and every frame is kept where a camera may stand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from generation.contract import CameraPlan, Rate
from generation.previs.moves import Offset, offset
from generation.previs.resting import Rest, Resting, eye_of, looking
from generation.previs.scene import Camera
from generation.previs.stage import Stage, Subject
from generation.previs.whereabouts import Grounds, Point, point, vec

SAMPLES = 6  # moments of a move at which a candidate is judged
SMOOTH = 0.45  # seconds over which a followed subject's steps are evened out
LOOSE = {"wide": 0.30, "extreme wide": 0.42}  # share of the frame's width a subject may wander before the camera follows
TIGHT = 0.10
FAR = 0.8  # metres: somebody who goes further in a trucking shot is kept company


@dataclass(frozen=True)
class CameraPath:
    """A camera for every frame of a shot."""

    cameras: tuple[Camera, ...]
    rate: Rate
    side: bool = True  # whether the shot keeps to the cameras' side of the line (a point of view does not)

    def at(self, frame: int) -> Camera:
        """The camera of a frame; beyond either end, the last one there is."""
        return self.cameras[min(len(self.cameras) - 1, max(0, frame))]

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, one entry a frame: metres, radians."""
        keys = ("eye", "target", "fov", "roll", "focus")
        frames = [
            {"eye": _round(c.eye), "target": _round(c.target), "fov": round(c.fov, 6), "roll": round(c.roll, 6), "focus": round(c.focus, 4)}
            for c in self.cameras
        ]
        return {"rate": [self.rate.num, self.rate.den], "keys": list(keys), "frames": frames}


def _round(v: tuple[float, float, float]) -> list[float]:
    return [round(x, 5) for x in v]


class Track:
    """How far a subject has gone from where the resting shot saw it, evened out; nothing while it stays about where it was."""

    def __init__(self, stage: Stage, name: str, middle: Subject | None, seconds: float, slack: float, always: bool) -> None:
        self._stage, self._name, self._seconds, self._middle = stage, name, seconds, middle
        self.moves = middle is not None and middle.figure and (always or self._wander() > slack)

    def _wander(self) -> float:
        ends = [self._at(self._seconds * k / 8) for k in range(9)]
        return max(float(np.linalg.norm(p)) for p in ends)

    def _at(self, moment: float) -> Point:
        here = self._stage.subject(self._name, min(self._seconds, max(0.0, moment)))
        assert self._middle is not None
        return point(here.eyes) - point(self._middle.eyes) if here is not None else np.zeros(3)

    def at(self, moment: float) -> Point:
        if not self.moves:
            return np.zeros(3)
        steps = [self._at(moment + SMOOTH * k / 3) for k in range(-3, 4)]
        return np.asarray(np.mean(steps, axis=0))


def plan_path(plan: CameraPlan, stage: Stage, frames: int, rate: Rate, aspect: float, seed: int) -> CameraPath:
    """The camera of every frame of a shot. The same arguments give the same path."""
    seconds = rate.seconds(max(1, frames))
    grounds = Grounds.of(stage)
    resting = Resting(plan, stage, grounds, aspect, seconds, seed)
    grounds = resting.grounds
    shot, scale = _choose(plan, resting, grounds, seconds, aspect, seed)
    first = resting.subjects[0] if resting.subjects else None
    slack = shot.height * aspect * LOOSE.get(plan.size, TIGHT)
    track = Track(stage, first.name if first else "", first, seconds, slack, plan.move == "tracking")
    if plan.move == "tracking" and (first is None or not first.figure or float(np.linalg.norm(track.at(0.0) - track.at(seconds))) < 0.3):
        plan = plan.model_copy(update={"move": "truck right" if seed % 2 else "truck left"})  # nobody goes anywhere: the camera does
        track.moves = False
    elif plan.move in ("truck left", "truck right") and float(np.linalg.norm(track.at(0.0) - track.at(seconds))) > FAR:
        plan = plan.model_copy(update={"move": "tracking"})  # beside somebody who walks: at their pace
    cameras: list[Camera] = []
    still: Camera | None = None
    for frame in range(max(1, frames)):
        if still is None:
            moment = rate.seconds(frame)
            camera = _camera(plan, shot, scale, resting, grounds, track, moment, seconds, aspect, seed)
            if plan.move == "static" and not track.moves:
                still = camera
        cameras.append(still or camera)
    return CameraPath(tuple(cameras), rate, resting.keeps_line)


def _travel(plan: CameraPlan, shot: Rest, scale: float, moment: float, seconds: float, aspect: float, seed: int) -> Offset:
    """The plan's move at a moment; `scale` < 1 shortens how far the eye travels."""
    o = offset(plan.move, plan.easing, plan.speed, moment, seconds, shot.height, shot.away, shot.fov, aspect, seed)
    if plan.size == "two-shot" and plan.move in ("truck left", "truck right"):
        scale *= 0.5  # so that neither of the two is left behind
    return replace(
        o, across=o.across * scale, across_look=o.across_look * scale, rise=o.rise * scale, rise_look=o.rise_look * scale,
        orbit=o.orbit * scale, closer=o.closer**scale,
    )  # fmt: skip


def _whipped(o: Offset, shot: Rest, resting: Resting, eye: Point, aspect: float) -> Offset:
    """A whip pan begins on somebody else, if somebody else is there to be seen outside the last frame."""
    half = math.atan(math.tan(0.5 * shot.fov) * aspect)
    ahead = point(shot.target) - eye
    meant = resting.subjects[0].name if resting.subjects else ""
    for other in resting.people:
        way = point(other.eyes) - eye
        turn = math.atan2(float(ahead[1]), float(ahead[0])) - math.atan2(float(way[1]), float(way[0]))
        turn = (turn + math.pi) % (2.0 * math.pi) - math.pi - shot.pan
        if other.name not in (meant, resting.over_name) and 0.8 * half < abs(turn) < 2.4:
            return replace(o, pan=o.pan * -turn / (2.3 * half + 0.25))
    return o


def _choose(plan: CameraPlan, resting: Resting, grounds: Grounds, seconds: float, aspect: float, seed: int) -> tuple[Rest, float]:
    """The best resting shot, and how much of the move's travel it has room for."""
    best: tuple[float, Rest, float] | None = None
    walk = resting.walk(SAMPLES)
    gone_by = [there - walk[SAMPLES // 2] for there in walk] or [np.zeros(3)] * SAMPLES
    goes = float(np.linalg.norm(gone_by[0] - gone_by[-1]))
    follow = 1.0 if plan.move == "tracking" or (plan.move.startswith("truck") and goes > FAR) else 0.0
    for shot in resting.candidates():
        for scale in (1.0, 0.65, 0.4) if plan.move not in ("static", "handheld", "rack focus") else (1.0,):
            cost = shot.cost + 3.0 * (1.0 - scale)
            if best is not None and cost >= best[0]:
                continue
            eyes = [eye_of(shot, _travel(plan, shot, scale, seconds * k / (SAMPLES - 1), seconds, aspect, seed)) for k in range(SAMPLES)]
            cost += sum(resting.judge(shot, eye) for eye in eyes) / SAMPLES
            eyes = [eye + gone * follow for eye, gone in zip(eyes, gone_by, strict=True)]
            cost += sum(12.0 * grounds.hidden(eye, there, ()) for eye, there in zip(eyes, walk, strict=False)) / SAMPLES
            near = [float(np.linalg.norm(eye - there)) / shot.away for eye, there in zip(eyes, walk, strict=False)]
            cost += 14.0 * max(0.0, 0.6 - min(near, default=1.0))  # who comes right up to the lens has no head left
            if len({grounds.before_wall(eye) for eye in eyes}) > 1:
                cost += 12.0  # the front wall would vanish, or stand there, all at once
            if best is None or cost < best[0]:
                best = cost, shot, scale
    assert best is not None
    return best[1], best[2]


def _camera(
    plan: CameraPlan,
    shot: Rest,
    scale: float,
    resting: Resting,
    grounds: Grounds,
    track: Track,
    moment: float,
    seconds: float,
    aspect: float,
    seed: int,
) -> Camera:
    o = _travel(plan, shot, scale, moment, seconds, aspect, seed)
    gone = track.at(moment)
    eye = eye_of(shot, o)
    if plan.move == "tracking":
        eye = eye + gone * np.array((1.0, 1.0, 0.35))
    if not resting.through_eyes:
        eye = grounds.safe(eye, resting.keeps_line, [one for one in resting.people if one.name != resting.over_name])
    if plan.move == "whip pan":
        o = _whipped(o, shot, resting, eye, aspect)
    nearer = o.closer * o.zoom
    if nearer != 1.0 and resting.subjects and resting.subjects[0].figure:
        # Nearer means nearer to the eyes: the air above the head keeps its share of the frame.
        o = replace(o, rise_look=o.rise_look + (shot.focus[2] - shot.target[2]) * (1.0 - nearer))
    target = looking(shot, o, eye, gone)
    forward = target - eye
    forward = forward / max(1e-9, float(np.linalg.norm(forward)))
    near = float((point(shot.focus) + gone - eye) @ forward)
    far = float((point(shot.second) - eye) @ forward) if shot.second is not None else near * 1.8
    focus = max(0.15, near + (far - near) * o.focus)
    aperture = shot.blur * (1.7 if plan.move == "rack focus" else 1.0)
    fov = 2.0 * math.atan(math.tan(0.5 * shot.fov) * o.zoom)
    return Camera(vec(eye), vec(target), fov, shot.roll + o.roll, focus, aperture)
