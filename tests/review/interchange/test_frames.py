"""Notes land on their frames in programs that are not ours, at every rate.

OpenTimelineIO and its adapters read what we write. Where an adapter cannot (its EDL reader passes over drop-frame locators, its FCPXML reader
takes 29.97 for 29), the file's own numbers are compared with those worked out by hand.
"""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from studio.review.interchange import FORMATS
from tests.review.interchange.reels import COUNTED, Counted, five_notes, reel

FILMS = pytest.mark.parametrize("film", COUNTED.values(), ids=COUNTED.keys())
WHOLE = pytest.mark.parametrize("film", [film for film in COUNTED.values() if film.rate.denominator == 1], ids=str)


def written(key: str, film: Counted) -> str:
    return FORMATS[key].write(reel(film)).decode()


def seconds(text: str | None) -> Fraction:
    assert text and text.endswith("s")
    return Fraction(text[:-1])


@FILMS
def test_edl_locators_have_the_timecode_worked_out_by_hand(film: Counted) -> None:
    found = re.findall(r"^\* LOC: (\S+) (\w+) ", written("edl", film), re.MULTILINE)
    assert [label for label, _ in found] == list(film.labels.values())
    assert [colour for _, colour in found] == ["MAGENTA", "BLUE", "YELLOW", "BLUE", "BLUE"]
    counts = [otio.opentime.from_timecode(label, float(film.rate)).to_frames() for label, _ in found]
    assert [count - film.start for count in counts] == list(film.labels)


@FILMS
def test_edl_is_read_by_opentimelineio_clip_by_clip(film: Counted) -> None:
    timeline = otio.adapters.read_from_string(written("edl", film), "cmx_3600", rate=float(film.rate))
    (track,) = timeline.tracks
    whole = reel(film)
    clips = [clip for clip in track if clip.metadata.get("cmx_3600", {}).get("reel") != "BL"]
    assert [clip.name for clip in clips] == [clip.source for clip in whole.clips]
    assert [track.range_of_child(clip).start_time.to_frames() for clip in clips] == [clip.record_in for clip in whole.clips]
    assert [clip.source_range.start_time.to_frames() for clip in clips] == [clip.source_in for clip in whole.clips]
    assert [clip.duration().to_frames() for clip in track] == [end - start for _, start, end in whole.spans()]
    marked = [marker.marked_range.start_time.to_frames() - film.start for clip in track for marker in clip.markers]
    assert marked == ([] if film.drop else list(film.labels)), "its reader knows locators with colons only"


@FILMS
def test_resolve_markers_are_events_at_the_timecode_worked_out_by_hand(film: Counted) -> None:
    text = written("resolve", film)
    events = re.findall(r"^\d+  001      V     C        (\S+) (\S+) (\S+) (\S+)  \r$", text, re.MULTILINE)
    assert [event[2] for event in events] == list(film.labels.values())
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=float(film.rate))
    clips = [clip for clip in timeline.tracks[0] if isinstance(clip, otio.schema.Clip)]
    assert [clip.source_range.start_time.to_frames() - film.start for clip in clips] == list(film.labels)
    assert [clip.duration().to_frames() for clip in clips] == [1] * 5
    assert re.findall(r"\|C:ResolveColor(\w+) \|M:(.*) \|D:(\d+)\r$", text, re.MULTILINE) == [
        ("Pink", "Anna Lee #n0", "1"),
        ("Blue", "Anna Lee #n1", "1"),
        ("Sand", "Anna Lee #n2", "10"),
        ("Blue", "Anna Lee #n3", "1"),
        ("Blue", "Anna Lee #n4", "1"),
    ]


@FILMS
def test_otio_markers_stand_on_the_whole(film: Counted) -> None:
    timeline = otio.adapters.read_from_string(written("otio", film), "otio_json")
    notes = five_notes(film)
    assert timeline.global_start_time.to_frames() == film.start
    assert otio.opentime.to_timecode(timeline.global_start_time, float(film.rate), drop_frame=film.drop) == film.labels[0]
    assert [marker.marked_range.start_time.to_frames() for marker in timeline.tracks.markers] == list(film.labels)
    assert [marker.marked_range.duration.to_frames() for marker in timeline.tracks.markers] == [1, 1, 10, 1, 1]
    assert {marker.marked_range.start_time.rate for marker in timeline.tracks.markers} == {float(film.rate)}
    assert [marker.comment for marker in timeline.tracks.markers] == [note.text for note in notes]
    assert timeline.duration().to_frames() == 2 * film.start


@FILMS
def test_premiere_markers_stand_on_the_sequence(film: Counted) -> None:
    timeline = otio.adapters.read_from_string(written("premiere", film), "fcp_xml")
    markers = timeline.tracks.markers
    assert [marker.marked_range.start_time.to_frames() for marker in markers] == list(film.labels)
    assert [marker.marked_range.duration.to_frames() for marker in markers] == [0, 0, 10, 0, 0], "0 is a marker without length"
    assert {marker.marked_range.start_time.rate for marker in markers} == {float(film.rate)}
    assert timeline.global_start_time.to_frames() == film.start
    whole = reel(film)
    clips = [clip for clip in timeline.tracks[0] if isinstance(clip, otio.schema.Clip)]
    assert [timeline.tracks[0].range_of_child(clip).start_time.to_frames() for clip in clips] == [clip.record_in for clip in whole.clips]


@FILMS
def test_fcpxml_times_are_exact_fractions(film: Counted) -> None:
    root = ET.fromstring(written("fcpxml", film).encode())
    sequence = next(root.iter("sequence"))
    assert seconds(sequence.get("tcStart")) == Fraction(film.start) / film.rate
    assert sequence.get("tcFormat") == ("DF" if film.drop else "NDF")
    format_ = next(root.iter("format"))
    assert 1 / seconds(format_.get("frameDuration")) == film.rate
    found: list[tuple[object, ...]] = []
    at = seconds(sequence.get("tcStart"))
    for item in next(root.iter("spine")):
        assert seconds(item.get("offset")) == at, "a storyline has no holes but its gaps"
        at += seconds(item.get("duration"))
        for marker in item.iter("marker"):
            place = seconds(item.get("offset")) - seconds(sequence.get("tcStart")) + seconds(marker.get("start")) - seconds(item.get("start"))
            found.append((place * film.rate, seconds(marker.get("duration")) * film.rate, marker.get("completed")))
    notes = five_notes(film)
    assert found == [(note.first, note.frames, "1" if note.status == "resolved" else "0") for note in notes]


def test_fcpxml_as_a_person_would_write_it() -> None:
    text = written("fcpxml", COUNTED["23.976"])
    assert 'frameDuration="1001/24000s"' in text
    assert 'tcStart="18018/5s"' in text, "86400 frames of 1001/24000 s"
    assert '<marker start="1001/2400s" duration="1001/24000s" value="Anna Lee #n0" completed="1"' in text, "ten frames into its source"


@WHOLE
def test_fcpxml_is_read_by_opentimelineio_at_whole_rates(film: Counted) -> None:
    timeline = otio.adapters.read_from_string(written("fcpxml", film), "fcpx_xml")
    stack = timeline if isinstance(timeline, otio.schema.Timeline) else next(iter(timeline))
    track = stack.tracks[0]
    found = []
    for clip in track:
        for marker in clip.markers:
            # Its tracks begin where the sequence's timecode does.
            place = track.range_of_child(clip).start_time.to_frames() - film.start
            found.append(place + marker.marked_range.start_time.to_frames() - clip.source_range.start_time.to_frames())
    assert found == list(film.labels)
