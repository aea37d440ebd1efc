from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from studio.accounts.models import Person
from studio.events.log import record
from studio.events.models import Event
from studio.events.subscribers import deliver_chain
from studio.jobs.models import State
from studio.notices import actions, queries
from studio.notices.models import Choice, Notice
from studio.projects.models import Membership, Project
from studio.review.models import Note
from studio.review.notes import assign_note, note_shot, settle_note
from studio.share.actions import Terms, make_link
from studio.share.guests import name_guest
from studio.shots.models import Take
from studio.timeline.freeze import freeze_cut
from studio.work.beginning import begin_work
from studio.work.following import change_standing
from studio.work.models import Status
from tests.films import Film, fill, job_of


@transaction.atomic
def wrote(project: Project, by: Any, **data: Any) -> Event:
    note = Note.objects.create(project=project, subject="shot", author=by, text="Look.", parent_id=data.get("parent"))
    return record("note.written", actor=by, project=project, subject=note, data={"note": str(note.pk), **data})


@transaction.atomic
def happens(project: Project, kind: str, by: Any, subject: Any = None, **data: Any) -> Event:
    return record(kind, actor=by, project=project, subject=subject, data=data)


def told(project: Project) -> set[tuple[str, str]]:
    deliver_chain(project.pk)
    return {(row.person.email.split("@")[0], row.topic) for row in Notice.objects.filter(project=project).select_related("person")}


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    made = fill(project, people.artist)
    told(project)
    Notice.objects.all().delete()
    return made


def test_a_mention_an_assignment_and_an_answer_are_told_to_whom_they_concern_and_to_nobody_else(project: Project, people: SimpleNamespace) -> None:
    first = wrote(project, people.writer)
    wrote(project, people.artist, parent=first.data["note"], mentions=[str(people.reviewer.pk)], assigned=str(people.producer.pk))
    assert told(project) == {("writer", "answered"), ("reviewer", "mentioned"), ("producer", "assigned")}


def test_who_is_both_answered_and_mentioned_is_told_once_that_they_are_mentioned(project: Project, people: SimpleNamespace) -> None:
    first = wrote(project, people.writer)
    wrote(project, people.artist, parent=first.data["note"], mentions=[str(people.writer.pk)], assigned=str(people.writer.pk))
    assert told(project) == {("writer", "mentioned")}


def test_nobody_is_told_of_their_own_doing_nor_who_may_not_see_it(project: Project, people: SimpleNamespace) -> None:
    wrote(project, people.artist, mentions=[str(people.artist.pk), str(people.client.pk), str(people.stranger.pk)])
    assert told(project) == set()


def test_what_becomes_of_a_note_by_the_actions_themselves(film: Film, people: SimpleNamespace) -> None:
    note = note_shot(film.shots[0], by=people.reviewer, text="@Writer Person, look.")
    assign_note(note, by=people.reviewer, to=str(people.artist.pk))
    settle_note(note, by=people.artist, resolved=True)
    settle_note(note, by=people.artist, resolved=False)
    assert told(film.project) == {("writer", "mentioned"), ("artist", "assigned"), ("reviewer", "answered")}
    words = list(Notice.objects.filter(person=people.reviewer).values_list("words", flat=True))
    assert words == ["Artist Person opened your note again", "Artist Person resolved your note"]
    assert set(Notice.objects.values_list("address", flat=True)) == {f"/projects/{film.project.slug}/shots/{film.shots[0].pk}/"}


def test_one_event_is_told_once_however_often_it_is_heard(project: Project, people: SimpleNamespace) -> None:
    event = wrote(project, people.artist, mentions=[str(people.writer.pk)])
    assert actions.tell(event, project) == 1 and actions.tell(event, project) == 0
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


LEADS = {"owner", "producer"}


@pytest.mark.parametrize(
    ("kind", "data", "whom", "words"),
    [
        ("cut.judged", {"verdict": "approved", "revision": 3}, {*LEADS, "writer", "artist"}, "Reviewer Person approved revision 3"),
        ("cut.judged", {"verdict": "changes", "revision": 3}, {*LEADS, "writer", "artist"}, "Reviewer Person asked for changes to revision 3"),
        ("member.joined", {"role": "reviewer"}, LEADS, "Reviewer Person joined as reviewer"),
        ("job.failed", {"reason": "The {who} fell."}, {"reviewer"}, "A job failed: The {who} fell."),
        ("export.stored", {"number": 4, "revision": 3}, {"reviewer"}, "Export 4 of revision 3 is ready"),
        ("budget.warned", {}, LEADS, "Four fifths of the budget are spent or set aside"),
        ("hook.stopped", {"why": "it answered 503"}, LEADS, "A webhook was switched off: it answered 503"),
    ],
)
def test_the_table(project: Project, people: SimpleNamespace, kind: str, data: dict[str, Any], whom: set[str], words: str) -> None:
    happens(project, kind, people.reviewer, **data)
    assert {who for who, _ in told(project)} == whom
    assert set(Notice.objects.values_list("words", flat=True)) == {words}


