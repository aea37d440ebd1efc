"""Mesh primitives with rounded edges, so that light rolls over them.

Every function returns a `Mesh` of one material in metres, wound counter-clockwise seen from outside, with unit vertex normals.
Bevels cost few triangles: flat sides keep their own normal at the rim and the bevel blends from one to the next.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generation.previs.scene import F32, I32, Mesh, Vec

Point2 = tuple[float, float]
F64 = NDArray[np.float64]


def mesh_of(positions: ArrayLike, normals: ArrayLike, triangles: ArrayLike, material: int) -> Mesh:
    """A mesh of one material. Normals are normalised here; a null normal becomes straight up."""
    points = np.asarray(positions, dtype=np.float32).reshape(-1, 3)
    faces = np.asarray(triangles, dtype=np.int32).reshape(-1, 3)
    return Mesh(points, unit(np.asarray(normals, dtype=np.float32).reshape(-1, 3)), faces, np.full(len(faces), material, dtype=np.int32))


def unit(vectors: F32) -> F32:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    safe: F32 = np.where(length > 1e-9, vectors / np.maximum(length, 1e-9), np.array((0, 0, 1), dtype=np.float32)).astype(np.float32)
    return safe


def merge(meshes: Sequence[Mesh], name: str = "", object_id: int = 0) -> Mesh:
    """One mesh of many; shadow and `wild` are those of the first."""
    if not meshes:
        return Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32), np.zeros(0, np.int32), object_id, name)
    starts = np.cumsum([0] + [len(m.positions) for m in meshes[:-1]])
    return Mesh(
        np.concatenate([m.positions for m in meshes]),
        np.concatenate([m.normals for m in meshes]),
        np.concatenate([m.triangles + int(start) for m, start in zip(meshes, starts, strict=True)]).astype(np.int32),
        np.concatenate([m.materials for m in meshes]),
        object_id,
        name,
        meshes[0].casts_shadow,
        meshes[0].wild,
    )


def transform(mesh: Mesh, matrix: F64, offset: Sequence[float] = (0.0, 0.0, 0.0)) -> Mesh:
    """The mesh under `matrix` (3×3) then `offset`. A mirroring matrix turns the winding back to outside."""
    points = (mesh.positions @ matrix.T + np.asarray(offset)).astype(np.float32)
    normals = unit((mesh.normals @ np.linalg.inv(matrix)).astype(np.float32))
    faces: I32 = mesh.triangles if np.linalg.det(matrix) > 0 else mesh.triangles[:, ::-1].copy()
    return replace(mesh, positions=points, normals=normals, triangles=faces)


def place(mesh: Mesh, position: Sequence[float] = (0.0, 0.0, 0.0), yaw: float = 0.0, scale: float = 1.0) -> Mesh:
    """Scale, turn about z, then move."""
    return transform(mesh, turn(yaw) * scale, position)


def turn(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> F64:
    """Rotation: roll about x, then pitch about y (positive lifts +x), then yaw about z."""
    c, s = math.cos(yaw), math.sin(yaw)
    cp, sp = math.cos(-pitch), math.sin(-pitch)
    cr, sr = math.cos(roll), math.sin(roll)
    about_z = np.array(((c, -s, 0), (s, c, 0), (0, 0, 1)))
    about_y = np.array(((cp, 0, sp), (0, 1, 0), (-sp, 0, cp)))
    about_x = np.array(((1, 0, 0), (0, cr, -sr), (0, sr, cr)))
    rotation: F64 = about_z @ about_y @ about_x
    return rotation


def along(direction: F64) -> F64:
    """A rotation that takes +z to `direction`."""
    length = float(np.linalg.norm(direction))
    w = direction / length if length > 1e-9 else np.array((0.0, 0.0, 1.0))
    side = np.array((1.0, 0.0, 0.0)) if abs(w[0]) < 0.9 else np.array((0.0, 1.0, 0.0))
    u = np.cross(side, w)
    u /= np.linalg.norm(u)
    return np.column_stack([u, np.cross(w, u), w])


def _box_tables() -> tuple[F64, F64, I32]:
    """Corner signs and normals (24 each: corner × axis), and the 44 triangles of a box with one bevel, 12 of the flat sides first."""
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    signs = np.repeat(np.array(corners, dtype=float), 3, axis=0)
    normals = np.zeros((24, 3))
    for k, corner in enumerate(corners):
        for axis in range(3):
            normals[3 * k + axis, axis] = corner[axis]

    def vertex(values: dict[int, int], axis: int) -> int:
        return 3 * corners.index((values[0], values[1], values[2])) + axis

    sides: list[tuple[int, int, int]] = []
    edges: list[tuple[int, int, int]] = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for side in (-1, 1):
            ring = [vertex({axis: side, u: su, v: sv}, axis) for su, sv in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            sides += [(ring[0], ring[1], ring[2]), (ring[0], ring[2], ring[3])]
        for su, sv in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            low, high = {axis: -1, u: su, v: sv}, {axis: 1, u: su, v: sv}
            a, b, c, d = vertex(low, u), vertex(low, v), vertex(high, v), vertex(high, u)
            edges += [(a, b, c), (a, c, d)]
    faces = sides + edges + [(3 * k, 3 * k + 1, 3 * k + 2) for k in range(8)]
    probe = signs - 0.2 * (signs - normals)
    wound = [
        (a, b, c) if np.cross(probe[b] - probe[a], probe[c] - probe[a]) @ (probe[a] + probe[b] + probe[c]) > 0 else (a, c, b) for a, b, c in faces
    ]
    return signs, normals, np.array(wound, dtype=np.int32)


_SIGNS, _BOX_NORMALS, _BOX_FACES = _box_tables()


def rounded_box(size: Sequence[float], material: int, bevel: float = 0.02, centre: Sequence[float] = (0.0, 0.0, 0.0)) -> Mesh:
    """A box of full `size` with bevelled edges (44 triangles); `bevel` 0 gives hard edges (12 triangles)."""
    half = np.asarray(size, dtype=float) / 2
    if bevel <= 0:
        return mesh_of(_SIGNS * half + np.asarray(centre), _BOX_NORMALS, _BOX_FACES[:12], material)
    inset = min(bevel, float(half.min()) * 0.98)
    positions = _SIGNS * half - inset * (_SIGNS - _BOX_NORMALS) + np.asarray(centre)
    return mesh_of(positions, _BOX_NORMALS, _BOX_FACES, material)


def lathe(profile: Sequence[Point2], material: int, segments: int = 12, normals: Sequence[Point2] | None = None) -> Mesh:
    """Turn a profile of (radius, z), from bottom to top on the outside, about z. Ends on the axis close it. Without `normals` (one
    (radial, z) per profile point) they are smooth along the profile except at corners sharper than 50°, which get hard edges."""
    points: list[Point2] = list(profile)
    if normals is None:
        points, bends, joined = _profile_normals(points)
    else:
        bends, joined = list(normals), [True] * (len(points) - 1)
    angle = np.linspace(0, 2 * math.pi, segments + 1)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    positions = np.concatenate([np.column_stack([ring * r, np.full(segments + 1, z)]) for r, z in points])
    vertex_normals = np.concatenate([np.column_stack([ring * nr, np.full(segments + 1, nz)]) for nr, nz in bends])
    faces = []
    step = segments + 1
    for row in range(len(points) - 1):
        if not joined[row]:
            continue
        a = np.arange(segments) + row * step
        if points[row][0] > 1e-6:
            faces.append(np.column_stack([a, a + 1, a + step + 1]))
        if points[row + 1][0] > 1e-6:
            faces.append(np.column_stack([a, a + step + 1, a + step]))
    return mesh_of(positions, vertex_normals, np.concatenate(faces), material)


def _profile_normals(points: list[Point2]) -> tuple[list[Point2], list[Point2], list[bool]]:
    """Split sharp profile corners; per point a normal (radial, z), per segment whether it is drawn."""
    edges = []
    for (r0, z0), (r1, z1) in itertools.pairwise(points):
        length = math.hypot(r1 - r0, z1 - z0) or 1.0
        edges.append(((z1 - z0) / length, -(r1 - r0) / length))
    out: list[Point2] = []
    bends: list[Point2] = []
    joined: list[bool] = []
    for k, point in enumerate(points):
        before, after = edges[max(k - 1, 0)], edges[min(k, len(edges) - 1)]
        if before[0] * after[0] + before[1] * after[1] > 0.64:
            out.append(point)
            bends.append((before[0] + after[0], before[1] + after[1]))
            joined.append(True)
        else:
            out += [point, point]
            bends += [before, after]
            joined += [False, True]
    return out, bends, joined[: len(out) - 1]


def cylinder(radius: float, height: float, material: int, top: float | None = None, rim: float = 0.015, segments: int = 12) -> Mesh:
    """Standing on z = 0, rounded rims; `top` is the upper radius (a cone has 0)."""
    upper = radius if top is None else top
    b = min(rim, radius * 0.45, height * 0.45)
    slope = (radius - upper) / height
    b_top = min(b, upper * 0.9)
    profile = [
        (0.0, 0.0),
        (max(radius - b * (1 + max(slope, 0.0)), 0.0), 0.0),
        (radius - slope * b, b),
        (upper + slope * b_top, height - b_top),
        (max(upper - b_top, 0), height),
        (0.0, height),
    ]
    side = (1.0, slope)
    foot = (1.0, min(slope, 0.6))  # on flat cones the lower bevel would otherwise be shaded from above
    return lathe(profile, material, segments, [(0, -1), (0, -1), foot, side, (0, 1), (0, 1)])


def capsule(start: Sequence[float], end: Sequence[float], radius: float, material: int, segments: int = 8, end_radius: float | None = None) -> Mesh:
    """A rod with round ends between two points; `end_radius` tapers it."""
    p, q = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    tip = radius if end_radius is None else end_radius
    profile: list[Point2] = []
    bends: list[Point2] = []
    for centre, r, angles in ((0.0, radius, (-90, -45, 0)), (float(np.linalg.norm(q - p)), tip, (0, 45, 90))):
        for degrees in angles:
            a = math.radians(degrees)
            profile.append((max(r * math.cos(a), 0.0), centre + r * math.sin(a)))
            bends.append((math.cos(a), math.sin(a)))
    return transform(lathe(profile, material, segments, bends), along(q - p), p.tolist())


def ellipsoid(
    radii: Sequence[float], material: int, centre: Sequence[float] = (0.0, 0.0, 0.0), segments: int = 12, rings: int = 7, low: float = -90.0
) -> Mesh:
    """`low` in degrees cuts it off below (0: an upper half, open at the bottom)."""
    angles = np.radians(np.linspace(low, 90, rings))
    ring = [(max(math.cos(a), 0.0), math.sin(a)) for a in angles]
    return transform(lathe(ring, material, segments, ring), np.diag(np.asarray(radii, dtype=float)), centre)


def torus(radius: float, tube: float, material: int, segments: int = 14, around: int = 7) -> Mesh:
    """Lying in the xy plane about the origin."""
    angles = np.linspace(-math.pi, math.pi, around + 1)
    bends = [(math.cos(a), math.sin(a)) for a in angles]
    return lathe([(radius + tube * c, tube * s) for c, s in bends], material, segments, bends)


def prism(outline: Sequence[Point2], height: float, material: int, smooth: bool = False) -> Mesh:
    """A simple polygon in xy (either way round) raised from z = 0 to `height`; `smooth` rounds the side normals."""
    points = np.asarray(outline, dtype=float)
    if _area(points) < 0:
        points = points[::-1]
    n = len(points)
    faces = np.array(_ears(points), dtype=np.int32)
    following = np.roll(points, -1, axis=0)
    edge = following - points
    flat = np.column_stack([edge[:, 1], -edge[:, 0]]) / np.maximum(np.linalg.norm(edge, axis=1, keepdims=True), 1e-9)
    soft = flat + np.roll(flat, 1, axis=0)
    first, second = (soft, np.roll(soft, -1, axis=0)) if smooth else (flat, flat)
    low, high = np.zeros((n, 1)), np.full((n, 1), height)
    top, bottom = np.hstack([points, high]), np.hstack([points, low])
    sides = np.concatenate([bottom, np.hstack([following, low]), np.hstack([following, high]), top])
    side_normals = np.concatenate([np.hstack([bend, low]) for bend in (first, second, second, first)])
    k = np.arange(n)
    side_faces = np.concatenate([np.column_stack([k, k + n, k + 2 * n]), np.column_stack([k, k + 2 * n, k + 3 * n])])
    up = np.tile((0.0, 0.0, 1.0), (n, 1))
    return mesh_of(
        np.concatenate([top, bottom, sides]),
        np.concatenate([up, -up, side_normals]),
        np.concatenate([faces, faces[:, ::-1] + n, side_faces + 2 * n]),
        material,
    )


def _area(points: F64) -> float:
    following = np.roll(points, -1, axis=0)
    return float(np.sum(points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1])) / 2


def _ears(points: F64) -> list[tuple[int, int, int]]:
    """Ear clipping of a simple counter-clockwise polygon."""
    left = list(range(len(points)))
    faces: list[tuple[int, int, int]] = []

    def cross(a: int, b: int, c: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = points[a], points[b], points[c]
        return float((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))

    while len(left) > 3:
        for k in range(len(left)):
            a, b, c = left[k - 1], left[k], left[(k + 1) % len(left)]
            if cross(a, b, c) <= 1e-12:
                continue
            if any(p not in (a, b, c) and cross(a, b, p) > 0 and cross(b, c, p) > 0 and cross(c, a, p) > 0 for p in left):
                continue
            faces.append((a, b, c))
            del left[k]
            break
        else:
            break  # only slivers are left
    if len(left) == 3:
        faces.append((left[0], left[1], left[2]))
    return faces


def upright(mesh: Mesh) -> Mesh:
    """Stand a prism up: its outline's (x, y) become (x, z) and its height runs along y, centred on y = 0."""
    depth = float(mesh.positions[:, 2].max())
    return transform(mesh, np.array(((1.0, 0, 0), (0, 0, -1.0), (0, 1.0, 0))), (0.0, depth / 2, 0.0))


