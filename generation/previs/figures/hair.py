"""Hair, beards, hats and glasses. Head-local adult metres (origin at the head joint, face towards +x)."""

from __future__ import annotations

from typing import Any

import numpy as np

from generation.previs.figures.body import N
from generation.previs.figures.design import shade
from generation.previs.figures.face import CENTRE, on_head, surface
from generation.previs.figures.parts import Parts, ramp, rows
from generation.previs.figures.skeleton import Bones, J
from generation.previs.figures.solids import F64, Solid, ellipsoid, lathe, place, tube

CAPPING = (
    "beanie",
    "helmet",
    "sou'wester",
    "headscarf",
    "hood",
    "toque",
    "pointed hat",
    "bowler",
    "top hat",
    "fedora",
    "flat cap",
    "cap",
    "peaked cap",
    "straw hat",
    "wide hat",
    "beret",
)


def add_hair(parts: Parts, bones: Bones, design: dict[str, Any]) -> None:
    style, colour = design["hair"]["style"], design["hair"]["colour"]
    hat = design["hat"]["kind"]
    hair = parts.material("hair", colour, gloss=0.12, wrap=0.2)

    def add(solid: Solid, weights: int | F64 = J["head"]) -> None:
        parts.add(on_head(solid, bones), hair, weights)

    covered = hat in CAPPING
    if hat in ("headscarf", "hood"):
        return
    if style == "bald":
        if design["age"] == "old" or covered:
            add(ellipsoid((-0.032, 0, CENTRE - 0.012), (0.096, 0.1125, 0.052), 14, 6))
        return
    top = CENTRE + (0.040 if covered else 0.048)
    size = 0.93 if covered else 1.0
    if style == "curly":
        _curls(add, covered)
    elif style in ("short", "parted", "quiff"):
        add(ellipsoid((-0.024, 0, top), (0.125 * size, 0.121 * size, 0.118 * size), 14, 7))
        if style == "quiff" and not covered:
            add(ellipsoid((0.070, 0.0, CENTRE + 0.132), (0.052, 0.075, 0.042), 8, 5))
        if style == "parted" and not covered:
            add(place(ellipsoid((0, 0, 0), (0.085, 0.060, 0.050), 8, 5), (0.030, 0.045, CENTRE + 0.115), roll=-0.5))
            add(place(ellipsoid((0, 0, 0), (0.080, 0.045, 0.045), 8, 5), (0.020, -0.050, CENTRE + 0.108), roll=0.6))
    else:
        add(ellipsoid((-0.024, 0, top), (0.128 * size, 0.124 * size, 0.121 * size), 14, 7))
        if not covered:
            add(place(ellipsoid((0, 0, 0), (0.050, 0.080, 0.040), 8, 5), (0.066, 0.028, CENTRE + 0.106), roll=-0.45))
        _lengths(parts, bones, design, style, add)


def _curls(add: Any, covered: bool) -> None:
    solid = ellipsoid((-0.030, 0, CENTRE + 0.030), (0.158, 0.160, 0.150), 18, 10)
    p = solid.positions - np.array([-0.030, 0, CENTRE + 0.030])
    bump = 1 + 0.07 * np.sin(p[:, 0] * 62) * np.sin(p[:, 1] * 58 + 1) * np.sin(p[:, 2] * 66 + 2)
    face = ramp(p[:, 0], 0.03, 0.12) * ramp(-p[:, 2], -0.055, 0.02)
    solid.positions = solid.positions + p * (bump - 1)[:, None]
    solid.positions[:, 0] -= face * 0.10
    if covered:
        solid.positions[:, 2] = np.minimum(solid.positions[:, 2], CENTRE + 0.075)
    add(solid)


