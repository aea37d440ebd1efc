"""Writing notes, answering them, settling them, and ordering a retake with one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.jobs.actions import request_job
from studio.jobs.kinds import Refused
from studio.jobs.models import INTERACTIVE, OPEN, Job
from studio.projects.models import Membership, Project, Role
from studio.review.attaching import Sent, attach
from studio.review.models import Annotation, Audience, Mention, Note
from studio.review.placing import in_take
from studio.script.following import passage_at
from studio.script.models import ScriptRevision
from studio.shots.actions import request_takes
from studio.shots.models import Shot, Take
from studio.storyboard.models import Panel
from studio.timeline.models import CutRevision
from studio.timeline.plan import frozen_plan

MAX_TEXT = 4000
EDIT_WITHIN = timedelta(minutes=15)
"""How long one's own words can be changed while nobody has answered them."""


class NoteRefused(Exception):
    """Nothing was written; the message says why and what to do."""


@transaction.atomic
def write_note(
    frozen: CutRevision,
    *,
    by: Any,
    text: str,
    first: int,
    last: int | None = None,
    audience: str = Audience.TEAM,
    shapes: Sequence[dict[str, Any]] = (),
    held: int = 1,
    assigned: Any = None,
    sent: Sequence[Sent] = (),
) -> Note:
    """A note on frames `first` to `last` (both in it) of a frozen cut, with what was drawn on them (`shapes`, already checked), held for `held`
    frames, and the files `sent` with it. Raises `NoteRefused` if there is neither a word nor a drawing nor a file, or no such frame."""
    project, plan = frozen.cut.project, frozen_plan(frozen)
    hold(project.pk)
    last = first if last is None else last
    if not 0 <= first <= last < plan.total:
        words = gettext("This revision has the frames 0 to %(last)d, and a range ends where it begins or later. The note was not written.")
        raise NoteRefused(words % {"last": plan.total - 1})
    note = Note(project=project, subject=Note.Subject.CUT, cut_revision=frozen, first=first, last=last, audience=audience, author=by)
    note.text = _words(text, drawn=bool(shapes or sent))
    if (found := in_take(plan, first, last)) is not None:
        clip, start, end = found
        note.shot_id, note.take_id, note.take_first, note.take_last = clip.shot, clip.take, start, end
    note.assigned = _member(project, assigned)
    written = _written(note, shapes, held)
    attach(written, sent, by=by)
    return written


@transaction.atomic
def note_shot(shot: Shot, *, by: Any, text: str, panel: Panel | None = None, assigned: Any = None) -> Note:
    """A note on a shot as such, whatever take it shows; or on its panel of the storyboard."""
    hold(shot.project_id)
    subject = Note.Subject.SHOT if panel is None else Note.Subject.PANEL
    note = Note(project=shot.project, subject=subject, shot=shot, panel=panel, author=by, text=_words(text))
    note.assigned = _member(shot.project, assigned)
    return _written(note)


@transaction.atomic
def note_take(
    take: Take,
    *,
    by: Any,
    text: str,
    first: int,
    last: int | None = None,
    audience: str = Audience.TEAM,
    shapes: Sequence[dict[str, Any]] = (),
    held: int = 1,
    assigned: Any = None,
    sent: Sequence[Sent] = (),
) -> Note:
    """A note on frames `first` to `last` (both in it) of a take by itself, in no cut; otherwise as `write_note`."""
    project = take.shot.project
    hold(project.pk)
    last = first if last is None else last
    if not 0 <= first <= last < take.frames:
        words = gettext("This take has the frames 0 to %(last)d, and a range ends where it begins or later. The note was not written.")
        raise NoteRefused(words % {"last": take.frames - 1})
    note = Note(project=project, subject=Note.Subject.TAKE, shot=take.shot, take=take, take_first=first, take_last=last, audience=audience, author=by)
    note.text, note.assigned = _words(text, drawn=bool(shapes or sent)), _member(project, assigned)
    written = _written(note, shapes, held)
    attach(written, sent, by=by)
    return written


@transaction.atomic
def note_line(said_of: ScriptRevision, *, by: Any, text: str, line: int, assigned: Any = None) -> Note:
    """A note on what stands on a line (from 0) of a revision of the script: on the whole paragraph or speech that the line belongs to. Raises
    `NoteRefused` where there are no words."""
    project = said_of.script.project
    hold(project.pk)
    passage = passage_at(said_of.text, line)
    if passage is None:
        words = gettext("Line %(line)s of revision %(revision)s is empty or is not there. Choose a line that has words; the note was not written.")
        raise NoteRefused(words % {"line": line + 1, "revision": said_of.number})
    note = Note(project=project, subject=Note.Subject.LINE, script_revision=said_of, script_line=passage.line, author=by)
    note.text, note.assigned = _words(text), _member(project, assigned)
    return _written(note)


@transaction.atomic
def answer_note(note: Note, *, by: Any, text: str) -> Note:
    """An answer, seen by whoever sees what it answers. Answers have no answers of their own: they stand under the note."""
    hold(note.project_id)
    root = note.parent or note
    about = {name: getattr(root, name) for name in ("subject", "cut_revision_id", "shot_id", "script_revision_id", "script_line")}
    answer = Note(project=root.project, parent=root, author=by, **about)
    answer.audience, answer.text = root.audience, _words(text)
    return _written(answer)


