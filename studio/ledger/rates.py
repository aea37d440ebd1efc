"""What an hour of work costs: the rate card, as it stood at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fnmatch import fnmatchcase

from django.utils import timezone

from studio.ledger.models import Rate, Terms

CENT = Decimal("0.000001")
JOULES_PER_KWH = Decimal(3_600_000)


@dataclass(frozen=True)
class RateCard:
    """The prices of one moment. Without terms nothing has a price."""

    currency: str = ""
    per_kwh: Decimal | None = None
    rates: tuple[Rate, ...] = ()

    def rate_for(self, card: str) -> Rate | None:
        """The rate with the most exact pattern that fits; of two as exact the one further on in the alphabet, so that it is always the same."""
        fitting = [rate for rate in self.rates if rate.per_hour is not None and fnmatchcase(card.lower(), rate.card.lower())]
        return max(fitting, key=lambda rate: (len(rate.card.translate({42: None, 63: None})), rate.card), default=None)

    def price(self, card: str, milliseconds: int, joules: float | None) -> tuple[Decimal, str]:
        """(money, currency) of this much work: its time by the card's rate, and its energy where electricity has a price. No rate: nothing, ""."""
        rate = self.rate_for(card)
        if rate is None or rate.per_hour is None:
            return Decimal(0), ""
        money = rate.per_hour * milliseconds / 3_600_000
        if self.per_kwh is not None and joules:
            money += self.per_kwh * Decimal(joules) / JOULES_PER_KWH
        return money.quantize(CENT, ROUND_HALF_EVEN), self.currency

    def watts(self, card: str) -> int | None:
        rate = self.rate_for(card)
        return rate.watts if rate is not None else None


def rate_card(at: datetime | None = None) -> RateCard:
    """The prices as they stand, or stood at a time: what was done before a change keeps its price. Two queries, one without terms."""
    moment = at or timezone.now()
    terms = Terms.objects.filter(since__lte=moment).order_by("-since", "-pk").first()
    if terms is None:
        return RateCard()
    rows = Rate.objects.filter(since__lte=moment).order_by("card", "-since", "-pk").distinct("card")
    return RateCard(terms.currency, terms.per_kwh, _holding(rows, terms.currency))


def _holding(rows: Iterable[Rate], currency: str) -> tuple[Rate, ...]:
    return tuple(row for row in rows if row.per_hour is not None and row.currency == currency)
