"""Props by word. `prop_for` names the model a word means; `make_prop` draws it, or a plain block for a word nobody modelled."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generation.previs import shapes
from generation.previs.palette import Chance, paint
from generation.previs.props import afloat, buildings, fixtures, furniture, nature, outdoors, small, vehicles
from generation.previs.props.model import PROPS, Glow, Model, Prop
from generation.previs.scene import Light, Material, Mesh, Vec

__all__ = [
    "HOLDABLE",
    "PROPS",
    "Glow",
    "Model",
    "Prop",
    "is_stand_in",
    "make_prop",
    "material_index",
    "prop_for",
    "prop_light",
    "singular",
    "words_for",
]

SHELVES = (furniture, small, fixtures, nature, outdoors, vehicles, buildings, afloat)  # importing a shelf puts its models into PROPS
STAND_IN_COLOUR = "#b9ad98"
HOLDABLE = frozenset(name for name, model in PROPS.items() if model.holdable)
_BY_WORD: dict[str, str] = {word: name for name, model in reversed(PROPS.items()) for word in reversed(model.words)} | {name: name for name in PROPS}
_IRREGULAR = {
    "knives": "knife",
    "shelves": "shelf",
    "leaves": "leaf",
    "loaves": "loaf",
    "glasses": "glass",
    "keys": "keys",
    "books": "books",
    "men": "man",
    "people": "person",
}


def singular(word: str) -> str:
    """The singular of an English noun, by its ending."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def prop_for(word: str) -> str | None:
    """The model a word or short phrase means ("the kitchen knives" → "knife"), or None."""
    words = [w for w in word.lower().replace("’", "'").replace("-", " ").split() if w not in ("the", "a", "an")]
    for start in range(len(words)):
        phrase = " ".join(words[start:])
        last = " ".join([*words[start:-1], singular(words[-1])])
        for candidate in (phrase, last, phrase.removesuffix("'s")):
            if candidate in _BY_WORD:
                return _BY_WORD[candidate]
    return None


def words_for(name: str) -> tuple[str, ...]:
    """Every word that means the model."""
    return PROPS[name].words if name in PROPS else (name,)


def is_stand_in(word: str) -> bool:
    return prop_for(word) is None


@lru_cache(maxsize=512)
def _built(name: str, colour: str, seed: int, lit: bool) -> tuple[Mesh, tuple[Material, ...]]:
    """The model in its own space, its triangles' materials as indices into the tuple."""
    known = PROPS.get(name)
    model = Model(colour or (known.colour if known else STAND_IN_COLOUR), Chance(f"{name}:{seed}"), lit)
    if known:
        known.draw(model)
    else:
        model.box((0.42, 0.42, 0.42), (0, 0, 0), paint(model.colour), 0.05)
    found: dict[Material, int] = {}
    for mesh, material in model.parts:
        mesh.materials = np.full(len(mesh.triangles), found.setdefault(material, len(found)), dtype=np.int32)
    return shapes.merge([mesh for mesh, _ in model.parts], name), tuple(found)


def material_index(materials: list[Material], material: Material) -> int:
    """Where the material stands in the list; appended if it is new."""
    try:
        return materials.index(material)
    except ValueError:
        materials.append(material)
        return len(materials) - 1


def make_prop(
    word: str,
    position: Vec,
    yaw: float,
    materials: list[Material],
    scale: float = 1.0,
    seed: int = 0,
    colour: str = "",
    lit: bool = True,
    object_id: int = 0,
) -> list[Mesh]:
    """The prop that `word` means, its foot at `position`, its front towards −y turned by `yaw`. New materials are appended to
    `materials` (a scene's). A word without a model gives a plain block. `colour` is "#rrggbb"; `lit` switches its lamp on."""
    mesh, own = _built(prop_for(word) or word, colour, seed, lit)
    indices = np.array([material_index(materials, material) for material in own], dtype=np.int32)
    out = shapes.place(mesh, position, yaw, scale)
    out.materials = indices[mesh.materials]
    out.object_id = object_id
    return [out]


def prop_light(word: str, position: Vec, yaw: float, scale: float = 1.0, power: float = 1.0) -> Light | None:
    """The light it gives when it is lit, or None."""
    name = prop_for(word)
    glow = PROPS[name].glow if name else None
    if glow is None:
        return None
    at = shapes.turn(yaw) @ (np.array(glow.at) * scale) + np.array(position)
    return glow.light((float(at[0]), float(at[1]), float(at[2])), power)
