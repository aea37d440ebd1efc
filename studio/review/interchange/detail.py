"""A note as plain data, for formats that carry foreign metadata. It has a version, and what older versions wrote is still read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from studio.review.interchange.bounds import bounded_text
from studio.review.interchange.faults import BrokenFile
from studio.review.interchange.reel import COLOURS, STATUSES, MarkedNote, Reply
from studio.review.interchange.wording import moment_of, stamp

SCHEMA = "firstcut.note.1"


def detail(note: MarkedNote) -> dict[str, Any]:
    """All of a note but where it lies and its text, which are the marker's own."""
    return {
        "schema": SCHEMA,
        "id": note.id,
        "author": note.author,
        "status": note.status,
        "colour": note.colour,
        "category": note.category,
        "shot": note.shot,
        "version": note.version,
        "made_at": stamp(note.made_at) if note.made_at else None,
        "replies": [
            {"author": reply.author, "text": reply.text, "made_at": stamp(reply.made_at) if reply.made_at else None} for reply in note.replies
        ],
    }


def fields_of(data: object) -> dict[str, Any] | None:
    """`MarkedNote`'s arguments from `detail`, or None for what is none. Raises `BrokenFile` if it says that it is one and is not."""
    if not isinstance(data, dict) or not str(data.get("schema", "")).startswith("firstcut.note."):
        return None
    if data["schema"] != SCHEMA:
        raise BrokenFile(
            gettext("A note is written as %(schema)s, which this studio does not know.") % {"schema": str(data["schema"])[:40]},
            gettext("Bring the studio up to date."),
        )
    replies = data.get("replies")
    version = data.get("version")
    wrong = [name for name in ("id", "author", "category", "shot") if not isinstance(data.get(name), str)]
    wrong += ["status"] * (data.get("status") not in STATUSES) + ["colour"] * (data.get("colour") not in COLOURS)
    wrong += ["version"] * (version is not None and (type(version) is not int or not 0 <= version < 10**9))
    wrong += ["replies"] * (not isinstance(replies, list) or not all(_is_reply(reply) for reply in replies))
    if wrong or len(data["id"].split()) > 1:
        raise BrokenFile(
            gettext("The metadata of a note has an impossible %(name)s.") % {"name": (wrong or ["id"])[0]},
            gettext("It was changed by hand: remove it, or export anew."),
        )
    assert isinstance(replies, list)
    bounded_text("".join(reply["text"] for reply in replies))
    return {
        **{name: data[name] for name in ("author", "status", "colour", "category", "shot")},
        "version": version,
        "id": data["id"].strip(),
        "made_at": moment_of(str(data.get("made_at"))),
        "replies": tuple(Reply(reply["author"], reply["text"], moment_of(str(reply.get("made_at")))) for reply in replies),
    }


def _is_reply(reply: object) -> bool:
    return isinstance(reply, dict) and isinstance(reply.get("author"), str) and isinstance(reply.get("text"), str)
