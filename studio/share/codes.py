"""Six digits by mail, which prove that somebody reads an address. They belong to a guest, or to a browser at the portal, and are good there alone."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext

from studio.share.models import Code, Guest

LASTS = timedelta(minutes=10)
TRIES = 5
Holder = Guest | str
"""A guest, or the random name of a browser."""


class MailFailed(Exception):
    """The code could not be sent."""


def can_prove() -> bool:
    """Whether addresses can be proved here at all: without a mail server nobody signs through a link."""
    return bool(settings.EMAIL_ENABLED)


def send_code(holder: Holder, email: str, *, about: str, welcome: bool) -> None:
    """Send six digits to this address. Where it is not `welcome` nothing is sent, and the mail server is spoken to all the same: what the answer is
    and whether the server was there tells nothing of who is. Earlier codes no longer count.

    Raises `MailFailed` if the mail server did not take it.
    """
    digits = f"{secrets.randbelow(10**6):06}"
    with transaction.atomic():
        now = timezone.now()
        _of(holder).filter(used=None).update(used=now)
        Code.objects.create(**_owner(holder), email=email, expires=now + LASTS, digits_hash=_keyed(holder, digits))
    lines = (
        gettext("Your code for %(about)s is %(digits)s.") % {"about": about, "digits": digits},
        gettext("It is good for ten minutes. If you did not ask for it, somebody else typed your address."),
    )
    words, title = "\n\n".join(lines) + "\n", gettext("%(digits)s is your code") % {"digits": digits}
    try:
        with get_connection() as server:
            if welcome:
                EmailMessage(title, words, None, [email], connection=server).send()
    except OSError as problem:
        raise MailFailed(str(problem)) from problem


def open_code(holder: Holder) -> Code | None:
    """The code that was sent last and still counts."""
    return _of(holder).filter(used=None, expires__gt=timezone.now(), tries__lt=TRIES).order_by("-pk").first()


def redeem(holder: Holder, digits: str) -> str | None:
    """The address that these digits prove, or None. Every try counts before it is looked at, and a code is good once."""
    code = open_code(holder)
    if code is None or not Code.objects.filter(pk=code.pk, used=None, tries__lt=TRIES).update(tries=F("tries") + 1):
        return None
    if not constant_time_compare(code.digits_hash, _keyed(holder, digits)):
        return None
    return code.email if Code.objects.filter(pk=code.pk, used=None).update(used=timezone.now()) == 1 else None


def _owner(holder: Holder) -> dict[str, Any]:
    return {"guest": holder} if isinstance(holder, Guest) else {"browser": holder}


def _of(holder: Holder) -> QuerySet[Code]:
    return Code.objects.filter(**_owner(holder))


def _keyed(holder: Holder, digits: str) -> str:
    name = holder.pk.hex if isinstance(holder, Guest) else holder
    return salted_hmac("studio.share.code", f"{name}:{digits}", algorithm="sha256").hexdigest()
