"""Django's migrate, and then the rights: a new table without them would be a page that fails."""

from typing import Any

from django.core.management.commands import migrate

from studio.web.roles import grant


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"]:
            grant()
