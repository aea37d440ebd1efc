"""The clerk's own threads: they carry mail and calls, outlive a connection that was cut, and end when they are told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection

from studio.notices import actions, mailing
from studio.notices.models import Delivery, Mail, Notice
from studio.projects.models import Project
from studio.web import clerk
from tests.notices.servers import Post, Receiver, running, status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def begun(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[threading.Thread]]]:
    """Starts the threads as the clerk does, without its sweeper; they are over at the end."""
    monkeypatch.setattr(clerk, "EVERY", 0.02)
    monkeypatch.setattr(clerk, "_sweep_for_ever", lambda: None)

    def begin() -> list[threading.Thread]:
        before = set(threading.enumerate())
        clerk._begin()
        return [thread for thread in threading.enumerate() if thread not in before and thread.name in ("post", "courier")]

    yield begin
    clerk._end()
    for thread in threading.enumerate():
        if thread.name in ("post", "courier"):
            thread.join(5)
    clerk._over.clear()


def test_they_carry_and_end_when_they_are_told_to(
    project: Project, people: SimpleNamespace, settings: Any, begun: Callable[[], list[threading.Thread]]
) -> None:
    mailed, called = threading.Event(), threading.Event()

    def answer(call: Any) -> None:
        called.set()
        status(call, 200)

    with running(Post()) as post, running(Receiver()) as receiver:
        post.on_taken, receiver.answer = mailed.set, answer
        settings.EMAIL_ENABLED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        actions.choose(project, by=people.writer, mail="once", muted=[])
        Notice.objects.create(person=people.writer, project=project, event=1, topic="mentioned", words="Look", address="/")
        hook, _ = actions.add_hook(project, by=people.owner, url=receiver.url, own_network=True)
        actions.try_hook(hook, by=people.owner)
        threads = begun()
        assert {thread.name for thread in threads} == {"post", "courier"} and all(thread.daemon for thread in threads)
        assert mailed.wait(20) and called.wait(20)
        clerk._end()
        for thread in threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in threads)
    assert Mail.objects.get().state == "sent" and Delivery.objects.get().status == 200


def test_a_connection_that_is_cut_in_the_midst_costs_one_round(project: Project) -> None:
    def cut_and_gather() -> int:
        connection.ensure_connection()
        told = connection.connection.info
        with psycopg.connect(told.dsn, password=told.password) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [told.backend_pid])
        return mailing.gather()

    assert clerk._attempt("notices to mail", cut_and_gather) is None
    assert clerk._attempt("notices to mail", mailing.gather) == 0
