"""Meshes laid out for the rasteriser: one flat run of triangles, each with what shading needs of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generation.previs.kernel import kernel
from generation.previs.scene import F32, I32, Camera, Mesh, Scene

# Columns of a triangle's record: corner a, two vectors that give the barycentrics of b and c by a dot product with (p − a),
# the normal at a, its change towards b and towards c, and the face's own normal.
CORNER, TOWARDS_B, TOWARDS_C, NORMAL, NORMAL_B, NORMAL_C, FACE = 0, 3, 6, 9, 12, 15, 18
RECORD = 21


class Soup:
    """Triangles in drawing order: first those that stay (`still`), then those rewritten every frame. Arrays may be longer than `count`."""

    def __init__(self, meshes: Sequence[Mesh]) -> None:
        self.count = 0
        self._room(sum(len(mesh.triangles) for mesh in meshes) + 4096)
        for number, mesh in enumerate(meshes):
            self._put(mesh, number)
        self.still = self.count

    def _room(self, size: int) -> None:
        self.corners: F32 = np.zeros((size, 3, 3), np.float32)
        self.records: F32 = np.zeros((size, RECORD), np.float32)
        self.materials: I32 = np.zeros(size, np.int32)
        self.ids: I32 = np.zeros(size, np.int32)
        self.casts: I32 = np.zeros(size, np.int32)  # 1 where the triangle casts a shadow
        self.meshes: I32 = np.zeros(size, np.int32)  # which of the still meshes it came from

    def move(self, meshes: Sequence[Mesh]) -> None:
        """Replace the moving triangles."""
        need = self.still + sum(len(mesh.triangles) for mesh in meshes)
        if need > len(self.ids):
            old = (self.corners, self.records, self.materials, self.ids, self.casts, self.meshes)
            self._room(need + need // 4)
            for new, kept in zip((self.corners, self.records, self.materials, self.ids, self.casts, self.meshes), old, strict=True):
                new[: self.still] = kept[: self.still]
        self.count = self.still
        for mesh in meshes:
            self._put(mesh, 0)

    def _put(self, mesh: Mesh, number: int) -> None:
        if not len(mesh.triangles):
            return
        at, end = self.count, self.count + len(mesh.triangles)
        positions = np.ascontiguousarray(mesh.positions, np.float32)
        normals = np.ascontiguousarray(mesh.normals, np.float32)
        triangles = np.ascontiguousarray(mesh.triangles, np.int32)
        gather(positions, normals, triangles, self.corners[at:end], self.records[at:end])
        self.materials[at:end] = mesh.materials
        self.ids[at:end] = mesh.object_id
        self.casts[at:end] = int(mesh.casts_shadow)
        self.meshes[at:end] = number
        self.count = end


class Stock:
    """The triangles of the scene that is being drawn; those of still things are made once."""

    def __init__(self) -> None:
        self._soup: Soup | None = None
        self._still: list[Mesh] = []

    def of(self, scene: Scene, camera: Camera) -> tuple[Soup, bool]:
        """The scene's triangles, and whether the still ones are those of the last call. Moving things of hidden walls are left out."""
        same = self._soup is not None and len(scene.still) == len(self._still) and all(a is b for a, b in zip(scene.still, self._still, strict=True))
        if self._soup is None or not same:
            self._soup, self._still = Soup(scene.still), list(scene.still)
        self._soup.move([mesh for mesh in scene.moving if not _behind(mesh, camera)])  # a door goes with its wall
        return self._soup, same

    def drawn(self, camera: Camera) -> I32:
        """1 for triangles that are drawn: wild walls are left out while the eye is behind them."""
        assert self._soup is not None
        hidden = np.zeros(max(1, len(self._still)), bool)
        for number, mesh in enumerate(self._still):
            hidden[number] = _behind(mesh, camera)
        keep = np.ones(self._soup.count, np.int32)
        keep[: self._soup.still] = ~hidden[self._soup.meshes[: self._soup.still]]
        return keep


def _behind(mesh: Mesh, camera: Camera) -> bool:
    """Whether a mesh is part of a wild wall that the eye stands behind."""
    if mesh.wild is None:
        return False
    point, inward = np.array(mesh.wild[0]), np.array(mesh.wild[1])
    return float((np.array(camera.eye) - point) @ inward) < 0.0


@kernel
def gather(positions: F32, normals: F32, triangles: I32, corners: F32, records: F32) -> None:
    """Fill `corners` and `records` of one mesh. The gradients are those of the barycentric coordinates in the triangle's plane."""
    for t in range(triangles.shape[0]):
        ia, ib, ic = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        for k in range(3):
            corners[t, 0, k] = positions[ia, k]
            corners[t, 1, k] = positions[ib, k]
            corners[t, 2, k] = positions[ic, k]
            records[t, k] = positions[ia, k]
            records[t, 9 + k] = normals[ia, k]
            records[t, 12 + k] = normals[ib, k] - normals[ia, k]
            records[t, 15 + k] = normals[ic, k] - normals[ia, k]
        ux, uy, uz = positions[ib, 0] - positions[ia, 0], positions[ib, 1] - positions[ia, 1], positions[ib, 2] - positions[ia, 2]
        vx, vy, vz = positions[ic, 0] - positions[ia, 0], positions[ic, 1] - positions[ia, 1], positions[ic, 2] - positions[ia, 2]
        uu, uv, vv = ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz
        den = uu * vv - uv * uv
        scale = 1.0 / den if den > 1e-20 else 0.0
        records[t, 3] = (vv * ux - uv * vx) * scale
        records[t, 4] = (vv * uy - uv * vy) * scale
        records[t, 5] = (vv * uz - uv * vz) * scale
        records[t, 6] = (uu * vx - uv * ux) * scale
        records[t, 7] = (uu * vy - uv * uy) * scale
        records[t, 8] = (uu * vz - uv * uz) * scale
        fx, fy, fz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        length = np.sqrt(fx * fx + fy * fy + fz * fz)
        inverse = 1.0 / length if length > 1e-20 else 0.0
        records[t, 18], records[t, 19], records[t, 20] = fx * inverse, fy * inverse, fz * inverse
