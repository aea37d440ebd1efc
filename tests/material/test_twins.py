"""A neural take asked for again exactly so is offered instead of made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation.contract import Output, Request, Result
from studio.jobs import lease
from studio.jobs.kinds import kind_named
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.shelf.models import Host
from studio.shots.models import Take
from tests.films import asset, fill

pytestmark = pytest.mark.django_db
FORM = {"engine": "diffusers", "task": "shot", "model": "tiny", "prompt": "A fox.", "width": "64", "height": "64", "seed": "5", "count": "1"}


@pytest.fixture(autouse=True)
def a_model_is_held(db: None) -> None:
    """Some machine has the model that the forms name."""
    Host.objects.create(name="films", found=["tiny"])


def made(job: Job) -> Take:
    Job.objects.update(available=timezone.now() - timedelta(days=1))
    claimed = lease.claim("w", ["gpu"])
    assert claimed is not None and claimed.pk == job.pk
    request = kind_named("take").prepare(claimed)
    assert isinstance(request, Request)
    lease.note_request(claimed, request.model_dump(mode="json"))
    master = asset(f"master of {job.pk}")
    master.save()
    out = Output(name="master", path="/nowhere", media_type="video/mp4", sha256=master.sha256, size=master.size)
    row = lease.finish(claimed, Result(outputs=(out,), engine_version="diffusers 3"), {"master": master}, 1.0)
    assert isinstance(row, Take)
    return row


def test_what_waits_and_then_what_exists_is_offered(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    shot = fill(project, people.owner, 2).shots[0]
    client, where = client_for(people.artist), reverse("material:takes", args=[project.slug, shot.pk])
    assert client.post(where, FORM).status_code == 302
    again = client.post(where, FORM)
    assert again.status_code == 200 and b"Exactly this" in again.content and f'hx-post="{where}"' in again.content.decode()
    take = made(Job.objects.get())
    assert f"<strong>Take {take.number}</strong></a> is exactly this" in client.post(where, FORM).content.decode()
    assert Job.objects.count() == 1
    assert client.post(where, {**FORM, "prompt": "A hare."}).status_code == client.post(where, {**FORM, "seed": "6"}).status_code == 302
    assert client.post(where, {**FORM, "anyway": "1"}).status_code == 302 and Job.objects.count() == 4
