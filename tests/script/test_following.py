"""Where a line of a screenplay stands in a later text."""

from __future__ import annotations

import time

import pytest

from studio.script.following import Found, follow, passage_at, passages

FIRST = """Title: The Lamp

INT. KITCHEN - NIGHT

Old MARA pours tea at the table.
She looks at the door.

MARA
He is late again.

TOM
Yes.

EXT. CLIFF - DAWN

TOM (20) climbs the path against the wind.

TOM
(shouting)
Is anybody there?

INT. LAMP ROOM - NIGHT

Mara winds the clock.
"""


def line(text: str, words: str) -> int:
    return next(number for number, one in enumerate(text.split("\n")) if words in one)


def test_a_line_is_that_of_its_paragraph_or_speech() -> None:
    passage = passage_at(FIRST, line(FIRST, "She looks"))
    assert passage is not None and (passage.line, passage.lines, passage.kind) == (4, 2, "action")
    assert passage.scene == line(FIRST, "KITCHEN")
    title = passage_at(FIRST, 0)
    assert title is not None and (title.kind, title.scene) == ("title", None)
    assert passage_at(FIRST, 3) is None and passage_at(FIRST, 400) is None
    assert [one.line for one in passages(FIRST.replace("\n", "\r\n"))] == [one.line for one in passages(FIRST)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_what_nobody_touched_moves_with_what_is_written_around_it(ends: str) -> None:
    new = ("INT. ATTIC - DAY\n\nDust.\n\n" + FIRST.removeprefix("Title: The Lamp\n\n")).replace("\n", ends)
    for words in ("KITCHEN", "pours tea", "late again", "Yes.", "anybody", "winds"):
        assert follow(FIRST, new, line(FIRST, words)) == Found("same", line(FIRST, words) + 2), words


def test_a_rewritten_line_is_the_one_in_its_place() -> None:
    new = FIRST.replace("He is late again.", "He is late once more, again.").replace("Old MARA pours", "EVA\nNothing.\n\nOld MARA pours")
    assert follow(FIRST, new, line(FIRST, "late again")) == Found("changed", line(new, "once more"))


def test_of_a_line_that_was_cut_the_scene_is_known() -> None:
    new = FIRST.replace("\nMARA\nHe is late again.\n", "")
    assert follow(FIRST, new, line(FIRST, "late again")) == Found("gone", line(new, "KITCHEN"))
    renamed = new.replace("INT. KITCHEN - NIGHT", "INT. PANTRY - DAY")
    assert follow(FIRST, renamed, line(FIRST, "late again")) == Found("gone", line(renamed, "PANTRY"))
    assert follow(FIRST, "INT. BAR - DAY\n\nNobody.\n", line(FIRST, "anybody")) == Found("gone", None)


def test_a_scene_that_moved_takes_its_lines_along() -> None:
    kitchen, cliff = FIRST.index("INT. KITCHEN"), FIRST.index("EXT. CLIFF")
    new = FIRST[:kitchen] + FIRST[cliff:] + "\n" + FIRST[kitchen:cliff]
    assert follow(FIRST, new, line(FIRST, "pours tea")) == Found("same", line(new, "pours tea"))
    assert follow(FIRST, new, line(FIRST, "Yes.")) == Found("same", line(new, "Yes.")), "few words, but in the scene they were in"
    assert follow(FIRST, new, line(FIRST, "anybody")) == Found("same", line(new, "anybody"))


def test_a_few_words_that_stand_elsewhere_too_are_no_line_that_moved() -> None:
    new = FIRST.replace("\nTOM\nYes.\n", "").replace("Mara winds the clock.\n", "Mara winds the clock.\n\nTOM\nYes.\n")
    assert follow(FIRST, new, line(FIRST, "Yes.")) == Found("gone", line(new, "KITCHEN"))


@pytest.mark.parametrize("each", ["Line {0} says {1}.\n\n", "a\n\n", "MARA\nYes.\n\n"])
def test_long_texts_are_followed_in_a_moment(each: str) -> None:
    old = "INT. HALL - DAY\n\n" + "".join(each.format(n, n % 7) for n in range(6000))
    new = "INT. HALL - DAY\n\n" + "".join(each.format(n, "x" if n % 3 else n % 7) for n in range(6000)) + "The end.\n"
    passages(old), passages(new)
    began = time.perf_counter()
    follow(old, new, 40)
    assert time.perf_counter() - began < 3
