"""Open land: parks, woods, fields, hills, deserts."""

from __future__ import annotations

import math

from generation.previs.sets.plan import Plan, kind

TURN = math.pi / 2


def wood_round(p: Plan, model: str, count: int, near: float, far: float, **look: object) -> None:
    """Trees at the sides and behind; the front and the acting area stay open."""
    for k in range(count):
        angle = -0.25 + (math.pi + 0.5) * (k + p.chance.unit() * 0.8) / count
        r = near + (far - near) * math.sqrt(p.chance.unit())
        p.at(model, r * math.cos(angle) * 1.25, 0.8 + r * math.sin(angle), p.chance.between(0, 6.28), scale=p.chance.between(0.8, 1.25), **look)  # type: ignore[arg-type]


@kind(
    "park", "garden,gardens,lawn,playground,green,backyard garden,orchard,meadow,picnic,campus,zoo,patio", False, (14, 10, 0),
    ("d9cfba 71804f c2ae88 a8402f 4f7a86", "c9b89a 7d8552 d2bf98 c2843a 6a5f86"),
)  # fmt: skip
def park(p: Plan) -> None:
    p.surfaces = {"ground": "grass"}
    p.bump(-16, 22, 18, 10, 3.0)
    p.bump(15, 26, 20, 12, 2.4)
    p.patch([(-45, -1.4), (45, -2.6), (45, -0.4), (8, 0.6), (-4, 1.5), (-45, 1.6)], "sand", "trim", 0.0, 0.012, "path")
    p.disc(5.6, 7.2, 3.4, 2.0, "water", "second", 0.0, 0.02, "pond")
    p.at("bench", -2.4, 2.5, 0.15)
    p.at("streetlamp", -3.9, 2.2)
    p.at("streetlamp", 4.4, 1.6)
    p.at("tree", -5.6, 4.4, scale=1.15)
    p.at("tree", 3.2, 9.4)
    p.at("birch", 7.0, 3.6)
    p.at("birch", 8.0, 5.0, scale=0.85)
    p.at("platform roof", -1.2, 10.5, name="pavilion", colour="trim")
    for x, y in ((-6.8, 1.9), (2.2, 4.7), (3.6, 4.9), (-0.6, 5.6), (8.8, 1.6)):
        p.at("bush", x, y, p.chance.between(0, 3))
    wood_round(p, "tree", 9, 13, 26)
    p.at("flowers", -3.2, 3.4, scale=1.4)
    for x in (-9, -6.6, 10.4):
        p.at("fence", x, 6.6)


@kind(
    "forest", "woods,wood,jungle,wilderness,glade,clearing,trail,woodland,campsite,camp,swamp,grove", False, (12, 9, 0),
    ("6b4c35 5d6443 8d7a58 c2643a 3f5f52", "5b4636 66613f 9a8258 cf8f3c 4a6a4a"),
)  # fmt: skip
def forest(p: Plan) -> None:
    p.surfaces = {"ground": "grass", "haze": 2.0}
    p.bump(-14, 14, 14, 10, 2.6)
    p.bump(13, 18, 14, 12, 3.2)
    p.patch([(-1.6, -14), (1.4, -14), (1.8, -2), (0.7, 6), (2.6, 16), (1.2, 16), (-0.9, 6), (-1.4, -2)], "sand", "trim", 0.0, 0.012, "path")
    wood_round(p, "pine", 15, 5.6, 15, colour="second")
    wood_round(p, "tree", 4, 7.5, 14)
    wood_round(p, "pine", 14, 16, 27, colour="second")
    p.at("pine", -6.2, -1.6, scale=1.15, colour="second")
    p.at("birch", 6.3, -1.2, scale=1.1)
    p.at("log", -2.9, 1.9, 0.5)
    p.at("rock", 3.5, 2.3, 0.6)
    p.at("log", 3.1, -1.2, 1.9, scale=0.7, name="stump")
    for x, y in ((-4.4, 0.2), (4.8, 0.9), (-2.2, 4.4), (2.5, 4.8)):
        p.at("bush", x, y, p.chance.between(0, 3))
    for _ in range(10):
        p.at("grass tuft", p.chance.between(-5.5, 5.5), p.chance.between(2.2, 6.5))
    p.at("birch", -4.9, 3.2)


