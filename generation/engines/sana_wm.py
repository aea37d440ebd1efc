"""SANA-WM: clips along a camera's path. A first frame is walked through as the camera of a previs moves: where it stands, where it looks, and
through which lens, frame by frame, in metres.

The first of the model's two stages, as the pipeline has it; its refiner is a pipeline of its own and is not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from generation.contract import BadRequest, Context, Format, Frozen, Pixels, Rate, Request
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts
from generation.neural.params import DenoiseParams
from generation.neural.pictures import Plan, cover, crop, read
from generation.neural.steps import Steps
from generation.neural.still import only
from generation.neural.tuning import StepCache

LICENCE = "https://huggingface.co/Efficient-Large-Model/SANA-WM_bidirectional/blob/main/README.md"
TRAINED = (1280, 704)
LEAST = 2  # latents a side: the decoder looks one past its edges


class SanaWmParams(DenoiseParams):
    """`travel` scales how far the camera goes, not how it turns: 1 is the previs' own metres, 0 turns on the spot."""

    model: str = Field("Efficient-Large-Model/SANA-WM_bidirectional-diffusers", max_length=1024)
    steps: int = Field(60, ge=1, le=100)
    guidance: float = Field(5.0, ge=0, le=20, description="1 or less: no guidance, twice as fast.")
    travel: float = Field(1.0, ge=0, le=10, title="Distance travelled", description="1: the metres of the previs. 0: the camera only turns.")


INFO = EngineInfo(
    name="sana_wm",
    title="SANA-WM",
    description="Clips along a camera's path: a first frame, walked through as the camera of the previs moves.",
    licence="Apache-2.0",
    kind="gpu",
    family="control",
    target="generation.engines.sana_wm:SanaWm",
    forms=MappingProxyType({"shot": SanaWmParams}),
    inputs=MappingProxyType(
        {
            "shot": (
                InputSpec(role="first_frame", title="First frame", medium="picture", least=1, help="What the camera sees when the shot begins."),
                InputSpec(role="camera", title="Camera of the previs of", medium="camera", least=1, help="Its path, frame by frame, and its lens."),
            )
        }
    ),
    limits=Limits(max_width=1920, max_height=1920, max_frames=961),
    costs=MappingProxyType({"shot": Cost(fps=1.0, seconds=25.0)}),
    checkpoints=(
        Checkpoint(
            title="SANA-WM",
            hub="Efficient-Large-Model/SANA-WM_bidirectional-diffusers",
            licence="Apache-2.0",
            licence_url=LICENCE,
            gib=0,
            memory_gib=0,
        ),
    ),
    classes=("diffusers.SanaWMPipeline",),
    needs=("torch", "diffusers", "transformers"),
)


class View(Frozen, extra="ignore"):
    """The camera of one frame: metres with z up, radians. `fov` is vertical. The plane in focus, which previs tells too, is not used."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    fov: float = Field(gt=0.001, lt=3.14)
    roll: float = 0.0


class Track(Frozen, extra="ignore"):
    """What previs says of a shot's camera: one view a frame."""

    rate: tuple[int, int]
    frames: tuple[View, ...] = Field(min_length=1)


class Camera:
    """A path read from a previs' JSON, as numbers: one row a frame."""

    def __init__(self, path: Path) -> None:
        try:
            found = Track.model_validate(json.loads(path.read_bytes()))
            rows = np.array([(*view.eye, *view.target, view.fov, view.roll) for view in found.frames], np.float64)
            if min(found.rate) < 1 or not np.isfinite(rows).all():
                raise ValueError
        except (ValueError, OverflowError, RecursionError) as error:
            where = f" ({error.errors()[0]['loc']}: {error.errors()[0]['msg']})" if isinstance(error, ValidationError) else ""
            raise BadRequest(f"The camera's path cannot be read{where}. Give the one that a previs wrote.") from error
        self.rows, self.rate = rows, found.rate

    def at(self, rate: Rate, frames: int) -> NDArray[np.float64]:
        """The rows of a clip of this rate; held at the end."""
        moments = np.arange(frames) * (rate.den * self.rate[0] / (rate.num * self.rate[1]))
        known = np.arange(len(self.rows))
        return np.stack([np.interp(moments, known, column) for column in self.rows.T], axis=1)

    def lasts(self, rate: Rate) -> int:
        """Frames of a clip of this rate until the path ends."""
        return int((len(self.rows) - 1) * self.rate[1] * rate.num / (self.rate[0] * rate.den) + 1e-6) + 1


