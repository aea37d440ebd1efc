from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.jobs.queries import open_jobs_by_subject
from studio.projects import policies as film
from studio.projects.access import ProjectRequest, project_view
from studio.review.models import Note
from studio.script.models import Scene
from studio.shots.models import Shot
from studio.work import actions, policies, queries
from studio.work.actions import WorkRefused
from studio.work.following import StandingConflict, change_standing, change_together, standing_of
from studio.work.forms import AutomationForm, SelectionForm, StandingForm, StatusForm
from studio.work.models import Automation, Colour, Standing, Status
from studio.work.queries import View
from studio.work.todo import give_note

NO_PLANS = gettext_noop("Owners, producers and artists give shots to people and set dates. The status you may set.")


def _shot(request: ProjectRequest, pk: int) -> Shot:
    return get_object_or_404(Shot.objects.select_related("scene", "project"), pk=pk, project=request.project, removed=False)


def _drawn(request: ProjectRequest, view: View) -> dict[str, Any]:
    """What cards are drawn with: rights, and the jobs of panels that are being drawn."""
    return {**_rights(request, view), "jobs": open_jobs_by_subject(request.project, "panel")}


def _rights(request: ProjectRequest, view: View) -> dict[str, Any]:
    may_set, may_plan = policies.can_set_status(request.role), policies.can_plan(request.role)
    moves = {"status": "status" if may_set else "", "person": "assigned" if may_plan else "", "scene": ""}[view.by]
    return {"may_set": may_set, "may_plan": may_plan, "moves": moves, "view": view}


@require_safe
@project_view(film.can_view)
def board(request: ProjectRequest) -> HttpResponse:
    """`?by=` status, person or scene; `?only=` mine or overdue; `?scene=` one of them."""
    view = View.of(request.GET)
    context = {
        **_drawn(request, view),
        "board": queries.board(request.project, view, request.user),
        "ways": [(key, gettext(words), view.query(by=key)) for key, words in queries.WAYS],
        "onlys": [(key, gettext(words), view.query(only=key)) for key, words in queries.ONLY],
        "scenes": Scene.objects.filter(project=request.project, removed=False).order_by("order", "pk").only("pk", "number", "heading"),
        "may_shape": policies.can_shape_work(request.role),
        "team": queries.team_of(request.project) if policies.can_plan(request.role) else [],
    }
    return render(request, "work/board.html", context)


@require_safe
@project_view(film.can_view)
def column(request: ProjectRequest, key: str) -> HttpResponse:
    """One column of a board, by a status, person (or "none") or scene; with `after`, a shot, only the cards behind it."""
    view, after = View.of(request.GET), request.GET.get("after", "")
    behind = _shot(request, int(after)) if after.isascii() and after.isdecimal() and len(after) < 16 else None
    found = queries.column_of(request.project, view, request.user, key, behind)
    if found is None:
        raise Http404(gettext("The board has no such column."))
    context = {**_drawn(request, view), "column": found, "statuses": queries.statuses_of(request.project)}
    return render(request, "work/_cards.html" if behind else "work/_column.html", context)


@require_safe
@project_view(film.can_view)
def cards(request: ProjectRequest) -> HttpResponse:
    """The cards of `shots` (ids with commas between) that the board shows, and what its columns count: for a page that hears of a change."""
    asked = [int(number) for number in re.findall(r"[0-9]{1,15}", request.GET.get("shots", ""))[: queries.MOST_ASKED]]
    return _cards(request, asked)


def _cards(request: ProjectRequest, asked: list[int], status: int = 200, problem: str = "", kept: Sequence[Standing] = ()) -> HttpResponse:
    """`kept`: how those stand that were changed, also where the board shows them no longer."""
    view = View.of(request.GET)
    context = {
        **_drawn(request, view),
        "cards": queries.shown_of(request.project, view, request.user, asked),
        "counts": queries.counts_of(request.project, view, request.user),
        "statuses": queries.statuses_of(request.project),
        "problem": problem,
        "kept": {row.shot_id: row.revision for row in kept},
    }
    return render(request, "work/_changed.html", context, status=status)


