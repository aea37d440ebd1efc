"""Things one sits at, lies on and puts things into."""

from __future__ import annotations

from generation.previs.palette import (
    BLACK,
    BRASS,
    CREAM,
    DARK_WOOD,
    GLASS,
    IRON,
    LEATHER,
    PAPER,
    RED,
    STEEL,
    WHITE,
    WOOD,
    cloth,
    metal,
    paint,
    shade,
    wood,
)
from generation.previs.props.model import Model, prop

BOOKS = (RED, "#3f6285", "#c79a3f", "#5f7a45", CREAM, "#6a4f7d", "#34363b")


def cushion(m: Model, size: tuple[float, float, float], at: tuple[float, float, float], colour: str) -> None:
    m.box(size, at, cloth(colour), min(size) * 0.42)


def books(m: Model, x0: float, x1: float, y: float, z: float, height: float = 0.24) -> None:
    """A row of upright books along x."""
    x = x0
    while x < x1 - 0.05:
        w = m.chance.between(0.05, 0.1)
        tall = height * m.chance.between(0.75, 1.0)
        m.box((min(w, x1 - x) - 0.006, 0.17, tall), (x + w / 2, y, z), paint(m.chance.of(BOOKS)), 0)
        x += w * (1.0 if m.chance.unit() < 0.9 else 2.2)


@prop("chair", "dining chair,wooden chair,seat", (0.46, 0.48, 0.98), "floor", WOOD, seats=((0, -0.02, 0.46),))
def chair(m: Model) -> None:
    stuff = wood(m.colour)
    m.box((0.44, 0.44, 0.05), (0, 0, 0.43), stuff, 0.02)
    m.legs(0.17, 0.17, 0.44, 0.026, stuff)
    for x in (-0.19, 0.19):
        m.rod((x, 0.19, 0.46), (x * 1.03, 0.25, 0.96), 0.022, stuff)
    for z in (0.60, 0.74, 0.88):
        m.box((0.38, 0.025, 0.075), (0, 0.2 + (z - 0.46) * 0.12, z), stuff, 0.012)


@prop("armchair", "easy chair,wing chair,lounge chair,recliner", (0.86, 0.84, 0.95), "floor", "#8f4a3a", seats=((0, -0.12, 0.44),))
def armchair(m: Model) -> None:
    c = m.colour
    m.box((0.84, 0.78, 0.26), (0, 0, 0.12), cloth(c), 0.07)
    cushion(m, (0.54, 0.6, 0.16), (0, -0.08, 0.34), shade(c, 1.12))
    m.box((0.82, 0.22, 0.66), (0, 0.3, 0.3), cloth(c), 0.09, roll=-0.1)
    for x in (-0.36, 0.36):
        m.box((0.16, 0.74, 0.4), (x, -0.02, 0.2), cloth(c), 0.07)
    m.legs(0.34, 0.3, 0.14, 0.03, wood(DARK_WOOD))


@prop("sofa", "couch,settee,divan,loveseat,chesterfield", (1.95, 0.88, 0.85), "floor", "#4f6b64", seats=((-0.48, -0.12, 0.44), (0.48, -0.12, 0.44)))
def sofa(m: Model) -> None:
    c = m.colour
    m.box((1.92, 0.82, 0.24), (0, 0, 0.14), cloth(c), 0.07)
    m.box((1.9, 0.24, 0.6), (0, 0.3, 0.28), cloth(c), 0.1, roll=-0.1)
    for x in (-0.88, 0.88):
        m.box((0.18, 0.8, 0.44), (x, -0.01, 0.2), cloth(c), 0.08)
    for x in (-0.4, 0.4):
        cushion(m, (0.77, 0.6, 0.16), (x, -0.1, 0.35), shade(c, 1.12))
    m.box((0.38, 0.14, 0.36), (-0.55, 0.1, 0.5), cloth("#cfa14e"), 0.06, yaw=0.2, roll=-0.3)
    m.legs(0.86, 0.32, 0.16, 0.03, wood(DARK_WOOD))


@prop("stool", "footstool,bar stool,pouffe", (0.38, 0.38, 0.5), "floor", WOOD, seats=((0, 0, 0.5),))
def stool(m: Model) -> None:
    m.cyl(0.19, 0.055, (0, 0, 0.46), wood(m.colour), rim=0.02)
    m.legs(0.09, 0.09, 0.47, 0.024, wood(m.colour), 0.06)
    m.ring(0.14, 0.012, (0, 0, 0.18), wood(m.colour), segments=10)


