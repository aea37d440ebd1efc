"""A database and a broker of one benchmark alone, with the settings people run, and Django over them."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.web import seed, stack
from studio.web.environment import socket_folder
from studio.web.services import Postgres, Server, Valkey

POINTING = ("DATABASE_URL", "DATABASE_OWNER_URL", "VALKEY_URL", "STORAGE_URL", "EMAIL_URL")


@contextmanager
def ground(url: str = "http://127.0.0.1:8000") -> Iterator[Path]:
    """The data folder; gone in the end. This process speaks to its servers as the application."""
    for name in [n for n in os.environ if n in POINTING or n in {"FIRSTCUT_URL", "FIRSTCUT_DATA", "FIRSTCUT_PART"}]:
        del os.environ[name]
    seed.build()
    data = Path(tempfile.mkdtemp(prefix="firstcut-bench-"))
    servers: list[Server] = []
    try:
        servers = [Postgres(data).start(), Valkey(data).start()]
        environment = stack.surroundings(data, url=url, bind="127.0.0.1", workers=1, sample=False)
        os.environ.update({**environment, "DJANGO_SETTINGS_MODULE": "studio.web.settings"})
        import django

        django.setup()
        logging.getLogger().setLevel(logging.ERROR)
        yield data
        from django.db import connections

        connections.close_all()
    finally:
        for server in reversed(servers):
            server.stop()
        shutil.rmtree(socket_folder(data), ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def running(*launches: Callable[[], subprocess.Popen[bytes]]) -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    try:
        for launch in launches:
            started.append(launch())
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def percentile(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]
