"""Large things that make a place known from afar: houses, towers, hills, piers."""

from __future__ import annotations

import math

from generation.previs import shapes
from generation.previs.palette import (
    BLACK,
    BRASS,
    CREAM,
    DARK_WOOD,
    IRON,
    LAMP,
    RED,
    STEEL,
    STONE,
    WHITE,
    WOOD,
    cloth,
    glow,
    metal,
    mix,
    paint,
    shade,
    wood,
)
from generation.previs.props.model import Glow, Model, prop
from generation.previs.scene import Material

PANE = "#2f3b4a"


def pane(m: Model, share: float = 0.4) -> Material:
    """Window glass: some are lit when it is dark."""
    if m.lit and m.chance.unit() < share:
        return glow(m.chance.of(("#ffcf80", "#ffd9a0", "#ffc070")), 1.3)
    return paint(PANE if m.lit else "#55707c", gloss=0.8)


def window(m: Model, x: float, y: float, z: float, w: float, h: float, share: float = 0.4, frame: str = WHITE) -> None:
    """A window in a front that faces −y at `y`; z is its sill."""
    m.box((w + 0.16, 0.1, h + 0.16), (x, y, z - 0.08), paint(frame), 0)
    m.box((w, 0.1, h), (x, y - 0.02, z), pane(m, share), 0)
    m.box((0.05, 0.1, h), (x, y - 0.035, z), paint(frame), 0)
    m.box((w, 0.1, 0.05), (x, y - 0.035, z + h * 0.55), paint(frame), 0)
    m.box((w + 0.3, 0.24, 0.08), (x, y - 0.04, z - 0.14), paint(frame), 0)


def front_door(m: Model, x: float, y: float, colour: str, w: float = 0.95, h: float = 2.1) -> None:
    m.box((w + 0.24, 0.12, h + 0.14), (x, y, 0), paint(CREAM), 0)
    m.box((w, 0.12, h), (x, y - 0.03, 0), paint(colour, gloss=0.5), 0.02)
    m.box((w * 0.62, 0.12, 0.5), (x, y - 0.04, h - 0.62), pane(m, 0.7), 0)
    m.ball(0.045, (x + w * 0.36, y - 0.11, h * 0.48), metal(BRASS, 0.9), 6, 4)
    m.box((w + 0.4, 0.4, 0.14), (x, y - 0.2, 0), paint(STONE), 0.02)


def gable(m: Model, w: float, d: float, z: float, rise: float, roof: str, wall: Material) -> None:
    """A pitched roof with its ridge along x, and its gable walls."""
    outline = [(-d / 2, z), (d / 2, z), (0, z + rise)]
    m.add(shapes.transform(shapes.upright(shapes.prism(outline, w, 0)), shapes.turn(math.pi / 2)), wall, (0, 0, 0))
    slope = math.atan2(rise, d / 2)
    length = math.hypot(rise, d / 2) + 0.35
    for side in (-1, 1):
        m.box((w + 0.5, length, 0.12), (0, side * d / 4 * 1.08, z + rise / 2 - 0.06), paint(roof, "tiles", scale=0.35), 0.04, roll=-side * slope)


@prop("town house", "house,terraced house,building,townhouse,home", (4.6, 5.0, 8.0), "far", "#8a5444")
def town_house(m: Model) -> None:
    w, floors = 4.6, 2 + m.chance.whole(2)
    h = 3.0 + 2.6 * floors
    wall = paint(m.colour, m.chance.of(("brick", "brick", "plaster")), scale=0.5)
    m.box((w, 5.0, h), (0, 0, 0), wall, 0.04)
    m.box((w + 0.2, 5.2, 0.3), (0, 0, h - 0.1), paint(CREAM), 0.05)
    if m.chance.unit() < 0.6:
        gable(m, w, 5.0, h + 0.2, 1.6, "#4a4550", wall)
    else:
        m.box((0.7, 0.6, 1.1), (1.2, 0.4, h), paint(shade(m.colour, 0.8), "brick"), 0.02)
    door_x = m.chance.of((-1.4, 1.4))
    front_door(m, door_x, -2.5, m.chance.of((RED, "#3f7474", "#2c3f5c", "#c79a3f")))
    window(m, -door_x * 0.45, -2.5, 0.95, 1.7, 1.35, 0.6)
    for level in range(floors):
        for x in (-1.45, 0, 1.45):
            window(m, x, -2.5, 3.4 + 2.6 * level, 0.85, 1.4)
    m.box((w + 0.1, 0.2, 0.14), (0, -2.5, 2.85), paint(CREAM), 0.03)


