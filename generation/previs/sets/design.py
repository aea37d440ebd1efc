"""From every word about a place to its design: explicit, versioned JSON that a person may edit and every shot draws alike."""

from __future__ import annotations

import json
import re
from typing import Any

from generation.contract import BadRequest, SetParams
from generation.previs.palette import COLOURS, Chance, mix, shift
from generation.previs.props import PROPS, prop_for
from generation.previs.sets.fitting import fit_thing
from generation.previs.sets.kinds import kind_for, named_things, unknown_things
from generation.previs.sets.plan import Kind, Plan

SCHEMA = 1
# A word of the script is already answered by a thing of the layout that serves as one.
SERVES = {
    "lamp": ("pendant lamp", "floor lamp", "wall lamp", "great lens", "lighthouse", "lantern", "streetlamp", "strip light"),
    "great lens": ("lighthouse",),
    "table": ("round table", "desk", "workbench", "coffee table"),
    "chair": ("armchair", "stool"),
    "armchair": ("chair",),
    "bed": ("single bed",),
    "single bed": ("bed",),
    "bench": ("pew",),
    "shelf": ("bookcase", "shop shelves", "bottle shelf"),
    "stool": ("high stool",),
    "high stool": ("stool",),
    "sink": ("washstand",),
    "fire": ("fireplace", "stove"),
    "fireplace": ("stove", "fire"),
    "stove": ("fireplace",),
    "tree": ("pine", "birch", "bare tree", "palm tree"),
    "bottle": ("bottle shelf",),
    "town house": ("cottage", "shop front"),
    "cottage": ("town house", "beach hut"),
    "boat": ("hull",),
    "fence": ("bulwark",),
    "log": ("driftwood",),
    "hill": ("mountain",),
    "mountain": ("hill",),
    "rock": ("stone wall",),
    "book": ("books", "bookcase"),
    "bookcase": ("shelf", "shop shelves"),
    "wardrobe": ("dresser",),
    "bicycle": ("motorbike",),
}


