"""Rooms: walls with openings, doors that swing, floor, ceiling, and what is seen outside."""

from __future__ import annotations

import itertools
import math
from typing import Any

from generation.previs import shapes
from generation.previs.palette import BRASS, Chance, Pattern, glow, metal, mix, paint, shade, wood
from generation.previs.scene import Material, Mesh, Vec
from generation.previs.sets.paintbox import Paintbox
from generation.previs.sets.plan import FRONT, YAW
from generation.previs.shapes import F64

THICK = 0.14
STAINED = ("#8f2f34", "#c79a3f", "#2f4f8b", "#3f7a5a", "#6a4f8a", "#c7682f")


class Wall:
    """One wall in its own frame: u along it, y outwards, z up. `frame` and `origin` take it into the room."""

    def __init__(self, name: str, size: tuple[float, float, float]) -> None:
        width, depth, self.height = size
        back = depth - FRONT
        side = name in ("left", "right")
        self.name = name
        self.length = depth if side else width
        self.middle = back - depth / 2 if side else 0.0
        self.sign = 1.0 if name in ("back", "left") else -1.0
        self.frame: F64 = shapes.turn(YAW[name])
        at = {"back": (0.0, back), "front": (0.0, -FRONT), "left": (-width / 2, self.middle), "right": (width / 2, self.middle)}[name]
        self.origin: Vec = (at[0], at[1], 0.0)
        inward = self.frame @ (0.0, -1.0, 0.0)
        self.inward: Vec = (float(inward[0]), float(inward[1]), 0.0)
        self.wild: tuple[Vec, Vec] = ((at[0] - self.inward[0] * THICK, at[1] - self.inward[1] * THICK, 0.0), self.inward)

    def u(self, along: float) -> float:
        return self.sign * (along - self.middle)

    def point(self, u: float, out: float, z: float = 0.0) -> Vec:
        x, y, up = self.frame @ (u, out, z) + self.origin
        return (float(x), float(y), float(up))

    def put(self, mesh: Mesh) -> Mesh:
        moved = shapes.transform(mesh, self.frame, self.origin)
        moved.wild = self.wild
        return moved


def _column_boxes(wall: Wall, holes: list[dict[str, Any]], top: float) -> list[tuple[float, float, float, float]]:
    """The solid rectangles (u0, u1, z0, z1) of a wall with rectangular holes."""
    cuts = sorted({-wall.length / 2, wall.length / 2, *(wall.u(h["along"]) + s * h["width"] / 2 for h in holes for s in (-1, 1))})
    boxes = []
    for u0, u1 in itertools.pairwise(cuts):
        middle = (u0 + u1) / 2
        spans = sorted((h["low"], h["high"]) for h in holes if abs(wall.u(h["along"]) - middle) < h["width"] / 2)
        z = 0.0
        for low, high in spans:
            if low > z + 1e-3:
                boxes.append((u0, u1, z, low))
            z = high
        if top > z + 1e-3:
            boxes.append((u0, u1, z, top))
    return boxes


def _slab(u0: float, u1: float, y0: float, y1: float, z0: float, z1: float, bevel: float = 0.0) -> Mesh:
    return shapes.rounded_box((u1 - u0, y1 - y0, z1 - z0), 0, bevel, ((u0 + u1) / 2, (y0 + y1) / 2, (z0 + z1) / 2))


def build_room(design: dict[str, Any], box: Paintbox, dark: bool) -> None:
    """Draw the shell into the paintbox; doors are drawn by `door_mesh`."""
    size = tuple(design["size"])
    colours, surfaces = design["palette"], design["surfaces"]
    half, back = size[0] / 2, size[1] - FRONT
    floor: Pattern = surfaces.get("floor", "planks")
    scale = {"planks": 0.16, "tiles": 0.45, "cobble": 0.5, "sand": 1.0}.get(floor, 1.0)
    # the floor runs on in front of the room, for cameras that stand outside the vanished front wall
    shell = _slab(-half - THICK, half + THICK, -FRONT - 4.5, back + THICK, -0.12, 0.0)
    box.add(shell, paint(colours["floor"], floor, gloss=0.22, scale=scale), "floor")
    for name in ("back", "left", "right", "front"):
        wall = Wall(name, size)
        holes = [o for o in design["openings"] if o.get("wall") == name]
        _wall(wall, holes, design, box, dark)
    _roof(size, design, box)
    _outside(design, box, dark)


