"""The farm as an operator sees and steers it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation.contract import Stage
from studio.events.models import Event
from studio.jobs import lease, tasks
from studio.jobs.models import Attempt, Job, Share, State, Worker
from studio.jobs.tasks.running import RowKeeper
from studio.projects.models import Project
from tests.films import Film, fill, job_of
from tests.generation import numbers_engine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 2)


@pytest.fixture
def worker(db: None) -> Worker:
    card = {"name": "NVIDIA L40S", "memory": 46068, "used": 21000, "temperature": 61, "watts": 212, "rated": 350}
    return Worker.objects.create(
        name="gpu0@box:7", queues=["gpu"], host="box", pid=7, card=card, warm=["Wan-AI/Wan2.2"], versions={"torch": "2.13.0"}
    )


def page(client: Client) -> str:
    return client.get(reverse("jobs:farm")).content.decode()


def test_a_worker_shows_what_it_has_and_does(people: SimpleNamespace, client_for: Callable[..., Client], film: Film, worker: Worker) -> None:
    job = job_of(film, queue="gpu", title="Shot 1.1 by Wan VACE")
    assert lease.claim(worker.name, ["gpu"]) is not None
    Job.objects.filter(pk=job.pk).update(done=3, total=30, unit="steps", stage="window 1 of 2")
    shown = re.sub(r"<[^>]*>", "", page(client_for(people.owner)))
    for words in (
        "NVIDIA L40S",
        "61 °C",
        "212 of 350 W",
        "21000 of 46068 MiB",
        "Wan-AI/Wan2.2",
        "torch 2.13.0",
        "Shot 1.1 by Wan VACE",
        "3 of 30 steps",
        "Working",
    ):
        assert words in shown, words
    Worker.objects.update(seen=timezone.now() - timedelta(minutes=1))
    gone = page(client_for(people.owner))
    assert "Gone" in gone and "Forget" in gone and "Drain<" not in gone


def test_what_waits_is_told_with_how_long_or_that_nobody_takes_it(
    people: SimpleNamespace, client_for: Callable[..., Client], film: Film, worker: Worker
) -> None:
    for n in range(4):
        job_of(film, queue="gpu", title=f"Shot {n}", estimate=90.0)
    job_of(film, queue="work", priority=2, estimate=60.0)
    shown = page(client_for(people.owner))
    assert "Neural" in shown and "6 min" in shown
    assert "no worker takes it" in shown, "there is no render worker"


def test_a_drained_worker_takes_nothing_until_it_is_let(
    people: SimpleNamespace, client_for: Callable[..., Client], film: Film, worker: Worker
) -> None:
    client = client_for(people.owner)
    job_of(film, queue="gpu")
    assert client.post(reverse("jobs:wish", args=[worker.name]), {"wish": "drain"}).status_code == 302
    assert lease.claim(worker.name, ["gpu"]) is None and lease.claim("another", ["gpu"]) is not None
    job_of(film, queue="gpu")
    client.post(reverse("jobs:wish", args=[worker.name]), {"wish": ""})
    assert lease.claim(worker.name, ["gpu"]) is not None
    assert client.post(reverse("jobs:wish", args=[worker.name]), {"wish": "explode"}).status_code == 400
    assert list(Event.objects.filter(kind="worker.wished").values_list("data__wish", flat=True)) == ["drain", "work"]


def test_a_share_is_set_and_wrong_numbers_are_refused(people: SimpleNamespace, client_for: Callable[..., Client], film: Film) -> None:
    client, where = client_for(people.owner), reverse("jobs:share", args=[film.project.pk])
    job_of(film)
    assert client.post(where, {"weight": "2.5", "limit": "3", "reserved": "1"}).status_code == 302
    share = Share.objects.get(project=film.project)
    assert (share.weight, share.limit, share.reserved) == (2.5, 3, 1)
    for wrong in ({"weight": "0"}, {"weight": "1", "limit": "-1"}, {"weight": "nan"}, {"weight": "1", "reserved": "x"}):
        assert client.post(where, wrong).status_code == 400
    assert client.post(reverse("jobs:share", args=["00000000-0000-0000-0000-000000000000"]), {"weight": "1"}).status_code == 404
    assert 'value="2.5"' in page(client)


def test_a_failure_keeps_its_reason_and_the_end_of_its_log(people: SimpleNamespace, client_for: Callable[..., Client], film: Film) -> None:
    undo = numbers_engine.install()
    try:
        spec = {"engine": "numbers", "task": "shot", "seed": 1, "format": {"width": 64, "height": 36, "frames": 4}, "params": {"fault": "code"}}
        job_of(film, kind="piece", spec={**spec, "inputs": [], "title": "x"}, max_attempts=1)
        logging.getLogger("before").warning("not of this attempt")
        tasks.look("work")
    finally:
        undo()
    attempt = Attempt.objects.get()
    assert attempt.job.state == State.FAILED and "unexpected error" in attempt.reason
    assert "Traceback" in attempt.log and "not of this attempt" not in attempt.log
    assert "Traceback" in page(client_for(people.owner))


def test_a_finished_stage_is_gone_on_from_by_the_same_request_and_engine_only(film: Film, tmp_path: Any) -> None:
    from generation.contract import Request

    job_of(film)
    job = lease.claim("w", ["work"])
    assert job is not None
    (tmp_path / "latents").write_bytes(b"latents")
    request = Request(engine="numbers", task="shot", seed=1)
    RowKeeper(job, request, "1").keep(Stage(name="base", data={"windows": 2}, files={"latents": tmp_path / "latents"}))
    lease.release(job)
    again = lease.claim("w2", ["work"])
    assert again is not None
    stage = RowKeeper(again, request, "1").kept()
    assert stage is not None and stage.data == {"windows": 2} and stage.files["latents"].read_bytes() == b"latents"
    assert RowKeeper(again, request, "2").kept() is None
    assert RowKeeper(again, request.model_copy(update={"seed": 2}), "1").kept() is None
    with pytest.raises(lease.LeaseLost):
        RowKeeper(job, request, "1").keep(Stage(name="late"))
