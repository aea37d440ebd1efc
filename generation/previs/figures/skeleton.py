"""Joints and poses: a pose is a vector of named channels, so that poses blend by plain arithmetic.

The figure's own frame: origin on the ground under it, x forward, y to its left, z up; rest is standing with the arms hanging.
Arms and legs are solved by two-bone inverse kinematics: hands are given from the shoulder in arm lengths (in the chest's frame),
feet in metres of an adult of 1.80 m in the figure's frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generation.previs.figures.solids import F64, turn_x, turn_y, turn_z

JOINTS: Final = (
    "pelvis", "spine", "chest", "neck", "head", "jaw", "corner_l", "corner_r", "mouth", "lid_l", "lid_r", "brow_l", "brow_r", "eye_l", "eye_r",
    "upper_l", "fore_l", "hand_l", "fingers_l", "index_l", "upper_r", "fore_r", "hand_r", "fingers_r", "index_r",
    "thigh_l", "shin_l", "foot_l", "thigh_r", "shin_r", "foot_r",
)  # fmt: skip
J: Final = {name: i for i, name in enumerate(JOINTS)}

CHANNELS: Final = (
    "pelvis_x", "pelvis_y", "pelvis_z", "pelvis_yaw", "pelvis_pitch", "pelvis_roll",
    "spine_pitch", "spine_roll", "spine_yaw", "chest_pitch", "chest_roll", "chest_yaw",
    "neck_pitch", "neck_yaw", "head_pitch", "head_yaw", "head_roll",
    "hand_l_x", "hand_l_y", "hand_l_z", "hand_l_bend", "hand_l_twist", "elbow_l", "curl_l", "index_l",
    "hand_r_x", "hand_r_y", "hand_r_z", "hand_r_bend", "hand_r_twist", "elbow_r", "curl_r", "index_r",
    "foot_l_x", "foot_l_y", "foot_l_z", "foot_l_yaw", "foot_l_pitch", "foot_r_x", "foot_r_y", "foot_r_z", "foot_r_yaw", "foot_r_pitch",
    "blink", "brow", "brow_tilt", "mouth", "mouth_wide", "smile", "gaze_yaw", "gaze_pitch", "shoulders", "tail",
)  # fmt: skip
C: Final = {name: i for i, name in enumerate(CHANNELS)}
Pose = NDArray[np.float64]

NAPE = 1.505  # height of the head joint
HIP = 0.92  # height of the pelvis of an adult of 1.80 m, standing


def rest_pose() -> Pose:
    """Standing at ease."""
    pose = np.zeros(len(CHANNELS))
    set_channels(
        pose, pelvis_z=HIP, hand_l_x=0.13, hand_l_y=0.10, hand_l_z=-0.955, hand_r_x=0.13, hand_r_y=-0.10, hand_r_z=-0.955,
        curl_l=0.35, curl_r=0.35, index_l=0.25, index_r=0.25, foot_l_y=0.105, foot_r_y=-0.105, foot_l_yaw=0.16, foot_r_yaw=-0.16,
    )  # fmt: skip
    return pose


def set_channels(pose: Pose, **values: float) -> None:
    for name, value in values.items():
        pose[C[name]] = value


def add_channels(pose: Pose, weight: float = 1.0, **values: float) -> None:
    for name, value in values.items():
        pose[C[name]] += value * weight


def blend_channels(pose: Pose, weight: float, **values: float) -> None:
    """Move the named channels towards `values` by `weight` (0–1)."""
    for name, value in values.items():
        i = C[name]
        pose[i] += (value - pose[i]) * weight


@dataclass(frozen=True)
class Bones:
    """Rest positions of the joints in metres and what follows from them. `scale` is 1 for an adult of about 1.80 m; a child's head is larger."""

    scale: float
    rest: F64  # (J, 3)
    head_scale: float = 1.0

    def at(self, name: str) -> F64:
        return np.asarray(self.rest[J[name]])


