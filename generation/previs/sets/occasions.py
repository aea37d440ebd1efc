"""Rooms for an occasion: a family's table, a court; and the road that leads from all of them."""

from __future__ import annotations

from generation.previs.sets.plan import Plan, kind


@kind(
    "dining room", "dining hall,family table,dinner table,breakfast room", True, (6.6, 5.8, 2.8),
    ("7f8f86 8a6242 e9dfca a8503f 3f5a6b", "a8866a 6e4d38 ecdfc4 3f6b62 c79a3f", "6f8094 8f6a48 e9e0cc c79a3f a8503f"),
)  # fmt: skip
def dining_room(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster", "dado": True}
    p.window("left", 0.5, 1.6, 0.8, 2.25)
    p.door("right", -0.7)
    p.at("rug", 0.0, 1.2, colour="accent")
    p.at("table", 0.0, 1.2, scale=1.18)
    for x, y, yaw in ((-0.5, 1.98, 0.0), (0.5, 1.98, 0.0), (-1.35, 1.2, 1.571), (1.35, 1.2, -1.571), (0.0, 0.36, 3.1416)):
        p.at("chair", x, y, yaw, colour="trim")
    p.on("candle", "table", -0.2, 0.0)
    p.on("candle", "table", 0.2, 0.0)
    for dx, dy in ((-0.55, 0.0), (0.55, 0.0), (-0.35, 0.22), (0.35, 0.22)):
        p.on("plate", "table", dx, dy)
    p.on("glass", "table", 0.05, 0.2)
    p.against("back", "dresser", -1.7, name="sideboard")
    p.on("flowers", "dresser", -0.2)
    p.on("bottle", "dresser", 0.3)
    p.against("back", "painting", -1.7, z=1.6, colour="second")
    p.against("back", "wall lamp", 0.2)
    p.against("back", "bookcase", 2.0)
    p.against("right", "clock", 1.3, z=2.0)
    p.against("left", "curtain", 0.5, colour="accent")
    p.at("plant", -2.8, 2.3)
    p.overhead("pendant lamp", 0.0, 1.2, colour="second")
    p.against("front", "painting", 1.2)


@kind(
    "courtroom", "court,court room,tribunal,hearing room,council chamber,courthouse,town hall", True, (8.6, 7.2, 3.5),
    ("8d8672 6b4a34 e4d8bd 7a2f34 3f5a6b", "7f8a86 72503a e9dfca 2f4a6b a8783f"),
    "town",
)  # fmt: skip
def courtroom(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster", "dado": True}
    p.window("left", 1.0, 1.2, 1.3, 2.9)
    p.window("left", -1.2, 1.2, 1.3, 2.9)
    p.door("right", -1.2, width=1.3, height=2.4)
    p.at("rug", 0.0, 0.4, colour="accent")
    p.at("counter", 0.0, 2.3, scale=0.95, name="judge's bench")
    p.at("armchair", 0.0, 3.0, 0.0, colour="accent")
    p.on("books", "counter", 0.85)
    p.on("lamp", "counter", -0.9, colour="second")
    p.at("lectern", 2.35, 1.7, -0.9, scale=0.85, name="witness stand")
    p.at("chair", 2.95, 2.15, -0.9)
    for x in (-2.8, -2.1):
        p.at("chair", x, 0.45, 3.1416)
    p.at("table", -2.45, 1.15)
    p.on("book", "table", -0.4)
    p.at("flag", -1.9, 3.15, scale=0.75)
    p.at("flag", 1.9, 3.15, scale=0.75, colour="second")
    p.against("back", "painting", 0.0, z=2.2, colour="second")
    p.against("right", "clock", 1.2, z=2.3)
    p.at("pew", -3.75, 1.4, 1.571)
    p.at("pew", 3.75, 0.4, -1.571)
    p.against("left", "wall lamp", 0.0, z=2.0)
    p.against("right", "wall lamp", 2.4, z=2.0)
    p.overhead("pendant lamp", 0.0, 1.2)


@kind(
    "open road",
    "desert road,country road,dirt road,open road,empty road,mountain road,highway,motorway,freeway,roadside,coast road",
    False, (14, 8, 0),
    ("b5785a b89a68 dcb983 a8402f 4f7f8a", "a8806a a39a68 d8c596 3f6b70 b5563a"),
)  # fmt: skip
def open_road(p: Plan) -> None:
    p.surfaces = {"ground": "sand", "haze": 1.4}
    p.bump(-30, 34, 26, 14, 5.0)
    p.bump(26, 40, 30, 14, 6.5)
    p.strip(-90, 2.6, 90, 7.0, "plain", "#4c4b4d", 0.0, 0.015, "road")
    for k in range(-14, 15):
        p.strip(k * 5.0, 4.72, k * 5.0 + 2.2, 4.86, "plain", "#d9cba0", 0.015, 0.006)
    p.at("sign", 5.2, 2.0, 0.1)
    p.at("rock", -5.4, 1.2, 0.4)
    p.at("rock", 6.8, 8.6, 1.2, scale=1.6)
    p.at("rock", -9.0, 9.4, 2.0, scale=2.0)
    for x, y, s in ((-7.4, 8.2, 1.1), (3.6, 9.0, 0.9), (11.0, 8.4, 1.3), (-13.0, 11.0, 1.2), (9.0, 14.0, 1.4), (-4.0, 15.0, 1.3)):
        p.at("cactus plant", x, y, p.chance.between(0, 6), scale=s)
    for x in (-18.0, -6.0, 6.0, 18.0):
        p.at("streetlamp", x, 8.4, scale=1.25, name="pole")
    for _ in range(14):
        p.at("grass tuft", p.chance.between(-9, 9), p.chance.between(0.6, 2.3))
    p.at("mountain", -40, 74, z=-3.0, scale=0.8)
    p.at("mountain", 34, 82, z=-3.0, scale=0.6)
