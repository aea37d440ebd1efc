"""What the review pages show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from studio.media.models import Rendition
from studio.projects.models import Project
from studio.review.models import Approval, Attachment, Audience, Note
from studio.review.placing import Placed, PlacedLine, carry, carry_line, in_order
from studio.review.standing import Standing, standings
from studio.script.models import ScriptRevision
from studio.shots.models import Shot
from studio.timeline.models import CutRevision
from studio.timeline.plan import frozen_plan

MARK = {"team": "take", "client": "changes"}
SHOW = ("open", "all", "mine", "resolved")


@dataclass
class Reviewed:
    """One frozen revision as the list of reviews shows it."""

    frozen: CutRevision
    frames: int
    clips: int
    poster: str | None = None
    open: int = 0
    verdicts: list[Approval] = field(default_factory=list)
    stands: Standing | None = None
    superseded: bool = False


def revisions_of(project: Project) -> list[Reviewed]:
    """Every frozen revision, newest first, with its open notes, the last verdict of each person and whether these approve it; six queries,
    however many there are."""
    counted = Count("notes", filter=Q(notes__parent=None, notes__resolved=None))
    rows = CutRevision.objects.filter(cut__project=project).select_related("by", "cut").annotate(open=counted).order_by("-at")
    found = [_reviewed(frozen) for frozen in rows]
    verdicts, stands = verdicts_of(project), standings(project)
    posters = dict(Rendition.objects.filter(name="poster", source__in={one.poster for one in found}).values_list("source_id", "asset_id"))
    for one in found:
        one.poster = posters.get(one.poster or "")
        one.verdicts = verdicts.get(one.frozen.pk, [])
        one.stands = stands.get(one.frozen.hash)
        one.superseded = one.frozen.pk != found[0].frozen.pk
    return found


def _reviewed(frozen: CutRevision) -> Reviewed:
    clips = frozen.data["clips"]
    frames = sum(clip["source_out"] - clip["source_in"] for clip in clips)
    return Reviewed(frozen, frames, len(clips), poster=clips[len(clips) // 3]["asset"] if clips else None, open=frozen.open)  # type: ignore[attr-defined]


def verdicts_of(project: Project, frozen: CutRevision | None = None) -> dict[int, list[Approval]]:
    """By revision: the verdict that counts of each person, which is their last."""
    rows = Approval.objects.filter(project=project).select_related("person").order_by("at")
    if frozen is not None:
        rows = rows.filter(cut_revision=frozen)
    last: dict[tuple[int, Any], Approval] = {}
    for row in rows:
        last[row.cut_revision_id, row.person_id] = row
    found: dict[int, list[Approval]] = {}
    for (revision, _), row in last.items():
        found.setdefault(revision, []).append(row)
    return found


def threads(project: Project) -> QuerySet[Note]:
    """Notes with all that is drawn of them, answers oldest first. Passwords' hashes are left where they are: workers may not read them."""
    answers = Note.objects.select_related("author").defer("author__password").order_by("at")
    sent = Attachment.objects.select_related("job").prefetch_related("asset__renditions")
    return (
        Note.objects.filter(project=project, parent=None)
        .select_related("author", "assigned", "shot", "take", "cut_revision", "resolved_by", "script_revision")
        .defer("author__password", "assigned__password", "resolved_by__password", "script_revision__text")
        .prefetch_related("annotations", Prefetch("answers", queryset=answers), Prefetch("attachments", queryset=sent))
    )


def notes_on(frozen: CutRevision, *, viewer: Any = None, show: str = "all", client: bool = False) -> list[Placed]:
    """The notes of a revision in the film's order, and those of earlier ones that are still open. `client`: only what clients may see; four
    queries, however many notes."""
    plan = frozen_plan(frozen)
    rows = threads(frozen.cut.project).filter(
        Q(cut_revision=frozen) | Q(cut_revision__cut=frozen.cut, cut_revision__number__lt=frozen.number, resolved=None)
        | Q(subject__in=(Note.Subject.SHOT, Note.Subject.TAKE, Note.Subject.PANEL), shot__in={clip.shot for clip in plan.clips}, resolved=None)
    )  # fmt: skip
    if client:
        rows = rows.filter(audience=Audience.CLIENT)
    rows = _shown(rows, viewer, show)
    return in_order(Placed(note, note.first, note.last) if note.cut_revision_id == frozen.pk else carry(note, plan) for note in rows)


def _shown(rows: QuerySet[Note], viewer: Any, show: str) -> QuerySet[Note]:
    if show == "open":
        return rows.filter(resolved=None)
    if show == "resolved":
        return rows.exclude(resolved=None)
    if show == "mine" and viewer is not None:
        return rows.filter(Q(assigned=viewer) | Q(author=viewer) | Q(mentions__person=viewer)).distinct()
    return rows


def notes_in(shown: ScriptRevision, *, viewer: Any = None, show: str = "all") -> list[PlacedLine]:
    """The notes on lines of the script as one revision shows them, in the text's order: its own, and those of earlier ones that are still open.
    Those that have no place in it stand last. Five queries, however many notes."""
    rows = threads(shown.script.project).filter(subject=Note.Subject.LINE).filter(
        Q(script_revision=shown) | Q(script_revision__number__lt=shown.number, resolved=None)
    )  # fmt: skip
    notes = list(_shown(rows, viewer, show))
    older = {note.script_revision_id for note in notes if note.script_revision_id} - {shown.pk}
    texts = dict(ScriptRevision.objects.filter(pk__in=older).values_list("pk", "text")) if older else {}
    placed = [
        carry_line(note, texts.get(note.script_revision_id or 0, shown.text), shown.text, carried=note.script_revision_id != shown.pk)
        for note in notes
    ]
    return sorted(placed, key=lambda one: (one.line is None, one.line or 0, one.note.at))


def line_marks(placed: list[PlacedLine]) -> list[list[Any]]:
    """What stands in the margin: [line, notes, of these open, the first of them] for each line with notes."""
    found: dict[int, list[Any]] = {}
    for one in placed:
        if one.line is not None:
            mark = found.setdefault(one.line, [one.line, 0, 0, str(one.note.pk)])
            mark[1] += 1
            mark[2] += one.note.is_open
    return list(found.values())


def notes_about(shot: Shot) -> list[Placed]:
    """All that was said of a shot, on its frames in a cut, on a take, its panel or the shot itself, the latest first; the frames are those of the
    take. Five queries, however many notes."""
    rows = threads(shot.project).filter(shot=shot).order_by("-at")
    return [Placed(note, note.take_first, note.take_last) for note in rows]


def marks(placed: list[Placed]) -> list[list[Any]]:
    """What the scrubber shows: [first frame, last frame, colour's name, note]."""
    return [
        [one.first, one.last, "approved" if one.note.resolved else MARK[one.note.audience], str(one.note.pk)]
        for one in placed
        if one.first is not None
    ]