@transaction.atomic
def edit_note(note: Note, *, by: Any, text: str) -> Note:
    """Change one's own words, for a quarter of an hour and while nobody has answered. Raises `NoteRefused`."""
    hold(note.project_id)
    note = Note.objects.select_for_update().get(pk=note.pk)
    if note.author_id != by.pk:
        raise NoteRefused(gettext("Only who wrote a note can change its words. Answer it instead."))
    if timezone.now() - note.at > EDIT_WITHIN or note.answers.exists():
        words = gettext("This note has been answered or is older than a quarter of an hour: others have read it. Answer it instead.")
        raise NoteRefused(words)
    before, note.text, note.edited = note.text, _words(text, drawn=note.annotations.exists() or note.attachments.exists()), timezone.now()
    note.save(update_fields=["text", "edited"])
    record("note.edited", actor=by, project=note.project, subject=note, data={"note": str(note.pk), "before": before[:500]})
    return note


@transaction.atomic
def settle_note(note: Note, *, by: Any, resolved: bool) -> Note:
    """Resolve a note, or open it again. Nothing happens to one that stands so already."""
    hold(note.project_id)
    note = Note.objects.select_for_update().get(pk=(note.parent_id or note.pk))
    if (note.resolved is not None) == resolved:
        return note
    note.resolved, note.resolved_by = (timezone.now(), by) if resolved else (None, None)
    note.save(update_fields=["resolved", "resolved_by"])
    record("note.resolved" if resolved else "note.reopened", actor=by, project=note.project, subject=note, data={"note": str(note.pk)})
    return note


@transaction.atomic
def assign_note(note: Note, *, by: Any, to: Any) -> Note:
    """Give a note to a member, or to nobody."""
    hold(note.project_id)
    note = Note.objects.select_for_update().get(pk=(note.parent_id or note.pk))
    note.assigned = _member(note.project, to)
    note.save(update_fields=["assigned"])
    told = {"note": str(note.pk), "assigned": str(note.assigned_id) if note.assigned_id else None}
    record("note.assigned", actor=by, project=note.project, subject=note, data=told)
    return note


@transaction.atomic
def retake_from(note: Note, *, by: Any) -> Job:
    """Order another take of the note's shot: its action with the note's words after it. The words, the frames and the drawing stay with the take.
    Raises `Refused` if the note is about no shot."""
    hold(note.project_id)
    note = Note.objects.select_for_update(of=("self",)).select_related("shot__scene", "shot__project", "take").get(pk=(note.parent_id or note.pk))
    shot = note.shot
    if shot is None or shot.removed:
        raise Refused(gettext("This note is about no shot of the film as it stands. Order a take on the shot's own page."))
    action = " ".join(part for part in (shot.action.strip(), note.text.strip()) if part)
    because = {"note": str(note.pk), "words": note.text, "frames": [note.take_first, note.take_last]}
    because["drawing"] = [row.shape for row in note.annotations.all()]
    changes = {"action": action, "seed": shot.seed + shot.take_count}
    (job,) = request_takes(shot, by=by, changes=changes, parent=note.take, because=because)
    Note.objects.filter(pk=note.pk).update(retake=job.pk)
    record("note.retaken", actor=by, project=note.project, subject=note, data={"note": str(note.pk), "job": str(job.pk), "shot": shot.pk})
    return job


@transaction.atomic
def print_notes(frozen: CutRevision, *, by: Any) -> Job:
    """Order a PDF of this revision's notes; the one that is being made already, if there is one."""
    project = frozen.cut.project
    hold(project.pk)
    going = Job.objects.filter(project=project, kind="notes", state__in=OPEN, spec__cut_revision=frozen.pk).first()
    spec = {"cut_revision": frozen.pk, "notes": frozen.notes.count()}
    return going or request_job(
        "notes", project=project, by=by, spec=spec, subject=frozen, title=f"Notes of revision {frozen.number}", priority=INTERACTIVE
    )


def _words(text: str, *, drawn: bool = False) -> str:
    text = text.replace("\x00", "").strip()
    if not text and not drawn:
        raise NoteRefused(gettext("A note says something, or draws something. Write a word."))
    if len(text) > MAX_TEXT:
        words = gettext("A note has up to %(most)s characters; this one has %(count)s. It stands in the field still: shorten it.")
        raise NoteRefused(words % {"most": f"{MAX_TEXT:,}", "count": f"{len(text):,}"})
    return text


def _member(project: Project, who: Any) -> Any:
    """Somebody of the team by id, or nobody."""
    if not who:
        return None
    try:
        found = Membership.objects.select_related("person").filter(project=project, person_id=uuid.UUID(str(who))).exclude(role=Role.CLIENT).first()
    except ValueError:
        found = None
    if found is None:
        raise NoteRefused(gettext("A note is given to somebody of this film's team. Choose one of them."))
    return found.person


def _written(note: Note, shapes: Sequence[dict[str, Any]] = (), held: int = 1) -> Note:
    note.save(force_insert=True)
    Annotation.objects.bulk_create([Annotation(note=note, number=number, shape=shape, hold=held) for number, shape in enumerate(shapes)])
    named = _named(note)
    Mention.objects.bulk_create([Mention(note=note, person_id=person) for person in named])
    data = {
        "note": str(note.pk),
        "parent": str(note.parent_id) if note.parent_id else None,
        "audience": note.audience,
        "mentions": [str(person) for person in named],
        "assigned": str(note.assigned_id) if note.assigned_id else None,
        "drawn": len(shapes),
    }
    record("note.written", actor=note.author, project=note.project, subject=note, data=data)
    return note


def _named(note: Note) -> list[uuid.UUID]:
    """Members who are named with @ and their whole name, or their first name where only one has it."""
    if "@" not in note.text:
        return []
    said = note.text.casefold()
    members = list(Membership.objects.filter(project=note.project).exclude(role=Role.CLIENT).values_list("person_id", "person__name"))
    firsts = [name.split(" ")[0].casefold() for _, name in members if name]
    return [
        person
        for person, name in members
        if name and (f"@{name.casefold()}" in said or (firsts.count(first := name.split(" ")[0].casefold()) == 1 and f"@{first}" in said))
    ]
