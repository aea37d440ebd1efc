"""What the clerk does beside its queue: every two seconds it makes good whatever a lost message or a dead worker left behind."""

import logging
import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.db import close_old_connections, connections

log = logging.getLogger(__name__)
EVERY = 2.0
HOOKS_AT_ONCE = 4
TIDY_EVERY = 15
"""In how many of its rounds it once looks for folders that dead workers left."""
_over = threading.Event()


def start() -> None:
    """Called once in the process that is the clerk, before its worker is ready."""
    worker_ready.connect(_begin)
    worker_shutting_down.connect(_end)


def _begin(**_: Any) -> None:
    threading.Thread(target=_sweep_for_ever, name="sweeper", daemon=True).start()
    for name, carry in (("post", _mail_for_ever), ("courier", _call_for_ever)):
        threading.Thread(target=carry, name=name, daemon=True).start()


def _end(**_: Any) -> None:
    _over.set()


def _sweep_for_ever() -> None:
    from studio.events import subscribers
    from studio.jobs import lease
    from studio.jobs.tasks.attempts import clear_leftovers
    from studio.media import store

    sample_due = os.environ.get("FIRSTCUT_SAMPLE", "1") == "1"
    rounds = 0
    while not _over.wait(EVERY):
        rounds += 1
        _attempt("jobs", lease.sweep)
        if rounds % TIDY_EVERY == 0:
            _attempt("working folders", clear_leftovers)
            _attempt("half-written files", store.clear_parts)
        _attempt("events", subscribers.sweep)
        if sample_due:
            sample_due = not _attempt("the sample film", make_sample)
    connections.close_all()


def _mail_for_ever() -> None:
    """Mail, on a thread of its own: a mail server that answers slowly holds up nothing else, and nobody waits for it at the end."""
    from studio.notices import mailing

    while not _over.wait(EVERY):
        _attempt("notices to mail", mailing.gather)
        _attempt("mail", partial(mailing.send_due, enough=_over.is_set))
    connections.close_all()


def _call_for_ever() -> None:
    """Calls of other programs, likewise."""
    from studio.notices import tasks

    rounds = 0
    while not _over.wait(EVERY):
        rounds += 1
        _attempt("calls of webhooks", partial(tasks.call_due, enough=_over.is_set, at_once=HOOKS_AT_ONCE))
        if rounds % TIDY_EVERY == 0:
            _attempt("old calls", tasks.clear_old)
    connections.close_all()


def make_sample() -> bool:
    """Give a new installation its sample film as soon as it has an owner; true once there is nothing left to do."""
    from studio.accounts.queries import first_operator
    from studio.overview.sample import ensure_sample

    owner = first_operator()
    if owner is None:
        return False
    ensure_sample(owner)
    return True


def _attempt(what: str, action: Callable[[], Any]) -> Any:
    """One try and its answer; the next comes in two seconds, so a database that is away for a moment is only worth a line."""
    try:
        close_old_connections()
        return action()
    except Exception:
        log.exception("the sweep of %s failed", what)
        connections.close_all()
        return None
