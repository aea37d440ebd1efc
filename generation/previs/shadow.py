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
UNASKED = -1.0  # visibility of a light that does not shine on a surface
EMPTY = np.float32(-1e9)  # closeness where nothing was drawn
BLOCK = 8  # texels along the side of a block of `survey`
REACH = 26  # texels: no tap lies further away, whatever the light
WIDE = -(-REACH // BLOCK)  # blocks that are more than the reach
TILE = 8  # pixels along the side of a tile of the blur
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
def survey(near: F32, top: F32, bottom: F32, j0: int, j1: int, i0: int, i1: int) -> None:
    """Largest and smallest closeness of blocks j0…j1 × i0…i1 of a shadow map."""
    for j in range(j0, j1):
        for i in range(i0, i1):
            high, low = near[j * BLOCK, i * BLOCK], near[j * BLOCK, i * BLOCK]
            for y in range(j * BLOCK, j * BLOCK + BLOCK):
                for x in range(i * BLOCK, i * BLOCK + BLOCK):
                    high, low = max(high, near[y, x]), min(low, near[y, x])
            top[j, i], bottom[j, i] = high, low


@kernel
def extend(top: F32, bottom: F32, spread: int, wide_top: F32, wide_bottom: F32, j0: int, j1: int, i0: int, i1: int) -> None:
    """The same over every block and `spread` neighbours each way: what a whole disc of taps can meet that lie no further away."""
    rows, columns = top.shape
    for j in range(max(0, j0), min(rows, j1)):
        for i in range(max(0, i0), min(columns, i1)):
            high, low = top[j, i], bottom[j, i]
            for y in range(max(0, j - spread), min(rows, j + spread + 1)):
                for x in range(max(0, i - spread), min(columns, i + spread + 1)):
                    high, low = max(high, top[y, x]), min(low, bottom[y, x])
            wide_top[j, i], wide_bottom[j, i] = high, low


@kernel
def lit(
    near: F32,
    top: F32,
    bottom: F32,
    view: F64,
    parallel: bool,
    softness: float,
    surveyed: float,
    x: float,
    y: float,
    z: float,
    nx: float,
    ny: float,
    nz: float,
    taps: F64,
    c: float,
    s: float,
) -> float:
    """How much of the light reaches a point, 0…1; 1 outside the map. `softness` is in radians (parallel) or metres (spot).

    `top` and `bottom` hold for all taps within `surveyed` texels.
    """
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
    if search + 2.0 <= surveyed:
        block_j, block_i = int(v) // BLOCK, int(u) // BLOCK
        if top[block_j, block_i] <= here:
            return 1.0
        if bottom[block_j, block_i] > here and REACH < u < size - REACH and REACH < v < size - REACH:
            return 0.0
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
    radius = softness * (max(0.0, mean + along) if parallel else max(0.0, along * mean - 1.0)) * scale
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
        upper = (1.0 - a) * (0.0 if near[iv, iu] > here else 1.0) + a * (0.0 if near[iv, iu + 1] > here else 1.0)
        lower = (1.0 - a) * (0.0 if near[iv + 1, iu] > here else 1.0) + a * (0.0 if near[iv + 1, iu + 1] > here else 1.0)
        open_ += upper + (lower - upper) * b
    return open_ / n


@kernel
def mark(now: F32, still: F32, spread: int, touched: U8, j0: int, j1: int, i0: int, i1: int) -> None:
    """Set `touched` for blocks whose closeness moving things have changed, and for `spread` neighbours each way, whose taps may meet one."""
    rows, columns = touched.shape
    for j in range(j0, j1):
        for i in range(i0, i1):
            differs = False
            for y in range(j * BLOCK, j * BLOCK + BLOCK):
                for x in range(i * BLOCK, i * BLOCK + BLOCK):
                    differs = differs or now[y, x] != still[y, x]
            if differs:
                for y in range(max(0, j - spread), min(rows, j + spread + 1)):
                    for x in range(max(0, i - spread), min(columns, i + spread + 1)):
                        touched[y, x] = 1


@kernel
def inside(view: F64, parallel: bool, touched: U8, x: float, y: float, z: float) -> bool:
    """Whether moving things may change the light at a point. A block more than the taps' reach covers the push along the normal."""
    dx, dy, dz = x - view[0], y - view[1], z - view[2]
    along = view[9] * dx + view[10] * dy + view[11] * dz
    if not parallel and along < 0.05:
        return True
    scale = view[12] if parallel else view[12] / along
    u = view[13] + (view[3] * dx + view[4] * dy + view[5] * dz) * scale
    v = view[14] - (view[6] * dx + view[7] * dy + view[8] * dz) * scale
    rows, columns = touched.shape
    j, i = min(rows - 1, max(0, int(v * (1.0 / BLOCK)))), min(columns - 1, max(0, int(u * (1.0 / BLOCK))))
    return touched[j, i] != 0


@kernel
def visibility(
    depth: F32,
    normals: F32,
    changed: U8,
    camera: F64,
    suns: F64,
    sun_near: F32,
    near_top: F32,
    near_bottom: F32,
    sun_far: F32,
    far_top: F32,
    far_bottom: F32,
    spot: F64,
    spot_map: F32,
    spot_top: F32,
    spot_bottom: F32,
    softness: F64,
    surveyed: F64,
    near_touched: U8,
    far_touched: U8,
    spot_touched: U8,
    use: F64,
    parts: F32,
    known: F32,
    known_parts: F32,
    reuse: bool,
    sparse: bool,
    taps: F64,
    turn: F64,
    out: F32,
    y0: int,
    y1: int,
) -> None:
    """Raw visibility of sun and spot per pixel into `out` (h, w, 2); `UNASKED` where neither could light the surface anyway.

    `suns` holds the views of the near and far map; `use` says whether sun, far map and spot exist, `surveyed` how far their surveys go
    (texels). With `reuse`, pixels not `changed`
    whose places on the maps no moving thing has `touched` take `known`, which is what they would compute. `sparse` asks
    only every other pixel and leaves the rest to the blur.
    """
    for y in range(y0, y1):
        for x in range(depth.shape[1]):
            w = depth[y, x]
            if w <= 0.0 or (sparse and (x + y) & 1):
                out[y, x, 0], out[y, x, 1] = UNASKED, UNASKED
                continue
            vx, vy = (x + 0.5 - camera[13]) / camera[12], (camera[14] - y - 0.5) / camera[12]
            px = camera[0] + (camera[9] + camera[3] * vx + camera[6] * vy) * w
            py = camera[1] + (camera[10] + camera[4] * vx + camera[7] * vy) * w
            pz = camera[2] + (camera[11] + camera[5] * vx + camera[8] * vy) * w
            nx, ny, nz = normals[y, x, 0], normals[y, x, 1], normals[y, x, 2]
            cell = (y & 3) * 4 + (x & 3)
            c, s = turn[cell, 0], turn[cell, 1]
            same = reuse and changed[y, x] == 0
            own = known_parts[y] if same else parts[y]
            sun, lamp = UNASKED, UNASKED
            if use[0] > 0.0 and own[6, x] + own[7, x] + own[8, x] > 0.0:
                touched = not same or inside(suns[0], True, near_touched, px, py, pz)
                if not touched and use[1] > 0.0:
                    touched = inside(suns[1], True, far_touched, px, py, pz)
                if not touched:
                    sun = known[y, x, 0]
                else:
                    dx, dy, dz = px - suns[0, 0], py - suns[0, 1], pz - suns[0, 2]
                    ux = suns[0, 13] + (suns[0, 3] * dx + suns[0, 4] * dy + suns[0, 5] * dz) * suns[0, 12]
                    uy = suns[0, 14] - (suns[0, 6] * dx + suns[0, 7] * dy + suns[0, 8] * dz) * suns[0, 12]
                    size = sun_near.shape[0]
                    if use[1] > 0.0 and (ux < 32.0 or uy < 32.0 or ux > size - 32.0 or uy > size - 32.0):
                        sun = lit(sun_far, far_top, far_bottom, suns[1], True, softness[0], surveyed[1], px, py, pz, nx, ny, nz, taps, c, s)
                    else:
                        sun = lit(sun_near, near_top, near_bottom, suns[0], True, softness[0], surveyed[0], px, py, pz, nx, ny, nz, taps, c, s)
            if use[2] > 0.0 and own[9, x] + own[10, x] + own[11, x] > 0.0:
                if same and not inside(spot, False, spot_touched, px, py, pz):
                    lamp = known[y, x, 1]
                else:
                    lamp = lit(spot_map, spot_top, spot_bottom, spot, False, softness[1], surveyed[2], px, py, pz, nx, ny, nz, taps, c, s)
            out[y, x, 0], out[y, x, 1] = sun, lamp


@kernel
def _alike(raw: F32, channel: int, j0: int, j1: int, i0: int, i1: int) -> float:
    """The one value a channel has over a window where it was asked at all; 2 if there are several."""
    value = UNASKED
    for j in range(j0, j1):
        for i in range(i0, i1):
            r = raw[j, i, channel]
            if r != UNASKED and r != value:
                if value != UNASKED:
                    return 2.0
                value = r
    return value


@kernel
def _kept(raw: F32, known: F32, changed: U8, channel: int, j0: int, j1: int, i0: int, i1: int) -> bool:
    """Whether nothing of a channel in a window differs from what is known."""
    for j in range(j0, j1):
        for i in range(i0, i1):
            if changed[j, i] != 0 or raw[j, i, channel] != known[j, i, channel]:
                return False
    return True


@kernel
def smooth(raw: F32, depth: F32, normals: F32, changed: U8, known_raw: F32, known: F32, reuse: bool, sums: F64, out: F32, y0: int, y1: int) -> None:
    """4×4 blur of `raw` (h, w, 2) over neighbours of like depth and facing, which gathers all sixteen turns of the taps.

    Most tiles are wholly in light or in shadow and need no blur. Unlit places become 0. With `reuse`, tiles around which nothing differs from
    `known_raw` take `known`. `sums` (2 · w,) is scratch.
    """
    height, width = depth.shape
    for ty in range(y0, y1, TILE):
        end_y = min(y1, ty + TILE)
        j0, j1 = max(0, ty - 1), min(height, end_y + 2)
        for channel in range(2):
            first = 0  # of the tiles side by side that want a blur
            for tx in range(0, width, TILE):
                end_x = min(width, tx + TILE)
                i0, i1 = max(0, tx - 1), min(width, end_x + 2)
                if reuse and _kept(raw, known_raw, changed, channel, j0, j1, i0, i1):
                    for y in range(ty, end_y):
                        for x in range(tx, end_x):
                            out[y, x, channel] = known[y, x, channel]
                else:
                    flat = _alike(raw, channel, j0, j1, i0, i1)
                    if flat > 1.5:
                        continue
                    for y in range(ty, end_y):
                        for x in range(tx, end_x):
                            out[y, x, channel] = max(0.0, flat)
                for y in range(ty, end_y):
                    _blur_row(raw, channel, depth, normals, y, first, tx, sums, out)
                first = end_x
            for y in range(ty, end_y):
                _blur_row(raw, channel, depth, normals, y, first, width, sums, out)


@kernel
def _blur_row(raw: F32, channel: int, depth: F32, normals: F32, y: int, x0: int, x1: int, sums: F64, out: F32) -> None:
    """`_blurred` of pixels x0…x1 of a row, many at once where no neighbour is beyond the border of the picture."""
    height, width = depth.shape
    if x1 <= x0:
        return
    left, n = max(0, x0 - 1), min(width - 2, x1) - max(1, x0)  # not negative, which would mean places from the end
    if y == 0 or y + 2 >= height or n <= 0:
        for x in range(x0, x1):
            out[y, x, channel] = _blurred(raw, channel, depth, normals, y, x)
        return
    total, count = sums[:n], sums[width : width + n]
    for i in range(n):
        total[i], count[i] = 0.0, 0.0
    for j in range(y - 1, y + 3):
        for k in range(4):
            for i in range(n):
                x, r, w = left + 1 + i, raw[j, left + k + i, channel], depth[y, left + 1 + i]
                facing = normals[j, left + k + i, 0] * normals[y, x, 0] + normals[j, left + k + i, 1] * normals[y, x, 1]
                facing += normals[j, left + k + i, 2] * normals[y, x, 2]
                good = (r != UNASKED) & (abs(depth[j, left + k + i] - w) < 0.05 * w) & (facing > 0.75)
                total[i] += r if good else 0.0
                count[i] += 1.0 if good else 0.0
    for i in range(n):
        out[y, left + 1 + i, channel] = total[i] / max(1.0, count[i])
    for x in range(x0, 1):
        out[y, x, channel] = _blurred(raw, channel, depth, normals, y, x)
    for x in range(max(x0, width - 2), x1):
        out[y, x, channel] = _blurred(raw, channel, depth, normals, y, x)


@kernel
def _blurred(raw: F32, channel: int, depth: F32, normals: F32, y: int, x: int) -> float:
    height, width = depth.shape
    w = depth[y, x]
    if w <= 0.0:
        return 0.0
    total, n = 0.0, 0.0
    limit = 0.05 * w
    nx, ny, nz = normals[y, x, 0], normals[y, x, 1], normals[y, x, 2]
    for j in range(max(0, y - 1), min(height, y + 3)):
        for i in range(max(0, x - 1), min(width, x + 3)):
            r = raw[j, i, channel]
            if r != UNASKED and abs(depth[j, i] - w) < limit and normals[j, i, 0] * nx + normals[j, i, 1] * ny + normals[j, i, 2] * nz > 0.75:
                total += r
                n += 1.0
    return total / n if n > 0.0 else 0.0
