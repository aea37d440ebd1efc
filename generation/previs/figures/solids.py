"""Closed smooth surfaces for bodies and clothes: grids of rings, with normals from the geometry.

A figure is built once from these at rest and then bent by its skeleton, so they carry no transform of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


@dataclass
class Solid:
    positions: F64  # (V, 3), metres
    normals: F64  # (V, 3), unit
    triangles: NDArray[np.int64]  # (T, 3), counter-clockwise seen from outside


def smooth_normals(positions: F64, triangles: NDArray[np.int64]) -> F64:
    """Area-weighted vertex normals."""
    a, b, c = (positions[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(positions)
    for i in range(3):
        np.add.at(normals, triangles[:, i], face)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))


def from_rings(rings: F64) -> Solid:
    """`rings` is (R, S, 3): R closed rings of S points, counter-clockwise seen from the last ring's side. Both ends are closed at their middle."""
    count, size, _ = rings.shape
    points = np.concatenate([rings.reshape(-1, 3), rings[0].mean(0)[None], rings[-1].mean(0)[None]])
    i, j = np.meshgrid(np.arange(count - 1), np.arange(size), indexing="ij")
    a, b = (i * size + j).ravel(), (i * size + (j + 1) % size).ravel()
    sides = np.concatenate([np.stack([a, b, b + size], 1), np.stack([a, b + size, a + size], 1)])
    s = np.arange(size)
    n = (s + 1) % size
    last = (count - 1) * size
    ends = np.concatenate([np.stack([n, s, np.full(size, count * size)], 1), np.stack([last + s, last + n, np.full(size, count * size + 1)], 1)])
    triangles = np.concatenate([sides, ends]).astype(np.int64)
    return Solid(points, smooth_normals(points, triangles), triangles)


def lathe(profile: ArrayLike, segments: int = 12, square: float = 0.0) -> Solid:
    """Horizontal rings from bottom to top: rows (x, y, z, radius along x, radius along y). `square` 0 is round, 0.5 a soft box."""
    rows = np.asarray(profile, dtype=np.float64)
    angle = np.arange(segments) / segments * 2 * np.pi
    cos, sin = np.cos(angle), np.sin(angle)
    if square:
        power = 1 - square * 0.6
        cos, sin = np.sign(cos) * np.abs(cos) ** power, np.sign(sin) * np.abs(sin) ** power
    x = rows[:, 0:1] + rows[:, 3:4] * cos
    y = rows[:, 1:2] + rows[:, 4:5] * sin
    return from_rings(np.stack([x, y, np.broadcast_to(rows[:, 2:3], x.shape)], 2))


def ellipsoid(centre: ArrayLike, radii: ArrayLike, segments: int = 10, rings: int = 6) -> Solid:
    c, r = np.asarray(centre, dtype=np.float64), np.asarray(radii, dtype=np.float64)
    turn = (np.arange(rings) + 0.5) / rings * np.pi
    rows = np.zeros((rings, 5))
    rows[:, 0], rows[:, 1], rows[:, 2] = c[0], c[1], c[2] - r[2] * np.cos(turn)
    rows[:, 3], rows[:, 4] = r[0] * np.sin(turn), r[1] * np.sin(turn)
    solid = lathe(rows, segments)
    solid.positions[-2:, 2] = c[2] - r[2], c[2] + r[2]
    normals = (solid.positions - c) / r**2
    solid.normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return solid


def tube(points: ArrayLike, radii: ArrayLike, segments: int = 8, flatten: float = 1.0, round_ends: bool = True) -> Solid:
    """A hose along a polyline; `radii` one per point. `flatten` scales its width across the hose's second axis. Ends are rounded."""
    p, r = np.asarray(points, dtype=np.float64), np.asarray(radii, dtype=np.float64)
    tangent = np.gradient(p, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    if round_ends:
        p = np.concatenate([p[:1] - tangent[0] * r[0] * 0.72, p, p[-1:] + tangent[-1] * r[-1] * 0.72])
        r = np.concatenate([[r[0] * 0.6], r, [r[-1] * 0.6]])
        tangent = np.concatenate([tangent[:1], tangent, tangent[-1:]])
    seed = np.array([0.0, 1.0, 0.0]) if abs(tangent[0][1]) < 0.8 else np.array([1.0, 0.0, 0.0])
    angle = np.arange(segments) / segments * 2 * np.pi
    rings = np.zeros((len(p), segments, 3))
    for i in range(len(p)):
        u = seed - tangent[i] * float(seed @ tangent[i])
        u /= np.linalg.norm(u)
        v = np.cross(tangent[i], u)
        rings[i] = p[i] + r[i] * (np.cos(angle)[:, None] * u + flatten * np.sin(angle)[:, None] * v)
        seed = u
    return from_rings(rings)


def place(solid: Solid, offset: ArrayLike, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Solid:
    """The solid turned about its own origin (roll about x, pitch about y, yaw about z, in this order) and moved."""
    rotation = turn_z(yaw) @ turn_y(pitch) @ turn_x(roll)
    return Solid(solid.positions @ rotation.T + np.asarray(offset, dtype=np.float64), solid.normals @ rotation.T, solid.triangles)


def turn_x(a: float) -> F64:
    c, s = math.cos(a), math.sin(a)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]], dtype=np.float64)


def turn_y(a: float) -> F64:
    """Positive tips +x downwards: a nod."""
    c, s = math.cos(a), math.sin(a)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], dtype=np.float64)


def turn_z(a: float) -> F64:
    c, s = math.cos(a), math.sin(a)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], dtype=np.float64)


def mirrored(solid: Solid) -> Solid:
    """Left becomes right (y → −y)."""
    flip = np.array([1.0, -1.0, 1.0])
    return Solid(solid.positions * flip, solid.normals * flip, solid.triangles[:, ::-1].copy())
