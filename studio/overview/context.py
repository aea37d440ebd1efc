"""What the shell around every page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

ROOMS = (
    ("overview", "Overview", "overview:project", False),
    ("work", "Work", "work:board", False),
    ("script", "Script", "script:page", False),
    ("world", "World", "world:page", False),
    ("storyboard", "Storyboard", "storyboard:wall", False),
    ("material", "Material", "material:page", False),
    ("timeline", "Timeline", "timeline:page", False),
    ("review", "Review", "review:page", False),
    ("deliver", "Deliver", "delivery:page", False),
    ("costs", "Costs", "ledger:costs", True),
    ("settings", "Settings", "projects:settings", True),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The rail of a project's rooms, and who is here. Fragments do not ask for it: templates evaluate it only if they draw it."""
    project = getattr(request, "project", None)
    if project is None:
        return {}
    here = request.resolver_match.view_name if request.resolver_match else ""

    def rail() -> list[dict[str, Any]]:
        room = "storyboard:wall" if here.startswith("shots:") else here
        return [
            {
                "name": name,
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
