from __future__ import annotations

import logging

from django.db import transaction

from studio.events.models import Event
from studio.events.subscribers import subscribe
from studio.screening import mailing
from studio.screening.models import Session

log = logging.getLogger(__name__)


@subscribe("session.ended")
def on_session_ended(event: Event) -> None:
    """The summaries are due. They go out after this has been committed; the clerk's sweep sends what a lost message left."""
    session = Session.objects.filter(pk=event.subject_id).first()
    if session is not None and mailing.make_due(session):
        transaction.on_commit(_send)


def _send() -> None:
    from studio.screening.tasks import send_summaries

    try:
        send_summaries.apply_async(queue="clerk", retry=False)
    except Exception as problem:  # the broker may be away; the rows are the truth
        log.warning("clerk not woken: %s", problem)
