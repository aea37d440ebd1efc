"""A design in words a person reads: who or what it is, and its colours. An engine's design may lack any of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop, ngettext, pgettext

from studio.world.words import BEARDS, BUILDS, GARMENTS, GLASSES, HAIR, OPENINGS, PEOPLE, SURFACES, Table, word
from studio.world.words import COLOURS as COLOUR_WORDS

COLOURS = {
    "black": (24, 22, 24),
    "charcoal": (58, 60, 64),
    "grey": (128, 130, 132),
    "silver": (190, 192, 194),
    "white": (242, 240, 236),
    "cream": (232, 222, 198),
    "sand": (200, 182, 146),
    "tan": (176, 140, 100),
    "brown": (104, 70, 48),
    "dark brown": (62, 42, 32),
    "rust": (160, 76, 46),
    "red": (182, 48, 44),
    "crimson": (120, 28, 40),
    "pink": (222, 150, 156),
    "orange": (222, 124, 44),
    "yellow": (226, 180, 52),
    "gold": (188, 146, 62),
    "olive": (112, 112, 68),
    "green": (74, 118, 74),
    "dark green": (46, 74, 58),
    "teal": (62, 104, 104),
    "sky blue": (140, 180, 212),
    "blue": (56, 96, 152),
    "slate blue": (84, 104, 124),
    "navy": (42, 50, 72),
    "violet": (112, 84, 142),
    "plum": (86, 52, 82),
}
SET_COLOURS = (
    ("wall", gettext_noop("Walls")),
    ("floor", gettext_noop("Ground")),
    ("trim", gettext_noop("Trim")),
    ("door", gettext_noop("Door")),
    ("accent", gettext_noop("Accent")),
    ("second", gettext_noop("Second accent")),
)
THINGS_NAMED = 8


def rgb(colour: Any) -> tuple[int, int, int] | None:
    """A design's colour, "b3372f" or "#b3372f"; None for anything else."""
    digits = colour.removeprefix("#") if isinstance(colour, str) else ""
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        return None
    return (value[0], value[1], value[2]) if len(value) == 3 else None


def colour_name(colour: Any) -> str:
    """The nearest colour word. The distance weighs red and blue by how bright the pair is (the "redmean" approximation)."""
    found = rgb(colour)
    if found is None:
        return ""

    def distance(other: tuple[int, int, int]) -> float:
        mean = (found[0] + other[0]) / 2
        red, green, blue = (a - b for a, b in zip(found, other, strict=True))
        return (2 + mean / 256) * red * red + 4 * green * green + (2 + (255 - mean) / 256) * blue * blue

    return min(COLOURS, key=lambda name: distance(COLOURS[name]))


def palette(data: dict[str, Any]) -> list[tuple[str, str]]:
    """(what has it, in the reader's language, "#rrggbb"), most telling first, no colour twice."""
    pairs = _figure_colours(data) if "skin" in data else [(gettext(label), data.get("palette", {}).get(key)) for key, label in SET_COLOURS]
    seen: dict[str, str] = {}
    for label, colour in pairs:
        found = rgb(colour)
        if found is not None:
            seen.setdefault("#{:02x}{:02x}{:02x}".format(*found), label)
    return [(label, colour) for colour, label in seen.items()]


