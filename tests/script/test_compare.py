"""A rewrite keeps what it did not touch."""

from __future__ import annotations

from collections import Counter

from studio.script.breakdown import Breakdown, break_down, compare
from studio.script.fountain import parse

FIRST = "EXT. PIER - DAY\n\nWaves roll in.\n\nMara walks along the pier with a lantern in her hand.\n\nMARA\nGood morning, sea.\n\n"
SECOND = "INT. HUT - NIGHT\n\nA stove glows.\n\nTom sits by the stove.\n\nTOM\nShe is late again tonight.\n\n"
THIRD = "EXT. HILL - DAY\n\nTom climbs the hill.\n"


def of(text: str) -> Breakdown:
    return break_down(parse(text))


def states(old: str, new: str) -> Counter[str]:
    return Counter(change.state for change in compare(of(old), of(new)))


def test_the_same_text_keeps_every_shot() -> None:
    breakdown = of(FIRST + SECOND)
    assert all(change.state == "kept" and change.old == change.new for change in compare(breakdown, breakdown))


def test_one_changed_line_changes_one_shot() -> None:
    found = states(FIRST + SECOND, (FIRST + SECOND).replace("late again tonight", "late again, Tom"))
    assert found["changed"] == 1
    assert found["new"] == found["gone"] == 0


def test_a_scene_put_before_moves_the_others_and_keeps_them() -> None:
    changes = compare(of(FIRST + SECOND), of(THIRD + "\n" + FIRST + SECOND))
    kept = [change for change in changes if change.state == "kept"]
    assert {change.old[0] for change in kept if change.old} == {"1", "2"}
    assert {change.new[0] for change in kept if change.new} == {"2", "3"}
    assert {change.state for change in changes if change.new and change.new[0] == "1"} == {"new"}


def test_a_scene_taken_out_is_gone() -> None:
    found = compare(of(FIRST + SECOND), of(FIRST))
    assert {change.state for change in found if change.old and change.old[0] == "2"} == {"gone"}


def test_scenes_that_change_places_are_kept() -> None:
    found = states(FIRST + SECOND + THIRD, SECOND + FIRST + THIRD)
    assert found["new"] == found["gone"] == 0


def test_every_shot_of_both_appears_exactly_once() -> None:
    old, new = of(FIRST + SECOND), of(SECOND.replace("Tom", "Ann") + THIRD)
    changes = compare(old, new)
    assert sorted(change.old for change in changes if change.old) == sorted((scene.number, shot.index) for scene, shot in old.shots())
    assert [change.new for change in changes if change.new] == [(scene.number, shot.index) for scene, shot in new.shots()]
