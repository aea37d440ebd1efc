"""Rooms people live in."""

from __future__ import annotations

from generation.previs.sets.plan import Plan, kind


@kind(
    "kitchen", "galley,scullery,kitchenette,pantry", True, (6.6, 5.8, 2.7),
    ("8f9c93 b08a60 e7d9bd a8402f 3f6285", "c9b184 9a7a5a e9e2cf 3f7474 b0683f", "7f97a3 b39a78 efe6d2 c79a3f 8f4a3a"),
)  # fmt: skip
def kitchen(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster"}
    p.window("left", 0.2, 1.5)
    p.window("back", 0.75, 1.5, 1.15, 2.1)
    p.door("right", 1.3)
    p.against("back", "sink", 0.75, colour="trim")
    p.against("back", "stove", -1.9)
    p.against("back", "fridge", 2.75, colour="second")
    p.against("left", "dresser", 1.9)
    p.against("left", "clock", -1.5, z=2.0)
    p.against("right", "coat rack", 0.2)
    p.against("right", "painting", -1.4, colour="accent")
    p.against("back", "shelf", -0.75, z=1.5, scale=0.75)
    p.at("table", 0.1, 1.15)
    p.at("chair", -1.02, 1.15, 1.571)
    p.at("chair", 1.22, 1.15, -1.571)
    p.at("chair", 0.3, 1.82, 0.0)
    p.on("kettle", "stove", -0.15, 0.0, colour="accent")
    p.on("cup", "table", -0.25, 0.0, colour="trim")
    p.on("cup", "table", 0.3, 0.1, colour="second")
    p.on("bread", "table", 0.05, 0.12, 0.4)
    p.on("plate", "sink", -0.35)
    p.overhead("pendant lamp", 0.1, 1.1)
    p.against("front", "painting", -1.2)


@kind(
    "living room", "lounge,parlour,parlor,sitting room,drawing room,den,apartment,flat,house,home,front room,salon,suite", True, (7.0, 6.0, 2.8),
    ("7d8f88 8a6242 e7d9bd b5603a 3f5a6b", "a8795c 6e4d38 ecdfc4 3f6b62 c79a3f", "5f7486 9a7450 e6dcc8 c79a3f a8503f"),
)  # fmt: skip
def living_room(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster"}
    p.window("left", 0.6, 1.7, 0.7, 2.3)
    p.door("right", -0.2)
    p.against("back", "fireplace", -0.2)
    p.against("back", "bookcase", -2.4)
    p.against("back", "floor lamp", 2.6)
    p.at("sofa", 2.2, 1.35, -1.2, colour="accent")
    p.at("armchair", -2.0, 1.45, 1.15, colour="second")
    p.at("coffee table", 0.15, 1.4)
    p.at("rug", 0.1, 1.0, colour="accent")
    p.against("right", "painting", 2.2)
    p.against("right", "dresser", -1.9)
    p.on("lamp", "dresser", 0.25, colour="second")
    p.on("radio", "dresser", -0.25)
    p.on("cup", "coffee table", -0.2)
    p.on("book", "coffee table", 0.2, 0.05, 0.4)
    p.against("back", "mirror", -0.2, z=1.85)
    p.against("left", "curtain", 0.6, colour="accent")
    p.against("left", "plant", -1.6)
    p.overhead("pendant lamp", 0.1, 0.9)
    p.against("front", "painting", 1.4)


@kind(
    "bedroom", "bed room,bedchamber,nursery,dormitory,hotel room,motel room,motel,hotel,guest room,child's room", True, (6.4, 5.6, 2.7),
    ("6f8296 8a6446 e9dfca c98a5a 8f5a6a", "a98a92 8f6f55 efe5d6 5f7a86 b9737a", "87946f 7d5a40 ece2c8 b0683f 44607a"),
)  # fmt: skip
def bedroom(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster"}
    p.window("left", 0.3, 1.4, 0.8, 2.2)
    p.door("right", -0.6)
    p.against("back", "bed", 0.5, colour="accent")
    p.against("back", "nightstand", -0.65)
    p.against("back", "nightstand", 1.65)
    p.on("lamp", "nightstand", which=0, colour="second")
    p.on("book", "nightstand", which=1)
    p.against("right", "wardrobe", 1.45)
    p.against("left", "dresser", -1.6)
    p.against("left", "mirror", -1.6, z=1.55)
    p.against("left", "curtain", 0.3, colour="accent")
    p.against("back", "painting", 0.5, z=1.75)
    p.at("armchair", -2.3, 1.75, 0.9, colour="second", scale=0.9)
    p.at("rug", 0.2, -0.2, colour="second", scale=0.9)
    p.overhead("pendant lamp", 0.2, 0.2)
    p.against("front", "painting", -1.4)


@kind(
    "bathroom", "washroom,restroom,toilets,shower,powder room,ladies' room,men's room,lavatory", True, (5.2, 5.0, 2.6),
    ("9fb8b2 c9c4b6 efeae0 c97a5a 3f6b70", "c7a79a b7b2a8 f0ebe2 3f6285 8f4a3a"),
)  # fmt: skip
def bathroom(p: Plan) -> None:
    p.surfaces = {"floor": "tiles", "wall": "tiles"}
    p.window("left", 0.2, 0.9, 1.3, 2.1)
    p.door("right", -0.4)
    p.against("back", "bathtub", -1.2)
    p.against("back", "washstand", 1.0)
    p.against("back", "mirror", 1.0, z=1.55)
    p.against("right", "toilet", 1.1)
    p.against("back", "wall lamp", 1.7)
    p.against("left", "shelf", -1.3, scale=0.7)
    p.at("rug", -0.6, 0.3, colour="accent", scale=0.55)
    p.at("stool", -2.1, 0.5)
    p.against("back", "curtain", -1.2, colour="accent")
    p.overhead("pendant lamp", 0, 0.3)


@kind(
    "attic", "loft,garret,storeroom,storage room,box room,basement,cellar", True, (6.6, 5.6, 2.8),
    ("8a6a4c 75553a c9b08a 8f4a3a 44607a", "73665a 6a5340 cbb89a b08a3c 5d6b52"),
)  # fmt: skip
def attic(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "planks", "roof": "pitched"}
    p.window("back", 0.0, 1.3, 1.0, 2.3, "round")
    p.door("right", -0.7)
    p.against("left", "chest", 0.6)
    p.against("back", "wardrobe", 2.3)
    p.against("back", "mirror", -1.5, z=1.3, scale=1.2)
    p.at("box", -2.4, 2.1, 0.3, scale=1.3)
    p.at("box", -2.3, 1.9, -0.2, z=0.42)
    p.at("box", -1.75, 2.25, 0.7)
    p.at("suitcase", 1.5, 2.2, 0.4, colour="accent")
    p.at("suitcase", 1.35, 1.9, 1.2, colour="second", scale=0.85)
    p.at("armchair", 2.2, 0.7, -1.0, colour="accent")
    p.against("left", "ladder", -1.6)
    p.on("lantern", "chest")
    p.on("books", "chest", 0.28, 0.0, 0.3)
    p.at("globe", -2.35, 1.55, z=0.0, scale=1.3)
    p.at("rug", 0.0, 0.1, 0.08, colour="accent", scale=0.8)
    p.overhead("pendant lamp", 0.0, 0.5)


@kind(
    "corridor", "hallway,hall,passage,passageway,stairwell,staircase,landing,lobby,foyer,entrance hall,elevator,lift,tunnel", True, (3.6, 9.0, 2.8),
    ("8a9a86 9a8a70 e6dcc6 a8503f 3f5a6b", "a58a68 5f4a3a e9dfca 3f6b62 8f3a3a"),
)  # fmt: skip
def corridor(p: Plan) -> None:
    p.surfaces = {"floor": "tiles", "wall": "plaster", "dado": True}
    p.window("back", 0.0, 1.3, 0.8, 2.3)
    for along, name in ((-0.9, "door"), (1.9, "second door"), (4.4, "far door")):
        p.door("right", along, name=name)
    p.door("left", 0.6, name="left door")
    p.door("left", 3.4, name="left far door")
    p.against("left", "bench", 2.0, scale=0.8)
    p.against("left", "painting", -0.9)
    p.against("left", "painting", 2.0, colour="accent")
    p.against("right", "painting", 0.5)
    p.against("right", "wall lamp", 3.1)
    p.against("left", "plant", 5.2)
    for y in (0.0, 3.6):
        p.overhead("pendant lamp", 0.0, y)


@kind(
    "room",
    "chamber,interrogation room,waiting room,studio,gym,theatre,theater,"
    "stage,ballroom,museum,gallery,station,police station,palace,castle,tent interior",
    True,
    (6.8, 5.8, 2.8),
    ("8a9188 8f7355 e7dcc6 a8503f 3f6285", "9c8468 70563f ebe0c8 3f7474 c79a3f", "6f7f92 84705a e5dccb c98a4a 8f4a5a"),
)  # fmt: skip
def plain_room(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster"}
    p.window("left", 0.4, 1.5)
    p.door("right", -0.3)
    p.against("back", "dresser", -1.7)
    p.against("back", "painting", 0.2, z=1.6)
    p.against("back", "bookcase", 2.2)
    p.at("table", 0.0, 1.3)
    p.at("chair", -1.1, 1.3, 1.571)
    p.at("chair", 1.1, 1.3, -1.571)
    p.on("lamp", "dresser", colour="accent")
    p.at("plant", -2.8, 2.1)
    p.at("rug", 0.0, 0.6, colour="accent")
    p.overhead("pendant lamp", 0.0, 1.0)
    p.against("front", "painting", -1.3)
