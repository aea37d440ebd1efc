"""A job from asking to its one result, whatever workers, leases and messages do meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from generation.contract import Result
from studio.events.models import Event
from studio.jobs import actions, lease
from studio.jobs.actions import Order, request_jobs
from studio.jobs.kinds import Refused
from studio.jobs.lease import LeaseLost
from studio.jobs.models import BATCH, IDLE, INTERACTIVE, LEASED, Job, Share, State
from studio.jobs.queries import tray
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY
from studio.world.models import Character, Design
from tests.together import at_once

pytestmark = pytest.mark.django_db
FIGURE = Result(data={"voice": {}, "coat": "grey"}, notes=("made for a test",))
SPEC = {"engine": "previs", "seed": 1, "params": {"name": "MARA"}}


@pytest.fixture
def mara(project: Project) -> Character:
    return Character.objects.create(project=project, name="MARA")


@pytest.fixture
def ask(project: Project, people: SimpleNamespace, mara: Character) -> Callable[..., Job]:
    """Ask for one design; each ends in one `Design` of Mara."""

    def make(after: Any = (), priority: int = BATCH, of: Character = mara) -> Job:
        return request_jobs(of.project, people.owner, [Order("figure", SPEC, of, title="Mara", after=after, priority=priority, queue="work")])[0]

    return make


def claim(queue: str = "work") -> Job | None:
    """As a worker claims. For the database a test is one moment, and what was asked in it would only be due later."""
    Job.objects.filter(state=State.QUEUED, available__lte=timezone.now()).update(available=timezone.now() - timedelta(days=1))
    return lease.claim("w", [queue])


def take() -> Job:
    job = claim()
    assert job is not None
    return job


def state(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk, state__in=LEASED).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_ends_in_one_row_and_says_so(ask: Callable[..., Job], people: SimpleNamespace, mara: Character) -> None:
    ask()
    job = take()
    assert (job.state, job.attempt) == ("running", 1) and job.lease_token is not None
    made = lease.finish(job, FIGURE, {}, 2.5)
    job.refresh_from_db()
    assert isinstance(made, Design) and made.job_id == job.pk and made.by == people.owner
    assert (job.state, job.seconds, job.notes) == ("succeeded", 2.5, ["made for a test"]) and not job.lease_token
    kinds = list(Event.objects.filter(project_id=mara.project_id, kind__regex=r"^(job|character)\.").values_list("kind", flat=True).order_by("seq"))
    assert kinds == ["character.designed", "job.succeeded"]


def test_what_somebody_waits_for_comes_first_and_idle_work_last(ask: Callable[..., Job]) -> None:
    idle, batch, interactive = ask(priority=IDLE), ask(), ask(priority=INTERACTIVE)
    assert [take().pk for _ in range(3)] == [interactive.pk, batch.pk, idle.pk]
    assert claim() is None


def test_a_worker_takes_only_from_its_queues_and_only_what_is_due(ask: Callable[..., Job]) -> None:
    job = ask()
    assert claim("desk") is None
    Job.objects.filter(pk=job.pk).update(available=timezone.now() + timedelta(minutes=1))
    assert claim() is None


def test_a_small_project_is_not_kept_waiting_by_a_large_one(ask: Callable[..., Job], people: SimpleNamespace) -> None:
    for _ in range(30):
        ask()
    small = start_project(name="Short", by=people.writer, rate=RATE_BY_KEY["24"], width=320, height=180)
    tom = Character.objects.create(project=small, name="TOM")
    for _ in range(5):
        ask(of=tom)
    Job.objects.update(estimate=10.0)
    order = [take().project_id for _ in range(12)]
    assert order[:10].count(small.pk) == 5, "the workers' time is shared evenly while both have work"
    assert set(order[10:]) == {order[10]} != {small.pk}
    assert Share.objects.get(project=small).used == pytest.approx(50.0)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_take_each_job_once_and_never_wait_for_each_other(ask: Callable[..., Job]) -> None:
    jobs = {ask().pk for _ in range(24)}
    claims = at_once(8, lambda number: [lease.claim(f"w{number}", ["work"]) for _ in range(4)])
    taken = [job.pk for each in claims for job in each if job]
    assert len(taken) == len(set(taken)) and set(taken) <= jobs
    while job := lease.claim("last", ["work"]):
        taken.append(job.pk)
    assert Counter(taken) == Counter(jobs)


@pytest.mark.django_db(transaction=True)
def test_of_two_reports_of_one_result_at_once_one_counts(ask: Callable[..., Job]) -> None:
    ask()
    job = take()
    results = at_once(4, lambda number: lease.finish(job, FIGURE, {}, 1.0))
    assert Counter(type(result) for result in results) == {Design: 1, LeaseLost: 3}
    assert Design.objects.filter(job=job).count() == 1


def test_a_worker_that_lost_its_lease_changes_nothing_and_says_nothing(ask: Callable[..., Job]) -> None:
    ask()
    first = take()
    expire(first)
    assert lease.sweep()["expired"] == 1
    second = take()
    assert second.pk == first.pk and second.attempt == 2
    before, events = Job.objects.filter(pk=first.pk).values().get(), Event.objects.count()
    for late in (
        lambda: lease.finish(first, FIGURE, {}, 1.0),
        lambda: lease.give_up(first, "late", retryable=True),
        lambda: lease.stop_cancelled(first),
        lambda: lease.release(first),
        lambda: lease.renew(first),
        lambda: lease.note_request(first, {}),
    ):
        with pytest.raises(LeaseLost):
            late()
    lease.note_progress(first, 3, 4, "frames", "", None)
    assert Job.objects.filter(pk=first.pk).values().get() == before and Event.objects.count() == events
    assert not Design.objects.exists()
    lease.finish(second, FIGURE, {}, 1.0)
    assert Design.objects.count() == 1


def test_a_heartbeat_keeps_the_lease_and_brings_word_of_a_cancellation(ask: Callable[..., Job], people: SimpleNamespace) -> None:
    ask()
    job = take()
    expire(job)
    assert lease.renew(job) == "running"
    assert lease.sweep()["expired"] == 0
    actions.cancel_job(job, by=people.owner)
    assert lease.renew(job) == "cancelling"
    lease.stop_cancelled(job)
    assert state(job) == "cancelled"


def test_three_workers_that_die_at_a_job_end_it_with_the_reason(ask: Callable[..., Job]) -> None:
    job = ask()
    for attempt in (1, 2, 3):
        assert take().attempt == attempt
        expire(job)
        lease.sweep()
    job.refresh_from_db()
    assert job.state == "failed" and "died 3 times" in job.error
    assert Event.objects.filter(kind="job.failed", subject_id=str(job.pk)).count() == 1


def test_a_failure_that_may_pass_is_tried_three_times_and_one_that_cannot_once(ask: Callable[..., Job]) -> None:
    job = ask()
    for _ in range(3):
        Job.objects.update(available=timezone.now())  # it is put off a few seconds each time
        lease.give_up(take(), "The disk was full.", retryable=True)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == ("failed", 3, "The disk was full.")
    other = ask()
    lease.give_up(take(), "There is no such lens.", retryable=False)
    assert state(other) == "failed"


def test_a_worker_that_is_asked_to_stop_gives_the_job_back_uncounted(ask: Callable[..., Job]) -> None:
    job = ask()
    lease.release(take())
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 0)


def test_a_queued_job_is_cancelled_at_once_with_what_waits_for_it(ask: Callable[..., Job], people: SimpleNamespace) -> None:
    first = ask()
    second = ask(after=[first])
    third = ask(after=[second])
    actions.cancel_job(first, by=people.artist)
    assert {state(job) for job in (first, second, third)} == {"cancelled"}
    assert claim() is None


def test_a_result_that_comes_after_the_cancellation_is_not_written(ask: Callable[..., Job], people: SimpleNamespace) -> None:
    ask()
    job = take()
    assert actions.cancel_job(job, by=people.artist).state == "cancelling"
    with pytest.raises(LeaseLost):
        lease.finish(job, FIGURE, {}, 1.0)
    assert state(job) == "cancelled" and not Design.objects.exists()
    actions.cancel_job(job, by=people.artist)
    assert state(job) == "cancelled"


def test_what_was_asked_for_while_a_job_it_needs_is_stopping_does_not_wait_for_ever(ask: Callable[..., Job], people: SimpleNamespace) -> None:
    ask()
    job = take()
    actions.cancel_job(job, by=people.artist)
    needs_it = ask(after=[job])
    lease.stop_cancelled(job)
    needs_it.refresh_from_db()
    assert needs_it.state == "cancelled" and "“Mara”, which was cancelled" in needs_it.error
    actions.retry_job(needs_it, by=people.artist)
    assert (state(job), state(needs_it)) == ("queued", "queued")


def test_cancel_all_ends_the_projects_work_and_no_others(ask: Callable[..., Job], people: SimpleNamespace) -> None:
    running, queued = ask(), ask()
    assert take().pk == running.pk
    other = start_project(name="Other", by=people.writer, rate=RATE_BY_KEY["24"], width=320, height=180)
    theirs = ask(of=Character.objects.create(project=other, name="TOM"))
    assert actions.cancel_all(running.project, by=people.producer) == 2
    assert (state(running), state(queued), state(theirs)) == ("cancelling", "cancelled", "queued")
    expire(running)
    lease.sweep()
    assert state(running) == "cancelled"
    assert actions.cancel_all(running.project, by=people.producer) == 0


def test_a_job_starts_when_all_it_needs_has_succeeded(ask: Callable[..., Job]) -> None:
    first, second = ask(), ask()
    third = ask(after=[first, second], priority=INTERACTIVE)
    assert third.waiting == 2
    lease.finish(take(), FIGURE, {}, 1.0)
    assert Job.objects.get(pk=third.pk).waiting == 1
    lease.finish(take(), FIGURE, {}, 1.0)
    assert take().pk == third.pk


def test_a_failure_takes_what_needs_it_along_and_a_retry_brings_all_back(ask: Callable[..., Job], people: SimpleNamespace) -> None:
    first = ask()
    second = ask(after=[first])
    third = ask(after=[second])
    lease.give_up(take(), "No such place.", retryable=False)
    for job in (second, third):
        job.refresh_from_db()
        assert job.state == "failed" and "which failed: No such place." in job.error
    with pytest.raises(Refused, match="Retry that first"):
        ask(after=[second])
    actions.retry_job(third, by=people.artist)
    assert [state(job) for job in (first, second, third)] == ["queued"] * 3
    for _ in range(3):
        lease.finish(take(), FIGURE, {}, 1.0)
    assert [state(job) for job in (first, second, third)] == ["succeeded"] * 3


def test_only_what_ended_badly_can_be_tried_again(ask: Callable[..., Job], people: SimpleNamespace) -> None:
    job = ask()
    with pytest.raises(Refused, match="queued"):
        actions.retry_job(job, by=people.artist)
    lease.finish(take(), FIGURE, {}, 1.0)
    with pytest.raises(Refused, match="done"):
        actions.retry_job(job, by=people.artist)


def test_a_batch_is_queued_whole_or_not_at_all(project: Project, people: SimpleNamespace, mara: Character, ask: Callable[..., Job]) -> None:
    failed = ask()
    lease.give_up(take(), "No.", retryable=False)
    orders = [Order("figure", SPEC, mara), Order("figure", SPEC, mara, after=[failed])]
    with pytest.raises(Refused):
        request_jobs(project, people.owner, orders)
    assert Job.objects.count() == 1 and not Event.objects.filter(kind="jobs.queued", data__count=2).exists()


def test_a_batch_is_begun_in_its_order(project: Project, people: SimpleNamespace, mara: Character) -> None:
    jobs = request_jobs(project, people.owner, [Order("figure", {**SPEC, "seed": n}, mara, queue="work") for n in range(12)])
    assert [take().pk for _ in range(12)] == [job.pk for job in jobs]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_lost_doubled_or_shuffled_a_job_has_at_most_one_result(ask: Callable[..., Job], people: SimpleNamespace, seed: int) -> None:
    """Ten jobs a run, two hundred lives: every report a worker ever could send may come late, twice and in any order."""
    rng = random.Random(seed)
    jobs: list[Job] = []
    for _ in range(10):
        jobs.append(ask(after=rng.sample(jobs, k=min(len(jobs), rng.randrange(2)))))
    held: list[Job] = []
    reports: list[Callable[[Job], Any]] = [
        lambda job: lease.finish(job, FIGURE, {}, 1.0),
        lambda job: lease.finish(job, FIGURE, {}, 1.0),
        lambda job: lease.give_up(job, "tired", retryable=True),
        lambda job: lease.release(job),
        lambda job: lease.renew(job),
        lambda job: expire(job),
        lambda job: lease.sweep(),
        lambda job: actions.cancel_job(job, by=people.artist),
        lambda job: actions.retry_job(job, by=people.artist),
    ]
    for _ in range(40):
        Job.objects.filter(state=State.QUEUED).update(available=timezone.now())
        if (rng.random() < 0.4 or not held) and (job := claim()):
            held.append(job)
        elif held:
            try:
                with transaction.atomic():
                    rng.choice(reports)(rng.choice(held))
            except (LeaseLost, Refused):
                pass
    for job in Job.objects.all():
        results = Design.objects.filter(job=job).count()
        assert results == (1 if job.state == "succeeded" else 0), f"{job.state} with {results} results"
        told = Event.objects.filter(kind="job.succeeded", subject_id=str(job.pk)).count()
        assert told == results
    assert any(job.attempt for job in Job.objects.all())
    numbers = list(Design.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_tray_counts_the_whole_batch_also_what_of_it_is_done(project: Project, people: SimpleNamespace, mara: Character) -> None:
    orders = [Order("figure", SPEC, mara, title=f"Mara {n}", queue="work") for n in range(4)]
    request_jobs(project, people.owner, orders)
    for _ in range(2):
        lease.finish(take(), FIGURE, {}, 1.0)
    counts = tray(project)
    assert (counts.done, counts.total, counts.queued) == (2, 4, 2)
