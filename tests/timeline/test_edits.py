"""Editing the cut: trims, moves, removals, undo and redo, alone and together with others."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.events.models import Event
from studio.events.subscribers import SUBSCRIPTIONS, deliver_chain
from studio.projects.models import Project
from studio.shots.actions import choose_take, remove_shot, restore_shot
from studio.shots.models import Take
from studio.timeline import actions
from studio.timeline.actions import EditConflict, EditRefused
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import Clip, Cut, Operation
from studio.timeline.plan import plan_cut
from tests.films import FRAMES, Film, fill
from tests.together import at_once


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 6)


def shown(cut: Cut) -> list[tuple[str, int, int]]:
    """What the cut plays: which clip, from, to."""
    return [(clip.key, clip.source_in, clip.source_out) for clip in plan_cut(Cut.objects.get(pk=cut.pk)).clips]


def trim(film: Film, by: Any, clip: int = 0, start: int = 4, end: int = 40, base: int | None = None) -> Operation:
    at = Cut.objects.get(pk=film.cut.pk).revision if base is None else base
    return actions.trim_clip(film.cut, film.clips[clip].pk, by=by, base=at, source_in=start, source_out=end)


@pytest.mark.django_db
def test_a_trim_moves_what_follows_and_the_frames_add_up(film: Film, people: SimpleNamespace) -> None:
    trim(film, people.artist, 1, 10, 30)
    plan = plan_cut(film.cut)
    assert [clip.at for clip in plan.clips] == [0, 48, 68, 116, 164, 212]
    assert plan.total == sum(clip.frames for clip in plan.clips) == 6 * FRAMES - 28
    line = next(sound for sound in plan.sounds if sound.kind == "dialogue" and sound.subject == film.lines[1].pk)
    assert (line.at, line.offset, line.frames) == (48, 4, 20), "a line that began in what was trimmed away is heard from there on, to the trim"
    music = [sound for sound in plan.sounds if sound.kind == "music"]
    assert [(sound.at, sound.frames) for sound in music] == [(0, plan.total)]


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), [(0, FRAMES + 1), (10, 10), (20, 10), (-1, 10)])
def test_a_trim_beyond_the_take_is_refused_with_its_bounds(film: Film, people: SimpleNamespace, start: int, end: int) -> None:
    before = shown(film.cut)
    with pytest.raises(EditRefused, match=f"at frame {FRAMES} at the latest"):
        trim(film, people.artist, 0, start, end)
    assert shown(film.cut) == before


@pytest.mark.django_db
def test_move_remove_restore_undo_redo(film: Film, people: SimpleNamespace) -> None:
    cut, first, keys = film.cut, shown(film.cut), [clip.pk for clip in film.clips]
    actions.move_clip(cut, keys[0], by=people.artist, base=0, after=keys[3])
    assert [uuid.UUID(key) for key, _, _ in shown(cut)] == [*keys[1:4], keys[0], *keys[4:]]
    actions.remove_clip(cut, keys[5], by=people.artist, base=1)
    assert len(shown(cut)) == 5
    second = shown(cut)
    assert actions.undo(cut, by=people.artist) and actions.undo(cut, by=people.artist)
    assert shown(cut) == first
    assert actions.undo(cut, by=people.artist) is None
    assert actions.redo(cut, by=people.artist) and actions.redo(cut, by=people.artist)
    assert shown(cut) == second
    assert actions.redo(cut, by=people.artist) is None
    actions.restore_clip(cut, keys[5], by=people.artist, base=99)
    assert len(shown(cut)) == 6
    with pytest.raises(EditRefused, match="is in the cut"):
        actions.restore_clip(cut, keys[5], by=people.artist, base=99)


@pytest.mark.django_db
def test_undo_after_redo_undoes_again_and_an_edit_ends_redo(film: Film, people: SimpleNamespace) -> None:
    first, who = shown(film.cut), people.artist
    trim(film, who, 0)
    trim(film, who, 1)
    for _ in range(3):
        assert actions.undo(film.cut, by=who) and actions.undo(film.cut, by=who)
        assert shown(film.cut) == first
        assert actions.redo(film.cut, by=who) and actions.redo(film.cut, by=who)
    actions.undo(film.cut, by=who)
    trim(film, who, 2)
    actions.undo(film.cut, by=who)
    assert actions.redo(film.cut, by=who)
    assert actions.redo(film.cut, by=who) is None, "what was undone before the last edit is gone"


@pytest.mark.django_db
def test_undo_is_ones_own_and_leaves_what_only_followed(film: Film, people: SimpleNamespace) -> None:
    trim(film, people.artist, 0)
    trim(film, people.producer, 1)
    choose_take(film.takes[1], by=people.artist)
    actions.place_take(film.takes[1], by=people.artist)
    actions.undo(film.cut, by=people.artist)
    plan = plan_cut(film.cut)
    assert (plan.clips[0].source_in, plan.clips[0].source_out, plan.clips[0].take) == (0, FRAMES, film.takes[1].pk)
    assert (plan.clips[1].source_in, plan.clips[1].source_out) == (4, 40)
    assert actions.undo(film.cut, by=people.artist) is None


@pytest.mark.django_db
def test_undo_of_what_somebody_changed_since_is_a_conflict_and_changes_nothing(film: Film, people: SimpleNamespace) -> None:
    trim(film, people.artist, 0)
    trim(film, people.producer, 0, 8, 30)
    before = shown(film.cut)
    with pytest.raises(EditConflict):
        actions.undo(film.cut, by=people.artist)
    assert shown(film.cut) == before


@pytest.mark.django_db
def test_undo_never_shows_more_of_a_take_than_there_is(film: Film, people: SimpleNamespace) -> None:
    trim(film, people.artist, 0, 0, 20)
    short = Take.objects.create(shot=film.shots[0], number=3, asset=film.takes[0].asset, frames=30, recipe={})
    actions.place_take(short, by=people.artist)
    with pytest.raises(EditRefused, match="too short"):
        actions.undo(film.cut, by=people.artist)
    assert shown(film.cut)[0][1:] == (0, 20)


@pytest.mark.django_db
def test_a_place_used_up_by_moves_is_spaced_anew_and_can_be_undone(film: Film, people: SimpleNamespace) -> None:
    first, keys = shown(film.cut), [clip.pk for clip in film.clips]
    for step in range(40):  # forty moves into the same gap halve it beyond what a number holds
        base = Cut.objects.get(pk=film.cut.pk).revision
        actions.move_clip(film.cut, keys[1 + step % 2], by=people.artist, base=base, after=keys[0])
        order = [uuid.UUID(key) for key, _, _ in shown(film.cut)]
        assert order[:3] == [keys[0], keys[1 + step % 2], keys[2 - step % 2]]
    while actions.undo(film.cut, by=people.artist):
        pass
    assert shown(film.cut) == first


EDITS = st.lists(st.tuples(st.sampled_from(["trim", "move", "remove", "restore", "undo", "redo"]), *[st.integers(0, 60)] * 3), max_size=10)


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_any_edits_undone_one_by_one_give_the_first_cut(film: Film, people: SimpleNamespace, edits: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        first, states = shown(film.cut), 0
        for kind, number, start, end in edits:
            states += _one(film, people.artist, kind, number, start, end)
            plan = plan_cut(Cut.objects.get(pk=film.cut.pk))
            assert plan.total == sum(clip.frames for clip in plan.clips)
            assert all(0 <= clip.source_in < clip.source_out <= FRAMES for clip in plan.clips)
        while actions.undo(film.cut, by=people.artist):
            pass
        assert shown(film.cut) == first
        transaction.set_rollback(True)


def _one(film: Film, by: Any, kind: str, number: int, start: int, end: int) -> bool:
    base, clip = Cut.objects.get(pk=film.cut.pk).revision, film.clips[number % len(film.clips)].pk
    try:
        if kind == "trim":
            actions.trim_clip(film.cut, clip, by=by, base=base, source_in=start, source_out=end)
        elif kind == "move":
            actions.move_clip(film.cut, clip, by=by, base=base, after=film.clips[start % len(film.clips)].pk if start < 50 else None)
        elif kind in ("undo", "redo"):
            return getattr(actions, kind)(film.cut, by=by) is not None
        else:
            (actions.remove_clip if kind == "remove" else actions.restore_clip)(film.cut, clip, by=by, base=base)
    except EditRefused:
        return False
    return True


@pytest.mark.django_db
def test_every_edit_is_an_operation_and_an_event(film: Film, people: SimpleNamespace) -> None:
    trim(film, people.artist)
    actions.undo(film.cut, by=people.artist)
    events = Event.objects.filter(project_id=film.project.pk, kind="cut.edited").order_by("seq")
    assert [event.data["operation"] for event in events] == ["trim", "undo"]
    assert all(event.actor_id == people.artist.pk for event in events)
    assert list(Operation.objects.filter(cut=film.cut).order_by("number").values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_a_frozen_cut_keeps_its_hash_until_what_it_plays_changes(film: Film, people: SimpleNamespace) -> None:
    frozen = freeze_cut(film.cut, by=people.owner)
    assert freeze_cut(film.cut, by=people.owner).pk == frozen.pk
    actions.move_clip(film.cut, film.clips[0].pk, by=people.artist, base=0, after=None)
    assert freeze_cut(film.cut, by=people.owner).pk == frozen.pk, "it plays the same"
    trim(film, people.artist)
    changed = freeze_cut(film.cut, by=people.owner)
    assert (changed.number, changed.hash == frozen.hash) == (2, False)
    actions.undo(film.cut, by=people.artist)
    assert freeze_cut(film.cut, by=people.owner).hash == frozen.hash
    frozen.refresh_from_db()
    assert len(frozen.data["clips"]) == 6, "what was frozen stays"


@pytest.mark.django_db
def test_a_shot_that_is_set_aside_leaves_the_cut_and_comes_back_to_its_place(film: Film, people: SimpleNamespace) -> None:
    before = shown(film.cut)
    actions.remove_clip(film.cut, film.clips[4].pk, by=people.artist, base=Cut.objects.get(pk=film.cut.pk).revision)
    remove_shot(film.shots[2], by=people.artist)
    deliver_chain(film.project.pk)
    assert shown(film.cut) == [one for n, one in enumerate(before) if n not in (2, 4)]
    restore_shot(film.shots[2], by=people.artist)
    deliver_chain(film.project.pk)
    assert shown(film.cut) == [one for n, one in enumerate(before) if n != 4], "what somebody took out of the cut stays out"


@pytest.mark.django_db
def test_a_longer_take_keeps_a_trim_and_a_whole_clip_stays_whole(film: Film, people: SimpleNamespace) -> None:
    long = Take.objects.create(shot=film.shots[1], number=2, asset=film.takes[2].asset, frames=90, recipe={})
    actions.place_take(long, by=people.artist)
    assert shown(film.cut)[1][1:] == (0, 90)
    trim(film, people.artist, 1, 10, 80)
    short = Take.objects.create(shot=film.shots[1], number=3, asset=film.takes[2].asset, frames=60, recipe={})
    actions.place_take(short, by=people.artist)
    assert shown(film.cut)[1][1:] == (10, 60)


@pytest.mark.django_db(transaction=True)
def test_without_the_cuts_lock_two_who_trim_one_clip_both_believe_they_won(film: Film) -> None:
    """The control: the same check and the same write, each alone, with everybody between the two at once."""
    together = threading.Barrier(8)

    def unguarded(number: int) -> str:
        clip = Clip.objects.get(pk=film.clips[0].pk)
        together.wait(30)
        if clip.revision > 0:
            return "told"
        Clip.objects.filter(pk=clip.pk).update(source_in=number, revision=1)
        return "won"

    assert at_once(8, unguarded).count("won") == 8


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_trim_one_clip_at_once_one_wins_and_the_others_are_told(film: Film, people: SimpleNamespace) -> None:
    results = at_once(50, lambda number: trim(film, people.artist, 0, number % 20, 30, base=0))
    winners = [result for result in results if isinstance(result, Operation)]
    told = [result for result in results if isinstance(result, EditConflict)]
    assert (len(winners), len(told)) == (1, 49), [result for result in results if result not in winners + told][:3]
    clip = Clip.objects.get(pk=film.clips[0].pk)
    assert clip.source_in == results.index(winners[0]) % 20
    assert all(conflict.clips[0].source_in == clip.source_in for conflict in told), "each is shown what stands"
    assert Cut.objects.get(pk=film.cut.pk).revision == 1


@pytest.mark.django_db(transaction=True)
def test_edits_of_different_clips_at_once_all_go_through(film: Film, people: SimpleNamespace) -> None:
    results = at_once(6, lambda number: trim(film, people.artist, number, number, 40, base=0))
    assert all(isinstance(result, Operation) for result in results), results
    assert [start for _, start, _ in shown(film.cut)] == list(range(6))
    assert sorted(result.number for result in results) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_for_a_new_films_cut_at_once_all_get_the_same(project: Project) -> None:
    cuts = at_once(12, lambda number: actions.cut_of(project))
    assert len({getattr(cut, "pk", cut) for cut in cuts}) == 1 and Cut.objects.filter(project=project).count() == 1, cuts


@pytest.mark.django_db
def test_what_was_chosen_a_moment_ago_is_in_the_frozen_cut_before_the_clerk_comes_round(film: Film, people: SimpleNamespace) -> None:
    freeze_cut(film.cut, by=people.owner)
    choose_take(film.takes[1], by=people.artist)
    frozen = freeze_cut(film.cut, by=people.owner)
    assert (frozen.number, frozen.data["clips"][0]["asset"]) == (2, film.takes[1].asset.sha256)
    with CaptureQueriesContext(connection) as asked:
        deliver_chain(film.project.pk)
    assert not [query for query in asked.captured_queries if "timeline_operation" in query["sql"]], "the clerk has nothing left to do"


@pytest.mark.django_db
def test_what_the_cut_cannot_follow_keeps_nobody_from_freezing_it(
    film: Film, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "studio.timeline.subscribers.on_version_published"
    monkeypatch.setattr(cannot_follow, "__module__", "studio.timeline.subscribers")
    monkeypatch.setitem(SUBSCRIPTIONS, name, replace(SUBSCRIPTIONS[name], handler=cannot_follow))
    choose_take(film.takes[1], by=people.artist)
    assert freeze_cut(film.cut, by=people.owner).data["clips"][0]["asset"] == film.takes[0].asset.sha256
    monkeypatch.undo()
    deliver_chain(film.project.pk)
    assert plan_cut(Cut.objects.get(pk=film.cut.pk)).clips[0].take == film.takes[1].pk, "the clerk makes it good"


def cannot_follow(event: Event) -> None:
    raise ValueError("It cannot be followed.")
