"""Whether a finished film is what its screenplay and its cut say, from the movie's own bytes.

By hand: `python -m tests.acceptance` (see there).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.contract import SAMPLE_RATE, Rate, Samples
from generation.media.mix import Stems, mix
from studio.delivery.models import Export
from studio.delivery.tasks import mix_plan
from studio.projects.models import Project
from studio.script.models import Scene, ScriptRevision
from studio.shots.models import Shot
from studio.sound.models import Line, LineTake
from studio.timeline.actions import cut_of
from studio.timeline.models import Clip
from tests.acceptance.movie import Picture, Sound, read_picture, read_sound, top_boxes

LOUDNESS, LOUDNESS_MARGIN = -16.0, 1.0  # LUFS
PEAK = -1.0 + 0.3  # dBTP; AAC gives back peaks a little higher than it was given
BLACK_MEAN, BLACK_BRIGHT = 20.0, 40.0  # luma, of 16 to 235
EMPTY = 20.0  # levels between a picture's mean and its brightest: less is a wall, whatever the light
SAME, SAME_RUN = 0.0, 2  # as many frames in a row may be the very same
STILL_PATCH, STILL_SECONDS = 1.3, 1.25  # levels a patch must change by; how long nothing may
STILL_SHOT = 0.15  # mean difference over a whole shot, in levels
HEARD, ABOVE_BED = -42.0, 6.0  # dB: a word's level in the stem; a line's over the music and tone under it
QUIET_INSIDE = 0.8  # seconds a line may be silent between two words
OVERLAP = 0.15  # seconds two people may speak at once where the script does not ask for it
SPOKEN_SHARE = 0.6  # of a line's time, from its first word to its last


@dataclass(frozen=True)
class Spoken:
    """A line as the frozen cut has it. `begin` and `end` are seconds in the film, from the first word to the last."""

    line: Line
    take: LineTake
    at: float
    heard: float  # seconds of the take that the cut plays
    skipped: float  # seconds of the take that the cut leaves out at its start

    @property
    def words(self) -> list[tuple[str, float, float]]:
        return [(text, self.at + start - self.skipped, self.at + end - self.skipped) for text, start, end in self.take.words]

    @property
    def begin(self) -> float:
        return self.words[0][1] if self.take.words else self.at

    @property
    def end(self) -> float:
        return self.words[-1][2] if self.take.words else self.at + self.heard

    def __str__(self) -> str:
        return f"{self.line.character.name} “{self.line.text[:40]}” at {self.at:.2f} s"


def check(movie: Path, project: Project) -> list[str]:
    """Every way in which the newest export of this project, copied to `movie`, falls short; an empty list is a good film."""
    export = Export.objects.filter(project=project).select_related("cut_revision").latest("number")
    cut: dict[str, Any] = export.cut_revision.data
    picture, (sound, _) = read_picture(movie), read_sound(movie)
    stems = mix(mix_plan(cut))
    spoken = spoken_lines(cut)
    problems = [*container(movie, picture, sound, cut), *lengths(picture, sound, cut, project), *levels(sound)]
    problems += [*blackness(picture, cut, project), *movement(picture, cut), *presence(cut, project)]
    problems += [*hearing(stems, spoken, project), *overlaps(spoken)]
    return problems


def container(movie: Path, picture: Picture, sound: Sound, cut: dict[str, Any]) -> Iterator[str]:
    if (picture.codec, picture.pixel_format) != ("h264", "yuv420p"):
        yield f"the picture is {picture.codec} {picture.pixel_format}, not H.264 in yuv420p"
    if (sound.codec, sound.rate, sound.channels) != ("aac", 48_000, 2):
        yield f"the sound is {sound.codec}, {sound.rate} Hz, {sound.channels} channels, not AAC, 48000 Hz, stereo"
    if picture.size != tuple(cut["size"]):
        yield f"the picture is {picture.size}, not {cut['size']}"
    boxes = top_boxes(movie)
    if "moov" not in boxes or "mdat" not in boxes or boxes.index("moov") > boxes.index("mdat"):
        yield f"no fast start: its boxes lie as {boxes}"


def lengths(picture: Picture, sound: Sound, cut: dict[str, Any], project: Project) -> Iterator[str]:
    """The film is its shots' length to the frame, each frame is on its tick, and sound and picture end together."""
    rate = Rate(num=cut["rate"][0], den=cut["rate"][1])
    shots = sum(Shot.objects.filter(project=project, removed=False).values_list("frames", flat=True))
    clips = sum(clip["source_out"] - clip["source_in"] for clip in cut["clips"])
    edited = any(clip.frames != clip.shot.frames for clip in Clip.objects.filter(cut=cut_of(project), removed=False).select_related("shot"))
    if picture.frames != clips:
        yield f"the movie has {picture.frames} frames, its cut {clips}"
    if not edited and clips != shots:
        yield f"the cut has {clips} frames, its shots {shots}"
    if picture.rate != rate.fps:
        yield f"the movie runs at {picture.rate}, its project at {rate.fps}"
    off = [n for n, time in enumerate(picture.times) if time != n / rate.fps]
    if off:
        yield f"{len(off)} frames are not on their tick, frame {off[0]} first ({float(picture.times[off[0]]):.4f} s)"
    apart = sound.end - picture.frames / rate.fps
    if abs(apart) > 1 / rate.fps:
        yield f"the sound ends {float(apart):+.3f} s from the picture"


