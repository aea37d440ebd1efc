"""Frames of a film and the timecode that stands for them, both ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext

from studio.projects.rates import timecode
from studio.review.interchange.faults import BrokenFile, OtherRate, OutsideFilm

LABEL = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.,])(\d\d)")
DROPPABLE = (Fraction(30000, 1001), Fraction(60000, 1001))


@dataclass(frozen=True)
class Clock:
    """How a film counts: `rate` in frames a second, and `start`, the frame count that its first frame's timecode stands for.

    At 24 frames a second a film that begins at 01:00:00:00 has `start` 86400; at 29.97 drop-frame one that begins at 01:00:00;00 has
    107892. Timecode goes round after 24 hours, as SMPTE ST 12-1 has it.
    """

    rate: Fraction
    drop_frame: bool = False
    start: int = 0

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError(f"A film cannot run at {self.rate} frames a second.")
        if self.drop_frame and self.rate not in DROPPABLE:
            raise ValueError(f"Drop-frame timecode exists at 29.97 and 59.94 frames a second, not at {self.words}.")
        if not 0 <= self.start < self.day:
            raise ValueError(f"A film starts within the first day of timecode (0 to {self.day - 1} frames), not at {self.start}.")

    @property
    def base(self) -> int:
        """Labels in a second: 30 at 29.97."""
        return -(-self.rate.numerator // self.rate.denominator)

    @property
    def day(self) -> int:
        """Frames until labels repeat."""
        dropped = self.base // 15 if self.drop_frame else 0
        return 144 * (self.base * 600 - 9 * dropped)

    @property
    def words(self) -> str:
        """The rate as people say it: 23.976, 25, 59.94 drop-frame."""
        return f"{float(self.rate):.5g}" + (" drop-frame" if self.drop_frame else "")

    def label(self, frame: int) -> str:
        """Timecode of a frame of the film, counted from 0."""
        return self.count_label(self.start + frame)

    def count_label(self, count: int) -> str:
        """Timecode of a count of frames since 00:00:00:00."""
        return timecode(count % self.day, self.rate.numerator, self.rate.denominator, self.drop_frame)

    def frame(self, label: str) -> int:
        """The frame of the film, from 0, that a timecode stands for. A drop-frame film reads `:` as `;`, because many lists write only that."""
        found = LABEL.fullmatch(label.strip())
        if not found:
            raise BrokenFile(
                gettext("“%(label)s” is not a timecode.") % {"label": label[:40]},
                gettext("Write it as hours:minutes:seconds:frames, such as 01:00:12:07."),
            )
        hours, minutes, seconds, frames = (int(found[n]) for n in (1, 2, 3, 5))
        if found[4] != ":" and not self.drop_frame:
            raise OtherRate(
                gettext("%(label)s is drop-frame timecode, and this film counts %(rate)s without dropping.") % {"label": label, "rate": self.words},
                gettext("Export the list non-drop-frame."),
            )
        if hours > 23 or minutes > 59 or seconds > 59 or frames >= self.base:
            raise BrokenFile(
                gettext("There is no timecode %(label)s at %(rate)s frames a second.") % {"label": label, "rate": self.words},
                gettext("Minutes and seconds go to 59 and frames to %(last)s: was the list exported at another rate?")
                % {"last": f"{self.base - 1:02}"},
            )
        dropped = self.base // 15 if self.drop_frame else 0
        if frames < dropped and seconds == 0 and minutes % 10:
            raise BrokenFile(gettext("Drop-frame timecode skips %(label)s.") % {"label": label}, gettext("Was the list exported non-drop-frame?"))
        whole_minutes = hours * 60 + minutes
        count = (whole_minutes * 60 + seconds) * self.base + frames - dropped * (whole_minutes - whole_minutes // 10)
        frame = (count - self.start) % self.day
        if frame > self.day // 2:
            raise OutsideFilm(
                gettext("%(label)s lies before the film's first frame, %(first)s.") % {"label": label, "first": self.label(0)},
                gettext("Let the sequence in the editing program begin at %(first)s and export again.") % {"first": self.label(0)},
            )
        return frame

    def must_be(self, rate: Fraction, of: str) -> None:
        """Raises `OtherRate` unless `rate` is the film's."""
        if rate != self.rate:
            raise OtherRate(
                gettext("%(of)s runs at %(rate)s frames a second and this film at %(film)s.")
                % {"of": of, "rate": f"{float(rate):.5g}", "film": self.words},
                gettext("Its frames would not be the film's: export it from a sequence at the film's rate."),
            )


def rate_of(number: float) -> Fraction:
    """The rate that a decimal stands for: 23.976, 23.98 and 23.976023976023978 are all 24000/1001."""
    whole = round(number)
    if abs(number - whole) < 1e-4:
        return Fraction(whole)
    up = -(-int(number * 1000) // 1000)
    if abs(number - up * 1000 / 1001) < 0.008:
        return Fraction(up * 1000, 1001)
    return Fraction(number).limit_denominator(1001)
