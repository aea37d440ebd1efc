"""A film without a browser: the same actions a person would take in the pages, one after the other, and what there is to see meanwhile."""

from __future__ import annotations

import errno
import getpass
import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import redis
from django.db import OperationalError, close_old_connections, connections
from django.db.models import QuerySet

from studio.accounts.actions import make_person
from studio.accounts.models import Person
from studio.accounts.queries import first_operator
from studio.delivery.actions import request_export
from studio.delivery.models import Export
from studio.delivery.queries import readiness
from studio.events.live import channel, valkey
from studio.events.models import Event
from studio.jobs.actions import cancel_all
from studio.jobs.kinds import Refused
from studio.jobs.models import OPEN, Job, State
from studio.media import store
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RateChoice
from studio.script.actions import revise_script
from studio.shots.actions import make_film
from studio.shots.models import Shot
from studio.timeline.actions import cut_of
from studio.timeline.models import Clip

T = TypeVar("T")
BEAT = 0.5
"""Seconds between two looks at what has happened."""
COUNTED_EVERY = 2.0
ANSWER_WITHIN = 180.0
"""Seconds the clerk may take to do what follows from an event; it shares the machine with the workers."""
DATABASE_AWAY = 60.0
PANELS = "panel"


class CannotFilm(Exception):
    """The film was not made; the message says why, what was kept, and what to do."""


@dataclass
class Sight:
    """What there is to see: frames done of all, seconds left if they can be told, and what is being done."""

    stage: str
    done: int = 0
    total: int = 0
    left: float | None = None


def local_person() -> tuple[Person, bool]:
    """Whose the film is: the one who runs this installation; on a new one, a person made for whoever types (and True)."""
    standing = first_operator()
    if standing:
        return standing, False
    return make_person(email=f"{_login()}@localhost.localdomain", name=_login().title(), is_operator=True, by="film"), True


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "owner"


@dataclass
class Filming:
    """One film in the making. `beat` is called about twice a second with what there is to see; it may raise to end it all."""

    person: Person
    beat: Callable[[Sight], None]
    project: Project = field(init=False)
    _listening: redis.client.PubSub | None = None
    _live: dict[str, int] = field(default_factory=dict)
    """Frames done of running jobs, as the workers tell them between two counts."""

    def start(self, name: str, text: str, rate: RateChoice, width: int, height: int) -> None:
        """The project and its shot list. The list is made by the rooms as they hear of the script."""
        self.project = start_project(name=name[:120], by=self.person, rate=rate, width=width, height=height)
        revise_script(self.project, by=self.person, text=text, base=0)
        self._until(self._listed, lambda: Sight("reading the screenplay"), within=ANSWER_WITHIN, what="The shot list did not arrive")
        if not Shot.objects.filter(project=self.project).exists():
            raise CannotFilm("The screenplay has scenes but nothing that could be seen or heard in them. Write some action, then try again.")

    def _listed(self) -> bool:
        if not Event.objects.filter(project_id=self.project.pk, kind="shots.listed").exists():
            return False
        shots = Shot.objects.filter(project=self.project, removed=False).count()
        return Clip.objects.filter(cut=cut_of(self.project), removed=False).count() == shots

    def shoot(self) -> None:
        """Every shot, line and piece of music, as ordinary jobs; returns once the cut holds a take of every shot."""
        try:
            make_film(self.project, by=self.person)
        except Refused as reason:
            raise CannotFilm(str(reason) + self._kept()) from reason
        count = Count(self._jobs(), self._live)
        self._until(lambda: not self._open(), count.state)
        self._raise_failures()
        self._until(lambda: readiness(self.project).complete, lambda: Sight("cutting"), within=ANSWER_WITHIN, what="The cut was not completed")

    def export(self) -> Export:
        try:
            job = request_export(self.project, by=self.person)
        except Refused as reason:
            raise CannotFilm(str(reason)) from reason
        total = int(job.spec["frames"])

        def ended() -> bool:
            job.refresh_from_db()
            return job.state not in OPEN

        def state() -> Sight:
            done = max(job.done, self._live.get(str(job.pk), 0))
            return Sight(job.stage or "exporting", min(done, total), total, job.eta)

        self._until(ended, state)
        self._raise_failures()
        return Export.objects.select_related("asset").get(job=job)

    def cancel(self, patience: float = 8.0) -> int:
        """End everything of this film that has not ended, and give running jobs a moment to notice; how many jobs it were."""
        count = cancel_all(self.project, by=self.person)
        until = time.monotonic() + patience
        while self._open(panels=True) and time.monotonic() < until:
            self._listen(BEAT)
        return count

    def made(self) -> int:
        """How many shots have a take."""
        return Shot.objects.filter(project=self.project, take_count__gt=0).count()

    def _jobs(self) -> QuerySet[Job]:
        """The jobs the film waits for: panels are drawn beside it and nothing depends on them."""
        return Job.objects.filter(project=self.project).exclude(kind=PANELS)

    def _open(self, panels: bool = False) -> bool:
        jobs = Job.objects.filter(project=self.project) if panels else self._jobs()
        return jobs.filter(state__in=OPEN).exists()

    def _raise_failures(self) -> None:
        ended = self._jobs().filter(state__in=(State.FAILED, State.CANCELLED)).order_by("created")
        failed = [job for job in ended if job.state == State.FAILED]
        reasons = [f"  {job.title or job.kind}: {job.error}" for job in failed if job.failed_by_id is None]
        if reasons:
            others = len(failed) - len(reasons)
            waiting = f"\n  and {others} more that needed them." if others else ""
            raise CannotFilm(f"{len(failed)} jobs failed:\n" + "\n".join(reasons[:20]) + waiting + self._kept())
        if ended:
            raise CannotFilm(f"{len(ended)} jobs were cancelled in the studio." + self._kept())

    def _kept(self) -> str:
        return f"\nEverything that was made is kept in the project “{self.project.name}”: open it in the studio to change or retry."

    # --- waiting ---

    def _until(self, there: Callable[[], bool], state: Callable[[], Sight], *, within: float | None = None, what: str = "") -> None:
        """Wait for something to be so. A database that is away for a minute is waited for; the jobs are safe meanwhile."""
        until = time.monotonic() + within if within else None
        away: float | None = None
        while True:
            try:
                if there():
                    return
                seen = state()
                away = None
            except OperationalError as problem:
                connections.close_all()
                away = away or time.monotonic()
                if time.monotonic() - away > DATABASE_AWAY:
                    raise CannotFilm(f"The database has been away for a minute ({problem}). Nothing that was made is lost.") from problem
                seen = Sight("waiting for the database")
            self.beat(seen)
            self._listen(BEAT)
            if until and time.monotonic() > until:
                raise CannotFilm(f"{what} within {within:.0f} seconds. Look at logs/clerk.log in the data folder." + self._kept())

    def _listen(self, seconds: float) -> None:
        """Hear the workers' progress for so long; without the broker, only wait."""
        until = time.monotonic() + seconds
        try:
            if self._listening is None:
                self._listening = valkey().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                self._listening.subscribe(channel(self.project.pk))
            while (left := until - time.monotonic()) > 0:
                message = self._listening.get_message(timeout=left)
                if message and isinstance(told := json.loads(message["data"]), dict) and "p" in told:
                    self._live[told["p"][0]] = told["p"][3]
        except (redis.RedisError, OSError, ValueError):
            self._listening = None
            threading.Event().wait(max(0.0, until - time.monotonic()))
        close_old_connections()


