"""FLUX.2 klein: pictures from words and from several references, and pictures changed within a mask."""

from __future__ import annotations

from importlib import metadata
from types import MappingProxyType
from typing import Any

from pydantic import Field

from generation.contract import Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo, Limits
from generation.neural import lazy, pipelines, prompts, still
from generation.neural.still import MASK, PICTURE, REFERENCES, StillParams

LICENCE = "https://huggingface.co/black-forest-labs/FLUX.2-klein-4B"
LICENCE_9B = "https://huggingface.co/black-forest-labs/FLUX.2-klein-9B"


class Flux2Params(StillParams):
    """The distilled models take 4 steps and no guidance; the base models 50 steps and guidance 4."""

    model: str = Field("black-forest-labs/FLUX.2-klein-4B", max_length=1024)
    steps: int = Field(4, ge=1, le=100, description="4 for the distilled models, 50 for the base models.")
    guidance: float = Field(1.0, ge=0, le=20, description="1 for the distilled models, 4 for the base models.")


INFO = EngineInfo(
    name="flux2",
    title="FLUX.2 klein",
    description="Pictures from words and up to four references, and parts of pictures painted anew. Seconds a picture on a card.",
    licence="Apache-2.0 (4B); FLUX non-commercial licence (9B)",
    kind="gpu",
    family="image",
    target="generation.engines.flux2:Flux2",
    forms=MappingProxyType({"still": Flux2Params}),
    inputs=MappingProxyType({"still": (REFERENCES, PICTURE, MASK)}),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1),
    costs=MappingProxyType({"still": Cost(fps=0.3, seconds=8.0)}),
    checkpoints=(
        Checkpoint(title="klein 4B", hub="black-forest-labs/FLUX.2-klein-4B", licence="Apache-2.0", licence_url=LICENCE, gib=15, memory_gib=13),
        Checkpoint(
            title="klein base 4B", hub="black-forest-labs/FLUX.2-klein-base-4B", licence="Apache-2.0", licence_url=LICENCE, gib=15, memory_gib=13
        ),
        Checkpoint(
            title="klein 9B",
            hub="black-forest-labs/FLUX.2-klein-9B",
            licence="FLUX non-commercial",
            licence_url=LICENCE_9B,
            revenue="Not for commercial use without a licence of Black Forest Labs.",
            gib=34,
            memory_gib=29,
            gated=True,
        ),
    ),
    classes=("diffusers.Flux2KleinPipeline", "diffusers.Flux2KleinInpaintPipeline"),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)


class Flux2:
    """Same seed, same bytes on the same card and versions."""

    name = "flux2"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = Flux2Params.model_validate(request.params)
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("Flux2KleinPipeline",))
        picture, plan = still.wanted(request, params, loaded.pipe.vae_scale_factor * 2)
        files = still.given(context, plan, params.feather)
        notes = []
        if loaded.pipe.config.is_distilled and params.guidance > 1:
            notes.append("This distilled model works without guidance; it was left out.")
        if params.negative:
            notes.append("FLUX.2 hears no negative prompt; it was left out.")
        arguments: dict[str, Any] = {
            **_embedded(loaded, params),
            "width": plan.width,
            "height": plan.height,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
        }
        if files.mask is not None:
            class_name = "Flux2KleinInpaintPipeline"
            arguments |= {"image": files.picture, "mask_image": files.mask, "strength": params.strength}
            arguments["image_reference"] = [still.seen(each) for each in files.references] or None
        else:
            class_name = "Flux2KleinPipeline"
            arguments["image"] = [*([files.picture] if files.picture else []), *map(still.seen, files.references)] or None
        pipe = loaded.reset(params.scheduler, loaded.as_class(class_name))

        def unpack(latents: Any) -> Any:
            high, wide = (side // (pipe.vae_scale_factor * 2) for side in (plan.height, plan.width))
            grid = latents[:, : high * wide].reshape(latents.shape[0], high, wide, -1).permute(0, 3, 1, 2)
            bn = pipe.vae.bn
            mean = bn.running_mean.view(1, -1, 1, 1).to(grid.device, grid.dtype)
            spread = lazy.torch().sqrt(bn.running_var.view(1, -1, 1, 1) + pipe.vae.config.batch_norm_eps).to(grid.device, grid.dtype)
            return pipe._unpatchify_latents(grid * spread + mean)

        return still.paint(context, loaded, pipe, params, arguments, plan, picture, unpack=unpack, mode=files.mode, more=tuple(notes))


def _embedded(loaded: pipelines.Loaded, params: Flux2Params) -> dict[str, Any]:
    pipe = loaded.pipe
    guided = params.guidance > 1 and not pipe.config.is_distilled
    layers = pipe.text_encoder.config.num_hidden_layers
    taken = (layers // 4, layers // 2, 3 * layers // 4)  # as trained: 9, 18 and 27 of 36

    def encode() -> dict[str, Any]:
        with lazy.torch().inference_mode():
            words, _ = pipe.encode_prompt(params.words(), pipe._execution_device, text_encoder_out_layers=taken)
            without = pipe.encode_prompt("", pipe._execution_device, text_encoder_out_layers=taken)[0] if guided else None
        return {"prompt_embeds": words, "negative_prompt_embeds": without}

    key = ("flux2", loaded.name, str(loaded.folder), loaded.settings.precision, params.words(), guided)
    return prompts.encoded(key, pipe._execution_device, encode)
