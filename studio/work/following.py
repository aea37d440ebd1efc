"""Changing where a shot stands, and what follows from it by the film's automations, all in one transaction.

No circle can form: in one change an automation acts at most once on a shot or a scene, and what follows from what followed ends at `DEEPEST`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from studio.accounts.models import Person
from studio.events.log import hold, record
from studio.events.models import Event
from studio.projects.days import day
from studio.projects.models import Membership, Project, Role
from studio.script.models import Scene
from studio.shots.models import Shot
from studio.work.beginning import begin_work
from studio.work.models import Automation, Standing, Status
from studio.work.saying import said_of

DEEPEST = 6
Trigger, Effect = Automation.Trigger, Automation.Effect


class StandingConflict(Exception):
    """Somebody changed the same of this shot meanwhile: `theirs` is how it stands, `mine` what this person wanted, in words."""

    def __init__(self, theirs: Standing, code: str, mine: dict[str, str]) -> None:
        now = {
            "status": theirs.status.words,
            "assigned": str(theirs.assigned or gettext("nobody")),
            "due": day(theirs.due) if theirs.due else gettext("no date"),
        }
        stands, wanted = ", ".join(now[name] for name in mine), ", ".join(mine.values())
        words = gettext(
            "Somebody changed shot %(code)s meanwhile: it stands at %(stands)s. Yours (%(wanted)s) was not saved; say it again if you still mean it."
        )
        super().__init__(words % {"code": code, "stands": stands, "wanted": wanted})
        self.theirs, self.mine, self.code = theirs, mine, code


class StandingRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


@dataclass
class Change:
    """One change by one person (or job) with all that follows from it. `at` is when what began it happened."""

    project: Project
    by: Any
    at: datetime = field(default_factory=timezone.now)
    deep: int = 0
    acted: set[tuple[int, str, int]] = field(default_factory=set)
    automations: list[Automation] | None = None
    via: dict[str, str] = field(default_factory=dict)
    """By which way a client said it; what follows from it by rule carries it too."""

    def rules(self, *triggers: str) -> list[Automation]:
        if self.automations is None:
            rows = Automation.objects.filter(project=self.project, active=True).select_related("status", "to_status", "to_person")
            self.automations = list(rows)
        return [rule for rule in self.automations if rule.trigger in triggers]


@transaction.atomic
def change_standing(shot: Shot, *, by: Any, base: int, **wanted: Any) -> Standing:
    """Change a shot's `status` (a Status of its film), `assigned` (a member or None) or `due` (a date or None), as it was seen at revision
    `base` (0: nobody had said anything). What nobody else touched since goes through; otherwise raises `StandingConflict`."""
    project = shot.project
    hold(project.pk)
    row = standing_of(shot, lock=True)
    asked = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if asked and base < row.revision and (touched := _changed_since(shot, base) & set(asked)):
        raise StandingConflict(row, shot.code, {name: _said(name, asked[name]) for name in sorted(touched)})
    put(Change(project, by), row, asked)
    return standing_of(shot)


@dataclass(frozen=True)
class Wish:
    """What is wanted of one shot of several, and the revision it was seen at; `wanted` as `change_standing` takes it."""

    shot: Shot
    base: int
    wanted: dict[str, Any]


@dataclass
class Together:
    """What became of several shots that were changed at once: how those stand that were changed or stood so before, and what was refused."""

    kept: list[Standing] = field(default_factory=list)
    refused: list[StandingConflict] = field(default_factory=list)


@transaction.atomic
def change_together(project: Project, wishes: Sequence[Wish], *, by: Any) -> Together:
    """Change several shots of one film in one transaction, an event each; one whose same field somebody changed since is refused alone. What was
    wanted is held against how all stood before the first is changed: what follows by rule from one is nobody else's change of another."""
    hold(project.pk)
    shots = [wish.shot for wish in wishes]
    rows = {row.shot_id: row for row in Standing.objects.select_for_update(of=("self",)).filter(shot__in=shots).select_related("status", "assigned")}
    start, told, asked = begin_work(project), Together(), []
    for wish in wishes:
        row = rows.get(wish.shot.pk) or Standing(shot=wish.shot, status=start, revision=0)
        other = {name: value for name, value in wish.wanted.items() if getattr(row, name) != value}
        if other and wish.base < row.revision and (touched := _changed_since(wish.shot, wish.base) & set(other)):
            told.refused.append(StandingConflict(row, wish.shot.code, {name: _said(name, other[name]) for name in sorted(touched)}))
        else:
            asked.append((wish.shot, other))
    change = Change(project, by)
    for shot, other in asked:
        if other:
            put(change, standing_of(shot, lock=True), other)
    now = {row.shot_id: row for row in Standing.objects.filter(shot__in=[shot for shot, _ in asked])}
    told.kept = [now.get(shot.pk) or Standing(shot=shot, status=start, revision=0) for shot, _ in asked]
    return told