def _wall(wall: Wall, holes: list[dict[str, Any]], design: dict[str, Any], box: Paintbox, dark: bool) -> None:
    colours, surfaces = design["palette"], design["surfaces"]
    top = wall.height + (0.6 if surfaces.get("roof") == "pitched" and wall.name in ("back", "front") else 0.0)
    kind = surfaces.get("wall", "plaster")
    pattern: Pattern = "plaster" if kind == "rock" else kind
    scale = {"brick": 0.32, "tiles": 0.2, "planks": 0.2}.get(pattern, 1.0)
    face = paint(colours["wall"], pattern, scale=scale)
    rects = _column_boxes(wall, holes, top)
    box.add(wall.put(shapes.merge([_slab(a, b, 0, THICK, z0, z1) for a, b, z0, z1 in rects])), face, f"{wall.name} wall")
    if kind == "rock":
        _rock_face(wall, holes, design, box)
        return
    trim = paint(colours["trim"])
    feet = [(a, b) for a, b, z0, _ in rects if z0 == 0.0]
    if surfaces.get("dado"):
        low = paint(mix(colours["wall"], colours["dark"], 0.55), "planks", scale=0.24)
        panels = [_slab(a, b, -0.025, 0, 0, min(0.92, z1)) for a, b, z0, z1 in rects if z0 == 0.0]
        rails = [_slab(a, b, -0.05, 0, 0.9, 0.96, 0.012) for a, b, z0, z1 in rects if z0 == 0.0 and z1 > 0.92]
        box.add(wall.put(shapes.merge(panels)), low, "dado")
        if rails:
            box.add(wall.put(shapes.merge(rails)), trim, "dado rail")
    box.add(wall.put(shapes.merge([_slab(a, b, -0.04, 0, 0, 0.12, 0.012) for a, b in feet])), trim, "skirting")
    box.add(wall.put(_slab(-wall.length / 2, wall.length / 2, -0.07, 0, wall.height - 0.1, wall.height, 0.03)), trim, "cornice")
    for hole in holes:
        if hole["kind"] == "window":
            _window(wall, hole, face, colours, box, dark)
        else:
            _frame(wall, hole, trim, box)


def _frame(wall: Wall, hole: dict[str, Any], trim: Material, box: Paintbox) -> None:
    """Architrave on the room's side and lining in the opening."""
    if hole.get("style") == "mouth":
        return
    u, w, z1 = wall.u(hole["along"]), hole["width"] / 2, hole["high"]
    parts = [_slab(u + s * (w + 0.05) - 0.055, u + s * (w + 0.05) + 0.055, -0.04, THICK, 0, z1 + 0.1, 0.015) for s in (-1, 1)]
    parts.append(_slab(u - w - 0.12, u + w + 0.12, -0.05, THICK, z1, z1 + 0.12, 0.02))
    box.add(wall.put(shapes.merge(parts)), trim, hole["name"])


