"""From light to picture: depth of field, bloom, tone, grade, vignette, grain. Linear float32 (h, w, 3) in, RGB bytes out."""

from __future__ import annotations

import numpy as np

from generation.previs.kernel import kernel, part
from generation.previs.raster import F64
from generation.previs.scene import F32, Grade
from generation.previs.shadow import U8

CURVE = 2048  # entries of the tone curve, over x / (x + KNEE)
KNEE = 0.25
GLOWS = 0.95  # light above which something glows


def tone_curve(grade: Grade) -> F32:
    """Exposure, filmic tone (Narkowicz's fit of ACES, 2015), display gamma 2.2 and contrast in one table, indexed by x / (x + KNEE)."""
    u = np.linspace(0.0, 0.9995, CURVE + 1)
    x = KNEE * u / (1.0 - u) * grade.exposure
    tone = np.clip((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0) ** (1 / 2.2)
    # Contrast turns about middle grey along an S, which keeps black and white where they are.
    k = grade.contrast
    s = np.where(tone < 0.5, 0.5 * (2 * tone) ** k, 1 - 0.5 * (2 - 2 * tone) ** k)
    return np.ascontiguousarray(s, np.float32)


@kernel
def blur_size(depth: float, focus: float, aperture: float, limit: float) -> float:
    """Radius of the blur disc in pixels of the picture; negative in front of the focus. `aperture` is its diameter at infinity."""
    if depth <= 0.0:
        return min(limit, 0.5 * aperture)
    c = 0.5 * aperture * (1.0 - focus / depth)
    return min(limit, max(-limit, c))


@kernel
def halve(light: F32, depth: F32, focus: float, aperture: float, limit: float, out: F32, y0: int, y1: int) -> None:
    """Half-size light and blur radius (in half-size pixels) into `out` (h/2, w/2, 4)."""
    for y in range(y0, y1):
        for x in range(out.shape[1]):
            for k in range(3):
                upper, lower = light[2 * y, 2 * x, k] + light[2 * y, 2 * x + 1, k], light[2 * y + 1, 2 * x, k] + light[2 * y + 1, 2 * x + 1, k]
                out[y, x, k] = 0.25 * (upper + lower)
            out[y, x, 3] = 0.5 * blur_size(depth[2 * y, 2 * x], focus, aperture, limit)


@kernel
def widest(small: F32, out: F32, y0: int, y1: int) -> None:
    """Largest blur radius of every 8×8 tile of the half-size picture."""
    height, width = small.shape[0], small.shape[1]
    for j in range(y0, y1):
        for i in range(out.shape[1]):
            most = 0.0
            for y in range(j * 8, min(height, j * 8 + 8)):
                for x in range(i * 8, min(width, i * 8 + 8)):
                    most = max(most, abs(small[y, x, 3]))
            out[j, i] = most


@kernel
def spread(small: F32, tiles: F32, taps: F64, out: F32, y0: int, y1: int) -> None:
    """Gather the blur discs that reach each half-size pixel into `out` (h/2, w/2, 4); the fourth is how much of it is
    covered by discs of what stands nearer than the focus."""
    height, width = small.shape[0], small.shape[1]
    n = taps.shape[0]
    for y in range(y0, y1):
        for x in range(width):
            tj, ti = y // 8, x // 8
            reach = 0.0
            for j in range(max(0, tj - 1), min(tiles.shape[0], tj + 2)):
                for i in range(max(0, ti - 1), min(tiles.shape[1], ti + 2)):
                    reach = max(reach, tiles[j, i])
            own = small[y, x, 3]
            r, g, b, total = small[y, x, 0], small[y, x, 1], small[y, x, 2], 1.0
            if reach < 0.35:
                out[y, x, 0], out[y, x, 1], out[y, x, 2], out[y, x, 3] = r, g, b, 0.0
                continue
            base = 1.0 / max(0.6, own * own)
            r, g, b, total, front = r * base, g * base, b * base, base, 0.0
            for k in range(n):
                tx, ty = taps[k, 0] * reach, taps[k, 1] * reach
                i, j = min(width - 1, max(0, int(x + tx + 0.5))), min(height - 1, max(0, int(y + ty + 0.5)))
                c = small[j, i, 3]
                size = abs(c)
                if c > own:
                    size = min(size, max(0.0, abs(own)) * 1.5 + 0.2)  # what lies behind does not blur over what is sharp
                cover = min(1.0, max(0.0, size - np.sqrt(tx * tx + ty * ty) + 0.5))
                if cover > 0.0:
                    part = cover / max(0.6, size * size)
                    r, g, b, total = r + small[j, i, 0] * part, g + small[j, i, 1] * part, b + small[j, i, 2] * part, total + part
                    if c < -0.3:
                        front += cover * reach * reach / max(0.6, size * size) / n
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = r / total, g / total, b / total
            out[y, x, 3] = min(1.0, front * 1.3)


@kernel
def defocus(light: F32, soft: F32, depth: F32, focus: float, aperture: float, limit: float, y0: int, y1: int) -> None:
    """Blend the gathered blur into the picture, in place: as far as a pixel's own surface is out of focus, or something nearer blurs over it."""
    height, width = soft.shape[0], soft.shape[1]
    for y in range(y0, y1):
        fy = min(height - 1.001, max(0.0, y * 0.5 - 0.25))
        j = int(fy)
        v = fy - j
        j2 = min(height - 1, j + 1)
        for x in range(light.shape[1]):
            fx = min(width - 1.001, max(0.0, x * 0.5 - 0.25))
            i = int(fx)
            u = fx - i
            i2 = min(width - 1, i + 1)
            a, b, c, d = (1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v
            mix = soft[j, i, 3] * a + soft[j, i2, 3] * b + soft[j2, i, 3] * c + soft[j2, i2, 3] * d
            own = abs(blur_size(depth[y, x], focus, aperture, limit))
            mix = max(mix, min(1.0, max(0.0, own - 0.5)))
            if mix > 0.004:
                for k in range(3):
                    s = soft[j, i, k] * a + soft[j, i2, k] * b + soft[j2, i, k] * c + soft[j2, i2, k] * d
                    light[y, x, k] += (s - light[y, x, k]) * mix


@kernel
def bright(light: F32, threshold: float, out: F32, y0: int, y1: int) -> None:
    """What glows, at quarter size: light above the threshold, held to a ceiling so that no single spark floods the picture."""
    for y in range(y0, y1):
        for x in range(out.shape[1]):
            r, g, b = 0.0, 0.0, 0.0
            for j in range(4 * y, 4 * y + 4):
                for i in range(4 * x, 4 * x + 4):
                    most = max(light[j, i, 0], max(light[j, i, 1], light[j, i, 2]))
                    if most > threshold:
                        f = min(4.0, most - threshold) / most * 0.0625
                        r, g, b = r + light[j, i, 0] * f, g + light[j, i, 1] * f, b + light[j, i, 2] * f
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = r, g, b


@kernel
def blur_across(source: F32, weights: F32, out: F32, padded: F32, summed: F32, y0: int, y1: int) -> None:
    """Blur along rows and write transposed: twice gives a blur both ways. `padded` (3 · (w + taps),) and `summed` (3 · w,) are scratch."""
    width, taps = source.shape[1], weights.shape[0]
    half = taps // 2
    for y in range(y0, y1):
        for x in range(width + 2 * half):
            i = min(width - 1, max(0, x - half))
            padded[3 * x], padded[3 * x + 1], padded[3 * x + 2] = source[y, i, 0], source[y, i, 1], source[y, i, 2]
        for n in range(3 * width):
            summed[n] = np.float32(0.0)
        for k in range(taps):
            w, moved = weights[k], padded[3 * k : 3 * (k + width)]
            for n in range(3 * width):
                summed[n] += moved[n] * w
        for x in range(width):
            out[x, y, 0], out[x, y, 1], out[x, y, 2] = summed[3 * x], summed[3 * x + 1], summed[3 * x + 2]


@part
def _mix(x: np.uint32) -> np.uint32:
    x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D))
    x = np.uint32((x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B))
    return np.uint32(x ^ (x >> np.uint32(16)))


