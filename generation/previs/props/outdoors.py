"""What stands outside: street furniture, tools, fire, stones people have set."""

from __future__ import annotations

import itertools
import math

from generation.previs.palette import (
    BLACK,
    BRASS,
    CREAM,
    DARK_WOOD,
    FLAME,
    IRON,
    LAMP,
    PAPER,
    RED,
    STEEL,
    STONE,
    WHITE,
    WOOD,
    cloth,
    glow,
    metal,
    paint,
    shade,
    wood,
)
from generation.previs.props.model import Glow, Model, prop

BARK = "#6b4c35"


@prop("fence", "railing,wooden fence,picket fence,fences", (2.4, 0.12, 1.0), "ground", "#cfc6b2")
def fence(m: Model) -> None:
    for z in (0.32, 0.72):
        m.box((2.4, 0.035, 0.09), (0, 0.02, z), wood(m.colour), 0)
    for k in range(9):
        x = -1.12 + k * 0.28
        m.plate([(x - 0.05, 0), (x + 0.05, 0), (x + 0.05, 0.88), (x, 0.98), (x - 0.05, 0.88)], 0.03, (0, -0.015, 0), wood(m.colour))


@prop("stone wall", "low wall,garden wall,parapet", (2.6, 0.4, 0.75), "ground", "#8f8a80", seats=((0, -0.05, 0.75),))
def stone_wall(m: Model) -> None:
    m.box((2.6, 0.36, 0.66), (0, 0, 0), paint(m.colour, "cobble", scale=0.35), 0.03)
    m.box((2.66, 0.44, 0.1), (0, 0, 0.65), paint(shade(m.colour, 1.15), "plaster"), 0.035)


@prop("well", "wishing well,water well", (1.4, 1.4, 2.3), "ground", STONE)
def well(m: Model) -> None:
    m.lathe([(0.62, 0), (0.62, 0.78), (0.66, 0.86), (0.5, 0.88), (0.48, 0.3)], (0, 0, 0), paint(m.colour, "cobble", scale=0.35), 16)
    m.cyl(0.48, 0.02, (0, 0, 0.4), paint("#2f4a52", gloss=0.9), segments=14)
    for x in (-0.58, 0.58):
        m.box((0.1, 0.1, 1.5), (x, 0, 0.6), wood(WOOD), 0.02)
    m.rod((-0.6, 0, 1.5), (0.72, 0, 1.5), 0.05, wood(DARK_WOOD))
    for side in (-1, 1):
        m.box((1.6, 0.74, 0.05), (0, side * 0.3, 1.98), paint("#8a4a38"), 0.02, roll=-side * 0.6)


@prop("tent", "marquee,canvas tent,camp", (2.4, 2.2, 1.7), "ground", "#b98a4a")
def tent(m: Model) -> None:
    m.plate([(-1.15, 0), (1.15, 0), (0, 1.6)], 2.1, (0, 0, 0), cloth(m.colour))
    m.plate([(-0.4, 0), (0.4, 0), (0, 1.35)], 0.02, (0, -1.06, 0), paint("#2f2a26"))
    for y in (-1.08, 1.08):
        m.tube((0, y, 0), (0, y, 1.75), 0.03, wood(WOOD))
        m.rod((0, y, 1.6), (0, y * 1.7, 0), 0.01, paint(CREAM), segments=4)


@prop("fire", "campfire,bonfire,flames,embers", (0.9, 0.9, 0.9), "ground", FLAME, glow=Glow((0, 0, 0.6), "#ff8f3f", 3.2, 5.0, True))
def fire(m: Model) -> None:
    for k in range(5):
        a = k * 1.257
        m.rod((0.4 * math.cos(a), 0.4 * math.sin(a), 0.05), (0.05 * math.cos(a + 1), 0.05 * math.sin(a + 1), 0.34), 0.055, wood("#4a3020"))
    for k in range(9):
        a = k * 0.698
        m.ball(0.1, (0.5 * math.cos(a), 0.5 * math.sin(a), 0.05), paint(STONE), 7, 5)
    for k in range(6):
        a = k * 2.4
        m.lathe(
            [(0.1, 0), (0.11, 0.08), (0.05, 0.3), (0, 0.46 + 0.05 * k)],
            (0.12 * math.cos(a), 0.12 * math.sin(a), 0.1),
            glow(("#ff6a22", "#ffa63c", "#ffd070")[k % 3], 3.2),
            7,
        )


