"""Notes out of the studio, and back in: one module a format, plain data on both sides.

`FORMATS` has each by key. `write(reel)` gives the file; `read(data, clock)` gives the notes in a file that somebody brings, or raises
`ReadRefused` and has changed nothing. The clock says what such files do not: where the film's timecode begins and whether it drops.
Frames come back exactly, at every rate, from every format that comes back. Who calls `read` still has to ask whether the last frame is
within the film, and whether an `id` is a note of this film: a file can claim anything.

| | comes back | what it loses |
|---|---|---|
| `csv` | yes | nothing of the notes; the cut |
| `pdf` | no | it is for reading: pictures, text, replies |
| `edl` | yes | nothing, as long as programs keep its comments; without those: length, author, id, replies, status, and colours become Avid's eight |
| `resolve` | yes | `|` becomes `¦`; the cut. In Resolve, notes that begin on one frame are one marker |
| `otio` | yes | nothing |
| `fcpxml` | yes | nothing; in Final Cut a marker shows no colour and no length |
| `premiere` | yes | nothing; in Premiere pink shows as purple |

All text is cleaned as notes are made (`reel.clean`): control characters and blanks around it go, line ends are one kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from studio.review.interchange import csv, edl, fcpxml, otio, premiere, resolve
from studio.review.interchange.clock import Clock
from studio.review.interchange.faults import BrokenFile, NotThisFormat, OtherRate, OutsideFilm, ReadRefused, TooLarge
from studio.review.interchange.reel import COLOURS, MarkedNote, Reel, ReelClip, Reply

__all__ = [
    "COLOURS",
    "FORMATS",
    "BrokenFile",
    "Clock",
    "Format",
    "MarkedNote",
    "NotThisFormat",
    "OtherRate",
    "OutsideFilm",
    "ReadRefused",
    "Reel",
    "ReelClip",
    "Reply",
    "TooLarge",
]


@dataclass(frozen=True)
class Format:
    """`label` is what people choose it by; `read` is None for what only goes out."""

    key: str
    label: str
    extension: str
    media_type: str
    write: Callable[[Reel], bytes]
    read: Callable[[bytes, Clock], list[MarkedNote]] | None = None


def _write_pdf(reel: Reel) -> bytes:
    # What sets pages takes most of a second to load, and web processes that never set one need not have it.
    from studio.review.interchange import pdf

    return pdf.write(reel)


FORMATS = {
    made.key: made
    for made in (
        Format("csv", gettext_noop("Table (CSV)"), "csv", "text/csv; charset=utf-8", csv.write, csv.read),
        Format("pdf", gettext_noop("PDF with the annotated frames"), "pdf", "application/pdf", _write_pdf),
        Format("edl", gettext_noop("EDL with locators (Avid, Premiere)"), "edl", "text/plain; charset=utf-8", edl.write, edl.read),
        Format("resolve", gettext_noop("Timeline markers (DaVinci Resolve)"), "edl", "text/plain; charset=utf-8", resolve.write, edl.read),
        Format("otio", "OpenTimelineIO", "otio", "application/json", otio.write, otio.read),
        Format("fcpxml", gettext_noop("Final Cut Pro (FCPXML)"), "fcpxml", "application/xml", fcpxml.write, fcpxml.read),
        Format("premiere", gettext_noop("Premiere Pro (Final Cut Pro 7 XML)"), "xml", "application/xml", premiere.write, premiere.read),
    )
}
