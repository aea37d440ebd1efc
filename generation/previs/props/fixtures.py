"""What is built into a house: stove, sink, bath, lamps that hang, curtains, rugs, machines."""

from __future__ import annotations

import math

from generation.previs.palette import (
    BLACK,
    BRASS,
    CREAM,
    DARK_WOOD,
    FLAME,
    GLASS,
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
from generation.previs.props.small import disc


@prop(
    "pendant lamp",
    "ceiling lamp,hanging lamp,chandelier,light bulb,bulb,overhead light",
    (0.5, 0.5, 0.4),
    "ceiling",
    IRON,
    glow=Glow((0, 0, -0.06), "#ffc684", 2.4, 4.2),
    hang=1.95,
    solid=False,
)
def pendant_lamp(m: Model) -> None:
    m.lathe([(0.24, 0.0), (0.22, 0.12), (0.08, 0.2), (0, 0.2)], (0, 0, 0), metal(m.colour))
    m.lathe([(0.07, 0.19), (0.21, 0.115), (0.235, 0.0)][::-1], (0, 0, -0.002), paint(CREAM))
    m.ball(0.075, (0, 0, 0.02), glow(LAMP, 5.0) if m.lit else paint(WHITE, gloss=0.6), 10, 6)
    m.tube((0, 0, 0.2), (0, 0, 1.1), 0.009, metal(m.colour), segments=5)


@prop(
    "strip light",
    "neon light,fluorescent light,tube light",
    (1.4, 0.16, 0.1),
    "ceiling",
    "#e8f0ea",
    glow=Glow((0, 0, -0.1), "#dfeee6", 1.8, 4.2, True),
    hang=2.45,
    solid=False,
)
def strip_light(m: Model) -> None:
    m.box((1.4, 0.18, 0.06), (0, 0, 0.06), paint(STEEL), 0.015)
    m.rod((-0.62, 0, 0.03), (0.62, 0, 0.03), 0.035, glow(m.colour, 2.2))


@prop("floor lamp", "standing lamp,standard lamp", (0.44, 0.44, 1.6), "wall", "#c79a3f", glow=Glow((0, 0, 1.4), "#ffc27a", 2.0, 4.0), solid=True)
def floor_lamp(m: Model) -> None:
    m.cyl(0.17, 0.035, (0, 0, 0), metal(BLACK), top=0.14)
    m.tube((0, 0, 0.03), (0, 0, 1.4), 0.016, metal(m.colour, 0.7))
    m.lathe([(0.22, 1.25), (0.14, 1.56), (0.13, 1.56), (0.21, 1.25)], (0, 0, 0), glow("#ffcf8e", 1.5) if m.lit else cloth(CREAM), 14)


@prop("wall lamp", "sconce,wall light", (0.2, 0.24, 0.34), "hung", BRASS, glow=Glow((0, -0.25, 0.1), "#ffc27a", 1.2, 3.0), hang=1.8)
def wall_lamp(m: Model) -> None:
    m.box((0.1, 0.03, 0.2), (0, -0.015, -0.1), metal(m.colour, 0.7), 0.012)
    m.rod((0, -0.02, -0.02), (0, -0.13, -0.04), 0.012, metal(m.colour, 0.7))
    m.lathe([(0.05, 0), (0.1, 0.17), (0.09, 0.17), (0.04, 0.0)], (0, -0.14, -0.02), glow("#ffd59a", 2.2) if m.lit else paint(CREAM), 10)


@prop(
    "stove",
    "cooker,oven,wood stove,woodstove,range,woodburner,hob",
    (1.0, 0.66, 2.6),
    "wall",
    "#2f3136",
    glow=Glow((0, -0.5, 0.45), "#ff8a3c", 0.8, 2.2, True),
    surface=(0.93, 0.36, 0.16),
)
def stove(m: Model) -> None:
    iron = metal(m.colour, 0.4)
    m.box((0.98, 0.62, 0.82), (0, 0, 0.08), iron, 0.05)
    m.box((1.04, 0.68, 0.05), (0, 0, 0.88), iron, 0.02)
    m.box((0.42, 0.03, 0.26), (-0.14, -0.315, 0.42), iron, 0.012)
    m.box((0.3, 0.02, 0.15), (-0.14, -0.33, 0.47), glow(FLAME, 1.6), 0.008)
    m.box((0.22, 0.03, 0.4), (0.32, -0.315, 0.3), metal(shade(m.colour, 1.15)), 0.012)
    m.tube((-0.2, 0.12, 0.9), (-0.2, 0.12, 2.7), 0.085, iron, segments=12)
    m.ring(0.09, 0.014, (-0.2, 0.12, 1.7), iron)
    m.rod((-0.48, -0.37, 0.84), (0.48, -0.37, 0.84), 0.014, metal(BRASS, 0.8))
    m.legs(0.42, 0.24, 0.1, 0.04, iron, 0)


@prop(
    "fireplace",
    "hearth,mantelpiece,mantel,fire place,chimney",
    (1.7, 0.5, 2.6),
    "wall",
    "#8a7f76",
    glow=Glow((0, -0.6, 0.4), "#ff8436", 2.2, 3.4, True),
    surface=(1.2, 0.7, 0.1),
)
def fireplace(m: Model) -> None:
    stone = paint(m.colour, "brick", scale=0.5)
    for x in (-0.62, 0.62):
        m.box((0.4, 0.44, 1.1), (x, 0.02, 0), stone, 0.025)
    m.box((1.64, 0.44, 0.28), (0, 0.02, 0.86), stone, 0.025)
    m.box((1.8, 0.54, 0.08), (0, 0, 1.12), wood(DARK_WOOD), 0.025)
    m.box((1.2, 0.34, 1.5), (0, 0.07, 1.18), paint(m.colour, "plaster"), 0.03)
    m.box((0.9, 0.06, 0.9), (0, 0.2, 0), paint("#1d1a19"), 0)
    for k in range(3):
        m.rod((-0.24, 0.02 + 0.06 * (k % 2), 0.08 + 0.06 * k), (0.24, 0.0, 0.08 + 0.06 * (k % 2)), 0.05, wood("#4a3020"))
    for k in range(5):
        m.ball((0.07, 0.05, 0.14 + 0.06 * (k % 2)), (-0.2 + 0.1 * k, 0.02, 0.24), glow(("#ff7a2a", "#ffb347")[k % 2], 3.0), 7, 5)


@prop("sink", "kitchen sink,washbasin,basin,tap,faucet,kitchen counter,worktop", (2.4, 0.6, 0.95), "wall", CREAM, surface=(0.94, 0.45, 0.14))
def sink(m: Model) -> None:
    m.box((2.3, 0.54, 0.84), (0, 0.02, 0.04), paint(m.colour), 0.02)
    m.box((2.4, 0.62, 0.06), (0, 0, 0.88), wood(WOOD), 0.02)
    for k in range(4):
        m.box((0.52, 0.02, 0.62), (-0.85 + k * 0.567, -0.255, 0.16), paint(shade(m.colour, 0.93)), 0.009)
        m.ball(0.02, (-0.65 + k * 0.567, -0.28, 0.66), metal(BRASS), 6, 4)
    m.box((0.56, 0.4, 0.05), (0.72, -0.04, 0.92), paint(WHITE, gloss=0.6), 0.02)
    m.box((0.46, 0.3, 0.03), (0.72, -0.04, 0.95), paint("#9aa6a6", gloss=0.7), 0.01)
    m.tube((0.72, 0.2, 0.94), (0.72, 0.2, 1.2), 0.02, metal(STEEL, 0.9))
    m.rod((0.72, 0.2, 1.2), (0.72, 0.02, 1.16), 0.018, metal(STEEL, 0.9))


@prop("washstand", "bathroom sink,hand basin", (0.6, 0.5, 0.86), "wall", WHITE)
def washstand(m: Model) -> None:
    m.lathe([(0, 0), (0.14, 0), (0.08, 0.1), (0.08, 0.6), (0.12, 0.66)], (0, 0.04, 0), paint(m.colour, gloss=0.6))
    m.ball((0.3, 0.24, 0.18), (0, 0, 0.84), paint(m.colour, gloss=0.6), 14, 4, -90)
    m.cyl(0.3, 0.03, (0, 0, 0.81), paint(m.colour, gloss=0.6), segments=16)
    m.rod((0, 0.18, 0.84), (0, 0.18, 1.0), 0.018, metal(STEEL, 0.9))
    m.rod((0, 0.18, 1.0), (0, 0.06, 0.99), 0.015, metal(STEEL, 0.9))


@prop("bathtub", "bath,tub", (1.7, 0.76, 0.62), "wall", WHITE)
def bathtub(m: Model) -> None:
    outer = [(0.85 * math.cos(k * math.pi / 10), 0.38 * math.sin(k * math.pi / 10)) for k in range(20)]
    m.slab(outer, 0.5, (0, 0, 0.1), paint(m.colour, gloss=0.6))
    m.slab([(x * 1.04, y * 1.06) for x, y in outer], 0.05, (0, 0, 0.58), paint(m.colour, gloss=0.6))
    m.slab([(x * 0.9, y * 0.84) for x, y in outer], 0.012, (0, 0, 0.622), paint("#8fb6bd", gloss=0.9))
    for x in (-0.55, 0.55):
        for y in (-0.2, 0.2):
            m.ball(0.07, (x, y, 0.07), metal(BRASS, 0.8), 7, 5)
    m.rod((0.72, 0, 0.6), (0.72, 0, 0.84), 0.022, metal(BRASS, 0.8))
    m.rod((0.72, 0, 0.84), (0.56, 0, 0.82), 0.018, metal(BRASS, 0.8))


@prop("toilet", "lavatory,loo", (0.42, 0.66, 0.85), "wall", WHITE)
def toilet(m: Model) -> None:
    m.lathe([(0, 0), (0.14, 0), (0.12, 0.2), (0.21, 0.4), (0, 0.42)], (0, -0.08, 0), paint(m.colour, gloss=0.6))
    m.box((0.42, 0.2, 0.42), (0, 0.22, 0.42), paint(m.colour, gloss=0.6), 0.04)


@prop("fridge", "refrigerator,icebox,freezer", (0.78, 0.7, 1.75), "wall", "#8fb3ad")
def fridge(m: Model) -> None:
    m.box((0.76, 0.64, 1.68), (0, 0, 0.06), paint(m.colour, gloss=0.5), 0.09)
    m.box((0.72, 0.02, 0.012), (0, -0.32, 1.2), paint(BLACK), 0)
    m.rod((-0.28, -0.36, 0.8), (-0.28, -0.36, 1.1), 0.018, metal(STEEL, 0.9))
    m.rod((-0.28, -0.36, 1.28), (-0.28, -0.36, 1.45), 0.018, metal(STEEL, 0.9))


@prop("curtain", "curtains,drapes,blind,blinds,screen curtain,veil", (1.6, 0.16, 2.1), "hung", "#8f4a3a", hang=0.15)
def curtain(m: Model) -> None:
    m.rod((-0.9, -0.09, 2.15), (0.9, -0.09, 2.15), 0.018, metal(BRASS))
    for side in (-1, 1):
        for k in range(4):
            m.lathe([(0.06, 0), (0.05, 2.12)], (side * (0.84 - k * 0.085), -0.09, 0), cloth(shade(m.colour, 0.9 + 0.1 * (k % 2))), 7)


@prop("rug", "carpet,mat,doormat", (2.6, 1.7, 0.02), "rug", "#8f4a3a", solid=False)
def rug(m: Model) -> None:
    m.box((2.6, 1.7, 0.014), (0, 0, 0.002), cloth(m.colour), 0.006)
    m.box((2.3, 1.4, 0.004), (0, 0, 0.015), cloth(shade(m.colour, 1.35)), 0)
    m.box((2.1, 1.2, 0.004), (0, 0, 0.018), cloth(m.colour), 0)


@prop("blackboard", "chalkboard,whiteboard,board", (2.6, 0.1, 1.2), "hung", "#2f4a41", hang=1.0)
def blackboard(m: Model) -> None:
    m.box((2.6, 0.05, 1.25), (0, -0.03, 0), wood(WOOD), 0.02)
    m.box((2.44, 0.02, 1.1), (0, -0.055, 0.075), paint(m.colour), 0)
    for k in range(3):
        m.box((0.8 - 0.15 * k, 0.006, 0.03), (-0.6 + 0.1 * k, -0.067, 0.9 - 0.2 * k), paint("#c9d2c9"), 0)
    m.ring(0.17, 0.008, (0.65, -0.068, 0.66), paint("#c9d2c9"), roll=math.pi / 2)


@prop("medical screen", "privacy screen,folding screen,partition", (1.5, 0.3, 1.7), "wall", "#a9c2b8")
def medical_screen(m: Model) -> None:
    for k, yaw in enumerate((0.3, -0.3, 0.3)):
        m.box((0.5, 0.03, 1.5), (-0.48 + k * 0.48, 0, 0.15), cloth(m.colour), 0.012, yaw=yaw)
    for x in (-0.7, -0.24, 0.24, 0.7):
        m.tube((x, 0, 0), (x, 0, 1.7), 0.016, metal(STEEL))


@prop("drip stand", "drip,iv stand,iv drip,heart monitor,medical equipment", (0.5, 0.5, 1.8), "wall", STEEL)
def drip_stand(m: Model) -> None:
    m.tube((0, 0, 0.04), (0, 0, 1.8), 0.014, metal(m.colour))
    for k in range(4):
        m.rod((0, 0, 0.06), (0.22 * math.cos(k * 1.571), 0.22 * math.sin(k * 1.571), 0.03), 0.016, metal(m.colour))
    m.box((0.16, 0.06, 0.26), (0.08, 0, 1.5), paint("#d8e3d8", gloss=0.7), 0.028)
    m.box((0.34, 0.2, 0.26), (0, -0.05, 1.05), paint(WHITE), 0.03)
    m.box((0.26, 0.01, 0.17), (0, -0.155, 1.1), glow("#6fd0a0", 0.9), 0)


@prop("engine", "machine,machinery,generator,boiler,lathe machine,motor,pump,printing press", (1.3, 0.8, 1.3), "wall", "#4f6b5a")
def engine(m: Model) -> None:
    m.box((1.2, 0.7, 0.5), (0, 0, 0), metal(m.colour), 0.04)
    for x in (-0.3, 0.05):
        m.cyl(0.16, 0.6, (x, 0, 0.48), metal(shade(m.colour, 0.8)), segments=12)
    m.add(disc(0.36, 0.1), metal(RED), (0.42, -0.3, 0.72))
    m.add(disc(0.08, 0.16), metal(STEEL), (0.42, -0.3, 0.72))
    m.rod((-0.5, 0.1, 0.5), (-0.5, 0.1, 1.25), 0.05, metal(BRASS, 0.8))


@prop("cash register", "till,register,scales,weighing scale", (0.42, 0.4, 0.42), "table", "#5b4a3a")
def cash_register(m: Model) -> None:
    m.box((0.4, 0.36, 0.18), (0, 0, 0), metal(m.colour), 0.03)
    m.box((0.36, 0.2, 0.2), (0, 0.07, 0.17), metal(BRASS, 0.6), 0.06)
    for k in range(8):
        m.cyl(0.018, 0.02, (-0.12 + (k % 4) * 0.08, -0.12 + (k // 4) * 0.06, 0.175), paint(PAPER), segments=6)


@prop("shop shelves", "display,rack,goods,groceries,jars,cans,tins", (1.5, 0.45, 2.0), "wall", WOOD)
def shop_shelves(m: Model) -> None:
    m.box((1.5, 0.03, 2.0), (0, 0.2, 0), wood(shade(m.colour, 0.75)), 0)
    for x in (-0.73, 0.73):
        m.box((0.05, 0.42, 2.0), (x, 0, 0), wood(m.colour), 0.012)
    for row in range(5):
        z = 0.08 + row * 0.44
        m.box((1.46, 0.4, 0.035), (0, 0, z), wood(m.colour), 0.01)
        for k in range(6):
            at = (-0.58 + k * 0.23, -0.04, z + 0.035)
            colour = m.chance.of((RED, CREAM, "#3f7474", "#d9b04a", "#6a4f7d", "#5d7a52"))
            if (k + row) % 2:
                m.box((0.17, 0.2, m.chance.between(0.16, 0.3)), at, paint(colour), 0.012)
            else:
                m.lathe([(0.075, 0), (0.08, 0.2), (0.05, 0.24), (0, 0.24)], at, paint(colour, gloss=0.4), 8)


@prop("bottle shelf", "back bar,bottles,liquor", (2.4, 0.3, 1.5), "hung", DARK_WOOD, hang=1.0)
def bottle_shelf(m: Model) -> None:
    m.box((2.4, 0.03, 1.4), (0, -0.015, 0), paint("#9fb3b0", gloss=0.9), 0)
    for row in range(3):
        m.box((2.4, 0.24, 0.04), (0, -0.12, row * 0.48), wood(m.colour), 0.012)
        for k in range(11):
            colour = m.chance.of(("#3f5f45", "#b06a2c", "#7a2f2f", "#b9cfd0", "#c79a3f", "#2f4a46"))
            h = m.chance.between(0.22, 0.34)
            m.lathe(
                [(0.05, 0), (0.05, h * 0.6), (0.02, h * 0.75), (0.02, h), (0, h)],
                (-1.08 + k * 0.216, -0.13, row * 0.48 + 0.04),
                paint(colour, gloss=0.85),
                7,
            )


@prop("switch", "lever,light switch,switchboard,control box,fuse box,power switch", (0.34, 0.16, 0.46), "hung", "#3c4650", hang=1.35)
def switch(m: Model) -> None:
    m.box((0.34, 0.09, 0.46), (0, -0.045, -0.23), paint(m.colour, gloss=0.4), 0.02)
    m.box((0.2, 0.02, 0.3), (0, -0.1, -0.15), paint("#d9d2c0"), 0.01)
    m.box((0.035, 0.03, 0.2), (0, -0.115, -0.1), metal(IRON), 0.005)
    m.rod((0, -0.12, -0.02), (0, -0.2, 0.1), 0.016, metal(BRASS, 0.8))
    m.ball(0.036, (0, -0.205, 0.11), paint("#b5432f", gloss=0.5))
    m.ball(0.02, (0.11, -0.1, 0.17), glow("#ff6a4a", 2.5))


@prop(
    "great lens", "lighthouse lamp,beacon,fresnel lens,lens,big lamp", (1.3, 1.3, 2.4), "floor", GLASS, glow=Glow((0, -0.9, 1.6), "#ffdf9a", 2.6, 5.0)
)
def great_lens(m: Model) -> None:
    m.cyl(0.55, 0.7, (0, 0, 0), metal("#4f5b52"), top=0.45, rim=0.05, segments=16)
    m.cyl(0.62, 0.08, (0, 0, 0.7), metal(BRASS, 0.8), segments=16)
    for k in range(7):
        r = 0.52 - 0.028 * (k - 3) ** 2
        m.lathe([(r * 0.92, 0), (r, 0.08), (r * 0.92, 0.16)], (0, 0, 0.8 + k * 0.18), paint(m.colour, gloss=0.95), 16)
    m.cyl(0.3, 1.1, (0, 0, 0.88), glow("#ffe6b0", 4.0) if m.lit else paint("#d8d2b8", gloss=0.6), segments=10)
    m.cyl(0.46, 0.12, (0, 0, 2.06), metal(BRASS, 0.8), top=0.2, segments=16)
    for k in range(6):
        a = k * math.pi / 3
        m.tube((0.55 * math.cos(a), 0.55 * math.sin(a), 0.75), (0.42 * math.cos(a), 0.42 * math.sin(a), 2.1), 0.02, metal(BRASS, 0.8), segments=5)


@prop("statue", "sculpture,bust,monument,idol", (0.9, 0.9, 2.4), "ground", STONE)
def statue(m: Model) -> None:
    stone = paint(m.colour, "plaster", gloss=0.1)
    m.box((0.9, 0.9, 0.25), (0, 0, 0), stone, 0.05)
    m.box((0.62, 0.62, 0.75), (0, 0, 0.25), stone, 0.04)
    m.lathe([(0.26, 1.0), (0.19, 1.5), (0.16, 1.72), (0.24, 1.95), (0.2, 2.08), (0.07, 2.14), (0.065, 2.2)], (0, 0, 0), stone)
    m.ball((0.12, 0.13, 0.16), (0, 0, 2.32), stone)
    m.rod((0.21, 0, 2.0), (0.42, -0.12, 2.35), 0.065, stone)
    m.rod((-0.22, 0, 2.0), (-0.26, -0.12, 1.62), 0.065, stone)
