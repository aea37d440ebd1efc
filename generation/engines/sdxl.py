"""Stable Diffusion XL and what was trained from it: stills from words, from a picture, where a mask shows; with reference pictures through
IP-Adapter, and under the control of a previs' depth through ControlNet; and any of these together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PIL import Image
from pydantic import Field

from generation.contract import BadRequest, Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts, schedulers, store, warm
from generation.neural.pictures import depth_still, read
from generation.neural.steps import Steps
from generation.neural.still import Canvas, StillParams, picture_of, steps_of
from generation.neural.tuning import StepCache, card

OPENRAIL = "https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/LICENSE.md"
TRAINED = (0.6, 1.6)  # megapixels
CLASSES = {  # (from a picture, with a mask, with a control network) → the pipeline
    (False, False, False): "StableDiffusionXLPipeline",
    (True, False, False): "StableDiffusionXLImg2ImgPipeline",
    (True, True, False): "StableDiffusionXLInpaintPipeline",
    (False, False, True): "StableDiffusionXLControlNetPipeline",
    (True, False, True): "StableDiffusionXLControlNetImg2ImgPipeline",
    (True, True, True): "StableDiffusionXLControlNetInpaintPipeline",
}
NAMES = tuple(name for name, (kind, _, _) in schedulers.SCHEDULERS.items() if not kind.startswith("FlowMatch"))
BESIDE = "image_encoder"  # the folder of an adapter's eye
# Where the hub's collection of adapters keeps the file for SDXL that holds to a picture best, and the eye it was trained with.
FILES = ("sdxl_models/ip-adapter-plus_sdxl_vit-h.safetensors", "sdxl_models/ip-adapter_sdxl.safetensors", "ip-adapter_sdxl.safetensors")


class SdxlParams(StillParams):
    """`ip_adapter` and `controlnet` are names on the shelf; `ip_adapter_file` the weights' file inside that folder. `depth_at` is where in the
    shot: 0 its first frame, 1 its last. `control_until` is in parts of the steps."""

    model: str = Field("stabilityai/stable-diffusion-xl-base-1.0", max_length=1024)
    negative: str = Field("", max_length=2000, title="Negative prompt")
    steps: int = Field(30, ge=1, le=150)
    guidance: float = Field(6.0, ge=0, le=30, description="1 or less: no guidance; for Turbo, Lightning and LCM.")
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": list(NAMES)})
    ip_adapter: str = Field("h94/IP-Adapter", max_length=1024, title="IP-Adapter", description="For references.")
    ip_adapter_file: str = Field("", max_length=300, title="IP-Adapter, its file", description="Empty: the best that is there.")
    ip_adapter_strength: float = Field(0.6, ge=0, le=2, title="Strength of references")
    controlnet: str = Field(
        "diffusers/controlnet-depth-sdxl-1.0", max_length=1024, title="Control network", description="For depth or a control picture."
    )
    control_strength: float = Field(0.7, ge=0, le=2, title="Strength of control")
    control_until: float = Field(1.0, gt=0, le=1, title="Control until", description="0.6: the last steps are free.")
    depth_at: float = Field(0.5, ge=0, le=1, title="Moment of the previs", description="0: its first frame. 1: its last.")


INFO = EngineInfo(
    name="sdxl",
    title="Stable Diffusion XL",
    description="Stills from words, a picture or a mask, with references (IP-Adapter), staged like the previs (ControlNet), or all together.",
    licence="CreativeML Open RAIL++-M",
    kind="gpu",
    family="image",
    target="generation.engines.sdxl:Sdxl",
    forms=MappingProxyType({"still": SdxlParams}),
    inputs=MappingProxyType(
        {
            "still": (
                InputSpec(role="picture", title="Picture to begin from", medium="picture", help="Strength says how far the new one may go from it."),
                InputSpec(role="mask", title="Mask", medium="mask", help="White where the picture is painted anew; also beyond its old edge."),
                InputSpec(role="reference", title="References", medium="picture", most=4, help="Looks and people to hold to, through IP-Adapter."),
                InputSpec(role="depth", title="Guided by the previs of", medium="depth", help="Its depth holds the staging, through ControlNet."),
                InputSpec(role="control", title="Control picture", medium="picture", help="What the control network was trained on: lines, a pose …"),
            )
        }
    ),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1),
    costs=MappingProxyType({"still": Cost(fps=0.6, seconds=8.0)}),
    checkpoints=(
        Checkpoint(
            title="SDXL base 1.0", hub="stabilityai/stable-diffusion-xl-base-1.0", licence="CreativeML Open RAIL++-M", licence_url=OPENRAIL,
            gib=12.9, memory_gib=9,
        ),
        Checkpoint(title="IP-Adapter", hub="h94/IP-Adapter", licence="Apache-2.0", gib=4, memory_gib=2, base=False),
        Checkpoint(
            title="ControlNet depth", hub="diffusers/controlnet-depth-sdxl-1.0", licence="CreativeML Open RAIL++-M", licence_url=OPENRAIL, gib=5,
            memory_gib=3, base=False,
        ),
    ),
    classes=tuple(f"diffusers.{name}" for name in CLASSES.values()),
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
        params, picture = SdxlParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A still needs a format and words: give a prompt, or at least a place, a subject or an action.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("StableDiffusionXLPipeline", "StableDiffusionXLInpaintPipeline"))
        canvas = Canvas.read(params, picture, context, multiple=pipelines.spatial_multiple(loaded.pipe))
        guide = _guide(params, context, canvas)
        pipe = loaded.reset(params.scheduler, _pipeline(loaded, params, canvas, guided=guide is not None))
        references = [read(path) for path in context.inputs("reference")]
        steps = steps_of(params.steps, params.strength, floor=True) if canvas.image is not None else params.steps
        arguments: dict[str, Any] = {
            **_given(canvas, guide, params),
            "width": canvas.width,
            "height": canvas.height,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
            "output_type": "latent",
        }
        watch = Steps(pipe, arguments, context, steps * pipe.scheduler.order - (pipe.scheduler.order > 1), loaded.preview)
        with loras.applied(loaded.pipe, params.loras), _adapted(loaded, params, references) as seen:
            arguments |= {**_embedded(loaded, params), **seen}
            with StepCache(pipe, loaded.settings) as cache, watch:
                latents = pipelines.call(pipe, arguments).images
        # Decoded at once: pipelines that begin from a picture change the decoder's precision while they read it, which the next job may do.
        context.frames(map(canvas.finish, (picture_of(pipe, latents),)), deferrable=True)
        control = "" if guide is None else "previs depth" if context.inputs("depth") else "control picture"
        mode = canvas.mode(references, control)
        data = {**loaded.facts(), "pipeline": type(pipe).__name__, "mode": mode, "prompt": params.words(), "made": canvas.made()}
        return data, (*canvas.told(TRAINED, "SDXL"), *_notes(loaded, params), *loaded.notes, *cache.notes)


def _guide(params: SdxlParams, context: Context, canvas: Canvas) -> Image.Image | None:
    """What the control network is shown."""
    depth, ready = context.inputs("depth"), context.inputs("control")
    if depth and ready:
        raise BadRequest("Give one of these: a previs to be guided by, or a control picture.")
    if not (depth or ready):
        return None
    if not params.controlnet:
        raise BadRequest("To be guided, SDXL needs a control network. Choose one under “Control network”.")
    return canvas.place(depth_still(depth[0], params.depth_at) if depth else read(ready[0]))


def _pipeline(loaded: pipelines.Loaded, params: SdxlParams, canvas: Canvas, *, guided: bool) -> Any:
    name = CLASSES[canvas.image is not None, canvas.mask is not None, guided]
    if not guided:
        if loaded.pipe.unet.config.in_channels == 9 and canvas.mask is None:
            raise BadRequest("This model paints only through a mask. Give a picture and a mask, or choose another SDXL.")
        return loaded.as_class(name)
    return loaded.as_class(name, controlnet=pipelines.part(params.controlnet, "ControlNetModel", loaded))


def _given(canvas: Canvas, guide: Image.Image | None, params: SdxlParams) -> dict[str, Any]:
    """The arguments that only some of the pipelines have. With words alone, the control picture is called the image."""
    given: dict[str, Any] = {}
    if canvas.image is not None:
        given |= {"image": canvas.image, "mask_image": canvas.mask, "strength": params.strength, "control_image": guide}
    elif guide is not None:
        given |= {"image": guide}
    if guide is not None:
        given |= {"controlnet_conditioning_scale": params.control_strength, "control_guidance_end": params.control_until}
    return given


def _embedded(loaded: pipelines.Loaded, params: SdxlParams) -> dict[str, Any]:
    """The words as both text encoders say them, kept between jobs. An adapter may change the encoders too."""
    pipe, guided = loaded.pipe, params.guidance > 1
    key = (
        "sdxl", str(loaded.folder), loaded.settings.precision, params.words(), params.negative if guided else "", guided,
        loras.identity(params.loras),
    )  # fmt: skip

    def encode() -> dict[str, Any]:
        with lazy.torch().inference_mode():
            words, without, pooled, pooled_without = pipe.encode_prompt(
                prompt=params.words(), negative_prompt=params.negative or None, do_classifier_free_guidance=guided
            )
        without_words = {"negative_prompt_embeds": without, "negative_pooled_prompt_embeds": pooled_without}
        return {"prompt_embeds": words, "pooled_prompt_embeds": pooled, **without_words}

    return prompts.encoded(key, pipe._execution_device, encode)


@contextmanager
def _adapted(loaded: pipelines.Loaded, params: SdxlParams, references: list[Image.Image]) -> Iterator[dict[str, Any]]:
    """The network with the IP-Adapter in it and what its eye saw of the references, as an argument; and the network as it was, afterwards."""
    if not references:
        yield {}
        return
    folder = store.model_folder(params.ip_adapter)
    file = _file(folder, params.ip_adapter_file)
    place = _eye(folder, file)
    if place:
        eye = pipelines.part(params.ip_adapter, "CLIPVisionModelWithProjection", loaded, subfolder=place, library="transformers")
    elif (eye := loaded.pipe.image_encoder) is None:
        raise BadRequest("The image encoder of that IP-Adapter is missing, and the model has none of its own. Get the adapter again, whole.")
    key = ("ip-adapter", str(file), file.stat().st_mtime_ns)
    state = warm.hold(params.ip_adapter, key, 0, card().memory, lambda: _state(file))
    pipe, side = loaded.pipe, eye.config.image_size
    before = (pipe.image_encoder, pipe.feature_extractor)
    # Through PIL on every machine: the other way needs torchvision, and gives other bytes.
    pixels = lazy.transformers().CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    pipe.register_modules(image_encoder=eye, feature_extractor=pixels)
    try:
        try:
            pipe.load_ip_adapter(state, subfolder="", weight_name=file.name, image_encoder_folder=None)
        except (ValueError, KeyError, RuntimeError, AttributeError) as error:
            raise BadRequest(f"The IP-Adapter in {file.name} does not fit this model: {str(error).splitlines()[0][:200]}") from error
        pipe.set_ip_adapter_scale(params.ip_adapter_strength)
        with lazy.torch().inference_mode():
            seen = pipe.prepare_ip_adapter_image_embeds([references], None, pipe._execution_device, 1, params.guidance > 1)
        yield {"ip_adapter_image_embeds": seen}
    finally:
        pipe.unload_ip_adapter()
        pipe.register_modules(image_encoder=before[0], feature_extractor=before[1])


def _file(folder: Path, wanted: str) -> Path:
    """The adapter's weights in its folder. Raises `BadRequest`, naming those there are."""
    if folder.is_file():
        return folder
    if wanted:
        file = (folder / wanted).resolve()
        if not file.is_relative_to(folder.resolve()) or file.suffix != ".safetensors" or not file.is_file():
            raise BadRequest(f"There is no file {wanted} of that IP-Adapter. There are: {_listed(folder)}.")
        return file
    adapters = [file for file in sorted(folder.rglob("*.safetensors")) if BESIDE not in file.parts]
    known = [folder / name for name in FILES if (folder / name).is_file()]
    found = next(iter([*known, *(file for file in adapters if "sdxl" in file.name.lower())] or adapters[:1]), None)
    if found is None:
        raise BadRequest(f"There are no weights for SDXL in that IP-Adapter. There are: {_listed(folder)}. Name one under “IP-Adapter, its file”.")
    return found


