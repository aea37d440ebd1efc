"""Final Cut Pro's XML (FCPXML 1.10): the cut as a project, each note a to-do marker on the clip it begins on.

Times are exact fractions of a second. A clip's `offset` counts in its parent's time, which for the storyline begins at the sequence's
`tcStart`; a marker's `start` counts in its clip's time. A note longer than its clip keeps its length. Colours have no place but the words
(`wording`). Final Cut knows no 48 frames a second; the file says them all the same. Markers on trimmed-away parts are left out when read.

Source: Apple, “FCPXML Reference” and its document type definitions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree as ET

from django.utils.translation import gettext

from studio.review.interchange.bounds import bounded_count, bounded_time
from studio.review.interchange.clock import Clock
from studio.review.interchange.faults import BrokenFile, NotThisFormat, OutsideFilm, at
from studio.review.interchange.reel import MarkedNote, Reel, ReelClip
from studio.review.interchange.tree import Element, as_file, parse
from studio.review.interchange.wording import body, said_in, title

KIND = "FCPXML"
TIME = re.compile(r"(-?\d{1,18})(?:/([1-9]\d{0,9})|\.(\d{1,9}))?s")
MARKERS = ("marker", "chapter-marker")
# What lies on a storyline and has a time of its own.
ITEMS = ("asset-clip", "clip", "gap", "title", "video", "audio", "ref-clip", "sync-clip", "mc-clip", "spine", "audition")


def write(reel: Reel) -> bytes:
    rate = reel.rate

    def time(frames: int) -> str:
        seconds = Fraction(frames) / rate
        return f"{seconds.numerator}s" if seconds.denominator == 1 else f"{seconds.numerator}/{seconds.denominator}s"

    root = ET.Element("fcpxml", version="1.10")
    resources = ET.SubElement(root, "resources")
    frame = f"1001/{rate.numerator}s" if rate.denominator == 1001 else f"{100 * rate.denominator}/{100 * rate.numerator}s"
    ET.SubElement(resources, "format", id="r1", frameDuration=frame, width=str(reel.size[0]), height=str(reel.size[1]))
    assets = _assets(resources, reel.clips, time)
    project = ET.SubElement(ET.SubElement(ET.SubElement(root, "library"), "event", name=reel.name), "project", name=reel.name)
    count = "DF" if reel.drop_frame else "NDF"
    sequence = ET.SubElement(project, "sequence", format="r1", duration=time(reel.frames), tcStart=time(reel.start), tcFormat=count)
    spine, notes = ET.SubElement(sequence, "spine"), reel.in_order
    for clip, start, end in reel.spans():
        item = ET.SubElement(spine, "asset-clip" if clip else "gap", name=(clip.shot or clip.source) if clip else "Gap")
        if clip:
            item.attrib |= {"ref": assets[clip.source], "format": "r1", "tcFormat": "NDF"}
        item.attrib |= {"offset": time(reel.start + start), "start": time(clip.source_in if clip else 0), "duration": time(end - start)}
        while notes and notes[0].first < end:
            note = notes.pop(0)
            ET.SubElement(
                item,
                "marker",
                start=time((clip.source_in if clip else 0) + note.first - start),
                duration=time(note.frames),
                value=title(note),
                completed="1" if note.status == "resolved" else "0",
                note=body(note),
            )
    return as_file(root)


def _assets(resources: ET.Element, clips: tuple[ReelClip, ...], time: Callable[[int], str]) -> dict[str, str]:
    """Ids by source."""
    lengths: dict[str, int] = {}
    for clip in clips:
        lengths[clip.source] = max(lengths.get(clip.source, 0), clip.source_out)
    names = {source: f"r{number}" for number, source in enumerate(lengths, 2)}
    for source, length in lengths.items():
        asset = ET.SubElement(resources, "asset", id=names[source], name=source, start="0s", duration=time(length), hasVideo="1", format="r1")
        ET.SubElement(asset, "media-rep", kind="original-media", src=f"file:///{quote(source)}")
    return names


def read(data: bytes, clock: Clock) -> list[MarkedNote]:
    """The markers and chapter markers of the one project in the file that has any."""
    root = parse(data, "fcpxml", KIND)
    projects = list(root.within("project"))
    sequences = [(project, sequence) for project in projects for sequence in project.all("sequence")]
    if not sequences:
        raise NotThisFormat(gettext("There is no project in the file."), gettext("Select the project of the film, and export that."))
    places = _Places({asset.attributes.get("id", ""): _time(asset, "start", "0s") for asset in root.within("asset")})
    marked = [(project, sequence, markers) for project, sequence in sequences if (markers := list(places.of_sequence(sequence)))]
    if len(marked) > 1:
        names = ", ".join(f"“{project.attributes.get('name', '')[:40]}”" for project, _, _ in marked[:5])
        raise NotThisFormat(
            gettext("Markers are in %(count)s projects: %(names)s.") % {"count": len(marked), "names": names},
            gettext("Export the one that is this film."),
        )
    notes: list[MarkedNote] = []
    for _, sequence, markers in marked:
        with at(sequence.line):
            rate = _rate_of(root, sequence)
            if rate is not None:
                clock.must_be(rate, gettext("The project"))
        for marker, seconds in markers:
            with at(marker.line):
                notes += _notes(marker, seconds, clock)
                bounded_count(len(notes))
    return sorted(notes, key=lambda note: note.first)


def _rate_of(root: Element, sequence: Element) -> Fraction | None:
    """What the sequence's format says, or None if it only has a name."""
    wanted = sequence.attributes.get("format")
    for known in root.within("format"):
        if known.attributes.get("id") == wanted and "frameDuration" in known.attributes:
            duration = _time(known, "frameDuration")
            if duration > 0:
                return 1 / duration
    return None


