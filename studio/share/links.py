"""The team's side: making links, seeing what became of them, taking them back."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.screening.models import Playlist
from studio.share import actions, queries
from studio.share.actions import LinkRefused
from studio.share.entry import preview_token
from studio.share.forms import ChangeForm, LinkForm
from studio.share.models import ShareLink
from studio.timeline.actions import cut_of
from studio.timeline.models import CutRevision
from studio.timeline.plan import plan_cut


def _link(request: ProjectRequest, link: uuid.UUID) -> ShareLink:
    rows = ShareLink.objects.select_related("cut_revision__cut", "reel", "project", "made_by", "revoked_by").prefetch_related("recipients")
    return get_object_or_404(rows, pk=link, project=request.project)


def _links(request: ProjectRequest, form: LinkForm | None = None, **more: Any) -> dict[str, Any]:
    may_share = policies.can_share(request.role)
    form = form or LinkForm(initial={"what": request.GET.get("what", "")})
    kind, _, chosen = str(form["what"].value() or "").partition("-")
    return {
        "links": queries.links_of(request.project),
        "may_share": may_share,
        "form": form,
        "chosen_revision": chosen if kind == "revision" else "",
        "chosen_playlist": chosen if kind == "playlist" else "",
        "revisions": CutRevision.objects.filter(cut__project=request.project).select_related("cut").order_by("-number") if may_share else [],
        "playlists": Playlist.objects.filter(project=request.project, items__isnull=False).distinct().order_by("name") if may_share else [],
        "playable": may_share and bool(plan_cut(cut_of(request.project), only_takes=True).clips),
        **more,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@project_view(policies.can_view, write=policies.can_share)
def page(request: ProjectRequest) -> HttpResponse:
    """GET: every link of the film. POST: one more; its address is shown this once."""
    if request.method in ("GET", "HEAD"):
        return render(request, "share/links.html", _links(request))
    form = LinkForm(request.POST)
    if not form.is_valid():
        return render(request, "share/links.html", _links(request, form), status=400)
    try:
        link, token = actions.make_link(form.found(request.project), by=request.user, terms=form.terms())
    except LinkRefused as problem:
        form.add_error(None, str(problem))
        return render(request, "share/links.html", _links(request, form), status=409)
    address = settings.FIRSTCUT_URL.rstrip("/") + reverse("share:page", args=[token])
    return render(request, "share/links.html", _links(request, fresh=link, address=address), status=201)


def _one(request: ProjectRequest, link: ShareLink, form: ChangeForm | None = None) -> dict[str, Any]:
    told = {"name": link.name, "expires": link.expires, "recipients": "\n".join(one.email for one in link.recipients.all())}
    return {
        "link": link,
        "rights": _rights(link),
        "visits": queries.visits(link),
        "may_share": policies.can_share(request.role),
        "form": form or ChangeForm(initial=told),
    }


def _rights(link: ShareLink) -> str:
    """What a link allows, as one says it."""
    found = [
        (True, pgettext("a right", "watch")),
        (link.may_note, pgettext("a right", "write notes")),
        (link.may_draw, pgettext("a right", "draw")),
        (link.may_approve, pgettext("a right", "give a verdict")),
        (link.may_take_proxy, pgettext("a right", "download clips")),
        (link.may_take_master, pgettext("a right", "download the exported film")),
    ]
    return pgettext("between rights", ", ").join(words for allowed, words in found if allowed)


@require_safe
@project_view(policies.can_view)
def link_page(request: ProjectRequest, link: uuid.UUID) -> HttpResponse:
    """One link: what it allows, who came, and which frames they watched when."""
    return render(request, "share/link.html", _one(request, _link(request, link)))


@require_POST
@project_view(policies.can_view, write=policies.can_share)
def details(request: ProjectRequest, link: uuid.UUID) -> HttpResponse:
    """Its name, its end and its recipients."""
    found, form = _link(request, link), ChangeForm(request.POST)
    if form.is_valid():
        try:
            actions.change_link(found, by=request.user, **form.cleaned_data)
            return redirect("share:link", request.project.slug, found.pk)
        except LinkRefused as problem:
            form.add_error(None, str(problem))
    return render(request, "share/link.html", _one(request, found, form), status=400)


@require_POST
@project_view(policies.can_view, write=policies.can_share)
def revocation(request: ProjectRequest, link: uuid.UUID) -> HttpResponse:
    actions.revoke_link(_link(request, link), by=request.user)
    return redirect("share:link", request.project.slug, link)


@require_safe
@project_view(policies.can_share)
def preview(request: ProjectRequest, link: uuid.UUID) -> HttpResponse:
    """To the page as its client sees it. Nothing done there is kept, no view is counted."""
    return redirect("share:page", preview_token(_link(request, link), request.user))
