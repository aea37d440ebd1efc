"""OpenTimelineIO's own JSON: the cut as one video track, the notes as markers of the whole, with all that is known of each in its metadata.

Written and read as plain data, by the schemas of OpenTimelineIO 0.18 (`Timeline.1`, `Stack.1`, `Track.1`, `Clip.2`, `Gap.1`, `Marker.2`; `Marker.1`
is read too), so that what strangers upload never reaches a parser that is not Python's. Markers of the whole count from the cut's first
frame; those of a clip in the source's time. A marker of a clip outside the part that the cut uses is not in the cut and is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext

from studio.review.interchange import colours
from studio.review.interchange.bounds import SPLIT, bounded_count, bounded_text, bounded_time, decode
from studio.review.interchange.clock import Clock, rate_of
from studio.review.interchange.detail import detail, fields_of
from studio.review.interchange.faults import BrokenFile, NotThisFormat, OutsideFilm, TooLarge
from studio.review.interchange.reel import MarkedNote, Reel
from studio.review.interchange.wording import said_in, title

MAX_OBJECTS, MAX_VALUES = 400_000, 1_500_000
CONTAINERS = ("Stack", "Track")
Json = dict[str, Any]


def write(reel: Reel) -> bytes:
    rate = float(reel.rate)
    children = []
    for clip, start, end in reel.spans():
        used = _range(clip.source_in if clip else 0, end - start, rate)
        name = clip.shot if clip else ""
        common: Json = {"name": name, "source_range": used, "effects": [], "markers": [], "enabled": True, "color": None, "metadata": {}}
        if clip:
            media: Json = {
                "OTIO_SCHEMA": "MissingReference.1",
                "name": clip.source,
                "available_range": None,
                "available_image_bounds": None,
                "metadata": {},
            }
            children.append(
                {"OTIO_SCHEMA": "Clip.2", **common, "media_references": {"DEFAULT_MEDIA": media}, "active_media_reference_key": "DEFAULT_MEDIA"}
            )
        else:
            children.append({"OTIO_SCHEMA": "Gap.1", **common})
    whole: Json = {"source_range": None, "effects": [], "enabled": True, "color": None, "metadata": {}}
    markers = [
        {
            "OTIO_SCHEMA": "Marker.2",
            "name": title(note),
            "color": colours.OTIO[note.colour],
            "marked_range": _range(note.first, note.frames, rate),
            "comment": note.text,
            "metadata": {"firstcut": detail(note)},
        }
        for note in reel.in_order
    ]
    track = {"OTIO_SCHEMA": "Track.1", "name": "V1", "kind": "Video", "children": children, "markers": [], **whole}
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": reel.name,
        "metadata": {"firstcut": {"rate": [reel.rate.numerator, reel.rate.denominator], "drop_frame": reel.drop_frame}},
        "global_start_time": _time(reel.start, rate),
        "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track], "markers": markers, **whole},
    }
    return json.dumps(timeline, ensure_ascii=False, indent=1).encode()


def _time(frames: int, rate: float) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(frames)}


def _range(start: int, frames: int, rate: float) -> Json:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start, rate), "duration": _time(frames, rate)}


def read(data: bytes, clock: Clock) -> list[MarkedNote]:
    """The markers of the whole, of its tracks and of what lies on them, by frame."""
    timeline = _parsed(data)
    notes = []
    try:
        start = timeline.get("global_start_time")
        if isinstance(start, dict):
            clock.must_be(_seconds(start)[1], gettext("The timeline"))
        for marker, at, whole in _Places().markers(timeline["tracks"], Fraction(0)):
            notes += _notes(marker, at, whole, clock)
            bounded_count(len(notes))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenFile(
            gettext("The timeline is not built as OpenTimelineIO builds it (%(problem)s).") % {"problem": error}, gettext("Export it again.")
        ) from error
    return sorted(notes, key=lambda note: note.first)


def _parsed(data: bytes) -> Json:
    text = decode(data)
    if text.count("{") + text.count("[") > MAX_OBJECTS or text.count(",") > MAX_VALUES:
        raise TooLarge(gettext("The timeline holds more objects than are read for its notes."), gettext(SPLIT))
    try:
        timeline = json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenFile(
            gettext("The file is no JSON here (%(problem)s).") % {"problem": error.msg}, gettext("Export it again."), error.lineno
        ) from error
    except (RecursionError, ValueError) as error:
        raise BrokenFile(
            gettext("The file is nested deeper than any timeline, or has a number of no measure."), gettext("Export it again.")
        ) from error
    if isinstance(timeline, dict) and _schema(timeline) == "SerializableCollection":
        timelines = [child for child in timeline.get("children") or [] if _schema(child) == "Timeline"]
        timeline = timelines[0] if len(timelines) == 1 else None
    if _schema(timeline) != "Timeline":
        raise NotThisFormat(gettext("The file holds no timeline of OpenTimelineIO, or more than one."), gettext("Export one timeline as .otio."))
    return dict(timeline)


def _schema(item: object) -> str:
    """`Marker` of `Marker.2`."""
    return str(item.get("OTIO_SCHEMA", "")).partition(".")[0] if isinstance(item, dict) else ""


def _seconds(time: Json) -> tuple[Fraction, Fraction]:
    """A time in seconds, and its rate. Rates are decimals in the file and exact here."""
    rate, value = time["rate"], time["value"]
    if not all(type(number) in (int, float) and math.isfinite(number) for number in (rate, value)) or not 0 < rate < 1e6 or abs(value) > 1e12:
        raise BrokenFile(gettext("A time is %(value)s at a rate of %(rate)s.") % {"value": value, "rate": rate}, gettext("Export it again."))
    exact = rate_of(rate)
    return Fraction(round(value * 65536), 65536) / exact, exact


def _available(item: Json) -> Json:
    """What a clip without a range of its own uses: all of its media."""
    references = item.get("media_references")
    media = references[item["active_media_reference_key"]] if references else item["media_reference"]
    return dict(media["available_range"])


def _own_start(item: Json) -> Fraction:
    """Where an item's own time begins to be used, in seconds."""
    used = item.get("source_range")
    if not used and _schema(item) not in CONTAINERS:
        used = _available(item)
    return _seconds(used["start_time"])[0] if used else Fraction(0)


