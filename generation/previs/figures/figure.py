"""A figure ready to be posed: rest surface, skeleton, and where its eyes and hands are."""

from __future__ import annotations

from typing import Any

import numpy as np

from generation.previs.figures.body import SHOULDER
from generation.previs.figures.clothes import add_clothes
from generation.previs.figures.face import CENTRE, add_head
from generation.previs.figures.hair import add_beard, add_glasses, add_hair, add_hat
from generation.previs.figures.parts import Parts
from generation.previs.figures.skeleton import JOINTS, J, Pose, Solver, bones_for
from generation.previs.figures.solids import F64
from generation.previs.scene import Material, Mesh


class Figure:
    """A person. `height` in metres; `scale` is height / 1.80 m, by which poses and steps are multiplied."""

    hands = True

    def __init__(self, design: dict[str, Any]) -> None:
        self.design = design
        self.name: str = design["name"]
        self.height = float(design["height"])
        young = design["age"] == "child"
        head = 1.36 if young else 1.20 if design["age"] == "teen" else 1.12
        self.bones = bones_for(self.height, SHOULDER[design["build"]] * (0.86 if young else 0.94 if design["gender"] == "female" else 1.0), head)
        self.scale = self.bones.scale
        self._solver = Solver(self.bones)
        parts = Parts(len(JOINTS))
        add_clothes(parts, self.bones, design)
        add_head(parts, self.bones, design)
        add_hair(parts, self.bones, design)
        add_beard(parts, self.bones, design)
        add_hat(parts, self.bones, design)
        add_glasses(parts, self.bones, design)
        self.materials: list[Material] = parts.materials
        self._skin = parts.skin()
        self.triangles = len(self._skin.triangles)
        self._eyes = self.bones.at("head") + np.array([0.11, 0.0, CENTRE + 0.022]) * self.scale * head
        self._grip = {s: self.bones.at(f"hand_{s}") + np.array([0.008, -0.028 if s == "l" else 0.028, -0.062]) * self.scale for s in "lr"}

    def solve(self, pose: Pose, position: F64, yaw: float, reach: dict[str, tuple[F64, float]] | None = None) -> F64:
        """Joint matrices (J, 3, 4) in the world for feet at `position`; `reach` points are in the world."""
        c, s = np.cos(yaw), np.sin(yaw)
        turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        local = {side: ((point - position) @ turn, weight) for side, (point, weight) in reach.items()} if reach else None
        matrices = self._solver.solve(pose, local)
        world = np.empty_like(matrices)
        world[:, :, :3] = turn @ matrices[:, :, :3]
        world[:, :, 3] = matrices[:, :, 3] @ turn.T + position
        return world

    def eyes(self, matrices: F64) -> F64:
        head = matrices[J["head"]]
        return np.asarray(head[:, :3] @ self._eyes + head[:, 3])

    def grip(self, matrices: F64, side: str) -> tuple[F64, F64]:
        """Where a thing held in the hand is, and the hand's rotation (3, 3)."""
        hand = matrices[J[f"hand_{side}"]]
        return np.asarray(hand[:, :3] @ self._grip[side] + hand[:, 3]), np.asarray(hand[:, :3])

    def mesh(self, matrices: F64, object_id: int, first_material: int) -> Mesh:
        positions, normals = self._skin.bend(matrices)
        return Mesh(positions, normals, self._skin.triangles, self._skin.materials + np.int32(first_material), object_id, self.name)
