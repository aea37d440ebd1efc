"""The same asked again: what exists is offered, and nothing is made twice unless somebody means it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation import catalog
from generation.contract import Output, Result
from studio.jobs import lease
from studio.jobs.models import Job, State
from studio.ledger.models import Entry
from studio.projects.models import Project
from studio.shots import actions
from studio.shots.models import Shot, Take
from studio.shots.recipes import shot_request
from studio.shots.twins import twins_of
from studio.world.models import Design
from tests.films import Film, asset, fill, really_designed

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    made = fill(project, people.owner, 2, takes=False)
    really_designed(made)
    return made


@pytest.fixture
def shot(film: Film) -> Shot:
    return film.shots[0]


def made(job: Job, version: str = "previs 7") -> Take:
    """As a worker claims it, asks for its request, and finishes."""
    Job.objects.filter(state=State.QUEUED).update(available=timezone.now() - timedelta(days=1))
    claimed = lease.claim("w", ["work", "desk"])
    assert claimed is not None and claimed.pk == job.pk
    lease.note_request(claimed, shot_request(claimed.project, claimed.spec).model_dump(mode="json"))
    master = asset(f"master of {job.pk}")
    master.save()
    out = Output(name="master", path="/nowhere", media_type="video/mp4", sha256=master.sha256, size=master.size)
    row = lease.finish(claimed, Result(outputs=(out,), engine_version=version), {"master": master}, 1.0)
    assert isinstance(row, Take)
    return row


def test_the_same_recipe_is_found_and_whatever_differs_in_it_is_not(shot: Shot, people: SimpleNamespace) -> None:
    assert not twins_of(shot)
    take = made(actions.request_takes(shot, by=people.artist)[0])
    assert [twin.take for twin in twins_of(shot)] == [take]
    for changes in ({"seed": shot.seed + 1}, {"lens": 85}, {"frames": 47}, {"action": "She hums."}, {"move": "push in"}):
        assert not twins_of(shot, changes=changes), changes
    assert not twins_of(shot, quality="draft")
    assert not twins_of(shot, count=2), "one of the two would be new"


def test_what_is_being_made_is_not_ordered_again(shot: Shot, people: SimpleNamespace) -> None:
    job = actions.request_takes(shot, by=people.artist)[0]
    assert [twin.job for twin in twins_of(shot)] == [job]
    Job.objects.filter(pk=job.pk).update(state=State.CANCELLED)
    assert not twins_of(shot), "a job that was cancelled makes nothing"


def test_another_look_or_another_version_of_the_engine_makes_something_new(shot: Shot, film: Film, people: SimpleNamespace) -> None:
    made(actions.request_takes(shot, by=people.artist)[0])
    mara = film.characters[0]
    was = Design.objects.get(pk=mara.design_id or 0)
    Design.objects.filter(pk=was.pk).update(data={**was.data, "coat": "red"})
    assert not twins_of(shot)
    Design.objects.filter(pk=was.pk).update(data=was.data)
    assert twins_of(shot)
    made(actions.request_takes(film.shots[1], by=people.artist)[0], version="previs 8")
    assert not twins_of(shot), "the newer version may draw it otherwise"


def test_an_engine_that_promises_nothing_is_always_asked(shot: Shot, people: SimpleNamespace) -> None:
    made(actions.request_takes(shot, by=people.artist)[0])
    undo = catalog.register(catalog.info("previs").model_copy(update={"repeatable": False}))
    try:
        assert not twins_of(shot)
    finally:
        undo()


def test_the_button_offers_what_exists_and_makes_it_only_if_it_is_meant(
    shot: Shot, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    client, where = client_for(people.artist), reverse("shots:takes", args=[shot.project.slug, shot.pk])
    asked = {"count": "1", "lens": "85", "seed": "3"}
    assert client.post(where, asked).status_code == 202
    again = client.post(where, asked)
    assert again.status_code == 200 and b"Exactly this" in again.content and Job.objects.count() == 1
    take = made(Job.objects.get())
    third = client.post(where, asked).content.decode()
    assert f"<strong>Take {take.number}</strong></a> is exactly this" in third and Job.objects.count() == 1
    assert "&quot;lens&quot;: &quot;85&quot;" in third and "&quot;anyway&quot;: &quot;1&quot;" in third
    assert client.post(where, {**asked, "anyway": "1"}).status_code == 202 and Job.objects.count() == 2


def test_without_a_known_version_nobody_is_held_up(shot: Shot, people: SimpleNamespace) -> None:
    made(actions.request_takes(shot, by=people.artist)[0], version="")
    assert Entry.objects.filter(outcome="succeeded").exists() and not twins_of(shot)
