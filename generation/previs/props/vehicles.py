"""Boats, cars, carts, trains and what belongs to them."""

from __future__ import annotations

import itertools
import math

from generation.previs import shapes
from generation.previs.palette import BLACK, BRASS, CREAM, DARK_WOOD, IRON, RED, STEEL, WHITE, WOOD, cloth, glow, metal, paint, shade, wood
from generation.previs.props.model import Model, prop
from generation.previs.props.small import disc

WINDOW = "#53707a"


def wheel(m: Model, x: float, y: float, radius: float, width: float = 0.2) -> None:
    """A tyre across the y axis, its outer face towards the near side of the sign of y."""
    outer = y + math.copysign(width / 2, y)
    face = shapes.transform(shapes.cylinder(radius, width, 0, rim=0.04, segments=12), shapes.turn(roll=math.copysign(math.pi / 2, -y)))
    m.add(face, paint("#232427"), (x, outer - math.copysign(width, y), radius))
    hub = shapes.transform(shapes.cylinder(radius * 0.5, 0.03, 0, segments=10), shapes.turn(roll=math.copysign(math.pi / 2, -y)))
    m.add(hub, metal(STEEL, 0.8), (x, outer - math.copysign(0.005, y), radius))


@prop("car", "taxi,cab,automobile,police car,sedan,limousine,cars,suv,jeep", (4.0, 1.7, 1.45), "ground", RED)
def car(m: Model) -> None:
    body = paint(m.colour, gloss=0.75)
    m.plate([(-2.0, 0.32), (2.0, 0.32), (2.0, 0.62), (1.85, 0.84), (0.95, 0.9), (-1.4, 0.92), (-1.95, 0.86)], 1.6, (0, 0, 0), body)
    m.box((3.9, 1.66, 0.3), (0, 0, 0.4), body, 0.14)
    m.plate([(-1.5, 0.88), (0.95, 0.88), (0.4, 1.4), (-1.0, 1.4)], 1.36, (0, 0, 0), paint(WINDOW, gloss=0.9))
    m.box((1.5, 1.38, 0.08), (-0.3, 0, 1.38), body, 0.04)
    for x in (-1.05, -0.28, 0.5):
        m.box((0.07, 1.38, 0.52), (x, 0, 0.88), body, 0, pitch=0.0)
    for x in (-1.25, 1.25):
        for y in (-0.78, 0.78):
            wheel(m, x, y, 0.33)
    for y in (-0.55, 0.55):
        m.ball((0.06, 0.13, 0.11), (1.96, y, 0.62), glow("#ffe9bd", 3.0) if m.lit else paint(WHITE, gloss=0.9), 8, 5)
        m.box((0.05, 0.24, 0.1), (-1.97, y, 0.66), glow("#ff4a32", 1.2) if m.lit else paint("#8a2a22"), 0.02)
    for x in (-1.98, 1.98):
        m.rod((x, -0.7, 0.42), (x, 0.7, 0.42), 0.055, metal(STEEL, 0.8))


@prop("bus", "coach,minibus,tram,trolley,streetcar,van,truck,lorry,ambulance,pickup,fire engine", (6.4, 2.2, 2.7), "ground", "#c79a3f")
def bus(m: Model) -> None:
    m.box((6.4, 2.2, 2.2), (0, 0, 0.4), paint(m.colour, gloss=0.6), 0.18)
    m.box((6.42, 2.22, 0.16), (0, 0, 1.12), paint(CREAM), 0.03)
    for k in range(6):
        m.box((0.84, 2.24, 0.72), (-2.55 + k * 0.98, 0, 1.42), glow("#ffdca0", 0.8) if m.lit else paint(WINDOW, gloss=0.9), 0.05)
    m.box((0.05, 1.8, 0.9), (3.2, 0, 1.4), paint(WINDOW, gloss=0.9), 0.02)
    for x in (-2.1, 2.1):
        for y in (-1.0, 1.0):
            wheel(m, x, y, 0.44, 0.26)
    for y in (-0.75, 0.75):
        m.ball((0.05, 0.14, 0.14), (3.2, y, 0.75), glow("#ffe9bd", 3.0) if m.lit else paint(WHITE), 8, 5)


