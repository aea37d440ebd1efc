"""Films made of rows alone: as many shots as a test wants, with takes, panels, lines and a cut, and no work for any worker."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from generation.contract import FigureParams, SetParams
from generation.previs.figures.design import design_figure
from generation.previs.sets import design_set
from studio.delivery.models import Export
from studio.events.log import record
from studio.jobs import fair
from studio.jobs.models import Job, State
from studio.media import store
from studio.media.models import Asset, Holding, Rendition
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY
from studio.script.models import Scene, Script, ScriptRevision
from studio.shots.models import Shot, ShotLine, Take, Version
from studio.sound.models import Cue, CueTake, Line, LineTake
from studio.storyboard.models import Drawing, Panel
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import Clip, Cut, CutRevision
from studio.work.beginning import begin_work
from studio.work.models import Status
from studio.world.models import Character, Design, Location

TEXT = "INT. KEEPER'S ROOM - NIGHT\n\nMARA sets down the lamp.\n\nMARA\nOne more night.\n\nEXT. CLIFF - DAWN\n\nWind. TOM climbs the path.\n"
SHOTS_A_SCENE = 10
FRAMES = 48
CAMERA = {
    "size": "wide", "angle": "eye level", "lens": 35, "move": "static", "speed": "normal", "easing": "linear", "subjects": ["MARA"], "over": "",
}  # fmt: skip


@dataclass
class Film:
    """A project's rows, in the film's order. Every shot has one take, the first one two; every take is in the cut."""

    project: Project
    scenes: list[Scene]
    characters: list[Character]
    locations: list[Location]
    shots: list[Shot]
    takes: list[Take]
    lines: list[Line]
    panels: list[Panel]
    cut: Cut
    clips: list[Clip]


def asset(words: str, media_type: str = "video/mp4", *, stored: bool = False) -> Asset:
    """An asset of these words; its bytes are in the store only if asked."""
    if stored:
        with tempfile.NamedTemporaryFile() as file:
            file.write(words.encode())
            file.flush()
            return store.put(Path(file.name), media_type)
    sha256 = hashlib.sha256(words.encode()).hexdigest()
    return Asset(sha256=sha256, size=len(words.encode()), media_type=media_type)


def fill(project: Project, by: Any, shots: int = 4, *, takes: bool = True) -> Film:
    """Give an empty project this many shots, ten to a scene, each with a spoken line, a drawn panel, a take and its clip."""
    script = Script.objects.create(project=project, revision=2, title=project.name)
    for number, text in ((1, TEXT), (2, TEXT.replace("One more", "Just one more"))):
        ScriptRevision.objects.create(script=script, number=number, text=text, author=by)
    characters = [Character.objects.create(project=project, name=name, order=order) for order, name in enumerate(("MARA", "TOM"))]
    locations = [Location.objects.create(project=project, name="KEEPER'S ROOM", interior=True)]
    for one in characters:
        one.design = Design.objects.create(project=project, character=one, number=1, data={"voice": {}})
        one.save()
    locations[0].design = Design.objects.create(project=project, location=locations[0], number=1, data={})
    locations[0].save()
    scenes = Scene.objects.bulk_create(
        [
            Scene(
                project=project, number=str(n + 1), order=n, heading="INT. KEEPER'S ROOM - NIGHT", place="KEEPER'S ROOM", interior=True, cast=["MARA"]
            )
            for n in range(-(-shots // SHOTS_A_SCENE))
        ]
    )
    rows = _shots(project, scenes, shots)
    lines = _lines(project, rows, characters[0])
    panels = _panels(project, rows)
    made = _takes(project, rows, by) if takes else []
    cut = Cut.objects.create(project=project)
    first = {take.shot_id: take for take in reversed(made)}
    clips = Clip.objects.bulk_create(
        [Clip(cut=cut, shot=shot, take=first.get(shot.pk), order=n * 1024.0, source_out=FRAMES) for n, shot in enumerate(rows)]
    )
    _cues(project, scenes, rows)
    with transaction.atomic():
        record("shots.listed", actor=by, project=project, data={"revision": 2})
    return Film(project, scenes, characters, locations, rows, made, lines, panels, cut, clips)


def _shots(project: Project, scenes: list[Scene], count: int) -> list[Shot]:
    found = []
    for n in range(count):
        scene, at = scenes[n // SHOTS_A_SCENE], n % SHOTS_A_SCENE
        shot = Shot(project=project, scene=scene, position=at * 1024.0, code=f"{scene.number}.{at + 1}", frames=FRAMES, seed=n)
        shot.subjects, shot.characters, shot.action = ["MARA"], ["MARA"], f"Mara looks at the lamp for the {n}th time."
        shot.source_scene, shot.source_index = scene.number, at
        found.append(shot)
    return Shot.objects.bulk_create(found)


def _lines(project: Project, shots: list[Shot], who: Character) -> list[Line]:
    lines = Line.objects.bulk_create([Line(project=project, scene=shot.scene, character=who, text=f"Night {shot.seed}.") for shot in shots])
    ShotLine.objects.bulk_create([ShotLine(shot=shot, line=line, start=6) for shot, line in zip(shots, lines, strict=True)])
    sounds = _keep(project, [asset(f"{project.pk} line {line.pk}", "audio/flac") for line in lines])
    spoken = LineTake.objects.bulk_create(
        [LineTake(line=line, number=1, asset=sound, seconds=1.0, words=[["Night", 0.1, 0.5]]) for line, sound in zip(lines, sounds, strict=True)]
    )
    for line, take in zip(lines, spoken, strict=True):
        line.take = take
    Line.objects.bulk_update(lines, ["take"], batch_size=500)
    return lines


def _panels(project: Project, shots: list[Shot]) -> list[Panel]:
    panels = Panel.objects.bulk_create([Panel(shot=shot) for shot in shots])
    pictures = _keep(project, [asset(f"{project.pk} panel {panel.pk}", "image/webp") for panel in panels])
    drawn = Drawing.objects.bulk_create([Drawing(panel=panel, number=1, asset=picture) for panel, picture in zip(panels, pictures, strict=True)])
    for panel, drawing in zip(panels, drawn, strict=True):
        panel.drawing = drawing
    Panel.objects.bulk_update(panels, ["drawing"], batch_size=500)
    return panels


def _takes(project: Project, shots: list[Shot], by: Any) -> list[Take]:
    wanted = [(shots[0], 1), (shots[0], 2), *((shot, 1) for shot in shots[1:])]
    masters = _keep(project, [asset(f"{project.pk} take {shot.pk}/{number}") for shot, number in wanted])
    played = _keep(project, [asset(f"{project.pk} rendition {shot.pk}/{number}") for shot, number in wanted])
    meta = {"codec": "avc1.640020", "init": [0, 700], "init_id": "same", "frames": FRAMES, "frags": [[0, FRAMES, 700, 9000]]}
    Rendition.objects.bulk_create(
        [Rendition(source=master, name="rendition", asset=file, meta=meta) for master, file in zip(masters, played, strict=True)]
    )
    made = Take.objects.bulk_create(
        [
            Take(shot=shot, number=number, asset=master, frames=FRAMES, by=by, recipe=_recipe(shot, number), told={"revision": 1})
            for (shot, number), master in zip(wanted, masters, strict=True)
        ]
    )
    first = [take for take in made if take.number == 1]
    versions = Version.objects.bulk_create([Version(shot=take.shot, number=1, take=take, by=by) for take in first])
    for shot, version in zip(shots, versions, strict=True):
        shot.version, shot.take_count = version, 2 if shot is shots[0] else 1
    Shot.objects.bulk_update(shots, ["version", "take_count"], batch_size=500)
    return made


def _recipe(shot: Shot, number: int) -> dict[str, Any]:
    scene = {"place": "KEEPER'S ROOM", "time": "night", "beats": [{"action": shot.action}]}
    params = {"quality": "film", "camera": CAMERA, "scene": scene, "beat": 0, "lines": [], "set_design": {}, "figures": {}}
    picture = {"width": 320, "height": 180, "frames": FRAMES}
    return {"schema_version": 1, "engine": "previs", "task": "shot", "seed": number, "format": picture, "params": params, "inputs": []}


def _cues(project: Project, scenes: list[Scene], shots: list[Shot]) -> None:
    lengths = {key: sum(shot.frames for shot in group) for key, group in groupby(shots, key=lambda shot: shot.scene_id)}
    cues = Cue.objects.bulk_create([Cue(scene=scene, kind=kind, mood="calm") for scene in scenes for kind in (Cue.MUSIC, Cue.TONE)])
    sounds = _keep(project, [asset(f"{project.pk} cue {cue.pk}", "audio/flac") for cue in cues])
    made = CueTake.objects.bulk_create(
        [CueTake(cue=cue, number=1, asset=sound, frames=lengths[cue.scene_id]) for cue, sound in zip(cues, sounds, strict=True)]
    )
    for cue, take in zip(cues, made, strict=True):
        cue.take = take
    Cue.objects.bulk_update(cues, ["take"], batch_size=500)


def _keep(project: Project, assets: list[Asset]) -> list[Asset]:
    Asset.objects.bulk_create(assets, ignore_conflicts=True)
    Holding.objects.bulk_create([Holding(project=project, asset=each) for each in assets], ignore_conflicts=True)
    return assets


def film_of(by: Any, name: str, shots: int = 4) -> Film:
    """A new project of this person, filled."""
    return fill(start_project(name=name, by=by, rate=RATE_BY_KEY["24"], width=320, height=180), by, shots)


def job_of(film: Film, state: State = State.QUEUED, kind: str = "shot", **more: Any) -> Job:
    """A job row as it stands in this state, with what a worker would need to take it."""
    share = fair.enter(film.project, more.get("requested_by"))
    shot = film.shots[0]
    subject = {"subject_kind": "shot", "subject_id": str(shot.pk), "title": f"Shot {shot.code}"}
    return Job.objects.create(kind=kind, project=film.project, share=share, state=state, **{**subject, **more})


def for_clients(project: Project) -> None:
    """Let clients see where shots stand from the review on, and send a shot back."""
    begin_work(project)
    rows = Status.objects.filter(project=project)
    rows.filter(name__in=["Pending review", "Changes requested", "Approved", "Final"]).update(client_sees=True)
    rows.filter(name="Changes requested").update(client_sets=True)


def export_of(film: Film, by: Any) -> Export:
    """An export that was rendered and can be downloaded."""
    frozen: CutRevision = freeze_cut(film.cut, by=by)
    movie = asset(f"movie of {film.project.pk}", stored=True)
    store.hold(film.project, movie)
    return Export.objects.create(project=film.project, cut_revision=frozen, number=1, asset=movie, name="film-r001.mp4", by=by, at=timezone.now())


def really_designed(film: Film) -> None:
    """The film's rows with designs that previs can draw."""
    for character in film.characters:
        data, _ = design_figure(FigureParams(name=character.name), 0)
        Design.objects.filter(pk=character.design_id or 0).update(data=data)
    for place in film.locations:
        data, _ = design_set(SetParams(name=place.name, interior=place.interior), 0)
        Design.objects.filter(pk=place.design_id or 0).update(data=data)
