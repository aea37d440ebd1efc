"""The film's sound: dialogue, music and effects laid on frames, music and tones ducked under speech, mastered for the web.

Everything is computed in blocks, so that two hours take no more memory than two minutes. A player in the browser does the same with gain
nodes: `duck_envelope` is plain data, and an item's gain is a constant times linear fades.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from generation.contract import SAMPLE_RATE, BadRequest, Rate, Samples
from generation.media.limiter import CONTEXT, limit
from generation.media.loudness import SILENCE, Meter, gated_loudness, loudest
from generation.media.sound import count_samples, read_blocks

Kind = Literal["dialogue", "music", "tone", "effect"]
BLOCK = 10 * SAMPLE_RATE
MASTER_LUFS, CEILING_DBTP = -16.0, -1.0
MAX_GAIN_DB = 30.0  # a film of nothing but room tone is not blown up beyond this
LOOK_AHEAD, HOLD, RELEASE = 0.25, 0.15, 0.9  # seconds
DUCK_DB: dict[Kind, float] = {"music": -9.0, "tone": -4.0}
_GRAIN = SAMPLE_RATE // 50
_CENTRE = np.float32(np.sqrt(0.5))  # a mono sound in both speakers is as loud as it was


class MixItem(BaseModel):
    """One sound on the timeline; positions in frames. `offset` frames of the file are skipped. Fades are linear, inside the length.

    Where the file ends before `length`, silence follows; a length of None is to the file's end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    kind: Kind
    path: Path | None = None
    samples: Any = None  # instead of a path: float32 (samples, 1 or 2) at 48 kHz
    start: int = Field(0, ge=0)
    offset: int = Field(0, ge=0)
    length: int | None = Field(None, ge=0)
    gain_db: float = Field(0.0, ge=-120, le=24)
    fade_in: int = Field(0, ge=0)
    fade_out: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _one_source(self) -> MixItem:
        if (self.path is None) == (self.samples is None):
            raise ValueError("a sound is given as a path or as samples, one of them")
        if self.samples is not None and (not isinstance(self.samples, np.ndarray) or self.samples.ndim != 2 or self.samples.shape[1] not in (1, 2)):
            raise ValueError("samples are an array (samples, 1 or 2)")
        return self


