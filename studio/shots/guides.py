"""What a shot's previs tells a neural engine: the depth of every frame and the camera's path, drawn once for each state of the shot."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.translation import gettext

from generation.contract import Format, Frozen, Request, Result, ShotParams
from studio.events.log import record
from studio.jobs.actions import Order
from studio.jobs.kinds import Kind, NotReady, register
from studio.jobs.models import BATCH, OPEN, Job
from studio.media.keep import keep_outputs
from studio.media.models import Asset
from studio.projects.models import Project
from studio.shots.models import Guide, Shot
from studio.shots.recipes import beats_by_scene, shot_request, shot_spec
from studio.world.actions import Designs

PARTS = ("depth", "camera")


class Wanted(Frozen):
    """The size and length a guide is drawn at."""

    width: int
    height: int
    frames: int

    @classmethod
    def of(cls, picture: Format) -> Wanted:
        return cls(width=picture.width, height=picture.height, frames=picture.frames)


def guide_spec(shot: Shot, wanted: Wanted) -> dict[str, Any]:
    """What the guide shows: the shot as it stands, at this size and length."""
    beats = beats_by_scene(shot.project, [shot.scene_id])[shot.scene_id]
    return _as_guide(shot_spec(shot, beats), wanted)


def _as_guide(spec: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    drawn = {**spec, "quality": "draft", "size": [wanted.width, wanted.height], "frames": wanted.frames}
    return {**drawn, "key": _key(drawn)}


def _key(spec: dict[str, Any]) -> str:
    plain = json.dumps({name: value for name, value in spec.items() if name != "revision"}, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


class GuidesThere:
    """The guides that a film has, and those that are being drawn: two queries, however many shots."""

    def __init__(self, project: Project) -> None:
        self.drawn = set(Guide.objects.filter(shot__project=project).values_list("shot_id", "key"))
        at_it = Job.objects.filter(project=project, kind="guide", state__in=OPEN)
        self.under_way = {(job.subject_id, job.spec.get("key")): job for job in at_it.order_by("-created")}


class Guides:
    """The guides that one batch of orders needs: each is ordered once, whatever asks for it. `there` is what the film has, for who asks for
    the guides of many shots."""

    def __init__(self, wanted: Wanted, designs: Designs, priority: int = BATCH, there: GuidesThere | None = None) -> None:
        self.orders: list[Order] = []
        self._wanted, self._designs, self._priority, self._there = wanted, designs, priority, there
        self._known: dict[str, Job | Order | None] = {}
        self._standing: dict[int, tuple[Shot, dict[str, Any]]] = {}

    def know(self, shot: Shot, spec: dict[str, Any]) -> None:
        """A shot as it stands, so that it need not be looked up: `spec` is its `shot_spec`, with nothing changed for one request."""
        self._standing[shot.pk] = shot, spec

    def shot(self, pk: int) -> Shot | None:
        """One that is known already."""
        return self._standing[pk][0] if pk in self._standing else None

    def of(self, shot: Shot) -> tuple[str, Job | Order | None]:
        """The key of the guide of a shot as it stands, and what must be done before it is there: an order of this batch, a job that is at it
        already, or nothing where it is drawn."""
        known = self._standing.get(shot.pk)
        spec = guide_spec(shot, self._wanted) if known is None else _as_guide(known[1], self._wanted)
        key = str(spec["key"])
        if key not in self._known:
            self._known[key] = self._ordered(shot, spec)
        return key, self._known[key]

    def _ordered(self, shot: Shot, spec: dict[str, Any]) -> Job | Order | None:
        there = self._there or GuidesThere(shot.project)
        if (shot.pk, spec["key"]) in there.drawn:
            return None
        if at_it := there.under_way.get((str(shot.pk), spec["key"])):
            return at_it
        after = self._designs.within(spec["facts"])
        order = Order("guide", spec, shot, title=f"Guide of {shot.code}", priority=self._priority, after=after)
        self.orders.append(order)
        return order


def guide_file(project: Project, shot: int, part: str, key: str) -> tuple[str, str]:
    """(sha256, media type) of one part of a shot's guide. Raises `NotReady`."""
    found = Guide.objects.filter(shot_id=shot, shot__project=project, key=key).first()
    if found is None:
        raise NotReady(gettext("The previs that was to guide this is not drawn. Retry its guide first."))
    return (found.depth_id, "application/zip") if part == "depth" else (found.camera_id, "application/json")


class GuideKind(Kind):
    """`spec` is `guide_spec`."""

    name = "guide"

    def units(self, spec: dict[str, Any]) -> float:
        width, height = spec["size"]
        return float(max(0.01, width * height * spec["frames"] / 1e6))

    def first_guess(self) -> float:
        return 0.4

    def prepare(self, job: Job) -> Request:
        if not Shot.objects.filter(pk=job.spec["shot"]).exists():
            raise NotReady(gettext("This shot was deleted."))
        request = shot_request(job.project, job.spec, needs_voices=False)
        params = ShotParams.model_validate(request.params).model_copy(update={"extras": PARTS})
        return request.model_copy(update={"params": params.model_dump(mode="json")})

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Guide:
        shot = Shot.objects.get(pk=job.spec["shot"])
        width, height = job.spec["size"]
        guide, _ = Guide.objects.get_or_create(
            shot=shot,
            key=job.spec["key"],
            defaults={
                "job": job,
                "picture": keep_outputs(job.project, result, assets, "master"),
                "depth": assets["depth"],
                "camera": assets["camera"],
                "width": width,
                "height": height,
                "frames": job.spec["frames"],
            },
        )
        record("guide.drawn", actor=job.requested_by, project=job.project, subject=guide, data={"shot": shot.pk})
        return guide


register(GuideKind())
