"""Latents to small pictures by one linear map, fitted once by least squares against the model's own decoder: a fraction of a millisecond a
step, where decoding would take seconds. Shows light, composition and movement, not detail."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.contract import Pixels
from generation.neural import lazy

WIDTH = 320
MOMENTS = 6  # frames of a clip that a moving preview shows
FIT = 16  # latents a side in the fit


class LatentPreview:
    """`weights` is (channels + 1, 3): what each channel adds to red, green and blue in −1…1, and what all begin with."""

    def __init__(self, weights: NDArray[np.float32]) -> None:
        self._weights = weights

    @classmethod
    def fitted(cls, vae: Any) -> LatentPreview | None:
        """None for models whose latents are not a plain grid, or have no decoder of that kind."""
        torch = lazy.torch()
        config = getattr(vae, "config", None)
        channels = int(getattr(config, "z_dim", 0) or getattr(config, "latent_channels", 0) or 0)
        if vae is None or not channels:
            return None
        video = "3D" in "".join(type(part).__name__ for part in vae.modules()) or hasattr(config, "z_dim")
        generator = torch.Generator("cpu").manual_seed(0)
        coarse = torch.randn((1, channels, FIT // 2, FIT // 2), generator=generator)
        latents = torch.nn.functional.interpolate(coarse, scale_factor=2, mode="bilinear")
        parameter = next(vae.parameters())
        try:
            with torch.inference_mode():
                ready = as_decoded(vae, latents[:, :, None] if video else latents).to(parameter.device, parameter.dtype)
                pixels = vae.decode(ready, return_dict=False)[0]
                small = torch.nn.functional.adaptive_avg_pool2d((pixels[:, :, 0] if video else pixels).float().cpu(), FIT)
        except (RuntimeError, ValueError, TypeError, IndexError):
            return None  # a decoder with wishes of its own: the work goes on without a preview
        if small.shape[1] != 3:
            return None
        known = latents[0].reshape(channels, -1).T.numpy()
        known = np.concatenate([known, np.ones((len(known), 1), np.float32)], axis=1)
        weights, *_ = np.linalg.lstsq(known, small[0].reshape(3, -1).T.numpy(), rcond=None)
        return cls(weights.astype(np.float32))

    def __call__(self, latents: Any) -> Pixels | None:
        """RGB of one picture (h, w, 3), or of up to six moments of a clip (n, h, w, 3); None where the latents are packed in some other way."""
        channels = len(self._weights) - 1
        if latents is None or latents.ndim not in (4, 5) or latents.shape[1] != channels:
            return None
        if latents.ndim == 4:
            return self._picture(latents[0])
        moments = latents.shape[2]
        at = sorted({round(n * (moments - 1) / (min(MOMENTS, moments) - 1)) for n in range(min(MOMENTS, moments))}) if moments > 1 else [0]
        shown = [self._picture(latents[0, :, moment]) for moment in at]
        return shown[0] if len(shown) == 1 else np.stack(shown)

    def _picture(self, grid: Any) -> Pixels:
        values = grid.float().cpu().numpy().transpose(1, 2, 0) @ self._weights[:-1] + self._weights[-1]
        small = np.clip((np.nan_to_num(values) + 1) * 127.5, 0, 255).astype(np.uint8)
        height = max(2, round(WIDTH * small.shape[0] / small.shape[1]))
        return np.asarray(Image.fromarray(small).resize((WIDTH, height), Image.Resampling.BICUBIC))


def as_decoded(vae: Any, latents: Any) -> Any:
    """Latents as the denoiser has them, in the scale that the decoder wants."""
    torch = lazy.torch()
    config = vae.config
    mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is not None and std is not None:
        shape = (1, -1) + (1,) * (latents.ndim - 2)
        spread = {"device": latents.device, "dtype": latents.dtype}
        return latents * torch.tensor(std, **spread).reshape(shape) + torch.tensor(mean, **spread).reshape(shape)
    return latents / (getattr(config, "scaling_factor", None) or 1.0) + (getattr(config, "shift_factor", None) or 0.0)
