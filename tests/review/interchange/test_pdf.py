"""The notes on paper, as a reader of PDF finds them."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from studio.review.interchange import FORMATS, MarkedNote, Reel, Reply
from tests.review.interchange.reels import COUNTED, MADE, WORDS, reel

SPEECH = "Свет слишком яркий. ランプの光が二回ちらつきます。 这里的灯光太亮了。 이 장면이 너무 밝습니다. Ça va très bien, Łódź → ✓"


def opened(film: Reel) -> Any:
    return pypdfium2.PdfDocument(FORMATS["pdf"].write(film))


def text_of(document: Any) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def unbroken(text: str) -> str:
    return "".join(text.split())


def test_every_page_has_the_film_and_every_note_its_timecode_frame_words_and_replies() -> None:
    film = reel(COUNTED["29.97df"])
    document = opened(film)
    for number, page in enumerate(document, 1):
        text = page.get_textpage().get_text_range()
        assert "Notes on The Lighthouse, reel 1" in text
        assert "5 notes, 4 open" in text
        assert f"page {number} of {len(document)}" in text
    words = unbroken(text_of(document))
    for label, frame in [("01:00:59;29", "frame1799"), ("01:01:00;02–01:01:00;11", "frames1800–1809"), ("02:00:00;07", "frame107899")]:
        assert label in words and frame in words
    for text in [*WORDS, "Ben: Ode", "and only at the end.", "はい", "resolved, pink", "shot 12A · version 3 · continuity", "2026-01-02 09:30 UTC"]:
        assert unbroken(text) in words


def test_letters_of_many_scripts_are_embedded_and_what_no_font_has_is_named() -> None:
    note = MarkedNote("n1", 0, 0, "山田 太郎", f"{SPEECH} 👍🏽 ส", (Reply("Иван", SPEECH),))
    file = FORMATS["pdf"].write(reel(COUNTED["24"], (note,)))
    document = pypdfium2.PdfDocument(file)
    words = unbroken(text_of(document))
    assert words.count(unbroken(SPEECH)) == 2
    assert "[thumbsupsign]□" in words
    assert file.count(b"/FontFile2") >= 2
    assert len(file) < 400_000, "only the letters used"


def test_markup_in_a_note_is_text() -> None:
    said = "<b>no</b> &amp; <img src='file:///etc/passwd'/> <font size=40>"
    words = unbroken(text_of(opened(reel(COUNTED["24"], (MarkedNote("n1", 0, 0, "<i>A", said),)))))
    assert unbroken(said) in words and "<i>A" in words


def test_each_note_has_its_own_picture_in_its_own_shape() -> None:
    asked: list[str] = []

    def picture(note: MarkedNote) -> Image.Image | None:
        asked.append(note.id)
        if note.id == "none":
            return None
        drawn = Image.new("RGBA", (640, 360), (0, 0, 0, 0))
        ImageDraw.Draw(drawn).rectangle((0, 0, 319, 359), fill=(0, 160, 0, 255) if note.id == "green" else (200, 0, 0, 255))
        return drawn

    notes = tuple(MarkedNote(name, frame, frame, "Anna", "Look") for frame, name in enumerate(("green", "none", "red")))
    base = reel(COUNTED["24"], notes)
    document = opened(Reel(base.name, base.rate, base.frames, (), notes, size=(640, 360), picture=picture))
    assert sorted(asked) == ["green", "none", "red"]
    page = document[0].render(scale=1).to_pil().convert("RGB")
    # A4 is 595 × 842 points: the picture is 78 mm (221 points) wide from 16 mm (45 points) on, so its left half ends at 156.
    column = [page.getpixel((100, y)) for y in range(page.height)]
    green, red = (sum(near(colour, wanted) for colour in column) for wanted in ((0, 160, 0), (200, 0, 0)))
    assert green == pytest.approx(124, abs=3) and red == pytest.approx(124, abs=3), "221 points wide at 16:9"
    first = next(y for y, colour in enumerate(column) if near(colour, (0, 160, 0)))
    assert near(page.getpixel((150, first + 60)), (0, 160, 0)) and near(page.getpixel((162, first + 60)), (255, 255, 255))
    assert "No picture of frame 1" in text_of(document)


def near(colour: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(is_ - ought) < 12 for is_, ought in zip(colour, wanted, strict=True))


def test_two_hundred_notes_and_one_of_many_pages() -> None:
    long = "The shadow stays, and the lamp moves. " * 400
    notes = [MarkedNote("long", 0, 0, "Anna", f"BEGIN {long}\n{'字' * 3000}\n{'w' * 3000} END", (Reply("Ben", long, MADE),), made_at=MADE)]
    notes += [
        MarkedNote(f"n{frame}", frame, frame, "Anna", f"Note number {frame}.", (Reply("Ben", "Yes."),) * (frame % 4)) for frame in range(1, 200)
    ]
    document = opened(reel(COUNTED["24"], tuple(notes)))
    text = text_of(document)
    words = unbroken(text)
    assert words.count("Theshadowstays") >= 790, "of 800, those that are not broken by the end of a page"
    assert words.count("字") == 3000 and "END" in words
    assert all(f"Notenumber{frame}." in words for frame in range(1, 200))
    assert len(document) > 40


def test_a_film_without_notes_says_so() -> None:
    assert "There are no notes on this cut." in text_of(opened(reel(COUNTED["24"], ())))
