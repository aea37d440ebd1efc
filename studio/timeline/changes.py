"""What became different between two frozen revisions of a cut, clip by clip."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, pgettext

from studio.timeline.models import CutRevision
from studio.timeline.plan import CutPlan, PlannedClip, frozen_plan


@dataclass(frozen=True)
class Change:
    """`what` is said in the reader's language. `at` is the clip's first frame in the newer revision; in the older one where the clip is `gone`."""

    code: str
    what: str
    at: int
    gone: bool = False


def changes(old: CutRevision, new: CutRevision) -> list[Change]:
    """In the newer film's order: clips that are new, show another take, other frames, or stand elsewhere; then what is gone, and the sound."""
    before, after = frozen_plan(old), frozen_plan(new)
    had = {clip.key: clip for clip in before.clips}
    has = {clip.key for clip in after.clips}
    moved = _moved(before, after)
    found = []
    for clip in after.clips:
        words = _words(had.get(clip.key), clip, moved=clip.key in moved)
        if words:
            found.append(Change(clip.code, words, clip.at))
    found += [Change(clip.code, pgettext("a shot", "taken out"), clip.at, gone=True) for clip in before.clips if clip.key not in has]
    if before.rate != after.rate or before.size != after.size:
        found.append(Change("", gettext("another rate or picture size"), 0))
    if _sounds(before) != _sounds(after):
        found.append(Change("", gettext("the sound"), 0))
    return found


def _words(old: PlannedClip | None, new: PlannedClip, *, moved: bool) -> str:
    if old is None:
        return pgettext("a shot", "new")
    said = []
    if old.asset != new.asset:
        said.append(gettext("another take"))
    if (old.source_in, old.source_out) != (new.source_in, new.source_out):
        longer = new.frames - old.frames
        if longer > 0:
            said.append(ngettext("%(count)d frame longer", "%(count)d frames longer", longer) % {"count": longer})
        elif longer < 0:
            said.append(ngettext("%(count)d frame shorter", "%(count)d frames shorter", -longer) % {"count": -longer})
        else:
            said.append(gettext("other frames of the take"))
    if moved:
        said.append(pgettext("a shot", "moved"))
    return pgettext("between changes", ", ").join(said)


def _moved(before: CutPlan, after: CutPlan) -> set[str]:
    """Clips of both that do not follow the same neighbour as before, among the clips that both have."""
    has, had = {clip.key for clip in after.clips}, {clip.key for clip in before.clips}
    old, new = [clip.key for clip in before.clips if clip.key in has], [clip.key for clip in after.clips if clip.key in had]
    follows = dict(zip(old[1:], old, strict=False))
    return {key for number, key in enumerate(new) if (new[number - 1] if number else None) != follows.get(key)}


def _sounds(plan: CutPlan) -> list[tuple[object, ...]]:
    """What is heard under each clip, wherever the clip stands now: a trim before it is not another sound."""
    found = []
    for sound in plan.sounds:
        clip = next((clip for clip in plan.clips if clip.at <= sound.at < clip.at + clip.frames), None)
        found.append((clip.key if clip else "", sound.asset, sound.gain))
    return sorted(found)
