"""HunyuanVideo 1.5: clips from words, from a first frame, and on from the end of a clip.

A model is for words (T2V) or for pictures (I2V). Its licence leaves out the European Union, the United Kingdom and South Korea.
"""

from __future__ import annotations

from importlib import metadata
from types import MappingProxyType
from typing import Any

from PIL import Image
from pydantic import Field

from generation.contract import BadRequest, Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts
from generation.neural.params import DenoiseParams
from generation.neural.pictures import Plan, cover, crop, read, read_clip
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache

LICENCE = "Tencent Hunyuan Community License"
LICENCE_URL = "https://huggingface.co/tencent/HunyuanVideo-1.5/blob/main/LICENSE"
TERRITORIES = "Not in the European Union, the United Kingdom and South Korea."
SCHEDULERS = ("flow euler", "unipc")  # those that take the noise of each step as it is given
TO_WORDS, TO_PICTURES = "HunyuanVideo15Pipeline", "HunyuanVideo15ImageToVideoPipeline"
VALUES = ("prompt_embeds", "prompt_embeds_mask", "prompt_embeds_2", "prompt_embeds_mask_2")


class HunyuanParams(DenoiseParams):
    """Distilled models want a guidance of 1, and no negative prompt then. Words in quotation marks are written into the picture."""

    model: str = Field("hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-480p_t2v", max_length=1024)
    steps: int = Field(50, ge=1, le=100, description="50 as trained; step-distilled models take 8 or 12.")
    guidance: float = Field(6.0, ge=1, le=20, description="1: no guidance, twice as fast; for distilled models.")
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": list(SCHEDULERS)})


def _checkpoint(title: str, kind: str) -> Checkpoint:
    """14 GiB are with the parts of the model moved in and out, as its authors measured."""
    hub = f"hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-{kind}"
    return Checkpoint(title=title, hub=hub, licence=LICENCE, licence_url=LICENCE_URL, territories=TERRITORIES, gib=0, memory_gib=14)


INFO = EngineInfo(
    name="hunyuan",
    title="HunyuanVideo 1.5",
    description="Clips from words, a first frame, or on from the end of a clip. Not licensed for the EU, the UK and South Korea.",
    licence=f"{LICENCE}. {TERRITORIES}",
    kind="gpu",
    family="video",
    target="generation.engines.hunyuan:Hunyuan",
    forms=MappingProxyType({"shot": HunyuanParams}),
    inputs=MappingProxyType(
        {
            "shot": (
                InputSpec(role="first_frame", title="First frame", medium="picture", help="For picture models (I2V)."),
                InputSpec(role="video", title="Clip to go on from", medium="video", help="From its last frame; for picture models (I2V)."),
            )
        }
    ),
    limits=Limits(max_width=1920, max_height=1920, max_frames=241),
    costs=MappingProxyType({"shot": Cost(fps=0.5, seconds=30.0)}),
    checkpoints=(
        _checkpoint("HunyuanVideo 1.5 T2V 480p", "480p_t2v"),
        _checkpoint("HunyuanVideo 1.5 I2V 480p", "480p_i2v"),
        _checkpoint("HunyuanVideo 1.5 T2V 720p", "720p_t2v"),
        _checkpoint("HunyuanVideo 1.5 I2V 720p", "720p_i2v"),
    ),
    classes=(f"diffusers.{TO_WORDS}", f"diffusers.{TO_PICTURES}"),
    needs=("torch", "diffusers", "transformers"),
)


class Hunyuan:
    """Same seed, same bytes on the same card and versions."""

    name = "hunyuan"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = HunyuanParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A clip needs a format and words: give a prompt, or at least a place, a subject or an action.")
        if params.scheduler not in ("", *SCHEDULERS):
            raise BadRequest(f"HunyuanVideo 1.5 does not work with “{params.scheduler}”. Choose one of: {', '.join(SCHEDULERS)}.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=(TO_WORDS, TO_PICTURES))
        pipe = loaded.reset(params.scheduler)
        pipe.vae.enable_tiling()
        plan = Plan.of(picture, multiple=pipe.vae_scale_factor_spatial, step=pipe.vae_scale_factor_temporal)
        mode, start = _mode(pipe, context)
        pipe.guider = pipe.guider.new(guidance_scale=params.guidance)
        arguments: dict[str, Any] = {
            **_embedded(loaded, pipe, params),
            "num_frames": plan.frames,
            "num_inference_steps": params.steps,
            "generator": pipelines.generator(request.seed),
            "output_type": "latent",
        }
        if start is None:
            arguments |= {"width": plan.width, "height": plan.height}
        else:
            arguments["image"] = cover(start, plan.width, plan.height)
            # The pipeline would choose a size by the picture's shape; this one was asked for.
            pipe.video_processor.calculate_default_height_width = lambda **shape: (plan.height, plan.width)
        watch = Steps(pipe, arguments, context, params.steps, loaded.preview)
        with loras.applied(pipe, params.loras), StepCache(pipe, loaded.settings) as cache, watch:
            latents = pipelines.call(pipe, arguments).frames
        context.frames((frame for part in (latents,) for frame in crop(pipelines.clip_of(pipe, part), picture)), deferrable=loaded.deferrable)
        data = {**loaded.facts(), "mode": mode, "prompt": params.words(), "made": plan.made()}
        said = ("Without guidance the negative prompt was not used.",) if params.negative and params.guidance <= 1 else ()
        return data, (*plan.notes(picture), *said, *loaded.notes, *cache.notes)


def _mode(pipe: Any, context: Context) -> tuple[str, Image.Image | None]:
    """(what is done, the picture the clip begins with), from what was given and what the model was trained for."""
    first, clips = context.inputs("first_frame"), context.inputs("video")
    if first and clips:
        raise BadRequest("Give a clip to go on from or a first frame, not both.")
    of_pictures = type(pipe).__name__ == TO_PICTURES
    if not (first or clips):
        if of_pictures:
            raise BadRequest("This model (I2V) begins from a picture. Give a first frame, or choose a text model (T2V).")
        return "words", None
    if not of_pictures:
        raise BadRequest("This model (T2V) hears words only. Choose a picture model (I2V) for a first frame or to go on from a clip.")
    return ("first frame", read(first[0])) if first else ("continue", read_clip(clips[0])[-1])


def _embedded(loaded: pipelines.Loaded, pipe: Any, params: HunyuanParams) -> dict[str, Any]:
    """The words as the text encoders say them, kept between jobs."""
    guided = params.guidance > 1
    said = (params.words(), params.negative) if guided else (params.words(),)
    key = ("hunyuan", loaded.name, str(loaded.folder), loaded.settings.precision, said)

    def encode() -> dict[str, Any]:
        found: dict[str, Any] = {}
        with lazy.torch().inference_mode():
            for prefix, words in zip(("", "negative_"), said, strict=False):
                values = pipe.encode_prompt(prompt=words, device=pipe._execution_device, dtype=pipe.transformer.dtype)
                found |= {f"{prefix}{name}": value for name, value in zip(VALUES, values, strict=True)}
        return found

    return prompts.encoded(key, pipe._execution_device, encode)
