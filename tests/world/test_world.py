"""The world: designed once, described by people, remembered when the script forgets."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from generation.contract import Result
from studio.jobs import lease
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.script.breakdown import break_down
from studio.script.fountain import parse
from studio.world.actions import WorldConflict, design_missing, list_world, redesign, seed_of
from studio.world.models import Character, Location
from tests.films import TEXT as BEFORE_TOM_SPEAKS
from tests.together import at_once

FOUND = break_down(parse(BEFORE_TOM_SPEAKS + "\nTOM\nIs anybody there?\n"), (24, 1))
WITHOUT_TOM = break_down(parse(BEFORE_TOM_SPEAKS.replace("TOM climbs the path.", "")), (24, 1))


@pytest.fixture
def listed(project: Project, people: SimpleNamespace) -> Project:
    list_world(project, FOUND, 1, by=people.writer)
    return project


@pytest.mark.django_db
def test_everybody_and_everywhere_is_listed_and_designed_once(listed: Project, people: SimpleNamespace) -> None:
    assert set(Character.objects.values_list("name", flat=True)) == {"MARA", "TOM"}
    assert set(Location.objects.values_list("name", "interior")) == {("KEEPER'S ROOM", True), ("CLIFF", False)}
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["figure", "figure", "set", "set"]
    designs = design_missing(listed, by=people.writer)
    assert len(designs.people) + len(designs.places) == Job.objects.count() == 4, "what is being designed is waited for, not asked for again"


@pytest.mark.django_db
def test_a_design_is_kept_with_its_number_and_the_newest_stands(listed: Project, people: SimpleNamespace) -> None:
    mara = Character.objects.get(name="MARA")
    redesign(mara, by=people.artist, notes="A grey coat.", revision=1)
    Job.objects.update(available="2020-01-01T00:00Z")
    made = [lease.finish(job, Result(data={"n": n}), {}, 0.1) for n in range(5) if (job := lease.claim("w", ["desk"]))]
    assert len(made) == 5
    mara.refresh_from_db()
    assert mara.design is not None and mara.design.number == 2 and mara.designs.count() == 2


@pytest.mark.django_db
def test_a_description_stays_when_the_script_forgets_and_returns(listed: Project, people: SimpleNamespace) -> None:
    tom = Character.objects.get(name="TOM")
    redesign(tom, by=people.artist, notes="Red scarf.", revision=1)
    list_world(listed, WITHOUT_TOM, 2, by=people.writer)
    assert Character.objects.filter(name="TOM", removed=True, notes="Red scarf.").exists()
    list_world(listed, FOUND, 3, by=people.writer)
    assert Character.objects.filter(pk=tom.pk, removed=False, notes="Red scarf.").exists()


@pytest.mark.django_db
def test_a_description_written_on_an_older_one_is_a_conflict(listed: Project, people: SimpleNamespace) -> None:
    mara = Character.objects.get(name="MARA")
    redesign(mara, by=people.artist, notes="A grey coat.", revision=1)
    with pytest.raises(WorldConflict) as conflict:
        redesign(mara, by=people.writer, notes="A red coat.", revision=1)
    assert conflict.value.theirs.notes == "A grey coat."


@pytest.mark.django_db(transaction=True)
def test_of_many_who_describe_at_once_one_wins(listed: Project, people: SimpleNamespace) -> None:
    mara = Character.objects.get(name="MARA")
    results = at_once(8, lambda number: redesign(mara, by=people.artist, notes=f"Coat {number}.", revision=1))
    assert sum(isinstance(result, Job) for result in results) == 1
    assert sum(isinstance(result, WorldConflict) for result in results) == 7, results


def test_a_seed_is_the_same_for_the_same_words() -> None:
    assert seed_of("a", "b") == seed_of("a", "b") != seed_of("ab") and 0 <= seed_of("x") < 2**31
