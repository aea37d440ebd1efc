"""What failed, or was called off, and was paid for all the same is in the books: once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from generation.catalog import Cost, EngineInfo, register
from generation.contract import Context, Failure, Frozen, Request, Transient, Usage
from studio.jobs import tasks
from studio.jobs.actions import cancel_job
from studio.jobs.models import Job, State
from studio.ledger.models import Balance, Entry, Kind
from studio.projects.models import Project
from tests.films import Film, fill, job_of

pytestmark = pytest.mark.django_db(transaction=True)


class DearParams(Frozen):
    says: str = "1.50"
    job: str = ""  # what the provider calls it
    ends: str = "failed"  # failed, later, broken, cancelled, done


class Dear:
    """Costs money, whatever becomes of it."""

    name = "dear"
    version = "1"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = DearParams.model_validate(request.params)
        context.used(Usage(money=Decimal(params.says), currency="USD", provider_job=params.job))
        match params.ends:
            case "failed":
                raise Failure("The service could not do it.")
            case "later":
                raise Transient("The service is busy.")
            case "broken":
                raise ZeroDivisionError("a fault of the code")
            case "cancelled":
                cancel_job(Job.objects.get(), by=None)  # as somebody does meanwhile
                while True:  # until the worker hears of it
                    context.progress(1, 2, unit="steps")
                    threading.Event().wait(0.02)
        context.save("text", b"A lamp.", "text/plain")
        return {}, ()


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    undo = register(
        EngineInfo(
            name="dear",
            title="Dear",
            description="Costs money.",
            licence="Apache-2.0",
            kind="outside",
            target="tests.ledger.test_paid_failures:Dear",
            forms={"text": DearParams},
            costs={"text": Cost(fps=1, seconds=1)},
        )
    )
    yield
    undo()


@pytest.fixture
def ask(project: Project, people: SimpleNamespace) -> Callable[..., Job]:
    film: Film = fill(project, people.owner, 1)

    def asked(**params: str) -> Job:
        spec = {"engine": "dear", "task": "text", "seed": 1, "format": None, "params": params, "inputs": [], "title": "x", "shot": None}
        return job_of(film, kind="piece", engine="dear", spec=spec)

    return asked


def due(job: Job, **params: str) -> None:
    """Let it be tried again now, perhaps with another fate."""
    Job.objects.filter(pk=job.pk).update(available=timezone.now(), spec={**job.spec, "params": {**job.spec["params"], **params}})


def books(job: Job) -> list[tuple[str, Decimal]]:
    return list(Entry.objects.filter(job_id=job.pk, kind=Kind.ACTUAL).order_by("pk").values_list("outcome", "money"))


def spent(project: Project) -> Decimal:
    return Balance.objects.get(project=project, measure="USD").spent


@pytest.mark.parametrize("ends", ["failed", "broken"])
def test_what_failed_and_was_paid_for_is_in_the_books(project: Project, ask: Callable[..., Job], ends: str) -> None:
    job = ask(ends=ends)
    Job.objects.filter(pk=job.pk).update(max_attempts=1)
    tasks.look("work")
    job.refresh_from_db()
    assert job.state == State.FAILED and books(job) == [("failed", Decimal("1.5"))] and spent(project) == Decimal("1.5")
    entry = Entry.objects.get(job_id=job.pk, kind=Kind.ACTUAL)
    assert (entry.currency, entry.provider) == ("USD", True)


def test_what_is_called_off_on_its_way_is_in_the_books(project: Project, ask: Callable[..., Job]) -> None:
    job = ask(ends="cancelled", job="a-1")
    tasks.look("work")
    job.refresh_from_db()
    assert job.state == State.CANCELLED and books(job) == [("cancelled", Decimal("1.5"))]


def test_each_answer_is_paid_for_but_one_job_of_a_provider_only_once(project: Project, ask: Callable[..., Job]) -> None:
    answers = ask(ends="later")
    tasks.look("work")
    due(answers, ends="done")
    tasks.look("work")
    assert books(answers) == [("failed", Decimal("1.5")), ("succeeded", Decimal("1.5"))], "two answers, both paid for"
    one = ask(ends="later", job="job-17", says="1.00")
    tasks.look("work")
    due(one, ends="done", says="1.25")
    tasks.look("work")
    one.refresh_from_db()
    assert one.state == State.SUCCEEDED, one.error
    assert books(one) == [("failed", Decimal("1")), ("succeeded", Decimal("0.25"))], "the same job, heard of twice"
    assert spent(project) == Decimal("4.25")
