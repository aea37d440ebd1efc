"""People of a scene are together, and cameras show their faces: what is true of a film of any screenplay."""

from __future__ import annotations

import math

import pytest

from generation.contract import Beat, CameraPlan, Rate, SceneFacts, SetParams
from generation.previs.camera import plan_path
from generation.previs.sets import build_place, design_set
from generation.previs.stage import Subject
from generation.previs.staging.stage import ShotStage, stage_scene
from tests.generation.previs.acting import FPS, figure

CAST = ("MARA", "TOBIAS")


def in_the_square(*beats: Beat) -> ShotStage:
    """The last of the beats, in a market square."""
    place = build_place(design_set(SetParams(name="MARKET SQUARE", interior=False), 3)[0], SceneFacts(place="MARKET SQUARE", interior=False))
    scene = SceneFacts(place="MARKET SQUARE", interior=False, cast=CAST, beats=beats)
    return stage_scene(place, scene, {name: figure(name) for name in CAST}, len(beats) - 1, 3 * FPS, Rate(), (), 1)


def seen(stage: ShotStage, name: str) -> Subject:
    one = stage.subject(name, 1.5)
    assert one is not None
    return one


def apart(stage: ShotStage) -> float:
    return math.dist(seen(stage, "MARA").position[:2], seen(stage, "TOBIAS").position[:2])


def off_the_face(stage: ShotStage, plan: CameraPlan, name: str) -> float:
    """Degrees between where a face is turned and the way from it to the camera in the middle of the shot."""
    eye = plan_path(plan, stage, 3 * FPS, Rate(), 16 / 9, 1).at(36).eye
    one = seen(stage, name)
    way = math.atan2(eye[1] - one.eyes[1], eye[0] - one.eyes[0])
    return math.degrees(abs((way - one.facing + math.pi) % (2 * math.pi) - math.pi))


TALK = Beat(characters=CAST, speakers=CAST)


def test_who_talk_stand_where_they_can_talk() -> None:
    assert 0.9 < apart(in_the_square(TALK)) < 2.6


def test_who_went_far_off_is_with_them_again_when_they_talk() -> None:
    going = Beat(action="Mara runs to the church.", characters=("MARA",))
    assert apart(in_the_square(TALK, going)) > 4.5
    assert apart(in_the_square(TALK, going, TALK)) < 2.6


def test_the_words_may_put_them_further_apart() -> None:
    stage = in_the_square(Beat(characters=("MARA",)), Beat(action="From across the square Tobias waves.", characters=("TOBIAS",)))
    assert apart(stage) > 4.0


def test_they_stand_at_ease_again_after_something_was_handed_over() -> None:
    stage = in_the_square(TALK, Beat(action="Mara gives Tobias a letter.", characters=CAST), TALK)
    assert apart(stage) > 1.1


def test_who_is_met_sitting_sits_from_the_first_frame() -> None:
    stage = in_the_square(Beat(characters=("TOBIAS",)), Beat(action="On the bench sits MARA.", characters=("MARA",)))
    assert stage.performance("MARA").posture(0.0)[0] == "sit"
    assert stage.subject("MARA", 0.0) is not None


def test_nobody_is_on_stage_before_the_shot_that_first_meets_them() -> None:
    assert in_the_square(Beat(characters=("TOBIAS",))).subject("MARA", 1.0) is None


@pytest.mark.parametrize("size", ["medium", "medium close-up", "close-up"])
@pytest.mark.parametrize("name", CAST)
def test_a_single_shows_the_face(size: str, name: str) -> None:
    plan = CameraPlan.model_validate({"size": size, "lens": 65, "subjects": (name,)})
    assert off_the_face(in_the_square(TALK), plan, name) < 75


def test_somebody_who_turns_away_alone_is_seen_from_where_the_face_is() -> None:
    stage = in_the_square(Beat(action="Mara turns around.", characters=("MARA",)))
    assert off_the_face(stage, CameraPlan(size="close-up", lens=85, subjects=("MARA",)), "MARA") < 75


def test_over_the_shoulder_has_the_shoulder_at_the_edge_and_the_face_beside_it() -> None:
    stage = in_the_square(TALK)
    camera = plan_path(CameraPlan(size="over the shoulder", lens=50, subjects=("TOBIAS",), over="MARA"), stage, 3 * FPS, Rate(), 16 / 9, 1).at(36)
    ahead = math.atan2(camera.target[1] - camera.eye[1], camera.target[0] - camera.eye[0])
    half = math.tan(0.5 * camera.fov) * 16 / 9

    def across(name: str) -> float:
        """Where the eyes are across the picture, −1 … 1."""
        eyes = seen(stage, name).eyes
        turn = math.atan2(eyes[1] - camera.eye[1], eyes[0] - camera.eye[0]) - ahead
        return math.tan((turn + math.pi) % (2 * math.pi) - math.pi) / half

    assert abs(across("TOBIAS")) < 0.6
    assert 0.5 < abs(across("MARA")) < 1.2
    assert across("TOBIAS") * across("MARA") < 0.0


def test_an_insert_of_hands_is_filled_by_the_hands_that_act() -> None:
    stage = in_the_square(TALK, Beat(action="Mara gives Tobias a letter.", characters=CAST))
    camera = plan_path(CameraPlan(size="insert", lens=85, subjects=("the hands",)), stage, 3 * FPS, Rate(), 16 / 9, 1).at(36)
    hands = stage.subject("hands", 1.5)
    assert hands is not None
    high = 2.0 * math.dist(camera.eye, hands.eyes) * math.tan(0.5 * camera.fov)
    assert hands.height / high > 0.3
