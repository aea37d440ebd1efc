"""What a person may be shown of what they were told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from studio.notices.models import ByMail, Choice, Delivery, Hook, Mail, Notice
from studio.notices.tasks import TURN
from studio.projects.models import Membership, Project
from studio.projects.policies import TEAM

PAGE = 50


def notices_of(person: Any) -> QuerySet[Notice]:
    """Of projects whose team the person is still in, newest first."""
    member = Membership.objects.filter(project=OuterRef("project"), person=person, role__in=TEAM)
    return Notice.objects.filter(Exists(member), person=person).select_related("project")


def page_of(person: Any, before: int | None = None) -> tuple[list[Notice], int | None]:
    """The newest notices, and the event id before which older ones stand (None: these are all)."""
    rows = notices_of(person).order_by("-event")
    found = list((rows if before is None else rows.filter(event__lt=before))[:PAGE])
    return found, found[-1].event if len(found) == PAGE else None


def unread_count(person: Any) -> int:
    return notices_of(person).filter(read=None).count()


def choice_of(project: Project, person: Any) -> Choice:
    return Choice.objects.filter(project=project, person=person).first() or Choice(project=project, person=person, mail=ByMail.OFF, muted=[])


def mails_of(project: Project, person: Any) -> QuerySet[Mail]:
    return Mail.objects.filter(project=project, person=person)[:20]


def films_of(person: Any) -> QuerySet[Project]:
    """Of whose team the person is."""
    return Project.objects.filter(memberships__person=person, memberships__role__in=TEAM).order_by("-created")


def hooks_of(project: Project) -> QuerySet[Hook]:
    return Hook.objects.filter(project=project).select_related("made_by")


def deliveries_of(hook: Hook) -> QuerySet[Delivery]:
    return Delivery.objects.filter(hook=hook)[:50]


def soon(delivery: Delivery, hook: Hook) -> bool:
    """Whether it is being called, or is about to be."""
    if delivery.due is None or not (hook.active or delivery.event == 0):
        return False
    return delivery.due <= timezone.now() + (TURN if delivery.attempts == 0 else timedelta(seconds=5))