@prop("high stool", "barstool", (0.4, 0.4, 0.76), "floor", RED, seats=((0, 0, 0.76),))
def high_stool(m: Model) -> None:
    m.cyl(0.19, 0.09, (0, 0, 0.68), cloth(m.colour), rim=0.035)
    m.tube((0, 0, 0.03), (0, 0, 0.7), 0.03, metal(STEEL))
    m.cyl(0.2, 0.035, (0, 0, 0), metal(STEEL), top=0.12)
    m.ring(0.15, 0.012, (0, 0, 0.28), metal(STEEL), segments=12)


@prop("bench", "park bench,wooden bench", (1.5, 0.55, 0.85), "ground", "#7d5a3a", seats=((-0.38, -0.06, 0.45), (0.38, -0.06, 0.45)))
def bench(m: Model) -> None:
    for k in range(3):
        m.box((1.5, 0.12, 0.035), (0, -0.17 + k * 0.14, 0.42), wood(m.colour), 0.012)
    for k in range(2):
        m.box((1.5, 0.03, 0.12), (0, 0.2 + k * 0.03, 0.56 + k * 0.16), wood(m.colour), 0.012)
    for x in (-0.6, 0.6):
        m.rod((x, -0.2, 0), (x, -0.16, 0.42), 0.03, metal(IRON))
        m.rod((x, 0.26, 0), (x, 0.16, 0.42), 0.03, metal(IRON))
        m.rod((x, 0.16, 0.42), (x, 0.27, 0.82), 0.028, metal(IRON))


@prop("pew", "church pew", (2.2, 0.5, 0.95), "floor", DARK_WOOD, seats=((-0.6, -0.05, 0.45), (0.6, -0.05, 0.45)))
def pew(m: Model) -> None:
    stuff = wood(m.colour)
    m.box((2.2, 0.4, 0.05), (0, -0.03, 0.42), stuff)
    m.box((2.2, 0.05, 0.5), (0, 0.2, 0.42), stuff, 0.015, roll=-0.1)
    for x in (-1.08, 1.08):
        m.box((0.06, 0.5, 0.92), (x, 0.02, 0), stuff, 0.025)


@prop("table", "dining table,kitchen table,wooden table", (1.6, 0.9, 0.76), "floor", WOOD, surface=(0.76, 0.68, 0.34))
def table(m: Model) -> None:
    m.box((1.6, 0.9, 0.055), (0, 0, 0.705), wood(m.colour), 0.022)
    m.box((1.36, 0.66, 0.08), (0, 0, 0.63), wood(shade(m.colour, 0.85)), 0)
    m.legs(0.68, 0.34, 0.7, 0.045, wood(m.colour))


@prop("round table", "cafe table,bistro table", (0.8, 0.8, 0.75), "floor", "#d9d0bd", surface=(0.75, 0.24, 0.24))
def round_table(m: Model) -> None:
    m.cyl(0.4, 0.04, (0, 0, 0.71), paint(m.colour, gloss=0.3), segments=18)
    m.tube((0, 0, 0.03), (0, 0, 0.71), 0.035, metal(IRON))
    m.cyl(0.24, 0.04, (0, 0, 0), metal(IRON), top=0.1)


@prop("coffee table", "low table,side table,end table", (1.0, 0.56, 0.42), "floor", WOOD, surface=(0.42, 0.4, 0.2))
def coffee_table(m: Model) -> None:
    m.box((1.0, 0.56, 0.045), (0, 0, 0.375), wood(m.colour), 0.02)
    m.legs(0.4, 0.2, 0.38, 0.028, wood(m.colour), 0.04)


@prop("nightstand", "bedside table,night table,bedside cabinet", (0.46, 0.4, 0.56), "wall", WOOD, surface=(0.56, 0.14, 0.1))
def nightstand(m: Model) -> None:
    m.box((0.46, 0.4, 0.46), (0, 0, 0.1), wood(m.colour), 0.02)
    m.box((0.4, 0.02, 0.18), (0, -0.2, 0.32), wood(shade(m.colour, 1.15)), 0.008)
    m.ball(0.018, (0, -0.225, 0.41), metal(BRASS), 6, 4)
    m.legs(0.18, 0.15, 0.11, 0.022, wood(m.colour), 0)


