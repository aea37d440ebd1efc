"""A second export after one change: what it costs, and that it is the film a first export would have made."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from generation.media.encode import GOP
from studio.delivery.models import Export
from studio.timeline.actions import cut_of, trim_clip
from studio.timeline.models import Clip
from studio.web.filming import Filming

CUT_AWAY = 7
"""Frames taken off the end of one clip: more than the codec holds back, fewer than a group of pictures."""


class Again(NamedTuple):
    """`encoded` are the frames encoded by the film's first export, by that after the change, and by the same with nothing kept."""

    problems: list[str]
    encoded: tuple[int, int, int]
    warm: Export


def export_again(making: Filming) -> Again:
    """Trim the end of the longest clip, export, and export once more with nothing in the cache."""
    first = Export.objects.filter(project=making.project).latest("number")
    cut = cut_of(making.project)
    clip = max(Clip.objects.filter(cut=cut, removed=False), key=lambda clip: (clip.frames, clip.pk))
    trim_clip(cut, clip.pk, by=making.person, base=cut.revision, source_in=clip.source_in, source_out=clip.source_out - CUT_AWAY)
    warm = making.export()
    shutil.rmtree(Path(settings.FIRSTCUT_DATA) / "cache" / "export", ignore_errors=True)  # it may go at any time between two exports
    cold = making.export()
    encoded = (first.facts["encoded_frames"], warm.facts["encoded_frames"], cold.facts["encoded_frames"])
    problems = []
    if warm.facts["frames"] != first.facts["frames"] - CUT_AWAY:
        problems.append(f"the trimmed film has {warm.facts['frames']} frames; {CUT_AWAY} fewer than {first.facts['frames']} were asked for")
    if not 0 < encoded[1] <= GOP:
        problems.append(f"the end of one clip was trimmed, and {encoded[1]} frames were encoded; its last group has {GOP} at most")
    if cold.pk == warm.pk or cold.asset_id != warm.asset_id:
        problems.append("the bytes of the warm export are not those of a cold one")
    return Again(problems, encoded, warm)
