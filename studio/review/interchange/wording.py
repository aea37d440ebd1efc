r"""A note as words, for formats that know only a marker's name and comment; readable there, and read back here.

The name is `author #id`. The comment is the text, then the replies, then one line of what else is known:

    The lamp jumps.
    Twice.
    > Ben Ode (2026-01-02T10:00:00Z): Only in take 3
    >> and only at the end.
    [open · colour=blue · category=continuity · shot=12A · version=3 · made=2026-01-02T09:00:00Z]

A line of the text that begins with `\`, `>`, `[` or `#` gets a `\` in front. Where a program allows one marker a frame, several notes
share it: each further one follows on a line `# author #id`. A comment without the last line was not written here, and is text as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from studio.review.interchange.bounds import bounded_text
from studio.review.interchange.reel import COLOURS, Colour, MarkedNote, Reply

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
REPLY = re.compile(r"> ((?:[^\\:]|\\.)*?)(?: \((" + STAMP + r")\))?: ?(.*)", re.DOTALL)
FACTS = re.compile(r"\[(open|resolved)((?: · [a-z]+=[^·\n]*)*)\]")
GENERIC = re.compile(r"(marker|locator|marqueur|markierung|メーカー|маркер)? ?\d*", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """What a marker's words say; `ours` if they were written here. `frames` is None where the marker's own length holds."""

    fields: dict[str, Any]
    ours: bool
    colour: Colour | None = None
    frames: int | None = None


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def moment_of(written: str) -> datetime | None:
    """None for what is no moment in UTC."""
    try:
        return datetime.fromisoformat(written).astimezone(UTC) if re.fullmatch(STAMP, written) else None
    except (ValueError, OverflowError):
        return None


def title(note: MarkedNote) -> str:
    return f"{note.author} #{note.id}" if note.id or " #" in f" {note.author}" else note.author


def title_parts(written: str) -> tuple[str, str]:
    """Author and id."""
    author, mark, name = f" {written}".rpartition(" #")
    return (author.strip(), name) if mark and name.split() in ([], [name]) else (written, "")


def body(note: MarkedNote, frames: bool = False) -> str:
    """`frames` says the length too, for a marker whose own is another note's."""
    lines = [f"\\{line}" if line[:1] in tuple("\\>[#") else line for line in note.text.split("\n")] if note.text else []
    for reply in note.replies:
        author = reply.author.replace("\\", "\\\\").replace(":", "\\:")
        at = f" ({stamp(reply.made_at)})" if reply.made_at else ""
        first, *more = reply.text.split("\n")
        lines += [f"> {author}{at}: {first}", *(f">> {line}" for line in more)]
    facts = {
        "colour": note.colour,
        "category": note.category,
        "shot": note.shot,
        "version": "" if note.version is None else str(note.version),
        "made": stamp(note.made_at) if note.made_at else "",
        "frames": str(note.frames) if frames else "",
    }
    said = "".join(f" · {name}={value.replace('%', '%25').replace('·', '%C2%B7')}" for name, value in facts.items() if value)
    return "\n".join([*lines, f"[{note.status}{said}]"])


def together(notes: Iterable[MarkedNote]) -> tuple[str, str]:
    """One name and comment for the notes of a marker, the first of which it belongs to."""
    first, *more = notes
    return title(first), "\n".join([body(first), *(f"# {title(note)}\n{body(note, frames=True)}" for note in more)])


def said_in(name: str, comment: str) -> list[Said]:
    """The notes that a marker's words hold: as many as were written here, or one that was not."""
    found: list[Said] = []
    heading = name
    lines: list[str] = []
    for line in bounded_text(comment).split("\n"):
        facts = FACTS.fullmatch(line)
        if facts:
            found.append(_ours(heading, lines, facts))
            heading, lines = "", []
        elif line.startswith("# ") and found and not lines and not heading:
            heading = line[2:]
        else:
            lines.append(line)
    if not found:
        parts = [name] if not GENERIC.fullmatch(name) else []
        text = "\n".join([*parts, *([comment] if comment and comment != name else [])])
        return [Said({"id": "", "author": "", "text": bounded_text(text or name)}, ours=False)]
    if any(lines) or heading:
        # Somebody wrote on beneath, in the editing program: their words belong to the last note.
        added = "\n".join(line for line in ([f"# {heading}"] if heading else []) + lines)
        found[-1].fields["text"] = bounded_text(f"{found[-1].fields['text']}\n{added}".strip())
    return found


def _ours(heading: str, lines: list[str], facts: re.Match[str]) -> Said:
    author, name = title_parts(heading)
    text: list[str] = []
    replies: list[tuple[str, datetime | None, list[str]]] = []
    for line in lines:
        reply = REPLY.fullmatch(line)
        if reply:
            said_by = re.sub(r"\\(.)", r"\1", reply[1])
            replies.append((said_by, moment_of(reply[2]) if reply[2] else None, [reply[3]]))
        elif (line == ">>" or line.startswith(">> ")) and replies:
            replies[-1][2].append(line[3:])
        else:
            text.append(line.removeprefix("\\"))
    more = dict(fact.split("=", 1) for fact in facts[2].split(" · ")[1:])
    version, frames = more.get("version", ""), more.get("frames", "")
    return Said(
        {
            "id": name,
            "author": author,
            "text": "\n".join(text),
            "replies": tuple(Reply(by, "\n".join(words), at) for by, at, words in replies),
            "status": facts[1],
            "category": unquote(more.get("category", "")),
            "shot": unquote(more.get("shot", "")),
            "version": int(version) if re.fullmatch(r"\d{1,9}", version) else None,
            "made_at": moment_of(more.get("made", "")),
        },
        ours=True,
        colour=next((known for known in COLOURS if known == more.get("colour")), None),
        frames=int(frames) if re.fullmatch(r"[1-9]\d{0,7}", frames) else None,
    )


def on_one_line(text: str) -> str:
    """Line ends become ` / `, and a slash that stood alone already is doubled, so that `in_lines` gives the text back exactly."""
    lines = [" ".join(f"{word}/" if word.strip("/") == "" and word else word for word in line.split(" ")) for line in text.split("\n")]
    return " / ".join(lines)


def in_lines(text: str) -> str:
    lines: list[list[str]] = [[]]
    for word in text.split(" "):
        if word == "/":
            lines.append([])
        else:
            lines[-1].append(word[:-1] if word and word.strip("/") == "" else word)
    return "\n".join(" ".join(words) for words in lines)
