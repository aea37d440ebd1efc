"""Panels follow their shots: drawn for new ones, drawn again at once when what is seen changes, and only then."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.contract import Output, Result
from studio.events.subscribers import deliver_chain
from studio.jobs import lease
from studio.jobs.models import INTERACTIVE, Job, State
from studio.projects.models import Project
from studio.shots import actions
from studio.storyboard.actions import draw_panels, panel_size, redraw
from studio.storyboard.models import Panel
from studio.storyboard.queries import animatic
from studio.work.beginning import begin_work
from studio.work.following import change_standing
from studio.work.models import Status
from tests.films import Film, asset, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    film = fill(project, people.owner, 4)
    deliver_chain(project.pk)
    Job.objects.all().delete()
    return film


def jobs(film: Film) -> list[Job]:
    deliver_chain(film.project.pk)
    return list(Job.objects.filter(project=film.project, kind="panel").order_by("created"))


def drawn(job: Job, words: str) -> None:
    """A worker claims this drawing and finishes it."""
    Job.objects.filter(pk=job.pk).update(available="2020-01-01T00:00Z", priority=-1)
    held = lease.claim("w", ["desk"])
    assert held is not None and held.pk == job.pk
    picture = asset(words, "image/webp")
    picture.save()
    output = Output(name="poster", path="/dev/null", media_type="image/webp", sha256=picture.sha256, size=picture.size)
    lease.finish(held, Result(outputs=(output,)), {"poster": picture}, 0.5)


def test_a_changed_camera_draws_the_panel_again_at_once(film: Film, people: SimpleNamespace) -> None:
    actions.change_shot(film.shots[0], by=people.artist, base=1, size="close-up")
    (job,) = jobs(film)
    assert (job.subject_id, job.priority, job.queue, job.spec["camera"]["size"]) == (str(film.panels[0].pk), INTERACTIVE, "desk", "close-up")
    drawn(job, "a close-up")
    panel = Panel.objects.get(pk=film.panels[0].pk)
    assert panel.drawing is not None and (panel.drawing.number, panel.drawing.asset_id) == (2, asset("a close-up").sha256)
    assert panel.drawings.count() == 2, "the earlier drawing stays"


def test_what_is_not_seen_in_a_still_draws_nothing(film: Film, people: SimpleNamespace) -> None:
    actions.change_shot(film.shots[0], by=people.artist, base=1, speed="fast", easing="linear")
    assert jobs(film) == []


def test_of_many_changes_in_a_row_only_the_newest_is_drawn(film: Film, people: SimpleNamespace) -> None:
    for base, lens in enumerate((24, 28, 35, 50, 85), start=1):
        actions.change_shot(film.shots[0], by=people.artist, base=base, lens=lens)
        jobs(film)
    waiting = [job for job in jobs(film) if job.state == State.QUEUED]
    assert [job.spec["camera"]["lens"] for job in waiting] == [85]


def test_an_older_drawing_that_comes_late_does_not_cover_a_newer_one(film: Film, people: SimpleNamespace) -> None:
    panel = film.panels[0]
    old = redraw(panel, by=people.artist)
    Job.objects.filter(pk=old.pk).update(available="2020-01-01T00:00Z")
    held = lease.claim("w", ["desk"])
    assert held is not None
    new = redraw(panel, by=people.artist)
    drawn(new, "newer")
    picture = asset("older", "image/webp")
    picture.save()
    output = Output(name="poster", path="/dev/null", media_type="image/webp", sha256=picture.sha256, size=picture.size)
    lease.finish(held, Result(outputs=(output,)), {"poster": picture}, 0.5)
    standing = Panel.objects.get(pk=panel.pk).drawing
    assert standing is not None and standing.asset_id == asset("newer").sha256


def test_a_new_shot_has_a_panel_and_one_set_aside_none_on_the_wall(film: Film, people: SimpleNamespace) -> None:
    fresh = actions.add_shot(film.shots[1], by=people.writer)
    ordered = jobs(film)
    assert Panel.objects.filter(shot=fresh).count() == 1
    assert str(Panel.objects.get(shot=fresh).pk) in {job.subject_id for job in ordered}
    actions.remove_shot(film.shots[0], by=people.writer)
    assert [clip["shot"] for clip in animatic(film.project)["clips"]] == [film.shots[1].pk, fresh.pk, film.shots[2].pk, film.shots[3].pk]


def test_panels_of_another_project_are_not_drawn(film: Film, people: SimpleNamespace) -> None:
    from tests.films import film_of

    other = film_of(people.stranger, "Other", 1)
    assert draw_panels(film.project, [other.panels[0].pk], by=people.owner) == []


def test_the_animatic_is_as_long_as_the_film_and_speaks_its_lines(film: Film) -> None:
    played = animatic(film.project)
    assert played["total"] == sum(shot.frames for shot in film.shots) and len(played["clips"]) == 4
    assert [sound["at"] for sound in played["sound"]] == [6, 54, 102, 150] and all(clip["still"] for clip in played["clips"])


@pytest.mark.parametrize(
    ("width", "height", "panel"), [(1280, 720, (480, 270)), (1280, 536, (480, 200)), (720, 1280, (270, 480)), (1080, 1080, (480, 480))]
)
def test_a_panel_has_the_films_shape_in_even_pixels(width: int, height: int, panel: tuple[int, int]) -> None:
    assert panel_size(Project(width=width, height=height)) == panel


def test_a_panel_says_where_its_shot_stands_and_asks_no_more_for_it(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    begin_work(film.project)
    client, where = client_for(people.artist), reverse("storyboard:wall", args=[film.project.slug])
    counted, chips = [], []
    client.get(where)
    for number, name in enumerate(("Pending review", "Final", "In progress", "Final")):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(where).content.decode()
        asked = [query["sql"] for query in queries if 'FROM "work_' in query["sql"]]
        assert len(asked) <= 1, asked  # where the film's shots start, once
        counted.append(len(queries))
        chips.append([page.count(f'title="{words}"') for words in ("Ready to start", "Final")])
        change_standing(film.shots[number], by=people.artist, base=0, status=Status.objects.get(project=film.project, name=name))
    assert chips == [[4, 0], [3, 0], [2, 1], [1, 1]]
    assert len(set(counted)) == 1, counted
    fragment = client.get(reverse("storyboard:panel", args=[film.project.slug, film.panels[1].pk])).content.decode()
    assert 'title="Final"' in fragment and "Ready to start" not in fragment
