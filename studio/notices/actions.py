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
from django.utils import timezone

from generation.contract import BadRequest
from studio.accounts.models import Person
from studio.events import live
from studio.events.log import hold, record
from studio.events.models import Event
from studio.notices.models import ByMail, Choice, Delivery, Hook, Notice, Topic
from studio.notices.rules import RULES, WORDS_BY_TOPIC
from studio.notices.tasks import judge
from studio.projects.models import Membership, Project
from studio.projects.policies import TEAM
from studio.providers.sealing import seal

MOST_HOOKS = 10
NEWS = timedelta(days=2)
"""What is older is no news: a studio that gains this room, or whose clerk was away for long, tells nobody of last year."""


class HookProblem(Exception):
    """Nothing was changed; the message says why and what to do."""


def tell(event: Event, project: Project) -> int:
    """Write the notices of one event; how many people were told. Once for each person, however often it is called. Nobody is told who is
    not of the team, or of what they did themselves."""
    if event.at < timezone.now() - NEWS:
        return 0
    rule = RULES[event.kind]
    told = rule.tell(event, project)
    if not rule.of_own:
        told.pop(event.actor_id, None)  # type: ignore[arg-type]
    members = set(Membership.objects.filter(project=project, person_id__in=told, role__in=TEAM).values_list("person_id", flat=True))
    choices = {choice.person_id: choice for choice in Choice.objects.filter(project=project, person_id__in=members)}
    actor = Person.objects.filter(pk=event.actor_id).first() if event.actor_id else None
    facts = {"who": actor.name if actor else "Somebody", **{key: str(value) for key, value in event.data.items()}}
    rows = []
    for person, topic in told.items():
        choice = choices.get(person)
        if person not in members or (choice and topic in choice.muted):
            continue
        words = WORDS_BY_TOPIC.get(topic, rule.words) if event.kind == "note.written" else rule.words
        row = Notice(
            person_id=person, project=project, event=event.pk, topic=topic, words=_filled(words, facts), address=rule.address(event, project)
        )
        row.mailed = choice is None or choice.mail == ByMail.OFF
        rows.append(row)
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        whom = [str(row.person_id) for row in rows]
        transaction.on_commit(lambda: live.publish(project.pk, {"n": whom}))
    return len(rows)


def _filled(words: str, facts: dict[str, str]) -> str:
    for name, value in facts.items():
        words = words.replace(f"{{{name}}}", value)
    return words[:300]


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
        raise HookProblem("Only an operator of this installation can allow an address on its own network.")
    if Hook.objects.filter(project=project).count() >= MOST_HOOKS:
        raise HookProblem(f"A film has up to {MOST_HOOKS} webhooks. Remove one first.")
    try:
        judge(url, own_network=own_network)
    except BadRequest as problem:
        raise HookProblem(str(problem)) from problem
    secret = secrets.token_hex(32)
    hook = Hook.objects.create(project=project, url=url, secret=seal(secret), kinds=sorted(set(kinds)), own_network=own_network, made_by=by)
    record("hook.added", actor=by, project=project, subject=hook, data={"kinds": hook.kinds})
    return hook, secret


@transaction.atomic
def switch_hook(hook: Hook, *, by: Any, active: bool) -> None:
    """What waits stays waiting while a hook is off, and is tried at once when it is on again."""
    hold(hook.project_id)
    Hook.objects.filter(pk=hook.pk).update(active=active, why_off="")
    if active:
        Delivery.objects.filter(hook=hook, done=None).exclude(due=None).update(due=timezone.now())
    record("hook.enabled" if active else "hook.disabled", actor=by, project=hook.project, subject=hook)


@transaction.atomic
def remove_hook(hook: Hook, *, by: Any) -> None:
    hold(hook.project_id)
    record("hook.removed", actor=by, project=hook.project, subject=hook)
    hook.delete()


def queue_event(event: Event) -> int:
    """One delivery for each hook of the project that wants this kind; once, however often it is called."""
    hooks = Hook.objects.filter(Q(kinds=[]) | Q(kinds__contains=[event.kind]), project__pk=event.project_id, active=True, made__lte=event.at)
    rows = [Delivery(hook=hook, event=event.pk, body=body_of(event)) for hook in hooks]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def test_hook(hook: Hook) -> Delivery:
    """Call a hook with an event that says it is a test."""
    event = Event(pk=0, kind="hook.tested", project_id=hook.project_id, at=timezone.now(), data={"test": uuid.uuid4().hex})
    return Delivery.objects.create(hook=hook, event=0, body=body_of(event))


def send_again(delivery: Delivery) -> None:
    """Try one delivery again from the start of its patience, whatever became of it."""
    Delivery.objects.filter(pk=delivery.pk).update(due=timezone.now(), done=None, attempts=0)


def body_of(event: Event) -> str:
    told = {"id": event.pk, "kind": event.kind, "project": str(event.project_id), "at": event.at.isoformat(), "data": event.data}
    return json.dumps(told, separators=(",", ":"), sort_keys=True)
