"""When the words of a spoken line are heard, where whoever spoke it does not say."""

from __future__ import annotations

import numpy as np

from generation.contract import SAMPLE_RATE, Samples, Word

SPREAD = "The voice does not say when each word is heard: the words are spread by their length over what is audible."
WINDOW = 480  # samples a level is measured over, 10 ms
FLOOR = 0.03  # of the loudest window: quieter ones at either end are not speech


def audible(samples: Samples) -> tuple[float, float]:
    """Seconds of the first and after the last sound in samples (n, channels) at 48 kHz; the whole of what is silent throughout."""
    count = len(samples) // WINDOW
    if not count:
        return 0.0, len(samples) / SAMPLE_RATE
    levels = np.sqrt(np.square(samples[: count * WINDOW].reshape(count, -1)).mean(axis=1))
    loud = np.flatnonzero(levels > FLOOR * levels.max()) if levels.max() > 0 else np.array([0, count - 1])
    return float(loud[0]) * WINDOW / SAMPLE_RATE, float(loud[-1] + 1) * WINDOW / SAMPLE_RATE


def spread(text: str, samples: Samples) -> list[Word]:
    """Each word of the text with its share of the audible part, by letters and a little for the gap after it; in order, without overlap."""
    words = [word for word in text.split() if any(letter.isalnum() for letter in word)]
    start, end = audible(samples)
    shares = np.cumsum([0.0, *(sum(letter.isalnum() for letter in word) + 1.0 for word in words)])
    if not words:
        return []
    times = start + shares / shares[-1] * (end - start)
    return [Word(text=word, start=round(float(a), 4), end=round(float(b), 4)) for word, a, b in zip(words, times, times[1:], strict=False)]
