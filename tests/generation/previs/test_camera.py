"""What cameras promise: sizes mean what they say, moves move, and nobody crosses the line."""

from __future__ import annotations

import itertools
import json
import math
from typing import get_args

import numpy as np
import pytest

from generation.contract import Angle, CameraPlan, Easing, Move, Rate, Size
from generation.previs.camera import CameraPath, plan_path
from generation.previs.framing import CROWN
from generation.previs.moves import ease
from generation.previs.packing import view_of
from generation.previs.scene import Camera, Vec
from generation.previs.whereabouts import contains, point
from tests.generation.previs.made_stages import MadeStage, kitchen_stage, street_stage

RATE, FRAMES, ASPECT = Rate(), 96, 16 / 9
ROOM, STREET = kitchen_stage(), street_stage()
# Where the frame's height lies, as a multiple of the standing figure's height, for every size of one figure.
HEIGHTS: dict[Size, tuple[float, float]] = {
    "extreme close-up": (0.08, 0.18),
    "close-up": (0.20, 0.33),
    "medium close-up": (0.33, 0.48),
    "medium": (0.47, 0.72),
    "medium wide": (0.68, 1.0),
    "full": (0.92, 1.35),
    "wide": (1.6, 2.8),
    "extreme wide": (4.0, 9.0),
}


def shoot(stage: MadeStage, frames: int = FRAMES, aspect: float = ASPECT, seed: int = 3, **plan: object) -> CameraPath:
    return plan_path(CameraPlan.model_validate(plan), stage, frames, RATE, aspect, seed)


def screen(camera: Camera, where: Vec, aspect: float = ASPECT) -> tuple[float, float]:
    """Where a point is seen: x and y from −1 (left, bottom) to 1; beyond ±9 when behind the eye."""
    view = view_of(camera, round(1000 * aspect), 1000)
    d = np.subtract(where, camera.eye)
    along = float(d @ view[9:12])
    if along <= 0:
        return 10.0, 10.0
    return float(d @ view[3:6]) / along * view[12] / (500 * aspect), float(d @ view[6:9]) / along * view[12] / 500


@pytest.mark.parametrize("aspect", [4 / 3, 16 / 9, 2.39])
@pytest.mark.parametrize("lens", [18, 35, 50, 85])
@pytest.mark.parametrize("size", list(HEIGHTS))
def test_a_size_frames_as_much_of_a_body_as_it_says(size: Size, lens: int, aspect: float) -> None:
    camera = shoot(STREET, aspect=aspect, size=size, lens=lens, subjects=("Ada",)).at(0)
    ada = STREET.subject("Ada", 2.0)
    assert ada is not None
    frame = 2 * math.dist(camera.eye, camera.target) * math.tan(0.5 * camera.fov) / ada.height
    assert HEIGHTS[size][0] <= frame <= HEIGHTS[size][1]
    x, y = screen(camera, ada.eyes, aspect)
    assert abs(x) < 0.5
    crown = screen(camera, (ada.eyes[0], ada.eyes[1], ada.eyes[2] + CROWN * ada.height), aspect)[1]
    assert 0.1 < crown < 1.0 if size != "extreme close-up" else -0.3 < y < 0.5
    if size in ("full", "wide", "extreme wide"):
        assert screen(camera, ada.position, aspect)[1] > -1.0


@pytest.mark.parametrize("stage", [ROOM, STREET], ids=["room", "street"])
@pytest.mark.parametrize("move", get_args(Move))
def test_every_camera_keeps_to_its_side_of_the_line_and_out_of_things(move: Move, stage: MadeStage) -> None:
    for size in ("wide", "medium", "close-up", "over the shoulder", "two-shot"):
        path = shoot(stage, size=size, move=move, lens=35, subjects=("Ada", "Tom"), over="Tom" if size == "over the shoulder" else "")
        for frame in range(0, FRAMES, 8):
            eye = point(path.at(frame).eye)
            assert float((eye - point(stage.axis[0])) @ point(stage.side)) > 0, f"{size} crosses the line"
            assert not any(contains(box, eye) for box in stage.place.obstacles), f"{size} is inside something"
            assert eye[2] > 0.1


