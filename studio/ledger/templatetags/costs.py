"""Money and time in templates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from studio.ledger import words

register = template.Library()


@register.filter
def cost(sums: Mapping[str, Decimal] | None) -> str:
    """Sums by currency, the largest first: "12.40 EUR and 0.30 USD"; nothing for none."""
    largest = sorted((sums or {}).items(), key=lambda item: (-item[1], item[0]))
    return words.both([words.money(value, currency) for currency, value in largest if value])


@register.filter
def price(value: Decimal, currency: str) -> str:
    return words.money(value, currency) if currency else ""


@register.filter
def amount(value: Decimal | None, measure: str) -> str:
    """In the measure of a balance."""
    return words.amount_of(value, measure)


@register.filter
def exactly(value: Decimal, currency: str) -> str:
    """A price as it was set."""
    return words.exact(value, currency)


@register.filter
def alone(value: Decimal, measure: str) -> str:
    return words.amount_alone(value, measure)


@register.filter
def what_is_left(words: str) -> SafeString:
    """The figure that a sentence about a budget is about, so that it stands out in it."""
    return format_html('<span class="costs__left">{}</span>', words)


@register.filter
def hours(seconds: float) -> str:
    return words.hours(seconds)


@register.filter
def kwh(joules: float) -> str:
    """Energy as it stands on a bill; below a tenth of a watt-hour nobody measures it."""
    wh = joules / 3600
    return f"{wh / 1000:,.2f} kWh" if wh >= 100 else f"{wh:.1f} Wh"


@register.filter
def percent(part: float) -> str:
    return f"{part * 100:.0f} %"


@register.filter
def per_mille(part: float) -> float:
    """A part of one as a width of 1000."""
    return round(min(1.0, max(0.0, part)) * 1000, 1)