@prop("desk", "writing desk,bureau,work desk", (1.4, 0.72, 0.76), "floor", DARK_WOOD, surface=(0.76, 0.58, 0.24))
def desk(m: Model) -> None:
    m.box((1.4, 0.72, 0.05), (0, 0, 0.71), wood(m.colour), 0.018)
    m.box((0.4, 0.62, 0.66), (0.46, 0, 0.05), wood(shade(m.colour, 0.9)), 0.015)
    for z in (0.12, 0.33, 0.53):
        for y in (-0.315, 0.315):
            m.box((0.34, 0.02, 0.16), (0.46, y, z), wood(shade(m.colour, 1.12)), 0.008)
    m.box((0.05, 0.6, 0.71), (-0.62, 0, 0), wood(m.colour), 0.015)
    m.box((1.1, 0.02, 0.34), (-0.1, 0.28, 0.36), wood(shade(m.colour, 0.85)), 0)


@prop("school desk", "pupil desk", (0.7, 0.5, 0.72), "floor", "#b98a55", surface=(0.72, 0.22, 0.14))
def school_desk(m: Model) -> None:
    m.box((0.7, 0.48, 0.035), (0, 0, 0.685), wood(m.colour))
    m.box((0.6, 0.36, 0.1), (0, 0.02, 0.58), metal("#5d6b70"), 0.01)
    m.legs(0.28, 0.18, 0.6, 0.018, metal("#5d6b70"), 0.03)


@prop("workbench", "work bench,carpenter's bench", (1.9, 0.7, 0.9), "wall", "#8a6238", surface=(0.9, 0.8, 0.22))
def workbench(m: Model) -> None:
    m.box((1.9, 0.7, 0.08), (0, 0, 0.82), wood(m.colour), 0.015)
    for x in (-0.82, 0.82):
        for y in (-0.26, 0.26):
            m.box((0.1, 0.1, 0.82), (x, y, 0), wood(shade(m.colour, 0.8)), 0.012)
    m.box((1.7, 0.56, 0.04), (0, 0, 0.2), wood(shade(m.colour, 0.8)), 0)
    m.box((0.16, 0.14, 0.14), (-0.7, -0.3, 0.9), metal("#3f5a6b"), 0.03)
    m.rod((-0.86, -0.38, 0.97), (-0.54, -0.38, 0.97), 0.012, metal(STEEL))


@prop("counter", "bar counter,bar,shop counter,till counter", (2.8, 0.62, 1.08), "floor", DARK_WOOD, surface=(1.08, 1.25, 0.2))
def counter(m: Model) -> None:
    m.box((2.8, 0.5, 1.02), (0, 0.04, 0), wood(m.colour), 0.02)
    m.box((2.9, 0.64, 0.06), (0, 0, 1.02), paint(shade(m.colour, 1.25), "wood", gloss=0.5, scale=0.5), 0.025)
    for k in range(5):
        m.box((0.46, 0.03, 0.66), (-1.1 + k * 0.55, -0.215, 0.2), wood(shade(m.colour, 1.15)), 0.012)
    m.rod((-1.3, -0.33, 0.2), (1.3, -0.33, 0.2), 0.022, metal(BRASS, 0.8))


@prop("bed", "double bed,bunk,mattress,cot", (1.5, 2.05, 1.0), "wall", "#6b7f8f", seats=((-0.5, -0.8, 0.52), (0.5, -0.8, 0.52)))
def bed(m: Model) -> None:
    frame = wood(WOOD)
    m.box((1.5, 2.0, 0.2), (0, 0, 0.16), frame, 0.03)
    m.box((1.56, 0.08, 1.0), (0, 0.98, 0), frame, 0.035)
    m.box((1.56, 0.07, 0.5), (0, -1.0, 0), frame, 0.03)
    m.box((1.42, 1.9, 0.18), (0, 0, 0.34), cloth(WHITE), 0.07)
    m.box((1.5, 1.35, 0.16), (0, -0.26, 0.4), cloth(m.colour), 0.075)
    m.box((1.5, 0.26, 0.05), (0, 0.36, 0.53), cloth(shade(m.colour, 1.4)), 0.022)
    for x in (-0.36, 0.36):
        cushion(m, (0.6, 0.38, 0.16), (x, 0.7, 0.5), CREAM)


