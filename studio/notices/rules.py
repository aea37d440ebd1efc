"""Who is told of which event, in which words: one table. Whom it concerns is taken from the event and the project's rows as they stand."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from studio.accounts.models import Person
from studio.events.models import Event
from studio.jobs.models import Job
from studio.notices.models import Topic
from studio.projects.models import Membership, Project
from studio.projects.policies import LEADS, TEAM, can_approve, can_export, can_make_takes
from studio.review.models import Note, Verdict
from studio.shots.models import Take

JUDGES = frozenset(role for role in TEAM if can_approve(role))
CONCERNS = {
    Topic.TAKE: can_make_takes,
    Topic.EXPORT: can_export,
    Topic.REVISION: can_approve,
    Topic.CLIENT: LEADS.__contains__,
    Topic.JOINED: LEADS.__contains__,
    Topic.BUDGET: LEADS.__contains__,
    Topic.HOOK: LEADS.__contains__,
}
"""Topics that only some roles are ever told of."""
GATHERED = frozenset({Topic.TAKE, Topic.FAILED})
"""What comes by the dozen while a film is made: several are one notice, and mail about them waits until what was ordered is done."""
JUDGED: dict[str, str] = {
    Verdict.APPROVED: gettext_noop("{who} approved revision {revision}"),
    Verdict.WITH_NOTES: gettext_noop("{who} approved, with notes, revision {revision}"),
    Verdict.CHANGES: gettext_noop("{who} asked for changes to revision {revision}"),
}


@dataclass(frozen=True)
class Told:
    """One person and why they are told; `words`, marked for translation, with the event's data, `who` and `facts` in them. `many`, `many_at`: the
    words for `n` of the same, which are then one notice, and the name of the page where all of them are."""

    person: uuid.UUID
    topic: Topic
    words: str
    many: str = ""
    many_at: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """`whom` is told and where that leads. `of_own`: also whoever did it themselves."""

    whom: Callable[[Event, Project], Iterable[Told]]
    at: Callable[[Event, Project], str]
    of_own: bool = False


def topics_for(role: str) -> list[Topic]:
    return [topic for topic in Topic if topic not in CONCERNS or CONCERNS[topic](role)]


def facts_of(event: Event) -> dict[str, Any]:
    actor = Person.objects.filter(pk=event.actor_id).first() if event.actor_id else None
    return {**event.data, "who": (actor.name if actor else "") or "Somebody"}


# --- whom it concerns ---


def _ids(values: Iterable[Any]) -> list[uuid.UUID]:
    return [uuid.UUID(str(value)) for value in values if value]


def _with_role(topic: Topic, roles: Iterable[str], words: str, many: str = "", many_at: str = "") -> Callable[[Event, Project], list[Told]]:
    def whom(event: Event, project: Project) -> list[Told]:
        people = Membership.objects.filter(project=project, role__in=roles).values_list("person_id", flat=True)
        return [Told(person, topic, words, many, many_at) for person in people]

    return whom


def _written(event: Event, project: Project) -> list[Told]:
    """A mention weighs more than an assignment, that more than an answer: who is told twice is told of the weightier."""
    told = [Told(person, Topic.MENTIONED, gettext_noop("{who} mentioned you in a note")) for person in _ids(event.data.get("mentions") or [])]
    told += [Told(person, Topic.ASSIGNED, gettext_noop("{who} gave a note to you")) for person in _ids([event.data.get("assigned")])]
    if parent := event.data.get("parent"):
        notes = Note.objects.filter(Q(pk=parent) | Q(parent=parent), project=project).values_list("author_id", "parent_id")
        first = {author for author, above in notes if above is None}
        told += [Told(person, Topic.ANSWERED, gettext_noop("{who} answered your note")) for person in first]
        others = {author for author, _ in notes} - first
        told += [Told(person, Topic.ANSWERED, gettext_noop("{who} answered in your conversation")) for person in others]
    if event.actor_id is not None and Person.objects.filter(pk=event.actor_id, is_guest=True).exists():
        told += _by_client(event, project)
    return told


_by_client = _with_role(Topic.CLIENT, LEADS, gettext_noop("{who} wrote a note, as a client"), gettext_noop("{n} notes by clients"), "review:page")


def _assigned(event: Event, project: Project) -> list[Told]:
    return [Told(person, Topic.ASSIGNED, gettext_noop("{who} gave a note to you")) for person in _ids([event.data.get("assigned")])]


def _author(words: str) -> Callable[[Event, Project], list[Told]]:
    def whom(event: Event, project: Project) -> list[Told]:
        return [Told(note.author_id, Topic.ANSWERED, words)] if (note := _note(event, project)) else []

    return whom


def _judged(event: Event, project: Project) -> list[Told]:
    words = JUDGED.get(str(event.data.get("verdict")), gettext_noop("{who} judged revision {revision}"))
    return _with_role(Topic.JUDGED, TEAM, words)(event, project)


def _take(event: Event, project: Project) -> list[Told]:
    """Only takes that were waited for; a clip that somebody put there by a click they have seen."""
    if event.actor_id is None or not event.subject_id.isdecimal():
        return []
    take = Take.objects.select_related("shot").filter(pk=event.subject_id, shot__project=project).exclude(job=None).first()
    if take is None:
        return []
    words, many = gettext_noop("Take {number} of shot {code} is ready"), gettext_noop("{n} takes that you ordered are ready")
    return [Told(event.actor_id, Topic.TAKE, words, many, "storyboard:wall", {"code": take.shot.code})]


def _failed(event: Event, project: Project) -> list[Told]:
    """Who asked for the job is the event's actor, and the only one whom it concerns."""
    if event.actor_id is None:
        return []
    job = _job(event, project)
    title = job.title.replace("{", "(").replace("}", ")") if job is not None else ""
    words = gettext_noop("“{title}” failed: {reason}") if title else gettext_noop("A job failed: {reason}")
    many = gettext_noop("{n} jobs of yours failed; the last: {reason}")
    return [Told(event.actor_id, Topic.FAILED, words, many, "overview:project", {"title": title})]