@kind(
    "farm",
    "field,farmyard,farmhouse,ranch,pasture,vineyard,countryside,"
    "barnyard,wheat field,cornfield,plain,prairie,stable yard",
    False, (14, 10, 0),
    ("93402f 8a8550 c2a468 c79a3f 5f7a86", "7a4a38 98894c cdae6e a8402f 4f6f5a"),
)  # fmt: skip
def farm(p: Plan) -> None:
    p.surfaces = {"ground": "grass"}
    p.bump(-20, 30, 26, 14, 3.4)
    p.bump(22, 34, 26, 16, 4.2)
    p.patch([(-2.5, -20), (2.2, -20), (1.8, 1), (-1.2, 8), (-5.2, 12.5), (-7.6, 12), (-2.6, 6)], "sand", "trim", 0.0, 0.012, "track")
    for k in range(7):
        p.strip(6.0, 6 + 2.2 * k, 34, 7.2 + 2.2 * k, "grass", "trim", 0.0, 0.16, "crop")
    p.at("barn", -8.0, 15.5, 0.35, colour="wall")
    p.at("windmill", 5.4, 21, -0.2)
    p.at("cottage", -15.5, 10, 0.7)
    for k in range(5):
        p.at("fence", 3.3 + 2.4 * k, 4.4, 0.03)
    p.at("gate", 0.9, 4.6, colour="#8a6238")
    p.at("cart", -3.7, 2.6, 0.5)
    p.at("barrel", -5.2, 3.1, name="hay bale", colour="trim", scale=1.15)
    p.at("barrel", -6.1, 2.7, name="hay bale", colour="trim", scale=1.25)
    p.at("scarecrow", 7.8, 8.2)
    p.at("tree", -11, 6.5, scale=1.1)
    p.at("tree", 13.0, 4.8, scale=0.9)
    p.at("well", 5.2, 1.9, scale=0.9)
    for _ in range(10):
        p.at("grass tuft", p.chance.between(3, 12), p.chance.between(3.4, 5.5))


@kind(
    "mountain", "mountainside,hill,hills,valley,ridge,peak,summit,canyon,cliff path,highlands,hillside,moor,volcano,pass", False, (12, 8, 0),
    ("6f7686 767a5a a89c86 a8402f 5f7a8a", "7a6f76 7d7454 b0a088 c2843a 4f6f7a"),
)  # fmt: skip
def mountain(p: Plan) -> None:
    p.surfaces = {"ground": "grass", "haze": 1.6}
    p.bump(-11, 8, 8, 10, 3.2)
    p.bump(12, 13, 10, 9, 3.8)
    p.bump(0, 30, 40, 12, -5.0)
    p.patch([(-1.8, -16), (1.2, -16), (1.5, -1), (-0.5, 4), (1.6, 11), (0.6, 11), (-1.9, 4), (-0.9, -1)], "sand", "trim", 0.0, 0.012, "path")
    for x, y, s in ((-20.0, 46.0, 1.25), (6.0, 58.0, 1.6), (30.0, 50.0, 1.2)):
        p.at("mountain", x, y, p.chance.between(-0.4, 0.4), z=-4, scale=s, colour="wall")
    for x, y, s in ((-3.8, 2.8, 1.3), (4.0, 2.2, 1.0), (5.4, 4.8, 2.0), (-6.0, 5.2, 2.4), (2.6, 5.6, 0.8)):
        p.at("rock", x, y, p.chance.between(0, 6), scale=s)
    for x, y in ((-8.0, 7.0), (-10.0, 9.5), (-6.8, 10), (8.6, 9), (10.4, 8), (12.5, 11)):
        p.at("pine", x, y, scale=p.chance.between(0.6, 1.0))
    p.at("cottage", 7.4, 12.5, -0.3, scale=0.7, name="hut")
    p.at("sign", -2.4, 3.4, 0.3)
    for _ in range(9):
        p.at("grass tuft", p.chance.between(-5, 5), p.chance.between(1.8, 5))


