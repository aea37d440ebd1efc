"""From a shot as people describe it to the request an engine is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from generation.contract import Beat, CameraPlan, Format, Rate, Request, SceneFacts, ShotParams, SpokenLine, Word
from studio.jobs.kinds import NotReady
from studio.projects.models import Project
from studio.shots.models import Shot, ShotLine
from studio.shots.saying import NO_SET, OF_THE_CAMERA, UNSPOKEN, camera_word, field_name
from studio.sound.models import Line
from studio.world.models import Character, Location
from studio.world.queries import facts_of, location_of

ENGINE = "previs"


def beats_by_scene(project: Project, scenes: Iterable[int] | None = None) -> dict[int, list[tuple[int, Beat]]]:
    """For each scene its (shot id, beat) in order; two queries, however many scenes."""
    shots = Shot.objects.filter(project=project, removed=False)
    spoken = ShotLine.objects.filter(shot__project=project, shot__removed=False, line__kind="dialogue")  # joined: as a set of shots it was slow
    if scenes is not None:
        among = list(scenes)
        shots, spoken = shots.filter(scene_id__in=among), spoken.filter(shot__scene_id__in=among)
    speakers: dict[int, list[str]] = defaultdict(list)
    for shot_id, name in spoken.order_by("start").values_list("shot_id", "line__character__name"):
        speakers[shot_id].append(name)
    beats: dict[int, list[tuple[int, Beat]]] = defaultdict(list)
    for row in shots.order_by("scene_id", "position", "pk").values("pk", "scene_id", "action", "characters"):
        beat = Beat(action=row["action"], characters=tuple(row["characters"]), speakers=tuple(speakers[row["pk"]]))
        beats[row["scene_id"]].append((row["pk"], beat))
    return beats


def shot_spec(
    shot: Shot, beats: list[tuple[int, Beat]], *, quality: str = "film", pixels: tuple[int, int] | None = None, **changes: Any
) -> dict[str, Any]:
    """Everything about a shot that is settled when it is asked for. `changes` override the shot's own camera, action, length or seed
    for this one request; `pixels` is another picture size than the project's. Designs and recordings are looked up when the job is claimed."""
    project = shot.project
    at = next((index for index, (pk, _) in enumerate(beats) if pk == shot.pk), 0)
    action = changes.pop("action", shot.action)
    frames, seed = int(changes.pop("frames", shot.frames)), int(changes.pop("seed", shot.seed))
    plan = {key: value for key, value in changes.items() if key in CameraPlan.model_fields}
    camera = CameraPlan.model_validate({**shot.camera.model_dump(), **plan})
    story = [beat for _, beat in beats[: at + 1]] or [Beat(action=action, characters=tuple(shot.characters))]
    story[-1] = story[-1].model_copy(update={"action": action})
    lines = [[row.line_id, row.start] for row in shot.shot_lines.all()]
    width, height = pixels or (project.width, project.height)
    return {
        "engine": ENGINE,
        "shot": shot.pk,
        "quality": quality,
        "frames": frames,
        "seed": seed,
        "size": [width, height],
        "action": action,
        "camera": camera.model_dump(mode="json"),
        "facts": facts_of(shot.scene, story).model_dump(mode="json"),
        "lines": lines,
        "revision": shot.revision,
    }


