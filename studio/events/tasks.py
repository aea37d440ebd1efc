"""The clerk's work on events."""

from __future__ import annotations

import uuid

from celery import shared_task

from studio.events import subscribers


@shared_task(name="events.deliver")  # type: ignore[untyped-decorator]
def deliver(chain: str) -> None:
    subscribers.deliver_chain(uuid.UUID(chain))