def _lengths(parts: Parts, bones: Bones, design: dict[str, Any], style: str, add: Any) -> None:
    """What falls or is tied behind the cap of hair."""
    if style == "bob":
        add(ellipsoid((-0.050, 0, CENTRE - 0.045), (0.088, 0.132, 0.115), 12, 6))
        for sign in (1.0, -1.0):
            add(place(ellipsoid((0, 0, 0), (0.052, 0.026, 0.112), 8, 5), (0.018, sign * 0.112, CENTRE - 0.035), roll=-sign * 0.10))
    elif style == "long":
        back = lathe(
            [
                (-0.118, 0, -0.205, 0.014, 0.055),
                (-0.122, 0, -0.190, 0.030, 0.090),
                (-0.120, 0, -0.12, 0.040, 0.122),
                (-0.105, 0, -0.03, 0.046, 0.124),
                (-0.082, 0, 0.06, 0.052, 0.120),
                (-0.060, 0, 0.15, 0.070, 0.118),
                (-0.04, 0, 0.20, 0.04, 0.08),
            ],
            14,
        )
        to_head = ramp(back.positions[:, 2], -0.12, 0.06)
        add(back, rows(N, {J["head"]: to_head, J["chest"]: (1 - to_head) * 0.8, J["neck"]: (1 - to_head) * 0.2}))
        for sign in (1.0, -1.0):
            add(
                tube(
                    [
                        (0.030, sign * 0.104, CENTRE + 0.045),
                        (0.010, sign * 0.122, CENTRE - 0.03),
                        (-0.010, sign * 0.125, CENTRE - 0.12),
                        (-0.03, sign * 0.118, CENTRE - 0.20),
                    ],
                    [0.030, 0.036, 0.034, 0.020],
                    8,
                    0.7,
                )
            )
    elif style == "bun":
        add(ellipsoid((-0.112, 0, CENTRE + 0.105), (0.062, 0.066, 0.060), 12, 7))
        add(ellipsoid((-0.055, 0, CENTRE - 0.03), (0.075, 0.108, 0.070), 12, 6))
    elif style == "ponytail":
        add(ellipsoid((-0.055, 0, CENTRE - 0.02), (0.075, 0.108, 0.075), 12, 6))
        tail = tube(
            [
                (-0.120, 0, CENTRE + 0.075),
                (-0.185, 0, CENTRE + 0.065),
                (-0.205, 0, CENTRE - 0.03),
                (-0.180, 0, CENTRE - 0.14),
                (-0.165, 0, CENTRE - 0.20),
            ],
            [0.026, 0.040, 0.045, 0.034, 0.012],
            9,
        )
        add(tail)
    elif style == "braids":
        add(ellipsoid((-0.055, 0, CENTRE - 0.02), (0.075, 0.110, 0.080), 12, 6))
        for sign in (1.0, -1.0):
            points = [
                (-0.02 + 0.028 * t * (1.4 - t), sign * (0.118 + 0.020 * np.sin(t * 2.2)), CENTRE - 0.035 - 0.165 * t) for t in np.linspace(0, 1.35, 7)
            ]
            radii = [0.026 + 0.006 * (i % 2) - 0.001 * i for i in range(7)]
            braid = tube(points, radii, 6)
            to_head = ramp(braid.positions[:, 2], -0.10, 0.06)
            add(braid, rows(N, {J["head"]: 0.35 + 0.65 * to_head, J["chest"]: 0.65 * (1 - to_head)}))


def add_beard(parts: Parts, bones: Bones, design: dict[str, Any]) -> None:
    kind = design["beard"]
    if kind == "none":
        return
    material = parts.material("beard", shade(design["hair"]["colour"], 0.94), wrap=0.2)

    def add(solid: Solid, joint: str) -> None:
        z = solid.positions[:, 2]
        low = ramp(-z, -0.075, -0.03) if joint == "jaw" else np.zeros(len(z))
        parts.add(on_head(solid, bones), material, rows(N, {J["head"]: 1 - low, J["jaw"]: low}))

    if kind in ("full", "long", "short"):
        bulk = {"short": 0.92, "full": 1.0, "long": 1.05}[kind]
        add(ellipsoid((0.040, 0, 0.030), (0.082 * bulk, 0.094 * bulk, 0.052 * bulk), 14, 7), "jaw")
        for sign in (1.0, -1.0):
            add(place(ellipsoid((0, 0, 0), (0.040, 0.018, 0.062), 8, 6), (0.030, sign * 0.094, CENTRE - 0.055), yaw=sign * 0.3), "head")
    if kind == "long":
        add(tube([(0.085, 0, 0.03), (0.115, 0, -0.05), (0.125, 0, -0.14), (0.12, 0, -0.2)], [0.062, 0.062, 0.042, 0.012], 9, 0.8), "jaw")
    if kind in ("moustache", "full", "long"):
        for sign in (1.0, -1.0):
            x = surface(0.08, 0.02)
            add(
                tube(
                    [(x + 0.010, sign * 0.002, 0.0835), (x + 0.008, sign * 0.022, 0.0815), (x - 0.010, sign * 0.046, 0.070)],
                    [0.0095, 0.0115, 0.004],
                    7,
                ),
                "head",
            )


