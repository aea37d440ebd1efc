"""Light for a place: the hour, the weather and the lamps, so that faces read at any time of day.

Sun and moon come from the side of the main window, over the walls as into a maquette; at night practical lamps carry the scene.
Exactly one sun with shadow and at most one spot with shadow are made, and at most `POINTS` other lamps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from generation.contract import SceneFacts
from generation.previs.palette import linear
from generation.previs.props import Glow
from generation.previs.scene import RGB, Air, Grade, Light, Vec

POINTS = 5
LOW_SUN = 8.0  # degrees over the water
Hour = Literal["day", "morning", "evening", "dusk", "dawn", "night"]
Weather = Literal["clear", "rain", "snow", "fog"]


@dataclass(frozen=True)
class Sky:
    """One hour under a clear sky. Colours are sRGB hex with a factor; `height` is the sun's (or moon's) elevation in degrees, `turn` its
    bearing from the front (−y), positive towards the window side; `dark`: lamps are on."""

    sun: tuple[str, float]
    height: float
    turn: float
    zenith: tuple[str, float]
    horizon: tuple[str, float]
    up: tuple[str, float]
    down: tuple[str, float]
    fog: tuple[str, float]
    density: float
    dark: bool
    exposure: float
    stars: float = 0.0
    warmth: RGB = (1.0, 1.0, 1.0)


SKIES: dict[Hour, Sky] = {
    "day": Sky(
        ("#fff0d8", 2.0), 44, 52, ("#5b8fc4", 0.9), ("#cfdde2", 0.95), ("#b7c6d6", 0.8), ("#8f8068", 0.55), ("#c6d2d6", 0.75), 0.006, False, 1.05
    ),
    "morning": Sky(
        ("#ffe2b4", 1.95),
        27,
        68,
        ("#7aa3c9", 0.9),
        ("#f0dfc4", 0.95),
        ("#b3c0d2", 0.72),
        ("#8f7a66", 0.5),
        ("#e2d4c0", 0.75),
        0.009,
        False,
        1.05,
        0,
        (1.03, 1.0, 0.95),
    ),
    "evening": Sky(
        ("#ffc98a", 1.9),
        22,
        64,
        ("#6a8cb8", 0.75),
        ("#f4cf9f", 0.95),
        ("#a3abc4", 0.62),
        ("#8a6c58", 0.5),
        ("#e6c29c", 0.7),
        0.01,
        True,
        1.08,
        0,
        (1.05, 1.0, 0.92),
    ),
    "dusk": Sky(
        ("#ffac74", 2.0),
        12,
        78,
        ("#44588f", 0.6),
        ("#eab08c", 0.9),
        ("#929cc8", 0.66),
        ("#7a5a58", 0.46),
        ("#c98f78", 0.6),
        0.013,
        True,
        1.14,
        0.15,
        (1.02, 0.99, 0.98),
    ),
    "dawn": Sky(
        ("#ffc49a", 2.3),
        16,
        70,
        ("#7390c0", 0.8),
        ("#f3c4b0", 0.9),
        ("#9fa9c8", 0.66),
        ("#75656a", 0.46),
        ("#e2cdc4", 0.72),
        0.009,
        True,
        1.12,
        0.1,
        (1.02, 0.98, 1.0),
    ),
    "night": Sky(
        ("#8fb2ff", 0.62),
        40,
        128,
        ("#16213f", 0.75),
        ("#33466e", 0.7),
        ("#7088c0", 0.58),
        ("#4a4a6e", 0.5),
        ("#2a3a5c", 0.5),
        0.012,
        True,
        1.28,
        0.75,
        (0.97, 0.99, 1.05),
    ),
}

_HOURS: tuple[tuple[Hour, tuple[str, ...]], ...] = (
    ("night", ("night", "midnight", "late night", "2 a.m", "3 a.m", "small hours")),
    ("dusk", ("dusk", "sunset", "twilight", "magic hour", "nightfall", "sundown", "golden")),
    ("dawn", ("dawn", "sunrise", "daybreak", "first light", "pre-dawn")),
    ("evening", ("evening", "late afternoon")),
    ("morning", ("morning", "early")),
)


def hour_of(time: str) -> Hour:
    """The hour a slugline's time means; "continuous", "later", "noon" and silence are day. "Later" alone never means night."""
    words = time.lower()
    if words.strip() in ("later", "moments later", "same", "continuous", "same time", ""):
        return "day"
    for hour, names in _HOURS:
        if any(name in words for name in names):
            return hour
    return "day"


