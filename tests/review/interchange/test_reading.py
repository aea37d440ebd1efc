"""Markers that were made elsewhere, in files as those programs write them."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from studio.review.interchange import FORMATS, Clock, MarkedNote
from tests.review.interchange.reels import COUNTED, five_notes, reel

AT_24 = Clock(Fraction(24), start=86400)
AT_2997 = Clock(Fraction(30000, 1001), True, 107892)


def read(key: str, data: str | bytes, clock: Clock = AT_24) -> list[MarkedNote]:
    reader = FORMATS[key].read
    assert reader
    return reader(data.encode() if isinstance(data, str) else data, clock)


def test_markers_of_resolve() -> None:
    notes = read(
        "resolve",
        """TITLE: ( no title )

001  001      V     C        01:00:18:06 01:00:18:07 01:00:18:06 01:00:18:07
Un cheveu à gauche |C:ResolveColorLemon |M:Marker 1 |D:1

002  001      V     C        01:00:20:20 01:00:20:21 01:00:20:20 01:00:20:21
 |C:ResolveColorFuchsia |M:Smoke to remove |D:48
""",
    )
    assert notes == [
        MarkedNote("", 18 * 24 + 6, 18 * 24 + 6, "", "Un cheveu à gauche", colour="yellow"),
        MarkedNote("", 20 * 24 + 20, 20 * 24 + 67, "", "Smoke to remove", colour="pink"),
    ]


def test_locators_of_avid_in_drop_frame() -> None:
    notes = read(
        "edl",
        """TITLE: REEL 1
FCM: DROP FRAME
001  A001C003 V     C        10:00:00;00 10:01:00;02 01:00:00;00 01:01:00;02
* FROM CLIP NAME: A001C003
* LOC: 01:00:59;29 RED     LAST OF THE MINUTE
002  A001C004 V     D    024 10:00:00;00 10:00:10;00 01:01:00;02 01:01:10;02
M2   A001C004       048.0                10:00:00;00
* LOC: 01:01:00:02 CYAN
""",
        AT_2997,
    )
    assert notes == [MarkedNote("", 1799, 1799, "", "LAST OF THE MINUTE", colour="red"), MarkedNote("", 1800, 1800, "", "", colour="cyan")]


def test_what_an_editor_changed_in_a_locator_holds_and_the_rest_stays_ours() -> None:
    film = reel(COUNTED["24"])
    file = FORMATS["edl"].write(film).decode()
    file = file.replace("01:01:00:00 YELLOW ", "01:01:00:05 GREEN  ").replace("n1: > quoted, [open]", "n1: done")
    expected = list(five_notes(COUNTED["24"]))
    back = read("edl", file)
    assert (back[2].first, back[2].last, back[2].colour) == (1445, 1454, "green")
    assert (back[1].id, back[1].text) == ("n1", "done and # hashed")
    assert [back[0], *back[3:]] == [expected[0], *expected[3:]]


def test_locators_alone_are_read_when_a_program_dropped_our_comments() -> None:
    file = FORMATS["edl"].write(reel(COUNTED["24"])).decode()
    bare = "\r\n".join(line for line in file.split("\r\n") if not line.startswith("* FIRSTCUT"))
    back = read("edl", bare)
    assert [note.first for note in back] == [note.first for note in five_notes(COUNTED["24"])]
    assert back[0].text == "Anna Lee #n0: The lamp jumps.\nTwice / or | more."


def test_markers_of_premiere_on_sequence_and_clips() -> None:
    notes = read(
        "premiere",
        """<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE xmeml>
<xmeml version="4"><project><name>P</name><children><bin><name>B</name><children>
<sequence id="s"><name>Reel 1</name><rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>
 <media><video><track>
  <clipitem id="c1"><start>100</start><end>200</end><in>1000</in><out>1100</out>
   <marker><comment>on the clip</comment><name></name><in>1010</in><out>-1</out></marker>
   <marker><comment>trimmed away</comment><name></name><in>900</in><out>-1</out></marker>
   <file id="f"><marker><comment>of the file</comment><in>5</in><out>-1</out></marker></file></clipitem>
  <clipitem id="c2"><rate><timebase>60</timebase><ntsc>TRUE</ntsc></rate><start>-1</start><end>230</end><in>0</in><out>30</out>
   <marker><comment>at the double rate</comment><name>Marker 2</name><in>20</in><out>24</out></marker></clipitem>
 </track></video></media>
 <marker><comment>Too dark</comment><name>Grade</name><in>1799</in><out>-1</out><pproColor>4281740498</pproColor></marker>
 <marker><comment></comment><name>Hold</name><in>1800</in><out>1824</out></marker>
</sequence></children></bin></children></project></xmeml>""",
        AT_2997,
    )
    assert notes == [
        MarkedNote("", 110, 110, "", "on the clip", colour="green"),
        MarkedNote("", 210, 211, "", "at the double rate", colour="green"),
        MarkedNote("", 1799, 1799, "", "Grade\nToo dark", colour="red"),
        MarkedNote("", 1800, 1823, "", "Hold", colour="green"),
    ]


def test_markers_of_final_cut_on_clips_connected_clips_and_storylines() -> None:
    notes = read(
        "fcpxml",
        """<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE fcpxml>
