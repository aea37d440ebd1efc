"""Asking for pieces, bringing them in, and using them in the film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from generation import catalog
from generation.contract import BadRequest, Format, Rate
from generation.facts import EngineInfo
from studio.events.log import hold, record
from studio.jobs import words as reasons
from studio.jobs.actions import Order, request_jobs
from studio.jobs.kinds import Refused
from studio.jobs.models import BATCH, INTERACTIVE, Job
from studio.material.inputs import GUIDES, Files, chosen
from studio.material.models import ADAPTER, CLIP, PICTURE, SOUND, TEXT, Piece
from studio.material.twins import Exists, twins_among
from studio.media import store
from studio.projects.models import Project
from studio.shots.actions import adopt_take, make_film
from studio.shots.guides import Guides, GuidesThere, Wanted
from studio.shots.models import Shot, Take
from studio.shots.recipes import beats_by_scene, shot_spec
from studio.shots.words import Words
from studio.world.actions import Designs, design_missing

MAX_AT_ONCE = 8
MAX_UPLOAD = 2 * 1024**3
NO_CLIP = {
    PICTURE: gettext_noop("%(code)s is a picture; a take is a clip."),
    SOUND: gettext_noop("%(code)s is a sound; a take is a clip."),
    TEXT: gettext_noop("%(code)s is a text; a take is a clip."),
    ADAPTER: gettext_noop("%(code)s is a LoRA; a take is a clip."),
}


@dataclass(frozen=True)
class Asked:
    """What a form says of an engine, for one shot or for a whole film. `guided`: each shot's own previs goes in every role it can guide."""

    engine: str
    params: dict[str, Any]
    size: tuple[int, int]
    picked: tuple[tuple[str, str], ...] = ()
    guided: bool = False


@transaction.atomic
def request_pieces(
    project: Project,
    *,
    by: Any,
    engine: str,
    task: Any,
    params: dict[str, Any],
    format: Format | None,
    seed: int,
    picked: Sequence[tuple[str, str]] = (),
    count: int = 1,
    shot: Shot | None = None,
    consent: int | None = None,
) -> list[Job]:
    """Ask an engine for one or more pieces; several differ in their seed. `consent` is that of a voice that comes of the params. Guides of
    shots that are lacking are ordered first and waited for. Raises `Refused` with what to change; nothing is queued then."""
    hold(project.pk)
    if not 1 <= count <= MAX_AT_ONCE:
        raise Refused(gettext("Ask for 1 to %(most)s at once.") % {"most": MAX_AT_ONCE})
    facts = _engine(engine)
    designs = design_missing(project, by=by) if any(value.startswith("guide:") for _, value in picked) else Designs()
    guides = Guides(Wanted.of(format), designs, INTERACTIVE) if format is not None else None
    entries, needed = chosen(project, facts, task, picked, guides)
    orders = []
    for index in range(count):
        spec = {
            "engine": engine,
            "task": task,
            "seed": (seed + index) % 2**31,
            "format": format.model_dump(mode="json") if format else None,
            "params": params,
            "inputs": entries,
            "title": title_of(params, facts.title),
            "shot": shot.pk if shot else None,
            "designed": consent,
        }
        orders.append(Order("piece", spec, project, title=f"{facts.title}: {spec['title']}", priority=INTERACTIVE, after=needed))
    fresh = guides.orders if guides is not None else []
    return request_jobs(project, by, [*fresh, *orders], what="pieces.requested")[len(fresh) :]


def title_of(params: dict[str, Any], otherwise: str) -> str:
    """What a person would call it: the first words that were asked for."""
    words = next((str(params[name]) for name in ("prompt", "text", "instruction", "tags", "lyrics") if params.get(name)), otherwise)
    return " ".join(words.split())[:120]


