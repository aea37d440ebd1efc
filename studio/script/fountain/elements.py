"""What a Fountain text consists of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "title", "heading", "action", "character", "parenthetical", "dialogue", "lyric", "transition", "centered", "section", "synopsis", "page break",
    "note", "boneyard", "blank",
]  # fmt: skip
Side = Literal["", "left", "right"]


@dataclass(frozen=True, slots=True)
class Element:
    """One element and exactly the source it stands for: elements tile the text, `raw` of all of them joined is the text again.

    `text` is what a reader sees: without forcing marks, indents, scene number, notes and boneyard; its line ends are "\\n";
    emphasis marks stay (see `rich`). `pieces` maps it back: (index in `text`, offset in the source), ascending.
    """

    kind: Kind
    start: int
    end: int
    raw: str
    text: str = ""
    pieces: tuple[tuple[int, int], ...] = ()
    forced: bool = False
    number: str = ""  # heading: the scene number between its # marks
    key: str = ""  # title: as written, without the colon
    depth: int = 0  # section: how many #
    extensions: tuple[str, ...] = ()  # character: "V.O.", "CONT'D", as written
    dual: Side = ""  # character and what they say: where it stands in dual dialogue
    notes: tuple[str, ...] = ()  # what stood between [[ and ]] in it

    def at(self, index: int) -> int:
        """The source offset of `text[index]`; `index == len(text)` gives the offset behind the last visible character."""
        if not self.pieces:
            return self.start
        if index > 0 and index >= len(self.text):
            return self.at(len(self.text) - 1) + 1
        where = max(0, bisect_right(self.pieces, (index, 1 << 62)) - 1)
        begin, offset = self.pieces[where]
        return offset + index - begin


@dataclass(frozen=True, slots=True)
class Screenplay:
    """A parsed text. `text()` gives back exactly what was parsed, whatever it was."""

    elements: tuple[Element, ...]

    def text(self) -> str:
        return "".join(element.raw for element in self.elements)

    def title_page(self) -> dict[str, tuple[str, ...]]:
        """Values by key in lower case, one entry a line; empty without a title page. A key used twice keeps all its lines."""
        page: dict[str, tuple[str, ...]] = {}
        for element in self.elements:
            if element.kind == "title":
                key = element.key.lower()
                page[key] = page.get(key, ()) + tuple(line for line in element.text.split("\n") if line)
        return page

    def of(self, *kinds: Kind) -> Iterator[Element]:
        return (element for element in self.elements if element.kind in kinds)
