"""A sound's outline for drawing: small enough to send with a page."""

from __future__ import annotations

import numpy as np

from generation.contract import SAMPLE_RATE, Samples

PER_SECOND = 100


def peaks(samples: Samples, per_second: int = PER_SECOND) -> bytes:
    """Pairs of int8 (lowest, highest; full scale is ±127) for each 1/`per_second` s over all channels, the last bucket perhaps short.

    In a browser: `new Int8Array(buffer)`, bucket i at 2i and 2i + 1. The outline never lies inside the sound: lows are rounded down, highs up.
    """
    size = SAMPLE_RATE // per_second
    buckets = -(-len(samples) // size)
    if not buckets:
        return b""
    padded = np.zeros((buckets * size, samples.shape[1]), dtype=np.float32)
    padded[: len(samples)] = samples
    shaped = padded.reshape(buckets, -1)
    pairs = np.stack([np.floor(shaped.min(axis=1) * 127), np.ceil(shaped.max(axis=1) * 127)], axis=1)
    return bytes(np.clip(pairs, -127, 127).astype(np.int8).tobytes())
