"""What each action looks like: small functions that bend a pose over the life of an act.

A gesture gets the pose, `u` (0–1 over the act), `t` (seconds since it began), `w` (its weight, easing in and out) and the hand that does it.
Hands are in arm lengths from the shoulder; `side` is "l" or "r", `m` is +1 for left and −1 for right (the sign of outwards).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from generation.previs.figures.gait import smooth
from generation.previs.figures.skeleton import Pose, add_channels, blend_channels

Gesture = Callable[[Pose, float, float, float, str], None]
sin, cos, pi = math.sin, math.cos, math.pi


def arm(
    pose: Pose,
    w: float,
    side: str,
    x: float,
    out: float,
    z: float,
    *,
    bend: float = 0.0,
    twist: float = 0.0,
    elbow: float = 0.0,
    curl: float | None = None,
    index: float | None = None,
) -> None:
    """Bring a hand to (forward, outwards, up) of its shoulder in arm lengths; `twist` turns the palm, `curl` closes the fingers."""
    m = 1.0 if side == "l" else -1.0
    blend_channels(
        pose,
        w,
        **{
            f"hand_{side}_x": x,
            f"hand_{side}_y": out * m,
            f"hand_{side}_z": z,
            f"hand_{side}_bend": bend,
            f"hand_{side}_twist": twist,
            f"elbow_{side}": elbow,
        },
    )
    if curl is not None:
        blend_channels(pose, w, **{f"curl_{side}": curl, f"index_{side}": curl if index is None else index})


def other(side: str) -> str:
    return "r" if side == "l" else "l"


def both(pose: Pose, w: float, x: float, out: float, z: float, **more: float) -> None:
    arm(pose, w, "l", x, out, z, **more)
    arm(pose, w, "r", x, out, z, **more)


def wave(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.22, 0.30 + 0.16 * sin(t * 9), 0.62, twist=1.4, elbow=0.6, curl=0.05)
    add_channels(p, w, smile=0.7, brow=0.5, chest_roll=0.03)


def point(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.93, 0.05, 0.02, twist=0.8, curl=1.0, index=0.0)
    add_channels(p, w, brow=0.3, chest_pitch=0.04)


def nod(p: Pose, u: float, t: float, w: float, s: str) -> None:
    add_channels(p, w, head_pitch=0.20 * sin(t * 8.5) + 0.05, smile=0.15, blink=0.4 * max(0.0, sin(t * 8.5)))


def shake_head(p: Pose, u: float, t: float, w: float, s: str) -> None:
    add_channels(p, w, head_yaw=0.36 * sin(t * 8.0), brow=-0.4, smile=-0.3)


def shrug(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.42, 0.34, -0.52, twist=-1.1, elbow=0.2, curl=0.1)
    add_channels(p, w, shoulders=0.9, head_roll=0.14, brow=0.8, smile=-0.15)


def laugh(p: Pose, u: float, t: float, w: float, s: str) -> None:
    shake = sin(t * 15)
    add_channels(
        p, w, smile=1.1, mouth=0.45 + 0.25 * shake, head_pitch=-0.18, chest_pitch=-0.06 + 0.05 * shake, shoulders=0.25 * shake, brow=0.6, blink=0.55
    )
    arm(p, w * 0.8, s, 0.45, -0.25, -0.45, curl=0.3)


def smile(p: Pose, u: float, t: float, w: float, s: str) -> None:
    add_channels(p, w, smile=0.9, brow=0.35, head_roll=0.06, blink=0.12)


def frown(p: Pose, u: float, t: float, w: float, s: str) -> None:
    add_channels(p, w, smile=-0.6, brow=-0.7, brow_tilt=-0.6, head_pitch=0.06)


def cry(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.36, -0.30, 0.26, curl=0.4, elbow=-0.1, twist=0.2)
    add_channels(
        p,
        w,
        head_pitch=0.34,
        chest_pitch=0.16 + 0.03 * sin(t * 7),
        shoulders=0.35 + 0.25 * sin(t * 7),
        smile=-0.9,
        brow_tilt=0.9,
        brow=0.2,
        blink=0.8,
    )


def drink(p: Pose, u: float, t: float, w: float, s: str) -> None:
    up = smooth(u / 0.3) * (1 - smooth((u - 0.72) / 0.22))
    arm(p, w, s, 0.40 + 0.02 * up, -0.12 - 0.12 * up, -0.42 + 0.62 * up, twist=0.1, bend=0.1 - 0.3 * up, elbow=0.35 * up, curl=0.9)
    add_channels(p, w * up, head_pitch=-0.20, mouth=0.18, blink=0.3)


def eat(p: Pose, u: float, t: float, w: float, s: str) -> None:
    cycle = max(0.0, sin(t * 2.6))
    arm(p, w, s, 0.45 - 0.05 * cycle, -0.14 - 0.10 * cycle, -0.44 + 0.62 * cycle, curl=0.9, elbow=0.2 * cycle)
    add_channels(p, w, head_pitch=0.10, mouth=0.5 * cycle * cycle + (0.16 + 0.16 * sin(t * 11)) * (1 - cycle))


def read(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.50, -0.10, -0.26, twist=-0.3, bend=0.25, curl=0.75, elbow=0.0)
    add_channels(p, w, head_pitch=0.34, head_yaw=0.10 * sin(t * 1.9), gaze_yaw=0.5 * sin(t * 1.9), blink=0.14)


def write(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.58 + 0.015 * sin(t * 13), -0.12 + 0.05 * sin(t * 1.7) + 0.012 * cos(t * 17), -0.48, twist=0.9, curl=0.9, index=0.6)
    arm(p, w, other(s), 0.56, -0.10, -0.50, twist=0.9, curl=0.2)
    add_channels(p, w, head_pitch=0.38, chest_pitch=0.16)


def type_keys(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, "l", 0.62, -0.16 + 0.06 * sin(t * 2.1), -0.46 + 0.022 * sin(t * 17), twist=1.3, curl=0.45)
    arm(p, w, "r", 0.62, -0.16 + 0.06 * cos(t * 1.7), -0.46 + 0.022 * cos(t * 15), twist=1.3, curl=0.45)
    add_channels(p, w, head_pitch=0.24, chest_pitch=0.08)


def piano(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, "l", 0.64, 0.10 + 0.20 * sin(t * 1.3), -0.46 + 0.04 * sin(t * 8), twist=1.3, curl=0.3)
    arm(p, w, "r", 0.64, 0.06 + 0.24 * sin(t * 1.9 + 1), -0.46 + 0.04 * sin(t * 11), twist=1.3, curl=0.3)
    add_channels(p, w, chest_roll=0.08 * sin(t * 1.3), head_pitch=0.16 + 0.06 * sin(t * 2.6), chest_pitch=0.06 * sin(t * 2.6), blink=0.3)


def fiddle(p: Pose, u: float, t: float, w: float, s: str) -> None:
    """Strumming: one hand on a neck, one over the belly."""
    arm(p, w, "l", 0.55, 0.42, -0.12, curl=0.9, twist=-0.5)
    arm(p, w, "r", 0.36, -0.20, -0.55 + 0.08 * sin(t * 9), curl=0.5, twist=0.4)
    add_channels(p, w, head_pitch=0.2, chest_roll=0.04 * sin(t * 4.5))


def phone(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.14, 0.02, 0.30, curl=0.95, elbow=0.3, twist=-0.4, bend=0.2)
    add_channels(p, w, head_roll=0.10 if s == "r" else -0.10, head_yaw=0.08 * sin(t * 0.9))


def pour(p: Pose, u: float, t: float, w: float, s: str) -> None:
    tip = smooth((u - 0.25) / 0.2) * (1 - smooth((u - 0.75) / 0.2))
    arm(p, w, s, 0.62, -0.10, -0.26 - 0.04 * tip, twist=1.25 * tip, elbow=0.5 * tip, curl=0.95)
    arm(p, w, other(s), 0.58, -0.02, -0.50, curl=0.6, twist=0.4)
    add_channels(p, w, head_pitch=0.30, chest_pitch=0.10)


def stir(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.60 + 0.06 * cos(t * 5.5), -0.14 + 0.07 * sin(t * 5.5), -0.36, twist=1.2, curl=0.95)
    arm(p, w, other(s), 0.50, -0.02, -0.46, curl=0.7)
    add_channels(p, w, head_pitch=0.32, chest_pitch=0.08, chest_roll=0.03 * sin(t * 5.5))


def smoke(p: Pose, u: float, t: float, w: float, s: str) -> None:
    draw = max(0.0, sin(t * 1.7)) ** 0.6
    arm(p, w, s, 0.42 - 0.02 * draw, -0.06 - 0.20 * draw, -0.40 + 0.60 * draw, curl=0.6, index=0.15, elbow=0.2 * draw)
    add_channels(p, w, head_pitch=-0.10 * (1 - draw), mouth=0.14 * (1 - draw), blink=0.25 * draw)


def sing(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.50, 0.30 + 0.1 * sin(t * 1.5), -0.20, twist=-1.0, curl=0.1)
    arm(p, w, other(s), 0.40, -0.22, -0.32, curl=0.25)
    add_channels(
        p,
        w,
        mouth=0.55 + 0.35 * sin(t * 3.1),
        mouth_wide=-0.3,
        head_pitch=-0.14,
        chest_pitch=-0.05,
        brow=0.7,
        blink=0.25,
        chest_roll=0.06 * sin(t * 1.5),
    )


def dance(p: Pose, u: float, t: float, w: float, s: str) -> None:
    beat = t * 5.2
    arm(p, w, "l", 0.40, 0.40 + 0.2 * sin(beat), 0.05 + 0.35 * sin(beat / 2), curl=0.3, elbow=0.3)
    arm(p, w, "r", 0.40, 0.40 - 0.2 * sin(beat), 0.05 - 0.35 * sin(beat / 2), curl=0.3, elbow=0.3)
    add_channels(
        p,
        w,
        pelvis_y=0.06 * sin(beat / 2),
        pelvis_z=-0.035 - 0.025 * cos(beat),
        pelvis_roll=0.09 * sin(beat / 2),
        chest_roll=-0.13 * sin(beat / 2),
        pelvis_yaw=0.22 * sin(beat / 4),
        head_roll=0.10 * sin(beat / 2),
        smile=0.8,
    )
    add_channels(p, w, foot_l_z=0.07 * max(0.0, sin(beat / 2)), foot_r_z=0.07 * max(0.0, -sin(beat / 2)))


def jump(p: Pose, u: float, t: float, w: float, s: str) -> None:
    crouch = smooth(u / 0.25) * (1 - smooth((u - 0.25) / 0.12)) + smooth((u - 0.68) / 0.08) * (1 - smooth((u - 0.78) / 0.2))
    air = max(0.0, 1 - ((u - 0.52) / 0.18) ** 2)
    both(p, w, 0.30, 0.35, -0.75 + 1.2 * air, curl=0.2)
    add_channels(
        p,
        1.0,
        pelvis_z=-0.20 * crouch + 0.34 * air,
        foot_l_z=0.34 * air,
        foot_r_z=0.34 * air,
        chest_pitch=0.25 * crouch,
        foot_l_pitch=0.5 * air,
        foot_r_pitch=0.5 * air,
        foot_l_x=-0.04 * air,
        smile=0.6,
    )


def climb(p: Pose, u: float, t: float, w: float, s: str) -> None:
    a, b = sin(t * 4.2), -sin(t * 4.2)
    arm(p, w, "l", 0.55, 0.02, 0.35 + 0.34 * a, curl=1.0)
    arm(p, w, "r", 0.55, 0.02, 0.35 + 0.34 * b, curl=1.0)
    add_channels(
        p,
        w,
        foot_l_z=0.16 + 0.16 * b,
        foot_r_z=0.16 + 0.16 * a,
        foot_l_x=0.14,
        foot_r_x=0.14,
        head_pitch=-0.30,
        pelvis_z=0.02 * a,
        chest_roll=0.06 * a,
    )


def throw(p: Pose, u: float, t: float, w: float, s: str) -> None:
    back, forth = smooth(u / 0.4) * (1 - smooth((u - 0.4) / 0.15)), smooth((u - 0.42) / 0.14)
    m = 1.0 if s == "l" else -1.0
    arm(p, w, s, -0.25 * back + 0.85 * forth, 0.30, 0.45 * back + 0.15 * forth + (1 - back) * (1 - forth) * -0.6, curl=0.9 * (1 - forth), elbow=0.5)
    add_channels(p, w, chest_yaw=m * (0.45 * back - 0.35 * forth), chest_pitch=0.18 * forth, pelvis_x=-0.04 * back + 0.05 * forth)


def push(p: Pose, u: float, t: float, w: float, s: str) -> None:
    heave = 0.5 + 0.5 * sin(t * 3.2)
    both(p, w, 0.72 + 0.20 * heave, 0.02, -0.06, twist=0.3, bend=-1.0, curl=0.0)
    add_channels(p, w, chest_pitch=0.22 + 0.12 * heave, pelvis_x=0.03 + 0.04 * heave, pelvis_z=-0.05, foot_r_x=-0.24, foot_r_pitch=0.4, brow=-0.6)


def pull(p: Pose, u: float, t: float, w: float, s: str) -> None:
    heave = 0.5 + 0.5 * sin(t * 3.2)
    both(p, w, 0.82 - 0.30 * heave, -0.04, -0.18, curl=1.1)
    add_channels(p, w, chest_pitch=-0.16 - 0.14 * heave, pelvis_x=-0.06 - 0.04 * heave, pelvis_z=-0.07, foot_l_x=0.16, brow=-0.6)


def hit(p: Pose, u: float, t: float, w: float, s: str) -> None:
    strike = max(0.0, sin(t * 6.5)) ** 2
    m = 1.0 if s == "l" else -1.0
    arm(p, w, s, 0.20 + 0.72 * strike, 0.10 - 0.12 * strike, -0.15 + 0.12 * strike, curl=1.3, elbow=0.3)
    arm(p, w, other(s), 0.38, -0.05, 0.02, curl=1.3)
    add_channels(p, w, chest_yaw=-m * 0.40 * strike + 0.12 * m, pelvis_x=0.05 * strike, pelvis_z=-0.04, brow=-0.9, brow_tilt=-0.7, smile=-0.5)


def recoil(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.45, 0.06, 0.16, bend=-0.7, curl=0.1)
    add_channels(p, w, chest_pitch=-0.26, head_pitch=-0.10, pelvis_x=-0.06, brow=1.0, mouth=0.35, shoulders=0.5)


def hug(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, "l", 0.52, -0.20, -0.06, curl=0.4, elbow=0.45)
    arm(p, w, "r", 0.52, -0.20, -0.20, curl=0.4, elbow=0.35)
    add_channels(p, w, chest_pitch=0.10, head_roll=0.22, head_pitch=0.06, blink=0.9, smile=0.5, chest_roll=0.04 * sin(t * 1.6))


def kiss(p: Pose, u: float, t: float, w: float, s: str) -> None:
    near = smooth(u / 0.4) * (1 - smooth((u - 0.75) / 0.25))
    both(p, w, 0.48, -0.06, -0.18, curl=0.3)
    add_channels(p, w * near, chest_pitch=0.16, neck_pitch=0.10, head_roll=0.20, blink=1.0, mouth_wide=-0.8, mouth=0.10)


def reach_out(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.80, 0.0, -0.20, curl=0.25 + 0.6 * smooth((u - 0.4) / 0.2))
    add_channels(p, w, chest_pitch=0.12, head_pitch=0.10)


def reach_low(p: Pose, u: float, t: float, w: float, s: str) -> None:
    """To the ground: knees and back bend."""
    arm(p, w, s, 0.60, 0.0, -0.72, curl=0.2 + 0.7 * smooth((u - 0.45) / 0.15))
    add_channels(p, w, pelvis_z=-0.34, pelvis_x=-0.14, pelvis_pitch=0.35, spine_pitch=0.35, chest_pitch=0.2, head_pitch=0.1)


def give(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.78, -0.10, -0.24, twist=-0.8, curl=0.8 - 0.6 * smooth((u - 0.5) / 0.15))
    add_channels(p, w, chest_pitch=0.08, smile=0.25, head_pitch=0.06)


def knock(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.66 + 0.10 * max(0.0, sin(t * 14)) * (1.0 if u < 0.7 else 0.0), 0.02, 0.12, curl=1.3, bend=-0.2)
    add_channels(p, w, head_pitch=0.05)


def turn_handle(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.74 - 0.12 * smooth((u - 0.5) / 0.4), 0.02, -0.42, curl=1.0, twist=0.9 * sin(min(u * 2, 1) * pi))


def lift(p: Pose, u: float, t: float, w: float, s: str) -> None:
    up = smooth((u - 0.3) / 0.5)
    both(p, w, 0.55, -0.04, -0.52 + 0.5 * up, curl=0.8)
    add_channels(p, w, chest_pitch=0.24 * (1 - up) - 0.06 * up, pelvis_z=-0.12 * (1 - up), head_pitch=0.15 * (1 - up))


def hide(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.34, -0.16, 0.22, curl=0.3)
    add_channels(
        p,
        w,
        pelvis_z=-0.38,
        pelvis_x=-0.12,
        pelvis_pitch=0.3,
        spine_pitch=0.35,
        chest_pitch=0.25,
        head_pitch=-0.25,
        head_yaw=0.5 * sin(t * 2.2),
        shoulders=0.6,
        brow=0.8,
        brow_tilt=0.6,
    )


def think(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.38, -0.22, 0.08, curl=1.1, index=0.4)
    arm(p, w, other(s), 0.40, -0.42, -0.44, curl=0.4)
    add_channels(p, w, head_pitch=-0.06, head_roll=0.10, gaze_pitch=-0.6, brow=0.3, brow_tilt=-0.2)


def sigh(p: Pose, u: float, t: float, w: float, s: str) -> None:
    breath = sin(min(u * 1.2, 1.0) * pi)
    add_channels(
        p,
        w,
        chest_pitch=-0.10 * breath + 0.12 * u,
        shoulders=0.8 * breath - 0.3 * u,
        head_pitch=0.20 * u,
        mouth=0.22 * smooth((u - 0.4) / 0.2),
        smile=-0.3,
        blink=0.3,
    )


def listen(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.10, 0.16, 0.34, curl=0.2, twist=-0.6)
    add_channels(p, w, head_roll=0.18 if s == "l" else -0.18, head_yaw=0.2, brow=0.7)


def startle(p: Pose, u: float, t: float, w: float, s: str) -> None:
    jolt = smooth(u / 0.12) * (1 - 0.6 * smooth((u - 0.2) / 0.6))
    both(p, w * jolt, 0.42, 0.16, -0.16, curl=0.05)
    add_channels(p, w * jolt, brow=1.3, mouth=0.55, shoulders=0.7, chest_pitch=-0.16, head_pitch=-0.10, pelvis_x=-0.03)


def freeze(p: Pose, u: float, t: float, w: float, s: str) -> None:
    add_channels(p, w, brow=0.9, shoulders=0.35, chest_pitch=-0.05, head_pitch=-0.03)


def wipe(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.62 + 0.10 * cos(t * 4.4), -0.02 + 0.24 * sin(t * 4.4), -0.42, twist=1.4, curl=0.1)
    add_channels(p, w, chest_pitch=0.22, head_pitch=0.24, chest_yaw=0.10 * sin(t * 4.4))


def work(p: Pose, u: float, t: float, w: float, s: str) -> None:
    """Hammering, chopping, digging."""
    up = 0.5 + 0.5 * sin(t * 6.0)
    arm(p, w, s, 0.52, -0.02, -0.42 + 0.62 * up * up, curl=1.2, elbow=0.3)
    arm(p, w, other(s), 0.52, -0.08, -0.48, curl=0.7)
    add_channels(p, w, chest_pitch=0.22 - 0.16 * up, head_pitch=0.22)


def light(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.66, -0.10 + 0.05 * sin(min(u, 0.4) * 30), -0.12, curl=0.95, index=0.5)
    arm(p, w, other(s), 0.60, -0.16, -0.20, curl=0.35, bend=0.4)
    add_channels(p, w, head_pitch=0.16, chest_pitch=0.08)


def salute(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.22, -0.02, 0.46, curl=0.0, elbow=0.9, bend=-0.2, twist=-0.6)
    add_channels(p, w, chest_pitch=-0.08, head_pitch=-0.04)


def bow(p: Pose, u: float, t: float, w: float, s: str) -> None:
    down = sin(pi * min(1.0, u))
    add_channels(p, w * down, pelvis_pitch=0.45, pelvis_x=-0.10, spine_pitch=0.28, chest_pitch=0.12, head_pitch=0.12)
    arm(p, w * down, s, 0.36, -0.34, -0.45, curl=0.2)


def pray(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.42, -0.33, -0.12, curl=0.02, bend=-0.5)
    add_channels(p, w, head_pitch=0.30, blink=0.95)


def clap(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.50, -0.24 + 0.18 * abs(sin(t * 8.5)), -0.20, curl=0.02, bend=-0.3)
    add_channels(p, w, smile=0.8, brow=0.4)


def tremble(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.28, -0.34, -0.34, curl=0.6)
    add_channels(p, w, shoulders=0.6, chest_roll=0.02 * sin(t * 31), head_yaw=0.03 * sin(t * 27), chest_pitch=0.12, brow_tilt=0.6, mouth=0.10)


def cross_arms(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, "l", 0.34, -0.36, -0.36, curl=0.5, elbow=0.1)
    arm(p, w, "r", 0.40, -0.32, -0.42, curl=0.5, elbow=0.1)
    add_channels(p, w, chest_pitch=-0.05, brow=-0.3)


def hands_on_hips(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.08, 0.02, -0.66, curl=0.7, elbow=0.9, twist=0.8)
    add_channels(p, w, chest_pitch=-0.08)


def dress_up(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.36, 0.0 + 0.16 * sin(t * 3), -0.30 + 0.22 * cos(t * 3), curl=0.8)
    add_channels(p, w, chest_yaw=0.12 * sin(t * 3), head_pitch=0.16, shoulders=0.3 * sin(t * 3))


def shout(p: Pose, u: float, t: float, w: float, s: str) -> None:
    both(p, w, 0.42, -0.02, 0.10, curl=0.25, elbow=0.2)
    add_channels(p, w, mouth=0.85, mouth_wide=0.2, head_pitch=-0.12, chest_pitch=-0.06, brow=0.5)


def whisper(p: Pose, u: float, t: float, w: float, s: str) -> None:
    arm(p, w, s, 0.36, -0.16, 0.20, curl=0.1, twist=-0.8)
    add_channels(p, w, chest_pitch=0.14, head_pitch=0.06, shoulders=0.2)


def look_around(p: Pose, u: float, t: float, w: float, s: str) -> None:
    add_channels(p, w, head_yaw=0.75 * sin(u * 2 * pi), chest_yaw=0.20 * sin(u * 2 * pi), gaze_yaw=0.6 * sin(u * 2 * pi), brow=0.25)


def gaze(p: Pose, u: float, t: float, w: float, s: str) -> None:
    """Looking hard at something: the head itself is turned by the look."""
    add_channels(p, w, chest_pitch=0.05, neck_pitch=0.04, brow=0.35, head_roll=0.03 * sin(t * 1.1))


def small(p: Pose, u: float, t: float, w: float, s: str) -> None:
    """A neutral gesture for what has no picture of its own."""
    arm(p, w, s, 0.46, 0.06, -0.46 + 0.05 * sin(t * 2.5), twist=-0.5, curl=0.25)
    add_channels(p, w, head_pitch=0.06 * sin(t * 2.5), brow=0.25, chest_yaw=0.05)


def hold(p: Pose, u: float, t: float, w: float, s: str) -> None:
    """Carrying something in front of oneself."""
    arm(p, w, s, 0.44, -0.06, -0.50, curl=0.95, twist=0.1)


def shelter(p: Pose, u: float, t: float, w: float, s: str) -> None:
    """Holding something over one's head."""
    arm(p, w, s, 0.36, 0.02, 0.02, curl=0.95, elbow=-0.2)


