"""What goes on beside an attempt: its lease is renewed, its progress told, its log kept."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque

from django.db import connection

from generation.contract import Progress
from studio.events.live import publish, valkey
from studio.jobs import lease
from studio.jobs.models import Job
from studio.jobs.tasks import presence

log = logging.getLogger(__name__)
LOG_LINES = 400


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
            while not self._over.wait(presence.HEARTBEAT / 5):
                self._look()
        finally:
            connection.close()

    def _look(self) -> None:
        try:
            if time.monotonic() - self._last >= presence.HEARTBEAT:
                self._last = time.monotonic()
                self.cancelled = lease.renew(self.job) == "cancelling"
                presence.seen(self.queues, self.job)
            else:
                state = Job.objects.filter(pk=self.job.pk, lease_token=self.job.lease_token).values_list("state", flat=True).first()
                self.cancelled, self.lost = state == "cancelling", state is None
        except lease.LeaseLost:
            self.lost = True
        except Exception as problem:  # a database that is away for a moment must not end the work; the lease has time left
            log.warning("lease of %s not renewed: %s", self.job.pk, problem)
            connection.close()

    def should_stop(self) -> bool:
        return self.cancelled or self.lost or presence.out_of_grace()

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
