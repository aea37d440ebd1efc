"""What a cut plays, frame by frame: the one plan that the page's player, the export and the frozen revision are made from.

Nothing here is stored. Picture: clips end to end. Sound: each clip's lines where its mouths move, the sound that its take has of its own,
each scene's music and tone under the scene's clips. All times are frames of the project's rate.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any, Literal

from studio.media.models import Rendition
from studio.projects.models import Project
from studio.shots.models import ShotLine, Take
from studio.sound.models import Cue
from studio.timeline.models import Clip, Cut, CutRevision

SoundKind = Literal["dialogue", "music", "tone", "effect"]
MUSIC_GAIN, TONE_GAIN = -10.0, -4.0  # dB, under speech at −20 LUFS
MUSIC_FADE, TONE_FADE = 0.5, 0.25  # seconds


@dataclass(frozen=True)
class PlannedClip:
    key: str
    shot: int
    code: str
    scene: int
    take: int | None
    number: int | None  # the take's number
    asset: str | None
    source_in: int
    source_out: int
    at: int

    @property
    def frames(self) -> int:
        return self.source_out - self.source_in


@dataclass(frozen=True)
class PlannedSound:
    """`asset`, without its first `offset` frames, plays for `frames` frames from frame `at`. Gain in dB, fades in frames."""

    kind: SoundKind
    asset: str
    at: int
    offset: int
    frames: int
    gain: float
    fade_in: int
    fade_out: int
    label: str
    subject: int  # the line, cue or take
    words: str = ""  # what is said, for captions; no part of the fingerprint


@dataclass(frozen=True)
class CutPlan:
    cut: int
    revision: int
    rate: tuple[int, int]
    size: tuple[int, int]
    clips: tuple[PlannedClip, ...]
    sounds: tuple[PlannedSound, ...]

    @property
    def total(self) -> int:
        return sum(clip.frames for clip in self.clips)

    def canonical(self) -> dict[str, Any]:
        """Plain data: what a frozen revision is made of."""
        return {
            "schema": 1,
            "rate": list(self.rate),
            "size": list(self.size),
            "clips": [asdict(clip) for clip in self.clips],
            "sounds": [asdict(sound) for sound in self.sounds],
        }


def frozen_plan(frozen: CutRevision) -> CutPlan:
    """What a frozen revision plays, whatever has become of its cut since."""
    return plan_of(frozen.data, cut=frozen.cut_id, revision=frozen.number)


def plan_of(data: dict[str, Any], *, cut: int = 0, revision: int = 0) -> CutPlan:
    """The plan that `CutPlan.canonical` made this data of."""
    clips = tuple(PlannedClip(**clip) for clip in data["clips"])
    sounds = tuple(PlannedSound(**sound) for sound in data["sounds"])
    return CutPlan(cut, revision, tuple(data["rate"]), tuple(data["size"]), clips, sounds)


def plan_cut(cut: Cut, *, only_takes: bool = False) -> CutPlan:
    """The plan of a cut as it stands: six queries, however long it is. `only_takes` leaves out clips that have no take yet."""
    project = cut.project
    rows = Clip.objects.filter(cut=cut, removed=False, shot__removed=False).select_related("shot__scene", "take").order_by("order", "pk")
    if only_takes:
        rows = rows.exclude(take=None)
    clips: list[PlannedClip] = []
    at = 0
    for row in rows:
        take = row.take
        clips.append(
            PlannedClip(
                key=str(row.pk),
                shot=row.shot_id,
                code=row.shot.code,
                scene=row.shot.scene_id,
                take=row.take_id,
                number=take.number if take else None,
                asset=take.asset_id if take else None,
                source_in=row.source_in,
                source_out=row.source_out,
                at=at,
            )
        )
        at += row.frames
    levels = {str(row.pk): row.own_sound for row in rows if row.own_sound is not None}
    trimmed = {str(row.pk) for row in rows if row.source_out < (row.take.frames if row.take else row.shot.frames)}
    sounds = [*_dialogue(project, clips, trimmed), *_own(clips, levels), *_cues(project, clips)]
    rate, size = (project.rate_num, project.rate_den), (project.width, project.height)
    return CutPlan(cut.pk, cut.revision, rate, size, tuple(clips), tuple(sounds))


def whole_take(take: Take) -> PlannedClip:
    """All of a take as one clip."""
    shot = take.shot
    return PlannedClip(f"take-{take.pk}", shot.pk, shot.code, shot.scene_id, take.pk, take.number, take.asset_id, 0, take.frames, 0)


def plan_take(take: Take) -> CutPlan:
    """One whole take as if it were a cut, with the lines of its shot as they stand and the sound it has of its own; no music, no tone."""
    project, clip = take.shot.project, whole_take(take)
    sounds = [*_dialogue(project, [clip], {clip.key}), *_own([clip], {clip.key: 0.0})]
    return CutPlan(0, 0, (project.rate_num, project.rate_den), (project.width, project.height), (clip,), tuple(sounds))


def _frames(project: Project, seconds: float) -> int:
    """Whole frames that hold this many seconds, rounded up."""
    return max(1, -int(-seconds * project.rate_num // project.rate_den))


def _dialogue(project: Project, clips: list[PlannedClip], trimmed: set[str]) -> list[PlannedSound]:
    """Lines at the frames where they are spoken. What a trim leaves out is not heard; a line may run on over the next cut unless its
    clip was trimmed at the end."""
    spoken: dict[int, list[ShotLine]] = defaultdict(list)
    links = ShotLine.objects.filter(shot__in={clip.shot for clip in clips}, line__take__isnull=False, line__removed=False)
    for link in links.select_related("line__take", "line__character"):
        spoken[link.shot_id].append(link)
    sounds = []
    for clip in clips:
        for link in spoken[clip.shot]:
            take = link.line.take
            assert take is not None
            length = _frames(project, take.seconds)
            start, end = max(link.start, clip.source_in), link.start + length
            if clip.key in trimmed:
                end = min(end, clip.source_out)
            if end <= start or link.start >= clip.source_out:
                continue
            cut_in, cut_out = start > link.start, end < link.start + length
            sounds.append(
                PlannedSound(
                    kind="dialogue",
                    asset=take.asset_id,
                    at=clip.at + start - clip.source_in,
                    offset=start - link.start,
                    frames=end - start,
                    gain=0.0,
                    fade_in=1 if cut_in else 0,
                    fade_out=1 if cut_out else 0,
                    label=link.line.character.name,
                    subject=link.line_id,
                    words=link.line.text,
                )
            )
    return sounds


def _own(clips: list[PlannedClip], levels: dict[str, float]) -> list[PlannedSound]:
    """What takes sound like themselves, from engines that make picture and sound together: with the picture, at the clip's level."""
    takes = {clip.asset for clip in clips if clip.key in levels and clip.asset}
    heard = dict(Rendition.objects.filter(source__in=takes, name="sound").values_list("source_id", "asset_id"))
    return [
        PlannedSound("effect", heard[clip.asset], clip.at, clip.source_in, clip.frames, levels[clip.key], 1, 1, clip.code, clip.take)
        for clip in clips
        if clip.key in levels and clip.asset in heard and clip.take is not None
    ]


