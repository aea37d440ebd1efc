"""What people did, newest first, in words; many of one kind in a row are told as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from studio.accounts.models import Person
from studio.events.models import Event
from studio.projects.models import Project
from studio.shots.models import Shot

PAGE = 200  # events read for a page of the feed; grouped, they are far fewer lines


@dataclass(frozen=True)
class Happening:
    """One line of the feed: `event` is the newest of what it tells."""

    event: Event
    person: Person | None
    words: str
    url: str


WORDS = {
    "project.started": "started the film",
    "project.changed": "changed the film's details",
    "member.joined": "joined as {role}",
    "member.removed": "removed {name}",
    "member.role_changed": "changed a role from {before} to {after}",
    "invitation.made": "invited somebody as {role}",
    "invitation.revoked": "withdrew an invitation",
    "script.revised": "saved revision {revision} of the script",
    "script.drafted": "has a draft of the script by a model ({number})",
    "draft.set_aside": "set draft {number} of the script aside",
    "shots.listed": "listed the shots of revision {revision}",
    "shot.changed": "changed a shot",
    "shot.moved": "moved a shot from {before} to {after}",
    "shot.added": "added a shot after {after}",
    "shot.removed": "set shot {code} aside",
    "shot.restored": "brought shot {code} back",
    "work.changed": "set a shot {said}",
    "work.told": "has news: {words}",
    "status.added": "added the status {name}",
    "status.changed": "changed the status {name}",
    "status.removed": "took the status {name} away",
    "automation.added": "added an automation: {words}",
    "automation.removed": "took an automation away: {words}",
    "line.changed": "changed a line",
    "world.described": "described somebody or somewhere anew",
    "film.requested": "asked for {count} jobs to make the film",
    "take.stored": "has take {number} of a shot",
    "version.published": "published version {number} of a shot",
    "cut.edited": "edited the cut ({operation})",
    "cut.frozen": "froze revision {number} of the cut",
    "link.made": "shared revision {revision} with {name}",
    "playlist.shared": "shared the playlist “{playlist}” with {name}",
    "link.changed": "changed a client's link",
    "link.revoked": "revoked the link for {name}",
    "guest.came": "came by a client's link",
    "guest.verified": "proved an address at a client's link",
    "playlist.made": "made the playlist “{name}”",
    "playlist.deleted": "deleted the playlist “{name}”",
    "session.started": "started a session of {name}",
    "session.handed_over": "let {presenter} present {name}",
    "session.ended": "ended the session of {name}",
    "export.stored": "exported the film ({number})",
    "piece.stored": "has a new {medium} in the material (M{number})",
    "piece.uploaded": "brought a {medium} in (M{number})",
    "piece.removed": "set piece M{number} aside",
    "piece.restored": "brought piece M{number} back",
    "budget.changed": "set the budget",
    "budget.warned": "ordered what brings the costs over four fifths of the budget",
    "hook.added": "added a webhook",
    "hook.enabled": "switched a webhook on",
    "hook.disabled": "switched a webhook off",
    "hook.stopped": "switched a webhook off that does not answer: {why}",
    "hook.removed": "removed a webhook",
    "job.failed": "has a job that failed: {reason}",
    "job.cancelled": "cancelled a job",
    "jobs.cancelled": "cancelled {count} jobs",
    "job.retried": "asked for a job again",
}
MANY = {
    "take.stored": "has {n} new takes",
    "version.published": "published {n} versions",
    "shot.changed": "changed shots {n} times",
    "shot.moved": "moved shots {n} times",
    "work.changed": "set where shots stand {n} times",
    "cut.edited": "edited the cut {n} times",
    "line.changed": "changed {n} lines",
    "piece.stored": "has {n} new pieces of material",
    "piece.uploaded": "brought {n} files in",
    "job.failed": "has {n} jobs that failed",
    "job.cancelled": "cancelled {n} jobs",
    "job.retried": "asked for {n} jobs again",
    "invitation.made": "invited {n} people",
}


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
        words = MANY[newest.kind].format(n=len(run)) if len(run) > 1 else _words(newest, shots)
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
    words = WORDS[event.kind].format_map(_Missing(event.data))
    shot = _shot_of(event)
    return words.replace("a shot", f"shot {shots[shot]}") if shot in shots else words


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
