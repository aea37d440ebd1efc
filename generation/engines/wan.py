"""Wan 2.2 and 2.1: clips from words, from a first frame, between a first and a last frame, from a clip, and on from the end of one.

Which of these a model can do follows from how it was trained: text models (T2V), picture models (I2V), and the 5B model that does both.
The two 14B models of 2.2 have an expert for each half of the steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from generation.contract import BadRequest, Context, Format, Pixels, Request
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts, store
from generation.neural.params import DenoiseParams
from generation.neural.pictures import Plan, cover, crop, read, read_clip
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache, card, room

LICENCE = "https://huggingface.co/Wan-AI/Wan2.2-TI2V-5B-Diffusers/blob/main/README.md"
NEGATIVE = "blurry, low quality, overexposed, static, subtitles, watermark, deformed hands, deformed faces, extra fingers"

ACTIVATIONS = 128  # bytes that a pixel of a frame takes while it is denoised, at 16 bit, generously


class WanParams(DenoiseParams):
    """`guidance_2` is for the expert of the later, less noisy steps, where a model has two; 0: the same as `guidance`."""

    model: str = Field("Wan-AI/Wan2.2-TI2V-5B-Diffusers", max_length=1024)
    negative: str = Field(NEGATIVE, max_length=2000, title="Negative prompt")
    steps: int = Field(40, ge=1, le=100)
    guidance: float = Field(5.0, ge=0, le=20, description="1 or less: no guidance, twice as fast; for distilled models and lightning LoRAs.")
    guidance_2: float = Field(0.0, ge=0, le=20, title="Guidance, later steps", description="For models with two experts. 0: the same.")
    clip_use: Literal["restyle", "continue"] = Field("restyle", title="A given clip is", description="What becomes of the clip, if one is given.")
    strength: float = Field(0.7, gt=0, le=1, description="How far a restyled clip may go from what it was.")
    overlap: int = Field(1, ge=1, le=81, description="Frames at the end of a continued clip that are made again, to cut within.")


INFO = EngineInfo(
    name="wan",
    title="Wan 2.2",
    description="Clips from words, a first frame, a first and a last frame, or another clip (Wan 2.2 5B and 14B, Wan 2.1).",
    licence="Apache-2.0",
    kind="gpu",
    family="video",
    target="generation.engines.wan:Wan",
    forms=MappingProxyType({"shot": WanParams}),
    inputs=MappingProxyType(
        {
            "shot": (
                InputSpec(role="first_frame", title="First frame", medium="picture"),
                InputSpec(role="last_frame", title="Last frame", medium="picture", help="Together with a first frame, for picture models."),
                InputSpec(role="video", title="Clip", medium="video", help="To restyle (text models), or to go on from its last frame."),
            )
        }
    ),
    limits=Limits(max_width=1920, max_height=1920, max_frames=257),
    costs=MappingProxyType({"shot": Cost(fps=0.5, seconds=25.0)}),
    checkpoints=(
        Checkpoint(
            title="Wan 2.2 TI2V 5B", hub="Wan-AI/Wan2.2-TI2V-5B-Diffusers", licence="Apache-2.0", licence_url=LICENCE, gib=31.9, memory_gib=24
        ),
        Checkpoint(
            title="Wan 2.2 T2V 14B", hub="Wan-AI/Wan2.2-T2V-A14B-Diffusers", licence="Apache-2.0", licence_url=LICENCE, gib=117.5, memory_gib=80
        ),
        Checkpoint(
            title="Wan 2.2 I2V 14B", hub="Wan-AI/Wan2.2-I2V-A14B-Diffusers", licence="Apache-2.0", licence_url=LICENCE, gib=117.5, memory_gib=80
        ),
        Checkpoint(
            title="Wan 2.1 T2V 1.3B", hub="Wan-AI/Wan2.1-T2V-1.3B-Diffusers", licence="Apache-2.0", licence_url=LICENCE, gib=27, memory_gib=14
        ),
    ),
    classes=("diffusers.WanPipeline", "diffusers.WanImageToVideoPipeline", "diffusers.WanVideoToVideoPipeline"),
    loras=True,
    together="generation.engines.wan:together",
    needs=("torch", "diffusers", "transformers"),
)


class Wan:
    """Same seed, same bytes on the same card and versions."""

    name = "wan"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = WanParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A clip needs a format and words: give a prompt, or at least a place, a subject or an action.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("WanPipeline", "WanImageToVideoPipeline"))
        plan = Plan.of(picture, multiple=pipelines.spatial_multiple(loaded.pipe), step=loaded.pipe.vae_scale_factor_temporal)
        mode, class_name, given, notes = _mode(loaded.pipe, params, context, plan)
        pipe = loaded.reset(params.scheduler, loaded.as_class(class_name))
        steps = max(1, round(params.steps * params.strength)) if mode == "restyle" else params.steps
        many = len(context.seeds)
        words = embedded(loaded, pipe, params)
        arguments: dict[str, Any] = {
            **given,
            **{name: value.repeat(many, 1, 1) if value is not None else None for name, value in words.items()},
            "width": plan.width,
            "height": plan.height,
            "num_frames": plan.frames,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "guidance_scale_2": params.guidance_2 or None if getattr(pipe, "transformer_2", None) is not None else None,
            "generator": pipelines.generators(context.seeds),
            "output_type": "latent",
        }
        watch = Steps(pipe, arguments, context, steps, loaded.preview)
        with loras.applied(pipe, params.loras), StepCache(pipe, loaded.settings) as cache, watch:
            latents = pipelines.call(pipe, arguments).frames
        for take in range(many):
            context.frames(_clip(pipe, latents[take : take + 1], picture), deferrable=loaded.deferrable, take=take)
        data = {**loaded.facts(), "pipeline": class_name, "mode": mode, "prompt": params.words(), "made": plan.made()}
        return data, (*plan.notes(picture), *notes, *loaded.notes, *cache.notes)


def together(request: Request) -> int:
    """Takes at once; a clip that is restyled or gone on from is made alone."""
    params, picture = WanParams.model_validate(request.params), request.format
    if picture is None or any(item.role == "video" for item in request.inputs):
        return 1
    weights = store.weight_bytes(store.model_folder(params.model))
    return room(params.tuning, weights, ACTIVATIONS * picture.width * picture.height * picture.frames, card())


def _clip(pipe: Any, latents: Any, picture: Format) -> Iterator[Pixels]:
    """Decoded when the first frame is asked for."""
    yield from crop(pipelines.clip_of(pipe, latents), picture)


def embedded(loaded: pipelines.Loaded, pipe: Any, params: DenoiseParams) -> dict[str, Any]:
    """The words as the text encoder says them, kept between jobs."""
    guided = params.guidance > 1
    key = ("wan", loaded.name, str(loaded.folder), loaded.settings.precision, params.words(), params.negative if guided else "", guided)

    def encode() -> dict[str, Any]:
        with lazy.torch().inference_mode():
            words, without = pipe.encode_prompt(
                prompt=params.words(), negative_prompt=params.negative, do_classifier_free_guidance=guided, device=pipe._execution_device
            )
        return {"prompt_embeds": words, "negative_prompt_embeds": without}

    return prompts.encoded(key, pipe._execution_device, encode)


def _mode(pipe: Any, params: WanParams, context: Context, plan: Plan) -> tuple[str, str, dict[str, Any], tuple[str, ...]]:
    """(what is done, the pipeline's class, its own arguments, notes), from what was given and what the model was trained for."""
    first, last, clips = context.inputs("first_frame"), context.inputs("last_frame"), context.inputs("video")
    both = bool(pipe.config.get("expand_timesteps"))
    network = getattr(pipe, "transformer", None) or pipe.transformer_2
    of_pictures = not both and network.config.in_channels > network.config.out_channels
    if clips and first:
        raise BadRequest("Give a clip or a first frame, not both.")
    if clips and params.clip_use == "restyle":
        if both or of_pictures or getattr(pipe, "transformer_2", None) is not None:
            raise BadRequest(
                "This model cannot restyle a clip: that takes a text model with one expert (Wan 2.1). Choose one, or go on from the clip."
            )
        if last:
            raise BadRequest("A restyled clip takes no last frame. Leave it out.")
        clip = [cover(frame, plan.width, plan.height) for frame in read_clip(clips[0], plan.frames)]
        held = plan.frames - len(clip)
        short = (f"The clip was {held} frames too short: its last frame was held.",) if held else ()
        return "restyle", "WanVideoToVideoPipeline", {"video": clip + [clip[-1]] * held, "strength": params.strength}, short
    said: tuple[str, ...] = ()
    if clips:
        clip, mode = read_clip(clips[0]), "continue"
        if params.overlap > len(clip):
            raise BadRequest(f"The clip has {len(clip)} frames and cannot overlap by {params.overlap}. Lower the overlap.")
        start = clip[-params.overlap]
        shared = "frame shows the last frame" if params.overlap == 1 else f"{params.overlap} frames play beside the last {params.overlap}"
        said = (f"The first {shared} of the given clip: where both are cut together, leave one of the two out.",)
    elif first:
        start, mode = read(first[0]), "first and last frame" if last else "first frame"
    else:
        if of_pictures:
            raise BadRequest("This model (I2V) begins from a picture. Give a first frame, or choose a text model.")
        if last:
            raise BadRequest("A last frame needs a first frame too.")
        return "words", "WanPipeline", {}, ()
    if not (both or of_pictures):
        raise BadRequest("This model (T2V) hears words only. Choose a picture model (I2V) or the 5B model for a first frame.")
    given = {"image": cover(start, plan.width, plan.height)}
    if last:
        if both:
            raise BadRequest("The 5B model takes a first frame and no last frame. Choose Wan 2.2 I2V 14B for both.")
        given["last_image"] = cover(read(last[0]), plan.width, plan.height)
    return mode, "WanImageToVideoPipeline", given, said