def _cues(project: Project, clips: list[PlannedClip]) -> list[PlannedSound]:
    """Music and tone under each run of clips of one scene; a scene that comes back goes on where it left."""
    cues: dict[int, list[Cue]] = defaultdict(list)
    found = Cue.objects.filter(scene__in={clip.scene for clip in clips}, take__isnull=False).select_related("take", "scene")
    for cue in found:
        cues[cue.scene_id].append(cue)
    heard: dict[int, int] = defaultdict(int)
    sounds = []
    for scene, at, frames in _runs(clips):
        for cue in cues[scene]:
            take = cue.take
            assert take is not None
            length = min(frames, max(0, take.frames - heard[scene]))
            if length <= 0:
                continue
            fade = min(length // 2, _frames(project, MUSIC_FADE if cue.kind == Cue.MUSIC else TONE_FADE))
            gain = cue.gain + (MUSIC_GAIN if cue.kind == Cue.MUSIC else TONE_GAIN)
            kind: SoundKind = "music" if cue.kind == Cue.MUSIC else "tone"
            label = f"{cue.mood}, {cue.key}" if kind == "music" else cue.scene.place.title()
            sounds.append(PlannedSound(kind, take.asset_id, at, heard[scene], length, gain, fade, fade, label, cue.pk))
        heard[scene] += frames
    return sounds


def _runs(clips: list[PlannedClip]) -> list[tuple[int, int, int]]:
    """(scene, first frame, frames) of each stretch of one scene."""
    runs: list[tuple[int, int, int]] = []
    for clip in clips:
        if runs and runs[-1][0] == clip.scene:
            scene, at, frames = runs[-1]
            runs[-1] = (scene, at, frames + clip.frames)
        else:
            runs.append((clip.scene, clip.at, clip.frames))
    return runs
