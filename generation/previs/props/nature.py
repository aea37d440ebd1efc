"""What grows: trees, bushes, grass, and the rocks between them."""

from __future__ import annotations

import itertools
import math

from generation.previs.palette import (
    LEAF,
    paint,
    shade,
    wood,
)
from generation.previs.props.model import Model, prop

BARK = "#6b4c35"


@prop("tree", "oak,maple,chestnut,elm,trees,oak tree,apple tree", (1.0, 1.0, 5.0), "ground", LEAF)
def tree(m: Model) -> None:
    m.tube((0, 0, -0.1), (0.08, 0, 2.2), 0.2, wood(BARK), 0.12, 8)
    for x, y, z in ((0.7, 0.1, 2.9), (-0.65, 0.2, 2.75), (0.1, -0.5, 2.8)):
        m.tube((0.06, 0, 1.7), (x, y, z), 0.08, wood(BARK), 0.04)
    for k in range(8):
        a, r = k * 2.4, 0.95 * (1 - k / 12)
        size = m.chance.between(0.75, 1.05) * (1 - k * 0.035)
        m.ball(
            (size, size, size * 0.8),
            (r * math.cos(a), r * math.sin(a), 2.75 + 0.24 * k),
            paint(shade(m.colour, 0.82 + 0.05 * k), "grass", scale=0.5, wrap=0.35),
            8,
            5,
        )


@prop("pine", "fir,spruce,pine tree,conifer,fir tree,christmas tree,cedar,cypress", (0.9, 0.9, 5.5), "ground", "#3f5f4c")
def pine(m: Model) -> None:
    m.tube((0, 0, -0.1), (0, 0, 1.2), 0.17, wood(BARK), 0.13, 7)
    for k in range(4):
        r = 1.35 - 0.29 * k
        green = paint(shade(m.colour, 0.85 + 0.1 * k), wrap=0.3)
        m.lathe([(r * 0.9, 0.05), (r, 0.0), (r * 0.95, 0.12), (r * 0.26, 1.35), (0, 1.5)], (0, 0, 0.8 + 1.08 * k), green, 8)


@prop("bare tree", "dead tree,winter tree,leafless tree", (0.8, 0.8, 4.4), "ground", "#4f4038")
def bare_tree(m: Model) -> None:
    bark = wood(m.colour)
    m.tube((0, 0, -0.1), (0.1, 0, 1.9), 0.19, bark, 0.12, 8)
    for k in range(6):
        a = k * 1.3 + 0.4
        z = 1.4 + 0.16 * k
        knee = (0.75 * math.cos(a), 0.75 * math.sin(a), z + 0.85)
        m.tube((0.08, 0, z), knee, 0.075, bark, 0.045)
        for turn in (-0.5, 0.6):
            m.tube(knee, (knee[0] + 0.6 * math.cos(a + turn), knee[1] + 0.6 * math.sin(a + turn), knee[2] + 0.75), 0.042, bark, 0.012, 5)


@prop("birch", "birch tree,poplar,aspen,willow", (0.6, 0.6, 5.2), "ground", "#8a9a4f")
def birch(m: Model) -> None:
    m.tube((0, 0, -0.1), (0.1, 0.05, 4.0), 0.11, paint("#d9d4c6"), 0.05, 7)
    for k in range(6):
        m.lathe([(0.113 - 0.009 * k, 0), (0.112 - 0.009 * k, 0.05)], (0.015 * k, 0.008 * k, 0.5 + 0.55 * k), paint("#4a4440"), 7)
    for k in range(5):
        a = k * 2.4
        m.ball(
            (0.6, 0.6, 0.72), (0.1 + 0.35 * math.cos(a), 0.35 * math.sin(a), 2.9 + 0.42 * k), paint(shade(m.colour, 0.85 + 0.08 * k), wrap=0.35), 8, 6
        )


