"""Z-Image: pictures from words, changed pictures, and pictures changed within a mask."""

from __future__ import annotations

from importlib import metadata
from types import MappingProxyType
from typing import Any

from pydantic import Field

from generation.contract import Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo, Limits
from generation.neural import lazy, pipelines, prompts, still
from generation.neural.still import MASK, PICTURE, StillParams

LICENCE = "https://huggingface.co/Tongyi-MAI/Z-Image-Turbo"


class ZImageParams(StillParams):
    """The turbo model takes 9 steps and no guidance; the base model some 40 steps and guidance 4."""

    model: str = Field("Tongyi-MAI/Z-Image-Turbo", max_length=1024)
    steps: int = Field(9, ge=1, le=100, description="9 for turbo, about 40 for the base model.")
    guidance: float = Field(0.0, ge=0, le=20, description="0 for turbo, about 4 for the base model.")


INFO = EngineInfo(
    name="zimage",
    title="Z-Image",
    description="Pictures from words, whole pictures or parts of them changed. Photographic, with readable lettering.",
    licence="Apache-2.0",
    kind="gpu",
    family="image",
    target="generation.engines.zimage:ZImage",
    forms=MappingProxyType({"still": ZImageParams}),
    inputs=MappingProxyType({"still": (PICTURE, MASK)}),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1),
    costs=MappingProxyType({"still": Cost(fps=0.3, seconds=8.0)}),
    checkpoints=(
        Checkpoint(title="Z-Image Turbo", hub="Tongyi-MAI/Z-Image-Turbo", licence="Apache-2.0", licence_url=LICENCE, gib=31, memory_gib=21),
        Checkpoint(title="Z-Image", hub="Tongyi-MAI/Z-Image", licence="Apache-2.0", licence_url=LICENCE, gib=31, memory_gib=21),
    ),
    classes=("diffusers.ZImagePipeline", "diffusers.ZImageImg2ImgPipeline", "diffusers.ZImageInpaintPipeline"),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)


class ZImage:
    """Same seed, same bytes on the same card and versions."""

    name = "zimage"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = ZImageParams.model_validate(request.params)
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("ZImagePipeline",))
        picture, plan = still.wanted(request, params, loaded.pipe.vae_scale_factor * 2)
        files = still.given(context, plan, params.feather)
        arguments: dict[str, Any] = {
            **_embedded(loaded, params),
            "width": plan.width,
            "height": plan.height,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
        }
        class_name = "ZImagePipeline"
        if files.picture is not None:
            class_name = "ZImageInpaintPipeline" if files.mask else "ZImageImg2ImgPipeline"
            arguments |= {"image": files.picture, "mask_image": files.mask, "strength": params.strength}
        notes = ("Without guidance a negative prompt is not heard.",) if params.negative and params.guidance <= 1 else ()
        pipe = loaded.reset(params.scheduler, loaded.as_class(class_name))
        return still.paint(context, loaded, pipe, params, arguments, plan, picture, mode=files.mode, more=notes)


def _embedded(loaded: pipelines.Loaded, params: ZImageParams) -> dict[str, Any]:
    pipe, guided = loaded.pipe, params.guidance > 1

    def encode() -> dict[str, Any]:
        with lazy.torch().inference_mode():
            words, without = pipe.encode_prompt(
                params.words(), device=pipe._execution_device, do_classifier_free_guidance=guided, negative_prompt=params.negative
            )
        return {"prompt_embeds": words, "negative_prompt_embeds": without}

    key = ("zimage", loaded.name, str(loaded.folder), loaded.settings.precision, params.words(), params.negative if guided else "", guided)
    return prompts.encoded(key, pipe._execution_device, encode)
