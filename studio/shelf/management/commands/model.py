"""What `./firstcut model` does, on the studio's database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.shelf import actions, queries
from studio.shelf.models import Source, State
from studio.shelf.templatetags.shelf import size


class Command(BaseCommand):
    help = "The model shelf: add, list, remove."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        add = commands.add_parser("add")
        add.add_argument("model")
        add.add_argument("--revision", default="")
        add.add_argument("--folder", action="store_true")
        commands.add_parser("list")
        commands.add_parser("remove").add_argument("model")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        try:
            match command:
                case "add":
                    source = Source.FOLDER if options["folder"] else Source.HUB
                    row = actions.add_model(options["model"], source=source, revision=options["revision"])
                    self.stdout.write(f"{row.name} is on the shelf. The workers see to it; ./firstcut model list shows how far they are.")
                case "remove":
                    actions.remove_model(options["model"])
                    self.stdout.write(f"{options['model']} goes from the shelf and from every machine.")
                case _:
                    self._list()
        except actions.Refused as problem:
            raise CommandError(str(problem)) from problem

    def _list(self) -> None:
        models = queries.shelf()
        if not models:
            self.stdout.write("The shelf is empty. Put a model on it with: ./firstcut model add owner/name")
        for each in models:
            row = each.row
            facts = (row.name, size(row.size) if row.size else "size not known yet", row.licence or "licence not known", each.state[1])
            self.stdout.write("  ".join(facts))
            for holding in each.holdings:
                far = f" {size(holding.done)} of {size(holding.total)}" if holding.state in (State.DOWNLOADING, State.CHECKING) else ""
                said = f": {holding.error}" if holding.error else ""
                self.stdout.write(f"    {holding.host}: {holding.get_state_display().lower()}{far}{said}")
