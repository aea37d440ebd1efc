"""A worker under the workers' own role: it does its job, and may do little else."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import psycopg
import pytest
from django.db import ProgrammingError, connection

from studio.jobs import tasks
from studio.jobs.actions import Order, request_jobs
from studio.jobs.models import Job, State
from studio.material.models import Piece
from studio.projects.models import Project
from studio.providers.models import Endpoint
from studio.providers.queries import endpoint_named
from studio.providers.sealing import seal
from studio.providers.tasks import check
from studio.storyboard.actions import draw_panels
from studio.web import environment
from studio.web.roles import grant_worker
from studio.world.models import Character, Design
from tests.films import fill, job_of, really_designed
from tests.generation import numbers_engine
from tests.services import DATA

pytestmark = pytest.mark.django_db(transaction=True)


def become(role: str) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["USER"] = role


def refused(*statements: str) -> None:
    for forbidden in statements:
        with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute(forbidden)


@pytest.fixture
def as_worker(project: Project) -> Iterator[None]:
    url = environment.embedded_database_url(DATA, "postgres", "postgres")
    with psycopg.connect(url, autocommit=True) as superuser:
        for role in (environment.WORKER_ROLE, environment.GPU_WORKER_ROLE):
            if not superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                superuser.execute(f"CREATE ROLE {role} LOGIN")
    try:
        become(environment.OWNER_ROLE)
        grant_worker()
        become(environment.APP_ROLE)
        yield
    finally:
        become(environment.APP_ROLE)


def test_a_worker_does_its_job_and_reads_no_hash_and_changes_no_event(as_worker: None, project: Project, people: SimpleNamespace) -> None:
    mara = Character.objects.create(project=project, name="MARA")
    spec = {"engine": "previs", "seed": 1, "params": {"name": "MARA"}}
    request_jobs(project, people.owner, [Order("figure", spec, mara, title="Mara", queue="work")])
    become(environment.WORKER_ROLE)
    assert tasks.look("work") == 1
    job = Job.objects.get()
    assert job.state == State.SUCCEEDED, job.error
    assert Design.objects.filter(character=mara).count() == 1
    refused(
        "SELECT password FROM accounts_person",
        "SELECT * FROM django_session",
        "SELECT * FROM accounts_onetimelink",
        "DELETE FROM events_event",
        "UPDATE events_event SET kind = 'x'",
        "UPDATE ledger_entry SET milliseconds = 0",
        "UPDATE accounts_person SET is_operator = true",
        "DELETE FROM jobs_job",
    )


def test_panels_and_pieces_are_made_under_it_too(as_worker: None, project: Project, people: SimpleNamespace) -> None:
    film = fill(project, people.owner, 1, takes=False)
    really_designed(film)
    asked = draw_panels(project, [panel.pk for panel in film.panels], by=people.owner)
    spec = {"engine": "numbers", "task": "shot", "seed": 1, "format": {"width": 64, "height": 36, "frames": 4}, "params": {}, "inputs": []}
    job_of(film, kind="piece", spec={**spec, "shot": film.shots[0].pk, "title": "x"})
    become(environment.WORKER_ROLE)
    undo = numbers_engine.install()
    try:
        tasks.look("work")
        tasks.look("desk")
    finally:
        undo()
    assert asked and set(Job.objects.values_list("state", "error")) == {(State.SUCCEEDED, "")}
    assert Piece.objects.count() == 1


def test_only_workers_that_call_other_machines_read_their_keys(as_worker: None, project: Project, people: SimpleNamespace) -> None:
    endpoint = Endpoint.objects.create(name="far", kind="openai", url="http://127.0.0.1:9/v1", sealed=seal("a key"), own_network=True)
    become(environment.WORKER_ROLE)
    assert endpoint_named("far").key.get_secret_value() == "a key"
    check(endpoint.pk, endpoint.revision)
    assert Endpoint.objects.get().check_state == Endpoint.FAILED, "it looked, and could write down that nobody answers"
    refused("UPDATE providers_endpoint SET url = 'http://elsewhere.example'", "UPDATE providers_endpoint SET sealed = ''")
    become(environment.GPU_WORKER_ROLE)
    refused("SELECT sealed FROM providers_endpoint", "SELECT url FROM providers_endpoint", "SELECT password FROM accounts_person")


def test_a_worker_of_cards_alone_does_its_job_without_them(as_worker: None, project: Project, people: SimpleNamespace) -> None:
    spec = {"engine": "numbers", "task": "shot", "seed": 1, "format": {"width": 64, "height": 36, "frames": 4}, "params": {}, "inputs": []}
    film = fill(project, people.owner, 1)
    job_of(film, kind="piece", queue="gpu", spec={**spec, "shot": film.shots[0].pk, "title": "x"})
    become(environment.GPU_WORKER_ROLE)
    undo = numbers_engine.install()
    try:
        assert tasks.look("gpu") == 1
    finally:
        undo()
    assert Job.objects.get().state == State.SUCCEEDED, Job.objects.get().error
    assert Piece.objects.count() == 1
