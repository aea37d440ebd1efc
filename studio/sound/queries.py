"""Lines and cues of a project."""

from __future__ import annotations

from django.db.models import QuerySet

from studio.projects.models import Project
from studio.sound.models import Cue, Line


def lines_of(project: Project) -> QuerySet[Line]:
    return Line.objects.filter(project=project, removed=False).select_related("character", "take")


def cues_of(project: Project) -> QuerySet[Cue]:
    return Cue.objects.filter(scene__project=project).select_related("scene", "take")
