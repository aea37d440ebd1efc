"""Telling people, reading, choosing, and keeping webhooks."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from generation.contract import BadRequest
from studio.events import live
from studio.events.log import hold, record
from studio.events.models import Event
from studio.notices.kinds import told_of
from studio.notices.models import ByMail, Choice, Delivery, Hook, Notice, Topic
from studio.notices.rules import RULES, Told, facts_of
from studio.notices.saying import fill, kept
from studio.notices.tasks import judge_hook
from studio.projects.models import Membership, Project
from studio.projects.policies import TEAM
from studio.providers.sealing import seal

MOST_HOOKS = 10
NEWS = timedelta(days=2)
"""What is older is no news: a studio that gains this room, or whose clerk was away for long, tells nobody of last year."""


class HookProblem(Exception):
    """Nothing was changed; the message says why and what to do."""


def is_news(event: Event) -> bool:
    return event.at >= timezone.now() - NEWS


@transaction.atomic
def tell(event: Event, project: Project) -> int:
    """Write the notices of one event; how many people were told. Once for each person, however often it is called. Nobody is told who is
    not of the team, or of what they did themselves (but for what they waited for)."""
    if not is_news(event):
        return 0
    rule = RULES[event.kind]
    told: dict[uuid.UUID, Told] = {}
    for one in rule.whom(event, project):
        told.setdefault(one.person, one)
    if not rule.of_own:
        told.pop(event.actor_id, None)  # type: ignore[arg-type]
    members = Membership.objects.filter(project=project, person_id__in=told, role__in=TEAM, person__is_active=True)
    whom = set(members.values_list("person_id", flat=True)) - set(Notice.objects.filter(event=event.pk).values_list("person_id", flat=True))
    choices = {choice.person_id: choice for choice in Choice.objects.filter(project=project, person_id__in=whom)}
    facts, at = facts_of(event), rule.at(event, project) if whom else ""
    reached = []
    for person in sorted(whom):
        one, choice = told[person], choices.get(person)
        if choice is not None and one.topic in choice.muted:
            continue
        off = choice is None or choice.mail == ByMail.OFF
        if not (one.many and _told_together(event, project, one, facts, off)):
            told_in = _in_words(one.words, {**facts, **one.facts})
            Notice.objects.create(person_id=person, project=project, event=event.pk, topic=one.topic, address=at, mailed=off, **told_in)
        reached.append(str(person))
    if reached:
        transaction.on_commit(lambda: live.publish(project.pk, {"n": reached}))
    return len(reached)


def _told_together(event: Event, project: Project, one: Told, facts: dict[str, Any], off: bool) -> bool:
    """Count the event to a notice of its kind, in the same words, that the person has neither read nor been mailed; False if there is none."""
    rows = Notice.objects.select_for_update().filter(person_id=one.person, project=project, topic=one.topic, read=None, mailed=off)
    row = rows.filter(says__in=(one.words, one.many)).first()
    if row is None:
        return False
    row.count, row.event, row.made = row.count + 1, event.pk, timezone.now()
    told_in = _in_words(one.many, {**facts, **one.facts, "n": row.count})
    row.words, row.says, row.facts = told_in["words"], told_in["says"], told_in["facts"]
    row.address = reverse(one.many_at, args=[project.slug])
    row.save(update_fields=["count", "event", "made", "words", "says", "facts", "address"])
    return True


def _in_words(words: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {"words": fill(words, facts), "says": words, "facts": kept(words, facts)}


def mark_read(person: Any, notice: int | None = None) -> int:
    """Mark one of a person's notices as read, or all; how many were not before."""
    rows = Notice.objects.filter(person=person, read=None)
    return (rows if notice is None else rows.filter(pk=notice)).update(read=timezone.now())


@transaction.atomic
def choose(project: Project, *, by: Any, mail: str, muted: Sequence[str]) -> Choice:
    """How a person is told of a project. What was not mailed by now is not mailed late when mail is switched off."""
    known = [topic for topic in Topic.values if topic in muted]
    choice, _ = Choice.objects.update_or_create(person=by, project=project, defaults={"mail": mail, "muted": known})
    if mail == ByMail.OFF:
        Notice.objects.filter(person=by, project=project, mailed=False).update(mailed=True)
    return choice


@transaction.atomic
def add_hook(project: Project, *, by: Any, url: str, kinds: Sequence[str] = (), own_network: bool = False) -> tuple[Hook, str]:
    """A webhook and its secret, of 256 bits, which is shown once. Raises `HookProblem` for an address that may not be called."""
    hold(project.pk)
    if own_network and not by.is_operator:
        raise HookProblem(gettext("Only an operator of this installation can allow an address on its own network."))
    if Hook.objects.filter(project=project).count() >= MOST_HOOKS:
        raise HookProblem(gettext("A film has up to %(count)d webhooks. Remove one first.") % {"count": MOST_HOOKS})
    try:
        judge_hook(url, own_network=own_network)
    except BadRequest as problem:
        asking = gettext("Only an operator of this installation can allow what stands on its own network.")
        words = gettext(str(problem))
        raise HookProblem(words if by.is_operator or own_network else f"{words} {asking}") from problem
    secret = secrets.token_hex(32)
    hook = Hook.objects.create(project=project, url=url, secret=seal(secret), kinds=sorted(set(kinds)), own_network=own_network, made_by=by)
    record("hook.added", actor=by, project=project, subject=hook, data={"kinds": hook.kinds})
    return hook, secret


@transaction.atomic
def switch_hook(hook: Hook, *, by: Any, active: bool) -> None:
    """What waits stays waiting while a hook is off, and is tried at once when it is on again. Nothing happens to one that stands so already."""
    hold(hook.project_id)
    if not Hook.objects.filter(pk=hook.pk).exclude(active=active).update(active=active, why_off=""):
        return
    if active:
        Delivery.objects.filter(hook=hook, done=None).exclude(due=None).update(due=timezone.now())
    record("hook.enabled" if active else "hook.disabled", actor=by, project=hook.project, subject=hook)


@transaction.atomic
def remove_hook(hook: Hook, *, by: Any) -> None:
    """It is called no more; what was called goes with it."""
    hold(hook.project_id)
    record("hook.removed", actor=by, project=hook.project, subject=hook)
    hook.delete()


def queue_event(event: Event) -> int:
    """One delivery for each hook of the project that wants this kind; once, however often it is called."""
    if event.project_id is None:
        return 0
    hooks = Hook.objects.filter(Q(kinds=[]) | Q(kinds__contains=[event.kind]), project_id=event.project_id, active=True, made__lte=event.at)
    rows = [Delivery(hook=hook, event=event.pk, kind=event.kind, body=_body(told_of(event))) for hook in hooks]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def try_hook(hook: Hook, *, by: Any) -> Delivery:
    """Call a hook, also one that is off, with an event that says it is a test. One test at a time: the one that waits is the one."""
    if (waiting := Delivery.objects.filter(hook=hook, event=0, done=None).exclude(due=None).first()) is not None:
        return waiting
    event = Event(pk=0, kind="hook.tested", project_id=hook.project_id, actor_id=by.pk, at=timezone.now())
    return Delivery.objects.create(hook=hook, event=0, kind=event.kind, body=_body(told_of(event)))


def send_again(delivery: Delivery) -> None:
    """Try one delivery again from the start of its patience, whatever became of it."""
    Delivery.objects.filter(pk=delivery.pk).update(due=timezone.now(), done=None, attempts=0)


def _body(told: dict[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":"), sort_keys=True)