def shot_request(project: Project, spec: dict[str, Any], *, task: str = "shot", still_at: float = 0.5, needs_voices: bool = True) -> Request:
    """The frozen request: the spec, the designs that stand now, and where each word is spoken. Raises `NotReady`."""
    facts = SceneFacts.model_validate(spec["facts"])
    place = Location.objects.filter(project=project, name=facts.place, interior=facts.interior).select_related("design").first()
    if place is None or place.design is None:
        raise NotReady(NO_SET % {"place": facts.place})
    spoken = _spoken(spec["lines"], needs_voices)
    cast = {*facts.cast, *(name for beat in facts.beats for name in beat.characters)}
    people = Character.objects.filter(project=project, name__in=cast).select_related("design").order_by("order", "pk")  # also who left the script
    figures = {row.name: row.design.data for row in people if row.design is not None}
    params = ShotParams(
        quality=spec["quality"],
        set_design=place.design.data,
        figures=figures,
        scene=facts,
        beat=max(0, len(facts.beats) - 1),
        camera=spec["camera"],
        lines=tuple(spoken),
        still_at=still_at,
        shot_frames=spec["frames"],
    )
    width, height = spec["size"]
    rate = Rate(num=project.rate_num, den=project.rate_den)
    picture = Format(width=width, height=height, rate=rate, frames=spec["frames"] if task == "shot" else 1)
    return Request(engine=spec["engine"], task=task, seed=spec["seed"], format=picture, params=params.model_dump(mode="json"))


def _spoken(lines: list[list[int]], needs_voices: bool) -> list[SpokenLine]:
    rows = {row.pk: row for row in Line.objects.filter(pk__in=[pk for pk, _ in lines]).select_related("character", "take")}
    spoken = []
    for pk, start in lines:
        line = rows.get(pk)
        if line is None:
            continue
        if line.take is None and needs_voices:
            raise NotReady(UNSPOKEN % {"line": line.text[:60]})
        words = tuple(Word(text=text, start=begin, end=end) for text, begin, end in line.take.words) if line.take else ()
        seconds = line.take.seconds if line.take else line.seconds
        off = line.kind in ("vo", "os")
        spoken.append(SpokenLine(character=line.character.name, text=line.text, start=start, seconds=seconds, words=words, off_screen=off))
    return spoken


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What differs between two recipes, as (what, before, after) in a person's words and language; equal recipes differ in nothing."""
    left, right = _plain(one), _plain(other)
    differs = [key for key in {**left, **right} if left.get(key) != right.get(key)]
    return [(field_name(key), _shown(key, left.get(key, "")), _shown(key, right.get(key, ""))) for key in differs]


def _shown(key: str, value: Any) -> Any:
    return camera_word(value) if key in OF_THE_CAMERA and isinstance(value, str) else value


def _plain(recipe: dict[str, Any]) -> dict[str, Any]:
    params = recipe.get("params", {})
    previs = recipe.get("engine") == ENGINE
    camera = params.get("camera", {}) if previs else {}  # elsewhere the camera is told in words
    beats = params.get("scene", {}).get("beats", []) if previs else []
    picture = recipe.get("format") or {}
    flat = {
        "engine": recipe.get("engine"),
        "seed": recipe.get("seed"),
        "frames": picture.get("frames"),
        "picture": f"{picture.get('width')}×{picture.get('height')}",
        "quality": params.get("quality"),
        "action": beats[params.get("beat", -1)].get("action") if beats else "",
        **{key: camera.get(key) for key in ("size", "angle", "lens", "move", "speed", "easing", "over")},
        "subjects": ", ".join(camera.get("subjects", [])),
        "place": params.get("scene", {}).get("place"),
        "time": params.get("scene", {}).get("time"),
        "weather": params.get("scene", {}).get("weather"),
        "lines": " / ".join(line.get("text", "") for line in params.get("lines", [])),
    }
    if not previs:
        flat |= {key.replace("_", " "): value for key, value in params.items() if isinstance(value, str | int | float)}
        flat |= {f"{item['role'].replace('_', ' ')}": item["sha256"][:8] for item in recipe.get("inputs", [])}
    flat["set"] = _short(params.get("set_design"))
    for name, figure in params.get("figures", {}).items():
        flat[name] = _short(figure)
    return flat


def _short(design: Any) -> str:
    from hashlib import sha256
    from json import dumps

    if not design:
        return ""
    return gettext("design %(mark)s") % {"mark": sha256(dumps(design, sort_keys=True).encode()).hexdigest()[:8]}


__all__ = ["beats_by_scene", "differences", "location_of", "shot_request", "shot_spec"]
