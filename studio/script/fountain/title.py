"""Where the title page is: `Key: value` lines, a value's further lines indented, at the very top of the text, up to an empty line.

"FADE IN:" and "Note how she runs: fast." look like one and are not, so the block must hold a key that title pages have, or
consist only of short keys that are not shouted.
"""

from __future__ import annotations

from studio.script.fountain.lines import SourceLine

KNOWN = frozenset({
    "title", "credit", "author", "authors", "source", "draft date", "date", "contact", "copyright", "notes", "revision", "episode", "series",
    "format", "written by", "tl", "tc", "tr", "cc", "bl", "br", "header", "footer", "watermark", "font",
})  # fmt: skip
_LONGEST_KEY = 40


def title_lines(lines: list[SourceLine]) -> list[tuple[int, int, str]]:
    """(first line, last line, key) for each entry; empty if the text has no title page."""
    groups: list[tuple[int, int, str]] = []
    for index, line in enumerate(lines):
        if line.blank:
            break
        indented = line.text.startswith(("\t", "   ")) or line.hidden
        key = "" if indented else _key(line.text)
        if key:
            groups.append((index, index, key))
        elif groups and (indented or _looser(line)):
            groups[-1] = (groups[-1][0], index, groups[-1][2])
        else:
            return []
    if any(key.lower() in KNOWN for _, _, key in groups) or all(_plausible(key) for _, _, key in groups):
        return groups
    return []


def _key(text: str) -> str:
    key, colon, _ = text.partition(":")
    return key.strip() if colon and len(key) <= _LONGEST_KEY and key.strip() and key[0].isalpha() else ""


def _looser(line: SourceLine) -> bool:
    """One or two spaces are meant as an indent by many writers."""
    return line.text[:1] == " "


def _plausible(key: str) -> bool:
    return len(key.split()) <= 3 and key != key.upper() and key.replace(" ", "").replace("-", "").isalnum()