def _window(wall: Wall, hole: dict[str, Any], face: Material, colours: dict[str, str], box: Paintbox, dark: bool) -> None:
    u, w, z0, z1 = wall.u(hole["along"]), hole["width"] / 2, hole["low"], hole["high"]
    bars, mid = hole.get("bars", "cross"), (z0 + z1) / 2
    trim = metal() if bars == "bars" else paint(colours["trim"])
    if bars == "round":
        h = (z1 - z0) / 2
        arc = [(math.cos(k * math.pi / 12), math.sin(k * math.pi / 12)) for k in range(7)]
        for su in (-1, 1):
            for sz in (-1, 1):
                outline = [(su * w, sz * h), (su * w, 0.0), *((su * w * c, sz * h * s) for c, s in arc[1:-1]), (0.0, sz * h)]
                corner = shapes.transform(shapes.upright(shapes.prism(outline, THICK, 0)), shapes.turn(), (u, THICK / 2, mid))
                box.add(wall.put(corner), face, f"{wall.name} wall")
        ring = shapes.transform(shapes.torus(1.0, 0.09, 0, 22, 6), shapes.turn(roll=math.pi / 2))
        ring.positions[:] = ring.positions * (w, 0.8, h) + (u, 0.0, mid)
        box.add(wall.put(ring), metal(BRASS, 0.8), "window")
        box.add(
            wall.put(shapes.merge([_slab(u - w, u + w, 0.03, 0.06, mid - 0.015, mid + 0.015), _slab(u - 0.015, u + 0.015, 0.03, 0.06, z0, z1)])),
            trim,
            "window",
        )
        return
    parts = [_slab(u + s * (w + 0.03) - 0.05, u + s * (w + 0.03) + 0.05, -0.03, THICK, z0 - 0.05, z1 + 0.05, 0.012) for s in (-1, 1)]
    parts += [
        _slab(u - w - 0.08, u + w + 0.08, -0.03, THICK, z1, z1 + 0.09, 0.012),
        _slab(u - w - 0.14, u + w + 0.14, -0.14, THICK, z0 - 0.07, z0, 0.018),
    ]
    if bars == "bars":
        count = max(3, round(w * 2 / 0.14))
        parts += [
            _slab(u - w + 2 * w * (k + 0.5) / count - 0.014, u - w + 2 * w * (k + 0.5) / count + 0.014, 0.05, 0.08, z0, z1) for k in range(count)
        ]
    elif bars == "blinds":
        parts += [
            shapes.transform(_slab(-w, w, -0.03, 0.03, -0.004, 0.004), shapes.turn(roll=0.5), (u, 0.05, z1 - 0.05 - 0.09 * k))
            for k in range(int((z1 - z0) * 0.62 / 0.09))
        ]
    elif bars == "stained":
        _stained(wall, u, w, z0, z1, box, dark)
    else:
        panes = max(2, round(2 * w / 0.7)) if bars == "cross" else max(1, round(2 * w / 1.3))
        parts += [_slab(u - w + 2 * w * k / panes - 0.02, u - w + 2 * w * k / panes + 0.02, 0.04, 0.08, z0, z1) for k in range(1, panes)]
        if bars == "cross":
            parts += [_slab(u - w, u + w, 0.04, 0.08, z - 0.018, z + 0.018) for z in (z0 + (z1 - z0) * 0.52,)]
    box.add(wall.put(shapes.merge(parts)), trim, "window")


def _stained(wall: Wall, u: float, w: float, z0: float, z1: float, box: Paintbox, dark: bool) -> None:
    chance = Chance(f"{wall.name}{u:.2f}")
    columns, rows = max(2, round(2 * w / 0.32)), max(3, round((z1 - z0) / 0.38))
    panes: dict[str, list[Mesh]] = {}
    for i in range(columns):
        for j in range(rows):
            a, b = u - w + 2 * w * i / columns, u - w + 2 * w * (i + 1) / columns
            low, high = z0 + (z1 - z0) * j / rows, z0 + (z1 - z0) * (j + 1) / rows
            panes.setdefault(chance.of(STAINED), []).append(_slab(a + 0.01, b - 0.01, 0.07, 0.09, low + 0.01, high - 0.01))
    for colour, meshes in panes.items():
        mesh = wall.put(shapes.merge(meshes))
        mesh.casts_shadow = False
        box.add(mesh, glow(colour, 0.12 if dark else 1.5), "window")