@prop("train", "railway carriage,carriage,locomotive,wagon,subway train,trains", (9.0, 2.4, 3.1), "far", "#4a6550")
def train(m: Model) -> None:
    m.box((9.0, 2.4, 2.2), (0, 0, 0.75), paint(m.colour, gloss=0.5), 0.16)
    m.box((8.8, 2.2, 0.3), (0, 0, 2.85), paint(shade(m.colour, 0.6)), 0.14)
    m.box((9.04, 2.44, 0.1), (0, 0, 1.5), paint(CREAM), 0.03)
    for k in range(8):
        m.box((0.72, 2.46, 0.82), (-3.75 + k * 1.07, 0, 1.78), glow("#ffdca0", 0.9) if m.lit else paint(WINDOW, gloss=0.9), 0.05)
    m.box((8.0, 1.9, 0.4), (0, 0, 0.35), metal("#2a2b2f"), 0.03)
    for x in (-3.4, -2.5, 2.5, 3.4):
        wheel(m, x, -1.0, 0.4, 0.14)
    for x in (-4.1, 4.1):
        m.box((0.6, 2.47, 1.7), (x * 0.99, 0, 0.95), paint(shade(m.colour, 0.75)), 0.04)


@prop("bicycle", "bike,cycle,motorcycle,motorbike,scooter,bicycles,tricycle,wheelchair", (1.7, 0.5, 1.05), "floor", "#3f7474")
def bicycle(m: Model) -> None:
    frame = paint(m.colour, gloss=0.6)
    for x in (-0.52, 0.52):
        m.ring(0.32, 0.022, (x, 0, 0.34), paint(BLACK), roll=math.pi / 2, segments=18)
        for k in range(3):
            c, s = 0.31 * math.cos(k * 1.047), 0.31 * math.sin(k * 1.047)
            m.tube((x - c, 0, 0.34 - s), (x + c, 0, 0.34 + s), 0.004, metal(STEEL), segments=4)
    bottom, seat, head = (-0.08, 0, 0.32), (-0.22, 0, 0.8), (0.38, 0, 0.78)
    for a, b in (
        (bottom, seat),
        (bottom, head),
        ((-0.2, 0, 0.72), head),
        (bottom, (-0.52, 0, 0.34)),
        ((-0.2, 0, 0.7), (-0.52, 0, 0.34)),
        ((0.4, 0, 0.95), (0.52, 0, 0.34)),
    ):
        m.rod(a, b, 0.018, frame)
    m.ball((0.13, 0.07, 0.04), (-0.24, 0, 0.84), paint("#5b3a26"), 8, 5)
    m.rod((0.34, -0.26, 0.98), (0.34, 0.26, 0.98), 0.015, metal(STEEL, 0.8))
    m.rod((0.4, 0, 0.95), (0.34, 0, 0.98), 0.015, metal(STEEL, 0.8))
    m.add(disc(0.09, 0.02), metal(STEEL), (-0.08, -0.02, 0.32))


@prop("cart", "wheelbarrow,handcart,trolley cart,shopping cart,pram,stroller,sledge,sled,hay cart", (1.9, 1.0, 1.0), "ground", "#8a6238")
def cart(m: Model) -> None:
    m.box((1.3, 0.86, 0.06), (0, 0, 0.55), wood(m.colour), 0.015)
    for y in (-0.42, 0.42):
        m.box((1.34, 0.05, 0.3), (0, y, 0.58), wood(shade(m.colour, 1.1)), 0.015, roll=math.copysign(0.2, -y))
        m.ring(0.42, 0.035, (0.1, math.copysign(0.54, y), 0.45), wood(DARK_WOOD), roll=math.pi / 2, segments=16)
        for k in range(4):
            c, s = 0.4 * math.cos(k * 0.785), 0.4 * math.sin(k * 0.785)
            m.tube((0.1 - c, math.copysign(0.54, y), 0.45 - s), (0.1 + c, math.copysign(0.54, y), 0.45 + s), 0.018, wood(DARK_WOOD), segments=4)
        m.rod((-0.6, y * 0.8, 0.56), (-1.25, y * 0.8, 0.7), 0.028, wood(m.colour))
    m.ball((0.6, 0.4, 0.3), (0, 0, 0.6), paint("#c2a35a", "grass", scale=0.2), 10, 4, 0)


