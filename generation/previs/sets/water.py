"""Where land and water meet, and the open sea."""

from __future__ import annotations

import math

from generation.previs.sets.plan import Plan, kind


@kind(
    "coast",
    "beach,shore,seaside,cliff,cliffs,headland,island,lighthouse,"
    "ocean,sea,cove,bay,sands,cliff top,clifftop,rocks by the sea",
    False, (12, 9, 0),
    ("e9e2d4 7a7d52 c2ab82 b5432f 3f6272", "e2dccb 86814f cbb389 2f5a78 4a6f78"),
)  # fmt: skip
def coast(p: Plan) -> None:
    p.surfaces = {"ground": "grass", "water": -1.0}
    p.surfaces["base"] = -1.9
    p.bump(0, 1.0, 13, 10, 1.9, 0.55)
    p.bump(4, 13.5, 13, 9, 3.6, 0.25)
    p.at("lighthouse", 4.4, 13.0, colour="accent")
    p.at("cottage", -0.6, 13.4, 0.25, scale=0.9, name="keeper's house")
    for k in range(11):
        p.at("rock", -0.9 + k * 0.42, 2.4 + k * 0.75, 0.4 + k, scale=0.33, colour="trim", name="path")["solid"] = False
    p.ring("rock", 15, 8.6, (0, 1.6), (-0.55, math.pi + 0.55), scale=1.25, colour="#55545a")
    p.at("rock", -3.6, 2.2, 0.7)
    p.at("rock", 3.9, 0.6, 2.0, scale=0.7)
    p.at("boat", -8.6, 3.4, 0.5, z=-1.2, colour="second")
    p.at("fence", 3.6, 3.4, 0.35)
    p.at("fence", 5.7, 4.2, 0.4)
    for _ in range(12):
        p.at("grass tuft", p.chance.between(-5, 6), p.chance.between(1.8, 7))
    p.at("mountain", -34, 62, z=-2.5, scale=0.55)
    p.at("mountain", 28, 70, z=-2.5, scale=0.4)


@kind(
    "harbour", "harbor,pier,dock,docks,port,wharf,quay,jetty,marina,fishing village,shipyard,boardwalk,ship deck,deck", False, (13, 6.4, 0),
    ("8a6248 7d7468 d9cdb4 a8402f 3f5f72", "7a8288 776f64 e2d6bc c2843a 2f5a66"),
)  # fmt: skip
def harbour(p: Plan) -> None:
    p.surfaces = {"ground": "none", "water": -0.62}
    p.strip(-40, -14, 40, 2.4, "cobble", "floor", -1.6, 1.6, "quay")
    p.strip(-40, 2.1, 40, 2.42, "plain", "trim", 0.0, 0.09, "edge")
    p.at("pier", 4.2, 8.4, z=0.02)
    p.at("boat", -3.4, 4.4, 0.08, z=-0.82, scale=1.4, colour="accent")
    p.at("boat", 0.6, 5.6, -0.25, z=-0.82, scale=1.15, colour="second")
    p.at("boat", 8.2, 7.5, 1.2, z=-0.82, scale=1.2, colour="trim")
    p.at("harbour crane", -10.5, 0.4, 0.2, scale=0.9)
    for k, (x, y) in enumerate(((-5.2, 1.2), (-5.9, 1.0), (-5.5, 1.2))):
        p.at("crate", x, y, 0.3 * k, z=0.58 if k == 2 else 0.0)
    p.at("barrel", 3.5, 1.3)
    p.at("barrel", 4.2, 1.0)
    p.at("rope", -2.1, 1.4)
    p.at("anchor", 6.4, 1.2, 0.3)
    p.at("streetlamp", -3.7, 1.6)
    p.at("streetlamp", 5.4, 1.7)
    p.at("rope", 2.5, 1.6, scale=0.9, name="net")
    p.at("lighthouse", -20, 33, z=-1, scale=0.8)
    p.at("rock", -20, 33, z=-1.6, scale=4.5)
    p.at("hill", 16, 46, z=-1.6)
    for k, x in enumerate((-14, -9.4, 9.2, 13.8)):
        p.at("town house", x, -12 if k % 2 else -12.4, math.pi, colour=("wall", "second", "accent")[k % 3])
    for k, x in enumerate((9, 13.7, 18.5)):
        p.at("cottage", x * 1.3, 36 + k, -0.15, z=0.4, colour=("trim", "accent", "second")[k])


@kind(
    "lake", "pond,lakeside,lakeshore,reservoir,marsh,wetlands,waterfall,river bank,fishing spot", False, (13, 6.4, 0),
    ("8a6248 6f7a4c b59a6e a8402f 4f7482", "7a6a58 7c7d4a bda274 c2843a 3f6a78"),
)  # fmt: skip
def lake(p: Plan) -> None:
    p.surfaces = {"ground": "grass", "water": -0.42}
    p.bump(0, 20, 46, 17, -2.4, 0.6)
    p.bump(-30, 46, 26, 14, 5.0)
    p.bump(28, 50, 26, 14, 6.0)
    p.at("pier", 2.9, 8.2, z=0.06, scale=0.85)
    p.at("boat", 0.3, 6.4, 0.9, z=-0.65, colour="accent")
    p.at("birch", -5.0, 2.4)
    p.at("birch", -6.4, 3.0, scale=0.85)
    p.at("tree", 7.6, 2.8, scale=1.05)
    p.at("bench", -2.2, 2.0, 0.1)
    p.at("rock", 5.2, 2.5, 0.4, scale=0.8)
    for x, y in ((-3.8, 3.2), (-3.2, 3.7), (4.4, 3.6), (5.4, 3.8), (-7.2, 3.9), (0.2, 3.6), (-1.0, 3.9)):
        p.at("grass tuft", x, y, scale=1.5, colour="#8f9a5a")
    p.at("cottage", -19, 31, 0.3, z=0.2, name="boathouse")
    for k in range(16):
        p.at("pine", -34 + 4.6 * k + p.chance.between(-1.5, 1.5), 38 + p.chance.between(0, 5), scale=p.chance.between(0.9, 1.4))
    for x, s in ((-24, 0.9), (18, 1.1)):
        p.at("mountain", x, 68, z=-1, scale=s, colour="#7a8698")
    p.at("lantern", -1.2, 1.2)
