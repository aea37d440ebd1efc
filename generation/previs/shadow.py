"""Soft shadows: percentage-closer filtering whose width grows with the distance of what casts the shadow.

Each pixel uses one of sixteen turns of a small disc of taps; a 4×4 blur that respects depth then holds all sixteen, so that few taps
a pixel give a smooth penumbra that stands still. Method: Fernando, "Percentage-Closer Soft Shadows" (2005).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.previs.kernel import kernel
from generation.previs.raster import F64
from generation.previs.scene import F32

U8 = NDArray[np.uint8]
EMPTY = np.float32(-1e9)  # closeness where nothing was drawn
REACH = 26  # texels: no tap lies further away
SPREAD = 6.0  # metres between caster and ground beyond which a sun's penumbra is not searched for


def disc(taps: int) -> F64:
    """`taps` points of a unit disc on Vogel's spiral, (taps, 2)."""
    k = np.arange(taps)
    radius, angle = np.sqrt((k + 0.5) / taps), k * 2.399963
    return np.ascontiguousarray(np.stack((radius * np.cos(angle), radius * np.sin(angle)), 1))


def turns() -> F64:
    """(16, 2) cosine and sine for the pixels of a 4×4 block, far-apart angles side by side; over a sixteenth of a turn times golden steps."""
    order = np.array([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5])
    angle = order * (2 * np.pi / 16)
    return np.ascontiguousarray(np.stack((np.cos(angle), np.sin(angle)), 1))


@kernel
def lit(near: F32, view: F64, parallel: bool, softness: float, x: float, y: float, z: float, nx: float, ny: float, nz: float, taps: F64, c: float, s: float) -> float:
    """How much of the light reaches a point, 0…1; 1 outside the map. `softness` is in radians (parallel) or metres (spot)."""
    size = near.shape[0]
    dx, dy, dz = x - view[0], y - view[1], z - view[2]
    along = view[9] * dx + view[10] * dy + view[11] * dz
    if not parallel and along < 0.05:
        return 1.0
    scale = view[12] if parallel else view[12] / along  # texels a metre here
    slope = min(1.0, max(0.0, -(nx * view[9] + ny * view[10] + nz * view[11])))
    push = (0.9 + 2.2 * (1.0 - slope)) / scale + 0.006
    dx, dy, dz = dx + nx * push, dy + ny * push, dz + nz * push
    along = view[9] * dx + view[10] * dy + view[11] * dz
    u = view[13] + (view[3] * dx + view[4] * dy + view[5] * dz) * scale
    v = view[14] - (view[6] * dx + view[7] * dy + view[8] * dz) * scale
    if u < 1.0 or v < 1.0 or u > size - 2.0 or v > size - 2.0:
        return 1.0
    bias = 0.012 + 0.7 / scale
    here = -along + bias if parallel else 1.0 / max(0.05, along - bias)
    search = min(float(REACH - 2), max(2.5, softness * SPREAD * scale * 0.7)) if parallel else min(float(REACH - 2), max(2.5, softness * 1.2 * scale))
    count, total = 0, 0.0
    n = taps.shape[0]
    for k in range(n):
        iu = int(u + search * (taps[k, 0] * c - taps[k, 1] * s))
        iv = int(v + search * (taps[k, 0] * s + taps[k, 1] * c))
        if iu < 0 or iv < 0 or iu >= size or iv >= size:
            continue
        m = near[iv, iu]
        if m > here:
            count += 1
            total += m
    if count == 0:
        return 1.0
    mean = total / count
    if parallel:
        radius = softness * max(0.0, mean + along) * scale
    else:
        radius = softness * max(0.0, along * mean - 1.0) * scale
    radius = min(search, max(1.1, radius))
    if count == n and radius >= search * 0.999:
        return 0.0
    open_ = 0.0
    for k in range(n):
        fu = u + radius * (taps[k, 0] * c - taps[k, 1] * s) - 0.5
        fv = v + radius * (taps[k, 0] * s + taps[k, 1] * c) - 0.5
        iu, iv = int(fu), int(fv)
        if iu < 0 or iv < 0 or iu >= size - 1 or iv >= size - 1:
            open_ += 1.0
            continue
        a, b = fu - iu, fv - iv
        top = (1.0 - a) * (0.0 if near[iv, iu] > here else 1.0) + a * (0.0 if near[iv, iu + 1] > here else 1.0)
        bottom = (1.0 - a) * (0.0 if near[iv + 1, iu] > here else 1.0) + a * (0.0 if near[iv + 1, iu + 1] > here else 1.0)
        open_ += top + (bottom - top) * b
    return open_ / n


