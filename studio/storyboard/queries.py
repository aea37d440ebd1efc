"""Panels for the wall."""

from __future__ import annotations

from django.db.models import QuerySet

from studio.projects.models import Project
from studio.storyboard.models import Panel


def panels_of(project: Project) -> QuerySet[Panel]:
    """Every panel in the film's order with its shot, scene and standing drawing; lines are prefetched for the words."""
    panels = Panel.objects.filter(shot__project=project, shot__removed=False, shot__scene__removed=False)
    panels = panels.select_related("shot__scene", "shot__version__take", "drawing")
    return panels.prefetch_related("shot__shot_lines__line__character").order_by("shot__scene__order", "shot__position", "shot_id", "order")


def drawn_shots(project: Project) -> set[int]:
    return set(Panel.objects.filter(shot__project=project).exclude(drawing=None).values_list("shot_id", flat=True))
