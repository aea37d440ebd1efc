from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from studio.events.models import Event
from studio.jobs.kinds import Refused
from studio.jobs.starting import with_starts
from studio.media.sources import take_sources
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.script.models import Scene
from studio.shots import actions, queries
from studio.shots.actions import ShotConflict
from studio.shots.forms import LineForm, ShotForm, TakesForm, problems
from studio.shots.models import ANGLES, MOVES, SIZES, Shot, Take
from studio.shots.recipes import differences
from studio.shots.saying import field_name, value_words
from studio.shots.telling import told
from studio.shots.twins import twins_of
from studio.sound.actions import change_line
from studio.sound.models import Cue, Line
from studio.sound.views import priced

HISTORY = 40


def _shot(request: ProjectRequest, pk: int, **also: Any) -> Shot:
    return get_object_or_404(Shot.objects.select_related("scene", "project", "version__take"), pk=pk, project=request.project, **also)


@require_safe
@project_view(policies.can_view)
def page(request: ProjectRequest, shot: int) -> HttpResponse:
    """Everything about one shot. `?beside` asks for what stands beside it on the timeline: its takes and what it was told."""
    found = _shot(request, shot)
    if "beside" in request.GET:
        return render(request, "shots/_beside.html", shot_state(request, found, told=told(found)))
    around = list(queries.shots_of(request.project).values_list("pk", "code"))
    at = next((index for index, row in enumerate(around) if row[0] == found.pk), None)
    context = {
        **shot_state(request, found),
        "before": around[at - 1] if at else None,
        "after": around[at + 1] if at is not None and at + 1 < len(around) else None,
        "current_shot": found.pk,
        "history": Event.objects.filter(project_id=request.project.pk, subject_kind="shot", subject_id=str(found.pk)).order_by("-pk")[:HISTORY],
    }
    return render(request, "shots/page.html", context)


def shot_state(request: ProjectRequest, shot: Shot, **more: Any) -> dict[str, Any]:
    takes = list(queries.takes_of(shot))
    for number, take in enumerate(takes):
        take.shot = shot
        before = next((other for other in takes if other.pk == take.parent_id), takes[number - 1] if number else None)
        take.differs_from = before  # type: ignore[attr-defined]
        take.differs = differences(before.recipe, take.recipe) if before else []  # type: ignore[attr-defined]
    return {
        "shot": shot,
        "form": ShotForm(initial=_initial(shot)),
        "takes": takes,
        "jobs": with_starts(request.project, queries.open_jobs_of(shot)),
        "lines": shot.shot_lines.select_related("line__character", "line__take__consent__withdrawal"),
        "may_edit": policies.can_edit_shot_list(request.role),
        "may_make": policies.can_make_takes(request.role),
        "estimate": queries.take_estimate(shot),
        **more,
    }


def _initial(shot: Shot) -> dict[str, Any]:
    values = {name: getattr(shot, name) for name in ShotForm.base_fields if name not in ("subjects", "characters")}
    return {**values, "subjects": ", ".join(shot.subjects), "characters": ", ".join(shot.characters)}


@require_safe
@project_view(policies.can_view)
def takes_fragment(request: ProjectRequest, shot: int) -> HttpResponse:
    """The takes with their running jobs, for a page that hears of a change."""
    return render(request, "shots/_takes.html", shot_state(request, _shot(request, shot)))


@require_safe
@project_view(policies.can_view)
def shot_list(request: ProjectRequest, scene: int) -> HttpResponse:
    """The shots of one scene as a list, for beside its words."""
    found = get_object_or_404(Scene, pk=scene, project=request.project, removed=False)
    rows = queries.rows_of(found)
    context = {"scene": found, "shots": [row for row in rows if not row.removed], "aside": [row for row in rows if row.removed]}
    return render(request, "shots/_list.html", {**context, **_words(request)})


def _words(request: ProjectRequest) -> dict[str, Any]:
    return {"may_edit": policies.can_edit_shot_list(request.role), "sizes": SIZES, "angles": ANGLES, "moves": MOVES}


@require_safe
@project_view(policies.can_view)
def row(request: ProjectRequest, shot: int) -> HttpResponse:
    """One shot as a line of the list; nothing for one that was set aside, which the list takes out."""
    return HttpResponse(status=204) if _shot(request, shot).removed else _row(request, shot)


