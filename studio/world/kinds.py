"""Designing a character and a place: quick jobs on the desk, each ending in one `Design`."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext

from generation.contract import FigureParams, Request, Result, SetParams
from studio.events.log import record
from studio.jobs.kinds import Kind, NotReady, register
from studio.jobs.models import Job
from studio.media.models import Asset
from studio.world.models import Character, Design, Location


class FigureKind(Kind):
    name = "figure"
    indispensable = True
    queue = "desk"

    def first_guess(self) -> float:
        return 0.1

    def prepare(self, job: Job) -> Request:
        character = Character.objects.filter(pk=job.subject_id).first()
        if character is None:
            raise NotReady(gettext("This character was deleted."))
        params = FigureParams.model_validate(job.spec["params"])
        return Request(engine=job.spec["engine"], task="figure", seed=job.spec["seed"], params=params.model_dump(mode="json"))

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Design:
        character = Character.objects.select_for_update().get(pk=job.subject_id)
        design = _keep(job, result, character.designs.aggregate(last=Max("number"))["last"], character=character)
        Character.objects.filter(pk=character.pk).update(design=design)
        record("character.designed", actor=job.requested_by, project=job.project, subject=character, data={"design": design.number})
        return design


class SetKind(Kind):
    name = "set"
    indispensable = True
    queue = "desk"

    def first_guess(self) -> float:
        return 0.2

    def prepare(self, job: Job) -> Request:
        location = Location.objects.filter(pk=job.subject_id).first()
        if location is None:
            raise NotReady(gettext("This location was deleted."))
        params = SetParams.model_validate(job.spec["params"])
        return Request(engine=job.spec["engine"], task="set", seed=job.spec["seed"], params=params.model_dump(mode="json"))

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Design:
        location = Location.objects.select_for_update().get(pk=job.subject_id)
        design = _keep(job, result, location.designs.aggregate(last=Max("number"))["last"], location=location)
        Location.objects.filter(pk=location.pk).update(design=design)
        record("location.designed", actor=job.requested_by, project=job.project, subject=location, data={"design": design.number})
        return design


def _keep(job: Job, result: Result, last: int | None, **of: Any) -> Design:
    return Design.objects.create(
        project=job.project,
        number=(last or 0) + 1,
        job=job,
        data=result.data,
        recipe=job.request or {},
        notes=list(result.notes),
        by=job.requested_by,
        **of,
    )


register(FigureKind())
register(SetKind())
