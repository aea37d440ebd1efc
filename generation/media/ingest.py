"""What is done inside the sandbox, and only there: reading files that strangers sent. See `probe` for the way in.

The file is opened by us and handed over as bytes; the libraries may open nothing themselves, so a playlist, a reference or an address
inside a file leads nowhere. Only the demuxers named here exist.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageOps

from generation.contract import SAMPLE_RATE, BadRequest, Format, Output, Pixels, Samples
from generation.media.encode import Fit, MasterProfile, RenditionProfile
from generation.media.picture import PictureFiles, output
from generation.media.sound import write_flac
from generation.media.stills import png

PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MEDIA_TYPES = {
    "mov": "video/mp4",
    "matroska": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mpegts": "video/mp2t",
    "mxf": "application/mxf",
    "wav": "audio/wav",
    "aiff": "audio/aiff",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "aac": "audio/aac",
}
MAX_STREAMS = 32
UNREADABLE = (av.FFmpegError, ValueError, OSError)  # OSError: a damaged file sends the reader to places before its beginning


@contextmanager
def _opened(path: str) -> Iterator[InputContainer]:
    only = {"protocol_whitelist": "none", "format_whitelist": ",".join([*MEDIA_TYPES, "mp4", "m4a", "webm"])}
    with open(path, "rb") as handle:
        try:
            container = av.open(handle, "r", container_options=only)
        except UNREADABLE:
            raise BadRequest(
                "It is no picture, film or sound of a kind that can be used here (JPEG, PNG, WebP; MP4, MOV, MKV, WebM; WAV, FLAC, MP3 …)."
            ) from None
        with container:
            if len(container.streams) > MAX_STREAMS:
                raise BadRequest(f"It has {len(container.streams)} tracks; up to {MAX_STREAMS} can be read.")
            yield container


def _image(path: str, max_pixels: int, *, moving: bool = False) -> Image.Image | None:
    """The picture, unread but for its header, or None if it is none. `moving`: GIF too. Raises `BadRequest` for one that is too large."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path, formats=[*PICTURES, *(["GIF"] if moving else [])])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadRequest(f"The picture has more than {max_pixels / 1e6:.0f} million pixels. Make it smaller.") from None
    except (OSError, SyntaxError, ValueError):
        return None
    finally:
        Image.MAX_IMAGE_PIXELS = before
    return image


def probe(path: str, max_pixels: int, max_seconds: float) -> dict[str, Any]:
    image = _image(path, max_pixels)
    if image is not None:
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        width, height = image.size[::-1] if turned else image.size
        return {"kind": "picture", "media_type": PICTURES[str(image.format)], "width": width, "height": height, "frames": 1}
    with _opened(path) as container:
        facts: dict[str, Any] = {"media_type": MEDIA_TYPES.get(container.format.name.split(",")[0], "application/octet-stream")}
        seconds = float(container.duration or 0) / av.time_base
        sounds = [stream for stream in container.streams.audio if stream.codec_context is not None]
        if sounds:
            context = sounds[0].codec_context
            facts |= {"kind": "sound", "channels": context.channels, "sample_rate": context.sample_rate}
        films = [stream for stream in container.streams.video if not stream.disposition & 0x400]  # 0x400: a cover picture
        if films:
            facts |= {"kind": "film", **_film_facts(films[0], max_pixels)}
            seconds = seconds or _stream_seconds(films[0])
        if "kind" not in facts:
            raise BadRequest("There is neither picture nor sound in it.")
        if seconds > max_seconds:
            raise BadRequest(f"It is {seconds / 60:.0f} minutes long; up to {max_seconds / 60:.0f} can be used. Cut it shorter.")
        return {**facts, "seconds": seconds}


def _stream_seconds(stream: VideoStream) -> float:
    return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0