@require_POST
@project_view(film.can_view, write=policies.can_set_status)
def selection(request: ProjectRequest) -> HttpResponse:
    """Say the same of several shots: all in one transaction, answered by their cards on the board that the address describes. Shots that somebody
    else changed meanwhile, or set aside, stay as they are and are named; where that is all of them the answer is a 409."""
    form = SelectionForm(request.POST, request.project)
    if not form.is_valid():
        return _refused(request, form.problem(), 422)
    if form.cleaned_data["field"] == "assigned" and not policies.can_plan(request.role):
        return _refused(request, gettext(NO_PLANS), 403)
    asked = list(form.cleaned_data["cards"])
    found = list(Shot.objects.filter(pk__in=asked, project=request.project).select_related("scene").order_by(*queries.ORDER))
    if len(found) != len(asked):
        raise Http404(gettext("The film has no such shot."))
    for one in found:
        one.project = request.project
    told = change_together(request.project, form.wishes(one for one in found if not one.removed), by=request.user)
    problem = _not_kept([one.code for one in told.refused], [one.code for one in found if one.removed], len(told.kept))
    return _cards(request, asked, 200 if told.kept else 409, problem, told.kept)


def _not_kept(changed: list[str], gone: list[str], kept: int) -> str:
    """What was not done to which of several shots, in words; nothing where all was done."""
    said = []
    if changed:
        words = gettext("Somebody changed %(shots)s meanwhile; yours was not kept there.")
        said.append(words % {"shots": ", ".join(changed)})
    if gone:
        said.append(gettext("Set aside meanwhile: %(shots)s.") % {"shots": ", ".join(gone)})
    if said and kept:
        said.insert(0, ngettext("Kept for %(count)d shot.", "Kept for %(count)d shots.", kept) % {"count": kept})
    return " ".join(said)


@require_POST
@project_view(film.can_view, write=policies.can_plan)
def task(request: ProjectRequest, note: uuid.UUID) -> HttpResponse:
    """A note becomes work: its shot goes back to be made again, and both are somebody's."""
    found = get_object_or_404(Note, pk=note, project=request.project)
    try:
        row = give_note(found, by=request.user)
    except WorkRefused as problem:
        return _refused(request, str(problem), 409)
    words = gettext("%(code)s: %(status)s, for %(person)s") % {"code": row.shot.code, "status": row.status.words, "person": row.assigned}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"work:kept": {"words": words}, "live:note.assigned": ""})})


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(film.can_view, write=policies.can_set_status)
def shot(request: ProjectRequest, shot: int) -> HttpResponse:
    """GET: where a shot stands, as a form. POST: say so. `?card` is answered by the shot's card on the board that the address describes."""
    found, as_card = _shot(request, shot), "card" in request.GET
    if request.method in ("GET", "HEAD"):
        return _standing(request, found)
    form = StandingForm(request.POST, request.project)
    if not form.is_valid():
        return _said(request, found, form.problem(), 422, as_card)
    wanted = form.wanted()
    if {"assigned", "due"} & set(wanted) and not policies.can_plan(request.role):
        return _said(request, found, gettext(NO_PLANS), 403, as_card)
    try:
        row = change_standing(found, by=request.user, base=form.cleaned_data["revision"], **wanted)
    except StandingConflict as conflict:
        return _said(request, found, str(conflict), 409, as_card)
    if as_card:
        return _cards(request, [found.pk], kept=[row])
    answer = _standing(request, found)
    answer["HX-Trigger"] = json.dumps({"work:kept": {"words": gettext("Kept what you said of %(code)s.") % {"code": found.code}}})
    return answer


def _said(request: ProjectRequest, shot: Shot, problem: str, status: int, as_card: bool) -> HttpResponse:
    if as_card:
        return _cards(request, [shot.pk], status, problem)
    return _standing(request, shot, status, problem) if status == 409 else render(request, "ui/_problem.html", {"problem": problem}, status=status)


def _standing(request: ProjectRequest, shot: Shot, status: int = 200, problem: str = "") -> HttpResponse:
    context = {
        **_rights(request, View()),
        "shot": shot,
        "standing": standing_of(shot),
        "statuses": queries.statuses_of(request.project),
        "team": queries.team_of(request.project),
        "problem": problem,
    }
    return render(request, "work/_standing.html", context, status=status)


