"""The sum of light: the surfaces of every pixel, with occlusion and shadows put in."""

from __future__ import annotations

from generation.previs.kernel import kernel
from generation.previs.raster import F64
from generation.previs.scene import F32, I32
from generation.previs.shadow import U8


@kernel
def _add(total: F32, parts: F32, weight: float, open_: float, sun: float, spot: float) -> float:
    """Add one surface to a pixel's sum, bright ones less (or edges against lamps would be steps); returns the weight used."""
    o = min(1.0, max(0.0, open_))
    warm, cool = o * (1.0 + 0.22 * (1.0 - o)), o * (1.0 - 0.04 * (1.0 - o))
    r = parts[0] * warm + parts[3] + parts[6] * sun + parts[9] * spot
    g = parts[1] * o + parts[4] + parts[7] * sun + parts[10] * spot
    b = parts[2] * cool + parts[5] + parts[8] * sun + parts[11] * spot
    used = weight / (1.0 + max(r, max(g, b)))
    total[0] += r * used
    total[1] += g * used
    total[2] += b * used
    return used


@kernel
def _openness(ao: F32, depth: F32, step: int, y: int, x: int, w: float) -> float:
    """Ambient occlusion at a full-size pixel from the half-size picture: bilinear among neighbours of like depth."""
    inverse = 1.0 / step
    fy, fx = y * inverse, x * inverse
    j0, i0 = int(fy), int(fx)
    j1, i1 = min(ao.shape[0] - 1, j0 + 1), min(ao.shape[1] - 1, i0 + 1)
    a, b, c, d = ao[j0, i0], ao[j0, i1], ao[j1, i0], ao[j1, i1]
    if max(max(a, b), max(c, d)) - min(min(a, b), min(c, d)) < 0.05:
        v, u = fy - j0, fx - i0
        return (a * (1.0 - u) + b * u) * (1.0 - v) + (c * (1.0 - u) + d * u) * v
    total, n = 0.0, 0.0
    for j in range(j0, min(ao.shape[0], j0 + 2)):
        for i in range(i0, min(ao.shape[1], i0 + 2)):
            far = depth[min(depth.shape[0] - 1, j * step), min(depth.shape[1] - 1, i * step)]
            share = (1.0 - abs(fy - j)) * (1.0 - abs(fx - i)) + 0.01
            share *= 1.0 if abs(far - w) < 0.06 * w else 0.001
            total += ao[j, i] * share
            n += share
    return total / n if n > 0.0 else 1.0


@kernel
def compose(
    changed: U8,
    keep: bool,
    depth: F32,
    visible: F32,
    ao: F32,
    step: int,
    parts: F32,
    weight: F32,
    extra_count: I32,
    extra_at: I32,
    extra_weight: F32,
    extra_depth: F32,
    extra_parts: F32,
    still_parts: F32,
    still_weight: F32,
    still_count: I32,
    still_at: I32,
    still_extra_weight: F32,
    still_depth: F32,
    still_extra_parts: F32,
    out: F32,
    used: F64,
    y0: int,
    y1: int,
) -> None:
    """Sum the surfaces of every pixel into `out` (h, w, 3), linear. With `keep`, pixels not `changed` come from the still parts.

    `used` (w,) is scratch.
    """
    height, width = depth.shape
    for y in range(y0, y1):
        total = out[y]
        for x in range(width):
            total[x, 0], total[x, 1], total[x, 2] = 0.0, 0.0, 0.0
            w = depth[y, x]
            open_ = _openness(ao, depth, step, y, x, w) if w > 0.0 else 1.0
            if keep and changed[y, x] == 0:
                used[x] = _add(total[x], still_parts[y, x], still_weight[y, x], open_, visible[y, x, 0], visible[y, x, 1])
            else:
                used[x] = _add(total[x], parts[y, x], weight[y, x], open_, visible[y, x, 0], visible[y, x, 1])
        for source in range(2):
            if source == 1 and not keep:
                continue
            for e in range(still_count[y] if source == 1 else extra_count[y]):
                x = still_at[y, e] if source == 1 else extra_at[y, e]
                if keep and (changed[y, x] == 0) != (source == 1):
                    continue
                w = still_depth[y, e] if source == 1 else extra_depth[y, e]
                best, bj, bi = 1e9, y, x
                for j in range(max(0, y - 1), min(height, y + 2)):
                    for i in range(max(0, x - 1), min(width, x + 2)):
                        gap = abs(depth[j, i] - w)
                        if gap < best:
                            best, bj, bi = gap, j, i
                open_ = _openness(ao, depth, step, bj, bi, depth[bj, bi]) if w > 0.0 else 1.0
                if source == 1:
                    used[x] += _add(total[x], still_extra_parts[y, e], still_extra_weight[y, e], open_, visible[bj, bi, 0], visible[bj, bi, 1])
                else:
                    used[x] += _add(total[x], extra_parts[y, e], extra_weight[y, e], open_, visible[bj, bi, 0], visible[bj, bi, 1])
        for x in range(width):
            inverse = 1.0 / used[x] if used[x] > 0.0 else 0.0
            for k in range(3):
                total[x, k] *= inverse
