"""A boat one stands on, and what belongs to the water's edge. The boat's bow is at +x and its deck is the level z = 0 of the place."""

from __future__ import annotations

import itertools
import math

import numpy as np

from generation.previs import shapes
from generation.previs.palette import BRASS, CREAM, DARK_WOOD, IRON, LAMP, STEEL, WHITE, WOOD, cloth, glow, metal, paint, shade, wood
from generation.previs.props.model import Glow, Model, prop
from generation.previs.props.small import disc

# Half the beam of the deck, in metres, along the boat from stern to bow.
STATIONS = (
    (-9.6, 1.75), (-9.0, 2.2), (-7.6, 2.65), (-5.2, 2.9), (0.0, 2.9), (4.0, 2.9), (5.6, 2.68), (7.0, 2.1), (8.2, 1.25), (9.0, 0.55), (9.45, 0.04),
)  # fmt: skip
KEEL = 2.0  # metres from the deck down to the hull's foot
GUNWALE = 0.5  # height of the bulwark amidships: low, so that a camera outside sees the feet of those on deck
PANE = "#53707a"


def half_beam(x: float) -> float:
    """Half the width of the deck at a place along the boat."""
    return float(np.interp(x, [s[0] for s in STATIONS], [s[1] for s in STATIONS]))


def ends(y: float) -> tuple[float, float]:
    """From where to where along the boat the deck is at least |y| wide to one side."""
    fore = [s for s in STATIONS if s[0] >= 0.0]
    aft = [s for s in STATIONS if s[0] <= 0.0]
    bow = float(np.interp(-abs(y), [-s[1] for s in fore], [s[0] for s in fore]))
    return float(np.interp(abs(y), [s[1] for s in aft], [s[0] for s in aft])), bow


def _sheer(x: float) -> float:
    """Height of the bulwark's top over the deck: it rises to the bow, and a little to the stern."""
    return GUNWALE + 0.75 * math.pow(max(0.0, (x - 4.0) / 5.45), 1.6) + 0.25 * math.pow(max(0.0, (-5.2 - x) / 4.4), 1.5)


def _strake(
    m: Model, material: object, high: tuple[tuple[float, float, float], ...], low: tuple[tuple[float, float, float], ...], out: float
) -> None:
    """A band of planking between two edges, on the side that `out` (±1) names."""
    faces = []
    for k in range(len(high) - 1):
        a, b, c, d = k, k + 1, len(high) + k, len(high) + k + 1
        faces += [(a, c, b), (b, c, d)] if out > 0 else [(a, b, c), (b, d, c)]
    points = [(x, y * out, z) for x, y, z in (*high, *low)]
    m.add(shapes.skin(points, faces, 0), material)  # type: ignore[arg-type]


@prop("hull", "ship's hull,boat's hull,vessel", (19.2, 5.8, 10.4), "far", "#3f6285", solid=False)
def hull(m: Model) -> None:
    top = tuple((x, b, KEEL + _sheer(x)) for x, b in STATIONS)
    deck = tuple((x, b, KEEL) for x, b in STATIONS)
    wale = tuple((x - 0.02 * max(0.0, x - 4), b * 0.99, KEEL - 0.16) for x, b in STATIONS)
    water = tuple((x * 0.985, b * 0.95, KEEL - 0.8) for x, b in STATIONS)
    foot = tuple((x * 0.94, b * 0.72, 0.0) for x, b in STATIONS)
    inner = tuple((x * 0.992, max(0.0, b - 0.12), KEEL + _sheer(x)) for x, b in STATIONS)
    sole = tuple((x * 0.992, max(0.0, b - 0.12), KEEL - 0.1) for x, b in STATIONS)
    for out in (1.0, -1.0):
        _strake(m, paint(CREAM, gloss=0.3), top, deck, out)
        _strake(m, wood(WOOD), deck, wale, out)
        _strake(m, paint(m.colour, gloss=0.35), wale, water, out)
        _strake(m, paint("#5c2a26", gloss=0.2), water, foot, out)
        _strake(m, paint(shade(CREAM, 0.92)), tuple((x, -y, z) for x, y, z in inner), tuple((x, -y, z) for x, y, z in sole), out)
        for (xa, ya, za), (xb, yb, zb) in itertools.pairwise(top):
            m.rod((xa, ya * out * 0.98, za), (xb, yb * out * 0.98, zb), 0.075, wood(WOOD))
    stern, half = STATIONS[0]
    m.box((0.14, 2 * half, 0.55 + _sheer(stern)), (stern, 0, KEEL - 0.55), paint(m.colour, gloss=0.3), 0.02)
    m.rod((stern, -half, KEEL + _sheer(stern)), (stern, half, KEEL + _sheer(stern)), 0.075, wood(WOOD))
    m.slab([(x, b - 0.06) for x, b in STATIONS] + [(x, 0.06 - b) for x, b in STATIONS[-2::-1]], 0.06, (0, 0, KEEL - 0.15), wood(DARK_WOOD))
    m.rod((9.0, 0, KEEL + 1.1), (11.2, 0, KEEL + 1.75), 0.09, wood("#b98a55"), 0.05)


