"""Final Cut Pro 7's XML (`xmeml` 4), which Premiere, Resolve and Avid read: the cut as a sequence of offline clips, the notes as its markers.

Markers of a sequence count frames from its beginning, whatever its timecode; `in` is the first and `out` the one after the last, or −1 for a
marker without length. What a marker has no place for stands in its comment (`wording`). Premiere's colours ride in `pproColor`.
Markers on clips are read too, in the part of the clip that the cut uses; those of nested sequences are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree as ET

from django.utils.translation import gettext

from studio.review.interchange import colours
from studio.review.interchange.bounds import bounded_count
from studio.review.interchange.clock import Clock
from studio.review.interchange.faults import BrokenFile, NotThisFormat, OutsideFilm, at
from studio.review.interchange.reel import MarkedNote, Reel
from studio.review.interchange.tree import Element, as_file, parse
from studio.review.interchange.wording import body, said_in, title

KIND = "Final Cut Pro 7 XML"


def write(reel: Reel) -> bytes:
    root = ET.Element("xmeml", version="4")
    sequence = ET.SubElement(root, "sequence", id="sequence-1")
    _text(sequence, "name", reel.name)
    _text(sequence, "duration", reel.frames)
    _rate(sequence, reel.rate)
    timecode = ET.SubElement(sequence, "timecode")
    _rate(timecode, reel.rate)
    _text(timecode, "string", reel.clock.label(0))
    _text(timecode, "frame", reel.start)
    _text(timecode, "displayformat", "DF" if reel.drop_frame else "NDF")
    video = ET.SubElement(ET.SubElement(sequence, "media"), "video")
    picture = ET.SubElement(ET.SubElement(video, "format"), "samplecharacteristics")
    _rate(picture, reel.rate)
    _text(picture, "width", reel.size[0])
    _text(picture, "height", reel.size[1])
    _text(picture, "pixelaspectratio", "square")
    _track(ET.SubElement(video, "track"), reel)
    for note in reel.in_order:
        marker = ET.SubElement(sequence, "marker")
        _text(marker, "comment", body(note))
        _text(marker, "name", title(note))
        _text(marker, "in", note.first)
        _text(marker, "out", note.last + 1 if note.frames > 1 else -1)
        colour = colours.PREMIERE[note.colour]
        if colour is not None:
            _text(marker, "pproColor", colour)
    return as_file(root)


def _track(track: ET.Element, reel: Reel) -> None:
    lengths: dict[str, int] = {}
    for clip in reel.clips:
        lengths[clip.source] = max(lengths.get(clip.source, 0), clip.source_out)
    files: dict[str, str] = {}
    for number, clip in enumerate(reel.clips, 1):
        item = ET.SubElement(track, "clipitem", id=f"clipitem-{number}")
        _text(item, "name", clip.shot or clip.source)
        _text(item, "duration", lengths[clip.source])
        _rate(item, reel.rate)
        for tag, frame in (("start", clip.record_in), ("end", clip.record_out), ("in", clip.source_in), ("out", clip.source_out)):
            _text(item, tag, frame)
        known = clip.source in files
        file = ET.SubElement(item, "file", id=files.setdefault(clip.source, f"file-{len(files) + 1}"))
        if not known:
            _text(file, "name", clip.source)
            _text(file, "pathurl", f"file://localhost/{quote(clip.source)}")
            _rate(file, reel.rate)
            _text(file, "duration", lengths[clip.source])
            ET.SubElement(ET.SubElement(file, "media"), "video")


def _text(parent: ET.Element, tag: str, value: object) -> None:
    ET.SubElement(parent, tag).text = str(value)


def _rate(parent: ET.Element, rate: Fraction) -> None:
    element = ET.SubElement(parent, "rate")
    _text(element, "timebase", -(-rate.numerator // rate.denominator))
    _text(element, "ntsc", "TRUE" if rate.denominator == 1001 else "FALSE")


def read(data: bytes, clock: Clock) -> list[MarkedNote]:
    """The markers of the one sequence in the file that has any."""
    root = parse(data, "xmeml", KIND)
    found = [(sequence, list(_markers(sequence, clock))) for sequence in _sequences(root)]
    if not found:
        raise NotThisFormat(
            gettext("There is no sequence in the file."), gettext("Select the sequence of the film, and export that as Final Cut Pro XML.")
        )
    marked = [(sequence, markers) for sequence, markers in found if markers]
    if len(marked) > 1:
        names = ", ".join(f"“{sequence.words('name')[:40]}”" for sequence, _ in marked[:5])
        raise NotThisFormat(
            gettext("Markers are on %(count)s sequences: %(names)s.") % {"count": len(marked), "names": names},
            gettext("Export the one that is this film."),
        )
    notes: list[MarkedNote] = []
    for sequence, markers in marked:
        with at(sequence.line):
            rate = _rate_of(sequence, None)
            if rate is not None:
                clock.must_be(rate, gettext("The sequence"))
        for marker, first, frames in markers:
            with at(marker.line):
                notes += _notes(marker, first, frames)
                bounded_count(len(notes))
    return sorted(notes, key=lambda note: note.first)


def _sequences(element: Element) -> Iterator[Element]:
    """Those of the file and its bins, but not what a sequence holds."""
    for child in element.children:
        if child.tag == "sequence":
            yield child
        elif child.tag in ("project", "children", "bin"):
            yield from _sequences(child)


def _rate_of(element: Element, inherited: Fraction | None) -> Fraction | None:
    base = element.words("rate/timebase")
    if not base:
        return inherited
    if not re.fullmatch(r"[1-9]\d{0,3}", base):
        raise BrokenFile(gettext("“%(written)s” is no timebase.") % {"written": base[:20]}, gettext("Export it again."))
    return Fraction(int(base) * 1000, 1001) if element.words("rate/ntsc").upper() == "TRUE" else Fraction(int(base))


def _number(element: Element, tag: str, default: int | None = None) -> int:
    written = element.words(tag, "" if default is None else str(default))
    if not re.fullmatch(r"-?\d{1,12}(\.0+)?", written):
        raise BrokenFile(
            gettext("<%(element)s> has “%(written)s” as its <%(tag)s>, which is no frame.")
            % {"element": element.tag, "written": written[:20], "tag": tag},
            gettext("Export it again."),
            element.line,
        )
    return int(written.partition(".")[0])


def _markers(sequence: Element, clock: Clock) -> Iterator[tuple[Element, int, int]]:
    """Each marker with its first frame in the cut and its length."""
    for marker in sequence.all("marker"):
        first = _number(marker, "in")
        yield marker, first, _length(marker, first)
    rate = _rate_of(sequence, None) or clock.rate
    for track in [track for video in sequence.all("media") for kind in ("video", "audio") for area in video.all(kind) for track in area.all("track")]:
        for clip in track.all("clipitem"):
            markers = clip.all("marker")
            if not markers:
                continue
            own = _rate_of(clip, rate) or rate
            start, end = _number(clip, "start", -1), _number(clip, "end", -1)
            used = _number(clip, "in", 0), _number(clip, "out", 0)
            if start < 0:
                start = end - (used[1] - used[0])
            for marker in markers:
                place = _number(marker, "in")
                if used[0] <= place < used[1]:
                    yield marker, start + math.floor((place - used[0]) * rate / own), max(1, math.ceil(_length(marker, place) * rate / own))


def _length(marker: Element, first: int) -> int:
    out = _number(marker, "out", -1)
    return max(1, out - first) if out >= 0 else 1


def _notes(marker: Element, first: int, frames: int) -> list[MarkedNote]:
    if first < 0:
        raise OutsideFilm(gettext("The marker lies before the film's first frame."), gettext("Move it, and export again."))
    written = marker.words("pproColor")
    colour = int(written) if re.fullmatch(r"\d{1,10}", written) else None
    notes = []
    for said in said_in(marker.words("name"), marker.words("comment")):
        shown = colours.colour_back(said.colour, colour, colours.PREMIERE, colours.FROM_PREMIERE)
        notes.append(MarkedNote(first=first, last=first + (said.frames or frames) - 1, colour=shown, **said.fields))
    return notes
