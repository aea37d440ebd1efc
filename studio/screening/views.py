from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.jobs.kinds import Refused
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.projects.models import Membership, Role
from studio.review.forms import NoteForm
from studio.review.models import Audience
from studio.review.notes import NoteRefused, retake_from
from studio.review.queries import marks
from studio.screening import playlists as listing
from studio.screening import queries
from studio.screening import sessions as meeting
from studio.screening.forms import ItemForm, SessionForm
from studio.screening.models import Playlist, PlaylistItem, Session
from studio.screening.playlists import PlaylistRefused
from studio.screening.reel import Reel
from studio.screening.sessions import SessionRefused
from studio.timeline.queries import playlist_of


def _playlist(request: ProjectRequest, playlist: int) -> Playlist:
    return get_object_or_404(Playlist.objects.select_related("project"), pk=playlist, project=request.project)


def _item(request: ProjectRequest, playlist: int, item: int) -> PlaylistItem:
    rows = PlaylistItem.objects.select_related("playlist__project")
    return get_object_or_404(rows, pk=item, playlist=playlist, playlist__project=request.project)


def _session(request: ProjectRequest, session: uuid.UUID) -> Session:
    return get_object_or_404(Session.objects.select_related("project", "presenter", "by"), pk=session, project=request.project)


def _refused(request: ProjectRequest, problem: object, status: int = 422) -> HttpResponse:
    return render(request, "ui/_problem.html", {"problem": str(problem)}, status=status)


def _moved(url: str) -> HttpResponse:
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = url
    return answer


def _rights(request: ProjectRequest) -> dict[str, bool]:
    return {
        "may_list": policies.can_make_playlists(request.role),
        "may_start": policies.can_start_session(request.role),
        "may_note": policies.can_note(request.role),
        "may_share": policies.can_share(request.role),
    }


@require_safe
@project_view(policies.can_view)
def page(request: ProjectRequest) -> HttpResponse:
    """Playlists, sessions that are live, and those that were."""
    context = {
        "playlists": list(queries.playlists_of(request.project)),
        "live": list(queries.live_sessions(request.project)),
        "past": queries.past_sessions(request.project),
        "revisions": list(queries.revisions_to_add(request.project)),
        **_rights(request),
    }
    return render(request, "screening/page.html", context)


@require_safe
@project_view(policies.can_view)
def live(request: ProjectRequest) -> HttpResponse:
    """What other pages say of sessions that are live; nothing if there is none."""
    return render(request, "screening/_live.html", {"live": queries.live_sessions(request.project)})


@require_POST
@project_view(policies.can_view, write=policies.can_make_playlists)
def playlists(request: ProjectRequest) -> HttpResponse:
    try:
        made = listing.make_playlist(request.project, by=request.user, name=request.POST.get("name", ""))
    except PlaylistRefused as problem:
        return _refused(request, problem)
    return _moved(reverse("screening:playlist", args=[request.project.slug, made.pk]))


@require_safe
@project_view(policies.can_view)
def playlist(request: ProjectRequest, playlist: int) -> HttpResponse:
    found = _playlist(request, playlist)
    reel = queries.reel_of_playlist(found)
    context = {
        **_edited(request, found, reel),
        **_thread(request, reel, reverse("screening:playlist_notes", args=[request.project.slug, found.pk])),
        "takes": list(queries.takes_to_add(request.project)),
        "revisions": list(queries.revisions_to_add(request.project)),
        "live": queries.live_sessions(request.project).filter(playlist=found).first(),
        "team": _team(request),
    }
    return render(request, "screening/playlist.html", context)


def _edited(request: ProjectRequest, found: Playlist, reel: Reel | None = None) -> dict[str, Any]:
    reel = reel or queries.reel_of_playlist(found)
    return {"playlist": found, "parts": reel.parts, "frames": reel.plan.total, **_rights(request)}


def _items_answered(request: ProjectRequest, found: Playlist) -> HttpResponse:
    """The items; the player hears of it by the event, as everybody's does."""
    return render(request, "screening/_items.html", _edited(request, found))


