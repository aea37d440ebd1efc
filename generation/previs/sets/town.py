"""Streets, squares, roofs and stations."""

from __future__ import annotations

import math

from generation.previs.sets.plan import Plan, kind

TURN = math.pi / 2


def terrace(p: Plan, y: float, xs: tuple[float, ...], colours: tuple[str, ...] = ("wall", "second", "accent")) -> None:
    """A row of house fronts facing −y with every third a shop."""
    for k, x in enumerate(xs):
        model = "shop front" if (k + p.chance.whole(2)) % 3 == 1 else "town house"
        p.at(model, x, y, colour=colours[k % len(colours)])


@kind(
    "street",
    "road,avenue,boulevard,sidewalk,pavement,main street,high street,"
    "lane,crossroads,intersection,city,downtown,neighborhood,neighbourhood,suburb",
    False, (14, 9.5, 0),
    ("8a5444 45474e cfc6b4 a8402f 4f5f78", "9a7a62 4a4a4f d9cfba 3f6b62 7a4a4f", "6f7f88 484a50 ded5c2 c2843a 8a5444"),
)  # fmt: skip
def street(p: Plan) -> None:
    p.surfaces = {"ground": "cobble"}
    p.strip(-45, 1.0, 45, 5.2, "tiles", "trim", 0.0, 0.12, "pavement")
    p.strip(-45, -9.5, 45, -5.0, "tiles", "trim", 0.0, 0.12, "pavement")
    terrace(p, 7.8, (-14.2, -9.5, -4.8, 0.0, 4.8, 9.6, 14.3))
    for x in (-13.0, -6.0, 1.0, 8.0, 15.0):
        p.at("tower block", x + p.chance.between(-1, 1), 24 + p.chance.between(0, 5), colour="second", scale=1.1)
    for x in (-3.4, 3.6):
        p.at("streetlamp", x, 1.5)
    p.at("car", 6.3, -0.2, colour="accent")
    p.at("postbox", -2.2, 4.6, colour="accent")
    p.at("bench", 1.7, 4.7)
    p.at("tree", -6.6, 2.2, scale=0.8)
    p.at("barrel", 3.0, 4.9, scale=0.85, name="bin")
    p.at("town house", -7.5, -13.0, math.pi, colour="accent")
    p.at("shop front", -2.5, -13.0, math.pi, colour="second")
    p.at("town house", 2.5, -13.0, math.pi, colour="wall")
    p.at("town house", 7.4, -13.0, math.pi, colour="second")


@kind(
    "alley", "alleyway,back alley,backstreet,side street,courtyard,backyard,yard,passage outside,dead end", False, (6.4, 10, 0),
    ("7a4f42 4a4a50 b9ad9a c2843a 3f5f62", "6a6470 444349 b5aea4 a8402f 7a5a4a"),
)  # fmt: skip
def alley(p: Plan) -> None:
    p.surfaces = {"ground": "cobble"}
    for y in (-3.5, 1.1, 5.7):
        p.at("town house", -5.9, y, TURN, colour="wall")
    for y in (-3.5, 1.1, 5.7):
        p.at("town house", 5.9, y, -TURN, colour="second")
    p.at("town house", -2.4, 13.0, colour="second")
    p.at("town house", 2.2, 13.2, colour="accent")
    p.at("barrel", -2.7, 1.8, name="bin")
    p.at("barrel", -2.75, 2.6, scale=0.9, name="bin")
    p.at("crate", 2.7, 2.2, 0.2)
    p.at("crate", 2.65, 2.3, 0.5, z=0.58, scale=0.8)
    p.at("crate", 2.1, 3.1, 0.9, scale=0.9)
    p.at("ladder", 2.7, 4.2, -TURN)
    p.at("bicycle", -2.6, 0.1, TURN + 0.1)
    p.at("streetlamp", -2.4, 4.6)
    p.overhead("lamp string", 0.0, 5.4)
    p.at("bucket", 1.4, 3.8)


