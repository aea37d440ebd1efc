"""The newest text, its breakdown, and its scenes."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import QuerySet

from studio.jobs.models import OPEN, Job, State
from studio.projects.models import Project
from studio.script.breakdown import Breakdown, break_down
from studio.script.fountain import parse
from studio.script.models import Draft, Scene, Script, ScriptRevision


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


def proposals(project: Project) -> QuerySet[Draft]:
    """What models propose and nobody has decided on, newest first."""
    return Draft.objects.filter(project=project, state=Draft.PROPOSED).select_related("by").order_by("-number")


def drafts_at_work(project: Project) -> list[Job]:
    """Drafts that are being written; and the newest of all that were asked for, if it failed."""
    asked = Job.objects.filter(project=project, kind="draft").order_by("-created")
    newest = asked.first()
    open_ones = list(asked.filter(state__in=OPEN))
    return [newest] if newest is not None and newest.state == State.FAILED else open_ones
