"""Pictures that say which frame of which take they are, so that what comes out of a file or an export can be checked frame by frame.

A grid of 8 × 3 blocks: 6 bits of take, 12 of frame, 6 of checksum, most significant first; light is 1. Readable after any sane encoding.
"""

from __future__ import annotations

import numpy as np
from av.video.frame import VideoFrame

from generation.contract import Pixels

ROWS, COLUMNS = 3, 8


def _word(take: int, number: int) -> int:
    data = (take & 63) << 12 | (number & 4095)
    return data << 6 | (data % 61 + 1)


def paint(take: int, number: int, width: int = 320, height: int = 180) -> Pixels:
    bits = np.array([_word(take, number) >> (23 - i) & 1 for i in range(24)], np.uint8).reshape(ROWS, COLUMNS)
    rows, columns = np.arange(height) * ROWS // height, np.arange(width) * COLUMNS // width
    grey = bits[rows][:, columns] * 180 + 40
    picture = np.repeat(grey[:, :, None], 3, axis=2)
    picture[height // 4 : height // 2, :, 0] -= 20  # a little colour, so that chroma is not all one value
    return picture


def read(frame: VideoFrame, left: int = 0, top: int = 0, width: int | None = None, height: int | None = None) -> tuple[int, int]:
    """(take, frame number) out of a decoded picture, or of a part of it. Raises if what is there is no number."""
    grey = frame.to_ndarray(format="gray")[top : top + (height or frame.height), left : left + (width or frame.width)]
    rows, columns = grey.shape
    word = 0
    for row in range(ROWS):
        for column in range(COLUMNS):
            y, x = (2 * row + 1) * rows // (2 * ROWS), (2 * column + 1) * columns // (2 * COLUMNS)
            word = word << 1 | int(grey[y - 2 : y + 3, x - 2 : x + 3].mean() > 128)
    data = word >> 6
    assert word & 63 == data % 61 + 1, f"no frame number in this picture: {word:024b}"
    return data >> 12, data & 4095
