"""CMX3600: the cut as events, and each note as a locator (`* LOC:`) under the event it falls on, as Avid and Premiere have them.

A locator is a timecode, one of eight colours and words on one line. What it cannot hold stands in the comment after it
(`* FIRSTCUT {…}`, see `detail`), which programs leave alone; the reader takes from it what the locator does not contradict. Reels are `AX` with
the source's name beneath, source timecode counts from 00:00:00:00, and a hole in the cut is an event of black. There are lists of more
than 999 events, though CMX's own machines ended there.

`read` takes this and Resolve's marker lists (`resolve`), also mixed. An EDL does not say its rate or where the film begins: `Clock` does.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext

from studio.review.interchange import colours, resolve
from studio.review.interchange.bounds import MAX_LINE, bounded_count, bounded_text, decode
from studio.review.interchange.clock import Clock
from studio.review.interchange.detail import detail, fields_of
from studio.review.interchange.faults import BrokenFile, NotThisFormat, OtherRate, TooLarge, at
from studio.review.interchange.reel import MarkedNote, Reel, clean
from studio.review.interchange.wording import in_lines, on_one_line, title

TC = r"\d\d?[:;.,]\d\d[:;.,]\d\d[:;.,]\d\d"
EVENT = re.compile(rf"\s*\d+\s+\S+\s+\S+\s+[A-Z]\w*(?:\s+\d+)?\s+({TC})\s+({TC})\s+({TC})\s+({TC})\s*")
LOCATOR = re.compile(r"\*?\s*LOC:\s*(\S+)\s+(\S+)(?:\s+(.*))?")
FIELDS = "* FIRSTCUT "


def write(reel: Reel) -> bytes:
    clock, notes = reel.clock, reel.in_order
    lines = [f"TITLE: {reel.name}", f"FCM: {'' if reel.drop_frame else 'NON-'}DROP FRAME", ""]
    for number, (clip, start, end) in enumerate(reel.spans(), 1):
        source = clip.source_in if clip else 0
        times = (clock.count_label(source), clock.count_label(source + end - start), clock.label(start), clock.label(end))
        lines.append(f"{number:03}  {'AX' if clip else 'BL':8} V     C        {' '.join(times)}")
        if clip:
            lines.append(f"* FROM CLIP NAME: {clip.source}")
            if clip.shot:
                lines.append(f"* SHOT: {clip.shot}")
        while notes and notes[0].first < end:
            note = notes.pop(0)
            lines.append(f"* LOC: {clock.label(note.first)} {colours.AVID[note.colour]:7} {_words(note)}")
            lines.append(FIELDS + json.dumps({**detail(note), "frames": note.frames, "text": note.text}))
        lines.append("")
    return "\r\n".join(lines).encode()


def _words(note: MarkedNote) -> str:
    return f"{title(note)}: {on_one_line(note.text)}".strip()


@dataclass
class _List:
    """What has been read so far."""

    clock: Clock
    counted: bool | None = None  # what the last FCM line said: True drop-frame, False non-drop
    is_one: bool = False  # whether anything shows that the file is a list of edits
    record_in: str = ""
    pending: list[str] = field(default_factory=list)
    notes: list[MarkedNote] = field(default_factory=list)
    located: tuple[int, int, str, str] | None = None  # the last locator: index of its note, frame, colour, words

    def frame(self, label: str) -> int:
        marked = any(sign in label for sign in ";.,")
        if self.clock.drop_frame and not marked and self.counted is False:
            raise OtherRate(
                gettext("%(label)s is counted without dropping, and this film drops.") % {"label": label},
                gettext("Export the list with drop-frame timecode."),
            )
        return self.clock.frame(label)

    def line(self, line: str) -> None:
        located, self.located = self.located, None
        event = EVENT.fullmatch(line)
        if event:
            self.is_one = True
            self.record_in, self.pending = event[3], []
            self.frame(event[3])
        elif line.startswith("FCM:"):
            self.is_one, self.counted = True, "NON" not in line
        elif line.startswith(FIELDS):
            if located:
                self._complete(located, line.removeprefix(FIELDS))
        elif found := LOCATOR.fullmatch(line):
            self._locate(found[1], found[2], found[3] or "")
        elif resolve.TAGS.search(line):
            if not self.record_in:
                raise BrokenFile(
                    gettext("A marker stands here before any event."), gettext("Each marker belongs under the event that has its timecode.")
                )
            self.notes += resolve.notes_of(self.frame(self.record_in), "\n".join([*self.pending, line]))
            self.pending = []
        elif len(re.findall(TC, line)) == 4 and line[:1].isdigit():
            raise BrokenFile(
                gettext("An event is not written as CMX3600 has it."), gettext("It is: number, reel, track, transition, four timecodes.")
            )
        elif line and not line.startswith(("*", "TITLE:", ">>>", "M2 ", "SPLIT:")):
            self.pending.append(line)
        bounded_count(len(self.notes))

    def _locate(self, label: str, colour: str, words: str) -> None:
        frame = self.frame(label)
        text = clean(in_lines(bounded_text(words)))
        self.located = (len(self.notes), frame, colour, words)
        self.notes.append(MarkedNote("", frame, frame, "", text, colour=colours.FROM_AVID.get(colour.upper(), "red")))

    def _complete(self, located: tuple[int, int, str, str], written: str) -> None:
        """What we wrote about the locator above, as far as that still says what it said."""
        index, frame, colour, words = located
        try:
            data = json.loads(written)
            fields = fields_of(data)
        except (json.JSONDecodeError, RecursionError):
            raise BrokenFile(
                gettext("What the studio wrote about a note was changed."), gettext("Remove this line: the locator above is read without it.")
            ) from None
        if fields is None:
            return
        frames, text = data.get("frames"), data.get("text")
        if type(frames) is not int or not 1 <= frames <= self.clock.day or not isinstance(text, str):
            raise BrokenFile(
                gettext("What the studio wrote about a note was changed."), gettext("Remove this line: the locator above is read without it.")
            )
        fields["colour"] = colours.colour_back(fields["colour"], colour.upper(), colours.AVID, colours.FROM_AVID)
        note = MarkedNote(first=frame, last=frame + frames - 1, text=bounded_text(text), **fields)
        if _words(note).split() != words.split():
            ours = f"{title(note)}: "
            fields["text"] = in_lines(words.removeprefix(ours))
            note = MarkedNote(first=frame, last=frame + frames - 1, **fields)
        self.notes[index] = note


def read(data: bytes, clock: Clock) -> list[MarkedNote]:
    """The locators and markers of a list, in its order. An event without any is the cut's affair and no note."""
    found = _List(clock)
    for number, line in enumerate(io.StringIO(decode(data), newline=None), 1):
        if len(line) > MAX_LINE:
            raise TooLarge(gettext("The line is too long for a list of edits."), gettext("Is this an EDL?"), number)
        with at(number):
            found.line(line.strip())
    if not found.is_one and not found.notes:
        raise NotThisFormat(
            gettext("Nothing in it is an event or a locator: the file is no CMX3600 list."), gettext("Choose its own format, or export an EDL.")
        )
    return found.notes
