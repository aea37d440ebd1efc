from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

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
    return next(part.get_payload(decode=True).decode() for part in message.walk() if part.get_content_type() == kind)


def test_a_notice_is_mailed_as_words_and_html_with_a_way_to_stop(post: Post, notice: Callable[..., Notice]) -> None:
    notice(words="<b>Artist</b> mentioned you")
    assert mailing.gather() == 1 and mailing.send_due() == 1
    (taken,) = post.taken
    assert taken["Subject"] == "The Lighthouse: <b>Artist</b> mentioned you" and taken["To"] == "writer@example.com"
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


def test_a_server_that_is_not_there_is_tried_six_times(notice: Callable[..., Notice], settings: Any) -> None:
    with running(Post()) as gone:
        port = gone.port
    settings.EMAIL_ENABLED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    notice()
    mailing.gather()
    now = timezone.now()
    for _ in range(9):
        mailing.send_due(now)
        now += timedelta(hours=13)
    assert Mail.objects.get().state == "failed" and Mail.objects.get().attempts == 6


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
