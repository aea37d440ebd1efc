"""Who claims and who ends at the same time wait for each other in one order, and nobody is in the way of both."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from studio.jobs import fair, lease
from studio.jobs.models import Job, Share, State, Worker
from studio.projects.models import Project
from tests.bench.farm import ask_for
from tests.jobs.test_fair import RNG

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_claim_that_waits_for_a_share_holds_nothing_that_an_end_needs_next(project: Project, people: SimpleNamespace) -> None:
    Worker.objects.create(name="w", queues=["gpu"])
    ask_for(project, people.owner, [1.0], RNG)
    claimed: list[Job | None] = []

    def claim() -> None:
        try:
            claimed.append(lease.claim("w", ["gpu"]))
        finally:
            connection.close()

    other = threading.Thread(target=claim)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        share = Share.objects.select_for_update().get(project=project)  # as an attempt does that ends
        other.start()
        until = time.monotonic() + 30
        while not waits(cursor):
            assert time.monotonic() < until and other.is_alive(), "the claim did not wait for the share"
        fair.charge(Job.objects.get(), 0.0)
        Worker.objects.filter(name="w").update(done=1)
        assert share.pk == project.pk
    other.join(30)
    assert [job.state for job in claimed if job is not None] == [State.RUNNING]


def waits(cursor: Any) -> bool:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(cursor.fetchone()[0])
