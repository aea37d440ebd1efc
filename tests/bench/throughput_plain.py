"""The references of the `throughput` benchmark: a task that does nothing in a Celery application and an RQ worker of their own, without Django.

Each worker takes its jobs in the order they were asked for, so the last one tells that all are done.
"""

from __future__ import annotations

import os
from functools import cache

from celery import Celery
from redis import Redis

from studio.web.environment import broker_url

DONE, LAST = "bench:done", -1
app = Celery("plain", broker=broker_url(os.environ["VALKEY_URL"]))
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=64, worker_send_task_events=False, task_default_queue="plain")


@cache
def server() -> Redis:
    return Redis.from_url(os.environ["VALKEY_URL"])


def nothing(number: int) -> None:
    if number == LAST:
        server().rpush(DONE, 1)


celery_nothing = app.task(name="plain.nothing")(nothing)
