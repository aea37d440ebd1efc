"""What a worker does. This module and what it imports are loaded in workers only."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init, worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from generation.contract import BadRequest, Cancelled, Failure, OutOfMemory, Progress, Request, Result, Stage, Usage
from studio.events.live import publish, valkey
from studio.jobs import fair, lease, machine
from studio.jobs.actions import wake
from studio.jobs.kinds import Kind, NotReady, Work, kind_named
from studio.jobs.models import LEASED, Job, Worker
from studio.jobs.outside import endpoints_for
from studio.media import store

log = logging.getLogger(__name__)
HEARTBEAT = 5.0
RETIRED = 42  # exit status of a worker that the supervisor is not to start again (studio.web.supervisor)
LOG_LINES = 400
MADE_LIGHTER = "The card's memory was too small at first: made at the second try, with the model kept mostly in main memory."
_stopping = threading.Event()
_stop_at = float("inf")  # when what still runs is given back, on the monotonic clock
turn = threading.Lock()
"""One thing at a time is made in this process: a job, or what warms or drops a model between jobs."""


def queues_of(part: str) -> tuple[str, ...]:
    """The queues a worker takes from: those it was told, else by what it is. Where neural engines are installed and no worker has a card to
    itself, the render workers do their work too."""
    told = os.environ.get("FIRSTCUT_QUEUES", "")
    if told:
        return tuple(told.split(","))
    if part == "work":
        return ("desk", "work", "gpu") if os.environ.get("FIRSTCUT_CARDS", "0") == "0" and machine.can_paint() else ("desk", "work")
    return (part,)


def worker_name() -> str:
    return f"{os.environ.get('FIRSTCUT_WORKER', 'worker')}@{socket.gethostname()}:{os.getpid()}"


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _stop(**_: Any) -> None:
    """Take nothing new; what runs has a grace to finish, then it is given back, uncounted."""
    global _stop_at
    _stop_at = time.monotonic() + float(os.environ.get("FIRSTCUT_GRACE", "0"))
    _stopping.set()


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def _leave(**_: Any) -> None:
    """Who ends as it was asked to is not missed: the farm shows as gone only those that were lost."""
    try:
        Worker.objects.filter(name=worker_name()).delete()
    except Exception as problem:  # the database may have gone first
        log.info("leaving not told: %s", problem)


@worker_ready.connect  # type: ignore[untyped-decorator]
def _begin(**_: Any) -> None:
    """Look at once: what called for a worker may have been lost with the one before. And stay known while idle."""
    part = os.environ.get("FIRSTCUT_PART", "")
    if part in ("desk", "work", "gpu"):
        wake({part: 1})
        threading.Thread(target=_stay_known, args=(queues_of(part),), name="presence", daemon=True).start()
        clear_leftovers()


def _stay_known(queues: tuple[str, ...]) -> None:
    """An idle worker is there too: what a film will take is told by who could work on it. It tells what it has, and hears what is wished of it."""
    while True:
        try:
            _tell_facts(queues)
            if _wish() == "retire" and _at_work == 0:
                log.warning("retired")
                Worker.objects.filter(name=worker_name()).delete()
                os._exit(RETIRED)
        except Exception as problem:  # only presence: the next time will do
            log.info("presence not told: %s", problem)
        connection.close()
        if _stopping.wait(HEARTBEAT):
            return


def _tell_facts(queues: tuple[str, ...]) -> None:
    facts = {"seen": timezone.now(), "card": machine.card(), "versions": machine.versions(), "warm": machine.warm()}
    if not Worker.objects.filter(name=worker_name()).update(**facts):
        _seen(queues, None)


def _wish() -> str:
    return Worker.objects.filter(name=worker_name()).values_list("wish", flat=True).first() or ""


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _fresh(**_: Any) -> None:
    """A forked pool process must not share its parent's connections."""
    for each in connections.all(initialized_only=True):
        each.close()


_at_work = 0


@shared_task(name="jobs.look")  # type: ignore[untyped-decorator]
def look(queue: str) -> int:
    """Work until nothing claimable is left for this queue; returns how many jobs were run. While one job's frames are still being decoded
    and stored, the next is begun."""
    global _at_work
    ran, behind = 0, Behind()
    queues = queues_of(queue)
    try:
        while not _stopping.is_set():
            job = lease.claim(worker_name(), queues, machine.warm())  # first of all: somebody waits for it to start
            if job is None:
                _seen(queues, None)
                return ran
            _at_work += 1
            try:
                jobs = [job, *with_companions(job)]
                if len(jobs) > 1:
                    run_together(jobs, queues, behind)
                else:
                    run_job(job, queues, behind)
            finally:
                _at_work -= 1
            ran += len(jobs)
        return ran
    finally:
        behind.wait()


