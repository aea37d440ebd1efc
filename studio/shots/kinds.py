"""Making a take: the job that ends in exactly one `Take`."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext

from generation.contract import Request, Result
from studio.events.log import record
from studio.jobs.kinds import Kind, NotReady, Refused, register
from studio.jobs.models import Job
from studio.media.keep import keep_outputs
from studio.media.models import Asset
from studio.shots.actions import publish_as_made
from studio.shots.models import Shot, Take
from studio.shots.recipes import shot_request

MEGA = 1e6


class ShotKind(Kind):
    """`spec` is `recipes.shot_spec`; `spec["parent"]` may name the take it was branched from; `spec["place"]` asks for it
    to go into the cut when it is there."""

    name = "shot"

    def admit(self, project: Any, spec: dict[str, Any]) -> None:
        if spec["frames"] < 1:
            raise Refused(gettext("A shot has at least one frame."))

    def units(self, spec: dict[str, Any]) -> float:
        width, height = spec["size"]
        return float(max(0.01, width * height * spec["frames"] / MEGA))

    def first_guess(self) -> float:
        return 0.5

    def prepare(self, job: Job) -> Request:
        if not Shot.objects.filter(pk=job.spec["shot"]).exists():
            raise NotReady(gettext("This shot was deleted."))
        return shot_request(job.project, job.spec)

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Take:
        shot = Shot.objects.select_for_update().get(pk=job.spec["shot"])
        told = {key: job.spec[key] for key in ("camera", "action", "frames", "seed", "revision", "because") if key in job.spec}
        take = Take.objects.create(
            shot=shot,
            number=(shot.takes.aggregate(last=Max("number"))["last"] or 0) + 1,
            job=job,
            asset=keep_outputs(job.project, result, assets, "master"),
            frames=job.spec["frames"],
            recipe=job.request or {},
            told=told,
            measures=result.data,
            notes=list(result.notes),
            seconds=result.seconds,
            parent_id=job.spec.get("parent"),
            by=job.requested_by,
        )
        Shot.objects.filter(pk=shot.pk).update(take_count=F("take_count") + 1)
        record("take.stored", actor=job.requested_by, project=job.project, subject=take, data={"shot": shot.pk, "number": take.number})
        publish_as_made(take, wanted=bool(job.spec.get("place")))
        return take


register(ShotKind())