@transaction.atomic
def set_by_client(shot: Shot, *, by: Any, seen: int, status: Status, via: dict[str, str]) -> Standing:
    """What a client says of a shot that is shared with them: only statuses that clients may set, and only of a shot whose status they may see,
    as they saw it (`seen`: that status). It approves nothing. `via` says in the event who it was and by which link. What is refused says nothing
    of where the shot stands meanwhile: that may be a word for the team alone. Raises `StandingRefused`."""
    hold(shot.project_id)
    row = standing_of(shot, lock=True)
    if not status.client_sets or status.project_id != shot.project_id or not row.status.client_sees:
        raise StandingRefused(gettext("This shot cannot be put there by a client's link. Write a note instead."))
    if row.status_id != seen:
        raise StandingRefused(gettext("The studio changed this shot meanwhile. Yours was not kept; it is shown as it stands."))
    put(Change(shot.project, by, via=via), row, {"status": status})
    return standing_of(shot)


def happened(trigger: str, shot: Shot, *, by: Any, at: datetime) -> None:
    """Something happened to a shot in an earlier room: what follows by rule. Whoever said since where the shot stands is not overruled by
    what happened before, and a take more of a shot that is done leaves it there."""
    with transaction.atomic():
        hold(shot.project_id)
        change = Change(shot.project, by, at)
        rules = change.rules(trigger)
        if not rules or shot.removed:
            return
        before = standing_of(shot, lock=True)
        for rule in rules:
            overtaken = rule.effect == Effect.STATUS and _overtaken(before, trigger, at)
            if rule.status_id in (None, before.status_id) and not overtaken:
                _act_on_shot(change, rule, shot)


def _overtaken(row: Standing, trigger: str, at: datetime) -> bool:
    return (row.pk is not None and row.since > at) or (trigger in (Trigger.TAKE, Trigger.CHOSEN) and row.status.done)


def standing_of(shot: Shot, *, lock: bool = False) -> Standing:
    """How a shot stands; a row not yet kept (revision 0) while nobody has said anything."""
    rows = Standing.objects.select_related("status", "assigned")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(shot=shot).first()
    if found is None:
        found = Standing(shot=shot, status=begin_work(shot.project), revision=0)
    found.shot = shot
    return found


def _changed_since(shot: Shot, base: int) -> set[str]:
    rows = Event.objects.filter(
        project_id=shot.project_id, kind="work.changed", subject_kind="shot", subject_id=str(shot.pk), data__revision__gt=base
    )
    return {name for data in rows.values_list("data", flat=True) for name in data["after"]}


def _said(name: str, value: Any) -> str:
    """What is wanted, to whoever wants it."""
    return said_of({name: _told(value)})


def _stored(asked: dict[str, Any]) -> str:
    """What was said, as the log keeps it: in English, with days as numbers."""
    said = []
    for name in ("status", "assigned", "due"):
        if name in asked:
            value = _told(asked[name])
            said.append({"status": f"to {value}", "assigned": f"for {value or 'nobody'}", "due": f"due {value}" if value else "without a date"}[name])
    return ", ".join(said)


def _told(value: Any) -> str | None:
    """As the log keeps it: words, which outlive what they name."""
    return value.isoformat() if isinstance(value, date) else str(value) if value is not None else None


def put(change: Change, row: Standing, asked: dict[str, Any], rule: Automation | None = None) -> None:
    """Write what is asked and the event of it; then whatever follows."""
    asked = {name: value for name, value in asked.items() if getattr(row, name) != value}
    if not asked:
        return
    before = {name: _told(getattr(row, name)) for name in asked}
    was = row.status
    for name, value in asked.items():
        setattr(row, name, value)
    row.revision += 1
    if "status" in asked:
        row.since = change.at
    row.save()
    data = {
        "before": before,
        "after": {name: _told(value) for name, value in asked.items()},
        "revision": row.revision,
        "said": _stored(asked),
        "assigned": str(row.assigned_id) if row.assigned_id else None,
        **change.via,
    }
    if rule is not None:
        data["rule"] = rule.pk
    record("work.changed", actor=change.by, project=change.project, subject=row.shot, data=data)
    if "status" in asked:
        _follow(change, row.shot, was=was, now=row.status)


