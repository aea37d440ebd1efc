"""The renderer on the device: the same request gives the same bytes on the same machine and driver, whatever was drawn before.

Every frame is drawn whole, in the passes of `generation.previs.render`: which triangle each of a pixel's four samples sees, the pixel's own
surface, shadows, occlusion, the sum of light, weather, effects. Only the shadow maps of still things are kept from frame to frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from generation.previs.geometry import Stock
from generation.previs.gl.context import Device, NoDevice, device, here, lose
from generation.previs.gl.post import DevicePost
from generation.previs.gl.programs import UNITS, Programs, scene_block
from generation.previs.gl.shadow_map import DeviceMap
from generation.previs.gl.targets import Passes, Target
from generation.previs.gl.triangles import Triangles
from generation.previs.packing import Packed, view_of
from generation.previs.post import grain_key, look_of
from generation.previs.post_chain import lens_of, opened
from generation.previs.raster import F64
from generation.previs.render import SETTINGS, Quality, check_size
from generation.previs.scene import F32, I32, Camera, Frame, Scene
from generation.previs.shadow import TILE
from generation.previs.shadow_maps import ShadowMaps
from generation.previs.weather import FALLING


class GLRenderer:
    """Draws frames of one size and quality, with the interface of `generation.previs.render.Renderer`.

    Used from the one thread it was made in. Raises `NoDevice` where there is no OpenGL, and `Transient` if the device fails while it draws.
    """

    def __init__(self, width: int, height: int, quality: Quality) -> None:
        check_size(width, height)
        self.width, self.height = width, height
        self.setting = SETTINGS[quality]
        self.device: Device = device()
        self.name = f"gl ({self.device.name})"  # goes into the take's result
        self._context = self.device.context
        self._programs = self._compiled(quality)
        try:
            self._make()
        except moderngl.Error as error:
            raise lose(self.device, error) from error

    def _make(self) -> None:
        context = self._context
        self._passes = Passes(context, self._programs)
        self._stock, self._triangles = Stock(), Triangles(context)
        self._maps = ShadowMaps(self.setting, _all, lambda size, parallel: DeviceMap(context, self._programs, self._triangles, size, parallel))
        self._block = context.buffer(reserve=len(_no_scene()))
        self._draw_corners: Any = None
        self._draw_drops = context.vertex_array(self._programs.fall, [])
        self._drops = 0
        self._tables: dict[str, Any] = {}
        self._make_targets()

    def _compiled(self, quality: Quality) -> Programs:
        if quality not in self.device.programs:
            try:
                self.device.programs[quality] = Programs(self._context, self.setting, self.device.samples)
            except moderngl.Error as error:  # no retry would mend this: the driver does not understand the programs
                raise NoDevice(f"the driver of {self.device.name} refused a program ({error}).") from error
        programs: Programs = self.device.programs[quality]
        return programs

    def _make_targets(self) -> None:
        context, size, step = self._context, (self.width, self.height), self.setting.occlusion_step
        self._seen = context.texture(size, 1, samples=4, dtype="f4")
        self._samples = context.framebuffer([self._seen], context.depth_renderbuffer(size, samples=4))
        self._geo, self._ids = Target(context, "geo", size, 4), Target(context, "ids", size, 1, "u2")
        self._asked = Target(context, "asked", size, 2, "f1")
        self._surface = context.framebuffer([self._geo.texture, self._ids.texture, self._asked.texture])
        self._raw = Target(context, "raw", (self.width // 2 if self.setting.sparse else self.width, self.height), 2, "f2")
        self._calm = Target(context, "calm", (-(-self.width // TILE), -(-self.height // TILE)), 2, "f2")
        rough = ((self.width + step - 1) // step, (self.height + step - 1) // step)
        self._ao_raw, self._ao = Target(context, "ao_raw", rough, 1), Target(context, "ao", rough, 1)
        self._light = Target(context, "light", size, 4)
        self._post = DevicePost(context, self._programs, self._passes, self.width, self.height)

    def render(self, scene: Scene, camera: Camera, index: int, seed: int) -> Frame:
        """Draw one frame. `index` and `seed` turn grain and weather; nothing else is random."""
        if here() != self.device.owner:
            raise lose(self.device, "it was used from another thread than it was made in")
        try:
            frame = self._render(scene, camera, index, seed)
            trouble = self._context.error
        except moderngl.Error as error:
            raise lose(self.device, error) from error
        if trouble != "GL_NO_ERROR":
            raise lose(self.device, trouble)
        return frame

    def _render(self, scene: Scene, camera: Camera, index: int, seed: int) -> Frame:
        self.device.collect()
        soup, same = self._stock.of(scene, camera)
        packed, view = Packed.of(scene), view_of(camera, self.width, self.height)
        if self._triangles.load(soup, same):
            self._draw_corners = self._context.vertex_array(self._programs.number, [(self._triangles.corners, "3f", "corner")])
        if not same:
            self._maps.forget()
        self._maps.prepare(soup, packed, view)
        self._maps.add_moving(soup)
        self._tell(scene, packed, camera, view, index, seed)
        self._see(view, self._stock.drawn(camera))
        self._shade()
        self._weather(scene)
        self._light.bind()
        self._post.finish(scene.grade, self.setting.defocus_taps > 0 and opened(camera))
        return self._read()

    def _tell(self, scene: Scene, packed: Packed, camera: Camera, view: F64, index: int, seed: int) -> None:
        """Hand over everything that is not a triangle."""
        self._table("materials", packed.materials)
        self._table("lights", np.vstack((packed.lights, packed.spot)))
        maps, views, decode = self._each_map(), np.zeros((3, 16)), np.zeros((3, 4))
        for number, (each, seen) in enumerate(zip(maps, (*self._maps.suns, self._maps.spot_view), strict=True)):
            views[number] = (*seen, each.size)
            decode[number] = (*each.decode, self._maps.use[number], 0.0)
        kind, drops, area = 0, 0, np.zeros(3)
        if scene.air.weather in FALLING:
            kind, drops = FALLING[scene.air.weather]
            cover, area = self._maps.cover()
            self._table("cover", cover)
        self._block.write(scene_block(
            camera=view, air=packed.air, maps=views, decode=decode, softness=packed.softness, lens=lens_of(camera, self.height),
            look=look_of(scene.grade), rain=(kind, seed % 100_003, scene.time, scene.air.wind, *area), drops=packed.drops,
            size=(self.width, self.height, len(packed.lights), self._triangles.first_moving), key=(grain_key(index, seed), drops, 0, 0),
        ))  # fmt: skip
        self._drops = drops
        self._block.bind_to_uniform_block(0)
        self._triangles.records.use(UNITS.index("records"))
        for each, name in zip(maps, ("near", "far", "spot"), strict=True):
            each.depth.use(UNITS.index(f"{name}_map"))
            each.survey.use(UNITS.index(f"{name}_survey"))

    def _each_map(self) -> tuple[DeviceMap, DeviceMap, DeviceMap]:
        return self._maps.near, self._maps.far, self._maps.spot

    def _table(self, name: str, numbers: F64 | F32) -> None:
        """Rows of numbers as a texture; four numbers a texel, or one if the table is a picture."""
        rows, columns = max(1, len(numbers)), numbers.shape[1]
        width, components = (columns, 1) if name == "cover" else (-(-columns // 4), 4)
        kept = self._tables.get(name)
        if kept is None or kept.size[1] < rows:
            kept = self._tables[name] = self._context.texture((width, rows if components == 1 else rows + 8), components, dtype="f4")
            kept.filter = (self._context.NEAREST, self._context.NEAREST)
        padded = np.zeros((rows, width * components), np.float32)
        padded[: len(numbers), :columns] = numbers
        kept.write(padded, viewport=(0, 0, width, rows))
        kept.use(UNITS.index(name))

    def _see(self, view: F64, keep: I32) -> None:
        """Which triangle each sample sees."""
        program = self._programs.number
        program["view"].write(np.append(view, 0.0).astype(np.float32).tobytes())
        program["target"].value = (float(self.width), float(self.height))
        self._samples.use()
        self._samples.clear(depth=1.0)
        self._context.enable_only(self._context.DEPTH_TEST)
        for first, count in (*self._triangles.still(keep), *self._triangles.moving(keep)):
            self._draw_corners.render(vertices=count * 3, first=first * 3)

    def _shade(self) -> None:
        self._context.enable_only(self._context.NOTHING)
        self._seen.use(UNITS.index("seen"))
        self._passes.run("surface", self._surface)
        self._geo.bind()
        self._asked.bind()
        for name, target in (
            ("visibility", self._raw),
            ("calm", self._calm),
            ("obscure", self._ao_raw),
            ("even", self._ao),
            ("compose", self._light),
        ):
            self._passes.run(name, target.framebuffer)
            target.bind()

    def _weather(self, scene: Scene) -> None:
        if not self._drops:
            return
        self._context.enable_only(self._context.BLEND)
        self._context.blend_func = self._context.ONE, self._context.ONE
        self._light.framebuffer.use()
        self._draw_drops.render(self._context.TRIANGLE_STRIP, vertices=4, instances=self._drops)

    def _read(self) -> Frame:
        h, w = self.height, self.width
        rgb = np.frombuffer(self._post.picture.framebuffer.read(components=3, alignment=1), np.uint8).reshape(h, w, 3).copy()
        surface = np.frombuffer(self._geo.texture.read(), np.float32).reshape(h, w, 4)
        ids: NDArray[np.uint16] = np.frombuffer(self._ids.texture.read(), np.uint16).reshape(h, w).copy()
        return Frame(rgb, surface[..., 3].copy(), ids, surface[..., :3].copy())


def _all(tasks: Sequence[Callable[[], None]]) -> None:
    for task in tasks:
        task()


def _no_scene() -> bytes:
    nothing = np.zeros(0)
    return scene_block(
        camera=nothing, air=nothing, maps=nothing, decode=nothing, softness=nothing, lens=nothing, look=nothing, rain=nothing, drops=nothing,
        size=(0, 0, 0, 0), key=(0, 0, 0, 0),
    )  # fmt: skip
