from __future__ import annotations

from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.notices import actions
from studio.notices.kinds import HOOKABLE
from studio.notices.rules import RULES
from studio.projects.queries import project_of


@subscribe(*RULES)
def on_event(event: Event) -> None:
    """Tell whom it concerns."""
    if actions.is_news(event) and (project := project_of(event)) is not None:
        actions.tell(event, project)


@subscribe(*HOOKABLE)
def on_hookable(event: Event) -> None:
    """Set calls of other programs down; the clerk makes them."""
    actions.queue_event(event)