@require_safe
@project_view(policies.can_view)
def playlist_reel(request: ProjectRequest, playlist: int) -> JsonResponse:
    return JsonResponse(playlist_of(request.project, queries.reel_of_playlist(_playlist(request, playlist)).plan))


@require_POST
@project_view(policies.can_view, write=policies.can_make_playlists)
def name(request: ProjectRequest, playlist: int) -> HttpResponse:
    try:
        found = listing.rename_playlist(_playlist(request, playlist), by=request.user, name=request.POST.get("name", ""))
    except PlaylistRefused as problem:
        return _refused(request, problem)
    return _moved(reverse("screening:playlist", args=[request.project.slug, found.pk]))


@require_POST
@project_view(policies.can_view, write=policies.can_make_playlists)
def removal(request: ProjectRequest, playlist: int) -> HttpResponse:
    listing.delete_playlist(_playlist(request, playlist), by=request.user)
    return redirect("screening:page", request.project.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_make_playlists)
def items(request: ProjectRequest, playlist: int) -> HttpResponse:
    """GET: what is in it. POST: one thing more."""
    found = _playlist(request, playlist)
    if request.method != "POST":
        return _items_answered(request, found)
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _refused(request, gettext("Choose a take or a revision from the list. Nothing was added."))
    try:
        listing.add_item(found, form.found(request.project), by=request.user)
    except PlaylistRefused as problem:
        return _refused(request, problem)
    return _items_answered(request, _playlist(request, playlist))


@require_POST
@project_view(policies.can_view, write=policies.can_make_playlists)
def place(request: ProjectRequest, playlist: int, item: int) -> HttpResponse:
    """`way` is `up` or `down`."""
    found, way = _item(request, playlist, item), {"up": -1, "down": 1}.get(request.POST.get("way", ""))
    if way is None:
        return _refused(request, gettext("An item goes up or down. Nothing was moved."))
    listing.move_item(found, by=request.user, way=way)
    return _items_answered(request, found.playlist)


@require_POST
@project_view(policies.can_view, write=policies.can_make_playlists)
def item_removal(request: ProjectRequest, playlist: int, item: int) -> HttpResponse:
    found = _item(request, playlist, item)
    listing.remove_item(found, by=request.user)
    return _items_answered(request, found.playlist)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_note)
def playlist_notes(request: ProjectRequest, playlist: int) -> HttpResponse:
    found = _playlist(request, playlist)
    return _notes(request, queries.reel_of_playlist(found), reverse("screening:playlist_notes", args=[request.project.slug, found.pk]))


@require_POST
@project_view(policies.can_view, write=policies.can_start_session)
def sessions(request: ProjectRequest) -> HttpResponse:
    """Start one, of a `playlist` by its id or of a frozen `revision` by its number; or join the one that is live of the same thing."""
    form = SessionForm(request.POST)
    of = form.found(request.project) if form.is_valid() else None
    if of is None:
        return _refused(request, gettext("Say which playlist or revision the session is of. None was started."))
    try:
        started = meeting.start_session(request.project, of, by=request.user)
    except SessionRefused as problem:
        return _refused(request, problem, status=409)
    return redirect("screening:session", request.project.slug, started.pk)


@require_safe
@project_view(policies.can_view)
def session(request: ProjectRequest, session: uuid.UUID) -> HttpResponse:
    """The room while it is live; what was said there when it is over."""
    found = _session(request, session)
    if found.ended is not None:
        told = {"summary": queries.summary_of(found), "session": found, "mails": settings.EMAIL_ENABLED}
        return render(request, "screening/summary.html", told)
    reel = meeting.reel_of_session(found)
    context = {
        **_present(request, found),
        **_thread(request, reel, reverse("screening:session_notes", args=[request.project.slug, found.pk]), found),
        "parts": reel.parts,
        "clips": reel.plan.clips,
        "team": _team(request),
    }
    return render(request, "screening/session.html", context)