@prop("fountain", "water fountain,basin fountain", (3.0, 3.0, 2.2), "ground", "#a09a90")
def fountain(m: Model) -> None:
    stone = paint(m.colour, "plaster")
    m.lathe([(1.5, 0), (1.5, 0.42), (1.56, 0.5), (1.32, 0.52), (1.3, 0.3)], (0, 0, 0), stone, 20)
    m.cyl(1.32, 0.02, (0, 0, 0.36), paint("#6fa3ad", "water", gloss=0.9), segments=20)
    m.lathe(
        [(0.28, 0.3), (0.16, 0.6), (0.16, 1.1), (0.62, 1.34), (0.66, 1.42), (0.5, 1.4), (0.1, 1.36), (0.1, 1.8), (0.26, 1.95), (0, 2.0)],
        (0, 0, 0),
        stone,
        14,
    )
    for k in range(8):
        a = k * math.pi / 4
        m.rod(
            (0.62 * math.cos(a), 0.62 * math.sin(a), 1.4),
            (0.85 * math.cos(a), 0.85 * math.sin(a), 0.42),
            0.025,
            paint("#cfe3e6", gloss=0.9),
            segments=5,
        )


@prop(
    "streetlamp",
    "street lamp,lamppost,lamp post,street light,streetlight,lamps",
    (0.4, 0.4, 3.6),
    "ground",
    IRON,
    glow=Glow((0, 0, 3.15), "#ffc983", 3.4, 5.5),
)
def streetlamp(m: Model) -> None:
    iron = metal(m.colour)
    m.lathe([(0, 0), (0.16, 0), (0.16, 0.12), (0.08, 0.3), (0.05, 0.9), (0.042, 3.0), (0.1, 3.1)], (0, 0, 0), iron, 10)
    m.lathe([(0.08, 3.1), (0.17, 3.48)], (0, 0, 0), glow("#ffdca0", 4.5) if m.lit else paint("#d9dccf", gloss=0.7), 8)
    m.lathe([(0.21, 3.47), (0.1, 3.62), (0.03, 3.64), (0.03, 3.74), (0, 3.74)], (0, 0, 0), iron, 8)
    m.rod((-0.25, 0, 2.75), (0.25, 0, 2.75), 0.02, iron)


@prop("sign", "signpost,road sign,notice,signboard,billboard,shop sign,milestone", (0.9, 0.16, 2.2), "ground", "#3f6285")
def sign(m: Model) -> None:
    m.tube((0, 0, 0), (0, 0, 2.2), 0.04, wood(DARK_WOOD))
    for z, side in ((1.85, 1), (1.52, -1)):
        m.plate(
            [(side * -0.2, z), (side * 0.45, z), (side * 0.6, z + 0.13), (side * 0.45, z + 0.26), (side * -0.2, z + 0.26)],
            0.04,
            (0, -0.05, 0),
            paint(m.colour),
        )
        m.box((0.46, 0.01, 0.05), (side * 0.14, -0.075, z + 0.105), paint(CREAM), 0)


@prop("flag", "banner,pennant,flags,flagpole", (0.9, 0.1, 3.4), "ground", RED)
def flag(m: Model) -> None:
    m.tube((0, 0, 0), (0, 0, 3.4), 0.03, wood(CREAM))
    m.ball(0.06, (0, 0, 3.42), metal(BRASS, 0.8), 8, 5)
    for k in range(4):
        m.box(
            (0.27, 0.02, 0.66),
            (0.15 + 0.24 * k, 0.03 * math.sin(k * 1.6), 2.66 + 0.012 * k),
            cloth(shade(m.colour, 1 - 0.07 * (k % 2))),
            0.004,
            yaw=0.35 * math.cos(k * 1.6),
        )


@prop("gravestone", "headstone,tombstone,grave,graves,tomb,gravestones,cross", (0.7, 0.3, 1.1), "ground", "#85837f")
def gravestone(m: Model) -> None:
    stone = paint(m.colour, "plaster", scale=0.5)
    kind = m.chance.whole(3)
    m.box((0.8, 0.34, 0.12), (0, 0, 0), stone, 0.03)
    if kind == 0:
        m.box((0.17, 0.14, 1.15), (0, 0, 0.1), stone, 0.03)
        m.box((0.62, 0.14, 0.17), (0, 0, 0.78), stone, 0.03)
        return
    top = 0.95 if kind == 1 else 0.8
    head = [(0.32 * math.cos(k * math.pi / 8), top - 0.25 + 0.28 * math.sin(k * math.pi / 8)) for k in range(9)]
    m.plate([(-0.32, 0.1), (0.32, 0.1), *head], 0.15, (0, 0, 0), stone)
    m.box((0.36, 0.02, 0.03), (0, -0.08, 0.62), paint(shade(m.colour, 0.7)), 0)
    m.box((0.26, 0.02, 0.03), (0, -0.08, 0.52), paint(shade(m.colour, 0.7)), 0)