def still(p: Pose, u: float, t: float, w: float, s: str) -> None:
    """Nothing of its own: the movement is in the steps or the posture."""


GESTURES: Final[dict[str, Gesture]] = {
    name: value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__annotations__", {}).get("s") == "str" and getattr(value, "__annotations__", {}).get("t") == "float"
}
SPOKEN: Final = ("open", "beat", "count", "self", "toward", "plain")


def speak_beat(p: Pose, kind: int, w: float, hand: str) -> None:
    """One underlined word: hands and head strike it together."""
    name = SPOKEN[kind % len(SPOKEN)]
    if name == "open":
        both(p, 0.75 * w, 0.46, 0.16, -0.50, twist=-0.9, curl=0.12)
    elif name == "beat":
        arm(p, 0.85 * w, hand, 0.52, 0.02, -0.36, twist=-0.2, curl=0.55, index=0.2)
    elif name == "count":
        arm(p, 0.8 * w, hand, 0.50, -0.12, -0.28, twist=0.5, curl=0.8, index=0.05)
    elif name == "self":
        arm(p, 0.8 * w, hand, 0.30, -0.30, -0.30, twist=0.2, curl=0.25)
    elif name == "toward":
        arm(p, 0.85 * w, hand, 0.66, 0.06, -0.36, twist=-0.9, curl=0.15)
    add_channels(p, w, head_pitch=0.10, brow=0.5, chest_pitch=0.02, head_roll=0.03 if kind % 2 else -0.03)