@kind(
    "square", "market,plaza,marketplace,market square,town square,piazza,fair,fairground,carnival,village,village square,bazaar", False, (15, 12, 0),
    ("a87a5a 8d877c e2d8c2 a8402f 3f6b62", "8f9a8a 857d70 ece2c8 3f6285 c27a3a"),
)  # fmt: skip
def square(p: Plan) -> None:
    p.surfaces = {"ground": "cobble"}
    terrace(p, 13.5, (-11.8, -7.0, -2.2, 7.4, 12.2))
    p.at("church tower", 2.6, 15.5, colour="trim")
    for k, y in enumerate((-1.0, 4.0, 9.0)):
        p.at("shop front" if k == 1 else "town house", -13.5, y, TURN, colour=("second", "wall", "accent")[k])
        p.at("town house", 13.5, y, -TURN, colour=("wall", "accent", "second")[k])
    p.at("fountain", 0.3, 4.6, scale=0.95)
    p.at("stall", -4.4, 3.8, 0.35, colour="accent")
    p.at("stall", 4.9, 3.6, -0.35, colour="second")
    p.at("bench", 6.2, 0.4, -1.3)
    p.at("streetlamp", -2.4, 2.3)
    p.at("streetlamp", 3.0, 2.6)
    p.at("tree", 7.2, 6.4, scale=0.8)
    p.at("barrel", -3.0, 3.2, scale=0.8)
    p.at("cart", 5.2, -1.7, 0.5)
    p.overhead("lamp string", 0.0, 3.0)


@kind(
    "rooftop", "roof,roof terrace,roof top,balcony,terrace,fire escape,penthouse terrace,battlements", False, (9, 7.4, 0),
    ("7a5a50 77726c c9c0b0 c2643a 4f5f78", "5f6a74 6f6b68 d2c8b4 c79a3f 7a4a4f"),
)  # fmt: skip
def rooftop(p: Plan) -> None:
    p.surfaces = {"ground": "none", "sky_base": "city"}
    p.strip(-5.2, -4.6, 5.2, 5.0, "tiles", "floor", -0.3, 0.3, "roof")
    for x in (-3.9, -1.3, 1.3, 3.9):
        p.at("stone wall", x, 4.8, colour="wall")
    for y in (-3.2, -0.6, 2.0, 4.0):
        p.at("stone wall", -5.0, y, TURN, colour="wall")
        p.at("stone wall", 5.0, y, -TURN, colour="wall")
    p.at("chimney stack", -3.6, 3.6, colour="wall")
    p.at("water tank", 3.5, 3.3)
    p.at("crate", 2.0, 3.9, 0.3)
    p.at("plant", -4.2, 0.4)
    p.at("bench", -1.2, 3.9)
    p.overhead("lamp string", -0.2, 2.6)
    for k, (x, y) in enumerate(((-13, 15), (-5.5, 20), (2.5, 16), (10.5, 19), (18, 26), (-22, 27), (-2, 33), (9, 36))):
        p.at("tower block", x, y, p.chance.between(-0.15, 0.15), z=-13 + p.chance.between(-3, 4), colour=("second", "wall", "accent")[k % 3])
    for x, turn in ((-17, TURN), (17, -TURN)):
        p.at("tower block", x, 3, turn, z=-12, colour="second")


@kind(
    "railway platform",
    "platform,train station,railway station,station,railway,"
    "railroad,train tracks,bus stop,bus station,terminal,airport",
    False, (14, 6.0, 0),
    ("7f5a48 6a655e d9cdb6 4f6b5a a8402f", "6b7a80 6d675f ded2bb 8f3a34 3f5f78"),
)  # fmt: skip
def platform(p: Plan) -> None:
    p.surfaces = {"ground": "sand"}
    p.strip(-40, -6.0, 40, 2.6, "tiles", "floor", -1.3, 1.31, "platform")
    p.strip(-40, 2.2, 40, 2.62, "plain", "trim", 0.0, 0.03, "edge")
    p.bump(0, 6.6, 70, 4.6, -1.25, 0.6)
    p.at("train", 3.0, 4.5, z=-0.95, colour="second")
    p.at("train", 12.4, 4.5, z=-0.95, colour="second")
    p.at("platform roof", -2.0, 1.2, colour="accent")
    p.at("platform roof", 4.3, 1.2, colour="accent")
    p.at("bench", -4.0, 1.1)
    p.at("bench", 2.4, 1.1)
    p.at("clock", 0.9, 1.15, z=2.45, scale=1.3)
    p.at("suitcase", -2.7, 1.4, 0.3)
    p.at("sign", 5.4, -0.9, colour="second")
    p.at("streetlamp", -6.2, 1.6)
    p.at("cart", 6.3, 1.3, 0.2)
    for x in (-16, -8, 0, 9, 18):
        p.at("pine", x + p.chance.between(-2, 2), 11 + p.chance.between(0, 3))
    p.at("hill", -6, 30)
    p.at("town house", -17, 13.5, colour="wall")


