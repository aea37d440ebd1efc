"""Many at once: threads that are let go together."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection


def at_once(count: int, work: Any) -> list[Any]:
    """What `work(0)` … `work(count - 1)` returned or raised, each in a thread of its own, all let go together, as many requests would be: each
    takes a session with the database from the pool when its turn comes."""
    start, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        try:
            start.wait(30)
            results[number] = work(number)
        except Exception as problem:
            results[number] = problem  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
