"""Who is next: the real claim, with projects and people of every appetite."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.jobs import fair, lease
from studio.jobs.models import BATCH, INTERACTIVE, LEASED, Job, PersonShare, Share, State, Worker
from studio.jobs.states import ALLOWED, move
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY
from tests.bench.farm import ask_for, jain, lengths, simulate

pytestmark = pytest.mark.django_db
RNG = random.Random(3)


@pytest.fixture
def projects(people: SimpleNamespace, project: Project) -> list[Project]:
    """Three, the first of them the cast's own."""
    more = [start_project(name=f"Film {n}", by=people.owner, rate=RATE_BY_KEY["24"], width=320, height=180) for n in (1, 2)]
    return [project, *more]


def rows(project: Project, person: Any, seconds: list[float], **more: Any) -> list[Any]:
    return list(ask_for(project, person, seconds, RNG, **more))


def claim(*warm: str, worker: str = "w") -> Job | None:
    return lease.claim(worker, ["gpu"], warm)


def taken(count: int, **more: Any) -> list[Job]:
    return [job for _ in range(count) if (job := claim(**more)) is not None]


def done(job: Job, seconds: float) -> None:
    move(Job.objects.filter(pk=job.pk), State.SUCCEEDED)
    fair.charge(job, seconds - job.estimate)


def test_projects_share_the_workers_by_seconds_and_not_by_jobs(projects: list[Project], people: SimpleNamespace) -> None:
    """One asks for ten times as many jobs that take a tenth; one has jobs of mixed lengths; the estimates are wrong by up to a half."""
    seconds: dict[Any, float] = {}
    seconds |= ask_for(projects[0], people.owner, [3.0] * 200, RNG)
    seconds |= ask_for(projects[1], people.owner, [30.0] * 20, RNG)
    seconds |= ask_for(projects[2], people.owner, lengths(RNG, 60, 6.0), RNG)
    told = simulate(4, seconds)
    assert jain(told.got.values()) > 0.97 and len(told.order) == len(seconds)


def test_within_a_project_its_people_share(projects: list[Project], people: SimpleNamespace) -> None:
    seconds = {**ask_for(projects[0], people.owner, [5.0] * 120, RNG), **ask_for(projects[0], people.artist, [20.0] * 30, RNG)}
    told = simulate(3, seconds)
    assert jain(told.got_people.values()) > 0.97


def test_a_single_retake_waits_for_no_more_than_what_runs_and_one(projects: list[Project], people: SimpleNamespace) -> None:
    ask_for(projects[0], people.owner, [30.0] * 500, RNG)
    running = taken(4)
    (retake,) = rows(projects[1], people.artist, [30.0])
    done(running[0], 40.0)
    assert retake in [job.pk for job in taken(2)], "with the same priority, as the film was asked for"
    (urgent,) = rows(projects[2], people.artist, [30.0], priority=INTERACTIVE)
    (first,) = taken(1)
    assert first.pk == urgent


def test_time_not_used_is_not_saved_up(projects: list[Project], people: SimpleNamespace) -> None:
    """Who was away comes back as one among equals, not as one who is owed an hour."""
    rows(projects[0], people.owner, [10.0] * 40)
    Share.objects.filter(project=projects[0]).update(used=3600.0)
    rows(projects[1], people.owner, [10.0] * 40)
    assert Share.objects.get(project=projects[1]).used == pytest.approx(3600.0)
    Job.objects.update(estimate=10.0)
    assert Counter(job.project_id for job in taken(20)) == {projects[0].pk: 10, projects[1].pk: 10}


def test_a_weight_gives_more(projects: list[Project], people: SimpleNamespace) -> None:
    for each in projects[:2]:
        rows(each, people.owner, [10.0] * 40)
    Share.objects.filter(project=projects[0]).update(weight=3.0)
    Job.objects.update(estimate=10.0)
    assert Counter(job.project_id for job in taken(20))[projects[0].pk] == 15


def test_a_limit_holds_and_frees_what_ends(projects: list[Project], people: SimpleNamespace) -> None:
    rows(projects[0], people.owner, [10.0] * 9)
    Share.objects.filter(project=projects[0]).update(limit=2)
    first = taken(5)
    assert len(first) == 2
    done(first[0], 10.0)
    assert len(taken(5)) == 1


def test_reserved_workers_are_left_to_who_reserved_them_while_they_have_work(projects: list[Project], people: SimpleNamespace) -> None:
    for name in "abcd":
        Worker.objects.create(name=name, queues=["gpu"])
    rows(projects[0], people.owner, [10.0] * 20)
    rows(projects[1], people.owner, [10.0] * 1)
    Share.objects.filter(project=projects[1]).update(reserved=2, used=1e6)
    assert [job.project_id for job in taken(3)].count(projects[0].pk) == 2, "though it is far behind, only two of the four workers"
    assert projects[1].pk in [job.project_id for job in Job.objects.filter(state__in=LEASED)]
    assert len(taken(5)) == 5, "without work a reservation keeps nobody waiting"


def test_a_warm_model_goes_first_only_among_those_that_are_as_fair(projects: list[Project], people: SimpleNamespace) -> None:
    rows(projects[0], people.owner, [10.0] * 20, model="cold")
    rows(projects[1], people.owner, [10.0] * 20, model="warm")
    Job.objects.update(estimate=10.0)
    order = [job.model for job in (claim("warm") for _ in range(30)) if job is not None]
    assert order[:4] == ["warm"] * 4, "while it is at most half a minute ahead"
    ahead = [order[:n].count("warm") - order[:n].count("cold") for n in range(1, 31)]
    assert order[4] == "cold" and max(ahead) <= 4, "never further ahead than the slack and one job"


def test_priority_comes_before_any_share(projects: list[Project], people: SimpleNamespace) -> None:
    rows(projects[1], people.owner, [10.0] * 3, priority=BATCH)
    (urgent,) = rows(projects[0], people.owner, [10.0], priority=INTERACTIVE)
    Share.objects.filter(project=projects[0]).update(used=1e9)
    found = claim()
    assert found is not None and found.pk == urgent


def test_what_a_job_took_is_counted_to_project_and_person(projects: list[Project], people: SimpleNamespace) -> None:
    rows(projects[0], people.artist, [10.0])
    job = claim()
    assert job is not None
    done(job, 42.0)
    assert Share.objects.get(project=projects[0]).used == pytest.approx(42.0)
    assert PersonShare.objects.get(project=projects[0], person=people.artist).used == pytest.approx(42.0)


@pytest.mark.parametrize(("before", "after"), sorted(product(State, State)))
def test_only_the_ways_that_are_written_down_lead_from_state_to_state(
    before: State, after: State, projects: list[Project], people: SimpleNamespace
) -> None:
    (pk,) = rows(projects[0], people.owner, [10.0])
    lease_of = {"lease_token": "0" * 32, "lease_until": timezone.now() + timedelta(minutes=1)} if before in LEASED else {}
    Job.objects.filter(pk=pk).update(state=before, **lease_of)
    fields = {} if before in LEASED or after not in LEASED else {"lease_token": "1" * 32}
    moved = move(Job.objects.filter(pk=pk), after, **fields)
    assert moved == (1 if before in ALLOWED[after] else 0)
    job = Job.objects.get(pk=pk)
    assert job.state == (after if moved else before) and (job.lease_token is not None) == (job.state in LEASED)


def test_the_database_itself_refuses_a_state_without_its_lease(projects: list[Project], people: SimpleNamespace) -> None:
    (pk,) = rows(projects[0], people.owner, [10.0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=pk).update(state=State.RUNNING)
