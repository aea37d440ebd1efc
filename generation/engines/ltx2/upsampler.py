"""The latent upsamplers of LTX-2, from the shelf: a folder of their own, or `latent_upsampler` in a model's folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generation.contract import BadRequest
from generation.neural import lazy, store, warm
from generation.neural.pipelines import BROKEN, finite
from generation.neural.tuning import Settings, card

SIDE, STEP = 32, 8  # pixels and frames that one latent covers
LEAST = 2 * SIDE  # pixels a side: the decoder looks one latent past its edges
PLACES = ("latent_upsampler", "spatial_upsampler", "temporal_upsampler", "")


def upsampler(name: str, model: Path, settings: Settings, *, temporal: bool = False) -> Any:
    """On its device, warm or loaded now. Raises `BadRequest` where there is none, or where it upsamples the other way."""
    folder = store.model_folder(name) if name else model
    places = [folder / place for place in PLACES if (folder / place / "config.json").is_file() and _is_one(folder / place)]
    if not places:
        raise BadRequest(
            f"There is no latent upsampler in {folder}. Put one on the shelf (for LTX-2.3: rootonchair/LTX-2.3-spatial-upscaler-x2-v1.1-Diffusers) "
            "and choose it under “Latent upsampler”."
        )
    chosen = [place for place in places if ('"temporal_upsample": true' in (place / "config.json").read_text()) is temporal]
    if not chosen:
        has, wanted = ("larger", "smoother") if temporal else ("smoother", "larger")
        raise BadRequest(f"The latent upsampler in {places[0]} makes clips {has}, not {wanted}. Choose another under “Latent upsampler”.")
    place = chosen[0]

    def loading() -> Any:
        module = lazy.module("diffusers.pipelines.ltx2.latent_upsampler")
        try:
            found = module.LTX2LatentUpsamplerModel.from_pretrained(str(place), dtype=settings.dtype, local_files_only=True, use_safetensors=True)
        except BROKEN as error:
            raise BadRequest(f"The latent upsampler in {place} cannot be loaded: {str(error).splitlines()[0][:300]}") from error
        return found.to(settings.device).eval()

    size = store.weight_bytes(place) * (2 if settings.precision == "float32" else 1)
    return warm.hold(name or model.name, ("upsampler", str(place), settings.precision, settings.device), size, card().memory, loading)


def _is_one(place: Path) -> bool:
    return "LTX2LatentUpsamplerModel" in (place / "config.json").read_text()


def enlarged(vae: Any, model: Any, latents: Any) -> Any:
    """Latents as the decoder takes them, upsampled by the pipeline of that name."""
    pipe = lazy.diffusers().LTX2LatentUpsamplePipeline(vae=vae, latent_upsampler=model)
    pipe.set_progress_bar_config(disable=True)
    with lazy.torch().inference_mode():
        return pipe(latents=latents.to(next(model.parameters()).device), output_type="latent", return_dict=False)[0]


def decoded(vae: Any, latents: Any) -> Iterator[Any]:
    """The frames of a clip (float32 0…1, (h, w, 3)) from latents as the decoder takes them; only one at a time leaves the card."""
    torch = lazy.torch()
    with torch.inference_mode():
        moment = torch.zeros(1, device=latents.device, dtype=vae.dtype) if vae.config.timestep_conditioning else None
        pixels = vae.decode(latents.to(vae.dtype), moment, return_dict=False)[0][0]
        finite(pixels)
        for frame in pixels.unbind(1):
            yield (frame.float() * 0.5 + 0.5).clamp(0, 1).permute(1, 2, 0).cpu().numpy()
