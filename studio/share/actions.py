"""Making and revoking links; letting guests in; proving an address."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio.accounts.models import Person
from studio.events.log import hold, record
from studio.review import approving
from studio.review.models import Approval
from studio.share.models import EmailCode, Guest, ShareLink, Watched
from studio.timeline.models import CutRevision

DAYS = 7
CODE_MINUTES = 15
CODE_ATTEMPTS = 5
NOBODY = make_password(None)


class LinkProblem(Exception):
    """Nothing was done; the message says why and what to do."""


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_link(
    frozen: CutRevision,
    *,
    by: Any,
    name: str,
    password: str = "",
    expires: datetime | None = None,
    not_before: datetime | None = None,
    max_views: int | None = None,
    may_note: bool = True,
    may_approve: bool = False,
    see_others: bool = False,
    domains: Sequence[str] = (),
    watermark: bool = False,
) -> tuple[ShareLink, str]:
    """A new link and its token, of 256 bits, which is shown once. Raises `LinkProblem` if it could never be open."""
    project = frozen.cut.project
    hold(project.pk)
    expires = expires or timezone.now() + timedelta(days=DAYS)
    if expires <= max(timezone.now(), not_before or timezone.now()):
        raise LinkProblem("This link would end before it begins. Choose a later end.")
    token = secrets.token_urlsafe(32)
    link = ShareLink.objects.create(
        project=project,
        cut_revision=frozen,
        name=name.strip()[:120] or f"Revision {frozen.number}",
        token_hash=digest(token),
        password=make_password(password) if password else "",
        expires=expires,
        not_before=not_before,
        max_views=max_views,
        may_note=may_note,
        may_approve=may_approve,
        see_others=see_others,
        domains=[domain.strip().lower().lstrip("@") for domain in domains if domain.strip()],
        watermark=watermark,
        made_by=by,
    )
    data = {"revision": frozen.number, "hash": frozen.hash, "expires": expires.isoformat(), "approve": may_approve}
    record("link.made", actor=by, project=project, subject=link, data=data)
    return link, token


@transaction.atomic
def revoke_link(link: ShareLink, *, by: Any) -> None:
    """From now on the link opens nothing, whoever holds it and whatever cookie they have."""
    hold(link.project_id)
    if ShareLink.objects.filter(pk=link.pk, revoked=None).update(revoked=timezone.now()):
        record("link.revoked", actor=by, project=link.project, subject=link)


def find_link(token: str) -> ShareLink | None:
    """The open link behind a token, or None. Looked up by hash: the time it takes tells nothing of the token."""
    rows = ShareLink.objects.select_related("project", "cut_revision__cut__project")
    link = rows.filter(token_hash=digest(token)).first()
    return link if link is not None and link.state == "open" else None


def right_password(link: ShareLink | None, given: str) -> bool:
    """Whether the password opens the link. A link without one, and one that is not there, take as long."""
    return check_password(given, link.password if link is not None and link.password else NOBODY)


@transaction.atomic
def let_in(link: ShareLink) -> bool:
    """Count one more view; False if there were as many as the link allows."""
    rows = ShareLink.objects.filter(pk=link.pk)
    if link.max_views is not None:
        rows = rows.filter(views__lt=link.max_views)
    return bool(rows.update(views=F("views") + 1))


@transaction.atomic
def welcome(link: ShareLink, *, name: str, email: str = "") -> Guest:
    """A new guest of this name, a person of their own: nobody becomes somebody else by typing their name or address."""
    if not (name := name.replace("\x00", "").strip()[:80]):
        raise LinkProblem("Tell the studio your name, so that they know whose words these are.")
    hold(link.project_id)
    person = Person.objects.create_user(f"{uuid.uuid4()}@guests.invalid", name=name, is_guest=True)
    guest = Guest.objects.create(link=link, person=person, name=name, email=email.strip().lower())
    record("guest.came", actor=person, project=link.project, subject=link, data={"link": str(link.pk)})
    return guest


def welcome_address(link: ShareLink, email: str) -> bool:
    """Whether an address may approve by this link."""
    return not link.domains or email.rsplit("@", 1)[-1].lower() in link.domains


@transaction.atomic
def send_code(guest: Guest, email: str) -> EmailCode:
    """Send six digits to an address. Raises `LinkProblem` where mail is off, or the address is not one that this link is for."""
    if not settings.EMAIL_ENABLED:
        raise LinkProblem("This studio sends no mail, so an address cannot be proved here. Ask the studio to approve another way.")
    email = email.strip().lower()
    if not welcome_address(guest.link, email):
        raise LinkProblem("This link is for other addresses. Use the address that the studio wrote to.")
    code = f"{secrets.randbelow(10**6):06}"
    EmailCode.objects.filter(guest=guest, used=None).update(expires=timezone.now())
    made = EmailCode.objects.create(guest=guest, email=email, code_hash=_code(guest, code), expires=timezone.now() + timedelta(minutes=CODE_MINUTES))
    words = f"{code} is your code for “{guest.link.project.name}”. It is good for {CODE_MINUTES} minutes. If you did not ask for it, do nothing.\n"
    transaction.on_commit(lambda: send_mail(f"{code} is your code", words, None, [email]))
    return made


@transaction.atomic
def prove(guest: Guest, code: str) -> bool:
    """Whether these are the digits that were sent last: then the guest's address is proved. Each code is good once, and for five tries."""
    made = EmailCode.objects.select_for_update().filter(guest=guest, used=None, expires__gt=timezone.now()).order_by("-pk").first()
    if made is None or made.attempts >= CODE_ATTEMPTS:
        return False
    right = hmac.compare_digest(made.code_hash, _code(guest, code.strip()))
    made.attempts += 1
    made.used = timezone.now() if right else None
    made.save(update_fields=["attempts", "used"])
    if right:
        Guest.objects.filter(pk=guest.pk).update(email=made.email, verified=timezone.now())
    return right


def _code(guest: Guest, code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{guest.pk}:{code}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def judge(guest: Guest, verdict: str, *, signed: str, words: str = "") -> Approval:
    """A guest's verdict, under the address they proved. Raises `LinkProblem`, `approving.VerdictRefused`."""
    link = guest.link
    if not link.may_approve:
        raise LinkProblem("This link is for watching. Ask the studio for one that takes a verdict.")
    if guest.verified is None or not welcome_address(link, guest.email):
        raise LinkProblem("Prove your address first: a code is sent to it.")
    via = {"link": str(link.pk), "email": guest.email}
    return approving.give_verdict(
        link.cut_revision, verdict, by=guest.person, signed=signed, words=words, email=guest.email, verified=guest.verified, via=via
    )


@transaction.atomic
def watched(guest: Guest, first: int, last: int) -> None:
    """Remember that a guest was shown these frames. What touches a range of the last hour makes it longer."""
    Guest.objects.filter(pk=guest.pk).update(seen=timezone.now())
    since = timezone.now() - timedelta(hours=1)
    row = Watched.objects.select_for_update().filter(guest=guest, at__gte=since, first__lte=last + 1, last__gte=first - 1).order_by("-at").first()
    if row is None:
        Watched.objects.create(guest=guest, first=first, last=last)
    else:
        row.first, row.last, row.at = min(row.first, first), max(row.last, last), timezone.now()
        row.save()