@part
def _toned(
    own: np.float32, a: np.float32, b: np.float32, c: np.float32, d: np.float32, u: np.float32, v: np.float32, bloom: np.float32, curve: F32
) -> np.float32:
    """Tone of one colour of a pixel: its own light, and the glow between the four places around it."""
    top = a + (b - a) * u
    bottom = c + (d - c) * u
    light = max(np.float32(0.0), own + bloom * (top + (bottom - top) * v))
    at = light / (light + np.float32(KNEE)) * np.float32(CURVE)
    n = min(CURVE - 1, int(at))
    return np.float32(curve[n] + (curve[n + 1] - curve[n]) * min(np.float32(1.0), at - np.float32(n)))


@part
def _graded(
    value: np.float32,
    luma: np.float32,
    saturation: np.float32,
    lift: np.float32,
    gain: np.float32,
    shade: np.float32,
    grain: np.float32,
    noise: np.uint32,
) -> np.float32:
    """One colour in steps of 255, with triangular dither, ready to be cut to a whole number."""
    c = luma + (value - luma) * saturation
    c = (c * gain + lift * (np.float32(1.0) - c)) * shade + grain
    dither = (np.float32(noise & np.uint32(0xFFFF)) + np.float32(noise >> np.uint32(16))) / np.float32(65536.0) - np.float32(1.0)
    return min(np.float32(255.0), max(np.float32(0.0), c * np.float32(255.0) + np.float32(0.5) + dither * np.float32(0.5)))


