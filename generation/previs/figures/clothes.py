"""Clothes as shapes over the body: skirts of coats and dresses follow the thighs, collars and scarves the chest."""

from __future__ import annotations

from typing import Any

import numpy as np

from generation.previs.figures.body import GIRTH, N, add_arms, add_legs, add_neck, add_torso, scaled, spine_weights, torso_profile
from generation.previs.figures.design import shade
from generation.previs.figures.parts import Parts, ramp, rows
from generation.previs.figures.skeleton import NAPE, Bones, J
from generation.previs.figures.solids import F64, Solid, ellipsoid, from_rings, lathe, tube

# kind of outer garment → (hem height, flare, looseness of the sleeve)
OUTERS = {
    "coat": (0.50, 0.075, 0.012),
    "oilskin": (0.58, 0.095, 0.020),
    "jacket": (0.80, 0.016, 0.008),
    "suit": (0.78, 0.014, 0.006),
    "uniform": (0.77, 0.022, 0.006),
    "cardigan": (0.78, 0.020, 0.010),
    "robe": (0.10, 0.16, 0.028),
    "vest": (0.86, 0.004, 0.004),
}
SKIRTS = {"dress": (0.46, 0.115), "gown": (0.06, 0.21), "skirt": (0.44, 0.105)}


def add_clothes(parts: Parts, bones: Bones, design: dict[str, Any]) -> None:
    """Torso, arms, legs and everything worn on them but hats."""
    outer, top, legs, shoes = design["outer"], design["top"], design["legs"], design["shoes"]
    skin = parts.material("skin", design["skin"], wrap=0.32, gloss=0.06)
    outside = outer["kind"] if outer["kind"] in OUTERS else "none"
    wet = 0.45 if outside == "oilskin" else 0.0
    cloth = parts.material("outer", outer["colour"], gloss=wet, wrap=0.12) if outside != "none" else parts.material("top", top["colour"])
    shirt = parts.material("top", top["colour"])
    below = legs["kind"]
    long_skirt = below in SKIRTS
    leg_cloth = parts.material("legs", legs["colour"])
    add_neck(parts, bones, skin, design)
    add_torso(parts, bones, design, cloth, cloth if outside != "none" or below in ("dress", "gown") else leg_cloth)
    sleeve = shirt if outside == "vest" else cloth
    short = (outside == "none" and top["kind"] == "t-shirt") or (below == "dress" and outside == "none")
    gloves = next((e["colour"] for e in design["extras"] if e["kind"] == "gloves"), None)
    hand = parts.material("gloves", gloves) if gloves else skin
    loose = OUTERS[outside][2] if outside != "none" else {"sweater": 0.010, "hoodie": 0.012}.get(top["kind"], 0.003)
    cuff = parts.material("cuff", shade(outer["colour"] if outside != "none" else top["colour"], 0.78))
    add_arms(parts, bones, design, sleeve, skin if short else sleeve, skin if short else cuff, hand, loose)
    stockings = parts.material("stockings", shade(design["skin"], 0.92)) if long_skirt and below != "gown" else leg_cloth
    bare = below == "shorts"
    thigh = leg_cloth if bare else stockings
    shoe = skin if shoes["kind"] == "barefoot" else parts.material("shoes", shoes["colour"], gloss=0.25)
    sole = skin if shoes["kind"] == "barefoot" else parts.material("soles", shade(shoes["colour"], 0.6))
    add_legs(parts, bones, design, thigh, skin if bare else stockings, shoe, sole, 0.0 if long_skirt else 0.006, shoes["kind"] == "boots")
    if long_skirt:
        hem, flare = SKIRTS[below]
        _skirt(parts, bones, design, leg_cloth, hem, flare, 0.004)
    if outside != "none":
        hem, flare, _ = OUTERS[outside]
        if outside != "vest":
            _skirt(parts, bones, design, cloth, hem, flare, 0.012 if long_skirt else 0.008, opened=outside in ("coat", "jacket", "suit", "cardigan"))
    _front(parts, bones, design, outside, cloth, shirt)
    for extra in design["extras"]:
        _extra(parts, bones, design, extra["kind"], extra["colour"])


