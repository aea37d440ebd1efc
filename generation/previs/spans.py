"""Light of a run of pixels that see one triangle, many at a time: what `light.fragment` does, in loops that become vector code.

Loops work on rows of scratch numbers and hold no branch that is not a choice of one of two numbers; runs are padded to whole `GROUP`s. So a
pixel's light does not depend on how long its run is or where in it the pixel lies.
"""

from __future__ import annotations

import numpy as np

from generation.previs.kernel import kernel, part
from generation.previs.light import answer, lamp, mirror
from generation.previs.patterns import (
    BRICK,
    COBBLE,
    FABRIC,
    GRASS,
    PLAIN,
    PLANKS,
    PLASTER,
    SAND,
    SNOW,
    TILES,
    WOOD,
    brick,
    cobble,
    fabric,
    flat,
    grass,
    planks,
    plaster,
    sand,
    snow,
    tiles,
    wood,
)
from generation.previs.raster import F64
from generation.previs.scene import F32
from generation.previs.sky import decay, haze

LANES = 64  # pixels of a run at most
GROUP = 8  # what the number of lanes worked on is a multiple of; no more than the numbers in a vector
# Rows of scratch: closeness, place, normal, direction of the eye, cosine between them, depth, distance, a pixel's size on the surface, flat
# coordinates, brightness and warmth of the pattern, then the sums of light (ambient 3, own 3, sun 3, spot 3).
CLOSE, X, Y, Z, NX, NY, NZ, EX, EY, EZ, COS, W, FAR, FOOT, U, V, SHADE, WARM, SUM = range(19)
ROWS = SUM + 12


@kernel
def _surface(lanes: F64, n: int, q: F32, camera: F64, x0: int, y: int) -> None:
    """Where each pixel's ray meets the triangle, and the normal there, facing the eye."""
    cx, cy, unit = camera[13], camera[14], 1.0 / camera[12]
    sy = (cy - y - 0.5) * unit
    bx, by, bz = camera[9] + camera[6] * sy, camera[10] + camera[7] * sy, camera[11] + camera[8] * sy
    rx, ry, rz, px, py, pz = camera[3], camera[4], camera[5], camera[0], camera[1], camera[2]
    q0, q1, q2, q3, q4, q5, q6, q7, q8 = q[0], q[1], q[2], q[3], q[4], q[5], q[6], q[7], q[8]
    a0, a1, a2, u0, u1, u2, v0, v1, v2 = q[9], q[10], q[11], q[12], q[13], q[14], q[15], q[16], q[17]
    f0, f1, f2 = q[18], q[19], q[20]
    for i in range(n):
        sx = (x0 + i + 0.5 - cx) * unit
        dx, dy, dz = bx + rx * sx, by + ry * sx, bz + rz * sx
        length = np.sqrt(dx * dx + dy * dy + dz * dz)
        w, back = 1.0 / lanes[CLOSE * LANES + i], -1.0 / length
        x, y_, z = px + dx * w, py + dy * w, pz + dz * w
        ex, ey, ez = dx * back, dy * back, dz * back
        ax, ay, az = x - q0, y_ - q1, z - q2
        u = min(1.2, max(-0.2, ax * q3 + ay * q4 + az * q5))
        v = min(1.2, max(-0.2, ax * q6 + ay * q7 + az * q8))
        nx, ny, nz = a0 + u * u0 + v * v0, a1 + u * u1 + v * v1, a2 + u * u2 + v * v2
        face = f0 * ex + f1 * ey + f2 * ez
        agree = f0 * nx + f1 * ny + f2 * nz
        inverse = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
        inverse = -inverse if face * agree < 0.0 else inverse
        nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
        lanes[X * LANES + i], lanes[Y * LANES + i], lanes[Z * LANES + i] = x, y_, z
        lanes[NX * LANES + i], lanes[NY * LANES + i], lanes[NZ * LANES + i] = nx, ny, nz
        lanes[EX * LANES + i], lanes[EY * LANES + i], lanes[EZ * LANES + i] = ex, ey, ez
        lanes[COS * LANES + i] = max(0.0, nx * ex + ny * ey + nz * ez)
        lanes[W * LANES + i], lanes[FAR * LANES + i] = w, w * length
        lanes[FOOT * LANES + i] = w * unit / max(0.14, abs(face))
        lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = 1.0, 0.0


