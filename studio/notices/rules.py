"""Who is told of which event: one table. Each rule gives {person's id: topic}, from the event and the project's rows as they stand."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from studio.events.models import Event
from studio.notices.models import Topic
from studio.projects.models import Membership, Project
from studio.projects.policies import LEADS, TEAM
from studio.review.models import Note

Told = dict[uuid.UUID, Topic]


def _ids(values: Any) -> list[uuid.UUID]:
    return [uuid.UUID(str(value)) for value in values if value]


def _with_role(project: Project, roles: frozenset[Any]) -> list[uuid.UUID]:
    return list(Membership.objects.filter(project=project, role__in=roles).values_list("person_id", flat=True))


def _written(event: Event, project: Project) -> Told:
    """A mention weighs more than an assignment, that more than an answer: each is told once."""
    told: Told = {}
    if parent := event.data.get("parent"):
        authors = Note.objects.filter(project=project).filter(pk=parent) | Note.objects.filter(project=project, parent_id=parent)
        told |= dict.fromkeys(authors.values_list("author_id", flat=True), Topic.ANSWERED)
    told |= dict.fromkeys(_ids([event.data.get("assigned")]), Topic.ASSIGNED)
    return told | dict.fromkeys(_ids(event.data.get("mentions") or []), Topic.MENTIONED)


def _assigned(event: Event, project: Project) -> Told:
    return dict.fromkeys(_ids([event.data.get("assigned")]), Topic.ASSIGNED)


def _resolved(event: Event, project: Project) -> Told:
    authors = Note.objects.filter(project=project, pk=event.data.get("note") or event.subject_id).values_list("author_id", flat=True)
    return dict.fromkeys(authors, Topic.ANSWERED)


def _failed(event: Event, project: Project) -> Told:
    """Who asked for the job is the event's actor, and the only one whom it concerns."""
    return {event.actor_id: Topic.FAILED} if event.actor_id else {}


def _team(topic: Topic) -> Callable[[Event, Project], Told]:
    return lambda event, project: dict.fromkeys(_with_role(project, TEAM), topic)


def _leads(topic: Topic) -> Callable[[Event, Project], Told]:
    return lambda event, project: dict.fromkeys(_with_role(project, LEADS), topic)


def _note_page(event: Event, project: Project) -> str:
    note = Note.objects.filter(project=project, pk=event.data.get("note") or event.subject_id).select_related("cut_revision", "parent").first()
    if note is not None and note.cut_revision is not None:
        return reverse("review:revision", args=[project.slug, note.cut_revision.number]) + f"#note-{note.parent_id or note.pk}"
    if note is not None and note.shot_id:
        return reverse("shots:page", args=[project.slug, note.shot_id])
    return reverse("review:page", args=[project.slug])


def _revision_page(event: Event, project: Project) -> str:
    number = event.data.get("revision")
    return reverse("review:revision", args=[project.slug, number]) if isinstance(number, int) else reverse("review:page", args=[project.slug])


def _page(name: str) -> Callable[[Event, Project], str]:
    return lambda event, project: reverse(name, args=[project.slug])


@dataclass(frozen=True)
class Rule:
    """`words` for the list, with the event's data and `who` in them; `of_own`: also whoever did it themselves."""

    tell: Callable[[Event, Project], Told]
    words: str
    address: Callable[[Event, Project], str]
    of_own: bool = False


RULES: dict[str, Rule] = {
    "note.written": Rule(_written, "{who} wrote a note for you", _note_page),
    "note.assigned": Rule(_assigned, "{who} gave a note to you", _note_page),
    "note.resolved": Rule(_resolved, "{who} resolved your note", _note_page),
    "cut.judged": Rule(_team(Topic.JUDGED), "{who} judged revision {revision}: {verdict}", _revision_page),
    "link.watched": Rule(_leads(Topic.WATCHED), "{who} watched what was shared", _page("review:page")),
    "member.joined": Rule(_leads(Topic.JOINED), "{who} joined as {role}", _page("projects:settings")),
    "job.failed": Rule(_failed, "A job failed: {reason}", _page("overview:project"), of_own=True),
    "budget.warned": Rule(_leads(Topic.BUDGET), "Four fifths of the budget are spent or set aside", _page("ledger:costs"), of_own=True),
    "hook.stopped": Rule(_leads(Topic.HOOK), "A webhook was switched off: {why}", _page("notices:hooks"), of_own=True),
}
WORDS_BY_TOPIC = {
    Topic.MENTIONED: "{who} mentioned you in a note",
    Topic.ASSIGNED: "{who} gave a note to you",
    Topic.ANSWERED: "{who} answered your note",
}
"""What a written note is to whom it is told."""
