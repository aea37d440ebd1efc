"""Neural models through diffusers: any text-to-image or text-to-video pipeline in a local folder.

torch and diffusers are imported at the first job, never before (six seconds, and the web process must not have them). Models are read
from safetensors on this machine only: nothing is downloaded, and no code that came with a model is run.
"""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generation.catalog import DiffusionParams
from generation.contract import BadRequest, Context, Failure, Format, Pixels, Request

PREVIEW_WIDTH = 320
FIT_SIZE = 16  # latents a side in the fit of the preview


class Diffusion:
    """Keeps the last model warm. The same request on the same machine and versions gives the same bytes: the noise comes from a generator
    on the CPU wherever the model runs."""

    name = "diffusers"

    def __init__(self) -> None:
        self._key: tuple[str, float] | None = None
        self._pipe: Any = None
        self._preview: _LatentPreview | None = None

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = DiffusionParams.model_validate(request.params)
        picture = request.format
        if picture is None:
            raise BadRequest("A neural picture needs a format: its size and number of frames.")
        if not params.words():
            raise BadRequest("There is nothing to paint: give a prompt, or at least a place, a subject or an action.")
        folder = model_folder(params.model)
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        pipe = self._load(folder)
        plan = _Plan.of(pipe, request.task, picture)
        arguments = _arguments(pipe, params, plan, request.seed)
        frames = self._denoise(pipe, arguments, params.steps, context)
        context.frames(_crop(frames, picture))
        data = {
            "pipeline": type(pipe).__name__,
            "prompt": params.words(),
            "made": {"width": plan.width, "height": plan.height, "frames": plan.frames},
        }
        return data, plan.notes(picture)

    def _load(self, folder: Path) -> Any:
        key = (str(folder), (folder / "model_index.json").stat().st_mtime)
        if self._key == key:
            return self._pipe
        torch, diffusers = _module("torch"), _module("diffusers")
        diffusers.utils.logging.disable_progress_bar()
        _module("transformers.utils.logging").disable_progress_bar()
        self._key = self._pipe = self._preview = None  # two models at once may not fit
        device, dtype = ("cuda", torch.bfloat16) if torch.cuda.is_available() else ("cpu", torch.float32)
        try:
            pipe = diffusers.DiffusionPipeline.from_pretrained(str(folder), dtype=dtype, local_files_only=True, use_safetensors=True)
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise BadRequest(
                f"The model in {folder} cannot be loaded: {str(error).splitlines()[0][:300]} "
                "It must be a whole folder as save_pretrained writes it, with safetensors weights."
            ) from error
        pipe.set_progress_bar_config(disable=True)
        pipe.to(device)
        self._key, self._pipe, self._preview = key, pipe, _LatentPreview.fitted(pipe)
        return pipe

    def _denoise(self, pipe: Any, arguments: dict[str, Any], steps: int, context: Context) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Frames as float32 0…1, (frames, h, w, 3). Stops within one step of a cancel."""
        torch = _module("torch")
        done = 0

        def step(latents: Any) -> None:
            nonlocal done
            done = min(steps, done + 1)
            preview = self._preview(latents) if self._preview is not None else None
            context.progress(done, steps, unit="steps", stage="decoding" if done == steps else "denoising", preview=preview)

        context.progress(0, steps, unit="steps", stage="denoising")
        with torch.inference_mode(), _Watched(pipe, arguments, step):
            result = pipe(**arguments)
        frames = result.frames[0] if hasattr(result, "frames") else result.images
        frames = np.asarray(frames, dtype=np.float32)
        if not np.isfinite(frames).all():
            raise Failure("The model gave pixels that are no numbers. Try another seed, fewer steps, or run it in a higher precision.")
        return frames


def _module(name: str) -> Any:
    """A module of the extra, at the moment it is needed."""
    return importlib.import_module(name)


def model_folder(name: str) -> Path:
    """The folder of a model: a path, or a name inside `$FIRSTCUT_MODELS`. Where that is set, nothing outside it is read.

    Raises `BadRequest` with the path looked at and what to do.
    """
    root = os.environ.get("FIRSTCUT_MODELS", "")
    folder = (Path(root) / name if root else Path(name)).expanduser().resolve()
    if root and not folder.is_relative_to(Path(root).resolve()):
        raise BadRequest(f"The model “{name}” lies outside {root}, where this machine keeps its models. Put it there, or choose one that is.")
    if not (folder / "model_index.json").is_file():
        raise BadRequest(
            f"There is no model in {folder}: no model_index.json. Put a model there with diffusers' save_pretrained "
            "(or `hf download`), or choose another model."
        )
    return folder


class _Plan:
    """What the pipeline is asked for so that the format can be cut out of it: models want sizes and lengths of their own."""

    def __init__(self, width: int, height: int, frames: int | None) -> None:
        self.width, self.height, self.frames = width, height, frames

    @classmethod
    def of(cls, pipe: Any, task: str, picture: Format) -> _Plan:
        moving = "num_frames" in inspect.signature(pipe.__call__).parameters
        if task == "shot" and not moving:
            raise BadRequest(f"This model ({type(pipe).__name__}) makes stills, not shots. Choose a text-to-video model for a shot.")
        multiple = _spatial_multiple(pipe)
        frames = None
        if moving:
            step = int(getattr(pipe, "vae_scale_factor_temporal", 1) or 1)
            frames = -(-(picture.frames - 1) // step) * step + 1
        return cls(-(-picture.width // multiple) * multiple, -(-picture.height // multiple) * multiple, frames)

    def notes(self, picture: Format) -> tuple[str, ...]:
        said = []
        if (self.width, self.height) != (picture.width, picture.height):
            said.append(f"The model paints {self.width}×{self.height}; the middle {picture.width}×{picture.height} was kept.")
        if self.frames is not None and self.frames != picture.frames:
            said.append(f"The model makes {self.frames} frames at a time; the first {picture.frames} were kept.")
        return tuple(said)


def _spatial_multiple(pipe: Any) -> int:
    """Pixels a side that one token of the model covers."""
    scale = int(getattr(pipe, "vae_scale_factor_spatial", 0) or getattr(pipe, "vae_scale_factor", 8) or 8)
    network = getattr(pipe, "transformer", None)
    if network is None:
        return scale
    patch = getattr(network.config, "patch_size", 1)
    side = int(patch[-1] if isinstance(patch, (tuple, list)) else patch)
    # FLUX packs 2 × 2 latents into a token before the transformer sees them, whose own patch size is 1.
    return scale * max(side, 2)


def _arguments(pipe: Any, params: DiffusionParams, plan: _Plan, seed: int) -> dict[str, Any]:
    torch = _module("torch")
    wanted: dict[str, Any] = {
        "prompt": params.words(),
        "negative_prompt": params.negative or None,
        "width": plan.width,
        "height": plan.height,
        "num_frames": plan.frames,
        "num_inference_steps": params.steps,
        "guidance_scale": params.guidance,
        "generator": torch.Generator("cpu").manual_seed(seed),
        "output_type": "np",
    }
    known = inspect.signature(pipe.__call__).parameters
    return {name: value for name, value in wanted.items() if name in known and value is not None}


class _Watched:
    """Calls `step(latents)` after each step: by the pipeline's own callback, or, where it has none, by looking over the scheduler's shoulder."""

    def __init__(self, pipe: Any, arguments: dict[str, Any], step: Callable[[Any], None]) -> None:
        self._pipe, self._step = pipe, step
        self._wrapped: Any = None
        if "callback_on_step_end" in inspect.signature(pipe.__call__).parameters:
            arguments["callback_on_step_end"] = self._called
        else:
            self._wrapped = pipe.scheduler.step

    def _called(self, pipe: Any, number: int, moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        self._step(tensors.get("latents"))
        return tensors

    def __enter__(self) -> None:
        if self._wrapped is not None:
            original = self._wrapped

            def stepped(*args: Any, **kwargs: Any) -> Any:
                answer = original(*args, **kwargs)
                self._step(answer[0] if isinstance(answer, tuple) else answer.prev_sample)
                return answer

            self._pipe.scheduler.step = stepped

    def __exit__(self, *error: object) -> None:
        if self._wrapped is not None:
            del self._pipe.scheduler.step  # the instance's own attribute; the class's method shows again


class _LatentPreview:
    """Latents to a small picture by one linear map, fitted once by least squares against the model's own decoder: a fraction of a
    millisecond a step, where decoding would take seconds. Shows light and composition, not detail."""

    def __init__(self, weights: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        self._weights = weights  # (channels + 1, 3)

    @classmethod
    def fitted(cls, pipe: Any) -> _LatentPreview | None:
        """None for models whose latents are not a plain grid, or have no decoder of that kind."""
        torch = _module("torch")
        vae = getattr(pipe, "vae", None)
        channels = int(getattr(getattr(vae, "config", None), "z_dim", 0) or getattr(getattr(vae, "config", None), "latent_channels", 0) or 0)
        if vae is None or not channels:
            return None
        video = hasattr(vae.config, "z_dim")
        generator = torch.Generator("cpu").manual_seed(0)
        coarse = torch.randn((1, channels, FIT_SIZE // 2, FIT_SIZE // 2), generator=generator)
        latents = torch.nn.functional.interpolate(coarse, scale_factor=2, mode="bilinear")
        with torch.inference_mode():
            ready = _for_decoder(vae, latents[:, :, None] if video else latents).to(vae.device, vae.dtype)
            try:
                pixels = vae.decode(ready, return_dict=False)[0]
            except (RuntimeError, ValueError, TypeError):
                return None  # a decoder with wishes of its own: the work goes on without a preview
            small = torch.nn.functional.adaptive_avg_pool2d((pixels[:, :, 0] if video else pixels).float().cpu(), FIT_SIZE)
        if small.shape[1] != 3:
            return None
        known = latents[0].reshape(channels, -1).T.numpy()
        known = np.concatenate([known, np.ones((len(known), 1), np.float32)], axis=1)
        weights, *_ = np.linalg.lstsq(known, small[0].reshape(3, -1).T.numpy(), rcond=None)
        return cls(weights.astype(np.float32))

    def __call__(self, latents: Any) -> Pixels | None:
        """RGB of the middle frame, or None where the latents are packed in some other way."""
        channels = len(self._weights) - 1
        if latents is None or latents.ndim not in (4, 5) or latents.shape[1] != channels:
            return None
        grid = latents[0, :, latents.shape[2] // 2] if latents.ndim == 5 else latents[0]
        values = grid.float().cpu().numpy().transpose(1, 2, 0) @ self._weights[:-1] + self._weights[-1]
        small = np.clip((np.nan_to_num(values) + 1) * 127.5, 0, 255).astype(np.uint8)
        height = max(2, round(PREVIEW_WIDTH * small.shape[0] / small.shape[1]))
        return np.asarray(Image.fromarray(small).resize((PREVIEW_WIDTH, height), Image.Resampling.BICUBIC))


def _for_decoder(vae: Any, latents: Any) -> Any:
    """Latents as the denoiser has them, in the scale that the decoder wants."""
    torch = _module("torch")
    config = vae.config
    mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is not None and std is not None:
        shape = (1, -1) + (1,) * (latents.ndim - 2)
        return latents * torch.tensor(std).reshape(shape) + torch.tensor(mean).reshape(shape)
    return latents / (getattr(config, "scaling_factor", None) or 1.0) + (getattr(config, "shift_factor", None) or 0.0)


def _crop(frames: np.ndarray[Any, np.dtype[np.float32]], picture: Format) -> Iterator[Pixels]:
    """The middle of each of the first `picture.frames` frames, as 8 bits."""
    top, left = (frames.shape[1] - picture.height) // 2, (frames.shape[2] - picture.width) // 2
    for frame in frames[: picture.frames]:
        part = frame[top : top + picture.height, left : left + picture.width]
        yield np.rint(part * 255).clip(0, 255).astype(np.uint8)
