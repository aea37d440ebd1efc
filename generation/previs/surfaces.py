"""From samples to surfaces: which of them a pixel sees, and the light of each.

A pixel's four samples are grouped into surfaces; the largest is the pixel's own, the others are extras, so every edge is shaded as many
times as it has sides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.previs.kernel import kernel
from generation.previs.light import PARTS, alike, fragment
from generation.previs.patterns import WATER
from generation.previs.raster import F64
from generation.previs.scene import F32, I32
from generation.previs.shadow import U8
from generation.previs.spans import CLOSE, GROUP, LANES, NX, NY, NZ, SUM, W, span

U16 = NDArray[np.uint16]
I64 = NDArray[np.int64]


@kernel
def _run(index: I32, y: int, x: int) -> int:
    """How many pixels from x on, `LANES` at most, see nothing but one and the same triangle; 0 if this one does not."""
    t, n, most = index[0, y, x], 0, min(LANES, index.shape[2] - x)
    while t >= 0 and n < most and index[0, y, x + n] == t and index[1, y, x + n] == t and index[2, y, x + n] == t and index[3, y, x + n] == t:
        n += 1
    return n


@kernel
def _groups(
    close: F32, index: I32, offsets: F64, y: int, x: int, records: F32, materials: I32, ids: I32, count: I64, rep: I64, sums: F64
) -> tuple[int, int]:
    """Group a pixel's samples into surfaces; returns how many there are and which is the largest.

    `count` and `rep` get each surface's number of samples and a triangle of it, `sums` the sums of closeness and place in the pixel.
    """
    sz, sx, sy, zrep = sums[0], sums[1], sums[2], sums[3]
    groups, own = 0, 0
    for s in range(4):
        t, z = index[s, y, x], close[s, y, x]
        g = 0
        while g < groups and not alike(rep[g], t, zrep[g], z, records, materials, ids):
            g += 1
        if g == groups:
            count[g], rep[g], zrep[g], sz[g], sx[g], sy[g] = 0, t, z, 0.0, 0.0, 0.0
            groups += 1
        count[g] += 1
        sz[g] += z
        sx[g] += offsets[s, 0]
        sy[g] += offsets[s, 1]
    for g in range(1, groups):
        if count[g] > count[own]:
            own = g
    return groups, own


@kernel
def shade(
    close: F32,
    index: I32,
    offsets: F64,
    first_moving: int,
    camera: F64,
    records: F32,
    materials: I32,
    ids: I32,
    table: F64,
    lights: F64,
    spot: F64,
    air: F64,
    only_changed: bool,
    parts: F32,
    weight: F32,
    depth: F32,
    number: U16,
    normals: F32,
    changed: U8,
    extra_count: I32,
    extra_at: I32,
    extra_weight: F32,
    extra_depth: F32,
    extra_parts: F32,
    tally: I64,
    sums: F64,
    lanes: F64,
    y0: int,
    y1: int,
) -> None:
    """Rows y0…y1: the pixel's own surface into `parts`, `weight`, `depth`, `number`, `normals`; other surfaces into the row's extras.

    `changed` becomes 1 where a moving thing, water or drifting cloud is seen. With `only_changed` the others are left alone.
    `parts` and `extra_parts` are (h, PARTS, w); rows of `parts` are `GROUP` longer. `tally` (2, 4), `sums` (4, 4) and `lanes` (ROWS · LANES,) are
    scratch.
    """
    width = close.shape[2]
    count, rep = tally[0], tally[1]
    sz, sx, sy = sums[0], sums[1], sums[2]
    for y in range(y0, y1):
        extras, x = 0, 0
        while x < width:
            run = _run(index, y, x)
            if run > 0 and table[materials[index[0, y, x]], 5] != WATER:
                t = index[0, y, x]
                live = t >= first_moving
                for i in range(x, x + run):
                    changed[y, i] = 1 if live else 0
                if live or not only_changed:
                    n = -(-run // GROUP) * GROUP
                    for i in range(n):
                        at = min(x + i, x + run - 1)
                        lanes[CLOSE * LANES + i] = 0.25 * (float(close[0, y, at]) + close[1, y, at] + close[2, y, at] + close[3, y, at])
                    span(lanes, n, records[t], camera, table[materials[t]], lights, spot, air, live, x, y)
                    # What is written beyond the run is written again by what comes there, or not looked at.
                    for k in range(PARTS):
                        for i in range(n):
                            parts[y, k, x + i] = lanes[(SUM + k) * LANES + i]
                    for i in range(run):
                        weight[y, x + i], number[y, x + i], depth[y, x + i] = 1.0, ids[t], lanes[W * LANES + i]
                        normals[y, x + i, 0], normals[y, x + i, 1] = lanes[NX * LANES + i], lanes[NY * LANES + i]
                        normals[y, x + i, 2] = lanes[NZ * LANES + i]
                x += run
                continue
            live = False
            for s in range(4):
                t = index[s, y, x]
                live = live or t >= first_moving or (table[materials[t], 5] == WATER if t >= 0 else air[17] > 0.0 or air[16] > 0.0)
            changed[y, x] = 1 if live else 0
            if only_changed and not live:
                x += 1
                continue
            groups, own = _groups(close, index, offsets, y, x, records, materials, ids, count, rep, sums)
            for g in range(groups):
                t, share = rep[g], 1.0 / count[g]
                z, px, py = sz[g] * share, x + sx[g] * share, y + sy[g] * share
                row = table[materials[t]] if t >= 0 else table[0]
                if g == own:
                    nx, ny, nz = fragment(parts[y], x, t, z, px, py, camera, records, row, lights, spot, air, t >= first_moving)
                    weight[y, x] = count[g] * 0.25
                    depth[y, x] = 1.0 / z if t >= 0 else 0.0
                    number[y, x] = ids[t] if t >= 0 else 0
                    normals[y, x, 0], normals[y, x, 1], normals[y, x, 2] = nx, ny, nz
                elif extras < extra_at.shape[1]:
                    fragment(extra_parts[y], extras, t, z, px, py, camera, records, row, lights, spot, air, t >= first_moving)
                    extra_at[y, extras], extra_weight[y, extras] = x, count[g] * 0.25
                    extra_depth[y, extras] = 1.0 / z if t >= 0 else 0.0
                    extras += 1
            x += 1
        extra_count[y] = extras