@prop("single bed", "narrow bed,prison bunk,cell bed,hospital bed,sickbed", (0.95, 2.0, 0.9), "wall", "#93a7a3", seats=((0, -0.3, 0.52),))
def single_bed(m: Model) -> None:
    iron = metal("#c9cdc9", 0.4)
    m.box((0.9, 1.92, 0.06), (0, 0, 0.32), iron, 0.015)
    m.box((0.88, 1.88, 0.14), (0, 0, 0.37), cloth(WHITE), 0.06)
    m.box((0.93, 1.2, 0.1), (0, -0.28, 0.43), cloth(m.colour), 0.048)
    cushion(m, (0.62, 0.36, 0.14), (0, 0.68, 0.5), WHITE)
    for y, top in ((0.96, 0.9), (-0.96, 0.66)):
        for x in (-0.42, 0.42):
            m.tube((x, y, 0), (x, y, top), 0.02, iron)
        m.rod((-0.42, y, top), (0.42, y, top), 0.022, iron)
        for x in (-0.21, 0, 0.21):
            m.tube((x, y, 0.36), (x, y, top), 0.012, iron, segments=5)


@prop("shelf", "shelves,shelving,wall shelf", (1.3, 0.26, 0.5), "hung", WOOD, hang=1.55, surface=(0.3, 0.55, 0.06), solid=False)
def shelf(m: Model) -> None:
    for z in (0.0, 0.36):
        m.box((1.3, 0.24, 0.035), (0, -0.12, z), wood(m.colour))
    for x in (-0.5, 0.5):
        m.box((0.035, 0.18, 0.14), (x, -0.09, -0.13), metal(BLACK), 0.008)
    books(m, -0.6, -0.05, -0.12, 0.035)
    for k in range(5):
        r = m.chance.between(0.045, 0.065)
        m.cyl(
            r,
            m.chance.between(0.1, 0.2),
            (-0.5 + k * 0.24, -0.12, 0.395),
            paint(m.chance.of((CREAM, RED, GLASS, "#c79a3f", IRON)), gloss=0.3),
            segments=9,
        )


@prop("bookcase", "bookshelf,bookshelves,book shelf,library shelf", (1.2, 0.36, 2.1), "wall", DARK_WOOD)
def bookcase(m: Model) -> None:
    stuff = wood(m.colour)
    m.box((1.2, 0.03, 2.1), (0, 0.16, 0), wood(shade(m.colour, 0.7)), 0)
    for x in (-0.585, 0.585):
        m.box((0.04, 0.34, 2.1), (x, 0, 0), stuff, 0.012)
    for k in range(6):
        m.box((1.16, 0.32, 0.035), (0, 0, 0.06 + k * 0.4), stuff, 0.01)
        if k < 5:
            books(m, -0.55, 0.55, -0.02, 0.1 + k * 0.4, 0.31)
    m.box((1.28, 0.4, 0.06), (0, 0, 2.08), stuff, 0.02)


@prop("wardrobe", "closet,armoire,cupboard,locker", (1.2, 0.6, 2.05), "wall", WOOD)
def wardrobe(m: Model) -> None:
    m.box((1.2, 0.58, 1.9), (0, 0, 0.1), wood(m.colour), 0.025)
    m.box((1.3, 0.66, 0.08), (0, 0, 1.98), wood(shade(m.colour, 0.85)), 0.03)
    for x in (-0.3, 0.3):
        m.box((0.55, 0.03, 1.7), (x, -0.29, 0.2), wood(shade(m.colour, 1.12)), 0.012)
        m.box((0.36, 0.02, 0.6), (x, -0.31, 1.15), wood(m.colour), 0.012)
        m.ball(0.022, (x * 0.22, -0.33, 1.0), metal(BRASS), 6, 4)
    m.legs(0.52, 0.22, 0.12, 0.035, wood(m.colour), 0)


@prop("dresser", "chest of drawers,sideboard,drawers,cabinet,drawer", (1.2, 0.48, 0.86), "wall", WOOD, surface=(0.86, 0.48, 0.12))
def dresser(m: Model) -> None:
    m.box((1.2, 0.46, 0.72), (0, 0, 0.1), wood(m.colour), 0.02)
    m.box((1.26, 0.5, 0.045), (0, 0, 0.815), wood(shade(m.colour, 0.85)), 0.018)
    for row in range(3):
        for x in (-0.29, 0.29):
            m.box((0.54, 0.02, 0.2), (x, -0.235, 0.14 + row * 0.225), wood(shade(m.colour, 1.14)), 0.009)
            m.ball(0.018, (x, -0.26, 0.24 + row * 0.225), metal(BRASS), 6, 4)
    m.legs(0.54, 0.18, 0.12, 0.03, wood(m.colour), 0)