def _rock_face(wall: Wall, holes: list[dict[str, Any]], design: dict[str, Any], box: Paintbox) -> None:
    chance = Chance(f"{design['seed']}{wall.name}")
    meshes = []
    count = int(wall.length / 0.95)
    for k in range(count):
        u = -wall.length / 2 + wall.length * (k + 0.5) / count
        for z in (0.3, 1.5, 2.7):
            if any(abs(wall.u(h["along"]) - u) < h["width"] / 2 + 0.35 and z < h["high"] for h in holes):
                continue
            radii = (chance.between(0.55, 0.9), chance.between(0.25, 0.6), chance.between(0.6, 1.0))
            meshes.append(shapes.ellipsoid(radii, 0, (u, 0.1, z + chance.between(-0.2, 0.2)), 8, 5))
    box.add(wall.put(shapes.merge(meshes)), paint(shade(design["palette"]["wall"], 0.95), "plaster", scale=0.8), f"{wall.name} wall")


def _roof(size: tuple[float, ...], design: dict[str, Any], box: Paintbox) -> None:
    """Ceilings light nothing out: the sun comes over the walls as into a maquette, so they cast no shadow."""
    half, back, height = size[0] / 2, size[1] - FRONT, size[2]
    kind, colours = design["surfaces"].get("roof", "flat"), design["palette"]
    if kind == "rock":
        _rock_roof(size, design, box)
        return
    stuff = paint(
        mix(colours["trim"], colours["wall"], 0.35), "planks" if kind == "pitched" or design["surfaces"].get("beams") else "plain", scale=0.25
    )
    middle, depth = (back - FRONT) / 2, size[1] + 2 * THICK
    if kind == "pitched":
        rise, low = 1.4, height - 0.8
        for side in (-1, 1):
            slope = math.atan2(rise, half)
            slab = shapes.transform(
                shapes.rounded_box((math.hypot(rise, half) + 0.1, depth, 0.1), 0, 0),
                shapes.turn(pitch=-side * slope),
                (side * half / 2, middle, low + rise / 2 + 0.05),
            )
            slab.wild = ((side * half, middle, low + 0.1), (-side * math.sin(slope), 0.0, -math.cos(slope)))
            slab.casts_shadow = False
            box.add(slab, stuff, "roof")
        return
    slab = _slab(-half - THICK, half + THICK, -FRONT - THICK, back + THICK, height, height + 0.1)
    slab.wild = ((0.0, 0.0, height), (0.0, 0.0, -1.0))
    slab.casts_shadow = False
    box.add(slab, stuff, "ceiling")
    if design["surfaces"].get("beams"):
        beams = shapes.merge([_slab(-half, half, y - 0.09, y + 0.09, height - 0.16, height, 0.02) for y in (-2.0, -0.6, 0.8, 2.0)])
        beams.casts_shadow, beams.wild = False, slab.wild
        box.add(beams, wood(shade(colours["wall"], 0.7)), "beam")


def _rock_roof(size: tuple[float, ...], design: dict[str, Any], box: Paintbox) -> None:
    """Hanging rock all over; like a ceiling it is not drawn for an eye above it."""
    chance, (width, depth, height) = Chance(f"{design['seed']}roof"), size
    rocks = []
    for i in range(6):
        for j in range(6):
            at = (width * ((i + 0.5) / 6 - 0.5), depth * (j + 0.5) / 6 - FRONT, height + 0.35 - 0.5 * abs((i + 0.5) / 3 - 1) ** 2)
            rocks.append(shapes.ellipsoid((chance.between(0.8, 1.1), chance.between(0.8, 1.1), chance.between(0.4, 0.7)), 0, at, 7, 5))
    roof = shapes.merge(rocks)
    roof.wild, roof.casts_shadow = ((0.0, 0.0, height + 0.2), (0.0, 0.0, -1.0)), False
    box.add(roof, paint(shade(design["palette"]["wall"], 0.8), "plaster", scale=0.8), "roof")