def _skirt(parts: Parts, bones: Bones, design: dict[str, Any], material: int, hem: float, flare: float, ease: float, opened: bool = False) -> None:
    """Cloth from the waist to `hem` (adult metres). Below the hip it follows both thighs, and below the knee the shins a little."""
    body = torso_profile(design, ease)
    levels = [1.06, 1.00, 0.93, 0.86, *[0.86 + (hem - 0.86) * t for t in (0.33, 0.66, 0.985, 1.0)]]
    table = []
    for z in levels:
        at = max(z, 0.90)
        rx, ry, x = (float(np.interp(at, body[:, 2], body[:, i])) for i in (3, 4, 0))
        down = max(0.0, 0.93 - z)
        spread = flare * (down / max(0.93 - hem, 0.05)) ** 0.9
        table.append((x, 0.0, z, rx + spread * 0.9, ry + spread * 0.62))
    table[-1] = (*table[-1][:3], table[-1][3] - 0.014, table[-1][4] - 0.014)
    solid = lathe(np.array(table)[::-1], 16)
    # The lathe's lid under the hem would show as a flat disc; drawn up inside it reads as a hollow skirt.
    solid.positions[-2, 2] = 0.80 if hem < 0.7 else hem + 0.02
    height, across, ahead = solid.positions[:, 2], solid.positions[:, 1], solid.positions[:, 0]
    if opened:
        front = (ahead > 0.02) & (np.abs(across) < 0.05) & (height < 0.84)
        solid.positions[front, 0] -= 0.018
    fall = ramp(-height, -0.95, -0.80)
    # Full following at the front (so that knees do not poke through when sitting), less behind.
    front_share = 0.52 + 0.48 * ramp(ahead, -0.06, 0.06)
    thighs = fall * front_share
    left = ramp(across, -0.07, 0.07)
    shins = ramp(-height, -0.56, -0.36) * (0.85 if hem < 0.42 else 0.55)
    upper, lower = thighs * (1 - shins), thighs * shins
    pelvis = (1 - thighs) * (1 - ramp(height, 0.97, 1.08))
    spine = (1 - thighs) * ramp(height, 0.97, 1.08)
    weights = rows(
        N,
        {
            J["pelvis"]: pelvis,
            J["spine"]: spine,
            J["thigh_l"]: upper * left,
            J["thigh_r"]: upper * (1 - left),
            J["shin_l"]: lower * left,
            J["shin_r"]: lower * (1 - left),
        },
    )
    parts.add(scaled(solid, bones.scale), material, weights)


def _shell(design: dict[str, Any], low: float, high: float, half_angle: float, ease: float, taper: float = 1.0) -> Solid:
    """A patch of cloth on the front of the torso between two heights; `half_angle` in radians to either side of the middle."""
    body = torso_profile(design, ease)
    rings = []
    for t in np.linspace(0, 1, 4):
        z = low + (high - low) * t
        rx, ry, x = (float(np.interp(z, body[:, 2], body[:, i])) for i in (3, 4, 0))
        angle = np.linspace(-1, 1, 7) * half_angle * (taper + (1 - taper) * (1 - t))
        outer = np.stack([x + rx * np.cos(angle), ry * np.sin(angle), np.full(7, z)], 1)
        inner = np.stack([x + (rx - 0.02) * np.cos(angle[::-1]), (ry - 0.02) * np.sin(angle[::-1]), np.full(7, z)], 1)
        rings.append(np.concatenate([outer, inner]))
    return from_rings(np.array(rings))


def _on_torso(parts: Parts, bones: Bones, solid: Solid, material: int) -> None:
    parts.add(scaled(solid, bones.scale), material, spine_weights(np.minimum(solid.positions[:, 2], 1.42)))


def _ring(design: dict[str, Any], z: float, thickness: float, ease: float, drop: float = 0.0) -> Solid:
    """A roll of cloth round the torso or neck at height z; `drop` lowers its front."""
    body = torso_profile(design, ease)
    rx, ry, x = (float(np.interp(z, body[:, 2], body[:, i])) for i in (3, 4, 0))
    angle = np.arange(13) / 12 * 2 * np.pi
    points = np.stack([x + rx * np.cos(angle), ry * np.sin(angle), z - drop * np.maximum(0, np.cos(angle))], 1)
    return tube(points, np.full(13, thickness), 5, round_ends=False)


