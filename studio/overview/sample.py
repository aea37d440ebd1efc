"""The sample film: an ordinary project, made from the screenplay that ships with Firstcut, by ordinary jobs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from studio.events.models import Event
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY, picture_size
from studio.script.actions import revise_script

SCREENPLAY = Path(settings.BASE_DIR) / "studio" / "script" / "samples" / "the-last-keeper.fountain"
NAME = "The Last Keeper"
LOGLINE = "The light is to go out. The woman who kept it for forty years has one more night, and a young man who came for the keys."


def sample_due() -> bool:
    """Whether this installation is still to get its sample film, which the clerk makes as soon as there is an owner."""
    if os.environ.get("FIRSTCUT_SAMPLE", "1") != "1":
        return False
    return not (Event.objects.filter(kind="project.started", data__sample=True).exists() or Project.objects.filter(is_sample=True).exists())


@transaction.atomic
def ensure_sample(owner: Any, *, height: int = 360) -> Project | None:
    """Give a new installation its sample film, once: a sample that somebody deleted does not come back."""
    if not sample_due():
        return None
    width, lines = picture_size(height, "2.39:1")
    project = start_project(name=NAME, by=owner, rate=RATE_BY_KEY["24"], width=width, height=lines, logline=LOGLINE, is_sample=True)
    revise_script(project, by=owner, text=SCREENPLAY.read_text(encoding="utf-8"), base=0)
    return project
