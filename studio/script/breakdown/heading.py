"""What a scene heading says: inside or outside, where, when, what weather."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.script.breakdown.prose import words
from studio.script.breakdown.words import INDOORS, SAME_TIME, TIMES, WEATHER
from studio.script.fountain.parser import HEADING

_SEPARATOR = re.compile(r"\s+[-–—]+\s+|\s*[—–]\s*|,\s+(?=[A-Z' ]+$)")
_BRACKETS = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Setting:
    """`time` and `weather` are empty where the heading says nothing of its own; `same_time` is CONTINUOUS, LATER and the like."""

    place: str
    interior: bool
    time: str = ""
    weather: str = ""
    same_time: bool = False


def read_heading(text: str, before: Setting | None = None) -> Setting:
    """The setting of a heading's text (no number, no forcing dot). A forced heading that only says when keeps the place `before`."""
    match = HEADING.match(text)
    prefix = match.group().upper() if match else ""
    rest = text[match.end() :].lstrip(". ") if match else text
    rest, brackets = _BRACKETS.sub(" ", rest), " ".join(_BRACKETS.findall(rest)).lower()
    time = weather = ""
    same = False
    kept: list[str] = []
    for part in (part.strip(" .,-–—/") for part in _SEPARATOR.split(rest)):
        low = part.lower()
        if not part:
            continue
        if low in TIMES:
            time = TIMES[low]
        elif low in SAME_TIME:
            same = True
        elif _all_weather(low):
            weather = weather or _weather(low)
        elif kept and words(low) and words(low)[-1] in TIMES and len(words(low)) <= 3:  # "THE NEXT MORNING"
            time = TIMES[words(low)[-1]]
        else:
            kept.append(part)
    weather = weather or _weather(brackets) or _weather(rest.lower())
    if not time:
        time = next((TIMES[word] for word in words(brackets) if word in TIMES), "")
    if not kept and before is not None:
        return Setting(before.place, before.interior, time, weather, same or not time)
    place = " - ".join(kept).upper() or "UNNAMED PLACE"
    guessed = bool(INDOORS & set(words(place.lower()))) or (before.interior if before else True)
    interior = prefix.startswith("I") if prefix else guessed
    return Setting(re.sub(r"\s+", " ", place), interior, time, weather, same)


def _all_weather(text: str) -> bool:
    found = words(text)
    filler = ("heavy", "light", "thick", "in", "the")
    return any(word in WEATHER for word in found) and all(word in WEATHER or word in filler for word in found)


def _weather(text: str) -> str:
    return next((WEATHER[word] for word in words(text) if word in WEATHER), "")
