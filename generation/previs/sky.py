"""The sky behind everything: gradient, sun or moon and its glow, stars, drifting clouds, and haze towards the horizon."""

from __future__ import annotations

import numpy as np

from generation.previs.kernel import kernel, part
from generation.previs.patterns import hash2, noise
from generation.previs.raster import F64

# Columns of the packed air: see `render.pack_air`.
ZENITH, HORIZON, UP, DOWN, FOG, DENSITY, STARS, CLOUDS, WIND, SUN, SUN_COLOUR, TIME, SUN_SIZE = 0, 3, 6, 9, 12, 15, 16, 17, 18, 19, 22, 25, 26
AIR = 27


@kernel
def gradient(air: F64, dz: float) -> tuple[float, float, float]:
    """The clear sky at a height of view (z of a unit vector), without sun, stars or haze."""
    k = max(0.0, dz)
    k = 1.0 - (1.0 - k) ** 3.0 * (1.0 - 0.25 * k)
    return air[3] + (air[0] - air[3]) * k, air[4] + (air[1] - air[4]) * k, air[5] + (air[2] - air[5]) * k


@part
def decay(x: float) -> float:
    """exp(−x) for x ≥ 0 to within 1e-5, in nothing but products, so that many can be worked out at once."""
    y = min(x, 16.0) * 0.015625
    y = 1.0 - y + y * y * (0.5 - y * 0.16666667)
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    return y * y


@part
def haze(air: F64, dx: float, dy: float, dz: float) -> tuple[float, float, float]:
    """Colour of the air in a direction: the fog, glowing towards the sun."""
    towards = max(0.0, dx * air[19] + dy * air[20] + dz * air[21])
    square = towards * towards
    glow = 0.16 * square * square * square
    return air[12] + air[22] * glow, air[13] + air[23] * glow, air[14] + air[24] * glow


@kernel
def clouds(air: F64, dx: float, dy: float, dz: float) -> tuple[float, float]:
    """(cover 0…1, thickness 0…1) of a layer of cloud seen in a direction."""
    if dz < 0.015:
        return 0.0, 0.0
    scale = 1.1 / (dz + 0.10)
    drift = air[25] * (0.010 + 0.05 * air[18])
    u, v = dx * scale + drift, dy * scale + drift * 0.3
    n, amount, total = 0.0, 0.5, 0.0
    warp = noise(u * 0.7 + 3.0, v * 0.7 - drift)
    for k in range(5):
        n += amount * noise(u + 0.6 * warp + 11.0 * k, v + 7.0 * k)
        total += amount
        amount *= 0.52
        u, v = u * 2.03, v * 2.03
    n /= total
    edge = 0.72 - 0.44 * air[17]
    cover = min(1.0, max(0.0, (n - edge) / 0.20))
    return cover * cover * (3.0 - 2.0 * cover) * min(1.0, dz * 9.0), min(1.0, max(0.0, (n - edge) / 0.34))


@kernel
def star(air: F64, dx: float, dy: float, dz: float, pixel: float) -> float:
    """Brightness of the stars in a direction. One candidate a cell of a cube map; spots are never smaller than a pixel (`pixel`, radians)."""
    ax, ay, az = abs(dx), abs(dy), abs(dz)
    if az >= ax and az >= ay:
        u, v, face = dx / az, dy / az, 0
    elif ax >= ay:
        u, v, face = dy / ax, dz / ax, 1 if dx > 0 else 2
    else:
        u, v, face = dx / ay, dz / ay, 3 if dy > 0 else 4
    cells = 46.0
    iu, iv = int(np.floor(u * cells)), int(np.floor(v * cells))
    chance = hash2(iu + 977 * face, iv)
    if chance > 0.42:
        return 0.0
    cu, cv = (iu + 0.15 + 0.7 * hash2(iu, iv + 131 * face)) / cells, (iv + 0.15 + 0.7 * hash2(iu + 57, iv + 29 * face)) / cells
    size = max(0.0011, pixel * 0.75)
    d = ((u - cu) * (u - cu) + (v - cv) * (v - cv)) / (size * size)
    if d > 6.0:
        return 0.0
    magnitude = hash2(iu + 5, iv + 9) ** 6.0
    twinkle = 0.85 + 0.15 * np.sin(air[25] * (2.0 + 5.0 * chance) + 40.0 * chance)
    return (0.10 + 2.2 * magnitude) * np.exp(-d) * twinkle * min(1.0, (0.0011 / size) * 1.3)


@kernel
def sky(air: F64, dx: float, dy: float, dz: float, pixel: float) -> tuple[float, float, float]:
    """Linear colour of the sky along a unit direction. Below the horizon it is the fog."""
    r, g, b = gradient(air, dz)
    towards = dx * air[19] + dy * air[20] + dz * air[21]
    sun = air[22] + air[23] + air[24]
    if air[16] > 0.0 and dz > 0.0:
        light = air[16] * star(air, dx, dy, dz, pixel) * min(1.0, dz * 4.0)
        r, g, b = r + light, g + light, b + light * 1.1
    if sun > 0.0 and towards > 0.0:
        glow = 0.20 * towards**10.0 + 0.35 * towards**90.0
        edge = np.cos(air[26])
        disc = min(1.0, max(0.0, (towards - edge) / max(2e-5, 1.0 - edge) * 3.0 + 0.5)) if dz > -0.02 else 0.0
        disc *= 6.0 if sun > 1.2 else 9.0
        r, g, b = r + air[22] * (glow + disc), g + air[23] * (glow + disc), b + air[24] * (glow + disc)
    if air[17] > 0.0:
        cover, thick = clouds(air, dx, dy, dz)
        if cover > 0.0:
            lit = 0.30 + 0.30 * max(0.0, towards) ** 3.0
            body = 1.0 - 0.35 * thick
            cr = (air[6] * 0.85 + air[3] * 0.45 + air[22] * lit) * body
            cg = (air[7] * 0.85 + air[4] * 0.45 + air[23] * lit) * body
            cb = (air[8] * 0.85 + air[5] * 0.45 + air[24] * lit) * body
            cover *= 0.92
            r, g, b = r + (cr - r) * cover, g + (cg - g) * cover, b + (cb - b) * cover
    hr, hg, hb = haze(air, dx, dy, dz)
    veil = 1.0 - np.exp(-air[15] * 9.0 / (max(0.0, dz) + 0.05))
    return r + (hr - r) * veil, g + (hg - g) * veil, b + (hb - b) * veil
