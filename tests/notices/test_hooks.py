from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from generation.outside import Bounds
from studio.accounts.models import Person
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
    assert said["by"] == {"name": "Artist Person", "role": "artist"}
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


def test_one_event_that_is_never_taken_is_given_up_and_the_hook_stays_on_while_others_are(
    project: Project, people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str]
) -> None:
    receiver.answer = lambda call: status(call, 400 if len(receiver.heard) == 1 else 200)
    happens(project, people.artist)
    now = timezone.now()
    assert tasks.call_due(now) == 0
    happens(project, people.artist)
    assert tasks.call_due(timezone.now()) == 1
    Delivery.objects.filter(done=None).update(attempts=5, due=now)
    receiver.answer = lambda call: status(call, 400)
    assert tasks.call_due(now) == 0
    assert Delivery.objects.filter(done=None).get().due is None and Hook.objects.get().active


def test_calls_go_in_order_and_one_failure_ends_the_round_of_its_hook(
    project: Project, people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str]
) -> None:
    for _ in range(3):
        happens(project, people.artist)
    receiver.answer = lambda call: status(call, 500 if len(receiver.heard) == 2 else 200)
    now = timezone.now()
    assert tasks.call_due(now) == 1 and len(receiver.heard) == 2
    assert tasks.call_due(now) == 1 and len(receiver.heard) == 3
    ids = [json.loads(body)["id"] for _, body in receiver.heard]
    assert ids == sorted(ids)
    receiver.answer = cut_off
    for _ in range(2):
        happens(project, people.artist)
    now = timezone.now()
    assert tasks.call_due(now, SHORT) == tasks.call_due(now, SHORT) == 0 and len(receiver.heard) == 4, "who does not answer is left alone a minute"


def test_a_query_and_a_last_slash_are_sent_as_they_were_given(project: Project, people: SimpleNamespace, receiver: Receiver) -> None:
    paths: list[str] = []

    def keep(call: Any) -> None:
        paths.append(call.path)
        status(call, 200)

    receiver.answer = keep
    for rest in ("/?sig=a%2Fb&v=1", "/"):
        made, _ = actions.add_hook(project, by=people.owner, url=receiver.url + rest, own_network=True)
        actions.try_hook(made, by=people.owner)
    made, _ = actions.add_hook(project, by=people.owner, url=receiver.url.removesuffix("/hook") + "?a=1", own_network=True)
    actions.try_hook(made, by=people.owner)
    assert tasks.call_due() == 3 and paths == ["/hook/?sig=a%2Fb&v=1", "/hook/", "/?a=1"]


@pytest.mark.parametrize("name", ["Kim of the Client", "kim@client.example"])
def test_of_a_guests_verdict_their_name_is_told_and_nothing_by_which_they_are_reached(
    project: Project, people: SimpleNamespace, hook: tuple[Hook, str], name: str
) -> None:
    """Whatever the event keeps of the way they came."""
    kim = Person.objects.create_user("kim@client.example", name=name, is_guest=True)
    Hook.objects.update(kinds=[])
    with transaction.atomic():
        via = {
            "link": "link-3f1c",
            "guest": "guest-77",
            "token": "t0ken",
            "email": "kim@client.example",
            "address": "https://studio.example/c/t0ken/",
        }
        record("cut.judged", actor=kim, project=project, data={"verdict": "approved", "revision": 3, "hash": "ab12", **via})
    deliver_chain(project.pk)
    said = json.loads(Delivery.objects.get().body)
    assert said["by"] == {"name": "" if "@" in name else name, "role": "guest"}
    assert said["data"] == {"verdict": "approved", "revision": 3, "hash": "ab12"}
    assert set(said) == {"id", "kind", "project", "at", "by", "data"}
    assert not [word for word in (*via.values(), "kim@") if word in Delivery.objects.get().body.replace(str(project.pk), "").replace(said["at"], "")]


def test_a_clerk_that_ends_hangs_up_at_once_and_the_call_is_made_again(
    project: Project, people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str]
) -> None:
    receiver.answer = slow
    happens(project, people.artist)
    now = timezone.now()
    assert tasks.call_due(now, enough=lambda: len(receiver.heard) == 1) == 0
    row = Delivery.objects.get()
    assert (row.attempts, row.due, row.done) == (0, now, None)
    receiver.answer = status_200
    assert tasks.call_due(now) == 1


