"""What people did, newest first, in words; many of one kind in a row are told as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, pgettext

from studio.accounts.models import Person
from studio.events.models import Event
from studio.jobs.words import said as reason_words
from studio.projects.models import Project, role_words
from studio.shots.models import Shot
from studio.work.models import name_words
from studio.work.saying import said_of, told_words

PAGE = 200  # events read for a page of the feed; grouped, they are far fewer lines


@dataclass(frozen=True)
class Happening:
    """One line of the feed: `event` is the newest of what it tells."""

    event: Event
    person: Person | None
    words: str
    url: str


WORDS = {
    "project.started": gettext_noop("started the film"),
    "project.changed": gettext_noop("changed the film's details"),
    "member.joined": gettext_noop("joined as {role}"),
    "member.removed": gettext_noop("removed {name}"),
    "member.role_changed": gettext_noop("changed a role from {before} to {after}"),
    "invitation.made": gettext_noop("invited somebody as {role}"),
    "invitation.revoked": gettext_noop("withdrew an invitation"),
    "script.revised": gettext_noop("saved revision {revision} of the script"),
    "script.drafted": gettext_noop("has a draft of the script by a model ({number})"),
    "draft.set_aside": gettext_noop("set draft {number} of the script aside"),
    "shots.listed": gettext_noop("listed the shots of revision {revision}"),
    "shot.changed": gettext_noop("changed a shot"),
    "shot.moved": gettext_noop("moved a shot from {before} to {after}"),
    "shot.added": gettext_noop("added a shot after {after}"),
    "shot.removed": gettext_noop("set shot {code} aside"),
    "shot.restored": gettext_noop("brought shot {code} back"),
    "work.changed": gettext_noop("set a shot {said}"),
    "work.told": gettext_noop("has news: {words}"),
    "status.added": gettext_noop("added the status {name}"),
    "status.changed": gettext_noop("changed the status {name}"),
    "status.removed": gettext_noop("took the status {name} away"),
    "automation.added": gettext_noop("added an automation: {words}"),
    "automation.removed": gettext_noop("took an automation away: {words}"),
    "line.changed": gettext_noop("changed a line"),
    "world.described": gettext_noop("described somebody or somewhere anew"),
    "film.requested": gettext_noop("asked for {count} jobs to make the film"),
    "take.stored": gettext_noop("has take {number} of a shot"),
    "version.published": gettext_noop("published version {number} of a shot"),
    "cut.edited": gettext_noop("edited the cut ({operation})"),
    "cut.frozen": gettext_noop("froze revision {number} of the cut"),
    "link.made": gettext_noop("shared revision {revision} with {name}"),
    "playlist.shared": gettext_noop("shared the playlist “{playlist}” with {name}"),
    "link.changed": gettext_noop("changed a client's link"),
    "link.revoked": gettext_noop("revoked the link for {name}"),
    "guest.came": gettext_noop("came by a client's link"),
    "guest.verified": gettext_noop("proved an address at a client's link"),
    "playlist.made": gettext_noop("made the playlist “{name}”"),
    "playlist.deleted": gettext_noop("deleted the playlist “{name}”"),
    "session.started": gettext_noop("started a session of {name}"),
    "session.handed_over": gettext_noop("let {presenter} present {name}"),
    "session.ended": gettext_noop("ended the session of {name}"),
    "export.stored": gettext_noop("exported the film ({number})"),
    "piece.stored": gettext_noop("has a new {medium} in the material (M{number})"),
    "piece.uploaded": gettext_noop("brought a {medium} in (M{number})"),
    "piece.removed": gettext_noop("set piece M{number} aside"),
    "piece.restored": gettext_noop("brought piece M{number} back"),
    "budget.changed": gettext_noop("set the budget"),
    "budget.warned": gettext_noop("ordered what brings the costs over four fifths of the budget"),
    "hook.added": gettext_noop("added a webhook"),
    "hook.enabled": gettext_noop("switched a webhook on"),
    "hook.disabled": gettext_noop("switched a webhook off"),
    "hook.stopped": gettext_noop("switched a webhook off that does not answer: {why}"),
    "hook.removed": gettext_noop("removed a webhook"),
    "job.failed": gettext_noop("has a job that failed: {reason}"),
    "job.cancelled": gettext_noop("cancelled a job"),
    "jobs.cancelled": gettext_noop("cancelled {count} jobs"),
    "job.retried": gettext_noop("asked for a job again"),
}
MANY = {
    "take.stored": gettext_noop("has {n} new takes"),
    "version.published": gettext_noop("published {n} versions"),
    "shot.changed": gettext_noop("changed shots {n} times"),
    "shot.moved": gettext_noop("moved shots {n} times"),
    "work.changed": gettext_noop("set where shots stand {n} times"),
    "cut.edited": gettext_noop("edited the cut {n} times"),
    "line.changed": gettext_noop("changed {n} lines"),
    "piece.stored": gettext_noop("has {n} new pieces of material"),
    "piece.uploaded": gettext_noop("brought {n} files in"),
    "job.failed": gettext_noop("has {n} jobs that failed"),
    "job.cancelled": gettext_noop("cancelled {n} jobs"),
    "job.retried": gettext_noop("asked for {n} jobs again"),
    "invitation.made": gettext_noop("invited {n} people"),
}
OF_SHOT = {
    "shot.changed": gettext_noop("changed shot {shot}"),
    "shot.moved": gettext_noop("moved shot {shot} from {before} to {after}"),
    "shot.added": gettext_noop("added shot {shot} after {after}"),
    "work.changed": gettext_noop("set shot {shot} {said}"),
    "take.stored": gettext_noop("has take {number} of shot {shot}"),
    "version.published": gettext_noop("published version {number} of shot {shot}"),
}
"""What is said of a shot that the film still has, with its code."""
_EDITS: dict[str, Callable[[], str]] = {
    "trim": lambda: pgettext("what was done to a cut", "trim"),
    "move": lambda: pgettext("what was done to a cut", "move"),
    "remove": lambda: pgettext("what was done to a cut", "remove"),
    "restore": lambda: pgettext("what was done to a cut", "restore"),
    "level": lambda: pgettext("what was done to a cut", "level"),
    "undo": lambda: pgettext("what was done to a cut", "undo"),
    "redo": lambda: pgettext("what was done to a cut", "redo"),
    "place": lambda: pgettext("what was done to a cut", "place"),
    "swap": lambda: pgettext("what was done to a cut", "swap"),
    "length": lambda: pgettext("what was done to a cut", "length"),
    "order": lambda: pgettext("what was done to a cut", "order"),
}
_MEDIA: dict[str, Callable[[], str]] = {
    "picture": lambda: pgettext("a piece of material", "picture"),
    "clip": lambda: pgettext("a piece of material", "clip"),
    "sound": lambda: pgettext("a piece of material", "sound"),
    "text": lambda: pgettext("a piece of material", "text"),
    "adapter": lambda: pgettext("a piece of material", "adapter"),
}


IN_WORDS: dict[str, Callable[[str], str]] = {
    "role": role_words,
    "reason": reason_words,
    "why": gettext,
    "operation": lambda kind: _EDITS[kind]() if kind in _EDITS else kind,
    "medium": lambda medium: _MEDIA[medium]() if medium in _MEDIA else medium,
}
"""What the log keeps in English of a fixed set, in the reader's language."""


