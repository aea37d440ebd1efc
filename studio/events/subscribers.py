"""How a later room hears of an earlier one: functions that run after commit, in order, at least once.

Each subscriber has a stored cursor per chain. A function that raises is tried again at the next sweep and holds back only
its own chain. Functions must be idempotent.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max

from studio.events.models import Cursor, Event

log = logging.getLogger(__name__)
Handler = Callable[[Event], None]


@dataclass(frozen=True)
class Subscription:
    name: str
    kinds: frozenset[str]
    handler: Handler


SUBSCRIPTIONS: dict[str, Subscription] = {}


def subscribe(*kinds: str) -> Callable[[Handler], Handler]:
    """Register a handler for these kinds of event; its dotted name is its identity in the database, so keep it."""

    def keep(handler: Handler) -> Handler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        SUBSCRIPTIONS[name] = Subscription(name, frozenset(kinds), handler)
        return handler

    return keep


def wake(event: Event) -> None:
    """Ask the clerk to deliver; lost messages are made good by `sweep`."""
    if any(event.kind in subscription.kinds for subscription in SUBSCRIPTIONS.values()):
        from studio.events.tasks import deliver

        try:
            deliver.apply_async(args=[str(event.chain)], queue="clerk", retry=False)
        except Exception as problem:  # the broker may be away; the row is the truth
            log.warning("clerk not woken: %s", problem)


def deliver_chain(chain: uuid.UUID) -> int:
    """Run every subscriber on what it has not seen of one chain; returns how many events were handled."""
    return sum(_catch_up(subscription, chain) for subscription in SUBSCRIPTIONS.values())


def hear_now(chain: uuid.UUID, module: str) -> None:
    """Run a room's subscribers on what they have not heard yet, inside the caller's transaction, which holds the chain's turn (see
    `log.hold`): for whoever needs what follows from all that was done so far and cannot wait for the clerk. A cursor that a clerk holds
    just now is left to it; its subscriber hears the event once more, as any may. What a subscriber fails on is left to the clerk, too: it is not
    the caller's to answer for."""
    room = [subscription for subscription in SUBSCRIPTIONS.values() if subscription.handler.__module__ == module]
    Cursor.objects.bulk_create([Cursor(subscriber=one.name, chain=chain) for one in room], ignore_conflicts=True)
    seen = dict(Cursor.objects.filter(chain=chain, subscriber__in=[one.name for one in room]).values_list("subscriber", "seq"))
    kinds = {kind for one in room for kind in one.kinds}
    for event in Event.objects.filter(chain=chain, seq__gt=min(seen.values(), default=0), kind__in=kinds).order_by("seq"):
        for one in list(room):
            if event.kind in one.kinds and event.seq > seen[one.name]:
                try:
                    with transaction.atomic():
                        one.handler(event)
                except Exception:
                    log.exception("%s failed on event %s", one.name, event.pk)
                    room.remove(one)  # in order or not at all
                    continue
                free = Cursor.objects.select_for_update(skip_locked=True).filter(subscriber=one.name, chain=chain, seq__lt=event.seq)
                Cursor.objects.filter(pk__in=[cursor.pk for cursor in free]).update(seq=event.seq)


def sweep() -> int:
    """Deliver whatever a lost wake-up left behind, in every chain."""
    heads = dict(Event.objects.values_list("chain").annotate(head=Max("seq")))
    seen = {(cursor.subscriber, cursor.chain): cursor.seq for cursor in Cursor.objects.all()}
    behind = {chain for chain, head in heads.items() for name in SUBSCRIPTIONS if seen.get((name, chain), 0) < head}
    return sum(deliver_chain(chain) for chain in behind)


def _catch_up(subscription: Subscription, chain: uuid.UUID) -> int:
    """One event per transaction under the cursor's row lock: two clerks never run one subscriber on one chain at once."""
    handled = 0
    Cursor.objects.bulk_create([Cursor(subscriber=subscription.name, chain=chain)], ignore_conflicts=True)
    while True:
        with transaction.atomic():
            cursor = Cursor.objects.select_for_update(skip_locked=True).filter(subscriber=subscription.name, chain=chain).first()
            if cursor is None:
                return handled
            event = Event.objects.filter(chain=chain, seq__gt=cursor.seq, kind__in=subscription.kinds).order_by("seq").first()
            if event is None:
                _skip_to_head(cursor)
                return handled
            try:
                with transaction.atomic():
                    subscription.handler(event)
            except Exception as problem:
                log.exception("%s failed on event %s", subscription.name, event.pk)
                Cursor.objects.filter(pk=cursor.pk).update(failures=cursor.failures + 1, error=str(problem)[:2000])
                return handled
            Cursor.objects.filter(pk=cursor.pk).update(seq=event.seq, failures=0, error="")
            handled += 1


def _skip_to_head(cursor: Cursor) -> None:
    """Nothing of interest is left: stand at the last event so that a sweep need not look again."""
    with connection.cursor() as sql:
        sql.execute("SELECT max(seq) FROM events_event WHERE chain = %s", [cursor.chain])
        row = sql.fetchone()
    head = row[0] if row and row[0] else 0
    if (
        head > cursor.seq
        and not Event.objects.filter(chain=cursor.chain, seq__gt=cursor.seq, seq__lte=head, kind__in=SUBSCRIPTIONS[cursor.subscriber].kinds).exists()
    ):
        Cursor.objects.filter(pk=cursor.pk).update(seq=head)
