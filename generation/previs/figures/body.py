"""The body under the clothes: torso, limbs, hands, shoes. Measures are metres of an adult of 1.80 m; the caller scales."""

from __future__ import annotations

from typing import Any

import numpy as np

from generation.previs.figures.parts import Parts, ramp, rows
from generation.previs.figures.skeleton import JOINTS, Bones, J
from generation.previs.figures.solids import F64, Solid, ellipsoid, lathe, mirrored, tube

GIRTH = {"slim": 0.88, "average": 1.0, "broad": 1.10, "stout": 1.24}
SHOULDER = {"slim": 0.95, "average": 1.0, "broad": 1.12, "stout": 1.04}
N = len(JOINTS)


def scaled(solid: Solid, k: float) -> Solid:
    return Solid(solid.positions * k, solid.normals, solid.triangles)


def spine_weights(z: F64) -> F64:
    """For points at rest height z (adult metres): pelvis, spine, chest and neck share them smoothly."""
    to_spine, to_chest, to_neck = ramp(z, 0.96, 1.10), ramp(z, 1.14, 1.30), ramp(z, 1.43, 1.49)
    return rows(N, {J["pelvis"]: 1 - to_spine, J["spine"]: to_spine * (1 - to_chest), J["chest"]: to_chest * (1 - to_neck), J["neck"]: to_neck})


def torso_profile(design: dict[str, Any], ease: float = 0.0) -> F64:
    """Rings (x, y, z, rx, ry) from hips to neck; `ease` is the room a garment leaves around it."""
    g, s = GIRTH[design["build"]], SHOULDER[design["build"]]
    female = design["gender"] == "female" and design["age"] not in ("child",)
    belly = {"stout": 0.045, "broad": 0.008, "average": 0.006, "slim": 0.0}[design["build"]] + (0.012 if design["age"] == "old" else 0.0)
    hip, waist, chest = (0.160, 0.128, 0.150) if female else (0.150, 0.142, 0.158)
    bust = 0.022 if female else 0.008
    table = [
        (0.0, 0.790, 0.060, 0.090), (0.0, 0.815, 0.100, hip * 0.86), (0.0, 0.87, 0.118, hip), (0.004 + belly * 0.5, 0.95, 0.116 + belly * 0.6,
        hip * 0.97),
        (0.006 + belly, 1.04, 0.108 + belly, waist + belly * 0.5), (0.008 + belly * 0.7, 1.12, 0.110 + belly * 0.6, (waist + chest) / 2),
        (0.010 + bust * 0.5, 1.22, 0.118 + bust, chest),
        (0.006 + bust * 0.3, 1.30, 0.114 + bust * 0.6, chest * 1.06), (0.0, 1.37, 0.100, chest * 1.07 * s), (-0.004, 1.415, 0.082, 0.135 * s),
        (-0.004, 1.445, 0.064, 0.088), (0.0, 1.468, 0.052, 0.058),
    ]  # fmt: skip
    return np.array([(x, 0.0, z, (rx * (g if z < 1.40 else 1.0)) + ease, ry * (g if z < 1.40 else 1.0) + ease) for x, z, rx, ry in table])


def add_torso(parts: Parts, bones: Bones, design: dict[str, Any], upper: int, lower: int) -> None:
    """`upper` clothes it down to the waist, `lower` below."""
    profile = torso_profile(design)
    for rows_, material in ((profile[:5], lower), (profile[4:], upper)):
        solid = lathe(rows_, 14, square=0.15)
        parts.add(scaled(solid, bones.scale), material, spine_weights(solid.positions[:, 2]))


