"""Riding a bicycle: rolling along a path with turning pedals, waiting astride it, getting off."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from generation.previs.figures.gait import Ground, Root, Steps, smooth
from generation.previs.figures.postures import posture_pose
from generation.previs.figures.skeleton import Pose, set_channels
from generation.previs.staging.floor import XY
from generation.previs.staging.parsing import Action
from generation.previs.staging.performance import Stay

if TYPE_CHECKING:
    from generation.previs.staging.acts import Target
    from generation.previs.staging.director import Director

SPEED = 2.4  # metres per second
SADDLE, SADDLE_BEHIND = 0.82, 0.22  # the saddle's height, and how far behind the bicycle's middle it is, in metres
CRANK = 0.16
METRES_PER_TURN = 2.6  # of the pedals


class Ride(Steps):
    """Along `path` on a bicycle, slowing down at its end; with one point, waiting with a foot on the ground."""

    def __init__(self, path: list[XY], start_yaw: float, start: float, scale: float, ground: Ground) -> None:
        super().__init__(path, start_yaw, start_yaw, start, SPEED, scale, ground)
        self._seconds = 1.35 * self.length / SPEED
        self.end = start + self._seconds
        self._yaw = start_yaw

    def _gone(self, seconds: float) -> float:
        """Metres ridden: at an even pace until the last third, then rolling out."""
        u = min(1.0, max(0.0, (seconds - self.start) / max(self._seconds, 1e-6)))
        slow = 0.48
        return self.length * (u / (1 - slow / 2) if u < 1 - slow else 1 - (1 - u) ** 2 / (2 * slow * (1 - slow / 2)))

    def root(self, seconds: float) -> Root:
        s = self._gone(seconds)
        x, y = self._along(s)
        return Root(x, y, self._ground(x, y), self._tangent(s) if self.length > 0.05 else self._yaw)

    def pose(self, seconds: float) -> Pose:
        k = self._scale
        pose = posture_pose("sit", k, SADDLE)
        gone = self._gone(seconds)
        turn = 2 * math.pi * gone / METRES_PER_TURN
        rest = smooth((gone - self.length + 0.5) / 0.5) if self.length > 0.05 else 1.0
        ahead, axle = (SADDLE_BEHIND - 0.08) / k, 0.32 / k
        feet = {}
        for side, phase in (("l", 0.0), ("r", math.pi)):
            feet[f"foot_{side}_x"] = ahead + CRANK / k * math.cos(turn + phase)
            feet[f"foot_{side}_z"] = axle - 0.07 - CRANK / k * math.sin(turn + phase)
            feet[f"foot_{side}_pitch"] = 0.15
        feet["foot_l_z"] *= 1 - rest
        feet["foot_l_x"] += (0.10 - feet["foot_l_x"]) * rest
        feet["foot_l_y"] = 0.16 + 0.12 * rest
        set_channels(
            pose, pelvis_x=0.0, spine_pitch=0.22, chest_pitch=0.16, neck_pitch=-0.28, hand_l_x=0.80, hand_r_x=0.80, hand_l_y=0.02, hand_r_y=-0.02,
            hand_l_z=-0.48, hand_r_z=-0.48, curl_l=0.9, curl_r=0.9, **feet,
        )  # fmt: skip
        return pose


def under(root: Root) -> tuple[tuple[float, float, float], float]:
    """(where the bicycle stands, its heading) under somebody who rides it."""
    return (root.x + SADDLE_BEHIND * math.cos(root.yaw), root.y + SADDLE_BEHIND * math.sin(root.yaw), root.z), root.yaw


def ride(d: Director, name: str, action: Action, target: Target, start: float) -> None:
    """Up to where one stops, from the side of the place; or away."""
    state, performance = d.world.actors[name], d.record.performances[name]
    low, high = d.place.bounds.low, d.place.bounds.high
    here = (state.root.x, state.root.y)
    left = here[0] < (low[0] + high[0]) / 2
    wing = ((low[0] + high[0]) / 2 + (-1 if left else 1) * min(6.5, (high[0] - low[0]) / 2), here[1] - 0.8)
    mount(d, name)
    if {"away", "off", "out"} & set(action.phrase.split()):
        way = Ride([here, wing], math.atan2(wing[1] - here[1], wing[0] - here[0]), start, d.figures[name].scale, d.place.ground)
        performance.shown = (performance.shown[0], way.end)
        state.present = False
    else:
        yaw = math.atan2(here[1] - wing[1], here[0] - wing[0])
        way = Ride([wing, here], yaw, start - 0.6, d.figures[name].scale, d.place.ground)
        performance.segments = [Stay(-1e6, Root(*wing, d._ground(wing), yaw))]
        performance.shown = (start - 0.6, 1e9) if not state.present else performance.shown
        state.present = True
        state.root = Root(*here, d._ground(here), yaw)
    performance.segments.append(way)
    d.busy_until(name, way.end)


def mount(d: Director, name: str) -> None:
    """From now on somebody sits on the bicycle; one that stood in the set is that one."""
    state = d.world.actors[name]
    if state.riding:
        return
    state.riding, state.posture = "bicycle", "stand"
    d.world.loose.pop("bicycle", None)
    d.world.taken.add("bicycle")


def dismount(d: Director, name: str, at: float) -> None:
    """Off the bicycle, which is left standing beside."""
    state = d.world.actors[name]
    root = state.root
    spot = (root.x - 0.6 * math.sin(root.yaw), root.y + 0.6 * math.cos(root.yaw))
    state.riding = ""
    d.world.loose["bicycle"] = (*spot, d._ground(spot))
    d.record.loose.append(("bicycle", d.world.loose["bicycle"], at, 1e6))
    d.record.performances[name].segments.append(Stay(at, root))