def weather_of(weather: str) -> tuple[Weather, float]:
    """(what falls or hangs, how overcast 0–1)."""
    words = weather.lower()
    if any(w in words for w in ("snow", "blizzard", "hail", "sleet")):
        return "snow", 0.75
    if any(w in words for w in ("rain", "storm", "drizzle", "downpour", "thunder", "shower", "wet")):
        return "rain", 0.95 if "storm" in words or "thunder" in words else 0.8
    if any(w in words for w in ("fog", "mist", "haze", "smoke")):
        return "fog", 0.7
    if any(w in words for w in ("cloud", "overcast", "grey", "gray", "wind", "gale")):
        return "clear", 0.6
    return "clear", 0.0


def rgb(colour: tuple[str, float]) -> RGB:
    r, g, b = linear(colour[0])
    return (r * colour[1], g * colour[1], b * colour[1])


def blend(a: RGB, b: RGB, t: float) -> RGB:
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def times(a: RGB, k: float) -> RGB:
    return (a[0] * k, a[1] * k, a[2] * k)


def is_dark(facts: SceneFacts) -> bool:
    """Whether lamps and windows are lit."""
    weather, grey = weather_of(facts.weather)
    return SKIES[hour_of(facts.time)].dark or (weather == "rain" and grey > 0.9)


@dataclass(frozen=True)
class Lamp:
    """A lamp of the set, lit: what it gives and where it burns."""

    glow: Glow
    position: Vec
    name: str


def _sun_towards(side: float, sky: Sky, interior: bool) -> Vec:
    """Unit vector to the sun. `side` is −1 where the main window or sea is left, +1 right."""
    height = math.radians(min(max(sky.height, 26), 36) if interior else sky.height)
    bearing = math.radians(min(max(sky.turn, 70), 104) if interior else sky.turn)
    flat = math.cos(height)
    return (side * flat * math.sin(bearing), -flat * math.cos(bearing), math.sin(height))


def window_side(design: dict[str, Any]) -> float:
    """−1 where most window is on the left, +1 on the right; a place without windows keeps to its mirror."""
    area = {"left": 0.0, "right": 0.0}
    for hole in design["openings"]:
        if hole["kind"] == "window" and hole["wall"] in area:
            area[hole["wall"]] += hole["width"] * (hole["high"] - hole["low"])
    if area["left"] == area["right"]:
        return 1.0 if design.get("mirrored") else -1.0
    return -1.0 if area["left"] > area["right"] else 1.0


def air_of(sky: Sky, weather: Weather, grey: float, interior: bool, haze: float) -> Air:
    zenith, horizon, fog = rgb(sky.zenith), rgb(sky.horizon), rgb(sky.fog)
    level = sum(horizon) / 3
    cloud: RGB = (level * 0.82, level * 0.88, level * 0.95)
    zenith, horizon, fog = blend(zenith, times(cloud, 0.8), grey), blend(horizon, cloud, grey * 0.9), blend(fog, times(cloud, 0.95), grey * 0.9)
    up, down = rgb(sky.up), rgb(sky.down)
    up = times(blend(up, times(cloud, 1.05), grey * 0.7), 1.0 + 0.15 * grey)
    # Fog and rain veil what lies beyond the next house, never the place itself: at 30 m half of a thing's contrast is left.
    thick = {"clear": 0.5, "rain": 1.0, "snow": 1.2, "fog": 2.0}[weather] * (haze if weather != "fog" else 1.0)
    if weather == "snow":
        down = blend(down, times(cloud, 0.75), 0.6)
    density = 0.006 if interior else min(sky.density * thick, 0.022) if weather != "fog" else 0.015
    if interior:
        lift = 0.74 if not sky.dark else 0.62
        up, down = blend(times(up, lift), (0.23, 0.19, 0.15), 0.30), blend(times(down, lift), (0.17, 0.125, 0.09), 0.35)
    # indoors rain and snow would fall through the ceiling, so only their grey light comes in
    shown = "clear" if interior else weather
    return Air(zenith, horizon, up, down, fog, density, sky.stars * (1 - grey), min(1.0, 0.25 + grey), shown, 0.7 if grey > 0.9 else 0.25)


def _sky_of(design: dict[str, Any], hour: Hour) -> Sky:
    """The hour's sky; where nothing stands between here and the horizon, the sun of dawn and dusk is low over it, before the camera."""
    over = design["surfaces"].get("sun over water")
    return replace(SKIES[hour], height=LOW_SUN, turn=float(over)) if over and hour in ("dawn", "dusk") else SKIES[hour]


