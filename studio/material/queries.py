"""Pieces for pages, and what could be chosen as an input."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from generation.facts import InputSpec
from studio.jobs.models import OPEN, Job, State
from studio.material.inputs import MEDIA
from studio.material.models import Piece
from studio.projects.models import Project
from studio.shots.models import Shot, Take
from studio.sound.queries import cloneable

PAGE = 60
CHOICES = 48


def pieces(project: Project, medium: str = "", words: str = "", before: int | None = None) -> QuerySet[Piece]:
    """The newest first, a page at a time; `before` is the last number of the page before."""
    rows = Piece.objects.filter(project=project, removed=False).select_related("asset", "by", "shot").prefetch_related("asset__renditions")
    if medium:
        rows = rows.filter(medium=medium)
    if words:
        rows = rows.filter(title__icontains=words)
    if before is not None:
        rows = rows.filter(number__lt=before)
    return rows.order_by("-number")


def at_work(project: Project) -> QuerySet[Job]:
    """Jobs that will become pieces, and those that failed or were cancelled and could be tried again: the newest first."""
    rows = Job.objects.filter(project=project, kind__in=("piece", "upload"), state__in=(*OPEN, State.FAILED, State.CANCELLED))
    return rows.select_related("requested_by").order_by("-created")[:24]


def choices(project: Project, spec: InputSpec) -> list[dict[str, Any]]:
    """What could be given as this input: {value, words, picture (an asset's hash or "")}, the newest first."""
    if spec.medium in ("depth", "camera"):
        rows = Shot.objects.in_film(project).values_list("pk", "code", "action")[:400]
        return [{"value": f"guide:{pk}", "words": f"{code} {action[:60]}".strip(), "picture": ""} for pk, code, action in rows]
    if spec.consent:
        return [{"value": f"consent:{row.pk}", "words": f"{row} – {row.scope[:60]}", "picture": ""} for row in cloneable(project)]
    found = [_piece(piece) for piece in pieces(project).filter(medium__in=MEDIA[spec.medium])[:CHOICES]]
    if spec.medium == "video":
        takes = Take.objects.filter(shot__project=project, versions__isnull=False).distinct().order_by("-pk")
        for take in takes.select_related("shot", "asset").prefetch_related("asset__renditions")[:CHOICES]:
            words = gettext("%(shot)s take %(number)s") % {"shot": take.shot.code, "number": take.number}
            found.append({"value": f"take:{take.pk}", "words": words, "picture": poster_of(take.asset)})
    return found


def _piece(piece: Piece) -> dict[str, Any]:
    picture = piece.asset_id if piece.medium == "picture" else poster_of(piece.asset)
    return {"value": f"piece:{piece.pk}", "words": f"{piece.code} {piece.title[:60]}".strip(), "picture": picture}


def poster_of(asset: Any) -> str:
    return next((row.asset_id for row in asset.renditions.all() if row.name == "poster"), "")