def _used(marker: Json) -> Json:
    """A marker's range, which its first schema named otherwise."""
    return dict(marker["marked_range"] if "marked_range" in marker else marker["range"])


class _Places:
    """Where things lie in the cut. Lengths are remembered by object, or deep nesting would count them over and over."""

    def __init__(self) -> None:
        self.lengths: dict[int, Fraction] = {}

    def length(self, item: Json) -> Fraction:
        """Seconds that an item lasts where it lies."""
        known = self.lengths.get(id(item))
        if known is None:
            known = self.lengths[id(item)] = bounded_time(self._measure(item))
        return known

    def _measure(self, item: Json) -> Fraction:
        used = item.get("source_range")
        if used:
            return _seconds(used["duration"])[0]
        if _schema(item) not in CONTAINERS:
            return _seconds(_available(item)["duration"])[0]
        total = Fraction(0)
        for child in item["children"]:
            if _schema(child) != "Transition":
                total = bounded_time(total + self.length(child)) if _schema(item) == "Track" else max(total, self.length(child))
        return total

    def markers(self, item: Json, at: Fraction, whole: bool = True) -> Iterator[tuple[Json, Fraction, bool]]:
        """Markers of an item that lies `at` seconds into the cut, and of what is in it: each with its place, and whether it is the cut's own."""
        markers = item.get("markers") or []
        inside = at
        if markers or item.get("source_range"):
            own = _own_start(item)
            inside = bounded_time(at - own)
            for marker in markers:
                place = _seconds(_used(marker)["start_time"])[0]
                if whole or own <= place < own + self.length(item):
                    yield marker, inside + place, whole
        if _schema(item) not in CONTAINERS:
            return
        for child in item["children"]:
            if _schema(child) != "Transition":
                yield from self.markers(child, inside, False)
                if _schema(item) == "Track":
                    inside = bounded_time(inside + self.length(child))


def _notes(marker: Json, at: Fraction, whole: bool, clock: Clock) -> list[MarkedNote]:
    used = _used(marker)
    if whole:
        clock.must_be(_seconds(used["start_time"])[1], gettext("A marker"))
    # A place between two frames, which only a clip at another rate can give, belongs to the frame being shown then.
    first = math.floor(at * clock.rate)
    frames = max(1, math.ceil(_seconds(used["duration"])[0] * clock.rate))
    name, comment = str(marker.get("name") or ""), str(marker.get("comment") or "")
    if first < 0:
        raise OutsideFilm(
            gettext("The marker “%(name)s” lies before the film's first frame.") % {"name": name[:40]}, gettext("Move it, and export again.")
        )
    colour = str(marker.get("color") or "").upper()
    ours = fields_of((marker.get("metadata") or {}).get("firstcut"))
    if ours:
        ours["colour"] = colours.colour_back(ours["colour"], colour, colours.OTIO, colours.FROM_OTIO)
        return [MarkedNote(first=first, last=first + frames - 1, text=bounded_text(comment), **ours)]
    notes = []
    for said in said_in(name, comment):
        shown = colours.colour_back(said.colour, colour, colours.OTIO, colours.FROM_OTIO)
        notes.append(MarkedNote(first=first, last=first + (said.frames or frames) - 1, colour=shown, **said.fields))
    return notes
