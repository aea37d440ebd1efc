"""Finding room: where a thing goes that the words name and the layout lacks."""

from __future__ import annotations

import math
from typing import Any

from generation.previs.props import PROPS
from generation.previs.sets.plan import FRONT, YAW, Item, Plan

Rect = tuple[float, float, float, float]
ACTING: Rect = (-1.9, -2.5, 1.9, 0.4)  # kept free of furniture: x0, y0, x1, y1
BLOCK = 0.42  # a stand-in's edge in metres


def footprint(item: Item) -> Rect:
    """The rectangle, along the axes, that a thing covers on the floor."""
    known = PROPS.get(item["model"])
    w, d = (known.size[0], known.size[1]) if known else (BLOCK, BLOCK)
    if known and known.where == "hung":
        w, d = w, d * 2
    c, s = abs(math.cos(item["yaw"])), abs(math.sin(item["yaw"]))
    hx, hy = (c * w + s * d) / 2 * item["scale"], (s * w + c * d) / 2 * item["scale"]
    x, y = item["position"][:2]
    return (x - hx, y - hy, x + hx, y + hy)


def overlap(a: Rect, b: Rect, gap: float = 0.0) -> bool:
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


def on_floor(item: Item) -> bool:
    known = PROPS.get(item["model"])
    return (
        item["position"][2] < 0.5
        and "on" not in item
        and (known is None or known.where not in ("hung", "rug", "ceiling"))
        and item.get("solid", True)
    )


def door_zones(plan: Plan) -> list[Rect]:
    """Floor before doors that must stay free."""
    zones = []
    for hole in plan.openings:
        if hole["kind"] == "door":
            x, y = plan.wall_point(hole["wall"], hole["along"], 0.5)
            reach = hole["width"] / 2 + 0.1
            zones.append((x - reach, y - reach, x + reach, y + reach))
    return zones


def fit_thing(plan: Plan, model: str, interior: bool, name: str) -> bool:
    """Place it where such a thing belongs; False if there is no room. Unknown models are plain blocks on the floor."""
    known = PROPS.get(model)
    where = known.where if known else "floor"
    if where == "rug":
        plan.at(model, 0.0, 0.4, name=name)
        return True
    if where == "ceiling":
        plan.overhead(model, 0.9, 0.9)["name"] = name
        return True
    if where == "table" and _on_surface(plan, model, name):
        return True
    if where == "hung":
        return _hang(plan, model, name) if interior else _outdoors(plan, model, name)
    if where == "table" and not interior:
        return _outdoors(plan, "crate", "crate") and _on_surface(plan, model, name)
    if not interior:
        return _far_off(plan, model, name) if where == "far" else _outdoors(plan, model, name)
    return _indoors(plan, model, name)


def _on_surface(plan: Plan, model: str, name: str) -> bool:
    """On the nearest top that still has a free spot."""
    small = PROPS[model]
    need = max(small.size[0], small.size[1]) / 2
    supports: list[tuple[float, int, str, Any]] = []
    for index, item in enumerate(plan.furniture):
        known = PROPS.get(item["model"])
        if known and known.surface and item["position"][2] < 0.6 and math.hypot(*item["position"][:2]) < 9:
            supports.append((math.hypot(item["position"][0], item["position"][1] + 0.5), index, item["model"], known.surface))
    for _, index, support, (height, half_w, half_d) in sorted(supports, key=lambda s: (s[0], s[1])):
        below = plan.furniture[index]
        which = [k for k, item in enumerate(plan.furniture) if item["model"] == support].index(index)
        taken = [item for item in plan.furniture if item.get("on") == support]
        for share in (0.0, -0.45, 0.45, -0.85, 0.85):
            for deep in (-0.6, 0.6):
                dx, dy = share * half_w, deep * half_d
                c, s = math.cos(below["yaw"]), math.sin(below["yaw"])
                k = below["scale"]
                x, y = below["position"][0] + (c * dx - s * dy) * k, below["position"][1] + (s * dx + c * dy) * k
                if all(math.hypot(x - t["position"][0], y - t["position"][1]) > 0.08 + need + _radius(t) for t in taken) and need < max(half_w, 0.3):
                    item = plan.on(model, support, dx, dy, plan.chance.between(-0.2, 0.2), which=which, name=name)
                    return height > 0 and bool(item)
    return False


def _radius(item: Item) -> float:
    known = PROPS.get(item["model"])
    return max(known.size[:2]) / 2 * item["scale"] if known else BLOCK / 2


def _free(plan: Plan, item: Item, margin: float) -> bool:
    rect = footprint(item)
    taken = [footprint(other) for other in plan.furniture if on_floor(other)]
    return not any(overlap(rect, other, margin) for other in (*taken, *door_zones(plan)))


def _keep(plan: Plan, item: Item, margin: float = 0.08) -> bool:
    """Keep the last thing put in if it has room; else take it out again."""
    plan.furniture.remove(item)
    if _free(plan, item, margin):
        plan.furniture.append(item)
        return True
    return False


