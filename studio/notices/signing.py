"""What proves that a call came from here: an HMAC over the moment and the body, and links that stop mail without signing in."""

from __future__ import annotations

import hashlib
import hmac
import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse

WINDOW = 300
"""Seconds after which a receiver should refuse a call as repeated."""
SALT = "notices.unsubscribe"


def signature(secret: str, at: int, body: bytes) -> str:
    """The value of the header Firstcut-Signature: `t` in seconds since 1970, `v1` over "t.body"."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def unsubscribe_address(person: uuid.UUID, project: uuid.UUID) -> str:
    token = signing.dumps([str(person), str(project)], salt=SALT)
    return settings.FIRSTCUT_URL.rstrip("/") + reverse("notices:unsubscribe", args=[token])


def unsubscribing(token: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """(person, project) that a link was signed for; None if it was not signed here. It is good for ever: mail is read late."""
    try:
        person, project = signing.loads(token, salt=SALT)
        return uuid.UUID(person), uuid.UUID(project)
    except (signing.BadSignature, ValueError, TypeError):
        return None
