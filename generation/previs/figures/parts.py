"""Collects the solids of one figure with their materials and the joints that carry them, and bends them all at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.previs.figures.skinning import bend
from generation.previs.figures.solids import F64, Solid
from generation.previs.scene import F32, I32, RGB, Material


def linear(colour: str) -> RGB:
    """sRGB hex to linear light."""
    r, g, b = ((int(colour.lstrip("#")[i : i + 2], 16) / 255) ** 2.2 for i in (0, 2, 4))
    return (r, g, b)


class Parts:
    """Grows while a figure is built. `joints` is the number of joints of its skeleton."""

    def __init__(self, joints: int) -> None:
        self._joints = joints
        self.materials: list[Material] = []
        self._names: dict[str, int] = {}
        self._solids: list[Solid] = []
        self._weights: list[F64] = []
        self._of: list[NDArray[np.int32]] = []

    def material(self, name: str, colour: str, *, gloss: float = 0.0, wrap: float = 0.18, emission: float = 0.0) -> int:
        """The index of a material of this name, made when first asked for."""
        if name not in self._names:
            self._names[name] = len(self.materials)
            self.materials.append(Material(name=name, albedo=linear(colour), gloss=gloss, wrap=wrap, emission=emission))
        return self._names[name]

    def add(self, solid: Solid, material: int, weights: int | F64) -> None:
        """`weights` is a joint, or (V, joints) with rows that sum to one."""
        if isinstance(weights, int):
            rows = np.zeros((len(solid.positions), self._joints))
            rows[:, weights] = 1.0
        else:
            rows = weights
        self._solids.append(solid)
        self._weights.append(rows)
        self._of.append(np.full(len(solid.triangles), material, np.int32))

    def skin(self) -> Skin:
        starts = np.cumsum([0, *[len(s.positions) for s in self._solids]])
        triangles = np.concatenate([s.triangles + start for s, start in zip(self._solids, starts[:-1], strict=True)])
        return Skin(
            np.concatenate([s.positions for s in self._solids]), np.concatenate([s.normals for s in self._solids]),
            triangles.astype(np.int32), np.concatenate(self._of), np.concatenate(self._weights),
        )  # fmt: skip


class Skin:
    """A rest surface bound to joints by linear blend skinning; each vertex keeps its four strongest joints."""

    def __init__(self, positions: F64, normals: F64, triangles: I32, materials: I32, weights: F64) -> None:
        self.triangles, self.materials = triangles, materials
        self._points, self._normals = positions.astype(np.float32), normals.astype(np.float32)
        order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
        strongest = np.take_along_axis(weights, order, axis=1)
        self._joints = np.ascontiguousarray(order.astype(np.int32))
        self._weights = np.ascontiguousarray((strongest / strongest.sum(1, keepdims=True)).astype(np.float32))

    def bend(self, matrices: F64) -> tuple[F32, F32]:
        """Positions and unit normals (V, 3) for joint matrices (J, 3, 4)."""
        positions, normals = np.empty_like(self._points), np.empty_like(self._normals)
        bend(self._points, self._normals, self._joints, self._weights, np.ascontiguousarray(matrices, dtype=np.float32), positions, normals)
        return positions, normals


def ramp(values: F64, low: float, high: float) -> F64:
    """Smooth 0 → 1 between `low` and `high`."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))


def rows(joints: int, parts: dict[int, F64]) -> F64:
    """Weights (V, joints) from columns, normalised."""
    size = len(next(iter(parts.values())))
    out = np.zeros((size, joints))
    for joint, column in parts.items():
        out[:, joint] += column
    return np.asarray(out / np.maximum(out.sum(1, keepdims=True), 1e-9))
