"""Money and time: foretold, set aside, spent, and never twice."""

from __future__ import annotations

import csv
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation import catalog
from generation.contract import Result, Usage
from studio.events.models import Event
from studio.jobs import actions as jobs
from studio.jobs import fair, lease
from studio.jobs.actions import Order, request_jobs
from studio.jobs.books import differences
from studio.jobs.kinds import Refused
from studio.jobs.models import Job, State, Worker
from studio.ledger import actions, estimates, queries
from studio.ledger.actions import Attempted, Expense
from studio.ledger.estimates import Work, foretell
from studio.ledger.models import GPU, Balance, Entry, Kind, Rate, Terms
from studio.ledger.rates import rate_card
from studio.ledger.words import hours, money
from studio.projects.models import Project
from studio.shelf.models import Host
from studio.world.models import Character
from tests.films import Film, fill, job_of
from tests.together import at_once

pytestmark = pytest.mark.django_db
FIGURE = Result(data={"voice": {}}, engine_version="previs 7")
H100 = "NVIDIA H100 PCIe"
LONG = {"engine": "previs", "size": [1000, 1000], "frames": 100, "seed": 1}  # 100 million pixels: 50 s by the first guess


@pytest.fixture(autouse=True)
def a_model_is_held(db: None) -> None:
    """Some machine has the model that the forms name."""
    Host.objects.create(name="films", found=["tiny"])


@pytest.fixture
def prices(people: SimpleNamespace) -> None:
    """Since yesterday a worker-hour costs 3.60 on the processor and 36 on a big card: a thousandth of the currency, or a hundredth, a second."""
    since = timezone.now() - timedelta(days=1)
    Terms.objects.create(currency="EUR", since=since)
    Rate.objects.create(card="cpu", per_hour=Decimal("3.60"), currency="EUR", since=since)
    Rate.objects.create(card="*H100*", per_hour=Decimal(36), currency="EUR", watts=500, since=since)


@pytest.fixture
def mara(project: Project) -> Character:
    return Character.objects.create(project=project, name="INES")


@pytest.fixture
def card() -> Worker:
    return Worker.objects.create(name="w", queues=["gpu"], card={"name": H100, "rated": 350})


@pytest.fixture
def ask(people: SimpleNamespace, mara: Character) -> Callable[..., Job]:
    def make(queue: str = "gpu", **order: Any) -> Job:
        spec = {"engine": "previs", "seed": 1, "params": {"name": "MARA"}}
        return request_jobs(mara.project, people.artist, [Order("figure", spec, mara, title="Mara", queue=queue, **order)])[0]

    return make


def shots(film: Film, count: int, queue: str = "work") -> list[Order]:
    return [Order("shot", {**LONG, "seed": n, "shot": film.shots[0].pk}, film.shots[0], title=f"Shot {n}", queue=queue) for n in range(count)]


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 2)


def take(queue: str = "gpu") -> Job:
    Job.objects.filter(state=State.QUEUED).update(available=timezone.now() - timedelta(days=1))
    job = lease.claim("w", [queue])
    assert job is not None
    return job


def balance(project: Project, measure: str = "EUR") -> Any:
    """(spent, reserved)"""
    row = Balance.objects.filter(project=project, measure=measure).first()
    return (float(row.spent), float(row.reserved)) if row else (0.0, 0.0)


def attempts(job: Job) -> list[tuple[str, int]]:
    return list(Entry.objects.filter(job_id=job.pk, kind=Kind.ACTUAL).order_by("pk").values_list("outcome", "milliseconds"))


# --- prices ---


def test_the_most_exact_name_counts_and_a_price_holds_from_when_it_was_set(people: SimpleNamespace, prices: None) -> None:
    before = timezone.now()
    actions.set_rate(by=people.owner, card="*", per_hour=Decimal("7.20"))
    actions.set_rate(by=people.owner, card="*H100*", per_hour=Decimal(72))
    now, then = rate_card(), rate_card(before)
    assert now.price(H100, 1000, None) == (Decimal("0.02"), "EUR") and then.price(H100, 1000, None) == (Decimal("0.01"), "EUR")
    assert now.price("A100", 1000, None) == (Decimal("0.002"), "EUR") and then.price("A100", 1000, None) == (Decimal(0), "")
    actions.set_rate(by=people.owner, card="*H100*", per_hour=None)
    assert rate_card().price(H100, 1000, None) == (Decimal("0.002"), "EUR"), "withdrawn: the next pattern that fits counts"
    assert Event.objects.filter(kind="rate.changed").count() == 3


