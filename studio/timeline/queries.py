"""The playlist a page plays."""

from __future__ import annotations

from typing import Any

from studio.media.sources import asset_url, outlines, take_sources
from studio.projects.models import Project
from studio.storyboard.models import Panel
from studio.timeline.actions import cut_of
from studio.timeline.models import Clip, Cut
from studio.timeline.plan import CutPlan, plan_cut

MIME = 'video/mp4; codecs="{}"'
DEFAULT_CODEC = "avc1.640020"


def playlist(project: Project, cut: Cut | None = None) -> dict[str, Any]:
    """Everything the player needs for a cut: clips, takes with their segment index, stills for what has no take, sound."""
    return playlist_of(project, plan_cut(cut or cut_of(project)))


def playlist_of(project: Project, plan: CutPlan) -> dict[str, Any]:
    takes = take_sources(project, {clip.take: clip.asset for clip in plan.clips if clip.take and clip.asset})
    waves = outlines(project, {sound.asset for sound in plan.sounds})
    levels = {sound.at: sound.gain for sound in plan.sounds if sound.kind == "effect"}
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
                "ownSound": levels.get(clip.at),
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
                "words": sound.words,
                "wave": waves.get(sound.asset),
            }
            for sound in plan.sounds
        ],
    }


def _stills(project: Project, shots: set[int]) -> dict[int, str]:
    panels = Panel.objects.filter(shot__in=shots, order=0).exclude(drawing=None).select_related("drawing")
    return {panel.shot_id: asset_url(project, panel.drawing.asset_id) for panel in panels if panel.drawing}


def clip_count(cut: Cut) -> int:
    return Clip.objects.filter(cut=cut, removed=False, shot__removed=False).count()
