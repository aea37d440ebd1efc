"""Listing the lines and cues a script asks for, and ordering their sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from generation.contract import MusicParams
from studio.events.log import hold, record
from studio.jobs.actions import Order
from studio.jobs.models import BATCH
from studio.projects.models import Project
from studio.script.breakdown import Line as FoundLine
from studio.script.models import Scene
from studio.sound.models import Cue, Line
from studio.world.actions import ENGINE, seed_of
from studio.world.models import Character


def line_for(project: Project, scene: Scene, found: FoundLine, cast: dict[str, Character]) -> Line:
    """A row for one stretch of speech of the breakdown. Whoever speaks and is not listed yet joins the world."""
    name = found.character[:120]
    if name not in cast:
        cast[name], _ = Character.objects.get_or_create(project=project, name=name, defaults={"order": len(cast), "seen": False})
    return Line(
        project=project,
        scene=scene,
        character=cast[name],
        text=found.text,
        direction=found.direction[:200],
        kind=found.kind,
        seconds=found.seconds,
    )


def keep_cues(scenes: Sequence[Scene]) -> None:
    """Every scene has a music cue and a tone cue; the moods follow the script until a person changes them."""
    rows = []
    for scene in scenes:
        music = scene.music or {}
        values = {"mood": music.get("mood", "calm"), "tempo": music.get("tempo", 90), "key": music.get("key", "D minor")}
        rows += [Cue(scene=scene, kind=Cue.MUSIC, **values), Cue(scene=scene, kind=Cue.TONE, mood=scene.mood)]
    Cue.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def voice_order(line: Line, *, priority: int = BATCH, after: Sequence[Any] = (), seed: int | None = None) -> Order:
    """The job that speaks a line. `after` names the design of its speaker if that is still being made."""
    spec = {
        "engine": ENGINE,
        "text": line.text,
        "direction": line.direction,
        "language": "en",
        "within": round(line.seconds + 0.4, 3),
        "seed": seed_of("voice", line.character_id) if seed is None else seed,
    }
    return Order("voice", spec, line, title=f"{line.character.name}: {line.text[:60]}", priority=priority, after=after)


def cue_order(cue: Cue, scene: Scene, frames: int, events: Sequence[tuple[float, str]] = (), *, seed: int | None = None) -> Order:
    """The job that makes a scene's music or tone to exactly `frames` of the project."""
    params = MusicParams(
        mood=cue.mood or scene.mood,
        tempo=cue.tempo,
        key=cue.key,
        place=scene.place,
        interior=scene.interior,
        time=scene.time,
        weather=scene.weather,
        events=tuple(events) if cue.kind == Cue.TONE else (),
    )
    spec = {
        "engine": ENGINE,
        "frames": max(1, frames),
        "seconds": round(scene.project.seconds(frames), 3),
        "params": params.model_dump(mode="json"),
        "seed": seed_of(cue.kind, scene.project.name, scene.place, cue.mood) if seed is None else seed,
    }
    return Order(cue.kind, spec, cue, title=f"{cue.get_kind_display()}, scene {scene.number}")


@transaction.atomic
def change_line(line: Line, *, by: Any, text: str, direction: str) -> Line:
    """Other words for a line: its recording no longer says them, so it has none until it is spoken again."""
    hold(line.project_id)
    before = {"text": line.text, "direction": line.direction}
    line.text, line.direction, line.take = text, direction, None
    line.save(update_fields=["text", "direction", "take"])
    record("line.changed", actor=by, project=line.project, subject=line, data={"before": before, "after": {"text": text, "direction": direction}})
    return line