@prop("shop front", "store,shop,cafe,bakery,pharmacy,diner,pub", (5.0, 5.0, 6.4), "far", "#3f6b62")
def shop_front(m: Model) -> None:
    wall = paint(mix(m.colour, CREAM, 0.65), "plaster")
    m.box((5.0, 5.0, 6.2), (0, 0, 0), wall, 0.04)
    m.box((5.2, 5.2, 0.26), (0, 0, 6.1), paint(CREAM), 0.05)
    m.box((4.8, 0.14, 2.9), (0, -2.5, 0), paint(m.colour, gloss=0.4), 0.03)
    for x in (-1.55, 0.75):
        m.box((1.9 if x < 0 else 1.5, 0.14, 1.6), (x, -2.54, 0.75), glow("#ffd595", 1.3) if m.lit else paint("#6f8d93", gloss=0.9), 0)
    m.box((0.95, 0.16, 2.15), (1.95, -2.54, 0), paint(shade(m.colour, 0.6)), 0.02)
    m.box((4.6, 0.2, 0.5), (0, -2.56, 2.4), paint(shade(m.colour, 0.75)), 0.03)
    for k in range(7):
        m.box((0.26, 0.06, 0.2), (-1.3 + k * 0.42, -2.68, 2.55), glow("#ffe2ad", 1.6) if m.lit else paint(CREAM), 0)
    for k in range(10):
        m.box((0.48, 1.3, 0.04), (-2.16 + k * 0.48, -3.1, 2.22), cloth(m.colour if k % 2 else CREAM), 0, roll=0.42)
    for x in (-1.5, 0, 1.5):
        window(m, x, -2.5, 3.7, 0.9, 1.5)


@prop(
    "tower block",
    "skyscraper,office block,apartment block,tower,factory,warehouse,office building,apartment building",
    (7.0, 6.0, 20.0),
    "far",
    "#5a6470",
)
def tower_block(m: Model) -> None:
    floors = 5 + m.chance.whole(4)
    h = 2.8 * floors
    m.box((7.0, 6.0, h), (0, 0, 0), paint(m.colour, "plaster"), 0.08)
    m.box((2.4, 2.2, 1.6), (1.0, 0, h), paint(shade(m.colour, 0.8)), 0.05)
    for level in range(floors):
        if m.lit:
            for k in range(4):
                m.box((1.15, 0.1, 1.3), (-2.4 + 1.6 * k, -3.0, 1.0 + 2.8 * level), pane(m, 0.35), 0)
        else:
            m.box((6.2, 0.1, 1.2), (0, -3.0, 1.1 + 2.8 * level), paint("#66828f", gloss=0.9), 0)


@prop("cottage", "hut,cabin,shed,farmhouse,chalet,keeper's house,bothy", (5.0, 4.0, 4.4), "far", "#ded6c4")
def cottage(m: Model) -> None:
    wall = paint(m.colour, "plaster")
    m.box((5.0, 4.0, 2.5), (0, 0, 0), wall, 0.05)
    gable(m, 5.0, 4.0, 2.5, 1.7, "#8a4a38", wall)
    m.box((0.6, 0.6, 1.5), (1.5, 0.4, 3.3), paint(shade(m.colour, 0.8), "brick"), 0.03)
    front_door(m, -0.4, -2.0, "#3f6285")
    for x in (-1.75, 1.35):
        window(m, x, -2.0, 1.0, 0.85, 1.0, 0.9)


