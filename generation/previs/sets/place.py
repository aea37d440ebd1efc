"""Drawing a design for one scene: meshes, lights, and everything figures and cameras need to know of the place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from generation.contract import SceneFacts
from generation.previs import shapes
from generation.previs.props import PROPS, is_stand_in, make_prop
from generation.previs.props.model import Prop
from generation.previs.scene import Mesh, Scene, Vec
from generation.previs.sets.design import load_design
from generation.previs.sets.fitting import BLOCK, footprint, on_floor
from generation.previs.sets.floor import Floor, standing_marks
from generation.previs.sets.land import build_land, ground_at
from generation.previs.sets.lighting import Lamp, is_dark, light_place, weather_of
from generation.previs.sets.paintbox import Paintbox
from generation.previs.sets.plan import FRONT, Item
from generation.previs.sets.room import Wall, build_room, door_mesh
from generation.previs.stage import Box, Door, Mark, Part, Place

Height = Callable[[float, float], float]
LEVEL: Height = lambda x, y: 0.0  # noqa: E731  the floor of every room
ACTING: Vec = (0.0, -0.4, 0.0)


def build_place(design: dict[str, Any], facts: SceneFacts) -> Place:
    """The set as it is in the scene: only what the design says, at the scene's hour and in its weather. Raises `BadRequest` for a
    design it cannot read. Equal design and facts give equal meshes."""
    design = load_design(design)
    box = Paintbox()
    interior = bool(design["interior"])
    dark = is_dark(facts)
    ground = LEVEL if interior else ground_at(design)
    if interior:
        build_room(design, box, dark)
    else:
        build_land(design, box, weather_of(facts.weather)[0])
    lit = interior or dark
    lamps: list[Lamp] = []
    for index, item in enumerate(design["furniture"]):
        _draw(item, index, box, lamps, design, ground, lit)
    bounds = _bounds(design)
    obstacles = [_volume(item, ground) for item in design["furniture"] if _blocks(item)]
    floor = Floor(bounds, obstacles, (ACTING[0], ACTING[1]))
    doors = [_reached(door, floor, ground) for door in _doors(design, box, bounds, ground)]
    lights, air, grade = light_place(design, facts, lamps, ACTING)
    scene = Scene(box.materials, box.meshes, lights=lights, air=air, grade=grade)
    parts = _parts(design, floor, ground, doors)
    marks = [_raised(mark, ground) for mark in standing_marks(floor, 0.0)]
    return Place(
        scene,
        interior,
        bounds,
        obstacles,
        parts,
        marks,
        _seats(design, floor, ground),
        doors,
        ground,
        _notes(design),
        float(design["surfaces"].get("wide", Place.wide)),
    )


def _draw(item: Item, index: int, box: Paintbox, lamps: list[Lamp], design: dict[str, Any], ground: Height, lit: bool) -> None:
    known = PROPS.get(item["model"])
    at = _stands(item, ground)
    number = box.number(f"{item['name']} {index}")
    lit_here = lit or bool(known and known.glow and known.glow.always)
    for mesh in make_prop(item["model"], at, item["yaw"], box.materials, item["scale"], item["seed"], item.get("colour") or "", lit_here, number):
        mesh.name = item["name"]
        if item.get("wall") and design["interior"] and _flat(item, known):
            mesh.wild = Wall(item["wall"], tuple(design["size"])).wild
        mesh.casts_shadow = not (known and known.where == "rug") and _near(at)
        box.meshes.append(mesh)
    if known and known.glow and (lit_here or known.glow.always) and _near(at):
        offset = shapes.turn(item["yaw"]) @ (np.array(known.glow.at) * item["scale"])
        position = (at[0] + float(offset[0]), at[1] + float(offset[1]), at[2] + float(offset[2]))
        lamps.append(Lamp(known.glow, position, item["name"]))


def _flat(item: Item, known: Prop | None) -> bool:
    """Shallow things vanish with the wall they stand at; a bed that reaches into the room stays."""
    return known is None or known.where == "hung" or known.size[1] * item["scale"] < 0.95


def _near(at: Vec) -> bool:
    """Close enough for its shadow and lamp to matter."""
    return math.hypot(at[0], at[1]) < 22


def _stands(item: Item, ground: Height) -> Vec:
    """Outdoors a thing designed at z = 0 follows the ground, as does what stands on another; other heights are absolute."""
    x, y, z = item["position"]
    lifted = ground(x, y) if z == 0 or item.get("on") else 0.0
    return (x, y, z + lifted)


def _blocks(item: Item) -> bool:
    known = PROPS.get(item["model"])
    return on_floor(item) and item["position"][2] > -0.4 and (known is None or known.solid) and math.hypot(*item["position"][:2]) < 30


def _height(item: Item) -> float:
    known = PROPS.get(item["model"])
    return (known.size[2] if known else BLOCK) * float(item["scale"])


def _volume(item: Item, ground: Height) -> Box:
    x0, y0, x1, y1 = footprint(item)
    z = _stands(item, ground)[2]
    return Box((x0, y0, z), (x1, y1, z + _height(item)))


def _bounds(design: dict[str, Any]) -> Box:
    width, depth, height = design["size"]
    return Box((-width / 2, -FRONT, 0.0), (width / 2, depth - FRONT, height or 8.0))


def _raised(mark: Mark, ground: Height) -> Mark:
    x, y, _ = mark.position
    return replace(mark, position=(x, y, ground(x, y)))


def _doors(design: dict[str, Any], box: Paintbox, bounds: Box, ground: Height) -> list[Door]:
    doors = []
    for hole in design["openings"]:
        if hole["kind"] != "door":
            continue
        wall = Wall(hole["wall"], tuple(design["size"]))
        facing = math.atan2(wall.inward[1], wall.inward[0])
        u = wall.u(hole["along"])
        inside, outside = wall.point(u, -0.75), wall.point(u, 1.05)
        name = hole["name"]
        number = box.number(f"door {name}")
        draw: Callable[[float], list[Mesh]] = partial(door_mesh, design, hole, box, number)
        draw(0.0)  # so that its materials are in the scene before anybody draws it
        doors.append(Door(name, Mark(f"inside {name}", inside, facing), Mark(f"outside {name}", outside, facing), draw))
    if not design["interior"]:
        doors += _exits(design, bounds, ground)
    return doors


def _reached(door: Door, floor: Floor, ground: Height) -> Door:
    """The door with its inner mark on floor one can walk to."""
    x, y, _ = door.inside.position
    spot = floor.near(x, y)
    return replace(door, inside=replace(door.inside, position=(spot[0], spot[1], ground(*spot)))) if spot else door


def _exits(design: dict[str, Any], bounds: Box, ground: Height) -> list[Door]:
    """Out of doors people come and go at the sides, in narrow places along the depth, unless the layout says where ("exits": the name,
    the spot on this side and the one where nobody is seen any more)."""
    narrow = bounds.high[0] - bounds.low[0] < 8
    spots: list[tuple[str, float, float, float, float]] = [
        ("left", bounds.low[0] + 0.8, -0.6, bounds.low[0] - 3.5, -0.6),
        ("right", bounds.high[0] - 0.8, -0.6, bounds.high[0] + 3.5, -0.6),
    ]
    if narrow:
        spots = [("far end", 0.0, bounds.high[1] - 0.8, 0.0, bounds.high[1] + 3.0), ("near end", 0.0, bounds.low[1] + 0.7, 0.0, bounds.low[1] - 4.5)]
    spots = [(str(name), *map(float, way)) for name, *way in design["surfaces"].get("exits", ())] or spots  # type: ignore[misc]
    out = []
    for name, x, y, far_x, far_y in spots:
        facing = math.atan2(y - far_y, x - far_x)
        inside, outside = Mark(f"inside {name}", (x, y, ground(x, y)), facing), Mark(f"outside {name}", (far_x, far_y, ground(far_x, far_y)), facing)
        out.append(Door(name, inside, outside, lambda opened: []))
    return out


def _seats(design: dict[str, Any], floor: Floor, ground: Height) -> list[Mark]:
    """Seats one can get to, nearest to the acting area first."""
    seats = []
    for item in design["furniture"]:
        known = PROPS.get(item["model"])
        if not known or not known.seats or (item["position"][2] > 0.1 and design["interior"]):
            continue
        for sx, sy, height in known.seats:
            if height * item["scale"] < 0.35 or not item.get("solid", True):
                continue
            x, y, _ = shapes.turn(item["yaw"]) @ (sx * item["scale"], sy * item["scale"], 0.0) + np.array(item["position"])
            spot = floor.near(float(x), float(y))
            if spot and math.hypot(spot[0] - x, spot[1] - y) < 1.0:
                at: Vec = (float(x), float(y), _stands(item, ground)[2])
                seats.append(Mark(item["name"], at, _wrap(item["yaw"] - math.pi / 2), height * item["scale"]))
    return sorted(seats, key=lambda mark: math.hypot(mark.position[0], mark.position[1] - ACTING[1]))


def _wrap(angle: float) -> float:
    return (angle + math.pi) % (2 * math.pi) - math.pi


def _use(floor: Floor, name: str, volume: Box, yaw: float, ground: Height) -> Mark | None:
    """Where one stands to use it: before its front if one can get there, facing its middle. None if nobody can come within 1.6 m."""
    x, y = (volume.low[0] + volume.high[0]) / 2, (volume.low[1] + volume.high[1]) / 2
    front = yaw - math.pi / 2
    depth = (volume.high[1] - volume.low[1]) / 2 * abs(math.sin(front)) + (volume.high[0] - volume.low[0]) / 2 * abs(math.cos(front))
    want = (x + math.cos(front) * (depth + 0.42), y + math.sin(front) * (depth + 0.42))
    spot = floor.near(*want)
    if spot is None:
        return None
    gap = math.hypot(max(volume.low[0] - spot[0], 0, spot[0] - volume.high[0]), max(volume.low[1] - spot[1], 0, spot[1] - volume.high[1]))
    if gap > 1.6:
        return None
    return Mark(f"at {name}", (spot[0], spot[1], ground(*spot)), math.atan2(y - spot[1], x - spot[0]))


def _parts(design: dict[str, Any], floor: Floor, ground: Height, doors: list[Door]) -> list[Part]:
    """Everything that has a name, nearest of a name first; further ones of a name are numbered ("chair 2")."""
    parts: list[Part] = []
    counts: dict[str, int] = {}
    for item in sorted(design["furniture"], key=lambda i: math.hypot(i["position"][0], i["position"][1] - ACTING[1])):
        known = PROPS.get(item["model"])
        counts[item["name"]] = counts.get(item["name"], 0) + 1
        name = item["name"] if counts[item["name"]] == 1 else f"{item['name']} {counts[item['name']]}"
        words = tuple(dict.fromkeys((name, item["name"], item["model"], *(known.words if known else ()), *item.get("words", ()))))
        volume = _hung_volume(item) if known and known.where == "hung" else _volume(item, ground)
        yaw = item["yaw"]
        parts.append(
            Part(
                name,
                words,
                _centre(volume),
                volume,
                _use(floor, name, volume, yaw, ground),
                item.get("stand_in", False) or is_stand_in(item["model"]),
            )
        )
    parts += [_door_part(design, door) for door in doors if any(hole.get("name") == door.name for hole in design["openings"])]
    parts += _window_parts(design, floor)
    if "water" in design["surfaces"]:
        level = float(design["surfaces"]["water"])
        far = Box((-20.0, 24.0, level - 0.1), (20.0, 60.0, level))
        parts.append(Part("water", ("water", "sea", "ocean", "waves", "lake", "river", "horizon", "tide", "surf"), _centre(far), far))
    return parts


def _hung_volume(item: Item) -> Box:
    x0, y0, x1, y1 = footprint(item)
    z = float(item["position"][2])
    half = _height(item) / 2
    return Box((x0, y0, z - half), (x1, y1, z + half))


def _centre(volume: Box) -> Vec:
    (a, b, c), (d, e, f) = volume.low, volume.high
    return ((a + d) / 2, (b + e) / 2, (c + f) / 2)


def _door_part(design: dict[str, Any], door: Door) -> Part:
    hole = next(h for h in design["openings"] if h.get("name") == door.name)
    (ax, ay, _), (bx, by, _) = door.inside.position, door.outside.position
    x, y = ax + (bx - ax) * 0.42, ay + (by - ay) * 0.42
    reach = hole["width"] / 2
    volume = Box((x - reach, y - reach, 0.0), (x + reach, y + reach, hole["high"]))
    words = tuple(dict.fromkeys((door.name, "door", "doorway", "entrance", "exit", "threshold")))
    return Part(
        door.name, words, (x, y, hole["high"] / 2), volume, replace(door.inside, name=f"at {door.name}", facing=_wrap(door.inside.facing + math.pi))
    )


def _window_parts(design: dict[str, Any], floor: Floor) -> list[Part]:
    parts: list[Part] = []
    for hole in (h for h in design["openings"] if h["kind"] == "window"):
        wall = Wall(hole["wall"], tuple(design["size"]))
        x, y, _ = wall.point(wall.u(hole["along"]), 0.0)
        reach = hole["width"] / 2
        volume = Box((x - reach, y - reach, hole["low"]), (x + reach, y + reach, hole["high"]))
        spot = floor.near(x + wall.inward[0] * 0.6, y + wall.inward[1] * 0.6)
        use = (
            Mark("at window", (spot[0], spot[1], 0.0), math.atan2(y - spot[1], x - spot[0]))
            if spot and math.hypot(spot[0] - x, spot[1] - y) < 2.2
            else None
        )
        name = "window" if not parts else f"window {len(parts) + 1}"
        parts.append(
            Part(name, tuple(dict.fromkeys((name, "window", "windows", "pane", "windowsill", "curtain", "view"))), _centre(volume), volume, use)
        )
    return parts


def _notes(design: dict[str, Any]) -> tuple[str, ...]:
    blocks = [item["name"] for item in design["furniture"] if item.get("stand_in")]
    return tuple(f"{'An' if name[0] in 'aeiou' else 'A'} {name} became a plain block in {design['name']}." for name in blocks)
