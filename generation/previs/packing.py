"""Scenes as the compiled loops want them: flat rows of numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generation.previs.light import LIGHT, MATERIAL
from generation.previs.patterns import NAMES
from generation.previs.raster import F64
from generation.previs.scene import Camera, Light, Scene, Vec
from generation.previs.sky import AIR


def unit(v: Vec | F64) -> F64:
    a = np.asarray(v, np.float64)
    return a / max(1e-12, float(np.linalg.norm(a)))


def frame_of(forward: F64) -> tuple[F64, F64, F64]:
    """(right, up, forward), with up as near to +z as can be; looking straight up or down, up is +y."""
    pole = np.array((0.0, 0.0, 1.0)) if abs(forward[2]) < 0.9995 else np.array((0.0, 1.0, 0.0))
    right = unit(np.cross(forward, pole))
    return right, np.cross(right, forward), forward


def view_of(camera: Camera, width: int, height: int) -> F64:
    """The camera as a row (see `raster.VIEW`). Roll turns the camera clockwise, the picture anticlockwise."""
    right, up, forward = frame_of(unit(np.subtract(camera.target, camera.eye)))
    if camera.roll:
        c, s = math.cos(camera.roll), math.sin(camera.roll)
        right, up = right * c - up * s, up * c + right * s
    scale = 0.5 * height / math.tan(0.5 * camera.fov)
    return np.concatenate((np.asarray(camera.eye, np.float64), right, up, forward, (scale, 0.5 * width, 0.5 * height)))


def light_row(light: Light) -> list[float]:
    place = unit(light.position) if light.kind == "sun" else np.asarray(light.position, np.float64)
    kind = {"sun": 0.0, "point": 1.0, "spot": 2.0}[light.kind]
    aim = unit(light.aim)
    inner = max(0.02, light.cone * 0.62)
    return [kind, *place, *light.colour, 9.0 / max(0.01, light.radius) ** 2, *aim, math.cos(light.cone), math.cos(inner), 3.2 * light.radius]


@dataclass(frozen=True)
class Packed:
    """A scene in rows. `sun` and `key` are the lights with shadow; `lights` all others."""

    materials: F64  # (M, MATERIAL)
    lights: F64  # (L, LIGHT)
    spot: F64  # (LIGHT,), black if there is none
    air: F64  # (AIR,)
    softness: F64  # of sun (radians) and spot (metres)
    drops: F64  # colour of rain or snow
    sun: Light | None
    key: Light | None

    @classmethod
    def of(cls, scene: Scene) -> Packed:
        suns = [light for light in scene.lights if light.kind == "sun"]
        sun = next((light for light in suns if light.shadow), suns[0] if suns else None)
        key = next((light for light in scene.lights if light.kind == "spot" and light.shadow), None)
        rows = [light_row(light) for light in scene.lights if light is not sun and light is not key]
        materials = [[*m.albedo, m.emission, m.gloss, float(NAMES.index(m.pattern)), max(1e-3, m.scale), m.wrap, 0.0] for m in scene.materials]
        air = scene.air
        towards = unit(sun.position) if sun else np.zeros(3)
        colour = sun.colour if sun else (0.0, 0.0, 0.0)
        numbers = [
            *air.zenith, *air.horizon, *air.ambient_up, *air.ambient_down, *air.fog, air.fog_density, air.stars, air.clouds, air.wind,
            *towards, *colour, scene.time, max(0.009, min(0.05, sun.softness * 0.35)) if sun else 0.01,
        ]  # fmt: skip
        assert len(numbers) == AIR
        drops = np.asarray(air.ambient_up) * 1.3 + np.asarray(air.horizon) * 0.25 + 0.04 + 0.08 * np.asarray(colour)
        return cls(
            np.array(materials, np.float64).reshape(-1, MATERIAL),
            np.array(rows, np.float64).reshape(-1, LIGHT),
            np.array(light_row(key) if key else [0.0] * 3 + [1.0] + [0.0] * (LIGHT - 4), np.float64),
            np.array(numbers, np.float64),
            np.array((sun.softness if sun else 0.05, key.softness if key else 0.05)),
            drops,
            sun,
            key,
        )
