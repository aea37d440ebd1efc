"""Calling other programs. A call is made at least once: the receiver knows an event by its id."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from generation.contract import BadRequest, Transient
from generation.outside import Bounds, Exchange, judge
from studio.events.log import hold, record
from studio.notices.models import Delivery, Hook
from studio.notices.signing import signature
from studio.providers.sealing import Unreadable, unseal

__all__ = ["call_due", "judge"]
PATIENCE = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]
BOUNDS = Bounds(connect=5, idle=10, total=20, size=4096)
TURN = timedelta(minutes=2)
"""A call that is being made is not due again for so long; whoever makes it died if it is then."""
MOST = 20


def call_due(now: datetime | None = None, bounds: Bounds = BOUNDS) -> int:
    """Make the calls that are due; how many were answered well."""
    now = now or timezone.now()
    due = Delivery.objects.filter(done=None, due__lte=now, hook__active=True).order_by("due").values_list("pk", flat=True)[:MOST]
    return sum(_call(pk, now, bounds) for pk in list(due))


def _call(pk: int, now: datetime, bounds: Bounds) -> bool:
    if not Delivery.objects.filter(pk=pk, done=None, due__lte=now).update(due=now + TURN):
        return False  # another clerk has it
    delivery = Delivery.objects.select_related("hook__project").get(pk=pk)
    status, said = _answer(delivery, bounds)
    row = Delivery.objects.filter(pk=pk)
    attempts = delivery.attempts + 1
    if 200 <= status < 300:
        row.update(status=status, excerpt=said, attempts=attempts, done=timezone.now(), due=None)
        return True
    last = delivery.event == 0 or attempts > len(PATIENCE)
    row.update(status=status, excerpt=said, attempts=attempts, due=None if last else now + PATIENCE[attempts - 1])
    if last and delivery.event:
        _stop(delivery.hook, said or f"it answered {status}")
    return False


def _answer(delivery: Delivery, bounds: Bounds) -> tuple[int, str]:
    """(status, the first of what was said); status 0 and why, if nothing was answered. An answer that breaks off after its status stands."""
    body = delivery.body.encode()
    exchange: Exchange | None = None
    try:
        at = int(time.time())
        headers = {"Content-Type": "application/json", "User-Agent": "Firstcut", "Firstcut-Delivery": str(delivery.pk)}
        headers["Firstcut-Signature"] = signature(unseal(delivery.hook.secret), at, body)
        exchange = Exchange(delivery.hook.url, "POST", headers=headers, body=body, own_network=delivery.hook.own_network, bounds=bounds)
        with exchange as answer:
            said = b""
            with suppress(BadRequest, Transient):
                for part in answer.chunks():
                    said += part
            return answer.status, said.decode("utf-8", "replace").replace("\x00", "")[:500]
    except (BadRequest, Transient) as problem:
        return exchange.status if exchange else 0, str(problem)[:500]
    except Unreadable:
        return 0, "The secret was sealed under another SECRET_KEY. Remove this webhook and add it again."


@transaction.atomic
def _stop(hook: Hook, why: str) -> None:
    hold(hook.project_id)
    if Hook.objects.filter(pk=hook.pk, active=True).update(active=False, why_off=why[:300]):
        record("hook.stopped", project=hook.project, subject=hook, data={"why": why[:120]})
