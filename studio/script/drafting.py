"""From a brief to a screenplay by a language model: what it is asked, the shape in which it answers, and that as Fountain.

The model never writes Fountain itself: it fills a form, and the text is made from it by rules, so that whatever it says, headings are headings
and nobody's line is lost in the description.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from generation import catalog
from studio.providers import queries as providers

TIMES = ("DAY", "NIGHT", "DAWN", "DUSK", "MORNING", "EVENING")
SIDES = {"inside": "INT.", "outside": "EXT.", "both": "INT./EXT."}
MARKS = str.maketrans("", "", "*_[]\\#^")  # what means something to Fountain within a line
RISKY = re.compile(r"[.!@#=~>(]|(INT|EXT|EST|I\.?/E)\b", re.IGNORECASE)
PLAIN_NAME = re.compile(r"[A-Z][A-Z0-9 '\-]*")


@dataclass(frozen=True)
class Writer:
    """Somebody who can be asked: an engine, and what of its params is settled by the choice."""

    engine: str
    params: dict[str, Any] = field(default_factory=dict)
    needs_model: bool = False

    def with_model(self, name: str) -> Writer:
        return replace(self, params={**self.params, "model": name}, needs_model=False)


def writers() -> list[tuple[str, str, Writer]]:
    """Who can be asked here, as (value of a form, words, writer): machines elsewhere by name, then engines of our own."""
    found: list[tuple[str, str, Writer]] = []
    for facts in (facts for facts in catalog.engines() if "text" in facts.forms):
        if facts.kind == "outside":
            rows = [(f"{facts.name}:{name}", name, Writer(facts.name, {"endpoint": name})) for name in providers.names(facts.name)]
            found = rows + found
        else:
            found.append((facts.name, facts.title, Writer(facts.name, needs_model="model" in facts.forms["text"].model_fields)))
    return found


def instruction(scenes: int) -> str:
    return (
        f"You are a screenwriter. Write a short film of about {scenes} scene{'' if scenes == 1 else 's'} from the brief below. "
        "Show, do not tell: describe only what can be seen and heard, in the present tense, in short paragraphs of one or two sentences, each a "
        "picture of its own. Give every character a name and keep to it. Dialogue is short and is never explained. Begin late, end early."
    )


def schema(scenes: int) -> dict[str, Any]:
    """Strict, so that endpoints which promise to keep to a schema do."""
    piece = {
        "kind": {"enum": ["action", "dialogue"]},
        "character": {"type": "string", "maxLength": 40, "description": "Who speaks; empty for action."},
        "manner": {"type": "string", "maxLength": 60, "description": "How it is said, if that matters; mostly empty."},
        "text": {"type": "string", "minLength": 1, "maxLength": 500},
    }
    scene = {
        "side": {"enum": list(SIDES)},
        "place": {"type": "string", "minLength": 1, "maxLength": 60},
        "time": {"enum": list(TIMES)},
        "pieces": {"type": "array", "minItems": 1, "maxItems": 24, "items": _closed(piece)},
    }
    return _closed(
        {
            "title": {"type": "string", "minLength": 1, "maxLength": 80},
            "scenes": {"type": "array", "minItems": 1, "maxItems": scenes + 2, "items": _closed(scene)},
        }
    )


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def fountain(answer: dict[str, Any]) -> str:
    """The answer as a screenplay: one heading a scene, one paragraph or speech a piece, whatever the words are."""
    parts = [f"Title: {_line(answer['title']) or 'Untitled'}"]
    for scene in answer["scenes"]:
        parts.append(f"{SIDES[scene['side']]} {(_line(scene['place']) or 'somewhere').upper()} - {scene['time']}")
        parts += [made for made in map(_piece, scene["pieces"]) if made]
    return "\n\n".join(parts) + "\n"


def _line(text: str) -> str:
    """One line without anything that Fountain would take for a mark, and without what cannot be seen."""
    seen = "".join(char if char.isprintable() else " " for char in text.translate(MARKS))
    return " ".join(seen.replace("/*", " ").split())


def _piece(piece: dict[str, Any]) -> str:
    text, name = _line(piece["text"]), _name(piece["character"])
    if not any(char.isalnum() for char in text):
        return ""
    if piece["kind"] == "action" or not any(char.isalpha() for char in name):
        return _action(text)
    manner = _line(piece["manner"]).strip("() ")
    plain = PLAIN_NAME.fullmatch(name) and not RISKY.match(name)
    said = text.lstrip("(~!= ") or text
    return "\n".join([name if plain else f"@{name}", *([f"({manner})"] if manner else []), said])


def _name(text: str) -> str:
    """Whoever speaks, in capitals, with at most one thing in brackets behind: "MARA (V.O.)"."""
    name, _, aside = _line(text).upper().lstrip("@().:!~>= ").partition("(")
    name, aside = name.replace(")", " ").strip(), aside.replace("(", " ").replace(")", " ").strip()
    return f"{name} ({aside})" if aside else name


def _action(text: str) -> str:
    """Forced to be action where it might be taken for something else."""
    risky = RISKY.match(text) or text == text.upper() or text.rstrip().endswith(("TO:", "<"))
    return f"!{text}" if risky else text
