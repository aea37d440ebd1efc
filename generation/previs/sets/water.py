"""Where land and water meet, and the open sea."""

from __future__ import annotations

import math

from generation.previs.palette import mix, shade
from generation.previs.props.afloat import KEEL, STATIONS, ends, half_beam
from generation.previs.sets.plan import Plan, kind

TURN = math.pi / 2


@kind(
    "coast",
    "cliff,cliffs,headland,island,lighthouse,cove,bay,cliff top,clifftop,rocks by the sea,sea cave,tide pool,rock pool",
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
    "harbour",
    "harbor,pier,dock,docks,port,wharf,quay,jetty,marina,fishing village,shipyard,boardwalk,"
    "sea wall,seawall,sea front,seafront,breakwater,esplanade",
    False, (13, 6.4, 0),
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


def gulls(p: Plan, count: int) -> None:
    """Gulls on the wing behind the acting area, clear of the heads of those below."""
    for k in range(count):
        x, y, z = p.chance.between(-9, 9), p.chance.between(7, 20), p.chance.between(4.4, 8.0)
        p.at("seagull", x, y, p.chance.between(0, 6.28), z=z, scale=p.chance.between(0.85, 1.15), name="gull" if k else "gulls")


def wavy(p: Plan, near: float, far: float, sway: float) -> list[tuple[float, float]]:
    """A band from side to side whose seaward edge swings as a spent wave's does."""
    steps = 30
    xs = [-45 + 90 * k / steps for k in range(steps + 1)]
    start = p.chance.between(0, 6.28)
    edge = [(x, far + sway * (math.sin(0.55 * x + start) + 0.6 * math.sin(1.37 * x + 2 * start))) for x in xs]
    return [(xs[0], near), (xs[-1], near), *reversed(edge)]


@kind(
    "beach",
    "shore,seashore,sea shore,seaside,sands,strand,surf,tide line,tideline,water's edge,waterside,shoreline,shingle,sandbank,"
    "by the sea,by the ocean,near the sea,beside the sea,overlooking the sea,edge of the sea,beach dunes,beach house,beach hut,shipwreck,wreck",
    False, (14, 7.2, 0),
    ("e9e2d4 d8be93 c4a878 b5432f 3f7280", "e2dccb cdb48c b89a70 2f6f86 4a7f86", "e6dccb d4b98f bda27a c2843a 44758a"),
)  # fmt: skip
def beach(p: Plan) -> None:
    level = -0.36
    p.surfaces = {"ground": "sand", "water": level, "wide": 17.0, "sun over water": 157}
    p.bump(0, 64, 190, 62, -2.4, 0.82)
    p.bump(-17, 1.5, 9.5, 6.5, 2.3)
    p.bump(16, -1.0, 9, 7, 2.0)
    p.bump(-4, -42, 90, 17, 3.4)
    p.patch(wavy(p, 3.4, 5.5, 0.22), "sand", mix(p.palette["floor"], "#5a4a3a", 0.42), level - 0.04, 0.1, "wet sand")
    p.patch(wavy(p, 3.4, 6.3, 0.26), "water", mix(p.palette["second"], "#eef3f2", 0.78), level - 0.04, 0.075, "foam")
    p.patch(wavy(p, 3.4, 7.4, 0.35), "water", mix(p.palette["second"], "#dfeceb", 0.3), level - 0.04, 0.055, "shallows")
    p.at("boat", 3.7, 2.3, 0.42, z=-0.14, colour="accent", scale=1.25)
    p.at("rope", 2.15, 1.75)
    p.at("driftwood", -3.3, 1.5, 0.3)
    p.at("groyne", -8.6, 6.0, 0.05, z=-0.3)
    p.at("beach hut", -7.4, 1.5, 0.62, colour="accent")
    p.at("beach hut", -10.0, 0.4, 0.75, colour="second")
    p.at("rock", 6.6, 3.9, 0.4, scale=0.9)
    p.at("rock", 7.9, 4.6, 1.4, scale=1.5)
    p.at("rock", 9.6, 6.4, 2.1, scale=2.0)
    p.at("crate", 5.6, 0.9, 0.5)
    p.at("bucket", -2.2, 0.9)
    for x, y in (
        (-5.6, 1.9),
        (-6.1, 0.2),
        (-8.8, -0.6),
        (-9.2, 2.2),
        (-5.9, -1.3),
        (8.8, 0.3),
        (9.4, 1.6),
        (7.9, -0.9),
        (10.2, -1.2),
        (8.2, 1.9),
        (-11.5, 2.6),
    ):
        p.at("grass tuft", x + p.chance.between(-0.3, 0.3), y, p.chance.between(0, 3), scale=p.chance.between(1.0, 1.5), colour="#9a9560")
    for k in range(10):  # on the dunes at the sides, which faces that look out to sea have behind them
        x, y = p.chance.between(8.0, 15.0) * (-1) ** k, p.chance.between(-9.0, 1.0)
        p.at("grass tuft", x, y, p.chance.between(0, 3), scale=p.chance.between(1.2, 1.9), colour="#8f8a58")
    for k in range(8):
        x, y = p.chance.between(4.5, 13) * (-1) ** k, p.chance.between(-24, -13)
        p.at("grass tuft", x, y, p.chance.between(0, 3), scale=p.chance.between(1.6, 2.4), colour="#9a9560")
    for x in (-11.0, -2.6, 6.4):
        p.at("bush", x, -33.0 + p.chance.between(-2, 2), scale=1.6, colour="#7d8456")
    p.at("cottage", 12.5, -36.0, 2.8)
    for x in (9.6, 12.0):
        p.at("fence", x, 2.6 - 0.35 * (x - 9.6), -0.15, colour="trim")
    p.at("hill", 46, 62, -0.2, z=-1.2, scale=1.3)
    p.at("hill", -58, 96, 0.15, z=-1.4, scale=1.6, colour="#76805f")
    p.at("distant boat", -14, 58, z=level - 0.1)
    gulls(p, 5)


@kind(
    "open sea",
    "sea,seas,high seas,at sea,ocean,on the water,afloat,aboard,on board,deck,ship deck,ship's deck,foredeck,quarterdeck,upper deck,main deck",
    False, (9, 5.75, 0),
    ("e7d9bd a87c50 d9c7a2 2f5f86 2f6276", "e2dccb 9a7048 dccfb2 8f3a34 2c5a70", "e7dcc4 a27a52 d2bf9a 3f6b62 35647a"),
    mirrored=False,
    names="boat,rowing boat,rowboat,sailing boat,sailboat,fishing boat,lifeboat,motorboat,ferry,ship,raft,"
    "yacht,trawler,dinghy,canoe,schooner,barge,submarine",
)  # fmt: skip
def open_sea(p: Plan) -> None:
    """A fishing boat with its bow to the right: people are on its deck between the wheelhouse and the foremast, cameras mostly outside."""
    level, middle = -1.1, 0.1
    p.surfaces = {"ground": "none", "water": level, "open": True, "wide": 29.0, "sun over water": 157}
    p.surfaces["exits"] = [["wheelhouse door", -4.0, -0.6, -5.6, -0.6]]
    for k in range(13):
        low, high = -2.9 + 5.8 * k / 13, -2.9 + 5.8 * (k + 1) / 13
        (s0, b0), (s1, b1) = ends(low), ends(high)
        plank = [(s0 + 0.06, middle + low), (b0 - 0.1, middle + low), (b1 - 0.1, middle + high), (s1 + 0.06, middle + high)]
        p.patch(plank, "wood", shade(p.palette["floor"], (1.0, 0.93, 1.05, 0.97)[k % 4]), -0.05, 0.05, "deck")
    p.at("hull", 0.0, middle, z=-KEEL, colour="accent", name="boat")["solid"] = False
    for x in (-3.75, -1.25, 1.25, 3.75):
        p.at("bulwark", x, middle + 2.8, 0.0, name="rail")
        p.at("gunwale", x, middle - 2.8, math.pi)
    p.at("wheelhouse", -6.6, middle, colour="wall")
    p.at("mast", -6.6, middle, z=2.3, scale=0.8, name="mizzen mast")
    p.at("mizzen sail", -6.7, middle, z=2.5, scale=0.95, colour="trim")
    p.at("mast", 5.5, middle)
    p.at("foresail", 5.5, middle, colour="trim", name="sail")
    p.at("lifebuoy", -4.98, middle + 0.63, TURN, z=0.8, colour="accent", scale=0.85)["words"] = ["lifebelt"]
    p.at("bench", -1.7, 2.3)
    p.at("crate", 2.5, 1.9, 0.15)
    p.on("lantern", "crate", 0.05)
    p.at("crate", 3.4, 2.1, -0.3, scale=0.9)
    p.at("barrel", -3.8, 2.2, scale=0.9)
    p.at("rope", 1.2, 2.2)
    p.at("rope", -3.3, -2.05, 0.7, scale=0.9, name="net")
    p.at("bucket", 3.6, 0.9)
    p.at("anchor", 7.4, 0.9, 0.5, scale=0.9)
    foam = [(x * 0.99 + (0.5 if x > 0 else -0.25), half_beam(x) * 0.95 + 0.3) for x, _ in STATIONS]
    ring = [(x, middle + y) for x, y in foam] + [(x, middle - y) for x, y in reversed(foam)]
    p.patch(ring, "water", mix(p.palette["second"], "#eef3f2", 0.5), level, 0.02, "foam")
    for side in (-1, 1):
        wake = [(-9.4, 1.2), (-9.4, 2.2), (-17.0, 3.6), (-30.0, 5.2), (-17.0, 2.7)]
        p.patch([(x, middle + side * y) for x, y in wake], "water", mix(p.palette["second"], "#eef3f2", 0.3), level, 0.012, "wake")
    p.at("hill", -84, 135, 0.1, z=level - 0.4, scale=2.2, colour="#6f7f78")
    p.at("hill", -20, 170, -0.1, z=level - 0.4, scale=1.8, colour="#76858a")
    p.at("lighthouse", -52, 118, z=level, colour="accent", scale=0.8)
    p.at("rock", -52, 118, z=level - 0.5, scale=5.0)
    p.at("distant boat", 30, 76, z=level - 0.1)
    gulls(p, 6)