def _worn(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for part in ("outer", "top", "legs", "shoes", "hat"):
        piece = data.get(part)
        if isinstance(piece, dict) and piece.get("kind") not in (None, "", "none"):
            yield str(piece["kind"]), piece.get("colour")
    for piece in data.get("extras") or ():
        if isinstance(piece, dict) and piece.get("kind"):
            yield str(piece["kind"]), piece.get("colour")


def _figure_colours(data: dict[str, Any]) -> list[tuple[str, Any]]:
    hair = data.get("hair") if isinstance(data.get("hair"), dict) else {}
    worn = [(capfirst(word(GARMENTS, kind)), colour) for kind, colour in _worn(data)]
    return [*worn, (gettext("Hair"), (hair or {}).get("colour")), (gettext("Skin"), data.get("skin"))]


def facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    """(what, in words) of a figure or a set, in the reader's language."""
    found = _figure(data) if "skin" in data else _set(data)
    return [(label, words) for label, words in found if words]


def _figure(data: dict[str, Any]) -> list[tuple[str, str]]:
    hair = data.get("hair") if isinstance(data.get("hair"), dict) else {}
    built, years = data.get("build"), data.get("years")
    looks = [gettext("%(build)s build") % {"build": word(BUILDS, built)}] if built else []
    looks += [f"{data['height']:.2f} m"] if isinstance(data.get("height"), int | float) else []
    age = gettext("about %(years)s") % {"years": years} if years else word(PEOPLE, data.get("age") or "")
    kinds = [_coloured((hair or {}).get("colour"), str((hair or {}).get("style") or ""), HAIR)] if hair else []
    kinds += [word(BEARDS, data["beard"])] if data.get("beard") not in (None, "", "none") else []
    if data.get("glasses") not in (None, "", "none"):
        kinds.append(gettext("%(kind)s glasses") % {"kind": word(GLASSES, data["glasses"])})
    return [
        (gettext("Who"), _listed([word(PEOPLE, data.get("gender") or ""), age, *looks])),
        (gettext("Wears"), wears(data)),
        (gettext("Hair"), _listed(kinds)),
        (gettext("Voice"), _voice(data.get("voice"))),
    ]


def wears(data: dict[str, Any], most: int | None = None) -> str:
    """A figure's clothes in words, the most telling first."""
    return _listed([_coloured(colour, kind, GARMENTS) for kind, colour in _worn(data)][:most])


COLOURLESS = {"bald", "barefoot"}


def _coloured(colour: Any, thing: str, words: Table) -> str:
    named, said = colour_name(colour), word(words, thing)
    if not named or thing in COLOURLESS:
        return said
    return pgettext("a thing and its colour", "%(colour)s %(thing)s") % {"colour": word(COLOUR_WORDS, named), "thing": said}


def _listed(words: Iterable[str]) -> str:
    return pgettext("between things", ", ").join(one for one in words if one)


def _voice(voice: Any) -> str:
    """Pitch runs from 0 to 99 within the speaker's own kind of voice; rate is in words a minute."""
    if not isinstance(voice, dict) or not voice:
        return ""
    pitch, rate = voice.get("pitch"), voice.get("rate")
    words = []
    if isinstance(pitch, int | float):
        words.append(pgettext("a voice", "low") if pitch < 35 else pgettext("a voice", "high") if pitch > 58 else gettext("middle pitch"))
    if isinstance(rate, int | float):
        words.append(pgettext("a voice", "slow") if rate < 150 else pgettext("a voice", "quick") if rate > 168 else pgettext("a voice", "even"))
        words.append(ngettext("%(count)d word a minute", "%(count)d words a minute", round(rate)) % {"count": round(rate)})
    return _listed(words)


def _set(data: dict[str, Any]) -> list[tuple[str, str]]:
    size = data.get("size") or ()
    openings = Counter(str(one.get("kind")) for one in data.get("openings") or () if isinstance(one, dict) and one.get("kind"))
    things = Counter(str(one.get("name")) for one in data.get("furniture") or () if isinstance(one, dict) and one.get("name"))
    stand_ins = sorted({str(one["name"]) for one in data.get("furniture") or () if isinstance(one, dict) and one.get("stand_in") and one.get("name")})
    named = [f"{name} × {count}" if count > 1 else name for name, count in things.items()]
    inside = _listed(named[:THINGS_NAMED])
    if len(named) > THINGS_NAMED:
        inside = gettext("%(things)s and %(count)d more") % {"things": inside, "count": len(named) - THINGS_NAMED}
    metres = " × ".join(f"{side:g}" for side in size[:2]) + " m" if len(size) >= 2 else ""
    return [
        (pgettext("of a set", "Kind"), _listed([str(data.get("kind") or ""), metres])),
        (gettext("Made of"), made_of(data)),
        (gettext("Openings"), _listed(_opening(kind, count) for kind, count in openings.items())),
        (gettext("In it"), inside),
        (gettext("Stand-ins"), _listed(stand_ins)),
    ]


def made_of(data: dict[str, Any]) -> str:
    """What floor and walls of a set are made of, in words."""
    surfaces = {key: value for key, value in (data.get("surfaces") or {}).items() if isinstance(value, str) and value != key}
    said = pgettext("a material and what is made of it", "%(material)s %(part)s")
    return _listed(said % {"material": word(SURFACES, value), "part": word(SURFACES, key)} for key, value in surfaces.items())


def _opening(kind: str, count: int) -> str:
    if count == 1:
        return word(OPENINGS, kind)
    if kind == "window":
        return ngettext("%(count)d window", "%(count)d windows", count) % {"count": count}
    if kind == "door":
        return ngettext("%(count)d door", "%(count)d doors", count) % {"count": count}
    return f"{count} × {kind}"
