"""What a file is, by its content and never by its name; and bringing it in as files of our own making."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from generation.contract import Format, Frozen, Output, Rate
from generation.media.encode import MasterProfile, RenditionProfile
from generation.media.sandbox import Bounds, call


class Probe(Frozen):
    """`frames` and `rate` are what the file says, `seconds` its length; 0 and None where a kind has none. Width and height are as shown,
    after rotation and pixel aspect."""

    kind: Literal["picture", "film", "sound"]
    media_type: str
    width: int = 0
    height: int = 0
    rate: Rate | None = None
    frames: int = 0
    seconds: float = 0.0
    channels: int = 0
    sample_rate: int = 0


def probe(path: Path, name: str = "", bounds: Bounds | None = None) -> Probe:
    """Raises `BadRequest` for anything that is not a JPEG, PNG or WebP picture, or film or sound in a common container, within bounds."""
    limits = bounds or Bounds()
    return Probe.model_validate(call("probe", name or path.name, _common(path, limits), limits))


def bring_picture(path: Path, folder: Path, name: str = "", bounds: Bounds | None = None) -> Output:
    """The picture as an 8-bit RGB PNG of our own, upright, without what else the file carried."""
    limits = bounds or Bounds()
    arguments = {**_common(path, limits), "folder": str(folder.resolve())}
    return Output.model_validate(call("picture", name or path.name, arguments, limits))


def bring_sound(path: Path, folder: Path, name: str = "", bounds: Bounds | None = None) -> Output:
    """The first sound of a file as FLAC at 48 kHz, one or two channels."""
    limits = bounds or Bounds()
    arguments = {**_common(path, limits), "folder": str(folder.resolve())}
    return Output.model_validate(call("sound", name or path.name, arguments, limits))


def bring_film(
    path: Path,
    folder: Path,
    width: int,
    height: int,
    rate: Rate,
    name: str = "",
    master: MasterProfile | None = None,
    rendition: RenditionProfile | None = None,
    bounds: Bounds | None = None,
) -> tuple[Output, ...]:
    """The picture of a film at the project's size (with bars) and rate, as if an engine had made it: master, rendition, poster, filmstrip.

    Each of our frames is the one the file shows at that moment. Processor time is allowed by the film's length.
    """
    limits = bounds or Bounds()
    seen = probe(path, name, limits)
    count = max(1, round(seen.seconds * rate.fps))
    picture = Format(width=width, height=height, rate=rate, frames=min(count, 200_000))
    work = limits.model_copy(
        update={"cpu_seconds": limits.cpu_seconds + int(20 * seen.seconds), "wall_seconds": limits.wall_seconds + 40 * seen.seconds}
    )
    arguments: dict[str, Any] = {
        **_common(path, limits),
        "folder": str(folder.resolve()),
        "picture": picture.model_dump(),
        "master": (master or MasterProfile()).model_dump(),
        "rendition": (rendition or RenditionProfile()).model_dump(),
    }
    answer = call("film", name or path.name, arguments, work)
    return tuple(Output.model_validate(item) for item in answer["outputs"])


class Reel(Frozen):
    """What a foreign film or row of pictures was. `had`: its pictures, counted to one more than were needed; `reached`: how many of ours
    have one of theirs, before the last is held; width and height are its own."""

    had: int
    reached: int
    width: int
    height: int
    seconds: float = 0.0


def bring_reel(paths: list[Path], folder: Path, picture: Format, by: Literal["frames", "time"], bounds: Bounds | None = None) -> tuple[Path, Reel]:
    """A film, a moving picture (GIF, WebP) or a row of pictures as a lossless file of exactly `picture.frames` frames of exactly its size.

    `by` "frames" takes one of theirs for each of ours; "time" what is seen at each moment. Raises `BadRequest` for what cannot be read.
    """
    limits = bounds or Bounds()
    spent = 1 + picture.frames * picture.width * picture.height / 2_000_000
    work = limits.model_copy(update={"cpu_seconds": limits.cpu_seconds + int(spent), "wall_seconds": limits.wall_seconds + 2 * spent})
    arguments = {
        "paths": [str(path.resolve()) for path in paths], "folder": str(folder.resolve()), "picture": picture.model_dump(), "by": by,
        "max_pixels": limits.max_pixels, "max_seconds": limits.max_seconds,
    }  # fmt: skip
    return folder / "reel.mkv", Reel.model_validate(call("reel", "the file that came back", arguments, work))


def _common(path: Path, bounds: Bounds) -> dict[str, Any]:
    return {"path": str(path.resolve()), "max_pixels": bounds.max_pixels, "max_seconds": bounds.max_seconds}
