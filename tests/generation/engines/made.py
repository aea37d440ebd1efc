"""Real pictures, clips and sounds, as other machines would make them."""

from __future__ import annotations

import io
import math

import av
import numpy as np
from PIL import Image


def png(seed: int, width: int, height: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.kron(pixels, np.ones((8, 8, 1), np.uint8))[:height, :width]).save(out, "PNG")
    return out.getvalue()


def jpeg(seed: int, width: int = 32, height: int = 24) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(png(seed, width, height))).save(out, "JPEG")
    return out.getvalue()


def gif(frames: int, width: int, height: int) -> bytes:
    out = io.BytesIO()
    first, *more = [Image.new("RGB", (width, height), (min(255, 20 * n), 40, 60)) for n in range(frames)]
    first.save(out, "GIF", save_all=True, append_images=more, duration=40)
    return out.getvalue()


def mp4(frames: int, width: int, height: int, rate: int = 24, *, sound: bool = False) -> bytes:
    """A clip that grows brighter; with a tone if asked."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        tone = container.add_stream("aac", rate=48000, layout="mono") if sound else None
        for number in range(frames):
            pixels = np.full((height, width, 3), 20 + 200 * number // frames, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
        if tone is not None:
            wave = np.sin(2 * math.pi * 440 * np.arange(48000 * frames // rate) / 48000).astype(np.float32)[None] * 0.3
            block = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            block.sample_rate = 48000
            container.mux(tone.encode(block))
            container.mux(tone.encode(None))
    return out.getvalue()


def wav(seconds: float) -> bytes:
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes((np.sin(np.arange(int(44100 * seconds)) / 20) * 12000).astype("<i2").tobytes())
    return out.getvalue()
