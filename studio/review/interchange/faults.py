"""Why a file of notes could not be taken in. Reading is all or nothing, so each of these leaves every note as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext


class ReadRefused(ValueError):
    """`str()` says where it is wrong (`line`, from 1, where the format has lines), what, what was kept and what to do."""

    def __init__(self, what: str, do: str, line: int | None = None) -> None:
        super().__init__(what, do)
        self.what, self.do, self.line = what, do, line

    def __str__(self) -> str:
        values = {"line": self.line, "what": self.what, "do": self.do}
        if self.line:
            return gettext("Line %(line)d: %(what)s No note was changed. %(do)s") % values
        return gettext("%(what)s No note was changed. %(do)s") % values


class TooLarge(ReadRefused):
    """More bytes, elements, notes or text than a list of notes has."""


class NotThisFormat(ReadRefused):
    """The file is of another kind than the one it was read as."""


class BrokenFile(ReadRefused):
    """The right kind of file, but something in it cannot be understood."""


class OtherRate(ReadRefused):
    """The file counts frames at another rate, or counts labels another way, than the film."""


class OutsideFilm(ReadRefused):
    """A note that lies before the film's first frame."""


@contextmanager
def at(line: int) -> Iterator[None]:
    """What is refused inside, and does not know its line, is refused at this one."""
    try:
        yield
    except ReadRefused as refused:
        if refused.line is None:
            refused.line = line
        raise
