"""The words of designs, in the reader's language. A design itself stays in English, as engines understand it; a word that stands in no table
here is shown as the engine says it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import pgettext

Table = dict[str, Callable[[], str]]


def word(table: Table, said: object) -> str:
    found = table.get(str(said))
    return found() if found else str(said)


COLOURS: Table = {
    "black": lambda: pgettext("a colour", "black"),
    "charcoal": lambda: pgettext("a colour", "charcoal"),
    "grey": lambda: pgettext("a colour", "grey"),
    "silver": lambda: pgettext("a colour", "silver"),
    "white": lambda: pgettext("a colour", "white"),
    "cream": lambda: pgettext("a colour", "cream"),
    "sand": lambda: pgettext("a colour", "sand"),
    "tan": lambda: pgettext("a colour", "tan"),
    "brown": lambda: pgettext("a colour", "brown"),
    "dark brown": lambda: pgettext("a colour", "dark brown"),
    "rust": lambda: pgettext("a colour", "rust"),
    "red": lambda: pgettext("a colour", "red"),
    "crimson": lambda: pgettext("a colour", "crimson"),
    "pink": lambda: pgettext("a colour", "pink"),
    "orange": lambda: pgettext("a colour", "orange"),
    "yellow": lambda: pgettext("a colour", "yellow"),
    "gold": lambda: pgettext("a colour", "gold"),
    "olive": lambda: pgettext("a colour", "olive"),
    "green": lambda: pgettext("a colour", "green"),
    "dark green": lambda: pgettext("a colour", "dark green"),
    "teal": lambda: pgettext("a colour", "teal"),
    "sky blue": lambda: pgettext("a colour", "sky blue"),
    "blue": lambda: pgettext("a colour", "blue"),
    "slate blue": lambda: pgettext("a colour", "slate blue"),
    "navy": lambda: pgettext("a colour", "navy"),
    "violet": lambda: pgettext("a colour", "violet"),
    "plum": lambda: pgettext("a colour", "plum"),
}

GARMENTS: Table = {
    "apron": lambda: pgettext("clothing", "apron"),
    "backpack": lambda: pgettext("clothing", "backpack"),
    "bag": lambda: pgettext("clothing", "bag"),
    "barefoot": lambda: pgettext("clothing", "barefoot"),
    "beanie": lambda: pgettext("clothing", "beanie"),
    "belt": lambda: pgettext("clothing", "belt"),
    "beret": lambda: pgettext("clothing", "beret"),
    "boots": lambda: pgettext("clothing", "boots"),
    "bow tie": lambda: pgettext("clothing", "bow tie"),
    "bowler": lambda: pgettext("clothing", "bowler"),
    "braces": lambda: pgettext("clothing", "braces"),
    "cap": lambda: pgettext("clothing", "cap"),
    "cardigan": lambda: pgettext("clothing", "cardigan"),
    "coat": lambda: pgettext("clothing", "coat"),
    "crown": lambda: pgettext("clothing", "crown"),
    "dress": lambda: pgettext("clothing", "dress"),
    "dungarees": lambda: pgettext("clothing", "dungarees"),
    "earrings": lambda: pgettext("clothing", "earrings"),
    "fedora": lambda: pgettext("clothing", "fedora"),
    "flat cap": lambda: pgettext("clothing", "flat cap"),
    "gloves": lambda: pgettext("clothing", "gloves"),
    "gown": lambda: pgettext("clothing", "gown"),
    "headscarf": lambda: pgettext("clothing", "headscarf"),
    "helmet": lambda: pgettext("clothing", "helmet"),
    "hood": lambda: pgettext("clothing", "hood"),
    "hoodie": lambda: pgettext("clothing", "hoodie"),
    "jacket": lambda: pgettext("clothing", "jacket"),
    "necklace": lambda: pgettext("clothing", "necklace"),
    "oilskin": lambda: pgettext("clothing", "oilskin"),
    "peaked cap": lambda: pgettext("clothing", "peaked cap"),
    "pointed hat": lambda: pgettext("clothing", "pointed hat"),
    "robe": lambda: pgettext("clothing", "robe"),
    "scarf": lambda: pgettext("clothing", "scarf"),
    "shawl": lambda: pgettext("clothing", "shawl"),
    "shirt": lambda: pgettext("clothing", "shirt"),
    "shoes": lambda: pgettext("clothing", "shoes"),
    "shorts": lambda: pgettext("clothing", "shorts"),
    "skirt": lambda: pgettext("clothing", "skirt"),
    "sou'wester": lambda: pgettext("clothing", "sou'wester"),
    "straw hat": lambda: pgettext("clothing", "straw hat"),
    "suit": lambda: pgettext("clothing", "suit"),
    "sweater": lambda: pgettext("clothing", "sweater"),
    "t-shirt": lambda: pgettext("clothing", "t-shirt"),
    "tie": lambda: pgettext("clothing", "tie"),
    "top hat": lambda: pgettext("clothing", "top hat"),
    "toque": lambda: pgettext("clothing", "toque"),
    "trousers": lambda: pgettext("clothing", "trousers"),
    "uniform": lambda: pgettext("clothing", "uniform"),
    "vest": lambda: pgettext("clothing", "vest"),
    "wide hat": lambda: pgettext("clothing", "wide hat"),
}

HAIR: Table = {
    "bald": lambda: pgettext("hair", "bald"),
    "bob": lambda: pgettext("hair", "bob"),
    "braids": lambda: pgettext("hair", "braids"),
    "bun": lambda: pgettext("hair", "bun"),
    "curly": lambda: pgettext("hair", "curly"),
    "long": lambda: pgettext("hair", "long"),
    "parted": lambda: pgettext("hair", "parted"),
    "ponytail": lambda: pgettext("hair", "ponytail"),
    "quiff": lambda: pgettext("hair", "quiff"),
    "short": lambda: pgettext("hair", "short"),
}

BEARDS: Table = {
    "full": lambda: pgettext("a beard", "full"),
    "long": lambda: pgettext("a beard", "long"),
    "moustache": lambda: pgettext("a beard", "moustache"),
    "short": lambda: pgettext("a beard", "short"),
}

GLASSES: Table = {
    "dark": lambda: pgettext("glasses", "dark"),
    "round": lambda: pgettext("glasses", "round"),
    "square": lambda: pgettext("glasses", "square"),
}

BUILDS: Table = {
    "average": lambda: pgettext("how somebody is built", "average"),
    "broad": lambda: pgettext("how somebody is built", "broad"),
    "slim": lambda: pgettext("how somebody is built", "slim"),
    "stout": lambda: pgettext("how somebody is built", "stout"),
}

PEOPLE: Table = {
    "female": lambda: pgettext("who somebody is", "female"),
    "male": lambda: pgettext("who somebody is", "male"),
    "neutral": lambda: pgettext("who somebody is", "neutral"),
    "child": lambda: pgettext("who somebody is", "child"),
    "teen": lambda: pgettext("who somebody is", "teen"),
    "young": lambda: pgettext("who somebody is", "young"),
    "adult": lambda: pgettext("who somebody is", "adult"),
    "old": lambda: pgettext("who somebody is", "old"),
}

SURFACES: Table = {
    "floor": lambda: pgettext("a set", "floor"),
    "wall": lambda: pgettext("a set", "wall"),
    "ground": lambda: pgettext("a set", "ground"),
    "roof": lambda: pgettext("a set", "roof"),
    "brick": lambda: pgettext("a set", "brick"),
    "cobble": lambda: pgettext("a set", "cobble"),
    "grass": lambda: pgettext("a set", "grass"),
    "none": lambda: pgettext("a set", "none"),
    "pitched": lambda: pgettext("a set", "pitched"),
    "plain": lambda: pgettext("a set", "plain"),
    "planks": lambda: pgettext("a set", "planks"),
    "plaster": lambda: pgettext("a set", "plaster"),
    "rock": lambda: pgettext("a set", "rock"),
    "sand": lambda: pgettext("a set", "sand"),
    "snow": lambda: pgettext("a set", "snow"),
    "tiles": lambda: pgettext("a set", "tiles"),
}
"""What floor, wall, ground and roof are made of; and these themselves."""

OPENINGS: Table = {
    "door": lambda: pgettext("a set", "door"),
    "window": lambda: pgettext("a set", "window"),
}