def light_place(design: dict[str, Any], facts: SceneFacts, lamps: Sequence[Lamp], acting: Vec) -> tuple[list[Light], Air, Grade]:
    """Lights, sky and grade. `acting` is the middle of where people stand."""
    sky, (weather, grey) = _sky_of(design, hour_of(facts.time)), weather_of(facts.weather)
    interior = bool(design["interior"])
    side = window_side(design)
    air = air_of(sky, weather, grey, interior, float(design["surfaces"].get("haze", 1.0)))
    night = hour_of(facts.time) == "night"
    strength = (1 - 0.72 * grey) * (0.62 if interior and sky.dark else 0.95 if interior else 1.0)
    sun_colour = blend(rgb(sky.sun), times(air.horizon, 1.3), grey * 0.8)
    sun = Light("sun", _sun_towards(side, sky, interior), times(sun_colour, strength), softness=0.02 + 0.22 * grey, shadow=True)
    lights = [sun]
    ordered = sorted(lamps, key=lambda lamp: math.dist(lamp.position[:2], acting[:2]) - 1.2 * lamp.glow.power)
    if sky.dark or not _has_windows(design):
        lights.append(_key_spot(ordered[0] if ordered else None, sky, -side, acting, interior))
    burning = [lamp for lamp in ordered if sky.dark or lamp.glow.always or interior][:POINTS]
    lights += [lamp.glow.light(lamp.position, 0.9 if sky.dark else 0.4) for lamp in burning]
    lights += _fill(design, sky, side, air, interior, night)
    return lights, air, _grade(design, sky, grey, interior, night)


def _has_windows(design: dict[str, Any]) -> bool:
    return not design["interior"] or any(hole["kind"] == "window" for hole in design["openings"])


def _key_spot(lamp: Lamp | None, sky: Sky, side: float, acting: Vec, interior: bool) -> Light:
    """The shadowed key at night: from the front, opposite the moon, in the colour of the lamp people stand at, as a gaffer would carry a
    practical's light round to their faces; without a lamp near it is moonlight."""
    warm = lamp is not None and math.dist(lamp.position[:2], acting[:2]) < (8 if interior else 6)
    # Half the lamp's colour: the eye takes lamplight for nearly white, and a picture all orange has no colours left.
    source = blend(linear(lamp.glow.colour), (0.86, 0.82, 0.78), 0.5) if lamp and warm else blend(rgb(sky.sun), linear("#c4d2f4"), 0.6)
    at: Vec = (side * 1.9, -2.5, 2.55) if interior else (side * 3.0, -4.2, 4.6)
    aim = (acting[0] - at[0], acting[1] + 0.2 - at[1], 1.25 - at[2])
    length = math.sqrt(sum(v * v for v in aim))
    power = (2.1 if interior else 4.2) * (1.0 if warm else 0.8)
    return Light("spot", at, times(source, power), 4.6 if interior else 8.5, (aim[0] / length, aim[1] / length, aim[2] / length), 0.72, 0.14, True)


def _fill(design: dict[str, Any], sky: Sky, side: float, air: Air, interior: bool, night: bool) -> list[Light]:
    """Soft light without shadow: from the window in rooms, and a rim from behind so that heads part from the dark."""
    width = float(design["size"][0])
    if interior:
        window = blend(air.horizon, air.zenith, 0.3)
        level = 1.5 if night else 1.0
        glow = Light("point", (side * (width / 2 - 0.7), 0.2, 1.7), times(window, level), 3.6)
        front = Light("point", (-side * 1.3, -2.7, 2.1), times(blend(rgb(sky.up), (0.5, 0.4, 0.3), 0.5), 0.55), 4.2)
        return [glow, front]
    if not sky.dark:
        # between high houses the sun seldom reaches the ground; sky and far walls do
        narrow = width < 8
        return [Light("point", (-side * 1.2, -3.4, 3.4), times(air.horizon, 1.5), 5.5)] if narrow else []
    rim = Light("point", (-side * 3.4, 4.2, 3.6), times(blend(rgb(sky.sun), air.horizon, 0.4), 1.1 if night else 0.7), 5.0)
    return [rim]


def _grade(design: dict[str, Any], sky: Sky, grey: float, interior: bool, night: bool) -> Grade:
    """The place's own taste upon the hour's: its accent leans the lights, its second colour the shadows, by little."""
    look = design["grade"]
    tint = linear(look["tint"])
    mean = sum(tint) / 3 or 1.0
    gain: RGB = (
        sky.warmth[0] * (0.93 + 0.07 * tint[0] / mean),
        sky.warmth[1] * (0.93 + 0.07 * tint[1] / mean),
        sky.warmth[2] * (0.93 + 0.07 * tint[2] / mean),
    )
    shadow = linear(look["shadow"])
    lift = times(shadow, 0.022 if night else 0.012)
    exposure = sky.exposure * (1.06 if interior else 1.0) * (1 + 0.12 * grey)
    grade = Grade(exposure=exposure, contrast=look["contrast"], saturation=look["saturation"] * (1 - 0.14 * grey), lift=lift, gain=gain)
    return replace(grade, bloom=1.1 if sky.dark else 0.8, vignette=0.32 if sky.dark else 0.26)