def add_glasses(parts: Parts, bones: Bones, design: dict[str, Any]) -> None:
    if design["glasses"] == "none":
        return
    rim = parts.material("rims", "1d1a18" if design["glasses"] != "round" else "6b5330", gloss=0.5)
    z = CENTRE + 0.020
    for sign in (1.0, -1.0):
        y = sign * 0.045
        x = surface(z, y) + 0.016
        angle = np.arange(11) / 10 * 2 * np.pi
        power = 0.6 if design["glasses"] == "square" else 1.0
        cos, sin = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power, np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
        ring = np.stack([x - sign * 0.25 * 0.034 * cos, y + 0.034 * cos, z + 0.031 * sin], 1)
        parts.add(on_head(tube(ring, np.full(11, 0.0038), 4, round_ends=False), bones), rim, J["head"])
        if design["glasses"] == "dark":
            parts.add(
                on_head(place(ellipsoid((0, 0, 0), (0.004, 0.034, 0.031), 10, 4), (x, y, z), yaw=sign * 0.25), bones),
                parts.material("dark glass", "101214", gloss=1.0),
                J["head"],
            )
        parts.add(on_head(tube([(x - 0.012, sign * 0.079, z + 0.008), (0.0, sign * 0.113, z + 0.008)], [0.0036, 0.0036], 5), bones), rim, J["head"])
    parts.add(
        on_head(tube([(surface(z, 0) + 0.013, -0.013, z + 0.004), (surface(z, 0) + 0.013, 0.013, z + 0.004)], [0.0036, 0.0036], 5), bones),
        rim,
        J["head"],
    )


# Turned hats: rows (radius along x, radius along y, height above the head's centre); the brim first.
HATS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "fedora": ((0.18, 0.165, 0.066), (0.195, 0.18, 0.074), (0.18, 0.165, 0.082), (0.132, 0.122, 0.084), (0.128, 0.118, 0.13),
    (0.115, 0.100, 0.178), (0.085, 0.06, 0.186), (0.03, 0.02, 0.176)),
    "straw hat": ((0.21, 0.20, 0.062), (0.225, 0.215, 0.070), (0.21, 0.20, 0.078), (0.132, 0.122, 0.084), (0.127, 0.118, 0.13),
    (0.11, 0.10, 0.165), (0.05, 0.05, 0.175)),
    "wide hat": ((0.20, 0.20, 0.064), (0.215, 0.215, 0.076), (0.20, 0.20, 0.084), (0.132, 0.122, 0.084), (0.128, 0.118, 0.14),
    (0.115, 0.105, 0.185), (0.085, 0.06, 0.196), (0.03, 0.02, 0.180)),
    "top hat": ((0.165, 0.15, 0.070), (0.178, 0.163, 0.080), (0.165, 0.15, 0.088), (0.128, 0.118, 0.088), (0.124, 0.114, 0.18),
    (0.130, 0.120, 0.27), (0.122, 0.112, 0.278), (0.06, 0.06, 0.28)),
    "bowler": ((0.152, 0.140, 0.070), (0.165, 0.152, 0.078), (0.155, 0.142, 0.088), (0.130, 0.120, 0.088), (0.127, 0.118, 0.13),
    (0.100, 0.092, 0.178), (0.05, 0.05, 0.192)),
    "pointed hat": ((0.19, 0.19, 0.062), (0.205, 0.205, 0.070), (0.19, 0.19, 0.078), (0.130, 0.120, 0.084), (0.09, 0.085, 0.20),
    (0.05, 0.048, 0.31), (0.018, 0.018, 0.42)),
    "beanie": ((0.124, 0.118, 0.040), (0.136, 0.129, 0.050), (0.138, 0.131, 0.075), (0.132, 0.126, 0.082), (0.128, 0.122, 0.12),
    (0.095, 0.09, 0.168), (0.04, 0.04, 0.186)),
    "helmet": ((0.135, 0.130, 0.045), (0.150, 0.145, 0.050), (0.150, 0.145, 0.062), (0.142, 0.135, 0.070), (0.138, 0.130, 0.12),
    (0.105, 0.10, 0.172), (0.05, 0.05, 0.192)),
    "toque": ((0.124, 0.118, 0.070), (0.126, 0.120, 0.085), (0.124, 0.118, 0.16), (0.150, 0.144, 0.195), (0.155, 0.15, 0.225),
    (0.12, 0.115, 0.262), (0.05, 0.05, 0.272)),
    "cap": ((0.126, 0.120, 0.066), (0.130, 0.124, 0.074), (0.128, 0.122, 0.11), (0.098, 0.094, 0.162), (0.04, 0.04, 0.178)),
    "flat cap": ((0.126, 0.120, 0.072), (0.138, 0.132, 0.084), (0.146, 0.138, 0.108), (0.118, 0.112, 0.138), (0.05, 0.05, 0.150)),
    "peaked cap": ((0.126, 0.119, 0.070), (0.128, 0.121, 0.080), (0.128, 0.121, 0.112), (0.160, 0.150, 0.140), (0.158, 0.148, 0.152),
    (0.09, 0.085, 0.166), (0.03, 0.03, 0.168)),
    "beret": ((0.122, 0.115, 0.078), (0.128, 0.121, 0.088), (0.165, 0.155, 0.112), (0.150, 0.142, 0.138), (0.06, 0.06, 0.150)),
    "sou'wester": ((0.19, 0.160, 0.040), (0.205, 0.172, 0.050), (0.19, 0.16, 0.060), (0.134, 0.124, 0.086), (0.128, 0.120, 0.13),
    (0.095, 0.09, 0.172), (0.04, 0.04, 0.186)),
}  # fmt: skip


