from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from studio.accounts.models import Person
from studio.ledger import actions, queries
from studio.ledger.forms import BudgetForm, RateForm, TermsForm, budget_initial
from studio.ledger.models import Entry
from studio.ledger.rates import rate_card
from studio.projects import policies
from studio.projects.access import ProjectRequest, operator_view, project_view
from studio.projects.models import Project

HEAD = (
    "at", "what", "attempt", "outcome", "person", "engine", "version", "task", "card", "seconds", "joules", "read from the card", "money", "currency",
    "a provider's price", "job",
)  # fmt: skip


def _currencies(project: Project, standing: list[Any]) -> list[str]:
    """The installation's own, and every other that this project has to do with."""
    return list(dict.fromkeys([code for code in [rate_card().currency] if code] + [row.measure for row in standing if not row.is_time]))


def _costs(request: ProjectRequest, budget: BudgetForm | None = None) -> dict[str, Any]:
    project = request.project
    standing = queries.balances(project)
    currencies = _currencies(project, standing)
    return {
        "balances": standing,
        "total": queries.total(project),
        "engines": queries.by_engine(project),
        "people": queries.by_person(project),
        "shots": queries.dearest_shots(project),
        "days": queries.days(project, currencies[0] if currencies else ""),
        "in_money": bool(currencies),
        "budget": budget or BudgetForm(currencies=currencies, initial=budget_initial(standing)),
        "may_set": policies.can_set_budget(request.role),
    }


@require_safe
@project_view(policies.can_view)
def costs(request: ProjectRequest) -> HttpResponse:
    """What the film has cost, what is set aside, what is left."""
    return render(request, "ledger/costs.html", _costs(request))


@require_POST
@project_view(policies.can_view, write=policies.can_set_budget)
def budget(request: ProjectRequest) -> HttpResponse:
    form = BudgetForm(request.POST, currencies=_currencies(request.project, queries.balances(request.project)))
    if not form.is_valid():
        return render(request, "ledger/costs.html", _costs(request, form), status=400)
    actions.set_budget(request.project, by=request.user, budgets=form.budgets())
    messages.success(request, gettext("The budget is set. It holds for whatever is ordered from now on."))
    return redirect("ledger:costs", request.project.slug)


class _Echo:
    def write(self, line: str) -> str:
        return line


@require_safe
@project_view(policies.can_view)
def download(request: ProjectRequest) -> StreamingHttpResponse:
    """Every attempt as a line of a table, streamed: a long film has many."""
    people = {person.pk: person.name or person.email for person in Person.objects.filter(memberships__project=request.project)}
    lines = csv.writer(_Echo())

    def rows() -> Iterator[str]:
        yield lines.writerow(HEAD)
        for entry in queries.actuals(request.project).iterator(chunk_size=1000):
            yield lines.writerow([_plain(value) for value in _row(entry, people)])

    answer = StreamingHttpResponse(rows(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{request.project.slug}-costs.csv"'
    return answer


def _row(entry: Entry, people: dict[Any, str]) -> list[Any]:
    return [
        entry.at.isoformat(timespec="seconds"),
        entry.title,
        entry.attempt,
        entry.outcome,
        people.get(entry.person_id, str(entry.person_id or "")),
        entry.engine,
        entry.version,
        entry.task,
        entry.card,
        f"{entry.milliseconds / 1000:.3f}",
        "" if entry.joules is None else round(entry.joules, 1),
        "yes" if entry.measured else "no",
        f"{entry.money:f}",
        entry.currency,
        "yes" if entry.provider else "no",
        str(entry.job_id),
    ]


def _plain(value: Any) -> Any:
    """A cell that no table program takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _rates(**more: Any) -> dict[str, Any]:
    card = rate_card()
    return {
        "card": card,
        "rates": queries.newest_rates(),
        "history": queries.rate_history(),
        "seen": queries.cards_seen(),
        "terms": TermsForm(initial={"currency": card.currency, "per_kwh": card.per_kwh}),
        "rate": RateForm(),
        **more,
    }


@require_safe
@operator_view
def rates(request: HttpRequest) -> HttpResponse:
    """What an hour of each card costs."""
    return render(request, "ledger/rates.html", _rates())


@require_POST
@operator_view
def terms(request: HttpRequest) -> HttpResponse:
    form = TermsForm(request.POST)
    if not form.is_valid():
        return render(request, "ledger/rates.html", _rates(terms=form), status=400)
    before = rate_card()
    if actions.set_terms(by=request.user, **form.cleaned_data):
        said = [gettext("From now on it is counted like this.")]
        if left := sum(1 for rate in before.rates if rate.currency != form.cleaned_data["currency"]):
            words = ngettext(
                "%(count)d rate in %(before)s no longer holds: set it in %(now)s.",
                "%(count)d rates in %(before)s no longer hold: set them in %(now)s.",
                left,
            )
            said.append(words % {"count": left, "before": before.currency, "now": form.cleaned_data["currency"]})
        messages.success(request, " ".join(said))
    return redirect("ledger:rates")


@require_POST
@operator_view
def addition(request: HttpRequest) -> HttpResponse:
    """A price from now on."""
    form = RateForm(request.POST)
    if form.is_valid() and not rate_card().currency:
        form.add_error(None, gettext("Say first which currency this installation counts in."))
    if not form.is_valid():
        return render(request, "ledger/rates.html", _rates(rate=form), status=400)
    actions.set_rate(by=request.user, **form.cleaned_data)
    words = gettext("From now on an hour of “%(card)s” costs this. What was begun before keeps its price.")
    messages.success(request, words % {"card": form.cleaned_data["card"]})
    return redirect("ledger:rates")


@require_POST
@operator_view
def withdrawal(request: HttpRequest) -> HttpResponse:
    """A card has no price of its own any more."""
    card = request.POST.get("card", "")
    if not any(rate.card == card for rate in rate_card().rates):
        return render(request, "ledger/rates.html", _rates(problem=gettext("That rate does not hold any more; nothing was changed.")), status=409)
    actions.set_rate(by=request.user, card=card, per_hour=None)
    messages.success(request, gettext("“%(card)s” has no price of its own any more.") % {"card": card})
    return redirect("ledger:rates")