@prop(
    "crate",
    "wooden crate,crates,pallet,packing case,fish box,fish boxes",
    (0.7, 0.6, 0.6),
    "floor",
    "#9a7448",
    seats=((0, 0, 0.58),),
    surface=(0.58, 0.2, 0.16),
)
def crate(m: Model) -> None:
    m.box((0.66, 0.56, 0.56), (0, 0, 0.01), wood(shade(m.colour, 0.75)), 0)
    for z in (0.0, 0.2, 0.4):
        m.box((0.7, 0.6, 0.15), (0, 0, z + 0.01), wood(m.colour), 0.012)
    for x in (-0.32, 0.32):
        m.box((0.06, 0.62, 0.58), (x, 0, 0), wood(shade(m.colour, 0.85)), 0.01)


@prop(
    "barrel",
    "cask,keg,drum,oil drum,barrels,dustbin,trash can,bin,garbage can,bollard,trashcan",
    (0.62, 0.62, 0.9),
    "floor",
    "#7d5a38",
    surface=(0.88, 0.14, 0.14),
)
def barrel(m: Model) -> None:
    m.lathe([(0, 0), (0.24, 0), (0.3, 0.25), (0.31, 0.44), (0.3, 0.63), (0.24, 0.88), (0.22, 0.85), (0, 0.85)], (0, 0, 0), wood(m.colour), 14)
    for z, r in ((0.1, 0.272), (0.3, 0.307), (0.58, 0.307), (0.78, 0.272)):
        m.lathe([(r, z - 0.025), (r + 0.006, z), (r, z + 0.025)], (0, 0, 0), metal(IRON), 14)


@prop("bucket", "pail,watering can,buckets", (0.32, 0.32, 0.34), "floor", STEEL, holdable=True, solid=False)
def bucket(m: Model) -> None:
    m.lathe([(0, 0), (0.11, 0), (0.15, 0.3), (0.16, 0.31), (0.14, 0.31), (0.1, 0.03)], (0, 0, 0), metal(m.colour, 0.6), 12)
    for a, b in (((-0.15, 0, 0.29), (-0.1, 0, 0.42)), ((-0.1, 0, 0.42), (0.1, 0, 0.42)), ((0.1, 0, 0.42), (0.15, 0, 0.29))):
        m.rod(a, b, 0.008, metal(IRON), segments=4)


@prop(
    "broom",
    "mop,rake,spade,shovel,pitchfork,hoe,brush,oar,paddle,fishing rod,pole,walking stick,cane,stick,spear,staff",
    (0.34, 0.1, 1.5),
    "floor",
    "#c79a5a",
    holdable=True,
    solid=False,
)
def broom(m: Model) -> None:
    m.tube((0, 0, 0.28), (0, 0, 1.5), 0.016, wood(WOOD))
    m.lathe([(0.13, 0), (0.1, 0.14), (0.03, 0.3), (0, 0.31)], (0, 0, 0), paint(m.colour, "wood", scale=0.1), 8)


@prop("axe", "hatchet,hammer,saw,wrench,pickaxe,tool,tools,spanner,screwdriver,crowbar,drill", (0.3, 0.06, 0.8), "table", WOOD, holdable=True)
def axe(m: Model) -> None:
    m.rod((-0.35, 0, 0.03), (0.35, 0, 0.03), 0.02, wood(m.colour))
    m.slab([(0.24, -0.02), (0.38, -0.02), (0.4, 0.16), (0.31, 0.18), (0.22, 0.16)], 0.035, (0, 0, 0.012), metal(STEEL, 0.8))


@prop("rope", "coil of rope,chain,cable,hose,net,fishing net,nets,ropes", (0.6, 0.6, 0.2), "floor", "#b79a68", holdable=True, solid=False)
def rope(m: Model) -> None:
    for k in range(3):
        m.ring(0.25 - 0.015 * k, 0.035, (0.012 * k, 0.01 * k, 0.035 + 0.058 * k), paint(m.colour, "fabric", scale=0.06), segments=14)
    m.rod((0.24, 0.05, 0.04), (0.46, -0.24, 0.03), 0.03, paint(m.colour, "fabric", scale=0.06))


@prop("ladder", "stepladder,step ladder", (0.5, 0.5, 2.3), "wall", WOOD)
def ladder(m: Model) -> None:
    for x in (-0.22, 0.22):
        m.rod((x, -0.22, 0), (x, 0.2, 2.3), 0.03, wood(m.colour))
    for k in range(7):
        z = 0.3 + 0.3 * k
        m.rod((-0.22, -0.22 + 0.42 * z / 2.3, z), (0.22, -0.22 + 0.42 * z / 2.3, z), 0.02, wood(m.colour))