@prop("gunwale", "gunwales,coaming", (2.5, 0.18, GUNWALE + 0.1), "ground", WOOD)
@prop("bulwark", "taffrail,ship's rail,rail,rails,handrail", (2.5, 0.18, GUNWALE + 0.1), "ground", WOOD)
def bulwark(m: Model) -> None:
    m.box((2.5, 0.22, 0.07), (0, 0.02, GUNWALE + 0.01), wood(m.colour), 0.004)
    for x in (-0.85, 0.0, 0.85):
        m.box((0.09, 0.1, GUNWALE), (x, -0.03, 0), paint(shade(CREAM, 0.85)), 0.015)


@prop("mast", "masts,ship's mast,foremast,mizzen", (0.3, 0.3, 8.0), "far", "#b98a55")
def mast(m: Model) -> None:
    pole = wood(m.colour)
    m.lathe([(0.2, 0), (0.2, 0.25), (0.12, 0.3)], (0, 0, 0), wood(DARK_WOOD), 10)
    m.tube((0, 0, 0), (0, 0, 8.0), 0.12, pole, 0.06, 8)
    m.ball(0.09, (0, 0, 8.05), metal(BRASS, 0.8), 8, 5)
    for z in (0.9, 1.0, 1.1):
        m.ring(0.13, 0.025, (0, 0, z), paint("#b79a68", "fabric", scale=0.06), segments=10)


def _sail(m: Model, corners: tuple[tuple[float, float], ...], belly: float, colour: str) -> None:
    """Canvas between four corners in (x, z), foot first and then the head, filled by `belly` metres of wind towards −y."""
    n = 6
    (ax, az), (bx, bz), (cx, cz), (dx, dz) = corners
    for back in (False, True):
        points, faces = [], []
        for j in range(n + 1):
            for i in range(n + 1):
                u, v = i / n, j / n
                x = (ax + (bx - ax) * u) * (1 - v) + (dx + (cx - dx) * u) * v
                z = (az + (bz - az) * u) * (1 - v) + (dz + (cz - dz) * u) * v
                points.append((x, -belly * math.sin(math.pi * u) * (1 - 0.6 * v) * min(1.0, 3 * v + 0.4) + (0.012 if back else -0.012), z))
        for j in range(n):
            for i in range(n):
                a = j * (n + 1) + i
                quad = [(a, a + 1, a + n + 2), (a, a + n + 2, a + n + 1)]
                faces += [(p, r, q) for p, q, r in quad] if back else quad
        m.add(shapes.skin(points, faces, 0), paint(colour, "fabric", scale=0.5, wrap=0.3))


@prop("foresail", "sail,sails,jib,canvas sail", (4.6, 0.6, 7.6), "far", "#d9c7a2", solid=False)
def foresail(m: Model) -> None:
    """From the mast at x = 0 to the bowsprit at x = 5.6, with the shrouds that hold the mast; its foot clears the heads of those on deck."""
    for side in (-1, 1):
        for x in (-0.6, 0.1):
            m.tube((0, side * 0.06, 7.4), (x, side * 2.6, GUNWALE + 0.05), 0.012, paint("#3a3630"), segments=4)
    _sail(m, ((0.35, 1.9), (5.3, 1.75), (0.35, 7.15), (0.2, 7.15)), 0.45, m.colour)
    m.tube((0, 0, 7.5), (5.75, 0, 1.7), 0.014, paint("#3a3630"), segments=4)
    m.tube((0.35, 0, 1.9), (-0.6, -1.6, 0.5), 0.014, paint("#b79a68"), segments=4)


@prop("mizzen sail", "mainsail,spanker,lugsail", (3.4, 0.5, 5.4), "far", "#d9c7a2", solid=False)
def mizzen_sail(m: Model) -> None:
    """Aft of a mast at x = 0: boom, gaff and the canvas between them."""
    spar = wood("#b98a55")
    m.rod((0.05, 0, 0.55), (-3.5, 0, 0.75), 0.06, spar)
    m.rod((0.05, 0, 3.3), (-2.7, 0, 4.7), 0.05, spar)
    _sail(m, ((-3.35, 0.8), (-0.12, 0.62), (-0.12, 3.2), (-2.55, 4.5)), 0.35, m.colour)
    m.tube((0.05, 0, 5.2), (-2.6, 0, 4.7), 0.012, paint("#3a3630"), segments=4)


