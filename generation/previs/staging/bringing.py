"""What people have with them when a shot begins, from phrases that are no actions: "with the suitcase", "under an umbrella", "on her bicycle"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from generation.previs.figures.gait import Root
from generation.previs.staging.finding import holdable
from generation.previs.staging.parsing import name_index
from generation.previs.staging.riding import mount

if TYPE_CHECKING:
    from generation.previs.staging.director import Director

_ARTICLE = r"(?:a|an|the|his|her|their)\s+"
_END = r"(?=\s*(?:[,.;:!?]|$|and\b|in\b|on\b|who\b|to\b|as\b|at\b))"
_WITH = re.compile(rf"\b(?:with|under)\s+{_ARTICLE}((?:[\w-]+\s+){{0,3}}?[\w-]+)\b{_END}", re.IGNORECASE)
_ASTRIDE = re.compile(rf"\bon\s+{_ARTICLE}(?:old\s+|red\s+|new\s+)?(?:bicycle|bike)\b", re.IGNORECASE)
_AFLOAT = re.compile(rf"\bin\s+{_ARTICLE}(?:[\w-]+\s+)?(?:boat|rowboat|rowing boat|dinghy)\b", re.IGNORECASE)


def bring(d: Director, text: str, subjects: Iterable[str]) -> None:
    """Puts into hands, on bicycles and into boats what the text of a beat says of those who are on stage. `subjects` act in it."""
    acting = tuple(subjects)
    for sentence in re.split(r"(?<=[.!?;])\s+", text):
        for match in _WITH.finditer(sentence):
            _hold(d, _who(d, sentence[: match.start()], acting), holdable(match[1]))
        if astride := _ASTRIDE.search(sentence):
            name = _who(d, sentence[: astride.start()], acting)
            if name and d.world.actors[name].present and not d.place.interior:
                mount(d, name)
        if afloat := _AFLOAT.search(sentence):
            _board(d, _who(d, sentence[: afloat.start()], acting))


def _who(d: Director, before: str, acting: tuple[str, ...]) -> str:
    """The last one named before the phrase, else who acts."""
    index = name_index(d.cast)
    last = ""
    for word in re.findall(r"[^\W_]+", before):
        if word[:1].isupper() and (word.casefold(),) in index:
            last = index[(word.casefold(),)]
    name = last or next(iter(acting), "")
    return name if name in d.world.actors else ""


def _hold(d: Director, name: str, word: str) -> None:
    if not name or not word:
        return
    state = d.world.actors[name]
    if word in state.held.values() or not d.figures[name].hands:
        return
    side = "r" if "r" not in state.held else "l"
    if side in state.held:
        return
    for other in d.world.actors.values():  # what somebody else held or put down is now here
        other.held = {hand: thing for hand, thing in other.held.items() if thing != word}
    d.world.loose.pop(word, None)
    d.world.taken.add(word)
    state.held[side] = word


def _board(d: Director, name: str) -> None:
    """Sits somebody down in the boat nearest to the front."""
    if not name:
        return
    state = d.world.actors[name]
    boats = [p for p in d.place.parts if p.name.split(" ")[0] in ("boat", "rowboat", "dinghy")]
    if not boats or state.seat_name == "boat":
        return
    boat = min(boats, key=lambda p: abs(p.centre[0]) + p.centre[1])
    x, y, _ = boat.centre
    floor = boat.box.low[2] + 0.22 * (boat.box.high[2] - boat.box.low[2])
    state.root = Root(x + 0.2 * math.cos(-1.2), y + 0.2 * math.sin(-1.2), floor, -1.2)
    state.posture, state.seat, state.seat_name = "sit", 0.34, "boat"
