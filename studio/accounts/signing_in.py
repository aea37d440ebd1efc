"""Coming in and going out, written to the log whichever way it happened."""

from typing import Any

from allauth.account.signals import password_changed, password_set
from django.contrib.auth import login
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from studio.accounts.models import Person
from studio.events.log import record


def sign_in(request: HttpRequest, person: Person) -> None:
    """Begin a session as this person, who has shown their right to it by a link or an invitation."""
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")


@receiver(user_logged_in)
def _signed_in(user: Person, **_: Any) -> None:
    _note("person.signed_in", user)


@receiver(user_logged_out)
def _signed_out(user: Person | None, **_: Any) -> None:
    if user is not None:
        _note("person.signed_out", user)


@receiver([password_changed, password_set])
def _new_password(user: Person, **_: Any) -> None:
    _note("person.password_changed", user)


def _note(kind: str, person: Person) -> None:
    with transaction.atomic():
        record(kind, actor=person, subject=person)
