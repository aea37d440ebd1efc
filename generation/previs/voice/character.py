"""Who speaks and how: a character's voice from its design, and the delivery from the line's direction."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import espeakng_loader

from generation.contract import BadRequest
from generation.previs.filters import rng_for

LANGUAGES = {"en": "en-us", "de": "de", "fr": "fr", "es": "es"}
_MALE = ("m3", "m1", "m2", "m7", "m6", "m8", "m4")
_FEMALE = ("f2", "f3", "f1", "f4", "f5")


@dataclass(frozen=True)
class Speaker:
    """A voice that stays the same in every line. `pitch`, `range` are eSpeak NG's 0–99, `rate` words a minute; `timbre` multiplies the
    formants (0.8 large and dark … 1.3 small and bright); `breath` 0–1; `tilt` dB at the top; `seed` for what makes it this person's."""

    name: str
    variant: str
    pitch: float
    range: float
    rate: float
    timbre: float
    breath: float
    tilt: float
    wobble: float = 1.0  # how unsteady, 1 is an adult at ease


@dataclass(frozen=True)
class Delivery:
    """How this line is said: changes on top of the speaker."""

    pitch: float = 0.0
    range: float = 0.0
    rate: float = 1.0
    pauses: float = 1.0
    breath: float = 0.0
    whisper: bool = False
    drive: float = 1.0
    tilt: float = 0.0
    lufs: float = -20.0
    band: tuple[float, float] | None = None  # heard through a telephone or a radio
    room: float = 1.0
    wobble: float = 1.0


# Words of a parenthetical in English, German, French and Spanish; all that match are added up.
_DIRECTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        r"whisper|flüster|chuchot|susurr|murmullo|sotto voce|under (?:his|her|their) breath|hushed",
        {"whisper": True, "rate": 0.94, "lufs": -22.5, "room": 0.5},
    ),
    (
        r"shout|yell|scream|bellow|roar|schrei|brüll|rufend|cri(?:e|ant)|hurl|grit|calling|calls? out|at the top of",
        {"pitch": 13, "range": 22, "rate": 0.97, "drive": 2.2, "tilt": 4.0, "lufs": -18.5, "room": 2.0},
    ),
    (
        r"quiet|soft|gentl|tender|leise|sanft|zärtlich|doucement|tendre|suave|en voz baja|low voice|calm",
        {"pitch": -3, "range": -10, "rate": 0.94, "breath": 0.25, "tilt": -3.0, "lufs": -21.0},
    ),
    (
        r"angr|furious|wütend|zornig|colère|furieu|enfad|furios|snap|harsh|bitter|hiss",
        {"pitch": 4, "range": 18, "rate": 1.07, "drive": 1.7, "tilt": 2.5, "pauses": 0.8, "lufs": -19.5},
    ),
    (
        r"\bsad|cry|weep|tear|sob|traurig|weinend|triste|pleur|llor|broken|grie",
        {"pitch": -5, "range": -12, "rate": 0.87, "breath": 0.3, "pauses": 1.35, "wobble": 2.4},
    ),
    (
        r"excit|happ|laugh|joy|delight|bright|cheer|aufgeregt|fröhlich|lachend|joyeu|content|riant|aleg|risa|riendo",
        {"pitch": 7, "range": 18, "rate": 1.08, "pauses": 0.8},
    ),
    (
        r"afraid|scared|terrif|fright|nervous|tremb|shak|ängstlich|zitternd|peur|asust|nervios|panic|desperat",
        {"pitch": 7, "range": 6, "rate": 1.07, "breath": 0.35, "wobble": 3.0},
    ),
    (r"slow|langsam|lentement|despacio|lent[ao]|thoughtful|hesita|weary|tired|müde|cansad|fatigu", {"rate": 0.84, "pauses": 1.4, "range": -4}),
    (
        r"quick|fast|hurr|rush|rapid|urgent|breathless|schnell|hastig|vite|press[ée]|rápid|prisa",
        {"rate": 1.15, "pauses": 0.65, "range": 5, "breath": 0.1},
    ),
    (r"flat|deadpan|monoton|dry|cold|trocken|kalt|froid|\bfrío|seco", {"range": -28, "rate": 0.97}),
    (
        r"phone|telephone|telefon|téléphone|teléfono|radio|intercom|funk|filtered|walkie|speaker|megaphone",
        {"band": (320.0, 3300.0), "drive": 1.8, "room": 0.2},
    ),
    (
        r"to (?:him|her|them)?self|aside|muttering|mutter|mumbl|murmelnd|zu sich|à part|para sí",
        {"pitch": -4, "range": -12, "breath": 0.3, "tilt": -2.5, "lufs": -21.5},
    ),
)


