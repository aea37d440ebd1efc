"""Everything between a running database and a studio that can open: one process, so that `up` pays for one start of Django."""

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from studio.accounts.actions import make_owner_link
from studio.accounts.queries import has_operator


class Command(BaseCommand):
    help = "Migrate, grant the application its rights, and print as JSON what a person should be told."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        told = {"link": "" if has_operator() else make_owner_link()}
        connections.close_all()
        self.stdout.write(json.dumps(told))
