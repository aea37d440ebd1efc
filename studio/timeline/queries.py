"""The playlist a page plays."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from studio.media.models import Rendition
from studio.projects.models import Project
from studio.storyboard.models import Panel
from studio.timeline.actions import cut_of
from studio.timeline.models import Cut
from studio.timeline.plan import CutPlan, plan_cut

MIME = 'video/mp4; codecs="{}"'
DEFAULT_CODEC = "avc1.640020"


def playlist(project: Project, cut: Cut | None = None) -> dict[str, Any]:
    """Everything the player needs for a cut: clips, takes with their segment index, stills for what has no take, sound."""
    return playlist_of(project, plan_cut(cut or cut_of(project)))


def playlist_of(project: Project, plan: CutPlan) -> dict[str, Any]:
    takes = take_sources(project, {clip.take: clip.asset for clip in plan.clips if clip.take and clip.asset})
    stills = _stills(project, {clip.shot for clip in plan.clips if str(clip.take) not in takes})
    return {
        "revision": plan.revision,
        "rate": list(plan.rate),
        "drop": project.drop_frame,
        "width": plan.size[0],
        "height": plan.size[1],
        "mime": MIME.format(next(iter(takes.values()))["codec"] if takes else DEFAULT_CODEC),
        "total": plan.total,
        "clips": [
            {
                "key": clip.key,
                "shot": clip.shot,
                "code": clip.code,
                "scene": clip.scene,
                "take": str(clip.take) if clip.take else None,
                "number": clip.number,
                "in": clip.source_in,
                "out": clip.source_out,
                "at": clip.at,
                "still": stills.get(clip.shot),
            }
            for clip in plan.clips
        ],
        "takes": takes,
        "sound": [
            {
                "kind": sound.kind,
                "url": asset_url(project, sound.asset),
                "at": sound.at,
                "frames": sound.frames,
                "offset": project.seconds(sound.offset),
                "seconds": project.seconds(sound.frames),
                "gain": sound.gain,
                "fadeIn": sound.fade_in,
                "fadeOut": sound.fade_out,
                "label": sound.label,
            }
            for sound in plan.sounds
        ],
    }


def take_sources(project: Project, assets: dict[int, str]) -> dict[str, dict[str, Any]]:
    """By take id: where its rendition lies and where each frame lies in it; plus poster and filmstrip. One query."""
    rows = Rendition.objects.filter(source__in=set(assets.values()), name__in=("rendition", "filmstrip", "poster"))
    found: dict[str, dict[str, Rendition]] = {}
    for row in rows:
        found.setdefault(row.source_id, {})[row.name] = row
    sources: dict[str, dict[str, Any]] = {}
    for take, asset in assets.items():
        renditions = found.get(asset, {})
        played = renditions.get("rendition")
        if played is None:
            continue
        meta = played.meta
        strip, poster = renditions.get("filmstrip"), renditions.get("poster")
        sources[str(take)] = {
            "url": asset_url(project, played.asset_id),
            "codec": meta["codec"],
            "init": meta["init"],
            "initId": meta["init_id"],
            "frames": meta["frames"],
            "index": meta["frags"],
            "filmstrip": {"url": asset_url(project, strip.asset_id), **strip.meta} if strip else None,
            "poster": asset_url(project, poster.asset_id) if poster else None,
        }
    return sources


def asset_url(project: Project, sha256: str) -> str:
    return reverse("media:asset", args=[project.slug, sha256])


def _stills(project: Project, shots: set[int]) -> dict[int, str]:
    panels = Panel.objects.filter(shot__in=shots, order=0).exclude(drawing=None).select_related("drawing")
    return {panel.shot_id: asset_url(project, panel.drawing.asset_id) for panel in panels if panel.drawing}