def test_notes_of_a_client_are_told_to_the_leads_together(project: Project, people: SimpleNamespace) -> None:
    kim = Person.objects.create_user("kim@client.example", name="Kim", is_guest=True)
    wrote(project, kim)
    assert told(project) == {(who, "client") for who in LEADS}
    assert set(Notice.objects.values_list("words", flat=True)) == {"Kim wrote a note, as a client"}
    wrote(project, kim)
    told(project)
    assert set(Notice.objects.values_list("words", "address")) == {("2 notes by clients", f"/projects/{project.slug}/review/")}


def test_what_clients_say_of_shots_is_told_together_and_apart_from_their_coming(film: Film, people: SimpleNamespace) -> None:
    happens(film.project, "guest.came", people.client, name="Cleo")
    for shot in film.shots[:3]:
        happens(film.project, "work.changed", people.client, shot, after={"status": "Final"}, said="to Final", guest="1", name="Cleo")
    told(film.project)
    words = Notice.objects.filter(person=people.owner).order_by("words").values_list("words", flat=True)
    assert list(words) == ["3 times clients said where a shot stands", "Cleo came by a client's link"]


def test_a_fresh_revision_is_told_to_who_may_judge_it(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    frozen = freeze_cut(film.cut, by=people.artist)
    assert told(film.project) == {(who, "revision") for who in ("owner", "producer", "reviewer")}
    leads_to = Notice.objects.get(person=people.reviewer)
    assert leads_to.words == f"Artist Person froze revision {frozen.number} of the cut: it waits for a verdict"
    assert client_for(people.reviewer).get(leads_to.address).status_code == 200


def test_takes_that_were_ordered_are_told_together_until_they_are_read(film: Film, people: SimpleNamespace) -> None:
    project, take = film.project, film.takes[0]
    Take.objects.filter(pk=take.pk).update(job=job_of(film, State.SUCCEEDED))
    happens(project, "take.stored", people.artist, take, shot=take.shot_id, number=1)
    assert told(project) == {("artist", "take")}
    one = Notice.objects.get()
    assert one.words == f"Take 1 of shot {take.shot.code} is ready" and one.address.endswith(f"/shots/{take.shot_id}/")
    for _ in range(3):
        last = happens(project, "take.stored", people.artist, take, shot=take.shot_id, number=2)
    told(project)
    actions.tell(last, project)
    one = Notice.objects.get()
    assert (one.words, one.count) == ("4 takes that you ordered are ready", 4) and one.address.endswith("/storyboard/")
    actions.mark_read(people.artist)
    happens(project, "take.stored", people.artist, take, shot=take.shot_id, number=5)
    told(project)
    assert list(Notice.objects.values_list("count", flat=True)) == [1, 4]


def test_a_clip_that_was_put_there_by_a_click_is_no_news_to_who_clicked(film: Film, people: SimpleNamespace) -> None:
    happens(film.project, "take.stored", people.artist, film.takes[0], shot=film.takes[0].shot_id, number=1)
    assert told(film.project) == set()


def test_a_job_that_failed_names_itself_and_leads_to_its_shot(film: Film, people: SimpleNamespace) -> None:
    job = job_of(film, State.FAILED, title="Shot {who}", subject_kind="shot", subject_id=str(film.shots[0].pk))
    happens(film.project, "job.failed", people.artist, job, reason="The lamp fell over.")
    assert told(film.project) == {("artist", "failed")}
    one = Notice.objects.get()
    assert one.words == "“Shot (who)” failed: The lamp fell over." and one.address.endswith(f"/shots/{film.shots[0].pk}/")


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
    one = Notice.objects.first()
    assert one is not None and b">3<" in client.get("/notices/bell/").content
    assert client.head(f"/notices/{one.pk}/").status_code == 302 and queries.unread_count(people.writer) == 3
    answer = client.get(f"/notices/{one.pk}/")
    assert answer.status_code == 302 and answer["Location"].startswith(f"/projects/{project.slug}/review/")
    assert queries.unread_count(people.writer) == 2 and b">2<" in client.get(f"/projects/{project.slug}/").content
    panel = client.post("/notices/reading/", headers={"HX-Request": "true"})
    assert panel["HX-Trigger"] == "live:notice" and b"all read" in panel.content
    assert queries.unread_count(people.writer) == 0


def test_the_list_takes_as_many_questions_for_thirty_notices_as_for_three_and_goes_on(
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
    assert counts[0] == counts[1] <= 5
    for number in range(25):
        Notice.objects.create(person=people.writer, project=project, event=10**9 + number, topic="mentioned", words=f"No {number}.", address="/")
    newest = client.get("/notices/")
    assert newest.content.count(b'class="told ') == 50 and b"?before=" in newest.content
    rest = client.get(f"/notices/?before={newest.context['older']}", headers={"HX-Request": "true"})
    assert rest.content.count(b'class="told ') == 5 and b"?before=" not in rest.content


def test_one_is_asked_only_of_what_one_may_be_told(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    where = f"/projects/{project.slug}/notices/"
    assert b"The budget runs out" in client_for(people.owner).get(where).content
    writer = client_for(people.writer)
    assert b"The budget runs out" not in writer.get(where).content
    actions.choose(project, by=people.writer, mail="off", muted=["budget"])
    assert writer.post(where, {"mail": "daily", "wanted": ["mentioned", "failed"]}).status_code == 302
    choice = Choice.objects.get()
    assert choice.mail == "daily" and choice.muted == ["assigned", "answered", "judged", "budget", "work"]
    assert writer.post(where, {"mail": "hourly", "wanted": ["budget"]}).status_code == 400 and Choice.objects.get().mail == "daily"


def test_a_shot_given_to_somebody_a_finished_scene_and_a_client_who_comes_are_told(film: Film, people: SimpleNamespace) -> None:
    project = film.project
    begin_work(project)
    done = Status.objects.filter(project=project, done=True).order_by("order")[0]
    change_standing(film.shots[0], by=people.producer, base=0, assigned=people.artist, status=done)
    assert told(project) == {("artist", "assigned")}
    Notice.objects.all().delete()
    for shot in film.shots[1:]:
        change_standing(shot, by=people.producer, base=0, status=done)
    assert told(project) == {("owner", "work"), ("producer", "work")}, "the automation tells its own doer too"
    assert Notice.objects.filter(topic="work")[0].address == f"/projects/{project.slug}/work/"
    Notice.objects.all().delete()
    link, _ = make_link(film.cut, by=people.owner, terms=Terms())
    told(project)
    Notice.objects.all().delete()
    name_guest(link, name="Cleo {who}")
    assert told(project) == {("owner", "client"), ("producer", "client")}
    assert Notice.objects.all()[0].words == "Cleo {who} came by a client's link"


def test_a_notice_is_said_in_its_readers_language_and_kept_in_english(
    film: Film, people: SimpleNamespace, client_for: Callable[..., Client], dreamt: dict[str, str]
) -> None:
    dreamt |= {
        "{who}, a client, set a shot {said}": "{said} · {who}",
        "to %(status)s": "nach %(status)s",
        "Changes requested": "Änderungen",
        "all shots of scene {scene} are done": "Szene {scene} ist fertig",
        "{who} joined as {role}": "{who}: {role}",
        "reviewer": "Prüferin",
    }
    after = {"status": "Changes requested"}
    happens(film.project, "work.changed", people.client, film.shots[0], after=after, said="to Changes requested", guest="1", name="Cleo")
    data = {"people": [str(people.owner.pk)], "words": "all shots of scene 1 are done", "says": "all shots of scene {scene} are done"}
    happens(film.project, "work.told", people.artist, film.scenes[0], **data, facts={"scene": "1"})
    happens(film.project, "member.joined", people.reviewer, role="reviewer")
    told(film.project)
    rows = Notice.objects.filter(person=people.owner).order_by("event")
    english = ["Client Person, a client, set a shot to Changes requested", "all shots of scene 1 are done", "Reviewer Person joined as reviewer"]
    assert [row.words for row in rows] == [row.said for row in rows] == english
    with translation.override("de"):
        assert [row.said for row in rows] == ["nach Änderungen · Client Person", "Szene 1 ist fertig", "Reviewer Person: Prüferin"]
    Notice.objects.filter(person=people.owner).update(says="")
    with translation.override("de"):
        assert [row.said for row in rows.all()] == english, "rows of earlier days stay as they were written"