def _exported(event: Event, project: Project) -> list[Told]:
    return [Told(event.actor_id, Topic.EXPORT, gettext_noop("Export {number} of revision {revision} is ready"))] if event.actor_id else []


def _given(event: Event, project: Project) -> list[Told]:
    """A shot that changed hands concerns who has it now; what a client said of one its person, and the owner and producers."""
    theirs = _ids([event.data.get("assigned")])
    if event.data.get("guest") and "rule" not in event.data:
        told = [Told(person, Topic.ASSIGNED, gettext_noop("{who}, a client, set your shot {said}")) for person in theirs]
        return told + _set_by_client(event, project)
    given = "assigned" in (event.data.get("after") or {})
    return [Told(person, Topic.ASSIGNED, gettext_noop("{who} gave a shot to you")) for person in theirs] if given else []


_set_by_client = _with_role(
    Topic.CLIENT,
    LEADS,
    gettext_noop("{who}, a client, set a shot {said}"),
    gettext_noop("{n} times clients said where a shot stands"),
    "work:board",
)


def _automated(event: Event, project: Project) -> list[Told]:
    words = str(event.data.get("says") or "{words}")
    return [Told(person, Topic.WORK, words, facts=event.data.get("facts") or {}) for person in _ids(event.data.get("people") or [])]


# --- where it leads ---


def _note(event: Event, project: Project) -> Note | None:
    rows = Note.objects.filter(project=project, pk=event.data.get("note") or event.subject_id)
    return rows.select_related("cut_revision", "script_revision").defer("script_revision__text").first()


def _note_page(event: Event, project: Project) -> str:
    note = _note(event, project)
    if note is not None and note.cut_revision is not None:
        return reverse("review:revision", args=[project.slug, note.cut_revision.number]) + f"#note-{note.parent_id or note.pk}"
    if note is not None and note.script_revision is not None:
        return reverse("script:page", args=[project.slug]) + f"#note-{note.parent_id or note.pk}"
    if note is not None and note.shot_id:
        return reverse("shots:page", args=[project.slug, note.shot_id])
    return reverse("review:page", args=[project.slug])


def _revision_page(name: str) -> Callable[[Event, Project], str]:
    def at(event: Event, project: Project) -> str:
        number = event.data.get(name)
        return reverse("review:revision", args=[project.slug, number]) if isinstance(number, int) else reverse("review:page", args=[project.slug])

    return at


def _job(event: Event, project: Project) -> Job | None:
    return Job.objects.filter(project=project, pk=event.subject_id).first() if event.subject_kind == "job" else None


def _shot_page(event: Event, project: Project) -> str:
    job = _job(event, project)
    shot = str(event.data.get("shot") or (job.subject_id if job is not None and job.subject_kind == "shot" else ""))
    return reverse("shots:page", args=[project.slug, int(shot)]) if shot.isdecimal() else reverse("overview:project", args=[project.slug])


def _work_page(event: Event, project: Project) -> str:
    if event.subject_kind == "shot" and event.subject_id.isdecimal():
        return reverse("shots:page", args=[project.slug, int(event.subject_id)])
    return reverse("work:board", args=[project.slug])


def _page(name: str) -> Callable[[Event, Project], str]:
    return lambda event, project: reverse(name, args=[project.slug])


FROZEN = gettext_noop("{who} froze revision {number} of the cut: it waits for a verdict")
BUDGET = gettext_noop("Four fifths of the budget are spent or set aside")
RULES: dict[str, Rule] = {
    "note.written": Rule(_written, _note_page),
    "note.assigned": Rule(_assigned, _note_page),
    "note.resolved": Rule(_author(gettext_noop("{who} resolved your note")), _note_page),
    "note.reopened": Rule(_author(gettext_noop("{who} opened your note again")), _note_page),
    "cut.frozen": Rule(_with_role(Topic.REVISION, JUDGES, FROZEN), _revision_page("number")),
    "cut.judged": Rule(_judged, _revision_page("revision")),
    "guest.came": Rule(_with_role(Topic.CLIENT, LEADS, gettext_noop("{name} came by a client's link")), _page("share:links")),
    "work.changed": Rule(_given, _work_page),
    "work.told": Rule(_automated, _work_page, of_own=True),
    "take.stored": Rule(_take, _shot_page, of_own=True),
    "job.failed": Rule(_failed, _shot_page, of_own=True),
    "export.stored": Rule(_exported, _page("delivery:page"), of_own=True),
    "member.joined": Rule(_with_role(Topic.JOINED, LEADS, gettext_noop("{who} joined as {role}")), _page("projects:settings")),
    "budget.warned": Rule(_with_role(Topic.BUDGET, LEADS, BUDGET), _page("ledger:costs"), of_own=True),
    "hook.stopped": Rule(_with_role(Topic.HOOK, LEADS, gettext_noop("A webhook was switched off: {why}")), _page("notices:hooks"), of_own=True),
}
