"""Material patterns from world position: how much lighter or darker, and how much warmer, a point of a surface is.

A pattern is a function of flat coordinates and footprint in metres and of `s`, repeats a metre; its answer is that of `pattern`.

Every pattern fades to its mean as a pixel grows to cover its repeat, so that nothing shimmers at a distance.
"""

from __future__ import annotations

import numpy as np

from generation.previs.kernel import kernel, part

NAMES = ("plain", "planks", "tiles", "brick", "grass", "water", "plaster", "cobble", "wood", "fabric", "snow", "sand")
PLAIN, PLANKS, TILES, BRICK, GRASS, WATER, PLASTER, COBBLE, WOOD, FABRIC, SNOW, SAND = range(12)


@part
def hash2(x: int, y: int) -> float:
    """A repeatable number in 0…1 for a pair of whole numbers."""
    h = np.uint32(np.int64(x) * 374761393 + np.int64(y) * 668265263)
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    h = np.uint32(h ^ (h >> np.uint32(16)))
    return float(h) * (1.0 / 4294967296.0)


@part
def noise(x: float, y: float) -> float:
    """Smooth value noise, 0…1, one feature per unit."""
    fx, fy = np.floor(x), np.floor(y)
    i, j = int(fx), int(fy)
    u, v = x - fx, y - fy
    u, v = u * u * (3.0 - 2.0 * u), v * v * (3.0 - 2.0 * v)
    a, b, c, d = hash2(i, j), hash2(i + 1, j), hash2(i, j + 1), hash2(i + 1, j + 1)
    return a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v


@part
def fade(footprint: float, repeat: float) -> float:
    """1 while a pixel is small beside the repeat, 0 once it covers half of it."""
    f = 1.4 - 2.8 * footprint / repeat
    return min(1.0, max(0.0, f))


@part
def groove(u: float, width: float, soft: float) -> float:
    """1 inside a line at whole numbers of u, half-width `width`, edge softened by `soft`."""
    d = abs(u - np.floor(u + 0.5))
    return min(1.0, max(0.0, 1.0 - (d - width) / max(soft, 1e-4)))


@part
def flat(x: float, y: float, z: float, nx: float, ny: float, nz: float) -> tuple[float, float]:
    """Coordinates of a place in the plane its surface faces most."""
    level, side = abs(nz) > 0.6, abs(nx) > abs(ny)
    return x if level or not side else y, y if level else z


@part
def _broad(u: float, v: float) -> float:
    """Slow change over metres, −0.5…0.5, which nearly every pattern has."""
    return noise(u * 0.31 + 7.0, v * 0.31 + 3.0) - 0.5


