"""When a job that waits will begin: told by the rule by which jobs are claimed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.jobs import lease
from studio.jobs.models import BATCH, INTERACTIVE, Job, Share, State, Worker
from studio.jobs.starting import with_starts
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY
from tests.bench.farm import ask_for, lengths, simulate
from tests.films import Film, film_of, job_of

pytestmark = pytest.mark.django_db
MOST_WRONG = 0.1  # of the time in which all is done


@pytest.fixture
def film(people: SimpleNamespace) -> Film:
    return film_of(people.artist, "Long", 3)


@pytest.fixture
def other(people: SimpleNamespace) -> Film:
    return film_of(people.artist, "Other", 3)


def worker(*queues: str, name: str = "w", **more: str) -> Worker:
    return Worker.objects.create(name=name, queues=list(queues), **more)


def told(project: Project) -> dict[str, float | None]:
    jobs = with_starts(project, Job.objects.filter(project=project, state=State.QUEUED, waiting=0))
    return {job.title: job.start.seconds for job in jobs}  # type: ignore[attr-defined]


def waits(film: Film, title: str, estimate: float, **more: Any) -> Job:
    """A job that is due in the moment that a test is for the database."""
    past = timezone.now() - timedelta(days=1)
    return job_of(film, title=title, estimate=estimate, available=past, **{"queue": "work", **more})


def test_what_is_told_is_what_one_worker_then_does(film: Film, other: Film) -> None:
    worker("desk", "work")
    Share.objects.filter(project=film.project).update(weight=2.0)
    for n in range(8):
        waits(film, f"mine {n}", 30.0 + 5 * (n % 3))
    for n in range(4):
        waits(other, f"theirs {n}", 40.0)
    waits(other, "soon", 10.0, priority=INTERACTIVE, queue="desk")
    Share.objects.filter(project=film.project).update(weight=2.0)
    foretold = {**told(film.project), **told(other.project)}
    at, began = 0.0, {}
    while job := lease.claim("w", ["desk", "work"]):
        began[job.title] = at
        at += job.estimate
        Job.objects.filter(pk=job.pk).update(state=State.SUCCEEDED, lease_token=None)
    assert set(began) == set(foretold) and len(began) == 13
    for title, seconds in foretold.items():
        assert seconds == pytest.approx(began[title], abs=80.0), f"{title}: within two jobs, as whole jobs are taken"
    assert foretold["soon"] == 0.0 == began["soon"]


def test_what_runs_is_waited_for_and_workers_share_the_queue(film: Film) -> None:
    worker("work", name="a")
    worker("work", name="b")
    waits(film, "next", 60.0)
    assert told(film.project) == {"next": 0.0}, "nobody is at work"
    for name in ("a", "b"):
        running = waits(film, name, 100.0, state=State.RUNNING, lease_token="0" * 31 + ("1" if name == "a" else "2"))
        Job.objects.filter(pk=running.pk).update(eta=40.0)
    waits(film, "last", 60.0)
    assert told(film.project) == {"next": 40.0, "last": 70.0}
    Share.objects.filter(project=film.project).update(limit=1)
    assert told(film.project) == {"next": 80.0, "last": 140.0}, "one at a time, however many are there"


def test_a_queue_of_other_workers_is_not_waited_for(film: Film) -> None:
    worker("desk", "work", name="a")
    worker("gpu", name="b")
    for queue in ("work", "gpu"):
        waits(film, f"{queue} first", 50.0, queue=queue)
        waits(film, f"{queue} second", 50.0, queue=queue)
    assert told(film.project)["gpu second"] == 50.0
    Worker.objects.filter(name="b").update(wish="drain")
    assert told(film.project)["gpu second"] is None, "nobody takes it"
    Worker.objects.filter(name="a").update(queues=["desk", "work", "gpu"])
    assert told(film.project)["gpu second"] == 150.0, "one worker for both"


def test_the_tray_and_the_shot_say_it(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, shot = client_for(people.artist), film.shots[0]
    tray, takes = reverse("jobs:tray", args=[film.project.slug]) + "?open", reverse("shots:takes_fragment", args=[film.project.slug, shot.pk])
    waits(film, "first", 190.0)
    waits(film, "second", 60.0)
    for page in (tray, takes):
        assert "no worker for it is running" in client.get(page).content.decode()
    worker("work")
    for page in (tray, takes):
        shown = client.get(page).content.decode()
        assert "starts next" in shown and "starts in ≈ 3 min" in shown
    Job.objects.filter(title="second").update(waiting=2)
    assert "waits for 2 others" in client.get(tray).content.decode()


@pytest.mark.parametrize("address", ["jobs:tray", "shots:takes_fragment", "material:page"])
def test_it_costs_three_queries_however_much_waits(address: str, film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(people.artist)
    arguments = [film.project.slug, film.shots[0].pk] if address.startswith("shots") else [film.project.slug]
    worker("work")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(address, args=arguments) + "?open")
        return len(queries)

    kind = "piece" if address == "material:page" else "shot"
    asked()
    none = asked()
    waits(film, "one", 10.0, kind=kind, priority=BATCH)
    one = asked()
    for n in range(20):
        waits(film, f"more {n}", 10.0, kind=kind)
    assert one <= none + 3 and asked() == one


SCENES: dict[str, dict[str, Any]] = {
    "projects alike": {},
    "people of one project": {"people": 3},
    "reserved for another": {"reserved": (0, 2, 0)},
    "reserved for us": {"reserved": (2, 0, 0)},
    "weights, people and reservations": {"people": 2, "reserved": (0, 1, 1), "weights": (2.0, 1.0, 0.5)},
}


@pytest.mark.parametrize("scene", SCENES)
def test_what_is_told_is_near_what_the_claim_then_does(scene: str, people: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    """Three films on four workers, with jobs of mixed lengths that take what was foretold: a farm on paper, the real claim."""
    given, rng = SCENES[scene], random.Random(5)
    films = [start_project(name=f"Film {n}", by=people.owner, rate=RATE_BY_KEY["24"], width=320, height=180) for n in range(3)]
    seconds: dict[Any, float] = {}
    for number in range(4):
        worker("gpu", name=f"w{number}")
    for number, project in enumerate(films):
        for person in (people.owner, people.artist, people.writer)[: given.get("people", 1)]:
            seconds |= ask_for(project, person, lengths(rng, 24 // (1 + number), 20.0), rng)
        share = {"reserved": given.get("reserved", (0, 0, 0))[number], "weight": given.get("weights", (1.0, 1.0, 1.0))[number]}
        Share.objects.filter(project=project).update(**share)
    for pk, takes in seconds.items():
        Job.objects.filter(pk=pk).update(estimate=takes)
    jobs = [job for project in films for job in with_starts(project, Job.objects.filter(project=project))]
    foretold = {job.pk: job.start.seconds for job in jobs}  # type: ignore[attr-defined]
    waited = simulate(4, dict(seconds)).wait_of
    whole = sum(seconds.values()) / 4
    wrong = sum(abs(foretold[pk] - waited[pk]) for pk in seconds) / len(seconds)
    with capsys.disabled():
        print(f"\n  {scene}: {len(seconds)} jobs in {whole:.0f} s, told wrong by {wrong:.0f} s in the mean ({wrong / whole:.0%})")
    assert wrong < MOST_WRONG * whole


def test_a_job_that_needs_a_card_waits_for_one(film: Film) -> None:
    worker("gpu", name="bare")
    waits(film, "lighter", 30.0, queue="gpu", card_only=True)
    assert told(film.project) == {"lighter": None}
    Worker.objects.create(name="with", queues=["gpu"], card={"name": "Small"})
    assert told(film.project) == {"lighter": 0.0}
