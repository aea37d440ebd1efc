from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone, translation

from studio.jobs.models import Job
from studio.notices import actions, mailing
from studio.notices.models import Choice, Mail, Notice
from studio.projects.models import Membership, Project
from tests.notices.servers import Post, running


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with running(Post()) as server:
        settings.EMAIL_ENABLED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        yield server


@pytest.fixture
def notice(project: Project, people: SimpleNamespace) -> Callable[..., Notice]:
    def make(words: str = "Artist Person mentioned you in a note", mail: str = "once") -> Notice:
        actions.choose(project, by=people.writer, mail=mail, muted=[])
        number = Notice.objects.count() + 1
        return Notice.objects.create(person=people.writer, project=project, event=number, topic="mentioned", words=words, address="/projects/x/")

    return make


def body(message: Any, kind: str) -> str:
    return next(str(part.get_payload(decode=True).decode()) for part in message.walk() if part.get_content_type() == kind)


def test_a_notice_is_mailed_as_words_and_html_with_a_way_to_stop(post: Post, notice: Callable[..., Notice], settings: Any) -> None:
    notice(words="<b>Artist</b> mentioned you")
    assert mailing.gather() == 1 and mailing.send_due() == 1
    (taken,) = post.taken
    assert taken["Subject"] == "The Lighthouse: <b>Artist</b> mentioned you" and taken["To"] == "writer@example.com"
    assert taken["From"] == settings.DEFAULT_FROM_EMAIL and taken["Auto-Submitted"] == "auto-generated"
    assert taken["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and "/notices/stop/" in taken["List-Unsubscribe"]
    assert "<b>Artist</b> mentioned you" in body(taken, "text/plain") and "&lt;b&gt;Artist" in body(taken, "text/html")
    assert Mail.objects.get().state == "sent"
    assert mailing.gather() == 0 and mailing.send_due() == 0 and len(post.taken) == 1


@pytest.mark.parametrize(("mail", "wait"), [("hourly", timedelta(hours=1)), ("daily", timedelta(days=1))])
def test_a_digest_waits_and_holds_all_of_its_time(post: Post, notice: Callable[..., Notice], mail: str, wait: timedelta) -> None:
    for number in range(3):
        notice(words=f"Notice {number}", mail=mail)
    read = notice(words="Read already", mail=mail)
    Notice.objects.filter(pk=read.pk).update(read=timezone.now())
    assert mailing.gather(timezone.now() + wait - timedelta(minutes=1)) == 0
    later = timezone.now() + wait
    assert mailing.gather(later) == 1 and mailing.send_due(later) == 1
    assert post.taken[0]["Subject"] == "The Lighthouse: 3 notices"
    assert all(f"Notice {number}" in body(post.taken[0], "text/plain") for number in range(3))
    assert "Read already" not in body(post.taken[0], "text/plain")


def test_off_mails_nothing_and_nothing_late(post: Post, notice: Callable[..., Notice]) -> None:
    notice(mail="off")
    assert mailing.gather() == 0
    Choice.objects.update(mail="once")
    assert mailing.gather() == 0


@pytest.mark.parametrize("answer", ["451 later", "recipient 450"])
def test_a_server_that_says_later_is_asked_again_later(post: Post, notice: Callable[..., Notice], answer: str) -> None:
    post.answers = [answer]
    notice()
    mailing.gather()
    now = timezone.now()
    assert mailing.send_due(now) == 0
    mail = Mail.objects.get()
    assert mail.state == "waiting" and mail.due == now + timedelta(minutes=1) and mail.error
    assert mailing.send_due(now) == 0 and not post.taken
    assert mailing.send_due(now + timedelta(minutes=1)) == 1
    assert [(row.state, row.attempts) for row in Mail.objects.all()] == [("sent", 2)] and len(post.taken) == 1


@pytest.mark.parametrize("answer", ["550 no", "recipient 550"])
def test_a_server_that_says_no_is_not_asked_again(post: Post, notice: Callable[..., Notice], answer: str) -> None:
    post.answers = [answer]
    notice()
    mailing.gather()
    assert mailing.send_due() == 0 and mailing.send_due(timezone.now() + timedelta(days=3)) == 0
    assert Mail.objects.get().state == "failed" and "550" in Mail.objects.get().error and not post.taken


def test_a_server_that_goes_away_half_way_leaves_a_doubt_and_is_not_sent_it_twice(post: Post, notice: Callable[..., Notice]) -> None:
    post.answers = ["hang up"]
    notice()
    mailing.gather()
    assert mailing.send_due() == 0 and mailing.send_due(timezone.now() + timedelta(days=3)) == 0
    assert Mail.objects.get().state == "in doubt" and len(post.taken) == 1


def test_mail_at_once_about_takes_waits_until_what_was_ordered_is_done_or_an_hour(
    notice: Callable[..., Notice], project: Project, people: SimpleNamespace
) -> None:
    take = notice()
    Notice.objects.filter(pk=take.pk).update(topic="take")
    notice(words="Somebody mentioned you")
    job = Job.objects.create(project=project, kind="shot", requested_by=people.writer, spec={})
    assert mailing.gather() == 1 and Mail.objects.get().subject == "The Lighthouse: Somebody mentioned you"
    assert mailing.gather() == 0
    assert mailing.gather(timezone.now() + timedelta(hours=1)) == 1
    Notice.objects.filter(pk=take.pk).update(mailed=False)
    job.delete()
    assert mailing.gather() == 1


def test_a_digest_that_waits_holds_up_no_mail_of_others(notice: Callable[..., Notice], project: Project, people: SimpleNamespace) -> None:
    notice(mail="daily")
    Notice.objects.bulk_create(
        Notice(person=people.writer, project=project, event=100 + number, topic="mentioned", words="x", address="/") for number in range(1100)
    )
    actions.choose(project, by=people.artist, mail="once", muted=[])
    Notice.objects.create(person=people.artist, project=project, event=5000, topic="mentioned", words="For the artist", address="/")
    assert mailing.gather() == 1 and Mail.objects.get().person == people.artist


def test_a_mail_names_fifty_and_leads_to_the_rest(post: Post, notice: Callable[..., Notice]) -> None:
    for number in range(52):
        notice(words=f"Notice {number}.")
    assert mailing.gather() == 1 and mailing.send_due() == 1
    plain = body(post.taken[0], "text/plain")
    assert plain.count("Notice ") == 50 and "And more: http" in plain


@pytest.mark.parametrize("refusal", ["it is gone", "it does not know us"])
def test_a_server_that_takes_nothing_from_us_is_tried_six_times_by_all_that_wait(notice: Callable[..., Notice], settings: Any, refusal: str) -> None:
    """A wrong password is the operator's to mend: no mail is given up for it at once."""
    with running(Post(greeting="554 go away")) as server:
        if refusal == "it is gone":
            server.server_close()
        settings.EMAIL_ENABLED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        notice()
        assert mailing.gather() == 1
        notice()
        assert mailing.gather() == 1
        now, waits = timezone.now(), []
        while mailing.send_due(now) == 0 and (row := Mail.objects.first()) and row.state == "waiting":
            waits.append(round((row.due - now).total_seconds() / 60))
            now = row.due
        assert waits == [1, 5, 30, 120, 720]
        assert [(row.state, row.attempts) for row in Mail.objects.all()] == [("failed", 6)] * 2


def test_mails_go_over_one_connection_and_no_more_begin_when_the_clerk_ends(post: Post, notice: Callable[..., Notice]) -> None:
    for number in range(3):
        notice(words=f"Notice {number}")
        mailing.gather()
    ends = iter([False, False, True])
    assert mailing.send_due(enough=lambda: next(ends)) == 2
    assert post.connections == 1 and [row.state for row in Mail.objects.order_by("pk")] == ["sent", "sent", "waiting"]


def test_an_address_that_cannot_be_written_to_is_given_up_and_holds_up_nobody(
    post: Post, notice: Callable[..., Notice], people: SimpleNamespace
) -> None:
    notice()
    mailing.gather()
    type(people.writer).objects.filter(pk=people.writer.pk).update(email="w\r\nx@example.com")
    assert mailing.send_due() == 0
    assert Mail.objects.get().state == "failed" and not post.taken


class Looking(EmailBackend):
    """Keeps what its row says of a mail at the moment it is handed over."""

    seen: list[str] = []

    def send_messages(self, messages: Any) -> int:
        self.seen.append(Mail.objects.get().state)
        return int(super().send_messages(messages))


def test_a_mail_says_that_it_is_being_sent_before_it_is(notice: Callable[..., Notice], settings: Any) -> None:
    settings.EMAIL_ENABLED, settings.EMAIL_BACKEND = True, f"{__name__}.Looking"
    Looking.seen.clear()
    notice()
    mailing.gather()
    assert mailing.send_due() == 1 and Looking.seen == ["sending"]


def test_a_clerk_that_died_while_sending_leaves_a_doubt(post: Post, notice: Callable[..., Notice]) -> None:
    notice()
    mailing.gather()
    Mail.objects.update(state="sending", began=timezone.now() - timedelta(minutes=11))
    assert mailing.send_due() == 0
    assert Mail.objects.get().state == "in doubt" and not post.taken


def test_who_left_the_team_before_it_went_gets_no_mail(post: Post, notice: Callable[..., Notice], people: SimpleNamespace) -> None:
    notice()
    mailing.gather()
    Membership.objects.filter(person=people.writer).delete()
    assert mailing.send_due() == 0 and not post.taken


def test_the_link_stops_the_mail_signed_out_by_post_alone(post: Post, notice: Callable[..., Notice]) -> None:
    notice()
    mailing.gather()
    mailing.send_due()
    link = "/" + post.taken[0]["List-Unsubscribe"].replace("\n", "").replace(" ", "").strip("<>").split("/", 3)[3]
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(link).status_code == 200 and Choice.objects.get().mail == "once"
    assert stranger.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200 and Choice.objects.get().mail == "off"
    assert stranger.post(link[:-5] + "aaaa/").status_code == 404


def test_without_a_server_the_page_says_why(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    assert b"EMAIL_URL" in client_for(people.writer).get(f"/projects/{project.slug}/notices/").content


def test_mail_and_digest_come_in_the_readers_language(
    post: Post, notice: Callable[..., Notice], people: SimpleNamespace, dreamt: dict[str, str]
) -> None:
    dreamt |= {
        "{who} mentioned you in a note": "{who} hat dich erwähnt",
        "%(count)d notices": "%(count)d Meldungen",
        "No more mail about this film": "Keine Mail mehr zu diesem Film",
    }
    people.writer.language = "de"
    people.writer.save()
    row = notice()
    Notice.objects.filter(pk=row.pk).update(says="{who} mentioned you in a note", facts={"who": "Artist Person"})
    assert mailing.gather() == 1 and mailing.send_due() == 1
    assert str(make_header(decode_header(post.taken[0]["Subject"]))) == "The Lighthouse: Artist Person hat dich erwähnt"
    assert "Artist Person hat dich erwähnt" in body(post.taken[0], "text/plain") and "Keine Mail mehr" in body(post.taken[0], "text/plain")
    assert '<html lang="de">' in body(post.taken[0], "text/html")
    for _ in range(2):
        notice()
    assert mailing.gather() == 1 and mailing.send_due() == 1
    assert str(make_header(decode_header(post.taken[1]["Subject"]))) == "The Lighthouse: 2 Meldungen"
    assert translation.get_language() == "en", "the clerk's own language is as it was"
