"""How a camera travels: every move of the field as a change to a resting shot, over its own length, at its speed and easing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from generation.contract import Easing, Move, Speed

PACE: dict[Speed, float] = {"slow": 0.62, "normal": 1.0, "fast": 1.55}
FULL_TRAVEL = 4.0  # seconds over which a move at normal speed makes its full travel


@dataclass(frozen=True)
class Offset:
    """What a move adds to the resting shot at one moment. Angles in radians, positive to the right and up; lengths in metres."""

    pan: float = 0.0  # turns the look about the eye
    tilt: float = 0.0
    orbit: float = 0.0  # swings the eye about the subject, positive anticlockwise seen from above
    closer: float = 1.0  # multiplies the distance
    across: float = 0.0  # eye to the right
    across_look: float = 0.0  # target to the right
    rise: float = 0.0  # eye up
    rise_look: float = 0.0
    zoom: float = 1.0  # multiplies the tangent of half the angle of view
    roll: float = 0.0
    focus: float = 0.0  # 0 first subject … 1 second


def ease(p: float, easing: Easing) -> float:
    """Progress 0…1 shaped; each keeps 0 at the start and 1 at the end."""
    p = min(1.0, max(0.0, p))
    if easing == "linear":
        return p
    if easing == "ease in":
        return p * p * (1.6 - 0.6 * p)
    if easing == "ease out":
        q = 1.0 - p
        return 1.0 - q * q * (1.6 - 0.6 * q)
    return p * p * (3.0 - 2.0 * p)


def settle(p: float) -> float:
    """A quintic step: rest, a very fast middle, rest."""
    p = min(1.0, max(0.0, p))
    return p * p * p * (p * (6.0 * p - 15.0) + 10.0)


def reach(seconds: float, speed: Speed) -> float:
    """How much of a full travel fits: a short shot travels less, so that nothing lurches; 1 for four seconds at normal speed."""
    return min(1.7, PACE[speed] * max(0.35, min(1.25, math.sqrt(max(0.0, seconds) / FULL_TRAVEL))))


def sway(seconds: float, seed: int) -> tuple[float, float, float, float, float]:
    """A hand-held camera's unrest at a moment: (pan, tilt, across, rise, roll), each about −1…1.

    Sums of sines whose frequencies share no period: breath near 0.3 Hz, weight shifting below it, small tremor above.
    """
    random = Random(seed)
    out = []
    for channel in range(5):
        total = 0.0
        for frequency, weight in ((0.17, 0.50), (0.31, 0.55), (0.73, 0.30), (1.27, 0.16), (2.11, 0.07)):
            turn = frequency * (1.0 + 0.13 * channel + 0.06 * random.random())
            total += weight * math.sin(2.0 * math.pi * (turn * seconds + random.random()))
        out.append(total / 1.1)
    return out[0], out[1], out[2], out[3], out[4]


def offset(
    move: Move, easing: Easing, speed: Speed, moment: float, seconds: float, frame_height: float, away: float, fov: float, aspect: float, seed: int
) -> Offset:
    """The move at `moment` of a shot `seconds` long, for a frame `frame_height` metres high at the subject, `away` metres off.

    Most travels are centred on the resting shot, so the size asked for is met in the middle. Tilts and whip pans come to rest on the subject,
    and a pan has it in frame when it ends.
    """
    p = moment / seconds if seconds > 0.0 else 0.0
    e = ease(p, easing)
    middle = e - 0.5
    amount = reach(seconds, speed)
    half_width = math.atan(math.tan(0.5 * fov) * aspect)
    frame_width = frame_height * aspect
    if move in ("pan left", "pan right"):
        angle = min(0.62 * half_width, 0.5) * 1.45 * amount
        return Offset(pan=(angle if move == "pan right" else -angle) * (e - 0.7))
    if move in ("tilt up", "tilt down"):
        angle = min(0.75, 0.85 * fov * amount)
        return Offset(tilt=(angle if move == "tilt up" else -angle) * (e - 1.0))
    if move in ("push in", "pull out"):
        span = 0.44 * amount
        return Offset(closer=math.exp(-span * middle if move == "push in" else span * middle))
    if move in ("zoom in", "zoom out"):
        span = 0.62 * amount
        return Offset(zoom=math.exp(-span * middle if move == "zoom in" else span * middle))
    if move in ("truck left", "truck right"):
        travel = min(3.2, max(0.22 * frame_width, 0.16 * away)) * 1.5 * amount * (1.0 if move == "truck right" else -1.0)
        return Offset(across=travel * middle, across_look=0.8 * travel * middle)
    if move in ("pedestal up", "pedestal down"):
        travel = min(1.3, max(0.30 * frame_height, 0.12)) * amount * (1.0 if move == "pedestal up" else -1.0)
        return Offset(rise=travel * middle, rise_look=0.55 * travel * middle)
    if move in ("orbit left", "orbit right"):
        angle = math.radians(36.0) * amount
        return Offset(orbit=(-angle if move == "orbit left" else angle) * middle)
    if move in ("crane up", "crane down"):
        travel = min(4.5, max(0.5, 0.55 * away)) * amount
        h = e if move == "crane up" else 1.0 - e
        return Offset(rise=travel * h, rise_look=0.10 * travel * h, closer=1.0 + 0.10 * h)
    if move == "whip pan":
        # The whip itself lasts under half a second however long the shot; it starts after a beat and comes to rest on the subject.
        length = min(0.9, (0.62 / PACE[speed]) / max(seconds, 0.1))
        start = min(0.30, 0.5 * (1.0 - length))
        q = (p - start) / length
        swing = 1.0 - settle(q)
        after = max(0.0, q - 1.0) * length * seconds
        bounce = 0.012 * math.exp(-6.0 * after) * math.sin(14.0 * after) if q > 1.0 else 0.0
        return Offset(pan=-(2.3 * half_width + 0.25) * swing + bounce)
    if move == "handheld":
        pan, tilt, across, rise, roll = sway(moment, seed)
        strength = PACE[speed]
        return Offset(
            pan=0.020 * strength * half_width * 2.0 * pan,
            tilt=0.024 * strength * fov * tilt,
            across=0.022 * strength * min(1.5, 0.5 + 0.25 * away) * across,
            rise=0.016 * strength * min(1.5, 0.5 + 0.25 * away) * rise,
            roll=0.007 * strength * roll,
        )
    if move == "rack focus":
        length = min(0.7, 1.1 / PACE[speed] / max(seconds, 0.1))
        return Offset(focus=settle((p - (0.5 - 0.5 * length)) / length))
    return Offset()
