"""Where the shots of a shared cut stand, as far as its clients may know; and what a client may say of them. A status approves nothing.

The team's words and ids for shots do not leave: a client knows a shot by its number in the cut, from 1, and by where it begins.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from studio.share.entry import Entry, LinkRequest, link_view, nothing_here
from studio.share.limits import may_try
from studio.share.models import Guest
from studio.shots.models import Shot
from studio.work.following import StandingRefused, set_by_client
from studio.work.models import Standing, Status
from studio.work.queries import seen_by_clients


@dataclass(frozen=True)
class Stands:
    """One shot by its number in the cut, the frame of the cut at which it first shows, and its status, which clients may see."""

    number: int
    at: int
    status: Status
    choices: tuple[Status, ...] = ()
    """What this guest may say of it."""


def statuses_for(entry: Entry) -> dict[str, object]:
    """What `share/_statuses.html` is drawn with: shots in the order of the cut, each once. As many queries for one as for all."""
    first = _first_frames(entry)
    seen = seen_by_clients(entry.link.project, first)
    may_say = settable(entry) if seen else []
    return {
        "project": entry.link.project,
        "stands": [
            Stands(number, at, seen[shot], tuple(one for one in may_say if one != seen[shot]))
            for number, (shot, at) in enumerate(first.items(), 1)
            if shot in seen
        ],
        "settable": may_say,
        "statuses_url": entry.url("statuses"),
    }


def _first_frames(entry: Entry) -> dict[int, int]:
    """The shots of the shared cut in its order, each with the frame at which it first shows."""
    first: dict[int, int] = {}
    for clip in entry.link.plan.clips:
        first.setdefault(clip.shot, clip.at)
    return first


def settable(entry: Entry) -> list[Status]:
    """The statuses that this link's guests may put a shot at: none for who only watches."""
    return list(Status.objects.filter(project=entry.link.project, client_sets=True)) if entry.link.may_note else []


@require_http_methods(["GET", "HEAD", "POST"])
@link_view("film")
def statuses(request: LinkRequest) -> HttpResponse:
    """GET: where the shots stand now. POST: put one (`shot`, its number, which the guest saw at the status `seen`) at another `status`."""
    entry = request.entry
    if request.method in ("GET", "HEAD"):
        return _list(request)
    if entry.guest is None:
        return _refused(request, gettext("This is a preview: what you do here is not kept."), 409)
    shot, seen, wanted = (_number(request.POST.get(name, "")) for name in ("shot", "seen", "status"))
    found = _shot(entry, shot)
    if not entry.link.may_note:
        return _refused(request, gettext("This link is for watching: a shot's status is not set here."))
    status = next((one for one in settable(entry) if one.pk == wanted), None)
    if status is None:
        return _refused(request, gettext("Choose what you want to say of this shot. Nothing was changed."))
    if not may_try(request, "link_status", entry.guest.pk.hex):
        return _refused(request, gettext("Those were more changes than one can follow in an hour. Say it again later."), 409)
    try:
        set_status(entry.guest, found, seen=seen, status=status)
    except StandingRefused as problem:
        return _list(request, str(problem), 409)
    return _list(request)


def set_status(guest: Guest, shot: Shot, *, seen: int, status: Status) -> Standing:
    """The guest's word on a shot of the cut, with their name in the event. Raises `StandingRefused`."""
    via = {"link": str(guest.link_id), "guest": str(guest.pk), "name": guest.name}
    return set_by_client(shot, by=guest.person, seen=seen, status=status, via=via)


def _shot(entry: Entry, number: int) -> Shot:
    """A shot of the shared cut by its number in it; every other is not there."""
    shown = list(_first_frames(entry))
    found = Shot.objects.select_related("project", "scene").filter(pk__in=shown[max(0, number - 1) : number], project=entry.link.project).first()
    if found is None:
        raise nothing_here()
    return found


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else 0


def _list(request: LinkRequest, problem: str = "", status: int = 200) -> HttpResponse:
    return render(request, "share/_stands.html", {**statuses_for(request.entry), "problem": problem}, status=status)


def _refused(request: LinkRequest, problem: str, status: int = 422) -> HttpResponse:
    return render(request, "ui/_problem.html", {"problem": problem}, status=status)