@kind(
    "car park",
    "parking lot,parking,garage forecourt,petrol station,gas station,motel car park,"
    "truck stop,junkyard,driveway",
    False, (15, 10, 0),
    ("7f7a70 4d4e53 e0d8c4 a8402f 3f6285", "8a6a58 505055 e6dcc4 c79a3f 3f7474"),
)  # fmt: skip
def car_park(p: Plan) -> None:
    p.surfaces = {"ground": "plain"}
    for k in range(7):
        p.strip(-9.0 + 3.0 * k, 3.0, -8.88 + 3.0 * k, 8.0, "plain", "trim", 0.0, 0.008, "line")
    for x, colour in ((-7.5, "accent"), (-1.4, "second"), (4.6, "trim"), (7.6, "wall")):
        p.at("car", x, 5.4, TURN * (1 if x < 0 else -1) + 0.03, colour=colour)
    p.at("shop front", -5.0, 16, colour="accent")
    p.at("shop front", 0.6, 16, colour="second")
    p.at("tower block", 11, 24, colour="wall")
    p.at("tower block", -15, 27, colour="second")
    p.at("streetlamp", -4.4, 2.6, scale=1.35)
    p.at("streetlamp", 4.8, 2.6, scale=1.35)
    p.at("sign", 6.8, 0.6, scale=1.2, colour="accent")
    p.at("barrel", -6.2, 1.7, name="bin")
    p.at("cart", 3.1, 2.5, 0.7, scale=0.85, name="shopping cart")
    for x in (-12, 12):
        p.at("tree", x, 9, scale=0.9)


@kind(
    "bridge", "footbridge,overpass,viaduct,riverbank,river,canal,embankment,stream,creek,waterfront promenade", False, (13, 3.4, 0),
    ("8a7f74 7a756c d2c8b4 a8402f 4f6f7a", "7f6a5a 756d62 d9ccb4 c79a3f 3f5f6b"),
)  # fmt: skip
def bridge(p: Plan) -> None:
    p.surfaces = {"ground": "none", "water": -4.2}
    p.strip(-16, -2.9, 16, 1.5, "cobble", "floor", -0.6, 0.6, "bridge")
    for k in range(12):
        x = -14.3 + 2.6 * k
        p.at("stone wall", x, 1.35, colour="wall", scale=1.0)
        if not -6 < x < 6:
            p.at("stone wall", x, -3.1, colour="wall")
    for x in (-8, 0.4, 8.8):
        p.at("bridge span", x * 1.9, 0.0, z=-5.2, scale=1.0, colour="wall")
    for x in (-4.4, 4.4):
        p.at("streetlamp", x, 1.0)
    p.at("bench", -1.9, 0.85, scale=0.92)
    p.at("bicycle", 2.6, 0.9, 0.1)
    for k, x in enumerate((-27, -21, -15.5)):
        p.at("town house", x, 20 + k, 0.1, z=-3.4, colour=("wall", "second", "accent")[k])
    for k, x in enumerate((14, 19.2, 24.5)):
        p.at("town house", x, 21 + k, -0.1, z=-3.4, colour=("second", "accent", "wall")[k])
    p.at("church tower", 7.5, 34, z=-3.2, colour="trim")
    p.at("bridge span", -4, 31, z=-4.4, scale=1.1, colour="second")
    p.at("boat", 3.2, 9.0, 0.4, z=-4.4, colour="accent")
    p.at("boat", -6.5, 13, -0.3, z=-4.4, colour="second")
    for x in (-33, 33):
        p.at("hill", x, 27, z=-4.2)