@prop(
    "wheelhouse", "pilot house,deckhouse,ship's bridge,wheel house", (3.3, 3.0, 2.9), "far", CREAM, glow=Glow((1.9, -0.7, 2.15), "#ffcf94", 1.6, 4.5)
)
def wheelhouse(m: Model) -> None:
    """Its doorway, at y = −0.7 on the bow side (+x), stands open: who comes on deck comes out of it."""
    wall, trim = paint(m.colour, gloss=0.2), wood(WOOD)
    pane = glow("#ffd9a0", 0.9) if m.lit else paint(PANE, gloss=0.9)
    for y in (-1.45, 1.45):
        m.box((3.2, 0.1, 2.3), (0, y, 0), wall, 0.02)
        for x in (-0.85, 0.15):
            m.box((0.72, 0.13, 0.62), (x, y, 1.2), pane, 0.02)
            m.box((0.82, 0.12, 0.07), (x, y, 1.14), trim, 0.01)
    m.box((0.1, 3.0, 2.3), (-1.55, 0, 0), wall, 0.02)
    m.box((0.1, 1.72, 2.3), (1.55, 0.64, 0), wall, 0.02)
    m.box((0.1, 0.3, 2.3), (1.55, -1.35, 0), wall, 0.02)
    m.box((0.1, 1.0, 0.28), (1.55, -0.7, 2.02), wall, 0.01)
    for y in (0.25, 1.0):
        m.box((0.13, 0.6, 0.62), (1.55, y, 1.2), pane, 0.02)
        m.box((0.12, 0.7, 0.07), (1.55, y, 1.14), trim, 0.01)
    for y in (-1.22, -0.18):
        m.box((0.14, 0.07, 2.05), (1.55, y, 0), trim, 0.01)
    m.box((2.9, 2.8, 2.2), (-0.12, 0, 0.02), paint("#2a241f"), 0)
    m.box((3.6, 3.3, 0.12), (0, 0, 2.3), paint(shade(m.colour, 0.9)), 0.04)
    m.box((3.62, 3.32, 0.05), (0, 0, 2.27), trim, 0.01)
    m.lathe([(0.24, 0), (0.22, 0.75), (0.26, 0.8), (0.2, 0.8), (0.18, 0.3)], (-1.0, 0.75, 2.42), paint("#8f3a34"), 12)
    for side, light in ((-1, "#5fd08a"), (1, "#ff6a52")):
        m.box((0.2, 0.14, 0.18), (1.2, side * 1.56, 2.05), glow(light, 2.2) if m.lit else paint(shade(light, 0.7)), 0.02)
    m.ball(0.08, (1.75, -0.7, 2.2), glow(LAMP, 3.5) if m.lit else paint(WHITE), 8, 5)


@prop("distant boat", "sail on the horizon", (6.0, 1.6, 7.0), "far", "#4a4d52", solid=False)
def distant_boat(m: Model) -> None:
    m.plate([(-2.8, 0.9), (-2.4, -0.2), (2.2, -0.2), (3.2, 1.1)], 1.4, (0, 0, 0), paint(m.colour))
    m.tube((0.3, 0, 0.5), (0.3, 0, 7.2), 0.08, wood(DARK_WOOD))
    m.plate([(0.1, 1.5), (0.1, 6.8), (-2.5, 1.7)], 0.05, (0, 0, 0), cloth(CREAM))
    m.plate([(0.5, 1.5), (0.5, 6.2), (2.9, 1.4)], 0.05, (0, 0, 0), cloth(WHITE))


@prop("seagull", "gull,gulls,seagulls,sea birds", (1.3, 0.5, 0.3), "far", WHITE, solid=False)
def seagull(m: Model) -> None:
    lift = m.chance.between(0.12, 0.4)
    m.ball((0.09, 0.3, 0.09), (0, 0, 0), paint(WHITE, wrap=0.3), 8, 6)
    m.ball(0.075, (0, -0.29, 0.04), paint(WHITE, wrap=0.3), 8, 5)
    m.rod((0, -0.36, 0.03), (0, -0.44, 0.01), 0.02, paint("#d79a3c"), 0.008, 5)
    m.slab([(-0.06, 0.2), (0.06, 0.2), (0.1, 0.46), (-0.1, 0.46)], 0.02, (0, 0, -0.01), paint(WHITE))
    for side in (-1, 1):
        elbow, tip = (side * 0.36, -0.08, lift), (side * 0.78, 0.1, lift * 0.75)
        for a, b, r, colour in (((0, -0.06, 0.03), elbow, 0.1, "#c3c8cc"), (elbow, tip, 0.075, "#8f969c")):
            way = (b[0] - a[0], b[1] - a[1], b[2] - a[2])
            blade = shapes.ellipsoid((math.hypot(*way) / 2 + 0.04, r, 0.018), 0, segments=6, rings=4)
            middle = tuple((p + q) / 2 for p, q in zip(a, b, strict=True))
            m.add(blade, paint(colour, wrap=0.3), middle, math.atan2(way[1], way[0]), math.atan2(way[2], math.hypot(way[0], way[1])))


