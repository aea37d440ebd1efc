"""Neural models through diffusers: any text-to-image or text-to-video pipeline on the shelf that has no engine of its own here."""

from __future__ import annotations

import inspect
from importlib import metadata
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import Field

from generation.contract import BadRequest, Context, Request
from generation.facts import Cost, EngineInfo, Limits
from generation.neural import loras, pipelines
from generation.neural.params import DenoiseParams
from generation.neural.pictures import Plan, crop
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache


class DiffusionParams(DenoiseParams):
    """`model` is a folder as written by `save_pretrained`, by its name on the shelf; nothing is ever downloaded."""

    model: str = Field(min_length=1, max_length=1024)


INFO = EngineInfo(
    name="diffusers",
    title="Any model (diffusers)",
    description="Any text-to-image or text-to-video model on the shelf that diffusers can read. The model's own licence holds for what it makes.",
    licence="Apache-2.0; each model has its own",
    kind="gpu",
    family="video",
    target="generation.engines.diffusion:Diffusion",
    forms=MappingProxyType({"still": DiffusionParams, "shot": DiffusionParams}),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1000),
    costs=MappingProxyType({"still": Cost(fps=0.2, seconds=20.0), "shot": Cost(fps=1.0, seconds=30.0)}),
    classes=("diffusers.DiffusionPipeline",),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)


class Diffusion:
    """The same request on the same machine and versions gives the same bytes: the noise comes from a generator on the CPU wherever the
    model runs."""

    name = "diffusers"

    @property
    def version(self) -> str:
        return f"2 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = DiffusionParams.model_validate(request.params)
        picture = request.format
        if picture is None:
            raise BadRequest("A neural picture needs a format: its size and number of frames.")
        if not params.words():
            raise BadRequest("There is nothing to paint: give a prompt, or at least a place, a subject or an action.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params)
        pipe = loaded.reset(params.scheduler)
        moving = "num_frames" in inspect.signature(pipe.__call__).parameters
        if request.task == "shot" and not moving:
            raise BadRequest(f"This model ({type(pipe).__name__}) makes stills, not shots. Choose a text-to-video model for a shot.")
        step = int(getattr(pipe, "vae_scale_factor_temporal", 1) or 1)
        plan = Plan.of(picture, multiple=pipelines.spatial_multiple(pipe), step=step if moving else 1)
        arguments = {
            "prompt": params.words(),
            "negative_prompt": params.negative or None,
            "width": plan.width,
            "height": plan.height,
            "num_frames": plan.frames,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
            "output_type": "np",
        }
        steps = Steps(pipe, arguments, context, params.steps, loaded.preview)
        with loras.applied(pipe, params.loras), StepCache(pipe, loaded.settings) as cache, steps:
            result = pipelines.call(pipe, arguments)
        frames = np.asarray(result.frames[0] if hasattr(result, "frames") else result.images, np.float32)
        context.frames(crop(pipelines.finite(frames), picture), deferrable=True)
        notes = (*plan.notes(picture), *loaded.notes, *cache.notes)
        return {**loaded.facts(), "prompt": params.words(), "made": plan.made()}, notes
