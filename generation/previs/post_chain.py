"""The order of effects after the light is summed, with the buffers they need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generation.previs.post import GLOWS, blur_across, bright, defocus, finish, grain_key, halve, look_of, spread, tone_curve, widest
from generation.previs.scene import F32, Camera, Grade
from generation.previs.shadow import U8, disc

LINES = 360.0  # apertures and glows are given for a picture of this many lines
TIGHT, WIDE = 2.2, 8.0  # of the two glows, at quarter size
TIGHT_SHARE, WIDE_SHARE = 0.45, 0.55


def lens_of(camera: Camera, height: int) -> tuple[float, float, float]:
    """Distance in focus, aperture and largest blur, both in pixels of a picture of `height` lines."""
    return camera.focus, camera.aperture * height / LINES, 14.0 * height / LINES


def opened(camera: Camera) -> bool:
    """Whether a camera has a depth of field worth drawing."""
    return camera.focus > 0.0 and camera.aperture > 0.2


def bell(sigma: float) -> F32:
    half = max(1, int(sigma * 2.6))
    k = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    return np.ascontiguousarray(k / k.sum(), np.float32)


class PostChain:
    """Depth of field, bloom and finish for pictures of one size. `taps` 0 leaves depth of field out."""

    def __init__(self, width: int, height: int, taps: int, bands: Callable[[int, Callable[[int, int], None]], None]) -> None:
        self.width, self.height, self._bands = width, height, bands
        self._taps = disc(taps) if taps else None
        self._small = np.zeros((height // 2, width // 2, 4), np.float32)
        self._soft = np.zeros_like(self._small)
        self._tiles = np.zeros((-(-(height // 2) // 8), -(-(width // 2) // 8)), np.float32)
        h, w = max(2, height // 4), max(2, width // 4)
        self._glow = np.zeros((h, w, 3), np.float32)
        self._turned = np.zeros((w, h, 3), np.float32)
        self._tight, self._wide = bell(TIGHT * height / LINES), bell(WIDE * height / LINES)
        self._curve: tuple[Grade, F32] | None = None

    def finish(self, light: F32, depth: F32, grade: Grade, camera: Camera, index: int, seed: int) -> U8:
        if self._taps is not None and opened(camera):
            self._defocus(light, depth, camera)
        glow = self._bloom(light, grade)
        if self._curve is None or self._curve[0] != grade:
            self._curve = (grade, tone_curve(grade))
        curve = self._curve[1]
        look, key = look_of(grade), grain_key(index, seed)
        out: U8 = np.empty((self.height, self.width, 3), np.uint8)
        self._bands(self.height, lambda a, b: finish(light, glow, curve, look, key, out, a, b))
        return out

    def _defocus(self, light: F32, depth: F32, camera: Camera) -> None:
        focus, aperture, limit = lens_of(camera, self.height)
        small, soft, tiles, taps = self._small, self._soft, self._tiles, self._taps
        assert taps is not None
        self._bands(self.height // 2, lambda a, b: halve(light, depth, focus, aperture, limit, small, a, b))
        widest(small, tiles, 0, tiles.shape[0])
        self._bands(self.height // 2, lambda a, b: spread(small, tiles, taps, soft, a, b))
        self._bands(self.height, lambda a, b: defocus(light, soft, depth, focus, aperture, limit, a, b))

    def _bloom(self, light: F32, grade: Grade) -> F32:
        """A tight and a wide glow together, quarter size."""
        if grade.bloom <= 0.0:
            self._glow.fill(0.0)
            return self._glow
        h, w = self._glow.shape[0], self._glow.shape[1]
        self._bands(h, lambda a, b: bright(light, GLOWS, self._glow, a, b))
        first = np.empty_like(self._glow)
        second = np.empty_like(self._glow)
        for weights, out in ((self._tight, first), (self._wide, second)):
            self._blur(self._glow, weights, self._turned, h)
            self._blur(self._turned, weights, out, w)
        total: F32 = first * np.float32(TIGHT_SHARE) + second * np.float32(WIDE_SHARE)
        return total

    def _blur(self, source: F32, weights: F32, out: F32, rows: int) -> None:
        width = source.shape[1]
        room = 3 * (width + len(weights))
        self._bands(rows, lambda a, b: blur_across(source, weights, out, np.empty(room, np.float32), np.empty(3 * width, np.float32), a, b))