def _front(parts: Parts, bones: Bones, design: dict[str, Any], outside: str, cloth: int, shirt: int) -> None:
    """Collars, lapels, buttons, shirt fronts."""
    collar = parts.material(
        "collar", shade(design["outer"]["colour"] if outside != "none" else design["top"]["colour"], 0.86), gloss=0.3 if outside == "oilskin" else 0.0
    )
    buttons = parts.material("buttons", "c9a94a" if outside == "uniform" else shade(design["outer"]["colour"], 0.45), gloss=0.5)
    if outside in ("jacket", "suit", "coat", "cardigan", "vest"):
        low = {"coat": 1.20, "cardigan": 1.06, "vest": 1.16}.get(outside, 1.10)
        _on_torso(parts, bones, _shell(design, low, 1.435, 0.62, 0.007, taper=1.35), shirt)
        for sign in (1.0, -1.0):
            body = torso_profile(design, 0.012)
            line = []
            for t, half in ((0.0, 0.10), (0.35, 0.42), (0.7, 0.72), (1.0, 1.25)):
                z = low + (1.44 - low) * t
                rx, ry, x = (float(np.interp(z, body[:, 2], body[:, i])) for i in (3, 4, 0))
                line.append((x + rx * np.cos(half), sign * ry * np.sin(half), z))
            _on_torso(parts, bones, tube(line, [0.010, 0.019, 0.024, 0.020], 6, 0.7), collar)
    if outside in ("coat", "jacket", "uniform", "oilskin", "cardigan", "suit", "vest"):
        heights = {
            "uniform": (1.36, 1.28, 1.20, 1.12, 1.04),
            "oilskin": (1.36, 1.24, 1.12, 1.00),
            "coat": (1.17, 1.08, 0.98),
            "cardigan": (1.03, 0.96, 0.90),
            "vest": (1.13, 1.07, 1.01),
        }.get(outside, (1.07, 1.00))
        body = torso_profile(design, 0.016)
        for z in heights:
            x = float(np.interp(z, body[:, 2], body[:, 0])) + float(np.interp(z, body[:, 2], body[:, 3]))
            _on_torso(parts, bones, ellipsoid((x - 0.004, 0.0, z), (0.007, 0.012, 0.012), 6, 3), buttons)
    if outside in ("uniform", "oilskin", "robe"):
        _on_torso(parts, bones, _ring(design, 1.452, 0.022, 0.006), collar)
    if outside == "uniform":
        belt = parts.material("belt", shade(design["outer"]["colour"], 0.4), gloss=0.3)
        _on_torso(parts, bones, _ring(design, 1.02, 0.017, 0.006), belt)
        for sign in (1.0, -1.0):
            _on_torso(parts, bones, ellipsoid((-0.004, sign * 0.165, 1.428), (0.036, 0.052, 0.012), 7, 3), buttons)
    if outside == "none" or outside == "vest":
        kind = design["top"]["kind"]
        if kind in ("sweater", "hoodie"):
            _on_torso(parts, bones, _ring(design, 1.455, 0.020, 0.002), collar)
            _on_torso(parts, bones, _ring(design, 0.90, 0.016, 0.006), collar)
        elif kind == "shirt":
            for sign in (1.0, -1.0):
                _on_torso(
                    parts,
                    bones,
                    tube([(-0.05, sign * 0.045, 1.462), (0.02, sign * 0.058, 1.452), (0.062, sign * 0.030, 1.425)], [0.014, 0.017, 0.012], 6, 0.7),
                    collar,
                )
            if outside == "none":
                for z in (1.36, 1.28, 1.20, 1.12):
                    body = torso_profile(design, 0.003)
                    x = float(np.interp(z, body[:, 2], body[:, 0])) + float(np.interp(z, body[:, 2], body[:, 3]))
                    _on_torso(parts, bones, ellipsoid((x - 0.002, 0, z), (0.005, 0.008, 0.008), 5, 3), collar)
        elif kind == "dress":
            belt = parts.material("belt", shade(design["top"]["colour"], 0.6))
            _on_torso(parts, bones, _ring(design, 1.06, 0.014, 0.004), belt)
            _on_torso(parts, bones, _ring(design, 1.44, 0.012, 0.004, 0.02), belt)
        if kind == "hoodie":
            _on_torso(parts, bones, ellipsoid((-0.085, 0, 1.42), (0.06, 0.11, 0.075), 10, 6), collar)
    if design["legs"]["kind"] == "dungarees":
        bib = parts.material("legs", design["legs"]["colour"])
        _on_torso(parts, bones, _shell(design, 0.92, 1.30, 0.75, 0.012), bib)
        _braces(parts, bones, bib, 0.014)


def _braces(parts: Parts, bones: Bones, material: int, radius: float) -> None:
    for sign in (1.0, -1.0):
        line = [
            (0.128, sign * 0.075, 1.27),
            (0.105, sign * 0.085, 1.36),
            (0.03, sign * 0.09, 1.435),
            (-0.06, sign * 0.08, 1.40),
            (-0.105, sign * 0.06, 1.25),
            (-0.11, sign * 0.03, 1.05),
        ]
        _on_torso(parts, bones, tube(line, [radius] * 6, 5, 0.5), material)


