"""A real worker, killed dead while it makes three takes at once: each is begun again, and comes to exactly one result."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Count
from django.utils import timezone

from studio.events.log import verify
from studio.events.models import Event
from studio.jobs import books, lease
from studio.jobs.actions import Order, request_jobs, wake
from studio.jobs.models import Job, State
from studio.ledger.models import Entry, Kind
from studio.material.models import Piece
from studio.projects.models import Project
from studio.shelf.models import Host
from tests.generation.engines import tiny_images
from tests.live import LiveStudio

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
PATIENCE = 120.0


def until(true: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        threading.Event().wait(0.05)


def test_killed_in_the_middle_of_a_batch(
    live_studio: LiveStudio, project: Project, people: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_images.zimage(tmp_path / "tiny--zimage")
    monkeypatch.setenv("FIRSTCUT_MODELS", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    Host.objects.update_or_create(name="films", defaults={"found": ["tiny/zimage"]})
    spec: dict[str, Any] = {
        "engine": "zimage", "task": "still", "format": {"width": 640, "height": 640, "frames": 1}, "inputs": [], "shot": None, "title": "A fox",
        "params": {"model": "tiny/zimage", "prompt": "a fox crosses a harbour", "steps": 60},
    }  # fmt: skip
    jobs = request_jobs(project, people.artist, [Order("piece", {**spec, "seed": seed}, project) for seed in (1, 2, 3)])
    (worker,) = live_studio.workers(1, queues="gpu", part="gpu")
    until(lambda: Job.objects.filter(state=State.RUNNING, together=3, done__gt=0).count() == 3, "no batch of three was begun")
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    running = list(Job.objects.filter(state=State.RUNNING))
    assert len(running) == 3 and len({job.lease_token for job in running}) == 3 and not Piece.objects.exists()
    lived = (timezone.now() - min(job.started for job in running if job.started)).total_seconds()

    Job.objects.update(lease_until=timezone.now() - lease.LEASE / 30)  # the half minute is over: it was renewed 29 seconds ago
    assert lease.sweep()["expired"] == 3 and lease.sweep()["expired"] == 0
    assert set(Job.objects.values_list("state", "attempt")) == {(State.QUEUED, 1)}
    live_studio.workers(1, queues="gpu", part="gpu")
    wake({"gpu": 1})
    until(lambda: not Job.objects.exclude(state=State.SUCCEEDED).exists(), "they were not made again")

    assert set(Job.objects.values_list("attempt", flat=True)) == {2}
    made = Event.objects.filter(kind="job.succeeded").values("subject_id").annotate(n=Count("pk"))
    assert {(row["subject_id"], row["n"]) for row in made} == {(str(job.pk), 1) for job in jobs}
    pieces = list(Piece.objects.order_by("recipe__seed"))
    assert [piece.recipe["seed"] for piece in pieces] == [1, 2, 3] and all("batch" not in piece.data for piece in pieces)
    assert len({piece.number for piece in pieces}) == 3 and list(verify()) == []
    paid = list(Entry.objects.filter(kind=Kind.ACTUAL).values_list("job_id", "outcome"))
    assert sorted(paid) == sorted((job.pk, outcome) for job in jobs for outcome in ("died", "succeeded"))
    died = sum(Entry.objects.filter(kind=Kind.ACTUAL, outcome="died").values_list("milliseconds", flat=True)) / 1000
    assert 0 <= died <= lived, "the seconds of the one worker, once and not three times"
    assert list(books.differences()) == []
