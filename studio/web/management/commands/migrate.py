"""Django's migrate, and then the rights: a new table without them would be a page that fails. Last, a note of the version."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from studio.web.roles import grant, grant_worker
from studio.web.tables import mark_statement


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"]:
            grant()
            grant_worker()
            with connection.cursor() as cursor:
                cursor.execute(mark_statement())
