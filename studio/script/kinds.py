"""A draft of the script by a language model."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Max

from generation import catalog
from generation.contract import BadRequest, Request, Result
from studio.events.log import record
from studio.jobs.kinds import Kind, Needs, Refused, register
from studio.jobs.models import Job
from studio.media.models import Asset
from studio.media.store import hold
from studio.providers.queries import lacking
from studio.script.drafting import fountain
from studio.script.models import Draft


class DraftKind(Kind):
    """`spec`: engine, params, seed, brief."""

    name = "draft"

    def admit(self, project: Any, spec: dict[str, Any]) -> None:
        try:
            catalog.validate(_asked(spec))
        except BadRequest as problem:
            raise Refused(str(problem)) from problem
        if catalog.info(spec["engine"]).kind == "outside" and (why := lacking(spec["engine"], spec["params"].get("endpoint"))):
            raise Refused(why)

    def needs(self, spec: dict[str, Any]) -> Needs:
        on_a_card = catalog.info(spec["engine"]).kind == "gpu"
        return Needs(spec["engine"], str(spec["params"].get("model", ""))[:300] if on_a_card else "", "gpu" if on_a_card else "")

    def units(self, spec: dict[str, Any]) -> float:
        return max(0.01, catalog.estimate_seconds(_asked(spec)))

    def prepare(self, job: Job) -> Request:
        return _asked(job.spec)

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> models.Model:
        hold(job.project, *assets.values())
        last = Draft.objects.filter(project=job.project).aggregate(last=Max("number"))["last"] or 0
        draft = Draft.objects.create(
            project=job.project,
            number=last + 1,
            brief=job.spec["brief"],
            text=fountain(result.data["answer"]),
            job=job,
            recipe=job.request or {},
            engine=result.engine_version[:120],
            data={name: value for name, value in result.data.items() if name != "answer"},
            notes=list(result.notes),
            by=job.requested_by,
        )
        record("script.drafted", actor=job.requested_by, project=job.project, subject=draft, data={"number": draft.number})
        return draft


def _asked(spec: dict[str, Any]) -> Request:
    return Request(engine=spec["engine"], task="text", seed=spec["seed"], params=spec["params"])


register(DraftKind())
