"""What a film still lacks: shots without a take or stale, lines nobody spoke, scenes without music or tone of their length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from studio.jobs.queries import subjects_at_work
from studio.projects.models import Project
from studio.shots.listing import CUT
from studio.shots.models import Shot
from studio.sound.models import Cue, Line
from studio.sound.queries import cues_of


def lacking_shots(project: Project) -> QuerySet[Shot]:
    """In the film's order, without those that are being made. A take of words that were cut from the script still says what it said."""
    return idle_shots(project).filter(Q(take_count=0) | ~(Q(stale="") | Q(stale__startswith=CUT)))


def idle_shots(project: Project) -> QuerySet[Shot]:
    """Every shot of the film of which nobody is making a take, in the film's order."""
    return Shot.objects.in_film(project).exclude(pk__in=subjects_at_work(project, ["shot", "take"]))


def lacking_lines(project: Project) -> QuerySet[Line]:
    """Lines of standing shots without a recording that nobody is making."""
    busy = subjects_at_work(project, ["voice"])
    return Line.objects.filter(project=project, take=None, removed=False, shots__removed=False).exclude(pk__in=busy).distinct()


Lengths = Iterator[tuple[Cue, int, list[tuple[float, str]]]]


def cue_lengths(project: Project) -> Lengths:
    """The cues of every scene that has shots, with the scene's frames, and what is heard in it as (seconds into the scene, sound)."""
    lengths: dict[int, int] = defaultdict(int)
    events: dict[int, list[tuple[float, str]]] = defaultdict(list)
    rows: Any = Shot.objects.in_film(project).values_list("scene_id", "frames", "events")
    for scene, frames, heard in rows:
        at = project.seconds(lengths[scene])
        events[scene] += [(round(at + seconds, 3), sound) for seconds, sound in heard]
        lengths[scene] += frames
    for cue in cues_of(project):
        if lengths[cue.scene_id]:
            yield cue, lengths[cue.scene_id], events[cue.scene_id]


def lacking_cues(project: Project) -> Lengths:
    """Those whose scene has another length than their take, or that have none, and that nobody is making."""
    busy = subjects_at_work(project, [Cue.MUSIC, Cue.TONE])
    for cue, frames, events in cue_lengths(project):
        if str(cue.pk) not in busy and not (cue.take is not None and cue.take.frames == frames):
            yield cue, frames, events