@prop("palm tree", "palms,coconut tree,palm trees", (0.6, 0.6, 4.6), "ground", "#5f7f4a")
def palm_tree(m: Model) -> None:
    points = [(0.12 * k * k / 4, 0, 0.95 * k) for k in range(5)]
    for p, q in itertools.pairwise(points):
        m.tube(p, q, 0.15, wood("#8a6b4a"), 0.11, 7)
    top = points[-1]
    for k in range(8):
        a = k * math.pi / 4
        mid = (top[0] + 0.8 * math.cos(a), 0.8 * math.sin(a), top[2] + 0.35)
        m.rod(top, mid, 0.05, paint(m.colour, wrap=0.3), 0.13, 5)
        m.rod(mid, (top[0] + 1.6 * math.cos(a), 1.6 * math.sin(a), top[2] - 0.25), 0.13, paint(shade(m.colour, 1.1), wrap=0.3), 0.02, 5)


@prop("cactus plant", "saguaro,cacti", (0.8, 0.5, 2.2), "ground", "#5f7a55")
def cactus_plant(m: Model) -> None:
    stuff = paint(m.colour, wrap=0.2)
    m.rod((0, 0, 0), (0, 0, 2.0), 0.2, stuff, 0.17, 10)
    for side, z in ((-1, 0.8), (1, 1.1)):
        m.rod((0, 0, z), (side * 0.42, 0, z + 0.05), 0.11, stuff, segments=8)
        m.rod((side * 0.42, 0, z + 0.05), (side * 0.44, 0, z + 0.6), 0.11, stuff, segments=8)


@prop("bush", "shrub,hedge,bushes,thicket,undergrowth,brambles", (1.4, 0.9, 0.9), "ground", "#5a7048")
def bush(m: Model) -> None:
    for k in range(5):
        a = k * 2.4
        size = m.chance.between(0.36, 0.52)
        m.ball(
            (size, size, size * 0.9),
            (0.42 * math.cos(a), 0.22 * math.sin(a), 0.3 + 0.07 * (k % 3)),
            paint(shade(m.colour, 0.85 + 0.08 * k), "grass", scale=0.4, wrap=0.35),
            8,
            5,
        )


@prop("grass tuft", "reeds,tall grass,wheat,corn,grass", (0.5, 0.5, 0.6), "ground", "#8a8a55", solid=False)
def grass_tuft(m: Model) -> None:
    for k in range(9):
        a, r = k * 2.4, 0.06 * math.sqrt(k)
        h = m.chance.between(0.3, 0.65)
        x, y = r * math.cos(a), r * math.sin(a)
        m.tube((x, y, 0), (x * 2.4, y * 2.4, h), 0.022, paint(shade(m.colour, 0.8 + 0.05 * k), wrap=0.3), 0.002, 4)


@prop("rock", "boulder,stone,rocks,stones,boulders", (1.2, 1.0, 0.7), "ground", "#77747a", seats=((0, -0.2, 0.5),))
def rock(m: Model) -> None:
    for k, (x, y, s) in enumerate(((0, 0, 1.0), (0.48, -0.12, 0.55), (-0.4, 0.2, 0.6))):
        m.ball(
            (0.55 * s, 0.45 * s, 0.52 * s),
            (x, y, 0.05),
            paint(shade(m.colour, 1 - 0.07 * k), "plaster", scale=0.7),
            9,
            6,
            -20,
            yaw=m.chance.between(0, 3),
        )


@prop("log", "fallen tree,stump,tree trunk,firewood,logs,woodpile,pile of wood", (1.8, 0.5, 0.5), "ground", BARK, seats=((0, 0, 0.42),))
def log(m: Model) -> None:
    m.rod((-0.75, 0, 0.21), (0.75, 0, 0.22), 0.21, wood(m.colour), 0.19, 9)
    m.rod((0.3, 0, 0.3), (0.45, -0.15, 0.62), 0.05, wood(m.colour), 0.03)
