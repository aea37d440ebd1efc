"""Speech made faster without a higher voice, so that a line fits the time its shot gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np

from generation.contract import SAMPLE_RATE, Samples, Word
from generation.media import limiter

MAX_HURRY = 1.35  # times; beyond that words run into each other
SHORTEST = 0.05  # seconds; what is shorter is left alone
CEILING_DBTP = -1.0
_PAD = SAMPLE_RATE // 10  # silence round the sound, samples: FFmpeg's filter swallows half a window (about 20 ms) at the start


@dataclass(frozen=True)
class Fitted:
    """A line as it is kept. `hurry` is how many times faster than the voice had it; 1.0 where it was left alone."""

    samples: Samples
    words: tuple[Word, ...]
    hurry: float = 1.0
    notes: tuple[str, ...] = ()


def fitted(samples: Samples, words: Sequence[Word], within: float | None) -> Fitted:
    """The line (n, channels at 48 kHz) in `within` seconds, hurried by `MAX_HURRY` at most: it may then still be longer, and says so. Words
    keep their places in it. The same samples give the same samples."""
    lasts = len(samples) / SAMPLE_RATE
    if within is None or lasts <= max(within, SHORTEST):
        return Fitted(samples, tuple(words))
    hurry = min(MAX_HURRY, lasts / max(within, SHORTEST))
    made: Samples = limiter.limit(faster(samples, hurry), CEILING_DBTP)
    said = f"Made {hurry:.2f} times faster than the voice spoke it, to fit the {within:.1f} s there are."
    over = len(made) / SAMPLE_RATE - within
    if over > 0.05:
        said = f"Made {hurry:.2f} times faster than the voice spoke it, which is the most; it is still {over:.1f} s longer than there is room for."
    moved = tuple(Word(text=word.text, start=round(word.start / hurry, 4), end=round(word.end / hurry, 4)) for word in words)
    return Fitted(made, moved, round(hurry, 4), (said,))


def faster(samples: Samples, tempo: float) -> Samples:
    """Samples (n, channels at 48 kHz) in n / `tempo` of their time, with their pitch: FFmpeg's atempo, which lays overlapping windows where
    they agree best. What was heard at t is heard within a few milliseconds of t / `tempo`."""
    channels = samples.shape[1]
    padded = np.pad(samples.astype(np.float32, copy=False), ((_PAD, _PAD), (0, 0)))
    made = _through_atempo(padded, tempo)
    wanted = round(len(samples) / tempo)
    swallowed = len(padded) / tempo - len(made)
    first = max(0, round(_PAD / tempo - swallowed))
    cut = made[first : first + wanted]
    return np.ascontiguousarray(np.pad(cut, ((0, wanted - len(cut)), (0, 0)))).reshape(-1, channels)


def _through_atempo(samples: Samples, tempo: float) -> Samples:
    layout = {1: "mono", 2: "stereo"}[samples.shape[1]]
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE, format="flt", layout=layout)
    stretch, sink = graph.add("atempo", f"{tempo:.6f}"), graph.add("abuffersink")
    source.link_to(stretch)
    stretch.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="flt", layout=layout)
    frame.sample_rate, frame.pts = SAMPLE_RATE, 0
    source.push(frame)
    source.push(None)
    parts: list[Samples] = []
    while True:
        try:
            heard = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            break
        parts.append(np.asarray(heard.to_ndarray(), np.float32).reshape(-1, samples.shape[1]))
    return np.concatenate(parts) if parts else samples[:0]
