"""Ambient occlusion in screen space at half size: contact in corners, under feet and furniture, on two scales at once.

Method: McGuire, "The Alchemy Screen-Space Ambient Obscurance Algorithm" (2011), taps turned per pixel and gathered by a 4×4 blur.
"""

from __future__ import annotations

import numpy as np

from generation.previs.kernel import kernel
from generation.previs.raster import F64
from generation.previs.scene import F32

SMALL, LARGE = 0.28, 1.3  # metres: reach of the two scales


@kernel
def obscure(depth: F32, normals: F32, camera: F64, step: int, taps: F64, turn: F64, out: F32, y0: int, y1: int) -> None:
    """Openness 0…1 of rows y0…y1 of `out` (h/step, w/step): 1 in the open."""
    height, width = depth.shape
    n = taps.shape[0]
    for oy in range(y0, y1):
        for ox in range(out.shape[1]):
            y, x = min(height - 1, oy * step), min(width - 1, ox * step)
            w = depth[y, x]
            if w <= 0.0:
                out[oy, ox] = 1.0
                continue
            nx, ny, nz = normals[y, x, 0], normals[y, x, 1], normals[y, x, 2]
            sx = nx * camera[3] + ny * camera[4] + nz * camera[5]
            sy = nx * camera[6] + ny * camera[7] + nz * camera[8]
            sz = nx * camera[9] + ny * camera[10] + nz * camera[11]
            px, py = (x + 0.5 - camera[13]) / camera[12] * w, (camera[14] - y - 0.5) / camera[12] * w
            cell = (oy & 3) * 4 + (ox & 3)
            c, s = turn[cell, 0], turn[cell, 1]
            total = 0.0
            for k in range(n):
                reach = SMALL if k % 2 == 0 else LARGE
                r = min(reach * camera[12] / w, 0.35 * height)
                qx = x + r * (taps[k, 0] * c - taps[k, 1] * s)
                qy = y + r * (taps[k, 0] * s + taps[k, 1] * c)
                i, j = int(qx), int(qy)
                if i < 0 or j < 0 or i >= width or j >= height:
                    continue
                d = depth[j, i]
                if d <= 0.0:
                    continue
                vx, vy, vz = (i + 0.5 - camera[13]) / camera[12] * d - px, (camera[14] - j - 0.5) / camera[12] * d - py, d - w
                vv = vx * vx + vy * vy + vz * vz
                vn = vx * sx + vy * sy + vz * sz - 0.004 * w - 0.004
                if vn <= 0.0:
                    continue
                fall = max(0.0, 1.0 - vv / (reach * reach * 1.7))
                total += fall * vn / np.sqrt(vv + 0.0004)
            out[oy, ox] = max(0.0, 1.0 - 1.9 * total / n)


@kernel
def even(raw: F32, depth: F32, step: int, out: F32, y0: int, y1: int) -> None:
    """4×4 blur of `raw` over neighbours of like depth."""
    height, width = raw.shape
    last_y, last_x = depth.shape[0] - 1, depth.shape[1] - 1
    for y in range(y0, y1):
        for x in range(width):
            w = depth[min(last_y, y * step), min(last_x, x * step)]
            total, n = 0.0, 0.0
            limit = 0.07 * w
            for j in range(max(0, y - 1), min(height, y + 3)):
                for i in range(max(0, x - 1), min(width, x + 3)):
                    if abs(depth[min(last_y, j * step), min(last_x, i * step)] - w) <= limit:
                        total += raw[j, i]
                        n += 1.0
            out[y, x] = total / n if n > 0.0 else raw[y, x]
