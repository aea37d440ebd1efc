"""Items end to end as one film: the plan that the player plays, and which frame of what each of its frames is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from django.utils.translation import gettext

from studio.projects.models import Project
from studio.screening.models import Shown
from studio.shots.models import Take
from studio.timeline.models import CutRevision
from studio.timeline.plan import CutPlan, PlannedClip, PlannedSound, frozen_plan, plan_take, whole_take


@dataclass(frozen=True)
class Part:
    """One item's stretch of the film: `frames` frames from frame `at` on."""

    item: Shown
    at: int
    frames: int

    @property
    def label(self) -> str:
        if self.item.take is not None:
            return str(self.item.take)
        assert self.item.cut_revision is not None
        frozen = self.item.cut_revision
        return gettext("%(cut)s, revision %(number)s") % {"cut": frozen.cut.name, "number": frozen.number}


@dataclass(frozen=True)
class Reel:
    plan: CutPlan
    parts: tuple[Part, ...]

    def part_at(self, frame: int) -> Part | None:
        return next((part for part in self.parts if part.at <= frame < part.at + part.frames), None)


def reel_of(project: Project, items: Iterable[Shown], *, revision: int = 0) -> Reel:
    """`items` with their take (and its shot) or cut revision (and its cut) already fetched, in order."""
    clips: list[PlannedClip] = []
    sounds: list[PlannedSound] = []
    parts: list[Part] = []
    at = 0
    for number, item in enumerate(items):
        own_clips, own_sounds = _played(item)
        frames = sum(clip.frames for clip in own_clips)
        parts.append(Part(item, at, frames))
        clips += [replace(clip, key=f"{number}-{clip.key}", at=clip.at + at) for clip in own_clips]
        sounds += [replace(sound, at=sound.at + at) for sound in _within(own_sounds, frames)]
        at += frames
    plan = CutPlan(0, revision, (project.rate_num, project.rate_den), (project.width, project.height), tuple(clips), tuple(sounds))
    return Reel(plan, tuple(parts))


def _played(item: Shown) -> tuple[tuple[PlannedClip, ...], tuple[PlannedSound, ...]]:
    if item.cut_revision is not None:
        plan = frozen_plan(item.cut_revision)
        return plan.clips, plan.sounds
    take = item.take
    assert take is not None
    return (whole_take(take),), tuple(PlannedSound(**sound) for sound in item.sounds)


def _within(sounds: tuple[PlannedSound, ...], frames: int) -> Iterable[PlannedSound]:
    """Nothing of one item is heard under the next."""
    for sound in sounds:
        if sound.at < frames:
            yield sound if sound.at + sound.frames <= frames else replace(sound, frames=frames - sound.at, fade_out=1)


def parts_of_note(reel: Reel, *, take: int | None, cut_revision: int | None) -> Part | None:
    """The first item that a note on this revision, or else on this take, falls in."""
    return next((part for part in reel.parts if _holds(part, take, cut_revision)), None)


def _holds(part: Part, take: int | None, cut_revision: int | None) -> bool:
    return part.item.cut_revision_id == cut_revision if cut_revision is not None else part.item.take_id is not None and part.item.take_id == take


def shown_take(take: Take) -> dict[str, object]:
    """Fields of an item that shows this take."""
    return {"take": take, "cut_revision": None, "sounds": [asdict(sound) for sound in plan_take(take).sounds]}


def shown_revision(frozen: CutRevision) -> dict[str, object]:
    return {"take": None, "cut_revision": frozen, "sounds": []}