def _extra(parts: Parts, bones: Bones, design: dict[str, Any], kind: str, colour: str) -> None:
    material = parts.material(kind, colour, gloss=0.4 if kind in ("belt", "necklace", "earrings") else 0.0)
    bulk = 0.016 if design["outer"]["kind"] not in ("none", "vest") else 0.006
    if kind in ("scarf", "shawl"):
        _on_torso(parts, bones, _ring(design, 1.458, 0.034 if kind == "scarf" else 0.030, 0.012, 0.012), material)
        if kind == "scarf":
            _on_torso(
                parts,
                bones,
                tube(
                    [(0.085, 0.045, 1.44), (0.135, 0.055, 1.36), (0.155 + bulk, 0.06, 1.24), (0.150 + bulk, 0.062, 1.10)],
                    [0.030, 0.036, 0.040, 0.044],
                    7,
                    0.45,
                ),
                material,
            )
        else:
            profile = torso_profile(design, 0.03)
            _on_torso(parts, bones, lathe(profile[6:11], 14), material)
    elif kind == "apron":
        _on_torso(parts, bones, _shell(design, 0.93, 1.33, 0.68, bulk + 0.004, taper=0.9), material)
        _apron_skirt(parts, bones, design, material, bulk)
        _on_torso(parts, bones, _ring(design, 1.04, 0.012, bulk + 0.004), material)
    elif kind in ("tie", "bow tie"):
        if kind == "tie":
            body = torso_profile(design, 0.012)
            x = [float(np.interp(z, body[:, 2], body[:, 0])) + float(np.interp(z, body[:, 2], body[:, 3])) for z in (1.42, 1.30, 1.12)]
            _on_torso(parts, bones, tube([(x[0], 0, 1.425), (x[1], 0, 1.30), (x[2], 0, 1.12)], [0.013, 0.022, 0.027], 6, 0.4), material)
        else:
            for sign in (1.0, -1.0):
                _on_torso(parts, bones, ellipsoid((0.072, sign * 0.026, 1.43), (0.012, 0.028, 0.018), 8, 5), material)
    elif kind == "belt":
        _on_torso(parts, bones, _ring(design, 1.03, 0.016, bulk), material)
    elif kind == "braces":
        _braces(parts, bones, material, 0.011)
    elif kind == "necklace":
        _on_torso(parts, bones, _ring(design, 1.435, 0.008, 0.006, 0.035), material)
    elif kind == "earrings":
        for sign in (1.0, -1.0):
            parts.add(
                scaled(ellipsoid((0.0, sign * 0.118 * bones.head_scale, NAPE + 0.09 * bones.head_scale), (0.008, 0.008, 0.012), 6, 4), bones.scale),
                material,
                J["head"],
            )
    elif kind == "backpack":
        _on_torso(parts, bones, ellipsoid((-0.185, 0, 1.22), (0.085, 0.135, 0.185), 12, 7), material)
        _braces(parts, bones, material, 0.013)
    elif kind == "bag":
        _on_torso(
            parts, bones, tube([(0.10, 0.14, 1.36), (0.155, 0.0, 1.22), (0.11, -0.14, 1.02), (0.0, -0.185, 0.93)], [0.013] * 4, 5, 0.5), material
        )
        solid = ellipsoid((0.02, -0.225, 0.86), (0.12, 0.050, 0.095), 10, 6)
        parts.add(scaled(solid, bones.scale), material, J["pelvis"])


def _apron_skirt(parts: Parts, bones: Bones, design: dict[str, Any], material: int, bulk: float) -> None:
    """The apron below the waist, hanging in front of both thighs."""
    g = GIRTH[design["build"]]
    rings = []
    for t, z in enumerate((0.56, 0.60, 0.72, 0.84, 0.96)):
        reach = 0.135 * g + bulk + 0.022 * (4 - t) * 0.8 + (0.06 if design["legs"]["kind"] in SKIRTS else 0.0) * (4 - t) / 4
        y = np.linspace(-1, 1, 7) * (0.17 * g - 0.006 * t)
        x = reach - 0.9 * y**2 / 0.17
        rings.append(np.concatenate([np.stack([x, y, np.full(7, z)], 1), np.stack([x[::-1] - 0.012, y[::-1], np.full(7, z)], 1)]))
    solid = from_rings(np.array(rings))
    fall = ramp(-solid.positions[:, 2], -0.95, -0.82)
    left: F64 = ramp(solid.positions[:, 1], -0.07, 0.07)
    parts.add(scaled(solid, bones.scale), material, rows(N, {J["pelvis"]: 1 - fall, J["thigh_l"]: fall * left, J["thigh_r"]: fall * (1 - left)}))
