"""A table for people and spreadsheets: RFC 4180, UTF-8 with the mark that Excel needs.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which the reader takes away again. Read back are tables
with a text and a frame or a timecode, in any order of columns, with commas, semicolons or tabs. Frames hold; where a row has a timecode
besides and they disagree, somebody edited one of them, and we ask which.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from studio.review.interchange.bounds import MAX_CELLS, SPLIT, bounded_count, bounded_text, decode
from studio.review.interchange.clock import Clock
from studio.review.interchange.faults import BrokenFile, NotThisFormat, OutsideFilm, TooLarge, at
from studio.review.interchange.reel import COLOURS, STATUSES, MarkedNote, Reel, clean_line
from studio.review.interchange.wording import body, moment_of, said_in, stamp

COLUMNS = (
    ("id", "Note"),
    ("first", "Frame in"),
    ("last", "Frame out"),
    ("timecode", "Timecode in"),
    ("timecode_out", "Timecode out"),
    ("author", "Author"),
    ("text", "Text"),
    ("replies", "Replies"),
    ("status", "Status"),
    ("colour", "Colour"),
    ("category", "Category"),
    ("shot", "Shot"),
    ("version", "Version"),
    ("made_at", "Made at (UTC)"),
)
# What others call them.
ALSO = {
    "id": "id",
    "frame": "first",
    "timecode": "timecode",
    "record in": "timecode",
    "comment": "text",
    "comments": "text",
    "note text": "text",
    "color": "colour",
    "commenter": "author",
    "user": "author",
}
NAMES = {**ALSO, **{heading.lower(): key for key, heading in COLUMNS}}
FORMULA = re.compile(r"\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]|'\s*['=+\-@\uff1d\uff0b\uff0d\uff20]")
GUARDED = re.compile(r"'(?=\s*['=+\-@\uff1d\uff0b\uff0d\uff20])")


def guard(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    return GUARDED.sub("", cell, count=1) if GUARDED.match(cell) else cell


def write(reel: Reel) -> bytes:
    clock = reel.clock
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([heading for _, heading in COLUMNS])
    for note in reel.in_order:
        replies = body(MarkedNote("", 0, 0, "", "", note.replies)).split("\n")[:-1]
        row = {
            "id": note.id,
            "first": note.first,
            "last": note.last,
            "timecode": clock.label(note.first),
            "timecode_out": clock.label(note.last),
            "author": note.author,
            "text": note.text,
            "replies": "\n".join(replies),
            "status": note.status,
            "colour": note.colour,
            "category": note.category,
            "shot": note.shot,
            "version": "" if note.version is None else note.version,
            "made_at": stamp(note.made_at) if note.made_at else "",
        }
        table.writerow([guard(str(row[key])) for key, _ in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def read(data: bytes, clock: Clock) -> list[MarkedNote]:
    text = decode(data)
    columns, rows = _opened(text)
    notes = []
    for line, cells in rows:
        with at(line):
            row = {key: unguard(cell) for key, cell in zip(columns, cells, strict=False) if key}
            if any(cell.strip() for cell in row.values()):
                notes.append(_note(row, clock))
            bounded_count(len(notes))
    return notes


def _opened(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    heading = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    if text.count(delimiter) > MAX_CELLS:
        raise TooLarge(gettext("The table has more cells than are read for its notes."), gettext(SPLIT))
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = _rows(table)
    _, headings = next(rows, (0, []))
    columns = [NAMES.get(clean_line(cell).lower(), "") for cell in headings]
    doubled = next((key for key in columns if key and columns.count(key) > 1), None)
    if "text" not in columns or not {"first", "timecode"} & set(columns) or doubled:
        raise NotThisFormat(
            gettext("The first row has two columns for the %(doubled)s.") % {"doubled": doubled}
            if doubled
            else gettext("The first row does not name the columns of a table of notes."),
            gettext("It needs “Text”, and “Frame in” or “Timecode in”; “Author”, “Frame out”, “Status”, “Replies” and others may follow."),
            1,
        )
    return columns, rows


def _rows(table: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, with the line each begins at."""
    while True:
        line = table.line_num + 1
        try:
            row = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            do = gettext("Quotes within a cell are doubled, and cells with line ends stand in quotes.")
            raise BrokenFile(gettext("The row cannot be read (%(problem)s).") % {"problem": error}, do, line) from error
        if row:
            yield line, row


def _note(row: dict[str, str], clock: Clock) -> MarkedNote:
    first = _frame(row, clock, "first", "timecode")
    if first is None:
        raise BrokenFile(gettext("The row has no frame and no timecode."), gettext("Give it “Frame in” or “Timecode in”, or empty the row."))
    last = _frame(row, clock, "last", "timecode_out")
    last = first if last is None else last
    if last < first:
        raise BrokenFile(
            gettext("The note goes from frame %(first)s back to frame %(last)s.") % {"first": first, "last": last},
            gettext("“Frame out” is a note's last frame, not before its first."),
        )
    status, colour, version = (row.get(key, "").strip().lower() for key in ("status", "colour", "version"))
    said = said_in("", f"{row.get('replies', '').strip()}\n[open]")[0].fields
    if said["text"]:
        raise BrokenFile(
            gettext("The replies are not written as they went out."),
            gettext("Each is a line “> author: text”, and its further lines begin with “>> ”."),
        )
    if status and status not in STATUSES:
        raise BrokenFile(gettext("A note cannot be “%(written)s”.") % {"written": status[:40]}, gettext("It is open or resolved."))
    name = row.get("id", "").strip()
    return MarkedNote(
        id=name if len(name.split()) < 2 else "",
        first=first,
        last=last,
        author=row.get("author", ""),
        text=bounded_text(row["text"]) if "text" in row else "",
        replies=said["replies"],
        status="resolved" if status == "resolved" else "open",
        colour=next((known for known in COLOURS if known == colour), "blue"),
        category=row.get("category", ""),
        shot=row.get("shot", ""),
        version=int(version) if re.fullmatch(r"\d{1,9}", version) else None,
        made_at=moment_of(row.get("made_at", "").strip()),
    )


def _frame(row: dict[str, str], clock: Clock, number: str, label: str) -> int | None:
    written, timecode = row.get(number, "").strip(), row.get(label, "").strip()
    if written and not re.fullmatch(r"-?\d{1,9}", written):
        raise BrokenFile(
            gettext("“%(written)s” is not a frame.") % {"written": written[:40]},
            gettext("Frames are whole numbers, counted from 0 at the film's first."),
        )
    frame = int(written) if written else None
    if frame is not None and frame < 0:
        raise OutsideFilm(gettext("Frame %(frame)s lies before the film.") % {"frame": frame}, gettext("Frames count from 0 at the film's first."))
    if timecode:
        labelled = clock.frame(timecode)
        if frame is not None and frame != labelled:
            raise BrokenFile(
                gettext("Frame %(frame)s is %(label)s, and the row says %(timecode)s.")
                % {"frame": frame, "label": clock.label(frame), "timecode": timecode},
                gettext("Empty the one that is wrong: the other then holds."),
            )
        return labelled
    return frame
