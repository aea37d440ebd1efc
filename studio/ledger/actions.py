"""Reserving, settling and releasing what work costs, and saying what it may cost.

Everything here runs inside the transaction that changes the job it is about, under the project's turn (`events.log.hold`): of two people who
order at once the second sees what the first has reserved.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum
from django.utils import timezone
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.ledger.estimates import Foretold
from studio.ledger.models import GPU, PROVIDER_JOB, Balance, Entry, Kind, Rate, Terms
from studio.ledger.queries import Line
from studio.ledger.rates import rate_card
from studio.ledger.words import amount_of, either
from studio.projects.models import Membership, Project, Role
from studio.projects.policies import LEADS

WARN_AT = Decimal("0.8")


class OverBudget(Exception):
    """What was ordered would cost more than is left. Nothing was reserved."""


@dataclass(frozen=True)
class Expense:
    """Whose work it is and what it is about: what every entry of a job carries."""

    job_id: uuid.UUID
    person_id: uuid.UUID | None
    subject_kind: str
    subject_id: str
    title: str
    engine: str
    task: str
    amount: float

    def entry(self, kind: Kind, project_id: uuid.UUID, **more: Any) -> Entry:
        return Entry(kind=kind, project_id=project_id, **vars(self), **more)


@dataclass(frozen=True)
class Attempted:
    """What one attempt took. `money` is a provider's own price, where it named one."""

    token: uuid.UUID
    attempt: int
    outcome: str
    card: str
    milliseconds: int
    began: datetime
    version: str = ""
    joules: float | None = None  # as read; None: by the rating
    rated: float | None = None  # watts by the card's own word
    money: Decimal | None = None
    currency: str = ""
    provider_job: str = ""  # by whose name a provider's price is entered once, whichever attempts heard of it


def reserve(project: Project, by: Any, orders: Sequence[tuple[Expense, Foretold]], *, always: Iterable[uuid.UUID] = (), again: bool = False) -> None:
    """Set aside what these jobs are expected to cost, all of it or nothing. Raises `OverBudget`. Those in `always` are counted but neither
    refused nor a reason to refuse: the studio's pages cannot do without them. `again`: some were asked for before."""
    rounds = _rounds([expense.job_id for expense, _ in orders]) if again else {}
    entries = [
        expense.entry(
            Kind.RESERVE,
            project.pk,
            round=rounds.get(expense.job_id, 0) + 1,
            card=told.card,
            milliseconds=round(told.seconds * 1000),
            joules=told.joules,
            money=told.money,
            currency=told.currency,
        )
        for expense, told in orders
    ]
    free = set(always)
    sums, asked = _sums(entries), _sums([entry for entry in entries if entry.job_id not in free])
    if sums:
        balances = _locked(project, sums)
        for measure, cost in asked.items():
            left = balances[measure].left
            if left is not None and cost > left:
                raise OverBudget(_refusal(project, balances[measure], cost, left))
        for measure, cost in sums.items():
            balances[measure].reserved += cost
        _keep(project, balances.values(), by)
    Entry.objects.bulk_create(entries, batch_size=500)


def weigh(project: Project, expected: Iterable[tuple[Foretold, int, bool]]) -> Line:
    """What `reserve` would set aside for so many jobs of each sort, and nothing is. Raises `OverBudget` as it would; the last of each three says
    that a budget counts them without stopping them."""
    line, sums, asked = Line("Set aside"), defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for told, count, always in expected:
        each = Entry(card=told.card, milliseconds=round(told.seconds * 1000), money=told.money, currency=told.currency)
        row = {"ms": each.milliseconds * count, "jobs": count, "joules": (told.joules or 0.0) * count}
        line.add({**row, "currency": told.currency, "money": told.money * count})
        for measure, cost in _sums([each]).items():
            sums[measure] += cost * count
            asked[measure] += Decimal(0) if always else cost * count
    for balance in Balance.objects.filter(project=project, measure__in=list(sums)):
        cost = asked[balance.measure]
        if balance.left is not None and cost > balance.left:
            raise OverBudget(_refusal(project, balance, cost, balance.left))
    return line


def settle(project: Project, by: Any, expense: Expense, took: Attempted) -> Entry:
    """Write down what one attempt took, at the prices of when it began. Twice for one attempt is refused by the database."""
    prices = rate_card(took.began)
    joules, measured = took.joules, took.joules is not None
    if joules is None:
        watts = prices.watts(took.card) or took.rated
        joules = watts * took.milliseconds / 1000 if watts else None
    money, currency = prices.price(took.card, took.milliseconds, joules)
    if took.money is not None:
        money, currency = took.money, took.currency or prices.currency
        money = max(Decimal(0), money - _entered(expense.job_id, took.provider_job[:PROVIDER_JOB]))
    entry = expense.entry(
        Kind.ACTUAL,
        project.pk,
        token=took.token,
        attempt=took.attempt,
        outcome=took.outcome,
        card=took.card,
        milliseconds=took.milliseconds,
        joules=joules,
        measured=measured,
        version=took.version[:60],
        money=money,
        currency=currency,
        provider=took.money is not None,
        provider_job=took.provider_job[:PROVIDER_JOB],
    )
    entry.save(force_insert=True)
    sums = _sums([entry])
    if sums:
        balances = _locked(project, sums)
        for measure, cost in sums.items():
            balances[measure].spent += cost
        _keep(project, balances.values(), by)
    return entry


def _entered(job_id: uuid.UUID, provider_job: str) -> Decimal:
    """What earlier attempts of a job have entered as the price of one job at a provider."""
    if not provider_job:
        return Decimal(0)
    rows = Entry.objects.filter(kind=Kind.ACTUAL, job_id=job_id, provider_job=provider_job, provider=True)
    return rows.aggregate(sum=Sum("money"))["sum"] or Decimal(0)


