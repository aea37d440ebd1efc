"""Rain and snow: drops in a box that travels with the eye, each with its own place, falling through the depth of the picture."""

from __future__ import annotations

import numpy as np

from generation.previs.kernel import kernel
from generation.previs.patterns import hash2
from generation.previs.raster import F64
from generation.previs.scene import F32

RAIN, SNOW = 1, 2
FALLING = {"rain": (RAIN, 5200), "snow": (SNOW, 4200)}  # kind, and how many drops
BOX = 14.0  # metres: side of the box of drops around the eye


@kernel
def _place(k: int, seed: int, camera: F64, time: float, speed: float, drift: float) -> tuple[float, float, float]:
    """Where drop k is: falling for ever, wrapped into the box in front of the eye."""
    x = hash2(k, seed + 1) * BOX + drift * time
    y = hash2(k, seed + 2) * BOX
    z = hash2(k, seed + 3) * BOX - speed * (0.85 + 0.3 * hash2(k, seed + 4)) * time
    cx, cy, cz = camera[0] + camera[9] * BOX * 0.4, camera[1] + camera[10] * BOX * 0.4, camera[2] + camera[11] * BOX * 0.4
    x = cx + (x - cx) - np.floor((x - cx) / BOX + 0.5) * BOX
    y = cy + (y - cy) - np.floor((y - cy) / BOX + 0.5) * BOX
    z = cz + (z - cz) - np.floor((z - cz) / BOX + 0.5) * BOX
    return x, y, z


@kernel
def _falloff(dx: float, dy: float, radius: float) -> float:
    """How much of a dot's colour reaches a point beside its middle."""
    d2 = (dx * dx + dy * dy) / (radius * radius)
    return (1.0 - d2) * (1.0 - d2) if d2 < 1.0 else 0.0


@kernel
def _dab(light: F32, depth: F32, x: float, y: float, w: float, radius: float, r: float, g: float, b: float) -> None:
    """Blend a soft dot into the light, where nothing nearer stands."""
    height, width = depth.shape
    for j in range(max(0, int(y - radius)), min(height, int(y + radius) + 2)):
        for i in range(max(0, int(x - radius)), min(width, int(x + radius) + 2)):
            f = _falloff(i + 0.5 - x, j + 0.5 - y, radius)
            if f > 0.0 and (depth[j, i] <= 0.0 or depth[j, i] > w):
                light[j, i, 0] += r * f
                light[j, i, 1] += g * f
                light[j, i, 2] += b * f


@kernel
def drop(
    k: int, width: int, height: int, camera: F64, kind: int, seed: int, time: float, wind: float, cover: F32, area: F64
) -> tuple[float, float, float, float, float, float, float, float]:
    """Drop k on the screen: where (2), how far in metres, radius in pixels, how much of the colour it adds, its streak (2), and dots in that.

    A share of 0 is a drop that is not seen.
    """
    speed, drift = 9.0 if kind == RAIN else 1.1, wind * (2.2 if kind == RAIN else 0.9)
    x, y, z = _place(k, seed, camera, time, speed, drift)
    if kind == SNOW:
        phase = 6.2832 * hash2(k, seed + 6)
        x += 0.22 * np.sin(time * 1.3 + phase)
        y += 0.22 * np.cos(time * 1.1 + phase * 1.7)
    ci, cj = int((x - area[0]) / area[2]), int((y - area[1]) / area[2])
    if 0 <= ci < cover.shape[1] and 0 <= cj < cover.shape[0] and z < cover[cj, ci]:
        return 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0
    dx, dy, dz = x - camera[0], y - camera[1], z - camera[2]
    w = dx * camera[9] + dy * camera[10] + dz * camera[11]
    if w < 0.5:
        return 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0
    f = camera[12] / w
    sx = camera[13] + (dx * camera[3] + dy * camera[4] + dz * camera[5]) * f
    sy = camera[14] - (dx * camera[6] + dy * camera[7] + dz * camera[8]) * f
    if sx < -20 or sy < -60 or sx > width + 20 or sy > height + 60:
        return 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0
    veil = np.exp(-0.10 * w) * min(1.0, (w - 0.5) * 1.5)
    if kind == SNOW:
        return sx, sy, w, max(0.9, 0.016 * f), min(1.0, 0.016 * f / 0.9) ** 2.0 * 0.75 * veil, 0.0, 0.0, 1.0
    # A drop leaves a streak as long as it falls in a 48th of a second.
    lx, lz = drift / 48.0, -9.0 / 48.0
    ex = (lx * camera[3] + lz * camera[5]) * f
    ey = -(lx * camera[6] + lz * camera[8]) * f
    dots = np.floor(min(90.0, max(2.0, abs(ex) + abs(ey))))
    return sx, sy, w, max(0.75, 0.0022 * f), 0.20 * veil * min(1.0, 0.0022 * f / 0.75 + 0.25), ex, ey, dots


@kernel
def _swell(a: float) -> float:
    """Strength of a streak along its length: nothing at either end, all in the middle."""
    return 4.0 * a * (1.0 - a)


@kernel
def fall(light: F32, depth: F32, camera: F64, kind: int, count: int, seed: int, time: float, wind: float, colour: F64, cover: F32, area: F64) -> None:
    """Draw rain or snow into `light`. `cover` holds the height of whatever is highest over each cell of `area` (x0, y0, metres a cell):
    nothing falls below it, so roofs keep rooms dry."""
    height, width = depth.shape
    for k in range(count):
        x, y, w, radius, share, ex, ey, dots = drop(k, width, height, camera, kind, seed, time, wind, cover, area)
        if share <= 0.0:
            continue
        if kind == SNOW:
            _dab(light, depth, x, y, w, radius, colour[0] * share, colour[1] * share, colour[2] * share)
            continue
        for s in range(int(dots)):
            a = (s + 0.5) / dots
            edge = share * _swell(a)
            _dab(light, depth, x - ex * a, y - ey * a, w, radius, colour[0] * edge, colour[1] * edge, colour[2] * edge)
