"""Scenes put together by hand for the renderer's and the cameras' tests: a kitchen by day, a street at night, a headland at dawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from generation.previs.scene import F32, RGB, Air, Camera, Grade, Light, Material, Mesh, Scene, Vec


def rgb(code: str) -> RGB:
    r, g, b = ((int(code[i : i + 2], 16) / 255) ** 2.2 for i in (0, 2, 4))
    return r, g, b


class Maker:
    """Collects materials and meshes; every call of a shape is one mesh with its own object id."""

    def __init__(self) -> None:
        self.materials: list[Material] = []
        self.meshes: list[Mesh] = []

    def material(self, code: str, emission: float = 0.0, gloss: float = 0.0, pattern: str = "plain", scale: float = 1.0, wrap: float = 0.0) -> int:
        self.materials.append(Material(code, rgb(code), emission, gloss, pattern, scale, wrap))  # type: ignore[arg-type]
        return len(self.materials) - 1

    def add(self, positions: F32, normals: F32, triangles: object, material: int, name: str = "", wild: tuple[Vec, Vec] | None = None) -> Mesh:
        tri = np.asarray(triangles, np.int32)
        mesh = Mesh(
            positions.astype(np.float32),
            normals.astype(np.float32),
            tri,
            np.full(len(tri), material, np.int32),
            len(self.meshes) + 1,
            name,
            True,
            wild,
        )
        self.meshes.append(mesh)
        return mesh

    def box(self, centre: Vec, half: Vec, material: int, turn: float = 0.0, name: str = "", wild: tuple[Vec, Vec] | None = None) -> Mesh:
        points: list[Any] = []
        normals: list[Any] = []
        triangles: list[Any] = []
        for axis in range(3):
            for sign in (-1, 1):
                n = np.zeros(3)
                n[axis] = sign
                a, b = np.roll(np.eye(3), 0, 0)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
                at = len(points)
                for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                    points.append((n + a * u + b * v) * half)
                    normals.append(n)
                triangles += [(at, at + 1, at + 2), (at, at + 2, at + 3)]
        c, s = math.cos(turn), math.sin(turn)
        r = np.array(((c, -s, 0), (s, c, 0), (0, 0, 1)))
        return self.add(np.array(points) @ r.T + centre, np.array(normals) @ r.T, triangles, material, name, wild)

    def ellipsoid(self, centre: Vec, radii: Vec, material: int, turn: float = 0.0, around: int = 20, name: str = "") -> Mesh:
        rows = around // 2
        t, p = np.meshgrid(np.linspace(0, math.pi, rows + 1), np.linspace(0, 2 * math.pi, around + 1), indexing="ij")
        d = np.stack((np.sin(t) * np.cos(p), np.sin(t) * np.sin(p), np.cos(t)), -1).reshape(-1, 3)
        n = d / np.array(radii)
        n /= np.linalg.norm(n, axis=1, keepdims=True)
        c, s = math.cos(turn), math.sin(turn)
        r = np.array(((c, -s, 0), (s, c, 0), (0, 0, 1)))
        return self.add((d * radii) @ r.T + centre, n @ r.T, _grid(rows, around), material, name)

    def capsule(self, a: Vec, b: Vec, radius: float, material: int, around: int = 16, name: str = "") -> Mesh:
        axis = np.subtract(b, a)
        axis = axis / (np.linalg.norm(axis) + 1e-9)
        side = np.cross(axis, (1.0, 0, 0) if abs(axis[0]) < 0.9 else (0, 1.0, 0))
        side /= np.linalg.norm(side)
        other = np.cross(axis, side)
        t = np.concatenate((np.linspace(-math.pi / 2, 0, 5), np.linspace(0, math.pi / 2, 5)))
        p = np.linspace(0, 2 * math.pi, around + 1)
        n = np.array([np.sin(i) * axis + np.cos(i) * (np.cos(j) * side + np.sin(j) * other) for i in t for j in p])
        base = np.array([a if k < 5 else b for k in range(10) for _ in p], float)
        return self.add((base + n * radius).astype(np.float32), n.astype(np.float32), _grid(9, around), material, name)

    def cylinder(self, centre: Vec, half: float, radius: float, material: int, around: int = 24, name: str = "") -> Mesh:
        p = np.linspace(0, 2 * math.pi, around + 1)
        ring = np.stack((np.cos(p), np.sin(p), 0 * p), -1)
        up = np.tile((0.0, 0, 1), (around + 1, 1))
        rows = [ring * radius - up * half, ring * radius + up * half, ring * radius + up * half, up * half, ring * radius - up * half, -up * half]
        normals = [ring, ring, up, up, -up, -up]
        w = around + 1
        triangles = [
            t
            for k in (0, 2, 4)
            for i in range(around)
            for t in ((k * w + i, k * w + i + 1, (k + 1) * w + i + 1), (k * w + i, (k + 1) * w + i + 1, (k + 1) * w + i))
        ]
        return self.add((np.concatenate(rows) + centre).astype(np.float32), np.concatenate(normals).astype(np.float32), triangles, material, name)

    def ground(self, half: float, z: float, material: int) -> Mesh:
        return self.add(
            np.array(((-half, -half, z), (half, -half, z), (half, half, z), (-half, half, z))),
            np.tile((0.0, 0, 1), (4, 1)),
            ((0, 1, 2), (0, 2, 3)),
            material,
            "ground",
        )

    def figure(
        self,
        x: float,
        y: float,
        face: float,
        colours: tuple[int, ...],
        sit: bool = False,
        arm: float = 0.0,
        z: float = 0.0,
        k: float = 1.0,
        long: bool = False,
    ) -> list[Mesh]:
        """A person of the look target: skin, hair, top, legs, eye, mouth."""
        skin, hair, top, legs, eye, mouth = colours
        first = len(self.meshes)
        c, n = math.cos(face), math.sin(face)

        def w(fx: float, sx: float, zz: float) -> Vec:
            return x + c * fx - n * sx, y + n * fx + c * sx, z + zz * k

        hip = 0.52 if sit else 0.92
        sh = hip + 0.5
        for sgn in (-1, 1):
            if sit:
                self.capsule(w(0, sgn * 0.1, hip), w(0.42, sgn * 0.11, hip), 0.082 * k, legs)
                self.capsule(w(0.42, sgn * 0.11, hip), w(0.44, sgn * 0.11, 0.08), 0.07 * k, legs)
            else:
                self.capsule(w(0, sgn * 0.095, hip), w(0.02, sgn * 0.11, 0.09), 0.082 * k, legs)
            fx = 0.44 if sit else 0.02
            self.ellipsoid(w(fx + 0.06, sgn * 0.11, 0.05), (0.13 * k, 0.062 * k, 0.055 * k), legs, face)
        self.capsule(w(0, 0, hip + 0.03), w(0.01, 0, sh - 0.06), 0.165 * k, top, 24)
        self.capsule(w(0.01, -0.15, sh - 0.02), w(0.01, 0.15, sh - 0.02), 0.09 * k, top)
        for sgn in (-1, 1):
            a = arm if sgn > 0 else arm * 0.3
            el, hd = (
                w(0.05 + 0.22 * a, sgn * (0.235 + 0.03 * a), sh - 0.27 + 0.14 * a),
                w(0.14 + 0.34 * a, sgn * (0.20 - 0.06 * a), sh - 0.46 + 0.40 * a),
            )
            self.capsule(w(0.01, sgn * 0.20, sh - 0.03), el, 0.062 * k, top)
            self.capsule(el, hd, 0.05 * k, top)
            self.ellipsoid(hd, (0.058 * k, 0.05 * k, 0.058 * k), skin)
        self.capsule(w(0, 0, sh), w(0.01, 0, sh + 0.13), 0.055 * k, skin)
        hz = sh + 0.27
        self.ellipsoid(w(0.02, 0, hz), (0.125 * k, 0.115 * k, 0.145 * k), skin, face, 28)
        self.ellipsoid(w(0.143, 0, hz - 0.02), (0.03 * k, 0.022 * k, 0.03 * k), skin, face)
        for sgn in (-1, 1):
            self.ellipsoid(w(0.128, sgn * 0.045, hz + 0.025), (0.014 * k, 0.016 * k, 0.022 * k), eye, face)
            self.ellipsoid(w(0.01, sgn * 0.118, hz - 0.005), (0.025 * k, 0.018 * k, 0.035 * k), skin, face)
        self.ellipsoid(w(0.126, 0, hz - 0.078), (0.012 * k, 0.034 * k, 0.009 * k), mouth, face)
        self.ellipsoid(w(-0.025, 0, hz + 0.05), (0.128 * k, 0.127 * k, 0.125 * k), hair, face, 28)
        if long:
            self.capsule(w(-0.09, 0, hz + 0.02), w(-0.12, 0, hz - 0.26), 0.075 * k, hair)
        return self.meshes[first:]

    def split(self, moving: list[Mesh]) -> tuple[list[Mesh], list[Mesh]]:
        inside = {id(m) for m in moving}
        return [m for m in self.meshes if id(m) not in inside], moving


def _grid(rows: int, columns: int) -> list[tuple[int, int, int]]:
    w = columns + 1
    return [
        t
        for r in range(rows)
        for i in range(columns)
        for t in ((r * w + i, (r + 1) * w + i, (r + 1) * w + i + 1), (r * w + i, (r + 1) * w + i + 1, r * w + i + 1))
    ]


def people(m: Maker) -> tuple[tuple[int, ...], tuple[int, ...]]:
    eye, mouth = m.material("1c1613", gloss=0.8), m.material("7a3b36", wrap=0.3)
    a = (
        m.material("c98d6b", wrap=0.4),
        m.material("e8e4dc", wrap=0.3),
        m.material("d9a53a", wrap=0.25, pattern="fabric"),
        m.material("34404c", wrap=0.2),
        eye,
        mouth,
    )
    b = (
        m.material("8a5638", wrap=0.4),
        m.material("221a17", wrap=0.3),
        m.material("2f4a6b", wrap=0.25, pattern="fabric"),
        m.material("221f2a", wrap=0.2),
        eye,
        mouth,
    )
    return a, b


def kitchen(time: float = 0.0) -> Scene:
    """A room with ten objects and two figures, sun through a window, a lamp over the table."""
    m = Maker()
    first, second = people(m)
    wall, floor = m.material("8f9c93", pattern="plaster"), m.material("a98561", pattern="planks", gloss=0.15)
    wood, iron, cream, red = (
        m.material("8a5a36", pattern="wood", gloss=0.2),
        m.material("2d2f33", gloss=0.3),
        m.material("e7d9bd"),
        m.material("a8402f", gloss=0.4),
    )
    glass, white, glow, fire = m.material("5b7f86", gloss=0.6), m.material("d8d2c4"), m.material("ffd79a", 5.0), m.material("ff7a2a", 3.0)
    m.box((0, 0, -0.05), (3.2, 3.2, 0.05), floor, name="floor")
    m.box((0, 3.05, 1.35), (3.3, 0.05, 1.35), wall, wild=((0, 3, 0), (0, -1, 0)), name="back")
    for y0, y1, z0, z1 in ((-3.2, -0.1, 0, 2.7), (1.2, 3.05, 0, 2.7), (-0.1, 1.2, 0, 0.95), (-0.1, 1.2, 2.15, 2.7)):
        m.box((-3.25, (y0 + y1) / 2, (z0 + z1) / 2), (0.05, (y1 - y0) / 2, (z1 - z0) / 2), wall, wild=((-3.2, 0, 0), (1, 0, 0)), name="left")
    for y in (-0.1, 0.55, 1.2):
        m.box((-3.22, y, 1.55), (0.05, 0.03, 0.6), white)
    for z in (0.95, 1.55, 2.15):
        m.box((-3.22, 0.55, z), (0.05, 0.66, 0.03), white)
    m.box((-1.9, 2.7, 0.45), (0.5, 0.3, 0.45), iron, name="stove")
    m.cylinder((-1.9, 2.75, 1.75), 0.9, 0.09, iron)
    m.box((-1.9, 2.39, 0.45), (0.2, 0.02, 0.12), fire)
    m.cylinder((-1.75, 2.65, 0.98), 0.08, 0.12, red)
    m.box((1.2, 2.72, 0.45), (1.25, 0.28, 0.45), cream, name="counter")
    m.box((1.2, 2.7, 0.93), (1.3, 0.32, 0.03), wood)
    m.box((1.2, 2.85, 1.75), (1.0, 0.14, 0.02), wood, name="shelf")
    for i in range(5):
        m.cylinder((0.2 + i * 0.5, 2.78, 1.08), 0.11, 0.06 + 0.02 * (i % 2), (glass, red, cream, iron, glass)[i])
        m.cylinder((0.4 + i * 0.36, 2.85, 1.86), 0.08, 0.055, (cream, red, glass, cream, iron)[i])
    m.box((0.25, 0.65, 0.74), (0.85, 0.5, 0.03), wood, name="table")
    for a in (-0.75, 0.75):
        for b in (-0.42, 0.42):
            m.capsule((0.25 + a, 0.65 + b, 0), (0.25 + a, 0.65 + b, 0.72), 0.04, wood)
    m.cylinder((0.15, 0.55, 0.83), 0.05, 0.05, cream)
    m.cylinder((0.55, 0.8, 0.83), 0.05, 0.05, red)
    m.cylinder((0.25, 0.65, 2.12), 0.09, 0.19, iron)
    m.ellipsoid((0.25, 0.65, 1.99), (0.075, 0.075, 0.075), glow)
    m.capsule((0.25, 0.65, 2.2), (0.25, 0.65, 2.7), 0.008, iron)
    for x, f in ((-1.0, 0.0), (1.5, math.pi)):
        m.box((x, 0.65, 0.45), (0.2, 0.2, 0.025), wood)
        m.box((x - 0.2 * math.cos(f), 0.65, 0.75), (0.02, 0.2, 0.28), wood)
        for a in (-0.16, 0.16):
            for b in (-0.16, 0.16):
                m.capsule((x + a, 0.65 + b, 0), (x + a, 0.65 + b, 0.45), 0.022, wood)
    wave = 0.5 + 0.2 * math.sin(time * 2)
    moving = m.figure(-0.95, 0.65, 0.05 + 0.05 * math.sin(time), first, sit=True, arm=wave, long=True)
    moving += m.figure(1.45, 0.65, math.pi - 0.05, second, sit=True, arm=0.15, k=1.03)
    still, moving = m.split(moving)
    lights = [
        Light("sun", (-0.82, -0.18, 0.52), (2.6, 2.1, 1.45), softness=0.035, shadow=True),
        Light("spot", (0.25, 0.65, 1.93), (2.2, 1.5, 0.8), radius=2.6, aim=(0, 0, -1), cone=1.25, softness=0.06, shadow=True),
        Light("point", (0.25, 0.65, 1.9), (0.5, 0.33, 0.17), radius=3.0),
        Light("point", (-1.9, 2.2, 0.45), (1.4, 0.55, 0.18), radius=1.0),
    ]
    air = Air((0.35, 0.5, 0.7), (0.7, 0.75, 0.8), (0.40, 0.44, 0.50), (0.24, 0.19, 0.15), (0.55, 0.5, 0.44), 0.012)
    return Scene(m.materials, still, moving, lights, air, Grade(), time)


KITCHEN_WIDE = Camera((0.3, -4.1, 1.5), (0.12, 0.9, 1.0), math.radians(32), focus=4.9, aperture=2.0)
KITCHEN_CLOSE = Camera((1.15, -0.62, 1.38), (-0.62, 0.62, 1.12), math.radians(29), focus=2.4, aperture=9.0)


def street(time: float = 0.0, weather: str = "rain") -> Scene:
    """Houses, lamps and a car at night, wet cobbles, two people."""
    m = Maker()
    first, second = people(m)
    road, pave = m.material("3b3d45", gloss=0.75, pattern="cobble"), m.material("6a6670", pattern="tiles", gloss=0.3)
    bricks = m.material("6b4238", pattern="brick"), m.material("4f4a58", pattern="plaster")
    win, dark, iron = m.material("ffcf80", 2.4), m.material("1d2230", gloss=0.8), m.material("22242a", gloss=0.3)
    glow, red, white = m.material("ffe2ad", 8.0), m.material("b5432f", gloss=0.5), m.material("d8d2c4")
    m.ground(60, 0, road)
    m.box((0, 4.3, 0.06), (14, 1.6, 0.06), pave)
    for i, (x, w, h) in enumerate(((-5.2, 1.9, 3.2), (-1.4, 1.8, 2.7), (2.3, 1.8, 3.6), (6.1, 1.9, 2.9))):
        m.box((x, 6.8, h), (w, 1.4, h), bricks[(i + 1) % 2], name="house")
        m.box((x, 5.38, 2 * h - 0.1), (w + 0.08, 0.1, 0.12), white)
        for a in range(3):
            for b in range(int(h // 0.9)):
                m.box((x - 1.1 + a * 1.1, 5.39, 1.9 + b * 1.5), (0.3, 0.04, 0.45), win if (a * 3 + b * 5 + i * 2) % 4 == 0 else dark)
        m.box((x + 0.5, 5.38, 0.75), (0.42, 0.05, 0.72), red if i % 2 else iron)
    for x in (-3.3, 2.6):
        m.capsule((x, 3.1, 0), (x, 3.1, 3.3), 0.05, iron)
        m.cylinder((x, 3.1, 3.42), 0.16, 0.13, glow)
        m.cylinder((x, 3.1, 3.65), 0.05, 0.2, iron)
    m.box((5.2, 1.2, 0.55), (1.5, 0.62, 0.28), red)
    m.box((5.3, 1.2, 0.98), (0.85, 0.55, 0.25), dark)
    moving = m.figure(-0.5 + 0.3 * time, 2.6, 0.1, first, arm=0.75)
    moving += m.figure(1.4, 2.75, math.pi, second, arm=0.2, k=1.05)
    still, moving = m.split(moving)
    lights = [
        Light("sun", (0.5, -0.5, 0.7), (0.10, 0.14, 0.24), softness=0.04, shadow=True),
        Light("spot", (-3.3, 2.9, 3.3), (4.6, 3.0, 1.5), radius=7.0, aim=(0.55, -0.05, -0.83), cone=1.2, softness=0.12, shadow=True),
        Light("point", (2.6, 2.9, 3.2), (2.4, 1.6, 0.85), radius=5.0),
    ]
    air = Air((0.010, 0.018, 0.05), (0.05, 0.06, 0.11), (0.06, 0.08, 0.15), (0.035, 0.032, 0.045), (0.05, 0.065, 0.11), 0.020, 0.8, 0.35, weather)  # type: ignore[arg-type]
    return Scene(m.materials, still, moving, lights, air, Grade(contrast=1.05), time)


STREET = Camera((-1.2, -3.4, 1.35), (0.25, 2.8, 1.55), math.radians(34), focus=6.2, aperture=3.0)


def headland(time: float = 0.0) -> Scene:
    """A lighthouse over the sea in the haze of dawn."""
    m = Maker()
    first, _ = people(m)
    rock, grass, sea = (
        m.material("4b4a4f", pattern="plaster"),
        m.material("6f7750", pattern="grass"),
        m.material("24485a", gloss=0.9, pattern="water", scale=1.4),
    )
    white, red, iron, lamp = m.material("e9e2d4", pattern="plaster"), m.material("b5432f"), m.material("2d2f33"), m.material("ffdf9a", 7.0)
    path = m.material("a0917a", pattern="sand")
    m.ground(400, -1.1, sea)
    rng = np.random.RandomState(4)
    m.ellipsoid((3, 9, -1.0), (9, 7, 2.4), grass, around=64)
    m.ellipsoid((-1, 2.2, -1.1), (5, 4, 1.25), grass, around=48)
    for _ in range(26):
        a, d = rng.rand() * 6.28, rng.uniform(3.5, 6.5)
        m.ellipsoid(
            (-1 + d * math.cos(a) * 1.1, 2.4 + d * math.sin(a) * 0.85, -1.0 + rng.rand() * 0.3),
            (rng.uniform(0.3, 1.1), rng.uniform(0.3, 0.9), rng.uniform(0.2, 0.65)),
            rock,
            rng.rand() * 3,
            14,
        )
    for i in range(7):
        m.cylinder((4.2, 10.2, 1.6 + i * 0.85), 0.43, 1.25 - 0.08 * i, white if i % 2 == 0 else red, 36)
    m.cylinder((4.2, 10.2, 7.6), 0.08, 1.0, iron)
    m.cylinder((4.2, 10.2, 8.15), 0.5, 0.42, lamp)
    m.cylinder((4.2, 10.2, 8.75), 0.07, 0.62, iron)
    m.ellipsoid((4.2, 10.2, 8.95), (0.5, 0.5, 0.38), red)
    m.box((1.2, 9.6, 1.75), (1.1, 0.8, 0.65), white, 0.2)
    m.box((1.2, 9.6, 2.55), (1.25, 0.95, 0.14), red, 0.2)
    for i in range(14):
        m.ellipsoid((-0.9 + i * 0.28, 2.0 + i * 0.52, 0.16 + 0.095 * i - 0.0035 * i * i), (0.42, 0.3, 0.06), path, 0.5)
    moving = m.figure(-0.55, 1.7, 1.05, first, arm=0.5, z=0.12, long=True)
    still, moving = m.split(moving)
    lights = [Light("sun", (-0.75, 0.62, 0.16), (2.1, 1.25, 0.72), softness=0.04, shadow=True)]
    air = Air((0.30, 0.42, 0.62), (0.95, 0.70, 0.50), (0.36, 0.42, 0.55), (0.16, 0.15, 0.17), (0.80, 0.64, 0.54), 0.018, 0.0, 0.55)
    return Scene(m.materials, still, moving, lights, air, Grade(), time)


HEADLAND = Camera((-2.9, -4.6, 1.5), (1.1, 5.0, 2.35), math.radians(40), focus=7.5, aperture=2.0)
