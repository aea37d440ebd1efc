"""DaVinci Resolve's list of timeline markers, as its “Timeline Markers to EDL” writes and its import reads them.

Each marker is an event of one frame, and beneath it one line: the note, then `|C:` its colour, `|M:` its name and `|D:` its length in
frames. Resolve keeps one marker a frame, so notes that begin on the same one share it (`wording`). Line ends are ` / `, and `|` is `¦`.
A line that begins with a digit would be taken for an event, so the note's gets a `\\`, which the reader takes away.

Resolve's CSV is of the edit index, goes only out, and is not documented for markers: this list is the way in.
"""

from __future__ import annotations

import re
from itertools import groupby

from studio.review.interchange import colours
from studio.review.interchange.bounds import bounded_text
from studio.review.interchange.reel import MarkedNote, Reel
from studio.review.interchange.wording import in_lines, on_one_line, said_in, together

TAGS = re.compile(r"\|(?:C:ResolveColor|M:|D:\d)")
TAG = re.compile(r"\|([CMD]):([^|]*)")
MAX_FRAMES = 24 * 3600 * 120


def write(reel: Reel) -> bytes:
    clock = reel.clock
    lines = [f"TITLE: {reel.name}", f"FCM: {'' if reel.drop_frame else 'NON-'}DROP FRAME", ""]
    for number, (first, notes) in enumerate(groupby(reel.in_order, key=lambda note: note.first), 1):
        here = list(notes)
        name, comment = (on_one_line(words).replace("|", "¦") for words in together(here))
        if comment[:1].isdigit() or comment[:1] == "*":
            comment = f"\\{comment}"
        start, end = clock.label(first), clock.label(first + 1)
        lines.append(f"{number:03}  001      V     C        {start} {end} {start} {end}  ")
        lines.append(f"{comment} |C:ResolveColor{colours.RESOLVE[here[0].colour]} |M:{name} |D:{here[0].frames}")
        lines.append("")
    return "\r\n".join(lines).encode()


def notes_of(frame: int, marker: str) -> list[MarkedNote]:
    """The notes of a marker that begins at `frame`: its words, then its tags."""
    words = in_lines(bounded_text(marker[: marker.index("|")].rstrip()))
    tags = {found[1]: found[2].strip() for found in TAG.finditer(marker)}
    frames = tags.get("D", "1")
    length = min(int(frames), MAX_FRAMES) if re.fullmatch(r"[1-9]\d{0,8}", frames) else 1
    colour = tags.get("C", "").removeprefix("ResolveColor")
    notes: list[MarkedNote] = []
    for said in said_in(in_lines(tags.get("M", "")), words):
        if not said.ours:
            said.fields["text"] = said.fields["text"].removeprefix("\\")
        shown = colours.colour_back(said.colour, colour, colours.RESOLVE, colours.FROM_RESOLVE) if not notes else said.colour or "blue"
        notes.append(MarkedNote(first=frame, last=frame + (said.frames or length) - 1, colour=shown, **said.fields))
    return notes
