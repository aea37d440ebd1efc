"""Shots: edited by several people, moved, set aside, taken again, and what of them counts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from generation.contract import Result
from studio.events.models import Event
from studio.jobs.kinds import Refused, kind_named
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.shots import actions
from studio.shots.actions import ShotConflict
from studio.shots.listing import CUT
from studio.shots.models import Shot, Take, Version
from studio.shots.queries import film_estimate
from studio.shots.recipes import beats_by_scene, differences, shot_request, shot_spec
from studio.sound.actions import change_line
from studio.sound.models import Line
from studio.world.models import Character
from tests.films import Film, asset, fill, film_of, job_of
from tests.together import at_once


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 4)


def codes(film: Film) -> list[int]:
    """Which shot stands where, and that each is called by its place."""
    rows = list(Shot.objects.filter(project=film.project, removed=False).order_by("position").values_list("pk", "code"))
    assert [code for _, code in rows] == [f"1.{n + 1}" for n in range(len(rows))]
    return [[shot.pk for shot in film.shots].index(pk) if pk in [shot.pk for shot in film.shots] else -1 for pk, _ in rows]


@pytest.mark.django_db
def test_two_who_edit_different_fields_both_succeed(film: Film, people: SimpleNamespace) -> None:
    actions.change_shot(film.shots[0], by=people.artist, base=1, lens=50)
    changed = actions.change_shot(film.shots[0], by=people.writer, base=1, action="Mara lifts the lamp.")
    assert (changed.lens, changed.action, changed.revision) == (50, "Mara lifts the lamp.", 3)


@pytest.mark.django_db
def test_two_who_edit_one_field_are_shown_both(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    where = reverse("shots:change", args=[film.project.slug, film.shots[0].pk])
    first = client_for(people.artist).post(where, {"action": "She waits.", "revision": "1"})
    second = client_for(people.writer).post(where, {"action": "She leaves.", "revision": "1"})
    assert (first.status_code, second.status_code) == (200, 409)
    assert b"She waits." in second.content and b"She leaves." in second.content
    assert Shot.objects.get(pk=film.shots[0].pk).action == "She waits."


@pytest.mark.django_db
def test_the_same_value_twice_is_no_conflict_and_no_edit(film: Film, people: SimpleNamespace) -> None:
    actions.change_shot(film.shots[0], by=people.artist, base=1, lens=50)
    assert actions.change_shot(film.shots[0], by=people.writer, base=1, lens=50).revision == 2
    assert Event.objects.filter(kind="shot.changed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_revision_the_later_edit_covers_the_earlier_unseen(film: Film) -> None:
    """The control: everybody reads, then everybody writes what they made of it."""
    together = threading.Barrier(6)

    def unguarded(number: int) -> None:
        shot = Shot.objects.get(pk=film.shots[0].pk)
        together.wait(30)
        shot.action = f"{shot.action} {number}"
        shot.save()

    at_once(6, unguarded)
    assert len(Shot.objects.get(pk=film.shots[0].pk).action.removeprefix(film.shots[0].action).split()) == 1, "five of six edits are gone"


@pytest.mark.django_db(transaction=True)
def test_with_it_one_wins_and_the_others_are_told(film: Film, people: SimpleNamespace) -> None:
    results = at_once(12, lambda number: actions.change_shot(film.shots[0], by=people.artist, base=1, action=f"Way {number}."))
    won = [result for result in results if isinstance(result, Shot)]
    told = [result for result in results if isinstance(result, ShotConflict)]
    assert (len(won), len(told)) == (1, 11), results
    assert Shot.objects.get(pk=film.shots[0].pk).action == won[0].action
    assert all(conflict.theirs.action == won[0].action and conflict.mine["action"] != won[0].action for conflict in told)


@pytest.mark.django_db
def test_shots_are_moved_removed_and_brought_back_to_their_place(film: Film, people: SimpleNamespace) -> None:
    assert codes(film) == [0, 1, 2, 3]
    actions.move_shot(film.shots[0], by=people.writer, after=film.shots[2])
    assert codes(film) == [1, 2, 0, 3]
    actions.move_shot(Shot.objects.get(pk=film.shots[3].pk), by=people.writer, after=None)
    assert codes(film) == [3, 1, 2, 0]
    actions.remove_shot(Shot.objects.get(pk=film.shots[1].pk), by=people.writer)
    assert codes(film) == [3, 2, 0]
    assert Take.objects.filter(shot=film.shots[1]).count() == 1, "what was set aside keeps its takes"
    actions.restore_shot(Shot.objects.get(pk=film.shots[1].pk), by=people.writer)
    assert codes(film) == [3, 1, 2, 0]
    actions.add_shot(Shot.objects.get(pk=film.shots[1].pk), by=people.writer)
    assert codes(film) == [3, 1, -1, 2, 0]


@pytest.mark.django_db
def test_a_shot_put_behind_itself_stays(film: Film, people: SimpleNamespace) -> None:
    actions.move_shot(film.shots[2], by=people.writer, after=film.shots[2])
    assert codes(film) == [0, 1, 2, 3]


@pytest.mark.django_db
def test_many_moves_into_one_gap_keep_the_order_asked_for(film: Film, people: SimpleNamespace) -> None:
    for step in range(40):
        actions.move_shot(Shot.objects.get(pk=film.shots[1 + step % 2].pk), by=people.writer, after=film.shots[0])
        assert codes(film)[:2] == [0, 1 + step % 2]


@pytest.mark.django_db
def test_takes_are_asked_for_with_the_lines_nobody_spoke(film: Film, people: SimpleNamespace) -> None:
    change_line(film.lines[0], by=people.writer, text="Not one more night.", direction="")
    jobs = actions.request_takes(film.shots[0], by=people.artist, count=3, changes={"lens": 85, "seed": 2**31 - 1})
    voice = Job.objects.get(kind="voice")
    assert [job.waiting for job in jobs] == [1, 1, 1] and {need.needs_id for job in jobs for need in job.needs.all()} == {voice.pk}
    assert [job.spec["seed"] for job in jobs] == [2**31 - 1, 0, 1], "each another seed, round at the end"
    assert {job.spec["camera"]["lens"] for job in jobs} == {85} and Shot.objects.get(pk=film.shots[0].pk).lens == 35, "for these takes only"
    for count in (0, 9):
        with pytest.raises(Refused, match="1 to 8"):
            actions.request_takes(film.shots[0], by=people.artist, count=count)


@pytest.mark.django_db
def test_a_take_is_asked_for_with_everything_on_the_shots_form(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    """As the button beside the form sends it: every field, changed or not."""
    shot = film.shots[0]
    told = {
        "size": "close-up", "angle": "low", "lens": "65", "move": "push in", "speed": "slow", "easing": "linear", "subjects": "MARA, the lamp",
        "over": "", "characters": "MARA", "action": "Mara smiles.", "frames": "31", "seed": "9", "revision": "1", "count": "1",
    }  # fmt: skip
    answer = client_for(people.artist).post(reverse("shots:takes", args=[film.project.slug, shot.pk]), told)
    assert answer.status_code == 202
    spec = Job.objects.get(kind="shot").spec
    assert {key: spec["camera"][key] for key in ("size", "angle", "lens", "move", "speed", "easing", "subjects")} == {
        "size": "close-up", "angle": "low", "lens": 65, "move": "push in", "speed": "slow", "easing": "linear", "subjects": ["MARA", "the lamp"],
    }  # fmt: skip
    assert (spec["size"], spec["frames"], spec["seed"], spec["action"]) == ([320, 180], 31, 9, "Mara smiles.")
    shot.refresh_from_db()
    assert (shot.size, shot.revision) == ("wide", 1), "it holds for that take only"


@pytest.mark.django_db
def test_making_the_film_orders_what_lacks_and_nothing_twice(film: Film, people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="Every shot has a take"):
        actions.make_film(film.project, by=people.producer)
    actions.change_shot(film.shots[1], by=people.artist, base=1, action="Mara sits.")
    first = actions.make_film(film.project, by=people.producer)
    assert [job.kind for job in first] == ["shot"] and first[0].subject_id == str(film.shots[1].pk)
    with pytest.raises(Refused):
        actions.make_film(film.project, by=people.producer)


@pytest.mark.django_db
def test_choosing_a_take_publishes_a_version_and_keeps_the_earlier_ones(film: Film, people: SimpleNamespace) -> None:
    shot, (one, two) = film.shots[0], film.takes[:2]
    second = actions.choose_take(two, by=people.artist)
    assert actions.choose_take(two, by=people.artist).pk == second.pk, "choosing what stands changes nothing"
    back = actions.choose_take(one, by=people.producer)
    assert [(row.number, row.take_id) for row in Version.objects.filter(shot=shot).order_by("number")] == [(1, one.pk), (2, two.pk), (3, one.pk)]
    shot.refresh_from_db()
    assert shot.version_id == back.pk
    assert Event.objects.filter(kind="version.published", subject_id=str(second.pk)).count() == 1


@pytest.mark.django_db
def test_the_list_beside_the_script_is_edited_in_place(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    slug, shot = film.project.slug, film.shots[0]
    page = client_for(people.writer).get(reverse("shots:shot_list", args=[slug, film.scenes[0].pk])).content.decode()
    assert page.count('<li class="shot-row"') == 4 and "Night 0." in page and "Mara looks at the lamp for the 0th time." in page
    change = reverse("shots:change", args=[slug, shot.pk]) + "?row"
    answer = client_for(people.writer).post(change, {"lens": "85", "revision": "1"})
    assert answer.status_code == 200 and 'value="85"' in answer.content.decode()
    answer = client_for(people.artist).post(change, {"size": "close-up", "revision": "1"})
    assert answer.status_code == 200, "another field than the one that was changed meanwhile"
    answer = client_for(people.artist).post(change, {"lens": "24", "revision": "1"})
    assert answer.status_code == 409 and "“85” stands; yours was “24”" in answer.content.decode()
    answer = client_for(people.artist).post(change, {"frames": "0", "revision": "3"})
    assert answer.status_code == 400 and "at least one frame" in answer.content.decode()


@pytest.mark.django_db
def test_what_was_set_aside_can_be_brought_back_from_the_list(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    listed = reverse("shots:shot_list", args=[film.project.slug, film.scenes[0].pk])
    client = client_for(people.artist)
    assert client.post(reverse("shots:removal", args=[film.project.slug, film.shots[1].pk])).status_code == 204
    page = client.get(listed).content.decode()
    assert page.count('<li class="shot-row"') == 3 and "Bring back" in page
    assert "Bring back" not in client_for(people.reviewer).get(listed).content.decode()
    assert client.post(reverse("shots:restoration", args=[film.project.slug, film.shots[1].pk])).status_code == 204
    assert client.get(listed).content.decode().count('<li class="shot-row"') == 4


def _arrives(film: Film, shot: Shot, by: Any, **spec: Any) -> Take:
    """What a worker's result becomes, inside the transaction that takes it."""
    camera = {"size": shot.size, "lens": shot.lens}
    told = {"shot": shot.pk, "camera": camera, "action": shot.action, "frames": 48, "seed": 1, "revision": shot.revision, **spec}
    made = asset(f"{shot.pk} {shot.take_count} {spec}")
    made.save()
    job = job_of(film, spec=told, requested_by=by)
    with transaction.atomic():
        stored = kind_named("shot").accept(job, Result(outputs=(), seconds=1.0), {"master": made})
    assert isinstance(stored, Take)
    return stored


