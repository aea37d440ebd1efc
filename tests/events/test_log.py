"""The log: appended by everybody at once, changed by nobody, and any change to it found."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.transaction import TransactionManagementError

from studio.events.log import record, verify
from studio.events.models import INSTALLATION, Cursor, Event
from studio.events.subscribers import SUBSCRIPTIONS, Subscription, deliver_chain, sweep
from studio.projects.models import Project
from tests.services import as_owner
from tests.together import at_once


def say(project: Project | None, number: int, kind: str = "lamp.lit") -> Event:
    with transaction.atomic():
        return record(kind, project=project, data={"number": number})


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError, match=r"lamp\.lit"):
        record("lamp.lit")


@pytest.mark.django_db(transaction=True)
def test_an_event_is_written_with_its_change_or_not_at_all(project: Project) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("lamp.lit", project=project)
        raise ZeroDivisionError
    assert not Event.objects.filter(kind="lamp.lit").exists()
    assert say(project, 1).seq == Event.objects.filter(chain=project.pk).count()


@pytest.mark.django_db(transaction=True)
def test_appends_at_once_keep_each_chain_whole(project: Project) -> None:
    at_once(12, lambda number: [say(project if number % 3 else None, step) for step in range(5)])
    assert not list(verify())
    for chain in (project.pk, INSTALLATION):
        seqs = list(Event.objects.filter(chain=chain).order_by("pk").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1)), "ids and numbers rise together, so a reader of either misses nothing"
    assert Event.objects.filter(kind="lamp.lit").count() == 60


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("crime", "found"),
    [
        ("UPDATE events_event SET data = '{\"number\": 9}' WHERE kind = 'lamp.lit' AND data->>'number' = '2'", "altered"),
        ("UPDATE events_event SET actor_id = gen_random_uuid() WHERE kind = 'lamp.lit' AND data->>'number' = '2'", "altered"),
        ("UPDATE events_event SET at = at + interval '1 second' WHERE kind = 'lamp.lit' AND data->>'number' = '2'", "altered"),
        ("UPDATE events_event SET hash = previous WHERE kind = 'lamp.lit' AND data->>'number' = '2'", "altered"),
        ("DELETE FROM events_event WHERE kind = 'lamp.lit' AND data->>'number' = '2'", "missing"),
        ("DELETE FROM events_event WHERE seq = 1 AND project_id IS NOT NULL", "missing"),
    ],
)
def test_whoever_tampers_as_the_owner_of_the_tables_is_found(project: Project, crime: str, found: str) -> None:
    for number in range(4):
        say(project, number)
    out = StringIO()
    call_command("verify_events", stdout=out)
    assert "The log holds" in out.getvalue()
    as_owner(crime)
    assert any(found in each.why and each.chain == project.pk for each in verify())
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_events", stdout=StringIO(), stderr=StringIO())


@pytest.fixture
def heard() -> Iterator[SimpleNamespace]:
    """A subscriber of this test alone: what it heard, and how often it is to fail."""
    notes = SimpleNamespace(numbers=[], failures=0)

    def on_lamp(event: Event) -> None:
        if notes.failures:
            notes.failures -= 1
            raise RuntimeError("the bulb broke")
        notes.numbers.append(event.data["number"])

    subscription = Subscription("tests.on_lamp", frozenset({"lamp.lit"}), on_lamp)
    SUBSCRIPTIONS[subscription.name] = subscription
    yield notes
    del SUBSCRIPTIONS[subscription.name]


@pytest.mark.django_db
def test_a_subscriber_hears_everything_once_and_in_order(project: Project, heard: SimpleNamespace) -> None:
    for number in range(3):
        say(project, number)
        say(project, 99, "lamp.dusted")
    deliver_chain(project.pk)
    say(project, 3)
    deliver_chain(project.pk)
    deliver_chain(project.pk)
    assert heard.numbers == [0, 1, 2, 3]


@pytest.mark.django_db
def test_an_error_holds_an_event_back_and_loses_none(project: Project, heard: SimpleNamespace, people: SimpleNamespace) -> None:
    heard.failures = 2
    for number in range(3):
        say(project, number)
    deliver_chain(project.pk)
    cursor = Cursor.objects.get(subscriber="tests.on_lamp", chain=project.pk)
    assert (heard.numbers, cursor.failures, cursor.error) == ([], 1, "the bulb broke")
    sweep()
    sweep()
    assert heard.numbers == [0, 1, 2]
    cursor.refresh_from_db()
    assert (cursor.failures, cursor.error) == (0, "")


@pytest.mark.django_db
def test_a_broken_project_does_not_hold_up_another(project: Project, heard: SimpleNamespace) -> None:
    heard.failures = 1
    say(project, 1)
    say(None, 2)
    deliver_chain(project.pk)
    deliver_chain(INSTALLATION)
    assert heard.numbers == [2]


@pytest.mark.django_db
def test_a_sweep_makes_good_a_wake_up_that_was_lost(project: Project, heard: SimpleNamespace) -> None:
    say(project, 1)
    assert sweep() >= 1
    assert heard.numbers == [1]
    assert sweep() == 0, "and then has nothing to do"


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_do_not_run_one_event_twice(project: Project, heard: SimpleNamespace) -> None:
    for number in range(10):
        say(project, number)
    at_once(4, lambda number: deliver_chain(project.pk))
    sweep()
    assert heard.numbers == list(range(10))
