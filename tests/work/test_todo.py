"""A note that becomes somebody's work."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from studio.events.models import Event
from studio.projects.models import Membership, Project
from studio.review.models import Note
from studio.review.notes import note_shot, settle_note, write_note
from studio.timeline.freeze import freeze_cut
from studio.work.beginning import begin_work
from studio.work.following import change_standing, standing_of
from studio.work.models import Status
from studio.work.todo import give_note
from tests.films import Film, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    made = fill(project, people.owner)
    begin_work(project)
    return made


def test_it_goes_to_whose_shot_it_is_and_the_shot_goes_back(film: Film, people: SimpleNamespace) -> None:
    shot = film.shots[1]
    change_standing(shot, by=people.owner, base=0, assigned=people.artist, status=Status.objects.get(project=film.project, name="Approved"))
    row = give_note(note_shot(shot, by=people.reviewer, text="Too dark."), by=people.producer)
    assert (row.assigned, row.status.retake) == (people.artist, True)
    assert Note.objects.get().assigned == people.artist
    told = Event.objects.filter(kind__in=["note.assigned", "work.changed"]).count()
    give_note(Note.objects.get(), by=people.producer)
    assert Event.objects.filter(kind__in=["note.assigned", "work.changed"]).count() == told, "said twice, nothing is changed"


def test_nobodys_shot_goes_to_who_made_its_take_if_they_are_still_here_or_to_who_says_it(film: Film, people: SimpleNamespace) -> None:
    frozen = freeze_cut(film.cut, by=people.owner)
    assert give_note(write_note(frozen, by=people.reviewer, text="M.", first=2), by=people.artist).assigned == people.owner
    film.takes[2].by = people.stranger  # somebody who is no longer of the film
    film.takes[2].save()
    second = write_note(frozen, by=people.reviewer, text="M.", first=50)
    assert second.take == film.takes[2] and give_note(second, by=people.artist).assigned == people.artist
    named = note_shot(film.shots[3], by=people.reviewer, text="Darker, @producer.")
    assert named.mentions.get().person == people.producer and give_note(named, by=people.artist).assigned == people.producer
    for_writer = note_shot(film.shots[2], by=people.reviewer, text="Who says that?", assigned=people.writer.pk)
    assert give_note(for_writer, by=people.artist).assigned == people.writer, "whom the note was for comes first"


def test_the_page_says_what_became_of_it_or_why_not(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    artist = client_for(people.artist)

    def said(note: Note) -> tuple[int, str]:
        answer = artist.post(reverse("work:task", args=[film.project.slug, note.pk]))
        return answer.status_code, answer.headers.get("HX-Trigger", "") or answer.content.decode()

    note = note_shot(film.shots[0], by=people.reviewer, text="Too dark.")
    code, words = said(note)
    assert code == 204 and "1.1: Changes requested, for Artist Person" in words
    settle_note(note, by=people.owner, resolved=True)
    assert said(note)[0] == 409 and "Open it again first" in said(note)[1]
    film.shots[1].removed = True
    film.shots[1].save()
    code, words = said(note_shot(film.shots[1], by=people.reviewer, text="Too dark."))
    assert code == 409 and "about no shot of the film" in words
    assert standing_of(film.shots[1]).revision == 0
    Membership.objects.filter(person=people.artist).delete()
    assert said(note)[0] == 404
