"""Calling other programs. A call is made at least once: the receiver knows an event by its id."""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from generation.contract import BadRequest, Transient
from generation.outside import Bounds, Exchange, judge
from studio.events.log import hold, record
from studio.notices.models import Delivery, Hook
from studio.notices.signing import signature
from studio.providers.sealing import Unreadable, unseal

log = logging.getLogger(__name__)
PATIENCE = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]
BOUNDS = Bounds(connect=5, idle=10, total=20, size=4096)
ROUND = 60.0
"""Seconds after which a round begins no more calls: so long its `now` is good for."""
TURN = timedelta(minutes=2)
"""A call that is being made is not due again for so long; whoever makes it died if it is then."""
MOST = 50
"""Calls of one hook in one round."""
KEPT = timedelta(days=30)
"""How long what was answered, or given up, stands in the list."""
REST = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]-]*")


class _Stopping(Exception):
    """The clerk ends: the call is made by the next."""


def judge_hook(url: str, *, own_network: bool = False) -> None:
    """What can be known of a hook's address without calling it. Raises `BadRequest`."""
    if "#" in url:
        raise BadRequest(gettext_noop("The address must have no “#” in it: what stands behind it is never sent."))
    base, rest = _parts(url)
    if "@" in base:
        raise BadRequest(gettext_noop("The address must be without a user or password in it: the signature says who calls."))
    judge(base, own_network=own_network)
    if not REST.fullmatch(urlsplit(base).path + rest):
        raise BadRequest(gettext_noop("What follows the host has signs in it that must be written with “%”."))


def _parts(url: str) -> tuple[str, str]:
    """(address, its last slash and what follows the ?), since receivers mind both and `Exchange` wants an address without them."""
    base, mark, query = url.partition("?")
    short = base.rstrip("/")
    slash = "/" if base.endswith("/") or (query and not urlsplit(short).path) else ""
    return short, slash + mark + query


def call_due(now: datetime | None = None, bounds: Bounds = BOUNDS, enough: Callable[[], bool] = lambda: False, at_once: int = 1) -> int:
    """Make the calls that are due until `enough`, of as many hooks `at_once`; how many were answered well. Who has waited longest comes first.
    Each hook is called in the order of its events, and no more in this round once it failed: one that does not answer holds up itself."""
    now, began = now or timezone.now(), time.monotonic()
    due = Delivery.objects.filter(Q(hook__active=True) | Q(event=0), done=None, due__lte=now)
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for hook, _ in due.order_by().values_list("hook").annotate(first=Min("due")).order_by("first", "hook"):
        waiting.put(hook)
    answered: list[int] = []

    def over() -> bool:
        return enough() or time.monotonic() - began > ROUND

    def work() -> None:
        with suppress(queue.Empty):
            while not over():
                for pk in _due_of(waiting.get_nowait(), now):
                    if over() or not _call(pk, now, bounds, enough):
                        break
                    answered.append(pk)

    def beside() -> None:
        try:
            work()
        except Exception:  # the calls stay due
            log.exception("calling webhooks broke")
        finally:
            connection.close()

    helpers = [threading.Thread(target=beside, name="caller", daemon=True) for _ in range(min(at_once, waiting.qsize()) - 1)]
    for helper in helpers:
        helper.start()
    try:
        work()
    finally:
        for helper in helpers:
            helper.join()
    return len(answered)


def _due_of(hook: int, now: datetime) -> list[int]:
    rows = Delivery.objects.filter(Q(hook__active=True) | Q(event=0), hook=hook, done=None, due__lte=now)
    return list(rows.order_by("event", "pk").values_list("pk", flat=True)[:MOST])


def _call(pk: int, now: datetime, bounds: Bounds, enough: Callable[[], bool]) -> bool:
    if not Delivery.objects.filter(pk=pk, done=None, due__lte=now).update(due=now + TURN):
        return False  # another clerk has it
    row = Delivery.objects.filter(pk=pk)
    if (delivery := row.select_related("hook__project").first()) is None:
        return False  # its hook was removed meanwhile
    try:
        status, said = _answer(delivery, bounds, enough)
    except _Stopping:
        row.update(due=now)
        return False
    attempts = delivery.attempts + 1
    if 200 <= status < 300:
        row.update(status=status, excerpt=said, attempts=attempts, done=timezone.now(), due=None)
        return True
    if status == 0:  # whoever does not answer at all is not asked again by each event that waits
        Delivery.objects.filter(hook=delivery.hook, done=None, due__lte=now).exclude(pk=pk).update(due=now + PATIENCE[0])
    last = delivery.event == 0 or attempts > len(PATIENCE)
    row.update(status=status, excerpt=said, attempts=attempts, due=None if last else now + PATIENCE[attempts - 1])
    if last and delivery.event and not Delivery.objects.filter(hook=delivery.hook, event__gt=0, done__gt=delivery.made).exists():
        _stop(delivery.hook, said or f"it answered {status}")
    return False


def _answer(delivery: Delivery, bounds: Bounds, enough: Callable[[], bool]) -> tuple[int, str]:
    """(status, the first of what was said); status 0 and why, if nothing was answered. An answer that breaks off after its status stands."""

    def tick() -> None:
        if enough():
            raise _Stopping

    body, hook = delivery.body.encode(), delivery.hook
    base, rest = _parts(hook.url)
    exchange: Exchange | None = None
    try:
        at = int(time.time())
        headers = {"Content-Type": "application/json", "User-Agent": "Firstcut", "Firstcut-Delivery": str(delivery.pk)}
        headers["Firstcut-Signature"] = signature(unseal(hook.secret), at, body)
        exchange = Exchange(base, "POST", rest, headers=headers, body=body, own_network=hook.own_network, bounds=bounds, tick=tick)
        with exchange as answer:
            said = b""
            with suppress(BadRequest, Transient):
                for part in answer.chunks():
                    said += part
            return answer.status, said.decode("utf-8", "replace").replace("\x00", "")[:500]
    except (BadRequest, Transient) as problem:
        return exchange.status if exchange else 0, str(problem)[:500]
    except Unreadable:
        return 0, gettext_noop("The secret was sealed under another SECRET_KEY. Remove this webhook and add it again.")


@transaction.atomic
def _stop(hook: Hook, why: str) -> None:
    hold(hook.project_id)
    if Hook.objects.filter(pk=hook.pk, active=True).update(active=False, why_off=why[:300]):
        record("hook.stopped", project=hook.project, subject=hook, data={"why": why[:120]})


def clear_old(now: datetime | None = None) -> int:
    """Forget what was answered, or given up, long ago; how many calls."""
    old = Delivery.objects.filter(made__lt=(now or timezone.now()) - KEPT)
    return old.filter(Q(due=None) | Q(hook__active=False)).delete()[0]
