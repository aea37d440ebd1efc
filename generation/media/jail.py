"""The child that opens what strangers sent: `python -m generation.media.jail`, one JSON request on stdin, one JSON answer on stdout.

Imports nothing but the standard library until it has locked itself in, because threads (numerical libraries start some) would keep
it from leaving the network behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import sys
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38


def lock_in(cpu_seconds: int, memory_bytes: int, file_bytes: int) -> bool:
    """Give up everything a decoder does not need. Returns whether the network could be left behind too (some kernels forbid it)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    offline = bool(libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    return offline


def main() -> int:
    asked: dict[str, Any] = json.load(sys.stdin)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"
    offline = lock_in(**asked["limits"])
    answer: dict[str, Any]
    try:
        ingest = importlib.import_module("generation.media.ingest")
        answer = {"ok": ingest.TASKS[asked["task"]](**asked["arguments"])}
    except MemoryError:
        answer = {"memory": True}
    except Exception as error:
        answer = _told(error)
    json.dump({**answer, "offline": offline}, sys.stdout)
    return 0


def _told(error: Exception) -> dict[str, Any]:
    failure = importlib.import_module("generation.contract").Failure
    if isinstance(error, failure):
        return {"refused": str(error)}
    return {"fault": f"{type(error).__name__}: {error}", "errno": getattr(error, "errno", None)}


if __name__ == "__main__":
    sys.exit(main())