@kernel
def finish(light: F32, glow: F32, curve: F32, look: F32, key: int, out: U8, y0: int, y1: int) -> None:
    """Bloom, tone, grade, vignette, grain, and rounding with dither. `look`: bloom, saturation, lift (3), gain (3), vignette, grain."""
    height, width = light.shape[0], light.shape[1]
    gh, gw = glow.shape[0], glow.shape[1]
    one, bloom, saturation, vignette, grainy = np.float32(1.0), look[0], look[1], look[8], look[9]
    lift0, lift1, lift2, gain0, gain1, gain2 = look[2], look[3], look[4], look[5], look[6], look[7]
    for y in range(y0, y1):
        fy = min(np.float32(gh - 1.001), max(np.float32(0.0), np.float32(y) * np.float32(0.25) - np.float32(0.375)))
        j = int(fy)
        v = fy - np.float32(j)
        dy = (np.float32(y) + np.float32(0.5)) / np.float32(height) - np.float32(0.5)
        for x in range(width):
            fx = min(np.float32(gw - 1.001), max(np.float32(0.0), np.float32(x) * np.float32(0.25) - np.float32(0.375)))
            i = int(fx)
            u = fx - np.float32(i)
            dx = (np.float32(x) + np.float32(0.5)) / np.float32(width) - np.float32(0.5)
            shade = one - vignette * (dx * dx * np.float32(2.89) + dy * dy * np.float32(2.25))
            r = _toned(light[y, x, 0], glow[j, i, 0], glow[j, i + 1, 0], glow[j + 1, i, 0], glow[j + 1, i + 1, 0], u, v, bloom, curve)
            g = _toned(light[y, x, 1], glow[j, i, 1], glow[j, i + 1, 1], glow[j + 1, i, 1], glow[j + 1, i + 1, 1], u, v, bloom, curve)
            b = _toned(light[y, x, 2], glow[j, i, 2], glow[j, i + 1, 2], glow[j + 1, i, 2], glow[j + 1, i + 1, 2], u, v, bloom, curve)
            luma = np.float32(0.2126) * r + np.float32(0.7152) * g + np.float32(0.0722) * b
            noise = _mix(np.uint32(key) ^ _mix(np.uint32(y * width + x)))
            first, second = np.float32(noise & np.uint32(0xFFFF)) / np.float32(65536.0), np.float32(noise >> np.uint32(16)) / np.float32(65536.0)
            grain = (first + second - one) * grainy * np.float32(1.6) * (one - np.float32(0.45) * luma)
            red = _mix(noise + np.uint32(1))
            green = _mix(red + np.uint32(2))
            blue = _mix(green + np.uint32(3))
            out[y, x, 0] = np.uint8(_graded(r, luma, saturation, lift0, gain0, shade, grain, red))
            out[y, x, 1] = np.uint8(_graded(g, luma, saturation, lift1, gain1, shade, grain, green))
            out[y, x, 2] = np.uint8(_graded(b, luma, saturation, lift2, gain2, shade, grain, blue))


def look_of(grade: Grade) -> F32:
    """What `finish` wants of a grade."""
    return np.array((grade.bloom * 0.55, grade.saturation, *grade.lift, *grade.gain, grade.vignette, grade.grain), np.float32)


def grain_key(index: int, seed: int) -> int:
    return (index * 2654435761 + seed * 40503 + 977) % 2**31