def _indoors(plan: Plan, model: str, name: str) -> bool:
    """Against the back wall, then the sides; free-standing things a little before it."""
    known = PROPS.get(model)
    w = known.size[0] if known else BLOCK
    depth = known.size[1] if known else BLOCK
    middle = plan.back - plan.size[1] / 2
    for wall, half, start in (("back", plan.half, 0.0), ("left", plan.size[1] / 2, middle + 0.6), ("right", plan.size[1] / 2, middle + 0.6)):
        room = half - w / 2 - 0.1
        for step in range(40):
            along = start + (0.2 * ((step + 1) // 2)) * (1 if step % 2 else -1)
            centre = 0.0 if wall == "back" else middle
            if abs(along - centre) > room or (wall != "back" and along < -1.0):
                continue
            x, y = plan.wall_point(wall, along, depth / 2 + 0.05)
            item = plan.at(model, x, y, YAW[wall], wall=wall, name=name)
            item["stand_in"] = known is None
            if (
                not overlap(footprint(item), ACTING)
                and not _covers_window(plan, wall, along, w, known.size[2] if known else BLOCK)
                and _keep(plan, item)
            ):
                return True
            if item in plan.furniture:
                plan.furniture.remove(item)
    for x, y in ((2.2, 0.9), (-2.2, 0.9), (2.3, -0.4), (-2.3, -0.4), (0.0, 0.9), (2.3, -1.6), (-2.3, -1.6)):
        item = plan.at(model, x, y, 0.4 if x < 0 else -0.4, name=name)
        item["stand_in"] = known is None
        if abs(x) + w / 2 < plan.half and _keep(plan, item, 0.02):
            return True
        if item in plan.furniture:
            plan.furniture.remove(item)
    return False


def _covers_window(plan: Plan, wall: str, along: float, width: float, height: float) -> bool:
    return any(
        hole["kind"] == "window" and hole["wall"] == wall and abs(hole["along"] - along) < (hole["width"] + width) / 2 and height > hole["low"]
        for hole in plan.openings
    )


def _hang(plan: Plan, model: str, name: str) -> bool:
    """On the first free stretch of wall at its height."""
    known = PROPS[model]
    middle = plan.back - plan.size[1] / 2
    for wall, half in (("back", plan.half), ("right", plan.size[1] / 2), ("left", plan.size[1] / 2), ("front", plan.half)):
        for step in range(24):
            along = (middle if wall in ("left", "right") else 0.0) + 0.3 * ((step + 1) // 2) * (1 if step % 2 else -1)
            centre = middle if wall in ("left", "right") else 0.0
            if abs(along - centre) > half - known.size[0] / 2 - 0.15:
                continue
            holes = any(hole.get("wall") == wall and abs(hole["along"] - along) < (hole["width"] + known.size[0]) / 2 + 0.1 for hole in plan.openings)
            x, y = plan.wall_point(wall, along, 0.0)
            crowd = any(
                item["wall"] == wall
                and math.hypot(item["position"][0] - x, item["position"][1] - y) < (_radius(item) + known.size[0] / 2 + 0.05)
                and _tall(item) > known.hang - 0.5
                for item in plan.furniture
            )
            if not holes and not crowd:
                plan.against(wall, model, along, name=name)
                return True
    return False


def _tall(item: Item) -> float:
    known = PROPS.get(item["model"])
    return float(item["position"][2] + (known.size[2] * item["scale"] if known else BLOCK))


def _outdoors(plan: Plan, model: str, name: str) -> bool:
    """Beside the acting area, nearest first; inside the ground figures walk on where it can be."""
    known = PROPS.get(model)
    big = max(known.size[:2]) / 2 if known else BLOCK / 2
    x_limit, y_limit = plan.half - 0.2, plan.size[1] - FRONT - 0.2
    for ring in (2.6, 3.3, 4.1, 5.0, 6.2):
        for angle in (0.35, 2.79, 0.9, 2.24, 1.57, 0.0, 3.14, -0.3, 3.44):
            r = ring + big * 0.9
            x, y = r * math.cos(angle), 0.2 + r * math.sin(angle)
            if abs(x) > x_limit or y > y_limit:
                continue
            item = plan.at(model, x, y, plan.chance.between(-0.3, 0.3), name=name)
            item["stand_in"] = known is None
            if not overlap(footprint(item), ACTING) and _keep(plan, item, 0.15):
                return True
            if item in plan.furniture:
                plan.furniture.remove(item)
    return False


def _far_off(plan: Plan, model: str, name: str) -> bool:
    """Behind, where it stands against the sky."""
    for x, y in ((-7.0, 17.0), (8.0, 18.0), (0.0, 21.0), (-14.0, 20.0), (15.0, 21.0), (4.0, 30.0), (-6.0, 32.0)):
        item = plan.at(model, x, y, -0.2 if x > 0 else 0.2, name=name)
        if _keep(plan, item, 0.5):
            return True
    return False