<fcpxml version="1.11"><resources>
 <format id="r1" frameDuration="100/2400s"/><asset id="r2" start="3600s" duration="60s"/><asset id="r3" start="0s" duration="60s"/></resources>
<library><event name="E"><project name="Reel 1"><sequence format="r1" duration="40s" tcStart="3600s"><spine>
 <asset-clip ref="r2" offset="3600s" duration="10s"><marker start="86448/24s" duration="1/24s" value="Marker 1" note="from its timecode"/>
  <asset-clip ref="r3" lane="1" offset="3603s" start="5s" duration="2s">
   <marker start="6s" duration="1/24s" value="Connected" completed="1"/></asset-clip>
  <spine lane="2" offset="3604s"><gap offset="0s" duration="1s"/>
   <clip offset="1s" start="7s" duration="1s"><chapter-marker start="7s" value="Chapter"/></clip></spine>
 </asset-clip>
 <gap offset="3610s" start="3600s" duration="20s"><marker start="3601s" duration="2s" value="Long"/><marker start="3700s" value="trimmed away"/></gap>
 <clip duration="10s" start="0s"><marker start="241/480s" value="between frames"/></clip>
</spine></sequence></project></event></library></fcpxml>""",
    )
    assert notes == [
        MarkedNote("", 48, 48, "", "from its timecode"),
        MarkedNote("", 96, 96, "", "Connected", status="resolved"),
        MarkedNote("", 120, 120, "", "Chapter"),
        MarkedNote("", 264, 311, "", "Long"),
        MarkedNote("", 732, 732, "", "between frames"),
    ]


def test_markers_of_opentimelineio_lie_where_it_says_itself() -> None:
    def marker(name: str, start: float, rate: float = 24, frames: float = 1) -> otio.schema.Marker:
        return otio.schema.Marker(name, TimeRange(RationalTime(start, rate), RationalTime(frames, rate)), color="RED")

    def clip(start: float, frames: float, rate: float = 24) -> otio.schema.Clip:
        return otio.schema.Clip("c", source_range=TimeRange(RationalTime(start, rate), RationalTime(frames, rate)))

    inner = otio.schema.Track("inner", children=[clip(10, 50), clip(0, 50)], source_range=TimeRange(RationalTime(20, 24), RationalTime(60, 24)))
    inner[1].markers.append(marker("nested", 5))
    whole = clip(100, 100, 25)
    whole.markers.append(marker("at another rate", 125, 25))
    clips = [clip(48, 24), otio.schema.Transition(in_offset=RationalTime(5, 24), out_offset=RationalTime(5, 24)), whole, inner]
    clips[0].markers.extend([marker("on a clip", 50, frames=3), marker("trimmed away", 2)])
    timeline = otio.schema.Timeline("t", global_start_time=RationalTime(86400, 24))
    timeline.tracks.append(otio.schema.Track("V1", children=clips))
    timeline.tracks[0].markers.append(marker("on the track", 70))
    timeline.tracks.markers.append(marker("on the whole", 1440, frames=0))
    notes = read("otio", otio.adapters.write_to_string(timeline, "otio_json"))
    assert all(note.colour == "red" for note in notes)
    found = {note.text: (note.first, note.frames) for note in notes}
    expected = {}
    for item in [timeline.tracks, *timeline.find_children()]:
        for made in getattr(item, "markers", []):
            if made.name != "trimmed away":
                time = timeline.tracks.transformed_time(RationalTime(0, 24), timeline.tracks)
                time = item.transformed_time(made.marked_range.start_time, timeline.tracks).rescaled_to(24)
                expected[made.name] = (time.to_frames(), max(1, made.marked_range.duration.to_frames()))
    assert (
        found
        == expected
        == {
            "on a clip": (2, 3),
            "on the track": (70, 1),
            "at another rate": (48, 1),
            "nested": (24 + 96 + 35, 1),
            "on the whole": (1440, 1),
        }
    )


def test_the_first_schema_of_markers_is_read() -> None:
    film = reel(COUNTED["24"])
    old = FORMATS["otio"].write(film).decode().replace("Marker.2", "Marker.1").replace('"marked_range"', '"range"')
    assert read("otio", old) == film.in_order


def test_tables_from_a_spreadsheet_in_another_order() -> None:
    table = 'Comment;Timecode In;Commenter;Status\r\n"Two\nlines; and more";01:00:59:23;Anna;Resolved\r\n;;;\r\n\'=not a sum;01:01:00:00;;\r\n'
    expected = [MarkedNote("", 1439, 1439, "Anna", "Two\nlines; and more", status="resolved"), MarkedNote("", 1440, 1440, "", "=not a sum")]
    assert read("csv", table) == expected
    assert read("csv", table.replace(";", "\t").replace("lines\t", "lines;").encode("utf-16")) == expected


@pytest.mark.parametrize("key", ["premiere", "fcpxml"])
def test_words_added_beneath_a_note_in_the_editing_program_are_kept(key: str) -> None:
    film = reel(COUNTED["24"])
    back = read(
        key, FORMATS[key].write(film).decode().replace("· made=2026-01-02T09:30:00Z]", "· made=2026-01-02T09:30:00Z]&#10;Fixed in the mix.", 1)
    )
    assert back[0].text == f"{film.notes[0].text}\nFixed in the mix."
    assert back[0].replies == film.notes[0].replies
    assert back[1:] == list(film.notes[1:])
