"""Exports: of a frozen cut, one file a job, downloaded whole or in parts."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from generation.contract import Output, Result
from studio.delivery.actions import request_export
from studio.delivery.models import Export
from studio.jobs import lease
from studio.jobs.kinds import Refused, kind_named
from studio.jobs.models import Job
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY
from studio.timeline.actions import trim_clip
from tests.films import Film, asset, export_of, fill
from tests.loops import run_apart

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 4)


def test_an_export_is_of_the_cut_as_it_stood_when_it_was_asked_for(film: Film, people: SimpleNamespace) -> None:
    job = request_export(film.project, by=people.artist)
    trim_clip(film.cut, film.clips[0].pk, by=people.artist, base=0, source_in=0, source_out=10)
    request = kind_named("export").prepare(Job.objects.get(pk=job.pk))
    assert isinstance(request, dict)
    assert [clip["source_out"] for clip in request["cut"]["clips"]] == [48] * 4 and job.spec["frames"] == 192
    again = request_export(film.project, by=people.artist)
    assert again.spec["frames"] == 154 and again.spec["cut_revision"] != job.spec["cut_revision"]


def test_a_film_without_a_take_has_nothing_to_export_and_says_so(people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    empty = start_project(name="Empty", by=people.owner, rate=RATE_BY_KEY["24"], width=320, height=180)
    with pytest.raises(Refused, match="Make the film first"):
        request_export(empty, by=people.owner)
    answer = client_for(people.owner).post(reverse("delivery:exports", args=[empty.slug]))
    assert answer.status_code == 409 and b"Make the film first" in answer.content
    assert not Job.objects.exists()


def test_exports_are_numbered_and_held_by_their_project(film: Film, people: SimpleNamespace) -> None:
    for number in (1, 2):
        request_export(film.project, by=people.artist)
        Job.objects.update(available="2020-01-01T00:00Z")
        job = lease.claim("w", ["work"])
        assert job is not None
        movie = asset(f"movie {number}")
        movie.save()
        output = Output(name="movie", path="/dev/null", media_type="video/mp4", sha256=movie.sha256, size=movie.size, meta={"frames": 192})
        lease.finish(job, Result(outputs=(output,)), {"movie": movie}, 1.0)
    assert list(Export.objects.order_by("number").values_list("number", "name")) == [(1, "the-lighthouse-r001.mp4"), (2, "the-lighthouse-r001.mp4")]
    assert film.project.holdings.filter(asset=movie).exists()


def test_a_download_has_the_films_name_and_can_be_taken_up_again(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    export = export_of(film, people.owner)
    where, client = reverse("delivery:download", args=[film.project.slug, export.pk]), client_for(people.reviewer)

    def read(answer: Any) -> bytes:
        async def pieces() -> bytes:
            return b"".join([piece async for piece in answer])

        return run_apart(pieces())

    whole = client.get(where)
    assert whole["Content-Disposition"] == 'attachment; filename="film-r001.mp4"' and whole["Content-Type"] == "video/mp4"
    content = read(whole)
    assert len(content) == export.asset.size
    rest = client.get(where, headers={"Range": "bytes=5-", "If-Range": whole["ETag"]})
    assert rest.status_code == 206 and read(rest) == content[5:]


def test_the_page_says_what_is_missing(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    clip = film.clips[2]
    clip.take = None
    clip.save()
    answer = client_for(people.reviewer).get(reverse("delivery:page", args=[film.project.slug]))
    assert answer.status_code == 200 and b"1.3" in answer.content