class MixPlan(BaseModel):
    """A whole cut's sound. `frames` at `rate` decide the exact length. `lufs` of None leaves the level as it is (true peaks still limited)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frames: int = Field(ge=0)
    rate: Rate = Rate()
    items: tuple[MixItem, ...] = ()
    lufs: float | None = MASTER_LUFS
    ceiling_dbtp: float = CEILING_DBTP

    @property
    def samples(self) -> int:
        return self.rate.samples(self.frames)


@dataclass(frozen=True)
class Stems:
    """Stereo, all of one length. The stems carry the master's gain: `full` is `dialogue + music + effects` limited, and the very sum
    wherever the limiter had nothing to do. Tones are among the effects."""

    dialogue: Samples
    music: Samples
    effects: Samples
    full: Samples


def duck_envelope(intervals: Iterable[tuple[float, float]], total_seconds: float, depth_db: float = DUCK_DB["music"]) -> list[tuple[float, float]]:
    """Breakpoints (second, linear gain) of what lies under speech in `intervals`; gain is linear in time between them, constant outside.

    It begins to fall `LOOK_AHEAD` before a line, is down when the line begins, stays `HOLD` after it and is back after `RELEASE` more.
    Lines closer than that are one. In a browser: `setValueAtTime` for the first, `linearRampToValueAtTime` for the others.
    """
    low = float(10 ** (depth_db / 20))
    merged: list[list[float]] = []
    for start, end in sorted((max(0.0, a), min(b, total_seconds)) for a, b in intervals):
        if end <= start:
            continue
        if merged and start - LOOK_AHEAD <= merged[-1][1] + HOLD + RELEASE:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    points: list[tuple[float, float]] = [(0.0, 1.0)]
    for start, end in merged:
        fall = start - LOOK_AHEAD
        if fall > 0:
            points += [(fall, 1.0), (start, low)]
        else:
            points = [(0.0, low)]
        points += [(end + HOLD, low), (end + HOLD + RELEASE, 1.0)]
    return points


def speech_intervals(plan: MixPlan) -> list[tuple[float, float]]:
    """Seconds in which a line is heard."""
    seconds = plan.rate.seconds
    return [(seconds(i.start), seconds(i.start + _frames(i, plan))) for i in plan.items if i.kind == "dialogue"]


def mix(plan: MixPlan) -> Stems:
    """The whole mix at once: for films that fit in memory (about 1.5 MB a second). Longer ones: `mix_blocks`."""
    blocks = list(mix_blocks(plan))
    if not blocks:
        empty = np.zeros((0, 2), dtype=np.float32)
        return Stems(empty, empty, empty, empty)
    return Stems(*(np.concatenate([getattr(b, name) for b in blocks]) for name in ("dialogue", "music", "effects", "full")))


def mix_blocks(plan: MixPlan) -> Iterator[Stems]:
    """The mix in order, in blocks of ten seconds, together exactly `plan.samples` long, integrated loudness within 0.3 LU of `plan.lufs`.

    The sounds are read three times: to measure, to try, to deliver. Raises `BadRequest` for a file that is missing or no sound.
    """
    gain = _master_gain(plan)
    yield from _mastered(plan, gain)


def _master_gain(plan: MixPlan) -> float:
    """The gain that brings the limited mix to the loudness wanted: foreseen from one reading, corrected by a second."""
    if plan.lufs is None:
        return 1.0
    meter, peaks = Meter(2, peaks=False), [np.zeros(0, dtype=np.float32)]
    for parts in _stems(plan):
        block = _sum(parts)
        meter.feed(block)
        peaks.append(np.maximum.reduceat(loudest(block), np.arange(0, len(block), _GRAIN)))
    now = meter.integrated()
    if now <= SILENCE:
        return 1.0
    gain_db = min(_foresee(meter.hops(), np.concatenate(peaks), plan, now), MAX_GAIN_DB)
    if float(np.concatenate(peaks).max()) * 10 ** (gain_db / 20) < 0.5 * 10 ** (plan.ceiling_dbtp / 20):
        return float(10 ** (gain_db / 20))  # nothing comes near the limiter: the figure is exact
    before: tuple[float, float] | None = None
    for _ in range(5):  # once is enough but for a mix that the limiter holds down nearly all the time
        meter = Meter(2, peaks=False)
        for stems in _mastered(plan, float(10 ** (gain_db / 20))):
            meter.feed(stems.full)
        reached = meter.integrated()
        missing = plan.lufs - reached
        if abs(missing) < 0.05 or gain_db + missing > MAX_GAIN_DB:
            break
        yielded = (reached - before[1]) / (gain_db - before[0]) if before and gain_db != before[0] else 1.0
        before = (gain_db, reached)
        gain_db += missing / float(np.clip(yielded, 0.2, 1.0))
        if abs(missing) < 0.12:
            break
    return float(10 ** (gain_db / 20))


def _foresee(hops: NDArray[np.float64], peaks: NDArray[np.float32], plan: MixPlan, now: float) -> float:
    """The gain in dB after which, with what the limiter will take away, the loudness is right: by halving, on 20 ms grains."""
    assert plan.lufs is not None
    low, high = plan.lufs - now, plan.lufs - now + 9.0
    count = min(len(hops), len(peaks) // 5)
    if count < 4:
        return low
    ceiling = 10 ** (plan.ceiling_dbtp / 20)
    for _ in range(14):
        middle = (low + high) / 2
        gain = np.minimum(1.0, ceiling / np.maximum(peaks[: count * 5] * 10 ** (middle / 20), 1e-9))
        gain = uniform_filter1d(minimum_filter1d(gain, 5), 5)
        after = gated_loudness(hops[:count] * np.square(gain).reshape(-1, 5).mean(axis=1)) + middle
        low, high = (middle, high) if after < plan.lufs else (low, middle)
    return (low + high) / 2


def _mastered(plan: MixPlan, gain: float) -> Iterator[Stems]:
    """Stems with the gain and their limited sum. A block is limited together with its neighbours' edges."""
    before = np.zeros((0, 2), dtype=np.float32)
    pending: list[tuple[Samples, Samples, Samples]] = []
    scaled = (tuple(np.asarray(p * np.float32(gain), dtype=np.float32) for p in parts) for parts in _stems(plan))
    for parts in itertools.chain(scaled, [None]):
        if parts is not None:
            pending.append((parts[0], parts[1], parts[2]))
            if len(pending) < 2:
                continue
        if not pending:
            return
        current = _sum(pending[0])
        after = _sum(pending[1])[:CONTEXT] if len(pending) > 1 else current[:0]
        limited = limit(np.concatenate([before, current, after]), plan.ceiling_dbtp)[len(before) : len(before) + len(current)]
        before = np.concatenate([before, current])[-CONTEXT:]
        yield Stems(*pending.pop(0), limited)


