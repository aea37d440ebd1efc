"""What is missing before delivery, and what was delivered."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from studio.delivery.models import Export
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.timeline.actions import cut_of
from studio.timeline.models import Clip


@dataclass(frozen=True)
class Readiness:
    """Codes of shots that have no take, and of those whose take is stale; frames that would be exported."""

    without_take: tuple[str, ...]
    stale: tuple[str, ...]
    frames: int

    @property
    def complete(self) -> bool:
        return not self.without_take and self.frames > 0


def readiness(project: Project) -> Readiness:
    clips = Clip.objects.filter(cut=cut_of(project), removed=False, shot__removed=False).select_related("shot").order_by("order")
    missing = tuple(clip.shot.code for clip in clips if clip.take_id is None)
    stale = tuple(clip.shot.code for clip in clips if clip.take_id and clip.shot.stale)
    return Readiness(missing, stale, sum(clip.frames for clip in clips if clip.take_id))


def exports_of(project: Project) -> QuerySet[Export]:
    return Export.objects.filter(project=project).select_related("asset", "cut_revision", "by").order_by("-number")


def export_jobs(project: Project) -> QuerySet[Job]:
    """Exports that are not done: running, waiting, or ended badly and not yet asked for again."""
    return Job.objects.filter(project=project, kind="export").exclude(state="succeeded").order_by("-created")[:5]
