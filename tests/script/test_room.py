"""The script as people keep it: revisions, conflicts, and what of the film survives a rewrite."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from studio.events.subscribers import deliver_chain
from studio.jobs.models import Job, Need
from studio.projects.models import Project
from studio.script.actions import Conflict, revise_script
from studio.script.models import Scene, Script, ScriptRevision
from studio.shots.actions import change_shot, film_orders, remove_shot
from studio.shots.models import Shot, ShotLine
from studio.sound.models import Line
from studio.storyboard.models import Panel
from studio.storyboard.queries import scenes_with_panels
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
def test_what_nobody_touched_is_set_aside_with_its_words_and_what_was_worked_on_stays_in_the_film(film: Project, people: SimpleNamespace) -> None:
    lamp = Shot.objects.filter(project=film, scene__heading="INT. LAMP ROOM - NIGHT").order_by("position")
    cliff = Shot.objects.filter(project=film, scene__heading="EXT. CLIFF - DAWN").order_by("position")
    change_shot(lamp[0], by=people.writer, base=1, lens=85)
    revise_script(film, by=people.writer, text=FIRST[: FIRST.index("EXT. CLIFF")], base=1)
    deliver(film)
    assert all(shot.removed for shot in cliff) and not lamp[0].removed
    standing = [shot.pk for shot in Shot.objects.in_film(film)]
    assert lamp[0].pk in standing and set(standing).isdisjoint(shot.pk for shot in cliff)
    assert [scene.heading for scene in scenes_with_panels(film)] == ["INT. KITCHEN - NIGHT", "INT. LAMP ROOM - NIGHT"]
    assert lamp[0].code == "x3.1", "its scene's number may be another scene's by now"
    assert set(Clip.objects.filter(removed=False, shot__project=film).values_list("shot_id", flat=True)) == set(standing)


@pytest.mark.django_db
def test_words_that_come_back_get_the_shots_they_had(film: Project, people: SimpleNamespace) -> None:
    before = list(Shot.objects.in_film(film).values_list("pk", "code"))
    revise_script(film, by=people.writer, text="INT. CAFE - NIGHT\n\nTom drinks his tea.\n", base=1)
    deliver(film)
    revise_script(film, by=people.writer, text=FIRST, base=2)
    deliver(film)
    assert list(Shot.objects.in_film(film).values_list("pk", "code")) == before
    assert not Shot.objects.in_film(film).exclude(stale="").exists()
    clips = Clip.objects.filter(shot__project=film, removed=False).order_by("order")
    assert list(clips.values_list("shot_id", flat=True)) == [pk for pk, _ in before], "and they are in the cut again"
    assert all(line.scene_id == link.shot.scene_id for link in ShotLine.objects.select_related("shot", "line") for line in (link.line,))


@pytest.mark.django_db
def test_a_shot_set_aside_stays_aside_when_the_script_is_saved_again(film: Project, people: SimpleNamespace) -> None:
    aside = Shot.objects.in_film(film).filter(scene__heading="INT. LAMP ROOM - NIGHT").last()
    assert aside is not None
    remove_shot(aside, by=people.writer)
    standing = set(Shot.objects.in_film(film).values_list("pk", flat=True))
    revise_script(film, by=people.writer, text=FIRST.replace("He is late again.", "He is late once more."), base=1)
    deliver(film)
    assert set(Shot.objects.in_film(film).values_list("pk", flat=True)) == standing


@pytest.mark.django_db
def test_a_revision_saved_before_the_last_was_listed_is_compared_with_what_the_shots_stand_for(film: Project, people: SimpleNamespace) -> None:
    cliff = list(Shot.objects.in_film(film).filter(scene__heading="EXT. CLIFF - DAWN").values_list("pk", "action"))
    revise_script(film, by=people.writer, text="INT. ATTIC - DAY\n\nDust.\n\n" + FIRST, base=1)
    revise_script(film, by=people.writer, text="INT. ATTIC - DAY\n\nDust. Nobody.\n\n" + FIRST, base=2)
    deliver(film)
    assert list(Shot.objects.in_film(film).filter(scene__heading="EXT. CLIFF - DAWN").values_list("pk", "action")) == cliff


@pytest.mark.django_db
def test_a_scene_cut_from_the_script_is_not_filmed(film: Project, people: SimpleNamespace) -> None:
    revise_script(film, by=people.writer, text=FIRST[: FIRST.index("EXT. CLIFF")], base=1)
    deliver(film)
    ordered = {order.subject.pk for order in film_orders(film) if order.kind == "shot"}
    assert ordered == set(Shot.objects.filter(project=film, scene__heading="INT. KITCHEN - NIGHT").values_list("pk", flat=True))
    assert [order.subject for order in film_orders(film) if order.kind == "voice"] == [Line.objects.get(project=film, text="He is late again.")]


@pytest.mark.django_db
def test_a_file_that_is_no_screenplay_leaves_what_is_being_written(
    film: Project, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    letter = SimpleUploadedFile("letter.txt", b"Dear mother, all is well.\n")
    form = {"file": letter, "text": FIRST + "Half a sent", "base": "1"}
    answer = client_for(people.writer).post(reverse("script:revisions", args=[film.slug]), form)
    assert answer.status_code == 400
    assert b"letter.txt has no scene heading" in answer.content and b"Nothing was changed." in answer.content
    assert b"Half a sent" in answer.content


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


@pytest.mark.django_db
def test_a_shot_waits_for_the_designs_it_shows_and_for_no_others(film: Project) -> None:
    """A film of a thousand places would else be a million waits."""
    for panel in Job.objects.filter(project=film, kind="panel"):
        facts = panel.spec["facts"]
        names = {need.needs.title.split(" - ")[0] for need in Need.objects.filter(job=panel).select_related("needs")}
        shown = {*facts["cast"], *(name for beat in facts["beats"] for name in beat["characters"])}
        place = str(Location.objects.get(project=film, name=facts["place"]))
        assert names == {place, *shown}, panel.title
