"""One attempt at one job, from its request to an accepted result or a readable failure."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from generation.contract import BadRequest, Cancelled, Failure, OutOfMemory, Request, Result, Usage
from studio.jobs import lease
from studio.jobs.kinds import Kind, NotReady, Work, kind_named
from studio.jobs.models import LEASED, Job
from studio.jobs.tasks import presence, running
from studio.jobs.tasks.beside import Tail, Teller, Watch
from studio.jobs.words import MADE_LIGHTER, NO_MEMORY, UNEXPECTED
from studio.media import store

log = logging.getLogger(__name__)
Finish = Callable[[], Result]


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

    def shared(self, among: int = 1) -> None:
        """From now on the seconds are divided among so many; among one, when what is made together is done."""
        self._before, self._began, self.share = self.spent(), time.monotonic(), among

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
        if kind.runner == running.ENGINE_RUNNER and isinstance(request, Request):
            begun = running.begin_engine(job, request, work, Teller(job), watch.should_stop, self._used)
            self.deferred = bool(begun.deferred)
            finish_it: Finish = begun.finish
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
        return running.prepare_engine(self.job, request, work, Teller(self.job), self.watch.should_stop, self._used)

    def _frozen(self) -> tuple[Kind, Any, Work]:
        """The request as it is kept on the row, and its files at hand."""
        job = self.job
        self._workdir.mkdir(parents=True, exist_ok=True)
        kind = kind_named(job.kind)
        request = kind.prepare(job)
        if job.lighter and isinstance(request, Request):
            request = running.lighter(request, job.lighter)
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
                self._give_up(NO_MEMORY, retryable=False)
            case _:
                log.exception("job %s failed", job.pk, exc_info=problem)
                self._give_up(UNEXPECTED % {"error": f"{type(problem).__name__}: {problem}"}, retryable=True)

    def _give_up(self, reason: str, *, retryable: bool, lighter: dict[str, Any] | None = None) -> None:
        lease.give_up(self.job, reason, retryable=retryable, seconds=self.spent(), log=self._log.text(), lighter=lighter, usage=self._usage)


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
        try:
            with presence.at_work():
                rest()
        finally:
            connection.close()


def run_job(job: Job, queues: tuple[str, ...], behind: Behind | None = None) -> None:
    """One attempt at one job, from request to accepted result or a readable failure. Never raises. With `behind`, a job whose frames need
    not be waited for is finished there."""
    attempt = Attempting(job, Watch(job, queues))
    attempt.watch.start()
    with presence.turn:
        rest = attempt.guarded(attempt.begin)
        if rest is None:
            attempt.end()
        elif behind is not None and attempt.deferred:
            behind.do(lambda: attempt.finish(rest))
        else:
            attempt.finish(rest)