def levels(sound: Sound) -> Iterator[str]:
    if abs(sound.loudness.integrated - LOUDNESS) > LOUDNESS_MARGIN:
        yield f"the film is at {sound.loudness.integrated:.1f} LUFS"
    if sound.loudness.true_peak > PEAK:
        yield f"its true peak is {sound.loudness.true_peak:+.2f} dBTP"


def blackness(picture: Picture, cut: dict[str, Any], project: Project) -> Iterator[str]:
    """Black frames outside a shot that the script fades in or out."""
    black = (picture.luma < BLACK_MEAN) & (picture.bright < BLACK_BRIGHT)
    asked = _faded(project)
    for clip in cut["clips"]:
        count = int(black[_span(clip)].sum())
        if count and clip["shot"] not in asked:
            yield f"shot {clip['code']} has {count} black frames and no fade in the script"


def _faded(project: Project) -> set[int]:
    """The shots that the script opens out of black or closes to it, by the words alone."""
    text = ScriptRevision.objects.filter(script__project=project).latest("number").text.upper()
    shots = list(Shot.objects.filter(project=project, removed=False).order_by("scene__order", "position", "pk").values_list("pk", "scene_id"))
    if not any(words in text for words in ("FADE", "TO BLACK", "FROM BLACK")):
        return set()
    scenes = list(dict.fromkeys(scene for _, scene in shots))
    edges = [[pk for pk, scene in shots if scene == each] for each in scenes]
    return {pk for each in edges for pk in (each[0], each[-1])}


def movement(picture: Picture, cut: dict[str, Any]) -> Iterator[str]:
    """Empty and frozen pictures. Grain is no movement: what counts is that some patch of the picture changes."""
    longest = STILL_SECONDS * cut["rate"][0] / cut["rate"][1]
    for clip in cut["clips"]:
        span = _span(clip)
        if float(np.median(picture.bright[span] - picture.luma[span])) < EMPTY:
            yield f"shot {clip['code']} shows nothing: a picture of one tone"
        changed, moved = picture.changed[span][1:], picture.moved[span][6:]  # the first ones look back over the join
        same = _longest_run(changed <= SAME)
        if same > SAME_RUN:
            yield f"shot {clip['code']} shows the very same frame {same + 1} times"
        if len(changed) > 1 and float(changed.mean()) < STILL_SHOT:
            yield f"shot {clip['code']} hardly changes: {changed.mean():.3f} levels a frame"
        still = _longest_run(moved < STILL_PATCH)
        if still > longest:
            yield f"shot {clip['code']}: nothing moves for {still} frames"


def _span(clip: dict[str, Any]) -> slice:
    return slice(clip["at"], clip["at"] + clip["source_out"] - clip["source_in"])


