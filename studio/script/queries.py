"""The newest text, its breakdown, and its scenes."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import QuerySet

from studio.projects.models import Project
from studio.script.breakdown import Breakdown, break_down
from studio.script.fountain import parse
from studio.script.models import Scene, Script, ScriptRevision


def newest_revision(project: Project) -> ScriptRevision | None:
    return ScriptRevision.objects.filter(script__project=project).order_by("-number").first()


def revision(project: Project, number: int) -> ScriptRevision | None:
    return ScriptRevision.objects.select_related("author").filter(script__project=project, number=number).first()


def revisions(project: Project) -> QuerySet[ScriptRevision]:
    return ScriptRevision.objects.filter(script__project=project).select_related("author").defer("text").order_by("-number")


def scenes_of(project: Project) -> QuerySet[Scene]:
    return Scene.objects.filter(project=project, removed=False).order_by("order", "pk")


def script_of(project: Project) -> Script | None:
    return Script.objects.filter(project=project).first()


def breakdown_of(project: Project, number: int) -> Breakdown | None:
    """What a revision breaks down into; the same text at the same rate gives the same answer, so it is kept for a while."""
    found = revision(project, number)
    return _broken_down(found.text, project.rate_num, project.rate_den) if found else None


@lru_cache(maxsize=8)
def _broken_down(text: str, num: int, den: int) -> Breakdown:
    return break_down(parse(text), (num, den))
