"""Who may do what with the work. The roles' rights in general stand in `projects.policies`."""

from __future__ import annotations

from studio.projects.models import Role
from studio.projects.policies import LEADS, TEAM


def can_set_status(role: str) -> bool:
    """Say where a shot stands: whoever works on the film, reviewers too, for they say what must change."""
    return role in TEAM


def can_plan(role: str) -> bool:
    """Give a shot to somebody, and a date."""
    return role in LEADS or role == Role.ARTIST


def can_shape_work(role: str) -> bool:
    """The film's statuses and automations."""
    return role in LEADS