def _listed(folder: Path) -> str:
    names = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.safetensors") if BESIDE not in file.parts)
    return ", ".join(names[:20]) or "none"


def _eye(folder: Path, file: Path) -> str:
    """The folder of the image encoder an adapter was trained with: by the hub's collection, those named vit-h share the one of the first
    models. Empty where there is none."""
    if folder.is_file():
        return ""
    shared = f"models/{BESIDE}"
    beside = str(file.parent.relative_to(folder) / BESIDE)
    places = (shared, beside) if "vit-h" in file.name else (beside, shared)
    return next((place for place in places if (folder / place).is_dir()), "")


def _state(file: Path) -> dict[str, dict[str, Any]]:
    flat = lazy.module("safetensors.torch").load_file(str(file))
    parts: dict[str, dict[str, Any]] = {"image_proj": {}, "ip_adapter": {}}
    for name, weight in flat.items():
        part, _, rest = name.partition(".")
        if part in parts:
            parts[part][rest] = weight
    return parts


def _notes(loaded: pipelines.Loaded, params: SdxlParams) -> list[str]:
    said = []
    tokenizer = loaded.pipe.tokenizer
    most = tokenizer.model_max_length
    for name, words in (("prompt", params.words()), ("negative prompt", params.negative)):
        count = len(tokenizer(words).input_ids)
        if count > most:
            said.append(f"SDXL reads {most} tokens of the {name}; it has {count}: its end was not heard.")
    if params.negative and params.guidance <= 1:
        said.append("The negative prompt was not used: it needs a guidance over 1.")
    return said
