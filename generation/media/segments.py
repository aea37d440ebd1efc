"""Where in a rendition each frame lies, so that a player can fetch exactly the frames it shows.

Boxes are those of ISO/IEC 14496-12 (MP4) and 14496-15 (avcC).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydantic import Field

from generation.contract import Failure, Frozen


class SegmentIndex(Frozen):
    """`frags[n]` is the first byte of frame n's fragment (moof + mdat) and `frags[n + 1]` the byte after its last; `frags[0]` is
    also the length of the initialisation segment. Takes with equal `init_id` share one initialisation segment."""

    codec: str  # for MSE: "avc1.640020"
    init: int = Field(ge=1)  # bytes
    init_id: str  # CRC-32 of the initialisation segment, 8 hexadecimal digits
    timescale: int = Field(ge=1)
    ticks: int = Field(ge=1)  # one frame's length in the timescale
    frames: int = Field(ge=1)
    frags: tuple[int, ...]


def boxes(handle: BinaryIO, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(kind, first byte of the box, first byte of its content, byte after it) of each box from where `handle` stands up to `end`."""
    at = handle.tell()
    while at + 8 <= end:
        handle.seek(at)
        head = handle.read(16)
        size, kind, content = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, content = int.from_bytes(head[8:16], "big"), at + 16
        elif size == 0:
            size = end - at
        if size < content - at or at + size > end:
            raise Failure(f"The picture file is damaged at byte {at}. Make the rendition again.")
        yield kind, at, content, at + size
        at += size


def _find(data: bytes, kind: bytes, start: int = 0) -> int:
    """First byte of the content of the first `kind` box in a header of known, small shape."""
    at = data.find(kind, start)
    if at < 0:
        raise Failure(f"The picture file has no {kind.decode()} box. Make the rendition again.")
    return at + 4


def _number(data: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(data[at : at + size], "big")


def codec_string(avcc: bytes) -> str:
    """RFC 6381 name of an H.264 stream from its avcC record. The constraint bits are left out: x264 marks all-intra streams there, which
    says nothing a High profile decoder needs, and some players refuse what they do not know."""
    return f"avc1.{avcc[1]:02x}00{avcc[3]:02x}"


def read_index(path: Path) -> SegmentIndex:
    """The index of a rendition made by `RenditionFile`, or of a run of frames out of one. Raises `Failure` unless every fragment holds exactly one
    frame, in order and without a gap."""
    size = path.stat().st_size
    starts: list[int] = []
    with path.open("rb") as handle:
        first, last, tick, end = 0, 0, 0, 0
        for kind, at, content, after in boxes(handle, size):
            if kind == b"moof":
                handle.seek(content)
                moof = handle.read(after - content)
                base = _find(moof, b"tfdt")
                run = _find(moof, b"trun")
                if moof[base] != 1 or _number(moof, run + 4) != 1:
                    raise Failure("The rendition is not in one-frame fragments. Make it again.")
                time = _number(moof, base + 4, 8)
                if not starts:
                    first = time
                if len(starts) == 1:
                    tick = time - first
                if starts and time - last != tick:
                    raise Failure(f"The rendition has a gap before frame {len(starts)}. Make it again.")
                last = time
                starts.append(at)
            elif kind == b"mdat":
                end = after
        if not starts:
            raise Failure("The rendition has no frames. Make it again.")
        handle.seek(0)
        init = handle.read(starts[0])
    mdhd = _find(init, b"mdhd")
    scale = _number(init, mdhd + (20 if init[mdhd] == 1 else 12))
    avcc = _find(init, b"avcC")
    return SegmentIndex(
        codec=codec_string(init[avcc : avcc + 4]),
        init=len(init),
        init_id=f"{zlib.crc32(init):08x}",
        timescale=scale,
        ticks=tick or _only_duration(path, starts[0]),
        frames=len(starts),
        frags=(*starts, end),
    )


def fragment(old: bytes, sample: bytes | None = None, time: int | None = None) -> bytes:
    """A one-frame fragment (moof + mdat) with another picture in it, or at another time in ticks."""
    out = bytearray(old)
    if time is not None:
        at = _find(old, b"tfdt") + 4
        out[at : at + 8] = time.to_bytes(8, "big")
    if sample is None:
        return bytes(out)
    header, run, data = _find(old, b"tfhd"), _find(old, b"trun"), _find(old, b"mdat")
    size = len(sample).to_bytes(4, "big")
    flags = _number(old, header) & 0xFFFFFF
    if flags & 0x10:
        at = header + 8 + 8 * bool(flags & 0x01) + 4 * bool(flags & 0x02) + 4 * bool(flags & 0x08)
        out[at : at + 4] = size
    flags = _number(old, run) & 0xFFFFFF
    if flags & 0x200:
        at = run + 8 + 4 * bool(flags & 0x01) + 4 * bool(flags & 0x04) + 4 * bool(flags & 0x100)
        out[at : at + 4] = size
    out[data - 8 : data - 4] = (len(sample) + 8).to_bytes(4, "big")
    return bytes(out[:data]) + sample


def picture_size(head: bytes) -> tuple[int, int]:
    """(width, height) in pixels, from an initialisation segment."""
    entry = _find(head, b"avc1") + 24
    return _number(head, entry, 2), _number(head, entry + 2, 2)


def parameters(head: bytes) -> bytes:
    """The avcC record, from an initialisation segment."""
    content = _find(head, b"avcC")
    return head[content : content - 8 + _number(head, content - 8)]


def picture(fragment: bytes) -> bytes:
    """The coded picture in a one-frame fragment."""
    return fragment[_find(fragment, b"mdat") :]


def _only_duration(path: Path, at: int) -> int:
    """The length of the only frame of a one-frame rendition, from its tfhd's default or its trun."""
    with path.open("rb") as handle:
        handle.seek(at)
        moof = handle.read(256)
    header = _find(moof, b"tfhd")
    flags = _number(moof, header) & 0xFFFFFF
    if flags & 0x08:
        return _number(moof, header + 8 + 8 * bool(flags & 0x01) + 4 * bool(flags & 0x02))
    run = _find(moof, b"trun")
    flags = _number(moof, run) & 0xFFFFFF
    if flags & 0x100:
        return _number(moof, run + 8 + 4 * bool(flags & 0x01) + 4 * bool(flags & 0x04))
    raise Failure("The rendition does not say how long its frame is. Make it again.")
