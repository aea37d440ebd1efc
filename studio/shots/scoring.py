"""Each scene's music and tone, as long as the scene is."""

from __future__ import annotations

from collections import defaultdict

from studio.jobs.actions import Order
from studio.jobs.queries import open_jobs_by_subject
from studio.projects.models import Project
from studio.shots.models import Shot
from studio.sound.actions import cue_order
from studio.sound.queries import cues_of


def score_orders(project: Project) -> list[Order]:
    """Orders for cues that have no take or whose scene has another length now."""
    lengths: dict[int, int] = defaultdict(int)
    events: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for shot in Shot.objects.in_film(project):
        at = project.seconds(lengths[shot.scene_id])
        events[shot.scene_id] += [(round(at + seconds, 3), sound) for seconds, sound in shot.events]
        lengths[shot.scene_id] += shot.frames
    busy = open_jobs_by_subject(project, "cue")
    orders = []
    for cue in cues_of(project):
        frames = lengths[cue.scene_id]
        fits = cue.take is not None and cue.take.frames == frames
        if frames and not fits and str(cue.pk) not in busy:
            cue.scene.project = project
            orders.append(cue_order(cue, cue.scene, frames, events[cue.scene_id]))
    return orders
