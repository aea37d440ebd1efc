"""Where a set's meshes gather: one list of materials, one number for every named thing."""

from __future__ import annotations

import numpy as np

from generation.previs.props import material_index
from generation.previs.scene import Material, Mesh


class Paintbox:
    """Collects meshes with their materials. Object ids count from 1; meshes of one name share an id."""

    def __init__(self) -> None:
        self.materials: list[Material] = []
        self.meshes: list[Mesh] = []
        self._ids: dict[str, int] = {}

    def index(self, material: Material) -> int:
        return material_index(self.materials, material)

    def number(self, name: str) -> int:
        return self._ids.setdefault(name, len(self._ids) + 1)

    def add(self, mesh: Mesh, material: Material, name: str) -> None:
        """Add a mesh of one material. Empty meshes are left out."""
        if not len(mesh.triangles):
            return
        mesh.materials = np.full(len(mesh.triangles), self.index(material), dtype=np.int32)
        mesh.name, mesh.object_id = name, self.number(name)
        self.meshes.append(mesh)
