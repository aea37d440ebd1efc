"""The notes on paper: for each its frame with what was drawn on it, timecode, words and replies, under a header on every page.

A4, upright. Pictures are asked for one at a time while the page they stand on is laid out, and kept as JPEG no wider than they print at 180
dots an inch. Text may be any length: it flows beside and under the picture and over pages. Letters are embedded (`letters`); scripts
written from right to left or with joined letters are drawn letter by letter, in the order of the text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from PIL import Image
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, HRFlowable, PageTemplate, Paragraph, Spacer
from reportlab.platypus.flowables import ImageAndFlowables

from studio.review.interchange.letters import BOLD, PLAIN, is_dense, load, marked_up
from studio.review.interchange.reel import Colour, MarkedNote, Reel

MARGIN, HEAD = 16 * mm, 14 * mm
PICTURE = 78 * mm  # width
TALLEST = 100 * mm
PAPER_DPI = 180
INK, FAINT, RULE = HexColor(0x1A1B1E), HexColor(0x62666E), HexColor(0xD5D7DB)
MARKS: dict[Colour, Color] = {
    "red": HexColor(0xD2362C),
    "orange": HexColor(0xE96F24),
    "yellow": HexColor(0xD0A12B),
    "green": HexColor(0x2E8B57),
    "cyan": HexColor(0x14A3B8),
    "blue": HexColor(0x2F6FED),
    "purple": HexColor(0x7B4FC9),
    "pink": HexColor(0xD6498F),
}


def write(reel: Reel) -> bytes:
    load()
    rl_config.useA85 = 0  # bytes as they are, not as letters a quarter longer
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title=f"Notes on {reel.name}", author="", creator="Firstcut", invariant=1)
    width, height = A4
    area = Frame(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN - HEAD, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates(PageTemplate(frames=[area], onPage=lambda canvas, _: None, onPageEnd=_Header(reel)))
    story: list[Flowable] = []
    for number, note in enumerate(reel.in_order, 1):
        story += _note(reel, number, note)
    document.build(story or [_paragraph("There are no notes on this cut.", FAINT)], canvasmaker=_Numbered)
    return out.getvalue()


class _Header:
    """What film this is, how many notes are on it and how many are open: at the head of every page."""

    def __init__(self, reel: Reel) -> None:
        self.reel = reel
        still_open = sum(note.status == "open" for note in reel.notes)
        count = f"{len(reel.notes)} note{'' if len(reel.notes) == 1 else 's'}, {still_open} open"
        self.facts = f"{count} · {reel.clock.label(0)} to {reel.clock.label(max(0, reel.frames - 1))} at {reel.clock.words}"

    def __call__(self, canvas: Canvas, _: Any) -> None:
        width, height = A4
        room = width - 2 * MARGIN
        name = _paragraph(f"Notes on {self.reel.name}", INK, size=11, font=BOLD)
        _, tall = name.wrap(room, 14 * mm)
        if tall > 5 * mm:
            name = _paragraph(f"Notes on {_shortened(self.reel.name, 48)}", INK, size=11, font=BOLD)
            name.wrap(room, 14 * mm)
        name.drawOn(canvas, MARGIN, height - MARGIN - name.height + 4)
        canvas.setFont(PLAIN, 7.5)
        canvas.setFillColor(FAINT)
        canvas.drawString(MARGIN, height - MARGIN - 20, self.facts)
        canvas.setStrokeColor(RULE)
        canvas.line(MARGIN, height - MARGIN - 26, width - MARGIN, height - MARGIN - 26)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


class _Numbered(Canvas):
    """Writes “page 2 of 7” when it knows how many there are."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self.pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # as reportlab's own documentation does it

    def save(self) -> None:
        for number, page in enumerate(self.pages, 1):
            self.__dict__.update(page)
            self.setFont(PLAIN, 7.5)
            self.setFillColor(FAINT)
            self.drawRightString(A4[0] - MARGIN, MARGIN - 12, f"page {number} of {len(self.pages)}")
            super().showPage()
        super().save()