@pytest.mark.parametrize("move", [move for move in get_args(Move) if move != "static"])
def test_every_move_moves(move: Move) -> None:
    path = shoot(ROOM, size="medium", move=move, lens=40, subjects=("Ada", "Tom"))
    first, middle, last = path.at(0), path.at(FRAMES // 2), path.at(FRAMES - 1)
    if move == "rack focus":
        assert abs(last.focus - first.focus) > 0.3
    elif move in ("zoom in", "zoom out"):
        assert (last.fov < 0.8 * first.fov) if move == "zoom in" else (last.fov > 1.25 * first.fov)
    else:
        turn = math.acos(min(1.0, float(view_of(first, 16, 9)[9:12] @ view_of(last if move != "handheld" else middle, 16, 9)[9:12])))
        travel = math.dist(first.eye, last.eye if move != "handheld" else middle.eye)
        assert turn > 0.05 or travel > (0.25 if move != "handheld" else 0.004)
    assert first != last


def test_moves_go_the_way_their_names_say() -> None:
    def ends(move: Move) -> tuple[Camera, Camera]:
        path = shoot(STREET, size="medium wide", move=move, lens=35, subjects=("Ada",))
        return path.at(0), path.at(FRAMES - 1)

    ada = STREET.players[0].at(0).eyes
    for left, right in (("pan left", "pan right"), ("truck left", "truck right")):
        assert screen(ends(left)[0], ada)[0] < screen(ends(left)[1], ada)[0]  # type: ignore[arg-type]
        assert screen(ends(right)[0], ada)[0] > screen(ends(right)[1], ada)[0]  # type: ignore[arg-type]
    a, b = ends("tilt up")
    assert screen(a, ada)[1] > screen(b, ada)[1]
    a, b = ends("push in")
    assert math.dist(a.eye, ada) > 1.25 * math.dist(b.eye, ada)
    a, b = ends("pull out")
    assert 1.25 * math.dist(a.eye, ada) < math.dist(b.eye, ada)
    for move, sign in (("crane up", 1), ("crane down", -1), ("pedestal up", 1), ("pedestal down", -1)):
        a, b = ends(move)  # type: ignore[arg-type]
        assert (b.eye[2] - a.eye[2]) * sign > 0.2
    a, b = ends("crane up")
    assert view_of(b, 16, 9)[11] < view_of(a, 16, 9)[11] - 0.1  # it looks down from above


def test_a_whip_pan_whips_and_comes_to_rest_on_the_subject() -> None:
    path = shoot(STREET, size="medium", move="whip pan", lens=40, subjects=("Ada",))
    ways = [view_of(path.at(f), 16, 9)[9:12] for f in range(FRAMES)]
    turns = [math.acos(min(1.0, float(a @ b))) for a, b in itertools.pairwise(ways)]
    assert max(turns) > 0.08 and turns[0] < 0.002 and turns[-1] < 0.002
    assert abs(screen(path.at(FRAMES - 1), STREET.players[0].at(0).eyes)[0]) < 0.5


def test_tracking_keeps_a_walker_where_they_were_in_the_frame() -> None:
    path = shoot(STREET, size="medium wide", move="tracking", lens=35, subjects=("Walker",))
    seen = [screen(path.at(f), STREET.players[2].at(RATE.seconds(f)).eyes)[0] for f in range(12, FRAMES - 12, 6)]
    assert max(seen) - min(seen) < 0.12
    assert math.dist(path.at(0).eye, path.at(FRAMES - 1).eye) > 2.0


def test_a_locked_camera_is_one_camera() -> None:
    path = shoot(ROOM, size="medium", lens=40, subjects=("Ada",))
    assert len({id(path.at(f)) for f in range(FRAMES)}) == 1


def test_over_the_shoulder_shares_the_frame_between_two_heads() -> None:
    for stage in (ROOM, STREET):
        camera = shoot(stage, size="over the shoulder", lens=50, subjects=("Ada",), over="Tom").at(0)
        ada, tom = (screen(camera, player.at(0).eyes) for player in stage.players[:2])
        assert ada[0] * tom[0] < 0, "they are on different sides"
        assert 0.1 < abs(ada[0]) < 0.6 and 0.35 < abs(tom[0]) < 1.05
        assert math.dist(camera.eye, stage.players[1].at(0).eyes) < math.dist(camera.eye, stage.players[0].at(0).eyes)
        assert camera.aperture > 3 and camera.focus > 1


def test_a_two_shot_holds_both() -> None:
    for stage in (ROOM, STREET):
        for lens in (24, 50):
            camera = shoot(stage, size="two-shot", lens=lens, subjects=("Ada", "Tom")).at(0)
            xs = [screen(camera, player.at(0).eyes)[0] for player in stage.players[:2]]
            assert max(map(abs, xs)) < 0.92 and xs[0] * xs[1] < 0


def test_a_point_of_view_looks_from_the_eyes() -> None:
    camera = shoot(ROOM, size="point of view", lens=35, subjects=("Ada", "Tom")).at(0)
    assert math.dist(camera.eye, ROOM.players[0].at(0).eyes) < 0.3
    assert max(map(abs, screen(camera, ROOM.players[1].at(0).eyes))) < 0.1


def test_an_insert_fills_the_frame_with_its_thing() -> None:
    camera = shoot(ROOM, size="insert", lens=50, subjects=("mug",)).at(0)
    cup = ROOM.place.parts[1]
    tall = screen(camera, (cup.centre[0], cup.centre[1], cup.box.high[2]))[1] - screen(camera, (cup.centre[0], cup.centre[1], cup.box.low[2]))[1]
    assert tall > 0.4 and max(map(abs, screen(camera, cup.centre))) < 0.2


@pytest.mark.parametrize("angle", get_args(Angle))
def test_angles_look_up_and_down(angle: Angle) -> None:
    camera = shoot(STREET, size="medium", angle=angle, lens=40, subjects=("Ada",)).at(0)
    pitch = math.degrees(math.asin(view_of(camera, 16, 9)[11]))
    low, high = {"eye level": (-12, 12), "low": (5, 40), "high": (-45, -10), "overhead": (-90, -70), "dutch": (-12, 12)}[angle]
    assert low < pitch < high
    assert (abs(camera.roll) > 0.1) == (angle == "dutch")


def test_every_plan_gives_a_finite_path_even_with_nobody_there() -> None:
    empty = MadeStage(ROOM.place)
    for size in get_args(Size):
        for subjects in ((), ("nobody",), ("stove",)):
            path = shoot(empty, frames=2, size=size, subjects=subjects, over="nobody")
            data = json.dumps(path.as_data(), allow_nan=False)
            assert len(json.loads(data)["frames"]) == 2


def test_one_frame_and_the_same_seed() -> None:
    assert shoot(ROOM, frames=1, size="close-up", move="push in", subjects=("Tom",)).cameras
    assert shoot(ROOM, move="handheld", seed=5).cameras == shoot(ROOM, move="handheld", seed=5).cameras


@pytest.mark.parametrize("easing", get_args(Easing))
def test_easing_starts_and_ends_where_it_should(easing: Easing) -> None:
    steps = [ease(k / 20, easing) for k in range(21)]
    assert steps[0] == 0 and steps[-1] == pytest.approx(1) and steps == sorted(steps)
