"""A clip made larger or smoother in the latents of LTX-2: encoded, upsampled, decoded."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from typing import Any

import numpy as np
from PIL import Image

from generation.contract import BadRequest, Context, Format, Pixels, Request
from generation.engines.ltx2 import UpsamplerParams
from generation.engines.ltx2.upsampler import LEAST, SIDE, STEP, decoded, enlarged, upsampler
from generation.neural import lazy, store, warm
from generation.neural.pictures import Plan, cover, cut, read_clip
from generation.neural.pipelines import BROKEN
from generation.neural.tuning import Settings, card, decide


class Ltx2Upsampler:
    """No noise is drawn: the same clip gives the same bytes, whatever the seed."""

    name = "ltx2_upscale"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = UpsamplerParams.model_validate(request.params), request.format
        if picture is None:
            raise BadRequest("A clip needs a format: its size and number of frames.")
        temporal = request.task == "interpolate"
        context.progress(0, picture.frames, stage="loading the model")
        folder = store.model_folder(params.model)
        settings = decide(params.tuning, store.weight_bytes(folder / "vae"), card())
        larger = upsampler(params.upsampler, folder, settings, temporal=temporal)
        work = _Work(_vae(params.model, folder, settings), larger, params, picture, temporal)
        notes = work.read(context)
        context.frames(work.frames(context))
        model = store.identity(params.model, folder)
        data = {"pipeline": "LTX2LatentUpsamplePipeline", "model": model, "settings": settings.model_dump(mode="json"), "made": work.made()}
        return data, notes


def _vae(name: str, folder: Any, settings: Settings) -> Any:
    def loading() -> Any:
        try:
            found = lazy.diffusers().AutoencoderKLLTX2Video.from_pretrained(
                str(folder), subfolder="vae", dtype=settings.dtype, local_files_only=True, use_safetensors=True
            )
        except BROKEN as error:
            raise BadRequest(f"The model in {folder} has no picture coder of LTX-2: {(str(error).splitlines() or ['?'])[0][:300]}") from error
        found.enable_tiling()
        return found.to(settings.device).eval()

    size = store.weight_bytes(folder / "vae") * (2 if settings.precision == "float32" else 1)
    return warm.hold(name, ("ltx2 vae", str(folder), settings.precision, settings.device), size, card().memory, loading)


class _Work:
    """One clip, window by window. A window begins with `overlap` frames of the one before, whose pictures are not used again: they are there
    so that movement goes on across the border."""

    def __init__(self, vae: Any, model: Any, params: UpsamplerParams, picture: Format, temporal: bool) -> None:
        self._vae, self._model, self._params, self._picture, self._temporal = vae, model, params, picture, temporal
        factor = 1 if temporal else 2
        small = picture.model_copy(update={"width": -(-max(LEAST, picture.width) // factor), "height": -(-max(LEAST, picture.height) // factor)})
        self._plan = Plan.of(small, multiple=SIDE)
        self._factor = factor
        self._clip: list[Image.Image] = []

    def read(self, context: Context) -> tuple[str, ...]:
        """Read the clip; returns what a person should know about it."""
        wanted, count = self._picture.frames, -(-self._picture.frames // 2) if self._temporal else self._picture.frames
        found = read_clip(context.inputs("video")[0], count + 1 if self._temporal else count)
        notes = []
        if self._temporal and wanted > 2 * len(found):
            raise BadRequest(
                f"The clip has {len(found)} frames; at most {2 * len(found)} are made of them. Ask for fewer, or do it again with what comes out."
            )
        if len(found) < count:
            notes.append(f"The clip was {count - len(found)} frames too short: its last frame was held.")
            found += [found[-1]] * (count - len(found))
        width, height = found[0].size
        if (width * self._factor, height * self._factor) != (self._picture.width, self._picture.height):
            notes.append(f"The clip is {width}×{height}: it was brought to {self._plan.width}×{self._plan.height} before it was upsampled.")
        self._clip = [cover(frame, self._plan.width, self._plan.height) for frame in found]
        return tuple(notes)

    def made(self) -> dict[str, int]:
        return {"width": self._plan.width * self._factor, "height": self._plan.height * self._factor, "frames": self._picture.frames}

    def frames(self, context: Context) -> Iterator[Pixels]:
        wanted, times = self._picture.frames, 2 if self._temporal else 1
        shown = start = 0
        last = np.zeros((self._picture.height, self._picture.width, 3), np.uint8)
        while shown < wanted and start < len(self._clip):
            clip = self._clip[start : start + self._params.window]
            context.progress(shown, wanted, stage="upsampling")
            latents = enlarged(self._vae, self._model, self._encode(clip + [clip[-1]] * (-(len(clip) - 1) % STEP)))
            for number, frame in zip(range((len(clip) - 1) * times + 1), decoded(self._vae, latents), strict=False):
                if shown < wanted and start * times + number == shown:
                    shown, last = shown + 1, cut(frame, self._picture.width, self._picture.height)
                    yield last
            start += len(clip) - (self._overlap if start + len(clip) < len(self._clip) else 0)
        for _ in range(wanted - shown):  # twice as many frames end half a frame after the clip's last
            yield last

    @property
    def _overlap(self) -> int:
        return min(max(1, self._params.overlap), self._params.window - 1)

    def _encode(self, clip: list[Image.Image]) -> Any:
        torch = lazy.torch()
        pixels = torch.from_numpy(np.stack([np.asarray(frame) for frame in clip])).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
        with torch.inference_mode():
            return self._vae.encode(pixels.to(next(self._vae.parameters()).device, self._vae.dtype)).latent_dist.mode()
