"""What a surface sends to the eye.

Each surface's light is kept in four parts (ambient, own and unshadowed, sun, spot), already dimmed by the haze, so that occlusion and shadows
can be put in afterwards, and a still camera can keep the parts.
"""

from __future__ import annotations

import numpy as np

from generation.previs.kernel import kernel, part
from generation.previs.patterns import WATER, pattern, ripples
from generation.previs.raster import F64
from generation.previs.scene import F32, I32
from generation.previs.sky import decay, gradient, haze, sky

AMBIENT, OWN, SUNLIT, SPOTLIT = 0, 3, 6, 9
PARTS = 12
MATERIAL = 9  # albedo (3), emission, gloss, pattern, scale, wrap, spare
LIGHT = 14  # kind (0 sun, 1 point, 2 spot), position or direction (3), colour (3), falloff, aim (3), cosines of outer and inner cone, reach


@part
def lamp(row: F64, px: float, py: float, pz: float) -> tuple[float, float, float, float]:
    """Direction to a light and its strength at a point: 1 / (1 + k d²), windowed to nothing at its reach, inside its cone."""
    far = row[0] < 0.5  # a sun
    vx, vy, vz = row[1] - px, row[2] - py, row[3] - pz
    dd = vx * vx + vy * vy + vz * vz
    inverse = 1.0 / np.sqrt(dd + 1e-6)
    vx, vy, vz = vx * inverse, vy * inverse, vz * inverse
    edge = max(0.0, 1.0 - dd / max(1e-6, row[13] * row[13]))
    strength = edge * edge / (1.0 + dd * row[7])
    cone = -(vx * row[8] + vy * row[9] + vz * row[10])
    f = min(1.0, max(0.0, (cone - row[11]) / max(1e-4, row[12] - row[11])))
    strength *= f * f * (3.0 - 2.0 * f) if row[0] > 1.5 else 1.0
    return row[1] if far else vx, row[2] if far else vy, row[3] if far else vz, 1.0 if far else strength


@part
def answer(
    nx: float, ny: float, nz: float, ex: float, ey: float, ez: float, lx: float, ly: float, lz: float, wrap: float, gloss: float
) -> tuple[float, float]:
    """(diffuse, specular) answer of a surface to a light along l, seen along e (both pointing away from the surface)."""
    nl = nx * lx + ny * ly + nz * lz
    diffuse = max(0.0, (nl + wrap) / (1.0 + wrap))
    if gloss <= 0.0:
        return diffuse, 0.0
    hx, hy, hz = lx + ex, ly + ey, lz + ez
    length = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-6
    nh = max(0.0, nx * hx + ny * hy + nz * hz)
    power = 10.0 + 150.0 * gloss * gloss
    lobe = nh / (power * length - power * nh + nh)  # Schlick's rational stand-in for a power of the cosine nh / length
    return diffuse, (0.03 + 0.6 * gloss * gloss) * (power + 8.0) * 0.025 * lobe * lobe * max(0.0, nl)


@part
def mirror(
    air: F64, nx: float, ny: float, nz: float, ex: float, ey: float, ez: float, edge: float, gloss: float
) -> tuple[float, float, float, float]:
    """(share mirrored, mirrored colour) of all but water: the halves of ambient light stand for what is there to be mirrored."""
    square = edge * edge
    f = min(1.0, max(0.0, 0.5 + 0.9 * (nz * 2.0 * (nx * ex + ny * ey + nz * ez) - ez)))
    r, g, b = air[9] + (air[6] * 1.3 - air[9]) * f, air[10] + (air[7] * 1.3 - air[10]) * f, air[11] + (air[8] * 1.3 - air[11]) * f
    return (0.04 + 0.50 * square * square) * gloss, r, g, b


@kernel
def _water(
    air: F64, nx: float, ny: float, nz: float, ex: float, ey: float, ez: float, edge: float, gloss: float
) -> tuple[float, float, float, float]:
    """The same of water, which mirrors the open sky; its own light is dimmed by as much."""
    m = 2.0 * (nx * ex + ny * ey + nz * ez)
    mx, my, mz = nx * m - ex, ny * m - ey, nz * m - ez
    square = edge * edge
    r, g, b = gradient(air, abs(mz))
    fr, fg, fb = haze(air, mx, my, abs(mz))
    veil = 1.0 - np.exp(-air[15] * 9.0 / (abs(mz) + 0.05))
    return (0.02 + 0.98 * square * square * edge) * gloss, r + (fr - r) * veil, g + (fg - g) * veil, b + (fb - b) * veil


