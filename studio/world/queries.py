"""Who and where; what is true in a scene."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from generation.contract import Beat, SceneFacts
from studio.projects.models import Project
from studio.script.models import Scene
from studio.world.models import Character, Location


def characters_of(project: Project) -> QuerySet[Character]:
    return Character.objects.filter(project=project, removed=False).select_related("design").order_by("order", "pk")


def locations_of(project: Project) -> QuerySet[Location]:
    return Location.objects.filter(project=project, removed=False).select_related("design").order_by("order", "pk")


def location_of(scene: Scene) -> Location | None:
    return Location.objects.filter(project_id=scene.project_id, name=scene.place, interior=scene.interior).select_related("design").first()


def facts_of(scene: Scene, beats: Iterable[Beat]) -> SceneFacts:
    """What a shot of this scene is told about it."""
    return SceneFacts(
        number=scene.number,
        heading=scene.heading,
        place=scene.place,
        interior=scene.interior,
        time=scene.time,
        weather=scene.weather,
        mood=scene.mood,
        cast=tuple(scene.cast),
        beats=tuple(beats),
    )
