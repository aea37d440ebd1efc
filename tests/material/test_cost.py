"""What the material room asks of the database: the same for a short and a very long film."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.jobs.kinds import Refused
from studio.jobs.models import Job
from studio.ledger.models import GPU, Balance
from studio.ledger.queries import last_entry, reserved_since
from studio.material.actions import Asked, make_film_with
from studio.material.pricing import film_price
from studio.projects.models import Membership
from studio.shelf.models import Host
from studio.shots.guides import Guides, Wanted, guide_spec
from studio.shots.models import Guide, Shot
from studio.shots.recipes import beats_by_scene, shot_spec
from studio.world.actions import Designs
from studio.world.models import Location
from tests.films import Film, asset, film_of

FORM = {"engine": "wan_vace", "task": "shot", "model": "tiny/vace", "steps": "3", "width": "64", "height": "36", "window": "17", "overlap": "5"}
MOST = 40


@pytest.fixture(scope="module")
def films(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """60 and 2,000 shots that all want a new take."""
    from studio.accounts.models import Person

    with django_db_blocker.unblock(), transaction.atomic():
        artist = Person.objects.create_user("patient@example.com", name="Patient Person")
        both = SimpleNamespace(artist=artist, short=film_of(artist, "Short", 60), long=film_of(artist, "Long", 2000))
        for film in (both.short, both.long):
            Membership.objects.filter(project=film.project).update(role="artist")
            Shot.objects.filter(project=film.project).update(stale="Its camera was changed.")
        Host.objects.update_or_create(name="films", defaults={"found": ["tiny/vace"]})
        yield both
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def heard_of(films: SimpleNamespace) -> None:
    """The machine that holds the model was heard of just now, however long the films took to write down."""
    Host.objects.filter(name="films").update(seen=timezone.now())


def cost(send: Callable[[], Any]) -> tuple[Any, list[str]]:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = send()
    return answer, [query["sql"] for query in queries.captured_queries]


@pytest.mark.django_db
def test_the_price_of_a_film_is_asked_for_in_as_many_words_however_long_it_is(films: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(films.artist)

    def priced(film: Film) -> tuple[str, list[str]]:
        answer, asked = cost(lambda: client.post(reverse("material:price", args=[film.project.slug]) + "?film", FORM))
        return answer.content.decode().strip(), asked

    priced(films.short)
    (short, few), (long, many) = priced(films.short), priced(films.long)
    assert short.endswith("min") and long.endswith("h") and not Job.objects.filter(kind="take").exists()
    assert len(few) == len(many) <= MOST, "\n".join(sql[:160] for sql in many)
    assert not any(sql.startswith(("INSERT", "UPDATE", "SAVEPOINT")) or "FOR UPDATE" in sql for sql in many), "it holds nobody up"


@pytest.mark.django_db
def test_the_price_is_what_the_order_sets_aside(films: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    """Of shots of several lengths, one of which has its guide and one of which has it no longer, with a place that was never designed."""
    project, (first, second, *_) = films.short.project, films.short.shots
    Location.objects.create(project=project, name="QUAY", interior=False)
    for number, shot in enumerate(films.short.shots):
        Shot.objects.filter(pk=shot.pk).update(frames=24 + number % 7)
    asked = Asked("wan_vace", {"model": "tiny/vace", "steps": 3, "window": 17, "overlap": 5, "prompt": ""}, (64, 36), (), guided=True)
    for shot in (first, second):
        shot.refresh_from_db()
        spec = guide_spec(shot, Wanted(width=64, height=36, frames=shot.frames))
        file = asset(f"guide of {shot.pk}")
        file.save()
        job = Job.objects.create(kind="guide", project=project, state="succeeded", spec=spec)
        there = {"width": 64, "height": 36, "frames": shot.frames, "picture": file, "depth": file, "camera": file}
        Guide.objects.create(shot=shot, key=spec["key"], job=job, **there)
    Shot.objects.filter(pk=second.pk).update(revision=second.revision + 1, action="Mara leaves.")
    said, before = film_price(project, asked), last_entry()
    jobs = make_film_with(project, by=films.artist, asked=asked)
    done = reserved_since(project, before)
    assert [job.kind for job in jobs].count("guide") == 59
    assert (said.jobs, round(said.seconds, 2), said.money) == (done.jobs, round(done.seconds, 2), done.money)


@pytest.mark.django_db
def test_a_film_that_cannot_be_ordered_has_no_price(films: SimpleNamespace) -> None:
    project = films.short.project
    asked = Asked("wan_vace", {"model": "tiny/other", "prompt": ""}, (64, 36), (), guided=True)
    with pytest.raises(Refused, match="tiny/other"):
        film_price(project, asked)
    Balance.objects.update_or_create(project=project, measure=GPU, defaults={"budget": 1})
    with pytest.raises(Refused):
        film_price(project, Asked("wan_vace", {"model": "tiny/vace", "prompt": ""}, (64, 36), (), guided=True))


@pytest.mark.parametrize("address", ["material:page", "material:engines", "material:form"])
@pytest.mark.django_db
def test_its_pages_ask_as_often_for_two_thousand_shots_as_for_sixty(address: str, films: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(films.artist)
    query = "?engine=wan_vace:shot&film" if address == "material:form" else ""

    def shown(film: Film) -> list[str]:
        answer, asked = cost(lambda: client.get(reverse(address, args=[film.project.slug]) + query))
        assert answer.status_code == 200
        return asked

    shown(films.short)
    few, many = shown(films.short), shown(films.long)
    assert len(few) == len(many) <= 30, "\n".join(sql[:160] for sql in many)


@pytest.mark.django_db
def test_a_guide_that_a_film_orders_is_the_one_that_a_shot_would(films: SimpleNamespace) -> None:
    shot = films.short.shots[7]
    alone, known = (Guides(Wanted(width=64, height=36, frames=shot.frames), Designs()) for _ in range(2))
    known.know(shot, shot_spec(shot, beats_by_scene(shot.project)[shot.scene_id]))
    assert alone.of(shot)[0] == known.of(shot)[0]
