from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.world import actions, queries
from studio.world.actions import WorldConflict
from studio.world.models import Character, Location

KINDS = ("characters", "locations")


class NotesForm(forms.Form):
    notes = forms.CharField(label=gettext_lazy("Notes"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    revision = forms.IntegerField(min_value=1)


@require_safe
@project_view(policies.can_view)
def page(request: ProjectRequest) -> HttpResponse:
    """Everybody and everywhere of the film."""
    context = {
        "characters": queries.characters_of(request.project),
        "locations": queries.locations_of(request.project),
        "may_edit": policies.can_edit_world(request.role),
        "composed": (("music", gettext("Music")), ("tone", gettext("Tones"))),
    }
    return render(request, "world/page.html", context)


def _entry(request: ProjectRequest, kind: str, pk: int) -> Character | Location:
    if kind not in KINDS:
        raise Http404(gettext("The world has characters and locations."))
    if kind == "characters":
        return get_object_or_404(Character.objects.select_related("design"), pk=pk, project=request.project)
    return get_object_or_404(Location.objects.select_related("design"), pk=pk, project=request.project)


@require_safe
@project_view(policies.can_view)
def card(request: ProjectRequest, kind: str, pk: int) -> HttpResponse:
    return _card(request, kind, _entry(request, kind, pk))


def _card(request: ProjectRequest, kind: str, entry: Character | Location, status: int = 200, **more: object) -> HttpResponse:
    may = policies.can_edit_world(request.role)
    context = {"entry": entry, "kind": kind, "job": actions.open_design(entry), "may_edit": may, **more}
    return render(request, "world/_card.html", context, status=status)


@require_POST
@project_view(policies.can_view, write=policies.can_edit_world)
def description(request: ProjectRequest, kind: str, pk: int) -> HttpResponse:
    """Say in one's own words what somebody or somewhere looks like; they are designed again by these words."""
    entry = _entry(request, kind, pk)
    form = NotesForm(request.POST)
    if not form.is_valid():
        too_long = gettext("A description is at most 4,000 characters long.")
        return _card(request, kind, entry, 400, problem=too_long, written=request.POST.get("notes", "")[:8000])
    try:
        actions.redesign(entry, by=request.user, notes=form.cleaned_data["notes"], revision=form.cleaned_data["revision"])
    except WorldConflict as conflict:
        return _card(request, kind, conflict.theirs, 409, problem=str(conflict), written=form.cleaned_data["notes"])
    return _card(request, kind, _entry(request, kind, pk))
