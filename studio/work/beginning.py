"""What every film begins with: six statuses and three automations. The data migration gives films that were there before the same."""

from __future__ import annotations

from django.db import transaction

from studio.events.log import hold
from studio.projects.models import Project
from studio.work.models import Automation, Status

# name, short, colour, what it is; clients see none of them until the team says so
STATUSES: tuple[tuple[str, str, str, dict[str, bool]], ...] = (
    ("Ready to start", "READY", "scripted", {"starts": True}),
    ("In progress", "WIP", "boarded", {}),
    ("Pending review", "REVIEW", "take", {}),
    ("Changes requested", "RETAKE", "changes", {"retake": True}),
    ("Approved", "OK", "approved", {"done": True}),
    ("Final", "FINAL", "approved", {"done": True}),
)
# trigger, effect, the status it comes to
AUTOMATIONS: tuple[tuple[str, str, str | None], ...] = (
    ("take", "status", "Pending review"),
    ("retake", "status", "Changes requested"),
    ("scene-done", "tell", None),
)


def begin_work(project: Project) -> Status:
    """The status at which the film's shots start. A film that has no statuses yet is given its first ones; asked twice at once, once."""
    found = Status.objects.filter(project=project, starts=True).first()
    if found is not None:
        return found
    with transaction.atomic():
        hold(project.pk)
        found = Status.objects.filter(project=project, starts=True).first()
        if found is not None:
            return found
        rows = [
            Status(project=project, name=name, short=short, colour=colour, order=at, **flags)
            for at, (name, short, colour, flags) in enumerate(STATUSES)
        ]
        by_name = {row.name: row for row in Status.objects.bulk_create(rows)}
        rules = [
            Automation(project=project, trigger=trigger, effect=effect, to_status=by_name.get(status or ""), order=at)
            for at, (trigger, effect, status) in enumerate(AUTOMATIONS)
        ]
        Automation.objects.bulk_create(rules)
        return rows[0]
