"""`manage.py verify_events`: exit 0 if every chain of the log holds, 1 and a line for each break if not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.events import log
from studio.events.models import Event


class Command(BaseCommand):
    help = "Walk the event log and say whether anything was altered or removed."

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = list(log.verify())
        for found in breaks:
            self.stderr.write(f"chain {found.chain}, event {found.seq}: {found.why}")
        if breaks:
            raise CommandError(f"The log does not hold in {len(breaks)} places.")
        self.stdout.write(f"The log holds: {Event.objects.count()} events.")
