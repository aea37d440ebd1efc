"""Where a shot stands, wherever one is drawn."""

from __future__ import annotations

from typing import Any

from django import template

from studio.shots.models import Shot
from studio.work.beginning import begin_work
from studio.work.models import Status

register = template.Library()
STARTS = "shots_start_at"


@register.simple_tag(takes_context=True)
def where_it_stands(context: template.RequestContext, shot: Shot) -> Status:
    """The status of a shot that was fetched with `standing__status`. Shots of which nobody has said anything cost one query, however many."""
    if (row := getattr(shot, "standing", None)) is not None:
        return row.status  # type: ignore[no-any-return]
    request: Any = context["request"]
    if not hasattr(request, STARTS):
        setattr(request, STARTS, begin_work(request.project))
    return getattr(request, STARTS)  # type: ignore[no-any-return]
