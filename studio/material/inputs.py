"""The files a request is given: chosen among a project's pieces, takes and guides, kept in a job's spec by content."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext

from generation.contract import Input
from generation.facts import EngineInfo, InputSpec, Medium
from studio.engines.words import inside
from studio.jobs.actions import Order
from studio.jobs.kinds import Refused
from studio.jobs.models import Job
from studio.material.models import ADAPTER, CLIP, PICTURE, SOUND, Piece
from studio.projects.models import Project
from studio.shots.guides import Guides, guide_file
from studio.shots.models import Shot, Take
from studio.sound.consents import sample_of

MEDIA: dict[Medium, tuple[str, ...]] = {
    "picture": (PICTURE,),
    "mask": (PICTURE,),
    "video": (CLIP,),
    "sound": (SOUND,),
    "depth": (),
    "camera": (),
    "file": (ADAPTER,),
}
GUIDES: dict[Medium, str] = {"depth": "depth", "camera": "camera"}


class Files:
    """The pieces and takes of a project that were looked up already: many orders of one batch name the same."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._found: dict[tuple[str, str, int], dict[str, Any]] = {}

    def of(self, spec: InputSpec, kind: str, pk: int) -> dict[str, Any]:
        if (spec.role, kind, pk) not in self._found:
            self._found[spec.role, kind, pk] = _file(self.project, spec, kind, pk)
        return self._found[spec.role, kind, pk]


def chosen(
    project: Project, facts: EngineInfo, task: Any, picked: Iterable[tuple[str, str]], guides: Guides | None, files: Files | None = None
) -> tuple[list[dict[str, Any]], list[Job | Order]]:
    """What a form picked, as (role, "piece:7" | "take:12" | "guide:31"), as entries of a job's spec; and what must be done before the guides
    among them are there.

    Raises `Refused` for what is not of this project or of the wrong kind: foreign ids are told apart from nothing.
    """
    files = files or Files(project)
    specs = {spec.role: spec for spec in facts.takes(task)}
    entries: list[dict[str, Any]] = []
    needed: list[Job | Order] = []
    for role, value in picked:
        spec = specs.get(role)
        if spec is None:
            raise Refused(gettext("%(engine)s has no use for a file as “%(role)s”.") % {"engine": gettext(facts.title), "role": role})
        kind, _, number = value.partition(":")
        if not number.isdecimal() or len(number) > 18:
            raise Refused(gettext("“%(file)s” is no file of this project.") % {"file": value[:30]})
        if kind == "guide":
            if guides is None:
                raise Refused(gettext("A guide needs a size and a length; this task has none."))
            key, lacking = guides.of(guides.shot(int(number)) or _shot(project, int(number)))
            entries.append({"role": role, "shot": int(number), "part": GUIDES.get(spec.medium, "depth"), "key": key})
            needed += [lacking] if lacking is not None and lacking not in needed else []
        else:
            entries.append(files.of(spec, kind, int(number)))
    return entries, needed


def adapters(project: Project, params: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Params whose adapters are named by their code ("M12") name them by content; and what that picks. Raises `Refused`."""
    rows, picked = [], []
    for lora in params.get("loras", ()):
        code = str(lora.get("model", "")).strip()
        if not re.fullmatch(r"M[1-9]\d{0,8}", code):
            rows.append(lora)
            continue
        piece = Piece.objects.filter(project=project, number=int(code[1:]), medium=ADAPTER, removed=False).first()
        if piece is None:
            words = gettext("There is no LoRA %(code)s among this film's material. Bring it in, or give the name of one on the shelf.")
            raise Refused(words % {"code": code})
        rows.append({**lora, "model": f"input:{piece.asset_id}"})
        picked.append(("lora", f"piece:{piece.pk}"))
    return ({**params, "loras": rows} if picked else params), picked


def _shot(project: Project, pk: int) -> Shot:
    shot = Shot.objects.filter(pk=pk, project=project, removed=False).select_related("project", "scene").first()
    if shot is None:
        raise Refused(gettext("The shot whose previs was to guide this is gone. Choose another."))
    return shot


def _file(project: Project, spec: InputSpec, kind: str, pk: int) -> dict[str, Any]:
    if spec.consent:  # somebody's voice is never taken from a mere file
        return sample_of(project, spec, pk if kind == "consent" else 0)
    if kind == "piece":
        piece = Piece.objects.filter(pk=pk, project=project, removed=False, medium__in=MEDIA[spec.medium]).select_related("asset").first()
        if piece is None:
            words = gettext("The piece chosen as %(file)s is gone, or is not of the right kind. Choose another.")
            raise Refused(words % {"file": inside(spec.title)})
        return {"role": spec.role, "sha256": piece.asset_id, "media_type": piece.asset.media_type, "piece": piece.pk}
    take = Take.objects.filter(pk=pk, shot__project=project).select_related("asset").first() if kind == "take" and spec.medium == "video" else None
    if take is None:
        raise Refused(gettext("The take chosen as %(file)s is not there. Choose another.") % {"file": inside(spec.title)})
    return {"role": spec.role, "sha256": take.asset_id, "media_type": take.asset.media_type, "take": take.pk}


def resolved(project: Project, entries: Sequence[dict[str, Any]]) -> tuple[Input, ...]:
    """The contract's inputs, once every guide is drawn. Names carry the role, a number and an ending, so that a program that reads them
    by path knows what they are. Raises `NotReady`."""
    found = []
    for number, entry in enumerate(entries):
        sha, media_type = entry.get("sha256"), entry.get("media_type")
        if sha is None:
            sha, media_type = guide_file(project, entry["shot"], entry["part"], entry["key"])
        ending = mimetypes.guess_extension(str(media_type)) or ""
        found.append(Input(name=f"{entry['role']}-{number + 1}{ending}", role=entry["role"], sha256=str(sha), media_type=str(media_type)))
    return tuple(found)