@prop("barn", "stable,silo,granary,grain silo,hay barn", (7.0, 6.0, 7.0), "far", "#93402f")
def barn(m: Model) -> None:
    wall = paint(m.colour, "planks", scale=0.4)
    outline = [(-3.4, 0), (3.4, 0), (3.4, 3.4), (2.2, 5.2), (0, 6.4), (-2.2, 5.2), (-3.4, 3.4)]
    m.plate(outline, 7.0, (0, 0, 0), wall)
    for side in (-1, 1):
        for (x0, z0), (x1, z1) in (((3.55, 3.3), (2.25, 5.3)), ((2.25, 5.3), (0, 6.5))):
            mid, length = ((x0 + x1) / 2, (z0 + z1) / 2), math.hypot(x1 - x0, z1 - z0) + 0.1
            m.box(
                (length, 7.5, 0.14),
                (side * mid[0], 0, mid[1] - 0.04),
                paint("#575a5e"),
                0.03,
                pitch=side * math.atan2(z1 - z0, x1 - x0) if side > 0 else -math.atan2(z1 - z0, x1 - x0),
            )
    m.box((2.6, 0.12, 2.8), (0, -3.52, 0), paint(WHITE), 0)
    m.box((2.3, 0.12, 2.6), (0, -3.56, 0.05), wall, 0)
    for turn in (-0.84, 0.84):
        m.box((3.2, 0.1, 0.16), (0, -3.63, 1.28), paint(WHITE), 0, pitch=turn)
    m.box((1.1, 0.12, 1.1), (0, -3.52, 4.1), paint(WHITE), 0)
    m.box((0.9, 0.12, 0.9), (0, -3.56, 4.2), paint("#2f2622"), 0)


@prop("church tower", "church,chapel,cathedral,steeple,abbey,belfry,monastery", (5.0, 9.0, 14.0), "far", "#a39a8c")
def church_tower(m: Model) -> None:
    stone = paint(m.colour, "brick", scale=0.6)
    m.box((3.0, 3.0, 8.0), (0, -3.0, 0), stone, 0.06)
    m.lathe([(2.25, 8.0), (1.5, 9.0), (0, 14.0)], (0, -3.0, 0), paint("#4a5058", "tiles"), 4)
    m.box((5.0, 7.5, 4.0), (0, 2.0, 0), stone, 0.05)
    m.add(shapes.upright(shapes.prism([(-2.9, 4.0), (2.9, 4.0), (0, 7.0)], 7.8, 0)), paint("#4a5058", "tiles"), (0, 2.0, 0))
    m.add(shapes.arch(1.5, 2.7, 0.25, 0.4, 0), paint(shade(m.colour, 1.2)), (0, -4.5, 0))
    m.box((1.5, 0.2, 2.1), (0, -4.48, 0), wood(DARK_WOOD), 0.02)
    for z in (3.8, 6.2):
        m.box((0.7, 0.1, 1.2), (0, -4.5, z), pane(m, 1.0), 0)
    m.add(shapes.transform(shapes.cylinder(0.6, 0.12, 0, segments=16), shapes.turn(roll=math.pi / 2)), paint(CREAM), (0, -4.45, 5.6))


@prop("lighthouse", "beacon tower,lighthouse tower,watchtower", (3.0, 3.0, 12.0), "far", WHITE, glow=Glow((0, 0, 10.6), "#ffe2a0", 5.0, 12.0, True))
def lighthouse(m: Model) -> None:
    red = m.colour if m.colour != WHITE else "#b5432f"
    m.cyl(1.9, 0.5, (0, 0, -0.2), paint(STONE, "plaster"), rim=0.08, segments=18)
    radii = [1.5 - 0.075 * k for k in range(8)]
    for k in range(7):
        m.lathe([(radii[k], 0), (radii[k + 1], 1.3)], (0, 0, 0.3 + 1.3 * k), paint(WHITE if k % 2 == 0 else red, "plaster"), 18)
    z = 0.3 + 1.3 * 7
    m.lathe([(0.95, 0), (1.35, 0.12), (1.35, 0.26), (0.5, 0.26)], (0, 0, z), metal(IRON), 16)
    for k in range(10):
        a = k * math.pi / 5
        m.tube((1.28 * math.cos(a), 1.28 * math.sin(a), z + 0.26), (1.28 * math.cos(a), 1.28 * math.sin(a), z + 0.95), 0.025, metal(IRON), segments=4)
    m.ring(1.28, 0.03, (0, 0, z + 0.95), metal(IRON), segments=16)
    m.cyl(0.6, 1.15, (0, 0, z + 0.26), glow("#ffe2a0", 4.0), segments=12)
    for k in range(6):
        a = k * math.pi / 3
        m.tube((0.68 * math.cos(a), 0.68 * math.sin(a), z + 0.26), (0.68 * math.cos(a), 0.68 * math.sin(a), z + 1.42), 0.035, metal(IRON), segments=4)
    m.lathe([(0.9, 1.4), (0.75, 1.65), (0.45, 1.95), (0.12, 2.12), (0.1, 2.35), (0, 2.4)], (0, 0, z), paint(red, gloss=0.3), 14)
    m.box((0.9, 0.3, 1.9), (0, -1.5, 0.3), wood(DARK_WOOD), 0.03)
    for level in (2.6, 4.8, 7.0):
        m.box((0.4, 0.3, 0.6), (0, -1.5 + 0.06 * level, level), pane(m, 0.9), 0.02)