def _row(request: ProjectRequest, pk: int, status: int = 200, **more: Any) -> HttpResponse:
    found = get_object_or_404(queries.with_words(Shot.objects.all()), pk=pk, project=request.project, removed=False)
    return render(request, "shots/_row.html", {"shot": found, **_words(request), **more}, status=status)


@require_POST
@project_view(policies.can_view, write=policies.can_edit_shot_list)
def change(request: ProjectRequest, shot: int) -> HttpResponse:
    """Edit a shot in place. Two people at one field: the second is told and sees both. `?row` is answered by the shot's line of the list."""
    found, as_row = _shot(request, shot, removed=False), "row" in request.GET
    form = ShotForm(request.POST)
    if not form.is_valid():
        said = problems(form)
        return _row(request, shot, 400, problem=said) if as_row else render(request, "ui/_problem.html", {"problem": said}, status=400)
    base = form.cleaned_data["revision"] or found.revision
    try:
        changed = actions.change_shot(found, by=request.user, base=base, **form.changes())
    except ShotConflict as conflict:
        both = [(field_name(key), value_words(key, getattr(conflict.theirs, key)), value_words(key, value)) for key, value in conflict.mine.items()]
        if as_row:
            return _row(request, shot, 409, problem=str(conflict), conflict=both)
        return render(request, "shots/_conflict.html", {"shot": conflict.theirs, "rows": both, "problem": str(conflict)}, status=409)
    answer = _row(request, shot) if as_row else render(request, "shots/_brief.html", shot_state(request, changed))
    answer["HX-Trigger"] = "shot:saved"
    return answer


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def takes(request: ProjectRequest, shot: int) -> HttpResponse:
    """Ask for takes, with changes that hold for them only. Where one would be exactly what is there or being made, that is offered instead and
    nothing is ordered (200); `anyway` orders it all the same."""
    found = _shot(request, shot, removed=False)
    form = TakesForm(request.POST)
    if not form.is_valid():
        return render(request, "ui/_problem.html", {"problem": problems(form)}, status=400)
    parent = Take.objects.filter(pk=form.cleaned_data["parent"] or 0, shot=found).first()
    count, changes = form.cleaned_data["count"], form.changes()
    if not form.cleaned_data["anyway"] and (twins := twins_of(found, count=count, changes=changes)):
        again = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
        return render(request, "shots/_takes.html", shot_state(request, found, twins=twins, again=json.dumps({**again, "anyway": "1"})))
    try:
        actions.request_takes(found, by=request.user, count=count, changes=changes, parent=parent)
    except Refused as problem:
        return render(request, "ui/_problem.html", {"problem": str(problem)}, status=409)
    return render(request, "shots/_takes.html", shot_state(request, found), status=202)


@require_POST
@project_view(policies.can_view, write=policies.can_edit_cut)
def version(request: ProjectRequest, shot: int, take: int) -> HttpResponse:
    """Choose a take for the cut: publishes a version."""
    found = get_object_or_404(Take.objects.select_related("shot__project"), pk=take, shot_id=shot, shot__project=request.project)
    actions.choose_take(found, by=request.user)
    return render(request, "shots/_takes.html", shot_state(request, _shot(request, shot)))


@require_safe
@project_view(policies.can_view)
def comparison(request: ProjectRequest, shot: int, one: int, other: int) -> HttpResponse:
    """Two takes in step, and what differs in their recipes."""
    found = _shot(request, shot)
    pair = {take.pk: take for take in queries.takes_of(found).filter(pk__in=(one, other))}
    if one not in pair or other not in pair:
        raise Http404(gettext("This shot has no such take."))
    differs = differences(pair[one].recipe, pair[other].recipe)
    context = {"shot": found, "one": pair[one], "other": pair[other], "differs": differs, "current_shot": found.pk}
    return render(request, "shots/comparison.html", context)


@require_POST
@project_view(policies.can_view, write=policies.can_edit_shot_list)
def move(request: ProjectRequest, shot: int) -> HttpResponse:
    """Put a shot behind another of its scene (`after`), or first (`after` empty)."""
    found = _shot(request, shot, removed=False)
    asked = request.POST.get("after", "")
    after = Shot.objects.filter(pk=int(asked), scene=found.scene, removed=False).first() if asked.isdecimal() and len(asked) < 18 else None
    if asked and after is None:
        problem = gettext("A shot can be moved within its own scene only; nothing was moved.")
        return render(request, "ui/_problem.html", {"problem": problem}, status=409)
    actions.move_shot(found, by=request.user, after=after)
    return HttpResponse(status=204)


