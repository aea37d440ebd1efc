"""A band of rows of a key picture, decoded, drawn into and coded again, while the slices above and below stay byte for byte as they are."""

from __future__ import annotations

from collections.abc import Callable

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from generation.contract import Rate
from generation.media.encode import band_options, tag_bt709
from generation.media.slices import IDR, PPS, SPS, Form, Slice, Uncuttable, form, in_place_of, joined, moved, parts, slices, starting


class _Band:
    """Decoder and encoder of pictures that are so many rows of macroblocks high."""

    def __init__(self, width: int, rows: int, rate: Rate, whole: Form) -> None:
        self._base = 1 / rate.fps
        self._number = 0
        self.encoder = VideoCodecContext.create("libx264", "w")
        assert isinstance(self.encoder, VideoCodecContext)
        self.encoder.width, self.encoder.height, self.encoder.pix_fmt = width, 16 * rows, "yuv420p"
        self.encoder.time_base, self.encoder.framerate = self._base, rate.fps
        self.encoder.options = band_options()
        self.encoder.flags |= av.codec.context.Flags.global_header
        self.encoder.open()
        sets = {part[0] & 31: part for part in parts(bytes(self.encoder.extradata or b""))}
        self.form = form(sets[SPS], sets[PPS])
        if self.form.pps != whole.pps or self.form.columns != whole.columns:
            raise Uncuttable("the pictures were encoded with other settings")
        self.decoder = VideoCodecContext.create("h264", "r")
        assert isinstance(self.decoder, VideoCodecContext)
        self.decoder.thread_type, self.decoder.thread_count = "NONE", 1
        self.decoder.flags |= av.codec.context.Flags.low_delay
        self.decoder.extradata = starting([sets[SPS], sets[PPS]])

    def decode(self, pieces: list[bytes]) -> VideoFrame:
        packet = av.Packet(starting(pieces))
        packet.pts = packet.dts = self._number
        frames = self.decoder.decode(packet)
        if len(frames) != 1:
            raise Uncuttable("the decoder holds pictures back")
        return frames[0]

    def encode(self, frame: VideoFrame) -> bytes:
        frame = tag_bt709(frame)
        frame.pts, frame.time_base, frame.pict_type = self._number, self._base, 0
        self._number += 1
        packets = self.encoder.encode(frame)
        coded = [part for packet in packets for part in parts(bytes(packet)) if part[0] & 31 == IDR]
        if len(coded) != 1:
            raise Uncuttable("the encoder holds pictures back, or cuts them")
        return coded[0]


class Bands:
    """For the pictures of one rendition, one after another. Raises `Uncuttable` where they were not made for this."""

    def __init__(self, avcc: bytes, width: int, rate: Rate) -> None:
        size = int.from_bytes(avcc[6:8], "big")
        sps, pps = avcc[8 : 8 + size], avcc[8 + size + 3 :]
        self.form = form(sps, pps[: int.from_bytes(avcc[8 + size + 1 : 8 + size + 3], "big")])
        self._width, self._rate = width, rate
        self._bands: dict[int, _Band] = {}

    def redraw(self, sample: bytes, top: int, bottom: int, draw: Callable[[VideoFrame, int], None]) -> bytes:
        """The picture with rows of pixels `top` … `bottom` − 1 drawn into: `draw(band, its first row)` changes the band in place."""
        found = slices(sample, self.form)
        ends = [piece.row for piece in found[1:]] + [self.form.rows]
        inside = [number for number, piece in enumerate(found) if 16 * ends[number] > top and 16 * piece.row < bottom]
        first, last = inside[0], inside[-1]
        row, rows = found[first].row, ends[last] - found[first].row
        if rows == self.form.rows:
            raise Uncuttable("the band is the whole picture")
        band = self._band(rows)
        frame = band.decode([moved(piece, row, self.form, band.form) for piece in found[first : last + 1]])
        draw(frame, 16 * row)
        fresh = in_place_of(band.encode(frame), found[first], band.form, self.form)
        return joined([*_nals(found[:first]), fresh, *_nals(found[last + 1 :])])

    def _band(self, rows: int) -> _Band:
        if rows not in self._bands:
            self._bands[rows] = _Band(self._width, rows, self._rate, self.form)
        return self._bands[rows]


def _nals(pieces: list[Slice]) -> list[bytes]:
    return [piece.nal for piece in pieces]
