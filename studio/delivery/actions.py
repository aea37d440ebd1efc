"""Asking for an export."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from studio.events.log import hold
from studio.jobs.actions import request_job
from studio.jobs.models import INTERACTIVE, Job
from studio.projects.models import Project
from studio.review.standing import refuse_export
from studio.timeline.actions import cut_of
from studio.timeline.freeze import freeze_cut


@transaction.atomic
def request_export(project: Project, *, by: Any) -> Job:
    """Freeze the cut as it stands and order a movie of it. Raises `Refused` if no clip has a take, or if it must be approved first."""
    hold(project.pk)
    frozen = freeze_cut(cut_of(project), by=by)
    refuse_export(frozen)
    frames = sum(clip["source_out"] - clip["source_in"] for clip in frozen.data["clips"])
    spec = {"cut_revision": frozen.pk, "frames": frames, "size": frozen.data["size"]}
    return request_job(
        "export", project=project, by=by, spec=spec, subject=frozen, title=f"Export of cut revision {frozen.number}", priority=INTERACTIVE
    )
