"""What a person asks another machine for, and the files that go with it, by the names that bindings and templates use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from generation.contract import BadRequest, Context, Format, Frozen, Request
from generation.facts import SOUND_TASKS, InputSpec
from generation.neural.sounds import CueParams

WORDS = ("prompt", "negative", "seed", "steps", "guidance", "width", "height", "frames", "fps", "seconds", "aspect")
ROLES = ("first_frame", "last_frame", "picture", "reference", "mask", "depth", "video", "sound")
MAGIC = (
    (b"\x89PNG", "image/png", ".png"), (b"\xff\xd8\xff", "image/jpeg", ".jpg"), (b"GIF8", "image/gif", ".gif"), (b"fLaC", "audio/flac", ".flac"),
    (b"\x1aE\xdf\xa3", "video/webm", ".webm"), (b"OggS", "audio/ogg", ".ogg"), (b"ID3", "audio/mpeg", ".mp3"),
)  # fmt: skip

PICTURE_INPUTS = (
    InputSpec(role="first_frame", title="First frame", medium="picture"),
    InputSpec(role="last_frame", title="Last frame", medium="picture"),
    InputSpec(role="picture", title="Picture", medium="picture", help="To change, or to begin from."),
    InputSpec(role="reference", title="References", medium="picture", most=8),
    InputSpec(role="mask", title="Mask", medium="mask", help="White where it may paint."),
    InputSpec(role="depth", title="Depth of the previs", medium="depth"),
    InputSpec(role="video", title="Clip", medium="video"),
)
SOUND_INPUTS = (InputSpec(role="sound", title="Sound", medium="sound", help="To change, or to go on from."),)


class Place(Frozen):
    endpoint: str = Field(min_length=1, max_length=80, title="Machine", description="One of those under Providers.")


class RemoteParams(Place):
    """Words for a picture or clip. `prompt` wins; without one it is composed in the order place, subject, action, camera, style."""

    prompt: str = Field("", max_length=4000)
    negative: str = Field("", max_length=2000, title="Negative prompt")
    place: str = Field("", max_length=1000)
    subject: str = Field("", max_length=1000)
    action: str = Field("", max_length=1000)
    camera: str = Field("", max_length=400)
    style: str = Field("", max_length=1000)
    steps: int | None = Field(None, ge=1, le=500, description="Empty: the machine's own.")
    guidance: float | None = Field(None, ge=0, le=100, description="Empty: the machine's own.")

    def words(self) -> str:
        parts = (self.place, self.subject, self.action, self.camera, self.style)
        return self.prompt.strip() or ", ".join(part.strip().rstrip(".") for part in parts if part.strip())


class RemoteCue(Place):
    """Words for music, ambience or an effect; without a prompt they are composed of a scene's facts."""

    prompt: str = Field("", max_length=4000)
    negative: str = Field("", max_length=2000, title="Negative prompt")
    mood: str = Field("calm", max_length=200)
    tempo: int = Field(90, ge=40, le=200, description="Beats a minute.")
    key: str = Field("D minor", max_length=40)
    place: str = Field("", max_length=400)
    interior: bool = Field(True, title="Indoors")
    time: str = Field("day", max_length=60)
    weather: str = Field("clear", max_length=60)
    events: tuple[tuple[float, str], ...] = Field((), max_length=64, description="Seconds, and what is heard then.")
    steps: int | None = Field(None, ge=1, le=500, description="Empty: the machine's own.")
    guidance: float | None = Field(None, ge=0, le=100, description="Empty: the machine's own.")


def form_of(request: Request) -> RemoteParams | RemoteCue:
    return (RemoteCue if request.task in SOUND_TASKS else RemoteParams).model_validate(request.params)


def values_of(request: Request) -> dict[str, Any]:
    """What is asked, by the names in `WORDS`; what nobody said is not there."""
    params = form_of(request)
    if isinstance(params, RemoteCue):
        said = CueParams.model_validate(params.model_dump(exclude={"endpoint", "negative", "steps", "guidance"})).words(request.task)
    else:
        said = params.words()
    values: dict[str, Any] = {"prompt": said, "negative": params.negative.strip(), "seed": request.seed}
    values |= {name: getattr(params, name) for name in ("steps", "guidance") if getattr(params, name) is not None}
    if (picture := request.format) is not None:
        seconds, fps = picture.rate.seconds(picture.frames), float(picture.rate.fps)
        values |= {"frames": picture.frames, "seconds": _short(seconds), "fps": _short(fps)}
        if request.task not in SOUND_TASKS:
            common = math.gcd(picture.width, picture.height)
            values |= {"width": picture.width, "height": picture.height, "aspect": f"{picture.width // common}:{picture.height // common}"}
    return values


def _short(number: float) -> float | int:
    return int(number) if number == int(number) else round(number, 3)


@dataclass(frozen=True)
class Given:
    """One file that goes with the request, ready to be sent: `media_type` by its content."""

    role: str
    path: Path
    media_type: str
    suffix: str


def given(request: Request, context: Context, *, still_depth: bool = False) -> dict[str, list[Given]]:
    """The request's files by role, in its order. Depth becomes a grey clip, or with `still_depth` (and for a still) one grey picture."""
    found: dict[str, list[Given]] = {}
    for role in ROLES:
        paths = context.inputs(role)
        if paths and role == "depth":
            paths = [_depth(paths[0], request, context, still_depth or request.task == "still")]
        if paths:
            found[role] = [Given(role, path, *kind_of(path)) for path in paths]
    return found


def kind_of(path: Path) -> tuple[str, str]:
    """(media type, suffix) by the first bytes of a file."""
    with path.open("rb") as file:
        head = file.read(16)
    for magic, media_type, suffix in MAGIC:
        if head.startswith(magic):
            return media_type, suffix
    if head[:4] == b"RIFF":
        return ("image/webp", ".webp") if head[8:12] == b"WEBP" else ("audio/wav", ".wav")
    return ("video/mp4", ".mp4") if head[4:8] == b"ftyp" else ("application/octet-stream", path.suffix.lower() or ".bin")


def _depth(path: Path, request: Request, context: Context, still: bool) -> Path:
    import numpy as np

    from generation.media.encode import MasterFile, MasterProfile, ToYuv, rgb_frame
    from generation.neural.pictures import depth_clip, depth_still

    picture = request.format or Format()
    if still:
        target = context.workdir / "depth.png"
        depth_still(path, 0.5).save(target)
        return target
    target, convert = context.workdir / "depth.mp4", ToYuv()
    with MasterFile(target, picture.width, picture.height, picture.rate, MasterProfile(crf=4)) as file:
        for image in depth_clip(path, picture.width, picture.height, picture.frames):
            file.write(convert(rgb_frame(np.asarray(image))))
    return target


def has_words(values: dict[str, Any], name: str) -> None:
    """Raises `BadRequest` where nobody said what is wanted."""
    if not values["prompt"]:
        raise BadRequest(f"“{name}” needs words: say what is to be made.")
