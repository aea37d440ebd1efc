"""Pictures of H.264 cut into their slices (ITU-T H.264, sections 7.3 and 7.4), so that a band of rows is coded again and the rest stays as it is.

In a stream of key pictures alone nothing is predicted from another picture, nor from another slice of the same one: a slice whose pixels change
changes no other. (The deblocking filter at its edges does look across, after everything is predicted: three rows on either side.) Only what our
own encoder writes is understood: progressive, CABAC, I slices that begin a row. Whatever else comes raises `Uncuttable`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

IDR, SPS, PPS = 5, 7, 8
_HEAD = 24  # bytes in which a slice's header ends
_ZEROS = re.compile(rb"\x00\x00(?=[\x00-\x03])")


class Uncuttable(Exception):
    """These pictures are coded in a way that is not understood here, or in one slice each."""


class Bits:
    """Reads the codes of section 9.1 from the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self._bits = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}"
        self.at = 0

    def u(self, count: int) -> int:
        if self.at + count > len(self._bits):
            raise Uncuttable("a header ends too early")
        self.at += count
        return int(self._bits[self.at - count : self.at] or "0", 2)

    def ue(self) -> int:
        one = self._bits.find("1", self.at)
        zeros = one - self.at
        if one < 0 or zeros > 32:
            raise Uncuttable("a header is damaged")
        self.at = one
        return self.u(zeros + 1) - 1

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def ue(value: int) -> str:
    code = f"{value + 1:b}"
    return "0" * (len(code) - 1) + code


def se(value: int) -> str:
    return ue(2 * value - 1 if value > 0 else -2 * value)


def unescaped(data: bytes) -> bytes:
    return data.replace(b"\0\0\3", b"\0\0")


def escaped(data: bytes) -> bytes:
    return _ZEROS.sub(b"\0\0\3", data)


@dataclass(frozen=True)
class Form:
    """What the parameter sets say that a slice's header hangs on. `columns` and `rows` are macroblocks of 16 × 16 pixels."""

    columns: int
    rows: int
    number_bits: int
    order_bits: int  # of the picture's order; 0 where none is written
    pps: bytes


@dataclass(frozen=True)
class Head:
    """The header of an I slice of an IDR picture."""

    first: int  # macroblock
    kind: int
    pps_id: int
    number: int
    idr: int
    order: int
    marking: int  # two bits
    quality: int  # offset of the quantiser
    deblock: tuple[int, ...]
    bits: int = 0  # its length


@dataclass(frozen=True)
class Slice:
    row: int
    nal: bytes


def form(sps: bytes, pps: bytes) -> Form:
    """From the two parameter sets as they lie in a stream, their first bytes included. Raises `Uncuttable`."""
    bits = Bits(unescaped(sps[1:]))
    profile = bits.u(8)
    bits.u(16)
    bits.ue()
    if profile == 100 and (bits.ue(), bits.ue(), bits.ue(), bits.u(1), bits.u(1)) != (1, 0, 0, 0, 0):
        raise Uncuttable("the samples are not 8 bits of 4:2:0, or have scaling lists")
    if profile not in (66, 77, 100):
        raise Uncuttable(f"the profile is {profile}")
    number_bits = bits.ue() + 4
    order = bits.ue()
    if order == 1:
        raise Uncuttable("the order of pictures is counted in cycles")
    order_bits = bits.ue() + 4 if order == 0 else 0
    bits.ue()
    bits.u(1)
    columns, rows = bits.ue() + 1, bits.ue() + 1
    if not bits.u(1):
        raise Uncuttable("the pictures are interlaced")
    _check(Bits(unescaped(pps[1:])))
    return Form(columns, rows, number_bits, order_bits, pps)


