"""Drawing a panel: a still from the shot's camera, on the desk, in about a second."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from generation.contract import Request, Result
from studio.events.log import record
from studio.jobs.kinds import Kind, NotReady, register
from studio.jobs.models import Job
from studio.media.keep import keep_outputs
from studio.media.models import Asset
from studio.shots.recipes import shot_request
from studio.storyboard.models import Drawing, Panel


class PanelKind(Kind):
    """`spec` is `shots.recipes.shot_spec` at the draft setting and a panel's size, with `at`."""

    name = "panel"
    indispensable = True
    queue = "desk"

    def first_guess(self) -> float:
        return 0.4

    def prepare(self, job: Job) -> Request:
        if not Panel.objects.filter(pk=job.subject_id).exists():
            raise NotReady("This panel was deleted.")
        return shot_request(job.project, job.spec, task="still", still_at=job.spec["at"], needs_voices=False)

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Drawing:
        panel = Panel.objects.select_for_update().get(pk=job.subject_id)
        newest = panel.drawings.aggregate(last=Max("number"))["last"] or 0
        main = "poster" if "poster" in assets else next(iter(assets))
        drawing = Drawing.objects.create(
            panel=panel,
            number=newest + 1,
            job=job,
            asset=keep_outputs(job.project, result, assets, main),
            recipe=job.request or {},
            notes=list(result.notes),
            by=job.requested_by,
        )
        if self._is_newest(job, panel):
            Panel.objects.filter(pk=panel.pk).update(drawing=drawing)
        data: dict[str, Any] = {"shot": panel.shot_id, "number": drawing.number}
        record("panel.drawn", actor=job.requested_by, project=job.project, subject=panel, data=data)
        return drawing

    def _is_newest(self, job: Job, panel: Panel) -> bool:
        """A drawing of an older state of the shot, finished late, does not cover a newer one."""
        later = panel.drawings.filter(job__created__gt=job.created)
        return not later.exists()


register(PanelKind())
