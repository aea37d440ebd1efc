"""What goes out and comes back: a cut as an editing program would list it, and the notes on its frames."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal

from PIL import Image

from studio.review.interchange.clock import Clock

Status = Literal["open", "resolved"]
Colour = Literal["red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink"]
STATUSES: tuple[Status, ...] = ("open", "resolved")
COLOURS: tuple[Colour, ...] = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink")

# What no XML or list can carry: controls but tab and line feed, halves of surrogate pairs, and what is no character.
UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Text as all formats can carry it: one kind of line end, no control characters, nothing blank around it."""
    return UNSPEAKABLE.sub("", LINE_ENDS.sub("\n", text)).strip()


def clean_line(text: str) -> str:
    """The same, on one line."""
    return " ".join(clean(text).split())


def in_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone.")
    return moment.astimezone(UTC)


@dataclass(frozen=True)
class Reply:
    """Cleaned as it is made. `made_at` is in UTC, or unknown."""

    author: str
    text: str
    made_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "author", clean_line(self.author))
        object.__setattr__(self, "text", clean(self.text))
        object.__setattr__(self, "made_at", in_utc(self.made_at))


@dataclass(frozen=True)
class MarkedNote:
    """A note on the frames `first` to `last` of the cut, **both included**, counted from 0: a note on one frame has both the same.

    Cleaned as it is made (`clean`). What comes back from a file was written there by somebody: `id` names a note of ours only if the file
    says so, may be forged, and is empty for a marker that was made elsewhere, as `author` is where the format does not say.
    """

    id: str
    first: int
    last: int
    author: str
    text: str
    replies: tuple[Reply, ...] = ()
    status: Status = "open"
    colour: Colour = "blue"
    category: str = ""
    shot: str = ""
    version: int | None = None
    made_at: datetime | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last:
            raise ValueError(f"Note {self.id} cannot go from frame {self.first} to frame {self.last}.")
        if self.status not in STATUSES or self.colour not in COLOURS:
            raise ValueError(f"Note {self.id} cannot be {self.status} or {self.colour}.")
        if self.id.split() not in ([], [self.id]):
            raise ValueError(f"“{self.id}” cannot name a note: it has blanks.")
        for name in ("author", "category", "shot"):
            object.__setattr__(self, name, clean_line(getattr(self, name)))
        object.__setattr__(self, "text", clean(self.text))
        object.__setattr__(self, "made_at", in_utc(self.made_at))

    @property
    def frames(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class ReelClip:
    """The use of a source in the cut. Ins are the first frame used, outs the one after the last; source frames count from the source's own 0."""

    shot: str
    source: str
    source_in: int
    source_out: int
    record_in: int

    def __post_init__(self) -> None:
        if not 0 <= self.source_in < self.source_out or self.record_in < 0:
            raise ValueError(f"{self.shot} cannot show frames {self.source_in} to {self.source_out} from frame {self.record_in} on.")
        object.__setattr__(self, "shot", clean_line(self.shot))
        object.__setattr__(self, "source", clean_line(self.source))

    @property
    def frames(self) -> int:
        return self.source_out - self.source_in

    @property
    def record_out(self) -> int:
        return self.record_in + self.frames


Picture = Callable[[MarkedNote], Image.Image | None]


@dataclass(frozen=True)
class Reel:
    """A cut and its notes. `start` is the count that timecode begins at (see `Clock`), `frames` the length, `size` in pixels.

    `clips` come in the order of the cut and do not overlap; between them may be nothing. `picture` gives the frame of a note with what was
    drawn on it, for formats that show pictures; it is called once for each note while such a file is written.
    """

    name: str
    rate: Fraction
    frames: int
    clips: tuple[ReelClip, ...] = ()
    notes: tuple[MarkedNote, ...] = ()
    drop_frame: bool = False
    start: int = 0
    size: tuple[int, int] = (1920, 1080)
    picture: Picture | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean_line(self.name) or "Untitled")
        end = 0
        for clip in self.clips:
            if clip.record_in < end:
                raise ValueError(f"{clip.shot} begins at frame {clip.record_in}, before the clip ahead of it ends.")
            end = clip.record_out
        if end > self.frames:
            raise ValueError(f"The last clip ends at frame {end}, and the cut has {self.frames}.")
        for note in self.notes:
            if note.last >= self.frames:
                raise ValueError(f"Note {note.id} ends at frame {note.last}, and the cut has {self.frames}.")
        _ = self.clock

    @property
    def clock(self) -> Clock:
        return Clock(self.rate, self.drop_frame, self.start)

    @property
    def in_order(self) -> list[MarkedNote]:
        """The notes by frame."""
        return sorted(self.notes, key=lambda note: (note.first, note.last))

    def spans(self) -> list[tuple[ReelClip | None, int, int]]:
        """The whole cut as clips and the holes between them: `(clip or None, from, to)`, `to` excluded."""
        found: list[tuple[ReelClip | None, int, int]] = []
        at = 0
        for clip in self.clips:
            if clip.record_in > at:
                found.append((None, at, clip.record_in))
            found.append((clip, clip.record_in, clip.record_out))
            at = clip.record_out
        if at < self.frames:
            found.append((None, at, self.frames))
        return found