def design_set(params: SetParams, seed: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The design of a place and what a person should know of it. The same params and seed give equal JSON; a person's notes are
    stronger than the script's texts."""
    name = params.name.strip()
    if not name:
        raise BadRequest("A set needs the name of its place, such as KITCHEN or COAST ROAD.")
    texts = tuple(t for t in (params.notes, *params.texts) if t.strip())
    kind = kind_for(f"{name} {params.notes}", texts, params.interior)
    chance = Chance(f"{seed}:{kind.name}:{re.sub(r'[^a-z0-9]+', ' ', name.lower()).strip()}")
    palette = _palette(kind, chance, params)
    width, depth, height = kind.size
    if kind.interior:
        width, depth = round(width + chance.between(-0.15, 0.45), 2), round(depth + chance.between(-0.1, 0.35), 2)
    plan = Plan(kind.name, (width, depth, height), palette, chance)
    kind.lay(plan)
    mirrored = kind.mirrored and chance.unit() < 0.5
    if mirrored:
        plan.mirror()
    notes = _furnish(plan, kind, texts, name)
    _colour_named(plan, texts)
    design = {
        "schema": SCHEMA,
        "kind": kind.name,
        "name": name,
        "interior": kind.interior,
        "seed": seed,
        "mirrored": mirrored,
        "outside": _outside(kind, texts),
        "size": [width, depth, height],
        "palette": palette,
        "surfaces": plan.surfaces,
        "furniture": plan.furniture,
        "openings": plan.openings,
        "patches": plan.patches,
        "bumps": plan.bumps,
        "grade": _taste(palette, chance),
    }
    plain: dict[str, Any] = json.loads(json.dumps(design, allow_nan=False))
    return plain, tuple(notes)


def _palette(kind: Kind, chance: Chance, params: SetParams) -> dict[str, str]:
    """The kind's colours, overruled by what is said: "blue walls", "a red door", "wooden floor"."""
    palette = kind.palette(chance)
    said = " ".join((*params.texts, params.notes)).lower()
    for part, key in (
        ("walls?", "wall"),
        ("floor(?:boards)?", "floor"),
        ("doors?", "door"),
        ("ground", "floor"),
        ("wallpaper", "wall"),
        ("paint(?:work)?", "wall"),
    ):
        for match in re.finditer(rf"\b({'|'.join(COLOURS)})\s+{part}\b", said):
            palette[key] = COLOURS[match[1]]
    return palette


def _taste(palette: dict[str, str], chance: Chance) -> dict[str, Any]:
    """How this place leans the grade: lights towards its accent, shadows towards the opposite of its walls."""
    return {
        "tint": mix(palette["trim"], palette["accent"], 0.18),
        "shadow": shift(palette["second"], 0.0, 1.0, 0.55),
        "saturation": round(chance.between(1.02, 1.14), 3),
        "contrast": round(chance.between(1.0, 1.07), 3),
    }


def _outside(kind: Kind, texts: tuple[str, ...]) -> str:
    said = " ".join(texts).lower()
    if re.search(r"\b(sea|ocean|harbou?r|lighthouse|waves|gulls?)\b", said):
        return "sea" if kind.name in ("lamp room", "ship cabin") else kind.outside
    return kind.outside


def _furnish(plan: Plan, kind: Kind, texts: tuple[str, ...], name: str) -> list[str]:
    """Put in what the words name and the layout lacks."""
    notes: list[str] = []
    for word, model in named_things(texts):
        present = {item["model"] for item in plan.furniture}
        if model in present:
            continue
        substitute = next((other for other in SERVES.get(model, ()) if other in present), None)
        if substitute:
            served = next(item for item in plan.furniture if item["model"] == substitute)
            served.setdefault("words", [])
            served["words"] += [w for w in PROPS[model].words if w not in served["words"]]
        elif _belongs(model, kind) and not fit_thing(plan, model, kind.interior, name=word if word in _DISTINCT else model):
            notes.append(f"There was no room for the {word} in {name}, so it is not shown.")
    for noun in unknown_things(texts):
        if fit_thing(plan, noun, kind.interior, name=noun):
            article = "An" if noun[0] in "aeiou" else "A"
            notes.append(f"{article} {noun} became a plain block in {name}.")
    return notes


# Parts of a boat, and birds in the air: they are where a layout has them, and nowhere by themselves.
_OF_THE_LAYOUT = frozenset(("hull", "bulwark", "gunwale", "mast", "foresail", "mizzen sail", "wheelhouse", "distant boat", "seagull"))
_DISTINCT = frozenset(w for model in PROPS.values() for w in model.words if w not in ("light", "lights"))


def _belongs(model: str, kind: Kind) -> bool:
    """Large outdoor things are not put into rooms (a ship named in a kitchen is talked of, not there), nor upon a deck or into the sea."""
    known = PROPS[model]
    if model in _OF_THE_LAYOUT:
        return False
    if kind.name == "open sea":
        return known.where in ("floor", "table", "hung")
    if kind.name == "beach" and known.where == "far":
        return model == "lighthouse"
    if not kind.interior:
        return True
    return known.where != "far" and max(known.size[:2]) <= (4.2 if kind.name == "workshop" else 2.4) and known.size[2] < 3.2


def _colour_named(plan: Plan, texts: tuple[str, ...]) -> None:
    """Give things the colour the words give them: "the red kettle". Earlier texts (a person's notes first) win."""
    done: set[str] = set()
    for text in texts:
        for match in re.finditer(rf"\b({'|'.join(COLOURS)})\s+((?:[a-z]+\s+)?[a-z]+)", text.lower()):
            model = prop_for(match[2].split()[0]) or prop_for(match[2])
            if model is None or model in done:
                continue
            done.add(model)
            for item in plan.furniture:
                if item["model"] == model:
                    item["colour"] = COLOURS[match[1]]


def load_design(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored design of any age, checked for what drawing needs. Raises `BadRequest` with what is missing."""
    version = stored.get("schema")
    if not isinstance(version, int) or version > SCHEMA:
        raise BadRequest(f"This set was designed by a newer Firstcut (schema {version}); this one reads up to {SCHEMA}.")
    missing = [key for key in ("kind", "interior", "size", "palette", "furniture", "openings") if key not in stored]
    if missing:
        raise BadRequest(f"The set's design lacks {', '.join(missing)}; design the set again.")
    taste = {"tint": "#e7d9bd", "shadow": "#2c3f5c", "saturation": 1.05, "contrast": 1.0}
    return {
        "patches": [],
        "bumps": [],
        "surfaces": {},
        "seed": 0,
        "name": stored["kind"],
        "mirrored": False,
        "outside": "country",
        "grade": taste,
        **stored,
    }
