"""Where shots stand: statuses of a film, changes by two people at once, and what follows by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.events.log import record
from studio.events.models import Event
from studio.events.subscribers import deliver_chain
from studio.jobs.models import Job
from studio.overview.queries import waiting_for
from studio.projects.actions import delete_project
from studio.projects.models import Membership, Project
from studio.review.models import Approval
from studio.review.notes import note_shot, retake_from
from studio.shots.actions import choose_take
from studio.shots.models import Shot, Take
from studio.work import actions, queries
from studio.work.actions import WorkRefused
from studio.work.beginning import begin_work
from studio.work.following import StandingConflict, StandingRefused, change_standing, set_by_client, standing_of
from studio.work.models import Automation, Standing, Status
from tests.films import Film, fill, film_of, for_clients
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    made = fill(project, people.owner, 12)
    begin_work(project)
    return made


def at(film: Film, name: str) -> Status:
    return Status.objects.get(project=film.project, name=name)


def put(film: Film, number: int, name: str, by: Any, base: int | None = None) -> Standing:
    shot = film.shots[number]
    return change_standing(shot, by=by, base=standing_of(shot).revision if base is None else base, status=at(film, name))


def stands(film: Film, number: int) -> str:
    return standing_of(film.shots[number]).status.name


def rule(film: Film, trigger: str, effect: str, **more: Any) -> Automation:
    return Automation.objects.create(project=film.project, trigger=trigger, effect=effect, order=9, **more)


def told(film: Film) -> list[dict[str, Any]]:
    return [event.data for event in Event.objects.filter(project_id=film.project.pk, kind="work.told").order_by("pk")]


def test_a_film_begins_with_six_statuses_and_its_shots_at_the_first(project: Project, people: SimpleNamespace) -> None:
    deliver_chain(project.pk)
    names = ["Ready to start", "In progress", "Pending review", "Changes requested", "Approved", "Final"]
    assert [row.name for row in Status.objects.filter(project=project)] == names
    begin_work(project)
    assert Status.objects.filter(project=project).count() == 6 and Automation.objects.filter(project=project).count() == 3
    film = fill(project, people.owner, 2)
    assert stands(film, 0) == "Ready to start" and not Standing.objects.exists()


def test_a_change_is_an_event_of_its_shot_and_no_approval(film: Film, people: SimpleNamespace) -> None:
    put(film, 0, "Approved", people.reviewer)
    (event,) = Event.objects.filter(kind="work.changed")
    assert (event.subject_kind, event.subject_id, event.actor_id) == ("shot", str(film.shots[0].pk), people.reviewer.pk)
    assert event.data["before"] == {"status": "Ready to start"} and event.data["after"] == {"status": "Approved"}
    assert not Approval.objects.exists()
    put(film, 0, "Approved", people.reviewer)
    assert Event.objects.filter(kind="work.changed").count() == 1, "what stands already is not said again"


def test_two_people_at_one_shot_lose_nothing_silently(film: Film, people: SimpleNamespace) -> None:
    shot = film.shots[0]
    change_standing(shot, by=people.artist, base=0, status=at(film, "In progress"))
    change_standing(shot, by=people.producer, base=0, assigned=people.artist)  # another field: both hold
    with pytest.raises(StandingConflict, match=r"stands at In progress. Yours \(to Final\) was not saved"):
        change_standing(shot, by=people.producer, base=0, status=at(film, "Final"))
    row = standing_of(shot)
    assert (row.status.name, row.assigned, row.revision) == ("In progress", people.artist, 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_a_shot_at_once_one_is_told(film: Film, people: SimpleNamespace) -> None:
    names = ("In progress", "Final")
    wanted = [at(film, name) for name in names]
    shot = Shot.objects.select_related("project", "scene").get(pk=film.shots[0].pk)
    told = at_once(2, lambda n: change_standing(shot, by=people.artist, base=0, status=wanted[n]))
    assert sorted(type(one).__name__ for one in told) == ["Standing", "StandingConflict"]
    won = next(one for one in told if isinstance(one, Standing))
    assert standing_of(shot).status == won.status and Event.objects.filter(kind="work.changed").count() == 1


def test_a_take_and_a_retake_bring_a_shot_where_it_should_be(film: Film, people: SimpleNamespace) -> None:
    shot = film.shots[0]
    note = note_shot(shot, by=people.reviewer, text="Slower.")
    retake_from(note, by=people.artist)
    deliver_chain(film.project.pk)
    assert stands(film, 0) == "Changes requested"
    with transaction.atomic():
        record("take.stored", actor=people.artist, project=film.project, subject=film.takes[0], data={"shot": shot.pk, "number": 3})
    deliver_chain(film.project.pk)
    assert stands(film, 0) == "Pending review"
    assert Event.objects.filter(kind="work.changed", data__has_key="rule").count() == 2


def test_both_of_a_retake_and_its_take_count_when_they_are_heard_late(film: Film, people: SimpleNamespace) -> None:
    with transaction.atomic():
        record("note.retaken", actor=people.artist, project=film.project, data={"shot": film.shots[0].pk, "note": "", "job": ""})
    with transaction.atomic():
        record("take.stored", actor=people.artist, project=film.project, data={"shot": film.shots[0].pk, "number": 3})
    deliver_chain(film.project.pk)
    assert stands(film, 0) == "Pending review"


def test_what_somebody_said_since_is_not_overruled_and_done_stays_done(film: Film, people: SimpleNamespace) -> None:
    with transaction.atomic():
        record("note.retaken", actor=people.artist, project=film.project, data={"shot": film.shots[0].pk, "note": "", "job": ""})
    put(film, 0, "In progress", people.artist)
    put(film, 1, "Final", people.producer)
    with transaction.atomic():
        record("take.stored", actor=people.artist, project=film.project, data={"shot": film.shots[1].pk, "number": 3})
    deliver_chain(film.project.pk)
    assert (stands(film, 0), stands(film, 1)) == ("In progress", "Final")


def test_of_choosing_and_notes_only_what_a_person_did_counts(film: Film, people: SimpleNamespace) -> None:
    rule(film, "chosen", "assign", to_person=people.reviewer)
    rule(film, "note", "status", to_status=at(film, "Changes requested"), status=at(film, "Ready to start"))
    choose_take(Take.objects.get(shot=film.shots[0], number=2), by=people.owner)
    with transaction.atomic():
        record("version.published", actor=people.owner, project=film.project, data={"shot": film.shots[1].pk, "number": 1})
    put(film, 3, "In progress", people.artist)
    for number in (2, 3):
        note_shot(film.shots[number], by=people.reviewer, text="Her hand.")
    deliver_chain(film.project.pk)
    assert standing_of(film.shots[0]).assigned == people.reviewer and standing_of(film.shots[1]).assigned is None
    assert (stands(film, 2), stands(film, 3)) == ("Changes requested", "In progress"), "only those that stood where the rule says"


def test_when_the_last_shot_of_a_scene_is_done_the_producers_are_told_once(film: Film, people: SimpleNamespace) -> None:
    for number in range(9):
        put(film, number, "Approved" if number % 2 else "Final", people.artist)
    assert not told(film)
    put(film, 9, "Final", people.artist)
    (news,) = told(film)
    assert news["words"] == "all shots of scene 1 are done" and set(news["people"]) == {str(people.owner.pk), str(people.producer.pk)}
    put(film, 9, "Approved", people.artist)
    assert len(told(film)) == 1, "it was done before"


def test_a_scene_goes_on_together_and_a_shot_set_aside_does_not_hold_it_up(film: Film, people: SimpleNamespace) -> None:
    rule(film, "scene", "status", status=at(film, "Approved"), to_status=at(film, "Final"))
    Shot.objects.filter(pk=film.shots[11].pk).update(removed=True)
    put(film, 10, "Approved", people.producer)
    assert stands(film, 10) == "Final" and stands(film, 11) == "Ready to start"
    assert len(told(film)) == 1


def test_automations_that_point_at_each_other_end(film: Film, people: SimpleNamespace) -> None:
    one, other = at(film, "In progress"), at(film, "Pending review")
    rule(film, "shot", "status", status=one, to_status=other)
    rule(film, "shot", "status", status=other, to_status=one)
    put(film, 0, "In progress", people.artist)
    assert stands(film, 0) == "In progress" and Event.objects.filter(kind="work.changed").count() == 3


def test_a_chain_of_automations_ends_at_its_depth(film: Film, people: SimpleNamespace) -> None:
    row = [actions.add_status(film.project, by=people.owner, name=f"Step {n}", short=f"S{n}", colour="take") for n in range(10)]
    for one, other in pairwise(row):
        rule(film, "shot", "status", status=one, to_status=other)
    put(film, 0, "Step 0", people.artist)
    assert stands(film, 0) == "Step 6"


def test_an_automation_that_is_off_does_nothing(film: Film, people: SimpleNamespace) -> None:
    for one in Automation.objects.filter(project=film.project):
        actions.switch_automation(one, by=people.owner, on=False)
    with transaction.atomic():
        record("take.stored", actor=people.artist, project=film.project, data={"shot": film.shots[0].pk, "number": 3})
    deliver_chain(film.project.pk)
    assert stands(film, 0) == "Ready to start"


def test_a_status_in_use_goes_only_with_another_in_its_place(film: Film, people: SimpleNamespace) -> None:
    put(film, 0, "Pending review", people.artist)
    gone, instead = at(film, "Pending review"), at(film, "In progress")
    with pytest.raises(WorkRefused, match="in use"):
        actions.remove_status(gone, by=people.producer)
    assert actions.remove_status(gone, by=people.producer, instead=instead) == 1
    assert stands(film, 0) == "In progress" and Automation.objects.get(trigger="take").to_status == instead
    with pytest.raises(StandingConflict):
        change_standing(film.shots[0], by=people.artist, base=1, status=at(film, "Final"))
    actions.remove_status(at(film, "Final"), by=people.producer)
    assert Status.objects.filter(project=film.project).count() == 4


def test_shots_stay_where_they_stand_when_the_film_starts_them_elsewhere(film: Film, people: SimpleNamespace) -> None:
    first = at(film, "Ready to start")
    with pytest.raises(WorkRefused, match="start somewhere"):
        actions.change_status(first, by=people.owner, base=1, starts=False)
    actions.change_status(at(film, "In progress"), by=people.owner, base=1, starts=True)
    assert stands(film, 0) == "Ready to start"
    shot = Shot.objects.create(project=film.project, scene=film.scenes[0], position=1e6, code="1.99", frames=24)
    assert standing_of(shot).status.name == "In progress"
    actions.remove_status(at(film, "In progress"), by=people.owner, instead=first)
    assert standing_of(shot).status == first and begin_work(film.project) == first


def test_statuses_are_renamed_once_at_a_time_and_moved(film: Film, people: SimpleNamespace) -> None:
    one = at(film, "Approved")
    actions.change_status(one, by=people.owner, base=1, name="Picture locked", colour="boarded")
    with pytest.raises(WorkRefused, match="Somebody changed"):
        actions.change_status(one, by=people.producer, base=1, name="Locked")
    with pytest.raises(WorkRefused, match="already"):
        actions.add_status(film.project, by=people.owner, name="picture LOCKED", short="X", colour="take")
    actions.move_status(one, by=people.owner, up=True)
    actions.move_status(at(film, "Ready to start"), by=people.owner, up=True)
    assert [row.name for row in Status.objects.filter(project=film.project)][3:5] == ["Picture locked", "Changes requested"]


def test_clients_see_and_set_only_statuses_that_are_for_them(film: Film, people: SimpleNamespace) -> None:
    put(film, 2, "Pending review", people.artist)
    assert not queries.seen_by_clients(film.project, [shot.pk for shot in film.shots]), "nothing, until the team says so"
    put(film, 2, "Ready to start", people.artist)
    for_clients(film.project)
    put(film, 0, "Pending review", people.artist)
    put(film, 1, "In progress", people.artist)
    seen = queries.seen_by_clients(film.project, [shot.pk for shot in film.shots])
    assert {pk: status.name for pk, status in seen.items()} == {film.shots[0].pk: "Pending review"}
    changes = at(film, "Changes requested")
    via = {"guest": "a guest", "link": "a link", "name": "Cleo"}
    set_by_client(film.shots[0], by=people.client, seen=at(film, "Pending review").pk, status=changes, via=via)
    assert stands(film, 0) == "Changes requested"
    event = Event.objects.filter(kind="work.changed").latest("pk")
    assert event.actor_id == people.client.pk and via.items() <= event.data.items()
    for number, stood, status in ((0, "Changes requested", at(film, "Approved")), (1, "In progress", changes)):
        with pytest.raises(StandingRefused, match="by a client's link"):
            set_by_client(film.shots[number], by=people.client, seen=at(film, stood).pk, status=status, via=via)
    with pytest.raises(StandingRefused, match="changed this shot meanwhile") as refused:
        set_by_client(film.shots[0], by=people.client, seen=at(film, "Pending review").pk, status=changes, via=via)
    assert "Changes requested" not in str(refused.value)


def test_a_film_goes_with_its_statuses(film: Film, people: SimpleNamespace) -> None:
    put(film, 0, "Final", people.artist)
    Job.objects.filter(project=film.project).delete()
    delete_project(film.project, by=people.owner)
    assert not Status.objects.exists() and not Standing.objects.exists()


# The board.


def show(film: Film, **asked: Any) -> dict[str, list[str]]:
    viewer = asked.pop("viewer", None)
    board = queries.board(film.project, queries.View.of({name: str(value) for name, value in asked.items()}), viewer)
    return {column.name: [card.shot.code for card in column.cards or []] for column in board.columns if column.count}


def test_a_board_by_status_by_person_and_by_scene(film: Film, people: SimpleNamespace) -> None:
    put(film, 0, "Final", people.artist)
    change_standing(film.shots[11], by=people.owner, base=0, assigned=people.artist, due=timezone.localdate() - timedelta(days=1))
    change_standing(film.shots[0], by=people.owner, base=1, assigned=people.artist, due=timezone.localdate() - timedelta(days=1))
    assert show(film)["Final"] == ["1.1"] and len(show(film)["Ready to start"]) == 11
    assert show(film, by="person")["Artist Person"] == ["1.1", "2.2"]
    assert show(film, by="scene")["2 INT. KEEPER'S ROOM - NIGHT"] == ["2.1", "2.2"]
    assert show(film, only="overdue") == {"Ready to start": ["2.2"]}, "what is done is not overdue"
    assert show(film, only="mine", by="person", viewer=people.artist) == {"Artist Person": ["1.1", "2.2"]}
    assert queries.work_of(film.project, people.artist) == queries.Mine(open=1, overdue=1)
    (todo,) = [one for one in waiting_for(film.project, "artist", people.artist) if one.icon == "work"]
    assert todo.words == "1 shot given to you, 1 overdue"
    assert show(film, scene=film.scenes[1].pk) == {"Ready to start": ["2.1", "2.2"]}


def test_a_column_goes_on_behind_its_last_card(project: Project, people: SimpleNamespace) -> None:
    film = fill(project, people.owner, 95, takes=False)
    view = queries.View()
    first = queries.board(project, view, people.owner).columns[0]
    codes = [card.shot.code for card in first.cards or []]
    behind: int | None = first.last
    while behind is not None:
        more = queries.column_of(project, view, people.owner, first.key, Shot.objects.select_related("scene").get(pk=behind))
        assert more is not None
        codes += [card.shot.code for card in more.cards or []]
        behind = more.last
    assert first.count == 95 and codes == [shot.code for shot in film.shots]


def board_at(film: Film, query: str = "") -> str:
    return reverse("work:board", args=[film.project.slug]) + query


def test_the_pages_say_what_stands_where(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, slug = client_for(people.artist), film.project.slug
    for query in ("", "?by=person", "?by=scene", "?only=mine", "?only=overdue"):
        answer = client.get(board_at(film, query))
        assert answer.status_code == 200 and "approves nothing" in answer.content.decode()
    assert "No shot is given to you" in client.get(board_at(film, "?only=mine")).content.decode()
    where = reverse("work:shot", args=[slug, film.shots[0].pk])
    moved = client.post(f"{where}?card", {"revision": "0", "status": at(film, "Final").pk})
    assert moved.status_code == 200 and f'data-column="{at(film, "Final").pk}"' in moved.content.decode()
    late = client.post(f"{where}?card", {"revision": "0", "status": at(film, "Approved").pk})
    assert late.status_code == 409 and "stands at Final" in late.content.decode()
    answer = client.post(where, {"revision": "1", "assigned": str(people.stranger.pk)})
    assert answer.status_code == 422 and "Choose one of them" in answer.content.decode()
    assert client_for(people.reviewer).post(where, {"revision": "1", "assigned": ""}).status_code == 403
    assert "Final" in client.get(where).content.decode()
    change_standing(film.shots[0], by=people.owner, base=1, assigned=people.writer)
    Membership.objects.filter(project=film.project, person=people.writer).delete()
    assert "Writer Person, who has left" in client.get(where).content.decode()
    assert "Writer Person" in client.get(board_at(film, "?by=person")).content.decode()
    gone = client.get(reverse("work:cards", args=[slug]) + f"?only=mine&shots={film.shots[0].pk}").content.decode()
    assert "data-counts" in gone and "<li" not in gone, "a card the board no longer shows is not answered"


def test_leads_shape_the_work(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, slug = client_for(people.producer), film.project.slug
    page = client.get(reverse("work:statuses", args=[slug])).content.decode()
    assert "When a take of a shot is made, it comes to “Pending review”." in page
    add = reverse("work:automations", args=[slug])
    good = {"trigger": "scene", "status": at(film, "Approved").pk, "effect": "status", "to_status": at(film, "Final").pk}
    assert client.post(add, good).status_code == 201
    assert client.post(add, good).status_code == 409
    for bad in ({"status": ""}, {"effect": "assign"}, {"to_status": good["status"]}, {"to_status": 10**9}):
        assert client.post(add, {**good, **bad}).status_code == 422, bad
    new = client.post(reverse("work:statuses", args=[slug]), {"name": "On hold", "colour": "live", "client_sets": "on"})
    assert new.status_code == 201
    held = at(film, "On hold")
    assert held.short == "ON HOLD" and held.client_sees, "what one may set one sees"
    both = {"name": "On hold", "colour": "live", "done": "on", "retake": "on", "revision": "1"}
    assert client.post(reverse("work:status", args=[slug, held.pk]), both).status_code == 422


# Several shots at once.


def together(client: Client, film: Film, cards: list[str], field: str = "status", value: Any = "", query: str = "") -> Any:
    where = reverse("work:selection", args=[film.project.slug]) + query
    return client.post(where, {"field": field, "value": value, "card": cards})


def test_several_shots_are_set_at_once_with_an_event_each_and_taken_back_at_once(
    film: Film, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    put(film, 1, "In progress", people.artist)
    client, first = client_for(people.artist), [shot.pk for shot in film.shots[:3]]
    final = at(film, "Final")
    answer = together(client, film, [f"{first[0]}:0", f"{first[1]}:1", f"{first[2]}:0"], value=final.pk)
    assert answer.status_code == 200 and answer.content.decode().count(f'data-column="{final.pk}"') == 3
    assert "data-problem" not in answer.content.decode()
    kept = json.loads(re.search(r'data-kept="([^"]+)"', answer.content.decode())[1].replace("&quot;", '"'))  # type: ignore[index]
    assert kept == {str(first[0]): 1, str(first[1]): 2, str(first[2]): 1}
    assert [stands(film, number) for number in range(4)] == ["Final", "Final", "Final", "Ready to start"]
    assert Event.objects.filter(kind="work.changed", data__after={"status": "Final"}).count() == 3
    ready, busy = at(film, "Ready to start").pk, at(film, "In progress").pk
    together(client, film, [f"{first[0]}:1:{ready}", f"{first[1]}:2:{busy}", f"{first[2]}:1:{ready}"])
    assert [stands(film, number) for number in range(3)] == ["Ready to start", "In progress", "Ready to start"]
    together(client, film, [f"{pk}:9" for pk in first], field="assigned", value=str(people.writer.pk), query="?by=person")
    assert {standing_of(shot).assigned for shot in film.shots[:3]} == {people.writer}


def test_of_several_only_those_that_somebody_changed_meanwhile_are_refused_and_named(
    film: Film, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    put(film, 1, "Approved", people.producer)
    Shot.objects.filter(pk=film.shots[2].pk).update(removed=True)
    client, busy = client_for(people.reviewer), at(film, "In progress")
    answer = together(client, film, [f"{shot.pk}:0" for shot in film.shots[:4]], value=busy.pk)
    words = answer.content.decode()
    assert answer.status_code == 200 and [stands(film, number) for number in (0, 1, 3)] == ["In progress", "Approved", "In progress"]
    assert "Kept for 2 shots. Somebody changed 1.2 meanwhile; yours was not kept there. Set aside meanwhile: 1.3." in words
    alone = together(client, film, [f"{film.shots[1].pk}:0"], value=busy.pk)
    assert alone.status_code == 409 and "Somebody changed 1.2" in alone.content.decode() and "Kept for" not in alone.content.decode()


def test_what_follows_from_one_of_several_is_no_conflict_with_another(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    rule(film, "scene", "status", status=at(film, "Approved"), to_status=at(film, "Final"))
    put(film, 4, "Approved", people.artist)
    cards = [f"{shot.pk}:{standing_of(shot).revision}" for shot in film.shots[:10]]
    answer = together(client_for(people.artist), film, cards, value=at(film, "Approved").pk)
    assert answer.status_code == 200 and "data-problem" not in answer.content.decode()
    assert {stands(film, number) for number in range(10)} == {"Final"} and len(told(film)) == 1


def test_bad_selections_are_told_what_is_wrong(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client, card, final = client_for(people.artist), f"{film.shots[0].pk}:0", at(film, "Final").pk
    other = film_of(people.owner, "Other", 1)
    many = [f"{number}:0" for number in range(1, 62)]
    asked: list[tuple[list[str], str, Any, int]] = [
        ([], "status", final, 422), (["x:0"], "status", final, 422), ([card], "due", "2026-12-24", 422), ([card], "status", "", 422),
        ([card], "status", 10**9, 422), ([card], "status", "9" * 30, 422), ([card], "assigned", str(people.stranger.pk), 422),
        (many, "status", final, 422),
        ([card, f"{other.shots[0].pk}:0"], "status", final, 404), ([card, "999999999:0"], "status", final, 404),
    ]  # fmt: skip
    for cards, field, value, code in asked:
        assert together(client, film, cards, field, value).status_code == code, (cards, field, value)
    refused = together(client_for(people.reviewer), film, [card], "assigned", str(people.artist.pk))
    assert refused.status_code == 403 and "give shots to people" in refused.content.decode()
    assert not Standing.objects.exists()
