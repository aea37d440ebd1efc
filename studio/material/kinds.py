"""Making a piece, and bringing one in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_noop

from generation import catalog
from generation.contract import Input, Request, Result
from generation.facts import PICTURE_TASKS
from studio.events.log import record
from studio.jobs.kinds import Kind, Needs, NotReady, Refused, register
from studio.jobs.models import Job
from studio.material.inputs import resolved
from studio.material.models import ADAPTER, CLIP, PICTURE, SOUND, TEXT, Piece
from studio.media.keep import keep_outputs, meta_of
from studio.media.models import Asset
from studio.projects.models import Project
from studio.providers.admitting import admit_all
from studio.shots.actions import adopt_take
from studio.shots.models import Shot, Take
from studio.sound.consents import unconsented

MAIN = (("master", CLIP), ("still", PICTURE), ("sound", SOUND), ("text", TEXT), ("picture", PICTURE), ("adapter", ADAPTER))


class PieceKind(Kind):
    """`spec`: engine, task, seed, format (or None), params, inputs (`material.inputs`), title, shot; of a voice that comes of its params also
    designed (the id of the consent)."""

    name = "piece"

    def admit(self, project: Any, spec: dict[str, Any]) -> None:
        self.admit_all(project, [spec])

    def admit_all(self, project: Any, specs: Sequence[dict[str, Any]]) -> None:
        admit_all([_asked(spec, ()).model_copy(update={"inputs": _stand_ins(spec)}) for spec in specs])
        for spec in specs:
            if said := unconsented(project, spec["engine"], spec["task"], spec["params"], spec["inputs"], spec.get("designed")):
                raise Refused(said)

    def needs(self, spec: dict[str, Any]) -> Needs:
        on_a_card = catalog.info(spec["engine"]).kind == "gpu"
        return Needs(spec["engine"], str(spec["params"].get("model", ""))[:300] if on_a_card else "", "gpu" if on_a_card else "")

    def units(self, spec: dict[str, Any]) -> float:
        return max(0.01, catalog.estimate_seconds(_asked(spec, ())))

    def measure(self, spec: dict[str, Any]) -> tuple[str, str, float, float]:
        """Pictures by million pixels × frames × steps, sound by its seconds; whatever has no format is one."""
        asked, steps = _asked(spec, ()), spec["params"].get("steps")
        picture, amount = asked.format, 1.0
        if picture is not None and asked.task in PICTURE_TASKS:
            many = float(steps) if isinstance(steps, int | float) and steps > 0 else 20.0
            amount = picture.width * picture.height * picture.frames * many / 1e6
        elif picture is not None:
            amount = picture.rate.seconds(picture.frames)
        return spec["engine"], spec["task"], max(1e-6, amount), self.units(spec)

    def recipe(self, spec: dict[str, Any]) -> dict[str, Any]:
        return {name: spec[name] for name in ("engine", "task", "format", "params", "inputs", "shot")}

    def prepare(self, job: Job) -> Request:
        spec = job.spec
        if spec.get("shot") and not Shot.objects.filter(pk=spec["shot"]).exists():
            raise NotReady(gettext_noop("The shot this was asked for was deleted."))
        if said := unconsented(job.project, spec["engine"], spec["task"], spec["params"], spec["inputs"], spec.get("designed")):
            raise NotReady(said)
        return _asked(spec, resolved(job.project, spec["inputs"]))

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> models.Model:
        main, medium = next((name, medium) for name, medium in MAIN if name in assets)
        asset = keep_outputs(job.project, result, assets, main)
        piece = Piece.objects.create(
            project=job.project,
            number=next_number(job.project),
            medium=medium,
            title=job.spec["title"][:200],
            job=job,
            asset=asset,
            engine=result.engine_version[:60],
            recipe=job.request or {},
            data=result.data,
            notes=list(result.notes),
            facts=meta_of(result, main),
            seconds=result.seconds,
            shot_id=job.spec.get("shot"),
            by=job.requested_by,
        )
        piece.parents.set(Piece.objects.filter(project=job.project, pk__in=[entry["piece"] for entry in job.spec["inputs"] if "piece" in entry]))
        record("piece.stored", actor=job.requested_by, project=job.project, subject=piece, data={"number": piece.number, "medium": medium})
        return piece


class TakeKind(PieceKind):
    """A take of a shot by another engine than previs. `spec`: as of a piece, and the shot as it stood: shot, frames, seed, action, camera,
    revision; `place` asks for it to go into the cut when it is there."""

    name = "take"

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Take:
        shot = Shot.objects.select_related("project").get(pk=job.spec["shot"])
        return adopt_take(
            shot,
            by=job.requested_by,
            asset=keep_outputs(job.project, result, assets, "master"),
            frames=job.spec["frames"],
            recipe=job.request or {},
            measures=result.data,
            notes=list(result.notes),
            seconds=result.seconds,
            told={key: job.spec[key] for key in ("camera", "action", "frames", "seed", "revision")},
            job=job,
            wanted=bool(job.spec.get("place")),
        )


class UploadKind(Kind):
    """`spec`: sha256 (of the bytes as sent), name, size (of the project, for clips). What comes of it is of our own making."""

    name = "upload"
    queue = "desk"
    runner = "studio.material.tasks:bring_in"

    def prepare(self, job: Job) -> dict[str, Any]:
        project = job.project
        return {**job.spec, "width": project.width, "height": project.height, "rate": [project.rate_num, project.rate_den]}

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Piece:
        main, medium = next((name, medium) for name, medium in MAIN if name in assets)
        piece = Piece.objects.create(
            project=job.project,
            number=next_number(job.project),
            medium=medium,
            title=job.spec["name"][:200],
            job=job,
            asset=keep_outputs(job.project, result, assets, main),
            data=result.data,
            notes=list(result.notes),
            facts=meta_of(result, main),
            by=job.requested_by,
        )
        record("piece.uploaded", actor=job.requested_by, project=job.project, subject=piece, data={"number": piece.number, "medium": medium})
        return piece


def next_number(project: Project) -> int:
    """Called under the project's lock: two pieces never get the same."""
    return (Piece.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0) + 1


def _asked(spec: dict[str, Any], inputs: tuple[Any, ...]) -> Request:
    return Request(engine=spec["engine"], task=spec["task"], seed=spec["seed"], format=spec["format"], params=spec["params"], inputs=inputs)


def _stand_ins(spec: dict[str, Any]) -> tuple[Input, ...]:
    """Inputs that are not there yet, for counting roles before anything is drawn."""
    blank = {"sha256": "0" * 64, "media_type": "application/octet-stream"}
    return tuple(Input(name=str(number), role=entry["role"], **blank) for number, entry in enumerate(spec["inputs"]))


register(PieceKind())
register(TakeKind())
register(UploadKind())
