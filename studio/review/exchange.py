"""Notes of a revision for other programs, and theirs as notes of ours."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, ngettext

from studio.events.log import hold
from studio.review import interchange
from studio.review.interchange import FORMATS, MarkedNote, ReadRefused, Reel, ReelClip, Reply
from studio.review.interchange.reel import Colour, Picture
from studio.review.models import Audience, Note
from studio.review.notes import MAX_TEXT, answer_note, write_note
from studio.review.placing import Placed
from studio.timeline.models import CutRevision
from studio.timeline.plan import frozen_plan

MAX_FILE = 20 << 20  # bytes
MAX_NOTES = 5000
COLOURS: dict[str, Colour] = {
    "amber": "yellow",
    "teal": "green",
    "rose": "pink",
    "blue": "blue",
    "lime": "green",
    "violet": "purple",
    "orange": "orange",
    "cyan": "cyan",
}
CATEGORIES = {Audience.TEAM: "Internal", Audience.CLIENT: "Client may see"}
"""As files say it, whatever language their reader speaks."""
OUT = {key: form for key, form in FORMATS.items() if key != "pdf"}
"""What is written while somebody waits. A PDF has a picture a note."""


def reel_of(frozen: CutRevision, placed: Iterable[Placed], picture: Picture | None = None) -> Reel:
    """The revision and those of its notes that stand on frames, each with its answers; `picture` as `Reel` has it."""
    plan, project = frozen_plan(frozen), frozen.cut.project
    clips = tuple(ReelClip(clip.code, f"{clip.code} T{clip.number}", clip.source_in, clip.source_out, clip.at) for clip in plan.clips)
    notes = tuple(_marked(one) for one in placed if one.first is not None)
    name = f"{project.name} {frozen.cut.name} revision {frozen.number}"
    return Reel(name, project.fps, plan.total, clips, notes, drop_frame=project.drop_frame, size=plan.size, picture=picture)


def _marked(one: Placed) -> MarkedNote:
    note = one.note
    assert one.first is not None and one.last is not None
    return MarkedNote(
        id=str(note.pk),
        first=one.first,
        last=one.last,
        author=note.author.name,
        text=note.text or "(a drawing)",
        replies=tuple(Reply(answer.author.name, answer.text, answer.at) for answer in note.answers.all()),
        status="resolved" if note.resolved else "open",
        colour=COLOURS.get(note.author.colour, "blue"),
        category=CATEGORIES[Audience(note.audience)],
        shot=note.shot.code if note.shot else "",
        version=note.take.number if note.take else None,
        made_at=note.at,
    )


@dataclass(frozen=True)
class Brought:
    """What became of a file: how many notes are new, and how many were ours already and stayed as they are."""

    written: int
    known: int


@transaction.atomic
def bring_in(frozen: CutRevision, form: str, data: bytes, *, by: Any) -> Brought:
    """The notes in a file, as internal notes of this revision, all or none; what another person said there is said so in the words. Raises
    `ReadRefused` with what was wrong, and then nothing was written."""
    reader = FORMATS[form].read if form in FORMATS else None
    if reader is None:
        raise ReadRefused(gettext("No format was chosen that notes come back from."), do=gettext("Choose the format that the file is in."))
    project, plan = frozen.cut.project, frozen_plan(frozen)
    hold(project.pk)
    found = reader(data, interchange.Clock(project.fps, project.drop_frame))
    if len(found) > MAX_NOTES:
        said = gettext("The file holds %(count)s notes, more than %(most)s.") % {"count": f"{len(found):,}", "most": f"{MAX_NOTES:,}"}
        raise ReadRefused(said, do=gettext("Bring it in in parts."))
    outside = [note for note in found if note.last >= plan.total]
    if outside:
        words = ngettext(
            "The film of this revision ends at frame %(last)d; %(count)d note lies behind it, at frame %(first)d.",
            "The film of this revision ends at frame %(last)d; %(count)d notes lie behind it, the first at frame %(first)d.",
            len(outside),
        )
        said = words % {"last": plan.total - 1, "count": len(outside), "first": outside[0].first}
        raise ReadRefused(said, do=gettext("Open the revision that the file was made of."))
    ours = set(Note.objects.filter(project=project, pk__in=[key for note in found if (key := _key(note.id))]).values_list("pk", flat=True))
    fresh = [note for note in found if _key(note.id) not in ours]
    for note in fresh:
        words = f"{note.author}: {note.text}" if note.author and note.author != by.name else note.text
        made = write_note(frozen, by=by, text=words[:MAX_TEXT] or "(a marker)", first=note.first, last=note.last)
        for reply in note.replies:
            said = f"{reply.author}: {reply.text}" if reply.author else reply.text
            if said.strip():
                answer_note(made, by=by, text=said[:MAX_TEXT])
    return Brought(len(fresh), len(found) - len(fresh))


def _key(said: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(said)
    except ValueError:
        return None