def add_neck(parts: Parts, bones: Bones, skin: int, design: dict[str, Any]) -> None:
    r = 0.050 * (1.12 if design["build"] in ("broad", "stout") else 0.92 if design["gender"] == "female" else 1.0)
    solid = lathe([(0, 0, 1.42, r * 1.15, r * 1.15), (0, 0, 1.46, r, r), (0.004, 0, 1.50, r * 0.97, r * 0.95), (0.008, 0, 1.56, r, r * 0.95)], 10)
    to_head = ramp(solid.positions[:, 2], 1.46, 1.54)
    to_neck = ramp(solid.positions[:, 2], 1.42, 1.46)
    parts.add(scaled(solid, bones.scale), skin, rows(N, {J["chest"]: 1 - to_neck, J["neck"]: to_neck * (1 - to_head), J["head"]: to_head}))


def limb_weights(solid: Solid, joints: tuple[int, ...], knots: tuple[tuple[float, float], ...]) -> F64:
    """A hanging limb: `knots[i]` is the range of heights (high, low) over which joint i hands over to i + 1."""
    z = solid.positions[:, 2]
    columns: dict[int, F64] = {}
    left = np.ones(len(z))
    for joint, (high, low) in zip(joints, knots, strict=False):
        passed = ramp(-z, -high, -low)
        columns[joint] = left * (1 - passed)
        left = left * passed
    columns[joints[-1]] = left
    return rows(N, columns)


def add_arms(parts: Parts, bones: Bones, design: dict[str, Any], sleeve: int, forearm: int, cuff: int, hand: int, loose: float) -> None:
    """`loose` widens the sleeve (metres)."""
    y = float(bones.at("upper_l")[1]) / bones.scale
    g = {"slim": 0.90, "average": 1.0, "broad": 1.14, "stout": 1.12}[design["build"]]
    r0, r1, r2 = 0.062 * g + loose, 0.050 * g + loose, 0.037 * g + loose
    upper = tube(
        [(0, y - 0.055, 1.385), (0, y, 1.372), (0, y + 0.012, 1.30), (0, y + 0.022, 1.20), (0, y + 0.029, 1.145), (0, y + 0.031, 1.115)],
        [r0 * 0.9, r0 * 1.04, r0 * 0.98, r1 * 1.04, r1, r1 * 0.98],
        8,
        round_ends=False,
    )
    lower = tube(
        [(0, y + 0.029, 1.145), (0, y + 0.030, 1.12), (0, y + 0.031, 1.095), (0, y + 0.034, 1.02), (0, y + 0.040, 0.915)],
        [r1 * 0.97, r1 * 0.98, r1 * 0.97, (r1 + r2) / 2 + 0.003, r2 + loose * 0.5],
        8,
        round_ends=False,
    )
    for side, flip in (("l", False), ("r", True)):
        chain = (J["chest"], J[f"upper_{side}"], J[f"fore_{side}"])
        for solid, material in ((upper, sleeve), (lower, forearm)):
            shape = mirrored(solid) if flip else solid
            weights = limb_weights(shape, chain, ((1.46, 1.36), (1.16, 1.08)))
            # Nearer the spine than the shoulder joint the cloth follows the chest whatever its height.
            inner = ramp(-np.abs(shape.positions[:, 1]), -(y - 0.01), -(y - 0.075))[:, None]
            chest = np.zeros_like(weights)
            chest[:, J["chest"]] = 1.0
            parts.add(scaled(shape, bones.scale), material, weights * (1 - inner) + chest * inner)
        sign = -1.0 if flip else 1.0
        ring = tube([(0, sign * (y + 0.039), 0.935), (0, sign * (y + 0.041), 0.905)], [r2 + loose * 0.5 + 0.005] * 2, 8, round_ends=False)
        if cuff != forearm:
            parts.add(scaled(ring, bones.scale), cuff, J[f"fore_{side}"])
        _hand(parts, bones, side, sign, y + 0.04, hand, 1.0 if design["gender"] == "male" else 0.92)