@prop(
    "boat",
    "rowboat,rowing boat,dinghy,skiff,fishing boat,canoe,ship,sailboat,ferry,yacht,boats,raft,trawler",
    (3.2, 1.3, 0.9),
    "ground",
    "#3f6285",
    seats=((-0.3, 0, 0.5),),
)
def boat(m: Model) -> None:
    stations = [(-1.5, 0.42, 0.16), (-0.8, 0.6, 0.04), (0.1, 0.64, 0.0), (0.9, 0.5, 0.06), (1.45, 0.2, 0.2), (1.65, 0.02, 0.34)]
    positions, faces = [], []
    for x, half, keel in stations:
        ring = [(-half, 0.62 + keel * 0.5), (-half * 0.8, 0.25 + keel), (0, 0.05 + keel), (half * 0.8, 0.25 + keel), (half, 0.62 + keel * 0.5)]
        positions += [(x, y, z) for y, z in ring]
    for k in range(len(stations) - 1):
        for j in range(4):
            a = 5 * k + j
            faces += [(a, a + 1, a + 6), (a, a + 6, a + 5)]
    hull = shapes.skin(positions, [(a, c, b) for a, b, c in faces], 0)
    inner = shapes.skin([(x, y * 0.94, z + 0.015) for x, y, z in positions], faces, 0)
    m.add(hull, paint(m.colour, "planks", scale=0.18, gloss=0.3))
    m.add(inner, wood(WOOD))
    for k in range(len(stations) - 1):
        for side in (0, 4):
            m.rod(positions[5 * k + side], positions[5 * k + 5 + side], 0.035, paint(CREAM), segments=5)
    m.box((0.05, 0.78, 0.4), (-1.5, 0, 0.3), paint(m.colour), 0.02)
    for x, half in ((-0.9, 1.08), (-0.1, 1.16), (0.75, 1.0)):
        m.box((0.22, half, 0.035), (x, 0, 0.45), wood(shade(WOOD, 1.15)), 0.012)
    m.rod((-1.0, -0.75, 0.68), (0.8, -0.5, 0.66), 0.022, wood("#b98a55"))


@prop("anchor", "ship's anchor,anchors", (0.9, 0.3, 1.3), "floor", "#4a4d52")
def anchor(m: Model) -> None:
    iron = metal(m.colour)
    m.rod((0, 0, 0.12), (0, 0.1, 1.15), 0.045, iron)
    m.ring(0.09, 0.025, (0, 0.11, 1.25), iron, roll=math.pi / 2, segments=10)
    m.rod((-0.3, 0.09, 1.0), (0.3, 0.09, 1.0), 0.035, iron)
    points = [(0.45 * math.cos(a), 0, 0.5 + 0.42 * math.sin(a)) for a in (math.pi * (1 + k / 6) for k in range(7))]
    for p, q in itertools.pairwise(points):
        m.rod(p, q, 0.042, iron)
    for side in (-1, 1):
        m.lathe([(0.0, -0.02), (0.09, 0.0), (0, 0.2)], (side * 0.45, 0, 0.48), iron, 6)


@prop("lifebuoy", "life ring,life preserver,tyre,tire,wreath,ship's wheel,wheel,helm", (0.7, 0.12, 0.7), "hung", RED, hang=1.7)
def lifebuoy(m: Model) -> None:
    m.ring(0.26, 0.075, (0, -0.08, 0), paint(WHITE), roll=math.pi / 2, segments=18)
    for k in range(4):
        a = k * math.pi / 2 + 0.785
        m.ball((0.09, 0.085, 0.09), (0.26 * math.cos(a), -0.08, 0.26 * math.sin(a)), cloth(m.colour), 8, 5)


@prop("helicopter", "plane,airplane,aeroplane,aircraft,rocket,spaceship,spacecraft,drone", (5.0, 2.2, 2.4), "ground", "#7f8f8a")
def helicopter(m: Model) -> None:
    m.ball((1.5, 0.8, 0.85), (0.5, 0, 1.25), paint(m.colour, gloss=0.6), 14, 9)
    m.ball((0.9, 0.72, 0.62), (1.25, 0, 1.35), paint(WINDOW, gloss=0.95), 12, 8)
    m.rod((-0.6, 0, 1.4), (-3.0, 0, 1.75), 0.22, paint(m.colour, gloss=0.6), 0.08, 8)
    m.plate([(-3.15, 1.6), (-2.8, 1.6), (-3.05, 2.35), (-3.3, 2.35)], 0.08, (0, 0, 0), paint(RED))
    m.tube((0.3, 0, 2.0), (0.3, 0, 2.35), 0.07, metal(STEEL))
    m.box((5.6, 0.16, 0.03), (0.3, 0, 2.36), metal(IRON), 0, yaw=0.3)
    for y in (-0.7, 0.7):
        m.rod((-0.8, y, 0.1), (1.6, y, 0.1), 0.05, metal(BRASS))
        for x in (-0.2, 1.0):
            m.tube((x, y, 0.1), (x, y * 0.6, 0.7), 0.035, metal(BRASS))
