"""The sum of light: the surfaces of every pixel, with occlusion and shadows put in."""

from __future__ import annotations

from generation.previs.kernel import kernel
from generation.previs.light import PARTS
from generation.previs.raster import F64
from generation.previs.scene import F32, I32
from generation.previs.shadow import U8

SCRATCH = PARTS + 3 + 5  # rows of scratch `compose` needs


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
def _sum_row(ambient: F32, own: F32, sunlit: F32, spotlit: F32, tint: F32, sun: F32, spot: F32, out: F32) -> None:
    """The same of one colour and a row of pixels, before the weight; `tint` is what the openness makes of ambient light."""
    for x in range(out.shape[0]):
        out[x] = ambient[x] * tint[x] + own[x] + sunlit[x] * sun[x] + spotlit[x] * spot[x]


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
def _gather(parts: F32, at: int, out: F32) -> None:
    for k in range(PARTS):
        out[k] = parts[k, at]


@kernel
def _open_row(ao: F32, depth: F32, step: int, y: int, out: F64) -> None:
    """Openness of a row of pixels, 1 where there is sky. Cells of the rough picture whose corners are alike need no look at depth."""
    width = depth.shape[1]
    fy = y * (1.0 / step)
    j0 = int(fy)
    j1, v = min(ao.shape[0] - 1, j0 + 1), fy - j0
    for i0 in range(ao.shape[1]):
        i1 = min(ao.shape[1] - 1, i0 + 1)
        a, b, c, d = ao[j0, i0], ao[j0, i1], ao[j1, i0], ao[j1, i1]
        calm = max(max(a, b), max(c, d)) - min(min(a, b), min(c, d)) < 0.05
        left, right = a * (1.0 - v) + c * v, b * (1.0 - v) + d * v
        for x in range(i0 * step, min(width, i0 * step + step)):
            w = depth[y, x]
            if w <= 0.0:
                out[x] = 1.0
            elif calm:
                out[x] = left + (right - left) * (x * (1.0 / step) - i0)
            else:
                out[x] = _openness(ao, depth, step, y, x, w)


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
    clear: F64,
    rows: F32,
    y0: int,
    y1: int,
) -> None:
    """Sum the surfaces of every pixel into `out` (h, w, 3), linear. With `keep`, pixels not `changed` come from the still parts.

    `used`, `clear` (w,) and `rows` (SCRATCH, w) are scratch.
    """
    height, width = depth.shape
    merged, sums, tint, one = rows[:PARTS], rows[PARTS : PARTS + 3], rows[PARTS + 3 :], rows[0]
    for y in range(y0, y1):
        total = out[y]
        _open_row(ao, depth, step, y, clear)
        for x in range(width):
            o = min(1.0, max(0.0, clear[x]))
            tint[0, x], tint[1, x], tint[2, x] = o * (1.0 + 0.22 * (1.0 - o)), o, o * (1.0 - 0.04 * (1.0 - o))
            tint[3, x], tint[4, x] = visible[y, x, 0], visible[y, x, 1]
            used[x] = weight[y, x] if not keep or changed[y, x] != 0 else still_weight[y, x]
        seen = parts[y]
        if keep:
            for k in range(PARTS):
                for x in range(width):
                    merged[k, x] = parts[y, k, x] if changed[y, x] != 0 else still_parts[y, k, x]
            seen = merged
        for k in range(3):
            _sum_row(seen[k], seen[3 + k], seen[6 + k], seen[9 + k], tint[k], tint[3], tint[4], sums[k])
        for x in range(width):
            share = used[x] / (1.0 + max(sums[0, x], max(sums[1, x], sums[2, x])))
            total[x, 0], total[x, 1], total[x, 2], used[x] = sums[0, x] * share, sums[1, x] * share, sums[2, x] * share, share
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
                    _gather(still_extra_parts[y], e, one)
                    used[x] += _add(total[x], one, still_extra_weight[y, e], open_, visible[bj, bi, 0], visible[bj, bi, 1])
                else:
                    _gather(extra_parts[y], e, one)
                    used[x] += _add(total[x], one, extra_weight[y, e], open_, visible[bj, bi, 0], visible[bj, bi, 1])
        for x in range(width):
            inverse = 1.0 / used[x] if used[x] > 0.0 else 0.0
            for k in range(3):
                total[x, k] *= inverse
