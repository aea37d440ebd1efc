"""What the rasteriser draws: triangles with materials, lights, air. Built by sets and figures, read by the renderer.

Units are metres; x right, y into the set, z up; angles in radians; colours are linear RGB, 0–1 (emission may exceed 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
RGB = tuple[float, float, float]
Vec = tuple[float, float, float]


@dataclass(frozen=True)
class Material:
    """How a surface answers light. `pattern` is drawn in the shader from world position: no textures, no UVs."""

    name: str
    albedo: RGB
    emission: float = 0.0  # multiplies albedo; > 0 glows and blooms
    gloss: float = 0.0  # 0 matte … 1 wet; drives a small specular and rim
    pattern: Literal["plain", "planks", "tiles", "brick", "grass", "water", "plaster", "cobble", "wood", "fabric", "snow", "sand"] = "plain"
    scale: float = 1.0  # metres per repeat of the pattern
    wrap: float = 0.0  # 0 hard … 0.5 soft wrapped diffuse (skin, cloth)


@dataclass
class Mesh:
    """Triangles of one object. `normals` are per vertex (split vertices for hard edges)."""

    positions: F32  # (V, 3)
    normals: F32  # (V, 3), unit
    triangles: I32  # (T, 3)
    materials: I32  # (T,), index into Scene.materials
    object_id: int = 0  # > 0; drawn into the id picture
    name: str = ""
    casts_shadow: bool = True
    wild: tuple[Vec, Vec] | None = None  # (point, inward normal) of a wall: not drawn while the eye is behind it


@dataclass(frozen=True)
class Light:
    kind: Literal["sun", "point", "spot"]
    position: Vec  # for "sun": direction TOWARDS the sun
    colour: RGB  # linear, radiance-like; may exceed 1
    radius: float = 4.0  # metres at which a point light has fallen to about a tenth
    aim: Vec = (0.0, 0.0, -1.0)  # spot: direction it shines
    cone: float = 0.7  # spot: half angle
    softness: float = 0.05  # penumbra, as the size of the source in radians (sun) or metres
    shadow: bool = False  # at most one sun and one spot with shadow are drawn; others are unshadowed


@dataclass(frozen=True)
class Air:
    """Sky and what hangs in the air."""

    zenith: RGB = (0.30, 0.45, 0.70)
    horizon: RGB = (0.75, 0.78, 0.80)
    ambient_up: RGB = (0.40, 0.44, 0.50)  # light from above
    ambient_down: RGB = (0.20, 0.17, 0.15)  # bounced from the ground
    fog: RGB = (0.60, 0.60, 0.60)
    fog_density: float = 0.012  # per metre, exponential
    stars: float = 0.0  # 0–1
    clouds: float = 0.0  # 0–1, moving slowly
    weather: Literal["clear", "rain", "snow", "fog"] = "clear"
    wind: float = 0.2


@dataclass(frozen=True)
class Grade:
    """The look of a place: applied after tone mapping."""

    exposure: float = 1.05
    contrast: float = 1.0
    saturation: float = 1.0
    lift: RGB = (0.0, 0.0, 0.0)
    gain: RGB = (1.0, 1.0, 1.0)
    bloom: float = 0.9
    vignette: float = 0.28
    grain: float = 0.012


@dataclass
class Scene:
    """`still` meshes never move during a shot; `moving` are rebuilt each frame (figures, doors, held props)."""

    materials: list[Material]
    still: list[Mesh]
    moving: list[Mesh] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)
    air: Air = Air()
    grade: Grade = Grade()
    time: float = 0.0  # seconds since the shot began: clouds, rain, water


@dataclass(frozen=True)
class Camera:
    """`fov` is horizontal-independent: the vertical angle of view of a 36×24 gate cropped to the project's aspect."""

    eye: Vec
    target: Vec
    fov: float  # vertical, radians
    roll: float = 0.0
    focus: float = 0.0  # metres to the plane in focus; 0 = everything sharp
    aperture: float = 0.0  # blur disc in pixels at 360 lines for a point at infinity


@dataclass(frozen=True)
class Frame:
    rgb: NDArray[np.uint8]  # (h, w, 3)
    depth: F32  # (h, w), metres along the view axis, 0 where sky
    ids: NDArray[np.uint16]  # (h, w), Mesh.object_id, 0 where sky
    normals: F32  # (h, w, 3), world space
