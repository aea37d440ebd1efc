"""The statuses and automations of a film: which there are, in which order, and what becomes of shots when one goes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.projects.models import Project
from studio.shots.models import Shot
from studio.work.beginning import begin_work
from studio.work.models import Automation, Standing, Status

MOST_STATUSES, MOST_AUTOMATIONS = 20, 30
FIELDS = ("name", "short", "colour", "starts", "done", "retake", "client_sees", "client_sets")


class WorkRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


@transaction.atomic
def add_status(project: Project, *, by: Any, **values: Any) -> Status:
    """Another status, after the others. `values` are those of `FIELDS`, already valid. Raises `WorkRefused`."""
    hold(project.pk)
    begin_work(project)
    rows = Status.objects.filter(project=project)
    if rows.count() >= MOST_STATUSES:
        raise WorkRefused(gettext("A film has up to %(count)d statuses. Take one away first.") % {"count": MOST_STATUSES})
    _free(project, values["name"])
    last = rows.aggregate(last=Max("order"))["last"]
    starts = bool(values.pop("starts", False))
    status = Status.objects.create(project=project, order=last + 1, **values)
    if starts:
        _start_at(project, status)
    record("status.added", actor=by, project=project, subject=status, data={"name": status.name})
    return status


@transaction.atomic
def change_status(status: Status, *, by: Any, base: int, **values: Any) -> Status:
    """Rename a status, give it another colour or other flags, as it was seen at revision `base`. Raises `WorkRefused`."""
    project = status.project
    hold(project.pk)
    row = Status.objects.select_for_update().get(pk=status.pk)
    wanted = {name: value for name, value in values.items() if name in FIELDS and getattr(row, name) != value}
    if not wanted:
        return row
    if base != row.revision:
        words = gettext("Somebody changed “%(name)s” while you were editing. Yours was not saved; it is shown as it stands.")
        raise WorkRefused(words % {"name": row.words})
    if "name" in wanted:
        _free(project, wanted["name"], but=row)
    if wanted.get("starts") is False:
        raise WorkRefused(gettext("Shots must start somewhere: say of another status that they start there."))
    before = {name: getattr(row, name) for name in wanted}
    if wanted.pop("starts", False):
        _start_at(project, row)
        row.starts = True
    for name, value in wanted.items():
        setattr(row, name, value)
    row.revision += 1
    row.save()
    data = {"name": before.get("name", row.name), "before": before, "after": {name: getattr(row, name) for name in before}}
    record("status.changed", actor=by, project=project, subject=row, data=data)
    return row


@transaction.atomic
def move_status(status: Status, *, by: Any, up: bool) -> None:
    """One place up or down; at the end of the list nothing happens."""
    hold(status.project_id)
    rows = list(Status.objects.select_for_update().filter(project=status.project))
    at = next(number for number, row in enumerate(rows) if row.pk == status.pk)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for order, row in enumerate(rows):
        row.order = order
    Status.objects.bulk_update(rows, ["order"])
    record("status.moved", actor=by, project=status.project, subject=status, data={"name": status.name, "place": to + 1})


@transaction.atomic
def remove_status(status: Status, *, by: Any, instead: Status | None = None) -> int:
    """Take a status away. One that is used needs another of the film `instead`, where its shots and automations then stand; returns how many
    shots that were. Their change is an event each. Raises `WorkRefused`."""
    project = status.project
    hold(project.pk)
    status = Status.objects.select_for_update().get(pk=status.pk)
    if status.starts:
        keep_where_they_start(project)
    here = list(Standing.objects.select_for_update(of=("self",)).filter(status=status).select_related("shot"))
    ruled = Automation.objects.filter(project=project)
    used = bool(here) or status.starts or ruled.filter(status=status).exists() or ruled.filter(to_status=status).exists()
    if used and (instead is None or instead.pk == status.pk):
        raise WorkRefused(gettext("“%(name)s” is in use. Choose the status that takes its place.") % {"name": status.words})
    if instead is not None:
        for row in here:
            Standing.objects.filter(pk=row.pk).update(status=instead, since=timezone.now(), revision=F("revision") + 1)
            after = {"before": {"status": status.name}, "after": {"status": instead.name}, "said": f"to {instead.name}"}
            told = {**after, "revision": row.revision + 1, "assigned": str(row.assigned_id) if row.assigned_id else None}
            record("work.changed", actor=by, project=project, subject=row.shot, data=told)
        ruled.filter(status=status).update(status=instead)
        ruled.filter(to_status=status).update(to_status=instead)
        if status.starts:
            Status.objects.filter(pk=status.pk).update(starts=False)
            Status.objects.filter(pk=instead.pk).update(starts=True)
    record("status.removed", actor=by, project=project, subject=status, data={"name": status.name, "instead": instead.name if instead else None})
    status.delete()
    return len(here)


def keep_where_they_start(project: Project) -> None:
    """Write down where shots stand of which nobody has said anything: before the films' statuses start elsewhere."""
    start = begin_work(project)
    bare = Shot.objects.filter(project=project, standing=None).values_list("pk", flat=True)
    Standing.objects.bulk_create([Standing(shot_id=pk, status=start, revision=0) for pk in bare], batch_size=500)


def _start_at(project: Project, status: Status) -> None:
    """New shots start here from now on; those that are there stay where they stand."""
    keep_where_they_start(project)
    Status.objects.filter(project=project, starts=True).update(starts=False)
    Status.objects.filter(pk=status.pk).update(starts=True)


def _free(project: Project, name: str, but: Status | None = None) -> None:
    if Status.objects.filter(project=project, name__iexact=name).exclude(pk=but.pk if but else 0).exists():
        raise WorkRefused(gettext("There is a status “%(name)s” already. Choose another name.") % {"name": name})


@transaction.atomic
def add_automation(
    project: Project, *, by: Any, trigger: str, effect: str, status: Status | None, to_status: Status | None, to_person: Any
) -> Automation:
    """Another automation, after the others, with what its trigger and effect need (see `forms.AutomationForm`). Raises `WorkRefused`."""
    hold(project.pk)
    rows = Automation.objects.filter(project=project)
    if rows.count() >= MOST_AUTOMATIONS:
        raise WorkRefused(gettext("A film has up to %(count)d automations. Take one away first.") % {"count": MOST_AUTOMATIONS})
    what = {"trigger": trigger, "effect": effect, "status": status, "to_status": to_status, "to_person": to_person}
    if rows.filter(**what).exists():
        raise WorkRefused(gettext("There is just this automation already."))
    rule = Automation.objects.create(project=project, order=(rows.aggregate(last=Max("order"))["last"] or 0) + 1, **what)
    record("automation.added", actor=by, project=project, subject=rule, data={"words": rule.stored})
    return rule


@transaction.atomic
def switch_automation(rule: Automation, *, by: Any, on: bool) -> None:
    hold(rule.project_id)
    if Automation.objects.filter(pk=rule.pk, active=not on).update(active=on):
        record("automation.switched", actor=by, project=rule.project, subject=rule, data={"words": rule.stored, "on": on})


@transaction.atomic
def remove_automation(rule: Automation, *, by: Any) -> None:
    hold(rule.project_id)
    record("automation.removed", actor=by, project=rule.project, subject=rule, data={"words": rule.stored})
    rule.delete()