@kernel
def fragment(
    out: F32,
    at: int,
    t: int,
    close: float,
    px: float,
    py: float,
    camera: F64,
    records: F32,
    material: F64,
    lights: F64,
    spot: F64,
    air: F64,
    moving: bool,
) -> tuple[float, float, float]:
    """Write the four parts of light of triangle `t` at screen position (px, py) into out[:, at]; returns the normal facing the eye."""
    sx, sy = (px - camera[13]) / camera[12], (camera[14] - py) / camera[12]
    dx = camera[9] + camera[3] * sx + camera[6] * sy
    dy = camera[10] + camera[4] * sx + camera[7] * sy
    dz = camera[11] + camera[5] * sx + camera[8] * sy
    length = np.sqrt(dx * dx + dy * dy + dz * dz)
    if t < 0:
        r, g, b = sky(air, dx / length, dy / length, dz / length, 1.0 / camera[12])
        for k in range(PARTS):
            out[k, at] = 0.0
        out[3, at], out[4, at], out[5, at] = r, g, b
        return 0.0, 0.0, 0.0
    w = 1.0 / close
    x, y, z = camera[0] + dx * w, camera[1] + dy * w, camera[2] + dz * w
    ex, ey, ez = -dx / length, -dy / length, -dz / length
    q = records[t]
    ax, ay, az = x - q[0], y - q[1], z - q[2]
    u = min(1.2, max(-0.2, ax * q[3] + ay * q[4] + az * q[5]))
    v = min(1.2, max(-0.2, ax * q[6] + ay * q[7] + az * q[8]))
    nx, ny, nz = q[9] + u * q[12] + v * q[15], q[10] + u * q[13] + v * q[16], q[11] + u * q[14] + v * q[17]
    inverse = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
    nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
    face = q[18] * ex + q[19] * ey + q[20] * ez
    # A face seen from behind answers with its other side. Whether it is seen from behind is the flat face's matter: smooth normals bend past the rim.
    agree = q[18] * nx + q[19] * ny + q[20] * nz
    if face * agree < 0.0:
        nx, ny, nz = -nx, -ny, -nz
    gx, gy, gz = nx, ny, nz
    cos = max(0.0, nx * ex + ny * ey + nz * ez)
    pixel = w / camera[12]
    footprint = pixel / max(0.14, abs(face))
    gloss, wrap, kind = material[4], material[7], int(material[5])
    shade, warm = pattern(kind, x, y, z, nx, ny, nz, material[6], footprint, moving)
    r, g, b = material[0] * shade * (1.0 + warm), material[1] * shade, material[2] * shade * (1.0 - warm)
    if kind == WATER:
        wx, wy = ripples(x / material[6], y / material[6], air[25], footprint / material[6], air[18])
        nx, ny = nx - wx, ny - wy
        inverse = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz)
        nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
        cos = max(0.02, nx * ex + ny * ey + nz * ez)
        gloss = max(gloss, 0.7)
    up = 0.5 + 0.5 * nz
    hr, hg, hb = air[9] + (air[6] - air[9]) * up, air[10] + (air[7] - air[10]) * up, air[11] + (air[8] - air[11]) * up
    edge = 1.0 - cos
    rim = edge * edge * edge * (0.16 + 0.35 * wrap)
    ar, ag, ab = r * (hr + rim * air[6]), g * (hg + rim * air[7]), b * (hb + rim * air[8])
    br, bg, bb = r * material[3], g * material[3], b * material[3]
    if gloss > 0.0:
        if kind == WATER:
            fresnel, mr, mg, mb = _water(air, nx, ny, nz, ex, ey, ez, edge, gloss)
            ar, ag, ab = ar * (1.0 - fresnel), ag * (1.0 - fresnel), ab * (1.0 - fresnel)
        else:
            fresnel, mr, mg, mb = mirror(air, nx, ny, nz, ex, ey, ez, edge, gloss)
        ar, ag, ab = ar + mr * fresnel, ag + mg * fresnel, ab + mb * fresnel
    for k in range(lights.shape[0]):
        row = lights[k]
        lx, ly, lz, strength = lamp(row, x, y, z)
        if strength > 0.001:
            d, s = answer(nx, ny, nz, ex, ey, ez, lx, ly, lz, max(wrap, 0.08), gloss)
            d, s = d * strength, s * strength
            # Without a shadow of their own, lamps are dimmed in corners by part of the ambient occlusion.
            ar, ag, ab = ar + r * row[4] * d * 0.6, ag + g * row[5] * d * 0.6, ab + b * row[6] * d * 0.6
            br, bg, bb = br + row[4] * (r * d * 0.4 + s), bg + row[5] * (g * d * 0.4 + s), bb + row[6] * (b * d * 0.4 + s)
    d, s = answer(nx, ny, nz, ex, ey, ez, air[19], air[20], air[21], wrap, gloss)
    cr, cg, cb = air[22] * (r * d + s), air[23] * (g * d + s), air[24] * (b * d + s)
    lx, ly, lz, strength = lamp(spot, x, y, z)
    d, s = answer(nx, ny, nz, ex, ey, ez, lx, ly, lz, wrap, gloss)
    d, s = d * strength, s * strength
    fog = decay(air[15] * w * length)
    fr, fg, fb = haze(air, -ex, -ey, -ez)
    out[0, at], out[1, at], out[2, at] = ar * fog, ag * fog, ab * fog
    out[3, at], out[4, at], out[5, at] = br * fog + fr * (1.0 - fog), bg * fog + fg * (1.0 - fog), bb * fog + fb * (1.0 - fog)
    out[6, at], out[7, at], out[8, at] = cr * fog, cg * fog, cb * fog
    out[9, at], out[10, at], out[11, at] = spot[4] * (r * d + s) * fog, spot[5] * (g * d + s) * fog, spot[6] * (b * d + s) * fog
    return gx, gy, gz


@kernel
def alike(a: int, b: int, za: float, zb: float, records: F32, materials: I32, ids: I32) -> bool:
    """Whether two samples lie on one smooth surface."""
    if a == b:
        return True
    if a < 0 or b < 0 or materials[a] != materials[b] or ids[a] != ids[b] or abs(za - zb) > 0.03 * max(za, zb):
        return False
    return records[a, 18] * records[b, 18] + records[a, 19] * records[b, 19] + records[a, 20] * records[b, 20] > 0.86
