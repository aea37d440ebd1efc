"""What the renderer promises: the same bytes always, right depths and names, and every kind of weather drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from generation.previs.packing import view_of
from generation.previs.render import Renderer
from generation.previs.scene import Air, Camera, Frame, Grade, Light, Scene
from tests.generation.previs import made_scenes
from tests.generation.previs.made_scenes import Maker

SIZE = (160, 90)


def same(a: Frame, b: Frame) -> bool:
    return all(np.array_equal(getattr(a, part), getattr(b, part)) for part in ("rgb", "depth", "ids", "normals"))


def moments(make: Callable[[float], Scene], count: int = 4) -> list[Scene]:
    """A scene as a shot gives it: the still things are the same objects in every frame, the moving ones are rebuilt."""
    first = make(0.0)
    return [replace(make(k / 6), still=first.still) for k in range(count)]


def two_boxes() -> Scene:
    """A box of 1 m at the origin and a smaller one before it, each its own id."""
    m = Maker()
    grey, red = m.material("888888"), m.material("c03020")
    m.box((0, 0, 0), (0.5, 0.5, 0.5), grey)
    m.box((0, -1.5, 0), (0.1, 0.1, 0.1), red)
    return Scene(m.materials, m.meshes, lights=[Light("sun", (0.3, -1, 1), (1, 1, 1), shadow=True)], grade=Grade(grain=0.0))


FACING = Camera((0, -5, 0), (0, 0, 0), math.radians(40))


def test_the_same_request_gives_the_same_bytes_in_a_new_renderer() -> None:
    scene = made_scenes.kitchen(0.4)
    frames = [Renderer(*SIZE, "film").render(scene, made_scenes.KITCHEN_WIDE, 7, 11) for _ in range(2)]
    assert same(*frames)


@pytest.mark.parametrize("quality", ["draft", "film"])
@pytest.mark.parametrize(
    ("make", "camera"),
    [(made_scenes.kitchen, made_scenes.KITCHEN_WIDE), (made_scenes.street, made_scenes.STREET), (made_scenes.headland, made_scenes.HEADLAND)],
    ids=["kitchen", "street", "headland"],
)
def test_a_steady_camera_changes_nothing_but_the_speed(quality: str, make: Callable[[float], Scene], camera: Camera) -> None:
    keeping, forgetful = Renderer(*SIZE, quality), Renderer(*SIZE, quality, keep=False)  # type: ignore[arg-type]
    for index, scene in enumerate(moments(make)):
        assert same(keeping.render(scene, camera, index, 3), forgetful.render(scene, camera, index, 3)), f"frame {index} differs"


def test_what_was_drawn_before_leaves_no_trace() -> None:
    scenes = moments(made_scenes.kitchen)
    used = Renderer(*SIZE, "film")
    for index, scene in enumerate(scenes):
        used.render(scene, made_scenes.KITCHEN_CLOSE if index % 2 else made_scenes.KITCHEN_WIDE, index, 1)
    used.render(made_scenes.street(), made_scenes.STREET, 0, 1)
    fresh = Renderer(*SIZE, "film").render(scenes[2], made_scenes.KITCHEN_WIDE, 2, 1)
    assert same(used.render(scenes[2], made_scenes.KITCHEN_WIDE, 2, 1), fresh)


def test_lights_that_flicker_are_seen_by_a_steady_camera() -> None:
    scene = made_scenes.kitchen()
    dim = replace(scene, lights=[replace(light, colour=(0.1, 0.1, 0.1)) for light in scene.lights])
    renderer = Renderer(*SIZE, "draft")
    for each in (scene, scene, dim, dim):
        last = renderer.render(each, made_scenes.KITCHEN_WIDE, 0, 0)
    assert same(last, Renderer(*SIZE, "draft").render(dim, made_scenes.KITCHEN_WIDE, 0, 0))


def test_the_number_of_threads_changes_nothing() -> None:
    scene = made_scenes.street(0.5)
    frames = [Renderer(*SIZE, "film", threads).render(scene, made_scenes.STREET, 3, 5) for threads in (1, 2, 5)]
    assert same(frames[0], frames[1]) and same(frames[0], frames[2])


def test_index_and_seed_turn_the_grain() -> None:
    scene, renderer = made_scenes.kitchen(), Renderer(*SIZE, "film")
    one, other, reseeded = (renderer.render(scene, made_scenes.KITCHEN_WIDE, i, s).rgb.astype(int) for i, s in ((0, 0), (1, 0), (0, 1)))
    for each in (other, reseeded):
        gap = np.abs(each - one)
        assert gap.mean() > 0.3 and gap.max() < 40


def test_depth_and_ids_are_those_of_the_nearest_surface() -> None:
    frame = Renderer(*SIZE, "film").render(two_boxes(), FACING, 0, 0)
    h, w = frame.depth.shape
    assert frame.ids[h // 2, w // 2] == 2 and frame.depth[h // 2, w // 2] == pytest.approx(3.4, abs=1e-3)
    assert frame.ids[h // 2 - 9, w // 2] == 1 and frame.depth[h // 2 - 9, w // 2] == pytest.approx(4.5, abs=1e-3)
    assert frame.ids[2, 2] == 0 and frame.depth[2, 2] == 0
    assert frame.normals[h // 2, w // 2] == pytest.approx((0, -1, 0), abs=1e-5)
    # The front face is 1 m wide, 4.5 m away: as many pixels as the angle of view says.
    wide = int((frame.ids[h // 2 - 9] == 1).sum())
    assert wide == pytest.approx(view_of(FACING, w, h)[12] / 4.5, abs=1.01)


def test_a_moving_thing_covers_and_uncovers() -> None:
    base, renderer = two_boxes(), Renderer(*SIZE, "film")
    for x in (-1.0, 0.0, 1.0, 1.0):
        m = Maker()
        m.box((x, -2.0, 0), (0.2, 0.2, 0.2), 0)
        m.meshes[0].object_id = 9
        frame = renderer.render(replace(base, moving=m.meshes), FACING, 0, 0)
        columns = np.flatnonzero((frame.ids == 9).any(axis=0))
        assert columns.mean() == pytest.approx(view_of(FACING, *SIZE)[13] + x / 2.8 * view_of(FACING, *SIZE)[12], abs=4)


def test_a_shadow_falls_where_the_sun_is_hidden() -> None:
    m = Maker()
    white = m.material("c8c8c8")
    m.ground(6, 0, white)
    m.box((0, 0, 1.5), (0.5, 0.5, 0.05), white)
    scene = Scene(
        m.materials,
        m.meshes,
        lights=[Light("sun", (0, 0, 1), (1.5, 1.5, 1.5), softness=0.02, shadow=True)],
        air=Air(fog_density=0),
        grade=Grade(grain=0, vignette=0, bloom=0),
    )
    frame = Renderer(*SIZE, "film").render(scene, Camera((0, -6, 0.8), (0, 0, 0.4), math.radians(40)), 0, 0)
    row = frame.rgb[int(SIZE[1] * 0.58), :, 1].astype(int)
    assert row[SIZE[0] // 2] < row[20] - 40


def test_a_wild_wall_vanishes_when_the_eye_is_behind_it() -> None:
    m = Maker()
    grey = m.material("888888")
    m.box((0, 0, 0), (2, 0.05, 2), grey, wild=((0, 0, 0), (0, 1, 0)))
    scene = Scene(m.materials, m.meshes)
    behind = Renderer(*SIZE, "draft").render(scene, FACING, 0, 0)
    inside = Renderer(*SIZE, "draft").render(scene, replace(FACING, eye=(0, 5, 0)), 0, 0)
    assert not behind.ids.any() and inside.ids.any()


@pytest.mark.parametrize("weather", ["clear", "rain", "snow", "fog"])
@pytest.mark.parametrize("quality", ["draft", "film"])
def test_every_weather_is_drawn_and_finite(weather: str, quality: str) -> None:
    renderer = Renderer(*SIZE, quality)  # type: ignore[arg-type]
    frame = renderer.render(made_scenes.street(0.3, weather), made_scenes.STREET, 1, 2)
    assert np.isfinite(frame.depth).all() and np.isfinite(frame.normals).all() and np.isfinite(renderer._light).all()
    dry = Renderer(*SIZE, quality).render(made_scenes.street(0.3, "clear"), made_scenes.STREET, 1, 2)  # type: ignore[arg-type]
    assert np.array_equal(frame.rgb, dry.rgb) == (weather in ("clear", "fog"))


def test_rain_stays_out_of_a_roofed_room() -> None:
    m = Maker()
    m.box((0, 0, 3), (12, 12, 0.1), m.material("888888"))
    m.ground(12, 0, 0)
    scene = Scene(m.materials, m.meshes, air=Air(weather="rain"))
    eye = Camera((0, -2, 1.5), (0, 4, 1.5), math.radians(40))
    wet = Renderer(*SIZE, "draft").render(scene, eye, 0, 0)
    dry = Renderer(*SIZE, "draft").render(replace(scene, air=Air()), eye, 0, 0)
    assert np.array_equal(wet.rgb, dry.rgb)


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
    renderer = Renderer(*SIZE, "film")
    for index in range(2):
        frame = renderer.render(made_scenes.kitchen(), camera, index, 0)
    assert np.isfinite(frame.depth).all() and np.isfinite(frame.normals).all() and np.isfinite(renderer._light).all()


def test_an_empty_scene_is_sky() -> None:
    frame = Renderer(*SIZE, "film").render(Scene([], []), FACING, 0, 0)
    assert not frame.ids.any() and not frame.depth.any() and frame.rgb.std() > 0


def test_odd_sizes_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="must be even"):
        Renderer(161, 90, "film")
