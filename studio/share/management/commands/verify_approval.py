"""`manage.py verify_approval <id | certificate>`: exit 0 if what was signed is what is kept, 1 and the reasons if not."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.share.certificate import LARGEST, NoCertificate, examine, find


class Command(BaseCommand):
    help = "Work out anew what an approval was given to, from the frozen cut and from the bytes of every file it plays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("approval", help="the id of an approval, or its certificate as a PDF")

    def handle(self, *args: Any, **options: Any) -> None:
        given = str(options["approval"])
        path = Path(given)
        content = b""
        if path.is_file():
            with path.open("rb") as file:
                content = file.read(LARGEST) or b" "
        try:
            approval, found = find(given, content)
        except NoCertificate as problem:
            raise CommandError(str(problem)) from problem
        bad = 0
        for one in [*found, *examine(approval)]:
            (self.stdout if one.good else self.stderr).write(f"{'holds  ' if one.good else 'BROKEN '} {one.words}")
            bad += not one.good
        if bad:
            raise CommandError(f"{bad} of these do not hold.")
        self.stdout.write(f"The approval holds: {approval.get_verdict_display().lower()} by {approval.name}, {approval.email}.")
