"""The sound of a place: its air, its weather and its hour, and what happens in it at given seconds."""

from __future__ import annotations

import re

import numpy as np

from generation.contract import SAMPLE_RATE, BadRequest, MusicParams, Samples
from generation.media import loudness
from generation.previs import filters
from generation.previs.filters import F32
from generation.previs.tone import beds
from generation.previs.tone.effects import effect_for

MAX_SECONDS = 30 * 60
_QUIET = re.compile(r"bedroom|study|library|attic|parlou?r|living|office|church|hospital|museum|sleep", re.IGNORECASE)
# Where a word of the place stands, these layers sound there: words, indoors, outdoors (None: the same, muffled), LUFS against the bed.
_PLACES: tuple[tuple[str, tuple[beds.Layer, ...], tuple[beds.Layer, ...], float], ...] = (
    (
        r"\bbar\b|pub|tavern|restaurant|caf[eé]|party|club|canteen|diner|inn\b|market|station|theatre|lobby|ballroom|wedding|crowd|kneipe|gasthaus",
        (beds.crowd,),
        (beds.crowd,),
        4.0,
    ),
    (r"harbou?r|port\b|pier|quay|dock|marina|jetty|wharf|hafen", (beds.lapping,), (beds.lapping, beds.gulls), 1.0),
    (
        r"seas?\b|sea(?:side|shore|front)|beach|coast|ocean|shore|sands\b|surf\b|tide|cliff|island|lighthouse|cove|dune|bay\b|meer|strand|playa|plage",
        (beds.sea,),
        (beds.sea, beds.gulls),
        2.0,
    ),
    (r"(?:deck|aboard|on the water|raft|ship|ferry|boat|sail\w*|yacht|trawler|lifeboat|rowboat)\b", (), (beds.sea, beds.lapping), 1.0),
    (r"river|stream|brook|waterfall|fountain|creek|bach\b|fluss", (beds.stream,), (beds.stream,), 1.0),
    (r"lake|pond|boat|canal", (beds.lapping,), (beds.lapping,), 0.0),
    (r"forest|wood|grove|jungle|orchard|wald", (beds.leaves,), (beds.leaves,), 0.0),
    (r"street|city|road|alley|avenue|square|town|bridge|rooftop|car park|parking|stra(?:ß|ss)e|taxi|highway", (beds.street,), (beds.street,), 1.0),
    (r"train|carriage|subway|tram|zug", (beds.train,), (beds.street,), 4.0),
    (r"ship|engine|cabin cruiser|submarine|truck|\bbus\b|car\b|ferry|wheelhouse", (beds.engine,), (beds.lapping,), 2.0),
    (r"kitchen|diner|shop|store|garage|laundry|morgue|basement|cellar", (beds.hum,), (), 0.0),
    (r"office|laborator|\blab\b|hospital|server|spaceship|spacecraft|control|bunker|studio|newsroom|police|corridor", (beds.ventilation,), (), 1.0),
    (r"cave|tunnel|crypt|dungeon|mine\b|sewer|grotto|well\b", (beds.cave,), (beds.cave,), 1.0),
    (r"fire|hearth|camp|forge|bonfire|stove|cabin\b|cottage|fireplace|kamin", (beds.fire,), (beds.fire,), 0.0),
    (r"mountain|moor|desert|field|plain|hill|steppe|tundra|roof|tower|peak|summit", (beds.wind,), (beds.wind,), 0.0),
)


