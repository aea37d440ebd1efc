"""Where shots stand, as clients see it, and what they may say of them: nothing of the team's own, and no verdict."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.events.models import Event
from studio.events.subscribers import deliver_chain
from studio.notices.models import Notice
from studio.overview.feed import activity
from studio.review.models import Approval
from studio.share.entry import preview_token
from studio.work.following import change_standing, standing_of
from studio.work.models import Status
from tests.films import Film, film_of, for_clients
from tests.share.conftest import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(film: Film) -> Callable[[str], Status]:
    for_clients(film.project)
    return lambda name: Status.objects.get(project=film.project, name=name)


def put(film: Film, number: int, status: Status, by: Any) -> None:
    change_standing(film.shots[number], by=by, base=standing_of(film.shots[number]).revision, status=status)


def says(visitor: Visitor, shot: int, seen: Status, status: Status) -> Any:
    return visitor.post("statuses", shot=shot, seen=seen.pk, status=status.pk)


def test_a_client_sees_where_shots_stand_as_far_as_it_concerns_them(
    film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor], at: Callable[[str], Status]
) -> None:
    guest = visitor().comes()
    assert "share-statuses" not in guest.get("page").content.decode(), "nothing is said of any shot that is for clients"
    put(film, 1, at("Pending review"), people.artist)
    put(film, 2, at("In progress"), people.artist)
    page = guest.get("page").content.decode()
    assert "1 shot, and where it stands" in page and page.count('class="share-stand"') == 1
    assert 'id="stand-2"' in page and "00:00:02:00" in page and "Pending review" in page
    assert "In progress" not in page and film.shots[1].code not in page and f'value="{film.shots[1].pk}"' not in page


def test_a_client_sets_what_clients_may_set_and_it_is_no_verdict(
    film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor], at: Callable[[str], Status], client_for: Callable[..., Client]
) -> None:
    review, changes = at("Pending review"), at("Changes requested")
    put(film, 0, review, people.artist)
    change_standing(film.shots[0], by=people.owner, base=1, assigned=people.artist)
    guest = visitor().comes("Cleo")
    deliver_chain(film.project.pk)
    Notice.objects.all().delete()  # of who came
    answer = says(guest, 1, review, changes)
    assert answer.status_code == 200 and "Changes requested" in answer.content.decode()
    assert standing_of(film.shots[0]).status == changes and not Approval.objects.exists()
    event = Event.objects.filter(kind="work.changed").latest("pk")
    assert event.actor_id == guest.guest.person_id and event.data["guest"] == str(guest.guest.pk) and event.data["name"] == "Cleo"
    deliver_chain(film.project.pk)
    told = {(notice.person, notice.words) for notice in Notice.objects.filter(words__contains="Cleo, a client").select_related("person")}
    assert told == {
        (people.artist, "Cleo, a client, set your shot to Changes requested"),
        (people.owner, "Cleo, a client, set a shot to Changes requested"),
        (people.producer, "Cleo, a client, set a shot to Changes requested"),
    }
    assert activity(film.project)[0][0].words == "set shot 1.1 to Changes requested"
    history = client_for(people.artist).get(reverse("shots:page", args=[film.project.slug, film.shots[0].pk])).content.decode()
    assert "status: Pending review → Changes requested" in history and "Cleo, a client" in history


@pytest.mark.parametrize(
    ("seen", "wanted", "code", "words"),
    [
        ("Pending review", "Approved", 422, "Choose what you want to say"),
        ("Pending review", "Ready to start", 422, "Choose what you want to say"),
        ("Changes requested", "Changes requested", 409, "changed this shot meanwhile"),
    ],
)
def test_what_is_not_for_clients_is_refused(
    film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor], at: Callable[[str], Status], seen: str, wanted: str, code: int, words: str
) -> None:
    put(film, 0, at("Pending review"), people.artist)
    answer = says(visitor().comes(), 1, at(seen), at(wanted))
    assert answer.status_code == code and words in answer.content.decode()
    assert standing_of(film.shots[0]).status.name == "Pending review"


def test_a_shot_that_went_back_to_the_team_says_nothing_of_where(
    film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor], at: Callable[[str], Status]
) -> None:
    guest = visitor().comes()
    put(film, 0, at("Pending review"), people.artist)
    put(film, 1, at("Approved"), people.artist)
    put(film, 0, at("In progress"), people.artist)
    answer = says(guest, 1, at("Pending review"), at("Changes requested"))
    assert answer.status_code == 409 and "In progress" not in answer.content.decode() and 'id="stand-1"' not in answer.content.decode()
    assert standing_of(film.shots[0]).status.name == "In progress"


def test_who_may_not_write_only_reads(film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor], at: Callable[[str], Status]) -> None:
    put(film, 0, at("Pending review"), people.artist)
    watcher = visitor(may_note=False).comes()
    page = watcher.get("page").content.decode()
    assert "Pending review" in page and 'name="seen"' not in page
    refused = says(watcher, 1, at("Pending review"), at("Changes requested"))
    assert refused.status_code == 422 and "for watching" in refused.content.decode()
    assert standing_of(film.shots[0]).status.name == "Pending review"


def test_other_shots_are_not_there(film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor], at: Callable[[str], Status]) -> None:
    guest, other = visitor().comes(), film_of(people.stranger, "Secret Harbour", 2)
    seen, wanted = at("Pending review"), at("Changes requested")
    for number in (0, 5, other.shots[0].pk, film.shots[0].pk + 10**9, "x", "-1", "9" * 30):
        assert guest.post("statuses", shot=number, seen=seen.pk, status=wanted.pk).status_code == 404, number
    assert not Event.objects.filter(kind="work.changed").exists()


def test_a_preview_sees_and_says_nothing(
    film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor], at: Callable[[str], Status], client_for: Callable[..., Client]
) -> None:
    put(film, 0, at("Pending review"), people.artist)
    producer, where = client_for(people.producer), f"/c/{preview_token(visitor().link, people.producer)}/"
    assert "Pending review" in producer.get(where).content.decode()
    said = producer.post(f"{where}statuses/", {"shot": "1", "seen": at("Pending review").pk, "status": at("Changes requested").pk})
    assert said.status_code == 409 and standing_of(film.shots[0]).status.name == "Pending review"


def test_the_list_costs_the_same_for_one_shot_as_for_all(
    film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor], at: Callable[[str], Status]
) -> None:
    guest = visitor().comes()
    counted = []
    for number in range(4):
        put(film, number, at("Pending review"), people.artist)
        with CaptureQueriesContext(connection) as queries:
            guest.get("statuses")
        counted.append(len(queries))
    assert len(set(counted)) == 1, counted
