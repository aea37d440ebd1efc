"""What a worker does. This module and what it imports are loaded in workers only."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init, worker_ready, worker_shutting_down
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from generation.contract import BadRequest, Cancelled, Failure, Progress, Request, Result
from studio.events.live import publish, valkey
from studio.jobs import lease
from studio.jobs.actions import wake
from studio.jobs.kinds import NotReady, Work, kind_named
from studio.jobs.models import LEASED, Job, Worker
from studio.jobs.outside import endpoints_for
from studio.media import store

log = logging.getLogger(__name__)
HEARTBEAT = 5.0
QUEUES = {"desk": ("desk",), "work": ("desk", "work")}
_stopping = threading.Event()


def worker_name() -> str:
    return f"{os.environ.get('FIRSTCUT_WORKER', 'worker')}@{socket.gethostname()}:{os.getpid()}"


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _stop(**_: Any) -> None:
    _stopping.set()


@worker_ready.connect  # type: ignore[untyped-decorator]
def _begin(**_: Any) -> None:
    """Look at once: what called for a worker may have been lost with the one before. And stay known while idle."""
    queue = os.environ.get("FIRSTCUT_PART", "")
    if queue in QUEUES:
        wake({queue: 1})
        threading.Thread(target=_stay_known, args=(QUEUES[queue],), name="presence", daemon=True).start()
        clear_leftovers()


def _stay_known(queues: tuple[str, ...]) -> None:
    """An idle worker is there too: what a film will take is told by who could work on it."""
    while True:
        try:
            if not Worker.objects.filter(name=worker_name()).update(seen=timezone.now()):
                _seen(queues, None)
        except Exception as problem:  # only presence: the next time will do
            log.info("presence not told: %s", problem)
        connection.close()
        if _stopping.wait(HEARTBEAT * 2):
            return


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _fresh(**_: Any) -> None:
    """A forked pool process must not share its parent's connections."""
    for each in connections.all(initialized_only=True):
        each.close()


@shared_task(name="jobs.look")  # type: ignore[untyped-decorator]
def look(queue: str) -> int:
    """Work until nothing claimable is left for this queue; returns how many jobs were run."""
    ran = 0
    queues = QUEUES.get(queue, (queue,))
    while not _stopping.is_set():
        job = lease.claim(worker_name(), queues)  # first of all: somebody is waiting for it to start
        if job is None:
            _seen(queues, None)
            return ran
        run_job(job, queues)
        ran += 1
    return ran


