"""Qwen-Image: stills from words, from a picture and where a mask shows; and Qwen-Image Edit Plus, which changes pictures as the words say,
with up to three of them, also inside a mask only.

Which of these a model does follows from how it was trained: text models begin from noise, edit models look at pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image
from pydantic import Field

from generation.contract import BadRequest, Context, Pixels, Request
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts, store, warm
from generation.neural.pictures import read
from generation.neural.steps import Steps
from generation.neural.still import Canvas, StillParams, only, picture_of, steps_of
from generation.neural.tuning import StepCache, card

LICENCE = "https://huggingface.co/Qwen/Qwen-Image"
SCHEDULERS = ("flow euler", "unipc")  # the only ones that take this pipeline's own noise levels
TRAINED = (0.8, 2.8)  # megapixels
TEXT, EDIT = "QwenImagePipeline", "QwenImageEditPlusPipeline"
LOOKED_AT = 3  # pictures that the edit models were trained to look at together


class QwenImageParams(StillParams):
    """`look`: each picture given is seen by an edit model at the area of a square of that side."""

    model: str = Field("Qwen/Qwen-Image-Edit-2511", max_length=1024)
    negative: str = Field("", max_length=2000, title="Negative prompt")
    steps: int = Field(40, ge=1, le=100)
    guidance: float = Field(4.0, ge=0, le=20, description="1 or less: no guidance, twice as fast; for Lightning LoRAs.")
    strength: float = Field(0.75, gt=0, le=1, description="Text models: how far a given picture may go from what it was. 1: it is painted anew.")
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": list(SCHEDULERS)})
    look: int = Field(
        1024, ge=64, le=2048, title="Look at pictures at", description="Pixels a side, for edit models. Smaller is faster and needs less memory."
    )


INFO = EngineInfo(
    name="qwenimage",
    title="Qwen-Image",
    description="Stills with readable writing in them; edits of up to three pictures in words, also inside a mask only. Large: 54 GiB.",
    licence="Apache-2.0",
    kind="gpu",
    family="image",
    target="generation.engines.qwenimage:QwenImage",
    forms=MappingProxyType({"still": QwenImageParams}),
    inputs=MappingProxyType(
        {
            "still": (
                InputSpec(role="picture", title="Picture", medium="picture", help="Edit models change it by the words; text models begin from it."),
                InputSpec(role="reference", title="References", medium="picture", most=3, help="For edit models: people, things and looks."),
                InputSpec(role="mask", title="Mask", medium="mask", help="White where the picture is painted anew; also beyond its old edge."),
            )
        }
    ),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1),
    costs=MappingProxyType({"still": Cost(fps=0.15, seconds=40.0)}),
    checkpoints=(
        Checkpoint(title="Qwen-Image Edit 2511", hub="Qwen/Qwen-Image-Edit-2511", licence="Apache-2.0", licence_url=LICENCE, gib=54, memory_gib=64),
        Checkpoint(title="Qwen-Image Edit 2509", hub="Qwen/Qwen-Image-Edit-2509", licence="Apache-2.0", licence_url=LICENCE, gib=54, memory_gib=64),
        Checkpoint(title="Qwen-Image 2512", hub="Qwen/Qwen-Image-2512", licence="Apache-2.0", licence_url=LICENCE, gib=54, memory_gib=64),
        Checkpoint(title="Qwen-Image", hub="Qwen/Qwen-Image", licence="Apache-2.0", licence_url=LICENCE, gib=54, memory_gib=64),
    ),
    classes=(
        "diffusers.QwenImagePipeline", "diffusers.QwenImageImg2ImgPipeline", "diffusers.QwenImageInpaintPipeline",
        "diffusers.QwenImageEditPlusPipeline",
    ),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)  # fmt: skip


class QwenImage:
    """Same seed, same bytes on the same card and versions."""

    name = "qwenimage"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = QwenImageParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A still needs a format and words: give a prompt, or at least a place, a subject or an action.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=(TEXT, EDIT), **_processor(params.model))
        canvas = Canvas.read(params, picture, context, multiple=pipelines.spatial_multiple(loaded.pipe))
        references = [read(path) for path in context.inputs("reference")]
        edits = type(loaded.pipe).__name__ == EDIT
        pictures = [*([canvas.image] if canvas.image is not None else []), *references]
        other, given, notes = _mode(loaded, params, canvas, pictures, edits)
        from_picture = canvas.image is not None and not edits
        only(params.scheduler, SCHEDULERS[:1] if from_picture else SCHEDULERS, "Qwen-Image from a picture" if from_picture else "Qwen-Image")
        pipe = loaded.reset(params.scheduler, other)
        arguments: dict[str, Any] = {
            **given,
            "width": canvas.width,
            "height": canvas.height,
            "num_inference_steps": params.steps,
            "true_cfg_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
            "output_type": "latent",
        }
        watch = Steps(pipe, arguments, context, steps_of(params.steps, params.strength) if from_picture else params.steps, _unpacked(loaded, canvas))
        if edits and canvas.mask is not None:
            _Kept(pipe, canvas, request.seed).into(arguments)
        with loras.applied(loaded.pipe, params.loras), StepCache(pipe, loaded.settings) as cache, watch:
            arguments |= _embedded(loaded, params, pictures if edits else [])
            with _seen_at(pipe, params.look):
                tokens = pipelines.call(pipe, arguments).images
        grid = pipe._unpack_latents(tokens, canvas.height, canvas.width, pipe.vae_scale_factor)
        context.frames((canvas.finish(picture_of(pipe, part)) for part in (grid,)), deferrable=loaded.deferrable)
        data = {**loaded.facts(), "pipeline": type(pipe).__name__, "mode": canvas.mode(references), "prompt": params.words(), "made": canvas.made()}
        if params.negative and params.guidance <= 1:
            notes.append("The negative prompt was not used: it needs a guidance over 1.")
        return data, (*canvas.told(TRAINED, "Qwen-Image"), *notes, *loaded.notes, *cache.notes)


def _mode(
    loaded: pipelines.Loaded, params: QwenImageParams, canvas: Canvas, pictures: list[Image.Image], edits: bool
) -> tuple[Any, dict[str, Any], list[str]]:
    """(the pipeline, its own arguments, notes), from what was given and what the model was trained for."""
    if edits:
        if not pictures:
            raise BadRequest("This is an edit model: it begins from a picture or references. Give one, or choose Qwen-Image for words alone.")
        notes = []
        if len(pictures) > LOOKED_AT:
            notes.append(f"The edit models were trained to look at {LOOKED_AT} pictures; {len(pictures)} were given.")
        if canvas.mask is not None and params.strength < 1:
            notes.append("An edit model paints what the mask shows anew: the strength was not used.")
        return loaded.pipe, {"image": pictures}, notes
    if len(pictures) > (canvas.image is not None):
        raise BadRequest("This model (Qwen-Image) looks at no references. Choose an edit model (Qwen-Image Edit), or leave them out.")
    if canvas.mask is not None:
        other = loaded.as_class("QwenImageInpaintPipeline")
        return other, {"image": canvas.image, "mask_image": canvas.mask, "strength": params.strength}, []
    if canvas.image is not None:
        return loaded.as_class("QwenImageImg2ImgPipeline"), {"image": canvas.image, "strength": params.strength}, []
    return loaded.pipe, {}, []


def _processor(model: str) -> dict[str, Any]:
    """What prepares pictures for an edit model's eye, as an argument for loading it; nothing for a text model. The one through PIL, on every
    machine: the other needs torchvision, and gives other bytes."""
    folder = store.model_folder(model)
    place = folder / "processor"
    if not place.is_dir():
        return {}
    key = ("processor", str(place), place.stat().st_mtime_ns)
    return {"processor": warm.hold(model, key, 0, card().memory, lambda: _picture_processor(place))}


def _picture_processor(place: Path) -> Any:
    base = lazy.module("transformers.models.qwen2_vl.processing_qwen2_vl").Qwen2VLProcessor
    eye = lazy.module("transformers.models.qwen2_vl.image_processing_pil_qwen2_vl").Qwen2VLImageProcessorPil
    mixin = lazy.module("transformers.processing_utils").ProcessorMixin

    def begin(self: Any, image_processor: Any = None, tokenizer: Any = None, chat_template: Any = None) -> None:
        self.image_token, self.video_token = "<|image_pad|>", "<|video_pad|>"
        self.image_token_id, self.video_token_id = (tokenizer.convert_tokens_to_ids(word) for word in (self.image_token, self.video_token))
        mixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)

    # Without its part for video, which is never asked and cannot be made without torchvision.
    pictures_only = type("Qwen2VLProcessor", (base,), {"__init__": begin})
    try:
        tokenizer = lazy.transformers().AutoTokenizer.from_pretrained(str(place), local_files_only=True)
        return pictures_only(eye.from_pretrained(str(place), local_files_only=True), tokenizer)
    except pipelines.BROKEN as error:
        raise BadRequest(f"The processor in {place} cannot be loaded: {str(error).splitlines()[0][:300]} Get the model again.") from error


@contextmanager
def _seen_at(pipe: Any, side: int) -> Iterator[None]:
    """Edit Plus with the pictures it is given encoded at the area of that square, which it has as a constant of its module."""
    module = lazy.module(type(pipe).__module__)
    before = getattr(module, "VAE_IMAGE_SIZE", None)
    if before is None:
        yield
        return
    module.VAE_IMAGE_SIZE = side * side
    try:
        yield
    finally:
        module.VAE_IMAGE_SIZE = before


def _embedded(loaded: pipelines.Loaded, params: QwenImageParams, pictures: list[Image.Image]) -> dict[str, Any]:
    """The words, and what an edit model's eye sees, as the text encoder says them; kept between jobs."""
    pipe = loaded.pipe
    more: dict[str, Any] = {}
    kept: tuple[Any, ...] = ("qwenimage", str(loaded.folder), loaded.settings.precision)
    if pictures:
        module = lazy.module(type(pipe).__module__)
        sizes = [module.calculate_dimensions(module.CONDITION_IMAGE_SIZE, image.width / image.height) for image in pictures]
        more["image"] = [pipe.image_processor.resize(image, high, wide) for image, (wide, high) in zip(pictures, sizes, strict=True)]
        kept = (*kept, *((image.size, image.tobytes()) for image in more["image"]))

    def encode(words: str) -> dict[str, Any]:
        def now() -> dict[str, Any]:
            with lazy.torch().inference_mode():
                embeds, mask = pipe.encode_prompt(prompt=words, **more)
            return {"embeds": embeds, "embeds_mask": mask}

        return prompts.encoded((*kept, words), pipe._execution_device, now)

    found = {f"prompt_{name}": value for name, value in encode(params.words()).items()}
    if params.guidance > 1:  # the model wants a blank where nothing is said against
        found |= {f"negative_prompt_{name}": value for name, value in encode(params.negative or " ").items()}
    return found