@kernel
def _patterns(lanes: F64, n: int, kind: int, scale: float) -> None:
    """Brightness and warmth of a pattern. Each kind has a loop of its own, so that none of them branches."""
    s = 1.0 / scale
    for i in range(n):
        at = lanes[X * LANES + i], lanes[Y * LANES + i], lanes[Z * LANES + i]
        lanes[U * LANES + i], lanes[V * LANES + i] = flat(at[0], at[1], at[2], lanes[NX * LANES + i], lanes[NY * LANES + i], lanes[NZ * LANES + i])
    if kind == WOOD:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = wood(
                lanes[U * LANES + i], lanes[V * LANES + i], lanes[Z * LANES + i], s, lanes[FOOT * LANES + i]
            )
    elif kind == PLANKS:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = planks(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])
    elif kind == PLASTER:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = plaster(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])
    elif kind == TILES:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = tiles(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])
    elif kind == BRICK:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = brick(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])
    elif kind == COBBLE:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = cobble(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])
    elif kind == GRASS:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = grass(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])
    elif kind == FABRIC:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = fabric(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])
    elif kind == SNOW:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = snow(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])
    elif kind == SAND:
        for i in range(n):
            lanes[SHADE * LANES + i], lanes[WARM * LANES + i] = sand(lanes[U * LANES + i], lanes[V * LANES + i], s, lanes[FOOT * LANES + i])


@kernel
def _ambient(lanes: F64, n: int, material: F64, air: F64) -> None:
    """Light from above and below, mirrored light, and what the surface gives off; sun and spot are set to nothing."""
    m0, m1, m2, emission, gloss, wrap = material[0], material[1], material[2], material[3], material[4], material[7]
    ur, ug, ub, dr, dg, db = air[6], air[7], air[8], air[9], air[10], air[11]
    gloss, rimmed = max(0.0, gloss), 0.16 + 0.35 * wrap
    for i in range(n):
        shade, warm = lanes[SHADE * LANES + i], lanes[WARM * LANES + i]
        r, g, b = m0 * shade * (1.0 + warm), m1 * shade, m2 * shade * (1.0 - warm)
        nx, ny, nz = lanes[NX * LANES + i], lanes[NY * LANES + i], lanes[NZ * LANES + i]
        up, edge = 0.5 + 0.5 * nz, 1.0 - lanes[COS * LANES + i]
        rim = edge * edge * edge * rimmed
        ar, ag, ab = r * (dr + (ur - dr) * up + rim * ur), g * (dg + (ug - dg) * up + rim * ug), b * (db + (ub - db) * up + rim * ub)
        fresnel, mr, mg, mb = mirror(air, nx, ny, nz, lanes[EX * LANES + i], lanes[EY * LANES + i], lanes[EZ * LANES + i], edge, gloss)
        at = SUM * LANES + i
        lanes[at], lanes[at + LANES], lanes[at + 2 * LANES] = ar + mr * fresnel, ag + mg * fresnel, ab + mb * fresnel
        lanes[at + 3 * LANES], lanes[at + 4 * LANES], lanes[at + 5 * LANES] = r * emission, g * emission, b * emission


@part
def _lamp(lanes: F64, n: int, material: F64, row: F64, gloss: float) -> None:
    """A light without a shadow. In corners it is dimmed by part of the ambient occlusion."""
    m0, m1, m2, wrap = material[0], material[1], material[2], max(material[7], 0.08)
    red, green, blue = row[4], row[5], row[6]
    for i in range(n):
        lx, ly, lz, strength = lamp(row, lanes[X * LANES + i], lanes[Y * LANES + i], lanes[Z * LANES + i])
        nx, ny, nz = lanes[NX * LANES + i], lanes[NY * LANES + i], lanes[NZ * LANES + i]
        d, s = answer(nx, ny, nz, lanes[EX * LANES + i], lanes[EY * LANES + i], lanes[EZ * LANES + i], lx, ly, lz, wrap, gloss)
        strength = strength if strength > 0.001 else 0.0
        d, s = d * strength, s * strength
        shade, warm = lanes[SHADE * LANES + i] * d, lanes[WARM * LANES + i]
        r, g, b = m0 * shade * (1.0 + warm), m1 * shade, m2 * shade * (1.0 - warm)
        at = SUM * LANES + i
        lanes[at] += r * red * 0.6
        lanes[at + LANES] += g * green * 0.6
        lanes[at + 2 * LANES] += b * blue * 0.6
        lanes[at + 3 * LANES] += red * (r * 0.4 + s)
        lanes[at + 4 * LANES] += green * (g * 0.4 + s)
        lanes[at + 5 * LANES] += blue * (b * 0.4 + s)


