"""What a page needs to know of projects and their people."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from studio.events.models import Event
from studio.projects.models import Invitation, Membership, Project


def projects_of(person: Any) -> QuerySet[Membership]:
    return Membership.objects.filter(person=person).select_related("project").order_by("-project__created")


def members_of(project: Project) -> QuerySet[Membership]:
    return Membership.objects.filter(project=project).select_related("person").order_by("since")


def open_invitations(project: Project) -> QuerySet[Invitation]:
    return Invitation.objects.filter(project=project, accepted=None, revoked=None, expires__gt=timezone.now()).order_by("-made")


def role_in(project: Project, person: Any) -> str | None:
    return Membership.objects.filter(project=project, person=person).values_list("role", flat=True).first()


def may_share(person: Any, other: Any) -> bool:
    """Whether two people work on any project together."""
    return Membership.objects.filter(Q(person=person), project__memberships__person=other).exists()


def project_of(event: Event) -> Project | None:
    """The project an event is about; None if it was deleted since."""
    return Project.objects.filter(pk=event.project_id).first() if event.project_id else None