def _sum(parts: tuple[Samples, Samples, Samples]) -> Samples:
    return np.asarray(parts[0] + parts[1] + parts[2], dtype=np.float32)


def _stems(plan: MixPlan) -> Iterator[tuple[Samples, Samples, Samples]]:
    """Dialogue, music and effects before mastering, block by block; a sound is open only while it is heard."""
    total = plan.samples
    speech = speech_intervals(plan)
    ducks = {kind: np.array(duck_envelope(speech, plan.rate.seconds(plan.frames), depth)) for kind, depth in DUCK_DB.items()}
    waiting = sorted(plan.items, key=lambda i: i.start)
    playing: list[_Playing] = []
    for start in range(0, total, BLOCK):
        size = min(BLOCK, total - start)
        while waiting and plan.rate.samples(waiting[0].start) < start + size:
            playing.append(_Playing(waiting.pop(0), plan))
        out = {kind: np.zeros((size, 2), dtype=np.float32) for kind in ("dialogue", "music", "effect")}
        for voice in playing:
            stem = out["effect" if voice.item.kind == "tone" else voice.item.kind]
            voice.add_to(stem, start, ducks.get(voice.item.kind))
        for voice in [p for p in playing if p.end <= start + size]:
            voice.close()
            playing.remove(voice)
        yield out["dialogue"], out["music"], out["effect"]


class _Playing:
    """One item while it sounds: reads on from where it was, never back."""

    def __init__(self, item: MixItem, plan: MixPlan) -> None:
        self.item = item
        self.begin = plan.rate.samples(item.start)
        self.end = min(plan.samples, plan.rate.samples(item.start + _frames(item, plan)))
        self._fade_in = plan.rate.samples(item.fade_in)
        self._fade_out = plan.rate.samples(item.fade_out)
        self._gain = np.float32(10 ** (item.gain_db / 20))
        self._blocks: Iterator[Samples] = iter([item.samples]) if item.path is None else read_blocks(item.path)
        self._rest = np.zeros((0, 2), dtype=np.float32)
        self._skip = plan.rate.samples(item.offset)

    def add_to(self, stem: Samples, start: int, duck: NDArray[np.float64] | None) -> None:
        first, last = max(self.begin, start), min(self.end, start + len(stem))
        if last <= first:
            return
        sound = self._read(last - first)
        at = np.arange(first, first + len(sound))
        gain = np.full(len(sound), self._gain, dtype=np.float32)
        if self._fade_in and first < self.begin + self._fade_in:
            gain *= np.clip((at - self.begin) / self._fade_in, 0, 1).astype(np.float32)
        if self._fade_out and last > self.end - self._fade_out:
            gain *= np.clip((self.end - at) / self._fade_out, 0, 1).astype(np.float32)
        if duck is not None:
            gain *= np.interp(at / SAMPLE_RATE, duck[:, 0], duck[:, 1]).astype(np.float32)
        stem[first - start : first - start + len(sound)] += sound * gain[:, None]

    def _read(self, count: int) -> Samples:
        parts, have = [self._rest], len(self._rest)
        while have < count + self._skip:
            block = next(self._blocks, None)
            if block is None:
                break
            stereo = np.repeat(block * _CENTRE, 2, axis=1) if block.shape[1] == 1 else block
            dropped = min(self._skip, len(stereo))
            self._skip -= dropped
            parts.append(np.asarray(stereo[dropped:], dtype=np.float32))
            have += len(stereo) - dropped
        joined = np.concatenate(parts)
        self._rest = joined[count:]
        return joined[:count]

    def close(self) -> None:
        if hasattr(self._blocks, "close"):
            self._blocks.close()


def _frames(item: MixItem, plan: MixPlan) -> int:
    """How many frames the item lasts, up to the plan's end; a file's last frame may be part silence."""
    room = max(0, plan.frames - item.start)
    if item.length is not None:
        return min(item.length, room)
    count = count_samples(item.path) if item.path is not None else len(item.samples)
    return min(room, max(0, -(-count * plan.rate.num // (SAMPLE_RATE * plan.rate.den)) - item.offset))


def check(plan: MixPlan) -> None:
    """Raises `BadRequest`, naming them, if sounds of the plan are not there: before a long export, not in the middle of it."""
    missing = sorted({i.path.name for i in plan.items if i.path is not None and not i.path.is_file()})
    if missing:
        raise BadRequest(f"{len(missing)} sound(s) of this cut are missing: {', '.join(missing[:5])}. Make them again, then export.")
