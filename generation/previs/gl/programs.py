"""The passes of the picture as programs: hand-written ends from `shaders/`, the look itself translated from the kernels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generation.previs import geometry, light, occlusion, post, shadow, sky, summing, weather
from generation.previs.gl.translate import Array, Kernels
from generation.previs.raster import F64, NEAR
from generation.previs.render import Setting
from generation.previs.shadow import disc, turns

SHADERS = Path(__file__).parent / "shaders"
ROW = 256  # triangles in a row of the texture of records
TEXELS = 6  # of a record: geometry.RECORD numbers, then material and id
# Every texture has a unit of its own, whatever program reads it.
UNITS = (
    "records", "lights", "materials", "geo", "seen", "asked", "near_map", "far_map", "spot_map", "near_survey", "far_survey", "spot_survey",
    "raw", "calm", "ao_raw", "ao", "light", "small", "tiles", "soft", "glow", "curve", "cover", "map", "still", "source", "weights",
)  # fmt: skip


def texel(name: str, rank: int, *shape: str) -> Array:
    """A texture read as an array of rows, columns and, with rank 3, channels; its shape is its own unless given."""
    read = f"texelFetch({name}, ivec2({{1}}, {{0}}), 0)"
    size = (f"textureSize({name}, 0).y", f"textureSize({name}, 0).x")
    return Array(read + ("[{2}]" if rank == 3 else ".r"), rank, shape=shape or size)


RESULT = Array("result[{2}]", 3)
ONE = Array("result[0]", 2)
BASE = {
    "air": Array("air_[({0}) >> 2][({0}) & 3]"),
    "camera": Array("camera_[({0}) >> 2][({0}) & 3]"),
    "view": Array("maps_[{v} * 4 + (({0}) >> 2)][({0}) & 3]", handle=True),
    "near": Array("near_at({v}, {0}, {1})", 2, handle=True, shape=("map_size({v})", "map_size({v})")),
    "top": Array("survey_at({v}, {0}, {1}).x", 2, handle=True),
    "bottom": Array("survey_at({v}, {0}, {1}).y", 2, handle=True),
    "records": Array("record_at({0}, {1})", 2),
    "materials": Array("int(record_at({0}, MATERIAL_AT))", kind="int"),
    "ids": Array("int(record_at({0}, ID_AT))", kind="int"),
    "lights": Array("light_at({0}, {1})", 2, shape=("size_.z", "0")),
    "row": Array("light_at({v}, {0})", handle=True),
    "spot": Array("light_at({v}, {0})", handle=True),
    "material": Array("material_at({v}, {0})", handle=True),
    "out": Array("parts[{0}]", 2),
    "parts": Array("parts[{0}]"),
    "total": Array("total[{0}]"),
    "depth": Array("geo_at({0}, {1}).a", 2, shape=("size_.y", "size_.x")),
    "normals": Array("geo_at({0}, {1})[{2}]", 3),
    "raw": Array("raw_at({0}, {1})[{2}]", 3),
    "turn": Array("TURNS[{0}][{1}]", 2),
    "ao": texel("ao", 2),
    "light": texel("light", 3),
    "small": texel("small", 3),
    "tiles": texel("tiles", 2),
    "soft": texel("soft", 3),
    "glow": texel("glow", 3),
    "curve": Array("texelFetch(curve, ivec2({0}, 0), 0).r"),
    "look": Array("look_[({0}) >> 2][({0}) & 3]"),
    "area": Array("rain_[1][{0}]"),
    "cover": texel("cover", 2),
}


def taps(name: str, points: F64) -> str:
    rows = ", ".join(f"vec2({x!r}, {y!r})" for x, y in points.tolist())
    return f"const vec2 {name}[{len(points)}] = vec2[]({rows});"


def disc_of(name: str, count: int) -> Array:
    return Array(f"{name}[{{0}}][{{1}}]", 2, shape=(str(count), "2"))


class Programs:
    """All programs of one quality; `program.name` by attribute."""

    def __init__(self, context: Any, setting: Setting, samples: F64) -> None:
        self._context, self._setting = context, setting
        numbers = {
            "PARTS": light.PARTS, "ROW": ROW, "TEXELS": TEXELS, "MATERIAL_AT": geometry.RECORD, "ID_AT": geometry.RECORD + 1, "NEAR": NEAR,
            "UNASKED": shadow.UNASKED, "EMPTY": float(shadow.EMPTY), "BLOCK": shadow.BLOCK, "WIDE": shadow.WIDE, "TILE": shadow.TILE,
            "STEP": setting.occlusion_step, "SPARSE": "true" if setting.sparse else "false", "RAIN": weather.RAIN,
        }  # fmt: skip
        discs = [taps("TURNS", turns()), taps("OFFSETS", samples), taps("SHADOW_TAPS", disc(setting.shadow_taps))]
        discs.append(taps("AO_TAPS", disc(setting.occlusion_taps)))
        discs.append(taps("BLUR_TAPS", disc(max(1, setting.defocus_taps))))
        self._head = "\n".join(["#version 330", *(f"#define {name} {value}" for name, value in numbers.items()), *discs, _read("whole.glsl")])
        self._raster()
        self._shading()
        self._post()

    def _raster(self) -> None:
        corner = self._head + "\n" + _read("triangles.vert")
        self.number = self._program(corner, self._head + "\n" + _read("number.frag"))
        self.caster = self._program(corner, "#version 330\n" + _read("nothing.frag"))
        self.restore = self._screen([], "", "restore.frag")
        self.survey = self._screen([], "", "survey.frag")
        self.extend = self._screen([], "", "extend.frag")

    def _shading(self) -> None:
        surface = Kernels(BASE).add(light.alike, light.lamp, light.fragment)
        self.surface = self._screen(["common.glsl"], surface.source, "groups.glsl", "surface.frag")
        lit = Kernels(BASE).add(shadow.lit, taps=disc_of("SHADOW_TAPS", self._setting.shadow_taps))
        self.visibility = self._screen(["common.glsl", "maps.glsl"], lit.source, "visibility.frag")
        self.calm = self._screen(["common.glsl", "raw.glsl"], "", "calm.frag")
        whole = Kernels(BASE).add(light.alike, light.lamp, light.fragment, summing._add, summing._openness, shadow._blurred)
        self.compose = self._screen(["common.glsl", "raw.glsl"], "uniform sampler2D ao;\n" + whole.source, "groups.glsl", "compose.frag")
        falling = Kernels(BASE).add(weather.drop, weather._falloff, weather._swell)
        self.fall = self._program(
            "\n".join((self._head, _read("common.glsl"), "uniform sampler2D cover;", falling.source, _read("fall.vert"))),
            "\n".join((self._head, _read("common.glsl"), "uniform sampler2D cover;", falling.source, _read("fall.frag"))),
        )

    def _post(self) -> None:
        step, lens = "STEP, ", "lens_.x, lens_.y, lens_.z, "
        self.obscure = self._pixel(occlusion.obscure, step, (), out=ONE, taps=disc_of("AO_TAPS", self._setting.occlusion_taps))
        self.even = self._pixel(occlusion.even, step, ("ao_raw",), out=ONE, raw=texel("ao_raw", 2))
        self.halve = self._pixel(post.halve, lens, ("light",), out=RESULT)
        self.widest = self._pixel(post.widest, "", ("small",), out=ONE)
        self.spread = self._pixel(post.spread, "", ("small", "tiles"), out=RESULT, taps=disc_of("BLUR_TAPS", max(1, self._setting.defocus_taps)))
        # In place there, from one texture to another here: what the kernel leaves alone is what was there.
        kept = "for (int k = 0; k < 3; k++) result[k] = texelFetch(light, at, 0)[k];"
        from_to = Array("texelFetch(light, ivec2({1}, {0}), 0)[{2}]", 3, shape=("size_.y", "size_.x"), store="result[{2}]")
        self.defocus = self._pixel(post.defocus, lens, ("light", "soft"), before=kept, light=from_to)
        self.bright = self._pixel(post.bright, f"{post.GLOWS!r}, ", ("light",), out=RESULT)
        self.bell = self._screen([], "", "bell.frag")
        self.finish = self._pixel(post.finish, "key_.x, ", ("light", "glow", "curve"), scale="1.0 / 255.0", out=RESULT)

    def _pixel(self, kernel: Any, arguments: str, textures: Sequence[str], before: str = "", scale: str = "1.0", **arrays: Array) -> Any:
        """A program that runs a kernel for each pixel of its target."""
        kernels = Kernels(BASE).add_pixel(kernel, **arrays)
        samplers = "".join(f"uniform sampler2D {name};\n" for name in textures)
        name = kernel.__name__
        main = (
            "out vec4 pixel;\nvoid main() {\n    ivec2 at = ivec2(gl_FragCoord.xy);\n"
            f"    {before}\n    k_{name}({arguments}at.y, at.x);\n"
            f"    pixel = vec4(result[0], result[1], result[2], result[3]) * ({scale});\n}}\n"
        )
        source = "\n".join((samplers, "float result[4];", kernels.source, main))
        return self._screen(["common.glsl"], source)

    def _screen(self, before: Sequence[str], kernels: str, *after: str) -> Any:
        parts = [self._head, *(_read(name) for name in before)]
        groups = [_read(name) for name in after]
        return self._program("#version 330\n" + _read("screen.vert"), "\n".join((*parts, kernels, *groups)))

    def _program(self, vertex: str, fragment: str) -> Any:
        made = self._context.program(vertex_shader=vertex, fragment_shader=fragment)
        for unit, name in enumerate(UNITS):
            if name in made:
                made[name].value = unit
        if "Scene" in made:
            made["Scene"].binding = 0
        return made


def _read(name: str) -> str:
    return (SHADERS / name).read_text(encoding="utf-8")


BLOCK_ROWS = {"camera": 0, "air": 4, "maps": 11, "decode": 23, "softness": 26, "lens": 27, "look": 28, "rain": 31, "drops": 33}


def scene_block(**parts: Any) -> bytes:
    """The uniform block `Scene` of common.glsl (std140: rows of four numbers)."""
    block = np.zeros((36, 4), np.float32)
    flat = block.reshape(-1)
    for name, row in BLOCK_ROWS.items():
        numbers = np.asarray(parts[name], np.float32).reshape(-1)
        flat[row * 4 : row * 4 + len(numbers)] = numbers
    block.view(np.int32)[34] = parts["size"]
    block.view(np.int32)[35] = parts["key"]
    return block.tobytes()


assert sky.AIR <= 28