def _longest_run(flags: NDArray[np.bool_]) -> int:
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest


def presence(cut: dict[str, Any], project: Project) -> Iterator[str]:
    """Every scene is there, in its place, with sound under it."""
    seen = list(dict.fromkeys(clip["scene"] for clip in cut["clips"]))
    shots = Shot.objects.filter(project=project, removed=False).order_by("scene__order")
    wanted = list(dict.fromkeys(shots.values_list("scene", flat=True)))
    for scene in Scene.objects.filter(project=project, removed=False).exclude(pk__in=wanted):
        yield f"scene {scene} has no shot"
    if seen != wanted:
        yield f"scenes in the film are {seen}, in the script {wanted}"
    for kind in ("music", "tone"):
        heard = sum(sound["frames"] for sound in cut["sounds"] if sound["kind"] == kind)
        total = sum(clip["source_out"] - clip["source_in"] for clip in cut["clips"])
        if heard != total:
            yield f"{kind} is there for {heard} of {total} frames"


def spoken_lines(cut: dict[str, Any]) -> list[Spoken]:
    rate = Rate(num=cut["rate"][0], den=cut["rate"][1])
    sounds = [sound for sound in cut["sounds"] if sound["kind"] == "dialogue"]
    takes = {take.asset_id: take for take in LineTake.objects.filter(asset__in={sound["asset"] for sound in sounds})}
    lines = Line.objects.select_related("character").in_bulk([sound["subject"] for sound in sounds])
    return [
        Spoken(lines[s["subject"]], takes[s["asset"]], rate.seconds(s["at"]), rate.seconds(s["frames"]), rate.seconds(s["offset"])) for s in sounds
    ]


def hearing(stems: Stems, spoken: list[Spoken], project: Project) -> Iterator[str]:
    """Every line of the script is in the film, whole: each of its words has energy in the dialogue stem, at its own time."""
    heard = {one.line.pk for one in spoken}
    for line in Line.objects.filter(project=project, removed=False).select_related("character"):
        if line.pk not in heard:
            yield f"{line.character.name} “{line.text[:40]}” is not in the film"
    for one in spoken:
        if not one.take.words:
            yield f"{one} has no words"
            continue
        if one.end > one.at + one.heard + 0.05 or one.begin < one.at - 0.05:
            yield f"{one} is cut off: its words end at {one.end:.2f} s, its sound at {one.at + one.heard:.2f} s"
        silent = [text for text, start, end in one.words if _level(stems.dialogue, start, end) < HEARD]
        if silent:
            yield f"{one}: not heard: {', '.join(silent)}"
        pauses = [after[1] - before[2] for before, after in zip(one.words, one.words[1:], strict=False)]
        if max(pauses, default=0.0) > QUIET_INSIDE:
            yield f"{one} stops for {max(pauses):.2f} s"
        share = sum(end - start for _, start, end in one.words) / max(1e-6, one.take.seconds)
        if share < SPOKEN_SHARE:
            yield f"{one}: its words are only {share:.0%} of its {one.take.seconds:.2f} s"
        over = _level(stems.dialogue, one.begin, one.end) - _level(stems.music + stems.effects, one.begin, one.end)
        if over < ABOVE_BED:
            yield f"{one} is only {over:.1f} dB over what is under it"


def overlaps(spoken: list[Spoken]) -> Iterator[str]:
    """Two people at once. Lines that the script sets side by side start in the same shot together, and are left out."""
    ordered = sorted(spoken, key=lambda one: one.begin)
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            together = min(one.end, other.end) - other.begin
            if together > OVERLAP and one.line.character_id != other.line.character_id:
                yield f"{one} and {other} overlap by {together:.2f} s"


def _level(sound: Samples, start: float, end: float) -> float:
    """dB of full scale, mean over the time; a sine of full scale is −3."""
    part = sound[max(0, round(start * SAMPLE_RATE)) : max(0, round(end * SAMPLE_RATE))]
    power = float(np.square(part).mean()) if part.size else 0.0
    return 10 * float(np.log10(power)) if power > 1e-12 else -120.0
