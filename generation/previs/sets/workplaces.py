"""Rooms people work in, and rooms that hold them."""

from __future__ import annotations

from generation.previs.sets.plan import Plan, kind


@kind(
    "office",
    "study,bureau,newsroom,detective's office,headmaster's office,"
    "laboratory,lab,control room,boardroom,meeting room,conference room",
    True, (6.6, 5.8, 2.7),
    ("7f8a80 6e523c e2d8c2 3f6b62 b5603a", "8f8272 7a6048 e6dcc6 2c3f5c a8402f", "9aa39a 8f8a80 ece6d8 c79a3f 3f5a6b"),
    "town",
)  # fmt: skip
def office(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster", "dado": True}
    p.window("back", -0.9, 2.2, 0.9, 2.3, "blinds")
    p.door("right", -0.3, style="glass")
    p.at("desk", -0.6, 1.35, 3.1416)
    p.at("chair", -0.6, 2.1, 0.0, colour="accent")
    p.at("chair", 0.9, 0.95, -1.9)
    p.against("right", "bookcase", 1.7)
    p.against("left", "dresser", 1.5, colour="second", name="filing cabinet")
    p.against("left", "painting", -0.6)
    p.against("back", "plant", 2.4)
    p.on("lamp", "desk", 0.45, 0.05, colour="second")
    p.on("typewriter", "desk", -0.1, 0.0)
    p.on("phone", "desk", -0.45, 0.05)
    p.on("books", "dresser", 0.2)
    p.against("back", "clock", 1.1)
    p.against("right", "coat rack", -1.9)
    p.overhead("pendant lamp", -0.4, 1.0)
    p.against("front", "painting", 1.3)


@kind(
    "hospital room", "hospital,ward,sickroom,clinic,doctor's office,surgery,operating room,infirmary,morgue,emergency room", True, (6.6, 5.8, 2.7),
    ("a9c0b8 b9b8ac efede4 5f8a86 c97a5a", "b4c3cc a8aca8 f1efe8 3f6285 b5793f"),
    "town",
)  # fmt: skip
def hospital(p: Plan) -> None:
    p.surfaces = {"floor": "tiles", "wall": "plaster", "dado": True}
    p.window("left", 0.5, 1.8, 0.9, 2.2, "blinds")
    p.door("right", -0.5, style="glass", width=1.15)
    p.against("back", "single bed", -0.9, colour="accent", name="bed")
    p.against("back", "nightstand", -1.8, colour="trim")
    p.against("back", "drip stand", 0.05)
    p.against("back", "medical screen", 1.7, colour="accent")
    p.at("chair", -2.3, 1.3, 1.2, colour="second")
    p.against("right", "washstand", 1.5)
    p.against("right", "clock", 0.7)
    p.on("flowers", "nightstand", colour="second")
    p.against("left", "curtain", 0.5, colour="accent")
    p.overhead("strip light", 0.0, 0.4)
    p.against("front", "painting", -1.0)


@kind(
    "classroom", "school,lecture hall,schoolroom,auditorium,university", True, (7.4, 6.4, 2.9),
    ("a3a98a 9a7350 ebe2cc a8503f 3f6285", "8fa0a6 8a6a48 e8dfca c79a3f 5d7a52"),
    "town",
)  # fmt: skip
def classroom(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "plaster", "dado": True}
    for along in (-1.1, 1.3):
        p.window("left", along, 1.7, 0.95, 2.4)
    p.door("right", -1.0)
    p.against("back", "blackboard", -0.3)
    p.at("desk", 1.9, 2.2, 0.0)
    for x in (-2.3, -0.6, 1.1):
        p.at("school desk", x, 1.35, 3.1416)
        p.at("chair", x, 0.8, 3.1416, scale=0.88, colour="accent")
    p.on("globe", "desk", 0.4)
    p.on("books", "desk", -0.35)
    p.on("book", "school desk", 0.0, 0.0, 0.2, which=0)
    p.against("right", "bookcase", 1.8)
    p.against("right", "painting", 0.4, name="map", colour="second")
    p.against("back", "clock", 2.2)
    p.overhead("pendant lamp", 0.0, 0.3)


@kind(
    "workshop",
    "garage,factory floor,warehouse,studio workshop,shed,barn,stable,engine room,"
    "boathouse,boat shed,smithy,hangar,mill,factory,boiler room,mine",
    True, (7.2, 6.2, 3.2),
    ("7a7468 6f6a62 c9b08a c2643a 3f6b70", "6b7a7f 77695a d2b98a c79a3f 8f3a3a"),
)  # fmt: skip
def workshop(p: Plan) -> None:
    p.surfaces = {"floor": "cobble", "wall": "brick"}
    p.window("left", 0.5, 1.9, 1.2, 2.5)
    p.door("right", 0.0, width=1.5, height=2.4, name="door")
    p.against("back", "workbench", -1.0)
    p.against("back", "shelf", -1.0, z=1.75, scale=1.15)
    p.against("back", "engine", 1.4, colour="second")
    p.against("left", "ladder", 2.2)
    p.at("barrel", 2.9, 2.5, colour="accent")
    p.at("barrel", 2.95, 1.8)
    p.at("crate", -2.9, 1.3, 0.2)
    p.at("crate", -2.85, 1.3, 0.6, z=0.58, scale=0.8)
    p.against("right", "bicycle", 2.0)
    p.on("axe", "workbench", 0.3, 0.0, 0.4)
    p.on("lantern", "workbench", -0.4)
    p.at("rope", -2.5, -0.9)
    p.at("bucket", 2.6, -1.5)
    p.against("back", "lifebuoy", 2.7, name="wheel")
    p.overhead("pendant lamp", -0.6, 1.2)


@kind(
    "lamp room", "lighthouse,lantern room,tower room,tower,watchtower,observatory,belfry,turret,signal room,control tower", True, (6.0, 5.8, 3.0),
    ("c9c4b4 7a6a58 e9e2d0 b5432f 3f6272", "a9b3b0 6d5c48 efe8d8 c79a3f 2f4a6b"),
    "sea",
)  # fmt: skip
def lamp_room(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "brick"}
    p.window("back", -2.0, 1.3, 0.8, 2.4)
    p.window("back", 2.0, 1.3, 0.8, 2.4)
    p.window("left", 0.2, 1.7, 0.8, 2.4)
    p.window("right", 1.4, 1.3, 0.8, 2.4)
    p.door("right", -0.8, style="arch")
    p.at("great lens", 0.0, 2.02)
    p.against("left", "desk", 1.8, scale=0.85)
    p.on("book", "desk", 0.1, 0.0, 0.2, name="logbook")
    p.on("lantern", "desk", -0.35)
    p.against("right", "coat rack", 0.3)
    p.at("stool", -1.6, 1.3)
    p.at("rope", 2.3, 2.2)
    p.at("barrel", -2.4, -0.6, scale=0.9)
    p.against("left", "lifebuoy", -1.3, colour="accent")
    p.against("back", "clock", 0.0, z=2.4)


@kind(
    "prison cell", "cell,prison,jail,dungeon,holding cell,cage,vault,bunker", True, (5.0, 4.9, 2.7),
    ("8a8d88 77756e b9b4a8 5f6f6b 93562f", "95897a 6b655c b5ac9a 7a4a3a 4f6270"),
    "town",
)  # fmt: skip
def cell(p: Plan) -> None:
    p.surfaces = {"floor": "cobble", "wall": "brick"}
    p.window("back", 0.6, 0.8, 1.7, 2.3, "bars")
    p.door("right", -0.2, style="bars", width=1.1, name="cell door", colour="#3a3c40")
    p.against("left", "single bed", 0.7, colour="accent", name="bunk")
    p.against("back", "washstand", 1.7)
    p.against("back", "toilet", 0.9)
    p.at("stool", -0.9, 1.2)
    p.at("bucket", 1.9, 0.8)
    p.against("left", "painting", 0.9, z=1.75, scale=0.5, name="calendar")
    p.overhead("pendant lamp", 0.0, 0.6)


@kind(
    "ship cabin",
    "cabin,ship,boat,bridge of a ship,wheelhouse,submarine,"
    "captain's cabin,galley of a ship,spaceship,spacecraft,cockpit,yacht,ferry",
    True, (5.6, 5.2, 2.5),
    ("7d5236 5f4330 d2ac74 b08a3c 2f4f5f", "4f6b70 6e5138 e0c48f a8402f 2c3f5c"),
    "sea",
)  # fmt: skip
def ship_cabin(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "planks", "beams": True}
    p.window("back", -1.1, 0.75, 1.15, 1.9, "round")
    p.window("back", 0.5, 0.75, 1.15, 1.9, "round")
    p.window("left", 0.3, 0.8, 1.15, 1.95, "round")
    p.door("right", 0.1, width=0.85, height=1.9, style="arch")
    p.against("left", "single bed", 0.9, colour="accent", name="bunk")
    p.at("table", 0.2, 1.3, scale=0.85)
    p.at("stool", -0.85, 1.25)
    p.at("stool", 1.2, 1.25)
    p.on("map", "table", 0.0, 0.0, 0.1)
    p.on("lantern", "table", 0.5, 0.15)
    p.against("back", "chest", 1.9)
    p.against("back", "lifebuoy", 1.9, colour="accent")
    p.against("right", "coat rack", 1.6, z=1.4)
    p.at("rope", -2.2, -1.2)
    p.against("back", "clock", -0.3, z=1.7, scale=0.7)
    p.overhead("pendant lamp", 0.1, 1.0)


@kind(
    "train compartment",
    "train,compartment,carriage,dining car,bus,tram,subway,"
    "metro,subway car,coach,airplane,plane,aeroplane,van,ambulance",
    True, (6.4, 4.6, 2.5),
    ("5d7466 5b4638 e3d3ac 8f3a34 c79a3f", "7a4f4a 4f4038 e6d6b4 3f6285 b08a3c"),
    "country",
)  # fmt: skip
def train_compartment(p: Plan) -> None:
    p.surfaces = {"floor": "planks", "wall": "planks", "dado": True}
    for along in (-2.0, 0.0, 2.0):
        p.window("back", along, 1.5, 0.85, 1.9, "plain")
    p.door("left", -0.6, style="glass", width=0.85, name="door")
    p.door("right", -0.6, style="glass", width=0.85, name="far door")
    for x in (-2.3, 0.35):
        p.at("sofa", x, 0.85, 1.571, colour="accent", scale=0.78, name="seat")
    for x in (-0.35, 2.3):
        p.at("sofa", x - 0.05, 0.85, -1.571, colour="accent", scale=0.78, name="seat")
    p.at("coffee table", -1.35, 1.2, 1.571, scale=0.8)
    p.at("coffee table", 1.3, 1.2, 1.571, scale=0.8)
    p.on("lamp", "coffee table", 0.1, which=0, colour="second")
    p.on("lamp", "coffee table", 0.1, which=1, colour="second")
    p.at("suitcase", -2.6, 1.25, 0.1, z=1.98, scale=0.8)
    p.at("suitcase", 2.2, 1.25, 0.2, z=1.98, scale=0.8, colour="second")
    p.against("back", "shelf", -2.2, z=1.94, scale=0.9, name="luggage rack")
    p.against("back", "shelf", 2.2, z=1.94, scale=0.9, name="luggage rack")
    p.overhead("pendant lamp", 0.0, 0.2)


@kind(
    "car interior", "car,taxi,cab,police car,truck,limousine,jeep", True, (3.5, 4.5, 2.0),
    ("8f3a34 2f3136 4a4f57 b5793f c79a3f", "3f5a6b 332c2a 4f4a46 8f5a3a b08a3c"),
    "town",
)  # fmt: skip
def car_interior(p: Plan) -> None:
    """Seen from the bonnet: two seats towards the camera, the rear window behind them, the doors at the sides."""
    p.surfaces = {"floor": "plain", "wall": "plain"}
    p.window("back", 0.0, 2.6, 0.95, 1.72, "plain")
    p.window("left", 0.1, 2.5, 0.9, 1.72, "plain")
    p.window("right", 0.95, 1.0, 0.9, 1.72, "plain")
    p.door("right", -0.45, width=1.1, height=1.78, name="car door", style="glass", colour="wall")
    for x in (-0.62, 0.62):
        p.at("armchair", x, -0.1, 0.0, colour="accent", scale=0.84, name="seat")
    p.against("back", "sofa", 0.0, colour="accent", scale=0.95, name="back seat")
    p.overhead("strip light", 0.0, 0.6)["position"][2] = 1.86