def arch(width: float, height: float, thickness: float, depth: float, material: int, segments: int = 8) -> Mesh:
    """A round-headed portal standing on z = 0, open below, centred on the origin. `width` and `height` are of the opening."""
    inner, outer = width / 2, width / 2 + thickness
    spring = height - inner
    angles = np.linspace(math.pi, 0, segments + 1)
    outline = [(-outer, 0.0)] + [(outer * math.cos(a), spring + outer * math.sin(a)) for a in angles] + [(outer, 0.0), (inner, 0.0)]
    outline += [(inner * math.cos(a), spring + inner * math.sin(a)) for a in angles[::-1]] + [(-inner, 0.0)]
    return upright(prism(outline, depth, material))


def stairs(width: float, rise: float, tread: float, steps: int, material: int) -> Mesh:
    """Going up towards +y from y = 0, x centred; each step a rounded block down to the ground."""
    return merge([rounded_box((width, tread, rise * (k + 1)), material, 0.012, (0, tread * (k + 0.5), rise * (k + 1) / 2)) for k in range(steps)])


def skin(positions: ArrayLike, triangles: ArrayLike, material: int) -> Mesh:
    """A smooth surface over given points: normals are the mean of the faces around each, weighted by area."""
    points, faces = np.asarray(positions, dtype=float), np.asarray(triangles, dtype=np.int32)
    corner = points[faces]
    across = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, faces[:, k], across)
    return mesh_of(points, normals, faces, material)


def terrain(xs: F64, ys: F64, height: Callable[[F64, F64], F64], material: int) -> Mesh:
    """Ground over the grid xs × ys (ascending). `height` takes arrays x, y and gives z; normals come from its slope."""
    x, y = (a.ravel() for a in np.meshgrid(xs, ys))
    e = 0.05
    slope_x = (height(x + e, y) - height(x - e, y)) / (2 * e)
    slope_y = (height(x, y + e) - height(x, y - e)) / (2 * e)
    row = len(xs)
    a = (np.arange(row - 1)[None, :] + row * np.arange(len(ys) - 1)[:, None]).ravel()
    faces = np.concatenate([np.column_stack([a, a + 1, a + row + 1]), np.column_stack([a, a + row + 1, a + row])])
    return mesh_of(np.column_stack([x, y, height(x, y)]), np.column_stack([-slope_x, -slope_y, np.ones_like(x)]), faces, material)


def bounds(mesh: Mesh) -> tuple[Vec, Vec]:
    """Lowest and highest corner."""
    low, high = mesh.positions.min(axis=0), mesh.positions.max(axis=0)
    return (float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2]))
