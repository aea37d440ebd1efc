"""That a worker is there, what it has and takes, and whether it is to end."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.signals import worker_shutdown, worker_shutting_down
from django.db import connection
from django.utils import timezone

from studio.jobs import machine
from studio.jobs.models import Job, Worker

log = logging.getLogger(__name__)
HEARTBEAT = 5.0
RETIRED = 42  # exit status of a worker that the supervisor is not to start again (studio.web.supervisor)
stopping = threading.Event()
_stop_at = float("inf")  # when what still runs is given back, on the monotonic clock
_at_work = 0
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
    stopping.set()


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def _leave(**_: Any) -> None:
    """Who ends as it was asked to is not missed: the farm shows as gone only those that were lost."""
    try:
        Worker.objects.filter(name=worker_name()).delete()
    except Exception as problem:  # the database may have gone first
        log.info("leaving not told: %s", problem)


def stay_known(queues: tuple[str, ...]) -> None:
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
        if stopping.wait(HEARTBEAT):
            return


def _tell_facts(queues: tuple[str, ...]) -> None:
    facts = {"seen": timezone.now(), "card": machine.card(), "versions": machine.versions(), "warm": machine.warm()}
    if not Worker.objects.filter(name=worker_name()).update(**facts):
        seen(queues, None)


def _wish() -> str:
    return Worker.objects.filter(name=worker_name()).values_list("wish", flat=True).first() or ""


def seen(queues: tuple[str, ...], job: Job | None) -> None:
    name, now = worker_name(), timezone.now()
    if not Worker.objects.filter(name=name).update(seen=now, job=job):
        start = {"queues": list(queues), "host": socket.gethostname(), "pid": os.getpid(), "seen": now, "job": job}
        Worker.objects.update_or_create(name=name, defaults=start)


@contextmanager
def at_work() -> Iterator[None]:
    """A worker that is to retire does so only when nothing is done here."""
    global _at_work
    _at_work += 1
    try:
        yield
    finally:
        _at_work -= 1


def out_of_grace() -> bool:
    """Whether what runs is to be given back now."""
    return time.monotonic() >= _stop_at
