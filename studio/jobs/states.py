"""Every state of a job and every way from one to another, in one place. Whatever changes a job's state does it through `move`, which is
guarded by the state the row is in: of two that move it at once, one changes nothing."""

from __future__ import annotations

from typing import Any

from django.db import models

from studio.jobs.models import LEASED, Job, State

# To → from where. A leased state holds a lease token and the others hold none: the database itself refuses anything else.
ALLOWED: dict[State, tuple[State, ...]] = {
    State.QUEUED: (State.RUNNING, State.FAILED, State.CANCELLED),  # given back, its worker died, or asked for again
    State.RUNNING: (State.QUEUED,),  # claimed
    State.CANCELLING: (State.RUNNING,),  # somebody asked it to stop
    State.SUCCEEDED: (State.RUNNING,),
    State.FAILED: (State.RUNNING, State.QUEUED),  # the work failed; or what it needed did
    State.CANCELLED: (State.RUNNING, State.CANCELLING, State.QUEUED),
}


def move(jobs: models.QuerySet[Job], to: State, **fields: Any) -> int:
    """Move those of `jobs` that may go to `to`, setting `fields` with it; returns how many did. Leaving a lease gives its token up."""
    if to not in LEASED:
        fields = {"lease_token": None, "lease_until": None, **fields}
    return jobs.filter(state__in=ALLOWED[to]).update(state=to, **fields)
