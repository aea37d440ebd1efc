"""Z-Image: stills from words, from a picture, where a mask shows, and under the control of a previs' depth.

Turbo is distilled: about nine steps, no guidance. The base model takes about fifty steps, guidance of 4 and a negative prompt.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import Field

from generation.contract import BadRequest, Context, Pixels, Request
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts, store
from generation.neural.pictures import depth_still, read
from generation.neural.steps import Steps
from generation.neural.still import Canvas, StillParams, only, picture_of, steps_of
from generation.neural.tuning import StepCache, card, room

TURBO = "Tongyi-MAI/Z-Image-Turbo"
LICENCE = "https://huggingface.co/Tongyi-MAI/Z-Image-Turbo"
SCHEDULERS = ("flow euler", "unipc")  # the only ones that take this pipeline's own noise levels
TRAINED = (0.25, 4.2)  # megapixels
ACTIVATIONS = 600  # bytes that a pixel takes while it is denoised, at 16 bit, generously


class ZImageParams(StillParams):
    """`depth_at` is where in the shot: 0 its first frame, 1 its last."""

    model: str = Field(TURBO, max_length=1024)
    negative: str = Field("", max_length=2000, title="Negative prompt", description="Needs guidance.")
    steps: int = Field(9, ge=1, le=100, description="8 or 9 for Turbo, 28 to 50 for the base model.")
    guidance: float = Field(0.0, ge=0, le=20, description="0 for Turbo, 3 to 5 for the base model.")
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": list(SCHEDULERS)})
    controlnet: str = Field("", max_length=1024, title="Control network", description="For the depth of a previs or a control picture.")
    control_strength: float = Field(0.75, ge=0, le=2, title="Strength of control")
    depth_at: float = Field(0.5, ge=0, le=1, title="Moment of the previs", description="0: its first frame. 1: its last.")


INFO = EngineInfo(
    name="zimage",
    title="Z-Image",
    description="Stills in about nine steps: from words, from a picture, where a mask shows, or staged like the previs.",
    licence="Apache-2.0",
    kind="gpu",
    family="image",
    target="generation.engines.zimage:ZImage",
    forms=MappingProxyType({"still": ZImageParams}),
    inputs=MappingProxyType(
        {
            "still": (
                InputSpec(role="picture", title="Picture to begin from", medium="picture", help="Strength says how far the new one may go from it."),
                InputSpec(role="mask", title="Mask", medium="mask", help="White where the picture is painted anew."),
                InputSpec(role="depth", title="Guided by the previs of", medium="depth", help="Its depth holds the staging, by a control network."),
                InputSpec(role="control", title="Control picture", medium="picture", help="A ready depth, pose or line picture instead of a previs."),
            )
        }
    ),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1),
    costs=MappingProxyType({"still": Cost(fps=0.8, seconds=10.0)}),
    checkpoints=(
        Checkpoint(title="Z-Image Turbo", hub=TURBO, licence="Apache-2.0", licence_url=LICENCE, gib=30.6, memory_gib=24),
        Checkpoint(title="Z-Image", hub="Tongyi-MAI/Z-Image", licence="Apache-2.0", licence_url=LICENCE, gib=0, memory_gib=24),
        Checkpoint(
            title="Z-Image Turbo control", hub="alibaba-pai/Z-Image-Turbo-Fun-Controlnet-Union", licence="Apache-2.0", gib=0, memory_gib=0, base=False
        ),
    ),
    classes=(
        "diffusers.ZImagePipeline", "diffusers.ZImageImg2ImgPipeline", "diffusers.ZImageInpaintPipeline", "diffusers.ZImageControlNetPipeline",
    ),
    loras=True,
    together="generation.engines.zimage:together",
    needs=("torch", "diffusers", "transformers"),
)  # fmt: skip


class ZImage:
    """Same seed, same bytes on the same card and versions."""

    name = "zimage"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = ZImageParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A still needs a format and words: give a prompt, or at least a place, a subject or an action.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("ZImagePipeline",))
        canvas = Canvas.read(params, picture, context, multiple=pipelines.spatial_multiple(loaded.pipe))
        other, given, control = _mode(loaded, params, context, canvas)
        fresh = canvas.image is None
        only(params.scheduler, SCHEDULERS if fresh else SCHEDULERS[:1], "Z-Image" if fresh else "Z-Image from a picture")
        pipe = loaded.reset(params.scheduler, other)
        steps = params.steps if fresh else steps_of(params.steps, params.strength)
        arguments: dict[str, Any] = {
            **given,
            "width": canvas.width,
            "height": canvas.height,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "sigmas": np.linspace(1.0, 1 / params.steps, params.steps) if params.scheduler == "unipc" else None,  # its own, as an array
            "generator": pipelines.generators(context.seeds),
            "num_images_per_prompt": len(context.seeds),
            "output_type": "latent",
        }
        watch = Steps(pipe, arguments, context, steps, loaded.preview)
        with loras.applied(loaded.pipe, params.loras), StepCache(pipe, loaded.settings) as cache, watch:
            arguments |= _embedded(loaded, params)
            latents = pipelines.call(pipe, arguments).images
        for take in range(len(context.seeds)):
            context.frames(_picture(pipe, latents[take : take + 1], canvas), deferrable=loaded.deferrable, take=take)
        data = {
            **loaded.facts(),
            "pipeline": type(pipe).__name__,
            "mode": canvas.mode(control=control),
            "prompt": params.words(),
            "made": canvas.made(),
        }
        said = []
        if params.negative and not params.guidance:
            said.append("The negative prompt was not used: it needs guidance, which Turbo goes without.")
        if "turbo" in params.model.lower() and params.guidance:
            said.append("Z-Image Turbo was distilled to go without guidance: with it, pictures are slower and often worse.")
        return data, (*canvas.told(TRAINED, "Z-Image"), *said, *loaded.notes, *cache.notes)


def together(request: Request) -> int:
    """Pictures at once, from words alone."""
    params, picture = ZImageParams.model_validate(request.params), request.format
    if picture is None or any(item.role != "lora" for item in request.inputs):
        return 1
    pixels = params.megapixels * 1e6 or picture.width * picture.height
    weights = store.weight_bytes(store.model_folder(params.model))
    return room(params.tuning, weights, ACTIVATIONS * pixels * (2 if params.guidance else 1), card())


def _picture(pipe: Any, latents: Any, canvas: Canvas) -> Iterator[Pixels]:
    """Decoded when it is asked for."""
    yield canvas.finish(picture_of(pipe, latents))


def _mode(loaded: pipelines.Loaded, params: ZImageParams, context: Context, canvas: Canvas) -> tuple[Any, dict[str, Any], str]:
    """(the pipeline, its own arguments, what guides it), from what was given."""
    depth, ready = context.inputs("depth"), context.inputs("control")
    if depth and ready:
        raise BadRequest("Give one of these: a previs to be guided by, or a control picture.")
    if depth or ready:
        if canvas.image is not None:
            raise BadRequest("Z-Image is guided by a previs or begins from a picture, not both. Leave one out, or choose SDXL, which does both.")
        if not params.controlnet:
            raise BadRequest("To be guided, Z-Image needs a control network. Choose one under “Control network”.")
        folder = store.model_folder(params.controlnet)
        plain = folder.is_dir() and (folder / "config.json").is_file()
        make = None if plain else (lambda place: _from_one_file(place, loaded))
        network = pipelines.part(params.controlnet, "ZImageControlNetModel", loaded, make=make)
        pipe = loaded.as_class("ZImageControlNetPipeline", controlnet=network)
        guide = canvas.place(depth_still(depth[0], params.depth_at) if depth else read(ready[0]))
        given = {"control_image": guide, "controlnet_conditioning_scale": params.control_strength}
        return pipe, given, "previs depth" if depth else "control picture"
    if canvas.mask is not None:
        pipe = loaded.as_class("ZImageInpaintPipeline")
        return pipe, {"image": canvas.image, "mask_image": canvas.mask, "strength": params.strength}, ""
    if canvas.image is not None:
        return loaded.as_class("ZImageImg2ImgPipeline"), {"image": canvas.image, "strength": params.strength}, ""
    return loaded.pipe, {}, ""


def _from_one_file(place: Path, loaded: pipelines.Loaded) -> Any:
    """The control network as its makers publish it: one file of weights without a word about its shape, which is read from them. Its layers
    stand at even distances along the model's. Raises `BadRequest` for the second kind (2.x), whose shape the weights do not tell."""
    files = [place] if place.is_file() else sorted(place.glob("*.safetensors"))
    if len(files) != 1:
        raise BadRequest(f"There are {len(files)} files of weights in {place.name}: keep the one that is meant, or give a folder with a config.json.")
    model = loaded.pipe.transformer.config
    with lazy.module("safetensors").safe_open(str(files[0]), "pt") as weights:
        names = set(weights.keys())
        if "control_all_x_embedder.2-1.weight" not in names:
            raise BadRequest(f"{files[0].name} is no control network for Z-Image. Choose one made for it.")
        if any(name.startswith("control_noise_refiner.") and ".before_proj." in name for name in names):
            raise BadRequest(f"{files[0].name} is of the second kind (2.x), which needs a folder with a config.json. Choose the first kind (Union).")
        across = weights.get_slice("control_all_x_embedder.2-1.weight").get_shape()[1]
    layers = len({name.split(".")[1] for name in names if name.startswith("control_layers.")})
    shape = {
        "control_layers_places": list(range(0, model.n_layers, model.n_layers // layers))[:layers], "control_in_dim": across // 4,
        "dim": model.dim, "n_refiner_layers": model.n_refiner_layers, "n_heads": model.n_heads, "n_kv_heads": model.n_kv_heads,
        "norm_eps": model.norm_eps, "qk_norm": model.qk_norm,
    }  # fmt: skip
    network = lazy.diffusers().ZImageControlNetModel(**shape)
    network.load_state_dict(lazy.module("safetensors.torch").load_file(str(files[0])))
    return network.to(loaded.settings.dtype)


def _embedded(loaded: pipelines.Loaded, params: ZImageParams) -> dict[str, Any]:
    """The words as the text encoder says them, kept between jobs."""
    pipe, guided = loaded.pipe, params.guidance > 0
    key = ("zimage", str(loaded.folder), loaded.settings.precision, params.words(), params.negative if guided else "", guided)

    def encode() -> dict[str, Any]:
        with lazy.torch().inference_mode():
            words, without = pipe.encode_prompt(params.words(), negative_prompt=params.negative, do_classifier_free_guidance=guided)
        return {"prompt_embeds": words, "negative_prompt_embeds": without}

    return prompts.encoded(key, pipe._execution_device, encode)
