"""What another machine made, as the studio keeps it: measured in the sandbox, brought to the size and length asked for, every change said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from generation.contract import SAMPLE_RATE, BadRequest, Context, Failure, Pixels, Request, Samples
from generation.facts import SOUND_TASKS
from generation.media.probe import Probe, bring_reel, bring_sound, probe
from generation.neural import sounds

By = Literal["frames", "time"]
Told = tuple[dict[str, Any], tuple[str, ...]]  # facts, and sentences

LEAST = 0.5  # of the length asked for; less is no take of it


def hand_over(context: Context, request: Request, files: Sequence[Path], *, by: By, of: str) -> Told:
    """Give the context what the task asks for out of `files`: one picture for a still, a film or a row of pictures for a clip, sound for a cue.
    `of` names the machine in sentences. Raises `Failure` for what cannot stand for what was asked."""
    if not files:
        raise Failure(f"“{of}” finished, and gave nothing back. Look at what it is set up to save.")
    if request.task in SOUND_TASKS or request.task == "voice":
        return _cue(context, request, files[0], of)
    return _picture(context, request, files, by, of)


def _picture(context: Context, request: Request, files: Sequence[Path], by: By, of: str) -> Told:
    picture = request.format
    if picture is None:
        raise BadRequest(f"A {request.task} needs a format.")
    try:
        path, reel = bring_reel(list(files[:1] if request.task == "still" else files), context.workdir, picture, by)
    except BadRequest as error:
        raise Failure(f"What “{of}” gave back cannot be used. {error}") from error
    notes = list[str]()
    wanted, moving = picture.frames, request.task != "still"
    if moving and reel.reached < LEAST * wanted:
        raise Failure(
            f"“{of}” gave {reel.had} frame{'' if reel.had == 1 else 's'}, enough for {reel.reached} of the {wanted} asked for. "
            "Ask for a shorter shot, or for what this machine can make."
        )
    if (reel.width, reel.height) != (picture.width, picture.height):
        notes.append(f"“{of}” made {reel.width}×{reel.height}; it was scaled to fill {picture.width}×{picture.height}.")
    if moving and reel.reached < wanted:
        notes.append(f"“{of}” made {reel.reached} of the {wanted} frames; the last one is held to the end.")
    elif moving and by == "frames" and reel.had > wanted:
        notes.append(f"“{of}” made more than {wanted} frames; the first {wanted} were kept.")
    if not moving and len(files) > 1:
        notes.append(f"“{of}” made {len(files)} pictures; the first was kept.")
    made = {"width": reel.width, "height": reel.height, "frames": min(reel.had, wanted)}
    if moving and len(files) == 1 and (facts := _facts(files[0])) is not None and facts.channels:
        notes += _beside(context, request, files[0])
    context.frames(_frames(path), deferrable=False)
    return {"made": made}, tuple(notes)


def _facts(path: Path) -> Probe | None:
    try:
        return probe(path)
    except BadRequest:
        return None  # a moving picture has no sound


def _frames(path: Path) -> Iterator[Pixels]:
    av = __import__("av")
    with av.open(str(path)) as container:  # a file of our own making
        for frame in container.decode(video=0):
            yield np.ascontiguousarray(frame.to_ndarray(format="rgb24"))


def _sound(context: Context, path: Path) -> Samples:
    from generation.media.sound import read_sound

    return read_sound(Path(bring_sound(path, context.workdir).path))


def _beside(context: Context, request: Request, path: Path) -> list[str]:
    """A clip's own sound, at the clip's length."""
    picture = request.format
    if picture is None:
        return []
    wanted = picture.rate.samples(picture.frames)
    sound = _sound(context, path)[:wanted]
    short = wanted - len(sound)
    context.sound(np.pad(sound, ((0, short), (0, 0))))
    return [f"Its sound ends {short / SAMPLE_RATE:.1f} s before the picture; the rest is silent."] if short > SAMPLE_RATE / 5 else []


def _cue(context: Context, request: Request, path: Path, of: str) -> Told:
    try:
        sound = _sound(context, path)
    except BadRequest as error:
        raise Failure(f"What “{of}” gave back is no sound that can be used. {error}") from error
    notes: tuple[str, ...] = ()
    had = len(sound) / SAMPLE_RATE
    if request.format is not None and request.task != "voice":
        sound, notes = sounds.exactly(sound, request.format.rate.samples(request.format.frames))
    sound = sounds.levelled(sound, request.task)
    context.sound(sound)
    return {"made": {"seconds": round(had, 3)}, "samples": len(sound)}, notes
