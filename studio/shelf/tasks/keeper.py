"""Which worker keeps a machine's models, and what it does for them."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from django.conf import settings

from generation.neural import shelving
from studio.shelf import actions, keeping, queries, words
from studio.shelf.models import Holding

log = logging.getLogger(__name__)
TELL_EVERY = 5.0
DEATHS = 3
UNWRITABLE_PAUSE = 60.0


def locked(path: Path) -> TextIO | None:
    """The open file, which holds the lock until it is closed or the process is gone; None if another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


class Keeper:
    """Makes a machine have what the shelf wants. One of its workers is it, by a lock on a file in the models' folder. Machines that share a
    folder each have one, and take turns at fetching into it."""

    def __init__(self, host: str, root: Path) -> None:
        self.host, self.root = host, root
        self._lock: TextIO | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._at: Holding | None = None
        self._deaths: dict[int, int] = {}
        self._told_at = self._not_before = float("-inf")

    def attend(self) -> None:
        if not self._is_keeper():
            return
        if time.monotonic() - self._told_at > TELL_EVERY:
            self._told_at = time.monotonic()
            self._look_around()
        if self._child is not None and self._child.poll() is None:
            return
        if self._child is not None:
            self._ended(self._child.returncode)
        holding = queries.work_for(self.host)
        if holding is not None:
            self._start(holding)

    def _is_keeper(self) -> bool:
        """Ours until this process ends, however it ends."""
        if self._lock is not None:
            return True
        if time.monotonic() < self._not_before:
            return False
        try:
            self._lock = locked(self.root / f".keeper-{self.host}.lock")
        except OSError as problem:
            log.warning("%s cannot be written, so this machine keeps no models: %s", self.root, problem.strerror or problem)
            self._not_before = time.monotonic() + UNWRITABLE_PAUSE
        return self._lock is not None

    def _look_around(self) -> None:
        usage, fetches = shutil.disk_usage(self.root), find_spec("huggingface_hub") is not None
        keeping.tell_host(
            self.host, root=str(self.root), free=usage.free, total=usage.total, found=shelving.by_hand(self.root), fetches=fetches,
        )  # fmt: skip
        keeping.open_holdings(self.host, fetches=fetches and not queries.hub_is_off())
        for holding in keeping.held_here(self.host):
            if not Path(holding.folder).is_dir():
                keeping.lost(holding)
        actions.forget_removed()
        keeping.tidy()

    def _start(self, holding: Holding) -> None:
        """The child ends when its standard input does: with us, even if we are killed without a word."""
        environment = {**os.environ, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1", "FIRSTCUT_PART": "hold"}
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "hold_model", str(holding.pk)]
        self._child = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, close_fds=True)
        self._at = holding

    def _ended(self, code: int) -> None:
        holding, self._child, self._at = self._at, None, None
        if holding is None or code == 0:
            return
        deaths = self._deaths[holding.pk] = self._deaths.get(holding.pk, 0) + 1
        said = f"signal {-code}" if code < 0 else f"exit status {code}"
        log.warning("the process that fetches %s died (%s)", holding.model.name, said)
        if deaths >= DEATHS:
            self._deaths.pop(holding.pk)
            reason = words.DIED % {"count": deaths, "how": said}
            keeping.failed(holding, reason, retryable=False)

    def close(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
