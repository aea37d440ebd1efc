"""The frame rates and sizes a production can have, and timecode, which is display only."""

from __future__ import annotations

from dataclasses import dataclass

from studio.projects.marking import gettext_noop


@dataclass(frozen=True)
class RateChoice:
    key: str
    label: str
    num: int
    den: int
    drop_frame: bool = False


RATES = (
    RateChoice("23.976", "23.976", 24000, 1001),
    RateChoice("24", "24", 24, 1),
    RateChoice("25", "25", 25, 1),
    RateChoice("29.97df", gettext_noop("29.97 drop-frame"), 30000, 1001, True),
    RateChoice("29.97", gettext_noop("29.97 non-drop"), 30000, 1001),
    RateChoice("30", "30", 30, 1),
    RateChoice("50", "50", 50, 1),
    RateChoice("59.94df", gettext_noop("59.94 drop-frame"), 60000, 1001, True),
    RateChoice("59.94", gettext_noop("59.94 non-drop"), 60000, 1001),
    RateChoice("60", "60", 60, 1),
)
RATE_BY_KEY = {choice.key: choice for choice in RATES}

HEIGHTS = (180, 360, 540, 720, 1080, 2160)
ASPECTS = {"16:9": (16, 9), "2.39:1": (239, 100), "1.85:1": (185, 100), "4:3": (4, 3), "1:1": (1, 1), "9:16": (9, 16)}


def picture_size(height: int, aspect: str) -> tuple[int, int]:
    """Even width and height in pixels. For wide aspects `height` names the 16:9 frame they are cut from, as projectors do."""
    across, down = ASPECTS[aspect]
    if across * 9 > down * 16:
        width = height * 16 // 9
        return width // 2 * 2, round(width * down / across / 2) * 2
    return round(height * across / down / 2) * 2, height // 2 * 2


def timecode(frame: int, num: int, den: int, drop_frame: bool = False) -> str:
    """SMPTE ST 12-1 timecode of a frame counted from 0; drop-frame skips labels 0–1 (0–3 at 59.94) each minute but the tenth."""
    base = -(-num // den)
    if drop_frame:
        dropped = base // 15
        per_ten_minutes = base * 600 - 9 * dropped
        per_minute = base * 60 - dropped
        tens, rest = divmod(frame, per_ten_minutes)
        frame += 9 * dropped * tens + (dropped * ((rest - dropped) // per_minute) if rest > dropped else 0)
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{';' if drop_frame else ':'}{frames:02}"