def test_what_was_called_long_ago_is_forgotten_and_what_waits_is_not(project: Project, people: SimpleNamespace, hook: tuple[Hook, str]) -> None:
    happens(project, people.artist)
    happens(project, people.artist)
    assert tasks.call_due() == 2
    Delivery.objects.update(made=timezone.now() - timedelta(days=31))
    waits = Delivery.objects.earliest("pk")
    actions.send_again(waits)
    assert tasks.clear_old() == 1 and Delivery.objects.get() == waits


def test_a_test_by_the_page_and_what_was_answered(
    project: Project, people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str], client_for: Callable[..., Client]
) -> None:
    client, where = client_for(people.producer), f"/projects/{project.slug}/hooks/{hook[0].pk}/"
    assert client.post(where + "test/").status_code == 302
    assert b'hx-trigger="every 2s"' in client.get(where).content
    tasks.call_due()
    calls = client.get(where, headers={"HX-Request": "true"}).content
    assert b"thanks" in calls and b"hook.tested" in calls and b"every 2s" not in calls
    refused = client.post(f"/projects/{project.slug}/hooks/", {"url": "https://10.0.0.1/hook"})
    assert refused.status_code == 422 and b"https://10.0.0.1/hook" in refused.content and b"Only an operator" in refused.content
    assert hook[1].encode() not in client.get(f"/projects/{project.slug}/hooks/").content


@pytest.mark.django_db(transaction=True)
def test_a_hook_that_does_not_answer_holds_up_itself_alone(project: Project, people: SimpleNamespace, receiver: Receiver) -> None:
    reached = threading.Event()

    def by_path(call: Any) -> None:
        if call.path == "/first":
            reached.wait(8)  # while nobody calls the second, it says nothing
        else:
            reached.set()
        status(call, 200)

    receiver.answer = by_path
    for path in ("/first", "/second"):
        actions.add_hook(project, by=people.owner, url=receiver.url.replace("/hook", path), kinds=["take.stored"], own_network=True)
    happens(project, people.artist)
    assert tasks.call_due(bounds=Bounds(connect=1, idle=5, total=5, size=4096), at_once=2) == 2


def test_one_event_is_set_down_once(project: Project, people: SimpleNamespace, hook: tuple[Hook, str]) -> None:
    with transaction.atomic():
        event = record("take.stored", actor=people.artist, project=project)
    actions.queue_event(event)
    actions.queue_event(event)
    assert Delivery.objects.count() == 1


def test_a_test_is_called_once_also_while_the_hook_is_off(people: SimpleNamespace, receiver: Receiver, hook: tuple[Hook, str]) -> None:
    receiver.answer = lambda call: status(call, 500)
    actions.switch_hook(hook[0], by=people.owner, active=False)
    assert actions.try_hook(hook[0], by=people.owner) == actions.try_hook(hook[0], by=people.owner)
    tasks.call_due()
    row = Delivery.objects.get()
    assert row.status == 500 and row.due is None and len(receiver.heard) == 1
    assert json.loads(receiver.heard[0][1])["kind"] == "hook.tested"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/a", "https://127.0.0.1/a", "https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest",
        "https://[::ffff:127.0.0.1]/", "https://2130706433/", "ftp://hooks.example/", "https://user:key@hooks.example/", "javascript:alert(1)", "",
        "https://127.0.0.1/?a=1", "https://hooks.example/#a", "https://hooks.example/?a=b\r\nX-Header: 1", "https://hooks.example?a b", "?a=1",
        "https://hooks.example/?a=“b”", "https://hooks.example/ä", "https://hooks.example\\@127.0.0.1/",
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
    hook, _ = actions.add_hook(project, by=people.owner, url=receiver.url.replace("http://127.0.0.1", "https://localhost"))
    actions.try_hook(hook, by=people.owner)
    assert tasks.call_due() == 0
    assert "an address inside a network" in Delivery.objects.get().excerpt and not receiver.heard