@part
def planks(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    pu, pv, fp = u * s, v * s, footprint * s
    far = fade(fp, 1.0)
    board = pu * 5.0
    row = int(np.floor(board))
    along = pv * 0.55 + hash2(row, 11) * 3.0
    tone = hash2(row, int(np.floor(along))) - 0.5
    grain = noise(board * 4.0, pv * 0.9 + row * 17.0) - 0.5
    line = max(groove(board, 0.022, 0.03 + fp * 5.0), groove(along, 0.006, 0.006 + fp * 0.6))
    return 1.0 + far * (0.20 * tone + fade(fp, 0.25) * 0.12 * grain - 0.42 * line * fade(fp, 0.3)) + 0.06 * _broad(u, v), 0.05 * tone * far


@part
def tiles(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    pu, pv, fp = u * s, v * s, footprint * s
    far = fade(fp, 1.0)
    iu, iv = int(np.floor(pu * 2.0)), int(np.floor(pv * 2.0))
    tone = hash2(iu, iv) - 0.5
    line = max(groove(pu * 2.0, 0.018, 0.02 + fp * 2.0), groove(pv * 2.0, 0.018, 0.02 + fp * 2.0))
    check = 0.5 if (iu + iv) % 2 == 0 else -0.5
    return 1.0 + far * (0.06 * tone + 0.10 * check - 0.22 * line * fade(fp, 0.5)) + 0.05 * _broad(u, v), 0.03 * tone * far


@part
def brick(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    pu, pv, fp = u * s, v * s, footprint * s
    course = pv * 8.0
    row = int(np.floor(course))
    along = pu * 3.4 + 0.5 * (row % 2)
    tone = hash2(int(np.floor(along)), row) - 0.5
    line = max(groove(course, 0.07, 0.05 + fp * 8.0), groove(along, 0.03, 0.03 + fp * 3.4))
    f = fade(fp, 0.22)
    return 1.0 + f * (0.26 * tone + 0.16 * line) + 0.16 * _broad(u, v), f * (0.10 * tone - 0.10 * line)


@part
def grass(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    pu, pv, fp = u * s, v * s, footprint * s
    far, broad = fade(fp, 1.0), _broad(u, v)
    clump = noise(pu * 1.7, pv * 1.7) - 0.5
    blade = noise(pu * 13.0, pv * 13.0) - 0.5
    fine = noise(pu * 41.0, pv * 41.0) - 0.5
    tufts = 0.26 * clump * far + 0.26 * blade * fade(fp, 0.08) + 0.22 * fine * fade(fp, 0.03)
    return 1.0 + tufts + 0.14 * broad, 0.10 * clump * far + 0.05 * broad


@part
def plaster(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    pu, pv, fp = u * s, v * s, footprint * s
    far = fade(fp, 1.0)
    blotch = noise(pu * 1.3, pv * 1.3) - 0.5
    streak = noise(pu * 5.0, pv * 3.1) - 0.5
    return 1.0 + 0.09 * blotch * far + 0.06 * streak * fade(fp, 0.25) + 0.07 * _broad(u, v), 0.025 * blotch * far


@part
def wood(u: float, v: float, w: float, s: float, footprint: float) -> tuple[float, float]:
    """`w` is the height, from which the rings of upright boards come."""
    pu, pv, fp = u * s, v * s, footprint * s
    ring = noise(pu * 2.2, (pv + 0.35 * w * s) * 14.0) - 0.5
    fine = noise(pu * 6.0, pv * 46.0) - 0.5
    return 1.0 + 0.20 * ring * fade(fp, 0.1) + 0.10 * fine * fade(fp, 0.04), 0.06 * ring * fade(fp, 0.1)


@part
def fabric(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    pu, pv, fp = u * s, v * s, footprint * s
    weave = noise(pu * 60.0, pv * 12.0) + noise(pu * 12.0, pv * 60.0) - 1.0
    return 1.0 + 0.12 * weave * fade(fp, 0.03) + 0.05 * (noise(pu * 3.0, pv * 3.0) - 0.5), 0.0


@part
def snow(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    pu, pv, fp = u * s, v * s, footprint * s
    drift = noise(pu * 0.8, pv * 0.8) - 0.5
    crumb = noise(pu * 23.0, pv * 23.0) - 0.5
    return 1.0 + 0.06 * drift * fade(fp, 1.0) + 0.05 * crumb * fade(fp, 0.05), -0.05 * drift


@part
def sand(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    pu, pv, fp = u * s, v * s, footprint * s
    broad = _broad(u, v)
    bend = noise(pu * 0.7, pv * 0.7) * 3.0
    ripple = np.sin((pv * 1.2 + bend + pu * 0.2) * 9.0)
    speck = noise(pu * 47.0, pv * 47.0) - 0.5
    return 1.0 + 0.05 * ripple * fade(fp, 0.35) + 0.10 * speck * fade(fp, 0.025) + 0.10 * broad, 0.03 * broad


@kernel
def cobble(u: float, v: float, s: float, footprint: float) -> tuple[float, float]:
    """Rounded stones: distance to the nearest two of jittered centres."""
    broad = _broad(u, v)
    u, v, fp = u * s * 5.0, v * s * 5.0, footprint * s * 5.0
    iu, iv = int(np.floor(u)), int(np.floor(v))
    first, second, tone = 9.0, 9.0, 0.0
    for j in range(-1, 2):
        for i in range(-1, 2):
            cu, cv = iu + i + 0.5 + 0.5 * (hash2(iu + i, iv + j) - 0.5), iv + j + 0.5 + 0.5 * (hash2(iu + i + 71, iv + j) - 0.5)
            d = (u - cu) * (u - cu) + (v - cv) * (v - cv)
            if d < first:
                second, first, tone = first, d, hash2(iu + i, iv + j + 37) - 0.5
            elif d < second:
                second = d
    gap = min(1.0, max(0.0, 1.0 - (np.sqrt(second) - np.sqrt(first)) / (0.16 + fp)))
    f = fade(fp, 0.9)
    return 1.0 + f * (0.24 * tone - 0.40 * gap + 0.10) + 0.14 * broad, 0.05 * tone * f


@kernel
def pattern(
    kind: int, x: float, y: float, z: float, nx: float, ny: float, nz: float, scale: float, footprint: float, moving: bool
) -> tuple[float, float]:
    """(brightness factor around 1, warmth: red up and blue down). `footprint` is a pixel's size on the surface in metres.

    Flat coordinates come from the axis the surface faces most. On things that move only boards and wood are drawn: the rest would
    crawl across them.
    """
    if kind == PLAIN or (moving and kind != PLANKS and kind != WOOD):
        return 1.0, 0.0
    u, v = flat(x, y, z, nx, ny, nz)
    s = 1.0 / scale
    if kind == PLANKS:
        return planks(u, v, s, footprint)
    if kind == TILES:
        return tiles(u, v, s, footprint)
    if kind == BRICK:
        return brick(u, v, s, footprint)
    if kind == GRASS:
        return grass(u, v, s, footprint)
    if kind == PLASTER:
        return plaster(u, v, s, footprint)
    if kind == COBBLE:
        return cobble(u, v, s, footprint)
    if kind == FABRIC:
        return fabric(u, v, s, footprint)
    if kind == SNOW:
        return snow(u, v, s, footprint)
    if kind == SAND:
        return sand(u, v, s, footprint)
    if kind == WOOD:
        return wood(u, v, z, s, footprint)
    return 1.0, 0.0


@kernel
def ripples(x: float, y: float, time: float, footprint: float, wind: float) -> tuple[float, float]:
    """Slope of the water at a point: four crossing trains of waves and some chop, fading with distance."""
    sx, sy = 0.0, 0.0
    for k in range(4):
        angle = 0.5 + 0.9 * k + 0.35 * k * k
        length = 2.6 / (1.0 + 0.9 * k)
        cx, cy = np.cos(angle), np.sin(angle)
        f = fade(footprint, length) * (0.030 + 0.05 * wind)
        phase = 6.2832 * (x * cx + y * cy) / length + time * (1.5 + 0.5 * k) + 3.0 * noise(x * 0.35 + k * 5.0, y * 0.35)
        slope = np.cos(phase) * f
        sx, sy = sx + slope * cx, sy + slope * cy
    chop = fade(footprint, 0.4) * 0.10
    sx += chop * (noise(x * 3.1 + time * 0.7, y * 3.1) - 0.5)
    sy += chop * (noise(x * 3.1 + 40.0, y * 3.1 + time * 0.6) - 0.5)
    return sx, sy