class Count:
    """How far a batch is, in frames, and how long the rest takes by what the part that is done has taken."""

    def __init__(self, jobs: QuerySet[Job], live: dict[str, int]) -> None:
        self.jobs, self.live = jobs, live
        self.began = time.monotonic()
        self._counted = 0.0
        self._rows: list[Job] = []

    def state(self) -> Sight:
        now = time.monotonic()
        if now - self._counted >= COUNTED_EVERY:
            self._counted = now
            self._rows = list(self.jobs.only("kind", "state", "spec", "done", "total", "estimate"))
        done = total = 0
        work = finished = 0.0
        for job in self._rows:
            fraction = self._fraction(job)
            work += job.estimate
            finished += job.estimate * fraction
            if job.kind == "shot":
                total += job.spec["frames"]
                done += round(job.spec["frames"] * fraction)
        spent = now - self.began
        left = spent * (work - finished) / finished if finished > 0.02 * work and spent > 5 else None
        return Sight(self._stage(), done, total, left)

    def _fraction(self, job: Job) -> float:
        if job.state == State.QUEUED:
            return 0.0
        if job.state not in OPEN:
            return 1.0
        return min(1.0, max(job.done, self.live.get(str(job.pk), 0)) / max(1, job.total)) if job.total else 0.0

    def _stage(self) -> str:
        running = Counter(job.kind for job in self._rows if job.state in (State.RUNNING, State.CANCELLING))
        names = {"shot": "shooting", "voice": "speaking", "figure": "casting", "set": "building sets", "music": "composing", "tone": "room tones"}
        for kind in ("shot", *names):
            if running[kind]:
                return names[kind]
        return "waiting for a worker"


def keep_copy(export: Export, out: Path) -> None:
    """The movie at `out`, whole or not at all."""
    part = out.with_name(f".{out.name}.part")
    try:
        shutil.copyfile(store.local(export.asset_id), part)
        part.replace(out)
    except OSError as problem:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else problem.strerror or str(problem)
        place = store.local(export.asset_id)
        raise CannotFilm(f"The film is made but could not be written to {out}: {why}. It is kept as {place}, and in the project.") from problem


def facts(export: Export) -> Iterator[str]:
    yield f"{export.facts['frames']} frames"
    yield f"{export.asset.size / 1e6:.1f} MB"
    yield f"loudness {export.facts['loudness']:.1f} LUFS"
