"""Speaking a line, composing a scene's music, making its tone."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from generation.contract import Format, MusicParams, Rate, Request, Result, VoiceParams
from studio.events.log import record
from studio.jobs.kinds import Kind, NotReady, register
from studio.jobs.models import Job
from studio.media.keep import keep_outputs
from studio.media.models import Asset
from studio.sound.models import Cue, CueTake, Line, LineTake


class VoiceKind(Kind):
    """`spec`: text, direction, character, language, within (seconds), seed, engine."""

    name = "voice"
    queue = "desk"

    def units(self, spec: dict[str, Any]) -> float:
        return max(1.0, len(spec["text"]) / 15)

    def first_guess(self) -> float:
        return 0.12

    def prepare(self, job: Job) -> Request:
        line = Line.objects.select_related("character__design").filter(pk=job.subject_id).first()
        if line is None:
            raise NotReady("This line was deleted.")
        design = line.character.design
        if design is None:
            raise NotReady(f"{line.character.name} has no design yet, and so no voice. Open the world and design them.")
        spec = job.spec
        params = VoiceParams(
            text=spec["text"],
            character=line.character.name,
            voice=design.data.get("voice", {}),
            direction=spec["direction"],
            language=spec["language"],
            within_seconds=spec["within"],
        )
        return Request(engine=spec["engine"], task="voice", seed=spec["seed"], params=params.model_dump(mode="json"))

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> LineTake:
        line = Line.objects.select_for_update().get(pk=job.subject_id)
        take = LineTake.objects.create(
            line=line,
            number=(line.takes.aggregate(last=Max("number"))["last"] or 0) + 1,
            job=job,
            asset=keep_outputs(job.project, result, assets, "sound"),
            words=[[word["text"], word["start"], word["end"]] for word in result.data.get("words", [])],
            seconds=float(result.data["seconds"]),
            recipe=job.request or {},
            by=job.requested_by,
        )
        Line.objects.filter(pk=line.pk).update(take=take)
        record("line.recorded", actor=job.requested_by, project=job.project, subject=line, data={"take": take.number})
        return take


class CueKind(Kind):
    """`spec`: frames, params (MusicParams), seed, engine. One class serves music and tone."""

    def __init__(self, name: str, guess: float) -> None:
        self.name, self._guess = name, guess

    def units(self, spec: dict[str, Any]) -> float:
        return float(max(1.0, spec["seconds"]))

    def first_guess(self) -> float:
        return self._guess

    def prepare(self, job: Job) -> Request:
        project, spec = job.project, job.spec
        picture = Format(rate=Rate(num=project.rate_num, den=project.rate_den), frames=spec["frames"])
        params = MusicParams.model_validate(spec["params"])
        task = "music" if self.name == "music" else "tone"
        return Request(engine=spec["engine"], task=task, seed=spec["seed"], format=picture, params=params.model_dump(mode="json"))

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> CueTake:
        cue = Cue.objects.select_for_update().get(pk=job.subject_id)
        take = CueTake.objects.create(
            cue=cue,
            number=(cue.takes.aggregate(last=Max("number"))["last"] or 0) + 1,
            job=job,
            asset=keep_outputs(job.project, result, assets, "sound"),
            frames=job.spec["frames"],
            recipe=job.request or {},
            by=job.requested_by,
        )
        Cue.objects.filter(pk=cue.pk).update(take=take)
        record("cue.recorded", actor=job.requested_by, project=job.project, subject=cue, data={"kind": cue.kind, "take": take.number})
        return take


register(VoiceKind())
register(CueKind("music", 0.1))
register(CueKind("tone", 0.05))
