"""Reading H.264 masters by frame number: what is in one, its frames decoded, its packets copied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from generation.contract import Failure, Rate
from generation.media.encode import frame_number, ticks, timescale

FILES_ONLY = {"protocol_whitelist": "file"}


class Run(NamedTuple):
    """Frames `start` … `end` − 1 of a file."""

    path: Path
    start: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Master:
    """`parameters` is the avcC record (profile, level, SPS, PPS); `keys` are the frames an independent GOP begins at."""

    path: Path
    width: int
    height: int
    rate: Rate
    frames: int
    parameters: bytes
    keys: tuple[int, ...]

    def whole_gops(self, start: int, end: int) -> tuple[int, int]:
        """The longest run inside `start` … `end` that begins and ends on GOPs; both are `end` where there is none."""
        inside = [key for key in (*self.keys, self.frames) if start <= key <= end]
        return (inside[0], inside[-1]) if len(inside) > 1 else (end, end)


@contextmanager
def _opened(path: Path, *, decode: bool) -> Iterator[tuple[InputContainer, VideoStream]]:
    """`decode=False` keeps FFmpeg from decoding a first frame to look at: for the file's tables and packets alone, eight times as fast."""
    glance: Any = None if decode else [{"skip_frame": "all"}]  # PyAV's stubs say a list of strings; it takes one mapping a stream
    try:
        container = av.open(str(path), container_options=dict(FILES_ONLY), stream_options=glance)
    except FileNotFoundError as error:
        raise Failure(f"The picture file {path.name} is missing from the store. Make that take again, or restore the file from a backup.") from error
    except av.FFmpegError as error:
        raise Failure(f"The picture file {path.name} cannot be read: {error.strerror}. Make that take again.") from error
    with container:
        if not container.streams.video or container.streams.video[0].codec_context is None:
            raise Failure(f"The file {path.name} has no picture in it that can be read.")
        yield container, container.streams.video[0]


def examine(path: Path) -> Master:
    """Reads the file's tables only. Raises `Failure` for a file that is missing or is no picture file."""
    with _opened(path, decode=False) as (_, stream):
        context = stream.codec_context
        fps = stream.average_rate or 0
        index = stream.index_entries
        # In closed GOPs whatever comes before a key frame in the file is also shown before it: place in the file = frame number.
        keys = tuple(number for number, entry in enumerate(index) if entry.is_keyframe)
        return Master(
            path=path,
            width=context.width,
            height=context.height,
            rate=Rate(num=max(1, fps.numerator), den=max(1, fps.denominator)),
            frames=stream.frames,
            parameters=bytes(context.extradata or b""),
            keys=keys,
        )


def decode_run(run: Run, rate: Rate) -> Iterator[VideoFrame]:
    """Exactly the frames of the run, in order. Raises `Failure` if the file does not hold them all."""
    wanted = run.start
    with _opened(run.path, decode=True) as (container, stream):
        stream.thread_type, stream.codec_context.thread_count = "NONE", 1
        if run.start:
            container.seek(run.start * ticks(rate) * _scale(stream, rate), stream=stream)
        try:
            for frame in container.decode(stream):
                number = frame_number(frame.pts, frame.time_base, rate)
                if number < run.start:
                    continue
                if number != wanted:
                    break
                yield frame
                wanted += 1
                if wanted == run.end:
                    return
        except av.FFmpegError as error:
            raise Failure(f"The picture file {run.path.name} is damaged at frame {wanted}: {error.strerror}. Make that take again.") from error
    raise Failure(f"The picture file {run.path.name} has no frame {wanted}. Make that take again, or trim the clip.")


def _scale(stream: VideoStream, rate: Rate) -> int:
    """Stream ticks in a tick of our own scale. Files we wrote have the same; others are ingested before they come here."""
    if stream.time_base is None or stream.time_base.denominator % timescale(rate):
        raise Failure("A picture file keeps time in another scale than the project. Upload it again, so that it is brought to the project's rate.")
    return stream.time_base.denominator // timescale(rate) // stream.time_base.numerator


def copy_run(run: Run, rate: Rate, parameters: bytes) -> Iterator[tuple[av.Packet[VideoStream], int]]:
    """The packets of a run of whole GOPs as they lie in the file, each with its frame number from the run's start.

    Raises `Failure` if the file's parameter sets are not `parameters`, or unless every frame of the run comes exactly once.
    """
    with _opened(run.path, decode=False) as (container, stream):
        if bytes(stream.codec_context.extradata or b"") != parameters:
            raise Failure(f"The picture file {run.path.name} was encoded in another way than the film around it.")
        length = ticks(rate) * _scale(stream, rate)
        if run.start:
            container.seek(run.start * length, stream=stream)
        left = set(range(run.frames))
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            number = packet.pts // length - run.start
            if number not in left or (len(left) == run.frames and not packet.is_keyframe):
                raise Failure(f"The picture file {run.path.name} is not made of whole groups of frames at frame {run.start + number}.")
            left.remove(number)
            yield packet, number
            if not left:
                return
    raise Failure(f"The picture file {run.path.name} ends before frame {run.end}. Make that take again, or trim the clip.")