def _check(bits: Bits) -> None:
    """Of the picture parameter set: CABAC, one slice group, and the deblocking filter told in each slice."""
    bits.ue()
    bits.ue()
    cabac, fields, groups = bits.u(1), bits.u(1), bits.ue()
    bits.ue()
    bits.ue()
    bits.u(3)
    bits.se()
    bits.se()
    bits.se()
    control, _, redundant = bits.u(1), bits.u(1), bits.u(1)
    if (cabac, fields, groups, control, redundant) != (1, 0, 0, 1, 0):
        raise Uncuttable("the slices are not coded by CABAC with a deblocking filter of their own")


def read_head(nal: bytes, form: Form) -> Head:
    bits = Bits(unescaped(nal[1 : 1 + _HEAD]))
    first, kind, pps_id, number, idr = bits.ue(), bits.ue(), bits.ue(), bits.u(form.number_bits), bits.ue()
    order = bits.u(form.order_bits)
    marking, quality = bits.u(2), bits.se()
    off = bits.ue()
    deblock = (off,) if off == 1 else (off, bits.se(), bits.se())
    if kind not in (2, 7):
        raise Uncuttable("a slice is predicted from other pictures")
    return Head(first, kind, pps_id, number, idr, order, marking, quality, deblock, bits.at)


def with_head(nal: bytes, old: Head, new: Head, form: Form) -> bytes:
    """The slice with another header, in the way of `form`. What follows the header begins at a whole byte in CABAC and stays as it is."""
    body = unescaped(nal[1:])[(old.bits + 7) // 8 :]
    text = ue(new.first) + ue(new.kind) + ue(new.pps_id) + f"{new.number:0{form.number_bits}b}" + ue(new.idr)
    if form.order_bits:
        text += f"{new.order:0{form.order_bits}b}"
    text += f"{new.marking:02b}" + se(new.quality) + ue(new.deblock[0]) + "".join(se(offset) for offset in new.deblock[1:])
    text += "1" * (-len(text) % 8)
    return nal[:1] + escaped(int(text, 2).to_bytes(len(text) // 8, "big") + body)


def slices(sample: bytes, form: Form) -> list[Slice]:
    """The slices of a picture as MP4 keeps it: four bytes of length before each part. Raises `Uncuttable` unless each begins a row of its own."""
    found: list[Slice] = []
    at = 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + 4], "big")
        nal = sample[at + 4 : at + 4 + size]
        at += 4 + size
        if at > len(sample) or not nal:
            raise Uncuttable("a picture is damaged")
        if nal[0] & 31 == IDR:
            row, column = divmod(Bits(unescaped(nal[1:9])).ue(), form.columns)
            if column or (row <= found[-1].row if found else row):
                raise Uncuttable("a slice does not begin a row")
            found.append(Slice(row, nal))
        elif nal[0] & 31 in (1, 2, 3, 4):
            raise Uncuttable("not every picture is a key picture")
    if len(found) < 2:
        raise Uncuttable("the picture is one slice")
    return found


def joined(nals: list[bytes]) -> bytes:
    """A picture as MP4 keeps it."""
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)


def parts(stream: bytes) -> list[bytes]:
    """What lies between the start codes of a byte stream (annex B)."""
    return [part.rstrip(b"\0") for part in stream.split(b"\0\0\1") if part.strip(b"\0")]


def starting(nals: list[bytes]) -> bytes:
    """The same in a byte stream."""
    return b"".join(b"\0\0\0\1" + nal for nal in nals)


def moved(piece: Slice, rows: int, old: Form, new: Form) -> bytes:
    """A slice of one stream as the slice `rows` further up of a lower picture."""
    head = read_head(piece.nal, old)
    return with_head(piece.nal, head, replace(head, first=head.first - rows * old.columns), new)


def in_place_of(nal: bytes, replaced: Slice, mine: Form, theirs: Form) -> bytes:
    """The one slice of a band's own picture as part of the picture that `replaced` is from, beginning where that one does."""
    head = read_head(nal, mine)
    fresh = with_head(nal, head, replace(read_head(replaced.nal, theirs), kind=head.kind, quality=head.quality), theirs)
    return replaced.nal[:1] + fresh[1:]
