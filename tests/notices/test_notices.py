from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.events.log import record
from studio.events.models import Event
from studio.events.subscribers import deliver_chain
from studio.notices import actions, queries
from studio.notices.models import Choice, Notice
from studio.projects.models import Membership, Project
from studio.review.models import Note


@transaction.atomic
def wrote(project: Project, by: Any, **data: Any) -> Event:
    note = Note.objects.create(project=project, subject="shot", author=by, text="Look.", parent_id=data.get("parent"))
    return record("note.written", actor=by, project=project, subject=note, data={"note": str(note.pk), **data})


def told(project: Project) -> set[tuple[str, str]]:
    deliver_chain(project.pk)
    return {(row.person.email.split("@")[0], row.topic) for row in Notice.objects.filter(project=project).select_related("person")}


def test_a_mention_an_assignment_and_an_answer_are_told_to_whom_they_concern_and_to_nobody_else(project: Project, people: SimpleNamespace) -> None:
    first = wrote(project, people.writer)
    wrote(project, people.artist, parent=first.data["note"], mentions=[str(people.reviewer.pk)], assigned=str(people.producer.pk))
    assert told(project) == {("writer", "answered"), ("reviewer", "mentioned"), ("producer", "assigned")}


def test_nobody_is_told_of_their_own_doing_nor_who_may_not_see_it(project: Project, people: SimpleNamespace) -> None:
    wrote(project, people.artist, mentions=[str(people.artist.pk), str(people.client.pk), str(people.stranger.pk)])
    assert told(project) == set()


def test_one_event_is_told_once_however_often_it_is_heard(project: Project, people: SimpleNamespace) -> None:
    event = wrote(project, people.artist, mentions=[str(people.writer.pk)])
    actions.tell(event, project)
    actions.tell(event, project)
    assert told(project) == {("writer", "mentioned")} and Notice.objects.count() == 1


def test_a_muted_topic_is_not_told(project: Project, people: SimpleNamespace) -> None:
    actions.choose(project, by=people.writer, mail="off", muted=["mentioned", "nonsense"])
    assert Choice.objects.get().muted == ["mentioned"]
    wrote(project, people.artist, mentions=[str(people.writer.pk)])
    assert told(project) == set()


def test_old_events_are_no_news(project: Project, people: SimpleNamespace) -> None:
    event = wrote(project, people.artist, mentions=[str(people.writer.pk)])
    event.at = timezone.now() - timedelta(days=3)
    assert actions.tell(event, project) == 0


@pytest.mark.parametrize(
    ("kind", "data", "whom", "words"),
    [
        (
            "cut.judged",
            {"verdict": "approved", "revision": 3},
            {"owner", "producer", "writer", "artist"},
            "Reviewer Person judged revision 3: approved",
        ),
        ("link.watched", {}, {"owner", "producer"}, "Reviewer Person watched what was shared"),
        ("member.joined", {"role": "reviewer"}, {"owner", "producer"}, "Reviewer Person joined as reviewer"),
        ("job.failed", {"reason": "The lamp fell."}, {"reviewer"}, "A job failed: The lamp fell."),
        ("budget.warned", {}, {"owner", "producer"}, "Four fifths of the budget are spent or set aside"),
    ],
)
def test_the_table(project: Project, people: SimpleNamespace, kind: str, data: dict[str, Any], whom: set[str], words: str) -> None:
    with transaction.atomic():
        record(kind, actor=people.reviewer, project=project, data=data)
    assert {who for who, _ in told(project)} == whom
    assert set(Notice.objects.values_list("words", flat=True)) == {words}


def test_whoever_leaves_the_team_sees_no_notice_of_it_any_more(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    wrote(project, people.artist, mentions=[str(people.writer.pk)])
    told(project)
    one = Notice.objects.get()
    client = client_for(people.writer)
    assert b"mentioned you" in client.get("/notices/").content
    Membership.objects.filter(person=people.writer).update(role="client")
    assert b"mentioned you" not in client.get("/notices/").content
    assert client.get(f"/notices/{one.pk}/").status_code == 404


def test_opening_a_notice_leads_to_its_place_and_reads_it(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    for _ in range(3):
        wrote(project, people.artist, mentions=[str(people.writer.pk)])
    told(project)
    client = client_for(people.writer)
    assert b"3 unread" in client.get("/notices/bell/").content
    answer = client.get(f"/notices/{Notice.objects.first().pk}/")  # type: ignore[union-attr]
    assert answer.status_code == 302 and answer["Location"].startswith(f"/projects/{project.slug}/review/")
    assert queries.unread_count(people.writer) == 2
    client.post("/notices/reading/")
    assert queries.unread_count(people.writer) == 0


def test_the_list_takes_as_many_questions_for_thirty_notices_as_for_three(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    client, counts = client_for(people.writer), []
    for many in (3, 27):
        for _ in range(many):
            wrote(project, people.artist, mentions=[str(people.writer.pk)])
        told(project)
        with CaptureQueriesContext(connection) as asked:
            client.get("/notices/panel/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4
