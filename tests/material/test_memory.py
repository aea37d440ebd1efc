"""A card whose memory is too small: a failure with what to change, or one more try with the model kept mostly in main memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation.neural import warm
from studio.jobs import lease, tasks
from studio.jobs.actions import retry_job
from studio.jobs.models import Attempt, Job, State, Worker
from studio.ledger.models import Entry
from studio.material.models import Piece
from studio.projects.models import OnMemory, Project
from tests.films import fill, job_of
from tests.generation import small_card

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., Job]


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    undo = small_card.install()
    yield
    undo()


@pytest.fixture
def ask(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> Ask:
    """Ask for a picture, let a worker have it as often as it wants, and give its job."""

    def asked(**more: str) -> Job:
        form = {"engine": "small_card", "task": "still", "width": "64", "height": "36", "seed": "3", **more}
        assert client_for(people.artist).post(reverse("material:ask", args=[project.slug]), form).status_code == 202
        tasks.look("gpu")
        return Job.objects.get()

    return asked


def allow(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(on_memory=OnMemory.AGAIN)


def test_it_stops_and_says_what_to_change(ask: Ask) -> None:
    warm.hold("kept", ("kept",), 1, 100, object)
    job = ask()
    assert (job.state, job.attempt, job.lighter) == (State.FAILED, 1, {})
    assert "too small for this still of 64×36" in job.error and "Choose a smaller size" in job.error
    assert "When a card runs out of memory" in job.error, "and what the film's settings could do about it"
    warm.hold("next", ("next",), 1, 100, object)
    assert warm.names() == ["next"], "what was warm made room"
    warm.drop_now()


def test_where_the_film_allows_it_the_job_is_tried_once_more_with_its_model_in_main_memory(project: Project, ask: Ask) -> None:
    allow(project)
    job = ask()
    assert (job.state, job.attempt) == (State.SUCCEEDED, 2)
    assert job.lighter == {"tuning": {"offload": "group"}}
    failure = Attempt.objects.get()
    assert failure.number == 1 and "too small" in failure.reason and failure.reason.endswith("kept mostly in main memory.")
    piece = Piece.objects.get()
    assert piece.recipe["params"]["tuning"]["offload"] == "group" == piece.data["settings"]["offload"]
    assert "second try" in piece.notes[-1]
    assert [entry.outcome for entry in Entry.objects.filter(job_id=job.pk, kind="actual").order_by("at")] == ["failed", "succeeded"]


def test_once_is_once(project: Project, ask: Ask) -> None:
    allow(project)
    job = ask(large="on")
    assert (job.state, job.attempt, Attempt.objects.count()) == (State.FAILED, 2, 2)
    assert "kept mostly in main memory already" in job.error


def test_a_model_that_is_in_main_memory_already_is_not_tried_again(project: Project, ask: Ask) -> None:
    allow(project)
    job = ask(large="on", **{"tuning.offload": "sequential"})
    assert (job.state, job.attempt, job.lighter) == (State.FAILED, 1, {})
    assert "Settings" not in job.error


def test_whoever_retries_it_begins_as_it_was_asked_for(project: Project, people: SimpleNamespace, ask: Ask) -> None:
    allow(project)
    job = ask(large="on")
    assert job.lighter and retry_job(job, by=people.artist).lighter == {}


def test_the_choice_stands_in_the_settings(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, details = client_for(people.owner), reverse("projects:details", args=[project.slug])
    assert "When a card runs out of memory" in client.get(reverse("projects:settings", args=[project.slug])).content.decode()
    assert client.post(details, {"name": project.name, "on_memory": "again"}).status_code == 302
    project.refresh_from_db()
    assert project.on_memory == OnMemory.AGAIN
    client.post(details, {"name": project.name})
    project.refresh_from_db()
    assert project.on_memory == OnMemory.AGAIN, "a form that does not speak of it leaves it"
    assert client.post(details, {"name": project.name, "on_memory": "thrice"}).status_code == 400


def test_once_is_once_whatever_an_engine_says(project: Project, people: SimpleNamespace) -> None:
    allow(project)
    job_of(fill(project, people.owner, 1), queue="gpu")
    for state in (State.QUEUED, State.FAILED):
        Job.objects.update(available=timezone.now() - timedelta(seconds=1))
        job = lease.claim("w", ["gpu"])
        assert job is not None
        lease.give_up(job, "Too small.", retryable=False, lighter={"tuning": {"offload": "group"}})
        assert Job.objects.get().state == state


def test_the_lighter_try_is_claimed_only_where_a_card_is(project: Project, people: SimpleNamespace) -> None:
    allow(project)
    for name, card in (("with", {"name": "Small", "memory": 8192}), ("bare", {})):
        Worker.objects.create(name=name, queues=["desk", "work", "gpu"], card=card)
    film = fill(project, people.owner, 1)
    past = timezone.now() - timedelta(days=1)
    job_of(film, queue="gpu", title="neural", available=past)
    job = lease.claim("with", ["gpu"])
    assert job is not None
    lease.give_up(job, "Too small.", retryable=False, lighter={"tuning": {"offload": "group"}})
    Job.objects.update(available=past)
    for number in range(6):
        job_of(film, queue="gpu", title=f"other {number}", available=past)
    others = [each.title for _ in range(7) if (each := lease.claim("bare", ["gpu"])) is not None]
    assert others == [f"other {number}" for number in range(6)], "it leaves that one, and what stands behind it is not held up"
    again = lease.claim("with", ["gpu"])
    assert again is not None and again.pk == job.pk and again.lighter
    lease.give_up(again, "Too small.", retryable=False, lighter={"tuning": {"offload": "group"}})
    assert retry_job(Job.objects.get(pk=job.pk), by=people.owner).card_only is False, "a person who retries it begins anew"


def test_where_no_card_was_told_of_any_worker_of_the_queue_may_try_it_lighter(project: Project, people: SimpleNamespace) -> None:
    allow(project)
    for name in ("a", "b"):
        Worker.objects.create(name=name, queues=["gpu"])
    job_of(fill(project, people.owner, 1), queue="gpu")
    job = lease.claim("a", ["gpu"])
    assert job is not None
    lease.give_up(job, "Too small.", retryable=False, lighter={"tuning": {"offload": "group"}})
    Job.objects.update(available=timezone.now() - timedelta(seconds=1))
    assert lease.claim("b", ["gpu"]) is not None
