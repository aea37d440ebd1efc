"""What was spent, on what, by whom and when; what is set aside and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from generation import catalog
from studio.accounts.models import Person
from studio.ledger.models import CPU, GPU, OUTSIDE, Balance, Entry, Kind, Rate
from studio.ledger.rates import rate_card
from studio.projects.models import Project

DAYS = 30
DEAREST = 12


@dataclass
class Line:
    """What one engine, person, shot or day came to."""

    name: str
    seconds: float = 0.0
    jobs: int = 0
    joules: float = 0.0
    money: dict[str, Decimal] = field(default_factory=dict)
    url_id: str = ""

    def add(self, row: dict[str, Any]) -> None:
        self.seconds += row["ms"] / 1000
        self.jobs += row["jobs"]
        self.joules += row["joules"] or 0.0
        if row["currency"] and row["money"]:
            self.money[row["currency"]] = self.money.get(row["currency"], Decimal(0)) + row["money"]


def actuals(project: Project) -> QuerySet[Entry]:
    """Every attempt of a project, the oldest first."""
    return Entry.objects.filter(project_id=project.pk, kind=Kind.ACTUAL).order_by("at", "pk")


def balances(project: Project) -> list[Balance]:
    """Where the project stands: time on graphics cards first, then each currency; those of which it has neither spent nor may spend anything are
    left out."""
    rows = [row for row in Balance.objects.filter(project=project) if row.spent or row.reserved or row.budget is not None]
    return sorted(rows, key=lambda row: (not row.is_time, row.measure))


def tight(project: Project) -> list[Balance]:
    """The budgets of which four fifths or more are used."""
    return list(Balance.objects.filter(project=project, warned=True, budget__isnull=False).order_by("measure"))


def too_small(project: Project, sums: Mapping[str, Decimal]) -> list[Balance]:
    """The budgets that do not reach for this much, by measure."""
    rows = Balance.objects.filter(project=project, budget__isnull=False, measure__in=list(sums)) if sums else []
    return [row for row in rows if row.left is not None and row.left < sums[row.measure]]


def total(project: Project) -> Line:
    """All that was spent."""
    line = Line("All")
    for row in _grouped(actuals(project)):
        line.add(row)
    return line


def by_engine(project: Project) -> list[Line]:
    titles = {facts.name: gettext(facts.title) for facts in catalog.engines()}
    return _lines(_grouped(actuals(project), "engine"), lambda row: titles.get(row["engine"], row["engine"]) or gettext("The studio itself"))


def by_person(project: Project) -> list[Line]:
    rows = list(_grouped(actuals(project), "person_id"))
    people = {person.pk: person.name or person.email for person in Person.objects.filter(pk__in={row["person_id"] for row in rows})}
    left, nobody = gettext("somebody who left"), gettext("nobody in particular")
    return _lines(rows, lambda row: people.get(row["person_id"], left if row["person_id"] else nobody))


def dearest_shots(project: Project) -> list[Line]:
    """The shots that took most, by their money and then their time."""
    rows = list(_grouped(actuals(project).filter(subject_kind="shot"), "subject_id", name=Max("title")))
    lines: dict[str, Line] = {}
    for row in rows:
        line = lines.setdefault(row["subject_id"], Line(row["name"] or gettext("Shot"), url_id=row["subject_id"]))
        line.add(row)
    for line in lines.values():
        name = line.name.split(" by ")[0]  # what other engines made of it is called by them too
        line.name = gettext("Shot %(code)s") % {"code": name.removeprefix("Shot ")} if name.startswith("Shot ") else name
    return sorted(lines.values(), key=_most)[:DEAREST]


@dataclass(frozen=True)
class Bar:
    """One day in the chart: `height` of 100, `x` in days."""

    day: date
    line: Line
    x: int
    height: float

    @property
    def y(self) -> float:
        return 100.0 - self.height


def days(project: Project, currency: str = "") -> list[Bar]:
    """The last thirty days, one bar each; their height is money in this currency or, without one, time."""
    today = timezone.now().date()
    first = today - timedelta(days=DAYS - 1)
    rows = _grouped(actuals(project).filter(at__date__gte=first).annotate(day=TruncDate("at")), "day")
    lines = {first + timedelta(days=n): Line(date_format(first + timedelta(days=n), "j M")) for n in range(DAYS)}
    for row in rows:
        if row["day"] in lines:
            lines[row["day"]].add(row)
    sizes = [float(line.money.get(currency, 0)) if currency else line.seconds for line in lines.values()]
    most = max(sizes) or 1.0
    return [Bar(day, line, n, round(100 * size / most, 2)) for n, ((day, line), size) in enumerate(zip(lines.items(), sizes, strict=True))]


def _grouped(entries: QuerySet[Entry], *by: str, **more: Any) -> Iterator[dict[str, Any]]:
    sums = {"ms": Sum("milliseconds"), "money": Sum("money"), "joules": Sum("joules"), "jobs": Count("job_id", distinct=True), **more}
    for row in entries.order_by().values(*by, "currency").annotate(**sums):
        yield {**row, "ms": row["ms"] or 0}


def _lines(rows: Iterable[dict[str, Any]], name: Any) -> list[Line]:
    lines: dict[str, Line] = {}
    for row in rows:
        words = name(row)
        lines.setdefault(words, Line(words)).add(row)
    return sorted(lines.values(), key=_most)


def _most(line: Line) -> tuple[Decimal, float, str]:
    return (-sum(line.money.values(), Decimal(0)), -line.seconds, line.name)


def newest_rates() -> list[Rate]:
    """The prices that hold now."""
    return sorted(rate_card().rates, key=lambda rate: rate.card)


def rate_history() -> QuerySet[Rate]:
    return Rate.objects.order_by("-since", "-pk")[:20]


def cards_seen() -> list[str]:
    """Cards that worked here, for whoever sets a price."""
    found = Entry.objects.filter(kind=Kind.ACTUAL).order_by("card").values_list("card", flat=True).distinct()
    return sorted({CPU, OUTSIDE, *found} - {GPU})


@dataclass(frozen=True)
class Difference:
    """Where two books that should agree do not."""

    project_id: Any
    words: str


def differences() -> Iterator[Difference]:
    """Each balance that is not the sum of its entries."""
    sums: dict[tuple[Any, str], list[Decimal]] = {}
    gpu = ~Q(card__in=(CPU, OUTSIDE))
    for row in Entry.objects.order_by().values("project_id", "kind", "currency").annotate(money=Sum("money"), ms=Sum("milliseconds", filter=gpu)):
        for measure, value in ((row["currency"], row["money"]), (GPU, Decimal(row["ms"] or 0) / 1000)):
            spent_reserved = sums.setdefault((row["project_id"], measure), [Decimal(0), Decimal(0)])
            match row["kind"]:
                case Kind.ACTUAL:
                    spent_reserved[0] += value
                case Kind.RESERVE:
                    spent_reserved[1] += value
                case _:
                    spent_reserved[1] -= value
    there = {(row.project_id, row.measure): row for row in Balance.objects.all()}
    standing = set(Project.objects.values_list("pk", flat=True))
    for project, measure in sorted({*sums, *there}, key=str):
        spent, reserved = sums.get((project, measure), [Decimal(0), Decimal(0)])
        balance = there.get((project, measure))
        kept = (balance.spent, balance.reserved) if balance is not None else (Decimal(0), Decimal(0))
        if project in standing and measure and kept != (spent, reserved):
            yield Difference(project, f"{measure}: kept {kept[0]} spent and {kept[1]} reserved, the entries say {spent} and {reserved}")


def version_of(job_id: Any) -> str:
    """Which version of its engine made a job's result; "" if that is not known."""
    found = Entry.objects.filter(job_id=job_id, kind=Kind.ACTUAL, outcome="succeeded").values_list("version", flat=True).first() if job_id else None
    return found or ""


def newest_version(engine: str) -> str:
    """The version of an engine that worked here last."""
    rows = Entry.objects.filter(kind=Kind.ACTUAL, outcome="succeeded", engine=engine).exclude(version="")
    return rows.order_by("-at", "-pk").values_list("version", flat=True).first() or ""


def last_entry() -> int:
    return Entry.objects.aggregate(last=Max("pk"))["last"] or 0


def reserved_since(project: Project, entry: int) -> Line:
    """What was set aside for a project after this entry."""
    line = Line("Set aside")
    for row in _grouped(Entry.objects.filter(project_id=project.pk, kind=Kind.RESERVE, pk__gt=entry)):
        line.add(row)
    return line
