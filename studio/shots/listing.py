"""From a breakdown to rows: lines, cues and shots, when a script is read for the first time or again."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import transaction

from studio.events.log import hold, record
from studio.projects.models import Project
from studio.script.breakdown import Breakdown, compare
from studio.script.breakdown import Scene as FoundScene
from studio.script.breakdown import Shot as FoundShot
from studio.script.models import Scene
from studio.script.queries import breakdown_of, scenes_of
from studio.shots.models import Shot, ShotLine
from studio.sound.actions import keep_cues, line_for
from studio.sound.models import Line
from studio.world.actions import seed_of
from studio.world.models import Character

Key = tuple[str, int]  # a scene's number and a shot's index in it, as a breakdown counts
STEP = 1024.0


@transaction.atomic
def list_shots(project: Project, revision: int, *, by: Any) -> None:
    """Bring the shot list in step with a revision. Shots whose text did not change keep everything; those whose text did take
    the new words and are marked stale; those whose text is gone are marked and stay; new ones are added. Nothing is deleted."""
    hold(project.pk)
    found = breakdown_of(project, revision)
    assert found is not None
    scenes = list(scenes_of(project))
    for scene in scenes:
        scene.project = project
    keep_cues(scenes)
    standing = list(Shot.objects.select_for_update().filter(project=project, source_index__isnull=False).order_by("pk"))
    if not standing:
        _add(project, [(scene, found_scene, found_scene.shots) for scene, found_scene in zip(scenes, found.scenes, strict=True)])
    else:
        _revise(project, scenes, standing, found, revision)
    number_shots(project)
    record("shots.listed", actor=by, project=project, data={"revision": revision})


def _add(project: Project, wanted: list[tuple[Scene, FoundScene, Any]], positions: dict[Key, float] | None = None) -> None:
    cast = {row.name: row for row in Character.objects.filter(project=project)}
    shots: list[Shot] = []
    spoken: list[tuple[Shot, Line, int]] = []
    for scene, found_scene, found_shots in wanted:
        for found in found_shots:
            shot = _filled(Shot(project=project, scene=scene), project, found_scene, found)
            shot.position = (positions or {}).get((found_scene.number, found.index), found.index * STEP)
            shot.seed = seed_of(project.name, found_scene.number, found.index) % 100_000
            shots.append(shot)
            spoken += [(shot, line_for(project, scene, line, cast), _frame(project, line.start_seconds)) for line in found.lines]
    Shot.objects.bulk_create(shots, batch_size=500)
    Line.objects.bulk_create([line for _, line, _ in spoken], batch_size=500)
    ShotLine.objects.bulk_create([ShotLine(shot=shot, line=line, start=start) for shot, line, start in spoken], batch_size=500)


def _filled(shot: Shot, project: Project, scene: FoundScene, found: FoundShot) -> Shot:
    shot.size, shot.angle, shot.lens, shot.move, shot.speed, shot.easing = found.size, found.angle, found.lens, found.move, found.speed, found.easing
    shot.subjects, shot.over, shot.characters = list(found.subjects), found.over[:120], list(found.characters)
    shot.action, shot.why, shot.frames = found.action, found.why[:200], found.frames
    shot.events = [[event.seconds, event.sound] for event in found.events]
    shot.source_scene, shot.source_index = scene.number[:20], found.index
    return shot


def _frame(project: Project, seconds: float) -> int:
    return round(seconds * project.rate_num / project.rate_den)


def _revise(project: Project, scenes: list[Scene], standing: list[Shot], found: Breakdown, revision: int) -> None:
    before = breakdown_of(project, revision - 1)
    assert before is not None
    by_key: dict[Key, Shot] = {(shot.source_scene, shot.source_index or 0): shot for shot in standing if not shot.removed}
    rows = {scene.number: row for scene, row in zip(found.scenes, scenes, strict=True)}
    changes = {change.new: change for change in compare(before, found) if change.new is not None}
    positions: dict[Key, float] = {}
    wanted: dict[str, list[FoundShot]] = defaultdict(list)
    last: dict[str, float] = {}
    cast = {row.name: row for row in Character.objects.filter(project=project)}
    touched: set[int] = set()
    for scene, shot in found.shots():
        key = (scene.number, shot.index)
        change = changes[key]
        row = by_key.get(change.old) if change.old else None
        if row is None:
            positions[key] = last.get(scene.number, -STEP) + STEP / 16
            last[scene.number] = positions[key]
            wanted[scene.number].append(shot)
            continue
        touched.add(row.pk)
        if row.scene_id != rows[scene.number].pk:
            row.scene = rows[scene.number]
        row.position = max(row.position, last.get(scene.number, row.position - 1) + STEP / 64)
        last[scene.number] = row.position
        row.source_scene, row.source_index = key[0][:20], key[1]
        if change.state == "changed":
            _reword(project, row, scene, shot, cast, f"Its words changed in revision {revision}.")
        row.save()
    for row in by_key.values():
        if row.pk not in touched:
            row.stale = f"Its words were cut from the script in revision {revision}."
            row.source_index = None
            row.save(update_fields=["stale", "source_index"])
    _add(project, [(rows[scene.number], scene, wanted[scene.number]) for scene in found.scenes if wanted[scene.number]], positions)


def _reword(project: Project, row: Shot, scene: FoundScene, found: FoundShot, cast: dict[str, Character], why: str) -> None:
    """New words for a shot that stays: its camera is kept, its lines are replaced, its takes stand and are stale."""
    row.action, row.characters, row.frames = found.action, list(found.characters), found.frames
    row.events = [[event.seconds, event.sound] for event in found.events]
    row.stale = why if row.take_count else ""
    row.revision += 1
    standing = {link.line.text: link for link in row.shot_lines.select_related("line")}
    for line in found.lines:
        link = standing.pop(line.text, None)
        if link is None:
            fresh = line_for(project, row.scene, line, cast)
            fresh.save()
            link = ShotLine(shot=row, line=fresh)
        link.start = _frame(project, line.start_seconds)
        link.save()
    gone = [link.line_id for link in standing.values()]
    ShotLine.objects.filter(shot=row, line_id__in=gone).delete()
    Line.objects.filter(pk__in=gone).update(removed=True)


def number_shots(project: Project) -> None:
    """Give every shot its code: the scene's number and its place in the scene. A code that is right is not written."""
    counts: dict[int, int] = defaultdict(int)
    changed = []
    shots = Shot.objects.filter(project=project, removed=False).select_related("scene").order_by("scene__order", "scene_id", "position", "pk")
    for shot in shots.only("pk", "code", "scene_id", "scene__number", "scene__order", "position"):
        counts[shot.scene_id] += 1
        code = f"{shot.scene.number}.{counts[shot.scene_id]}"[:24]
        if shot.code != code:
            shot.code = code
            changed.append(shot)
    Shot.objects.bulk_update(changed, ["code"], batch_size=500)
