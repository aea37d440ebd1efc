"""What guests do: give a name, prove an address, sit down to watch, write, answer and sign. Every change of theirs passes here."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from studio.accounts.models import Person
from studio.events.log import hold, record
from studio.review.approving import VerdictRefused, give_verdict
from studio.review.models import Approval, Audience, Note
from studio.review.notes import NoteRefused, answer_note, write_note
from studio.share.entry import SITTING
from studio.share.models import Code, Guest, GuestNote, ShareLink, Watched

CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
NEAR = 2
"""Ranges no more than so many frames apart are one: players report frames, and now and then drop one."""


class LinkSpent(Exception):
    """The link was watched as often as it may be."""


class MailFailed(Exception):
    """The code could not be sent."""


@transaction.atomic
def name_guest(link: ShareLink, *, name: str) -> Guest:
    """A new guest of this link. Their person is theirs alone until an address is proved. Raises `LinkSpent` if no view is left for them."""
    hold(link.project_id)
    if link.view_limit is not None and ShareLink.objects.filter(pk=link.pk, views__gte=link.view_limit).exists():
        raise LinkSpent
    key = uuid.uuid4()
    guest = Guest.objects.create(pk=key, link=link, person=_person(key.hex, name), name=name)
    record("guest.came", actor=guest.person, project=link.project, subject=link, data={"link": str(link.pk), "guest": str(guest.pk), "name": name})
    return guest


def _person(key: str, name: str) -> Person:
    """A guest's person. It never takes a real address for its own: that would block, or be taken for, an account under it."""
    email = f"{key}@guest.invalid"
    return Person.objects.filter(email=email).first() or Person.objects.create_user(email, name=name, is_guest=True)


@transaction.atomic
def take_view(guest: Guest) -> None:
    """Count this sitting against the link's limit, once. Raises `LinkSpent` where none is left: limits hold however many come at once."""
    now = timezone.now()
    over = now - SITTING
    if guest.viewed is not None and guest.viewed > over:
        return
    row = Guest.objects.select_for_update().get(pk=guest.pk)
    if row.viewed is None or row.viewed <= over:
        left = ShareLink.objects.filter(pk=guest.link_id)
        if guest.link.view_limit is not None:
            left = left.filter(views__lt=F("view_limit"))
        if left.update(views=F("views") + 1) != 1:
            raise LinkSpent
        row.viewed = now
        row.save(update_fields=["viewed"])
    guest.viewed = row.viewed


def send_code(guest: Guest, email: str) -> None:
    """Send six digits to this address, if the link is for it; the guest is answered alike if not. Earlier codes no longer count.

    Raises `MailFailed` if the mail server did not take it.
    """
    digits = f"{secrets.randbelow(10**6):06}"
    with transaction.atomic():
        now = timezone.now()
        guest.codes.filter(used=None).update(used=now)
        code = Code(guest=guest, email=email, expires=now + CODE_LASTS)
        code.digits_hash = _keyed(guest, digits)
        code.save()
    if not guest.link.welcomes(email):
        return
    film = guest.link.project.name
    words = f"Your code for “{film}” is {digits}.\n\nIt is good for ten minutes. If you did not ask for it, somebody else typed your address.\n"
    try:
        send_mail(f"{digits} is your code", words, None, [email])
    except OSError as problem:
        raise MailFailed(str(problem)) from problem


def _keyed(guest: Guest, digits: str) -> str:
    return salted_hmac("studio.share.code", f"{guest.pk.hex}:{digits}", algorithm="sha256").hexdigest()


def open_code(guest: Guest) -> Code | None:
    """The code that was sent last and still counts."""
    return guest.codes.filter(used=None, expires__gt=timezone.now(), tries__lt=CODE_TRIES).order_by("-pk").first()


