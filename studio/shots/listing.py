"""From a breakdown to rows: lines, cues and shots, when a script is read for the first time or again."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import transaction

from studio.events.log import hold, record
from studio.events.models import Event
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
Words = tuple[str, tuple[str, ...]]  # what happens in a shot, and the lines in the order they are spoken
STEP = 1024.0
CHANGED = "It was changed after its take was made."
CUT = "Its words were cut from the script"


@transaction.atomic
def list_shots(project: Project, revision: int, *, by: Any) -> None:
    """Bring the shot list in step with a revision.

    Shots whose text did not change keep everything; those whose text did take the new words and are marked stale. Of those whose
    text is gone, what somebody worked on stays and is marked, what nobody touched is set aside. Words that come back get the shot
    they had. New ones are added; nothing is deleted.
    """
    hold(project.pk)
    found = breakdown_of(project, revision)
    assert found is not None
    scenes = list(scenes_of(project))
    for scene in scenes:
        scene.project = project
    keep_cues(scenes)
    standing = list(Shot.objects.select_for_update().filter(project=project, source_index__isnull=False).order_by("pk"))
    back: list[int] = []
    if not standing:
        _add(project, [(scene, found_scene, found_scene.shots) for scene, found_scene in zip(scenes, found.scenes, strict=True)])
    else:
        back = _revise(project, scenes, standing, found, revision)
    number_shots(project)
    record("shots.listed", actor=by, project=project, data={"revision": revision, "back": back})


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


def _revise(project: Project, scenes: list[Scene], standing: list[Shot], found: Breakdown, revision: int) -> list[int]:
    """Returns the shots whose words came back."""
    before = breakdown_of(project, _listed(project))
    assert before is not None
    by_key: dict[Key, Shot] = {(shot.source_scene, shot.source_index or 0): shot for shot in standing}
    rows = {scene.number: row for scene, row in zip(found.scenes, scenes, strict=True)}
    changes = {change.new: change for change in compare(before, found) if change.new is not None}
    positions: dict[Key, float] = {}
    wanted: dict[str, list[FoundShot]] = defaultdict(list)
    last: dict[str, float] = {}
    cast = {row.name: row for row in Character.objects.filter(project=project)}
    once = _once_cut(project)
    touched: set[int] = set()
    back: list[int] = []
    for scene, shot in found.shots():
        key = (scene.number, shot.index)
        change = changes[key]
        row = by_key.get(change.old) if change.old else None
        if row is None and (returning := once.get(_words_of(shot))):
            row = _taken_up(returning.pop(0), before=last.get(scene.number, -STEP))
            back.append(row.pk)
        if row is None:
            positions[key] = last.get(scene.number, -STEP) + STEP / 16
            last[scene.number] = positions[key]
            wanted[scene.number].append(shot)
            continue
        touched.add(row.pk)
        if row.scene_id != rows[scene.number].pk:
            row.scene = rows[scene.number]
            Line.objects.filter(shots=row).update(scene=row.scene)
        row.position = max(row.position, last.get(scene.number, row.position - 1) + STEP / 64)
        last[scene.number] = row.position
        row.source_scene, row.source_index = key[0][:20], key[1]
        if change.state == "changed":
            _reword(project, row, scene, shot, cast, f"Its words changed in revision {revision}.")
        row.save()
    for row in by_key.values():
        if row.pk not in touched:
            row.stale = f"{CUT} in revision {revision}."
            row.source_index = None
            row.removed |= row.take_count == 0 and row.revision == 1
            row.save(update_fields=["stale", "source_index", "removed"])
    _add(project, [(rows[scene.number], scene, wanted[scene.number]) for scene in found.scenes if wanted[scene.number]], positions)
    return back


def _listed(project: Project) -> int:
    """The revision the shot list stands at; not always the one before, for a revision saved quickly after another is listed alone."""
    last = Event.objects.filter(project_id=project.pk, kind="shots.listed").order_by("-pk").first()
    assert last is not None
    return int(last.data["revision"])


def _once_cut(project: Project) -> dict[Words, list[Shot]]:
    """Shots whose words were cut from the script, by those words."""
    found: dict[Words, list[Shot]] = defaultdict(list)
    cut = Shot.objects.filter(project=project, source_index=None).exclude(source_scene="").order_by("scene__order", "position", "pk")
    for shot in cut.select_related("version__take").prefetch_related("shot_lines__line"):
        words = shot.action, tuple(link.line.text for link in shot.shot_lines.all())
        if any(words):
            found[words].append(shot)
    return found


def _words_of(shot: FoundShot) -> Words:
    return shot.action, tuple(line.text for line in shot.lines)


def _taken_up(shot: Shot, *, before: float) -> Shot:
    """A shot whose words came back stands where they stand."""
    shot.position = before + STEP / 16
    shot.removed = False
    if shot.stale.startswith(CUT):
        said = shot.version.take.told.get("revision") if shot.version else shot.revision
        shot.stale = "" if said == shot.revision else CHANGED
    return shot


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
    shots = Shot.objects.in_film(project).select_related("scene")
    for shot in shots.only("pk", "code", "scene_id", "scene__number", "scene__order", "position"):
        counts[shot.scene_id] += 1
        code = f"{shot.scene.number}.{counts[shot.scene_id]}"[:24]
        if shot.code != code:
            shot.code = code
            changed.append(shot)
    Shot.objects.bulk_update(changed, ["code"], batch_size=500)