@pytest.mark.django_db
def test_a_first_take_counts_as_it_arrives_and_a_later_one_only_if_it_was_made_for_the_cut(project: Project, people: SimpleNamespace) -> None:
    """In one transaction: a page that asks once it hears of the take sees its version too."""
    film = fill(project, people.owner, 2, takes=False)
    shot = film.shots[0]
    first = _arrives(film, shot, people.artist)
    shot.refresh_from_db()
    assert shot.version is not None and shot.version.take_id == first.pk
    told = Event.objects.filter(project_id=film.project.pk, data__shot=shot.pk).order_by("seq")
    assert list(told.values_list("kind", flat=True)) == ["take.stored", "version.published"]
    _arrives(film, shot, people.artist)
    shot.refresh_from_db()
    assert shot.version.take_id == first.pk, "another try stands beside it"
    third = _arrives(film, shot, people.artist, place=True)
    shot.refresh_from_db()
    assert shot.version.take_id == third.pk
    assert Version.objects.filter(shot=shot).count() == 2


@pytest.mark.django_db(transaction=True)
def test_versions_chosen_at_once_are_numbered_without_gap_or_double(film: Film, people: SimpleNamespace) -> None:
    at_once(8, lambda number: actions.choose_take(film.takes[number % 2], by=people.artist))
    rows = list(Version.objects.filter(shot=film.shots[0]).order_by("number"))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert all(one.take_id != other.take_id for one, other in pairwise(rows))