@require_POST
@project_view(policies.can_view, write=policies.can_edit_shot_list)
def addition(request: ProjectRequest, shot: int) -> HttpResponse:
    """A new shot behind this one."""
    fresh = actions.add_shot(_shot(request, shot, removed=False), by=request.user)
    return redirect("shots:page", request.project.slug, fresh.pk)


@require_POST
@project_view(policies.can_view, write=policies.can_edit_shot_list)
def removal(request: ProjectRequest, shot: int) -> HttpResponse:
    actions.remove_shot(_shot(request, shot, removed=False), by=request.user)
    return HttpResponse(status=204)


@require_POST
@project_view(policies.can_view, write=policies.can_edit_shot_list)
def restoration(request: ProjectRequest, shot: int) -> HttpResponse:
    actions.restore_shot(_shot(request, shot, removed=True), by=request.user)
    return HttpResponse(status=204)


@require_POST
@project_view(policies.can_view, write=policies.can_write_script)
def line(request: ProjectRequest, line: int) -> HttpResponse:
    """Other words for a line of the shot list."""
    found = get_object_or_404(Line.objects.select_related("project", "character"), pk=line, project=request.project, removed=False)
    form = LineForm(request.POST)
    if not form.is_valid():
        return render(request, "ui/_problem.html", {"problem": problems(form)}, status=400)
    changed = change_line(found, by=request.user, **form.cleaned_data)
    return render(request, "shots/_line.html", {"line": changed, "may_edit": True})


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def cue_takes(request: ProjectRequest, cue_kind: str) -> HttpResponse:
    """Another recording of the music (or the tones) of the film, or of one scene (`scene`). `?price` says what it will cost and orders nothing."""
    if cue_kind not in (Cue.MUSIC, Cue.TONE):
        raise Http404(gettext("A film has music and tones."))
    cues, scene = Cue.objects.filter(scene__project=request.project, kind=cue_kind), request.POST.get("scene", "")
    if scene.isdecimal() and len(scene) < 18:
        cues = cues.filter(scene=int(scene))
    if "price" in request.GET:
        return priced(request, lambda: actions.compose_again(request.project, list(cues), by=request.user))
    try:
        jobs = actions.compose_again(request.project, list(cues), by=request.user)
    except Refused as problem:
        return render(request, "ui/_problem.html", {"problem": str(problem)}, status=409)
    return render(request, "sound/_ordered.html", {"count": len(jobs), "what": "cue"}, status=202)


@require_safe
@project_view(policies.can_view)
def film(request: ProjectRequest) -> HttpResponse:
    """What making the rest of the film will take, said before it is asked for."""
    context = {"estimate": queries.film_estimate(request.project), "may_make": policies.can_make_takes(request.role)}
    return render(request, "shots/_film.html", context)


@require_POST
@project_view(policies.can_view, write=policies.can_make_takes)
def make_film(request: ProjectRequest) -> HttpResponse:
    """Order everything the film lacks."""
    try:
        jobs = actions.make_film(request.project, by=request.user)
    except Refused as problem:
        return render(request, "ui/_problem.html", {"problem": str(problem)}, status=409)
    context = {"ordered": len(jobs), "may_make": True, "estimate": queries.film_estimate(request.project)}
    answer = render(request, "shots/_film.html", context, status=202)
    words = ngettext("%(count)d job is with the workers.", "%(count)d jobs are with the workers.", len(jobs)) % {"count": len(jobs)}
    answer["HX-Trigger"] = json.dumps({"film:ordered": {"words": words}})
    return answer


@require_safe
@project_view(policies.can_view)
def source(request: ProjectRequest, take: int) -> JsonResponse:
    """Where a take's frames lie, for a player; and its recipe."""
    found = get_object_or_404(Take.objects.select_related("shot"), pk=take, shot__project=request.project)
    sources = take_sources(request.project, {found.pk: found.asset_id})
    project = request.project
    return JsonResponse({"rate": [project.rate_num, project.rate_den], "takes": sources, "recipe": found.recipe})
