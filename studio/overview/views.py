from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio.accounts.models import Person
from studio.overview import feed, queries
from studio.overview.sample import sample_due
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.projects.queries import projects_of
from studio.shots.queries import film_estimate, film_length, shots_of
from studio.timeline.actions import cut_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Every film this person works on."""
    person = cast(Person, request.user)
    memberships = {membership.project_id: membership for membership in projects_of(person)}
    cards = queries.film_cards([membership.project for membership in memberships.values() if policies.can_view(membership.role)])
    closed = [membership.project for membership in memberships.values() if not policies.can_view(membership.role)]
    films = [(card, memberships[card.project.pk].get_role_display()) for card in cards]
    coming = not films and person.is_operator and sample_due()
    busy = coming or queries.anything_made([card.project for card in cards])
    return render(request, "overview/home.html", {"films": films, "closed": closed, "coming": coming, "busy": busy})


@require_safe
@project_view(policies.can_view)
def project(request: ProjectRequest) -> HttpResponse:
    """The film itself, what it waits for, and what happened."""
    context = {
        "length": film_length(request.project),
        "shot_count": shots_of(request.project).count(),
        "estimate": film_estimate(request.project),
        "waiting": queries.waiting_for(request.project, request.role, request.user),
        "activity": feed.activity(request.project)[0][:10],
        "may_make": policies.can_make_takes(request.role),
        "cut": cut_of(request.project),
    }
    return render(request, "overview/project.html", context)


@require_safe
@project_view(policies.can_view)
def filmline(request: ProjectRequest) -> HttpResponseBase:
    """The film line's cells, cached by revision: an unchanged film costs one small query."""
    revision = queries.film_line_revision(request.project)
    etag = f'"{revision}"'
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponseBase = HttpResponseNotModified()
    else:
        key = f"filmline:{request.project.pk}:{revision}"
        shots = cache.get_or_set(key, lambda: queries.film_line(request.project), 3600)
        answer = JsonResponse({"revision": revision, "shots": shots})
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_safe
@project_view(policies.can_view)
def search(request: ProjectRequest) -> JsonResponse:
    return JsonResponse({"found": queries.search_index(request.project)})


@require_safe
@project_view(policies.can_view)
def activity(request: ProjectRequest) -> HttpResponse:
    """What happened, newest first; `?before=` an event's id shows older ones."""
    before = request.GET.get("before", "")
    found, older = feed.activity(request.project, int(before) if before.isdecimal() and len(before) < 18 else None)
    context = {"activity": found, "older": older}
    return render(request, "overview/_feed.html" if request.headers.get("HX-Request") else "overview/activity.html", context)


@require_safe
@project_view(policies.can_view)
def presence(request: ProjectRequest) -> HttpResponse:
    return render(request, "ui/_presence.html", {"people": queries.presence(request.project, without=request.user)})
