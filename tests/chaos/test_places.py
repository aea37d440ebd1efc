"""Workers on other machines: two places of their own, real processes, a studio's database, broker and storage between them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from generation import catalog
from generation.contract import Format, Rate
from studio.events.live import channel, valkey
from studio.jobs import lease
from studio.jobs.books import differences
from studio.jobs.models import Job, State, Worker
from studio.ledger.models import Entry, Kind
from studio.material.actions import request_pieces
from studio.material.models import Piece
from studio.projects.models import Project
from studio.shelf.queries import held_names
from studio.web import environment
from studio.web.roles import grant_worker
from tests.chaos import places
from tests.chaos.places import Places
from tests.chaos.victim import clean_environment
from tests.services import DATA

pytestmark = [pytest.mark.chaos, pytest.mark.networks, pytest.mark.django_db(transaction=True)]
STEPS, FRAMES = 12, 137
CLIP = {"model": "tiny/vace", "steps": STEPS, "window": 17, "overlap": 5}


def until(condition: Callable[[], Any], what: str, seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"It did not come about: {what}; {list(Job.objects.values_list('state', 'attempt', 'error', 'stage'))}"
        threading.Event().wait(0.05)
    return found


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("models")
    make = "import sys, pathlib; from tests.generation.engines import tiny_wan; tiny_wan.vace(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", make, str(root / "tiny--vace")], cwd=environment.ROOT, check=True, timeout=120)
    return root


@pytest.fixture
def as_workers(db: None) -> None:
    """The workers' own role, with the least they need."""
    with psycopg.connect(environment.embedded_database_url(DATA, "postgres", "postgres"), autocommit=True) as superuser:
        if not superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (environment.WORKER_ROLE,)).fetchone():
            superuser.execute(f"CREATE ROLE {environment.WORKER_ROLE} LOGIN")
    connection.close()
    connection.settings_dict["USER"] = environment.OWNER_ROLE
    try:
        grant_worker()
    finally:
        connection.close()
        connection.settings_dict["USER"] = environment.APP_ROLE


@pytest.fixture
def away(as_workers: None, models: Path, tmp_path: Path) -> Iterator[Callable[..., Places]]:
    """`away(places, grace=…)`: so many places, with a worker each that has made itself known and its model."""
    if why := places.possible():
        pytest.skip(f"no network namespaces: {why}")
    made: list[Places] = []

    def make(count: int, grace: float = 3.0) -> Places:
        told = {
            **clean_environment(),
            "DATABASE_URL": f"postgresql://{environment.WORKER_ROLE}@{places.HOST}:{places.POSTGRES}/{environment.DATABASE}",
            "VALKEY_URL": f"redis://{places.HOST}:{places.VALKEY}",
            "STORAGE_URL": settings.STORAGE_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "FIRSTCUT_MODELS": str(models),
        }
        sockets = environment.socket_folder(DATA)
        made.append(Places(count, 1, sockets / ".s.PGSQL.5432", sockets / "valkey.sock", told, tmp_path, grace=grace))
        made[-1].make()
        made[-1].keep()
        until(lambda: Worker.objects.count() == count and "tiny/vace" in held_names(), "the workers are there")
        return made[-1]

    yield make
    for each in made:
        each.stop()
        each.remove()


def ask(project: Project, by: Any, words: str, frames: int = FRAMES) -> Job:
    params = catalog.info("wan_vace").forms["shot"](**CLIP, prompt=words).model_dump(mode="json")
    picture = Format(width=64, height=32, rate=Rate(num=24), frames=frames)
    return request_pieces(project, by=by, engine="wan_vace", task="shot", params=params, format=picture, seed=1)[0]


def host_of(job: Job) -> str:
    return Job.objects.get(pk=job.pk).worker.partition("@")[2].partition(":")[0]


def windows(job: Job) -> int:
    """How many of its windows are kept."""
    kept = Job.objects.values_list("checkpoint", flat=True).get(pk=job.pk)
    return int(kept["data"]["windows"]) if kept else 0


def test_another_machine_goes_on_where_a_killed_one_stood(away: Callable[..., Places], project: Project, people: SimpleNamespace) -> None:
    both = away(2)
    first, second = ask(project, people.owner, "A fox"), ask(project, people.owner, "A hound")
    until(lambda: windows(first) >= 2, "two windows of the first clip are kept")
    hosts = {job.pk: host_of(job) for job in (first, second)}
    assert set(hosts.values()) == {place.name for place in both.places}, "each machine has one of the two"
    place = next(place for place in both.places if place.name == hosts[first.pk])
    place.power_off()
    stood = windows(first)
    with valkey().pubsub() as heard:  # type: ignore[no-untyped-call]
        heard.subscribe(channel(project.pk))
        until(lambda: (lease.sweep(), Job.objects.filter(state=State.SUCCEEDED).count() == 2)[1], "both clips are made")
        told = []
        while message := heard.get_message():
            told += [json.loads(message["data"])] if message["type"] == "message" else []
    first.refresh_from_db()
    assert first.attempt == 2 and host_of(first) != place.name == hosts[first.pk]
    done = [each["p"][3] for each in told if "p" in each and each["p"][0] == str(first.pk)]
    assert done and min(each for each in done if each) >= STEPS * stood, "it began where the other had stood, not from the start"
    assert Piece.objects.filter(job=first).count() == Piece.objects.filter(job=second).count() == 1
    outcomes = Entry.objects.filter(kind=Kind.ACTUAL, job_id=first.pk).order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["died", "succeeded"] and not list(differences())


@pytest.mark.parametrize(("grace", "ends"), [(60.0, State.SUCCEEDED), (0.5, State.QUEUED)], ids=["time enough", "no time"])
def test_a_worker_asked_to_end_finishes_or_gives_back(
    away: Callable[..., Places], project: Project, people: SimpleNamespace, grace: float, ends: State
) -> None:
    one = away(1, grace)
    running = ask(project, people.owner, "A fox", FRAMES if ends == State.SUCCEEDED else 257)
    until(lambda: windows(running) >= 1, "a window is kept")
    waiting = ask(project, people.owner, "A hound", 17)
    process = one.running[0]
    assert process is not None
    process.terminate()
    began = time.monotonic()
    assert process.wait(grace + 20) == 0
    took = time.monotonic() - began
    running.refresh_from_db()
    waiting.refresh_from_db()
    assert running.state == ends, running.error
    assert (waiting.state, waiting.attempt) == (State.QUEUED, 0), "it takes nothing new"
    assert not Worker.objects.exists() and not list(differences())
    if ends == State.QUEUED:
        assert running.attempt == 0 and running.lease_token is None, "an attempt given back does not count"
        assert windows(running) >= 1, "what was finished of it is kept"
        assert took < grace + 10
        assert Entry.objects.get(kind=Kind.ACTUAL, job_id=running.pk).outcome == "given back"


def test_a_machine_that_dies_unheard_holds_nothing_up(away: Callable[..., Places], project: Project, people: SimpleNamespace) -> None:
    """Its cable is pulled and its power goes while its session has a project locked: the database is told nothing, and lets go by itself."""
    one = away(1)
    place = one.places[0]
    command = place.inside(sys.executable, "-m", "tests.chaos.holding")
    with subprocess.Popen(command, cwd=environment.ROOT, env=one.environment, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout is not None and session.stdout.readline() == "held\n"
        place.cut()
        place.power_off()
    place.remove()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '60s'")
        began = time.monotonic()
        ask(project, people.owner, "A fox", 17)  # waits for the project's turn
        cursor.execute("RESET lock_timeout")
    assert 1 < time.monotonic() - began < 40