class Behind:
    """The part of a job that needs no device any more, on a thread of its own beside the next job. One at a time: a second waits for it."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def do(self, rest: Callable[[], None]) -> None:
        self.wait()
        self._thread = threading.Thread(target=self._run, args=(rest,), name="behind")
        self._thread.start()

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @staticmethod
    def _run(rest: Callable[[], None]) -> None:
        global _at_work
        _at_work += 1
        try:
            rest()
        finally:
            _at_work -= 1
            connection.close()


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
        return self.cancelled or self.lost or time.monotonic() >= _stop_at

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
                valkey().set(f"preview:{self.job.pk}", preview, ex=120)
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


def run_job(job: Job, queues: tuple[str, ...], behind: Behind | None = None) -> None:
    """One attempt at one job, from request to accepted result or a readable failure. Never raises. With `behind`, a job whose frames need
    not be waited for is finished there."""
    attempt = Attempting(job, Watch(job, queues))
    attempt.watch.start()
    with turn:
        rest = attempt.guarded(attempt.begin)
        if rest is None:
            attempt.end()
        elif behind is not None and attempt.deferred:
            behind.do(lambda: attempt.finish(rest))
        else:
            attempt.finish(rest)


def with_companions(job: Job) -> list[Job]:
    """Other takes of a claimed job's recipe, claimed with it: as many as its engine and this card can make at once, if there are any. A failed
    attempt is never repeated in company. Never raises."""
    try:
        recipe = kind_named(job.kind).recipe(job.spec)
        if recipe is None or job.attempt > 1 or job.checkpoint or settings.FIRSTCUT_TOGETHER < 2 or not fair.companions(job, recipe).exists():
            return []
        request = kind_named(job.kind).prepare(job)
        if not isinstance(request, Request):
            return []
        from generation import catalog

        most = min(settings.FIRSTCUT_TOGETHER, catalog.together(request))
        return lease.claim_companions(job, recipe, most - 1) if most > 1 else []
    except (Failure, NotReady):  # what is wrong with it, it says itself when it runs
        return []
    except Exception as problem:
        log.warning("no companions for job %s: %s", job.pk, problem)
        return []


def run_together(jobs: list[Job], queues: tuple[str, ...], behind: Behind) -> None:
    """One attempt at several takes of one recipe at once. Each keeps its own row, lease, progress, cancellation and result; the seconds they are
    made in are shared equally. If they cannot be made at once, they are made one after the other. Never raises."""
    from generation import runner

    attempts = [Attempting(job, Watch(job, queues), share=len(jobs)) for job in jobs]
    for attempt in attempts:
        attempt.watch.start()
    with turn:
        ready = [(attempt, running) for attempt in attempts if (running := attempt.guarded(attempt.prepared)) is not None]
        going = [attempt for attempt, _ in ready]
        for attempt in attempts:
            if attempt in going:
                attempt.share = len(going)
            else:
                attempt.end()
        try:
            if ready:
                runner.work_together([running for _, running in ready])
        except Cancelled as problem:  # all of them
            for attempt in going:
                attempt.stop(problem)
            return
        except Exception as problem:
            log.warning("%s jobs could not be made at once, so they are made one by one: %s", len(going), problem)
            for attempt in going:
                attempt.shared()
            for attempt in going:
                attempt.alone()
                attempt.whole()
            return
        for attempt in going:
            attempt.shared()

    def rest() -> None:
        for attempt, running in ready:
            attempt.alone()
            attempt.finish(running.finish)

    if any(running.deferred for _, running in ready):
        behind.do(rest)
    else:
        rest()


Finish = Callable[[], Result]


class Attempting:
    """One attempt at one job."""

    def __init__(self, job: Job, watch: Watch, share: int = 1) -> None:
        """`share`: among how many jobs the seconds are divided until the first of them is finished alone."""
        self.job, self.watch = job, watch
        self.deferred = False
        self.share, self._before = share, 0.0
        self._began = time.monotonic()
        self._workdir = _workshop() / str(job.lease_token)
        self._log = Tail()
        self._usage = Usage()  # what the engine said last that it used

    def spent(self) -> float:
        return self._before + (time.monotonic() - self._began) / self.share

    def shared(self) -> None:
        """What is made together is done."""
        self._before, self._began, self.share = self.spent(), time.monotonic(), 1

    def alone(self) -> None:
        """From now on the seconds are this job's; those since `shared` were another's."""
        self._began = time.monotonic()

    def whole(self) -> None:
        """Begin and finish it on this thread."""
        rest = self.guarded(self.begin)
        if rest is None:
            self.end()
        else:
            self.finish(rest)

    def stop(self, problem: Cancelled) -> None:
        def stopping() -> None:
            raise problem

        self.guarded(stopping)
        self.end()

    def begin(self) -> Finish:
        """Everything up to where the device is free for the next job."""
        job, watch = self.job, self.watch
        kind, request, work = self._frozen()
        if kind.runner == ENGINE_RUNNER and isinstance(request, Request):
            running = begin_engine(job, request, work, Teller(job), watch.should_stop, self._used)
            self.deferred = bool(running.deferred)
            finish_it: Finish = running.finish
            return finish_it
        module, function = kind.runner.split(":")
        result: Result = getattr(import_module(module), function)(job, request, work, Teller(job), watch.should_stop)

        def finish() -> Result:
            return result

        return finish

    def _used(self, usage: Usage) -> None:
        self._usage = usage

    def prepared(self) -> Any:
        """For an engine: everything before it works."""
        _, request, work = self._frozen()
        return prepare_engine(self.job, request, work, Teller(self.job), self.watch.should_stop, self._used)

    def _frozen(self) -> tuple[Kind, Any, Work]:
        """The request as it is kept on the row, and its files at hand."""
        job = self.job
        self._workdir.mkdir(parents=True, exist_ok=True)
        kind = kind_named(job.kind)
        request = kind.prepare(job)
        if job.lighter and isinstance(request, Request):
            request = _lighter(request, job.lighter)
        stored = request.model_dump(mode="json") if isinstance(request, Request) else request
        lease.note_request(job, stored)
        job.request = stored
        inputs = {item.name: store.local(item.sha256) for item in request.inputs} if isinstance(request, Request) else {}
        return kind, request, Work(self._workdir, inputs)

    def finish(self, rest: Finish) -> None:
        def accept() -> None:
            result = rest()
            if self.job.lighter:
                result = result.model_copy(update={"notes": (*result.notes, MADE_LIGHTER)})
            assets = {output.name: store.put(Path(output.path), output.media_type, output.sha256) for output in result.outputs}
            lease.finish(self.job, result, assets, self.spent())

        self.guarded(accept)
        self.end()

    def end(self) -> None:
        self.watch.end()
        self._log.close()
        shutil.rmtree(self._workdir, ignore_errors=True)

    def guarded(self, part: Callable[[], Any]) -> Any:
        """Do a part of the attempt; whatever goes wrong is reported and None returned."""
        try:
            try:
                return part()
            except Exception as problem:
                self._report(problem)
        except lease.LeaseLost:
            log.info("job %s is no longer ours", self.job.pk)
        except Exception:
            log.exception("job %s could not be reported; its lease will run out", self.job.pk)
        return None

    def _report(self, problem: Exception) -> None:
        job, watch = self.job, self.watch
        match problem:
            case Cancelled():
                if watch.lost:
                    raise lease.LeaseLost(str(job.pk)) from None
                if watch.cancelled:
                    lease.stop_cancelled(job, self.spent(), self._usage)
                else:
                    lease.release(job, self._usage)
            case lease.LeaseLost():
                raise problem
            case NotReady() | BadRequest():
                self._give_up(str(problem), retryable=False)
            case OutOfMemory():
                self._give_up(str(problem), retryable=False, lighter=problem.lighter)
            case Failure():
                self._give_up(str(problem), retryable=problem.retryable)
            case store.DiskFull():
                self._give_up(str(problem), retryable=True)
            case MemoryError():
                self._give_up("The worker ran out of memory. Choose a smaller picture or fewer workers, then retry.", retryable=False)
            case _:
                log.exception("job %s failed", job.pk, exc_info=problem)
                self._give_up(f"An unexpected error: {type(problem).__name__}: {problem}", retryable=True)

    def _give_up(self, reason: str, *, retryable: bool, lighter: dict[str, Any] | None = None) -> None:
        lease.give_up(self.job, reason, retryable=retryable, seconds=self.spent(), log=self._log.text(), lighter=lighter, usage=self._usage)


class Tail(logging.Handler):
    """The last of what this process logged while an attempt ran."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=LOG_LINES)
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))

    def text(self) -> str:
        return "\n".join(self._lines)

    def close(self) -> None:
        logging.getLogger().removeHandler(self)
        super().close()


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


def _lighter(request: Request, changes: dict[str, Any]) -> Request:
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
    from generation import catalog, runner
    from generation.media.encode import RenditionProfile

    # Whatever size a take has, a browser plays it in the film's own: all renditions of a project share one initialisation segment.
    project, clip = job.project, request.task in ("shot", "interpolate", "upscale")
    rendition = RenditionProfile(width=project.width, height=project.height) if clip else RenditionProfile()
    options = runner.Options(rendition=rendition, endpoints=endpoints_for(request))
    return options, RowKeeper(job, request, catalog.load(request.engine).version)


def run_engine(job: Job, request: Request, work: Work, tell: Teller, should_stop: Any) -> Result:
    """The default runner, whole."""
    result: Result = begin_engine(job, request, work, tell, should_stop).finish()
    return result


ENGINE_RUNNER = "studio.jobs.tasks:run_engine"
