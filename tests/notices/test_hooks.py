from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from generation.outside import Bounds
from studio.events.log import record
from studio.events.subscribers import deliver_chain
from studio.notices import actions, tasks
from studio.notices.actions import HookProblem
from studio.notices.models import Delivery, Hook, Notice
from studio.projects.models import Project
from tests.notices.servers import Receiver, running, status

SHORT = Bounds(connect=1, idle=0.4, total=2, size=4096)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver()) as server:
        yield server
        server.over.set()


@pytest.fixture
def hook(project: Project, people: SimpleNamespace, receiver: Receiver) -> tuple[Hook, str]:
    return actions.add_hook(project, by=people.owner, url=receiver.url, kinds=["take.stored"], own_network=True)


def happens(project: Project, by: Any, kind: str = "take.stored") -> None:
    with transaction.atomic():
        record(kind, actor=by, project=project, data={"shot": 7})
    deliver_chain(project.pk)


def test_a_call_is_signed_and_says_what_happened(project: Project, people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str]) -> None:
    happens(project, people.artist)
    happens(project, people.artist, "cut.edited")
    assert tasks.call_due() == 1 and tasks.call_due() == 0
    ((headers, body),) = receiver.heard
    at, mac = headers["Firstcut-Signature"].removeprefix("t=").split(",v1=")
    assert mac == hmac.new(hook[1].encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    said = json.loads(body)
    assert said["kind"] == "take.stored" and said["project"] == str(project.pk) and said["data"] == {"shot": 7} and said["id"] and said["at"]
    row = Delivery.objects.get()
    assert row.status == 200 and row.excerpt == "thanks" and row.done
    assert hook[1] not in Hook.objects.get().secret


def cut_off(call: Any) -> None:
    call.connection.close()


def slow(call: Any) -> None:
    call.server.over.wait(5)


def huge(call: Any) -> None:
    status(call, 500, b"x" * 100_000)


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (lambda call: status(call, 500, b"broken\x00"), 500, "broken"),
        (cut_off, 0, ""),
        (slow, 0, "said nothing"),
        (lambda call: status(call, 302, Location="http://127.0.0.1:1/"), 302, "leads elsewhere"),
        (huge, 500, ""),
    ],
)
def test_what_fails_is_kept_and_tried_again(
    project: Project, people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str], answer: Any, code: int, said: str
) -> None:
    receiver.answer = answer
    happens(project, people.artist)
    now = timezone.now()
    assert tasks.call_due(now, SHORT) == 0
    row = Delivery.objects.get()
    assert (row.status, row.attempts, row.due) == (code, 1, now + timedelta(minutes=1))
    assert said in row.excerpt and len(row.excerpt) <= 500 and len(receiver.heard) == 1


def test_a_huge_answer_of_200_is_well_and_is_not_read_whole(
    project: Project, people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str]
) -> None:
    receiver.answer = lambda call: status(call, 200, b"y" * 100_000)
    happens(project, people.artist)
    assert tasks.call_due() == 1 and len(Delivery.objects.get().excerpt) <= 500


def test_after_six_tries_the_hook_is_off_and_the_leads_are_told(
    project: Project, people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str]
) -> None:
    receiver.answer = lambda call: status(call, 503)
    happens(project, people.artist)
    now, waits = timezone.now(), []
    while (due := Delivery.objects.get().due) is not None:
        waits.append(round((due - now).total_seconds() / 60))
        now = max(due, now)
        tasks.call_due(now)
    assert waits == [0, 1, 5, 30, 120, 720] and len(receiver.heard) == 6
    off = Hook.objects.get()
    assert not off.active and "503" in off.why_off
    deliver_chain(project.pk)
    assert {row.person.email for row in Notice.objects.filter(topic="hook")} == {"owner@example.com", "producer@example.com"}
    receiver.answer = status_200
    actions.switch_hook(off, by=people.owner, active=True)
    actions.send_again(Delivery.objects.get())
    assert tasks.call_due() == 1


def status_200(call: Any) -> None:
    status(call, 200)


def test_one_event_is_set_down_once(project: Project, people: SimpleNamespace, hook: tuple[Hook, str]) -> None:
    with transaction.atomic():
        event = record("take.stored", actor=people.artist, project=project)
    actions.queue_event(event)
    actions.queue_event(event)
    assert Delivery.objects.count() == 1


def test_a_test_is_called_and_never_switches_off(receiver: Receiver, hook: tuple[Hook, str]) -> None:
    receiver.answer = lambda call: status(call, 500)
    actions.test_hook(hook[0])
    tasks.call_due()
    row = Delivery.objects.get()
    assert row.status == 500 and row.due is None and Hook.objects.get().active
    assert json.loads(receiver.heard[0][1])["kind"] == "hook.tested"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/a", "https://127.0.0.1/a", "https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest",
        "https://[::ffff:127.0.0.1]/", "https://2130706433/", "ftp://hooks.example/", "https://user:key@hooks.example/", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused(project: Project, people: SimpleNamespace, url: str) -> None:
    with pytest.raises(HookProblem):
        actions.add_hook(project, by=people.owner, url=url)
    assert not Hook.objects.exists()


def test_only_an_operator_allows_our_own_network(project: Project, people: SimpleNamespace) -> None:
    with pytest.raises(HookProblem, match="operator"):
        actions.add_hook(project, by=people.producer, url="http://10.0.0.1/", own_network=True)


def test_a_name_that_leads_inside_is_not_called(project: Project, people: SimpleNamespace, receiver: Receiver) -> None:
    hook, _ = actions.add_hook(project, by=people.owner, url="https://localhost/a")
    actions.test_hook(hook)
    assert tasks.call_due() == 0
    assert "localhost" in Delivery.objects.get().excerpt and not receiver.heard
