"""Fountain's published syntax, element by element, with positions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.script.fountain import Element, parse, plain, rich


def seen(text: str) -> list[tuple[str, str]]:
    return [(element.kind, element.text) for element in parse(text).elements if element.kind != "blank"]


def only(text: str, kind: str) -> Element:
    return next(element for element in parse(text).elements if element.kind == kind)


PIECES = st.sampled_from([
    "INT. HOUSE - DAY", ".FORCED", "MARA", "MARA (V.O.) ^", "@McCoy", "(softly)", "She walks.",
    "CUT TO:", "> FADE", "> MID <", "~la la", "[[note",
    "note]]",
    "/*", "*/", "#", "## Act", "= syn", "===", "!ACTION", "  ", "\t", " ", "\n", "\n\n", "\r\n", "\r",
    "\u2028", "\x0b", "Title: X", "*a*", "_b_", "\\*", "#1A#", "é", "\ufeff",
])  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_any_text_comes_back_exactly_and_its_elements_tile_it(text: str) -> None:
    screenplay = parse(text)
    assert screenplay.text() == text
    position = 0
    for element in screenplay.elements:
        assert (element.start, text[element.start : element.end]) == (position, element.raw)
        assert element.end > element.start
        position = element.end
    assert position == len(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_every_visible_character_knows_where_it_stands(text: str) -> None:
    for element in parse(text).elements:
        if element.kind in ("action", "dialogue", "heading"):
            for index, letter in enumerate(element.text):
                assert element.start <= element.at(index) < element.end
                if letter != "\n":
                    assert text[element.at(index)] == letter


def test_a_title_page_keeps_values_of_several_lines() -> None:
    text = "Title:\n    _**BRICK**_\n\tRetired\nCredit: Written by\nAuthor: Ada\nDraft date: 1/2/2026\n\nINT. X - DAY\n"
    assert parse(text).title_page() == {
        "title": ("_**BRICK**_", "Retired"), "credit": ("Written by",), "author": ("Ada",), "draft date": ("1/2/2026",),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["FADE IN:\n\nINT. X - DAY\n", "As the girl runs away now: a truck.\n\nINT. X - DAY\n", "INT. X: Y - DAY\n\nHi.\n"])
def test_what_only_looks_like_a_title_page_is_none(text: str) -> None:
    assert parse(text).title_page() == {}


@pytest.mark.parametrize("heading", ["INT. HOUSE - DAY", "ext. house", "EST. CITY", "INT./EXT. CAR", "INT/EXT CAR", "I/E CAR - DAY", "EXT HOUSE"])
def test_scene_headings(heading: str) -> None:
    assert seen(f"{heading}\n\nShe.") == [("heading", heading), ("action", "She.")]


def test_words_that_begin_like_a_heading_are_action() -> None:
    assert seen("INTERIOR thoughts.\n\nESTHER waits.\n\n...and then\n") == [
        ("action", "INTERIOR thoughts."), ("action", "ESTHER waits."), ("action", "...and then"),
    ]  # fmt: skip


def test_a_heading_needs_an_empty_line_before_it() -> None:
    assert seen("She waits.\nINT. HOUSE - DAY\n") == [("action", "She waits.\nINT. HOUSE - DAY")]


@pytest.mark.parametrize("number", ["1", "1A", "1-A", "I-1-A", "110.A"])
def test_scene_numbers(number: str) -> None:
    element = only(f"INT. HOUSE - DAY #{number}#\n", "heading")
    assert (element.text, element.number) == ("INT. HOUSE - DAY", number)


def test_a_forced_heading_loses_its_dot() -> None:
    element = only(".SNIPER SCOPE POV #7#\n", "heading")
    assert (element.text, element.number, element.forced) == ("SNIPER SCOPE POV", "7", True)


def test_action_keeps_its_lines_and_indents() -> None:
    assert seen("He waits.\n\t\tAnd waits.\n\n\n   Still.\n") == [("action", "He waits.\n\t\tAnd waits."), ("action", "   Still.")]


def test_forced_action_even_where_it_would_be_a_cue() -> None:
    assert seen("!SCANNING THE AISLES...\nWhere is he?\n") == [("action", "SCANNING THE AISLES...\nWhere is he?")]


def test_dialogue_with_parentheticals() -> None:
    text = "MARA (V.O.) (CONT'D)\n(sitting\n down)\nTo be.\nOr not.\n(beat)\nWell?\n\nShe goes.\n"
    assert seen(text) == [
        ("character", "MARA"), ("parenthetical", "sitting down"), ("dialogue", "To be.\nOr not."), ("parenthetical", "beat"), ("dialogue", "Well?"),
        ("action", "She goes."),
    ]  # fmt: skip
    assert only(text, "character").extensions == ("V.O.", "CONT'D")


def test_a_cue_needs_words_under_it_and_a_letter_in_it() -> None:
    assert seen("MARA\n\nShe goes.\n\n23\nSkidoo.\n\nR2D2\nBeep.\n") == [
        ("action", "MARA"), ("action", "She goes."), ("action", "23\nSkidoo."), ("character", "R2D2"), ("dialogue", "Beep."),
    ]  # fmt: skip


def test_forced_cues_keep_their_case_and_extensions_may_be_lower_case() -> None:
    assert seen("@McCLANE\nYippie.\n\nHANS (on the radio)\nWhat?\n")[0::2] == [("character", "McCLANE"), ("character", "HANS")]
    assert only("HANS (on the radio)\nWhat?\n", "character").extensions == ("on the radio",)
    assert seen("@李\n你好。\n") == [("character", "李"), ("dialogue", "你好。")]


def test_two_spaces_keep_dialogue_open() -> None:
    assert seen("MARA\nOne.\n  \nTwo.\n\nThree.\n") == [("character", "MARA"), ("dialogue", "One.\n  \nTwo."), ("action", "Three.")]


def test_dual_dialogue_marks_both_sides() -> None:
    elements = [element for element in parse("STEEL\nOne.\n\nBRICK ^\n(low)\nTwo.\n\nMARA\nThree.\n").elements if element.kind != "blank"]
    assert [element.dual for element in elements] == ["left", "left", "right", "right", "right", "", ""]
    assert elements[2].text == "BRICK"


def test_a_caret_without_a_partner_is_plain_dialogue() -> None:
    assert only("She waits.\n\nBRICK ^\nTwo.\n", "character").dual == ""


def test_lyrics_alone_and_in_dialogue() -> None:
    assert seen("~Willy Wonka!\n~Again!\n\nMARA\n~La la.\nStop.\n") == [
        ("lyric", "Willy Wonka!"), ("lyric", "Again!"), ("character", "MARA"), ("lyric", "La la."), ("dialogue", "Stop."),
    ]  # fmt: skip


def test_transitions() -> None:
    assert seen("She.\n\nCUT TO:\n\nINT. X - DAY\n\n> Burn to white.\n\nSMASH CUT TO: \n\nCUT TO:\nMore.\n") == [
        ("action", "She."), ("transition", "CUT TO:"), ("heading", "INT. X - DAY"), ("transition", "Burn to white."),
        ("action", "SMASH CUT TO: "), ("character", "CUT TO:"), ("dialogue", "More."),
    ]  # fmt: skip


def test_centred_text_sections_synopses_and_page_breaks() -> None:
    assert seen("# Act\n## Scene\n= What happens.\n\n> THE END <\n\n===\n\n====x\n") == [
        ("section", "Act"), ("section", "Scene"), ("synopsis", "What happens."), ("centered", "THE END"), ("page break", ""), ("action", "====x"),
    ]  # fmt: skip
    assert [element.depth for element in parse("# A\n### B\n").of("section")] == [1, 3]


def test_notes_within_a_line_over_lines_and_alone() -> None:
    element = only("She [[who?]] waits [[a\nlong\n  \none]] here.\n", "action")
    assert (element.text, element.notes) == ("She  waits \n here.", ("who?", "a\nlong\n  \none"))
    assert seen("[[alone]]\n\nINT. X - DAY\n") == [("note", ""), ("heading", "INT. X - DAY")]
    assert seen("MARA\n[[why?]]\nBecause.\n") == [("character", "MARA"), ("dialogue", "Because.")]


def test_an_empty_line_ends_a_note_and_an_unclosed_mark_is_text() -> None:
    assert seen("A [[b\n\nc]] d\n") == [("action", "A [[b"), ("action", "c]] d")]
    assert seen("A /* b\n") == [("action", "A /* b")]


def test_boneyard_hides_everything_in_it() -> None:
    text = "She waits.\n\n/*\nINT. GONE - DAY\n\nMARA\nNothing.\n*/\n\nShe /* hm */ goes.\n"
    assert seen(text) == [("action", "She waits."), ("boneyard", ""), ("action", "She  goes.")]


def test_windows_and_old_mac_line_ends() -> None:
    assert seen("INT. X - DAY\r\n\r\nMARA\r\nHi.\r\rShe.\r") == [
        ("heading", "INT. X - DAY"), ("character", "MARA"), ("dialogue", "Hi."), ("action", "She."),
    ]  # fmt: skip


def styles(text: str) -> list[tuple[str, str]]:
    return [(span.text, "b" * span.bold + "i" * span.italic + "u" * span.underline) for span in rich(text)]


@pytest.mark.parametrize(("text", "expected"), [
    ("*a* **b** ***c*** _d_", [("a", "i"), (" ", ""), ("b", "b"), (" ", ""), ("c", "bi"), (" ", ""), ("d", "u")]),
    ("_faces the *Leupold* scope_", [("faces the ", "u"), ("Leupold", "iu"), (" scope", "u")]),
    (r"keypad: **\*9765\***", [("keypad: ", ""), ("*9765*", "b")]),
    ("dialled *69 and then *23 twice", [("dialled *69 and then *23 twice", "")]),
    ("snake_case_word", [("snake_case_word", "")]),
    ("*one\ntwo*", [("*one\ntwo*", "")]),
    ("2 * 3 * 4", [("2 * 3 * 4", "")]),
])  # fmt: skip
def test_emphasis(text: str, expected: list[tuple[str, str]]) -> None:
    joined: list[tuple[str, str]] = []
    for part, style in styles(text):
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + part, style)
        else:
            joined.append((part, style))
    assert joined == expected


@given(st.text(alphabet="ab *_\\\n", max_size=40))
def test_emphasis_never_loses_a_letter(text: str) -> None:
    assert [letter for letter in plain(text) if letter in "ab\n"] == [letter for letter in text if letter in "ab\n"]
    for span in rich(text):
        assert span.end > span.start


@pytest.mark.parametrize("unit", [
    "[[ ", "/*", "(a\n", "MARA\n(\n\n", "*a ", "\\*", "*a_b*_", "MARA ^\nhi\n\n", ". ", "[[a]]", "/**/\n",
])  # fmt: skip
def test_hostile_texts_cost_no_more_than_their_length(unit: str) -> None:
    """A quadratic pass over 60,000 characters would run for minutes; this only has to end."""
    text = unit * (60_000 // len(unit))
    assert parse(text).text() == text
    plain(text)