def _shape(request: ProjectRequest, **more: Any) -> dict[str, Any]:
    return {
        "used": queries.used_statuses(request.project),
        "automations": queries.automations_of(request.project),
        "colours": Colour.choices,
        "triggers": Automation.Trigger.choices,
        "effects": Automation.Effect.choices,
        "team": queries.team_of(request.project),
        "may_shape": policies.can_shape_work(request.role),
        **more,
    }


def _shaped(request: ProjectRequest, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "work/_shape.html", _shape(request, **more), status=status)


def _refused(request: ProjectRequest, problem: str, status: int) -> HttpResponse:
    return render(request, "ui/_problem.html", {"problem": problem}, status=status)


def _status(request: ProjectRequest, pk: int) -> Status:
    return get_object_or_404(Status.objects.select_related("project"), pk=pk, project=request.project)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(film.can_view, write=policies.can_shape_work)
def statuses(request: ProjectRequest) -> HttpResponse:
    """GET: the film's statuses and automations. POST: one status more."""
    if request.method in ("GET", "HEAD"):
        return render(request, "work/shape.html", _shape(request))
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.problem(), 422)
    try:
        actions.add_status(request.project, by=request.user, **form.values())
    except WorkRefused as problem:
        return _refused(request, str(problem), 409)
    return _shaped(request, status=201)


@require_POST
@project_view(film.can_view, write=policies.can_shape_work)
def status(request: ProjectRequest, status: int) -> HttpResponse:
    """Change a status: the whole of it, as its form shows it."""
    found, form = _status(request, status), StatusForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.problem(), 422)
    try:
        actions.change_status(found, by=request.user, base=form.cleaned_data["revision"] or 0, **form.values())
    except WorkRefused as problem:
        return _shaped(request, 409, problem=str(problem))
    return _shaped(request)


@require_POST
@project_view(film.can_view, write=policies.can_shape_work)
def place(request: ProjectRequest, status: int) -> HttpResponse:
    """`up=1`: one place earlier; otherwise one later."""
    actions.move_status(_status(request, status), by=request.user, up=request.POST.get("up") == "1")
    return _shaped(request)


@require_POST
@project_view(film.can_view, write=policies.can_shape_work)
def removal(request: ProjectRequest, status: int) -> HttpResponse:
    """Take a status away; `instead` is the one that takes its place where it is used."""
    found, given = _status(request, status), request.POST.get("instead", "")
    named = given.isascii() and given.isdecimal() and len(given) < 16
    instead = Status.objects.filter(project=request.project, pk=int(given)).first() if named else None
    try:
        actions.remove_status(found, by=request.user, instead=instead)
    except WorkRefused as problem:
        return _refused(request, str(problem), 409)
    return _shaped(request)


@require_POST
@project_view(film.can_view, write=policies.can_shape_work)
def automations(request: ProjectRequest) -> HttpResponse:
    form = AutomationForm(request.POST, request.project)
    if not form.is_valid():
        return _refused(request, form.problem(), 422)
    try:
        actions.add_automation(request.project, by=request.user, **form.cleaned_data)
    except WorkRefused as problem:
        return _refused(request, str(problem), 409)
    return _shaped(request, status=201)


def _automation(request: ProjectRequest, pk: int) -> Automation:
    return get_object_or_404(Automation.objects.select_related("project", "status", "to_status", "to_person"), pk=pk, project=request.project)


@require_POST
@project_view(film.can_view, write=policies.can_shape_work)
def switch(request: ProjectRequest, automation: int) -> HttpResponse:
    """`on=1` lets it act from now on, anything else stops it."""
    actions.switch_automation(_automation(request, automation), by=request.user, on=request.POST.get("on") == "1")
    return _shaped(request)


@require_POST
@project_view(film.can_view, write=policies.can_shape_work)
def automation_removal(request: ProjectRequest, automation: int) -> HttpResponse:
    actions.remove_automation(_automation(request, automation), by=request.user)
    return _shaped(request)
