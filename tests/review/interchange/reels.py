"""Films to export notes from: every rate, and frames whose timecode was worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction

from studio.review.interchange import MarkedNote, Reel, ReelClip, Reply

MADE = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Counted:
    """A film that begins at one hour: `start` is that hour in frames, `labels` what five of its frames are called."""

    rate: Fraction
    drop: bool
    start: int
    labels: dict[int, str]


# Frame 0; the last of the first minute; the first of the second; the first of the eleventh; the eighth after an hour of timecode.
FILM = Fraction(24000, 1001)
NTSC, NTSC_DOUBLE = Fraction(30000, 1001), Fraction(60000, 1001)
OF_24 = {0: "01:00:00:00", 1439: "01:00:59:23", 1440: "01:01:00:00", 14400: "01:10:00:00", 86407: "02:00:00:07"}
OF_25 = {0: "01:00:00:00", 1499: "01:00:59:24", 1500: "01:01:00:00", 15000: "01:10:00:00", 90007: "02:00:00:07"}
OF_30 = {0: "01:00:00:00", 1799: "01:00:59:29", 1800: "01:01:00:00", 18000: "01:10:00:00", 108007: "02:00:00:07"}
OF_48 = {0: "01:00:00:00", 2879: "01:00:59:47", 2880: "01:01:00:00", 28800: "01:10:00:00", 172807: "02:00:00:07"}
OF_50 = {0: "01:00:00:00", 2999: "01:00:59:49", 3000: "01:01:00:00", 30000: "01:10:00:00", 180007: "02:00:00:07"}
OF_60 = {0: "01:00:00:00", 3599: "01:00:59:59", 3600: "01:01:00:00", 36000: "01:10:00:00", 216007: "02:00:00:07"}
# Two labels of each minute but the tenth are skipped, so an hour has 108000 − 108 of them; at the double rate four, and 216000 − 216.
DROPPED = {0: "01:00:00;00", 1799: "01:00:59;29", 1800: "01:01:00;02", 17982: "01:10:00;00", 107899: "02:00:00;07"}
DROPPED_DOUBLE = {0: "01:00:00;00", 3599: "01:00:59;59", 3600: "01:01:00;04", 35964: "01:10:00;00", 215791: "02:00:00;07"}

COUNTED = {
    "23.976": Counted(FILM, False, 86400, OF_24),
    "24": Counted(Fraction(24), False, 86400, OF_24),
    "25": Counted(Fraction(25), False, 90000, OF_25),
    "29.97": Counted(NTSC, False, 108000, OF_30),
    "29.97df": Counted(NTSC, True, 107892, DROPPED),
    "30": Counted(Fraction(30), False, 108000, OF_30),
    "48": Counted(Fraction(48), False, 172800, OF_48),
    "50": Counted(Fraction(50), False, 180000, OF_50),
    "59.94": Counted(NTSC_DOUBLE, False, 216000, OF_60),
    "59.94df": Counted(NTSC_DOUBLE, True, 215784, DROPPED_DOUBLE),
    "60": Counted(Fraction(60), False, 216000, OF_60),
}

WORDS = (
    "The lamp jumps.\nTwice / or | more.",
    "> quoted, [open] and # hashed",
    "ランプの光が、二回ちらつきます。",
    "Свет слишком яркий: исправить?",
    "=SUM(A1) is no formula",
)


def five_notes(film: Counted) -> tuple[MarkedNote, ...]:
    """On the five frames; the third lasts ten frames, the first has replies and is resolved."""
    notes = [MarkedNote(f"n{number}", frame, frame, "Anna Lee", WORDS[number], made_at=MADE) for number, frame in enumerate(film.labels)]
    replies = (Reply("Ben: Ode", "Only in take 3,\n\nand only at the end.", MADE), Reply("山田", "はい"))
    notes[0] = replace(notes[0], replies=replies, status="resolved", colour="pink", category="continuity", shot="12A", version=3)
    notes[2] = replace(notes[2], last=notes[2].first + 9, colour="orange")
    return tuple(notes)


def reel(film: Counted, notes: tuple[MarkedNote, ...] | None = None) -> Reel:
    """Two hours in three clips with a hole of a second before the last. The first source is used twice, from different frames."""
    hour = film.start
    second = hour // 3600
    clips = (
        ReelClip("12A", "s12a take 3.mov", 10, hour // 2 + 10, 0),
        ReelClip("13", "s13 & 14.mov", 0, hour // 4, hour // 2),
        ReelClip("14", "s12a take 3.mov", 500, 500 + hour, hour // 2 + hour // 4 + second),
    )
    return Reel(
        "The Lighthouse, reel 1",
        film.rate,
        2 * hour,
        clips,
        five_notes(film) if notes is None else notes,
        drop_frame=film.drop,
        start=film.start,
        size=(320, 180),
    )
