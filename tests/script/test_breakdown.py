"""The rules a breakdown must keep, on scripts of three kinds."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from generation.contract import Move
from studio.script.breakdown import Breakdown, Shot, break_down
from studio.script.breakdown.framing import LADDER
from studio.script.fountain import parse

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "studio/script/samples/the-last-keeper.fountain"
FILMS = [SAMPLE, HERE / "samples/night-bus.fountain", HERE / "samples/heist.fountain"]


def film(path: Path, rate: tuple[int, int] = (24, 1)) -> Breakdown:
    return break_down(parse(path.read_text(encoding="utf-8")), rate)


def of(text: str, rate: tuple[int, int] = (24, 1)) -> Breakdown:
    return break_down(parse(text), rate)


def shots(text: str) -> tuple[Shot, ...]:
    return tuple(shot for _, shot in of(text).shots())


@pytest.fixture(params=FILMS, ids=lambda path: path.stem)
def any_film(request: pytest.FixtureRequest) -> Breakdown:
    return film(request.param)


# Coverage


def test_neighbouring_shots_cut_together(any_film: Breakdown) -> None:
    steps = {size: step for step, size in enumerate(LADDER)} | {"two-shot": 3, "over the shoulder": 4, "insert": 8, "point of view": 2}
    for scene in any_film.scenes:
        for one, other in pairwise(scene.shots):
            assert (one.size, one.angle, one.subjects, one.over) != (other.size, other.angle, other.subjects, other.over)
            if one.subjects[:1] == other.subjects[:1] and "two-shot" not in (one.size, other.size):
                far = abs(steps[one.size] - steps[other.size]) >= 2
                assert far or one.over != other.over or one.angle != other.angle, (scene.number, one.index, one, other)


def test_every_scene_opens_on_its_place_unless_the_writer_asks_otherwise(any_film: Breakdown) -> None:
    for scene in any_film.scenes:
        first = scene.shots[0]
        assert first.size in ("wide", "extreme wide") or "as the script asks" in first.why


def test_shots_have_a_length_an_editor_can_use(any_film: Breakdown) -> None:
    for _, shot in any_film.shots():
        assert 1.5 <= shot.seconds <= 9.05
        assert shot.seconds == pytest.approx(shot.frames / 24)
        for line in shot.lines:
            assert line.start_seconds >= 0
            assert line.start_seconds + line.seconds <= shot.seconds + 0.001


def test_every_line_is_spoken_once_and_whole(any_film: Breakdown) -> None:
    for scene in any_film.scenes:
        lines = [line for shot in scene.shots for line in shot.lines]
        for line, after in pairwise(lines):
            if line.part < line.parts - 1:
                assert (after.character, after.part, after.parts) == (line.character, line.part + 1, line.parts)
        assert all(line.part < line.parts for line in lines)


@pytest.mark.parametrize("path", FILMS, ids=lambda path: path.stem)
def test_nothing_that_was_written_is_lost(path: Path) -> None:
    screenplay = parse(path.read_text(encoding="utf-8"))
    breakdown = break_down(screenplay)
    filmed = " ".join(" ".join((shot.action, *(line.text for line in shot.lines))) for _, shot in breakdown.shots())
    for element in screenplay.of("dialogue", "lyric"):
        for word in element.text.split():
            assert word.strip("*_") in filmed
    for element in screenplay.of("action"):
        if not element.text.startswith("FADE"):
            assert all(word in filmed for word in element.text.split())


def test_a_voice_alone_makes_nobody_visible(any_film: Breakdown) -> None:
    for _, shot in any_film.shots():
        for line in shot.lines:
            if line.kind == "os":
                assert line.character not in shot.characters


def test_whoever_is_framed_is_in_the_shot(any_film: Breakdown) -> None:
    names = {character.name for character in any_film.characters}
    for scene, shot in any_film.shots():
        assert {name for name in shot.subjects if name in names} <= set(shot.characters)
        assert set(shot.characters) <= set(scene.characters)
        assert not shot.over or (shot.over in shot.characters and shot.over not in shot.subjects)


def test_positions_point_at_the_words(any_film: Breakdown) -> None:
    for scene, shot in any_film.shots():
        assert scene.span.start <= shot.span.start <= shot.span.end <= scene.span.end


def test_a_line_s_position_is_its_text() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    for _, shot in film(SAMPLE).shots():
        for line in shot.lines:
            assert text[line.span.start : line.span.end].split() == line.text.split()


def test_long_speeches_are_shared_with_the_listener() -> None:
    scene = film(FILMS[1]).scenes[0]
    speech = [shot for shot in scene.shots if any(line.parts > 1 for line in shot.lines)]
    assert len(speech) >= 3
    assert any(shot.subjects == ("IRIS",) for shot in speech)
    assert speech[0].subjects[:1] == ("PAVEL",)


def test_about_half_of_the_camera_stays_still_where_the_writer_says_nothing() -> None:
    free = [shot for path in FILMS[1:] for _, shot in film(path).shots() if "as the script asks" not in shot.why]
    still = sum(shot.move == "static" for shot in free) / len(free)
    assert 0.4 <= still <= 0.85


# The sample film


def test_the_sample_uses_every_camera_move_and_runs_two_to_three_minutes() -> None:
    breakdown = film(SAMPLE)
    assert {shot.move for _, shot in breakdown.shots()} == set(get_args(Move))
    assert 120 <= breakdown.seconds <= 180
    assert len(breakdown.scenes) >= 6
    assert {scene.interior for scene in breakdown.scenes} == {True, False}
    assert {"dawn", "day", "night"} <= {scene.time for scene in breakdown.scenes}
    assert {"fog", "rain", "storm"} <= {scene.weather for scene in breakdown.scenes}
    assert [character.name for character in breakdown.characters if character.lines] == ["NELL", "MARA", "TOBIAS"]
    assert breakdown.scenes[0].shots[0].opens == "fade"
    assert breakdown.scenes[-1].shots[-1].closes == "fade"


def test_it_is_the_same_every_time() -> None:
    assert film(SAMPLE) == film(SAMPLE)


# Camera words


@pytest.mark.parametrize(("direction", "field", "value"), [
    ("CLOSE ON Mara as she waits.", "size", "close-up"),
    ("EXTREME CLOSE UP: Mara waits.", "size", "extreme close-up"),
    ("WIDE on Mara, who waits.", "size", "wide"),
    ("INSERT - THE LETTER lies there.", "size", "insert"),
    ("MARA'S POV: the letter lies there.", "size", "point of view"),
    ("TWO-SHOT. Mara and Tom wait.", "size", "two-shot"),
    ("OVER MARA'S SHOULDER, Tom waits.", "size", "over the shoulder"),
    ("LOW ANGLE. Mara waits.", "angle", "low"),
    ("OVERHEAD, Mara waits.", "angle", "overhead"),
    ("DUTCH ANGLE. Mara waits.", "angle", "dutch"),
    ("PAN LEFT to Mara.", "move", "pan left"),
    ("The camera pans to Mara.", "move", "pan right"),
    ("We push in on Mara.", "move", "push in"),
    ("DOLLY IN on Mara.", "move", "push in"),
    ("PULL BACK from Mara.", "move", "pull out"),
    ("TILT DOWN to Mara.", "move", "tilt down"),
    ("TRACKING Mara.", "move", "tracking"),
    ("CRANE UP over Mara.", "move", "crane up"),
    ("HANDHELD. Mara waits.", "move", "handheld"),
    ("WHIP PAN to Mara.", "move", "whip pan"),
    ("SLOW ZOOM in on Mara.", "move", "zoom in"),
    ("RACK FOCUS from Tom to Mara.", "move", "rack focus"),
    ("ORBIT LEFT around Mara.", "move", "orbit left"),
    ("BOOM UP with Mara.", "move", "pedestal up"),
    ("TRUCK RIGHT with Mara.", "move", "truck right"),
])  # fmt: skip
def test_camera_words_are_obeyed(direction: str, field: str, value: str) -> None:
    found = shots(f"INT. ROOM - DAY\n\nMara stands by Tom.\n\nMARA\nWell?\n\nTOM\nWell.\n\n{direction}\n\nTom laughs.\n")
    start = direction.split()[0]
    shot = next(shot for shot in found if shot.action.startswith(start))
    assert getattr(shot, field) == value


@pytest.mark.parametrize("action", [
    "She pans for gold.", "A TRUCK roars past.", "There is STATIC on the radio.", "A CRANE stands there.", "BOOM! It is gone.",
])  # fmt: skip
def test_words_that_are_not_for_the_camera(action: str) -> None:
    assert all("script asks" not in shot.why for shot in shots(f"EXT. RIVER - DAY\n\n{action}\n"))


def test_transitions_reach_the_shots_beside_them() -> None:
    breakdown = of(
        "FADE IN:\n\nINT. A - DAY\n\nOne.\n\nDISSOLVE TO:\n\n"
        "INT. B - DAY\n\nTwo.\n\nSMASH CUT TO:\n\nINT. C - DAY\n\nThree.\n\nFADE OUT.\n"
    )
    assert [(scene.shots[0].opens, scene.shots[-1].closes) for scene in breakdown.scenes] == [
        ("fade", "dissolve"), ("dissolve", "cut"), ("smash cut", "fade"),
    ]  # fmt: skip


def test_a_camera_direction_in_capitals_over_a_line_of_action_is_no_character() -> None:
    breakdown = of("INT. ROOM - DAY\n\nMara sits.\n\nCLOSE ON THE LETTER\nIt trembles.\n\nMARA\nOh.\n")
    assert [character.name for character in breakdown.characters] == ["MARA"]


# Headings, people, places


@pytest.mark.parametrize(("heading", "place", "interior", "time", "weather"), [
    ("INT. LIGHTHOUSE - KITCHEN - NIGHT", "LIGHTHOUSE - KITCHEN", True, "night", "clear"),
    ("EXT. HARBOUR - DAWN - FOG", "HARBOUR", False, "dawn", "fog"),
    ("EXT. STREET – THE NEXT MORNING (RAINING)", "STREET", False, "morning", "rain"),
    ("INT./EXT. CAR (MOVING) - DAY", "CAR", True, "day", "clear"),
    ("EST. CITY", "CITY", False, "day", "clear"),
    ("INT. - DAY", "UNNAMED PLACE", True, "day", "clear"),
])  # fmt: skip
def test_what_a_heading_says(heading: str, place: str, interior: bool, time: str, weather: str) -> None:
    scene = of(f"{heading}\n\nNothing.\n").scenes[0]
    assert (scene.place, scene.interior, scene.time, scene.weather) == (place, interior, time, weather)


def test_inside_and_outside_of_a_name_are_two_places_and_time_carries_on() -> None:
    breakdown = of("EXT. HUT - NIGHT - SNOW\n\nHut.\n\nINT. HUT - CONTINUOUS\n\nIn.\n\nEXT. HUT - LATER\n\nOut.\n")
    assert [(place.name, place.interior, place.scenes) for place in breakdown.places] == [("HUT", False, ("1", "3")), ("HUT", True, ("2",))]
    assert [scene.time for scene in breakdown.scenes] == ["night"] * 3


def test_one_person_by_many_names() -> None:
    breakdown = of(
        "INT. ROOM - DAY\n\nMARA QUILL (70s), an old keeper with white hair, sits. She waits. Mara laughs.\n\n"
        "The keeper rises.\n\nMARA\nWell?\n\nMARA (V.O.)\nHm.\n"
    )
    (mara,) = breakdown.characters
    assert (mara.name, mara.age, mara.lines) == ("MARA", "70s", 2)
    assert {"MARA QUILL", "the keeper"} <= set(mara.aliases)
    assert mara.texts[0].startswith("MARA QUILL (70s)")
    assert {"She waits.", "Mara laughs.", "The keeper rises."} <= set(mara.texts)


def test_sounds_and_things_in_capitals_are_nobody() -> None:
    assert of("INT. ROOM - DAY\n\nA KNOCK. The PHONE rings. SMOKE fills the room.\n").characters == ()


def test_somebody_who_never_speaks_is_in_the_cast_when_introduced() -> None:
    breakdown = of("EXT. PIER - DAY\n\nAn old FISHERMAN mends a net. The fisherman looks up.\n")
    assert [(character.name, character.seen) for character in breakdown.characters] == [("FISHERMAN", True)]


def test_a_voice_over_only_is_heard_and_never_seen() -> None:
    breakdown = of("EXT. SEA - DAY\n\nNARRATOR (V.O.)\nLong ago.\n\nWaves roll.\n")
    assert [(character.name, character.seen) for character in breakdown.characters] == [("NARRATOR", False)]
    assert all(shot.characters == () for _, shot in breakdown.shots())


def test_a_character_called_script_tag_is_only_a_name() -> None:
    breakdown = of("INT. PAGE - DAY\n\n@<script>\nalert(1)\n\n<SCRIPT> sits.\n")
    assert breakdown.characters[0].name == "<SCRIPT>"
    assert any("<SCRIPT>" in shot.characters for _, shot in breakdown.shots())


# Edges


@pytest.mark.parametrize("body", [
    "", "Rain.\n", "MARA\nHello.\n", "MARA (V.O.)\nHello.\n", "MARA (O.S.)\nHello.\n", "> CENTRED <\n", "[[note]]\n", "...\n", "MARA\n...\n",
])  # fmt: skip
def test_a_scene_with_next_to_nothing_still_has_a_shot(body: str) -> None:
    for scene in of(f"INT. ROOM - DAY\n\n{body}\nINT. OTHER - DAY\n").scenes:
        assert scene.shots
        assert all(shot.frames >= 1 for shot in scene.shots)


def test_a_text_without_scenes_has_none() -> None:
    assert of("Dear diary.").scenes == ()
    assert of("").scenes == ()


def test_scene_numbers_are_the_writer_s_and_unique() -> None:
    breakdown = of("INT. A - DAY #7#\n\nA.\n\nINT. B - DAY #7#\n\nB.\n\nINT. C - DAY\n\nC.\n")
    assert breakdown.scenes[0].number == "7"
    assert len({scene.number for scene in breakdown.scenes}) == 3


@pytest.mark.parametrize("rate", [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1), (1, 1)])
def test_every_rate_gives_whole_frames_that_hold_the_words(rate: tuple[int, int]) -> None:
    for _, shot in film(FILMS[2], rate).shots():
        assert shot.frames >= 1
        assert shot.seconds == pytest.approx(float(shot.frames / Fraction(*rate)))
        assert all(line.start_seconds + line.seconds <= shot.seconds + 0.001 for line in shot.lines)


def test_a_thousand_scenes() -> None:
    """Long scripts come whole: every scene, place and line of it."""
    one = "INT. ROOM {n} - DAY\n\nMara enters and sits.\n\nMARA\nHello, {n}.\n\nTOM\nHello!\n\n"
    breakdown = of("".join(one.format(n=index) for index in range(1000)))
    assert len(breakdown.scenes) == len(breakdown.places) == 1000
    assert {len(scene.shots) for scene in breakdown.scenes[:-1]} == {len(breakdown.scenes[0].shots)}
    assert {character.name: character.lines for character in breakdown.characters} == {"MARA": 1000, "TOM": 1000}


# Whom a pronoun means

BREAD = """INT. BAKERY - NIGHT

