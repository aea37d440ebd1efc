"""XML from strangers as a small tree: no entities, no outside, bounded in depth and number, and every element knows its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from django.utils.translation import gettext

from studio.review.interchange.bounds import SPLIT, bounded
from studio.review.interchange.faults import BrokenFile, NotThisFormat, TooLarge

MAX_DEPTH, MAX_ELEMENTS, MAX_ATTRIBUTES = 100, 300_000, 1_500_000


@dataclass(slots=True)
class Element:
    tag: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str) -> list[Element]:
        """Children of this name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, path: str) -> Element | None:
        """The first child by that name, of whose children the first by the next name, and so on: `a/b/c`."""
        found: Element | None = self
        for tag in path.split("/"):
            found = next((child for child in found.children if child.tag == tag), None) if found else None
        return found

    def words(self, path: str, default: str = "") -> str:
        """The text at a path, without blanks around it."""
        found = self.first(path)
        return found.text.strip() if found else default

    def within(self, tag: str) -> Iterator[Element]:
        """All of this name at any depth, in order."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.within(tag)


def parse(data: bytes, root: str, kind: str) -> Element:
    """The tree of an XML file whose outermost element must be `root`; `kind` is what people call such a file."""
    if bounded(data).count(b"=") > MAX_ATTRIBUTES or data.count(b"<") > 2 * MAX_ELEMENTS:
        raise TooLarge(gettext("The %(kind)s has more elements than are read for its notes.") % {"kind": kind}, gettext(SPLIT))
    reader = expat.ParserCreate()
    reader.buffer_text = True
    top = Element("", 0, {})
    open_elements = [top]
    count = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(open_elements) > MAX_DEPTH or count > MAX_ELEMENTS:
            raise TooLarge(
                gettext("The %(kind)s is larger or deeper than is read for its notes.") % {"kind": kind}, gettext(SPLIT), reader.CurrentLineNumber
            )
        if count == 1 and tag != root:
            what = gettext("The file is XML of another kind: it begins with <%(tag)s>, and %(kind)s with <%(root)s>.")
            what = what % {"tag": tag[:40], "kind": kind, "root": root}
            raise NotThisFormat(what, gettext("Choose its own format."))
        element = Element(tag, reader.CurrentLineNumber, attributes)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def text(said: str) -> None:
        open_elements[-1].text += said

    def refuse(*_: Any) -> None:
        raise BrokenFile(
            gettext("The %(kind)s defines or uses entities of its own, which are not read.") % {"kind": kind},
            gettext("Export it again."),
            reader.CurrentLineNumber,
        )

    reader.StartElementHandler = begin
    reader.EndElementHandler = end
    reader.CharacterDataHandler = text
    reader.EntityDeclHandler = refuse
    reader.UnparsedEntityDeclHandler = refuse
    reader.SkippedEntityHandler = refuse
    try:
        reader.Parse(data, True)
    except expat.ExpatError as error:
        if not count:
            raise NotThisFormat(
                gettext("The file is no XML, and so no %(kind)s.") % {"kind": kind}, gettext("Choose the file's own format.")
            ) from error
        raise BrokenFile(
            gettext("The XML breaks off or is wrong here (%(problem)s).") % {"problem": expat.ErrorString(error.code)},
            gettext("Export it again."),
            error.lineno,
        ) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, (TooLarge, NotThisFormat, BrokenFile)):
            raise
        raise BrokenFile(gettext("The XML names an encoding that is not read."), gettext("Export it as UTF-8.")) from error
    return top.children[0]


def as_file(root: ET.Element) -> bytes:
    """An element as a file of its own, indented, with the document type that editing programs look for."""
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE {root.tag}>\n{ET.tostring(root, encoding="unicode")}\n'.encode()
