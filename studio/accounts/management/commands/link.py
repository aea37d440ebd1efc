"""The one-time link of somebody who may come in, printed alone on a line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts.actions import make_link, make_owner_link
from studio.accounts.models import OneTimeLink, Person


class Command(BaseCommand):
    help = "Print a fresh one-time link."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        people = Person.objects.filter(is_active=True)
        person = people.filter(email=email).first() if email else people.filter(is_operator=True).order_by("joined").first()
        if email and person is None:
            raise CommandError(f"Nobody has an account under {email}. People come in by an invitation to a project.")
        self.stdout.write(make_link(OneTimeLink.Purpose.SIGN_IN, person) if person else make_owner_link())
