"""Pictures into H.264: the master a take keeps for ever, and the all-intra rendition a browser plays.

Both are made by one x264 thread with fixed parameters, so the same frames give the same bytes, and every master of one
format has the same parameter sets: an export may copy whole GOPs from many masters into one stream.
Colour is BT.709, limited range, and says so in the bitstream and in the container.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.filter
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from pydantic import Field

from generation.contract import Failure, Format, Frozen, Pixels, Rate

GOP = 24
TIMESCALE = 120_000  # a whole number of ticks a frame at 24, 25, 30, 50, 60 and at all three NTSC rates
LIGHT_FROM = 360  # rows of a rendition from which on a lighter one is made beside it
SLICE_ROWS = 3  # macroblocks of 16 pixels
FRAGMENTS = "+empty_moov+default_base_moof+frag_every_frame+skip_trailer"
BT709 = 1  # primaries, transfer and matrix alike (ITU-T H.273); 1 is also "limited" among ranges


@lru_cache(maxsize=1)
def _repeatable() -> str:
    """x264's macroblock tree is not repeatable with AVX-512 (core 165: `mbtree_propagate_list`; the same frames differ from run to run as soon
    as two encoders share a process). Where the processor has AVX-512 it also has AVX2, which is asked for instead."""
    try:
        processor = Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""
    return ":asm=avx2" if "avx512f" in processor else ""


class MasterProfile(Frozen):
    """Changing a default changes the parameter sets of new masters: clips of older ones are then re-encoded at export, not copied."""

    crf: int = Field(16, ge=0, le=40)
    preset: str = "veryfast"

    def options(self) -> dict[str, str]:
        x264 = f"keyint={GOP}:min-keyint={GOP}:scenecut=0:open-gop=0:stitchable=1:force-cfr=1{_repeatable()}"
        return {"preset": self.preset, "crf": str(self.crf), "profile": "high", "threads": "1", "x264-params": x264}


class RenditionProfile(Frozen):
    """A project's one way of encoding for the browser. `width` and `height` (both or neither) fit every take into one size with bars,
    so that all takes share one initialisation segment whatever their own size is."""

    crf: int = Field(23, ge=0, le=40)
    preset: str = "veryfast"
    width: int | None = Field(None, ge=16, le=3840, multiple_of=2)
    height: int | None = Field(None, ge=16, le=2160, multiple_of=2)

    def options(self) -> dict[str, str]:
        x264 = f"keyint=1:bframes=0:scenecut=0:stitchable=1:force-cfr=1{_repeatable()}"
        return {"preset": self.preset, "crf": str(self.crf), "profile": "high", "threads": "1", "x264-params": x264}

    def size(self, picture: Format) -> tuple[int, int]:
        return (self.width, self.height) if self.width and self.height else (picture.width, picture.height)

    def lighter(self, picture: Format) -> RenditionProfile | None:
        """The same frames for a slow connection: half as wide and high, a tenth of the bytes. None where the picture is small already."""
        wide, high = self.size(picture)
        if high < LIGHT_FROM:
            return None
        return RenditionProfile(crf=min(40, self.crf + 5), preset=self.preset, width=max(16, wide // 4 * 2), height=high // 4 * 2)


def band_options() -> dict[str, str]:
    """For a part of a rendition's pictures that is coded again, with the same picture parameter set: a packet for every frame at once."""
    x264 = f"keyint=1:bframes=0:scenecut=0:stitchable=1:force-cfr=1:rc-lookahead=0:sync-lookahead=0:mbtree=0{_repeatable()}"
    return {"preset": "superfast", "crf": "22", "profile": "high", "threads": "1", "x264-params": x264}


