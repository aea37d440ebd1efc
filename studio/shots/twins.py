"""No work twice: what would be made exactly so again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from generation import catalog
from generation.contract import Request
from studio.jobs.kinds import NotReady
from studio.jobs.models import Job, State
from studio.ledger.queries import newest_version, version_of
from studio.shots.models import Shot, Take
from studio.shots.recipes import ENGINE, beats_by_scene, shot_request, shot_spec

BESIDES = ("parent", "place", "revision")  # what a spec says that no picture shows


@dataclass(frozen=True)
class Twin:
    """A take that is exactly what was asked for, or the job that is making it."""

    take: Take | None = None
    job: Job | None = None


def twins_of(shot: Shot, *, count: int = 1, changes: dict[str, Any] | None = None, quality: str = "film") -> list[Twin]:
    """For takes asked for with `request_takes` in the same words: what is there or under way of exactly these, by an engine that makes the same of
    the same, in the version that works here now. Empty as soon as one of them would be new."""
    if not catalog.info(ENGINE).repeatable:
        return []
    changes = dict(changes or {})
    seed = int(changes.pop("seed", shot.seed))
    beats = beats_by_scene(shot.project, [shot.scene_id])[shot.scene_id]
    specs = [shot_spec(shot, beats, quality=quality, seed=(seed + index) % 2**31, **changes) for index in range(count)]
    return every([under_way(shot, "shot", spec) or made(shot, spec["frames"], partial(shot_request, shot.project, spec)) for spec in specs])


def every(found: Sequence[Twin | None]) -> list[Twin]:
    """All of them, or none if one is lacking."""
    twins = [twin for twin in found if twin is not None]
    return twins if len(twins) == len(found) else []


def made(shot: Shot, frames: int, compose: Callable[[], Request]) -> Twin | None:
    """The take of exactly the request that `compose` makes now."""
    try:
        wanted = compose()
    except NotReady:  # a design, a guide or a recording is lacking: nobody has made this yet
        return None
    alike = Take.objects.filter(shot=shot, recipe__engine=wanted.engine, recipe__seed=wanted.seed, frames=frames).order_by("-number")
    return next((Twin(take=take) for take in alike if _same(take, wanted)), None)


def _same(take: Take, wanted: Request) -> bool:
    """Equal recipes by the digest of their canonical form, and drawn by the version that would draw it now."""
    try:
        stored = Request.load(take.recipe)
    except ValueError:  # a recipe from elsewhere, or of rows alone
        return False
    version = version_of(take.job_id)
    return stored.digest() == wanted.digest() and bool(version) and version == newest_version(wanted.engine)


def under_way(shot: Shot, kind: str, spec: dict[str, Any]) -> Twin | None:
    """The job of this kind that will make exactly this."""
    wanted = _shown(spec)
    about = {"project_id": shot.project_id, "kind": kind, "subject_kind": "shot", "subject_id": str(shot.pk)}
    jobs = Job.objects.filter(**about, state__in=(State.QUEUED, State.RUNNING), spec__seed=spec["seed"]).order_by("created")
    return next((Twin(job=job) for job in jobs if _shown(job.spec) == wanted), None)


def _shown(spec: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in spec.items() if key not in BESIDES}