@prop("windmill", "mill,wind turbine,water tower", (4.0, 4.0, 9.5), "far", "#d8cdb6")
def windmill(m: Model) -> None:
    m.lathe([(2.1, 0), (1.9, 1.2), (1.3, 6.0)], (0, 0, 0), paint(m.colour, "plaster"), 12)
    m.lathe([(1.5, 6.0), (1.3, 6.7), (0.6, 7.3), (0, 7.4)], (0, 0, 0), paint("#5a4a3f"), 12)
    for k in range(4):
        a = k * math.pi / 2 + 0.4
        c, s = math.cos(a), math.sin(a)
        m.rod((0, -1.75, 6.4), (3.4 * c, -1.75, 6.4 + 3.4 * s), 0.07, wood(DARK_WOOD))
        m.box((2.4, 0.05, 0.7), (2.1 * c - 0.35 * s * 0, -1.8, 6.4 + 2.1 * s), cloth(CREAM), 0.01, pitch=a)
    m.box((0.9, 0.3, 1.9), (0, -2.0, 0), wood(DARK_WOOD), 0.03)


@prop("hill", "hills,dune,mound,knoll", (30.0, 16.0, 5.0), "far", "#6d7a52", solid=False)
def hill(m: Model) -> None:
    m.ball((16, 8, 4.2), (0, 0, -0.6), paint(m.colour, "grass", scale=2.0), 16, 6, 0)
    m.ball((9, 6, 5.2), (9, 3, -0.8), paint(shade(m.colour, 0.9), "grass", scale=2.0), 14, 6, 0)


@prop("mountain", "mountains,peak,summit,alps,cliffs,cliff", (30.0, 20.0, 18.0), "far", "#6a7080", solid=False)
def mountain(m: Model) -> None:
    for x, y, r, h in ((0, 0, 12, 16), (-10, 3, 9, 10.5), (9, 4, 10, 12)):
        spin = m.chance.between(0, 6)
        m.add(shapes.lathe([(r, -0.5), (r * 0.62, h * 0.3), (r * 0.3, h * 0.66)], 0, 9), paint(m.colour, "plaster", scale=3), (x, y, 0), spin)
        m.add(shapes.lathe([(r * 0.3, h * 0.66), (r * 0.12, h * 0.88), (0, h)], 0, 9), paint(mix("#e8edf2", m.colour, 0.08)), (x, y, 0), spin)


@prop("pier", "jetty,dock,wharf,boardwalk,landing stage,quay", (2.6, 12.0, 1.0), "far", "#8a6a4a", solid=False)
def pier(m: Model) -> None:
    for k in range(24):
        m.box((2.6, 0.44, 0.08), (0, -5.75 + k * 0.5, -0.08), wood(shade(m.colour, 0.9 + 0.1 * (k % 3))), 0)
    for y in (-5, -2, 1, 4, 5.8):
        for x in (-1.25, 1.25):
            m.tube((x, y, -3), (x, y, 0.75), 0.11, wood(DARK_WOOD), segments=7)
            m.cyl(0.13, 0.05, (x, y, 0.72), paint(WHITE), segments=7)
    for x in (-1.25, 1.25):
        m.rod((x, -5, 0.6), (x, 5.8, 0.6), 0.03, paint("#c9b68c"), segments=5)


@prop("bridge span", "bridge,viaduct,aqueduct,footbridge", (16.0, 4.0, 5.0), "far", "#8f8578", solid=False)
def bridge_span(m: Model) -> None:
    stone = paint(m.colour, "brick", scale=0.5)
    for x in (-5.4, 0, 5.4):
        m.add(shapes.arch(4.2, 3.6, 0.6, 3.6, 0), stone, (x, 0, 0))
    m.box((17.0, 3.8, 0.7), (0, 0, 3.9), stone, 0.04)
    for y in (-1.85, 1.85):
        m.box((17.0, 0.3, 0.8), (0, y, 4.55), paint(shade(m.colour, 1.15), "plaster"), 0.06)


