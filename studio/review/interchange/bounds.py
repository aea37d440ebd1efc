"""What a file of notes may be at most. Everything is looked at before anything large is built from it."""

from __future__ import annotations

from fractions import Fraction

from studio.review.interchange.faults import BrokenFile, TooLarge

MAX_BYTES = 20 * 1024 * 1024
MAX_NOTES = 20_000
MAX_TEXT = 50_000  # characters of one note with its replies
MAX_LINE = 500_000  # characters
MAX_LINES = 400_000
MAX_CELLS = 2_000_000
SPLIT = "Split it, or export only the markers."


def bounded(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The file has {len(data) / 1048576:.1f} MB, and notes are read up to {MAX_BYTES // 1048576} MB.", SPLIT)
    return data


def decode(data: bytes) -> str:
    """UTF-8, with or without a mark, or UTF-16 with one."""
    bounded(data)
    if data.count(b"\n") + data.count(b"\r") > 2 * MAX_LINES:
        raise TooLarge(f"The file has more than {MAX_LINES} lines.", SPLIT)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BrokenFile("The text is not UTF-8.", "Save the file as UTF-8 (in Excel: “CSV UTF-8”).", line) from error


def bounded_text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise TooLarge(f"A note has {len(text)} characters, and may have {MAX_TEXT}.", "Shorten it.")
    return text


def bounded_count(count: int) -> None:
    if count > MAX_NOTES:
        raise TooLarge(f"There are more than {MAX_NOTES} notes in the file.", SPLIT)


def bounded_time(seconds: Fraction) -> Fraction:
    """Sums of times with ever other denominators would grow without end, and no frame rate needs them."""
    if seconds.denominator > 1 << 64:
        raise BrokenFile("The times in the file do not go together at any frame rate.", "Export it again.")
    return seconds
