"""Things that stand on tables or lie in hands."""

from __future__ import annotations

import math

from generation.previs import shapes
from generation.previs.palette import (
    BLACK,
    BRASS,
    CREAM,
    DARK_WOOD,
    FLAME,
    GLASS,
    IRON,
    LAMP,
    LEAF,
    LEATHER,
    PAPER,
    RED,
    SCREEN,
    STEEL,
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
from generation.previs.scene import Mesh


def disc(radius: float, depth: float) -> Mesh:
    """A disc facing −y with its back on y = 0."""
    return shapes.transform(shapes.cylinder(radius, depth, 0, segments=18), shapes.turn(roll=math.pi / 2))


@prop("lamp", "table lamp,desk lamp,bedside lamp,reading lamp,light,lampshade", (0.34, 0.34, 0.52), "table", "#3f7474", glow=Glow((0, 0, 0.4)))
def lamp(m: Model) -> None:
    m.lathe(
        [(0, 0), (0.1, 0), (0.1, 0.02), (0.05, 0.05), (0.085, 0.14), (0.07, 0.22), (0.02, 0.27), (0.015, 0.36)], (0, 0, 0), paint(m.colour, gloss=0.5)
    )
    shade_stuff = glow("#ffcf8e", 1.5) if m.lit else cloth(CREAM)
    m.lathe([(0.17, 0.29), (0.11, 0.5), (0.1, 0.5), (0.16, 0.29)], (0, 0, 0), shade_stuff)
    m.ball(0.05, (0, 0, 0.36), glow(LAMP, 4.0) if m.lit else paint(WHITE), 8, 5)


@prop(
    "candle",
    "candles,candlestick,candelabra,taper",
    (0.14, 0.14, 0.3),
    "table",
    BRASS,
    holdable=True,
    glow=Glow((0, 0, 0.32), "#ffb066", 0.9, 2.4, True),
)
def candle(m: Model) -> None:
    m.lathe([(0, 0), (0.07, 0), (0.07, 0.015), (0.02, 0.03), (0.018, 0.07), (0.03, 0.085), (0, 0.085)], (0, 0, 0), metal(m.colour, 0.8), 10)
    m.cyl(0.016, 0.17, (0, 0, 0.08), paint(CREAM, wrap=0.3), segments=7)
    m.ball((0.014, 0.014, 0.034), (0, 0, 0.285), glow(FLAME, 7.0), 6, 5)


@prop(
    "lantern",
    "storm lantern,oil lamp,hurricane lamp,torch,flashlight",
    (0.2, 0.2, 0.36),
    "table",
    IRON,
    holdable=True,
    glow=Glow((0, 0, 0.15), "#ffb867", 1.2, 3.0, True),
)
def lantern(m: Model) -> None:
    m.cyl(0.085, 0.05, (0, 0, 0), metal(m.colour), segments=10)
    m.lathe([(0.06, 0.05), (0.075, 0.13), (0.055, 0.22)], (0, 0, 0), glow("#ffd08a", 2.6) if m.lit else paint(GLASS, gloss=0.8), 10)
    m.lathe([(0.085, 0.22), (0.06, 0.26), (0.03, 0.3), (0, 0.3)], (0, 0, 0), metal(m.colour), 10)
    m.ring(0.06, 0.007, (0, 0, 0.31), metal(m.colour), roll=math.pi / 2, segments=10)
    for k in range(4):
        x, y = 0.08 * math.cos(k * 1.571), 0.08 * math.sin(k * 1.571)
        m.tube((x, y, 0.05), (x * 0.9, y * 0.9, 0.23), 0.006, metal(m.colour), segments=4)


@prop("kettle", "teakettle,tea kettle,teapot,coffee pot,coffeepot,pot of tea,pot of coffee", (0.28, 0.2, 0.28), "table", RED, holdable=True)
def kettle(m: Model) -> None:
    stuff = paint(m.colour, gloss=0.7)
    m.lathe([(0, 0), (0.1, 0), (0.115, 0.03), (0.105, 0.11), (0.07, 0.165), (0.05, 0.175), (0.045, 0.185), (0, 0.2)], (0, 0, 0), stuff)
    m.ball(0.018, (0, 0, 0.21), paint(BLACK), 6, 4)
    m.rod((0.09, 0, 0.07), (0.17, 0, 0.16), 0.026, stuff, 0.013)
    for a, b in (((-0.08, 0, 0.15), (-0.06, 0, 0.25)), ((-0.06, 0, 0.25), (0.05, 0, 0.265)), ((0.05, 0, 0.265), (0.075, 0, 0.15))):
        m.rod(a, b, 0.011, paint(BLACK), segments=5)


@prop("cup", "mug,teacup,coffee cup,cup of tea,cup of coffee,tea,coffee,cups,mugs", (0.1, 0.1, 0.1), "table", CREAM, holdable=True)
def cup(m: Model) -> None:
    stuff = paint(m.colour, gloss=0.5)
    m.lathe([(0, 0), (0.034, 0), (0.042, 0.015), (0.045, 0.095), (0.038, 0.095), (0.036, 0.075)], (0, 0, 0), stuff, 12)
    m.cyl(0.037, 0.004, (0, 0, 0.074), paint("#4a2f20", gloss=0.6), segments=10)
    m.ring(0.027, 0.007, (0.058, 0, 0.05), stuff, roll=math.pi / 2, segments=9)


@prop("glass", "wine glass,tumbler,drink,whisky,whiskey,wine,beer,pint,goblet,water glass", (0.08, 0.08, 0.14), "table", "#c58f4a", holdable=True)
def glass(m: Model) -> None:
    m.lathe([(0, 0), (0.03, 0), (0.038, 0.13), (0.034, 0.13), (0.031, 0.09)], (0, 0, 0), paint("#b9cfd0", gloss=0.9), 10)
    m.cyl(0.033, 0.02, (0, 0, 0.075), paint(m.colour, gloss=0.8), segments=9)


@prop(
    "bottle",
    "wine bottle,whisky bottle,whiskey bottle,flask,medicine,medicine bottle,vial,perfume",
    (0.09, 0.09, 0.32),
    "table",
    "#3f5f45",
    holdable=True,
)
def bottle(m: Model) -> None:
    m.lathe([(0, 0), (0.04, 0), (0.044, 0.01), (0.044, 0.18), (0.016, 0.24), (0.015, 0.31), (0, 0.31)], (0, 0, 0), paint(m.colour, gloss=0.85), 10)
    m.lathe([(0.0455, 0.06), (0.0455, 0.14)], (0, 0, 0), paint(PAPER), 10)


@prop(
    "plate", "dish,dishes,saucer,tray,bowl,soup,meal,food,dinner,breakfast,lunch,cake,pie,sandwich", (0.26, 0.26, 0.06), "table", WHITE, holdable=True
)
def plate(m: Model) -> None:
    m.lathe([(0, 0), (0.08, 0), (0.13, 0.02), (0.125, 0.024), (0.08, 0.01), (0, 0.01)], (0, 0, 0), paint(m.colour, gloss=0.5), 14)
    m.ball((0.06, 0.05, 0.035), (0.01, 0, 0.012), paint("#b9803f"), 9, 4, 0)
    m.ball(0.022, (-0.06, 0.02, 0.025), paint(RED), 6, 4)


@prop("bread", "loaf,baguette,roll,loaf of bread,cheese,fruit,apple,apples,orange", (0.34, 0.16, 0.14), "table", "#b57a3c", holdable=True)
def bread(m: Model) -> None:
    m.box((0.34, 0.2, 0.02), (0, 0, 0), wood(WOOD), 0.008)
    m.ball((0.13, 0.062, 0.085), (0, 0, 0.02), paint(m.colour, wrap=0.2), 12, 5, 0)
    for x in (-0.05, 0.0, 0.05):
        m.box((0.012, 0.08, 0.012), (x, 0, 0.092 - abs(x) * 0.12), paint(shade(m.colour, 1.35)), 0.004, yaw=0.5)


@prop("knife", "dagger,blade,kitchen knife,sword,scissors,razor", (0.3, 0.05, 0.03), "table", STEEL, holdable=True)
def knife(m: Model) -> None:
    m.slab([(-0.01, -0.02), (0.17, 0), (0.15, 0.016), (-0.01, 0.018)], 0.006, (0, 0, 0.012), metal(m.colour, 0.9))
    m.rod((-0.11, 0, 0.015), (-0.01, 0, 0.015), 0.014, paint(BLACK))


@prop("gun", "pistol,revolver,rifle,shotgun,weapon,handgun", (0.2, 0.05, 0.13), "table", BLACK, holdable=True)
def gun(m: Model) -> None:
    m.box((0.19, 0.03, 0.04), (0.03, 0, 0.08), metal(m.colour), 0.01)
    m.box((0.045, 0.03, 0.1), (-0.04, 0, 0), metal(m.colour), 0.012, pitch=-0.15)


@prop(
    "letter",
    "envelope,note,paper,papers,telegram,postcard,document,documents,ticket,contract,photo,photograph,page,form,card,newspaper,bill",
    (0.24, 0.17, 0.02),
    "table",
    PAPER,
    holdable=True,
)
def letter(m: Model) -> None:
    m.box((0.22, 0.155, 0.006), (0, 0, 0), paint(m.colour), 0.002)
    m.slab([(-0.1, 0.07), (0.1, 0.07), (0, -0.01)], 0.004, (0, 0, 0.005), paint(shade(m.colour, 0.88)))
    m.cyl(0.016, 0.006, (0, -0.012, 0.007), paint(RED), rim=0.002, segments=8)


@prop(
    "book",
    "diary,journal,notebook,bible,novel,ledger,logbook,log book,album,sketchbook,logbooks,magazine",
    (0.2, 0.27, 0.06),
    "table",
    "#3f6285",
    holdable=True,
)
def book(m: Model) -> None:
    m.box((0.19, 0.26, 0.045), (0, 0, 0), paint(m.colour), 0.008)
    m.box((0.18, 0.262, 0.033), (0.008, 0, 0.006), paint(PAPER), 0)
    m.box((0.1, 0.02, 0.002), (0, -0.03, 0.045), paint("#c79a3f", gloss=0.6), 0)


@prop("books", "pile of books,stack of books,files,file,folders,folder,binder", (0.24, 0.28, 0.26), "table", RED, holdable=True)
def pile_of_books(m: Model) -> None:
    for k, colour in enumerate((m.colour, "#3f6285", "#c79a3f", "#5f7a45")):
        m.box((0.2 - 0.01 * k, 0.27, 0.05), (0, 0, k * 0.055), paint(colour), 0.01, yaw=m.chance.between(-0.35, 0.35))


@prop("map", "chart,charts,maps,plan,blueprint,blueprints", (0.7, 0.46, 0.03), "table", "#d8c59a", holdable=True)
def chart(m: Model) -> None:
    m.box((0.66, 0.44, 0.006), (0, 0, 0), paint(m.colour), 0.002)
    m.slab([(-0.22, -0.12), (-0.02, -0.16), (0.1, -0.02), (-0.02, 0.1), (-0.2, 0.06)], 0.003, (0, 0, 0.006), paint("#7f9a84"))
    m.slab([(0.12, 0.02), (0.26, 0.06), (0.2, 0.16), (0.1, 0.14)], 0.003, (0, 0, 0.006), paint("#7f9a84"))
    m.rod((-0.33, -0.22, 0.015), (-0.33, 0.22, 0.015), 0.018, paint(shade(m.colour, 0.85)))


@prop("ball", "football,tennis ball,basketball,beach ball,rubber ball,baseball", (0.2, 0.2, 0.2), "floor", RED, holdable=True, solid=False)
def ball(m: Model) -> None:
    m.ball(0.1, (0, 0, 0.1), paint(m.colour, wrap=0.2), 14, 10)
    m.cyl(0.101, 0.024, (0, 0, 0.088), paint(shade(m.colour, 1.5)), rim=0.002, segments=14)


@prop("clipboard", "tablet,clip board,board with papers", (0.22, 0.3, 0.03), "table", "#8a6238", holdable=True)
def clipboard(m: Model) -> None:
    m.box((0.22, 0.3, 0.012), (0, 0, 0), paint(m.colour), 0.004)
    m.box((0.19, 0.25, 0.004), (0, -0.015, 0.012), paint(PAPER), 0)
    m.box((0.09, 0.03, 0.016), (0, 0.135, 0.01), metal(STEEL), 0.004)


@prop("towel", "cloth,napkin,handkerchief,rag,dishcloth,tea towel", (0.3, 0.2, 0.06), "table", CREAM, holdable=True)
def towel(m: Model) -> None:
    m.box((0.3, 0.2, 0.03), (0, 0, 0), paint(m.colour, wrap=0.4), 0.012)
    m.box((0.28, 0.1, 0.03), (0.005, 0.04, 0.03), paint(shade(m.colour, 0.92), wrap=0.4), 0.012)


@prop("gavel", "mallet,judge's hammer", (0.26, 0.1, 0.09), "table", WOOD, holdable=True)
def gavel(m: Model) -> None:
    m.rod((-0.16, 0, 0.045), (0.06, 0, 0.045), 0.011, wood(m.colour))
    m.box((0.07, 0.12, 0.07), (0.08, 0, 0.01), wood(m.colour), 0.02)


@prop("keys", "key,keyring,bunch of keys", (0.14, 0.1, 0.02), "table", BRASS, holdable=True)
def keys(m: Model) -> None:
    m.ring(0.032, 0.006, (-0.03, 0, 0.008), metal(m.colour, 0.9), segments=10)
    for yaw in (-0.4, 0.1, 0.5):
        m.box((0.085, 0.014, 0.008), (0.035, 0.05 * math.sin(yaw), 0.004), metal(m.colour, 0.9), 0.003, yaw=yaw)


@prop("phone", "telephone,receiver,cell phone,mobile,smartphone,mobile phone,cellphone", (0.24, 0.2, 0.15), "table", "#2f4a46", holdable=True)
def phone(m: Model) -> None:
    m.lathe([(0, 0), (0.115, 0), (0.1, 0.05), (0.06, 0.09), (0, 0.09)], (0, 0, 0), paint(m.colour, gloss=0.6))
    m.cyl(0.055, 0.012, (0, -0.065, 0.055), paint(CREAM), segments=10)
    m.rod((-0.1, 0.01, 0.125), (0.1, 0.01, 0.125), 0.02, paint(m.colour, gloss=0.6))
    for x in (-0.105, 0.105):
        m.ball((0.034, 0.034, 0.026), (x, 0.01, 0.108), paint(m.colour, gloss=0.6), 8, 5)


@prop(
    "radio",
    "wireless,transistor,transistor radio,stereo,record player,gramophone,jukebox,transmitter",
    (0.46, 0.2, 0.3),
    "table",
    "#8a5a36",
    holdable=True,
)
def radio(m: Model) -> None:
    m.box((0.44, 0.18, 0.28), (0, 0, 0), wood(m.colour), 0.05)
    m.box((0.18, 0.02, 0.18), (-0.09, -0.09, 0.05), cloth(CREAM), 0.008)
    m.box((0.13, 0.02, 0.06), (0.12, -0.09, 0.16), glow("#ffc878", 1.6) if m.lit else paint("#c9b98c"), 0.006)
    for x in (0.085, 0.155):
        m.ball(0.022, (x, -0.1, 0.09), metal(BRASS), 8, 5)


@prop("typewriter", "type writer", (0.38, 0.34, 0.22), "table", "#35514c")
def typewriter(m: Model) -> None:
    m.box((0.36, 0.3, 0.09), (0, 0, 0), paint(m.colour, gloss=0.5), 0.03)
    m.box((0.34, 0.13, 0.16), (0, 0.07, 0), paint(m.colour, gloss=0.5), 0.04)
    m.rod((-0.21, 0.09, 0.17), (0.21, 0.09, 0.17), 0.024, paint(BLACK))
    m.box((0.24, 0.004, 0.16), (0, 0.1, 0.17), paint(PAPER), 0, roll=-0.2)
    for row in range(3):
        for k in range(6):
            m.cyl(0.014, 0.014, (-0.13 + k * 0.052, -0.12 + row * 0.045, 0.085 + row * 0.012), paint(CREAM), segments=6)


@prop(
    "computer",
    "laptop,monitor,screen,keyboard,terminal,pc",
    (0.52, 0.4, 0.44),
    "table",
    "#c9c2b2",
    glow=Glow((0, -0.2, 0.3), "#a9cfe6", 0.5, 1.6, True),
)
def computer(m: Model) -> None:
    m.box((0.5, 0.05, 0.34), (0, 0.08, 0.09), paint(m.colour), 0.02)
    m.box((0.45, 0.01, 0.28), (0, 0.052, 0.12), glow(SCREEN, 1.1), 0)
    m.box((0.08, 0.06, 0.1), (0, 0.1, 0), paint(m.colour), 0.015)
    m.box((0.26, 0.18, 0.02), (0, 0.08, 0), paint(m.colour), 0.008)
    m.box((0.44, 0.15, 0.022), (0, -0.14, 0), paint(shade(m.colour, 0.75)), 0.008)


@prop("television", "tv,telly,television set,tv set", (0.7, 0.4, 0.62), "table", "#6e4630", glow=Glow((0, -0.35, 0.35), "#a9cfe6", 0.7, 2.2, True))
def television(m: Model) -> None:
    m.box((0.68, 0.36, 0.5), (0, 0, 0.06), wood(m.colour), 0.06)
    m.box((0.46, 0.02, 0.37), (-0.06, -0.18, 0.13), glow(SCREEN, 1.2) if m.lit else paint("#33424a", gloss=0.8), 0.009)
    for z in (0.38, 0.28):
        m.ball(0.026, (0.26, -0.19, z), metal(BRASS), 8, 4)
    for x in (-1, 1):
        m.rod((0, 0, 0.55), (x * 0.22, 0, 0.86), 0.007, metal(STEEL), segments=4)
        m.rod((x * 0.26, 0, 0.08), (x * 0.3, 0, 0), 0.02, wood(DARK_WOOD))


@prop("clock", "wall clock,alarm clock,cuckoo clock,grandfather clock", (0.4, 0.08, 0.4), "hung", DARK_WOOD, hang=2.0)
def clock(m: Model) -> None:
    face = disc(0.2, 0.06)
    m.add(face, wood(m.colour), (0, 0, 0))
    m.add(disc(0.165, 0.07), paint(PAPER), (0, 0, 0))
    m.box((0.018, 0.01, 0.13), (0, -0.073, -0.01), paint(BLACK), 0, pitch=0.0)
    m.box((0.1, 0.01, 0.018), (0.045, -0.073, -0.01), paint(BLACK), 0)
    for k in range(12):
        a = k * math.pi / 6
        m.box((0.012, 0.008, 0.024), (0.14 * math.sin(a), -0.072, 0.14 * math.cos(a) - 0.012), paint(BLACK), 0)


@prop("mirror", "looking glass", (0.6, 0.06, 0.9), "hung", BRASS, hang=1.5)
def mirror(m: Model) -> None:
    outline = [(0.3 * math.cos(k * math.pi / 9), 0.44 * math.sin(k * math.pi / 9)) for k in range(18)]
    m.plate(outline, 0.05, (0, -0.025, 0), metal(m.colour, 0.8))
    m.plate([(x * 0.86, z * 0.9) for x, z in outline], 0.02, (0, -0.05, 0), paint("#b7ccd2", gloss=0.95))


@prop(
    "painting",
    "picture,portrait,poster,framed photograph,frame,pictures,paintings,certificate,noticeboard,notice board",
    (0.8, 0.05, 0.62),
    "hung",
    DARK_WOOD,
    hang=1.6,
)
def painting(m: Model) -> None:
    sky, land, sun = m.chance.of((("#8fb0b8", "#5d7250", "#e8c37a"), ("#d9a27a", "#7a4f4a", "#f1d9a0"), ("#44587a", "#2f3d45", "#e7dfc7")))
    m.box((0.8, 0.04, 0.6), (0, -0.02, -0.3), wood(m.colour), 0.018)
    m.box((0.68, 0.02, 0.48), (0, -0.04, -0.24), paint(sky), 0)
    m.plate([(-0.34, -0.24), (0.34, -0.24), (0.34, -0.05), (0.12, 0.04), (-0.1, -0.08), (-0.34, 0.0)], 0.02, (0, -0.044, 0), paint(land))
    m.add(disc(0.055, 0.054), paint(sun), (0.16, 0, 0.12))


@prop("plant", "potted plant,fern,houseplant,houseplants,pot plant,plants,cactus,palm", (0.6, 0.6, 1.2), "floor", LEAF)
def plant(m: Model) -> None:
    m.lathe([(0, 0), (0.15, 0), (0.21, 0.3), (0.23, 0.34), (0.19, 0.34), (0.18, 0.3)], (0, 0, 0), paint("#b0683f"))
    m.cyl(0.18, 0.02, (0, 0, 0.28), paint("#3f2d22"), segments=10)
    for k in range(9):
        a = k * 2.4
        lean = 0.14 + 0.03 * (k % 4)
        tip = (lean * 1.6 * math.cos(a), lean * 1.6 * math.sin(a), 0.75 + 0.05 * k)
        m.rod((0, 0, 0.3), tip, 0.012, paint(shade(m.colour, 0.8)), segments=4)
        m.ball((0.15, 0.075, 0.035), tip, paint(shade(m.colour, 0.85 + 0.05 * (k % 5)), wrap=0.3), 8, 5, yaw=a)


@prop("flowers", "vase,bouquet,flower,roses,rose,vases,bunch of flowers", (0.26, 0.26, 0.42), "table", "#b9737a", holdable=True)
def flowers(m: Model) -> None:
    m.lathe([(0, 0), (0.05, 0), (0.075, 0.08), (0.04, 0.16), (0.05, 0.19), (0.035, 0.19)], (0, 0, 0), paint("#d9d0bd", gloss=0.5))
    for k in range(7):
        a = k * 2.4
        tip = (0.1 * math.cos(a) * (k % 3 + 1) / 2.4, 0.1 * math.sin(a) * (k % 3 + 1) / 2.4, 0.32 + 0.02 * (k % 4))
        m.tube((0, 0, 0.16), tip, 0.006, paint(LEAF), segments=4)
        m.ball(0.04, tip, paint(shade(m.colour, 0.85 + 0.15 * (k % 3)), wrap=0.3), 7, 5)


@prop("guitar", "violin,fiddle,cello,lute,banjo,ukulele", (0.4, 0.14, 1.0), "floor", "#b5793f", holdable=True, solid=False)
def guitar(m: Model) -> None:
    outline = []
    for k in range(20):
        a = k * math.pi / 10
        r = 0.17 + 0.035 * math.cos(2 * a) - (0.02 if math.sin(a) > 0 else -0.02)
        outline.append((r * math.cos(a) * 0.95, 0.24 + r * 1.25 * math.sin(a)))
    m.plate(outline, 0.1, (0, 0, 0), wood(m.colour))
    m.add(disc(0.05, 0.003), paint(BLACK), (0, -0.051, 0.28))
    m.box((0.05, 0.03, 0.5), (0, -0.045, 0.42), wood(DARK_WOOD), 0.01)
    m.box((0.08, 0.03, 0.13), (0, -0.045, 0.9), wood(DARK_WOOD), 0.012)


@prop("matchbox", "matches,box of matches,match box", (0.12, 0.08, 0.05), "table", "#a8402f", holdable=True)
def matchbox(m: Model) -> None:
    m.box((0.11, 0.07, 0.036), (0, 0, 0), m.main, 0.004)
    m.box((0.07, 0.072, 0.03), (0, 0, 0.003), paint(CREAM), 0.002)
    m.box((0.112, 0.06, 0.026), (0.004, 0, 0.005), paint(DARK_WOOD), 0.002)


@prop("match", "lit match,burning match", (0.03, 0.03, 0.2), "table", CREAM, holdable=True, glow=Glow((0, 0, 0.2), "#ffb066", 0.5, 1.2))
def match(m: Model) -> None:
    m.rod((0, 0, 0), (0, 0, 0.14), 0.006, paint("#d9b98a"))
    m.ball((0.012, 0.012, 0.028), (0, 0, 0.165), glow(FLAME, 5.0), 8, 6)
    m.ball(0.009, (0, 0, 0.142), paint("#7a2a22"), 6, 4)


@prop(
    "suitcase",
    "luggage,bag,briefcase,case,valise,handbag,backpack,satchel,rucksack,bags,suitcases,toolbox,duffel bag,basket,purse",
    (0.62, 0.24, 0.5),
    "floor",
    LEATHER,
    holdable=True,
    solid=False,
)
def suitcase(m: Model) -> None:
    m.box((0.6, 0.22, 0.42), (0, 0, 0.01), paint(m.colour, "fabric", scale=0.1), 0.05)
    for x in (-0.18, 0.18):
        m.box((0.045, 0.236, 0.434), (x, 0, 0.004), paint(shade(m.colour, 0.6)), 0.04)
    for a, b in (((-0.09, 0, 0.42), (-0.07, 0, 0.48)), ((-0.07, 0, 0.48), (0.07, 0, 0.48)), ((0.07, 0, 0.48), (0.09, 0, 0.42))):
        m.rod(a, b, 0.013, paint(shade(m.colour, 0.5)))


@prop(
    "box",
    "cardboard box,parcel,package,gift,present,boxes,carton,parcels,packages,music box,safe",
    (0.45, 0.36, 0.32),
    "floor",
    "#b08a5c",
    holdable=True,
    solid=False,
)
def carton(m: Model) -> None:
    m.box((0.44, 0.35, 0.31), (0, 0, 0), paint(m.colour), 0.012)
    m.box((0.45, 0.06, 0.313), (0, 0, 0), paint(shade(m.colour, 1.3)), 0.01)


@prop("camera", "video camera,film camera,binoculars,telescope,spyglass", (0.22, 0.16, 0.16), "table", BLACK, holdable=True)
def camera(m: Model) -> None:
    m.box((0.2, 0.09, 0.13), (0, 0, 0), paint(m.colour, gloss=0.3), 0.025)
    m.add(disc(0.05, 0.09), metal(STEEL), (0, -0.03, 0.065))
    m.add(disc(0.04, 0.1), paint("#3d5468", gloss=0.95), (0, -0.03, 0.065))
    m.box((0.08, 0.06, 0.035), (0, 0, 0.12), paint(m.colour), 0.012)


@prop("globe", "crystal ball,model ship,trophy,figurine,ornament,doll,toy,teddy bear,snow globe", (0.3, 0.3, 0.42), "table", "#4f7f8a", holdable=True)
def globe(m: Model) -> None:
    m.lathe([(0, 0), (0.11, 0), (0.09, 0.03), (0.02, 0.05), (0.02, 0.1), (0, 0.1)], (0, 0, 0), wood(DARK_WOOD), 10)
    m.ball(0.13, (0, 0, 0.24), paint(m.colour, gloss=0.4), 14, 9)
    m.ring(0.145, 0.009, (0, 0, 0.24), metal(BRASS, 0.8), roll=1.2)
