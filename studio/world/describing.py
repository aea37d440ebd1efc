"""A design in words a person reads: who or what it is, and its colours. An engine's design may lack any of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

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
SET_COLOURS = (("wall", "Walls"), ("floor", "Ground"), ("trim", "Trim"), ("door", "Door"), ("accent", "Accent"), ("second", "Second accent"))
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
    """(what has it, "#rrggbb"), most telling first, no colour twice."""
    pairs = _figure_colours(data) if "skin" in data else [(label, data.get("palette", {}).get(key)) for key, label in SET_COLOURS]
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
    return [*((kind.capitalize(), colour) for kind, colour in _worn(data)), ("Hair", (hair or {}).get("colour")), ("Skin", data.get("skin"))]


def facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    """(what, in words) of a figure or a set."""
    found = _figure(data) if "skin" in data else _set(data)
    return [(label, words) for label, words in found if words]


def _figure(data: dict[str, Any]) -> list[tuple[str, str]]:
    hair = data.get("hair") if isinstance(data.get("hair"), dict) else {}
    looks = [f"{data['build']} build" if data.get("build") else "", f"{data['height']:.2f} m" if isinstance(data.get("height"), int | float) else ""]
    years = data.get("years")
    who = [str(data.get("gender") or ""), f"about {years}" if years else str(data.get("age") or "")]
    kinds = [f"{colour_name((hair or {}).get('colour'))} {(hair or {}).get('style')}".strip() if hair else ""]
    kinds += [f"{data[key]}" + suffix for key, suffix in (("beard", ""), ("glasses", " glasses")) if data.get(key) not in (None, "", "none")]
    return [
        ("Who", ", ".join(word for word in who + looks if word)),
        ("Wears", ", ".join(f"{colour_name(colour)} {kind}".strip() for kind, colour in _worn(data))),
        ("Hair", ", ".join(kind for kind in kinds if kind)),
        ("Voice", _voice(data.get("voice"))),
    ]


def _voice(voice: Any) -> str:
    """Pitch runs from 0 to 99 within the speaker's own kind of voice; rate is in words a minute."""
    if not isinstance(voice, dict) or not voice:
        return ""
    pitch, rate = voice.get("pitch"), voice.get("rate")
    words = []
    if isinstance(pitch, int | float):
        words.append("low" if pitch < 35 else "high" if pitch > 58 else "middle pitch")
    if isinstance(rate, int | float):
        words.append(f"{'slow' if rate < 150 else 'quick' if rate > 168 else 'even'}, {rate:.0f} words a minute")
    return ", ".join(words)


def _set(data: dict[str, Any]) -> list[tuple[str, str]]:
    size = data.get("size") or ()
    surfaces = data.get("surfaces") or {}
    openings = Counter(str(one.get("kind")) for one in data.get("openings") or () if isinstance(one, dict) and one.get("kind"))
    things = Counter(str(one.get("name")) for one in data.get("furniture") or () if isinstance(one, dict) and one.get("name"))
    stand_ins = sorted({str(one["name"]) for one in data.get("furniture") or () if isinstance(one, dict) and one.get("stand_in") and one.get("name")})
    named = [f"{name} × {count}" if count > 1 else name for name, count in things.items()]
    more = f" and {len(named) - THINGS_NAMED} more" if len(named) > THINGS_NAMED else ""
    metres = " × ".join(f"{side:g}" for side in size[:2]) + " m" if len(size) >= 2 else ""
    return [
        ("Kind", ", ".join(word for word in (str(data.get("kind") or ""), metres) if word)),
        ("Made of", ", ".join(f"{value} {key}" for key, value in surfaces.items() if isinstance(value, str) and value != key)),
        ("Openings", ", ".join(f"{count} {kind}s" if count > 1 else kind for kind, count in openings.items())),
        ("In it", ", ".join(named[:THINGS_NAMED]) + more),
        ("Stand-ins", ", ".join(stand_ins)),
    ]
