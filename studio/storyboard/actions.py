"""Keeping a panel for each shot, and having panels drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from studio.events.log import hold, record
from studio.jobs import paying
from studio.jobs.actions import Order, request_jobs
from studio.jobs.models import BATCH, INTERACTIVE, Job, State
from studio.projects.models import Project
from studio.shots.models import Shot
from studio.shots.recipes import beats_by_scene, shot_spec
from studio.storyboard.models import Panel
from studio.world.actions import Designs, design_missing

PANEL_WIDTH = 480


def panel_size(project: Project) -> tuple[int, int]:
    """A panel's pixels: 480 wide (or high, for upright films) at the project's aspect, both even."""
    scale = PANEL_WIDTH / max(project.width, project.height)
    return max(16, round(project.width * scale / 2) * 2), max(16, round(project.height * scale / 2) * 2)


@transaction.atomic
def keep_panels(project: Project, *, by: Any) -> list[Job]:
    """A panel for every shot, and a drawing ordered for each panel that has none."""
    hold(project.pk)
    bare = Shot.objects.filter(project=project, removed=False, panels=None)
    Panel.objects.bulk_create([Panel(shot=shot) for shot in bare], ignore_conflicts=True, batch_size=500)
    missing = Panel.objects.filter(shot__project=project, shot__removed=False, drawing=None)
    return draw_panels(project, missing.values_list("pk", flat=True), by=by, priority=BATCH)


@transaction.atomic
def draw_panels(project: Project, panels: Iterable[int], *, by: Any, priority: int = INTERACTIVE) -> list[Job]:
    """Order fresh drawings. A queued drawing of the same panel is made obsolete: it is cancelled, the new one sees the newest shot."""
    hold(project.pk)
    rows = list(
        Panel.objects.filter(pk__in=list(panels), shot__project=project)
        .select_related("shot__scene", "shot__project")
        .prefetch_related("shot__shot_lines")
        .order_by("shot__scene__order", "shot__position")
    )
    if not rows:
        return []
    ids = [str(row.pk) for row in rows]
    obsolete = Job.objects.filter(project=project, kind="panel", subject_id__in=ids, state=State.QUEUED)
    gone = list(obsolete.values_list("pk", flat=True))
    Job.objects.filter(pk__in=gone, state=State.QUEUED).update(state=State.CANCELLED, error="A newer drawing was asked for.")
    paying.close(project, gone)
    designs = design_missing(project, by=by)
    beats = beats_by_scene(project, {row.shot.scene_id for row in rows})
    return request_jobs(project, by, [_order(row, beats[row.shot.scene_id], priority, designs) for row in rows], what="panels.requested")


def _order(panel: Panel, beats: list[Any], priority: int, designs: Designs) -> Order:
    spec = {**shot_spec(panel.shot, beats, quality="draft", pixels=panel_size(panel.shot.project)), "at": panel.at}
    return Order("panel", spec, panel, title=f"Panel {panel.shot.code}", priority=priority, after=designs.within(spec["facts"]))


@transaction.atomic
def redraw(panel: Panel, *, by: Any) -> Job:
    """Draw one panel again at once."""
    hold(panel.shot.project_id)
    job = draw_panels(panel.shot.project, [panel.pk], by=by)[0]
    record("panel.redrawn", actor=by, project=panel.shot.project, subject=panel)
    return job
