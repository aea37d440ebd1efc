"""Sound files through FFmpeg's libraries: lossless FLAC out, any format in, exact to the sample."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import av
import numpy as np

from generation.contract import SAMPLE_RATE, BadRequest, Samples

MAX_SECONDS = 4 * 3600.0
_BLOCK = SAMPLE_RATE  # samples handed to the encoder at once


def write_flac(path: Path, sound: Samples | Iterable[Samples], channels: int | None = None) -> int:
    """24-bit FLAC at 48 kHz of one array or of blocks in order; beyond ±1 is clipped. Returns the samples written. Same samples, same bytes.

    `channels` is only needed for blocks that may be none at all.
    """
    blocks: Iterable[Samples] = [sound] if isinstance(sound, np.ndarray) else sound
    written = 0
    with av.open(str(path), "w", format="flac", options={"fflags": "+bitexact"}) as container:
        stream = None
        for block in blocks:
            if stream is None:
                stream = container.add_stream("flac", rate=SAMPLE_RATE, layout=_layout(block.shape[1]), format="s32")
            for start in range(0, len(block), _BLOCK):
                piece = block[start : start + _BLOCK]
                frame = av.AudioFrame.from_ndarray(_to_int(piece).reshape(1, -1), format="s32", layout=_layout(piece.shape[1]))
                frame.sample_rate, frame.pts = SAMPLE_RATE, written
                container.mux(stream.encode(frame))
                written += len(piece)
        if stream is None:
            stream = container.add_stream("flac", rate=SAMPLE_RATE, layout=_layout(channels or 1), format="s32")
        container.mux(stream.encode(None))
    return written


def read_sound(path: Path, max_seconds: float = MAX_SECONDS) -> Samples:
    """The whole first sound stream at 48 kHz with its own channels, at most two. Raises `BadRequest` for what is no sound or is too long."""
    limit = int(max_seconds * SAMPLE_RATE)
    parts, total = [], 0
    for block in read_blocks(path):
        total += len(block)
        if total > limit:
            raise BadRequest(f"“{Path(path).name}” is longer than {max_seconds:g} seconds. Cut it shorter and try again.")
        parts.append(block)
    if not parts:
        raise BadRequest(f"“{Path(path).name}” has no sound in it: it is zero seconds long.")
    return np.concatenate(parts)


def count_samples(path: Path) -> int:
    """How many samples at 48 kHz a file holds; quick where its header knows (FLAC, WAV), by decoding where it does not."""
    if path.suffix.lower() in (".flac", ".wav"):
        with contextlib.suppress(av.FFmpegError, IndexError), av.open(str(path)) as container:
            stream = container.streams.audio[0]
            if stream.duration and stream.time_base and stream.rate == SAMPLE_RATE:
                return int(stream.duration * stream.time_base * SAMPLE_RATE)
    return sum(len(b) for b in read_blocks(path))


def read_blocks(path: Path) -> Iterator[Samples]:
    """The first sound stream in blocks as they are decoded, at 48 kHz, one or two channels (more are mixed down to stereo)."""
    name = Path(path).name
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise BadRequest(f"“{name}” has no sound in it.")
            stream = container.streams.audio[0]
            channels = min(2, stream.codec_context.channels)
            if not channels:
                raise BadRequest(f"“{name}” could not be read as sound: there is nothing in it.")
            resampler = av.AudioResampler(format="flt", layout=_layout(channels), rate=SAMPLE_RATE)
            for frame in container.decode(stream):
                for out in resampler.resample(frame):
                    yield _from_frame(out, channels)
            for out in resampler.resample(None):
                yield _from_frame(out, channels)
    except (av.FFmpegError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise BadRequest(f"The sound file “{name}” is not there.") from error
        raise BadRequest(f"“{name}” could not be read as sound: {error}. Is it a sound file, and whole?") from error


def _layout(channels: int) -> str:
    return {1: "mono", 2: "stereo"}[channels]


def _from_frame(frame: av.AudioFrame, channels: int) -> Samples:
    return np.asarray(frame.to_ndarray().reshape(-1, channels), dtype=np.float32)


def _to_int(samples: Samples) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """24 bits in the upper part of 32, which is how FFmpeg's FLAC encoder wants them."""
    scaled = np.clip(np.rint(samples.astype(np.float64) * 8_388_608), -8_388_608, 8_388_607).astype(np.int32)
    return np.ascontiguousarray(scaled << 8)