def test_in_another_currency_rates_must_be_set_anew(people: SimpleNamespace, prices: None) -> None:
    actions.set_terms(by=people.owner, currency="USD", per_kwh=Decimal("0.36"))
    assert rate_card().rates == () and rate_card().price("cpu", 1000, None) == (Decimal(0), "")
    actions.set_rate(by=people.owner, card="cpu", per_hour=Decimal("3.60"))
    assert rate_card().price("cpu", 1000, 3_600_000.0) == (Decimal("0.361"), "USD"), "a second, and a kilowatt-hour"


def test_nothing_written_in_the_ledger_can_be_changed(prices: None, ask: Callable[..., Job]) -> None:
    ask()
    for table in ("ledger_entry", "ledger_rate", "ledger_terms"):
        for statement in (f"UPDATE {table} SET currency = 'XXX'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert Rate.objects.count() == 2


@pytest.mark.parametrize(
    ("value", "currency", "words"),
    [
        ("12.4", "EUR", "12.40 EUR"),
        ("1234567.891", "USD", "1,234,567.89 USD"),
        ("0.00123", "EUR", "under 0.01 EUR"),
        ("812.3", "JPY", "812 JPY"),
        ("0", "EUR", "0.00 EUR"),
    ],
)
def test_money_is_written_as_one_reads_it(value: str, currency: str, words: str) -> None:
    assert money(Decimal(value), currency) == words


def test_time_is_written_as_one_reads_it() -> None:
    assert [hours(s) for s in (0, 3.21, 42, 200, 5400)] == ["0 s", "3.2 s", "42 s", "3.3 min", "1.5 h"]


# --- one line an attempt ---


def test_a_job_that_fails_is_repeated_and_ends_is_paid_for_each_attempt(
    prices: None, card: Worker, ask: Callable[..., Job], project: Project
) -> None:
    ask()
    first = take()
    assert balance(project)[1] == pytest.approx(0.001) and balance(project, GPU)[1] == pytest.approx(0.1)
    lease.give_up(first, "the lamp fell over", retryable=True, seconds=2.0)
    assert balance(project) == (pytest.approx(0.02), pytest.approx(0.001)), "what is set aside stays while the job is open"
    second = take()
    lease.finish(second, FIGURE, {}, 3.0004)
    assert attempts(second) == [("failed", 2000), ("succeeded", 3000)]
    assert balance(project) == (pytest.approx(0.05), 0) and balance(project, GPU) == (5.0, 0)
    assert Job.objects.get(pk=second.pk).spent_ms == 5000
    last = Entry.objects.filter(kind=Kind.ACTUAL).latest("pk")
    assert (last.card, last.joules, last.measured, last.version) == (H100, 1500.0, False, "previs 7"), "500 W by the rating, three seconds"
    assert not list(differences())


def test_whoever_cancels_half_way_pays_for_what_was_used(prices: None, card: Worker, ask: Callable[..., Job], people: SimpleNamespace) -> None:
    queued = ask()
    jobs.cancel_job(queued, by=people.owner)
    assert not attempts(queued) and balance(queued.project) == (0, 0)
    running = ask()
    mine = take()
    jobs.cancel_job(running, by=people.owner)
    assert balance(running.project)[1] > 0, "it has not stopped yet"
    lease.stop_cancelled(mine, 1.5)
    assert attempts(running) == [("cancelled", 1500)] and balance(running.project) == (pytest.approx(0.015), 0)
    late = ask()
    theirs = take()
    jobs.cancel_job(late, by=people.owner)
    with pytest.raises(lease.LeaseLost):
        lease.finish(theirs, FIGURE, {}, 2.0)
    assert attempts(late) == [("cancelled", 2000)] and not list(differences())


def test_a_worker_that_died_or_was_sent_home_is_paid_until_it_was_heard_last(prices: None, card: Worker, ask: Callable[..., Job]) -> None:
    job = ask()
    take()
    began = timezone.now() - timedelta(seconds=100)
    Job.objects.filter(pk=job.pk).update(started=began, lease_until=began + timedelta(seconds=12) + lease.LEASE)
    lease.sweep()
    assert attempts(job) == [("died", 12_000)]
    again = take()
    Job.objects.filter(pk=job.pk).update(started=timezone.now() - timedelta(seconds=5))
    lease.release(again)
    outcome, ms = attempts(job)[-1]
    assert outcome == "given back" and 5000 <= ms < 60_000 and not list(differences())


def test_an_attempt_cannot_be_written_down_twice(prices: None, card: Worker, ask: Callable[..., Job], project: Project) -> None:
    ask()
    job = take()
    lease.finish(job, FIGURE, {}, 1.0)
    expense = Expense(job.pk, None, "", "", "", "previs", "figure", 1.0)
    took = Attempted(job.lease_token, 1, "succeeded", "cpu", 1000, timezone.now())  # type: ignore[arg-type]
    with pytest.raises(IntegrityError, match="one_actual_an_attempt"), transaction.atomic():
        actions.settle(project, None, expense, took)
    assert actions.release(project, [job.pk]) == 0, "it was given back already"


def test_what_fails_because_of_another_gives_back_what_was_set_aside(prices: None, card: Worker, ask: Callable[..., Job], project: Project) -> None:
    first = ask()
    ask(after=[first])
    lease.give_up(take(), "no", retryable=False, seconds=1.0)
    assert balance(project) == (pytest.approx(0.01), 0) and not list(differences())
    jobs.retry_job(first, by=None)
    assert balance(project)[1] == pytest.approx(0.002), "both were asked for again"
    assert set(Entry.objects.filter(kind=Kind.RESERVE).values_list("round", flat=True)) == {1, 2} and not list(differences())


def test_a_providers_own_price_and_a_meters_reading_count_before_any_rate(
    prices: None, card: Worker, ask: Callable[..., Job], project: Project
) -> None:
    ask()
    usage = Usage(money=Decimal("0.4213"), currency="USD", joules=77.5)
    lease.finish(take(), FIGURE.model_copy(update={"usage": usage}), {}, 1.0)
    entry = Entry.objects.get(kind=Kind.ACTUAL)
    assert (entry.money, entry.currency, entry.provider, entry.joules, entry.measured) == (Decimal("0.4213"), "USD", True, 77.5, True)
    assert balance(project, "USD") == (pytest.approx(0.4213), 0) and balance(project) == (0, 0)


def test_the_books_are_compared_and_a_difference_is_told(prices: None, card: Worker, ask: Callable[..., Job], project: Project) -> None:
    ask()
    job = take()
    lease.finish(job, FIGURE, {}, 1.0)
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert "adds up: 3 entries" in said.getvalue()
    Balance.objects.filter(project=project, measure="EUR").update(spent=1)
    Job.objects.filter(pk=job.pk).update(spent_ms=999, seconds=7.0)
    assert len(list(differences())) == 3
    with pytest.raises(CommandError, match="3 places"):
        call_command("verify_ledger", stderr=StringIO())


# --- how long it takes ---


def seen(project: Project, card: str, paces: list[float], engine: str = "wan", amount: float = 10.0, **usage: Any) -> None:
    """Attempts that took so many seconds for each of their amount."""
    for pace in paces:
        job = Attempted(uuid(), 1, "succeeded", card, round(pace * amount * 1000), timezone.now(), **usage)
        actions.settle(project, None, Expense(uuid(), None, "", "", "", engine, "shot", amount), job)


def uuid() -> Any:
    from uuid import uuid4

    return uuid4()


def test_time_is_learned_from_the_same_card_then_from_any_then_guessed(project: Project) -> None:
    asked = [Work("wan", "shot", 20.0, 60.0, H100), Work("wan", "shot", 20.0, 60.0, "L4"), Work("ltx", "shot", 20.0, 60.0, H100)]
    assert [(told.low, told.seconds, told.high, told.learned) for told in foretell(asked)] == [(30, 60, 120, False)] * 3
    seen(project, H100, [1.0, 1.1, 0.9, 1.0, 50.0], joules=1.0)
    seen(project, "L4", [4.0, 4.2])
    on_h100, on_l4, by_ltx = foretell(asked)
    assert on_h100.seconds == pytest.approx(20.0) and on_h100.low < 20.0 < on_h100.high and on_h100.learned, "one that stalled counts for little"
    assert on_l4.seconds == pytest.approx(20 * 1.1), "two on that card are too few: the median of all seven"
    assert not by_ltx.learned
    seen(project, "L4", [4.1])
    assert foretell(asked)[1].seconds == pytest.approx(20 * 4.1)


def test_only_the_last_forty_count(project: Project) -> None:
    seen(project, H100, [9.0] * 5 + [1.0] * estimates.HISTORY)
    told = foretell([Work("wan", "shot", 1.0, 60.0, H100)])[0]
    assert (told.low, told.seconds, told.high) == (1.0, 1.0, 1.0)


def test_what_a_provider_charged_tells_what_it_will_charge(project: Project, prices: None) -> None:
    seen(project, "outside", [1.0, 1.0, 1.0], money=Decimal("0.50"), currency="USD")
    told = foretell([Work("wan", "shot", 40.0, 1.0, "outside")])[0]
    assert (told.money, told.currency) == (Decimal("2.00"), "USD")


def test_a_job_keeps_what_was_foretold(prices: None, film: Film, people: SimpleNamespace) -> None:
    job = request_jobs(film.project, people.owner, shots(film, 1))[0]
    assert (job.estimate_low, job.estimate, job.estimate_high) == (25.0, 50.0, 100.0)
    assert balance(film.project) == (0, pytest.approx(0.05)), "fifty seconds at a thousandth each"


def test_however_many_are_ordered_the_same_number_of_questions_is_asked(prices: None, film: Film, people: SimpleNamespace) -> None:
    def cost(count: int) -> int:
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            request_jobs(film.project, people.owner, shots(film, count))
        return len(asked)

    cost(2)  # the balance is there
    assert cost(2) == cost(60)


# --- budgets ---


def test_a_batch_is_ordered_whole_or_not_at_all(prices: None, film: Film, people: SimpleNamespace) -> None:
    project = film.project
    actions.set_budget(project, by=people.producer, budgets={"EUR": Decimal("0.20")})
    with pytest.raises(Refused) as refused:
        request_jobs(project, people.artist, shots(film, 5))
    assert str(refused.value) == (
        "This would cost about 0.25 EUR; of the budget of 0.20 EUR 0.20 EUR is left. Nothing was ordered. "
        "The budget can be raised under Costs by Producer Person (producer) or Owner Person (owner)."
    )
    assert not Job.objects.exists() and not Entry.objects.exists() and balance(project) == (0, 0)
    request_jobs(project, people.artist, shots(film, 4))
    assert balance(project) == (0, pytest.approx(0.2))
    with pytest.raises(Refused):
        request_jobs(project, people.artist, shots(film, 1))
    actions.set_budget(project, by=people.owner, budgets={"EUR": None})
    request_jobs(project, people.artist, shots(film, 1))


def test_hours_on_cards_are_a_budget_of_their_own(film: Film, people: SimpleNamespace, card: Worker) -> None:
    actions.set_budget(film.project, by=people.owner, budgets={GPU: Decimal(120)})
    request_jobs(film.project, people.artist, shots(film, 20))  # on the processor: no card is busy with it
    request_jobs(film.project, people.artist, shots(film, 2, queue="gpu"))
    with pytest.raises(Refused, match="50 s on graphics cards; of the budget of 2 min on graphics cards 20 s"):
        request_jobs(film.project, people.artist, shots(film, 1, queue="gpu"))


def test_what_pages_cannot_do_without_is_made_all_the_same(prices: None, ask: Callable[..., Job], people: SimpleNamespace, film: Film) -> None:
    actions.set_budget(film.project, by=people.owner, budgets={"EUR": Decimal("0.00005"), GPU: Decimal(0)})
    ask("work")
    assert balance(film.project)[1] == pytest.approx(0.0001), "and it counts"


def test_that_four_fifths_are_used_is_said_once_and_again_after_it_was_less(prices: None, film: Film, people: SimpleNamespace) -> None:
    project = film.project
    actions.set_budget(project, by=people.owner, budgets={"EUR": Decimal("0.25")})
    warned = Event.objects.filter(kind="budget.warned", project_id=project.pk)
    request_jobs(project, people.artist, shots(film, 3))
    assert warned.count() == 0
    request_jobs(project, people.artist, shots(film, 1))
    request_jobs(project, people.artist, shots(film, 1))
    assert warned.count() == 1 and warned.get().data["reserved"] == "0.2"
    assert [row.measure for row in queries.tight(project)] == ["EUR"]
    jobs.cancel_all(project, by=people.owner)
    assert not queries.tight(project)
    request_jobs(project, people.artist, shots(film, 5))
    assert warned.count() == 2


def test_trying_again_needs_a_budget_too(prices: None, film: Film, people: SimpleNamespace) -> None:
    job = request_jobs(film.project, people.artist, shots(film, 1))[0]
    jobs.cancel_job(job, by=people.artist)
    actions.set_budget(film.project, by=people.owner, budgets={"EUR": Decimal("0.01")})
    with pytest.raises(Refused, match=r"0\.05 EUR"):
        jobs.retry_job(job, by=people.artist)
    assert Job.objects.get(pk=job.pk).state == State.CANCELLED


@contextmanager
def together_before_keeping(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> Iterator[None]:
    """Whoever has looked at the balance waits for the other to have looked too, if the other can."""
    meeting, keep = threading.Barrier(2), actions._keep

    def late(*given: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.4)
        keep(*given)

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_keep", late)
        if not locked:
            patch.setattr(jobs, "hold", lambda project: None)
            patch.setattr(fair, "enter", lambda project, by: None)
            patch.setattr(actions, "_locked", lambda project, sums: {row.measure: row for row in Balance.objects.filter(project=project)})
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_two_who_order_at_once_cannot_spend_the_same_money(
    locked: bool, prices: None, film: Film, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enough is left for one of them. Without the locks, both get it: the race is real."""
    actions.set_budget(film.project, by=people.owner, budgets={"EUR": Decimal("0.15")})
    both = [people.owner, people.artist]
    with together_before_keeping(monkeypatch, locked=locked):
        results = at_once(2, lambda number: request_jobs(film.project, both[number], shots(film, 2)))
    assert Counter(type(result) for result in results) == ({list: 1, Refused: 1} if locked else {list: 2})
    assert Job.objects.count() == (2 if locked else 4) and bool(list(differences())) is not locked


# --- pages ---


def test_the_costs_page_says_what_was_spent_on_what_by_whom(
    prices: None, card: Worker, ask: Callable[..., Job], film: Film, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    ask()
    lease.finish(take(), FIGURE, {}, 90.0)
    request_jobs(film.project, people.artist, shots(film, 1))
    client, where = client_for(people.producer), reverse("ledger:costs", args=[film.project.slug])
    assert client.post(reverse("ledger:budget", args=[film.project.slug]), {"hours": "1", "money-EUR": "1.00"}).status_code == 302
    words = " ".join(client.get(where).content.decode().split())
    for said in (
        "0.90 EUR",
        "1.5 min",
        "Artist Person",
        catalog.info("previs").title,
        "0.05 EUR</span> left of 1.00 EUR",
        "95 % of the budget of 1.00 EUR is used",
        'value="1"',
    ):
        assert said in words, said
    assert client.post(reverse("ledger:budget", args=[film.project.slug]), {"hours": "-1"}).status_code == 400
    tray = client.get(reverse("jobs:tray", args=[film.project.slug]) + "?open").content.decode()
    assert "95 % of the budget of 1.00 EUR is used." in tray


def test_the_table_has_a_line_for_each_attempt_and_no_formula(
    prices: None, ask: Callable[..., Job], people: SimpleNamespace, project: Project, client_for: Callable[..., Client]
) -> None:
    ask("work")
    Job.objects.update(title="=1+1")
    lease.finish(take("work"), FIGURE, {}, 2.0)
    answer: Any = client_for(people.reviewer).get(reverse("ledger:download", args=[project.slug]))
    head, line = csv.reader(StringIO(b"".join(answer.streaming_content).decode()))
    row = dict(zip(head, line, strict=True))
    assert (row["what"], row["seconds"], row["money"], row["currency"], row["person"]) == ("'=1+1", "2.000", "0.002000", "EUR", "Artist Person")


def test_an_operator_sets_prices_on_a_page(people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(people.owner)
    refused = client.post(reverse("ledger:addition"), {"card": "cpu", "per_hour": "1"})
    assert refused.status_code == 400 and b"which currency" in refused.content
    client.post(reverse("ledger:terms"), {"currency": "eur", "per_kwh": ""})
    client.post(reverse("ledger:addition"), {"card": "cpu", "per_hour": "1.25"})
    assert b"1.25 EUR" in client.get(reverse("ledger:rates")).content
    changed = client.post(reverse("ledger:terms"), {"currency": "USD", "per_kwh": ""}, follow=True)
    assert b"1 rate in EUR no longer hold" in changed.content
    assert client.post(reverse("ledger:withdrawal"), {"card": "cpu"}).status_code == 409


def test_buttons_say_what_they_cost(prices: None, people: SimpleNamespace, project: Project, client_for: Callable[..., Client]) -> None:
    actions.set_rate(by=people.owner, card="cpu", per_hour=Decimal(3600))
    film = fill(project, people.owner, 2, takes=False)
    client = client_for(people.artist)
    dialog = client.get(reverse("shots:film", args=[project.slug])).content.decode()
    assert "2.76 EUR" in dialog and "will not be ordered" not in dialog, "2 × 320 × 180 × 48 pixels at half a second a million"
    page = client.get(reverse("shots:page", args=[project.slug, film.shots[0].pk])).content.decode()
    assert "1.38 EUR" in page
    actions.set_budget(project, by=people.owner, budgets={"EUR": Decimal(2)})
    dialog = client.get(reverse("shots:film", args=[project.slug])).content.decode()
    assert "Only 2.00 EUR of the budget is left" in dialog
    refused = client.post(reverse("shots:make_film", args=[project.slug]))
    assert refused.status_code == 409 and "This would cost about 2.76 EUR" in refused.content.decode()


@pytest.mark.parametrize("where", ["", "?shot", "?film"])
def test_an_engines_form_says_what_sending_it_would_take_and_keeps_nothing(
    where: str, prices: None, card: Worker, people: SimpleNamespace, project: Project, client_for: Callable[..., Client]
) -> None:
    film = fill(project, people.owner, 2, takes=False)
    form = {"engine": "diffusers", "task": "shot", "model": "tiny", "prompt": "A fox.", "width": "640", "height": "360", "frames": "8", "count": "2"}
    client, events = client_for(people.artist), Event.objects.count()
    address = reverse("material:price", args=[project.slug]) + where.replace("shot", f"shot={film.shots[0].pk}")
    said = client.post(address, form).content.decode().strip()
    assert said.startswith("≈") and said.endswith("EUR")
    assert not Job.objects.exists() and not Entry.objects.exists() and Event.objects.count() == events
    match where:
        case "?film":
            client.post(reverse("material:film", args=[project.slug]), form)
        case "?shot":
            client.post(reverse("material:takes", args=[project.slug, film.shots[0].pk]), form)
        case _:
            client.post(reverse("material:ask", args=[project.slug]), form)
    assert money(sum((each.money for each in Entry.objects.all()), Decimal(0)), "EUR") in said
    assert client.post(address, {**form, "width": "-1"}).content == b"", "why is said when it is sent"


def test_what_was_done_before_there_was_a_ledger_is_in_it_and_taught_by(film: Film) -> None:
    from importlib import import_module

    from django.apps import apps

    for n in range(3):
        job_of(film, State.SUCCEEDED, spec={**LONG, "seed": n}, seconds=20.0, units=100.0, engine="previs", finished=timezone.now())
    import_module("studio.jobs.migrations.0003_money").history(apps, None)
    import_module("studio.jobs.migrations.0003_money").history(apps, None)
    assert Entry.objects.count() == 3 and not list(differences())
    told = foretell([Work("previs", "shot", 50.0, 1.0, "cpu")])[0]
    assert told.learned and told.seconds == pytest.approx(10.0)
