"""What guests do: give a name, prove an address, sit down to watch, write, answer and sign. Every change of theirs passes here."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from studio.accounts.models import Person
from studio.events.log import hold, record
from studio.jobs.kinds import Refused
from studio.review.approving import VerdictRefused, give_verdict
from studio.review.attaching import MOST, Sent, keep
from studio.review.models import Approval, Audience, Note
from studio.review.notes import NoteRefused, answer_note, write_note
from studio.screening.sessions import note_in
from studio.share import codes
from studio.share.entry import SITTING
from studio.share.freezing import reel_of_link
from studio.share.models import Guest, GuestNote, ShareLink, Watched

MAX_PICTURE = 20 * 1024**2  # bytes
PICTURE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|RIFF....WEBP", re.DOTALL)
"""How the pictures that guests may send begin: PNG, JPEG, WebP."""
NEAR = 2
"""Ranges no more than so many frames apart are one: players report frames, and now and then drop one."""


class LinkSpent(Exception):
    """The link was watched as often as it may be."""


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
    """Send six digits to this address, if the link is for it. Raises `MailFailed`."""
    codes.send_code(guest, email, about=gettext("“%(film)s”") % {"film": guest.link.project.name}, welcome=guest.link.welcomes(email))


@transaction.atomic
def prove(guest: Guest, digits: str) -> bool:
    """Whether these are the digits that were sent; if so the guest's address is proved."""
    hold(guest.link.project_id)
    email = codes.redeem(guest, digits)
    if email is None or not guest.link.welcomes(email):
        return False
    settle(guest, email)
    return True


@transaction.atomic
def settle(guest: Guest, email: str) -> None:
    """The guest has proved this address: from now on their person, and that of what they wrote here, is the one of that address."""
    hold(guest.link.project_id)
    guest.email, guest.verified = email, timezone.now()
    guest.person = person_of(email, guest.name)
    guest.save(update_fields=["email", "verified", "person"])
    Note.objects.filter(from_guest__guest=guest).update(author=guest.person)
    data = {"link": str(guest.link_id), "guest": str(guest.pk), "email": email}
    record("guest.verified", actor=guest.person, project=guest.link.project, subject=guest.link, data=data)


def person_of(email: str, name: str) -> Person:
    """The person of a proved address, in whatever browser and under whatever link."""
    return _person(hashlib.sha256(email.encode()).hexdigest()[:32], name)


def keep_pictures(guest: Guest, files: Sequence[Any]) -> list[Sent]:
    """Keep the pictures that go with a guest's note (Django's `UploadedFile`): as many as the team's notes take, smaller, and nothing else. Workers
    open them before anybody is shown one. Raises `NoteRefused`."""
    if not files:
        return []
    if not guest.link.may_note:
        raise NoteRefused(gettext("This link is for watching: it takes no notes."))
    if len(files) > MOST:
        words = gettext("A note takes %(count)d pictures. Nothing was sent: choose fewer, your words stand in the field.")
        raise NoteRefused(words % {"count": MOST})
    for file in files:
        name = Path(str(file.name)).name[:80]
        if file.size > MAX_PICTURE:
            words = gettext("“%(name)s” is larger than %(most)d MiB. The note was not written; your words stand in the field.")
            raise NoteRefused(words % {"name": name, "most": MAX_PICTURE // 1024**2})
        head = file.read(12)
        file.seek(0)
        if not PICTURE.match(head):
            words = gettext("“%(name)s” is no picture that can be taken: send PNG, JPEG or WebP. The note was not written.")
            raise NoteRefused(words % {"name": name})
    return keep(files)


@transaction.atomic
def write(
    guest: Guest,
    *,
    text: str,
    first: int,
    last: int | None,
    shapes: Sequence[dict[str, Any]],
    held: int,
    pictures: Sequence[Sent] = (),
) -> Note:
    """A note on what the link shows (on a playlist: on the take or revision that stands there, at its own frames), for the client's eyes as for the
    team's. Raises `NoteRefused`."""
    link = guest.link
    if not link.may_note:
        raise NoteRefused(gettext("This link is for watching: it takes no notes."))
    if shapes and not link.may_draw:
        raise NoteRefused(gettext("This link takes words, and no drawings. The note was not written."))
    said: dict[str, Any] = {"text": text, "first": first, "last": last, "audience": Audience.CLIENT, "shapes": tuple(shapes), "held": held}
    said["sent"] = pictures
    try:
        if link.cut_revision is not None:
            note = write_note(link.cut_revision, by=guest.person, **said)
        else:
            note = note_in(reel_of_link(link), link.project, by=guest.person, **said)
    except Refused:  # for reasons that are the team's own, such as what it may spend
        raise NoteRefused(gettext("The studio can take no pictures just now. Send the note without; your words stand in the field.")) from None
    GuestNote.objects.create(note=note, guest=guest)
    return note


@transaction.atomic
def answer(guest: Guest, note: Note, *, text: str) -> Note:
    """An answer to a note that the guest sees. Raises `NoteRefused`."""
    if not guest.link.may_note:
        raise NoteRefused(gettext("This link is for watching: it takes no notes."))
    written = answer_note(note, by=guest.person, text=text)
    GuestNote.objects.create(note=written, guest=guest)
    return written


@transaction.atomic
def judge(guest: Guest, verdict: str, *, signed: str, words: str) -> Approval:
    """The guest's verdict, under the address they proved. Raises `VerdictRefused`."""
    link = guest.link
    if not link.may_approve or link.cut_revision is None:
        raise VerdictRefused(gettext("This link does not ask for a verdict."))
    if guest.verified is None or not link.welcomes(guest.email):
        raise VerdictRefused(gettext("A verdict is signed under an address that you have proved. Have a code sent to yours first."))
    via = {"link": str(link.pk), "guest": str(guest.pk)}
    return give_verdict(link.cut_revision, verdict, by=guest.person, email=guest.email, signed=signed, words=words, verified=guest.verified, via=via)


@transaction.atomic
def watch(guest: Guest, ranges: Sequence[tuple[int, int]]) -> None:
    """Keep which frames were shown. What touches an earlier range of this sitting becomes one with it."""
    total = guest.link.plan.total
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