def bones_for(height: float, shoulder: float = 1.0, head_scale: float = 1.0) -> Bones:
    """`height` in metres with the head; `shoulder` widens the shoulders."""
    scale = height / (NAPE + 0.29 * head_scale)
    rest = np.zeros((len(JOINTS), 3))
    y = 0.178 * shoulder
    h = head_scale
    table: dict[str, tuple[float, float, float]] = {
        "pelvis": (0, 0, HIP), "spine": (0, 0, 1.05), "chest": (0, 0, 1.22), "neck": (0, 0, 1.44), "head": (0.01, 0, NAPE),
        "jaw": (0.05, 0, NAPE + 0.10 * h), "corner_l": (0.12, 0.03, NAPE + 0.055 * h), "corner_r": (0.12, -0.03, NAPE + 0.055 * h),
        "mouth": (0.01 + 0.117 * h, 0, NAPE + 0.062 * h), "lid_l": (0.01 + 0.10 * h, 0.044 * h, NAPE + 0.195 * h), "lid_r": (0.01 + 0.10 * h,
        -0.044 * h, NAPE + 0.195 * h),
        "brow_l": (0.01 + 0.11 * h, 0.045 * h, NAPE + 0.205 * h), "brow_r": (0.01 + 0.11 * h, -0.045 * h, NAPE + 0.205 * h),
        "eye_l": (0.01, 0.0, NAPE + 0.165 * h), "eye_r": (0.01, 0.0, NAPE + 0.165 * h),
    }  # fmt: skip
    for side, sign in (("l", 1.0), ("r", -1.0)):
        table |= {
            f"upper_{side}": (0, sign * y, 1.395), f"fore_{side}": (0, sign * (y + 0.03), 1.12), f"hand_{side}": (0, sign * (y + 0.04), 0.87),
            f"fingers_{side}": (0.004, sign * (y + 0.04), 0.80), f"index_{side}": (0.026, sign * (y + 0.04), 0.80),
            f"thigh_{side}": (0, sign * 0.088, 0.90), f"shin_{side}": (0.012, sign * 0.092, 0.49), f"foot_{side}": (0, sign * 0.095, 0.085),
        }  # fmt: skip
    for name, point in table.items():
        rest[J[name]] = point
    return Bones(scale, rest * scale, head_scale)


def _frame(axis: F64, pole: F64) -> F64:
    """An orthonormal frame whose first column is `axis` and whose second lies towards `pole`."""
    v = pole - axis * float(axis @ pole)
    v /= max(math.sqrt(float(v @ v)), 1e-9)
    ax, ay, az = axis.tolist()
    bx, by, bz = v.tolist()
    # Written out: numpy's cross product costs ten times as much for single vectors.
    return np.array([[ax, bx, ay * bz - az * by], [ay, by, az * bx - ax * bz], [az, bz, ax * by - ay * bx]])


def two_bones(start: F64, target: F64, first: float, second: float, pole: F64) -> tuple[F64, F64, F64]:
    """Where the middle joint and the end come to lie, and the direction the middle bends to. A target out of reach is approached."""
    way = target - start
    distance = math.sqrt(float(way @ way))
    axis = way / distance if distance > 1e-9 else np.array([0.0, 0.0, -1.0])
    distance = min(max(distance, abs(first - second) + 0.02), (first + second) * 0.9985)
    cosine = (first * first + distance * distance - second * second) / (2 * first * distance)
    cosine = min(1.0, max(-1.0, cosine))
    bend = pole - axis * float(axis @ pole)
    bend /= max(math.sqrt(float(bend @ bend)), 1e-9)
    middle = start + axis * (first * cosine) + bend * (first * math.sqrt(1 - cosine * cosine))
    return middle, start + axis * distance, bend


