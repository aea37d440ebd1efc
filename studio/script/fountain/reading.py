"""A file somebody dropped → the text of a screenplay, or a sentence that says why not."""

from __future__ import annotations

from django.utils.translation import gettext

from studio.projects.marking import gettext_noop
from studio.script.fountain.elements import Screenplay
from studio.script.fountain.parser import parse

LARGEST_UPLOAD = 10 * 1024 * 1024  # bytes
LARGEST_TEXT = 2 * 1024 * 1024  # bytes of UTF-8: about 1,500 pages
_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_FILES = (
    (b"%PDF", gettext_noop("a PDF")), (b"PK\x03\x04", gettext_noop("a zip or Word file")), (b"\xd0\xcf\x11\xe0", gettext_noop("an old Word file")),
    (b"{\\rtf", gettext_noop("an RTF file")), (b"\x89PNG", gettext_noop("a picture")), (b"\xff\xd8\xff", gettext_noop("a picture")),
    (b"GIF8", gettext_noop("a picture")), (b"\x1f\x8b", gettext_noop("a compressed file")),
)  # fmt: skip


class ScriptProblem(Exception):
    """Why a text cannot become a film. `code` is one of: empty, too-large, binary, encoding, not-a-screenplay. `text` is what was
    read, if anything was, so that a caller can keep it."""

    def __init__(self, code: str, message: str, text: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.text = code, message, text


def read_screenplay(data: bytes, name: str = "") -> str:
    """The decoded text with its own line ends, without a byte-order mark. Tries UTF-8, UTF-16 (by mark or by its zeros), then
    Windows-1252. Raises `ScriptProblem`."""
    name = name or gettext("the text")
    if len(data) > LARGEST_UPLOAD:
        words = gettext("%(name)s is %(size)s MB. A screenplay can be up to %(most)s MB; nothing was changed.")
        raise ScriptProblem("too-large", words % {"name": name, "size": _mib(len(data)), "most": _mib(LARGEST_UPLOAD)})
    for magic, what in _FILES:
        if data.startswith(magic):
            words = gettext("%(name)s is %(what)s, not plain text. Export the screenplay as Fountain (.fountain or .txt) and try again.")
            raise ScriptProblem("binary", words % {"name": name, "what": gettext(what)})
    text = _decode(data, name)
    if not text.strip():
        raise ScriptProblem("empty", gettext("%(name)s is empty. Paste or drop a screenplay that has at least one scene.") % {"name": name})
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_TEXT:
        words = gettext("%(name)s holds %(size)s MB of text; a screenplay can have up to %(most)s MB (about 1,500 pages).")
        raise ScriptProblem("too-large", words % {"name": name, "size": _mib(len(text)), "most": _mib(LARGEST_TEXT)}, text)
    check_screenplay(parse(text), name, text)
    return text


def check_screenplay(screenplay: Screenplay, name: str = "", text: str = "") -> None:
    """Raises `ScriptProblem` "not-a-screenplay" if there is no scene."""
    if next(screenplay.of("heading"), None) is None:
        words = gettext(
            "%(name)s has no scene heading, so there is nothing to film yet. A scene begins with a line such as "
            "“INT. KITCHEN - NIGHT” or “EXT. HARBOUR - DAY” with an empty line above it. Nothing was changed."
        )
        raise ScriptProblem("not-a-screenplay", words % {"name": name or gettext("the text")}, text or screenplay.text())


def _mib(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0")


def _decode(data: bytes, name: str) -> str:
    for encoding, mark in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                words = gettext("%(name)s says that it is %(encoding)s but breaks off at byte %(byte)d. Save it again as UTF-8.")
                raise ScriptProblem("encoding", words % {"name": name, "encoding": encoding.upper(), "byte": error.start}) from error
    guess = _utf16_by_zeros(data)
    if guess:
        return data.decode(guess, "replace")
    if b"\0" in data or _controls(data) > len(data) // 50:
        words = gettext("%(name)s is not text (it holds bytes no text has). Export the screenplay as Fountain and try again.")
        raise ScriptProblem("binary", words % {"name": name})
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _utf16_by_zeros(data: bytes) -> str:
    """UTF-16 without a mark: text in Latin letters has a zero in nearly every second byte, and none in the others."""
    head = data[:4096]
    half = len(head) // 2
    if half < 8 or len(data) % 2:
        return ""
    low, high = head[0::2].count(0), head[1::2].count(0)
    if high > half * 0.7 and low <= half // 100:
        return "utf-16-le"
    return "utf-16-be" if low > half * 0.7 and high <= half // 100 else ""


def _controls(data: bytes) -> int:
    plain = bytes(set(range(32)) - {9, 10, 12, 13, 26, 27})
    return len(data) - len(data.translate(None, plain))