def _film_facts(stream: VideoStream, max_pixels: int) -> dict[str, Any]:
    context = stream.codec_context
    if context is None or not context.width or not context.height:  # None: a codec that nobody knows
        raise BadRequest("Its picture is in a format that cannot be read here, or has no size.")
    if context.width * context.height > max_pixels:
        raise BadRequest(f"Its picture is {context.width}×{context.height}: more than {max_pixels / 1e6:.0f} million pixels. Make it smaller.")
    aspect = stream.sample_aspect_ratio or Fraction(1)
    rate = stream.average_rate or stream.guessed_rate
    known = rate is not None and 0 < rate.numerator <= 240_000 and rate.denominator <= 1001
    return {
        "width": round(context.width * aspect) if aspect > 0 else context.width,
        "height": context.height,
        "frames": stream.frames,
        "rate": {"num": rate.numerator, "den": rate.denominator} if known and rate is not None else None,
    }


def picture(path: str, folder: str, max_pixels: int, max_seconds: float) -> dict[str, Any]:
    image = _image(path, max_pixels)
    if image is None:
        raise BadRequest("It is no picture that can be used here. JPEG, PNG and WebP can.")
    try:
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise BadRequest(f"The picture is damaged: {error}.") from None
    ground = Image.new("RGBA", upright.size, "white")
    pixels = np.asarray(Image.alpha_composite(ground, upright).convert("RGB"))
    target = Path(folder) / "picture.png"
    target.write_bytes(png(pixels))
    return output("picture", target, "image/png", {"width": pixels.shape[1], "height": pixels.shape[0]}).model_dump(mode="json")


def sound(path: str, folder: str, max_pixels: int, max_seconds: float) -> dict[str, Any]:
    target = Path(folder) / "sound.flac"
    with _opened(path) as container:
        if not container.streams.audio or container.streams.audio[0].codec_context is None:
            raise BadRequest("There is no sound in it that can be read here.")
        channels = min(2, container.streams.audio[0].codec_context.channels)
        samples = write_flac(target, _bounded(_blocks(container, channels), max_seconds), channels)
    facts = {"samples": samples, "rate": SAMPLE_RATE, "channels": channels, "seconds": samples / SAMPLE_RATE}
    return output("sound", target, "audio/flac", dict(facts)).model_dump(mode="json")


def _blocks(container: InputContainer, channels: int) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="flt", layout={1: "mono", 2: "stereo"}[channels], rate=SAMPLE_RATE)
    try:
        for frame in container.decode(container.streams.audio[0]):
            for part in resampler.resample(frame):
                yield np.asarray(part.to_ndarray().reshape(-1, channels), dtype=np.float32)
    except UNREADABLE as error:
        raise BadRequest(f"Its sound is damaged: {error}.") from None
    for part in resampler.resample(None):
        yield np.asarray(part.to_ndarray().reshape(-1, channels), dtype=np.float32)


def _bounded(blocks: Iterator[Samples], max_seconds: float) -> Iterator[Samples]:
    total = 0
    for block in blocks:
        total += len(block)
        if total > max_seconds * SAMPLE_RATE:
            raise BadRequest(f"Its sound is longer than {max_seconds / 60:.0f} minutes. Cut it shorter.")
        yield block


def film(
    path: str, folder: str, picture: dict[str, Any], master: dict[str, Any], rendition: dict[str, Any], max_pixels: int, max_seconds: float
) -> dict[str, Any]:
    asked = Format.model_validate(picture)
    with _opened(path) as container:
        films = list(container.streams.video)
        if not films:
            raise BadRequest("There is no film in it.")
        _film_facts(films[0], max_pixels)
        files = PictureFiles(Path(folder), asked, MasterProfile.model_validate(master), RenditionProfile.model_validate(rendition))
        try:
            for pixels in _at_rate(container, films[0], asked):
                files.add(pixels)
            outputs: list[Output] = files.finish()
        finally:
            files.abandon()
    return {"outputs": [item.model_dump(mode="json") for item in outputs]}


def _at_rate(container: InputContainer, stream: VideoStream, asked: Format) -> Iterator[Pixels]:
    """Exactly `asked.frames` pictures: at n/fps seconds the source frame whose time is nearest, the last one held if the file is short."""
    fit = Fit(asked.width, asked.height)
    shown: Pixels | None = None
    number, first = 0, None
    for frame in _decoded(container, stream):
        moment = Fraction(frame.pts or 0) * (frame.time_base or Fraction(1))
        first = moment if first is None else first
        # Frame n of ours is due at n/fps; whatever is due before half a frame ahead of this source frame still shows the one before.
        due = (moment - first) * asked.rate.fps
        while shown is not None and number < asked.frames and number < due - Fraction(1, 2):
            yield shown
            number += 1
        if number >= asked.frames:
            return
        shown = np.asarray(fit(frame).to_ndarray(format="rgb24"), dtype=np.uint8)
    if shown is None:
        raise BadRequest("Not one frame of it can be decoded.")
    while number < asked.frames:
        yield shown
        number += 1


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    try:
        yield from container.decode(stream)
    except UNREADABLE as error:
        raise BadRequest(f"Its picture is damaged: {error}.") from None


