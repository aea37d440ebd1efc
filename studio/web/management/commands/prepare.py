"""Everything between a running database and a studio that can open: one process, so that `up` pays for one start of Django."""

import json
import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from studio.accounts.actions import make_owner_link
from studio.accounts.queries import has_operator
from studio.web import tables
from studio.web.environment import read


class Command(BaseCommand):
    help = "Migrate, grant the application its rights, and print as JSON what a person should be told."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--when-told", action="store_true", help="begin once a line comes in: the caller starts the database meanwhile")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["when_told"] and not sys.stdin.readline():
            return  # whoever started us is gone
        if not tables.current(read().owner_database_url):
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        told = {"link": "" if has_operator() else make_owner_link()}
        connections.close_all()
        self.stdout.write(json.dumps(told))
