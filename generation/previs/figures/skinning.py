"""The inner loop of bending a figure: linear blend skinning over at most four joints a vertex."""

from __future__ import annotations

import math

from generation.previs.kernel import kernel
from generation.previs.scene import F32, I32


@kernel
def bend(points: F32, normals: F32, joints: I32, weights: F32, matrices: F32, out_points: F32, out_normals: F32) -> None:
    """`joints` and `weights` are (V, 4), `matrices` (J, 3, 4). Normals come out unit."""
    for v in range(points.shape[0]):
        px, py, pz = points[v, 0], points[v, 1], points[v, 2]
        nx, ny, nz = normals[v, 0], normals[v, 1], normals[v, 2]
        for i in range(3):
            a = b = c = d = 0.0
            for k in range(4):
                w = weights[v, k]
                if w > 0.0:
                    j = joints[v, k]
                    a += w * matrices[j, i, 0]
                    b += w * matrices[j, i, 1]
                    c += w * matrices[j, i, 2]
                    d += w * matrices[j, i, 3]
            out_points[v, i] = a * px + b * py + c * pz + d
            out_normals[v, i] = a * nx + b * ny + c * nz
        length = math.sqrt(out_normals[v, 0] ** 2 + out_normals[v, 1] ** 2 + out_normals[v, 2] ** 2)
        scale = 1.0 / max(length, 1e-9)
        out_normals[v, 0] *= scale
        out_normals[v, 1] *= scale
        out_normals[v, 2] *= scale