def _unpacked(loaded: pipelines.Loaded, canvas: Canvas) -> Callable[[Any], Pixels | None] | None:
    """The preview, of latents that come as a row of tokens, four to a token."""
    if loaded.preview is None:
        return None
    pipe, preview = loaded.pipe, loaded.preview
    return lambda tokens: preview(pipe._unpack_latents(tokens, canvas.height, canvas.width, pipe.vae_scale_factor))


class _Kept:
    """Edit Plus knows no mask. After each step, what lies outside the mask is put back as the picture given, with as much of the same noise as
    the next step expects: sigma × noise + (1 − sigma) × picture, as in flow matching."""

    def __init__(self, pipe: Any, canvas: Canvas, seed: int) -> None:
        torch = lazy.torch()
        device, dtype = pipe._execution_device, pipe.vae.dtype
        channels, scale = pipe.latent_channels, pipe.vae_scale_factor
        high, wide = canvas.height // scale, canvas.width // scale
        with torch.inference_mode():
            pixels = pipe.image_processor.preprocess(canvas.image, canvas.height, canvas.width).unsqueeze(2)
            encoded = pipe._encode_vae_image(pixels.to(device, dtype), None)

            def packed(grid: Any) -> Any:
                return pipe._pack_latents(grid, 1, channels, high, wide)

            self.picture = packed(encoded)
            noise = torch.randn((1, 1, channels, high, wide), generator=pipelines.generator(seed), dtype=torch.float32)
            self.noise = packed(noise).to(device, self.picture.dtype)
            assert canvas.mask is not None
            grey = torch.from_numpy(np.asarray(canvas.mask, np.float32) / 255)[None, None]
            small = torch.nn.functional.interpolate(grey, size=(high, wide), mode="area")
            self.mask = packed((small >= 0.5).float()[:, None].expand(1, 1, channels, high, wide)).to(device, self.picture.dtype)

    def into(self, arguments: dict[str, Any]) -> None:
        """Begin from this noise, and look over every step before it is told."""
        told = arguments["callback_on_step_end"]

        def kept(pipe: Any, number: int, moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            latents = tensors["latents"]
            sigma = float(pipe.scheduler.sigmas[number + 1])
            outside = sigma * self.noise + (1 - sigma) * self.picture
            mixed = (self.mask * latents + (1 - self.mask) * outside).to(latents.dtype)
            return dict(told(pipe, number, moment, {**tensors, "latents": mixed}))

        arguments.update(latents=self.noise, callback_on_step_end=kept)
