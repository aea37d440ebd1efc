"""Speaking a line, composing a scene's music, making its tone; bringing in a consent."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext, gettext_noop

from generation import catalog
from generation.contract import Format, Input, MusicParams, Rate, Request, Result, VoiceParams
from studio.events.log import record
from studio.jobs import words
from studio.jobs.kinds import Kind, Needs, NotReady, Refused, register
from studio.jobs.models import Job
from studio.media import store
from studio.media.keep import keep_outputs
from studio.media.models import Asset
from studio.providers.admitting import admit
from studio.sound.actions import keep_consent
from studio.sound.consents import unconsented
from studio.sound.models import Cue, CueTake, Line, LineTake, VoiceConsent
from studio.world.actions import ENGINE

NO_DESIGN = gettext_noop("%(name)s has no design yet, and so no voice. Open the world and design them.")
words.also(NO_DESIGN)


class VoiceKind(Kind):
    """`spec`: text, direction, language, within (seconds), seed, engine. By another engine than previs also params, inputs (the sample of a
    consent), consent and designed (ids of consents)."""

    name = "voice"
    queue = "desk"
    runner = "studio.sound.tasks:speak"

    def admit(self, project: Any, spec: dict[str, Any]) -> None:
        if "params" in spec:
            admit(_asked(spec, "voice"))
            if said := unconsented(project, spec["engine"], "voice", spec["params"], spec["inputs"], spec["designed"]):
                raise Refused(said)

    def needs(self, spec: dict[str, Any]) -> Needs:
        return _needs(spec)

    def measure(self, spec: dict[str, Any]) -> tuple[str, str, float, float]:
        units = self.units(spec)
        guess = units * self.first_guess() if spec["engine"] == ENGINE else catalog.estimate_seconds(_asked(spec, "voice"))
        return spec["engine"], self.name, units, guess

    def units(self, spec: dict[str, Any]) -> float:
        return max(1.0, len(spec["text"]) / 15)

    def first_guess(self) -> float:
        return 0.12

    def prepare(self, job: Job) -> Request:
        line = Line.objects.select_related("character__design").filter(pk=job.subject_id).first()
        if line is None:
            raise NotReady(gettext("This line was deleted."))
        design, spec = line.character.design, job.spec
        if "params" in spec:
            if said := unconsented(job.project, spec["engine"], "voice", spec["params"], spec["inputs"], spec["designed"]):
                raise NotReady(said)
            own = design.data.get("voice", {}) if design and "voice" in catalog.info(spec["engine"]).forms["voice"].model_fields else {}
            return _asked({**spec, "params": {**spec["params"], **({"voice": own} if own else {})}}, "voice")
        if design is None:
            raise NotReady(NO_DESIGN % {"name": line.character.name})
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
            hurry=float(result.data.get("hurry", 1.0)),
            recipe=job.request or {},
            notes=list(result.notes),
            consent_id=job.spec.get("consent"),
            by=job.requested_by,
        )
        Line.objects.filter(pk=line.pk).update(take=take)
        record("line.recorded", actor=job.requested_by, project=job.project, subject=line, data={"take": take.number})
        return take


class CueKind(Kind):
    """`spec`: frames, params (MusicParams), seed, engine. One class serves music and tone."""

    def __init__(self, name: str, guess: float) -> None:
        self.name, self._guess = name, guess

    def admit(self, project: Any, spec: dict[str, Any]) -> None:
        if spec["engine"] != ENGINE:
            admit(self._request(project, spec))

    def needs(self, spec: dict[str, Any]) -> Needs:
        return _needs(spec)

    def measure(self, spec: dict[str, Any]) -> tuple[str, str, float, float]:
        if spec["engine"] == ENGINE:
            return super().measure(spec)
        asked = _asked({**spec, "inputs": ()}, self.name, Format(frames=max(1, round(spec["seconds"] * 24))))  # a length is all that counts
        return spec["engine"], self.name, self.units(spec), catalog.estimate_seconds(asked)

    def units(self, spec: dict[str, Any]) -> float:
        return float(max(1.0, spec["seconds"]))

    def first_guess(self) -> float:
        return self._guess

    def prepare(self, job: Job) -> Request:
        return self._request(job.project, job.spec)

    def _request(self, project: Any, spec: dict[str, Any]) -> Request:
        length = Format(rate=Rate(num=project.rate_num, den=project.rate_den), frames=spec["frames"])
        params = MusicParams.model_validate(spec["params"]).model_dump(mode="json") if spec["engine"] == ENGINE else spec["params"]
        return _asked({**spec, "params": params, "inputs": ()}, self.name, length)

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> CueTake:
        cue = Cue.objects.select_for_update().get(pk=job.subject_id)
        take = CueTake.objects.create(
            cue=cue,
            number=(cue.takes.aggregate(last=Max("number"))["last"] or 0) + 1,
            job=job,
            asset=keep_outputs(job.project, result, assets, "sound"),
            frames=job.spec["frames"],
            recipe=job.request or {},
            notes=list(result.notes),
            by=job.requested_by,
        )
        Cue.objects.filter(pk=cue.pk).update(take=take)
        record("cue.recorded", actor=job.requested_by, project=job.project, subject=cue, data={"kind": cue.kind, "take": take.number})
        return take


class ConsentKind(Kind):
    """`spec`: person, words, scope, recording and sample ({sha256, name} as sent; no sample: the recording shows the voice)."""

    name = "consent"
    queue = "desk"
    indispensable = True
    runner = "studio.sound.tasks:bring_in"

    def first_guess(self) -> float:
        return 2.0

    def prepare(self, job: Job) -> dict[str, Any]:
        return {name: job.spec[name] for name in ("recording", "sample")}

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> VoiceConsent:
        store.hold(job.project, *assets.values())
        return keep_consent(
            job.project,
            by=job.requested_by,
            kind=VoiceConsent.CLONED,
            **{name: job.spec[name] for name in ("person", "words", "scope")},
            recording=assets["recording"],
            sample=assets["sample"],
            seconds=float(result.data["seconds"]),
            job=job,
        )


def _needs(spec: dict[str, Any]) -> Needs:
    """Of a voice or a cue: neural engines work on the cards, with their model warm if it can be."""
    on_a_card = catalog.info(spec["engine"]).kind == "gpu"
    return Needs(spec["engine"], str(spec.get("params", {}).get("model", ""))[:300] if on_a_card else "", "gpu" if on_a_card else "")


def _asked(spec: dict[str, Any], task: Any, length: Format | None = None) -> Request:
    given = tuple(
        Input(
            name=f"{entry['role']}-{number + 1}{mimetypes.guess_extension(entry['media_type']) or ''}",
            role=entry["role"],
            sha256=entry["sha256"],
            media_type=entry["media_type"],
        )
        for number, entry in enumerate(spec["inputs"])
    )
    return Request(engine=spec["engine"], task=task, seed=spec["seed"], format=length, params=spec["params"], inputs=given)


register(VoiceKind())
register(ConsentKind())
register(CueKind("music", 0.1))
register(CueKind("tone", 0.05))
