"""Starting, changing and ending a production, and bringing people into it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.projects.models import Invitation, Membership, Project, Role
from studio.projects.rates import RateChoice

INVITATION_DAYS = 7


class ProjectProblem(Exception):
    """A change to a project that cannot be made; the message says why and what to do."""


@transaction.atomic
def start_project(*, name: str, by: Any, rate: RateChoice, width: int, height: int, logline: str = "", is_sample: bool = False) -> Project:
    project = Project.objects.create(
        slug=_free_slug(name),
        name=name,
        logline=logline,
        rate_num=rate.num,
        rate_den=rate.den,
        drop_frame=rate.drop_frame,
        width=width,
        height=height,
        created_by=by,
        is_sample=is_sample,
    )
    Membership.objects.create(project=project, person=by, role=Role.OWNER)
    record("project.started", actor=by, project=project, subject=project, data={"name": name, "rate": [rate.num, rate.den], "size": [width, height]})
    return project


@transaction.atomic
def change_project(project: Project, *, by: Any, name: str, logline: str, on_memory: str = "") -> Project:
    """`on_memory` is one of `OnMemory`; empty leaves it as it is."""
    hold(project.pk)
    after = {"name": name, "logline": logline, "on_memory": on_memory or project.on_memory}
    before = {field: getattr(project, field) for field in after}
    for field, value in after.items():
        setattr(project, field, value)
    project.save(update_fields=list(after))
    record("project.changed", actor=by, project=project, subject=project, data={"before": before, "after": after})
    return project


@transaction.atomic
def delete_project(project: Project, *, by: Any) -> None:
    """Removes the production and its rows; its events stay in the log, its media in the store until they are swept."""
    hold(project.pk)
    record("project.deleted", actor=by, project=project, subject=project, data={"name": project.name})
    project.delete()


@transaction.atomic
def invite(project: Project, *, by: Any, role: str, email: str = "") -> tuple[Invitation, str]:
    """A new invitation and its token, which is shown once and stored only as a hash (256 bits of it)."""
    hold(project.pk)
    if role not in Role.values or role == Role.OWNER:
        raise ProjectProblem(gettext("A project has one owner. Choose producer, writer, artist, reviewer or client."))
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        email=email,
        made_by=by,
        token_hash=_digest(token),
        expires=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    record("invitation.made", actor=by, project=project, subject=invitation, data={"role": role})
    return invitation, token


def find_invitation(token: str) -> Invitation | None:
    """The open invitation behind a token, or None. Looked up by hash: the time it takes tells nothing of the token."""
    found = Invitation.objects.select_related("project", "made_by").filter(token_hash=_digest(token)).first()
    return found if found is not None and found.is_open else None


@transaction.atomic
def accept_invitation(invitation: Invitation, *, person: Any) -> Membership:
    """Make the person a member; exactly one person can use an invitation. A member keeps the role they have."""
    hold(invitation.project_id)
    taken = Invitation.objects.filter(pk=invitation.pk, accepted=None, revoked=None, expires__gt=timezone.now())
    if taken.update(accepted=timezone.now(), accepted_by=person) != 1:
        raise ProjectProblem(gettext("This invitation was used, withdrawn or has run out. Ask for a new one."))
    membership, new = Membership.objects.get_or_create(project=invitation.project, person=person, defaults={"role": invitation.role})
    if new:
        record("member.joined", actor=person, project=invitation.project, subject=membership, data={"role": membership.role, "name": person.name})
    return membership


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Any) -> None:
    hold(invitation.project_id)
    invitation.revoked = timezone.now()
    invitation.save(update_fields=["revoked"])
    record("invitation.revoked", actor=by, project=invitation.project, subject=invitation)


@transaction.atomic
def change_role(membership: Membership, *, by: Any, role: str) -> None:
    hold(membership.project_id)
    if membership.role == Role.OWNER or role == Role.OWNER or role not in Role.values:
        raise ProjectProblem(gettext("The owner stays the owner. Choose producer, writer, artist, reviewer or client for somebody else."))
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    record("member.role_changed", actor=by, project=membership.project, subject=membership, data={"before": before, "after": role})


@transaction.atomic
def remove_member(membership: Membership, *, by: Any) -> None:
    """Takes the right away; their sockets are closed when the event arrives."""
    hold(membership.project_id)
    if membership.role == Role.OWNER:
        raise ProjectProblem(gettext("The owner cannot be removed from their own project."))
    person, project = membership.person, membership.project
    membership.delete()
    record("member.removed", actor=by, project=project, data={"person": str(person.pk), "name": person.name})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _free_slug(name: str) -> str:
    return f"{slugify(name)[:60] or 'film'}-{secrets.token_hex(3)}"
