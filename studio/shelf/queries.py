"""What is on the shelf, where, and what is missing."""

from __future__ import annotations

import shlex
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from generation import catalog
from generation.contract import BadRequest
from generation.facts import Checkpoint, EngineInfo
from studio.jobs import words as reasons
from studio.jobs.models import OPEN, Worker
from studio.jobs.queries import HEARD_WITHIN
from studio.shelf.models import Command, Holding, Host, Model, State

HOST_HEARD_WITHIN = timedelta(seconds=60)


def hub_is_off() -> bool:
    return not settings.FIRSTCUT_HUB


def checkpoints() -> dict[str, Checkpoint]:
    """Every checkpoint the engines know, by its hub id."""
    return {each.hub: each for engine in reversed(catalog.engines()) for each in reversed(engine.checkpoints)}


def default_model(engine: str, task: str = "") -> str:
    """The model an engine takes if none is named; empty where it needs none or has none of its own."""
    try:
        forms = catalog.info(engine).forms
    except BadRequest:
        return ""
    for form in [form for name, form in forms.items() if not task or name == task]:
        known = form.model_fields.get("model")
        if known is not None and isinstance(known.default, str) and known.default:
            return known.default
    return ""


def is_held(name: str) -> bool:
    """Some machine has it: as the shelf asked it to, or because somebody put it into its folder."""
    if Holding.objects.filter(model__name=name, model__wanted=True, state=State.HELD).exists():
        return True
    alive = Host.objects.filter(seen__gt=timezone.now() - HOST_HEARD_WITHIN)
    return any(name in found for found in alive.values_list("found", flat=True))


def held_names() -> list[str]:
    """Every model that some machine has, by name: what a form offers."""
    held = set(Holding.objects.filter(model__wanted=True, state=State.HELD).values_list("model__name", flat=True))
    return sorted({*held, *(name for host in live_hosts() for name in host.found if isinstance(name, str))})


def missing(engine: str, model: str = "") -> str | None:
    """Why a job of this engine with this model cannot be queued, with the command that gets the model; None if nothing stands against it.

    `model` empty is the engine's own. A folder named by its path is judged by the worker that has it, not here."""
    name = model or default_model(engine)
    if not name or name.startswith(("/", "~", ".")) or is_held(name):
        return None
    row = Model.objects.filter(name=name, wanted=True).first()
    said = {"model": name, "command": f"./firstcut model add {shlex.quote(name)}"}
    if row is None:
        return gettext("The model “%(model)s” is on no machine yet. An operator gets it under Models, or with: %(command)s") % said
    holdings = list(row.holdings.all())
    if row.paused:
        words = gettext(
            "The model “%(model)s” is not here yet: its download is paused. An operator goes on with it under Models, or with: %(command)s"
        )
        return words % said
    moving = next((each for each in holdings if each.state in (State.DOWNLOADING, State.CHECKING)), None)
    if moving is not None:
        words = gettext("The model “%(model)s” is not here yet: %(percent)s %% of it is on %(host)s. Ask again when it is there.")
        return words % {**said, "percent": moving.percent, "host": moving.host}
    failed = next((each for each in holdings if each.state == State.FAILED), None)
    if failed is not None:
        words = gettext("The model “%(model)s” could not be fetched: %(reason)s Try it again under Models, or with: %(command)s")
        return words % {**said, "reason": reasons.said(failed.error)}
    return gettext("The model “%(model)s” is on the shelf, but no worker has begun to fetch it. Start one with: ./firstcut worker") % said


@dataclass
class Seat:
    """One worker process on a machine that holds a model."""

    worker: str
    host: str
    warm: bool
    job: bool
    command: Command | None = None

    @property
    def short(self) -> str:
        return self.worker.split("@")[0]


@dataclass
class Shelved:
    """A model as the page shows it."""

    row: Model
    known: Checkpoint | None
    engines: tuple[EngineInfo, ...]
    holdings: list[Holding]
    seats: list[Seat] = field(default_factory=list)
    gone_hosts: frozenset[str] = frozenset()
    hosts: int = 0
    jobs: int = 0

    @property
    def held(self) -> list[Holding]:
        return [each for each in self.holdings if each.state == State.HELD]

    @property
    def warm(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.warm]

    @property
    def moving(self) -> bool:
        return any(each.state in (State.DOWNLOADING, State.CHECKING) for each in self.holdings)

    @property
    def failed(self) -> list[Holding]:
        return [each for each in self.holdings if each.state == State.FAILED]

    @property
    def unsettled(self) -> bool:
        """Something about it is about to change by itself."""
        waiting = any(each.state in (State.ABSENT, State.REMOVING) for each in self.holdings) and not self.row.paused
        commanded = any(seat.command and seat.command.state in (Command.SENT, Command.TAKEN) for seat in self.seats)
        return self.moving or waiting or commanded or not self.row.wanted or (not self.holdings and self.hosts > 0)

    @property
    def state(self) -> tuple[str, str]:
        """(chip, words) of the model as a whole."""
        held = len(self.held)
        if not self.row.wanted:
            return "stale", gettext("Being removed")
        if self.row.paused and held < max(self.hosts, len(self.holdings)):
            return "queued", gettext("Paused")
        if self.moving:
            downloading = any(each.state == State.DOWNLOADING for each in self.holdings)
            return "running", gettext("Downloading") if downloading else gettext("Checking")
        if self.failed:
            words = gettext("Held by %(held)s, failed on %(failed)s") % {"held": held, "failed": len(self.failed)}
            return "failed", words if held else gettext("Failed")
        if held:
            words = gettext("Held by %(held)s of %(all)s") % {"held": held, "all": self.hosts}
            return "done", gettext("Held") if held >= self.hosts else words
        return "queued", gettext("Waiting") if self.hosts else gettext("Waiting for a worker")

    @property
    def can_pause(self) -> bool:
        return self.row.wanted and (self.row.paused or self.moving or any(each.state == State.ABSENT for each in self.holdings))

    @property
    def title(self) -> str:
        return gettext(self.known.title) if self.known else PurePosixPath(self.row.name).name