def _hand(parts: Parts, bones: Bones, side: str, sign: float, y: float, material: int, size: float) -> None:
    """Palm facing the thigh, thumb forward: mitten fingers and a forefinger that can point."""
    s = size
    palm = ellipsoid((0.002, sign * y, 0.835), (0.036 * s, 0.020 * s, 0.050 * s), 8, 4)
    fingers = tube(
        [(-0.006, sign * y, 0.805), (-0.007, sign * (y - 0.004), 0.775), (-0.006, sign * (y - 0.010), 0.748)],
        [0.026 * s, 0.025 * s, 0.020 * s],
        6,
        0.58,
    )
    index = tube(
        [(0.024, sign * y, 0.803), (0.026, sign * (y - 0.003), 0.772), (0.025, sign * (y - 0.006), 0.744)], [0.0125 * s, 0.0115 * s, 0.010 * s], 5
    )
    thumb = tube(
        [(0.026, sign * (y - 0.004), 0.850), (0.046, sign * (y - 0.010), 0.826), (0.050, sign * (y - 0.014), 0.802)],
        [0.015 * s, 0.0135 * s, 0.011 * s],
        5,
    )
    for solid, joint in ((palm, f"hand_{side}"), (fingers, f"fingers_{side}"), (index, f"index_{side}"), (thumb, f"hand_{side}")):
        parts.add(scaled(solid, bones.scale), material, J[joint])


def add_legs(parts: Parts, bones: Bones, design: dict[str, Any], thigh: int, shin: int, shoe: int, sole: int, loose: float, boots: bool) -> None:
    g = GIRTH[design["build"]] ** 0.8
    r0, r1, r2 = 0.088 * g + loose, 0.062 * g + loose, 0.044 * g + loose * 1.3
    upper = tube(
        [(0, 0.078, 0.90), (0.002, 0.084, 0.80), (0.006, 0.089, 0.66), (0.011, 0.092, 0.535), (0.012, 0.092, 0.49)],
        [r0 * 0.95, r0, (r0 + r1) / 2, r1 * 1.02, r1],
        9,
        round_ends=False,
    )
    lower = tube(
        [(0.012, 0.092, 0.53), (0.012, 0.092, 0.49), (0.008, 0.092, 0.44), (0.002, 0.094, 0.33), (0.0, 0.095, 0.20), (0.0, 0.095, 0.12)],
        [r1, r1, r1 * 0.98, (r1 + r2) / 2 + 0.006, r2, r2 * 1.04],
        9,
        round_ends=False,
    )
    foot = lathe(
        [
            (0.040, 0.095, 0.012, 0.118, 0.043),
            (0.040, 0.095, 0.028, 0.126, 0.048),
            (0.036, 0.095, 0.055, 0.116, 0.046),
            (0.018, 0.095, 0.080, 0.084, 0.044),
            (0.0, 0.095, 0.105, 0.054, 0.042),
            (0.0, 0.095, 0.13, 0.046, 0.042),
        ],
        10,
    )
    under = lathe([(0.042, 0.095, 0.0, 0.120, 0.045), (0.042, 0.095, 0.018, 0.129, 0.050)], 10)
    shaft = lathe(
        [
            (0.0, 0.095, 0.10, 0.052, 0.048),
            (0.0, 0.095, 0.2, r2 + 0.014, r2 + 0.014),
            (0.003, 0.094, 0.33, (r1 + r2) / 2 + 0.022, (r1 + r2) / 2 + 0.022),
            (0.003, 0.094, 0.345, (r1 + r2) / 2 + 0.014, (r1 + r2) / 2 + 0.014),
        ],
        9,
    )
    for side, flip in (("l", False), ("r", True)):
        chain = (J["pelvis"], J[f"thigh_{side}"], J[f"shin_{side}"], J[f"foot_{side}"])
        knots = ((0.93, 0.85), (0.54, 0.44), (0.12, 0.09))
        pieces = [(upper, thigh), (lower, shin), (foot, shoe), (under, sole)]
        if boots:
            pieces.append((shaft, shoe))
        for solid, material in pieces:
            shape = mirrored(solid) if flip else solid
            weights: int | F64 = (
                J[f"foot_{side}"] if solid is foot or solid is under else J[f"shin_{side}"] if solid is shaft else limb_weights(shape, chain, knots)
            )
            parts.add(scaled(shape, bones.scale), material, weights)