def poses(rows: NDArray[np.float64], travel: float = 1.0) -> NDArray[np.float32]:
    """(frames, 4, 4) from camera to world as the model was trained (+x right, +y down, +z forward). Roll turns the camera clockwise."""
    eye, forward = rows[:, :3] * travel, rows[:, 3:6] - rows[:, :3]
    forward = forward / np.maximum(1e-12, np.linalg.norm(forward, axis=1, keepdims=True))
    steep = np.abs(forward[:, 2:]) >= 0.9995  # straight up or down: y is above
    right = np.cross(forward, np.where(steep, (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    right /= np.maximum(1e-12, np.linalg.norm(right, axis=1, keepdims=True))
    up = np.cross(right, forward)
    c, s = np.cos(rows[:, 7:8]), np.sin(rows[:, 7:8])
    right, up = right * c - up * s, up * c + right * s
    found = np.tile(np.eye(4, dtype=np.float32), (len(rows), 1, 1))
    for column, axis in enumerate((right, -up, forward, eye)):
        found[:, :3, column] = axis
    return found


def lenses(rows: NDArray[np.float64], picture: Format, plan: Plan) -> NDArray[np.float32]:
    """(frames, 4) fx, fy, cx, cy in pixels of what the model paints, which the format's picture was enlarged to cover."""
    scale = max(plan.width / picture.width, plan.height / picture.height)
    focal = scale * 0.5 * picture.height / np.tan(0.5 * rows[:, 6])
    middle = np.broadcast_to((0.5 * plan.width, 0.5 * plan.height), (len(rows), 2))
    return np.concatenate([focal[:, None], focal[:, None], middle], axis=1).astype(np.float32)


class SanaWm:
    """Same seed, same bytes on the same card and versions."""

    name = "sana_wm"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = SanaWmParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A clip needs a format and words: give a prompt, or at least a place, a subject or an action.")
        first, path = context.inputs("first_frame"), context.inputs("camera")
        if not first or not path:
            raise BadRequest("This engine needs a first frame and the camera of a previs: give both.")
        only(params.scheduler, ("flow euler",), "SANA-WM")
        camera = Camera(path[0])
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("SanaWMPipeline",))
        if loaded.settings.device == "cpu" and loaded.settings.precision != "float32":
            raise BadRequest("Without a card SANA-WM runs in float32 only. Leave the precision at auto.")
        pipe = loaded.reset(params.scheduler)
        side = int(pipe.vae_spatial_compression_ratio)
        room = {"width": max(picture.width, LEAST * side), "height": max(picture.height, LEAST * side)}
        plan = Plan.of(picture.model_copy(update=room), multiple=side, step=int(pipe.vae_temporal_compression_ratio))
        rows = camera.at(picture.rate, plan.frames)
        arguments: dict[str, Any] = {
            **embedded(loaded, params),
            "image": cover(read(first[0]), plan.width, plan.height),
            "prompt": params.words(),
            "c2w": poses(rows, params.travel),
            "intrinsics": lenses(rows, picture, plan),
            "width": plan.width,
            "height": plan.height,
            "num_frames": plan.frames,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
            "output_type": "latent",
        }
        watch = Steps(pipe, arguments, context, params.steps, _preview(loaded))
        with loras.applied(pipe, params.loras), StepCache(pipe, loaded.settings) as cache, watch:
            latents = pipelines.call(pipe, arguments).frames
        context.frames(crop(_decoded(pipe, latents), picture), deferrable=loaded.deferrable)
        data = {**loaded.facts(), "mode": "camera path", "prompt": params.words(), "made": plan.made(), "travel": params.travel}
        return data, (*plan.notes(picture), *_notes(params, picture, plan, camera), *loaded.notes, *cache.notes)


def _notes(params: SanaWmParams, picture: Format, plan: Plan, camera: Camera) -> Iterator[str]:
    if (plan.width, plan.height) != TRAINED:
        yield f"SANA-WM was trained at {TRAINED[0]}×{TRAINED[1]} only; at {plan.width}×{plan.height} it follows the path less surely."
    lasts = camera.lasts(picture.rate)
    if lasts < picture.frames:
        yield f"The camera's path was {picture.frames - lasts} frames too short: its last frame was held."
    if lasts > picture.frames:
        yield f"The camera's path is longer than the shot: its first {picture.frames} of {lasts} frames were used."
    if camera.rate[0] * picture.rate.den != picture.rate.num * camera.rate[1]:
        yield "The camera's path has another frame rate than the shot; it was followed in seconds, between its frames."
    if params.guidance <= 1 and params.negative:
        yield "The negative prompt was not used: it needs a guidance above 1."


def embedded(loaded: pipelines.Loaded, params: SanaWmParams) -> dict[str, Any]:
    """The words, after the introduction that the model was trained with, as the text encoder says them; kept between jobs."""
    pipe = loaded.pipe
    key = ("sana_wm", loaded.name, str(loaded.folder), loaded.settings.precision, params.words(), params.negative)
    names = ("prompt_embeds", "prompt_attention_mask", "negative_prompt_embeds", "negative_prompt_attention_mask")

    def encode() -> dict[str, Any]:
        introduction = lazy.module("diffusers.pipelines.sana_wm.pipeline_sana_wm").DEFAULT_CHI_PROMPT
        with lazy.torch().inference_mode():
            answers = pipe.encode_prompt(params.words(), params.negative, device=pipe._execution_device, chi_prompt=introduction)
        return dict(zip(names, answers, strict=True))

    return prompts.encoded(key, pipe._execution_device, encode)


def _plain(vae: Any, latents: Any) -> Any:
    """Latents in the scale that the decoder wants; this VAE keeps its means among its weights."""
    mean, std = (values.view(1, -1, 1, 1, 1).to(latents) for values in (vae.latents_mean, vae.latents_std))
    return latents / vae.config.scaling_factor * std + mean


def _preview(loaded: pipelines.Loaded) -> Any:
    show = loaded.preview
    return None if show is None else lambda latents: None if latents is None else show(_plain(loaded.pipe.vae, latents))


def _decoded(pipe: Any, latents: Any) -> Iterator[Pixels]:
    """The frames of a clip, float32 0…1; only one at a time leaves the card."""
    with lazy.torch().inference_mode():
        pixels = pipelines.finite(pipe.vae.decode(_plain(pipe.vae, latents.to(pipe.vae.dtype)), return_dict=False)[0][0])
        for frame in pixels.unbind(1):
            yield (frame.float() * 0.5 + 0.5).clamp(0, 1).permute(1, 2, 0).cpu().numpy()
