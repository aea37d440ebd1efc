"""Walking, running and turning by footprints: a foot is either planted at a fixed spot or swinging to the next one, so none slides.

Time runs in steps: phase φ goes from 0 to the number of steps; within one step exactly one foot swings.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generation.previs.figures.skeleton import C, Pose, blend_channels, rest_pose
from generation.previs.figures.solids import F64

STANCE = 0.105  # metres from the middle to each foot of an adult
TOES = 0.16  # how far the feet turn out, radians
REACH = 0.822  # longest hip-to-ankle distance of an adult's legs that still leaves the knee soft
Ground = Callable[[float, float], float]


def angle_between(a: float, b: float) -> float:
    """The shortest turn from a to b, −π … π."""
    return (b - a + math.pi) % (2 * math.pi) - math.pi


def smooth(u: float) -> float:
    u = min(1.0, max(0.0, u))
    return u * u * (3 - 2 * u)


@dataclass(frozen=True)
class Print:
    """One footprint in the world."""

    x: float
    y: float
    yaw: float


@dataclass(frozen=True)
class Root:
    """Where a figure is: the point on the ground under it and its heading."""

    x: float
    y: float
    z: float
    yaw: float

    @property
    def point(self) -> F64:
        return np.array([self.x, self.y, self.z])


def stance(x: float, y: float, yaw: float, side: str, scale: float) -> Print:
    sign = 1.0 if side == "l" else -1.0
    return Print(x - sign * STANCE * scale * math.sin(yaw), y + sign * STANCE * scale * math.cos(yaw), yaw + sign * TOES)


class Steps:
    """A walk along `path` (at least one point) from heading `start_yaw` to `end_yaw`, beginning at `start` seconds. With one point it turns
    on the spot. `speed` in metres per second for an adult of this scale; running above 2."""

    def __init__(
        self, path: list[tuple[float, float]], start_yaw: float, end_yaw: float, start: float, speed: float, scale: float, ground: Ground
    ) -> None:
        self.start, self._scale, self._ground = start, scale, ground
        points = np.asarray(path, dtype=np.float64)
        gaps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        keep = np.concatenate([[True], gaps > 1e-6])
        self._points = points[keep]
        self._arc = np.concatenate([[0.0], np.cumsum(gaps[gaps > 1e-6])])
        self.length = float(self._arc[-1])
        self.running = speed > 2.0
        step = (0.95 if self.running else 0.56) * scale
        self._count = max(1, round(self.length / step)) if self.length > 0.05 else 1
        self._step = self.length / self._count
        self._yaw0, self._yaw1 = start_yaw, end_yaw
        if self.length > 0.05:
            self._period = max(self._step / speed, 0.30 if self.running else 0.42)
        else:
            self._period = 0.26 + 0.10 * abs(angle_between(start_yaw, end_yaw))
        self.end = start + (self._count + 1) * self._period
        self._first = "l" if angle_between(start_yaw, self._tangent(0.0) if self.length > 0.05 else end_yaw) >= 0 else "r"
        self._prints = self._lay_prints()

    def _along(self, s: float) -> tuple[float, float]:
        return float(np.interp(s, self._arc, self._points[:, 0])), float(np.interp(s, self._arc, self._points[:, 1]))

    def _tangent(self, s: float) -> float:
        """Heading of the path, softened round its corners."""
        if self.length <= 0.05:
            return self._yaw1
        a, b = self._along(max(0.0, s - 0.22)), self._along(min(self.length, s + 0.22))
        return math.atan2(b[1] - a[1], b[0] - a[0])

    def _travelled(self, phase: float) -> float:
        """Path length at a phase: half a step to set off, half a step to close the feet, even in between."""
        n = self._count
        phase = min(max(phase, 0.0), n + 1.0)
        if n == 1:
            return self._step * smooth(phase / 2)
        if phase < 1:
            return self._step * phase * phase / 2
        if phase > n:
            return self.length - self._step * (n + 1 - phase) ** 2 / 2
        return self._step * (phase - 0.5)

    def heading(self, phase: float) -> float:
        n = self._count + 1
        if self.length <= 0.05:
            return self._yaw0 + angle_between(self._yaw0, self._yaw1) * smooth(phase / n)
        yaw = self._tangent(self._travelled(phase))
        yaw += angle_between(yaw, self._yaw0) * (1 - smooth(phase / 1.6))
        return yaw + angle_between(yaw, self._yaw1) * smooth(1 - (n - phase) / 1.6)

    def _lay_prints(self) -> dict[str, list[tuple[float, float, Print, Print]]]:
        """For each foot its swings: (phase lifted, phase planted, from, to)."""
        out: dict[str, list[tuple[float, float, Print, Print]]] = {"l": [], "r": []}
        x0, y0 = self._along(0.0)
        at = {side: stance(x0, y0, self._yaw0, side, self._scale) for side in "lr"}
        side = self._first
        for i in range(1, self._count + 2):
            s = min(self._step * i, self.length)
            x, y = self._along(s)
            target = stance(x, y, self.heading(min(i + 0.5, self._count + 1)), side, self._scale)
            gap = 0.02 if self.running else 0.06
            out[side].append((i - 1 + gap, i - gap, at[side], target))
            at[side] = target
            side = "r" if side == "l" else "l"
        self._initial = {s: stance(x0, y0, self._yaw0, s, self._scale) for s in "lr"}
        return out

    def root(self, seconds: float) -> Root:
        phase = (seconds - self.start) / self._period
        x, y = self._along(self._travelled(phase))
        return Root(x, y, self._ground(x, y), self.heading(min(max(phase, 0.0), self._count + 1.0)))

    def _foot(self, side: str, phase: float) -> tuple[float, float, float, float, float]:
        """World x, y, yaw, height above ground, and pitch of a foot (positive: heel up)."""
        here = self._initial[side]
        for lifted, planted, start, target in self._prints[side]:
            if phase < lifted:
                break
            if phase < planted:
                u = (phase - lifted) / (planted - lifted)
                v = smooth(u)
                far = math.hypot(target.x - start.x, target.y - start.y)
                lift = (0.07 + 0.05 * min(far, 1.2)) * (2.0 if self.running else 1.0) * math.sin(math.pi * u) ** 0.9 * self._scale
                pitch = (0.75 if self.running else 0.5) * min(far, 1.0) * (math.cos(math.pi * u) if u < 0.55 else -0.35 * math.sin(math.pi * u))
                return (
                    start.x + (target.x - start.x) * v,
                    start.y + (target.y - start.y) * v,
                    start.yaw + angle_between(start.yaw, target.yaw) * v,
                    lift,
                    pitch,
                )
            here = target
        for lifted, _, start, target in self._prints[side]:
            # The heel leaves the ground before the foot does.
            if lifted - 0.5 < phase < lifted:
                far = min(math.hypot(target.x - start.x, target.y - start.y), 1.0)
                return here.x, here.y, here.yaw, 0.0, (0.75 if self.running else 0.5) * far * smooth((phase - lifted + 0.5) / 0.5)
        return here.x, here.y, here.yaw, 0.0, 0.0

    def pose(self, seconds: float) -> Pose:
        """The walking pose; feet exactly on their prints."""
        phase = (seconds - self.start) / self._period
        root = self.root(seconds)
        pose = rest_pose()
        k = self._scale
        c, s = math.cos(root.yaw), math.sin(root.yaw)
        lowest = 1e9
        for side in "lr":
            x, y, yaw, lift, pitch = self._foot(side, phase)
            dx, dy = x - root.x, y - root.y
            fx, fy = (c * dx + s * dy) / k, (-s * dx + c * dy) / k
            ground = (self._ground(x, y) - root.z) / k
            base = C[f"foot_{side}_x"]
            pose[base : base + 5] = fx, fy, lift / k + ground, angle_between(root.yaw, yaw), pitch
            ankle = 0.085 + pose[base + 2] + 0.14 * abs(math.sin(pitch)) * (1.0 if pitch > 0 else 0.45)
            flat = math.hypot(fx, fy - (0.088 if side == "l" else -0.088))
            lowest = min(lowest, ankle + math.sqrt(max(REACH**2 - flat**2, 0.05)))
        moving = smooth(min(phase, self._count + 1 - phase)) if self.length > 0.05 else 0.0
        swing = math.sin((phase - 0.5) * math.pi) * (1.0 if self._first == "l" else -1.0) * moving
        pose[C["pelvis_z"]] = min(pose[C["pelvis_z"]], lowest + 0.02) - (0.03 * moving * abs(math.sin(phase * math.pi)) if self.running else 0.0)
        self._swing(pose, swing, moving)
        return pose

    def _swing(self, pose: Pose, swing: float, moving: float) -> None:
        """Arms against the legs, shoulders against the hips."""
        pose[C["pelvis_yaw"]] += -0.10 * swing
        pose[C["chest_yaw"]] += 0.16 * swing
        pose[C["pelvis_y"]] += 0.012 * swing
        pose[C["chest_pitch"]] += (0.16 if self.running else 0.035) * moving
        pose[C["pelvis_pitch"]] += (0.10 if self.running else 0.02) * moving
        for side, sign in (("l", -1.0), ("r", 1.0)):
            reach = sign * swing
            if self.running:
                blend_channels(
                    pose,
                    moving,
                    **{
                        f"hand_{side}_x": 0.30 + 0.38 * reach,
                        f"hand_{side}_z": -0.50 + 0.16 * reach,
                        f"hand_{side}_y": -0.10 * sign * -1,
                        f"curl_{side}": 0.9,
                        f"index_{side}": 0.9,
                    },
                )
            else:
                pose[C[f"hand_{side}_x"]] += 0.30 * reach
                pose[C[f"hand_{side}_z"]] += 0.05 * abs(reach)