def make_tone(params: MusicParams, samples: int, seed: int) -> Samples:
    """Stereo ambience of exactly `samples`: a bed of about −45 LUFS (louder out of doors and in storms), `events` on top at −30 to −24.

    The same params, length and seed give the same sound. An event begins on its second; one that begins outside the length is left out.
    Raises `BadRequest` for more than half an hour.
    """
    if samples > MAX_SECONDS * SAMPLE_RATE:
        raise BadRequest(
            f"A tone of {samples / SAMPLE_RATE / 60:.0f} minutes was asked for; at most {MAX_SECONDS // 60} are made at once. Split the scene."
        )
    if samples <= 0:
        return np.zeros((0, 2), dtype=np.float32)
    mix = np.zeros((samples, 2), dtype=np.float32)
    for i, (layer, level) in enumerate(layers_for(params)):
        sound = layer(filters.rng_for("tone", seed, i, layer.__name__), samples)
        if params.interior and layer in _OUTSIDE:
            sound = filters.low_pass(sound, 650, 1)  # through walls and panes
        mix += loudness.normalise(filters.high_pass(sound, 35, 1), level, ceiling=0.1 if level < -40 else 0.25)
    bed = -46.0 if params.interior else -43.0
    loudest = max((level for _, level in layers_for(params)), default=bed)
    mix = loudness.normalise(mix, max(bed, loudest + 0.5), ceiling=0.3)
    _add_events(mix, params, seed)
    edge = min(samples // 4, int(0.03 * SAMPLE_RATE))
    if edge:
        ramp = np.linspace(0, 1, edge, dtype=np.float32)[:, None]
        mix[:edge] *= ramp
        mix[-edge:] *= ramp[::-1]
    return mix


def layers_for(params: MusicParams) -> list[tuple[beds.Layer, float]]:
    """What sounds in this place, and how loud (LUFS)."""
    place, weather, time = params.place.lower(), params.weather.lower(), params.time.lower()
    base = -47.0 if params.interior else -45.0
    layers: dict[beds.Layer, float] = {beds.room: base} if params.interior else {beds.wind: base - 4}
    for words, indoors, outdoors, louder in _PLACES:
        if re.search(r"(?:\b|^)(?:" + words + ")", place):
            for layer in indoors if params.interior else outdoors:
                muffled = 4.0 if params.interior and layer in _OUTSIDE else 0.0
                if layer is beds.gulls and re.search("night", time):
                    continue
                layers.setdefault(layer, base + louder - muffled - (5.0 if layer is beds.gulls else 0.0))
    _weather(layers, params.interior, weather, base)
    _hour(layers, params, place, time, weather, base)
    if params.interior and _QUIET.search(place) and not re.search("office|hospital", place):
        layers[beds.clock] = base - 1
    return list(layers.items())


def _weather(layers: dict[beds.Layer, float], interior: bool, weather: str, base: float) -> None:
    storm = bool(re.search(r"storm|gale|hurricane|thunder|tempest|sturm", weather))
    if storm or re.search(r"rain|drizzl|shower|pour|regen|pluie|lluvia|wet", weather):
        layers[beds.rain_on_window if interior else beds.rain] = (
            base + (3.0 if interior else 5.0) + (3.0 if storm else 0.0) - (4.0 if "drizzl" in weather else 0.0)
        )
    if storm or re.search(r"wind|gust|breez|blizzard|viento|vent\b", weather):
        layers[beds.howl if interior else beds.wind] = base + (1.0 if interior else 2.0) + (4.0 if storm else 0.0)


def _hour(layers: dict[beds.Layer, float], params: MusicParams, place: str, time: str, weather: str, base: float) -> None:
    """Birds by day, crickets and an owl at night, where there are trees or grass and no storm."""
    green = re.search(
        r"forest|wood|garden|park\b|field|meadow|farm|village|country|hill|lake|camp|orchard|porch|path|grave|cemetery|yard|wald|river", place
    )
    if params.interior or re.search("storm|rain|snow|blizzard|gale", weather):
        return
    city = re.search(r"street|city|square|town|rooftop|terrace", place)
    if re.search(r"night|dusk|evening|midnight|nacht|nuit|noche", time):
        if green:
            layers[beds.crickets] = base - 2
            if re.search("forest|wood|grave|cemetery", place):
                layers[beds.owl] = base - 3
    elif green or (city and re.search(r"dawn|morning|sunrise", time)):
        layers[beds.birds] = base + (1.0 if re.search(r"dawn|morning|sunrise|day", time) else -2.0)


_OUTSIDE: frozenset[beds.Layer] = frozenset({beds.sea, beds.lapping, beds.stream, beds.leaves, beds.street, beds.wind})
_LOUD = re.compile(r"slam|thunder|smash|shatter|crash|gun|shot|explo|scream|horn|siren|alarm|bang")
_SOFT = re.compile(r"paper|page|letter|switch|click|cloth|rustle|soft|quiet|gentl|creep|lamp|pour|distant")


def _add_events(mix: F32, params: MusicParams, seed: int) -> None:
    seconds, channels = (0.35, 2) if params.interior else (0.9, 2)
    big = re.search(r"church|hall|station|cave|tunnel|corridor|cathedral|warehouse|stair", params.place.lower())
    response = filters.room_response(filters.rng_for("walls", params.interior, bool(big)), 2.2 if big else seconds, 5000, 0.01, channels)
    wetness = np.float32(0.7 if big else 0.4 if params.interior else 0.15)
    for i, (second, word) in enumerate(params.events):
        at = round(second * SAMPLE_RATE)
        if not 0 <= at < len(mix):
            continue
        words = word.lower()
        rng = filters.rng_for("event", seed, i, words)
        known = words if re.search(r" on | in ", words) else f"{words} {params.place.lower()}"
        dry = effect_for(words)(rng, known)
        place = float(np.clip(0.5 + rng.normal(0, 0.12), 0.2, 0.8))
        stereo = np.pad(beds.pan(dry, place), ((0, int(seconds * SAMPLE_RATE)), (0, 0)))
        wet = np.asarray(stereo + filters.convolve(stereo, response) * wetness, dtype=np.float32)
        level = -24.0 if _LOUD.search(words) else -30.0 if _SOFT.search(words) else -27.0
        sound = loudness.normalise(wet, level, ceiling=0.5)
        fade = min(len(sound), 960)
        sound[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
        count = min(len(sound), len(mix) - at)
        mix[at : at + count] += sound[:count]
