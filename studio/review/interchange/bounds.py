"""What a file of notes may be at most. Everything is looked at before anything large is built from it."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext, gettext_noop

from studio.review.interchange.faults import BrokenFile, TooLarge

MAX_BYTES = 20 * 1024 * 1024
MAX_NOTES = 20_000
MAX_TEXT = 50_000  # characters of one note with its replies
MAX_LINE = 500_000  # characters
MAX_LINES = 400_000
MAX_CELLS = 2_000_000
SPLIT = gettext_noop("Split it, or export only the markers.")


def bounded(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise TooLarge(
            gettext("The file has %(size)s MB, and notes are read up to %(most)s MB.")
            % {"size": f"{len(data) / 1048576:.1f}", "most": MAX_BYTES // 1048576},
            gettext(SPLIT),
        )
    return data


def decode(data: bytes) -> str:
    """UTF-8, with or without a mark, or UTF-16 with one."""
    bounded(data)
    if data.count(b"\n") + data.count(b"\r") > 2 * MAX_LINES:
        raise TooLarge(gettext("The file has more than %(most)s lines.") % {"most": MAX_LINES}, gettext(SPLIT))
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BrokenFile(gettext("The text is not UTF-8."), gettext("Save the file as UTF-8 (in Excel: “CSV UTF-8”)."), line) from error


def bounded_text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise TooLarge(
            gettext("A note has %(count)s characters, and may have %(most)s.") % {"count": len(text), "most": MAX_TEXT}, gettext("Shorten it.")
        )
    return text


def bounded_count(count: int) -> None:
    if count > MAX_NOTES:
        raise TooLarge(gettext("There are more than %(most)s notes in the file.") % {"most": MAX_NOTES}, gettext(SPLIT))


def bounded_time(seconds: Fraction) -> Fraction:
    """Sums of times with ever other denominators would grow without end, and no frame rate needs them."""
    if seconds.denominator > 1 << 64:
        raise BrokenFile(gettext("The times in the file do not go together at any frame rate."), gettext("Export it again."))
    return seconds
