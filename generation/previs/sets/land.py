"""Open ground: height, patches of road and path, water, and the plain that runs to the horizon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from generation.previs import shapes
from generation.previs.palette import Pattern, mix, paint
from generation.previs.sets.paintbox import Paintbox
from generation.previs.shapes import F64

SCALES = {"cobble": 0.4, "tiles": 0.9, "grass": 0.8, "sand": 1.2, "water": 1.6, "snow": 2.0, "planks": 0.25}


def heights(design: dict[str, Any]) -> Callable[[F64, F64], F64]:
    """The ground's height in metres over arrays of x and y, from the design's bumps."""
    base = float(design["surfaces"].get("base", 0.0))

    def height(x: F64, y: F64) -> F64:
        z = np.full(np.broadcast(x, y).shape, base)
        for bump in design["bumps"]:
            (cx, cy), (rx, ry), flat = bump["at"], bump["radii"], bump.get("flat", 0.0)
            distance = np.hypot((x - cx) / rx, (y - cy) / ry)
            t = np.clip((1.0 - distance) / (1.0 - flat), 0.0, 1.0)
            z = z + bump["height"] * t * t * (3 - 2 * t)
        return z

    return height


def ground_at(design: dict[str, Any]) -> Callable[[float, float], float]:
    """The height figures stand on at one spot: the ground, or the top of a patch lying over it."""
    height = heights(design)
    patches = [p for p in design["patches"] if p["pattern"] != "water"]
    solid = design["surfaces"].get("ground") != "none"

    def at(x: float, y: float) -> float:
        z = float(height(np.array([x]), np.array([y]))[0]) if solid else -1e9
        for patch in patches:
            if _inside(patch["outline"], x, y):
                z = max(z, patch["z"] + patch["thickness"])
        return z if z > -1e8 else 0.0

    return at


def _inside(outline: list[list[float]], x: float, y: float) -> bool:
    inside = False
    for (x0, y0), (x1, y1) in zip(outline, outline[1:] + outline[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


def _grid(dense: tuple[float, float], far: tuple[float, float], step: float) -> F64:
    """Coordinates close together in the middle and wide apart towards the horizon."""
    middle = np.arange(dense[0], dense[1] + step / 2, step)
    low = dense[0] - np.geomspace(step * 1.5, dense[0] - far[0], 7)[::-1]
    high = dense[1] + np.geomspace(step * 1.5, far[1] - dense[1], 9)
    return np.concatenate([low, middle, high])


def build_land(design: dict[str, Any], box: Paintbox, weather: str) -> None:
    """Draw ground, patches and water."""
    colours, surfaces = design["palette"], design["surfaces"]
    snowy = weather == "snow"
    wet = 0.45 if weather == "rain" else 0.0
    pattern: Pattern = "snow" if snowy else surfaces.get("ground", "grass")
    colour = mix(colours["floor"], "#eef1f5", 0.86) if snowy else colours["floor"]
    if surfaces.get("ground") != "none":
        if design["bumps"]:
            land = shapes.terrain(_grid((-14, 14), (-90, 90), 1.4), _grid((-6, 24), (-40, 120), 1.4), heights(design), 0)
        else:
            land = shapes.rounded_box((180, 160, 0.2), 0, 0, (0, 40, -0.1))
        box.add(land, paint(colour, pattern, gloss=wet, scale=SCALES.get(pattern, 1.0)), "ground")
    elif surfaces.get("sky_base") == "city":
        box.add(shapes.rounded_box((240, 240, 0.2), 0, 0, (0, 60, -14.0)), paint("#4a4e58"), "ground")
    for patch in design["patches"]:
        slab = shapes.prism([(x, y) for x, y in patch["outline"]], patch["thickness"], 0)
        slab.positions[:, 2] += patch["z"]
        look: Pattern = patch["pattern"]
        tone = patch["colour"]
        if snowy and look != "water":
            look, tone = "snow", mix(tone, "#e9edf2", 0.72)
        slab.casts_shadow = patch["thickness"] > 0.05
        box.add(slab, paint(tone, look, gloss=0.7 if look == "water" else wet, scale=SCALES.get(look, 1.0)), patch["name"] or "ground")
    if "water" in surfaces:
        wide, far = (1600, 0) if surfaces.get("open") else (260, 70)  # the open sea goes to the horizon on every side
        sea = shapes.rounded_box((wide, wide, 0.1), 0, 0, (0, far, surfaces["water"] - 0.05))
        sea.casts_shadow = False
        box.add(sea, paint(colours["second"], "water", gloss=0.75, scale=2.2), "water")