def reel(paths: list[str], folder: str, picture: dict[str, Any], by: str, max_pixels: int, max_seconds: float) -> dict[str, Any]:
    """Any film, moving picture or row of pictures as exactly `picture.frames` lossless pictures of exactly its size (scaled to fill, the
    overhang cut off). `by` "frames": one of theirs for each of ours; "time": what is seen at that moment. The last is held where they end."""
    asked = Format.model_validate(picture)
    had, size, last, shown = 0, (0, 0), Fraction(0), 0
    held: Pixels | None = None
    with av.open(str(Path(folder) / "reel.mkv"), "w", format="matroska") as container:
        stream = container.add_stream("ffv1", rate=asked.rate.fps)
        stream.width, stream.height, stream.pix_fmt = asked.width, asked.height, "bgr0"
        stream.codec_context.thread_count = 1

        def show(pixels: Pixels) -> None:
            container.mux(stream.encode(VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="bgr0")))

        for moment, pixels in _pictures(paths, max_pixels, max_seconds):
            due = moment * asked.rate.fps if by == "time" and moment is not None else Fraction(had)
            while held is not None and shown < asked.frames and shown < due - Fraction(1, 2):
                show(held)
                shown += 1
            had += 1
            if shown >= asked.frames:
                break
            last = moment if moment is not None else last
            size = (pixels.shape[1], pixels.shape[0])
            if size != (asked.width, asked.height):
                pixels = np.asarray(ImageOps.fit(Image.fromarray(pixels), (asked.width, asked.height), Image.Resampling.LANCZOS), np.uint8)
            held = pixels
        if held is None:
            raise BadRequest("Not one picture of it can be read.")
        reached = shown + 1  # how many of ours have one of theirs
        for _ in range(shown, asked.frames):
            show(held)
        container.mux(stream.encode(None))
    return {"had": had, "reached": min(reached, asked.frames), "seconds": float(last), "width": size[0], "height": size[1]}


def _pictures(paths: list[str], max_pixels: int, max_seconds: float) -> Iterator[tuple[Fraction | None, Pixels]]:
    """Every picture in order, with its moment in seconds where the file says one."""
    for path in paths:
        image = _image(path, max_pixels, moving=True)
        if image is None:
            with _opened(path) as container:
                if not container.streams.video:
                    raise BadRequest("There is no picture in it.")
                _film_facts(container.streams.video[0], max_pixels)
                yield from _film_pictures(container, max_seconds)
            continue
        count = getattr(image, "n_frames", 1)
        moment = Fraction(0)
        for number in range(count):
            try:
                image.seek(number)
                pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"), np.uint8)
            except (OSError, SyntaxError, ValueError, EOFError) as error:
                raise BadRequest(f"The picture is damaged: {error}.") from None
            yield (moment if count > 1 and len(paths) == 1 else None), pixels
            moment += Fraction(int(image.info.get("duration") or 100), 1000)
            if moment > max_seconds:
                return


def _film_pictures(container: InputContainer, max_seconds: float) -> Iterator[tuple[Fraction, Pixels]]:
    stream, first, fit = container.streams.video[0], None, None
    for frame in _decoded(container, stream):
        moment = Fraction(frame.pts or 0) * (frame.time_base or Fraction(1))
        first = moment if first is None else first
        if moment - first > max_seconds:
            return
        fit = fit or Fit(frame.width // 2 * 2, frame.height // 2 * 2)
        yield moment - first, np.asarray(fit(frame).to_ndarray(format="rgb24"), dtype=np.uint8)


TASKS: dict[str, Callable[..., dict[str, Any]]] = {"probe": probe, "picture": picture, "sound": sound, "film": film, "reel": reel}
