"""The second renderer: the same picture through OpenGL, in every place, weather and quality; and who chooses between the two."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from ctypes.util import find_library
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from generation import catalog
from generation.contract import BadRequest, CameraPlan, Transient
from generation.previs import contact_sheet
from generation.previs.drawing import renderer_for
from generation.previs.gl import context as gl_context
from generation.previs.gl.context import Device
from generation.previs.gl.renderer import GLRenderer
from generation.previs.packing import view_of
from generation.previs.raster import OFFSETS
from generation.previs.render import Quality, Renderer
from generation.previs.scene import Air, Camera, Frame, Grade, Light, Scene
from generation.runner import run
from tests.generation.previs import made_scenes, test_shots
from tests.generation.previs.made_scenes import Maker
from tests.generation.previs.test_render import FACING, moments, same, two_boxes

SIZE = (320, 180)
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def egl() -> None:
    """Where EGL is installed the tests run, and fail if it is of no use."""
    if find_library("EGL") is None:
        pytest.skip("no EGL on this machine")


def night() -> Scene:
    """The kitchen by night: the lamp over the table is all there is."""
    day = made_scenes.kitchen(0.4)
    moon = replace(day.lights[0], colour=(0.02, 0.03, 0.05))
    dark = Air((0.01, 0.01, 0.03), (0.02, 0.02, 0.04), (0.03, 0.04, 0.07), (0.02, 0.02, 0.02), (0.02, 0.02, 0.03), 0.012, 1.0)
    return replace(day, lights=[moon, *day.lights[1:]], air=dark)


VIEWS: dict[str, tuple[Scene, Camera]] = {
    "interior by day": (made_scenes.kitchen(0.4), made_scenes.KITCHEN_WIDE),
    "interior by night, shallow focus": (night(), made_scenes.KITCHEN_CLOSE),
    "sea and sky": (made_scenes.headland(0.5), made_scenes.HEADLAND),
    "street in rain": (made_scenes.street(0.3, "rain"), made_scenes.STREET),
    "street in snow": (made_scenes.street(0.3, "snow"), made_scenes.STREET),
    "stars": (replace(made_scenes.street(0.3, "clear"), time=2.0), replace(made_scenes.STREET, target=(0.25, 2.8, 4.5))),
}


def likeness(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    """Structural similarity of luma, 0…1 (Wang, "Image Quality Assessment", 2004), over a Gaussian window of 1.5 pixels."""
    a, b = (x @ np.array((0.2126, 0.7152, 0.0722)) for x in (one.astype(float), other.astype(float)))
    mean_a, mean_b = gaussian_filter(a, 1.5), gaussian_filter(b, 1.5)
    var_a, var_b = gaussian_filter(a * a, 1.5) - mean_a**2, gaussian_filter(b * b, 1.5) - mean_b**2
    both = gaussian_filter(a * b, 1.5) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ratio = (2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    return float(ratio.mean())


def gap(one: Frame, other: Frame) -> float:
    """Mean absolute difference in steps of 255."""
    return float(np.abs(one.rgb.astype(int) - other.rgb).mean())


@pytest.mark.parametrize("quality", ["draft", "film"])
@pytest.mark.parametrize("view", list(VIEWS))
def test_both_renderers_draw_the_same_picture(view: str, quality: Quality) -> None:
    scene, camera = VIEWS[view]
    drawn, wanted = GLRenderer(*SIZE, quality).render(scene, camera, 3, 5), Renderer(*SIZE, quality).render(scene, camera, 3, 5)
    off = np.abs(drawn.rgb.astype(int) - wanted.rgb).max(axis=2)
    assert gap(drawn, wanted) < 0.1 and (off > 3).mean() < 0.01
    assert likeness(drawn.rgb, wanted.rgb) > 0.995


def test_a_picture_of_many_lines_glows_and_blurs_as_wide() -> None:
    scene, camera = VIEWS["interior by night, shallow focus"]
    drawn, wanted = (made.render(scene, camera, 3, 5) for made in (GLRenderer(96, 1080, "film"), Renderer(96, 1080, "film")))
    assert gap(drawn, wanted) < 0.1 and likeness(drawn.rgb, wanted.rgb) > 0.995


@pytest.mark.parametrize(
    ("kind", "interior", "time"),
    [("graveyard", False, "day"), ("alley", False, "night"), ("harbour", False, "dawn"), ("kitchen", True, "day"), ("lamp room", True, "night")],
)
def test_places_with_people_in_them_are_the_same(kind: str, interior: bool, time: str) -> None:
    shot = contact_sheet.shot(kind, interior, time, CameraPlan(size="wide", lens=24))
    size = (contact_sheet.WIDTH, contact_sheet.HEIGHT)
    drawn, wanted = (shot.frame(made, 42) for made in (GLRenderer(*size, "film"), Renderer(*size, "film")))
    assert gap(drawn, wanted) < 0.2 and likeness(drawn.rgb, wanted.rgb) > 0.995
    assert (drawn.ids == wanted.ids).mean() > 0.995


@pytest.mark.parametrize("view", list(VIEWS))
def test_depth_ids_and_normals_are_those_of_numba(view: str) -> None:
    scene, camera = VIEWS[view]
    drawn, wanted = GLRenderer(*SIZE, "film").render(scene, camera, 3, 5), Renderer(*SIZE, "film").render(scene, camera, 3, 5)
    agree = drawn.ids == wanted.ids
    assert agree.mean() > 0.999  # the rest: samples that lie on an edge to within rounding
    assert drawn.depth.dtype == np.float32 and drawn.ids.dtype == np.uint16 and drawn.normals.dtype == np.float32
    assert np.array_equal(drawn.depth[agree] == 0, wanted.depth[agree] == 0)
    assert np.quantile(np.abs(drawn.depth - wanted.depth)[agree] / np.maximum(0.1, wanted.depth[agree]), 0.995) < 1e-3
    assert np.quantile(np.abs(drawn.normals - wanted.normals)[agree], 0.995) < 1e-3


def _without(scene: Scene, what: str) -> Scene:
    match what:
        case "shadows":
            return replace(scene, lights=[replace(light, shadow=False) for light in scene.lights])
        case "sun":
            return replace(scene, lights=scene.lights[1:])
        case "lamp":
            return replace(scene, lights=[light for light in scene.lights if light.kind != "spot"])
        case "patterns":
            return replace(scene, materials=[replace(m, pattern="plain") for m in scene.materials])
        case "bloom":
            return replace(scene, grade=replace(scene.grade, bloom=0.0))
        case "grain":
            return replace(scene, grade=replace(scene.grade, grain=0.0))
        case "vignette":
            return replace(scene, grade=replace(scene.grade, vignette=0.0))
        case "haze":
            return replace(scene, air=replace(scene.air, fog_density=0.0))
    return replace(scene, grade=replace(scene.grade, exposure=scene.grade.exposure * 1.03))


@pytest.mark.parametrize("what", ["shadows", "sun", "lamp", "patterns", "bloom", "grain", "vignette", "haze", "exposure"])
def test_a_missing_feature_would_break_the_bound(what: str) -> None:
    scene, camera = VIEWS["interior by day"]
    renderer = GLRenderer(*SIZE, "film")
    assert gap(renderer.render(scene, camera, 3, 5), renderer.render(_without(scene, what), camera, 3, 5)) > 0.2


def test_occlusion_and_focus_are_missed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    scene, camera = VIEWS["interior by night, shallow focus"]
    renderer = GLRenderer(*SIZE, "film")
    whole = renderer.render(scene, camera, 3, 5)
    assert gap(whole, renderer.render(scene, replace(camera, aperture=0.0), 3, 5)) > 0.2
    made = renderer._passes.run
    monkeypatch.setattr(renderer._passes, "run", lambda name, into: into.clear(1.0) if name == "even" else made(name, into))
    assert gap(whole, renderer.render(scene, camera, 3, 5)) > 0.2


def test_the_same_request_gives_the_same_bytes_whatever_was_drawn_before() -> None:
    scenes = moments(made_scenes.kitchen)
    used = GLRenderer(*SIZE, "film")
    for index, scene in enumerate(scenes):
        used.render(scene, made_scenes.KITCHEN_CLOSE if index % 2 else made_scenes.KITCHEN_WIDE, index, 1)
    used.render(made_scenes.street(), made_scenes.STREET, 0, 1)
    fresh = GLRenderer(*SIZE, "film").render(scenes[2], made_scenes.KITCHEN_WIDE, 2, 1)
    assert same(used.render(scenes[2], made_scenes.KITCHEN_WIDE, 2, 1), fresh)


def test_moving_things_leave_no_shadow_behind() -> None:
    base, renderer = two_boxes(), GLRenderer(*SIZE, "film")
    for x in (-1.0, 0.0, 1.0, 40.0):
        m = Maker()
        m.box((x, -2.0, 0), (0.2, 0.2, 0.2), 0)
        m.meshes[0].object_id = 9
        frame = renderer.render(replace(base, moving=m.meshes), FACING, 0, 0)
        assert same(frame, GLRenderer(*SIZE, "film").render(replace(base, moving=m.meshes), FACING, 0, 0))
    assert same(renderer.render(base, FACING, 0, 0), GLRenderer(*SIZE, "film").render(base, FACING, 0, 0))


def test_depth_and_ids_are_those_of_the_nearest_surface() -> None:
    frame = GLRenderer(*SIZE, "film").render(two_boxes(), FACING, 0, 0)
    h, w = frame.depth.shape
    assert frame.ids[h // 2, w // 2] == 2 and frame.depth[h // 2, w // 2] == pytest.approx(3.4, abs=1e-3)
    assert frame.ids[h // 2 - 18, w // 2] == 1 and frame.depth[h // 2 - 18, w // 2] == pytest.approx(4.5, abs=1e-3)
    assert int((frame.ids[h // 2 - 18] == 1).sum()) == pytest.approx(view_of(FACING, w, h)[12] / 4.5, abs=1.01)


def test_a_wild_wall_vanishes_when_the_eye_is_behind_it() -> None:
    m = Maker()
    m.box((0, 0, 0), (2, 0.05, 2), m.material("888888"), wild=((0, 0, 0), (0, 1, 0)))
    renderer, scene = GLRenderer(*SIZE, "draft"), Scene(m.materials, m.meshes)
    assert not renderer.render(scene, FACING, 0, 0).ids.any()
    assert renderer.render(scene, replace(FACING, eye=(0, 5, 0)), 0, 0).ids.any()


def test_a_set_larger_than_the_near_map_has_shadows_far_off() -> None:
    m = Maker()
    white = m.material("c8c8c8")
    m.ground(60, 0, white)
    for x in range(-24, 25, 6):
        m.box((x, 26, 1.5), (0.5, 0.5, 1.5), white)
    sun = Light("sun", (0.6, -0.2, 0.5), (2, 2, 2), shadow=True)
    scene = Scene(m.materials, m.meshes, lights=[sun], air=Air(clouds=0.8), grade=Grade(grain=0.0), time=3.0)
    eye = Camera((0, -6, 4), (0, 20, 1), math.radians(50))
    drawn, wanted = (made.render(scene, eye, 0, 0) for made in (GLRenderer(*SIZE, "film"), Renderer(*SIZE, "film")))
    assert gap(drawn, wanted) < 0.1
    shadowless = GLRenderer(*SIZE, "film").render(replace(scene, lights=[replace(sun, shadow=False)]), eye, 0, 0)
    assert gap(drawn, shadowless) > 1.0


@pytest.mark.parametrize(
    "camera",
    [
        Camera((0, 0, 40), (0, 0, 0), 0.8),
        Camera((0, 0, -3), (0, 0, 5), 0.8),
        Camera((0.25, 0.65, 0.8), (0.25, 0.65, 0.0), 1.4, 0.3),
        Camera((0, -50, 1), (0, 0, 1), 0.07, 0, 50, 12),
    ],
    ids=["straight down", "straight up from below ground", "inside the table", "long lens"],
)
def test_no_view_breaks_the_picture(camera: Camera) -> None:
    scene = made_scenes.kitchen()
    drawn, wanted = (made.render(scene, camera, 0, 0) for made in (GLRenderer(*SIZE, "film"), Renderer(*SIZE, "film")))
    assert np.isfinite(drawn.depth).all() and np.isfinite(drawn.normals).all()
    assert gap(drawn, wanted) < 0.3 and (drawn.ids == wanted.ids).mean() > 0.99


def test_an_empty_scene_is_sky_and_odd_sizes_are_refused_in_words() -> None:
    frame = GLRenderer(*SIZE, "film").render(Scene([], []), FACING, 0, 0)
    assert not frame.ids.any() and not frame.depth.any() and frame.rgb.std() > 0
    with pytest.raises(ValueError, match="must be even"):
        GLRenderer(161, 90, "film")


class TestWhoDraws:
    """The setting, what stands in the take, and failures."""

    def test_off_is_numba(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FIRSTCUT_PREVIS_GL", "off")
        assert renderer_for(*SIZE, "draft").name == "numba"

    def test_on_is_opengl_and_stands_in_the_result(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("FIRSTCUT_PREVIS_GL", "on")
        monkeypatch.setattr(catalog.load("previs"), "_renderer", None)
        by_gl = run(test_shots.request("shot", test_shots.params()), tmp_path / "a")
        monkeypatch.setenv("FIRSTCUT_PREVIS_GL", "off")
        monkeypatch.setattr(catalog.load("previs"), "_renderer", None)
        by_numba = run(test_shots.request("shot", test_shots.params()), tmp_path / "b")
        assert str(by_gl.data["renderer"]).startswith("gl (") and by_numba.data["renderer"] == "numba"

    @pytest.mark.parametrize(("hardware", "name"), [(True, "gl (made up)"), (False, "numba")])
    def test_auto_asks_what_the_device_is_made_of(self, hardware: bool, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        real = gl_context.device()
        found = Device(real.context, "made up", hardware, real.owner, real.samples)
        monkeypatch.delenv("FIRSTCUT_PREVIS_GL", raising=False)
        monkeypatch.setitem(gl_context._made, real.owner, found)
        monkeypatch.setattr(gl_context, "card", lambda: True)
        assert renderer_for(*SIZE, "draft").name == name

    def test_a_card_that_draws_another_picture_is_not_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real, draw = gl_context.device(), GLRenderer.render
        monkeypatch.delenv("FIRSTCUT_PREVIS_GL", raising=False)
        monkeypatch.setitem(gl_context._made, real.owner, Device(real.context, "odd", True, real.owner, real.samples))
        monkeypatch.setattr(gl_context, "card", lambda: True)

        def darker(self: GLRenderer, *asked: Any) -> Frame:
            frame = draw(self, *asked)
            return replace(frame, rgb=(frame.rgb * 0.97).astype(np.uint8))

        monkeypatch.setattr(GLRenderer, "render", darker)
        assert renderer_for(*SIZE, "draft").name == "numba"

    def test_without_a_graphics_card_auto_makes_no_context(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv("FIRSTCUT_PREVIS_GL", raising=False)
        monkeypatch.setattr(gl_context, "CARDS", ())
        monkeypatch.setattr(gl_context, "device", lambda: pytest.fail("a context was made"))
        assert renderer_for(*SIZE, "draft").name == "numba"
        monkeypatch.undo()
        assert not gl_context.card(tmp_path)
        (tmp_path / "dri").mkdir()
        (tmp_path / "dri" / "renderD128").touch()
        assert gl_context.card(tmp_path)

    def test_without_a_device_auto_falls_back_and_on_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gl_context, "card", lambda: True)
        monkeypatch.setattr(gl_context, "_made", {})
        monkeypatch.setattr(gl_context, "_refused", {os.getpid(): "no EGL context with OpenGL 3.3 can be made (made up)."})
        monkeypatch.setenv("FIRSTCUT_PREVIS_GL", "auto")
        assert renderer_for(*SIZE, "draft").name == "numba"
        monkeypatch.setenv("FIRSTCUT_PREVIS_GL", "on")
        with pytest.raises(BadRequest, match="cannot be drawn through OpenGL here: no EGL context"):
            renderer_for(*SIZE, "draft")

    def test_a_device_without_four_samples_is_turned_down_in_words(self) -> None:
        code = "from generation.previs.gl.context import device\ntry: device()\nexcept Exception as error: print(error)"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "GALLIUM_DRIVER": "softpipe"}
        said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True).stdout
        if said:  # newer Mesas have no softpipe
            assert "fewer than four samples" in said

    def test_the_driver_says_where_its_samples_lie(self) -> None:
        assert np.array_equal(gl_context.device().samples, OFFSETS) or gl_context.device().hardware

    def test_a_word_it_does_not_know_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FIRSTCUT_PREVIS_GL", "maybe")
        with pytest.raises(BadRequest, match="auto, on or off"):
            renderer_for(*SIZE, "draft")

    def test_a_device_lost_while_drawing_is_a_failure_that_a_retry_mends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import moderngl

        scene, camera = VIEWS["interior by day"]
        broken = GLRenderer(*SIZE, "draft")

        def fail(name: str, into: object) -> None:
            raise moderngl.Error("the device was taken away")

        monkeypatch.setattr(broken._passes, "run", fail)
        with pytest.raises(Transient, match="broke off"):
            broken.render(scene, camera, 3, 5)
        again = GLRenderer(*SIZE, "draft")
        assert again.device is not broken.device
        assert gap(again.render(scene, camera, 3, 5), Renderer(*SIZE, "draft").render(scene, camera, 3, 5)) < 0.1

    def test_nothing_that_does_not_draw_loads_opengl(self) -> None:
        words = "import sys; import generation.catalog, generation.engines.previs, generation.previs.drawing, generation.previs.shot; "
        code = words + "sys.exit('moderngl' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode == 0

    def test_a_child_of_a_process_that_drew_has_a_device_of_its_own(self) -> None:
        code = (
            "import os; from generation.previs.gl.context import device\n"
            "device(); child = os.fork()\n"
            "if child == 0: os._exit(0 if device().owner[0] == os.getpid() else 1)\n"
            "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
        )
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60).returncode == 0
