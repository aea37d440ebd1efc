"""Which kind of place the words mean, and what things they name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generation.previs.props import PROPS, prop_for, singular
from generation.previs.sets import country, gathering, homes, occasions, town, water, workplaces
from generation.previs.sets.plan import KINDS, Kind
from generation.previs.sets.words import AFTER_OBJECT, NEEDS_ARTICLE, NEVER, NOT_THINGS

LAYOUTS = (homes, workplaces, gathering, occasions, town, country, water)  # importing a module puts its layouts into KINDS


_DETERMINERS = "the|a|an|his|her|their|its|my|your|our|this|that|another|two|three|four|five|several|some"
_HANDLING = (
    "on|onto|under|behind|beside|near|into|with|holding|holds|carries|carrying|lifts|takes|grabs|opens|closes|plays|puts|sets|places|drops|throws|pulls|pushes|picks|raises|"
    "reads|turns|uses|winds|lights|fills|pours|hands|gives|finds|sees|touches|at|by|against|of|up|down|off|over|around|from|through|clutches|studies|examines|repairs|unpacks|drags"
)
_PHRASE = re.compile(rf"\b(?:(?P<before>{_HANDLING})\s+)?(?:{_DETERMINERS})\s+(?P<rest>[a-z][a-z'’\- ]*)", re.IGNORECASE)
_STOP = re.compile(
    r"\b(?:and|or|but|as|that|which|who|with|to|in|on|at|by|of|for|from|into|onto|is|are|was|were|has|have|had|where|when|while|then|over|under|up|down|out|off|"
    r"behind|beside|near|between|through|across|towards?|around|against|without|like|than|so|it|he|she|they|him|her|them|there|here|next|still|again|\w+ly|\w+ing|\w+ed)\b",
    re.IGNORECASE,
)


def kind_for(name: str, texts: Iterable[str], interior: bool) -> Kind:
    """The kind a place's name means; then what its texts mention most; else a plain room, a street."""
    kinds = [kind for kind in KINDS.values() if kind.interior == interior]
    candidates = sorted(((word, kind) for kind in kinds for word in kind.words), key=lambda pair: -len(pair[0]))
    meant = _meant_by(_flat(name), [*candidates, *((word, kind) for kind in kinds for word in kind.names)])
    if meant:
        return meant
    counts: dict[str, int] = {}
    for text in texts:
        flat = _flat(text)
        for word, kind in candidates:
            if len(word) > 3 and _holds(flat, word):
                counts[kind.name] = counts.get(kind.name, 0) + 1
    if counts:
        return KINDS[max(sorted(counts), key=lambda found: counts[found])]
    return KINDS["room" if interior else "street"]


def _meant_by(title: str, candidates: list[tuple[str, Kind]]) -> Kind | None:
    """The last words of a name say what it is ("LIGHTHOUSE KITCHEN"), the longest say it best ("LAMP ROOM"). What a place is by or above
    is not the place ("CLIFFS ABOVE THE SEA"), unless that is all its name says."""
    for said in (_BESIDE.split(title, maxsplit=1)[0] + " ", title):
        held = [
            (max(said.rfind(f" {word} ") + len(word), said.rfind(f" {word}s ") + len(word)), len(word), kind)
            for word, kind in candidates
            if _holds(said, word)
        ]
        if held:
            return max(held, key=lambda found: found[:2])[2]
    return None


_BESIDE = re.compile(r" (?:by|above|over|near|beside|overlooking|facing|beyond) ")


def _flat(text: str) -> str:
    return " " + re.sub(r"[^a-z0-9é']+", " ", text.lower().replace("’", "'")) + " "


def _holds(flat: str, word: str) -> bool:
    return f" {word} " in flat or f" {word}s " in flat


_WORDS = {word: name for name, model in PROPS.items() for word in model.words}
_LONGEST = max(len(word.split()) for word in _WORDS)


# What names no thing of the place: the camera's own words, and what something is only likened to.
_NOT_THERE = re.compile(r"\b(?:TRUCK|CRANE|BOOM|DOLLY|PEDESTAL|TRACK)(?:S|ING|ES)?\b|\blike (?:an?|the) [\w'’-]+(?: [\w'’-]+(?=[.,;!?]|$))?")


def named_things(texts: Iterable[str]) -> list[tuple[str, str]]:
    """(word in the text, model name) of things the texts name, in order of appearance, each model once."""
    found: dict[str, str] = {}
    for text in texts:
        tokens = re.findall(r"[a-zé'’\-]+", _NOT_THERE.sub(" ", text).lower())
        i = 0
        while i < len(tokens):
            step = 1
            for length in range(min(_LONGEST, len(tokens) - i), 0, -1):
                phrase = " ".join([*tokens[i : i + length - 1], singular(tokens[i + length - 1])])
                word = next((w for w in (" ".join(tokens[i : i + length]), phrase) if w in _WORDS), None)
                if word is None or (length == 1 and not _meant(tokens, i, word)):
                    continue
                found.setdefault(_WORDS[word], word)
                step = length
                break
            i += step
    return [(word, name) for name, word in found.items()]


def _meant(tokens: list[str], i: int, word: str) -> bool:
    if word in NEVER:
        return False
    before = tokens[i - 1] if i else ""
    if word in NEEDS_ARTICLE:
        return before in ("the", "a", "an", "his", "her", "their", "two", "three", "old")
    return before not in ("to", "i", "you", "we", "they", "he", "she", "will", "can")


def unknown_things(texts: Iterable[str], cast: frozenset[str] = frozenset()) -> list[str]:
    """Nouns that are handled or stood upon in the texts and have no model: they become plain blocks. Cautious: when in doubt, not a thing."""
    found: list[str] = []
    for text in texts:
        for match in _PHRASE.finditer(_NOT_THERE.sub(" ", text)):
            words = _STOP.split(match["rest"], maxsplit=1)[0].split()
            while words and words[-1].lower() in AFTER_OBJECT:
                words.pop()
            noun = singular(words[-1].lower().strip("'’-")) if words else ""
            if not noun or len(words) > 3 or noun in found or not _is_thing(noun, bool(match["before"]), cast):
                continue
            if prop_for(" ".join(words)) is None and not any(prop_for(word) for word in words):
                found.append(noun)
    return found


def _is_thing(noun: str, handled: bool, cast: frozenset[str]) -> bool:
    if (
        len(noun) < 3
        or noun in NOT_THINGS
        or noun in cast
        or prop_for(noun)
        or any(_holds(f" {noun} ", w) for kind in KINDS.values() for w in kind.words)
    ):
        return False
    abstract = ("tion", "ness", "ment", "ity", "ence", "ance", "ship", "ism", "hood", "dom")
    return handled and not noun.endswith(abstract)
