"""How often somebody may try: counted in Valkey for all web processes, by the rates in `settings.ACCOUNT_RATE_LIMITS`."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.http import HttpRequest


def may_try(request: HttpRequest, action: str, key: str) -> bool:
    """Count one try, right or wrong, by its key and by the machine it comes from; False once either is used up. Counted before the answer is
    looked at, so that tries at the same time do not slip through together."""
    return bool(ratelimit.consume(request, action=action, key=key))


def was_right(request: HttpRequest, action: str, key: str) -> None:
    """Forget the tries before a right one: a house full of guests behind one address is no attack."""
    ratelimit.clear(request, action=action, key=key)


def from_here(request: HttpRequest, key: str) -> str:
    """The key of this for the machine it comes from alone, so that nobody is locked out by somebody elsewhere."""
    return f"{key}:{get_adapter().get_client_ip(request)}"
