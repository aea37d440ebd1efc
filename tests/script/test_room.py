"""The script as people keep it: revisions, conflicts, and what of the film survives a rewrite."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from studio.events.subscribers import deliver_chain
from studio.projects.models import Project
from studio.script.actions import Conflict, revise_script
from studio.script.models import Scene, Script, ScriptRevision
from studio.shots.models import Shot
from studio.sound.models import Line
from studio.storyboard.models import Panel
from studio.timeline.models import Clip
from studio.world.models import Character, Location
from tests.together import at_once

FIRST = """INT. KITCHEN - NIGHT

MARA (60) pours tea at the table. She looks at the door.

MARA
He is late again.

EXT. CLIFF - DAWN

TOM (20) climbs the path against the wind.

TOM
Is anybody there?

INT. LAMP ROOM - NIGHT

Mara winds the clock.
"""


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Project:
    revise_script(project, by=people.writer, text=FIRST, base=0)
    deliver(project)
    return project


def deliver(project: Project) -> None:
    """What the clerk does on commit, until there is nothing left to hear."""
    while deliver_chain(project.pk):
        pass


def headings(project: Project) -> dict[str, int]:
    return dict(Scene.objects.filter(project=project, removed=False).order_by("order").values_list("heading", "pk"))


@pytest.mark.django_db
def test_a_script_becomes_scenes_people_places_lines_shots_panels_and_a_cut(film: Project) -> None:
    assert list(headings(film)) == ["INT. KITCHEN - NIGHT", "EXT. CLIFF - DAWN", "INT. LAMP ROOM - NIGHT"]
    assert set(Character.objects.filter(project=film).values_list("name", flat=True)) == {"MARA", "TOM"}
    assert Location.objects.filter(project=film).count() == 3
    assert list(Line.objects.filter(project=film).order_by("pk").values_list("text", flat=True)) == ["He is late again.", "Is anybody there?"]
    shots = Shot.objects.filter(project=film)
    assert shots.count() >= 3 and all(shot.frames > 0 for shot in shots)
    assert Panel.objects.filter(shot__in=shots).count() == shots.count() == Clip.objects.filter(shot__in=shots, removed=False).count()


@pytest.mark.django_db
def test_a_rewrite_keeps_scenes_and_shots_that_say_the_same(film: Project, people: SimpleNamespace) -> None:
    scenes, shots = headings(film), {shot.pk: shot.action for shot in Shot.objects.filter(project=film)}
    renamed = FIRST.replace("EXT. CLIFF - DAWN", "EXT. HARBOUR - DAWN").replace("INT. LAMP", "INT. ATTIC - DAY\n\nDust.\n\nINT. LAMP")
    revise_script(film, by=people.writer, text=renamed, base=1)
    deliver(film)
    now = headings(film)
    assert now["INT. KITCHEN - NIGHT"] == scenes["INT. KITCHEN - NIGHT"] and now["INT. LAMP ROOM - NIGHT"] == scenes["INT. LAMP ROOM - NIGHT"]
    assert now["EXT. HARBOUR - DAWN"] == scenes["EXT. CLIFF - DAWN"], "a heading rewritten in its place is the same scene"
    assert now["INT. ATTIC - DAY"] not in scenes.values()
    standing = {shot.pk: shot.action for shot in Shot.objects.filter(project=film)}
    assert set(shots) <= set(standing), "no shot is ever deleted"
    kitchen = Shot.objects.filter(scene=scenes["INT. KITCHEN - NIGHT"])
    assert all(not shot.stale and shot.action == shots[shot.pk] for shot in kitchen)


@pytest.mark.django_db
def test_a_shot_whose_words_are_cut_stays_and_says_why(film: Project, people: SimpleNamespace) -> None:
    before = set(Shot.objects.filter(project=film).values_list("pk", flat=True))
    revise_script(film, by=people.writer, text=FIRST.replace("Mara winds the clock.\n", "The clock stands still. Nobody winds it.\n"), base=1)
    deliver(film)
    short = FIRST[: FIRST.index("INT. LAMP ROOM")]
    revise_script(film, by=people.writer, text=short, base=2)
    deliver(film)
    assert before <= set(Shot.objects.filter(project=film).values_list("pk", flat=True))
    gone = Shot.objects.filter(project=film, scene__heading="INT. LAMP ROOM - NIGHT")
    assert gone.exists() and all("revision 3" in shot.stale for shot in gone)
    assert Scene.objects.get(project=film, heading="INT. LAMP ROOM - NIGHT").removed


@pytest.mark.django_db
def test_two_who_write_on_one_revision_are_shown_both(film: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    where = reverse("script:revisions", args=[film.slug])
    assert client_for(people.writer).post(where, {"text": FIRST + "\nA knock.\n", "base": "1"}).status_code == 302
    late = client_for(people.producer).post(where, {"text": FIRST + "\nA scream.\n", "base": "1"})
    assert late.status_code == 409 and b"A scream." in late.content and b"knock" in late.content
    assert Script.objects.get(project=film).revision == 2 and "A knock." in ScriptRevision.objects.get(script__project=film, number=2).text


@pytest.mark.django_db
def test_the_same_text_again_is_no_new_revision(film: Project, people: SimpleNamespace) -> None:
    assert revise_script(film, by=people.producer, text=FIRST, base=0).number == 1
    assert ScriptRevision.objects.filter(script__project=film).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_at_once_one_wins_and_no_words_are_lost(project: Project, people: SimpleNamespace) -> None:
    results = at_once(6, lambda number: revise_script(project, by=people.writer, text=f"INT. ROOM {number} - DAY\n\nTea.\n", base=0))
    won = [result for result in results if isinstance(result, ScriptRevision)]
    told = [result for result in results if isinstance(result, Conflict)]
    assert (len(won), len(told)) == (1, 5), results
    assert all(conflict.theirs.pk == won[0].pk and conflict.mine.startswith("INT. ROOM") for conflict in told)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   \n", "No scene at all.", "\x00\x01\x02"])
def test_what_is_no_screenplay_is_answered_in_words_and_comes_back(
    text: str, film: Project, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    answer = client_for(people.writer).post(reverse("script:revisions", args=[film.slug]), {"text": text, "base": "1"})
    assert answer.status_code == 400 and text.strip("\x00\x01\x02 \n").encode() in answer.content
    assert Script.objects.get(project=film).revision == 1


@pytest.mark.django_db
def test_a_character_called_script_is_a_name_on_every_page(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    text = "INT. <SCRIPT>ALERT(1)</SCRIPT> - DAY\n\n@<script>alert(2)</script>\nHello.\n"
    revise_script(project, by=people.writer, text=text, base=0)
    deliver(project)
    client = client_for(people.writer)
    pages = ["script:page", "world:page", "storyboard:wall", "timeline:page", "overview:project", "overview:activity"]
    shot = Shot.objects.filter(project=project).earliest("pk")
    for where in [*(reverse(name, args=[project.slug]) for name in pages), reverse("shots:page", args=[project.slug, shot.pk])]:
        answer = client.get(where)
        assert answer.status_code == 200 and b"<script>alert" not in answer.content.lower(), where