@part
def _shadowed(lanes: F64, n: int, material: F64, spot: F64, air: F64, gloss: float) -> None:
    """Sun and spot, and the haze over everything."""
    m0, m1, m2, wrap = material[0], material[1], material[2], material[7]
    sx, sy, sz, sr, sg, sb, density = air[19], air[20], air[21], air[22], air[23], air[24], air[15]
    red, green, blue = spot[4], spot[5], spot[6]
    for i in range(n):
        shade, warm = lanes[SHADE * LANES + i], lanes[WARM * LANES + i]
        r, g, b = m0 * shade * (1.0 + warm), m1 * shade, m2 * shade * (1.0 - warm)
        nx, ny, nz = lanes[NX * LANES + i], lanes[NY * LANES + i], lanes[NZ * LANES + i]
        ex, ey, ez = lanes[EX * LANES + i], lanes[EY * LANES + i], lanes[EZ * LANES + i]
        fog = decay(density * lanes[FAR * LANES + i])
        fr, fg, fb = haze(air, -ex, -ey, -ez)
        at = SUM * LANES + i
        for k in range(3):
            lanes[at + k * LANES] *= fog
        lanes[at + 3 * LANES] = lanes[at + 3 * LANES] * fog + fr * (1.0 - fog)
        lanes[at + 4 * LANES] = lanes[at + 4 * LANES] * fog + fg * (1.0 - fog)
        lanes[at + 5 * LANES] = lanes[at + 5 * LANES] * fog + fb * (1.0 - fog)
        d, s = answer(nx, ny, nz, ex, ey, ez, sx, sy, sz, wrap, gloss)
        d, s = d * fog, s * fog
        lanes[at + 6 * LANES], lanes[at + 7 * LANES], lanes[at + 8 * LANES] = sr * (r * d + s), sg * (g * d + s), sb * (b * d + s)
        lx, ly, lz, strength = lamp(spot, lanes[X * LANES + i], lanes[Y * LANES + i], lanes[Z * LANES + i])
        d, s = answer(nx, ny, nz, ex, ey, ez, lx, ly, lz, wrap, gloss)
        d, s = d * strength * fog, s * strength * fog
        lanes[at + 9 * LANES], lanes[at + 10 * LANES], lanes[at + 11 * LANES] = red * (r * d + s), green * (g * d + s), blue * (b * d + s)


@kernel
def span(lanes: F64, n: int, q: F32, camera: F64, material: F64, lights: F64, spot: F64, air: F64, moving: bool, x0: int, y: int) -> None:
    """Light of `n` pixels from (x0, y) on of triangle `q`, whose closeness is in `lanes`, into the rows from `SUM` on. Not for water.

    `n` is a multiple of `GROUP`.
    """
    _surface(lanes, n, q, camera, x0, y)
    kind = int(material[5])
    if kind != PLAIN and (not moving or kind == PLANKS or kind == WOOD):  # noqa: SIM109 – the compiler knows no `in` tuple
        _patterns(lanes, n, kind, material[6])
    _ambient(lanes, n, material, air)
    # Without gloss, half of the work falls away as this is compiled.
    if material[4] > 0.0:
        for k in range(lights.shape[0]):
            _lamp(lanes, n, material, lights[k], material[4])
        _shadowed(lanes, n, material, spot, air, material[4])
    else:
        for k in range(lights.shape[0]):
            _lamp(lanes, n, material, lights[k], 0.0)
        _shadowed(lanes, n, material, spot, air, 0.0)