@kind(
    "desert", "dunes,wasteland,oasis,badlands,savanna,planet,moon,alien planet,sand,outback,ruins,pyramid", False, (14, 10, 0),
    ("b5785a c99a62 dcb983 a8402f 4f7f8a", "a86a5a d2a870 e6c791 3f6b70 b5563a"),
)  # fmt: skip
def desert(p: Plan) -> None:
    p.surfaces = {"ground": "sand"}
    p.bump(-13, 12, 14, 6, 2.6)
    p.bump(12, 16, 16, 7, 3.4)
    p.bump(-4, 28, 30, 8, 4.0)
    for x, y, s in ((-26.0, 58.0, 0.9), (4.0, 70.0, 0.7), (33.0, 60.0, 1.0)):
        p.at("mountain", x, y, z=-1, scale=s, colour="wall")["plain"] = True
    p.at("cactus plant", -4.3, 2.7)
    p.at("cactus plant", 6.2, 6.0, 0.8, scale=1.5)
    p.at("cactus plant", -8.2, 9.5, 0.4, scale=1.2)
    p.at("rock", 3.9, 2.1, 0.5, scale=1.2, colour="wall")
    p.at("rock", -6.3, 4.6, 1.4, scale=2.2, colour="wall")
    p.at("rock", 8.4, 10.5, 2.2, scale=3.2, colour="wall")
    p.at("bare tree", 4.9, 4.4, scale=0.8)
    p.at("log", -2.8, 3.4, 0.4, scale=0.7)
    for _ in range(9):
        p.at("grass tuft", p.chance.between(-7, 7), p.chance.between(1.8, 7), colour="#a8935a")


@kind(
    "graveyard", "cemetery,churchyard,grave,burial ground,memorial", False, (12, 9, 0),
    ("8f887e 5f6a50 a59a86 7a3a3a 4f5f6b", "85807f 6a6b4c ada08c 3f5a5f 7a5a6a"),
)  # fmt: skip
def graveyard(p: Plan) -> None:
    p.surfaces = {"ground": "grass", "haze": 1.8}
    p.bump(-8, 16, 14, 9, 1.8)
    p.patch([(-1.1, -16), (1.1, -16), (1.0, 3), (3.2, 14), (2.0, 14), (-0.7, 4)], "sand", "trim", 0.0, 0.012, "path")
    p.at("church tower", 3.0, 20, -0.15, colour="wall")
    for row in range(4):
        for k in range(3):
            for side in (-1, 1):
                x = side * (2.6 + 1.9 * k) + p.chance.between(-0.2, 0.2) + 0.35 * row
                p.at(
                    "gravestone", x, 1.8 + 2.1 * row + p.chance.between(-0.2, 0.2), p.chance.between(-0.25, 0.25), scale=p.chance.between(0.85, 1.15)
                )
    p.at("bare tree", -5.4, 5.0, scale=1.25)
    p.at("bare tree", 8.6, 8.6, 1.8, scale=1.4)
    p.at("statue", -1.9, 5.9, 0.2, scale=0.95, name="angel")
    p.at("gate", 0.2, 9.6)
    p.at("flowers", -2.6, 1.4)
    p.at("flowers", 3.0, 1.35, colour="#d9d0bd")
    for x in (-6.4, -3.8, 4.4, 7.0):
        p.at("stone wall", x, 10.6)
    wood_round(p, "pine", 8, 17, 27)
    p.at("streetlamp", 2.2, 3.1)


@kind(
    "snowfield", "snow,tundra,arctic,ice,glacier,frozen lake,ski slope,snowy field,north pole,winter forest", False, (14, 10, 0),
    ("7a4a3a dfe4ea c9d2dc a8402f 5f7f96", "5f5a62 e4e6ea cfd6de c2843a 4a6a80"),
)  # fmt: skip
def snowfield(p: Plan) -> None:
    p.surfaces = {"ground": "snow", "snow": True}
    p.bump(-13, 13, 13, 8, 2.4)
    p.bump(13, 18, 16, 9, 3.2)
    p.bump(-3.6, 3.6, 3, 2, 0.35)
    for x, y, s in ((-24.0, 56.0, 1.1), (10.0, 66.0, 1.4), (36.0, 58.0, 1.0)):
        p.at("mountain", x, y, z=-1, scale=s, colour="#8d9db4")
    p.at("cottage", -6.2, 11.0, 0.3, scale=0.9, colour="wall", name="cabin")
    wood_round(p, "pine", 14, 8.5, 22, colour="#5f7a76")
    p.at("bare tree", 4.2, 3.4)
    p.at("fence", -3.8, 3.0, 0.2)
    p.at("fence", -6.1, 2.5, 0.25)
    p.at("rock", 3.3, 1.8, 0.5, scale=0.8, colour="#a9b4c0")
    p.at("log", -2.4, 1.7, 0.3, scale=0.7)
    p.at("streetlamp", 2.6, 4.4)
    p.at("cart", 5.6, 0.9, 0.6, scale=0.8, name="sledge")