class Solver:
    """Turns poses into joint matrices for one set of bones."""

    def __init__(self, bones: Bones) -> None:
        self.bones = bones
        rest = bones.rest
        self._length = {
            (part, side): float(np.linalg.norm(rest[J[f"{b}_{side}"]] - rest[J[f"{a}_{side}"]]))
            for side in "lr"
            for part, a, b in (("upper", "upper", "fore"), ("fore", "fore", "hand"), ("thigh", "thigh", "shin"), ("shin", "shin", "foot"))
        }
        self._rest_frame: dict[str, F64] = {}
        for side in "lr":
            for joint, after, pole in (("upper", "fore", -1.0), ("fore", "hand", -1.0), ("thigh", "shin", 1.0), ("shin", "foot", 1.0)):
                axis = rest[J[f"{after}_{side}"]] - rest[J[f"{joint}_{side}"]]
                axis = axis / np.linalg.norm(axis)
                self._rest_frame[f"{joint}_{side}"] = _frame(axis, np.array([pole, 0.0, 0.0]))

    def arm_length(self) -> float:
        return self._length["upper", "l"] + self._length["fore", "l"]

    def solve(self, pose: Pose, reach: dict[str, tuple[F64, float]] | None = None) -> F64:
        """Joint matrices (J, 3, 4) that take rest points into the figure's frame. `reach` pulls a hand ("l", "r") to a point of that
        frame with a weight 0–1."""
        rest, k = self.bones.rest, self.bones.scale
        rotation = np.zeros((len(JOINTS), 3, 3))
        position = np.zeros((len(JOINTS), 3))
        p = pose

        def c(name: str) -> float:
            return float(p[C[name]])

        rotation[0] = turn_z(c("pelvis_yaw")) @ turn_y(c("pelvis_pitch")) @ turn_x(c("pelvis_roll"))
        position[0] = np.array([c("pelvis_x"), c("pelvis_y"), c("pelvis_z")]) * k

        def hang(name: str, parent: str, turn: F64 | None) -> None:
            i, j = J[name], J[parent]
            rotation[i] = rotation[j] @ turn if turn is not None else rotation[j]
            position[i] = position[j] + rotation[j] @ (rest[i] - rest[j])

        hang("spine", "pelvis", turn_z(c("spine_yaw")) @ turn_y(c("spine_pitch")) @ turn_x(c("spine_roll")))
        hang("chest", "spine", turn_z(c("chest_yaw")) @ turn_y(c("chest_pitch")) @ turn_x(c("chest_roll")))
        hang("neck", "chest", turn_z(c("neck_yaw")) @ turn_y(c("neck_pitch")))
        hang("head", "neck", turn_z(c("head_yaw")) @ turn_y(c("head_pitch")) @ turn_x(c("head_roll")))
        self._face(pose, rotation, position)
        for side, sign in (("l", 1.0), ("r", -1.0)):
            self._arm(pose, side, sign, rotation, position, (reach or {}).get(side))
            self._leg(pose, side, sign, rotation, position)
        matrices = np.empty((len(JOINTS), 3, 4))
        matrices[:, :, :3] = rotation
        matrices[:, :, 3] = position - np.einsum("jab,jb->ja", rotation, rest)
        return matrices

    def _face(self, pose: Pose, rotation: F64, position: F64) -> None:
        rest, k = self.bones.rest, self.bones.scale * self.bones.head_scale
        head, base = rotation[J["head"]], position[J["head"]]

        def hang(name: str, turn: F64, shift: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:
            i = J[name]
            rotation[i] = head @ turn
            position[i] = base + head @ (rest[i] - rest[J["head"]] + np.array(shift) * k)

        opened, wide, smile = float(pose[C["mouth"]]), float(pose[C["mouth_wide"]]), float(pose[C["smile"]])
        hang("jaw", turn_y(0.16 * opened), (0.0, 0.0, -0.020 * opened))
        for name, sign in (("corner_l", 1.0), ("corner_r", -1.0)):
            hang(
                name, np.eye(3), (-0.004 * abs(wide) + 0.002 * smile, sign * (0.007 * wide + 0.004 * max(0.0, smile)), 0.011 * smile - 0.009 * opened)
            )
        hang(
            "mouth",
            np.diag([1.0, 1.0 + 0.28 * wide, 0.04 + 1.35 * max(0.0, opened)]),
            (-0.006 * max(0.0, 1 - 3 * opened), 0.0, -0.010 * opened + 0.002 * smile),
        )
        blink, brow, tilt = float(pose[C["blink"]]), float(pose[C["brow"]]), float(pose[C["brow_tilt"]])
        closed = min(1.0, max(0.0, blink))
        for name, sign in (("l", 1.0), ("r", -1.0)):
            hang(f"lid_{name}", np.diag([0.80 + 0.20 * closed, 1.0, 0.06 + 0.94 * closed]))
            hang(f"brow_{name}", turn_x(-sign * 0.55 * tilt), (0.0, 0.0, 0.016 * brow))
            hang(f"eye_{name}", turn_z(0.22 * float(pose[C["gaze_yaw"]])) @ turn_y(0.16 * float(pose[C["gaze_pitch"]])))

    def _arm(self, pose: Pose, side: str, sign: float, rotation: F64, position: F64, reach: tuple[F64, float] | None) -> None:
        rest, chest = self.bones.rest, rotation[J["chest"]]
        upper, fore, hand = J[f"upper_{side}"], J[f"fore_{side}"], J[f"hand_{side}"]
        lift = np.array([0.0, 0.0, 0.05 * float(pose[C["shoulders"]]) * self.bones.scale])
        start = position[J["chest"]] + chest @ (rest[upper] - rest[J["chest"]] + lift)
        wish = pose[C[f"hand_{side}_x"] : C[f"hand_{side}_x"] + 3]
        target = start + chest @ (wish * self.arm_length())
        if reach is not None:
            target = target + (reach[0] - target) * reach[1]
        swivel = float(pose[C[f"elbow_{side}"]])
        pole = chest @ np.array([-1.0, sign * (0.35 + 1.3 * swivel), -0.55 + 0.5 * swivel])
        middle, end, bend = two_bones(start, target, self._length["upper", side], self._length["fore", side], pole)
        for joint, a, b in ((upper, start, middle), (fore, middle, end)):
            axis = b - a
            rotation[joint] = _frame(axis / math.sqrt(float(axis @ axis)), bend) @ self._rest_frame[JOINTS[joint]].T
            position[joint] = a
        wrist = turn_z(-sign * float(pose[C[f"hand_{side}_twist"]])) @ turn_y(-float(pose[C[f"hand_{side}_bend"]]))
        rotation[hand] = rotation[fore] @ wrist
        position[hand] = end
        for name, channel in (("fingers", "curl"), ("index", "index")):
            i = J[f"{name}_{side}"]
            rotation[i] = rotation[hand] @ turn_x(-sign * 1.5 * float(pose[C[f"{channel}_{side}"]]))
            position[i] = end + rotation[hand] @ (rest[i] - rest[hand])

    def _leg(self, pose: Pose, side: str, sign: float, rotation: F64, position: F64) -> None:
        rest, k = self.bones.rest, self.bones.scale
        thigh, shin, foot = J[f"thigh_{side}"], J[f"shin_{side}"], J[f"foot_{side}"]
        start = position[0] + rotation[0] @ (rest[thigh] - rest[0])
        base = C[f"foot_{side}_x"]
        yaw, pitch = float(pose[base + 3]), float(pose[base + 4])
        turn = turn_z(yaw) @ turn_y(pitch)
        # The sole's heel or ball stays on the ground when the foot tips, so the ankle rises with it.
        ankle = (
            pose[base : base + 3] * k
            + np.array([0.0, 0.0, rest[foot][2]])
            + np.array([0.0, 0.0, 0.14 * k * abs(math.sin(pitch)) * (1.0 if pitch > 0 else 0.45)])
        )
        # With the thigh lifted level (sitting) the knee bends up; standing it bends to where the pelvis and the foot look.
        pole = rotation[0] @ turn_z(yaw * 0.6) @ np.array([1.0, sign * 0.10, 0.0]) + np.array([0.0, 0.0, 0.8])
        middle, end, bend = two_bones(start, ankle, self._length["thigh", side], self._length["shin", side], pole)
        for joint, a, b in ((thigh, start, middle), (shin, middle, end)):
            axis = b - a
            rotation[joint] = _frame(axis / math.sqrt(float(axis @ axis)), bend) @ self._rest_frame[JOINTS[joint]].T
            position[joint] = a
        rotation[foot] = turn
        position[foot] = end
