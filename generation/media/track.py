"""The film's sound as AAC-LC: one continuous encode to an exact number of samples, and its packets again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream

from generation.contract import SAMPLE_RATE, Samples
from generation.media.sound import read_blocks
from generation.media.sources import FILES_ONLY

AAC_SETTINGS = {"b": "192000", "profile": "aac_low", "aac_coder": "fast"}
BLOCK = SAMPLE_RATE


def channels_of(sound: Path | Samples) -> int:
    return int(sound.shape[1]) if isinstance(sound, np.ndarray) else int(next(iter(read_blocks(sound))).shape[1])


def exact_blocks(sound: Path | Samples, samples: int) -> Iterator[Samples]:
    """The sound in blocks of about a second, `samples` in all: cut, or filled with silence."""
    parts = (sound[at : at + BLOCK] for at in range(0, len(sound), BLOCK)) if isinstance(sound, np.ndarray) else read_blocks(sound)
    left, channels = samples, 1
    for part in parts:
        channels = part.shape[1]
        if not left:
            return
        yield part[:left]
        left -= min(left, len(part))
    while left:
        size = min(left, BLOCK)
        yield np.zeros((size, channels), dtype=np.float32)
        left -= size


def encode_aac(sound: Path | Samples, samples: int, path: Path, check: Callable[[], None]) -> None:
    """AAC-LC, 192 kbit/s, 48 kHz, in an MP4 of its own. `check` is called about once a second of sound and may raise to stop."""
    layout = {1: "mono", 2: "stereo"}[channels_of(sound)]
    with av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout=layout, options=dict(AAC_SETTINGS))
        assert isinstance(stream, AudioStream)
        at = 0
        for block in exact_blocks(sound, samples):
            check()
            planes = np.ascontiguousarray(np.clip(block, -1, 1).T, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
            container.mux(stream.encode(frame))
            at += len(block)
        container.mux(stream.encode(None))


def open_track(path: Path) -> av.container.InputContainer:
    return av.open(str(path), container_options=dict(FILES_ONLY))