def add_hat(parts: Parts, bones: Bones, design: dict[str, Any]) -> None:
    kind, colour = design["hat"]["kind"], design["hat"]["colour"]
    if kind == "none":
        return
    material = parts.material("hat", colour, gloss=0.4 if kind in ("sou'wester", "helmet") else 0.0)
    band = parts.material("hat band", shade(colour, 0.55))

    def add(solid: Solid, of: int = material) -> None:
        parts.add(on_head(solid, bones), of, J["head"])

    if kind == "crown":
        add(lathe([(-0.01, 0, CENTRE + 0.085, 0.118, 0.112), (-0.01, 0, CENTRE + 0.13, 0.122, 0.116), (-0.01, 0, CENTRE + 0.132, 0.10, 0.095)], 16))
        for i in range(8):
            a = i / 8 * 2 * np.pi
            add(ellipsoid((-0.01 + 0.118 * np.cos(a), 0.112 * np.sin(a), CENTRE + 0.145), (0.012, 0.012, 0.030), 6, 4))
        return
    if kind in ("headscarf", "hood"):
        shell = ellipsoid((-0.026, 0, CENTRE + 0.016), (0.140, 0.138, 0.158), 16, 9)
        front = ramp(shell.positions[:, 0], 0.030, 0.085) * ramp(-shell.positions[:, 2], -(CENTRE + 0.115), -(CENTRE + 0.075))
        shell.positions[:, 0] -= front * 0.13
        add(shell)
        add(
            ellipsoid((-0.015, 0, 0.0), (0.075, 0.085, 0.040), 12, 5)
            if kind == "headscarf"
            else ellipsoid((-0.11, 0, -0.02), (0.07, 0.10, 0.07), 8, 5)
        )
        return
    tilt = {"beret": 0.30, "flat cap": 0.0, "fedora": 0.06}.get(kind, 0.0)
    turned = lathe([(0, 0, z - 0.08, rx, ry) for rx, ry, z in HATS[kind]], 16)
    if kind in ("fedora", "wide hat"):
        brim = np.hypot(turned.positions[:, 0], turned.positions[:, 1]) > 0.15
        turned.positions[brim, 2] += 0.10 * np.abs(turned.positions[brim, 1]) ** 1.2 * (0.6 if kind == "fedora" else 1.0)
    if kind == "sou'wester":
        turned.positions[:, 2] -= 0.35 * np.maximum(0, -turned.positions[:, 0] - 0.13)
        turned.positions[:, 0] -= 0.25 * np.maximum(0, -turned.positions[:, 0] - 0.15)
    pitch = -0.10 if kind != "flat cap" else 0.12
    add(place(turned, (-0.014, 0, CENTRE + 0.080), pitch=pitch, roll=tilt))
    if kind in ("cap", "flat cap", "peaked cap"):
        peak = lathe([(0.045, 0, -0.006, 0.118, 0.090), (0.045, 0, 0.0, 0.128, 0.098), (0.045, 0, 0.006, 0.118, 0.090)], 16)
        add(place(peak, (0.020, 0, CENTRE + 0.072), pitch=0.16), band if kind == "peaked cap" else material)
    if kind in ("fedora", "bowler", "top hat", "straw hat", "wide hat", "peaked cap", "pointed hat"):
        add(
            place(
                lathe([(0, 0, 0.008, 0.1315, 0.1215), (0, 0, 0.012, 0.134, 0.124), (0, 0, 0.034, 0.1325, 0.1225), (0, 0, 0.038, 0.129, 0.119)], 16),
                (-0.014, 0, CENTRE + 0.080),
                pitch=pitch,
            ),
            band,
        )
