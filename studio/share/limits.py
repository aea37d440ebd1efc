"""How often somebody may try: counted in Valkey for all web processes, by the rates in `settings.ACCOUNT_RATE_LIMITS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.http import HttpRequest


def may_try(request: HttpRequest, action: str, key: str) -> bool:
    """Count one try, right or wrong, by its key and by the machine it comes from; False once either is used up. Counted before the answer is
    looked at, so that tries at the same time do not slip through together."""
    return tried(request, action, key) is not None


def tried(request: HttpRequest, action: str, key: str) -> Any:
    """The same; what was counted, for `settle`, or None."""
    return ratelimit.consume(request, app="allauth.account", action=action, key=key)


def settle(tries: Sequence[Any], *, right: bool) -> None:
    """A right try does not count: a house full of guests behind one address is no attack. Wrong ones before it do. The same is done for a wrong try,
    to no effect, so that the time it takes tells nothing."""
    for one in tries:
        for usage in one.usage:
            replace(usage, timestamp=usage.timestamp if right else 0.0).rollback()


def from_here(request: HttpRequest, key: str) -> str:
    """The key of this for the machine it comes from alone, so that nobody is locked out by somebody elsewhere."""
    return f"{key}:{get_adapter().get_client_ip(request)}"
