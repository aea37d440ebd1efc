"""Head and face: everything here hangs on the head joint and its small face joints. Adult metres about the head joint, times head scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from generation.previs.figures.body import N
from generation.previs.figures.design import shade
from generation.previs.figures.parts import Parts, ramp, rows
from generation.previs.figures.skeleton import Bones, J
from generation.previs.figures.solids import F64, Solid, ellipsoid, lathe, place, tube

CENTRE = 0.145  # of the head above its joint
RADII = (0.118, 0.107, 0.145)


def on_head(solid: Solid, bones: Bones) -> Solid:
    """From head-local measures (origin at the head joint) to the figure at rest."""
    k = bones.scale
    return Solid(solid.positions * bones.head_scale * k + bones.at("head"), solid.normals, solid.triangles)


def surface(z: float, y: float) -> float:
    """How far forward the face lies at height z above the head joint and y off the middle."""
    t = 1 - ((z - CENTRE) / RADII[2]) ** 2 - (y / RADII[1]) ** 2
    return RADII[0] * float(np.sqrt(max(t, 0.02)))


def add_head(parts: Parts, bones: Bones, design: dict[str, Any]) -> None:
    skin = parts.material("skin", design["skin"], wrap=0.32, gloss=0.06)
    face = design["face"]
    turn = (np.arange(11) + 0.35) / 10.7 * np.pi
    z = -np.cos(turn)
    jaw = 1 - 0.16 * np.clip(-z, 0, 1) ** 1.5 * (0.6 if design["build"] in ("stout", "broad") else 1.0)
    cheeks = 1 + 0.035 * face["cheeks"] * np.exp(-(((z + 0.35) / 0.28) ** 2))
    profile = np.stack(
        [0.004 * np.clip(-z, 0, 1) * 3, 0 * z, CENTRE + RADII[2] * z, RADII[0] * np.sin(turn) * jaw, RADII[1] * np.sin(turn) * jaw * cheeks], 1
    )
    head = lathe(profile, 16)
    low = ramp(-head.positions[:, 2], -0.10, -0.02) * ramp(head.positions[:, 0], 0.0, 0.06)
    parts.add(on_head(head, bones), skin, rows(N, {J["head"]: 1 - 0.8 * low, J["jaw"]: 0.8 * low}))
    nose = face["nose"]
    zn = CENTRE - 0.018
    x = surface(zn, 0)
    bridge = tube([(x - 0.010, 0, zn + 0.050), (x + 0.004, 0, zn + 0.020), (x + 0.016, 0, zn - 0.008)], [0.010, 0.015 * nose, 0.021 * nose], 7)
    parts.add(on_head(bridge, bones), skin, J["head"])
    parts.add(on_head(ellipsoid((x + 0.012, 0, zn - 0.012), (0.025 * nose, 0.026 * nose, 0.022), 8, 5), bones), skin, J["head"])
    for sign in (1.0, -1.0):
        ear = ellipsoid((0, 0, 0), (0.027, 0.015, 0.036), 7, 4)
        parts.add(on_head(place(ear, (-0.008, sign * 0.110, CENTRE - 0.010), yaw=-sign * 0.45), bones), skin, J["head"])
    _eyes(parts, bones, design)
    _mouth(parts, bones, design)
    if face.get("freckles"):
        spots = parts.material("freckles", shade(design["skin"], 0.72))
        for y, dz in ((0.05, -0.03), (0.062, -0.022), (0.058, -0.042), (-0.05, -0.03), (-0.062, -0.022), (-0.058, -0.042)):
            parts.add(on_head(ellipsoid((surface(CENTRE + dz, y) + 0.001, y, CENTRE + dz), (0.003, 0.003, 0.003), 5, 3), bones), spots, J["head"])


def _eyes(parts: Parts, bones: Bones, design: dict[str, Any]) -> None:
    skin = parts.material("skin", design["skin"])
    dark = parts.material("eye", "17120f", gloss=0.25, wrap=0.0)
    glint = parts.material("glint", "ffffff", emission=0.7)
    brow = parts.material("brow", shade(design["hair"]["colour"], 0.72) if design["hair"]["style"] != "bald" or design["age"] == "old" else "4a3426")
    size = design["face"]["eyes"] * (1.12 if design["age"] == "child" else 1.0)
    z = CENTRE + 0.022
    thick = {"bushy": 0.0085, "soft": 0.0058, "straight": 0.0066, "arched": 0.0050}[design["face"]["brows"]]
    for side, sign in (("l", 1.0), ("r", -1.0)):
        y = sign * 0.043
        x = surface(z, y)
        eye = ellipsoid((0, 0, 0), (0.011, 0.0150 * size, 0.0215 * size), 9, 5)
        parts.add(on_head(place(eye, (x - 0.001, y, z), yaw=sign * 0.36), bones), dark, J[f"eye_{side}"])
        parts.add(on_head(ellipsoid((x + 0.0085, y - 0.0045, z + 0.0085 * size), (0.003, 0.0042, 0.0048), 5, 3), bones), glint, J[f"eye_{side}"])
        lid = ellipsoid((0, 0, 0), (0.0155, 0.0195 * size, 0.0255 * size), 9, 5)
        parts.add(on_head(place(lid, (x - 0.001, y, z), yaw=sign * 0.36), bones), skin, J[f"lid_{side}"])
        ends = [(y - sign * 0.023, 0.0), (y - sign * 0.008, 0.006), (y + sign * 0.010, 0.007), (y + sign * 0.026, -0.001)]
        arch = 1.5 if design["face"]["brows"] == "arched" else 0.6 if design["face"]["brows"] == "straight" else 1.0
        line = [(surface(z + 0.040, yy) + 0.004, yy, z + 0.040 + dz * arch) for yy, dz in ends]
        parts.add(on_head(tube(line, [thick * 0.8, thick, thick, thick * 0.6], 5), bones), brow, J[f"brow_{side}"])


def _mouth(parts: Parts, bones: Bones, design: dict[str, Any]) -> None:
    lips = parts.material("lips", design["face"]["lips"], wrap=0.25, gloss=0.15)
    inside = parts.material("inside of the mouth", "3a1416", wrap=0.0)
    teeth = parts.material("teeth", "d8d0c0")
    z = 0.062
    x = surface(z, 0)
    parts.add(on_head(ellipsoid((x - 0.006, 0, z), (0.012, 0.026, 0.020), 10, 4), bones), inside, J["mouth"])
    parts.add(on_head(ellipsoid((x - 0.003, 0, z + 0.006), (0.008, 0.019, 0.006), 6, 3), bones), teeth, J["mouth"])
    full = 1.25 if design["gender"] == "female" else 0.9
    for lower in (False, True):
        points = []
        for t in (-1.0, -0.55, 0.0, 0.55, 1.0):
            y = 0.031 * t
            bow = (0.0035 * (1 - abs(t)) - (0.001 if t == 0 else 0.0)) * (-1 if lower else 1)
            points.append((surface(z + bow, y) + 0.0015, y, z + bow))
        thick = 0.0052 * full * (1.15 if lower else 0.95)
        lip = tube(points, [thick * 0.55, thick * 0.95, thick, thick * 0.95, thick * 0.55], 5)
        corner: F64 = np.clip(np.abs(lip.positions[:, 1]) / 0.031, 0, 1) ** 1.6
        left = (lip.positions[:, 1] > 0).astype(np.float64)
        middle = J["jaw"] if lower else J["head"]
        parts.add(on_head(lip, bones), lips, rows(N, {middle: 1 - corner, J["corner_l"]: corner * left, J["corner_r"]: corner * (1 - left)}))
