"""Triangles to samples: clip, project, and fill spans. One path serves the picture (four samples a pixel) and shadow maps (one).

Closeness is what the depth buffer holds: one over the distance along the axis of view (perspective), or minus the distance
(parallel). Both are linear on the screen, and larger is nearer. Triangles are cut into rows of samples with the crossings of their
edges, each computed from its upper end, so that neighbours share every border exactly: no cracks, no sample drawn twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.previs.kernel import kernel
from generation.previs.scene import F32, I32

F64 = NDArray[np.float64]
COLUMNS = 15  # of a projected triangle: three corners from top to bottom, the plane of closeness, three slopes, side, and range of closeness
NEAR = 0.04  # metres; nothing closer to the lens is drawn
VIEW = 15  # of a view: eye, right, up, forward (3 each), pixels per unit of slope (or per metre), centre x, centre y

# Where the four samples lie in a pixel: a rotated square, so that near-horizontal and near-vertical edges get four steps each.
OFFSETS = np.array([[0.375, 0.125], [0.875, 0.375], [0.125, 0.625], [0.625, 0.875]])
CENTRE = np.array([[0.5, 0.5]])


@kernel
def _emit(out: F64, at: int, p: F64, a: int, b: int, c: int) -> int:
    """Write the triangle of points a, b, c (x, y, closeness) at row `at`, sorted from top to bottom; returns the next free row."""
    if p[b, 1] < p[a, 1]:
        a, b = b, a
    if p[c, 1] < p[b, 1]:
        b, c = c, b
    if p[b, 1] < p[a, 1]:
        a, b = b, a
    xa, ya, za, xb, yb, zb, xc, yc, zc = p[a, 0], p[a, 1], p[a, 2], p[b, 0], p[b, 1], p[b, 2], p[c, 0], p[c, 1], p[c, 2]
    area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya)
    if abs(area) < 1e-9 or yc <= ya:
        return at
    gx = ((zb - za) * (yc - ya) - (zc - za) * (yb - ya)) / area
    gy = ((zc - za) * (xb - xa) - (zb - za) * (xc - xa)) / area
    row = out[at]
    row[0], row[1], row[2], row[3], row[4], row[5] = xa, ya, xb, yb, xc, yc
    row[6], row[7], row[8] = gx, gy, za - gx * xa - gy * ya
    row[9] = (xc - xa) / (yc - ya)
    row[10] = (xb - xa) / (yb - ya) if yb > ya else 0.0
    row[11] = (xc - xb) / (yc - yb) if yc > yb else 0.0
    row[12] = area
    row[13] = min(za, min(zb, zc))
    row[14] = max(za, max(zb, zc))
    return at + 1


@kernel
def project(
    corners: F32, keep: I32, first: int, last: int, view: F64, parallel: bool, width: int, height: int, out: F64, source: I32, scratch: F64
) -> int:
    """Project triangles first…last (those with `keep` non-zero) into rows of `out`; `source` gets the triangle's number. `scratch` is (7, 3).

    Needs room for two rows a triangle (one corner behind the lens makes two). Returns the row after the last one written.
    """
    seen, cut = scratch[:3], scratch[3:]
    at = 0
    for t in range(first, last):
        if keep[t] == 0:
            continue
        for k in range(3):
            dx, dy, dz = corners[t, k, 0] - view[0], corners[t, k, 1] - view[1], corners[t, k, 2] - view[2]
            seen[k, 0] = view[3] * dx + view[4] * dy + view[5] * dz
            seen[k, 1] = view[6] * dx + view[7] * dy + view[8] * dz
            seen[k, 2] = view[9] * dx + view[10] * dy + view[11] * dz
        n = 0
        if parallel:
            n = 3
            for k in range(3):
                cut[k, 0], cut[k, 1], cut[k, 2] = view[13] + seen[k, 0] * view[12], view[14] - seen[k, 1] * view[12], -seen[k, 2]
        else:
            if seen[0, 2] < NEAR and seen[1, 2] < NEAR and seen[2, 2] < NEAR:
                continue
            for k in range(3):
                j = (k + 1) % 3
                if seen[k, 2] >= NEAR:
                    close = 1.0 / seen[k, 2]
                    cut[n, 0], cut[n, 1], cut[n, 2] = view[13] + seen[k, 0] * close * view[12], view[14] - seen[k, 1] * close * view[12], close
                    n += 1
                if (seen[k, 2] >= NEAR) != (seen[j, 2] >= NEAR):
                    i, o = (k, j) if seen[k, 2] >= NEAR else (j, k)  # from inside to outside, so that neighbours cut alike
                    f = (seen[i, 2] - NEAR) / (seen[i, 2] - seen[o, 2])
                    x, y = seen[i, 0] + (seen[o, 0] - seen[i, 0]) * f, seen[i, 1] + (seen[o, 1] - seen[i, 1]) * f
                    cut[n, 0], cut[n, 1], cut[n, 2] = view[13] + x / NEAR * view[12], view[14] - y / NEAR * view[12], 1.0 / NEAR
                    n += 1
        left, right, top, bottom = cut[0, 0], cut[0, 0], cut[0, 1], cut[0, 1]
        for k in range(1, n):
            left, right, top, bottom = min(left, cut[k, 0]), max(right, cut[k, 0]), min(top, cut[k, 1]), max(bottom, cut[k, 1])
        if right < 0 or bottom < 0 or left > width or top > height:
            continue
        for k in range(1, n - 1):
            after = _emit(out, at, cut, 0, k, k + 1)
            if after > at:
                source[at] = t
            at = after
    return at


@kernel
def sort(rows: F64, count: int, band: int, height: int, starts: I32, order: I32) -> int:
    """Put the numbers of the triangles that reach band k (rows k · band …) into order[starts[k]:starts[k + 1]], in the order of `rows`.

    Returns how long `order` must be; if it is not, it is left alone.
    """
    bands = starts.shape[0] - 1
    for k in range(bands + 1):
        starts[k] = 0
    for r in range(count):
        for k in range(int(max(0.0, rows[r, 1])) // band, min(bands, int(min(height - 1.0, rows[r, 5])) // band + 1)):
            starts[k + 1] += 1
    for k in range(bands):
        starts[k + 1] += starts[k]
    total = int(starts[bands])
    if total > order.shape[0]:
        return total
    for r in range(count):
        for k in range(int(max(0.0, rows[r, 1])) // band, min(bands, int(min(height - 1.0, rows[r, 5])) // band + 1)):
            order[starts[k]] = r
            starts[k] += 1
    for k in range(bands, 0, -1):
        starts[k] = starts[k - 1]
    starts[0] = 0
    return total


@kernel
def fill(rows: F64, source: I32, order: I32, first: int, last: int, offsets: F64, close: F32, index: I32, indexed: bool, y0: int, y1: int) -> None:
    """Draw projected triangles order[first:last] into rows y0…y1 of `close` (samples, h, w), nearest wins, earlier wins ties; `index` likewise
    if `indexed`.
    """
    width = close.shape[2]
    for n in range(first, last):
        r = order[n]
        t = rows[r]
        if t[5] < y0 or t[1] > y1:
            continue
        gx, gy, low, high = np.float32(t[6]), t[7], np.float32(t[13]), np.float32(t[14])
        number = source[r]
        for s in range(offsets.shape[0]):
            ox, oy = offsets[s, 0], offsets[s, 1]
            for y in range(max(y0, int(np.ceil(t[1] - oy))), min(y1, int(np.ceil(t[5] - oy)))):
                yy = y + oy
                xl = t[0] + (yy - t[1]) * t[9]
                xr = t[0] + (yy - t[1]) * t[10] if yy < t[3] else t[2] + (yy - t[3]) * t[11]
                if t[12] < 0:
                    xl, xr = xr, xl
                if xr < 0 or xl > width:
                    continue
                x0, x1 = max(0, int(np.ceil(xl - ox))), min(width, int(np.ceil(xr - ox)))
                if x1 <= x0:
                    continue
                start = np.float32(t[8] + gy * yy + t[6] * (x0 + ox))
                z = close[s, y, x0:x1]
                if indexed:
                    named = index[s, y, x0:x1]
                    for i in range(z.shape[0]):
                        value = min(high, max(low, start + gx * np.float32(i)))
                        nearer = value > z[i]
                        z[i] = value if nearer else z[i]
                        named[i] = number if nearer else named[i]
                else:
                    for i in range(z.shape[0]):
                        z[i] = max(z[i], min(high, max(low, start + gx * np.float32(i))))
