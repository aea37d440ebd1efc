"""Panels for the wall, and the animatic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from studio.media.sources import asset_url
from studio.projects.models import Project
from studio.script.models import Scene
from studio.storyboard.models import Panel

FIRST = 60  # panels drawn into the page itself


def panels_of(project: Project, scenes: Sequence[Scene] | None = None) -> QuerySet[Panel]:
    """Panels in the film's order with shot, scene and standing drawing, and where the shot stands; lines are prefetched for the words."""
    panels = Panel.objects.filter(shot__project=project, shot__removed=False)
    if scenes is not None:
        panels = panels.filter(shot__scene__in=scenes)
    panels = panels.select_related("shot__scene", "shot__version__take", "drawing", "shot__standing__status")
    panels = panels.prefetch_related("shot__shot_lines__line__character")
    return panels.order_by("shot__scene__order", "shot__scene_id", "shot__position", "shot_id", "order")


def scenes_with_panels(project: Project) -> QuerySet[Scene]:
    """Scenes in order with how many `panels` they have and how many `frames` those last. One that was cut from the script is there
    as long as shots of it stand."""
    standing = Q(shots__removed=False)
    scenes = Scene.objects.filter(project=project).annotate(panels=Count("shots", filter=standing), frames=Sum("shots__frames", filter=standing))
    return scenes.filter(Q(removed=False) | Q(panels__gt=0)).order_by("order", "pk")


def first_scenes(scenes: Sequence[Scene]) -> list[Scene]:
    """As many whole scenes as the page itself shows."""
    shown: list[Scene] = []
    count = 0
    for scene in scenes:
        if shown and count + scene.panels > FIRST:  # type: ignore[attr-defined]
            break
        shown.append(scene)
        count += scene.panels  # type: ignore[attr-defined]
    return shown


def panel_count(project: Project) -> int:
    return Panel.objects.filter(shot__project=project, shot__removed=False).count()


def drawn_shots(project: Project) -> set[int]:
    return set(Panel.objects.filter(shot__project=project).exclude(drawing=None).values_list("shot_id", flat=True))


def animatic(project: Project) -> dict[str, Any]:
    """The shape of a cut's playlist with no takes: stills, and the lines that were spoken, at the frames where the shots have them."""
    clips: list[dict[str, Any]] = []
    sound: list[dict[str, Any]] = []
    at = 0
    panels = panels_of(project).filter(order=0).prefetch_related("shot__shot_lines__line__take")
    for panel in panels:
        shot = panel.shot
        still = asset_url(project, panel.drawing.asset_id) if panel.drawing else None
        place = {"key": f"shot-{shot.pk}", "shot": shot.pk, "code": shot.code, "scene": shot.scene_id, "take": None, "number": None}
        clips.append({**place, "in": 0, "out": shot.frames, "at": at, "still": still})
        for link in shot.shot_lines.all():
            take = link.line.take
            if take is None:
                continue
            heard = {"kind": "dialogue", "url": asset_url(project, take.asset_id), "at": at + link.start, "offset": 0.0, "seconds": take.seconds}
            frames = round(take.seconds * project.rate_num / project.rate_den)
            sound.append({**heard, "frames": frames, "gain": 0.0, "fadeIn": 0, "fadeOut": 0, "label": link.line.character.name})
        at += shot.frames
    return {
        "revision": 0,
        "rate": [project.rate_num, project.rate_den],
        "drop": project.drop_frame,
        "width": project.width,
        "height": project.height,
        "mime": 'video/mp4; codecs="avc1.640020"',
        "total": at,
        "clips": clips,
        "takes": {},
        "sound": sound,
    }
