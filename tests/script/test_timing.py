"""How long words and deeds are given."""

from __future__ import annotations

import pytest

from studio.script.breakdown.prose import Piece, clauses, sentences, words
from studio.script.breakdown.timing import acting_seconds, speaking_seconds, syllables, whole_frames


@pytest.mark.parametrize(("text", "count"), [
    ("cat", 1), ("lighthouse", 2), ("keeper", 2), ("table", 2), ("asked", 1), ("wanted", 2), ("Mrs", 2), ("1985", 8), ("", 0),
])  # fmt: skip
def test_syllables(text: str, count: int) -> None:
    assert syllables(text) == count


def test_speech_takes_longer_with_more_words_pauses_and_care() -> None:
    assert speaking_seconds("No.") < speaking_seconds("No, no, no.") < speaking_seconds("No, no, no. I said no.")
    assert speaking_seconds("Come here.", "slowly") > speaking_seconds("Come here.")
    assert speaking_seconds("Hm") >= 0.5


@pytest.mark.parametrize(("text", "measured"), [  # eSpeak NG 1.52, en-us, 165 words a minute, with its own pauses
    ("What we have always done.", 1.39), ("Lamps are not afraid, Mrs. Quill.", 2.40), ("The mail boat. Nell is on it.", 1.96),
    ("I told you in 1985 that the bridge would not hold, and you laughed.", 4.59), ("Strengths, twelfths, scratched.", 2.35),
    ("The world of a lighthouse keeper is small, quiet and wet; nobody comes, nobody goes, and the kettle is always on.", 7.33),
])  # fmt: skip
def test_a_synthesised_line_fits_its_time(text: str, measured: float) -> None:
    assert measured - 0.2 <= speaking_seconds(text) <= measured * 1.35 + 0.3


def test_action_takes_at_least_two_seconds_and_its_reading() -> None:
    assert acting_seconds("She waits.") == 2.0
    assert acting_seconds("She pours the tea.") > 2.0
    assert acting_seconds("The wind goes round the house and finds no way in, again.") > 4.0


def test_frames_are_whole_rounded_up_and_at_least_one() -> None:
    assert whole_frames(0.0, (24, 1)) == 1
    assert whole_frames(1.0, (24, 1)) == 24
    assert whole_frames(1.001, (24, 1)) == 25
    assert whole_frames(10.01, (24000, 1001)) == 240


def test_sentences_know_abbreviations_and_their_places() -> None:
    text = "Mr. Quill waits... and waits. “Now?” He goes!\nDone"
    assert [piece.text for piece in sentences(text)] == ["Mr. Quill waits... and waits.", "“Now?”", "He goes!", "Done"]
    assert all(text[piece.start : piece.end] == piece.text for piece in sentences(text))


def test_long_sentences_part_at_commas_else_anywhere() -> None:
    text = "one two three, four five six, seven eight nine"
    parts = clauses(Piece(text, 0, len(text)), 6)
    assert [part.text for part in parts] == ["one two three, four five six,", "seven eight nine"]
    flat = " ".join(["word"] * 50)
    assert [len(words(part.text)) for part in clauses(Piece(flat, 0, len(flat)), 20)] == [17, 17, 16]
