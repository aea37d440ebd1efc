"""A job's request in the hands of its engine, and where its finished stages are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from generation.contract import Request, Result, Stage, Usage
from studio.jobs import lease
from studio.jobs.kinds import Work
from studio.jobs.models import Job
from studio.jobs.outside import endpoints_for
from studio.jobs.tasks.beside import Teller
from studio.media import store

ENGINE_RUNNER = "studio.jobs.tasks.running:run_engine"


class RowKeeper:
    """Where a job's finished stages outlive its worker: files in the store by content, the rest on the row, under the lease. A stage is only
    gone on from by the same request and the same version of the engine."""

    def __init__(self, job: Job, request: Request, version: str) -> None:
        self._job, self._mark = job, {"request": request.digest(), "engine": version}

    def keep(self, stage: Stage) -> None:
        files = {name: store.put(Path(path), "application/octet-stream").sha256 for name, path in stage.files.items()}
        lease.note_checkpoint(self._job, {**self._mark, "name": stage.name, "data": stage.data, "files": files})

    def kept(self) -> Stage | None:
        there = self._job.checkpoint
        if not there or any(there.get(name) != value for name, value in self._mark.items()):
            return None
        try:
            return Stage(name=there["name"], data=there["data"], files={name: store.local(sha) for name, sha in there["files"].items()})
        except FileNotFoundError:
            return None


def lighter(request: Request, changes: dict[str, Any]) -> Request:
    from generation.neural.relief import with_changes

    return request.model_copy(update={"params": with_changes(request.params, changes)})


def begin_engine(
    job: Job, request: Request, work: Work, tell: Teller, should_stop: Any, on_usage: Callable[[Usage], None] = lambda usage: None
) -> Any:
    """Hand the request to the engine it names; what is left when the device is free again stands in the answer's `finish`."""
    from generation import runner

    return runner.begin(request, work.workdir, work.inputs, tell, should_stop, *_beside(job, request), on_usage=on_usage)


def prepare_engine(
    job: Job, request: Request, work: Work, tell: Teller, should_stop: Any, on_usage: Callable[[Usage], None] = lambda usage: None
) -> Any:
    """A `runner.Running` that has not begun to work."""
    from generation import runner

    return runner.prepare(request, work.workdir, work.inputs, tell, should_stop, *_beside(job, request), on_usage=on_usage)


def _beside(job: Job, request: Request) -> tuple[Any, RowKeeper]:
    """What the studio decides of a run, and where its stages are kept."""
    from generation import catalog
    from generation.context import Options
    from generation.media.encode import RenditionProfile

    # Whatever size a take has, a browser plays it in the film's own: all renditions of a project share one initialisation segment.
    project, clip = job.project, request.task in ("shot", "interpolate", "upscale")
    rendition = RenditionProfile(width=project.width, height=project.height) if clip else RenditionProfile()
    options = Options(rendition=rendition, endpoints=endpoints_for(request))
    return options, RowKeeper(job, request, catalog.load(request.engine).version)


def run_engine(job: Job, request: Request, work: Work, tell: Teller, should_stop: Any) -> Result:
    """The default runner, whole."""
    result: Result = begin_engine(job, request, work, tell, should_stop).finish()
    return result