@prop("driftwood", "drift wood,driftwood log,beached log", (2.2, 0.6, 0.5), "ground", "#b3a791", seats=((0, 0, 0.42),))
def driftwood(m: Model) -> None:
    bleached = wood(m.colour)
    for a, b, r in (
        ((-1.0, 0.1, 0.16), (-0.1, 0, 0.22), 0.19),
        ((-0.1, 0, 0.22), (0.6, -0.06, 0.2), 0.18),
        ((0.6, -0.06, 0.2), (1.15, 0.12, 0.3), 0.14),
    ):
        m.rod(a, b, r, bleached, r * 0.9, 9)
    for a, b in (((0.5, 0, 0.3), (0.75, -0.2, 0.75)), ((-0.7, 0.1, 0.26), (-0.95, 0.32, 0.6)), ((1.1, 0.12, 0.3), (1.45, 0.2, 0.52))):
        m.rod(a, b, 0.06, bleached, 0.02, 6)


@prop("groyne", "groynes,wooden posts,breakwater posts,mooring posts", (0.5, 8.4, 1.6), "ground", "#6f6353")
def groyne(m: Model) -> None:
    """Posts in a row that walks into the sea along y, sinking as it goes."""
    for k in range(12):
        height = 1.25 - 0.045 * k + m.chance.between(-0.12, 0.12)
        x = m.chance.between(-0.05, 0.05)
        m.tube(
            (x, -4.0 + 0.73 * k, -2.0),
            (x + m.chance.between(-0.04, 0.04), -4.0 + 0.73 * k, height),
            0.12,
            wood(shade(m.colour, 0.9 + 0.06 * (k % 3))),
            0.1,
            7,
        )
        m.ball((0.105, 0.105, 0.03), (x, -4.0 + 0.73 * k, height), wood(shade(m.colour, 1.15)), 7, 4, 0)
    for z in (0.25, 0.6):
        m.rod((0.13, -4.1, z + 0.1), (0.13, 4.2, z - 0.35), 0.06, wood(m.colour))


@prop("beach hut", "beach cabin,bathing hut,changing hut,cabana,beach huts,lifeguard hut", (2.1, 2.4, 3.0), "far", "#4f7f8a")
def beach_hut(m: Model) -> None:
    boards = 9
    for side in (-1, 1):
        for k in range(boards):
            x = -0.93 + k * 0.2325
            top = 2.05 + 0.75 * (1 - abs(x) / 1.05)
            m.box((0.225, 0.07, top - 0.25), (x, side * 1.0, 0.25), paint(m.colour if k % 2 else WHITE), 0.008)
        m.box((0.07, 2.0, 1.85), (side * 1.02, 0, 0.25), paint(WHITE), 0.01)
        m.box((1.42, 2.5, 0.07), (side * 0.56, 0, 2.48), wood("#6f5a48"), 0.015, pitch=-side * 0.62)
    m.box((2.2, 2.3, 0.12), (0, 0, 0.16), wood(WOOD), 0.02)
    for x in (-0.9, 0.9):
        for y in (-0.95, 0.95):
            m.tube((x, y, -0.4), (x, y, 0.2), 0.08, wood(DARK_WOOD))
    m.box((0.8, 0.08, 1.7), (0, -1.03, 0.28), paint(shade(m.colour, 0.75)), 0.02)
    m.box((0.16, 0.3, 0.08), (0, -1.2, 0.1), wood(WOOD), 0.01)
    m.box((0.9, 0.34, 0.1), (0, -1.32, 0.04), wood(WOOD), 0.02)
    m.box((0.8, 0.28, 0.5), (0, -1.3, -0.46), wood(DARK_WOOD), 0)
    m.ball(0.035, (0.28, -1.09, 1.1), metal(BRASS, 0.8), 7, 5)
    face = disc(0.17, 0.03)
    m.add(face, paint(PANE, gloss=0.9), (0, -1.05, 2.25))
    m.ring(0.17, 0.03, (0, -1.06, 2.25), metal(STEEL), roll=math.pi / 2, segments=12)
    m.rod((-0.62, -1.12, 0.6), (-0.62, -1.12, 1.3), 0.02, metal(IRON))
