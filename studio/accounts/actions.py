"""What changes people and links. Each writes its row and its event in one transaction."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from studio.accounts.models import OneTimeLink, Person
from studio.accounts.queries import hashed
from studio.events.log import record

LIFETIME = timedelta(hours=24)


class LinkUsed(Exception):
    """The link was used or ran out between showing its page and answering it."""


class AddressTaken(Exception):
    """Somebody has an account under this address already."""


def make_link(purpose: OneTimeLink.Purpose, person: Person | None = None) -> str:
    """A fresh way in, as an address to open once within a day. The token is 256 bits and kept only as its hash."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        link = OneTimeLink.objects.create(token_hash=hashed(token), purpose=purpose, person=person, expires=timezone.now() + LIFETIME)
        record("link.made", subject=link, data={"purpose": link.purpose})
    return f"{settings.FIRSTCUT_URL}{reverse('start', args=[token])}"


@transaction.atomic
def make_owner_link() -> str:
    """The first owner's way in. Earlier ones stop working: only the newest printed address opens the house."""
    OneTimeLink.objects.filter(purpose=OneTimeLink.Purpose.OWNER, used_at=None).update(used_at=timezone.now())
    return make_link(OneTimeLink.Purpose.OWNER)


@transaction.atomic
def make_person(*, email: str, name: str, password: str = "", is_operator: bool = False, by: str) -> Person:
    """A new person. `by` says how they came: "owner" by the first link, "invitation" into a project.

    Raises AddressTaken if the address has an account: then that person must sign in, whoever asks here.
    """
    if Person.objects.filter(email=email.strip().lower()).exists():
        raise AddressTaken
    person = Person.objects.create_user(email, password or None, name=name.strip(), is_operator=is_operator)
    record("person.joined", actor=person, subject=person, data={"by": by})
    return person


@transaction.atomic
def use_link(link: OneTimeLink, *, name: str = "", email: str = "", password: str = "") -> Person:
    """Come in by the link: makes the person for a first owner, or finds the one it was made for (name and address are theirs). Works once.

    Raises LinkUsed if another was first, AddressTaken if the address has an account.
    """
    taken = OneTimeLink.objects.filter(pk=link.pk, used_at=None, expires__gt=timezone.now()).update(used_at=timezone.now())
    if taken != 1:
        raise LinkUsed
    person = link.person
    if person is None:
        person = make_person(email=email, name=name, password=password, is_operator=link.purpose == OneTimeLink.Purpose.OWNER, by=link.purpose)
    elif password:
        person.set_password(password)
        person.save(update_fields=["password"])
    record("link.used", actor=person, subject=link)
    return person


@transaction.atomic
def change_profile(person: Person, *, name: str, colour: str, language: str = "") -> None:
    before = {"name": person.name, "colour": person.colour, "language": person.language}
    after = {"name": name.strip(), "colour": colour, "language": language}
    if before == after:
        return
    person.name, person.colour, person.language = after["name"], after["colour"], after["language"]
    person.save(update_fields=["name", "colour", "language"])
    record("person.changed", actor=person, subject=person, data={"before": before, "after": after})