def _told(project: Project) -> QuerySet[Event]:
    """Events that have words. What follows by itself from another (a take placed in the cut, a first version, what an automation did) has none."""
    itself = Q(kind="cut.edited", data__operation__in=["place", "swap"]) | Q(kind="version.published", data__number=1)
    itself |= Q(kind="work.changed", data__has_key="rule")
    return Event.objects.filter(project_id=project.pk, kind__in=WORDS).exclude(itself).order_by("-id")


def activity(project: Project, before: int | None = None) -> tuple[list[Happening], int | None]:
    """The newest things people did, and the event id before which older ones stand (None: these are all)."""
    events = _told(project)
    page = list((events.filter(pk__lt=before) if before else events)[:PAGE])
    people = {person.pk: person for person in Person.objects.filter(pk__in={event.actor_id for event in page})}
    shots = dict(Shot.objects.filter(project=project, pk__in=_shot_ids(page)).values_list("pk", "code"))
    feed = []
    for run in _runs(page):
        newest = run[0]
        words = gettext(MANY[newest.kind]).format(n=len(run)) if len(run) > 1 else _words(newest, shots)
        url = _room(project, newest) if len(run) > 1 else _url(project, newest, shots)
        feed.append(Happening(newest, people.get(newest.actor_id) if newest.actor_id else None, words, url))
    return feed, page[-1].pk if len(page) == PAGE else None


def _runs(events: list[Event]) -> Iterator[list[Event]]:
    """Events in a row by one person, of one kind that can be told together."""
    for (kind, _), group in groupby(events, key=lambda event: (event.kind, event.actor_id)):
        run = list(group)
        if kind in MANY:
            yield run
        else:
            yield from ([event] for event in run)


def _shot_ids(events: list[Event]) -> set[int]:
    return {shot for event in events if (shot := _shot_of(event))}


def _shot_of(event: Event) -> int | None:
    if event.subject_kind == "shot" and event.subject_id.isdigit():
        return int(event.subject_id)
    shot = event.data.get("shot")
    return shot if isinstance(shot, int) else None


def _words(event: Event, shots: dict[int, str]) -> str:
    code = shots.get(_shot_of(event) or 0)
    words = OF_SHOT.get(event.kind, WORDS[event.kind]) if code else WORDS[event.kind]
    return gettext(words).format_map(_Missing({**event.data, **_in_words(event), "shot": code}))


def _in_words(event: Event) -> dict[str, str]:
    """What stands in the event in English, as far as it is ours, in the reader's language."""
    data = event.data
    found = {name: words(str(data[name])) for name, words in IN_WORDS.items() if data.get(name)}
    if event.kind == "member.role_changed":
        found |= {name: role_words(str(data.get(name, "?"))) for name in ("before", "after")}
    if event.kind.startswith("status.") and "name" in data:
        found["name"] = name_words(data["name"])
    if event.kind == "work.changed":
        found["said"] = said_of(data.get("after") or {})
    if event.kind == "work.told":
        found["words"] = told_words(data)
    return found


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _url(project: Project, event: Event, shots: dict[int, str]) -> str:
    shot = _shot_of(event)
    if shot in shots:
        return reverse("shots:page", args=[project.slug, shot])
    return _room(project, event)


ROOMS = {
    "script": "script:page",
    "world": "world:page",
    "take": "storyboard:wall",
    "shot": "storyboard:wall",
    "piece": "material:page",
    "work": "work:board",
    "status": "work:statuses",
    "automation": "work:statuses",
    "cut": "timeline:page",
    "playlist": "screening:page",
    "session": "screening:page",
    "export": "delivery:page",
    "link": "share:links",
    "guest": "share:links",
}


def _room(project: Project, event: Event) -> str:
    room = ROOMS.get(event.kind.split(".")[0])
    return reverse(room, args=[project.slug]) if room else ""