@pytest.mark.django_db
def test_a_shot_changed_after_its_take_is_stale_until_a_take_of_it_as_it_stands_is_chosen(film: Film, people: SimpleNamespace) -> None:
    shot = actions.change_shot(film.shots[1], by=people.artist, base=1, lens=85)
    assert shot.stale
    fresh = Take.objects.create(shot=shot, number=2, asset=film.takes[2].asset, frames=48, recipe={}, told={"revision": shot.revision})
    actions.choose_take(fresh, by=people.artist)
    shot.refresh_from_db()
    assert not shot.stale


@pytest.mark.django_db
def test_the_page_says_what_differs_between_takes_in_peoples_words(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    one, two = film.takes[:2]
    assert differences(one.recipe, one.recipe) == []
    assert differences(one.recipe, two.recipe) == [("seed", 1, 2)]
    where = reverse("shots:comparison", args=[film.project.slug, film.shots[0].pk, one.pk, two.pk])
    answer: Any = client_for(people.reviewer).get(where)
    assert answer.status_code == 200 and b"seed" in answer.content.lower()
    swapped = reverse("shots:comparison", args=[film.project.slug, film.shots[1].pk, one.pk, two.pk])
    assert client_for(people.reviewer).get(swapped).status_code == 404


@pytest.mark.django_db
def test_what_making_the_film_takes_is_said_from_what_would_be_ordered(people: SimpleNamespace) -> None:
    """The estimate writes no orders; it must count and measure as they do."""
    film = film_of(people.owner, "Estimated", 14)
    Shot.objects.filter(pk__in=[shot.pk for shot in film.shots[:5]]).update(take_count=0, frames=77)
    Line.objects.filter(pk__in=[line.pk for line in film.lines[:3]]).update(take=None)
    orders, said = actions.film_orders(film.project), film_estimate(film.project)
    kinds = Counter(order.kind for order in orders)
    assert (said.shots, said.lines, said.cues) == (kinds["shot"], kinds["voice"], kinds["music"] + kinds["tone"]) == (5, 3, 2)
    assert said.frames == 5 * 77
    ordered = actions.make_film(film.project, by=people.owner)
    assert said.work_seconds == pytest.approx(sum(job.estimate for job in ordered), rel=1e-3)


@pytest.mark.django_db
def test_a_take_whose_words_were_cut_is_not_made_again(film: Film) -> None:
    Shot.objects.filter(pk=film.shots[0].pk).update(stale=f"{CUT} in revision 3.")
    assert [order for order in actions.film_orders(film.project) if order.kind == "shot"] == []


@pytest.mark.django_db
def test_a_retake_shows_also_who_has_left_the_script(film: Film) -> None:
    spec = shot_spec(film.shots[0], beats_by_scene(film.project)[film.shots[0].scene_id])
    Character.objects.filter(project=film.project, name="MARA").update(removed=True)
    assert "MARA" in shot_request(film.project, spec).params["figures"]
