"""Qwen-Image: pictures from words (Qwen-Image), edited with several references (Qwen-Image-Edit 2509 and later), and changed within a mask."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from types import MappingProxyType
from typing import Any

from pydantic import Field

from generation.contract import BadRequest, Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo, Limits
from generation.neural import lazy, pipelines, prompts, still
from generation.neural.still import MASK, PICTURE, REFERENCES, StillParams
from generation.neural.store import model_folder

LICENCE = "https://huggingface.co/Qwen/Qwen-Image/blob/main/LICENSE"
TEXT, EDIT = "QwenImagePipeline", "QwenImageEditPlusPipeline"


class QwenImageParams(StillParams):
    """`guidance` is the true guidance of the model: 1 or less leaves it out, with the negative prompt, and is twice as fast."""

    model: str = Field("Qwen/Qwen-Image", max_length=1024)
    steps: int = Field(40, ge=1, le=100)
    guidance: float = Field(4.0, ge=0, le=20)
    look: int = Field(
        1024, ge=64, le=2048, title="Look at pictures at", description="Pixels a side (edit model). Smaller is faster and needs less memory."
    )


INFO = EngineInfo(
    name="qwenimage",
    title="Qwen-Image",
    description="Pictures from words; edits told in words with up to three pictures (the edit model); parts painted anew. Strong at lettering.",
    licence="Apache-2.0",
    kind="gpu",
    family="image",
    target="generation.engines.qwenimage:QwenImage",
    forms=MappingProxyType({"still": QwenImageParams}),
    inputs=MappingProxyType({"still": (PICTURE.model_copy(update={"help": "The edit model changes it as the prompt says."}), REFERENCES, MASK)}),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1),
    costs=MappingProxyType({"still": Cost(fps=0.05, seconds=15.0)}),
    checkpoints=(
        Checkpoint(title="Qwen-Image", hub="Qwen/Qwen-Image", licence="Apache-2.0", licence_url=LICENCE, gib=54, memory_gib=58),
        Checkpoint(title="Qwen-Image-Edit 2509", hub="Qwen/Qwen-Image-Edit-2509", licence="Apache-2.0", licence_url=LICENCE, gib=54, memory_gib=58),
    ),
    classes=("diffusers.QwenImagePipeline", "diffusers.QwenImageInpaintPipeline", "diffusers.QwenImageImg2ImgPipeline", "diffusers." + EDIT),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)


class QwenImage:
    """Same seed, same bytes on the same card and versions."""

    name = "qwenimage"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = QwenImageParams.model_validate(request.params)
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=(TEXT, EDIT), **_eyes(params.model))
        picture, plan = still.wanted(request, params, loaded.pipe.vae_scale_factor * 2)
        files = still.given(context, plan, params.feather)
        arguments: dict[str, Any] = {
            "width": plan.width,
            "height": plan.height,
            "num_inference_steps": params.steps,
            "true_cfg_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
        }
        guided, notes = params.guidance > 1, []
        if type(loaded.pipe).__name__ == EDIT:
            class_name = EDIT
            pictures = [*([files.picture] if files.picture else []), *files.references]
            if not pictures:
                raise BadRequest("The edit model changes pictures: give a picture or references, or choose Qwen-Image for words alone.")
            if files.mask is not None:
                raise BadRequest("The edit model takes no mask: say in words what is to change, or choose Qwen-Image for a mask.")
            # The words are heard together with the pictures: encoded by the pipeline itself.
            arguments |= {"prompt": params.words(), "negative_prompt": (params.negative or " ") if guided else None, "image": pictures}
        else:
            if files.references:
                raise BadRequest("Qwen-Image hears words only. Choose the edit model (Qwen-Image-Edit) for references.")
            class_name = TEXT
            arguments |= _embedded(loaded, params, guided)
            if files.picture is not None:
                class_name = "QwenImageInpaintPipeline" if files.mask else "QwenImageImg2ImgPipeline"
                arguments |= {"image": files.picture, "mask_image": files.mask, "strength": params.strength}
        if params.negative and not guided:
            notes.append("Without guidance a negative prompt is not heard.")
        pipe = loaded.reset(params.scheduler, loaded.as_class(class_name))

        def unpack(latents: Any) -> Any:
            return pipe._unpack_latents(latents, plan.height, plan.width, pipe.vae_scale_factor)

        with _looking(params.look):
            return still.paint(context, loaded, pipe, params, arguments, plan, picture, unpack=unpack, mode=files.mode, more=tuple(notes))


@contextmanager
def _looking(side: int) -> Iterator[None]:
    """The edit pipeline scales what it is given to a fixed area, which is a constant of its module."""
    module: Any = importlib.import_module("diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_plus")
    before, module.VAE_IMAGE_SIZE = module.VAE_IMAGE_SIZE, side * side
    try:
        yield
    finally:
        module.VAE_IMAGE_SIZE = before


def _eyes(model: str) -> dict[str, Any]:
    """The edit model's processor without its part for videos, which alone needs torchvision and which this pipeline never uses. Nothing where
    torchvision is there, or the model has no processor."""
    folder = model_folder(model) / "processor"
    if not folder.is_dir() or importlib.util.find_spec("torchvision") is not None:
        return {}
    transformers = lazy.transformers()

    class Pictures(transformers.Qwen2VLProcessor):  # type: ignore[misc, name-defined]
        def __init__(self, images: Any, tokenizer: Any) -> None:
            self.image_processor, self.tokenizer, self.chat_template = images, tokenizer, None
            self.image_token, self.video_token = "<|image_pad|>", "<|video_pad|>"
            self.image_token_id, self.video_token_id = (tokenizer.convert_tokens_to_ids(word) for word in (self.image_token, self.video_token))

    try:
        images = transformers.Qwen2VLImageProcessorPil.from_pretrained(str(folder), local_files_only=True)
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except pipelines.BROKEN as error:
        raise BadRequest(f"The processor of {model} cannot be read: {str(error).splitlines()[0][:200]}") from error
    return {"processor": Pictures(images, tokenizer)}


def _embedded(loaded: pipelines.Loaded, params: QwenImageParams, guided: bool) -> dict[str, Any]:
    pipe = loaded.pipe

    def encode() -> dict[str, Any]:
        with lazy.torch().inference_mode():
            words, mask = pipe.encode_prompt(params.words(), device=pipe._execution_device)
            without, without_mask = pipe.encode_prompt(params.negative or " ", device=pipe._execution_device) if guided else (None, None)
        return {
            "prompt_embeds": words,
            "prompt_embeds_mask": mask,
            "negative_prompt_embeds": without,
            "negative_prompt_embeds_mask": without_mask,
        }

    key = ("qwen", loaded.name, str(loaded.folder), loaded.settings.precision, params.words(), params.negative if guided else "", guided)
    return prompts.encoded(key, pipe._execution_device, encode)