def speaker_for(name: str, voice: Mapping[str, Any]) -> Speaker:
    """The speaker of a design (`gender`, `age`, `variant`, `pitch`, `range`, `rate`, `timbre`, `breath`, each optional).

    What the design leaves open is drawn from the name, so that even a cast without designs can be told apart. Numbers out of range
    are brought into it; raises `BadRequest` for what is no number at all.
    """
    rng = rng_for("speaker", name.strip().upper())
    gender, age = str(voice.get("gender", "")).lower(), str(voice.get("age", "")).lower()
    female = gender.startswith(("f", "w", "girl")) if gender.startswith(("f", "w", "m", "g", "b")) else bool(rng.random() < 0.5)
    child = "child" in (age, gender) or gender in ("girl", "boy") or age in ("kid", "young child") or (age.isdigit() and int(age) < 13)
    old = age in ("old", "elderly", "aged", "senior") or (age.isdigit() and int(age) > 62)
    names = _FEMALE if female else _MALE
    variant = str(voice.get("variant") or names[int(rng.integers(len(names)))])
    if variant not in _variants():
        variant = names[0]
    pitch = _number(voice, "pitch", rng.uniform(32, 62) + (16 if child else 0), 0, 99)
    timbre = _number(voice, "timbre", rng.uniform(0.93, 1.08) * (1.12 if child else 1.0), 0.75, 1.35)
    return Speaker(
        name=name,
        variant=variant,
        pitch=pitch,
        range=_number(voice, "range", rng.uniform(42, 64), 0, 99),
        rate=_number(voice, "rate", rng.uniform(150, 172) * (0.92 if old else 1.0), 100, 240),
        timbre=timbre,
        breath=_number(voice, "breath", rng.uniform(0.1, 0.3) + (0.2 if old else 0.0), 0, 1),
        tilt=float(rng.uniform(-2.0, 2.0)),
        wobble=2.0 if old else 1.2 if child else 1.0,
    )


def delivery_for(direction: str) -> Delivery:
    """What the parenthetical asks for; words it does not know change nothing."""
    delivery = Delivery()
    for pattern, change in _DIRECTIONS:
        if not re.search(pattern, direction, re.IGNORECASE):
            continue
        merged = {
            key: getattr(delivery, key) * value
            if key in ("rate", "pauses", "drive", "room", "wobble")
            else value
            if key in ("whisper", "band", "lufs")
            else getattr(delivery, key) + value
            for key, value in change.items()
        }
        delivery = replace(delivery, **merged)
    return delivery


def language_for(language: str) -> str:
    """eSpeak NG's name for a language tag. Raises `BadRequest` for one it does not speak."""
    tag = language.strip().lower().replace("_", "-") or "en"
    if tag in LANGUAGES:
        return LANGUAGES[tag]
    known = _languages()
    for candidate in (tag, LANGUAGES.get(tag.split("-")[0], tag.split("-")[0])):
        if candidate in known:
            return candidate
    raise BadRequest(f"No voice speaks “{language}”. Use a language tag such as {', '.join(sorted(LANGUAGES))}.")


def _number(voice: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    value = voice.get(name)
    if value is None:
        value = default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise BadRequest(f"The voice's {name} is “{value}”, which is no number. Give one from {low:g} to {high:g}.")
    return float(min(max(value, low), high))


@functools.cache
def _variants() -> frozenset[str]:
    return frozenset(p.name for p in Path(espeakng_loader.get_data_path(), "voices", "!v").iterdir())


@functools.cache
def _languages() -> frozenset[str]:
    return frozenset(p.name.lower() for p in Path(espeakng_loader.get_data_path(), "lang").rglob("*") if p.is_file())