def _present(request: ProjectRequest, found: Session) -> dict[str, Any]:
    me = request.user
    presents = found.presenter_id == me.pk
    attendance = queries.attendance_of(found)
    away = meeting.is_away(found)
    return {
        "session": found,
        "attendance": attendance,
        "here": [row for row in attendance if row.is_here],
        "presents": presents,
        "away": away,
        "may_take": away and not presents and policies.can_attend(request.role),
        "may_end": presents or policies.can_start_session(request.role),
    }


@require_safe
@project_view(policies.can_view)
def people(request: ProjectRequest, session: uuid.UUID) -> HttpResponse:
    """Who is there, who presents, and what one may do about it."""
    found = _session(request, session)
    if found.ended is not None:
        return _moved(reverse("screening:session", args=[request.project.slug, found.pk]))
    return render(request, "screening/_people.html", _present(request, found))


@require_safe
@project_view(policies.can_view)
def session_reel(request: ProjectRequest, session: uuid.UUID) -> JsonResponse:
    return JsonResponse(playlist_of(request.project, meeting.reel_of_session(_session(request, session)).plan))


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_note)
def session_notes(request: ProjectRequest, session: uuid.UUID) -> HttpResponse:
    found = _session(request, session)
    where = reverse("screening:session_notes", args=[request.project.slug, found.pk])
    return _notes(request, meeting.reel_of_session(found), where, found)


@require_POST
@project_view(policies.can_view, write=policies.can_attend)
def presenter(request: ProjectRequest, session: uuid.UUID) -> HttpResponse:
    """Hand presenting `to` somebody of the team; or take it oneself, once the presenter's connection is lost."""
    found = _session(request, session)
    try:
        found = meeting.hand_over(found, by=request.user, to=request.POST.get("to", ""))
    except SessionRefused as problem:
        return _refused(request, problem, status=409)
    return render(request, "screening/_people.html", _present(request, found))


@require_POST
@project_view(policies.can_view, write=policies.can_attend)
def end(request: ProjectRequest, session: uuid.UUID) -> HttpResponse:
    found = _session(request, session)
    if found.presenter_id != request.user.pk and not policies.can_start_session(request.role):
        raise PermissionDenied(gettext("A session is ended by whoever presents it, or by an owner, producer or artist."))
    meeting.end_session(found, by=request.user)
    return redirect("screening:session", request.project.slug, found.pk)


def _team(request: ProjectRequest) -> Any:
    return Membership.objects.filter(project=request.project).exclude(role=Role.CLIENT).select_related("person").order_by("person__name")


def _thread(request: ProjectRequest, reel: Reel, where: str, session: Session | None = None) -> dict[str, Any]:
    placed = queries.notes_on_reel(request.project, reel)
    return {
        "placed": placed,
        "notes_url": where,
        "marks": marks(placed),
        "drawings": {str(one.note.pk): shapes for one in placed if (shapes := [row.shape for row in one.note.annotations.all()])},
        "open_count": sum(one.note.is_open for one in placed),
        "in_session": session,
        "may_note": policies.can_note(request.role),
        "may_make": policies.can_make_takes(request.role),
    }


def _notes(request: ProjectRequest, reel: Reel, where: str, session: Session | None = None) -> HttpResponse:
    """GET: the notes on what is watched. POST: one more."""
    if request.method != "POST":
        return render(request, "screening/_notes.html", _thread(request, reel, where, session))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.problem())
    told = form.cleaned_data
    said = {key: told[key] for key in ("text", "first", "last", "shapes", "held", "assigned")}
    said["audience"] = Audience.CLIENT if told["client"] else Audience.TEAM
    try:
        note = meeting.note_in(reel, request.project, by=request.user, session=session, **said)
        if told["retake"] and policies.can_make_takes(request.role):
            retake_from(note, by=request.user)
    except (NoteRefused, Refused) as problem:
        return _refused(request, problem)
    return render(request, "screening/_notes.html", _thread(request, reel, where, session), status=201)
