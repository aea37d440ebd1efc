"""`manage.py verify_ledger`: exit 0 if the ledger and the jobs say the same, 1 and a line for each difference if not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.jobs.books import differences
from studio.ledger.models import Entry


class Command(BaseCommand):
    help = "Compare the ledger with the jobs it is about and with what is kept of its sums."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(differences())
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"The ledger does not add up in {len(found)} places.")
        self.stdout.write(f"The ledger adds up: {Entry.objects.count()} entries.")
