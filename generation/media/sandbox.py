"""Opening media that strangers sent, without trusting it: in a child with bounded processor time, memory and file size, no network where the
kernel allows that, and only formats and sizes we mean to support."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from pydantic import Field

from generation.contract import BadRequest, Failure, Frozen, Transient

ROOT = Path(__file__).resolve().parents[2]


class Bounds(Frozen):
    """What one file may cost. `max_pixels` is per picture, `max_seconds` the length of sound or film."""

    cpu_seconds: int = Field(60, ge=1)
    memory_bytes: int = Field(2 << 30, ge=64 << 20)
    file_bytes: int = Field(8 << 30, ge=1 << 20)
    wall_seconds: float = Field(180.0, gt=0)
    max_pixels: int = 8192 * 8192
    max_seconds: float = 4 * 3600.0


def call(task: str, name: str, arguments: dict[str, Any], bounds: Bounds) -> dict[str, Any]:
    """Run one of `ingest.TASKS` in the child. `name` is what the person calls the file, for messages.

    Raises `BadRequest` for a file that cannot be used, whatever it did to the child; `Transient` for a full disk.
    """
    limits = {"cpu_seconds": bounds.cpu_seconds, "memory_bytes": bounds.memory_bytes, "file_bytes": bounds.file_bytes}
    asked = json.dumps({"task": task, "arguments": arguments, "limits": limits})
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        child = subprocess.run(
            [sys.executable, "-m", "generation.media.jail"],
            input=asked.encode(),
            capture_output=True,
            timeout=bounds.wall_seconds,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BadRequest(f"“{name}” took longer than {bounds.wall_seconds:g} seconds to read, so it was refused. {_ADVICE}") from None
    if child.returncode < 0:
        if -child.returncode in (signal.SIGXCPU, signal.SIGKILL):
            raise BadRequest(f"“{name}” took more than {bounds.cpu_seconds} seconds of processor time to read, so it was refused. {_ADVICE}")
        raise BadRequest(f"“{name}” cannot be read: it is damaged. {_ADVICE}")
    try:
        answer: dict[str, Any] = json.loads(child.stdout)
    except ValueError:
        return _no_answer(name, child.stderr)
    return _answer(answer, name, bounds)


_ADVICE = "Save it anew from the program that made it, shorter or smaller, and try again."


def _no_answer(name: str, told: bytes) -> dict[str, Any]:
    if b"MemoryError" in told or b"Cannot allocate" in told or b"std::bad_alloc" in told:
        raise BadRequest(f"“{name}” needs too much memory to read, so it was refused. {_ADVICE}")
    raise Failure(f"“{name}” could not be read, and the reader ended without a word: {told[-400:].decode(errors='replace')}")


def _answer(answer: dict[str, Any], name: str, bounds: Bounds) -> dict[str, Any]:
    if "ok" in answer:
        result: dict[str, Any] = answer["ok"]
        return result
    if "refused" in answer:
        raise BadRequest(f"“{name}”: {answer['refused']}")
    if answer.get("memory"):
        raise BadRequest(f"“{name}” needs more than {bounds.memory_bytes >> 20} MB of memory to read, so it was refused. {_ADVICE}")
    if answer.get("errno") in (errno.ENOSPC, errno.EDQUOT):
        raise Transient("The disk is full, so the file could not be brought in. Free some space, then try again.")
    raise BadRequest(f"“{name}” cannot be read: {answer['fault']}. {_ADVICE}")