def _outside(design: dict[str, Any], box: Paintbox, dark: bool) -> None:
    """Ground and a horizon for the windows and for wide cameras; a dim hall behind inner doors."""
    around = design.get("outside", "country")
    colour = {"town": "#77726c", "sea": "#3f6272"}.get(around, "#76805a")
    drop = {"town": -0.2, "sea": -4.0}.get(around, -0.2)
    ground = shapes.rounded_box((120, 120, 0.1), 0, 0, (0, 20, drop - 0.05))
    box.add(ground, paint(colour, "water" if around == "sea" else "plain", scale=2.0, gloss=0.5 if around == "sea" else 0.0), "ground")
    size = tuple(design["size"])
    for hole in design["openings"]:
        if hole["kind"] != "door" or hole.get("style") in ("mouth", "glass"):
            continue
        wall = Wall(hole["wall"], size)
        u, w, h = wall.u(hole["along"]), max(hole["width"] * 0.9, 0.8), hole["high"] + 0.2
        inner = paint(shade(design["palette"]["wall"], 0.8), "plaster")
        parts = [_slab(u - w, u + w, 1.5, 1.6, 0, h), _slab(u - w, u + w, THICK, 1.6, -0.1, 0.0), _slab(u - w, u + w, THICK, 1.6, h, h + 0.1)]
        parts += [_slab(u + s * w - 0.05, u + s * w + 0.05, THICK, 1.6, 0, h) for s in (-1, 1)]
        box.add(wall.put(shapes.merge(parts)), inner, "hall")


def door_mesh(design: dict[str, Any], hole: dict[str, Any], box: Paintbox, object_id: int, opened: float) -> list[Mesh]:
    """The leaf of a door, 0 closed … 1 open (swung inwards by 100°); nothing for a hole without a leaf."""
    style = hole.get("style", "panel")
    if style == "mouth":
        return []
    wall = Wall(hole["wall"], tuple(design["size"]))
    w, h, colour = hole["width"], hole["high"], hole["colour"]
    leaf = wood(colour) if style == "arch" else paint(colour, gloss=0.4)
    parts: list[tuple[Mesh, Material]] = []
    if style == "bars":
        rods = [shapes.rounded_box((0.035, 0.035, h), 0, 0.01, (w * (k + 0.5) / 8, 0, h / 2)) for k in range(8)]
        rods += [shapes.rounded_box((w, 0.05, 0.07), 0, 0.01, (w / 2, 0, z)) for z in (0.1, h * 0.5, h - 0.1)]
        parts.append((shapes.merge(rods), metal()))
    else:
        parts.append((shapes.rounded_box((w - 0.02, 0.05, h - 0.02), 0, 0.012, (w / 2, 0, h / 2)), leaf))
        raised = paint(shade(colour, 1.14), gloss=0.4)
        for z, tall in ((h * 0.29, h * 0.36), (h * 0.72, h * 0.34)):
            if style == "glass" and z > h / 2:
                parts.append((shapes.rounded_box((w * 0.66, 0.062, tall), 0, 0.01, (w / 2, 0, z)), paint("#a9c0c4", gloss=0.9)))
            else:
                parts.append((shapes.rounded_box((w * 0.66, 0.072, tall), 0, 0.02, (w / 2, 0, z)), raised))
    knob = shapes.merge([shapes.ellipsoid((0.035, 0.035, 0.035), 0, (w - 0.09, s * 0.065, h * 0.48), 8, 5) for s in (-1, 1)])
    parts.append((knob, metal(BRASS, 0.9)))
    hinge = (wall.u(hole["along"]) - w / 2, THICK * 0.5, 0.0)
    out = []
    for mesh, material in parts:
        swung = shapes.transform(mesh, shapes.turn(-1.75 * max(0.0, min(1.0, opened))), hinge)
        moved = wall.put(swung)
        moved.materials[:] = box.index(material)
        moved.object_id, moved.name = object_id, hole["name"]
        out.append(moved)
    return [shapes.merge(out, hole["name"], object_id)]