def _follow(change: Change, shot: Shot, *, was: Status, now: Status) -> None:
    if change.deep >= DEEPEST:
        return
    change.deep += 1
    for rule in change.rules(Trigger.SHOT):
        if rule.status_id == now.pk:
            _act_on_shot(change, rule, shot)
    for rule in change.rules(Trigger.SCENE, Trigger.SCENE_DONE):
        about = rule.status_id == now.pk if rule.trigger == Trigger.SCENE else now.done and not was.done
        if about and _all_stand(change.project, shot.scene, rule):
            _act_on_scene(change, rule, shot.scene)
    change.deep -= 1


def _all_stand(project: Project, scene: Scene, rule: Automation) -> bool:
    """Whether every shot the film has of a scene is where the rule speaks of."""
    shots = Shot.objects.in_film(project).filter(scene=scene)
    start = begin_work(project)
    wanted = Q(standing__status__done=True) if rule.trigger == Trigger.SCENE_DONE else Q(standing__status=rule.status)
    if start.done if rule.trigger == Trigger.SCENE_DONE else start.pk == rule.status_id:
        wanted |= Q(standing=None)
    return not shots.exclude(wanted).exists()


def _once(change: Change, rule: Automation, kind: str, pk: int) -> bool:
    key = (rule.pk, kind, pk)
    new = key not in change.acted
    change.acted.add(key)
    return new


def _act_on_shot(change: Change, rule: Automation, shot: Shot) -> None:
    if not _once(change, rule, "shot", shot.pk):
        return
    if rule.effect == Effect.TELL:
        _tell(change, rule, SAID[rule.trigger], shot, code=shot.code)
    else:
        put(change, standing_of(shot, lock=True), _effect(rule), rule)


def _act_on_scene(change: Change, rule: Automation, scene: Scene) -> None:
    if not _once(change, rule, "scene", scene.pk):
        return
    if rule.effect == Effect.TELL:
        _tell(change, rule, SAID[rule.trigger], scene, scene=scene.number)
        return
    for shot in Shot.objects.in_film(change.project).filter(scene=scene).select_related("scene", "project"):
        _act_on_shot(change, rule, shot)


SAID = {
    "take": gettext_noop("there is a new take of shot {code}"),
    "chosen": gettext_noop("another take was chosen for shot {code}"),
    "retake": gettext_noop("a retake was ordered of shot {code}"),
    "note": gettext_noop("a note was written on shot {code}"),
    "shot": gettext_noop("shot {code} stands at {status}"),
    "scene": gettext_noop("all shots of scene {scene} stand at {status}"),
    "scene-done": gettext_noop("all shots of scene {scene} are done"),
}
"""What people are told by an automation, by its trigger; the event keeps it so, with what stands in the holes, and once more in plain English."""


def _effect(rule: Automation) -> dict[str, Any]:
    return {"status": rule.to_status} if rule.effect == Effect.STATUS else {"assigned": rule.to_person}


def _tell(change: Change, rule: Automation, says: str, subject: Shot | Scene, **facts: str) -> None:
    """An event that names whom it is for."""
    if rule.status is not None:
        facts["status"] = rule.status.name
    words = says.format_map(facts)
    leads = Q(role__in=(Role.OWNER, Role.PRODUCER))
    members = Membership.objects.filter(leads if rule.to_person_id is None else Q(person=rule.to_person_id), project=change.project)
    people = [str(person) for person in members.values_list("person_id", flat=True)]
    if people:
        shot = {"shot": subject.pk} if isinstance(subject, Shot) else {"scene": subject.pk}
        data = {"people": people, "words": words, "says": says, "facts": facts, "rule": rule.pk, **shot}
        record("work.told", actor=change.by, project=change.project, subject=subject, data=data)


def member_of(project: Project, pk: str) -> Person | None:
    """Somebody of the team, or nobody for an empty id. Raises `StandingRefused`."""
    if not pk:
        return None
    try:
        found = Membership.objects.select_related("person").exclude(role=Role.CLIENT).filter(project=project, person_id=uuid.UUID(pk)).first()
    except ValueError:
        found = None
    if found is None:
        raise StandingRefused(gettext("A shot is given to somebody of this film's team. Choose one of them."))
    return found.person