class _Still(Flowable):
    """The picture of a note, asked for when it is drawn."""

    def __init__(self, reel: Reel, note: MarkedNote) -> None:
        super().__init__()
        self.reel, self.note = reel, note
        across, down = reel.size
        self.drawWidth, self.drawHeight = PICTURE, PICTURE * down / across
        if self.drawHeight > TALLEST:
            self.drawWidth, self.drawHeight = TALLEST * across / down, TALLEST

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.drawWidth, self.drawHeight

    def _restrictSize(self, *_: float) -> tuple[float, float]:
        return self.drawWidth, self.drawHeight

    def draw(self) -> None:
        canvas, width, height = self.canv, self.drawWidth, self.drawHeight
        picture = self.reel.picture(self.note) if self.reel.picture else None
        if picture is None:
            canvas.setFillColor(HexColor(0xECEDEF))
            canvas.rect(0, 0, width, height, stroke=0, fill=1)
            canvas.setFillColor(FAINT)
            canvas.setFont(PLAIN, 8)
            canvas.drawCentredString(width / 2, height / 2 - 3, f"No picture of frame {self.note.first}")
            return
        fit = min(width / picture.width, height / picture.height)
        shown = picture.width * fit, picture.height * fit
        read = _jpeg(picture, shown[0])
        canvas.drawImage(read, (width - shown[0]) / 2, (height - shown[1]) / 2, *shown)
        # It refers to itself and holds the picture unpacked: until something collected it, a long document would keep them all.
        vars(read).clear()


def _jpeg(picture: Image.Image, points: float) -> ImageReader:
    """The picture at no more dots than are printed on so many points. What is transparent is white."""
    dots = max(1, round(points / 72 * PAPER_DPI))
    if picture.has_transparency_data:
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
    picture = picture.convert("RGB")
    if picture.width > dots:
        picture = picture.resize((dots, max(1, round(picture.height * dots / picture.width))), Image.Resampling.LANCZOS, reducing_gap=2)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    out.seek(0)
    return ImageReader(out)


def _note(reel: Reel, number: int, note: MarkedNote) -> Iterator[Flowable]:
    still = _Still(reel, note)
    if number > 1:
        yield HRFlowable(width="100%", thickness=0.5, color=RULE, spaceBefore=0, spaceAfter=10)
    yield CondPageBreak(still.drawHeight + 12)
    yield ImageAndFlowables(
        still,  # type: ignore[arg-type]  # anything with a picture's size will do
        list(_words(reel, number, note)),
        imageLeftPadding=0,
        imageRightPadding=12,
        imageSide="left",
    )
    yield Spacer(1, 10)


def _words(reel: Reel, number: int, note: MarkedNote) -> Iterator[Flowable]:
    clock = reel.clock
    place, frames = clock.label(note.first), f"frame {note.first}"
    if note.frames > 1:
        place, frames = f"{place} – {clock.label(note.last)}", f"frames {note.first}–{note.last}"
    yield _Tag(number, note, place)
    facts = [frames, note.shot and f"shot {note.shot}", "" if note.version is None else f"version {note.version}", note.category]
    yield _paragraph(" · ".join(fact for fact in facts if fact), FAINT, size=7.5)
    yield _paragraph(_by(note.author, note.made_at), INK, size=8.5, font=BOLD, before=4)
    for text in note.text.split("\n"):
        yield _paragraph(text or " ", INK)
    for reply in note.replies:
        yield _paragraph(_by(reply.author, reply.made_at), INK, size=8, font=BOLD, before=5, indent=10)
        for text in reply.text.split("\n"):
            yield _paragraph(text or " ", INK, size=8.5, indent=10)


class _Tag(Flowable):
    """Number, timecode and status of a note, on one line, with its colour as a square and never by that alone."""

    def __init__(self, number: int, note: MarkedNote, place: str) -> None:
        super().__init__()
        self.number, self.note, self.place = number, note, place

    def wrap(self, width: float, _: float) -> tuple[float, float]:
        self.width = width
        return width, 14

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillColor(MARKS[self.note.colour])
        canvas.rect(0, 3, 7, 7, stroke=0, fill=1)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 9)
        canvas.drawString(12, 3, f"{self.number}")
        canvas.drawString(12 + stringWidth(f"{self.number}", BOLD, 9) + 8, 3, self.place)
        canvas.setFillColor(FAINT)
        canvas.setFont(PLAIN, 7.5)
        canvas.drawRightString(self.width, 3, f"{self.note.status}, {self.note.colour}")


def _by(author: str, made_at: datetime | None) -> str:
    return (author or "Unknown") + (f"  ·  {made_at:%Y-%m-%d %H:%M} UTC" if made_at else "")


def _paragraph(text: str, colour: Color, *, size: float = 9, font: str = PLAIN, before: float = 0, indent: float = 0) -> Paragraph:
    style = ParagraphStyle(
        "note",
        fontName=font,
        fontSize=size,
        leading=size * 1.4,
        textColor=colour,
        spaceBefore=before,
        leftIndent=indent,
        wordWrap="CJK" if is_dense(text) else None,
    )
    return Paragraph(marked_up(text, font), style)
