"""Rooms where people meet: bars, shops, churches, libraries, caves."""

from __future__ import annotations

from generation.previs.sets.plan import Plan, kind


@kind(
    "bar", "pub,tavern,saloon,nightclub,club,inn,speakeasy,casino,taproom", True, (7.2, 6.0, 2.8),
    ("5f4436 4f3a2c c9a06a 8f3a34 3f6b62", "3f5a58 543d2d d2ac74 b5793f 7a3550", "6a3f3c 4a382e d9b67a 2f5f66 c79a3f"),
    "town",
)  # fmt: skip
def bar(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster", "dado": True}
    p.window("left", -0.4, 1.6, 1.0, 2.2)
    p.door("left", 1.9, style="glass")
    p.at("counter", 1.0, 1.35)
    p.against("back", "bottle shelf", 1.0)
    for x in (-0.1, 0.75, 1.6):
        p.at("high stool", x, 0.72, colour="accent")
    p.at("round table", -2.0, 1.0, scale=0.95)
    p.at("chair", -2.75, 1.05, 1.571)
    p.at("chair", -1.95, 1.8, 0.0)
    p.on("candle", "round table")
    p.on("glass", "round table", 0.18, 0.08)
    p.on("glass", "counter", -0.6)
    p.on("bottle", "counter", -0.35, 0.05)
    p.on("cash register", "counter", 0.95)
    p.against("right", "painting", 0.6, colour="second")
    p.against("right", "piano", -1.2)
    p.against("back", "painting", -1.8, z=1.6)
    p.against("back", "wall lamp", -0.6)
    p.overhead("pendant lamp", 0.4, 1.15, colour="second")
    p.overhead("pendant lamp", 1.8, 1.15, colour="second")
    p.overhead("pendant lamp", -2.0, 1.0, colour="second")


@kind(
    "cafe",
    "café,restaurant,diner,bistro,canteen,coffee shop,"
    "cafeteria,coffee house,tea room,tearoom,mess hall,banquet hall",
    True, (7.0, 6.0, 2.9),
    ("b7c2ae 9a7350 efe6d0 c2643a 3f6b62", "d2b48f 7f5a40 f2e9d6 3f7474 a8402f", "8fa9ad 8d6a4a efe4cc cf9a3c 8f4a5a"),
    "town",
)  # fmt: skip
def cafe(p: Plan) -> None:
    p.surfaces = {"floor": "tiles", "wall": "plaster", "dado": True}
    p.window("left", 0.2, 2.6, 0.7, 2.4, "plain")
    p.door("left", -1.9, style="glass")
    p.against("back", "shelf", 1.9, z=1.6)
    p.at("counter", 1.9, 2.0, scale=0.85, colour="second")
    for x, y in ((-2.1, 1.5), (0.0, 1.55)):
        p.at("round table", x, y)
        p.at("chair", x - 0.78, y, 1.571, colour="accent")
        p.at("chair", x + 0.78, y, -1.571, colour="accent")
        p.on("cup", "round table", -0.15, 0.05)
        p.on("cup", "round table", 0.15, -0.05)
    p.on("flowers", "round table", 0.0, 0.17, which=0)
    p.on("cash register", "counter", 0.8)
    p.on("plate", "counter", 0.0)
    p.on("kettle", "counter", -0.6, colour="trim")
    p.against("back", "blackboard", -1.0, z=1.45, scale=0.7, name="menu")
    p.against("right", "painting", 0.0, colour="accent")
    p.at("plant", 2.9, -1.0)
    p.overhead("pendant lamp", -2.1, 1.4, colour="accent")
    p.overhead("pendant lamp", 0.0, 1.4, colour="accent")
    p.against("front", "painting", 1.2)


@kind(
    "shop",
    "store,bookshop,bakery,pharmacy,grocery,grocery store,supermarket,"
    "market hall,boutique,antique shop,post office,bank,barbershop,butcher,toy shop",
    True, (6.8, 6.0, 2.8),
    ("b0a482 8f6f4c ece2c6 3f6b62 b5603a", "8fa9a0 7d5f45 eee4cc 8f3a34 c79a3f"),
    "town",
)  # fmt: skip
def shop(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster"}
    p.window("left", 0.6, 2.4, 0.6, 2.3, "plain")
    p.door("left", -1.7, style="glass")
    p.against("back", "shop shelves", -2.2)
    p.against("back", "shop shelves", -0.6)
    p.against("back", "shop shelves", 1.0)
    p.at("counter", 1.0, 1.25, scale=0.85, colour="accent")
    p.on("cash register", "counter", -0.6)
    p.on("bottle", "counter", 0.6)
    p.against("right", "shop shelves", 1.4)
    p.at("barrel", -2.6, 1.2, scale=0.8)
    p.at("crate", -1.9, 1.55, 0.3, scale=0.8)
    p.on("bread", "crate")
    p.against("right", "clock", -0.3)
    p.at("ladder", 2.3, 2.25, 0.0)
    p.overhead("pendant lamp", 0.6, 1.0)
    p.against("front", "painting", 1.2)


@kind(
    "church", "chapel,cathedral,temple,crypt,monastery,abbey,mosque,synagogue,nave", True, (8.0, 8.4, 4.6),
    ("a39a8a 7f776b d9cfb8 8f2f34 b08a3c", "b5a892 756a5c e2d8c0 2f4f6b c79a3f"),
    "country",
)  # fmt: skip
def church(p: Plan) -> None:
    p.surfaces = {"floor": "tiles", "wall": "brick"}
    p.window("back", 0.0, 1.4, 2.0, 4.0, "stained")
    for along in (0.2, 3.2):
        p.window("left", along, 0.95, 1.5, 3.5, "stained")
        p.window("right", along, 0.95, 1.5, 3.5, "stained")
    p.door("right", -1.6, width=1.3, height=2.5, style="arch")
    p.against("back", "altar", 0.0, gap=0.5)
    p.on("candle", "altar", -0.6)
    p.on("candle", "altar", 0.6)
    p.on("flowers", "altar", 0.0, 0.0)
    p.at("lectern", 1.9, 3.8, 0.3)
    for y in (1.4, 2.7):
        for x in (-2.2, 2.2):
            p.at("pew", x, y, 3.1416, scale=0.92)
    p.at("rug", 0.0, 2.8, 1.571, colour="accent", scale=0.85)
    p.at("statue", -3.0, 4.6, 0.4, scale=0.85)
    p.against("left", "wall lamp", 1.7, z=2.0)
    p.against("right", "wall lamp", 1.7, z=2.0)


@kind(
    "library", "archive,reading room,bookstore,records room,museum archive", True, (7.2, 6.2, 3.0),
    ("5f6b5a 5b4030 d9c493 8f3a34 3f6b62", "6b4f42 4f3829 dcc596 2f5560 b08a3c"),
    "town",
)  # fmt: skip
def library(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster", "dado": True}
    p.window("left", 0.4, 1.5, 1.0, 2.6)
    p.door("right", -1.2)
    for x in (-2.8, -1.55, -0.3, 0.95, 2.2):
        p.against("back", "bookcase", x)
    p.against("right", "bookcase", 0.5)
    p.against("right", "bookcase", 1.75)
    p.at("table", -0.2, 1.5, scale=1.05)
    p.at("chair", -1.35, 1.5, 1.571)
    p.at("chair", 1.0, 1.5, -1.571)
    p.on("lamp", "table", 0.0, 0.1, colour="second")
    p.on("books", "table", 0.5, 0.0)
    p.on("book", "table", -0.45, -0.1, 0.3)
    p.at("globe", -2.9, 1.7, z=0.0, scale=1.9)
    p.at("armchair", -2.5, -0.9, 1.2, colour="accent")
    p.at("ladder", 1.6, 2.35, 0.0)
    p.at("rug", -0.2, 1.0, colour="accent")
    p.overhead("pendant lamp", -0.2, 1.4)


@kind(
    "cave", "cavern,grotto,mine shaft,catacomb,tunnel cave,lair", True, (8.0, 7.0, 3.6),
    ("6a5f66 5b5250 8a7a70 c2643a 4f7f8a", "5f6a72 545054 8f8478 cf8a3c 6a4f7d"),
    "country",
)  # fmt: skip
def cave(p: Plan) -> None:
    p.surfaces = {"floor": "sand", "wall": "rock", "roof": "rock"}
    p.door("back", 1.2, width=2.0, height=2.4, style="mouth", name="mouth of the cave")
    for x, y, s in ((-3.2, 3.2, 2.0), (3.4, 3.0, 1.8), (-3.6, 0.8, 1.5), (3.7, 0.6, 1.4), (-1.2, 3.7, 1.6), (-3.5, -1.4, 1.2), (3.6, -1.3, 1.2)):
        p.at("rock", x, y, p.chance.between(0, 6), scale=s, colour="wall")
    p.at("fire", -0.9, 1.6)
    p.at("log", -1.9, 1.0, 1.2, scale=0.8)
    p.at("chest", 2.4, 1.9, -0.6)
    p.at("crate", 3.0, 1.4, 0.4)
    p.on("lantern", "crate")
    p.at("rope", 1.7, 2.3)
