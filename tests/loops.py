"""Running a coroutine where no event loop runs: Playwright keeps one in the main thread as long as its browser lives."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

R = TypeVar("R")


def run_apart(coroutine: Coroutine[Any, Any, R]) -> R:
    """What the coroutine returns or raises, run in a thread and a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
