"""What operators and producers type about money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from studio.ledger.models import GPU, Balance

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 4, "min_value": Decimal(0)}


class TermsForm(forms.Form):
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        label=gettext_lazy("Currency"),
        help_text=gettext_lazy("Three letters: EUR, USD, JPY …"),
        error_messages={"invalid": gettext_lazy("A currency has three letters, like EUR.")},
    )
    per_kwh = forms.DecimalField(
        required=False,
        label=gettext_lazy("A kilowatt-hour costs"),
        help_text=gettext_lazy("Added to every rate below by the energy used. Leave it empty where rates include it."),
        **MONEY,
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class RateForm(forms.Form):
    card = forms.CharField(
        max_length=120,
        strip=True,
        label=gettext_lazy("Card"),
        help_text=gettext_lazy("Its name, or a part with * around it: *H100*. “cpu” is work without a card, “*” every other."),
    )
    per_hour = forms.DecimalField(label=gettext_lazy("A worker-hour costs"), **MONEY)
    watts = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100_000,
        label=gettext_lazy("Watts at work"),
        help_text=gettext_lazy("Where the card's own meter cannot be read."),
    )


class BudgetForm(forms.Form):
    """A field for the hours on cards, and one for each currency."""

    hours = forms.DecimalField(
        required=False,
        max_digits=9,
        decimal_places=2,
        min_value=Decimal(0),
        label=gettext_lazy("Hours on graphics cards"),
        help_text=gettext_lazy("Empty: no limit."),
    )

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for currency in currencies:
            self.fields[f"money-{currency}"] = forms.DecimalField(
                required=False,
                max_digits=12,
                decimal_places=2,
                min_value=Decimal(0),
                label=gettext("Money (%(currency)s)") % {"currency": currency},
                help_text=gettext("Empty: no limit."),
            )

    def budgets(self) -> dict[str, Decimal | None]:
        found: dict[str, Decimal | None] = {}
        for name, value in self.cleaned_data.items():
            if name == "hours":
                found[GPU] = None if value is None else value * 3600
            else:
                found[name.removeprefix("money-")] = value
        return found


def budget_initial(balances: Sequence[Balance]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for row in balances:
        if row.budget is not None:
            name, value = ("hours", row.budget / 3600) if row.is_time else (f"money-{row.measure}", row.budget)
            values[name] = f"{value.quantize(Decimal('0.01')).normalize():f}"
    return values