def upload(project: Project, *, by: Any, file: Any) -> Job:
    """Keep an uploaded file and have it brought in. `file` is Django's `UploadedFile`. Raises `Refused`."""
    if not file.size:
        raise Refused(gettext("“%(name)s” is empty. Nothing was kept.") % {"name": file.name[:80]})
    if file.size > MAX_UPLOAD:
        words = gettext("“%(name)s” has %(size)s GiB; up to %(most)s can be brought in. Nothing was kept.")
        raise Refused(words % {"name": file.name[:80], "size": f"{file.size / 1024**3:.1f}", "most": MAX_UPLOAD // 1024**3})
    asset = store.put_upload(file)
    name = Path(str(file.name)).name[:200]
    with transaction.atomic():
        hold(project.pk)
        spec = {"sha256": asset.sha256, "name": name}
        return request_jobs(project, by, [Order("upload", spec, project, title=name, priority=INTERACTIVE)], what="pieces.requested")[0]


@transaction.atomic
def request_neural_takes(shot: Shot, *, by: Any, asked: Asked, seed: int, count: int = 1, anyway: bool = False) -> list[Job]:
    """Ask an engine for takes of a shot, as long as the shot is; several differ in their seed. Raises `Refused`, or `Exists` if all of them are
    there or being made already, unless they are wanted `anyway`; nothing is queued then."""
    hold(shot.project_id)
    if not 1 <= count <= MAX_AT_ONCE:
        raise Refused(gettext("Ask for 1 to %(most)s takes at once.") % {"most": MAX_AT_ONCE})
    project = shot.project
    designs = design_missing(project, by=by)
    beats = beats_by_scene(project, [shot.scene_id])[shot.scene_id]
    specs = [shot_spec(shot, beats, seed=(seed + index) % 2**31) for index in range(count)]
    guides = Guides(Wanted(width=asked.size[0], height=asked.size[1], frames=shot.frames), designs, INTERACTIVE)
    words, files = Words(project), Files(project)
    orders = [take_order(shot, spec, asked, guides, INTERACTIVE, words, files) for spec in specs]
    if not anyway and (there := twins_among(shot, orders)):
        raise Exists(there)
    made = request_jobs(project, by, [*guides.orders, *orders], what="takes.requested")
    return made[len(guides.orders) :]


def take_order(shot: Shot, spec: dict[str, Any], asked: Asked, guides: Guides, priority: int, said: Words, files: Files) -> Order:
    """The take of a shot by another engine; the guides it needs are ordered in `guides`."""
    facts, project = _engine(asked.engine), shot.project
    if "shot" not in facts.forms:
        raise Refused(gettext("%(engine)s makes no clips. Choose an engine that does.") % {"engine": gettext(facts.title)})
    picked = list(asked.picked)
    if asked.guided:
        picked += [(each.role, f"guide:{shot.pk}") for each in facts.takes("shot") if each.medium in GUIDES]
    entries, lacking = chosen(project, facts, "shot", picked, guides, files)
    width, height = asked.size
    picture = Format(width=width, height=height, rate=Rate(num=project.rate_num, den=project.rate_den), frames=spec["frames"])
    words = {name: value for name, value in said.of(spec).items() if name in facts.forms["shot"].model_fields}
    made = {
        **{name: spec[name] for name in ("shot", "frames", "seed", "action", "camera", "revision")},
        "place": spec.get("place", False),
        "engine": asked.engine,
        "task": "shot",
        "format": picture.model_dump(mode="json"),
        "params": {**words, **asked.params},
        "inputs": entries,
        "title": f"Shot {shot.code}",
    }
    return Order("take", made, shot, title=f"Shot {shot.code} by {facts.title}", priority=priority, after=lacking)


def _engine(name: str) -> EngineInfo:
    try:
        return catalog.info(name)
    except BadRequest as problem:
        raise Refused(reasons.said(str(problem))) from problem


@transaction.atomic
def make_film_with(project: Project, *, by: Any, asked: Asked, every: bool = False) -> list[Job]:
    """Order everything the film lacks, its pictures from this engine, each shot guided by its own previs where the engine can be; with
    `every`, each shot anew, and what is made goes into the cut. Whole or not at all. Raises `Refused`."""
    hold(project.pk)
    designs, there, words, files = design_missing(project, by=by), GuidesThere(project), Words(project), Files(project)

    def maker(shot: Shot, spec: dict[str, Any], needed: list[Job | Order]) -> list[Order]:
        # Not after the words are spoken: how long they take is known. Its guide waits for the designs.
        guides = Guides(Wanted(width=asked.size[0], height=asked.size[1], frames=spec["frames"]), designs, BATCH, there)
        guides.know(shot, {name: value for name, value in spec.items() if name != "place"})
        order = take_order(shot, spec, asked, guides, BATCH, words, files)
        return [*guides.orders, order]

    return make_film(project, by=by, maker=maker, every=every)


@transaction.atomic
def use_as_take(piece: Piece, shot: Shot, *, by: Any) -> Take:
    """A clip becomes a take of a shot, with its recipe. Raises `Refused` for a piece that is no clip of the film's size and rate."""
    project = piece.project
    hold(project.pk)
    if piece.medium != CLIP:
        raise Refused(gettext(NO_CLIP[piece.medium]) % {"code": piece.code})
    rate = piece.facts.get("rate") or [project.rate_num, project.rate_den]
    if list(rate) != [project.rate_num, project.rate_den]:
        words = gettext("%(code)s runs at another frame rate than the film. Upload it: it is brought to the film's rate then.")
        raise Refused(words % {"code": piece.code})
    told = {"revision": shot.revision, "piece": piece.number}
    frames = int(piece.facts["frames"])
    facts = {"recipe": piece.recipe, "measures": piece.data, "notes": piece.notes, "seconds": piece.seconds}
    return adopt_take(shot, by=by, asset=piece.asset, frames=frames, told=told, **facts)


@transaction.atomic
def remove_piece(piece: Piece, *, by: Any) -> None:
    """Set a piece aside: it no longer stands on the page; what was made from it keeps it."""
    hold(piece.project_id)
    Piece.objects.filter(pk=piece.pk).update(removed=True)
    record("piece.removed", actor=by, project=piece.project, subject=piece, data={"number": piece.number})


@transaction.atomic
def restore_piece(piece: Piece, *, by: Any) -> None:
    hold(piece.project_id)
    Piece.objects.filter(pk=piece.pk).update(removed=False)
    record("piece.restored", actor=by, project=piece.project, subject=piece, data={"number": piece.number})


__all__ = ["Asked", "make_film_with", "remove_piece", "request_neural_takes", "request_pieces", "restore_piece", "upload", "use_as_take"]