def _time(element: Element, name: str, default: str | None = None) -> Fraction:
    written = element.attributes.get(name, default or "")
    found = TIME.fullmatch(written)
    if not found:
        raise BrokenFile(
            gettext("<%(element)s> has “%(written)s” as its %(name)s, which is no time.")
            % {"element": element.tag, "written": written[:30], "name": name},
            gettext("Export it again."),
            element.line,
        )
    whole, below, decimals = found.groups()
    return Fraction(f"{whole}.{decimals}") if decimals else Fraction(int(whole), int(below or 1))


@dataclass(frozen=True)
class _Places:
    """Where markers lie. `starts` says by id of an asset where its own time begins, which is also where a clip of it without `start` does."""

    starts: dict[str, Fraction]

    def of_sequence(self, sequence: Element) -> Iterator[tuple[Element, Fraction]]:
        """Each marker with its place in seconds from the beginning of the sequence."""
        for spine in sequence.all("spine"):
            yield from self.along(spine, Fraction(0))

    def along(self, spine: Element, begins: Fraction) -> Iterator[tuple[Element, Fraction]]:
        """What lies on a storyline that itself `begins` at a place in the cut. Without an offset, an item begins where the one before it ends."""
        base = next((_time(item, "offset") for item in spine.children if item.tag in ITEMS and "offset" in item.attributes), Fraction(0))
        end = begins
        for item in spine.children:
            if item.tag not in ITEMS:
                continue
            start = bounded_time(begins + _time(item, "offset") - base if "offset" in item.attributes else end)
            yield from self.on(item, start)
            end = bounded_time(start + _time(item, "duration", "0s"))

    def on(self, item: Element, begins: Fraction) -> Iterator[tuple[Element, Fraction]]:
        """Markers of an item that begins at a place in the cut, and of what is connected to it."""
        if item.tag == "audition":
            for chosen in [child for child in item.children if child.tag in ITEMS][:1]:
                yield from self.on(chosen, begins)
            return
        own = _time(item, "start") if "start" in item.attributes else self.starts.get(item.attributes.get("ref", ""), Fraction(0))
        length = _time(item, "duration") if "duration" in item.attributes else None
        for child in item.children:
            if child.tag in MARKERS:
                place = _time(child, "start")
                if place >= own and (length is None or place < own + length):
                    yield child, begins + place - own
            elif child.tag == "spine":
                yield from self.along(child, bounded_time(begins + _time(child, "offset", "0s") - own))
            elif child.tag in ITEMS:
                yield from self.on(child, bounded_time(begins + _time(child, "offset", "0s") - own))


def _notes(marker: Element, seconds: Fraction, clock: Clock) -> list[MarkedNote]:
    # A marker between two frames, such as on sound, belongs to the frame being shown then.
    first = math.floor(seconds * clock.rate)
    if first < 0:
        raise OutsideFilm(gettext("The marker lies before the film's first frame."), gettext("Move it, and export again."))
    frames = max(1, math.ceil(_time(marker, "duration", "0s") * clock.rate))
    done = marker.attributes.get("completed")
    notes = []
    for said in said_in(marker.attributes.get("value", ""), marker.attributes.get("note", "")):
        if done is not None:
            said.fields["status"] = "resolved" if done == "1" else "open"
        colour = said.colour or "blue"
        notes.append(MarkedNote(first=first, last=first + (said.frames or frames) - 1, colour=colour, **said.fields))
    return notes