@kernel
def inside(view: F64, parallel: bool, box: F64, x: float, y: float, z: float) -> bool:
    """Whether a point's place on a shadow map lies in `box` (x0, y0, x1, y1 in texels), grown by the reach of the taps."""
    dx, dy, dz = x - view[0], y - view[1], z - view[2]
    along = view[9] * dx + view[10] * dy + view[11] * dz
    if not parallel and along < 0.05:
        return True
    scale = view[12] if parallel else view[12] / along
    u = view[13] + (view[3] * dx + view[4] * dy + view[5] * dz) * scale
    v = view[14] - (view[6] * dx + view[7] * dy + view[8] * dz) * scale
    grow = REACH + 4.0 + 0.02 * scale
    return box[0] - grow < u < box[2] + grow and box[1] - grow < v < box[3] + grow


@kernel
def visibility(
    depth: F32,
    normals: F32,
    changed: U8,
    camera: F64,
    suns: F64,
    sun_near: F32,
    sun_far: F32,
    spot: F64,
    spot_map: F32,
    softness: F64,
    boxes: F64,
    use: F64,
    known: F32,
    reuse: bool,
    taps: F64,
    turn: F64,
    out: F32,
    y0: int,
    y1: int,
) -> None:
    """Raw visibility of sun and spot per pixel into `out` (h, w, 2).

    `suns` holds the views of the near and far map; `use` says whether sun, far map and spot exist. With `reuse`, pixels not `changed`
    whose places on the maps lie outside `boxes` (where moving things are) take `known`, which is what they would compute.
    """
    for y in range(y0, y1):
        for x in range(depth.shape[1]):
            w = depth[y, x]
            if w <= 0.0:
                out[y, x, 0], out[y, x, 1] = 1.0, 1.0
                continue
            vx, vy = (x + 0.5 - camera[13]) / camera[12], (camera[14] - y - 0.5) / camera[12]
            px = camera[0] + (camera[9] + camera[3] * vx + camera[6] * vy) * w
            py = camera[1] + (camera[10] + camera[4] * vx + camera[7] * vy) * w
            pz = camera[2] + (camera[11] + camera[5] * vx + camera[8] * vy) * w
            nx, ny, nz = normals[y, x, 0], normals[y, x, 1], normals[y, x, 2]
            cell = (y & 3) * 4 + (x & 3)
            c, s = turn[cell, 0], turn[cell, 1]
            same = reuse and changed[y, x] == 0
            sun = 1.0
            if use[0] > 0.0:
                touched = inside(suns[0], True, boxes[0], px, py, pz) or (use[1] > 0.0 and inside(suns[1], True, boxes[1], px, py, pz)) if same else True
                if not touched:
                    sun = known[y, x, 0]
                elif -(nx * suns[0, 9] + ny * suns[0, 10] + nz * suns[0, 11]) > -0.5:
                    ux = suns[0, 13] + (suns[0, 3] * (px - suns[0, 0]) + suns[0, 4] * (py - suns[0, 1]) + suns[0, 5] * (pz - suns[0, 2])) * suns[0, 12]
                    uy = suns[0, 14] - (suns[0, 6] * (px - suns[0, 0]) + suns[0, 7] * (py - suns[0, 1]) + suns[0, 8] * (pz - suns[0, 2])) * suns[0, 12]
                    size = sun_near.shape[0]
                    if use[1] > 0.0 and (ux < 32.0 or uy < 32.0 or ux > size - 32.0 or uy > size - 32.0):
                        sun = lit(sun_far, suns[1], True, softness[0], px, py, pz, nx, ny, nz, taps, c, s)
                    else:
                        sun = lit(sun_near, suns[0], True, softness[0], px, py, pz, nx, ny, nz, taps, c, s)
            lamp = 1.0
            if use[2] > 0.0:
                if same and not inside(spot, False, boxes[2], px, py, pz):
                    lamp = known[y, x, 1]
                else:
                    lamp = lit(spot_map, spot, False, softness[1], px, py, pz, nx, ny, nz, taps, c, s)
            out[y, x, 0], out[y, x, 1] = sun, lamp


@kernel
def smooth(raw: F32, depth: F32, normals: F32, out: F32, y0: int, y1: int) -> None:
    """4×4 blur of `raw` (h, w, 2) over neighbours of like depth and facing, which gathers all sixteen turns of the taps."""
    height, width = depth.shape
    for y in range(y0, y1):
        for x in range(width):
            w = depth[y, x]
            first, second = raw[y, x, 0], raw[y, x, 1]
            if w <= 0.0:
                out[y, x, 0], out[y, x, 1] = first, second
                continue
            a, b, n = 0.0, 0.0, 0.0
            limit = 0.05 * w
            for j in range(max(0, y - 1), min(height, y + 3)):
                for i in range(max(0, x - 1), min(width, x + 3)):
                    if abs(depth[j, i] - w) < limit:
                        facing = normals[j, i, 0] * normals[y, x, 0] + normals[j, i, 1] * normals[y, x, 1] + normals[j, i, 2] * normals[y, x, 2]
                        if facing > 0.75:
                            a += raw[j, i, 0]
                            b += raw[j, i, 1]
                            n += 1.0
            if n > 0.0:
                first, second = a / n, b / n
            out[y, x, 0], out[y, x, 1] = first, second
