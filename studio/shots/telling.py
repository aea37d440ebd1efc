"""What a shot was told: the people, the place and the words its picture is made from, for a person to read."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext

from studio.shots.models import Shot
from studio.world.describing import made_of, palette, wears
from studio.world.models import Character
from studio.world.queries import characters_of, location_of

NEUTRAL = "#767c84"


@dataclass(frozen=True)
class Told:
    """One thing, with a colour to know it by and where it comes from."""

    colour: str
    words: str
    source: str = ""


def told(shot: Shot) -> list[Told]:
    """Who is in the shot and in which design, in what set, in which light. Three queries."""
    names = list(dict.fromkeys([*shot.subjects, *shot.characters]))
    cast = {row.name: row for row in characters_of(shot.project) if row.name in names}
    found = [_person(cast[name]) if name in cast else Told(NEUTRAL, name) for name in names]
    place = location_of(shot.scene)
    if place is not None:
        data = place.design.data if place.design else {}
        made = made_of(data)
        colours = [colour for _, colour in palette(data)] if data else []
        source = gettext("set %(number)d") % {"number": place.design.number} if place.design else gettext("no set yet")
        found.append(Told(colours[0] if colours else NEUTRAL, f"{place}{': ' + made if made else ''}", source))
    light = pgettext("between things", ", ").join(gettext(word) for word in (shot.scene.time, shot.scene.weather, shot.scene.mood) if word)
    if not light:
        return found
    return [*found, Told(NEUTRAL, capfirst(light), gettext("scene %(number)s") % {"number": shot.scene.number})]


def _person(character: Character) -> Told:
    if character.design is None:
        return Told(NEUTRAL, character.name, gettext("no design yet"))
    data = character.design.data
    colours = [colour for _, colour in palette(data)]
    worn = wears(data, most=1) if "skin" in data else ""
    words = f"{character.name}{': ' + worn if worn else ''}"
    return Told(colours[0] if colours else NEUTRAL, words, gettext("design %(number)d") % {"number": character.design.number})