def timescale(rate: Rate) -> int:
    """Ticks a second in which one frame at `rate` is a whole number of ticks; at least 10,000."""
    if TIMESCALE * rate.den % rate.num == 0:
        return TIMESCALE
    return rate.num * -(-10_000 // rate.num)


def ticks(rate: Rate) -> int:
    """The length of one frame in `timescale(rate)` ticks."""
    return timescale(rate) * rate.den // rate.num


def file_sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def tag_bt709(frame: VideoFrame) -> VideoFrame:
    frame.colorspace = frame.color_range = frame.color_primaries = frame.color_trc = BT709
    return frame


def rgb_frame(pixels: Pixels) -> VideoFrame:
    """A copy of `pixels` (RGB uint8, (h, w, 3)): the caller may use its buffer again at once."""
    return VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")


class ToYuv:
    """RGB24 frames to 4:2:0, BT.709 limited. Keeps its tables from frame to frame; not for two threads at once."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        out = self._reformatter.reformat(
            frame,
            format="yuv420p",
            src_color_range=ColorRange.JPEG,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            dst_color_primaries=ColorPrimaries.BT709,
            dst_color_trc=ColorTrc.BT709,
            interpolation=Interpolation.BICUBIC,
        )
        return tag_bt709(out)


class Shrink:
    """4:2:0 frames as `ToYuv` and `Fit` give them, at exactly width × height. Not for two threads at once."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._reformatter = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        return tag_bt709(self._reformatter.reformat(frame, width=self.width, height=self.height, interpolation=Interpolation.AREA))


class Fit:
    """Any decoded frame to 4:2:0 BT.709 limited at exactly width × height: its own pixel aspect and rotation respected, black bars around.

    Time stamps are not kept."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._graph: av.filter.Graph | None = None
        self._key: tuple[object, ...] = ()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        key = (frame.width, frame.height, frame.format.name, frame.rotation)
        if self._graph is None or key != self._key:
            self._graph, self._key = self._build(frame), key
        self._graph.vpush(frame)
        return tag_bt709(self._graph.vpull())

    def _build(self, frame: VideoFrame) -> av.filter.Graph:
        graph = av.filter.Graph()
        size = f"{self.width}:{self.height}"
        turns = {90: [("transpose", "cclock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "clock")]}.get(frame.rotation % 360, [])
        steps = [
            *turns,
            ("scale", "w='if(gt(sar,0),iw*sar,iw)':h=ih:flags=bicubic"),
            ("scale", f"{size}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bicubic:out_color_matrix=bt709:out_range=tv"),
            ("format", "yuv420p"),
            ("pad", f"{size}:floor((ow-iw)/4)*2:floor((oh-ih)/4)*2:black"),
            ("setsar", "1"),
            ("buffersink", ""),
        ]
        last = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, TIMESCALE))
        for name, arguments in steps:
            node = graph.add(name, arguments or None)
            last.link_to(node)
            last = node
        graph.configure()
        return graph


class _H264File:
    """An MP4 file that frames 0, 1, 2 … are written to; `close` returns when the file is whole. As a context manager it closes on
    success and, after an error, leaves the partial file to whoever owns the folder."""

    def __init__(self, path: Path, width: int, height: int, rate: Rate, options: dict[str, str], movflags: str) -> None:
        self.frames = 0
        self._tick = ticks(rate)
        self._base = Fraction(1, timescale(rate))
        settings = {"video_track_timescale": str(timescale(rate)), "fflags": "+bitexact"} | ({"movflags": movflags} if movflags else {})
        self._container = av.open(str(path), "w", format="mp4", options=settings)
        stream = self._container.add_stream("libx264", rate=rate.fps, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = self._base
        codec = stream.codec_context
        codec.time_base = 1 / rate.fps
        codec.colorspace = codec.color_range = codec.color_primaries = codec.color_trc = BT709
        self._stream = stream
        self._frame_base = 1 / rate.fps

    def write(self, frame: VideoFrame) -> None:
        """Encode one 4:2:0 frame; its own time stamps are not looked at and are overwritten."""
        frame.pts, frame.time_base, frame.pict_type = self.frames, self._frame_base, 0
        self.frames += 1
        self._mux(self._stream.encode(frame))

    def close(self) -> None:
        self._mux(self._stream.encode(None))
        self._container.close()

    def abandon(self) -> None:
        """Let go of the encoder without caring for the file."""
        try:
            self._container.close()
        except (OSError, av.error.FFmpegError):
            return  # the disk may be full: that is why it is being abandoned

    def _mux(self, packets: list[av.Packet[VideoStream]]) -> None:
        for packet in packets:
            assert packet.pts is not None and packet.dts is not None
            scale = packet.time_base / self._base
            packet.pts, packet.dts, packet.duration = round(packet.pts * scale), round(packet.dts * scale), self._tick
            packet.time_base = self._base
            self._container.mux_one(packet)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()


class MasterFile(_H264File):
    """H.264 High 4:2:0 in a faststart MP4: closed GOPs of exactly 24 frames, so that frame 24·k begins an independent run."""

    def __init__(self, path: Path, width: int, height: int, rate: Rate, profile: MasterProfile | None = None, *, faststart: bool = True) -> None:
        super().__init__(path, width, height, rate, (profile or MasterProfile()).options(), "+faststart" if faststart else "")


class RenditionFile(_H264File):
    """All-intra H.264 in a fragmented MP4 with one frame a fragment: any frame can be fetched and shown alone. Every 48 rows of pixels are a slice
    of their own, which costs 6 % in bytes, so that `bands` can draw into a part of a frame without encoding the rest again."""

    def __init__(self, path: Path, width: int, height: int, rate: Rate, profile: RenditionProfile | None = None) -> None:
        options = (profile or RenditionProfile()).options()
        options["x264-params"] += f":slice-max-mbs={SLICE_ROWS * -(-width // 16)}"
        super().__init__(path, width, height, rate, options, FRAGMENTS)


class MarkedFile(_H264File):
    """As a rendition, as fast as x264 can: made while somebody waits to see it, for one person, and thrown away."""

    def __init__(self, path: Path, width: int, height: int, rate: Rate) -> None:
        x264 = f"keyint=1:bframes=0:scenecut=0:stitchable=1:force-cfr=1{_repeatable()}"
        options = {"preset": "ultrafast", "crf": "22", "profile": "high", "threads": "1", "x264-params": x264}
        super().__init__(path, width, height, rate, options, FRAGMENTS)


def frame_number(pts: int | None, time_base: Fraction | None, rate: Rate) -> int:
    """Which frame a presentation time belongs to. Raises `Failure` for a packet or frame without a time."""
    if pts is None or time_base is None:
        raise Failure("The picture file has a frame without a time. Make the take again or upload it again.")
    return round(pts * time_base * rate.fps)