@prop("chest", "trunk,treasure chest,footlocker", (0.9, 0.5, 0.55), "wall", DARK_WOOD, surface=(0.55, 0.3, 0.12), seats=((0, 0, 0.55),))
def chest(m: Model) -> None:
    m.box((0.9, 0.5, 0.36), (0, 0, 0), wood(m.colour), 0.02)
    m.box((0.92, 0.52, 0.2), (0, 0, 0.35), wood(shade(m.colour, 1.1)), 0.08)
    for x in (-0.3, 0.3):
        m.box((0.06, 0.54, 0.56), (x, 0, 0.002), metal(BRASS), 0.02)
    m.box((0.1, 0.03, 0.12), (0, -0.26, 0.3), metal(BRASS), 0.01)


@prop("piano", "upright piano,pianos", (1.5, 0.62, 1.25), "wall", "#2b2422", surface=(1.25, 0.6, 0.12))
def piano(m: Model) -> None:
    body = paint(m.colour, "wood", gloss=0.7, scale=0.6)
    m.box((1.5, 0.36, 1.2), (0, 0.12, 0), body, 0.025)
    m.box((1.56, 0.4, 0.05), (0, 0.12, 1.2), body, 0.02)
    m.box((1.5, 0.3, 0.1), (0, -0.18, 0.62), body, 0.02)
    m.box((1.36, 0.16, 0.03), (0, -0.24, 0.715), paint(PAPER, gloss=0.4), 0.006)
    for k in range(12):
        if k % 7 not in (2, 6):
            m.box((0.05, 0.09, 0.025), (-0.62 + k * 0.113, -0.2, 0.745), paint(BLACK), 0)
    for x in (-0.68, 0.68):
        m.box((0.08, 0.08, 0.62), (x, -0.26, 0), body, 0.015)
    m.box((0.44, 0.02, 0.24), (0, -0.08, 0.92), paint(PAPER), 0.004, roll=-0.2)


@prop("piano stool", "piano bench", (0.6, 0.36, 0.5), "floor", BLACK, seats=((0, 0, 0.5),))
def piano_stool(m: Model) -> None:
    m.box((0.58, 0.34, 0.1), (0, 0, 0.4), cloth(LEATHER), 0.04)
    m.legs(0.23, 0.12, 0.42, 0.026, wood(m.colour))


@prop("altar", "shrine", (1.8, 0.8, 1.0), "wall", CREAM, surface=(1.02, 0.7, 0.2))
def altar(m: Model) -> None:
    m.box((1.7, 0.7, 0.94), (0, 0, 0), paint("#a49d92", "plaster"), 0.03)
    m.box((1.9, 0.82, 0.08), (0, 0, 0.94), cloth(m.colour), 0.03)
    m.box((0.56, 0.03, 0.7), (0, -0.42, 0.3), cloth(RED), 0.012)


@prop("lectern", "pulpit,podium", (0.6, 0.5, 1.2), "floor", DARK_WOOD)
def lectern(m: Model) -> None:
    m.box((0.16, 0.16, 1.0), (0, 0, 0.05), wood(m.colour), 0.03)
    m.box((0.5, 0.4, 0.06), (0, 0, 0), wood(m.colour), 0.025)
    m.box((0.62, 0.46, 0.05), (0, 0, 1.04), wood(m.colour), 0.015, roll=0.35)
    m.box((0.42, 0.3, 0.03), (0, -0.01, 1.1), paint(PAPER), 0.008, roll=0.35)


@prop("coat rack", "coat hook,coat stand,hat stand,hook,hooks,pegs,coat hooks,peg", (0.9, 0.2, 0.5), "hung", WOOD, hang=1.62, solid=False)
def coat_rack(m: Model) -> None:
    m.box((0.9, 0.03, 0.12), (0, -0.015, 0.1), wood(m.colour))
    for x in (-0.33, -0.11, 0.11, 0.33):
        m.rod((x, -0.02, 0.13), (x, -0.11, 0.17), 0.014, metal(BRASS))
    m.lathe([(0.15, -0.95), (0.13, -0.5), (0.1, -0.05), (0.03, 0.1), (0, 0.12)], (-0.33, -0.12, 0.06), cloth("#4c5b6b"), 9)
    m.ball((0.13, 0.12, 0.07), (0.33, -0.13, 0.16), cloth("#7a4a34"), 9, 4, 0)
    m.cyl(0.18, 0.015, (0.33, -0.13, 0.155), cloth("#7a4a34"), segments=10)