def shelf() -> list[Shelved]:
    """Every model on the shelf with who holds it and who has it warm: a handful of queries however many there are."""
    now = timezone.now()
    hosts = {host.name for host in live_hosts()}
    rows = Model.objects.select_related("added_by").prefetch_related(Prefetch("holdings", Holding.objects.order_by("host"))).order_by("name")
    workers = list(Worker.objects.filter(seen__gt=now - HEARD_WITHIN).order_by("name"))
    newest: dict[tuple[str, int], Command] = {}
    for command in Command.objects.filter(at__gt=now - timedelta(minutes=10)).order_by("at"):
        newest[(command.worker, command.model_id)] = command
    known, engines = checkpoints(), engines_by_checkpoint()
    found = []
    for row in rows:
        holdings = list(row.holdings.all())
        holding = {each.host for each in holdings if each.state == State.HELD}
        seats = [
            Seat(each.name, each.host, row.name in each.warm, each.job_id is not None, newest.get((each.name, row.pk)))
            for each in workers
            if each.host in holding
        ]
        gone = frozenset(each.host for each in holdings if each.host not in hosts)
        found.append(Shelved(row, known.get(row.name), engines.get(row.name, ()), holdings, seats, gone, len(hosts)))
    return found


def shelved(row: Model) -> Shelved:
    return next(each for each in shelf() if each.row.pk == row.pk)


def live_hosts() -> QuerySet[Host]:
    return Host.objects.filter(seen__gt=timezone.now() - HOST_HEARD_WITHIN).order_by("name")


def engines_by_checkpoint() -> dict[str, tuple[EngineInfo, ...]]:
    found: dict[str, tuple[EngineInfo, ...]] = {}
    for engine in catalog.engines():
        for each in engine.checkpoints:
            found[each.hub] = (*found.get(each.hub, ()), engine)
    return found


@dataclass(frozen=True)
class Suggestion:
    engine: EngineInfo
    checkpoints: tuple[Checkpoint, ...]


def suggestions() -> list[Suggestion]:
    """What the engines know and the shelf has not, by engine; a checkpoint of several engines stands with each."""
    there = set(Model.objects.filter(wanted=True).values_list("name", flat=True))
    found = [Suggestion(engine, tuple(each for each in engine.checkpoints if each.hub not in there)) for engine in catalog.engines()]
    return [each for each in found if each.checkpoints]


def unlisted() -> dict[str, list[str]]:
    """Models that lie in the folder of a machine and are not on the shelf: {name: hosts}."""
    there = set(Model.objects.values_list("name", flat=True))
    found: dict[str, list[str]] = {}
    for host in live_hosts():
        for name in host.found:
            if isinstance(name, str) and name not in there:
                found.setdefault(name, []).append(host.name)
    return found


def jobs_with(name: str) -> Iterable[tuple[uuid.UUID, str, str]]:
    """(id, title, state) of the open jobs that ask for a model, as their model or as an adapter, named or as their engine's own."""
    own = [engine.name for engine in catalog.engines() if default_model(engine.name) == name]
    query = """SELECT id, title, state FROM jobs_job WHERE state = ANY(%s) AND (model = %s OR (model = '' AND engine = ANY(%s))
        OR jsonb_path_exists(coalesce(request, spec), '$.**.model ? (@ == $name)', jsonb_build_object('name', %s::text)))
        ORDER BY state DESC, created LIMIT 100"""
    with connection.cursor() as cursor:
        cursor.execute(query, [list(OPEN), name, own, name])
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def workers_with(row: Model) -> QuerySet[Worker]:
    """The workers that were heard lately on machines that hold a model."""
    hosts = row.holdings.filter(state=State.HELD).values_list("host", flat=True)
    return Worker.objects.filter(seen__gt=timezone.now() - HEARD_WITHIN, host__in=list(hosts))


def work_for(host: str) -> Holding | None:
    """What a machine's keeper has to see to next: what is to go before what is to come, the oldest first."""
    now = timezone.now()
    rows = Holding.objects.select_related("model").filter(host=host)
    going = rows.filter(state=State.REMOVING).order_by("at").first()
    if going is not None:
        return going
    coming = Q(state__in=(State.ABSENT, State.DOWNLOADING, State.CHECKING)) & (Q(again__isnull=True) | Q(again__lte=now))
    return rows.filter(coming, model__paused=False, model__wanted=True).order_by("model__added", "pk").first()
