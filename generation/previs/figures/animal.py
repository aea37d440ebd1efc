"""Dogs, cats and horses: four legs that step in diagonal pairs, a head that looks, a tail that tells how they feel.

An animal acts with the same poses as people: the pose's feet lead the front pair and, crosswise, the hind pair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from generation.previs.figures.figure import Figure
from generation.previs.figures.parts import Parts
from generation.previs.figures.skeleton import C, Pose
from generation.previs.figures.solids import F64, ellipsoid, place, tube, turn_x, turn_y, turn_z
from generation.previs.scene import Mesh

JOINTS: Final = (
    "body",
    "rear",
    "neck",
    "head",
    "jaw",
    "lids",
    "tail",
    "tail_end",
    "front_l",
    "front_l_low",
    "front_r",
    "front_r_low",
    "hind_l",
    "hind_l_low",
    "hind_r",
    "hind_r_low",
)
AT: Final = {name: i for i, name in enumerate(JOINTS)}


@dataclass(frozen=True)
class Build:
    """Metres: height of the back, length of the body, its thickness, leg radius, head radius, length of neck and muzzle, ear length."""

    back: float
    length: float
    girth: float
    leg: float
    head: float
    neck: float
    muzzle: float
    ear: float
    tail: float


BUILDS: Final = {
    "dog": Build(0.46, 0.56, 0.135, 0.042, 0.115, 0.17, 0.10, 0.10, 0.30), "cat": Build(0.26, 0.36, 0.082, 0.026, 0.082, 0.10, 0.035, 0.065, 0.34),
    "horse": Build(1.30, 1.35, 0.30, 0.085, 0.20, 0.62, 0.30, 0.15, 0.70),
}  # fmt: skip


class Animal(Figure):
    """Has no hands: things it carries are not drawn."""

    hands = False

    def __init__(self, design: dict[str, Any]) -> None:
        self.design = design
        self.name = design["name"]
        self.height = float(design["height"])
        self.build = BUILDS[design["species"]]
        self._k = self.height / {"dog": 0.62, "cat": 0.36, "horse": 1.62}[design["species"]]
        # Steps are as long as its legs ask for.
        self.scale = self.build.back * self._k / 0.92
        b, k = self.build, self._k
        half = b.length / 2
        self._rest = np.zeros((len(JOINTS), 3))
        for name, point in {
            "body": (half * 0.6, 0, b.back - b.girth), "rear": (-half * 0.5, 0, b.back - b.girth), "neck": (half * 0.95, 0,
            b.back - b.girth * 0.6), "head": (half + b.neck * 0.7, 0, b.back + b.neck * 0.75),
            "jaw": (half + b.neck * 0.7 + b.head * 0.4, 0, b.back + b.neck * 0.75 - b.head * 0.3), "lids": (half + b.neck * 0.7 + b.head * 0.5, 0,
            b.back + b.neck * 0.75 + b.head * 0.45),
            "tail": (-half * 1.08, 0, b.back - b.girth * 0.5), "tail_end": (-half * 1.08 - b.tail * 0.5, 0, b.back - b.girth * 0.5 + b.tail * 0.3),
        }.items():  # fmt: skip
            self._rest[AT[name]] = point
        for side, sign in (("l", 1.0), ("r", -1.0)):
            for pair, x in (("front", half * 0.82), ("hind", -half * 0.85)):
                self._rest[AT[f"{pair}_{side}"]] = (x, sign * b.girth * 0.55, b.back - b.girth * 1.1)
                self._rest[AT[f"{pair}_{side}_low"]] = (x, sign * b.girth * 0.55, (b.back - b.girth) * 0.45)
        self._rest *= k
        parts = Parts(len(JOINTS))
        self._shapes(parts)
        self.materials = parts.materials
        self._skin = parts.skin()
        self.triangles = len(self._skin.triangles)
        self._eye = self._rest[AT["head"]] + np.array([b.head * 0.7, 0, b.head * 0.3]) * k

    def _shapes(self, parts: Parts) -> None:
        b, k, half = self.build, self._k, self.build.length / 2
        coat, belly = parts.material("coat", self.design["coat"], wrap=0.3), parts.material("belly", self.design["belly"], wrap=0.3)
        dark = parts.material("eye", "17120f", gloss=0.8)

        def add(solid: Any, of: int, joint: str) -> None:
            solid.positions = solid.positions * k
            parts.add(solid, of, AT[joint])

        z, head = b.back - b.girth, np.array([half + b.neck * 0.7, 0, b.back + b.neck * 0.75])
        add(ellipsoid((half * 0.45, 0, z), (half * 0.75, b.girth * 0.92, b.girth * 1.04), 14, 8), coat, "body")
        add(ellipsoid((-half * 0.45, 0, z), (half * 0.72, b.girth * 0.86, b.girth * 0.98), 14, 8), coat, "rear")
        add(ellipsoid((half * 0.75, 0, z - b.girth * 0.35), (half * 0.38, b.girth * 0.7, b.girth * 0.6), 10, 6), belly, "body")
        add(
            tube(
                [(half * 0.8, 0, z + b.girth * 0.3), tuple((np.array([half * 0.9, 0, z + b.girth * 0.6]) + head) / 2), tuple(head)],
                [b.girth * 0.62, b.girth * 0.50, b.head * 0.72],
                10,
            ),
            coat,
            "neck",
        )
        add(ellipsoid(head, (b.head, b.head * 0.88, b.head * 0.9), 12, 8), coat, "head")
        add(
            ellipsoid(
                head + np.array([b.head * 0.75 + b.muzzle * 0.3, 0, -b.head * 0.28]), (b.muzzle + b.head * 0.18, b.head * 0.50, b.head * 0.40), 10, 6
            ),
            belly,
            "head",
        )
        add(
            ellipsoid(
                head + np.array([b.head * 0.7 + b.muzzle * 0.2, 0, -b.head * 0.52]),
                (b.muzzle * 0.9 + b.head * 0.1, b.head * 0.36, b.head * 0.16),
                8,
                5,
            ),
            belly,
            "jaw",
        )
        add(
            ellipsoid(head + np.array([b.head * 0.88 + b.muzzle * 1.25, 0, -b.head * 0.16]), (b.head * 0.14, b.head * 0.20, b.head * 0.14), 8, 5),
            dark,
            "head",
        )
        for sign in (1.0, -1.0):
            add(
                ellipsoid(head + np.array([b.head * 0.78, sign * b.head * 0.4, b.head * 0.22]), (b.head * 0.12, b.head * 0.15, b.head * 0.19), 8, 5),
                dark,
                "head",
            )
            add(
                ellipsoid(head + np.array([b.head * 0.8, sign * b.head * 0.4, b.head * 0.24]), (b.head * 0.14, b.head * 0.19, b.head * 0.23), 8, 5),
                coat,
                "lids",
            )
            up = self.design["ears"] == "up"
            ear = tube([(0, 0, 0), (0, 0, b.ear * 0.6), (0.01 * b.ear, 0, b.ear)], [b.head * 0.34, b.head * 0.24, b.head * 0.04], 7, 0.5)
            add(
                place(
                    ear,
                    head + np.array([-b.head * 0.1, sign * b.head * (0.52 if up else 0.74), b.head * (0.62 if up else 0.45)]),
                    roll=-sign * (0.18 if up else 2.5),
                ),
                coat,
                "head",
            )
            for pair, x in (("front", half * 0.82), ("hind", -half * 0.85)):
                y, side, top = sign * b.girth * 0.55, "l" if sign > 0 else "r", b.back - b.girth * 1.1
                knee = (b.back - b.girth) * 0.45
                add(tube([(x, y, top), (x, y, knee)], [b.leg * (1.5 if pair == "front" else 1.9), b.leg], 8), coat, f"{pair}_{side}")
                add(tube([(x, y, knee), (x, y, b.leg * 0.7)], [b.leg, b.leg * 0.78], 8), coat, f"{pair}_{side}_low")
                add(
                    ellipsoid((x + b.leg * 0.4, y, b.leg * 0.6), (b.leg * 1.35, b.leg * 1.05, b.leg * 0.62), 8, 5),
                    belly if self.design["species"] != "horse" else dark,
                    f"{pair}_{side}_low",
                )
        t0, t1 = self._rest[AT["tail"]] / k, self._rest[AT["tail_end"]] / k
        add(tube([tuple(t0), tuple((t0 + t1) / 2)], [b.leg * 0.8, b.leg * 0.75], 7), coat, "tail")
        add(tube([tuple((t0 + t1) / 2), tuple(t1 + np.array([-0.1 * b.tail, 0, 0.2 * b.tail]))], [b.leg * 0.75, b.leg * 0.4], 7), coat, "tail_end")
        if self.design["species"] == "horse":
            mane = parts.material("mane", "2a2220")
            add(
                tube(
                    [
                        tuple(head + np.array([-b.head * 0.2, 0, b.head * 0.8])),
                        tuple(head + np.array([-b.head * 1.6, 0, -b.head * 0.4])),
                        (half * 0.7, 0, b.back + 0.02),
                    ],
                    [0.06, 0.09, 0.05],
                    7,
                ),
                mane,
                "neck",
            )
        if self.design.get("collar"):
            add(
                ellipsoid(
                    (head + np.array([half * 0.9, 0, z + b.girth * 0.6])) / 2 + [0.02, 0, 0.0],
                    (b.girth * 0.58, b.girth * 0.56, b.girth * 0.16),
                    12,
                    5,
                ),
                parts.material("collar", self.design["collar"]),
                "neck",
            )

    def solve(self, pose: Pose, position: F64, yaw: float, reach: dict[str, tuple[F64, float]] | None = None) -> F64:
        """Joint matrices (J, 3, 4) in the world."""
        k, b = self._k, self.build
        rotation, at = np.zeros((len(JOINTS), 3, 3)), np.zeros((len(JOINTS), 3))
        world = turn_z(yaw)
        c = {
            n: float(pose[C[n]])
            for n in (
                "pelvis_z",
                "head_yaw",
                "neck_yaw",
                "head_pitch",
                "neck_pitch",
                "head_roll",
                "mouth",
                "blink",
                "smile",
                "chest_pitch",
                "pelvis_y",
                "pelvis_pitch",
            )
        }
        low = min(0.0, c["pelvis_z"] - 0.90)
        seated, lying = -0.34 < c["pelvis_pitch"] <= -0.05 and low < -0.2, c["pelvis_pitch"] < -1.0
        sink = -0.62 * (b.back - b.girth) * k if lying else 0.0
        tip = -0.62 if seated else 0.0
        pivot = self._rest[AT["body"]]
        self._hang(rotation, at, "body", world @ turn_y(tip), position + world @ (pivot + np.array([0, 0, sink])))
        self._hang_on(rotation, at, "rear", "body", np.eye(3))
        self._hang_on(
            rotation, at, "neck", "body", turn_z(0.5 * (c["neck_yaw"] + c["head_yaw"])) @ turn_y(0.4 * c["head_pitch"] - tip * 0.8 + c["chest_pitch"])
        )
        self._hang_on(
            rotation, at, "head", "neck", turn_z(0.5 * (c["neck_yaw"] + c["head_yaw"])) @ turn_y(0.5 * c["head_pitch"]) @ turn_x(c["head_roll"])
        )
        self._hang_on(rotation, at, "jaw", "head", turn_y(0.5 * c["mouth"]))
        self._hang_on(rotation, at, "lids", "head", np.diag([0.7 + 0.3 * min(1.0, c["blink"]), 1.0, 0.04 + 0.96 * min(1.0, c["blink"])]))
        wag = 3.2 * c["pelvis_y"] * 8 + 0.5 * math.sin(40 * c["head_yaw"])
        self._hang_on(rotation, at, "tail", "rear", turn_z(max(-0.7, min(0.7, wag))) @ turn_y(-0.3 * c["smile"]))
        self._hang_on(rotation, at, "tail_end", "tail", turn_z(max(-0.5, min(0.5, wag))))
        for pair in ("front", "hind"):
            for side in "lr":
                lead = side if pair == "front" else ("r" if side == "l" else "l")
                forward, lift = float(pose[C[f"foot_{lead}_x"]]), float(pose[C[f"foot_{lead}_z"]])
                fold = 1.35 if seated and pair == "hind" else 1.5 if lying else 0.0
                swing = (
                    -math.atan2(forward * 0.75, 0.8)
                    + (-fold if pair == "front" and lying else -fold * 0.9 if fold else 0.0)
                    - tip * (1.0 if pair == "front" else 0.0)
                )
                self._hang_on(rotation, at, f"{pair}_{side}", "body" if pair == "front" else "rear", turn_y(swing))
                self._hang_on(rotation, at, f"{pair}_{side}_low", f"{pair}_{side}", turn_y(min(1.6, 5.5 * lift) + fold * 1.1))
        matrices = np.empty((len(JOINTS), 3, 4))
        matrices[:, :, :3] = rotation
        matrices[:, :, 3] = at - np.einsum("jab,jb->ja", rotation, self._rest)
        return matrices

    def _hang(self, rotation: F64, at: F64, name: str, turn: F64, point: F64) -> None:
        rotation[AT[name]], at[AT[name]] = turn, point

    def _hang_on(self, rotation: F64, at: F64, name: str, parent: str, turn: F64) -> None:
        i, j = AT[name], AT[parent]
        rotation[i] = rotation[j] @ turn
        at[i] = at[j] + rotation[j] @ (self._rest[i] - self._rest[j])

    def eyes(self, matrices: F64) -> F64:
        head = matrices[AT["head"]]
        return np.asarray(head[:, :3] @ self._eye + head[:, 3])

    def grip(self, matrices: F64, side: str) -> tuple[F64, F64]:
        """The mouth: what it would carry is there."""
        head = matrices[AT["head"]]
        point = self._rest[AT["jaw"]] + np.array([self.build.muzzle, 0, 0]) * self._k
        return np.asarray(head[:, :3] @ point + head[:, 3]), np.asarray(head[:, :3])

    def mesh(self, matrices: F64, object_id: int, first_material: int) -> Mesh:
        return super().mesh(matrices, object_id, first_material)
