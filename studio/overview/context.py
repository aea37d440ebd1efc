"""What the shell around every page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

ROOMS = (
    ("overview", gettext_noop("Overview"), "overview:project", False),
    ("work", gettext_noop("Work"), "work:board", False),
    ("script", gettext_noop("Script"), "script:page", False),
    ("world", gettext_noop("World"), "world:page", False),
    ("storyboard", gettext_noop("Storyboard"), "storyboard:wall", False),
    ("material", gettext_noop("Material"), "material:page", False),
    ("timeline", gettext_noop("Timeline"), "timeline:page", False),
    ("review", gettext_noop("Review"), "review:page", False),
    ("deliver", gettext_noop("Deliver"), "delivery:page", False),
    ("costs", gettext_noop("Costs"), "ledger:costs", True),
    ("settings", gettext_noop("Settings"), "projects:settings", True),
)
WITHIN = {"shots": "storyboard:wall", "screening": "review:page"}
"""Rooms without a place of their own in the rail, and where they belong."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The rail of a project's rooms, and who is here. Fragments do not ask for it: templates evaluate it only if they draw it."""
    project = getattr(request, "project", None)
    if project is None:
        return {}
    here = request.resolver_match.view_name if request.resolver_match else ""

    def rail() -> list[dict[str, Any]]:
        room = WITHIN.get(here.split(":")[0], here)
        return [
            {
                "name": gettext(name),
                "url": reverse(view, args=[project.slug]),
                "icon": icon,
                "current": room.split(":")[0] == view.split(":")[0],
                "count": 0,
                "foot": foot,
            }
            for icon, name, view, foot in ROOMS
        ]

    def presence() -> list[Any]:
        from studio.overview.queries import presence as here_now

        return here_now(project, without=request.user)

    return {"rail": rail, "presence": presence}
