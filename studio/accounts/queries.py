"""Asking about people and links; nothing here changes anything."""

import hashlib
import hmac

from studio.accounts.models import OneTimeLink, Person
from studio.events.models import Event


def first_operator() -> Person | None:
    """Who runs this installation, the longest; None before the first owner came in."""
    return Person.objects.filter(is_operator=True, is_active=True).order_by("joined").first()


def has_operator() -> bool:
    return first_operator() is not None


def hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def usable_link(token: str) -> OneTimeLink | None:
    """The link this token opens, if it still does. A wrong token and a used one cannot be told apart."""
    wanted = hashed(token)
    link = OneTimeLink.objects.select_related("person").filter(token_hash=wanted).first()
    if link is None or not hmac.compare_digest(bytes(link.token_hash), wanted) or not link.usable:
        return None
    return link


def actor_of(event: Event) -> Person | None:
    """Who did what the event tells; None if it was no person, or one who is gone."""
    return Person.objects.filter(pk=event.actor_id).first() if event.actor_id else None
