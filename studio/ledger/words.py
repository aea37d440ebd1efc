"""Money and time as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce

from django.utils.translation import gettext

from studio.ledger.models import GPU

WHOLE = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})  # currencies that nobody divides


def money(value: Decimal, currency: str) -> str:
    """ "12.40 EUR"; what is not nothing is not called nothing."""
    if currency in WHOLE and value >= 1:
        return f"{value.quantize(Decimal(1), ROUND_HALF_UP):,} {currency}"
    if 0 < value < Decimal("0.005"):
        return gettext("under %(money)s") % {"money": f"0.01 {currency}"}
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,} {currency}"


def exact(value: Decimal, currency: str) -> str:
    """A price as it was set: "0.0375 EUR", "2.40 EUR"."""
    whole, _, parts = f"{value:f}".partition(".")
    return f"{whole}.{parts.rstrip('0').ljust(2, '0')} {currency}"


def hours(seconds: float) -> str:
    """ "3.3 min", "42 min", "1.4 h" of one worker's time."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 or not seconds else f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds / 60:.1f}".removesuffix(".0") + " min"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f}".removesuffix(".0") + " h"


def amount_of(value: Decimal | None, measure: str) -> str:
    """A value of a balance in its measure."""
    if value is None:
        return gettext("no limit")
    return gettext("%(time)s on graphics cards") % {"time": hours(float(value))} if measure == GPU else money(value, measure)


def amount_alone(value: Decimal, measure: str) -> str:
    """The same where the measure has been named."""
    return hours(float(value)) if measure == GPU else money(value, measure)


def both(parts: Sequence[str]) -> str:
    """ "12.40 EUR and 0.30 USD"; nothing for none."""
    return reduce(lambda before, last: gettext("%(before)s and %(last)s") % {"before": before, "last": last}, parts) if parts else ""


def either(parts: Sequence[str]) -> str:
    """ "Ola or Pia"; nothing for none."""
    return reduce(lambda before, last: gettext("%(before)s or %(last)s") % {"before": before, "last": last}, parts) if parts else ""
