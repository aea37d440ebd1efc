"""Whatever somebody drops: the text, or a sentence that says what to do."""

from __future__ import annotations

import pytest

from studio.script.fountain import ScriptProblem, read_screenplay
from studio.script.fountain.reading import LARGEST_TEXT, LARGEST_UPLOAD

SCRIPT = "INT. CAFÉ - DAY\r\n\r\nZoë waits.\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_every_common_encoding_is_read(encoding: str) -> None:
    assert read_screenplay(SCRIPT.encode(encoding), "a.fountain") == SCRIPT


def test_marked_big_endian_utf_16() -> None:
    assert read_screenplay(b"\xfe\xff" + SCRIPT.encode("utf-16-be"), "a") == SCRIPT


@pytest.mark.parametrize(("data", "code", "says"), [
    (b"", "empty", "is empty"),
    (b" \n\t\r\n", "empty", "is empty"),
    (b"x" * (LARGEST_UPLOAD + 1), "too-large", "10 MB"),
    (b"INT. X - DAY\n\n" + b"x" * LARGEST_TEXT, "too-large", "2 MB"),
    (bytes(range(256)) * 40, "binary", "not text"),
    (b"%PDF-1.7 ...", "binary", "a PDF"),
    (b"PK\x03\x04....", "binary", "Word"),
    (b"\xef\xbb\xbf\xff\xff", "encoding", "byte"),
    (b"Dear diary,\n\ntoday nothing happened.", "not-a-screenplay", "INT. KITCHEN - NIGHT"),
])  # fmt: skip
def test_bad_input_is_answered_by_name(data: bytes, code: str, says: str) -> None:
    with pytest.raises(ScriptProblem) as caught:
        read_screenplay(data, "film.txt")
    assert caught.value.code == code
    assert says in caught.value.message
    assert caught.value.message.startswith("film.txt ")


def test_a_text_without_scenes_is_kept() -> None:
    with pytest.raises(ScriptProblem) as caught:
        read_screenplay(b"Just a thought.", "x")
    assert caught.value.text == "Just a thought."
