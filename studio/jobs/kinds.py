"""What a later room tells this one about a kind of job it wants done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models

from generation.contract import Request, Result
from studio.jobs.models import Job
from studio.media.models import Asset


class Refused(Exception):
    """A job that may not be asked for; the message says why and what to do. Nothing was queued."""


class NotReady(Exception):
    """What the job needs is not there (a design was deleted, a line has no recording). Permanent until somebody acts."""


@dataclass(frozen=True)
class Work:
    """What a running job may use besides its request."""

    workdir: Path
    inputs: dict[str, Path]


@dataclass(frozen=True)
class Needs:
    """What a job takes to run: an engine, weights by their name on the shelf, and a queue where the kind's own is not the one."""

    engine: str = ""
    model: str = ""
    queue: str = ""


class Kind:
    """One kind of job. Rooms subclass it and `register` an instance when the application is ready.

    `runner` names the function that does the work, "module:function", imported by workers only; the default hands the request
    to the engine it names.
    """

    name: str
    queue: str = "work"
    runner: str = "studio.jobs.tasks.running:run_engine"
    indispensable: bool = False  # pages cannot do without it: a budget counts it and does not stop it

    def admit(self, project: Any, spec: dict[str, Any]) -> None:
        """Raise `Refused` if this must not be queued."""

    def admit_all(self, project: Any, specs: Sequence[dict[str, Any]]) -> None:
        """`admit` of a whole batch; a kind that asks the database the same for many asks once here."""
        for spec in specs:
            self.admit(project, spec)

    def needs(self, spec: dict[str, Any]) -> Needs:
        """Which worker can do it, and what it is good to have warm."""
        return Needs(engine=str(spec.get("engine", "")))

    def units(self, spec: dict[str, Any]) -> float:
        """The size of the work, in whatever measure this kind's time is proportional to."""
        return 1.0

    def first_guess(self) -> float:
        """Seconds a unit, before this machine has done any."""
        return 1.0

    def measure(self, spec: dict[str, Any]) -> tuple[str, str, float, float]:
        """(engine, task, amount, guess): of all jobs with this engine and task the seconds are in proportion to `amount`; `guess` is how many
        they are before any was seen."""
        units = self.units(spec)
        return self.needs(spec).engine, self.name, units, units * self.first_guess()

    def recipe(self, spec: dict[str, Any]) -> dict[str, Any] | None:
        """What must be equal of two jobs of this kind and project to be takes of one recipe, which an engine may make at once: all that comes
        into the request but the seed, as it stands in `spec`. None if they are always made one by one."""
        return None

    def prepare(self, job: Job) -> Request | dict[str, Any]:
        """What the engine is given, once every dependency has succeeded. The same rows give the same request. Raises `NotReady`."""
        raise NotImplementedError(self.name)

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> models.Model:
        """Write the one result row and say it with an event; runs inside the lease-checked transaction."""
        raise NotImplementedError(self.name)

    def fail(self, job: Job, reason: str) -> None:
        """The job has failed for good; runs inside the transaction that says so."""


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> Kind:
    return _KINDS[name]