LENA (30s), a baker, kneads dough.

LENA
We're closed.

STRANGER
I was told there is always bread here.

She hands him a loaf.

He sits down and weeps.
"""


def test_a_pronoun_means_the_one_it_fits_and_the_camera_is_on_who_acts() -> None:
    by_action = {shot.action: shot for shot in shots(BREAD)}
    assert by_action["She hands him a loaf."].subjects[0] == "LENA"
    assert set(by_action["She hands him a loaf."].characters) == {"LENA", "STRANGER"}
    assert by_action["He sits down and weeps."].subjects == ("STRANGER",)


def test_whoever_is_met_in_a_sentence_does_not_lend_a_name_their_pronoun() -> None:
    found = shots("EXT. QUAY - DAY\n\nREM (30), a sailor, watches her.\n\nKIT (20), a woman in red, waits.\n\nRem smiles.\n\nHe leaves.\n")
    assert next(shot for shot in found if "He leaves" in shot.action).subjects[:1] == ("REM",)


def test_a_title_is_a_name_for_whoever_bears_it() -> None:
    found = shots("INT. COURT - DAY\n\nA court.\n\nJUDGE OKAFOR (60s), a stern woman, waits.\n\nTOM (30) sits.\n\nThe judge frowns.\n")
    assert "JUDGE OKAFOR" in next(shot for shot in found if "frowns" in shot.action).subjects


def test_what_hands_do_is_not_a_look_at_hands() -> None:
    assert all("the hands" not in shot.subjects for shot in shots(BREAD))


def test_who_speaks_from_the_door_was_not_there_before_it_opened() -> None:
    found = shots("INT. SHOP - DAY\n\nA shop.\n\nANN (40) waits.\n\nThe door opens. Somebody stands in the doorway.\n\nBEA\nHello.\n")
    assert "BEA" not in found[0].characters
