"""What workers do for the shelf: one of each machine's workers keeps its models (`keeper`), each tells what it has warm and does as it is told
(`warming`).

Loaded in workers only. Downloading and hashing happen in a process of their own (`hold_model`, with `fetching`), so that no job waits for
them; it ends with the worker that started it, and the next keeper goes on where it was.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from pathlib import Path
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import close_old_connections, connection

from studio.jobs.tasks import presence
from studio.shelf.tasks.keeper import Keeper
from studio.shelf.tasks.warming import Attendant, stopping

log = logging.getLogger(__name__)
EVERY = 1.0

os.environ["HF_HUB_OFFLINE"] = "1"  # a job works with what is on the shelf and never reaches out; only `hold_model` does


@worker_ready.connect  # type: ignore[untyped-decorator]
def _begin(**_: Any) -> None:
    if os.environ.get("FIRSTCUT_PART", "") in ("desk", "work", "gpu"):
        threading.Thread(target=_attend_for_ever, name="shelf", daemon=True).start()


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _stop(**_: Any) -> None:
    stopping.set()


def _attend_for_ever() -> None:
    keeper = Keeper(socket.gethostname(), Path(settings.FIRSTCUT_MODELS))
    attendant = Attendant(presence.worker_name())
    while not stopping.wait(EVERY):
        try:
            close_old_connections()
            attendant.attend()
            keeper.attend()
        except Exception:  # a database that is away for a moment is only worth a line
            log.exception("the shelf could not be seen to; it is tried again")
            connection.close()
    keeper.close()
    connection.close()
