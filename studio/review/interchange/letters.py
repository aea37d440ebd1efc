"""Letters for a PDF: open fonts (generation/media/fonts), each character in the first that has it, and only those used embedded."""

from __future__ import annotations

import threading
import unicodedata
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parents[3] / "generation" / "media" / "fonts"
PLAIN, BOLD, CJK = "FirstcutSans", "FirstcutSans-Bold", "FirstcutCJK"
# Latin, Greek, Cyrillic and signs; then Chinese, Japanese and Korean.
FILES = {
    PLAIN: "DejaVuSans.ttf",
    BOLD: "DejaVuSans-Bold.ttf",
    CJK: "DroidSansFallback.ttf",
}
UNSEEN = {0xFE0E, 0xFE0F, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF}
_loading = threading.Lock()
_characters: dict[str, frozenset[int]] = {}


def load() -> None:
    """Makes the fonts known to reportlab, once a process."""
    with _loading:
        for name, file in FILES.items():
            if name not in _characters:
                font = TTFont(name, str(FOLDER / file))
                pdfmetrics.registerFont(font)
                _characters[name] = frozenset(font.face.charToGlyph)


def _font_for(code: int, first: str) -> str | None:
    return next((font for font in (first, CJK) if code in _characters[font]), None)


def marked_up(text: str, font: str = PLAIN) -> str:
    """Text as a reportlab paragraph: escaped, line ends kept, in `font` or the first that has a character.

    A sign that no font has (an emoji) is named, `[thumbs up sign]`; a letter that none has is a box, and so visibly missing.
    """
    runs: list[tuple[str, str]] = []
    for character in unicodedata.normalize("NFC", text):
        if ord(character) in UNSEEN or (unicodedata.category(character) == "Sk" and ord(character) > 0xFFFF):
            continue
        if character == "\n":
            chosen, shown = "", "<br/>"
        elif character.isspace():
            chosen, shown = runs[-1][0] if runs and runs[-1][0] else font, " "
        else:
            found = _font_for(ord(character), font)
            name = unicodedata.name(character, "").lower() if unicodedata.category(character) == "So" else ""
            chosen, shown = found or font, escape(character if found else f"[{name}]" if name else "□")
        if runs and runs[-1][0] == chosen:
            runs[-1] = (chosen, runs[-1][1] + shown)
        else:
            runs.append((chosen, shown))
    return "".join(shown if chosen in ("", font) else f'<font name="{chosen}">{shown}</font>' for chosen, shown in runs)


def is_dense(text: str) -> bool:
    """Whether lines of it may break between any two characters, as in Chinese and Japanese, because there are no blanks to break at."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return wide * 3 > len(text)
