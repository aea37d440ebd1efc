"""Stable Diffusion XL: words, changed pictures, masks, IP-Adapter (a reference's look) and ControlNet (the depth of a previs, lines, poses)."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PIL import Image
from pydantic import Field

from generation.contract import BadRequest, Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts, still
from generation.neural.pictures import Plan, cover, depth_clip, read
from generation.neural.still import MASK, PICTURE, StillParams
from generation.neural.store import model_folder

LICENCE = "https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/LICENSE.md"
DEPTH = InputSpec(role="depth", title="Guided by the previs of", medium="depth", help="Its first frame's depth, through a ControlNet for depth.")
CONTROL = InputSpec(role="control", title="Control picture", medium="picture", help="Lines, a pose or depth, through a ControlNet made for it.")
LOOK = InputSpec(role="reference", title="Look of", medium="picture", most=4, help="Through an IP-Adapter: faces, clothes, style.")


class SdxlParams(StillParams):
    """`ip_adapter` and `controlnet` are names on the shelf, needed where references or a control picture are given."""

    model: str = Field("stabilityai/stable-diffusion-xl-base-1.0", max_length=1024)
    steps: int = Field(30, ge=1, le=150)
    guidance: float = Field(6.0, ge=0, le=30)
    ip_adapter: str = Field("h94/IP-Adapter", max_length=300, title="IP-Adapter")
    ip_adapter_file: str = Field("", max_length=200, title="IP-Adapter file", description="Its .safetensors file, where a folder holds several.")
    ip_adapter_strength: float = Field(0.6, ge=0, le=1.5, title="Strength of the look")
    controlnet: str = Field("diffusers/controlnet-depth-sdxl-1.0", max_length=300, title="ControlNet")
    control_strength: float = Field(0.6, ge=0, le=2, title="Strength of control")


INFO = EngineInfo(
    name="sdxl",
    title="Stable Diffusion XL",
    description="Pictures with the widest choice of LoRAs, looks (IP-Adapter) and controls (ControlNet with the previs' depth).",
    licence="CreativeML Open RAIL++-M",
    kind="gpu",
    family="image",
    target="generation.engines.sdxl:Sdxl",
    forms=MappingProxyType({"still": SdxlParams}),
    inputs=MappingProxyType({"still": (LOOK, DEPTH, CONTROL, PICTURE, MASK)}),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1),
    costs=MappingProxyType({"still": Cost(fps=0.3, seconds=6.0)}),
    checkpoints=(
        Checkpoint(
            title="SDXL base 1.0",
            hub="stabilityai/stable-diffusion-xl-base-1.0",
            licence="CreativeML Open RAIL++-M",
            licence_url=LICENCE,
            gib=13,
            memory_gib=8,
        ),
        Checkpoint(title="IP-Adapter", hub="h94/IP-Adapter", licence="Apache-2.0", gib=4, memory_gib=2, base=False),
        Checkpoint(
            title="ControlNet depth",
            hub="diffusers/controlnet-depth-sdxl-1.0",
            licence="CreativeML Open RAIL++-M",
            gib=5,
            memory_gib=3,
            base=False,
        ),
    ),
    classes=(
        "diffusers.StableDiffusionXLPipeline", "diffusers.StableDiffusionXLImg2ImgPipeline", "diffusers.StableDiffusionXLInpaintPipeline",
        "diffusers.StableDiffusionXLControlNetPipeline",
    ),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)  # fmt: skip


class Sdxl:
    """Same seed, same bytes on the same card and versions."""

    name = "sdxl"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = SdxlParams.model_validate(request.params)
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("StableDiffusionXLPipeline",))
        picture, plan = still.wanted(request, params, loaded.pipe.vae_scale_factor)
        files = still.given(context, plan, params.feather)
        arguments: dict[str, Any] = {
            **_embedded(loaded, params),
            "width": plan.width,
            "height": plan.height,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
        }
        control = _control(context, plan)
        if control is not None and files.picture is not None:
            raise BadRequest("Give a picture to change or a control, not both.")
        class_name, more = "StableDiffusionXLPipeline", {}
        if control is not None:
            class_name = "StableDiffusionXLControlNetPipeline"
            more["controlnet"] = _controlnet(loaded, params)
            arguments |= {"image": control, "controlnet_conditioning_scale": params.control_strength}
        elif files.picture is not None:
            class_name = "StableDiffusionXLInpaintPipeline" if files.mask else "StableDiffusionXLImg2ImgPipeline"
            arguments |= {"image": files.picture, "mask_image": files.mask, "strength": params.strength}
        pipe = loaded.reset(params.scheduler, loaded.as_class(class_name, **more))
        mode = f"{files.mode}, control" if control is not None else files.mode
        if not files.references:
            return still.paint(context, loaded, pipe, params, arguments, plan, picture, mode=mode)
        _wear(pipe, params)
        arguments["ip_adapter_image"] = [files.references]  # one adapter, several pictures
        eyes = {name: getattr(pipe, name) for name in ("image_encoder", "feature_extractor")}
        try:
            return still.paint(context, loaded, pipe, params, arguments, plan, picture, mode=mode)
        finally:
            pipe.unload_ip_adapter()
            pipe.register_modules(**eyes)  # the model's own eyes stay: the next job may need them


def _control(context: Context, plan: Plan) -> Image.Image | None:
    depth, ready = context.inputs("depth"), context.inputs("control")
    if depth and ready:
        raise BadRequest("Give a previs to be guided by or a control picture, not both.")
    if depth:
        return depth_clip(depth[0], plan.width, plan.height, 1)[0]
    return cover(read(ready[0]), plan.width, plan.height) if ready else None


def _controlnet(loaded: pipelines.Loaded, params: SdxlParams) -> Any:
    folder = model_folder(params.controlnet)
    if params.controlnet not in loaded.others:
        try:
            network = lazy.diffusers().ControlNetModel.from_pretrained(
                str(folder), dtype=loaded.settings.dtype, local_files_only=True, use_safetensors=True
            )
        except pipelines.BROKEN as error:
            raise BadRequest(f"The ControlNet {params.controlnet} cannot be loaded: {str(error).splitlines()[0][:200]}") from error
        loaded.others[params.controlnet] = network.to(loaded.settings.device)
    return loaded.others[params.controlnet]


def _wear(pipe: Any, params: SdxlParams) -> None:
    """Put the IP-Adapter on. Its image encoder is the model's own, or the one beside the adapter."""
    place = model_folder(params.ip_adapter)
    files = [place] if place.is_file() else sorted(place.rglob("*.safetensors"))
    found = [file for file in files if params.ip_adapter_file in str(file) and "image_encoder" not in file.parts]
    if not params.ip_adapter_file:
        found = [file for file in found if "sdxl" in str(file).lower()] or found
    if not found:
        raise BadRequest(f"There is no IP-Adapter file “{params.ip_adapter_file}” in {params.ip_adapter}. Name one that is there.")
    encoder = _encoder(place)
    try:
        pipe.load_ip_adapter(
            str(found[0].parent), subfolder="", weight_name=found[0].name, image_encoder_folder=encoder, local_files_only=True
        )  # fmt: skip
    except (*pipelines.BROKEN, RuntimeError) as error:
        raise BadRequest(f"The IP-Adapter {params.ip_adapter} does not fit this model: {str(error).splitlines()[0][:200]}") from error
    pipe.set_ip_adapter_scale(params.ip_adapter_strength)


def _encoder(place: Path) -> str | None:
    """The folder of an image encoder beside an adapter, or None where there is none."""
    return next((str(path) for path in (place / "sdxl_models" / "image_encoder", place / "image_encoder") if path.is_dir()), None)


def _embedded(loaded: pipelines.Loaded, params: SdxlParams) -> dict[str, Any]:
    pipe, guided = loaded.pipe, params.guidance > 1

    def encode() -> dict[str, Any]:
        with lazy.torch().inference_mode():
            words, without, pooled, pooled_without = pipe.encode_prompt(
                params.words(), device=pipe._execution_device, do_classifier_free_guidance=guided, negative_prompt=params.negative or None
            )
        return {
            "prompt_embeds": words,
            "negative_prompt_embeds": without,
            "pooled_prompt_embeds": pooled,
            "negative_pooled_prompt_embeds": pooled_without,
        }

    if params.loras:  # a LoRA may change the text encoders too: encoded anew, with it on
        with loras.applied(pipe, params.loras):
            return encode()
    key = ("sdxl", loaded.name, str(loaded.folder), loaded.settings.precision, params.words(), params.negative if guided else "", guided)
    return prompts.encoded(key, pipe._execution_device, encode)
