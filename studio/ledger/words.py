"""Money and time as people read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from studio.ledger.models import GPU

WHOLE = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})  # currencies that nobody divides


def money(value: Decimal, currency: str) -> str:
    """ "12.40 EUR"; what is less than a hundredth keeps its first two digits, so that it is not called nothing."""
    if currency in WHOLE and value >= 1:
        return f"{value.quantize(Decimal(1), ROUND_HALF_UP):,} {currency}"
    if 0 < value < Decimal("0.01"):
        digits = 1 - value.adjusted()
        return f"{value.quantize(Decimal(1).scaleb(-min(6, digits)), ROUND_HALF_UP):f} {currency}"
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,} {currency}"


def hours(seconds: float) -> str:
    """ "3.3 min", "42 min", "1.4 h" of one worker's time."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 or not seconds else f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds / 60:.1f}".removesuffix(".0") + " min"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"


def amount_of(value: Decimal | None, measure: str) -> str:
    """A value of a balance in its measure."""
    if value is None:
        return "no limit"
    return f"{hours(float(value))} on graphics cards" if measure == GPU else money(value, measure)