@shared_task(name="jobs.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    lease.sweep()


def _seen(queues: tuple[str, ...], job: Job | None) -> None:
    name, now = worker_name(), timezone.now()
    if not Worker.objects.filter(name=name).update(seen=now, job=job):
        start = {"queues": list(queues), "host": socket.gethostname(), "pid": os.getpid(), "seen": now, "job": job}
        Worker.objects.update_or_create(name=name, defaults=start)


class Watch(threading.Thread):
    """Renews the lease every few seconds beside the work, and learns of cancellation and loss."""

    def __init__(self, job: Job, queues: tuple[str, ...]) -> None:
        super().__init__(name=f"watch {job.pk}", daemon=True)
        self.job, self.queues = job, queues
        self.cancelled = self.lost = False
        self._over = threading.Event()
        self._last = time.monotonic()

    def run(self) -> None:
        try:
            while not self._over.wait(HEARTBEAT / 5):
                self._look()
        finally:
            connection.close()

    def _look(self) -> None:
        try:
            if time.monotonic() - self._last >= HEARTBEAT:
                self._last = time.monotonic()
                self.cancelled = lease.renew(self.job) == "cancelling"
                _seen(self.queues, self.job)
            else:
                state = Job.objects.filter(pk=self.job.pk, lease_token=self.job.lease_token).values_list("state", flat=True).first()
                self.cancelled, self.lost = state == "cancelling", state is None
        except lease.LeaseLost:
            self.lost = True
        except Exception as problem:  # a database that is away for a moment must not end the work; the lease has time left
            log.warning("lease of %s not renewed: %s", self.job.pk, problem)
            connection.close()

    def should_stop(self) -> bool:
        return self.cancelled or self.lost or _stopping.is_set()

    def end(self) -> None:
        self._over.set()
        self.join(timeout=5)


class Teller:
    """Sends progress out: to browsers ten times a second at most, to the row every two seconds."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._told = self._kept = 0.0
        self._previews = 0

    def __call__(self, progress: Progress, preview: bytes | None) -> None:
        now = time.monotonic()
        if preview:
            self._previews += 1
            try:
                valkey().setex(f"preview:{self.job.pk}", 120, preview)
            except Exception as problem:  # best effort, like everything on this channel
                log.info("preview not kept: %s", problem)
        if now - self._told >= 0.1 or progress.done == progress.total or preview:
            self._told = now
            eta = round(progress.eta_seconds, 1) if progress.eta_seconds is not None else None
            job = self.job
            publish(job.project_id, {"p": [str(job.pk), job.subject_kind, job.subject_id, progress.done, progress.total, eta, self._previews]})
        if now - self._kept >= 2.0:
            self._kept = now
            lease.note_progress(self.job, progress.done, progress.total, progress.unit, progress.stage, progress.eta_seconds)


def _workshop() -> Path:
    """Where jobs have their working folders, each named for its lease: an attempt that comes late never meets the next one's files."""
    return Path(settings.FIRSTCUT_DATA) / "work"


def clear_leftovers() -> int:
    """Remove the working folders of attempts that died; returns how many. What is under a lease is never touched."""
    there = {path.name: path for path in _workshop().glob("*")}
    if not there:
        return 0
    leased = {str(token) for token in Job.objects.filter(state__in=LEASED).values_list("lease_token", flat=True)}
    dead = [path for name, path in there.items() if name not in leased]
    for path in dead:
        shutil.rmtree(path, ignore_errors=True)
    return len(dead)


def run_job(job: Job, queues: tuple[str, ...]) -> None:
    """One attempt at one job, from request to accepted result or a readable failure. Never raises."""
    began = time.monotonic()
    watch = Watch(job, queues)
    watch.start()
    workdir = _workshop() / str(job.lease_token)
    try:
        _attempt(job, workdir, watch, began)
    except lease.LeaseLost:
        log.info("job %s is no longer ours", job.pk)
    except Exception:
        log.exception("job %s could not be reported; its lease will run out", job.pk)
    finally:
        watch.end()
        shutil.rmtree(workdir, ignore_errors=True)


def _attempt(job: Job, workdir: Path, watch: Watch, began: float) -> None:
    def spent() -> float:
        return time.monotonic() - began

    try:
        workdir.mkdir(parents=True, exist_ok=True)
        kind = kind_named(job.kind)
        request = kind.prepare(job)
        stored = request.model_dump(mode="json") if isinstance(request, Request) else request
        lease.note_request(job, stored)
        job.request = stored
        inputs = {item.name: store.local(item.sha256) for item in request.inputs} if isinstance(request, Request) else {}
        module, function = kind.runner.split(":")
        result: Result = getattr(import_module(module), function)(job, request, Work(workdir, inputs), Teller(job), watch.should_stop)
        assets = {output.name: store.put(Path(output.path), output.media_type, output.sha256) for output in result.outputs}
        lease.finish(job, result, assets, spent())
    except Cancelled:
        if watch.lost:
            raise lease.LeaseLost(str(job.pk)) from None
        if watch.cancelled:
            lease.stop_cancelled(job, spent())
        else:
            lease.release(job)
    except lease.LeaseLost:
        raise
    except (NotReady, BadRequest) as problem:
        lease.give_up(job, str(problem), retryable=False, seconds=spent())
    except Failure as problem:
        lease.give_up(job, str(problem), retryable=problem.retryable, seconds=spent())
    except store.DiskFull as problem:
        lease.give_up(job, str(problem), retryable=True, seconds=spent())
    except MemoryError:
        lease.give_up(job, "The worker ran out of memory. Choose a smaller picture or fewer workers, then retry.", retryable=False, seconds=spent())
    except Exception as problem:
        log.exception("job %s failed", job.pk)
        lease.give_up(job, f"An unexpected error: {type(problem).__name__}: {problem}", retryable=True, seconds=spent())


def run_engine(job: Job, request: Request, work: Work, tell: Teller, should_stop: Any) -> Result:
    """The default runner: hand the request to the engine it names."""
    from generation import runner
    from generation.media.encode import RenditionProfile

    # Whatever size a take has, a browser plays it in the film's own: all renditions of a project share one initialisation segment.
    project, clip = job.project, request.task in ("shot", "interpolate", "upscale")
    rendition = RenditionProfile(width=project.width, height=project.height) if clip else RenditionProfile()
    options = runner.Options(rendition=rendition, endpoints=endpoints_for(request))
    return runner.run(request, work.workdir, work.inputs, tell, should_stop, options)