@prop("umbrella", "parasol,sunshade,umbrellas", (1.0, 1.0, 0.9), "floor", "#8f3a3a", holdable=True, solid=False)
def umbrella(m: Model) -> None:
    m.lathe([(0.5, 0.62), (0.42, 0.76), (0.24, 0.87), (0, 0.92)], (0, 0, 0), cloth(m.colour), 8)
    m.lathe([(0, 0.91), (0.24, 0.86), (0.42, 0.75), (0.5, 0.62)], (0, 0, 0), cloth(shade(m.colour, 0.7)), 8)
    m.tube((0, 0, 0.04), (0, 0, 1.0), 0.012, metal(IRON))
    m.rod((0, 0, 0.04), (0.07, 0, 0.02), 0.016, wood(WOOD))


@prop("scarecrow", "mannequin,dummy,snowman", (1.2, 0.3, 1.9), "ground", "#8a6b4a")
def scarecrow(m: Model) -> None:
    m.tube((0, 0, 0), (0, 0, 1.5), 0.04, wood(WOOD))
    m.rod((-0.7, 0, 1.25), (0.7, 0, 1.25), 0.03, wood(WOOD))
    m.lathe([(0.3, 0.6), (0.2, 1.1), (0.24, 1.32), (0.06, 1.42)], (0, 0, 0), cloth(m.colour), 9)
    for x in (-1, 1):
        m.rod((x * 0.1, 0, 1.25), (x * 0.55, 0, 1.22), 0.09, cloth(m.colour))
    m.ball(0.14, (0, 0, 1.55), cloth("#d2b98a"))
    m.cyl(0.27, 0.03, (0, 0, 1.62), cloth("#5b4a30"), segments=12)
    m.cyl(0.15, 0.16, (0, 0, 1.63), cloth("#5b4a30"), top=0.1)


@prop("postbox", "mailbox,letterbox,pillar box,phone booth,telephone box,phone box", (0.55, 0.55, 1.6), "ground", RED)
def postbox(m: Model) -> None:
    m.lathe(
        [(0, 0), (0.28, 0), (0.28, 0.1), (0.25, 0.12), (0.25, 1.35), (0.29, 1.38), (0.29, 1.44), (0.2, 1.55), (0, 1.58)],
        (0, 0, 0),
        paint(m.colour, gloss=0.5),
        16,
    )
    m.box((0.24, 0.04, 0.05), (0, -0.24, 1.2), paint(BLACK), 0)
    m.box((0.16, 0.03, 0.2), (0, -0.245, 0.86), paint(PAPER), 0.005)


@prop("stall", "market stall,stand,kiosk,booth,market stand,newsstand", (2.2, 1.3, 2.4), "ground", "#a8402f", surface=(0.92, 0.9, 0.3))
def stall(m: Model) -> None:
    m.box((2.1, 0.9, 0.86), (0, 0.1, 0), wood("#8a6238"), 0.02)
    m.box((2.2, 1.0, 0.06), (0, 0.1, 0.86), wood("#9a7448"), 0.02)
    for x in (-1.02, 1.02):
        for y, z in ((-0.45, 2.05), (0.55, 2.35)):
            m.tube((x, y, 0), (x, y, z), 0.035, wood(WOOD))
    for k in range(8):
        m.box((0.29, 1.4, 0.035), (-1.0 + k * 0.286, 0.0, 2.22), cloth(m.colour if k % 2 else WHITE), 0, roll=0.3)
    for k in range(6):
        colour = m.chance.of(("#a8402f", "#cf7a34", "#5d7a52", "#d9b04a", "#6a4f7d"))
        for j in range(4):
            m.ball(0.07, (-0.85 + 0.34 * k + 0.08 * (j % 2), -0.15 + 0.1 * j, 0.97), paint(colour), 7, 5)


@prop(
    "lamp string",
    "string lights,fairy lights,lights,garland,bunting,lanterns",
    (5.0, 0.3, 0.6),
    "ceiling",
    LAMP,
    glow=Glow((0, 0, 0), "#ffc27a", 1.4, 3.6),
    hang=2.7,
    solid=False,
)
def lamp_string(m: Model) -> None:
    points = [(-2.5 + 0.5 * k, 0, 0.5 * ((k - 5) / 5) ** 2) for k in range(11)]
    for p, q in itertools.pairwise(points):
        m.tube(p, q, 0.008, paint(BLACK), segments=4)
    for x, y, z in points:
        m.ball(0.05, (x, y, z - 0.06), glow("#ffd08a", 4.0) if m.lit else paint(CREAM), 7, 5)
