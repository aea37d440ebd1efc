"""What a machine's keeper and a worker write about models. Each change is one guarded UPDATE; whoever lost the row changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from studio.events.log import hold, record
from studio.jobs.models import Worker
from studio.shelf.models import Command, Holding, Host, Model, Source, State

MOVING = (State.ABSENT, State.DOWNLOADING, State.CHECKING)
LONGEST_PAUSE = 300.0
COMMANDS_KEPT = timedelta(hours=1)


def tell_host(name: str, **facts: Any) -> None:
    Host.objects.update_or_create(name=name, defaults={**facts, "seen": timezone.now()})


def open_holdings(host: str, *, fetches: bool) -> None:
    """A row for each wanted model of which this machine has none; not for the hub's where it cannot fetch."""
    rows = Model.objects.filter(wanted=True).exclude(holdings__host=host)
    for row in rows if fetches else rows.filter(source=Source.FOLDER):
        Holding.objects.get_or_create(model=row, host=host)


def _at_work(holding: Holding) -> QuerySet[Holding]:
    """The row, while it moves and is wanted. The state is asked of the row that is written, not of a join: an UPDATE through a join becomes
    `id IN (SELECT …)`, which after waiting for another's write is not asked again, so a late word would undo what came before it."""
    wanted = Model.objects.filter(pk=OuterRef("model_id"), wanted=True, paused=False)
    return Holding.objects.filter(Exists(wanted), pk=holding.pk, state__in=MOVING)


def begin(holding: Holding, state: State) -> bool:
    """Take the work up; false if somebody changed their mind meanwhile."""
    return _at_work(holding).update(state=state, error="", at=timezone.now()) == 1


def note_facts(model: Model, **facts: Any) -> None:
    Model.objects.filter(pk=model.pk).update(**facts)


def pin(model: Model, commit: str) -> str:
    """The commit that every machine takes: the one first found wins."""
    Model.objects.filter(pk=model.pk, commit="").update(commit=commit)
    return Model.objects.values_list("commit", flat=True).get(pk=model.pk)


def note_progress(holding: Holding, state: str, done: int, total: int, pace: float, file: str) -> bool:
    """How far it is; false if it is to stop (paused, removed, or another revision is wanted)."""
    row = _at_work(holding)
    return row.update(state=state, done=done, total=total, pace=pace, file=file[:300], at=timezone.now()) == 1


@transaction.atomic
def held(holding: Holding, folder: str, *, size: int, sha256: str, left_out: dict[str, str], commit: str = "") -> bool:
    """It is here, whole and checked. False if it is no longer wanted."""
    hold(None)
    model = Model.objects.select_for_update().filter(pk=holding.model_id, wanted=True, commit=commit).first()
    if model is None:
        return False
    rows = Holding.objects.filter(pk=holding.pk, state__in=MOVING)
    if rows.update(state=State.HELD, folder=folder, done=size, total=size, pace=0, file="", error="", tries=0, again=None, at=timezone.now()) != 1:
        return False
    Model.objects.filter(pk=model.pk).update(size=size, sha256=sha256, left_out=left_out)
    record("model.held", subject=model, data={"name": model.name, "host": holding.host, "sha256": sha256, "commit": commit, "size": size})
    return True


@transaction.atomic
def failed(holding: Holding, reason: str, *, retryable: bool) -> None:
    """It did not come: tried again by itself after a while that doubles, or failed until somebody acts."""
    hold(None)
    now = timezone.now()
    rows = Holding.objects.filter(pk=holding.pk, state__in=MOVING)
    if retryable:
        pause = min(LONGEST_PAUSE, 2.0 ** min(holding.tries + 1, 10))
        rows.update(error=reason[:2000], tries=F("tries") + 1, again=now + timedelta(seconds=pause), pace=0, at=now)
    elif rows.update(state=State.FAILED, error=reason[:2000], tries=F("tries") + 1, again=None, pace=0, at=now):
        record("model.failed", subject=holding.model, data={"name": holding.model.name, "host": holding.host, "reason": reason[:300]})


def gone(holding: Holding) -> None:
    """Its files are off this machine."""
    Holding.objects.filter(pk=holding.pk, state=State.REMOVING).delete()


def lost(holding: Holding) -> None:
    """The folder of a held model is not there any more: it is fetched again."""
    Holding.objects.filter(pk=holding.pk, state=State.HELD).update(state=State.ABSENT, done=0, folder="", at=timezone.now())


def held_here(host: str) -> list[Holding]:
    return list(Holding.objects.select_related("model").filter(host=host, state=State.HELD))


def take_command(worker: str) -> Command | None:
    """The oldest thing this worker is asked to do, now its own."""
    for command in Command.objects.select_related("model").filter(worker=worker, state=Command.SENT).order_by("at"):
        if Command.objects.filter(pk=command.pk, state=Command.SENT).update(state=Command.TAKEN):
            return command
    return None


def answer_command(command: Command, state: str, answer: str = "", warm: list[str] | None = None) -> None:
    """What came of it. With `warm`, what the worker has in memory now is told at once, not with its next heartbeat."""
    Command.objects.filter(pk=command.pk).update(state=state, answer=answer[:2000], ended=timezone.now())
    if warm is not None:
        Worker.objects.filter(name=command.worker).update(warm=warm)


def tidy() -> None:
    """Rows about processes that are long gone."""
    now = timezone.now()
    Command.objects.filter(at__lt=now - COMMANDS_KEPT).delete()
    Host.objects.filter(seen__lt=now - timedelta(days=7)).delete()


def is_leaving(name: str) -> bool:
    """A model that is being removed is not to stay in anybody's memory."""
    return Model.objects.filter(name=name, wanted=False).exists()
