"""The process in which one model is fetched, checked or taken away. Started by the keeper of a machine, not by hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from studio.shelf.models import Holding


class Command(BaseCommand):
    help = "See to one model of this machine; used by its workers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("holding", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        from studio.shelf.tasks import fetching

        fetching.end_with_parent()
        os.nice(10)
        os.environ["HF_HUB_OFFLINE"] = "0"  # read when the client is first imported, which is later than this
        holding = Holding.objects.select_related("model").filter(pk=options["holding"]).first()
        if holding is not None:
            fetching.see_to(holding, Path(settings.FIRSTCUT_MODELS), give_up=lambda: os._exit(0))
