"""What a page costs the database: the same for a short and a very long film, and little."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.projects.models import Membership
from studio.script.models import Scene
from studio.shots import actions
from studio.shots.models import Shot
from studio.work.beginning import begin_work
from tests.films import Film, film_of, job_of

PAGES = [
    "overview:project", "overview:filmline", "overview:search", "overview:activity", "script:page", "world:page", "storyboard:wall",
    "storyboard:animatic", "timeline:page", "timeline:playlist", "shots:page", "shots:film", "delivery:page", "jobs:tray", "ledger:costs",
    "work:board", "work:board?by=person", "work:board?by=scene", "work:board?only=overdue", "work:statuses",
]  # fmt: skip
MOST = 30


@pytest.fixture(scope="module")
def films(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """60 and 2,000 shots, made once for all the pages and taken back afterwards."""
    from studio.accounts.models import Person

    with django_db_blocker.unblock(), transaction.atomic():
        artist = Person.objects.create_user("patient@example.com", name="Patient Person")
        both = SimpleNamespace(artist=artist, short=film_of(artist, "Short", 60), long=film_of(artist, "Long", 2000))
        for film in (both.short, both.long):
            job_of(film)
            begin_work(film.project)
            Membership.objects.filter(project=film.project).update(role="artist")
        yield both
        transaction.set_rollback(True)


def cost(client: Client, address: str, film: Film) -> tuple[int, list[str]]:
    address, asked, query = address.partition("?")
    arguments = [film.project.slug, film.shots[30].pk] if address == "shots:page" else [film.project.slug]
    where = reverse(address, args=arguments) + asked + query
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(where)
    assert answer.status_code == 200, where
    return len(queries), [query["sql"] for query in queries.captured_queries]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.django_db
def test_a_page_asks_as_often_for_two_thousand_shots_as_for_sixty(address: str, films: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(films.artist)
    cost(client, address, films.short)  # what is read once a process is read
    (short, _), (long, asked) = cost(client, address, films.short), cost(client, address, films.long)
    assert short == long, f"{short} queries for 60 shots, {long} for 2,000"
    assert long <= MOST, "\n".join(sql[:160] for sql in asked)


@pytest.mark.parametrize("by", ["status", "person", "scene"])
@pytest.mark.django_db
def test_a_board_of_a_long_film_draws_few_cards_and_counts_all(by: str, films: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    page = client_for(films.artist).get(reverse("work:board", args=[films.long.project.slug]), {"by": by}).content.decode()
    assert 20 <= page.count('class="board__card"') <= 160
    assert '<span class="num" data-total>2000</span>' in page and len(page) < 500_000


@pytest.mark.django_db
def test_the_playlist_of_a_long_film_is_whole_and_adds_up(films: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    answer = client_for(films.artist).get(reverse("timeline:playlist", args=[films.long.project.slug])).json()
    assert len(answer["clips"]) == 2000 and answer["total"] == sum(clip["out"] - clip["in"] for clip in answer["clips"]) == 2000 * 48
    assert [clip["at"] for clip in answer["clips"]] == [48 * n for n in range(2000)]
    assert set(answer["takes"]) == {clip["take"] for clip in answer["clips"]}


@pytest.mark.django_db
def test_the_film_line_of_a_long_film_is_small_and_sent_once(films: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, where = client_for(films.artist), reverse("overview:filmline", args=[films.long.project.slug])
    answer = client.get(where)
    assert len(answer.content) < 128 * 1024 and len(answer.json()["shots"]) == 2000
    with CaptureQueriesContext(connection) as queries:
        again = client.get(where, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and not again.content
    assert len(queries) <= 5


def change_order(film: Film, by: Any) -> None:
    """Two moves that leave the sum of all places as it was."""
    a, b = Shot.objects.get(pk=film.shots[1].pk), Shot.objects.get(pk=film.shots[2].pk)
    a.position, b.position = b.position, a.position
    Shot.objects.bulk_update([a, b], ["position"])


CHANGES: dict[str, Callable[[Film, Any], Any]] = {
    "a shot's length": lambda film, by: actions.change_shot(film.shots[0], by=by, base=1, frames=60),
    "a shot moved": lambda film, by: actions.move_shot(film.shots[0], by=by, after=film.shots[2]),
    "two shots changed places": change_order,
    "a shot removed": lambda film, by: actions.remove_shot(film.shots[0], by=by),
    "a shot added": lambda film, by: actions.add_shot(film.shots[0], by=by),
    "scenes changed places": lambda film, by: Scene.objects.filter(pk=film.scenes[0].pk).update(order=99),
    "a code changed": lambda film, by: Shot.objects.filter(pk=film.shots[0].pk).update(code="9A"),
    "a shot went stale": lambda film, by: Shot.objects.filter(pk=film.shots[0].pk).update(stale="Its words changed."),
    "a first take": lambda film, by: Shot.objects.filter(pk=film.shots[0].pk).update(take_count=0),
    "the panel of a shot without a take": lambda film, by: film.panels[5].drawings.all().delete(),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.django_db
def test_whatever_the_film_line_shows_changes_its_tag(what: str, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    film = film_of(people.artist, "Tagged", 12)
    Shot.objects.filter(pk=film.shots[5].pk).update(take_count=0)
    client, where = client_for(people.artist), reverse("overview:filmline", args=[film.project.slug])
    before = client.get(where)
    CHANGES[what](film, people.artist)
    after = client.get(where, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    shown = json.loads(after.content)["shots"]
    assert shown != json.loads(before.content)["shots"] and after["ETag"] != before["ETag"]
