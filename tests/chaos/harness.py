"""Rounds of work and harm: jobs are asked for, something is killed while they run, and in the end every one has exactly one result."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import psycopg
import redis
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from studio.accounts.actions import make_person
from studio.accounts.models import Person
from studio.events.log import verify
from studio.events.models import Event
from studio.jobs.actions import Order, cancel_job, request_jobs
from studio.jobs.books import differences
from studio.jobs.models import OPEN, Job, Share, State, Worker
from studio.ledger.models import Entry
from studio.ledger.models import Kind as EntryKind
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY
from studio.script.actions import revise_script
from studio.storyboard.actions import draw_panels
from studio.storyboard.models import Drawing, Panel
from tests.chaos.acts import ALL, PLACES, SHORT, Act
from tests.chaos.kinds import DONE
from tests.chaos.mixed import Mixed
from tests.chaos.victim import Victim

T = TypeVar("T")
STUCK = 120.0
"""Seconds after which a job that has not ended counts as stuck."""
PANEL_ROUNDS = 3
POISON_ROUND = 5
POISON = "kills every worker"
SCREENPLAY = """INT. KITCHEN - NIGHT

MARTA sits at the table under the lamp.

MARTA
It will be a long night.

EXT. HARBOUR - DAY

PAUL walks along the quay.
"""


class Broken(AssertionError):
    """A promise that did not hold."""


@dataclass
class Told:
    """One round, for the report."""

    number: int
    acts: list[str]
    jobs: int
    seconds: float


@dataclass
class Rounds:
    victim: Victim
    seed: int
    short: bool = False
    mixed: Mixed | None = None
    where: str = ""
    """Where its workers run, for the report."""
    broken: str = ""
    told: list[Told] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    """The figures, taken while the database still runs."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self._acts: list[Act] = []

    def prepare(self) -> None:
        self.person: Person = make_person(email="chaos@example.com", name="Chaos", is_operator=True, by="chaos")
        # Two projects, so that what each has had of the workers is kept apart.
        rate = RATE_BY_KEY["24"]
        self.projects: list[Project] = [start_project(name=name, by=self.person, rate=rate, width=160, height=90) for name in ("One", "Two")]
        Share.objects.bulk_create([Share(project=project) for project in self.projects])  # both from nought, so that sums can be checked
        self._wait(lambda: Worker.objects.count() > self.victim.far, "the first look of each worker")
        if self.mixed is not None:
            self.mixed.prepare(self.person)
        if not self.short:
            revise_script(self.projects[0], by=self.person, text=SCREENPLAY, base=0)
            self._wait(lambda: Panel.objects.exclude(drawing=None).count() > 1, "the first panels")

    def round(self, number: int) -> str:
        """One round; returns a line about it. Raises Broken."""
        began, asked = time.monotonic(), timezone.now()
        persist(lambda: self._ask(number))
        threading.Event().wait(self.rng.uniform(0.2, 1.5))
        said = [persist(partial(act, self.victim, self.rng)) for act in self._next_acts()]
        cancelled = self._cancel_one(number) if self.rng.random() < 0.3 else 0
        if cancelled:
            said.append("one job cancelled meanwhile")
        self._wait(lambda: not Job.objects.filter(state__in=OPEN).exists(), f"the jobs of round {number}")
        self.victim.wait_for_pages()
        self._check()
        told = Told(number, said, persist(Job.objects.filter(created__gte=asked).count), time.monotonic() - began)
        self.told.append(told)
        return f"round {number}: {', '.join(said)} · {told.jobs} jobs, all ended after {told.seconds:.1f} s"

    def end(self) -> None:
        """What can only be said once everything is quiet."""
        breaks = persist(lambda: list(verify()))
        if breaks:
            raise Broken(f"The chain of events does not hold: {breaks[:3]}")
        self.kept = persist(self.figures)
        status = self.victim.stop()
        if status != 0:
            raise Broken(f"Asked to stop, the studio ended with status {status}.")
        parts = list((self.victim.data / "media" / "parts").glob("*"))
        self.kept["half-written files of killed workers (kept apart, cleared after an hour)"] = str(len(parts))

    # --- work ---

    def _ask(self, number: int) -> None:
        """A batch whole or not at all; asked again only if it is not there."""
        if Job.objects.filter(spec__round=number).exists():
            return
        with transaction.atomic():
            for project in self.projects:
                count = self.rng.randint(3, 5)
                orders: list[Order] = []
                for index in range(count):
                    after = [orders[-1]] if orders and self.rng.random() < 0.3 else []
                    spec = {"round": number, "number": index, "steps": self.rng.randint(2, 12), "whim": self._whim(number, index, project)}
                    orders.append(Order("trial", spec, project, title=f"Trial {number}.{index}", after=after, priority=self.rng.choice((0, 1, 1, 2))))
                jobs = request_jobs(project, self.person, orders)
                mortal = [job.pk for job in jobs if job.spec["whim"] != POISON]
                # Chance may kill one job's workers more than three times; here that must not end it.
                Job.objects.filter(pk__in=mortal).update(max_attempts=50)
            if self.mixed is not None:
                real = self.mixed.ask(self.rng.choice(self.projects), self.person, number)
                Job.objects.filter(pk__in=[job.pk for job in real]).update(max_attempts=50)
            if not self.short and number % PANEL_ROUNDS == 0:
                panels = Panel.objects.filter(shot__project=self.projects[0]).values_list("pk", flat=True)
                drawn = draw_panels(self.projects[0], panels, by=self.person)
                Job.objects.filter(pk__in=[job.pk for job in drawn]).update(max_attempts=50)

    def _whim(self, number: int, index: int, project: Project) -> str:
        if not self.short and number == POISON_ROUND and index == 0 and project is self.projects[0]:
            return POISON
        return self.rng.choices(("", "fails once", "kills its worker once"), (0.84, 0.1, 0.0 if self.short else 0.06))[0]

    def _next_acts(self) -> list[Act]:
        """Each act before any comes again; sometimes two at once."""
        chosen = []
        for _ in range(2 if not self.short and self.rng.random() < 0.2 else 1):
            if not self._acts:
                self._acts = [*(SHORT if self.short else ALL), *(PLACES if self.victim.places else ())]
                self.rng.shuffle(self._acts)
            chosen.append(self._acts.pop())
        return chosen

    def _cancel_one(self, number: int) -> int:
        def cancel() -> int:
            mine = Job.objects.filter(Q(spec__round=number) | Q(kind="piece"), state__in=(State.QUEUED, State.RUNNING))
            job = mine.select_related("project").order_by("?").first()
            if job is None:
                return 0
            cancel_job(job, by=self.person)
            return 1

        return persist(cancel)

    # --- what must hold ---

    def _wait(self, there: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + STUCK
        while not persist(there):
            if time.monotonic() > until:
                rows = persist(lambda: [(job.kind, job.state, job.attempt, job.waiting, job.error) for job in Job.objects.filter(state__in=OPEN)])
                raise Broken(f"Stuck for {STUCK:.0f} s: {what}; {rows[:6]}")
            threading.Event().wait(0.25)

    def _check(self) -> None:
        persist(self._check_results)
        persist(self._check_panels)
        persist(self._check_shares)
        persist(self._check_books)
        if self.mixed is not None and (wrong := persist(self.mixed.wrong)):
            raise Broken(wrong)

    def _check_results(self) -> None:
        """One result for each job that succeeded, none for any other; of all rounds so far, because a late worker might come back."""
        results = Counter(Event.objects.filter(kind=DONE).values_list("subject_id", flat=True))
        successes = Counter(Event.objects.filter(kind="job.succeeded").values_list("subject_id", flat=True))
        cheap = Job.objects.exclude(kind="piece")
        for pk, kind, state, whim, because, error in cheap.values_list("pk", "kind", "state", "spec__whim", "failed_by__spec__whim", "error"):
            wanted = 1 if state == State.SUCCEEDED else 0
            if successes[str(pk)] != wanted or (kind == "trial" and results[str(pk)] != wanted):
                raise Broken(f"{kind} {pk} is {state} and has {results[str(pk)]} results, {successes[str(pk)]} successes.")
            if (state == State.FAILED and POISON not in (whim, because)) or (state == State.SUCCEEDED and whim == POISON):
                raise Broken(f"{kind} {pk} ({whim or 'no whim'}) is {state}: {error}")
        numbers = Job.objects.filter(kind="trial", state=State.SUCCEEDED)
        missing = numbers.exclude(pk__in=list(results)).count() + (sum(results.values()) - numbers.count())
        if missing:
            raise Broken(f"{missing} results too few or too many.")

    def _check_panels(self) -> None:
        doubled = Drawing.objects.values("job").annotate(n=Count("pk")).filter(n__gt=1).count()
        drawn = Job.objects.filter(kind="panel", state=State.SUCCEEDED).count()
        if doubled or drawn != Drawing.objects.count():
            raise Broken(f"{drawn} panels were drawn, {Drawing.objects.count()} drawings are there, {doubled} jobs have two.")

    def _check_shares(self) -> None:
        """A project was charged what its attempts took that ended by themselves. On coming back it may have been set level with another, so it
        was charged at most what all took."""
        counted = Entry.objects.filter(kind=EntryKind.ACTUAL, outcome__in=("succeeded", "failed", "cancelled"))
        took = {row["project_id"]: row["ms"] / 1000 for row in counted.order_by().values("project_id").annotate(ms=Sum("milliseconds"))}
        for project in self.projects:
            used, own, everybody = Share.objects.get(project=project).used, took.get(project.pk, 0.0), sum(took.values())
            if not own - 0.1 <= used <= everybody + 0.1:
                raise Broken(f"Project {project.name} was charged {used:.2f} s; its attempts took {own:.2f} s, everybody's {everybody:.2f} s.")

    def _check_books(self) -> None:
        """The ledger's sums are the jobs' own, to the millisecond, and nothing is set aside for what has ended."""
        wrong = list(differences())
        if wrong:
            raise Broken(f"The ledger does not add up in {len(wrong)} places: {'; '.join(wrong[:5])}")

    # --- figures ---

    def figures(self) -> dict[str, str]:
        jobs = list(Job.objects.all())
        failed_on_purpose = sum(job.state == State.FAILED and job.kind != "piece" for job in jobs)
        trials = [job for job in jobs if job.kind == "trial"]
        states = Counter(job.state for job in jobs)
        spent = Entry.objects.filter(kind=EntryKind.ACTUAL).aggregate(ms=Sum("milliseconds"))["ms"] or 0
        reserved, released = (Entry.objects.filter(kind=kind).count() for kind in (EntryKind.RESERVE, EntryKind.RELEASE))
        slowest = max(((job.finished - job.created).total_seconds() for job in jobs if job.finished), default=0.0)
        waits = [(job.finished - job.created).total_seconds() for job in trials if job.finished]
        return {
            "jobs asked for": f"{len(jobs)} ({len(jobs) - len(trials)} of them real: sets, figures, previs panels, pieces by engines)",
            "succeeded, with exactly one result each": str(states[State.SUCCEEDED]),
            "cancelled on purpose, with no result": str(states[State.CANCELLED]),
            "failed on purpose (three workers died of it, or needed that), with no result": str(failed_on_purpose),
            "lost": "0" if not self.broken else "see below",
            "doubled": "0" if not self.broken else "see below",
            "longest from asked to ended, of all (stuck: more than 120 s)": f"{slowest:.1f} s",
            "seconds of work in the ledger; in the jobs' own rows": f"{spent / 1000:.3f}; {sum(job.spent_ms for job in jobs) / 1000:.3f}",
            "reservations made; given back": f"{reserved}; {released}",
            **(self.mixed.figures() if self.mixed is not None else {}),
            "attempts that were cut short and begun again": str(sum(job.attempt - 1 for job in jobs if job.attempt > 1)),
            "from asked to ended, the cheap kind: median, longest": f"{statistics.median(waits):.1f} s, {max(waits):.1f} s" if waits else "–",
            "events in the chains, verified": str(Event.objects.count()),
        }


def persist(action: Callable[[], T], patience: float = 60.0) -> T:
    """Our own questions to a database and a broker that are being killed under us: asked again until answered."""
    until = time.monotonic() + patience
    while True:
        try:
            return action()
        except (OperationalError, InterfaceError, psycopg.OperationalError, redis.RedisError, BrokerAway):
            connections.close_all()
            if time.monotonic() > until:
                raise
            threading.Event().wait(0.2)