@prop("harbour crane", "crane,derrick,gantry", (3.0, 3.0, 11.0), "far", "#c2843a")
def harbour_crane(m: Model) -> None:
    steel = paint(m.colour)
    for x in (-1.1, 1.1):
        for y in (-1.1, 1.1):
            m.tube((x, y, 0), (x * 0.5, y * 0.5, 5.5), 0.16, steel)
    m.box((2.2, 2.0, 1.7), (0, 0, 5.4), steel, 0.1)
    m.box((1.6, 0.1, 0.7), (0, -1.0, 6.1), pane(m, 1.0), 0)
    m.tube((0.6, 0, 6.6), (6.2, 0, 11.0), 0.2, steel, 0.1)
    m.tube((-0.6, 0, 7.0), (6.2, 0, 11.0), 0.04, metal(BLACK))
    m.tube((6.2, 0, 11.0), (6.2, 0, 5.0), 0.03, metal(BLACK))
    m.box((0.5, 0.3, 0.5), (6.2, 0, 4.5), metal(IRON), 0.05)


@prop("chimney stack", "smokestack,chimney pot,water tank,vent,antenna,aerial", (1.4, 1.0, 2.6), "far", "#8a5444")
def chimney_stack(m: Model) -> None:
    m.box((1.3, 0.7, 1.8), (0, 0, 0), paint(m.colour, "brick"), 0.03)
    m.box((1.45, 0.85, 0.14), (0, 0, 1.75), paint(shade(m.colour, 1.2)), 0.03)
    for x in (-0.4, 0, 0.4):
        m.lathe([(0.14, 0), (0.11, 0.5), (0.14, 0.52), (0.1, 0.52), (0.09, 0.1)], (x, 0, 1.86), paint("#b0683f"), 9)


@prop("water tank", "rooftop tank,cistern", (2.2, 2.2, 4.2), "far", "#7d5a38")
def water_tank(m: Model) -> None:
    for x in (-0.75, 0.75):
        for y in (-0.75, 0.75):
            m.tube((x, y, 0), (x * 0.9, y * 0.9, 1.8), 0.07, metal(IRON))
    m.lathe([(1.0, 1.75), (1.0, 3.6)], (0, 0, 0), paint(m.colour, "planks", scale=0.25), 16)
    m.lathe([(0, 1.74), (1.0, 1.75)][::-1], (0, 0, 0), wood(DARK_WOOD), 16)
    m.lathe([(1.15, 3.55), (0, 4.4)], (0, 0, 0), paint("#4a4d52"), 16)
    for z in (2.2, 3.1):
        m.lathe([(1.0, z - 0.03), (1.02, z), (1.0, z + 0.03)], (0, 0, 0), metal(STEEL), 16)


@prop(
    "platform roof",
    "canopy,shelter,bus shelter,awning,pergola,gazebo,bus stop",
    (6.0, 2.6, 3.2),
    "far",
    "#4f6b5a",
    solid=False,
    glow=Glow((0, 0, 2.6), "#ffd39a", 2.2, 4.5),
)
def platform_roof(m: Model) -> None:
    for x in (-2.4, 0, 2.4):
        m.tube((x, 0, 0), (x, 0, 2.9), 0.08, metal(m.colour), 0.07, 8)
        for side in (-1, 1):
            m.rod((x, 0, 2.2), (x, side * 0.9, 2.9), 0.04, metal(m.colour))
    m.box((6.2, 2.8, 0.1), (0, 0, 2.9), paint(shade(m.colour, 0.85)), 0.03)
    m.box((6.3, 0.06, 0.24), (0, -1.4, 2.72), paint(CREAM), 0.02)
    for x in (-1.2, 1.2):
        m.ball(0.14, (x, 0, 2.62), glow(LAMP, 4.0) if m.lit else paint(WHITE), 8, 5)


@prop("gate", "iron gate,gateway,archway,garden gate,portal,turnstile", (2.6, 0.4, 2.8), "ground", "#34363b", solid=False)
def gate(m: Model) -> None:
    for x in (-1.2, 1.2):
        m.box((0.4, 0.4, 2.2), (x, 0, 0), paint("#8f8a80", "brick", scale=0.4), 0.03)
        m.ball(0.2, (x, 0, 2.38), paint("#a09a90"), 10, 6)
    for k in range(7):
        for side in (-1, 1):
            x = side * (1.0 - k * 0.035)
            m.tube((x, -k * 0.13, 0.08), (x, -k * 0.13, 1.75 - 0.04 * k), 0.018, metal(WOOD if m.colour == WOOD else m.colour), segments=4)
