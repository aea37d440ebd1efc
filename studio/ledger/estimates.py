"""What work will take, learned from what such work took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from studio.ledger.rates import CENT, RateCard, rate_card

HISTORY = 40  # of the last that succeeded
ENOUGH = 3  # of them on one card, before that card speaks for itself


@dataclass(frozen=True)
class Work:
    """A job as far as its length depends on it: `amount` in whatever this task of this engine takes time in proportion to (million pixels ×
    frames × steps; seconds of sound), and the seconds one would guess without having seen any."""

    engine: str
    task: str
    amount: float
    guess: float
    card: str


@dataclass(frozen=True)
class Foretold:
    """What a job is expected to take: of ten alike, eight should lie between `low` and `high` seconds, or it is a guess to within a factor of two.
    `money` is 0 in currency "" where no rate is set."""

    low: float
    seconds: float
    high: float
    learned: bool
    joules: float | None
    money: Decimal
    currency: str
    card: str


# For each sort of work, the paces (seconds for one of its amount) of the last that succeeded: on this card, and on any.
_PACES = """
SELECT coalesce(mine.n, 0), mine.pace, mine.watts, coalesce(every.n, 0), every.pace, every.watts, paid.price, paid.currency
FROM unnest(%(engines)s::varchar[], %(tasks)s::varchar[], %(cards)s::varchar[]) WITH ORDINALITY AS work(engine, task, card, place)
CROSS JOIN LATERAL (
    SELECT count(*) AS n, percentile_cont(ARRAY[0.2, 0.5, 0.8]) WITHIN GROUP (ORDER BY pace) AS pace,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY watts) AS watts
    FROM (SELECT milliseconds / 1000.0 / amount AS pace, joules * 1000.0 / nullif(milliseconds, 0) AS watts FROM ledger_entry
        WHERE kind = 'actual' AND outcome = 'succeeded' AND engine = work.engine AND task = work.task AND card = work.card AND amount > 0
        ORDER BY at DESC LIMIT %(history)s) AS last
) AS mine
CROSS JOIN LATERAL (
    SELECT count(*) AS n, percentile_cont(ARRAY[0.2, 0.5, 0.8]) WITHIN GROUP (ORDER BY pace) AS pace,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY watts) AS watts
    FROM (SELECT milliseconds / 1000.0 / amount AS pace, joules * 1000.0 / nullif(milliseconds, 0) AS watts FROM ledger_entry
        WHERE kind = 'actual' AND outcome = 'succeeded' AND engine = work.engine AND task = work.task AND amount > 0
        ORDER BY at DESC LIMIT %(history)s) AS last
) AS every
LEFT JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS price, currency
    FROM (SELECT money / amount AS price, currency FROM ledger_entry
        WHERE kind = 'actual' AND outcome = 'succeeded' AND engine = work.engine AND task = work.task AND provider AND amount > 0
        ORDER BY at DESC LIMIT %(history)s) AS last
    GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1
) AS paid ON true
ORDER BY work.place
"""


def foretell(works: Sequence[Work], prices: RateCard | None = None) -> list[Foretold]:
    """What each of these will take, in their order; three queries, however many. From the last on the same card if there are enough of them,
    else from the last of the same engine and task on any, else the guess."""
    if not works:
        return []
    prices = prices or rate_card()
    sorts = list(dict.fromkeys((work.engine, work.task, work.card) for work in works))
    engines, tasks, cards = zip(*sorts, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_PACES, {"engines": list(engines), "tasks": list(tasks), "cards": list(cards), "history": HISTORY})
        found = dict(zip(sorts, cursor.fetchall(), strict=True))
    return [_one(work, found[work.engine, work.task, work.card], prices) for work in works]


def _one(work: Work, row: Sequence[Any], prices: RateCard) -> Foretold:
    here, pace, watts, anywhere, pace_anywhere, watts_anywhere, paid, paid_in = row
    if work.amount <= 0:
        here = anywhere = 0
    if here < ENOUGH and anywhere:
        pace, watts = pace_anywhere, watts_anywhere if watts is None else watts
    learned = bool(here or anywhere)
    low, seconds, high = (float(each) * work.amount for each in pace) if learned else (work.guess / 2, work.guess, work.guess * 2)
    if watts is None:
        watts = prices.watts(work.card)
    joules = float(watts) * seconds if watts is not None else None
    money, currency = prices.price(work.card, round(seconds * 1000), joules)
    if paid is not None:
        money, currency = (Decimal(paid) * Decimal(work.amount)).quantize(CENT), paid_in
    return Foretold(low, seconds, high, learned, joules, money, currency, work.card)


def sum_of(foretold: Sequence[Foretold]) -> dict[str, Decimal]:
    """The money of a batch, by currency."""
    sums: dict[str, Decimal] = {}
    for each in foretold:
        if each.currency:
            sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.money
    return sums
