"""What the clerk does beside its queue: every two seconds it makes good whatever a lost message or a dead worker left behind."""

import logging
import os
import threading
from importlib.util import find_spec
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.db import close_old_connections, connections

log = logging.getLogger(__name__)
EVERY = 2.0
_over = threading.Event()


def start() -> None:
    """Called once in the process that is the clerk, before its worker is ready."""
    worker_ready.connect(_begin)
    worker_shutting_down.connect(_end)


def _begin(**_: Any) -> None:
    threading.Thread(target=_sweep_for_ever, name="sweeper", daemon=True).start()


def _end(**_: Any) -> None:
    _over.set()


def _sweep_for_ever() -> None:
    if os.environ.get("FIRSTCUT_SAMPLE", "1") == "1" and find_spec("studio.overview.sample"):
        from studio.overview.sample import ensure_sample

        _attempt("the sample film", ensure_sample)
    from studio.events import subscribers
    from studio.jobs import lease

    while not _over.wait(EVERY):
        _attempt("jobs", lease.sweep)
        _attempt("events", subscribers.sweep)
    connections.close_all()


def _attempt(what: str, action: Any) -> None:
    """One try; the next comes in two seconds, so a database that is away for a moment is only worth a line."""
    try:
        close_old_connections()
        action()
    except Exception:
        log.exception("the sweep of %s failed", what)
        connections.close_all()