def release(project: Project, jobs: Iterable[uuid.UUID]) -> int:
    """Give back what is still set aside for these jobs, which have ended; returns for how many. Again changes nothing."""
    given_back = Entry.objects.filter(kind=Kind.RELEASE, job_id=OuterRef("job_id"), round=OuterRef("round"))
    found = list(Entry.objects.filter(~Exists(given_back), kind=Kind.RESERVE, job_id__in=list(jobs)))
    if not found:
        return 0
    sums, now = _sums(found), timezone.now()
    for entry in found:
        entry.pk, entry.kind, entry.at = None, Kind.RELEASE, now
    Entry.objects.bulk_create(found, batch_size=500)
    if sums:
        balances = _locked(project, sums)
        for measure, cost in sums.items():
            balances[measure].reserved -= cost
        _keep(project, balances.values(), None)
    return len(found)


@transaction.atomic
def set_budget(project: Project, *, by: Any, budgets: Mapping[str, Decimal | None]) -> None:
    """What the project may spend, by measure; None lifts a limit. What is spent and reserved already stays as it is."""
    hold(project.pk)
    balances = _locked(project, budgets)
    changed = {measure: budget for measure, budget in budgets.items() if balances[measure].budget != budget}
    if not changed:
        return
    before = {measure: _plain(balances[measure].budget) for measure in changed}
    for measure, budget in changed.items():
        balances[measure].budget = budget
    after = {measure: _plain(budget) for measure, budget in changed.items()}
    record("budget.changed", actor=by, project=project, subject=project, data={"before": before, "after": after})
    _keep(project, [balances[measure] for measure in changed], by)


@transaction.atomic
def set_terms(*, by: Any, currency: str, per_kwh: Decimal | None) -> Terms | None:
    """What the installation counts in from now on, and what a kilowatt-hour costs. Rates in another currency hold no longer. None if it is so
    already."""
    hold(None)
    now = rate_card()
    if (now.currency, now.per_kwh) == (currency, per_kwh):
        return None
    terms = Terms.objects.create(currency=currency, per_kwh=per_kwh, by_id=by.pk)
    before = {"currency": now.currency, "per_kwh": _plain(now.per_kwh)}
    record("terms.changed", actor=by, subject=terms, data={"before": before, "after": {"currency": currency, "per_kwh": _plain(per_kwh)}})
    return terms


@transaction.atomic
def set_rate(*, by: Any, card: str, per_hour: Decimal | None, watts: int | None = None) -> Rate:
    """What an hour of such a card costs from now on; None withdraws its price. Work begun before keeps what it cost."""
    hold(None)
    prices = rate_card()
    before = next((rate for rate in prices.rates if rate.card == card), None)
    rate = Rate.objects.create(card=card, per_hour=per_hour, currency=prices.currency, watts=watts, by_id=by.pk)
    data = {
        "card": card,
        "before": _plain(before.per_hour) if before else None,
        "after": _plain(per_hour),
        "currency": prices.currency,
        "watts": watts,
    }
    record("rate.changed", actor=by, subject=rate, data=data)
    return rate


def _rounds(jobs: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How often each of these was asked for already."""
    rounds: dict[uuid.UUID, int] = defaultdict(int)
    for job_id, last in Entry.objects.filter(kind=Kind.RESERVE, job_id__in=jobs).values_list("job_id", "round"):
        rounds[job_id] = max(rounds[job_id], last or 0)
    return rounds


def _sums(entries: Iterable[Entry]) -> dict[str, Decimal]:
    """What these come to, by measure; only measures in which it is something."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if entry.currency and entry.money:
            sums[entry.currency] += entry.money
        if entry.on_a_card and entry.milliseconds:
            sums[GPU] += Decimal(entry.milliseconds) / 1000
    return dict(sums)


def _locked(project: Project, measures: Iterable[str]) -> dict[str, Balance]:
    wanted = sorted(measures)
    there = {row.measure: row for row in Balance.objects.select_for_update().filter(project=project, measure__in=wanted).order_by("measure")}
    for measure in wanted:
        if measure not in there:
            there[measure] = Balance.objects.create(project=project, measure=measure)
    return there


def _keep(project: Project, balances: Iterable[Balance], by: Any) -> None:
    """Store the sums; who goes over four fifths of a budget is told once, and again after it had been less."""
    for row in balances:
        over = row.budget is not None and row.spent + row.reserved >= row.budget * WARN_AT
        crossed, row.warned = over and not row.warned, over
        row.save(update_fields=["spent", "reserved", "budget", "warned"])
        if crossed:
            data = {"measure": row.measure, "budget": _plain(row.budget), "spent": _plain(row.spent), "reserved": _plain(row.reserved)}
            record("budget.warned", actor=by, project=project, subject=project, data=data)


def _refusal(project: Project, balance: Balance, cost: Decimal, left: Decimal) -> str:
    leads = Membership.objects.filter(project=project, role__in=sorted(LEADS)).select_related("person").order_by("-role", "since")
    names = [f"{row.person.name or row.person.email} ({Role(row.role).label.lower()})" for row in leads[:3]]
    measure = balance.measure
    words = gettext(
        "This would cost about %(cost)s; of the budget of %(budget)s %(left)s is left. "
        "Nothing was ordered. The budget can be raised under Costs by %(people)s."
    )
    return words % {
        "cost": amount_of(cost, measure),
        "budget": amount_of(balance.budget, measure),
        "left": amount_of(left, measure),
        "people": either(names) or gettext("the owner"),
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


__all__ = [
    "Attempted", "Expense", "OverBudget", "release", "reserve", "set_budget", "set_rate", "set_terms", "settle",
]  # fmt: skip
