"""What a person may be shown of what they were told."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from studio.notices.models import ByMail, Choice, Delivery, Hook, Mail, Notice
from studio.projects.models import Membership, Project
from studio.projects.policies import TEAM

PAGE = 100


def notices_of(person: Any) -> QuerySet[Notice]:
    """Of projects whose team the person is still in, newest first."""
    member = Membership.objects.filter(project=OuterRef("project"), person=person, role__in=TEAM)
    return Notice.objects.filter(Exists(member), person=person).select_related("project")


def unread_count(person: Any) -> int:
    return notices_of(person).filter(read=None).count()


def choice_of(project: Project, person: Any) -> Choice:
    return Choice.objects.filter(project=project, person=person).first() or Choice(project=project, person=person, mail=ByMail.OFF, muted=[])


def mails_of(project: Project, person: Any) -> QuerySet[Mail]:
    return Mail.objects.filter(project=project, person=person)[:20]


def hooks_of(project: Project) -> QuerySet[Hook]:
    return Hook.objects.filter(project=project).select_related("made_by")


def deliveries_of(hook: Hook) -> QuerySet[Delivery]:
    return Delivery.objects.filter(hook=hook)[:50]
