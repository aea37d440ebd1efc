"""Shots for pages: one query for a list, however long it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum

from studio.jobs.models import Job
from studio.jobs.paying import works_of
from studio.jobs.queries import workers_present
from studio.ledger.estimates import Foretold, Work, foretell, sum_of
from studio.ledger.models import Balance
from studio.ledger.queries import too_small
from studio.projects.models import Project
from studio.script.models import Scene
from studio.shots.lacking import idle_shots, lacking_cues, lacking_lines, lacking_shots
from studio.shots.models import Shot, ShotLine, Take
from studio.shots.recipes import ENGINE as PREVIS
from studio.sound.actions import cue_spec, voice_spec
from studio.sound.models import Line
from studio.sound.queries import VOICED, composers_of


def shots_of(project: Project) -> QuerySet[Shot]:
    """Every shot of the film in order, with its scene and standing version."""
    return Shot.objects.in_film(project).select_related("scene", "version__take")


def with_words(shots: QuerySet[Shot]) -> QuerySet[Shot]:
    """With the lines spoken in them, in the order they are spoken."""
    lines = ShotLine.objects.filter(line__removed=False).select_related("line__character").order_by("start", "pk")
    return shots.select_related("scene").prefetch_related(Prefetch("shot_lines", queryset=lines))


def rows_of(scene: Scene) -> list[Shot]:
    """The shots of a scene in order, with those that were set aside, and their lines: two queries."""
    return list(with_words(Shot.objects.filter(scene=scene)).order_by("position", "pk"))


def takes_of(shot: Shot) -> QuerySet[Take]:
    return Take.objects.filter(shot=shot).select_related("asset", "by", "parent").prefetch_related("asset__renditions").order_by("number")


def open_jobs_of(shot: Shot) -> QuerySet[Job]:
    """Whatever was asked for about this shot and is not done, by whichever engine."""
    about = Job.objects.filter(project_id=shot.project_id, subject_kind="shot", subject_id=str(shot.pk))
    return about.exclude(state="succeeded").exclude(kind="guide").order_by("created")


def stage_of(row: dict[str, Any]) -> str:
    """scripted → boarded → take → approved, as the film line shows it."""
    if row["takes"]:
        return "take"
    return "boarded" if row["drawings"] else "scripted"


@dataclass(frozen=True)
class FilmEstimate:
    """What making the rest of the film will take, said before it is asked for."""

    standing: int  # shots of the film, with and without takes
    shots: int
    lines: int
    cues: int
    frames: int
    work_seconds: float
    workers: int
    money: dict[str, Decimal]  # by currency; empty where nothing has a price
    short: list[Balance]  # budgets that do not reach for it

    @property
    def jobs(self) -> int:
        return self.shots + self.lines + self.cues

    @property
    def seconds(self) -> float:
        """On the clock, with the workers that are present now."""
        return self.work_seconds / max(1, self.workers)


def film_estimate(project: Project) -> FilmEstimate:
    """From lengths alone: no order is written to know what it would take."""
    size = [project.width, project.height]
    shots = list(lacking_shots(project).values_list("frames", flat=True))
    lines, cues = sound_works(project)
    told = foretell([*works_of("shot", [{"engine": PREVIS, "size": size, "frames": frames} for frames in shots]), *lines, *cues])
    work, money = sum(each.seconds for each in told), sum_of(told)
    short = too_small(project, money)
    standing = Shot.objects.in_film(project).count()
    return FilmEstimate(standing, len(shots), len(lines), len(cues), sum(shots), work, workers_present("work"), money, short)


def sound_works(project: Project) -> tuple[list[Work], list[Work]]:
    """The work of the lines and of the cues that the film lacks."""
    lines = list(lacking_lines(project).select_related(*VOICED))
    composers, cues = composers_of(project), defaultdict[str, list[dict[str, Any]]](list)
    for cue, frames, _ in lacking_cues(project):
        cue.scene.project = project
        cues[cue.kind].append(cue_spec(cue, cue.scene, frames, composers=composers))
    made = [work for kind, specs in sorted(cues.items()) for work in works_of(kind, specs)]
    return works_of("voice", [voice_spec(line) for line in lines]), made


def made_shots(project: Project) -> int:
    """How many shots of the film have a take already and are not being made."""
    return idle_shots(project).filter(take_count__gt=0).count()


def film_length(project: Project) -> int:
    """Frames of all shots together."""
    return Shot.objects.in_film(project).aggregate(sum=Sum("frames"))["sum"] or 0


def unspoken(project: Project) -> int:
    return Line.objects.filter(project=project, take=None, removed=False).count()


def take_estimate(shot: Shot) -> Foretold:
    """What another take of this shot will need of a worker."""
    project = shot.project
    return foretell(works_of("shot", [{"engine": PREVIS, "size": [project.width, project.height], "frames": shot.frames}]))[0]