@transaction.atomic
def prove(guest: Guest, digits: str) -> bool:
    """Whether these are the digits that were sent; if so the guest's address is proved, and their person is the one of that address.

    Every try counts before it is looked at, and a code is good once.
    """
    hold(guest.link.project_id)
    code = open_code(guest)
    if code is None or not Code.objects.filter(pk=code.pk, used=None, tries__lt=CODE_TRIES).update(tries=F("tries") + 1):
        return False
    if not constant_time_compare(code.digits_hash, _keyed(guest, digits)) or not guest.link.welcomes(code.email):
        return False
    if Code.objects.filter(pk=code.pk, used=None).update(used=timezone.now()) != 1:
        return False
    guest.email, guest.verified = code.email, timezone.now()
    guest.person = _person(hashlib.sha256(code.email.encode()).hexdigest()[:32], guest.name)
    guest.save(update_fields=["email", "verified", "person"])
    Note.objects.filter(from_guest__guest=guest).update(author=guest.person)
    data = {"link": str(guest.link_id), "guest": str(guest.pk), "email": code.email}
    record("guest.verified", actor=guest.person, project=guest.link.project, subject=guest.link, data=data)
    return True


@transaction.atomic
def write(guest: Guest, *, text: str, first: int, last: int | None, shapes: Sequence[dict[str, Any]], held: int) -> Note:
    """A note on the link's revision, for the client's eyes as for the team's. Raises `NoteRefused`."""
    link = guest.link
    if not link.may_note:
        raise NoteRefused("This link is for watching: it takes no notes.")
    if shapes and not link.may_draw:
        raise NoteRefused("This link takes words, and no drawings. The note was not written.")
    note = write_note(
        link.cut_revision, by=guest.person, text=text, first=first, last=last, audience=Audience.CLIENT, shapes=tuple(shapes), held=held
    )
    GuestNote.objects.create(note=note, guest=guest)
    return note


@transaction.atomic
def answer(guest: Guest, note: Note, *, text: str) -> Note:
    """An answer to a note that the guest sees. Raises `NoteRefused`."""
    if not guest.link.may_note:
        raise NoteRefused("This link is for watching: it takes no notes.")
    written = answer_note(note, by=guest.person, text=text)
    GuestNote.objects.create(note=written, guest=guest)
    return written


@transaction.atomic
def judge(guest: Guest, verdict: str, *, signed: str, words: str) -> Approval:
    """The guest's verdict, under the address they proved. Raises `VerdictRefused`."""
    link = guest.link
    if not link.may_approve:
        raise VerdictRefused("This link does not ask for a verdict.")
    if guest.verified is None or not link.welcomes(guest.email):
        raise VerdictRefused("A verdict is signed under an address that you have proved. Have a code sent to yours first.")
    via = {"link": str(link.pk), "guest": str(guest.pk)}
    return give_verdict(link.cut_revision, verdict, by=guest.person, email=guest.email, signed=signed, words=words, verified=guest.verified, via=via)


@transaction.atomic
def watch(guest: Guest, ranges: Sequence[tuple[int, int]]) -> None:
    """Keep which frames were shown. What touches an earlier range of this sitting becomes one with it."""
    frozen = guest.link.cut_revision
    total = sum(clip["source_out"] - clip["source_in"] for clip in frozen.data["clips"])
    Guest.objects.select_for_update().get(pk=guest.pk)
    now = timezone.now()
    for first, last in ranges:
        first, last = max(0, first), min(last, total - 1)
        if first > last:
            continue
        near = list(guest.watched.filter(first__lte=last + NEAR, last__gte=first - NEAR, until__gte=now - SITTING))
        since = min((row.since for row in near), default=now)
        low, high = min([first, *(row.first for row in near)]), max([last, *(row.last for row in near)])
        Watched.objects.filter(pk__in=[row.pk for row in near]).delete()
        Watched.objects.create(guest=guest, first=low, last=high, since=since, until=now)


def can_prove() -> bool:
    """Whether addresses can be proved here at all: without a mail server nobody signs through a link."""
    return bool(settings.EMAIL_ENABLED)
