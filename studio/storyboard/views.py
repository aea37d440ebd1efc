from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from studio.jobs.queries import open_jobs_by_subject
from studio.projects import policies
from studio.projects.access import ProjectRequest, project_view
from studio.shots.models import ANGLES, LENSES, MOVES, SIZES
from studio.shots.queries import film_length
from studio.storyboard import actions, queries
from studio.storyboard.models import Panel


def _words(request: ProjectRequest) -> dict[str, object]:
    return {
        "may_edit": policies.can_edit_shot_list(request.role),
        "may_make": policies.can_make_takes(request.role),
        "sizes": SIZES,
        "angles": ANGLES,
        "moves": MOVES,
        "lenses": LENSES,
    }


@require_safe
@project_view(policies.can_view)
def wall(request: ProjectRequest) -> HttpResponse:
    """Every panel by scene. `?scene=…` asks for one scene's fragment; the page loads the first scenes and fetches the rest as they come
    into view, so that a long film costs no more than a short one."""
    project = request.project
    scenes = list(queries.scenes_with_panels(project))
    asked = request.GET.get("scene", "")
    if asked.isdecimal() and len(asked) < 10:
        scenes = [scene for scene in scenes if str(scene.pk) == asked]
    shown = scenes if asked else queries.first_scenes(scenes)
    by_scene = {key: list(group) for key, group in groupby(queries.panels_of(project, shown), key=lambda panel: panel.shot.scene_id)}
    context = {
        "scenes": [(scene, by_scene.get(scene.pk)) for scene in scenes],
        "jobs": open_jobs_by_subject(project, "panel"),
        "length": film_length(project),
        "count": queries.panel_count(project),
        **_words(request),
    }
    return render(request, "storyboard/_scene.html" if asked else "storyboard/wall.html", context)


@require_safe
@project_view(policies.can_view)
def panel(request: ProjectRequest, panel: int) -> HttpResponse:
    return _panel(request, panel)


def _panel(request: ProjectRequest, pk: int, status: int = 200) -> HttpResponse:
    found = get_object_or_404(queries.panels_of(request.project), pk=pk)
    context = {"panel": found, "jobs": open_jobs_by_subject(request.project, "panel"), **_words(request)}
    return render(request, "storyboard/_panel.html", context, status=status)


@require_safe
@project_view(policies.can_view)
def panel_of_shot(request: ProjectRequest, shot: int) -> HttpResponse:
    found = get_object_or_404(Panel, shot_id=shot, shot__project=request.project, order=0)
    return _panel(request, found.pk)


@require_POST
@project_view(policies.can_view, write=policies.can_edit_shot_list)
def drawing(request: ProjectRequest, panel: int) -> HttpResponse:
    """Draw a panel again."""
    found = get_object_or_404(
        Panel.objects.select_related("shot__project", "shot__scene"), pk=panel, shot__project=request.project, shot__removed=False
    )
    actions.redraw(found, by=request.user)
    return _panel(request, panel, status=202)


@require_safe
@project_view(policies.can_view)
def animatic(request: ProjectRequest) -> JsonResponse:
    """The storyboard as a playlist: each shot's panel for its length, with the lines that are recorded."""
    return JsonResponse(queries.animatic(request.project))
