"""Rendering a frozen cut to a movie file."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext

from generation.contract import Result
from studio.delivery.models import Export
from studio.events.log import record
from studio.jobs.kinds import Kind, NotReady, Refused, register
from studio.jobs.models import Job
from studio.media.keep import meta_of
from studio.media.models import Asset
from studio.media.store import hold
from studio.timeline.models import CutRevision


class ExportKind(Kind):
    """`spec`: cut_revision, frames, size, name."""

    name = "export"
    runner = "studio.delivery.tasks:run_export"

    def admit(self, project: Any, spec: dict[str, Any]) -> None:
        if not spec["frames"]:
            raise Refused(gettext("There is nothing to export yet: no shot of the cut has a take. Make the film first."))

    def units(self, spec: dict[str, Any]) -> float:
        width, height = spec["size"]
        return float(max(0.01, width * height * spec["frames"] / 1e6))

    def first_guess(self) -> float:
        return 0.03

    def prepare(self, job: Job) -> dict[str, Any]:
        """The frozen revision's own data: an export of it is the same whatever happens to the cut meanwhile."""
        frozen = CutRevision.objects.filter(pk=job.spec["cut_revision"], cut__project=job.project).first()
        if frozen is None:
            raise NotReady("This revision of the cut was deleted.")
        return {"cut": frozen.data, "hash": frozen.hash, "title": job.project.name}

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Export:
        hold(job.project, *assets.values())
        frozen = CutRevision.objects.get(pk=job.spec["cut_revision"])
        number = (Export.objects.filter(project=job.project).aggregate(last=Max("number"))["last"] or 0) + 1
        made = Export.objects.create(
            project=job.project,
            cut_revision=frozen,
            number=number,
            job=job,
            asset=assets["movie"],
            name=f"{slugify(job.project.name) or 'film'}-r{frozen.number:03}.mp4",
            facts={**meta_of(result, "movie"), **result.data},
            by=job.requested_by,
        )
        record("export.stored", actor=job.requested_by, project=job.project, subject=made, data={"number": number, "revision": frozen.number})
        return made


register(ExportKind())
